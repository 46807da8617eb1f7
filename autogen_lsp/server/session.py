"""Everything that one client's session holds, on the event loop: documents, settings, services, diagnostics, jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_lsp.config import Problem
from autogen_lsp.server.capabilities import Client
from autogen_lsp.server.diagnostics import Diagnostics
from autogen_lsp.server.guard import WARNING
from autogen_lsp.server.indexing import Indexing
from autogen_lsp.server.jobs import Jobs
from autogen_lsp.server.looks import Looks
from autogen_lsp.server.mirror import Mirror
from autogen_lsp.server.peer import Peer, RequestError
from autogen_lsp.server.receipts import Receipts
from autogen_lsp.workspace.document import UNSAVED_FOLDER, Document
from autogen_lsp.workspace.overlay import Overlay
from autogen_lsp.workspace.snapshot import Snapshot

if TYPE_CHECKING:
    from autogen_lsp.services import Services


class Session:
    """Built once a connection; `lifecycle` and `sync` fill it, requests and commands read it."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.client = Client()
        self.overlay = Overlay()
        self.looks = Looks(self)
        self.diagnostics = Diagnostics(self)
        self.indexing = Indexing(self)
        self.mirror = Mirror(self)
        self.jobs = Jobs(self)
        self.receipts = Receipts(self)
        self.usage_notifications = False
        self.problems: list[Problem] = []  # with settings and folders, for the health report
        self.applying = asyncio.Lock()  # one edit of ours at a time
        self.news = asyncio.Event()  # set at every change of a document
        self.configured = asyncio.Event()  # not set while the client's answer about settings is awaited
        self.configured.set()
        self._background: set[asyncio.Task[None]] = set()

    @cached_property
    def services(self) -> Services:
        from autogen_lsp import services

        # Both are told from threads, too, and what is sent must be sent by the loop.
        loop = asyncio.get_running_loop()

        def warn(problem: Problem) -> None:
            loop.call_soon_threadsafe(self.warn, problem)

        def on_usage() -> None:
            loop.call_soon_threadsafe(self._usage_changed)

        built = services.build(self.overlay.settings, self.overlay.roots, warn=warn)
        if self.usage_notifications:
            built.on_usage = on_usage
        return built

    @property
    def built_services(self) -> Services | None:
        """The services if anything has asked for them yet."""
        return self.__dict__.get("services")

    def go_on(self) -> None:
        """The settings are known, or have been waited for long enough."""
        self.configured.set()
        self.diagnostics.resume()

    def warn(self, problem: Problem) -> None:
        """Show a problem with a setting or a folder, once."""
        if problem not in self.problems:
            self.problems.append(problem)
            self.peer.show(WARNING, f"autogen-lsp: {problem.message}")

    def snapshot(self) -> Snapshot:
        """The workspace as the client last described it."""
        return self.overlay.snapshot()

    def _usage_changed(self) -> None:
        from autogen_lsp.features.usage import usage

        with self.peer.guard.protect("usage"):
            self.peer.notify("autogen/usageChanged", usage(self.services))

    def reconfigured(self) -> None:
        """Settings or roots changed: services follow, keeping what counts for the session (its id, its ledger)."""
        if self.built_services is not None:
            self.built_services.configure(self.overlay.settings, self.overlay.roots)
        self.indexing.reconfigured()
        self.look_again()

    def opened(self, document: Document) -> None:
        """The client opened a document."""
        self._changed(document)
        self.indexing.opened()
        self.mirror.opened(document)

    def edited(self, document: Document) -> None:
        """The client edited a document."""
        self._changed(document)
        self.mirror.edited(document)

    def _changed(self, document: Document) -> None:
        self.looks.outdate()
        self.news.set()
        self.diagnostics.touch(document)

    def closed(self, document: Document) -> None:
        """The client closed a document: the disk counts again."""
        self.looks.forget(document)
        self.diagnostics.forget(document)
        self.mirror.closed(document)
        if UNSAVED_FOLDER in document.path.parts:
            self.look_again()
        else:
            self.disk_changed([document.path])

    def disk_changed(self, paths: list[Path]) -> None:
        """Files were changed, made or removed behind the open documents."""
        self.indexing.changed(paths)
        self.mirror.changed(paths)
        self.look_again()

    def look_again(self) -> None:
        """Something beyond the open documents changed: what was found may not hold."""
        self.looks.outdate()
        self.diagnostics.touch_all()

    def refresh_lenses(self) -> None:
        if self.client.refresh_lenses and self.overlay.settings.code_lens:
            self.spawn("code lenses", self._refresh("workspace/codeLens/refresh"))

    async def _refresh(self, method: str) -> None:
        with suppress(RequestError):  # then the client asks again at its next edit
            await self.peer.request(method, None)

    def spawn(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        """Background work that nobody waits for, under the guard; ends with the session."""

        async def guarded() -> None:
            with self.peer.guard.protect(what):
                await work

        task = asyncio.get_running_loop().create_task(guarded())
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        task.add_done_callback(lambda _task: work.close())  # where it was cancelled before it began

    async def close(self) -> None:
        """Cancel what runs, then close what is open."""
        self.diagnostics.close()
        self.looks.close()
        self.peer.close()
        await self.jobs.close()
        for task in tuple(self._background):
            task.cancel()
        if self.built_services is not None:
            with self.peer.guard.protect("closing"):
                await self.built_services.aclose()
