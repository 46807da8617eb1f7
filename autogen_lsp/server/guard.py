"""The one guard at the server's edge: a defect is logged, the user gets one line, the server goes on.

Errors meant for users (`AutogenError`) pass as their own line, without a traceback. The same defect is told to the user
once a session, however often an editor repeats the request that runs into it; the log has them all.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from autogen_lsp.errors import AutogenError

log = logging.getLogger(__name__)

# LSP MessageType
ERROR, WARNING, INFO, LOG = 1, 2, 3, 4


class Guard:
    """Turns exceptions at the edge into log entries and messages. ``tell(kind, text)`` shows a message to the user."""

    def __init__(self, tell: Callable[[int, str], None]) -> None:
        self._tell = tell
        self._told: set[str] = set()

    def report(self, what: str, error: Exception) -> str:
        """Log and tell an error that ended ``what``; returns the line that the user reads."""
        if isinstance(error, AutogenError):
            log.info("%s: %s", what, error)
            return str(error)
        log.error("defect in %s", what, exc_info=error)
        line = f"autogen-lsp: a defect in {what} ({type(error).__name__}); details are in the server's log"
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{what}:{type(error).__name__}:{frames[-1].filename}:{frames[-1].lineno}" if frames else what
        if place not in self._told:
            self._told.add(place)
            self._tell(ERROR, line)
        return line

    @contextmanager
    def protect(self, what: str) -> Iterator[None]:
        """Run a notification's handler or a piece of background work; nothing but cancellation comes out."""
        try:
            yield
        except Exception as error:
            self.report(what, error)
