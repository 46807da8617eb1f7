"""Compound statements met by a sweep: what they make conditional, and what they say may fail (`guards`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tree_sitter import Node

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.guards import (
    EVERYTHING,
    Guard,
    asks_for_python_2,
    guard_of_except,
    guard_of_if,
    guard_of_raises,
)
from autogen_lsp.syntax.scopes import Scope

if TYPE_CHECKING:
    from autogen_lsp.syntax.sweep import Sweep

_FAILS = re.compile(rb"assert\s*\(?(?:False|0|1\s*==\s*['\"0])|raise AssertionError\b|(?:self|pytest)\.fail\(")
_MAX_CLAUSES = 50  # branches of one `if` that are looked at for guards


def compound(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    scope.compound_end = max(scope.compound_end, node.end_byte)


def if_(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    compound(sweep, node, at, scope)
    covered = 0
    clauses = [node]
    if node.child_by_field_id(n.F_ALTERNATIVE) is not None:
        clauses += (child for child in node.named_children if child.kind_id == n.ELIF_CLAUSE)
    for clause in clauses[:_MAX_CLAUSES]:
        condition = clause.child_by_field_id(n.F_CONDITION)
        body = clause.child_by_field_id(n.F_CONSEQUENCE)
        if condition is None or body is None:
            continue
        start = condition.start_byte
        text = sweep.text[start : min(condition.end_byte, start + 300)]
        own, rest = guard_of_if(text)
        if own:
            sweep.guards.append((body.start_byte, body.end_byte, own))
        if rest and asks_for_python_2(text):
            sweep.chunk.both = True
        if rest & ~covered:
            sweep.guards.append((clause.start_byte, node.end_byte, rest))
            covered |= rest


def try_(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    compound(sweep, node, at, scope)
    body = node.child_by_field_id(n.F_BODY)
    if body is None:
        return
    guard = 0
    for child in node.named_children:
        if child.kind_id == n.EXCEPT_CLAUSE:
            caught = guard_of_except(_header(sweep, child.start_byte, child.end_byte))
            guard |= caught
            if caught & Guard.IMPORT:  # what is imported instead may be missing where the first is there
                sweep.guards.append((child.start_byte, child.end_byte, Guard.INSTEAD))
    if guard & Guard.IMPORT and _is_to_fail(sweep, body):
        guard = EVERYTHING
    if guard:
        sweep.guards.append((body.start_byte, body.end_byte, guard))


def _is_to_fail(sweep: Sweep, body: Node) -> bool:
    """Whether a block ends by saying that it should not have come to its end, as tests do."""
    last = body.named_child(body.named_child_count - 1) if body.named_child_count > 1 else None
    return last is not None and _FAILS.match(sweep.text, last.start_byte) is not None


def with_(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    compound(sweep, node, at, scope)
    body = node.child_by_field_id(n.F_BODY)
    if body is not None and (guard := guard_of_raises(sweep.text[at : min(body.start_byte, at + 300)])):
        sweep.guards.append((at, node.end_byte, guard))


def _header(sweep: Sweep, start: int, end: int) -> bytes:
    colon = sweep.text.find(b":", start, min(end, start + 300))
    return sweep.text[start : colon if colon >= 0 else min(end, start + 300)]
