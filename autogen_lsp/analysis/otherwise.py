"""What an attribute or variable without a declared type is given elsewhere: what is assigned to it now is likely alike.

``self.count = 0`` in the constructor says what ``self.count = f()`` gets. Nothing is said where the other values are of
several types, or one is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import bindings, classes, infer, nodes, variables
from autogen_lsp.analysis.bindings import How
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, union, widened, without_none

_MAX_ASSIGNMENTS = 20


def assigned(lookup: Lookup, path: Path, assignment: Node) -> Type | None:
    """The type of what other assignments give the target of this one, ``None`` left out."""
    target, value = assignment.child_by_field_name("left"), assignment.child_by_field_name("right")
    if target is None or value is None:
        return None
    listed = _of_attribute(lookup, path, target) if target.type == "attribute" else _of_variable(path, target)
    types: list[Type | None] = []
    for file, other in listed:
        if (file == path and nodes.same(other, value)) or (other.type == "call" and _callee(other) == _callee(value)):
            continue
        types.append(infer.type_of(lookup, file, other))
        if types[-1] is None or len(types) > _MAX_ASSIGNMENTS:
            return None
    type_ = widened(without_none(union(each for each in types if each != NONE)))
    return type_ if type_ is not None and type_.form is Form.INSTANCE else None


def _of_attribute(lookup: Lookup, path: Path, target: Node) -> Iterator[tuple[Path, Node]]:
    """What the class, or else the next above it, assigns to the attribute."""
    receiver = target.child_by_field_name("object")
    owner = infer.type_of(lookup, path, receiver) if receiver is not None else None
    name = nodes.text_of(target.child_by_field_name("attribute"))
    if owner is None or owner.form is not Form.INSTANCE:
        return
    for base in classes.mro(lookup, owner):
        symbols = lookup.symbols(base.path, f"{base.name}.{name}") if base.path is not None else []
        values = [variables.assigned_value(lookup, base.path, symbol) for symbol in symbols if base.path is not None]
        if base.path is not None:
            yield from ((base.path, value) for value in values if value is not None)


def _of_variable(path: Path, target: Node) -> Iterator[tuple[Path, Node]]:
    """What other branches of the function assign: one after the other they may be different things."""
    function = nodes.enclosing(target, frozenset({nodes.FUNCTION}))
    if target.type != "identifier" or function is None or bindings.is_global(target):
        return
    here = nodes.enclosing(target, frozenset({"block"}))
    for binding in bindings.bindings_in(function.child_by_field_name("body"), nodes.text_of(target)):
        block = nodes.enclosing(binding.at, frozenset({"block"}))
        if binding.how is How.VALUE and not binding.path and not nodes.same(block, here):
            yield path, binding.node


def _callee(value: Node) -> str:
    value = nodes.without_await(value)
    return nodes.text_of(value.child_by_field_name("function"))
