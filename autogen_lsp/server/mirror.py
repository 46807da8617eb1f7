"""Keeps the graph_sitter codebase in step with the buffers: what is open, edited, closed, renamed or changed on disk.

The graph's process is started for an opened document only where a model is set up, which alone reads the graph; else it
starts at the first question. Edits are gathered until the keys rest. Event loop only; nothing here waits for the graph.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autogen_lsp.codebase.client import Graph
    from autogen_lsp.server.session import Session
    from autogen_lsp.workspace.document import Document

_REST = 0.3  # seconds without an edit after which the graph is told
_AFTER_OPENING = 1.0  # seconds; diagnostics and the index go first


class Mirror:
    """Tells the graph what the session's documents are."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._edited: set[str] = set()  # URIs
        self._opened: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def opened(self, document: Document) -> None:
        self._opened.add(document.uri)
        self._soon(_AFTER_OPENING)

    def edited(self, document: Document) -> None:
        self._edited.add(document.uri)
        self._soon(_REST)

    def closed(self, document: Document) -> None:
        self._edited.discard(document.uri)
        self._opened.discard(document.uri)
        if self._graph is not None:
            self._graph.closed(document.path)

    def changed(self, paths: list[Path]) -> None:
        """Files on disk are new, other or gone; open ones keep their buffers."""
        for path in paths:
            if self._graph is not None and self._session.overlay.at(path) is None:
                self._graph.deleted(path)

    @property
    def _graph(self) -> Graph | None:
        """The graph, if anything has asked for it yet."""
        services = self._session.built_services
        return None if services is None else services.__dict__.get("graph")

    def _soon(self, delay: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(delay, self._tell)

    def _tell(self) -> None:
        from autogen_lsp.backends import registry

        session = self._session
        with session.peer.guard.protect("graph"):
            edited, self._edited = self._edited, set()
            opened, self._opened = self._opened, set()
            wanted = registry.resolve(session.overlay.settings) != "skeleton" and bool(session.overlay.roots)
            graph = session.services.graph if wanted else self._graph
            if graph is None:
                return
            for uri in edited | opened:
                document = session.overlay.get(uri)
                if document is not None:
                    graph.changed(document.path, document.text)
                    if uri in opened and wanted:
                        graph.prepare(document.path)
