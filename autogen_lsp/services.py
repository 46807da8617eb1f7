"""The composition root: one object that owns every long-lived part, each built when first asked for.

Nothing heavy is imported before it is needed: a server that only answers `initialize` has built none of this.
`Services` belongs to the event loop; blocking work goes through `run`, into its one executor, on frozen snapshots.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from autogen_lsp.config import Problem, Settings
from autogen_lsp.workspace.snapshot import Snapshot

if TYPE_CHECKING:
    from autogen_lsp.analysis.caches import Caches
    from autogen_lsp.analysis.project import Project
    from autogen_lsp.backends.base import Backend
    from autogen_lsp.codebase.client import Graph
    from autogen_lsp.generation.flights import Flights
    from autogen_lsp.generation.model import Draft
    from autogen_lsp.index.client import Index
    from autogen_lsp.storage.database import Database
    from autogen_lsp.storage.provenance import Provenance
    from autogen_lsp.storage.replies import ReplyCache
    from autogen_lsp.storage.usage import Ledger
    from autogen_lsp.syntax.facts import Incremental
    from autogen_lsp.syntax.model import Facts, Use
    from autogen_lsp.workspace.source import Source

_THREADS = 2  # analysis holds the interpreter lock; more would only take turns


def build(
    settings: Settings, roots: Sequence[Path], *, warn: Callable[[Problem], None] = lambda problem: None
) -> Services:
    """Services for these roots. Costs nothing until a part is used; ``warn`` is told what works only in part."""
    return Services(settings, tuple(roots), warn)


class Services:
    """Long-lived parts of one session. ``session`` is its id in usage records, ``started`` its beginning (UTC)."""

    def __init__(self, settings: Settings, roots: tuple[Path, ...], warn: Callable[[Problem], None]) -> None:
        self.settings = settings
        self.roots = roots
        self.warn = warn
        self.session = uuid.uuid4().hex
        self.started = datetime.now(UTC)
        self.on_usage: Callable[[], None] = lambda: None  # told after every change of the usage numbers
        self._backends: dict[str, Backend] = {}
        self._documents: dict[Path, Incremental] = {}
        self._overlaying = Lock()

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Blocking work, off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: function(*args, **kwargs))

    def project(self, snapshot: Snapshot, wanted: Callable[[], bool] | None = None) -> Project:
        """The project as of a snapshot, with what the index knows; files that it has yet to read are read as needed.

        Open documents bring their facts along: only the statements that changed since the last snapshot are read anew.
        From any thread; with ``wanted``, `Outdated` is raised if the snapshot is not wanted any more.
        """
        from autogen_lsp.analysis.project import Outdated, Project

        index: Index | None = self.__dict__.get("index")
        with self._overlaying:
            documents = {path: (source, self._facts_of(source)) for path, source in snapshot.documents.items()}
            if wanted is not None and not wanted():
                raise Outdated  # before older documents hide newer ones
            if index is not None:
                index.overlay(documents)
            for closed in self._documents.keys() - documents.keys():
                del self._documents[closed]
        return Project(snapshot, index, self._caches, None if index is None else index.pending)

    @contextmanager
    def project_while(self, snapshot: Snapshot, wanted: Callable[[], bool]) -> Iterator[Project]:
        """A project whose analysis ends with `Outdated` once ``wanted`` says no; an ordinary one after that."""
        project = self.project(snapshot, wanted)
        project.wanted = wanted
        try:
            yield project
        finally:
            project.wanted = None

    def peek(self, path: Path, text: bytes) -> list[Use] | None:
        """The open names of a document's newer text; None where its project has to be asked."""
        from autogen_lsp.syntax.peek import peek

        document = self._documents.get(path)
        return None if document is None or document.cut is None else peek(document.cut, text)

    def _facts_of(self, source: Source) -> Facts:
        from autogen_lsp.analysis.table import Table
        from autogen_lsp.syntax.facts import Incremental

        kept = self._caches.documents.get(source.path)
        if kept is None or kept[0] is not source:
            document = self._documents.setdefault(source.path, Incremental())
            kept = self._caches.documents[source.path] = (source, Table(document.update(source)))
        return kept[1].facts

    @cached_property
    def _caches(self) -> Caches:
        from autogen_lsp.analysis.caches import Caches

        return Caches()

    def backend(self, name: str | None = None) -> Backend:
        """The backend of that name, by default the configured one. Raises `UsageError` for a name that is none."""
        from autogen_lsp.backends import registry

        resolved = registry.resolve(self.settings, name)
        if resolved not in self._backends:
            self._backends[resolved] = registry.choose(self.settings, resolved)
        return self._backends[resolved]

    @cached_property
    def index(self) -> Index:
        """The project index, empty until it is built."""
        return self._new_index()

    async def index_made(self) -> Index:
        """`index`, made off the event loop: its name is a digest of this program's code, and it opens a database."""
        while "index" not in self.__dict__:
            given = self.settings, self.roots
            made = await self.run(self._new_index)
            if given == (self.settings, self.roots) and "index" not in self.__dict__:
                self.__dict__["index"] = made
            else:  # configured anew meanwhile
                made.close()
        return self.index

    def _new_index(self) -> Index:
        from autogen_lsp.index.client import Index

        return Index(self.roots, self.settings, self.warn)

    @cached_property
    def graph(self) -> Graph:
        """The graph_sitter codebase; its worker starts at the first question."""
        from autogen_lsp.codebase.client import Graph

        return Graph(self.roots)

    @cached_property
    def cache(self) -> ReplyCache:
        from autogen_lsp.storage.replies import open_replies

        return open_replies(self.settings, self.warn)

    @cached_property
    def ledger(self) -> Ledger:
        from autogen_lsp.storage.usage import Ledger

        return Ledger(self._database, self.session, self.started, self._budget(), on_change=lambda: self.on_usage())

    @cached_property
    def provenance(self) -> Provenance:
        from autogen_lsp.storage.provenance import Provenance

        return Provenance(self._database)

    @cached_property
    def flights(self) -> Flights[Draft]:
        """Generations under way: identical requests share one call."""
        from autogen_lsp.generation.flights import Flights

        return Flights()

    @cached_property
    def limit(self) -> asyncio.Semaphore:
        """Generations at the same time."""
        return asyncio.Semaphore(max(self.settings.concurrency, 1))

    def configure(self, settings: Settings, roots: Sequence[Path]) -> None:
        """Take new settings or roots. What depends on them is built anew when next used; the session goes on."""
        changed_roots = tuple(roots) != self.roots
        old, self.settings, self.roots = self.settings, settings, tuple(roots)
        self._backends.clear()
        stale = ["limit"]
        if changed_roots or old.context_exclude != settings.context_exclude or old.cache_dir != settings.cache_dir:
            stale.append("index")
        if changed_roots:
            stale.append("graph")
        if (old.cache_dir, old.cache_ttl_days, old.cache_memory_entries) != (
            settings.cache_dir,
            settings.cache_ttl_days,
            settings.cache_memory_entries,
        ):
            stale.append("cache")
        for name in stale:
            part = self.__dict__.pop(name, None)
            if part is not None and hasattr(part, "close"):
                part.close()
        if "ledger" in self.__dict__:
            self.ledger.budget = self._budget()

    async def aclose(self) -> None:
        """End everything that was built: sockets, worker processes, databases."""
        for backend in self._backends.values():
            await backend.aclose()
        for name in ("graph", "index", "cache", "_database"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()
        if "_executor" in self.__dict__:
            self._executor.shutdown(wait=False, cancel_futures=True)

    def _budget(self) -> Any:
        from autogen_lsp.storage.usage import Budget

        return Budget(self.settings.budget_per_session, self.settings.budget_per_day)

    @cached_property
    def _database(self) -> Database:
        from autogen_lsp.storage.database import open_database
        from autogen_lsp.storage.paths import prepare, state_dir

        folder = state_dir()
        problem = prepare(folder, purpose="usage and provenance", setting="AUTOGEN_STATE_DIR")
        if problem:
            self.warn(problem)
        return open_database(None if problem else folder, self.warn)

    @cached_property
    def _executor(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="autogen")
