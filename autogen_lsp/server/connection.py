"""Wires one client: a session, its routes, and the pygls server behind them, built at the first message that needs it.

The import of lsprotocol takes longer than all the rest of the start. So `initialize`, documents and diagnostics go
without, and the import is made in a thread while the client and the first diagnostics keep nobody waiting.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from autogen_lsp.server import wire
from autogen_lsp.server.lifecycle import Lifecycle
from autogen_lsp.server.peer import Peer
from autogen_lsp.server.session import Session
from autogen_lsp.server.sync import Sync
from autogen_lsp.server.wire import Json

if TYPE_CHECKING:
    from autogen_lsp.server.app import Protocol

# What typing, the index and requests need. None of it may be imported on the event loop: while threads import, too, it
# takes a hundred times as long.
_LATER = tuple(
    f"autogen_lsp.{name}"
    for name in ("syntax.mend", "syntax.peek", "analysis.findings", "backends.registry", "index.client", "server.app")
)
_FOR_COMMANDS = "autogen_lsp.features.implement"  # once all else is there
_COLLECT = (20_000, 20, 50)  # objects and rounds between collections of garbage; Python's own are (2,000, 10, 10)
_QUIET = 0.25  # seconds after `initialized` in which the first document usually comes


def connect(write: Callable[[bytes], None], stop: Callable[[int], None]) -> Session:
    """A session whose messages go out through ``write``; ``stop(status)`` is called at its end."""
    gc.disable()  # until all is loaded: the first diagnostics are waited for, and there is no garbage yet
    peer = Peer(write)
    session = Session(peer)
    typed = _Typed(session)
    peer.routes |= Lifecycle(session, stop).routes() | Sync(session).routes()
    peer.routes["textDocument/diagnostic"] = lambda params: session.diagnostics.pull(
        params["textDocument"]["uri"], params.get("previousResultId")
    )
    peer.routes["$/cancelRequest"] = typed.cancel
    loop = asyncio.get_running_loop()
    _then(peer, "initialize", lambda: loop.call_soon(_load_analysis))
    _then(peer, "initialized", lambda: loop.call_later(_QUIET, typed.warm_up))
    peer.fallback = typed.dispatch
    return session


def _then(peer: Peer, method: str, after: Callable[[], object]) -> None:
    """Have ``after`` called when a message was handled."""
    handler = peer.routes[method]

    def handle(params: Any) -> Any:
        value = handler(params)
        after()
        return value

    peer.routes[method] = handle


def _load_analysis() -> None:
    """Import what the first document needs, while the client reads the answer to `initialize`."""
    importlib.import_module("autogen_lsp.analysis.undefined")
    importlib.import_module("autogen_lsp.services")


class _Typed:
    """The pygls server, on demand."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def dispatch(self, message: Json) -> None:
        if "id" not in message and "_protocol" not in self.__dict__:
            return  # a notification about requests or jobs, of which there were none yet
        self._protocol.dispatch(message)

    def cancel(self, params: Json) -> None:
        """``$/cancelRequest``, of a request that is answered here or there."""
        if not self._session.peer.cancel(params["id"]):
            self.dispatch(wire.notification("$/cancelRequest", params))

    def warm_up(self) -> None:
        self._session.spawn("start", self._warm_up())

    async def _warm_up(self) -> None:
        try:
            for name in _LATER:
                await asyncio.to_thread(importlib.import_module, name)
            built = await asyncio.to_thread(_build, self._session)
            self.__dict__.setdefault("_protocol", built)  # unless a request came first
            await asyncio.to_thread(importlib.import_module, _FOR_COMMANDS)
        finally:
            # What was loaded stays, and facts hold no cycles: collecting it all again and again would hold up the keys.
            gc.freeze()
            gc.set_threshold(*_COLLECT)
            gc.enable()

    @cached_property
    def _protocol(self) -> Protocol:
        return _build(self._session)


def _build(session: Session) -> Protocol:
    from autogen_lsp.server.app import build_server

    return build_server(session).protocol
