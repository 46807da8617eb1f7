"""What a declared type asks of one item of a list, set, dict or tuple that is written for it: types in, a type out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import classes, declared, infer, nodes
from autogen_lsp.analysis.annotation import expanded, iterable
from autogen_lsp.analysis.assignable import accepts
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import Form, Type, class_of, members, union

_BUILT = {"expression_list": "tuple", "dictionary": "dict"}


def asked_of(lookup: Lookup, path: Path, asked: Type, display: Node, node: Node) -> Type | None:
    """What is asked of ``node``, an item of the ``display`` for which ``asked`` is declared; None for nothing.

    The display of a dictionary's entry is the pair.
    """
    whole = display.parent if display.type == "pair" and display.parent is not None else display
    if display.type == "pair" and (entry := _entry(lookup, asked, whole, display, node)) is not None:
        return entry
    kind = _BUILT.get(whole.type, whole.type.partition("_")[0])
    itself = Type(Form.INSTANCE, kind, args=(None,), variadic=kind == "tuple")
    if whole.type == "generator_expression":
        itself = iterable("Generator", None, None, None)
    each = (expanded(lookup, member) for member in members(expanded(lookup, asked)))
    may_be = [member for member in each if accepts(lookup, member, itself)]
    held = union(may_be) if may_be else None
    if held is None:
        return None
    if display.type == "pair":
        pair = infer.mapping_of(lookup, held)
        return pair[0 if nodes.same(display.child_by_field_name("key"), node) else 1]
    if display.type not in ("tuple", "expression_list") or not all(m is not None and _is_fixed(m) for m in may_be):
        return infer.element_of(lookup, held)
    items = nodes.named(display)
    place = next(i for i, child in enumerate(items) if nodes.inside(node, child))
    given = [None if i == place else infer.type_of(lookup, path, child) for i, child in enumerate(items)]
    fitting = [m.args for m in may_be if m is not None and len(m.args) == len(items) and _take(lookup, m.args, given)]
    return union(args[place] for args in fitting) if fitting else None


def _is_fixed(type_: Type) -> bool:
    """Whether it is a tuple of so many items."""
    return type_.is_a("tuple") and not type_.variadic


def _take(lookup: Lookup, wanted: Sequence[Type | None], given: Sequence[Type | None]) -> bool:
    return all(accepts(lookup, one, other) for one, other in zip(wanted, given, strict=True))


def _entry(lookup: Lookup, asked: Type, display: Node, pair: Node, node: Node) -> Type | None:
    """What typed dictionaries ask of the value of a key: those of them that have all the keys."""
    if not nodes.same(pair.child_by_field_name("value"), node):
        return None
    keys = [key for each in nodes.named(display) if (key := _key_of(each))]
    holding = [
        member
        for member in members(expanded(lookup, asked))
        if member is not None
        and classes.is_typed_dict(lookup, member)
        and all(classes.member_of(lookup, member, key) is not None for key in keys)
    ]
    return union(declared.of_field(lookup, class_of(member), _key_of(pair)) for member in holding)


def _key_of(pair: Node) -> str:
    return nodes.text_of(pair.child_by_field_name("key")).strip("'\"")
