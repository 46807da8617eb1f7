"""What is found in the open documents: looked for on a thread, kept until something changes, guessed in between.

A look at a whole document may read many other files, so none is made on the event loop: it works on a snapshot, ends
as soon as that is outdated, and only then is its project the session's. The quick look between two keys is made on the
loop: it reads the statement that was edited, and moves along what was found last. Event loop only, but for `_find`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from autogen_lsp.text import Span, moved
from autogen_lsp.workspace.document import Document
from autogen_lsp.workspace.snapshot import Snapshot

if TYPE_CHECKING:
    from autogen_lsp.analysis.model import Finding
    from autogen_lsp.analysis.project import Project
    from autogen_lsp.server.session import Session

_SOON = 0.08  # seconds without a key after which what an action at the cursor needs is made ready
_REST = 0.05  # seconds that a look waits at most, each time that it could go on


@dataclass(frozen=True, slots=True)
class Look:
    """A document's findings, the moment and text that they are of, and the seconds that it took to find them."""

    epoch: int
    text: bytes
    findings: list[Finding]
    seconds: float = 0.0


class Looks:
    """One session's looks and the project that they are made in."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._epoch = 0  # counts everything that may change a finding
        self._project: tuple[int, Project] | None = None  # with its epoch
        self._kept: dict[str, Look] = {}  # URI → the last whole look
        self._turns = asyncio.Lock()  # one whole look at a time: requests want a thread, too
        self._running: dict[str, tuple[int, asyncio.Task[Look | None]]] = {}  # URI → a whole look and its epoch
        self._prepared: tuple[int, Project] | None = None  # likewise, but nothing was asked of it yet
        self._preparing: asyncio.TimerHandle | None = None
        self._answer: tuple[int, Hashable, Any] | None = None  # the last of `once`, with its epoch and question
        self._first = 0  # requests that go first
        self._free = threading.Event()  # set while there are none
        self._free.set()

    def outdate(self) -> None:
        """Something changed that findings may depend on."""
        self._epoch += 1

    @contextmanager
    def resting(self) -> Iterator[None]:
        """A whole look that is under way rests meanwhile (not for long): what a user waits for goes first."""
        self._first += 1
        self._free.clear()
        try:
            yield
        finally:
            self._first -= 1
            if not self._first:
                self._free.set()

    def close(self) -> None:
        if self._preparing is not None:
            self._preparing.cancel()

    def forget(self, document: Document) -> None:
        self._kept.pop(document.uri, None)
        self._running.pop(document.uri, None)

    def project(self) -> Project:
        """Analysis of the current snapshot; the same object until something changes."""
        project = self._current() or self._session.services.project(self._session.snapshot())
        self._project = (self._epoch, project)
        return project

    def _current(self) -> Project | None:
        kept = (self._project, self._prepared)
        return next((project for epoch, project in filter(None, kept) if epoch == self._epoch), None)

    def last(self) -> list[Finding]:
        """What was found last in each open document: as of now, or of a moment ago."""
        return [finding for look in self._kept.values() for finding in look.findings]

    def fresh(self, document: Document) -> Look | None:
        """The look at a document as it is now, if one was made."""
        kept = self._kept.get(document.uri)
        return kept if kept is not None and kept.epoch == self._epoch else None

    def find(self, path: Path) -> list[Finding]:
        """Findings of a file as of now, at once. For what the user waits for anyway."""
        from autogen_lsp.analysis import findings

        document = self._session.overlay.at(path)
        if document is None:
            return findings.find(self.project(), path)
        kept = self.fresh(document)
        if kept is None:
            found = findings.find(self.project(), path)
            kept = self._kept[document.uri] = Look(self._epoch, document.text, found)
        return kept.findings

    def quick(self, document: Document) -> list[Finding]:
        """Undefined names as of now, for which hardly anything is read; the rest as last found, moved along."""
        from autogen_lsp.analysis.model import FindingKind
        from autogen_lsp.analysis.undefined import among, undefined

        uses = self._session.services.peek(document.path, document.text) if self._project is not None else None
        if uses is None or self._project is None:
            names = undefined(self.project(), document.path)
        else:
            names = list(among(self._project[1], document.path, document.text, uses))
        self._prepare_soon()
        kept = self._kept.get(document.uri)
        if kept is None:
            return names
        move = moved(kept.text, document.text)
        others = [
            replace(finding, span=span)
            for finding in kept.findings
            if finding.kind is not FindingKind.UNDEFINED_CALL and (span := move(finding.span)) is not None
        ]
        return sorted([*names, *others], key=lambda finding: finding.span)

    def _prepare_soon(self) -> None:
        if self._preparing is not None:
            self._preparing.cancel()
        spawn = self._session.spawn
        self._preparing = asyncio.get_running_loop().call_later(_SOON, lambda: spawn("facts", self._prepare()))

    async def _prepare(self) -> None:
        await self.ready()

    async def ready(self) -> Project | None:
        """The project as of now, made on a thread: most of what an action waits for. None if a change overtook it."""
        from autogen_lsp.analysis.project import Outdated

        epoch, services = self._epoch, self._session.services
        if self._current() is None:
            with suppress(Outdated):
                project = await services.run(services.project, self._session.snapshot(), lambda: self._epoch == epoch)
                self._prepared = (epoch, project)
        return self._current()

    async def whole(self, document: Document) -> Look | None:
        """A look at all of a document as it is now; None where it was overtaken by a change."""
        kept = self.fresh(document)
        if kept is not None:
            return kept
        running = self._running.get(document.uri)
        if running is None or running[0] != self._epoch or running[1].done():
            task = asyncio.get_running_loop().create_task(self._whole(document))
            running = self._running[document.uri] = (self._epoch, task)
        return await asyncio.shield(running[1])  # whoever stops waiting does not stop it for others

    async def _whole(self, document: Document) -> Look | None:
        from autogen_lsp.analysis.project import Outdated

        epoch, session = self._epoch, self._session
        await session.indexing.enough()
        async with self._turns:
            if epoch != self._epoch:
                return None
            snapshot = session.snapshot()
            try:
                project, found, seconds = await session.services.run(self._find, snapshot, document.path, epoch)
            except Outdated:
                return None
        if epoch != self._epoch or session.overlay.get(document.uri) is not document:
            return None
        self._project = (epoch, project)
        look = self._kept[document.uri] = Look(epoch, document.text, found, seconds)
        return look

    def _find(self, snapshot: Snapshot, path: Path, epoch: int) -> tuple[Project, list[Finding], float]:
        """On a thread. Raises `Outdated` as soon as the snapshot is, or a build begins that knows all of it sooner."""
        from autogen_lsp.analysis import findings

        started, indexing = time.perf_counter(), self._session.indexing

        def current() -> bool:
            return self._epoch == epoch and not indexing.is_early

        def rested() -> bool:
            if current() and not self._free.is_set():  # an outdated look ends, for its thread may be wanted
                self._free.wait(_REST)
            return current()

        with self._session.services.project_while(snapshot, current) as project:
            project.wanted = rested  # from here on: what goes first may want the lock that a project is made under
            found = findings.find(project, path)
        return project, found, time.perf_counter() - started

    async def once[T](self, question: Hashable, answer: Callable[[], Awaitable[T]]) -> T:
        """An answer, given again to who asks the same again before anything changes.

        Editors ask what can be done at a place to show that there is something, and again to show what.
        """
        epoch, kept = self._epoch, self._answer
        if kept is not None and kept[:2] == (epoch, question):
            return kept[2]  # type: ignore[no-any-return]
        found = await answer()
        self._answer = (epoch, question, found)
        return found

    async def near(self, document: Document, span: Span) -> tuple[Project, list[Finding]]:
        """A project as of now, and the findings that touch a span: all of them, or these alone if that is sooner."""
        from autogen_lsp.analysis import findings

        kept = self.fresh(document)
        if kept is not None:
            return self.project(), kept.findings
        if self._project is not None and self._project[0] == self._epoch:
            return self._project[1], findings.within(self._project[1], document.path, span)
        session = self._session
        epoch, snapshot, prepared = self._epoch, session.snapshot(), self._current()
        last = None if self._project is None else self._project[1]
        shown = {} if last is None else last.given_names | last.guessed_names

        def find() -> tuple[Project, list[Finding]]:
            project = prepared or session.services.project(snapshot)
            project.given_names |= shown  # an action is for what was shown; the next whole look asks for itself
            return project, findings.within(project, document.path, span)

        project, found = await session.services.run(find)
        if epoch == self._epoch and (self._project is None or self._project[0] != epoch):
            self._project = (epoch, project)
        return project, found
