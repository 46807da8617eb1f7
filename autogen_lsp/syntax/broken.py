"""The lines of a text with syntax errors: what they may bind counts as bound, what they use counts for nothing.

While somebody types, silence is better than a false finding.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Protocol

import msgspec

from autogen_lsp.text import LineIndex


class _Spanned(Protocol):
    @property
    def start(self) -> int: ...


class Broken(msgspec.Struct, frozen=True):
    """Whole lines, as sorted, disjoint spans, and the names that they seem to bind."""

    lines: tuple[tuple[int, int], ...] = ()
    names: frozenset[str] = frozenset()

    def holds(self, offset: int) -> bool:
        """Whether one of the lines holds the offset."""
        found = bisect_right(self.lines, offset, key=lambda span: span[0]) - 1
        return found >= 0 and offset < self.lines[found][1]

    def outside[T: _Spanned](self, items: list[T]) -> list[T]:
        """The items that begin on none of the lines."""
        return [item for item in items if not self.holds(item.start)] if self.lines else items


def broken_lines(
    text: bytes, lines: LineIndex, spans: Iterable[tuple[int, int]], names: frozenset[str] = frozenset()
) -> Broken:
    """The lines of a text that have errors at ``spans``; ``names`` are bound by what is left out of the text."""
    from autogen_lsp.syntax.mend import names_bound  # as late as that: most texts have no errors

    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        first = lines.starts[lines.line_of(start)]
        last = lines.line_span(lines.line_of(end)).end
        if out and first <= out[-1][1]:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return Broken(tuple(out), names.union(*(names_bound(text[start:end]) for start, end in out)))
