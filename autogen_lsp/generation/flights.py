"""Identical requests in flight share one call: the first starts it, the others wait for its result.

Whoever waits may be cancelled alone; the call itself is cancelled when nobody waits any more, and is then awaited, so
that its sockets are closed and its budget is settled before the last waiter returns. Event-loop only.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from autogen_lsp.backends.base import Report


@dataclass
class _Flight[T]:
    task: asyncio.Task[T]
    reports: list[Report]
    waiting: int = 0


@dataclass
class Flights[T]:
    """The calls that are under way, by recipe. One object per event loop, owned by whoever owns the pipeline."""

    _open: dict[str, _Flight[T]] = field(default_factory=dict)

    async def share(
        self, recipe: str, start: Callable[[Report], Coroutine[Any, Any, T]], report: Report
    ) -> tuple[T, bool]:
        """The result of the one call for this recipe, and whether somebody else had started it.

        ``start`` makes the call; it is handed a report that tells all who wait. Its exception goes to all of them.
        """
        flight = self._open.get(recipe)
        joined = flight is not None
        if flight is None:
            reports: list[Report] = []

            def tell(stage: str, fraction: float | None) -> None:
                for each in tuple(reports):
                    each(stage, fraction)

            flight = self._open[recipe] = _Flight(asyncio.create_task(start(tell)), reports)
            flight.task.add_done_callback(lambda task: self._close(recipe, task))
        flight.reports.append(report)
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task), joined
        finally:
            flight.waiting -= 1
            flight.reports.remove(report)
            if not flight.waiting and not flight.task.done():
                self._close(recipe, flight.task)  # who comes now starts anew
                flight.task.cancel()
                with contextlib.suppress(asyncio.CancelledError):  # the one under way goes on when this is done
                    await asyncio.wait([flight.task])

    def _close(self, recipe: str, task: asyncio.Task[T]) -> None:
        flight = self._open.get(recipe)
        if flight is not None and flight.task is task:
            del self._open[recipe]
