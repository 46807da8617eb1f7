"""Attributes that a class gets under computed names: ``setattr(self, key, value)``, ``self.__dict__.update(given)``.

What the names can be is read off how they are made. Where they come from outside (a parameter, the keys of a mapping),
they are words that somebody says: as a string, as a keyword, or by giving a variable or function that name. A member
of which nothing in the workspace speaks does not come about that way. What cannot be read off may be any name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from tree_sitter import Node

from autogen_lsp.analysis import bindings, nodes
from autogen_lsp.analysis.bindings import Binding, How
from autogen_lsp.analysis.said import SAID
from autogen_lsp.syntax.model import Symbol
from autogen_lsp.syntax.sweep.calls import RESTORING
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

_PLACES = re.compile(rb"\b(?:(?:setattr|__setattr__|exec|vars|locals)(?=\()|__dict__\b)")
_OF_OTHERS = re.compile(rb"\b(?:(?:setattr|vars)(?=\()|__(?:setattr__(?=\()|dict__\b))")
_ANY = r"\w*"  # anything
_SELVES = frozenset({"self", "cls", "mcs", "klass", "type(self)", "self.__class__"})
_UNCALLED = frozenset({"integer", "float", "string", "true", "false", "none", "list", "dictionary", "set", "tuple"})
_PASSING = frozenset(
    {"sorted", "list", "set", "tuple", "frozenset", "reversed", "iter", "dict", "keys", "items", "copy"}
)
_REFLECTING = frozenset(  # what gives names that nobody writes
    """
    dir vars getmembers locals globals __dir__ split rsplit partition rpartition groupdict findall splitlines read
    readlines
    """.split()  # noqa: SIM905
)
_REFLECTED = frozenset({"__all__", "__dict__", "__name__", "__qualname__"})
_JOINING = frozenset({"binary_operator", "boolean_operator", "parenthesized_expression", "conditional_expression"})
_EMPTY = frozenset({"[]", "{}", "()", "list()", "dict()", "set()", "tuple()", "OrderedDict()"})
_FORMAT = re.compile(r"%s|\{[^{}]*\}")
_COPIED = re.compile(r"^(?:list|tuple|sorted)\((.*)\)$")
_MAX_STEPS = 12  # from a name back to what it is made of
_MAX_PLACES = 20


type _IsOwn = Callable[[str, Node | None], bool]  # whether a receiver, in a function, is what is asked about


def names_given(source: Source, holder: Symbol) -> frozenset[str] | None:
    """What the names look like under which the class gets attributes, for `may_be`; None where they may be any."""
    name = re.escape(holder.name.encode("utf-8", "surrogatepass"))
    outside = (  # each begins with a word, so that it is found fast
        rb"(setattr)\(\s*%b\s*," % name,
        rb"(vars)\(%b\)" % name,
        rb"%b\.(__dict__\b|__setattr__(?=\())" % name,
    )
    places = {at.span() for at in _PLACES.finditer(source.text, holder.body_start, holder.body_end)}
    places |= {at.span(1) for pattern in outside for at in re.finditer(pattern, source.text)}
    given = _given(source, places, lambda receiver, function: _is_own(receiver, function, holder))
    return _together(given) if given else None


def names_set(source: Source, function: Symbol | None, receivers: Collection[str]) -> frozenset[str] | None:
    """As above, of what a function, or the whole file, calls so; None also where the file sets no such attributes."""
    within = (function.body_start, function.body_end) if function is not None else ()
    places = {at.span() for at in _OF_OTHERS.finditer(source.text, *within)}
    given = _given(source, places, lambda receiver, _: receiver in receivers)
    return _together(given) if given or function is not None else None


def _given(source: Source, places: Collection[tuple[int, int]], is_own: _IsOwn) -> list[Iterable[str]]:
    """The names of each of the places that is one."""
    if len(places) > _MAX_PLACES:
        return [(_ANY,)]
    found = (_given_at(nodes.node_at(source.tree, Span(*place)), is_own) for place in places)
    return [names for names in found if names is not None]


def _together(given: Iterable[Iterable[str]]) -> frozenset[str] | None:
    found = frozenset(name for names in given for name in names)
    return None if _ANY in found else found


# Places -------------------------------------------------------------------------------------------------------------


def _given_at(node: Node, is_own: _IsOwn) -> Iterable[str] | None:
    """The names that are given at a place, None where it is no such place: patterns of which all words are groups."""
    function = nodes.enclosing(node, frozenset({nodes.FUNCTION}))
    word, holding = nodes.text_of(node), node.parent
    call = holding.parent if holding is not None and holding.type == "attribute" else holding
    if node.type != "identifier" or (
        function is not None and nodes.text_of(function.child_by_field_name("name")) in RESTORING
    ):
        return None
    if word == "__dict__":
        return _by_dictionary(holding, function, is_own)
    if call is None or call.type != "call":
        return None
    if word in ("setattr", "__setattr__"):
        return _by_setattr(call, function, is_own)
    if word == "vars" and function is not None:
        return _by_dictionary(call, function, is_own)
    return (_ANY,) if function is None or word == "exec" else None


def _by_setattr(call: Node, function: Node | None, is_own: _IsOwn) -> Iterable[str] | None:
    called, listed = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if called is None or listed is None:
        return None
    given = nodes.named(listed)
    if called.type == "attribute" and len(given) == 2:
        receiver, key, value = nodes.text_of(called.child_by_field_name("object")), given[0], given[1]
        receiver = "self" if receiver.startswith("super(") else receiver
    elif len(given) == 3:
        receiver, key, value = nodes.text_of(given[0]), given[1], given[2]
    else:
        return None
    literal = key.type == "string" and all(child.type != "interpolation" for child in nodes.named(key))
    if literal or not is_own(receiver, function):
        return None  # a name that is written out is a member like others
    return () if value.type in _UNCALLED or _is_of(key, receiver) else (_pattern(key, 0),)


def _is_of(key: Node, receiver: str) -> bool:
    """Whether it goes through the names that the receiver has already: ``for key in vars(x): setattr(x, key, …)``."""
    found = bindings.reaching(key) if key.type == "identifier" else None
    listed = {f"{receiver}.__dict__", f"vars({receiver})", f"dir({receiver})"}
    return found is not None and all(
        binding.how is How.ITEM and _COPIED.sub(r"\1", nodes.text_of(binding.node)).removesuffix(".items()") in listed
        for binding in found[0]
    )


def _by_dictionary(whole: Node | None, function: Node | None, is_own: _IsOwn) -> Iterable[str] | None:
    """``x.__dict__.update(…)``, ``x.__dict__[key] = …``, ``vars(x)[key] = …``, ``x.__dict__ = …``."""
    if whole is None or whole.parent is None:
        return None
    listed = whole.child_by_field_name("arguments")
    receiver = whole.child_by_field_name("object")
    if listed is not None:
        receiver = nodes.first_named(listed)
    if receiver is not None and not is_own(nodes.text_of(receiver), function):
        return None
    parent, around = whole.parent, whole.parent.parent
    if parent.type == "assignment" and nodes.same(parent.child_by_field_name("left"), whole):
        return (_of_items(parent.child_by_field_name("right"), (), 0),)
    if around is None:
        return None
    if parent.type == "subscript" and nodes.same(around.child_by_field_name("left"), parent):
        return (_pattern(parent.child_by_field_name("subscript"), 0),)
    arguments = around.child_by_field_name("arguments") if parent.type == "attribute" else None
    method = nodes.text_of(parent.child_by_field_name("attribute"))
    if arguments is not None and method in ("update", "setdefault"):
        return tuple(_by_update(arguments, method))
    return None


def _by_update(arguments: Node, method: str) -> Iterator[str]:
    for given in nodes.named(arguments):
        if given.type == "keyword_argument":
            yield re.escape(nodes.text_of(given.child_by_field_name("name")))
        elif given.type == "dictionary_splat":
            yield _of_items(nodes.named(given)[0], (), 0)
        elif given.type != "comment":
            yield _pattern(given, 0) if method == "setdefault" else _of_items(given, (), 0)
            if method == "setdefault":
                return


def _is_own(receiver: str, function: Node | None, holder: Symbol) -> bool:
    """Whether it is the class, or an instance of it, that gets the attribute."""
    if receiver in _SELVES or receiver == holder.name or receiver == holder.qualname:
        return True
    while function is not None:
        if nodes.text_of(function.child_by_field_name("name")) == "__new__":
            return True
        first = next(iter(nodes.parameters(function)), None)
        if first is not None and receiver in (first.name, f"type({first.name})", f"{first.name}.__class__"):
            return True
        function = nodes.enclosing(function, frozenset({nodes.FUNCTION}))
    return False


# Names --------------------------------------------------------------------------------------------------------------


def _pattern(key: Node | None, steps: int) -> str:
    """What a key looks like: a regular expression with a group for each word that somebody says."""
    if key is None or steps > _MAX_STEPS:
        return _ANY
    match key.type:
        case "string":
            return "".join(
                _pattern(child.child_by_field_name("expression"), steps + 1)
                if child.type == "interpolation"
                else re.escape(nodes.text_of(child))
                for child in nodes.named(key)
                if child.type in ("interpolation", "string_content")
            )
        case "binary_operator" if nodes.text_of(key.child_by_field_name("operator")) == "+":
            return "".join(_pattern(key.child_by_field_name(side), steps + 1) for side in ("left", "right"))
        case "binary_operator" if nodes.text_of(key.child_by_field_name("operator")) == "%":
            return _formatted(key.child_by_field_name("left"))
        case "call":
            called = key.child_by_field_name("function")
            told = called.child_by_field_name("object") if called is not None else None
            method = nodes.text_of(called.child_by_field_name("attribute")) if called is not None else ""
            if method == "format":
                return _formatted(told)
            inner = _pattern(told, steps + 1) if method in ("lower", "upper", "casefold") else _ANY
            return inner if inner == _ANY else f"(?i:{inner})"  # said in another case, perhaps
        case "boolean_operator" | "parenthesized_expression":
            return _either(_pattern(part, steps + 1) for part in nodes.named(key))
        case "conditional_expression" if len(nodes.named(key)) == 3:
            return _either(_pattern(nodes.named(key)[at], steps + 1) for at in (0, 2))
        case "attribute":
            return _of_attribute(key)
        case "subscript":
            return SAID
        case "identifier":
            found = bindings.reaching(key)
            return SAID if found is None else _either(_bound(one, key, steps) for one in found[0])
    return _ANY


def _of_attribute(node: Node) -> str:
    name = nodes.text_of(node.child_by_field_name("attribute"))
    return _ANY if name in _REFLECTED else rf"(?P<{name}>\w+)" if name.isascii() and name.isidentifier() else SAID


def _formatted(template: Node | None) -> str:
    if template is None or template.type != "string" or any(c.type == "interpolation" for c in nodes.named(template)):
        return _ANY
    text = "".join(nodes.text_of(child) for child in nodes.named(template) if child.type == "string_content")
    return _ANY.join(re.escape(part) for part in _FORMAT.split(text))


def _either(patterns: Iterable[str]) -> str:
    found = dict.fromkeys(patterns)
    if _ANY in found or not found:
        return _ANY
    return next(iter(found)) if len(found) == 1 else f"(?:{'|'.join(found)})"


def _bound(binding: Binding, key: Node, steps: int) -> str:
    match binding.how:
        case How.PARAMETER:
            return SAID
        case How.VALUE if nodes.inside(key, binding.node):
            return _ANY
        case How.VALUE if not binding.path:
            return _pattern(binding.node, steps + 1)
        case How.VALUE:
            return _item(binding.node, binding.path, steps + 1)
        case How.ITEM:
            return _of_items(binding.node, binding.path, steps + 1)
    return _ANY


def _item(value: Node, path: tuple[int, ...], steps: int) -> str:
    """One that is taken out of a value: by its place, or as what looping over it gives."""
    for at in path:
        if value.type not in ("tuple", "list", "expression_list"):
            return _ANY if _reflects(value) else SAID
        items = nodes.named(value)
        if at >= len(items):
            return _ANY
        value = items[at]
    return _pattern(value, steps)


def _of_items(value: Node | None, path: tuple[int, ...], steps: int) -> str:
    """What the keys or items of a value look like, or what is at a place in each of them."""
    if value is None or steps > _MAX_STEPS:
        return _ANY
    if nodes.text_of(value) in _EMPTY:
        return SAID  # it is filled somewhere
    match value.type:
        case "list" | "tuple" | "set":
            return _either(_item(each, path, steps + 1) for each in nodes.named(value))
        case "dictionary":
            pairs = nodes.named(value)
            return _either(
                _pattern(each.child_by_field_name("key"), steps + 1)
                if each.type == "pair"
                else _of_items(nodes.named(each)[0], (), steps + 1)
                for each in pairs
            )
        case "list_comprehension" | "generator_expression" | "set_comprehension":
            body = value.child_by_field_name("body")
            return _item(body, path, steps + 1) if body is not None else _ANY
        case "dictionary_comprehension":
            body = value.child_by_field_name("body")
            return _pattern(body.child_by_field_name("key"), steps + 1) if body is not None else _ANY
        case "attribute":
            return _of_attribute(value)
        case "identifier":
            found = bindings.reaching(value)
            if found is None:
                return SAID
            filled = list(_put_into(nodes.text_of(value), found[1], steps))
            return _either(
                [
                    *filled,
                    *(
                        _of_items(each.node, path, steps + 1)
                        if each.how is How.VALUE and not each.path and not nodes.inside(value, each.node)
                        else _ANY
                        if each.how in (How.OPAQUE, How.IMPORT)
                        else SAID
                        for each in found[0]
                        if not filled or nodes.text_of(each.node) not in _EMPTY
                    ),
                ]
            )
        case "call":
            called = value.child_by_field_name("function")
            name = nodes.text_of(called).rpartition(".")[2]
            listed = value.child_by_field_name("arguments")
            given = nodes.named(listed) if listed is not None else []
            if name in _PASSING and called is not None:
                inner = called.child_by_field_name("object") if called.type == "attribute" else next(iter(given), None)
                if inner is None or inner.type == "keyword_argument":
                    return _ANY
                return _of_items(inner, () if name == "items" else path, steps + 1)
            if name == "enumerate" and path[:1] == (1,) and given:
                return _of_items(given[0], path[1:], steps + 1)
            if name == "zip" and path and path[0] < len(given):
                return _of_items(given[path[0]], path[1:], steps + 1)
    return _ANY if _reflects(value) or value.type in ("string", "call") else SAID


def _put_into(name: str, function: Node | None, steps: int) -> Iterator[str]:
    """What the keys look like that a function puts into a mapping: ``name[key] = …``."""
    for node in nodes.own_nodes(function.child_by_field_name("body")) if function is not None else ():
        left = node.child_by_field_name("left") if node.type == "assignment" else None
        if left is not None and left.type == "subscript" and nodes.text_of(left.child_by_field_name("value")) == name:
            yield _pattern(left.child_by_field_name("subscript"), steps + 1)


def _reflects(value: Node) -> bool:
    """Whether an expression gives names that nobody writes down: those of an object, or of a text."""
    if value.type == "call":
        return nodes.text_of(value.child_by_field_name("function")).rpartition(".")[2] in _REFLECTING
    if value.type == "attribute":
        return nodes.text_of(value.child_by_field_name("attribute")) in _REFLECTED
    return any(_reflects(each) for each in nodes.named(value)) if value.type in _JOINING else False
