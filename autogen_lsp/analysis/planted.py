"""Names that a function puts into the module that uses it.

``sys._getframe(1).f_globals[name + "Fast"] = …``, ``setattr(sys.modules[cls.__module__], name, …)``.
What the names look like is read off the function, what they are made from is read off the call. What cannot be read off
may be any name.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

from tree_sitter import Node

from autogen_lsp.analysis import bindings, nodes
from autogen_lsp.analysis.bindings import How
from autogen_lsp.syntax.model import Symbol
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

# The variables of a frame; those of a module are its globals. To read ``__name__`` of them is nothing.
_REACHED = re.compile(rb"\bf_(?:globals|locals)\b(?!\s*(?:\[\s*['\"]__\w+['\"]\s*\](?!\s*=[^=])|\.get\())")
_OF_FRAME = frozenset({"f_globals", "f_locals"})
_NAMED = re.compile(rb"\bf_globals\b|__module__|__name__")
_MODULES = re.compile(rb"\bmodules\b")
_OF_MODULES = re.compile(r"(?:sys\.)?modules\[")
_ITS_DICTIONARY = re.compile(rb"__dict__|\bvars\(")
_ALTERNATIVES = frozenset({"boolean_operator", "conditional_expression", "parenthesized_expression"})
_READINGS = frozenset({"get", "pop", "copy", "keys", "values", "items"})
_READERS = frozenset({"eval", "len", "isinstance", "id", "list", "sorted", "set"})
_HARMLESS = frozenset(
    {"comparison_operator", "expression_statement", "not_operator", "if_statement", "for_statement", "for_in_clause"}
)
_PLAIN = frozenset({"true", "false", "none", "integer", "comment"})
_DOTTED = re.compile(r"""['"]\w*(?:\.\w+)+['"]""")
_WORDS = re.compile(r"[\w\s,]*")
_MAX_STEPS = 12  # from a name back to what it is made of
_SAID = "\0"  # a part that the call says
_ANY = ".*"


def patterns(source: Source, function: Symbol) -> set[str]:
    """What the names can be that the function puts into the module of its caller: regular expressions for `matches`."""
    text, start, end = source.text, function.body_start, function.body_end
    by_name = bool(_MODULES.search(text, start, end) and _NAMED.search(text, start, end))
    if by_name and _ITS_DICTIONARY.search(text, start, end):
        return {_ANY}
    if not by_name and not _REACHED.search(text, start, end):
        return set()
    definition = nodes.find_definition(source.tree, function.qualname)
    found = set(_planted(definition, by_name)) if definition is not None else {_ANY}
    return {_ANY} if "__getattr__" in found else found


def matches(found: Iterable[str], words: set[str] | None, name: str) -> bool:
    """Whether the name is one of them, given the words that the call says; None: it says more than words."""
    part = r"\w*" if words is None else rf"\w*(?:{'|'.join(map(re.escape, sorted(words)))})\w*" if words else "(?!)"
    return any(re.fullmatch(pattern.replace(_SAID, part), name, re.S) for pattern in found)


def names_a_module(source: Source, span: Span) -> bool:
    """Whether the first that the call in the span says is the dotted name of a module: ``moved("other.module")``."""
    arguments = _arguments(source, span)
    return (
        bool(arguments) and arguments[0].type == "string" and _DOTTED.fullmatch(nodes.text_of(arguments[0])) is not None
    )


def said(source: Source, span: Span, defined: Container[str]) -> set[str] | None:
    """The words that the call (or decorator) in the span hands over: names that are ``defined``, and strings of words.

    None where it hands over more than that.
    """
    words: set[str] = set()
    for argument in _arguments(source, span):
        value = argument.child_by_field_name("value") if argument.type == "keyword_argument" else argument
        content = nodes.text_of(value).strip("'\"")
        if value is not None and (content in defined if value.type == "identifier" else _is_words(value, content)):
            words.update(content.replace(",", " ").split())
        elif value is None or value.type not in _PLAIN:
            return None
    return words


def _arguments(source: Source, span: Span) -> list[Node]:
    node: Node | None = nodes.node_at(source.tree, span)
    while node is not None and node.type not in ("call", "decorator", "module"):
        node = node.parent
    arguments = node.child_by_field_name("arguments") if node is not None else None
    return nodes.named(arguments) if arguments is not None else []


def _is_words(value: Node, content: str) -> bool:
    return value.type == "string" and _WORDS.fullmatch(content) is not None


def _planted(function: Node, by_name: bool) -> Iterator[str]:
    """The names under which the function sets variables of its caller, or of a module that it gets ``by_name``."""
    pending = [function.child_by_field_name("body")]
    while pending:
        node = pending.pop()
        if node is None:
            continue
        pending += nodes.named(node)
        if node.type in ("attribute", "identifier") and _are_of_caller(node, 0):
            yield from _set_in(node)
        elif by_name and node.type == "call" and nodes.text_of(node.child_by_field_name("function")) == "setattr":
            arguments = node.child_by_field_name("arguments")
            given = [] if arguments is None else nodes.named(arguments)
            yield _pattern(given[1] if len(given) == 3 else None, 0)
        elif (
            by_name and node.type == "assignment" and _OF_MODULES.match(nodes.text_of(node.child_by_field_name("left")))
        ):
            yield _ANY  # another module takes its place


def _are_of_caller(node: Node, steps: int) -> bool:
    """Whether the expression is the caller's variables: ``frame.f_globals``, or a name of them."""
    if node.type == "attribute":
        return nodes.text_of(node.child_by_field_name("attribute")) in _OF_FRAME
    if node.type in _ALTERNATIVES:
        return any(_are_of_caller(part, steps) for part in nodes.named(node))
    if node.type != "identifier" or steps > _MAX_STEPS:
        return False
    found = bindings.reaching(node)
    values = [] if found is None else [binding.node for binding in found[0] if binding.how is How.VALUE]
    return any(not nodes.inside(node, value) and _are_of_caller(value, steps + 1) for value in values)


def _set_in(place: Node) -> Iterator[str]:
    """Under which names variables are set, where an expression that is the caller's variables stands."""
    parent = place.parent
    while parent is not None and parent.type in _ALTERNATIVES:
        place, parent = parent, parent.parent
    if parent is None or parent.type in _HARMLESS:
        return
    if parent.type == "assignment":
        target = parent.child_by_field_name("left")
        if not nodes.same(target, place) and (target is None or target.type != "identifier"):
            yield _ANY
    elif parent.type == "subscript" and nodes.same(parent.child_by_field_name("value"), place):
        if parent.parent is not None and nodes.same(parent.parent.child_by_field_name("left"), parent):
            yield _pattern(parent.child_by_field_name("subscript"), 0)
    elif parent.type == "attribute" and parent.parent is not None and parent.parent.type == "call":
        if nodes.text_of(parent.child_by_field_name("attribute")) not in _READINGS:
            yield _ANY
    elif parent.type == "argument_list" and parent.parent is not None:
        if nodes.text_of(parent.parent.child_by_field_name("function")) not in _READERS:
            yield _ANY
    else:
        yield _ANY


def _pattern(key: Node | None, steps: int) -> str:
    """What the key of a variable looks like."""
    if key is None or steps > _MAX_STEPS:
        return _ANY
    match key.type:
        case "string" if not any(child.type == "interpolation" for child in nodes.named(key)):
            return re.escape(nodes.text_of(key).lstrip("rbuRBU").strip("'\""))
        case "string":
            parts = (
                _pattern(child.child_by_field_name("expression"), steps + 1)
                if child.type == "interpolation"
                else re.escape(nodes.text_of(child))
                for child in nodes.named(key)
                if child.type in ("interpolation", "string_content")
            )
            return "".join(parts)
        case "binary_operator" if nodes.text_of(key.child_by_field_name("operator")) == "+":
            return "".join(_pattern(key.child_by_field_name(side), steps + 1) for side in ("left", "right"))
        case "boolean_operator" | "parenthesized_expression":
            return f"(?:{'|'.join(_pattern(part, steps + 1) for part in nodes.named(key))})"
        case "attribute" if nodes.text_of(key.child_by_field_name("attribute")) in ("__name__", "__qualname__"):
            return _pattern(key.child_by_field_name("object"), steps + 1)
        case "attribute" if nodes.text_of(key.child_by_field_name("object")) == "self":
            return _SAID  # a decorator that is made with the name
        case "identifier":
            found = bindings.reaching(key)
            return _ANY if found is None else f"(?:{'|'.join(_bound(one, key, steps) for one in found[0])})"
    return _ANY


def _bound(binding: bindings.Binding, key: Node, steps: int) -> str:
    if binding.how is How.PARAMETER and binding.parameter is not None:
        default = binding.parameter.default
        return _SAID if default is None or default.type == "none" else _ANY
    if binding.how is How.VALUE and not binding.path and not nodes.inside(key, binding.node):
        return _pattern(binding.node, steps + 1)
    if binding.how is How.ITEM and not binding.path and binding.node.type in ("list", "tuple", "set"):
        return "|".join(_pattern(item, steps + 1) for item in nodes.named(binding.node))
    return _ANY
