"""Names of parameters from the arguments that are passed (rows 20-22, 31): an expression node into a Python name.

The last word of what is passed says what it is: a variable's or attribute's own name, what a call gets or builds, the
collection that is subscripted. Literals and operators say nothing (None). Names come out in snake_case, but those of
variables in mixedCase as they are, and are never keywords or builtins.
"""

from __future__ import annotations

import keyword
import re

from tree_sitter import Node

from autogen_lsp.analysis import bindings, nodes
from autogen_lsp.analysis.types import Form, Type, without_none
from autogen_lsp.syntax.builtin_names import BUILTINS

# What a call's name says before the name of the thing: `get_user()` gives a user (rust-analyzer's and PyCharm's rule).
_VERBS = re.compile(
    r"^(get|fetch|load|make|create|build|find|read|compute|calculate|calc|parse|generate|to|as|from|new|retrieve|lookup)_+(?=.)"
    r"|^get(?!ter|text)(?=[a-z]{3})"  # as the standard library has it: `getcwd()`
)
_SOURCE = re.compile(r"(?<=.)_from_\w+$")  # `message_from_string()` gives a message
_MAKES = re.compile(r"(?:from|of|make|create|build|new|parse|load|open|connect|default|get_instance|instance)(?:_|$)")
_CONSTRUCTS = re.compile(r"_?(?:from_\w+|of|make|create|new|parse|load|open|default|instance|get_instance)")
_TRANSPARENT = frozenset({"str", "int", "float", "list", "tuple", "set", "dict", "bytes", "sorted", "bool", "frozenset",
                          "reversed", "iter", "next", "copy", "deepcopy", "cast", "abs", "round"})  # fmt: skip


def name_of(node: Node) -> str | None:
    """The name that an argument suggests for its parameter; None where it suggests none."""
    for _ in range(10):
        node = nodes.unwrapped(node)
        match node.type:
            case "identifier":
                return _of_item(node) or _own(nodes.text_of(node))
            case "attribute":
                return _own(nodes.text_of(node.child_by_field_name("attribute")))
            case "call":
                function = node.child_by_field_name("function")
                if function is None:
                    return None
                named = nodes.text_of(function.child_by_field_name("attribute") or function)
                arguments = node.child_by_field_name("arguments")
                first = nodes.first_named(arguments) if arguments is not None else None
                if named in _TRANSPARENT:
                    if first is None or function.type == "attribute" or arguments is None:
                        return None
                    inner = nodes.named(arguments)[1] if named == "cast" and len(nodes.named(arguments)) > 1 else first
                    if inner.type == "keyword_argument":
                        return None
                    node = inner
                    continue
                if function.type == "attribute" and named in _PATHS:
                    return "path" if name_of(function.child_by_field_name("object") or function) == "path" else None
                if function.type == "attribute" and _MAKES.match(named):  # `Invoice.from_row(row)` is an invoice
                    of = nodes.text_of(function.child_by_field_name("object")).rpartition(".")[2]
                    if of[:1].isupper() and not of.isupper():
                        return clean(of)
                if function.type == "attribute" and named in _ASKS:
                    if named == "get" and first is not None and first.type == "string":
                        return _of_key(first)
                    node = function.child_by_field_name("object") or function
                    continue
                if function.type not in ("identifier", "attribute") or named in BUILTINS:
                    return "file" if named == "open" else None  # `len(x)` is no len
                return clean(_SOURCE.sub("", _VERBS.sub("", snake(named))))
            case "boolean_operator":
                left = node.child_by_field_name("left")
                if left is None:
                    return None
                node = left
            case "binary_operator":  # `depth - 1` is a depth
                sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
                named_sides = [side for side in sides if side is not None and side.type not in _LITERALS]
                operator = nodes.text_of(node.child_by_field_name("operator"))
                if operator == "/" and any(side is not None and side.type == "string" for side in sides):
                    return "path"
                if len(named_sides) != 1 or operator == "%":
                    return None
                node = named_sides[0]
            case "list" | "set" | "tuple":  # of one item, many of that kind
                items = nodes.named(node)
                item = name_of(items[0]) if len(items) == 1 and not items[0].type.endswith("splat") else None
                return _valid(plural(item)) if item is not None and len(item) > 2 else None
            case "list_comprehension" | "set_comprehension" | "generator_expression":
                item = name_of(node.child_by_field_name("body") or nodes.named(node)[0])
                return _valid(plural(item)) if item is not None and len(item) > 2 else None
            case "conditional_expression":
                value = nodes.first_named(node)
                if value is None:
                    return None
                node = value
            case "await" | "unary_operator" | "list_splat" | "dictionary_splat":
                inner_node = next(reversed(nodes.named(node)), None)
                if inner_node is None:
                    return None
                node = inner_node
            case "named_expression":
                return clean(nodes.text_of(node.child_by_field_name("name")))
            case "subscript":
                index = node.child_by_field_name("subscript")
                if index is not None and index.type == "string":
                    return _of_key(index)
                value = node.child_by_field_name("value")
                if value is None:
                    return None
                if index is not None and index.type == "slice":
                    node = value
                    continue
                is_class = value.type in ("identifier", "attribute") and not is_own(value)
                if is_class or nodes.text_of(value) in BUILTINS:
                    return None  # `list[int]` is no list
                collection = name_of(value)
                return singular(collection) if collection else None
            case _:
                return None
    return None


def _of_item(node: Node) -> str | None:
    """What a variable of one letter stands for: `row` for the ``r`` of ``for r in rows``."""
    letter = nodes.text_of(node)
    found = bindings.reaching(node) if len(letter) == 1 else None
    binding = found[0][0] if found is not None and len(found[0]) == 1 else None
    if binding is None or binding.how is not bindings.How.ITEM or binding.path:
        return None
    listed = name_of(binding.node)
    item = singular(listed) if listed else None
    return item if item is not None and item != listed and item.startswith(letter) else None


def of_class(type_: Type | None) -> str | None:
    """What a value is called of which no more is known than its class; None for what may be anything."""
    plain = without_none(type_)
    if plain is None or plain.form is not Form.INSTANCE or plain.module in _SAY_LITTLE:
        return None
    name = plain.name.rpartition(".")[2]
    return clean(name) if name[:1].isupper() else None  # `deque` would hide the class


def says_little(name: str) -> bool:
    """Whether a name that a call suggests is only what it does: ``parse``, ``fromstring``."""
    return _VERBS.match(f"{name}_value") is not None or name.startswith("from")


def is_own(node: Node) -> bool:
    """Whether the name that an argument suggests is a variable's or attribute's; that of a class says less."""
    node = nodes.unwrapped(node)
    name = nodes.text_of(node.child_by_field_name("attribute") or node).lstrip("_")
    holder = nodes.text_of(node.child_by_field_name("object")).rpartition(".")[2]
    if name.isupper() and holder[:1].isupper() and not holder.isupper():
        return False  # a member of an enumeration
    return node.type in ("identifier", "attribute") and (not name[:1].isupper() or name.isupper())


def is_constructor(name: str) -> bool:
    """Whether a class method of this name gives an instance of its class, as its name goes."""
    return _CONSTRUCTS.fullmatch(name) is not None


def clean(text: str) -> str | None:
    """A valid parameter name in snake_case: ``VALUE`` → value, ``BazBaz`` → baz_baz, ``list`` → list_, ``_x`` → x."""
    return _valid(snake(text).strip("_"))


def _own(text: str) -> str | None:
    """The name of a variable for its parameter: in mixedCase where its author writes so."""
    bare = text.strip("_")
    return _valid(bare) if bare[:1].islower() and "_" not in bare else clean(text)


def _valid(name: str) -> str | None:
    if not name.isidentifier():
        return None
    return f"{name}_" if keyword.iskeyword(name) or name in BUILTINS else name


def snake(text: str) -> str:
    """``BazBaz`` → baz_baz, ``HTTPServer`` → http_server, ``VALUE`` → value."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    return text.lower()


def singular(name: str) -> str:
    """``items`` → item, ``entries`` → entry; words that are no plain plural stay as they are."""
    for plural, single in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if name.endswith(plural) and len(name) > len(plural) + 1:
            return name.removesuffix(plural) + single
    if len(name) == 2 and name.endswith("s"):  # as `xs` is many of what is called x
        return name[0]
    if name.endswith("s") and not name.endswith(("ss", "us", "is")) and len(name) > 3:
        single = name.removesuffix("s")
        return f"{single}_" if keyword.iskeyword(single) or single in BUILTINS else single
    return name


def plural(name: str) -> str:
    """``item`` → items, ``entry`` → entries; what is a plural already stays as it is."""
    bare = name.rstrip("_")
    if bare.endswith("s"):
        return f"{bare}es" if bare.endswith("ss") else bare
    if bare.endswith("y") and bare[-2:-1] not in "aeiou":
        return f"{bare[:-1]}ies"
    return f"{bare}es" if len(bare) > 1 and bare.endswith(("x", "ch", "sh")) else f"{bare}s"


def distinct(name: str, taken: set[str]) -> str:
    """The name, or with the first free suffix: ``val``, ``val_1``, ``val_2``."""
    if name not in taken:
        return name
    base = name.rstrip("_")
    return next(f"{base}_{n}" for n in range(1, len(taken) + 2) if f"{base}_{n}" not in taken)


_LITERALS = frozenset({"integer", "float", "string", "concatenated_string", "true", "false", "none"})
_SAY_LITTLE = ("builtins", "collections.abc", "typing")
# Of `os.path`; on anything else, what they do says nothing of what they give (`", ".join(names)`).
_PATHS = frozenset({"join", "abspath", "realpath", "normpath", "normcase", "expanduser", "expandvars", "relpath",
                    "commonpath"})  # fmt: skip
_ASKS = frozenset({"get", "pop", "copy", "strip", "lower", "upper", "encode", "decode", "lstrip", "rstrip", "split",
                   "keys", "values", "items", "format", "replace", "resolve"})  # fmt: skip


def _of_key(string: Node) -> str | None:
    """``row["name"]`` is a name, ``row["first-name"]`` a first name."""
    content = "".join(nodes.text_of(child) for child in nodes.named(string) if child.type == "string_content")
    return clean(content.replace("-", "_").replace(" ", "_").strip("_"))
