"""What an empty list, set, deque or dictionary of a function holds in the end: what the function puts into it.

That includes what is put into the lists within: ``groups[key].append(x)`` of a ``defaultdict(list)``.

Only a local variable that is made empty is looked at. Nothing is said where something is put in that is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import bindings, nodes
from autogen_lsp.analysis.bindings import Binding, How
from autogen_lsp.analysis.containers import element_of, mapping_of
from autogen_lsp.analysis.evaluation import CUT, Evaluation
from autogen_lsp.analysis.types import Form, Type

_FILLABLE = ("list", "set", "dict", "collections.deque", "collections.defaultdict")
_ITEMS = ("list", "set", "collections.deque")
_ONE = {"append": 0, "appendleft": 0, "add": 0, "insert": 1}  # the place of what a method puts in
_MANY = frozenset({"extend", "extendleft", "update"})
_COST = 3  # of looking at what is put in, in depth
_MAX_FILLS = 12

_Put = tuple[Type | None, ...]


def filled(
    evaluate: Evaluation, path: Path, name: str, binding: Binding, scope: Node | None, empty: Type | None
) -> Type | None:
    """The type of a variable that is bound to the ``empty`` container, with what it holds, as far as that is known."""
    if empty is None or not empty.is_a(*_FILLABLE) or not empty.args or any(empty.args[:1]):
        return empty
    made = empty.args[-1] if empty.is_a("collections.defaultdict") else None
    if made is None and any(empty.args):
        return empty
    if binding.how is not How.VALUE or scope is None or scope.type != nodes.FUNCTION:
        return empty
    lookup = evaluate.lookup
    key = (path, binding.at.start_byte, binding.at.end_byte, f"filled {name}")
    known = lookup.types.get(key)
    if known is None:  # kept as `infer` keeps the types of expressions
        outer, lookup.deepest = lookup.deepest, evaluate.depth
        lookup.types[key] = (None, CUT)  # what is put in may come from itself
        puts = list(_puts(evaluate.deeper(_COST), path, scope, name, len(empty.args), made))
        whole = tuple(evaluate.union(items) for items in zip(*puts, strict=True))
        known = lookup.types[key] = (replace(empty, args=whole) if whole else empty, lookup.deepest - evaluate.depth)
        lookup.deepest = outer
    lookup.deepest = max(lookup.deepest, evaluate.depth + known[1])
    return known[0] or empty


def _puts(evaluate: Evaluation, path: Path, scope: Node, name: str, size: int, made: Type | None) -> Iterator[_Put]:
    """What each statement puts into the variable: an element, or a key and a value (``made`` for every new key)."""
    count = 0
    for node in nodes.own_nodes(scope.child_by_field_name("body"), name):
        if node.type != "identifier" or nodes.text_of(node) != name or node.parent is None:
            continue
        put = _put(evaluate, path, node, node.parent, size, made)
        if put is not None:
            count += 1
            yield put
        if count >= _MAX_FILLS:
            return


def _put(
    evaluate: Evaluation, path: Path, variable: Node, parent: Node, size: int, made: Type | None = None
) -> _Put | None:
    outer = parent.parent
    if parent.type == "augmented_assignment" and nodes.same(parent.child_by_field_name("left"), variable):
        return _all_of(evaluate, evaluate.field(path, parent, "right"), size)
    if outer is None or not nodes.same(nodes.named(parent)[0], variable):
        return None
    if parent.type == "subscript" and outer.type == "assignment" and nodes.same(nodes.named(outer)[0], parent):
        if size == 1:
            return None
        return evaluate.field(path, parent, "subscript"), evaluate.field(path, outer, "right")
    if parent.type == "subscript" and made is not None:
        held = _with_items(evaluate, path, parent, made)
        is_put = held is not made or bindings.is_changed(parent)
        return (evaluate.field(path, parent, "subscript"), held) if is_put else None
    method = nodes.text_of(parent.child_by_field_name("attribute")) if outer.type == "call" else ""
    listed = outer.child_by_field_name("arguments") if method else None
    given = nodes.named(listed) if listed is not None else []
    if method == "setdefault" and size == 2 and len(given) == 2:
        return evaluate(path, given[0]), _with_items(evaluate, path, outer, evaluate(path, given[1]))
    if method in _ONE and size == 1 and len(given) == _ONE[method] + 1:
        return (evaluate(path, given[-1]),)
    if method in _MANY and len(given) == 1:
        return _all_of(evaluate, evaluate(path, given[0]), size)
    return None


def _with_items(evaluate: Evaluation, path: Path, item: Node, held: Type | None) -> Type | None:
    """A container within the container, with what is put into it right there."""
    if held is None or not held.is_a(*_ITEMS) or any(held.args) or item.parent is None:
        return held
    put = _put(evaluate, path, item, item.parent, 1)
    return replace(held, args=put) if put is not None else held


def _all_of(evaluate: Evaluation, type_: Type | None, size: int) -> _Put | None:
    """What a container holds that is put in as a whole; None for an empty one."""
    if type_ is not None and type_.form is Form.INSTANCE and type_.is_a(*_FILLABLE) and not any(type_.args):
        return None
    return mapping_of(evaluate.lookup, type_) if size == 2 else (element_of(evaluate, type_),)
