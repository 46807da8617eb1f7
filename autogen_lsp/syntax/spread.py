"""The calls of an open document, left where they were found until somebody asks where they are now.

They are most of a file's facts, each edit moves all that are below it, and few are ever asked for: the calls of a name,
the calls at a place. `where` and `near` find these without placing the others; for all else they are a sequence.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import overload

from msgspec.structs import replace

from autogen_lsp.syntax.broken import Broken
from autogen_lsp.syntax.model import Call
from autogen_lsp.syntax.units import Unit
from autogen_lsp.text import Span, touching


class Spread(Sequence[Call]):
    """The calls of a document's units, in order; those on its broken lines are guarded."""

    def __init__(self, units: Sequence[Unit], broken: Broken) -> None:
        self._units = [unit for unit in units if unit.chunk.calls]
        self._broken = broken

    @cached_property
    def _all(self) -> tuple[Call, ...]:
        return tuple(self._guarded(call for unit in self._units for call in unit.calls))

    @cached_property
    def _starts(self) -> list[int]:
        return [unit.start for unit in self._units]

    def near(self, span: Span) -> list[Call]:
        """As `touching`."""
        first = max(bisect_right(self._starts, span.start) - 1, 0)
        last = bisect_right(self._starts, span.end)
        units = self._units[first:last]
        return touching(self._guarded(call for unit in units for call in unit.calls), span)

    def where(self, test: Callable[[Call], bool]) -> list[Call]:
        """The calls of which ``test`` says yes. It must not ask where they are."""
        return self._placed((unit, call) for unit in self._units for call in unit.chunk.calls if test(call))

    def named(self, name: str) -> list[Call]:
        return self._placed((unit, call) for unit in self._units for call in unit.chunk.calls if call.name == name)

    def _placed(self, found: Iterable[tuple[Unit, Call]]) -> list[Call]:
        return list(self._guarded(unit.placed(call) for unit, call in found))

    def _guarded(self, calls: Iterable[Call]) -> Iterable[Call]:
        broken = self._broken
        if not broken.lines:
            return calls
        return (replace(call, guarded=True) if broken.holds(call.start) else call for call in calls)

    def __len__(self) -> int:
        return sum(len(unit.chunk.calls) for unit in self._units)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._all)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Call, ...]: ...
    def __getitem__(self, index: int | slice) -> Call | tuple[Call, ...]:
        return self._all[index]

    def __eq__(self, other: object) -> bool:
        return self._all == tuple(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]


def near(calls: Sequence[Call], span: Span | None) -> list[Call]:
    """The calls whose name shares a byte with the span, or borders on it; all of them where there is none."""
    return calls.near(span) if isinstance(calls, Spread) and span is not None else touching(calls, span)


def where(calls: Sequence[Call], test: Callable[[Call], bool]) -> list[Call]:
    """The calls of which ``test`` says yes. It must not ask where they are."""
    return calls.where(test) if isinstance(calls, Spread) else [call for call in calls if test(call)]


def named(calls: Sequence[Call], name: str) -> list[Call]:
    return calls.named(name) if isinstance(calls, Spread) else [call for call in calls if call.name == name]
