"""What the subject of a ``match`` must be where all its cases together must be enough: no wildcard, and yet a value.

That is so where the enclosing function ends with it and has promised a value. Then the subject is one of the literals,
enums and classes that the cases name. Where a case is something else, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import classes, nodes
from autogen_lsp.analysis.annotation import Home, literal, type_of_text
from autogen_lsp.analysis.endings import must_give
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import Type, union

_LITERALS = frozenset({"string", "integer", "true", "false", "none"})


def matched(lookup: Lookup, path: Path, match: Node) -> Type | None:
    """The type of the subject, None where the cases do not say it."""
    body = match.child_by_field_name("body")
    if body is None or not must_give(lookup, path, match):
        return None
    cases = [case for case in nodes.named(body) if case.type == "case_clause"]
    patterns = [
        pattern for case in cases if case.child_by_field_name("guard") is None for pattern in _patterns(case)
    ]  # fmt: skip
    return union(_of_pattern(lookup, path, pattern) for pattern in patterns)


def _patterns(case: Node) -> Iterator[Node]:
    """The patterns of a case, alternatives one by one."""
    for pattern in (child for child in nodes.named(case) if child.type == "case_pattern"):
        inner = nodes.named(pattern)[0] if len(nodes.named(pattern)) == pattern.child_count == 1 else pattern
        yield from nodes.named(inner) if inner.type == "union_pattern" else [inner]


def _of_pattern(lookup: Lookup, path: Path, pattern: Node) -> Type | None:
    if pattern.type in _LITERALS:
        return literal(nodes.text_of(pattern))
    name = nodes.named(pattern)[0] if pattern.type == "class_pattern" else pattern
    dotted = nodes.text_of(name)
    if pattern.type == "class_pattern":
        return type_of_text(lookup, Home(path), dotted)
    if pattern.type != "dotted_name" or "." not in dotted:
        return None
    owner = type_of_text(lookup, Home(path), dotted.rpartition(".")[0])
    return owner if owner is not None and classes.is_enum(lookup, owner) else None
