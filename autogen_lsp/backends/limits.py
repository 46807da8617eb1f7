"""A sliding-window rate limit that callers wait for: at most `count` starts in any `seconds`, nobody turned away."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable


class RateLimit:
    """Shared by all calls of one backend; belongs to one event loop. ``count`` 0 means: no limit."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count = count
        self._seconds = seconds
        self._starts: deque[float] = deque(maxlen=count or None)  # of the latest `count` starts, past and reserved

    async def wait(self, waiting: Callable[[float], None] | None = None) -> None:
        """Return when the next start is allowed; ``waiting`` is told the seconds, if there are any."""
        if not self._count:
            return
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            if len(self._starts) < self._count or now - self._starts[0] >= self._seconds:
                self._starts.append(now)
                return
            delay = self._starts[0] + self._seconds - now
            if waiting is not None:
                waiting(delay)
            await asyncio.sleep(delay)
