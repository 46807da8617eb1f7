"""Defects of graph_sitter's dependencies that its process would not survive for long, mended from outside.

``hash(tree_sitter.Range)`` loses 128 bytes for good (seen in 0.26.1), and graph_sitter keys each expression by its
range: 8 MB at every edit of a file of 400 kB. Here a range is the pair of byte offsets that it stands for.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from graph_sitter.codebase.range_index import RangeIndex
from graph_sitter.core.assignment import Assignment
from graph_sitter.core.interfaces.editable import Editable


class Extent(NamedTuple):
    """The part of `tree_sitter.Range` that graph_sitter uses, in bytes."""

    start_byte: int
    end_byte: int


def mend() -> None:
    """From now on; before the first file is parsed. Doing it again changes nothing."""
    editable: Any = Editable
    editable.range = property(_range)
    assignment: Any = Assignment
    assignment.__hash__ = _hash_of_assignment
    index: Any = RangeIndex
    index.get_all_for_range = _get_all_for_range
    index.get_canonical_for_range = _get_canonical_for_range


def _range(editable: Any) -> Extent:
    return Extent(*editable.ts_node.byte_range)


def _hash_of_assignment(assignment: Any) -> int:
    """As graph_sitter's, which takes the range of a syntax node."""
    if assignment._hash is None:
        place = assignment._unique_node.byte_range
        assignment._hash = hash((assignment.filepath, assignment.range, assignment.ts_node.kind_id, place))
    known: int = assignment._hash
    return known


def _get_all_for_range(index: Any, place: Any) -> list[Any]:
    found: list[Any] = index._ranges[Extent(place.start_byte, place.end_byte)]
    return found


def _get_canonical_for_range(index: Any, place: Any, kind: int) -> Any:
    found = index._canonical_range.get((place.start_byte, place.end_byte))
    return found.get(kind) if found else None
