"""Work-done progress of one job: begun once it may be, reported while it runs, ended exactly once.

The token is the client's own where the request brought one, else one that the server creates: a fresh UUID each time,
since tokens must not be used twice (LSP 3.17, "Work Done Progress"). The job never waits for the client's consent.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from typing import Any

from autogen_lsp.server.peer import Peer, RequestError
from autogen_lsp.server.wire import Json

_PATIENCE = 5.0  # seconds for the client to agree to a token


class Progress:
    """Tells the client what a job is doing. Without a client that shows progress, all of it is a no-op."""

    def __init__(
        self, peer: Peer, title: str, *, supported: bool, token: int | str | None = None, cancellable: bool = True
    ) -> None:
        self._peer = peer
        self._title = title
        self._cancellable = cancellable
        self._given = token is not None
        self._silent = token is None and not supported
        self.token: int | str = token if token is not None else str(uuid.uuid4())
        self._state = "new"  # new | begun | ended
        self._last: Json = {}
        self._creation: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Ask for the token where that is needed, and begin as soon as the client agrees."""
        if self._silent:
            return
        if self._given:
            self._begin()
        else:
            self._creation = asyncio.get_running_loop().create_task(self._create())

    def report(self, stage: str, fraction: float | None = None) -> None:
        """A stage ("waiting for the agent") and how far it is, 0-1, where known."""
        value: Json = {"message": stage}
        if fraction is not None:
            value["percentage"] = round(100 * min(max(fraction, 0.0), 1.0))
        if value == self._last:
            return
        self._last = value
        if self._state == "begun":
            self._send({"kind": "report", **value})

    async def end(self, message: str) -> None:
        """The last word. Calling it again does nothing."""
        if self._creation is not None and not self._creation.done():
            # A token that was asked for but never used would stay in some clients' lists.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._creation), _PATIENCE)
            self._creation.cancel()
        if self._state == "begun":
            self._state = "ended"
            self._send({"kind": "end", "message": message})
        self._state = "ended"

    async def _create(self) -> None:
        with contextlib.suppress(RequestError):
            await self._peer.request("window/workDoneProgress/create", {"token": self.token})
            self._begin()

    def _begin(self) -> None:
        if self._state == "new":
            self._state = "begun"
            # A percentage may only be reported later if the first message has one.
            begin = {"kind": "begin", "title": self._title, "cancellable": self._cancellable, "percentage": 0}
            self._send(begin | self._last)

    def _send(self, value: Any) -> None:
        self._peer.notify("$/progress", {"token": self.token, "value": value})
