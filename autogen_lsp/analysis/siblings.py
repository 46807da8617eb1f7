"""What functions have in common that stand where a missing one does: they are handed to the same callee, or are in the
same display.

``add("start", on_start)``, then ``add("stop", on_stop)``: both are called alike, though nothing declares how. So are
the functions of a list or dictionary. Methods are the same that have the same name. Looked at is the file of the use.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, takewhile
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import functions, infer, nodes
from autogen_lsp.analysis.arguments import arguments_of
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.signature import Passed
from autogen_lsp.analysis.types import Form, Type
from autogen_lsp.syntax.model import Parameter, ParameterKind

_DISPLAYS = frozenset({"list", "tuple", "set", "dictionary"})
_MAX_SIBLINGS = 8
_MAX_PLACES = 60


def common(lookup: Lookup, path: Path, expression: Node) -> tuple[Type, list[Passed]] | None:
    """How the siblings are called, as a ``Callable`` and as what they are passed; None where none is known.

    Of several, it is the parameters that all begin with.
    """
    found = list(islice(_functions(lookup, path, expression), _MAX_SIBLINGS))
    if not found:
        return None
    rows = zip(*(_required(lookup, each) for each in found), strict=False)
    shared = list(takewhile(_are_alike, rows))
    passed = [Passed(_same([type_ for _, type_ in row]), row[0][0].name) for row in shared]
    of_kind = [functions.callable_type(lookup, each) for each in found]
    gives = _same([each.args[-1] if each is not None else None for each in of_kind])
    return Type(Form.CALLABLE, args=(*(each.type for each in passed), gives)), passed


def _required(lookup: Lookup, function: Type) -> list[tuple[Parameter, Type | None]]:
    """The positional parameters that each call must pass."""
    symbols = functions.symbols_of(lookup, function)
    listed = functions.parameters_of(lookup, function, symbols[0]) if len(symbols) == 1 else []
    positional = [each for each in listed if each[0].kind <= ParameterKind.POSITIONAL_OR_KEYWORD]
    return [each for each in positional if each[0].default is None]


def _are_alike(row: tuple[tuple[Parameter, Type | None], ...]) -> bool:
    return len({parameter.name for parameter, _ in row}) == 1


def _same(types: list[Type | None]) -> Type | None:
    return types[0] if all(each == types[0] for each in types) else None


def _functions(lookup: Lookup, path: Path, expression: Node) -> Iterator[Type]:
    for sibling in _siblings(nodes.wrapped(expression)):
        type_ = infer.type_of(lookup, path, sibling) if sibling.type in ("identifier", "attribute") else None
        if type_ is not None and type_.form is Form.FUNCTION and functions.symbols_of(lookup, type_):
            yield type_


def _siblings(item: Node) -> Iterator[Node]:
    """The expressions that stand in the same place of other calls, or of the same display."""
    holder = item.parent
    is_value = holder is not None and holder.type == "pair" and nodes.same(holder.child_by_field_name("value"), item)
    display = holder.parent if holder is not None and is_value else holder
    if display is not None and display.type in _DISPLAYS:
        values = [each.child_by_field_name("value") or each for each in nodes.named(display)]
        yield from (each for each in values if not nodes.same(each, item))
        return
    keyword = nodes.text_of(holder.child_by_field_name("name")) if _is_keyword(holder) and holder is not None else ""
    listed = holder.parent if holder is not None and keyword else holder
    call = listed.parent if listed is not None and listed.type == "argument_list" else None
    if call is None or call.type != "call":
        return
    at = next((i for i, each in enumerate(arguments_of(call)) if nodes.same(each.node, item)), -1)
    for other in _calls_of_same(call):
        for index, argument in enumerate(arguments_of(other)):
            if not argument.star and (argument.keyword == keyword if keyword else index == at and not argument.keyword):
                yield argument.node


def _is_keyword(node: Node | None) -> bool:
    return node is not None and node.type == "keyword_argument"


def _calls_of_same(call: Node) -> Iterator[Node]:
    """The other calls in the file of a function, or method, of the same name."""
    function = call.child_by_field_name("function")
    root = next((each for each in nodes.ancestors(call) if each.type == "module"), None)
    if root is None or function is None or function.type not in ("identifier", "attribute"):
        return
    name = nodes.text_of(function.child_by_field_name("attribute") or function)
    size = len(name.encode("utf-8", "surrogatepass"))
    for place in nodes.places_of(root, name)[:_MAX_PLACES]:
        node = root.named_descendant_for_byte_range(place, place + size)
        callee = node.parent if node is not None and function.type == "attribute" else node
        other = callee.parent if callee is not None and callee.type == function.type else None
        if other is None or other.type != "call" or nodes.same(other, call) or nodes.text_of(node) != name:
            continue
        if nodes.same(other.child_by_field_name("function"), callee):
            yield other
