"""Keeps the project index in step with the workspace: built in the background once a document is open, then followed.

Single changes on disk are updated one by one; changes of ignore rules, of folders or of many files at once (another
branch) are a rescan, which costs a walk and what really changed. Findings are looked at again when the index is whole.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.server.progress import Progress

if TYPE_CHECKING:
    from autogen_lsp.index.client import Index
    from autogen_lsp.server.session import Session

_START = 0.5  # seconds after the first document was opened, when its own diagnostics are out
_GATHER = 0.2  # seconds in which changes on disk are gathered
_MANY = 40  # changed files from which a rescan is cheaper
_PATIENCE = 1.0  # seconds that a build may take before the user is told of it
_FEW = 200  # files that may be read for their names' sake while a build has yet to come to them
_PYTHON = (".py", ".pyi")


class Indexing:
    """Event loop only; the index does its work in threads and processes of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._timer: asyncio.TimerHandle | None = None
        self._changed: set[Path] = set()
        self._rescan = False
        self._running = False
        self._builds = 0
        self._idle = asyncio.Event()  # set while there are no builds
        self._idle.set()

    @property
    def is_early(self) -> bool:
        """Whether so much is left to be read that a look at a whole document would do it all over. From any thread.

        It asks for hundreds of names, and each of them would be looked for in all files that are not indexed yet: the
        look would take longer than the build, which it slows down, and have to be taken again after it.
        """
        index = self._index
        return self._builds > 0 and (index is None or (left := index.left) is None or left > _FEW)

    async def enough(self) -> None:
        """Wait until it is not early any more."""
        while self.is_early:
            await self._idle.wait()

    def opened(self) -> None:
        """A document was opened; the first one starts the index."""
        if not self._running and self._timer is None and self._session.overlay.roots:
            self._rescan = True
            self._timer = asyncio.get_running_loop().call_later(_START, self._flush)

    def changed(self, paths: list[Path]) -> None:
        """Files were written, made or removed. Before the first build there is nothing to keep in step."""
        if self._index is None and not self._running:
            return
        for path in paths:
            if path.suffix in _PYTHON:
                self._changed.add(path)
            else:
                self._rescan = True  # a folder, or ignore rules, or the branch
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHER, self._flush)

    def reconfigured(self) -> None:
        """Settings or roots changed; services may have dropped the index."""
        if self._index is None and self._running:
            self._running = False
        if any(True for _ in self._session.overlay):
            self.opened()

    @property
    def _index(self) -> Index | None:
        services = self._session.built_services
        return None if services is None else services.__dict__.get("index")

    def _flush(self) -> None:
        self._timer = None
        self._running = True
        changed, self._changed = self._changed, set()
        if self._rescan or len(changed) > _MANY:
            self._rescan = False
            self._session.spawn("index", self._build())
        else:
            self._session.spawn("index", self._update(changed))

    async def _update(self, paths: set[Path]) -> None:
        session = self._session
        for path in paths:
            await session.services.run(session.services.index.update, path)
        session.look_again()

    async def _build(self) -> None:
        session = self._session
        progress = Progress(
            session.peer, "Indexing the workspace", supported=session.client.progress, cancellable=False
        )
        timer = asyncio.get_running_loop().call_later(_PATIENCE, progress.start)
        self._builds += 1
        self._idle.clear()
        try:
            index = await session.services.index_made()
            await index.build(session.snapshot(), progress.report)
        finally:
            self._builds -= 1
            if not self._builds:
                self._idle.set()
            timer.cancel()
            await progress.end("indexed")
        session.look_again()
