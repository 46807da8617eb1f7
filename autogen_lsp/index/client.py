"""What the other rooms ask of the index: facts by path, calls and definitions by name, symbols by words.

Open documents override the disk in every answer; those that ignore rules leave out, or that lie outside the roots, are
known by path only and never turn up among calls, definitions or search results. Queries are synchronous and short, from
any thread; what is not indexed (yet) is not found, and `complete` says whether that can be. `build` and `rescan` are
long: `build` is for the event loop and works in a thread and in processes, `rescan` blocks its caller. Nothing here
raises for the state of the disk or of the database: damage empties the index, is reported to ``warn``, and the index is
built again by itself.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autogen_lsp.backends.base import Report
from autogen_lsp.config import Settings
from autogen_lsp.index import rows, worker
from autogen_lsp.index.build import bring_up_to_date
from autogen_lsp.index.location import index_path, remove_unused
from autogen_lsp.index.pool import default_workers
from autogen_lsp.index.store import Store, Warn
from autogen_lsp.index.stored import StoredFacts
from autogen_lsp.syntax import spread
from autogen_lsp.syntax.facts import extract
from autogen_lsp.syntax.model import Call, Facts, Import, Symbol
from autogen_lsp.syntax.said import says
from autogen_lsp.workspace.ignore import SUFFIXES, FoundFile, Rules
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source

_DECODED_BYTES = 6_000_000  # of rows whose facts are kept decoded, which takes about six times as much
_RESULTS_KEPT = 4
_MOST_TERMS = 24


@dataclass(frozen=True)
class _Open:
    """An open document and its facts, made when first asked for unless they are given."""

    source: Source
    given: Facts | None = None

    @cached_property
    def facts(self) -> Facts:
        return self.given if self.given is not None else extract(self.source)


class Index:
    """The facts of one workspace. Make one for each set of roots; `close` it at the end."""

    def __init__(
        self,
        roots: Sequence[Path],
        settings: Settings,
        warn: Warn,
        *,
        workers: int | None = None,
        decoded_bytes: int = _DECODED_BYTES,
    ) -> None:
        self.roots = tuple(roots)
        self.complete = False
        self._pending: set[str] | None = None
        self._settings = settings
        self._workers = default_workers() if workers is None else workers
        self._store = Store(index_path(self.roots, settings), warn)
        self._stored = StoredFacts(self._store, decoded_bytes, self._begin_again)
        self._names = b""
        self._rules = Rules(self.roots, settings.context_exclude)
        self._files: dict[str, Path] | None = None  # replaced, never changed: any thread may read it
        self._tuple: tuple[dict[str, Path] | None, tuple[Path, ...]] = (None, ())
        self._open: Mapping[str, _Open] = {}
        self._ours: dict[str, bool] = {}  # of open documents, as of the rules in force
        self._updated: set[Path] = set()  # since the last scan began
        self._building = threading.Lock()
        self._closing = threading.Event()

    @property
    def on_disk(self) -> bool:
        """Whether other processes can read it; False where it is kept in memory."""
        return self._store.path is not None

    @property
    def identity(self) -> tuple[int, int] | None:
        """Tells the file from any other that was, is or will be in its place; None where it is kept in memory."""
        return self._store.identity

    @property
    def pending(self) -> frozenset[str] | None:
        """The files (absolute, with '/') that a build has yet to read: nothing is stored of them, or what they were.

        None as long as it is not known which these are. From any thread: the copy of a set of strings is atomic.
        """
        return None if self._pending is None else frozenset(self._pending)

    @property
    def left(self) -> int | None:
        """How many files are ``pending``. From any thread, and at no cost."""
        pending = self._pending
        return None if pending is None else len(pending)

    # Queries

    def facts(self, path: Path) -> Facts | None:
        """A file's facts; None where it is not indexed or not text."""
        if found := self._open.get(path.as_posix()):
            return found.facts
        return self._stored.facts(path.as_posix())

    def files(self) -> tuple[Path, ...]:
        """Every Python file of the workspace as of the last scan and the updates since, also those not yet indexed.

        The same object until a file comes or goes, so that callers can tell by ``is`` whether theirs is still right.
        """
        listing = self._listed()
        kept = self._tuple
        if kept[0] is not listing:
            kept = self._tuple = (listing, tuple(listing.values()))
        return kept[1]

    def calls(self, name: str, limit: int | None = None) -> list[tuple[Path, Call]]:
        """Calls whose last component is ``name``, by path and place; the first ``limit`` of them."""
        return self._named(rows.CALLED, name, "calls", rows.calls_named, lambda f: spread.named(f.calls, name), limit)

    def definitions(self, name: str, limit: int | None = None) -> list[tuple[Path, Symbol]]:
        """Definitions of all kinds whose last component is ``name``, by path and place; the first ``limit`` of them."""
        return self._named(
            rows.DEFINED, name, "symbols", rows.symbols_named, lambda f: rows.definitions_of(f.symbols, name), limit
        )

    def importers(self, name: str) -> list[tuple[Path, Import]]:
        """Imports of a module, or of a name from one, by last component (``b`` for ``a.b``): resolve them yourself."""
        return self._named(
            rows.IMPORTED, name, "imports", rows.imports_named, lambda facts: rows.imports_of(facts.imports, name), None
        )

    def derived(self, name: str) -> list[tuple[Path, Symbol]]:
        """Classes that have a base whose last component is ``name`` (``B`` for ``a.B[int]``), by path and place."""
        return self._named(
            rows.DERIVED, name, "symbols", rows.derived_named, lambda facts: rows.derived_of(facts.symbols, name), None
        )

    def says(self, name: str) -> bool:
        """Whether a file says the name without using it: as a string, or as a keyword."""
        opened = self._shared()
        return any(says(each.source.text, each.facts.calls, name) for each in opened.values()) or any(
            path not in opened for path, _ in self._stored.files_with(rows.SAID, name)
        )

    def python2(self, folder: Path) -> tuple[int, int]:
        """How many files below the folder no Python 3 reads, and how many there are."""
        below = f"{folder.as_posix().rstrip('/')}/"
        opened = {path: one.facts.python2 for path, one in self._shared().items() if path.startswith(below)}
        old, every = self._stored.python2(below)
        known = [self._stored.python2_of(path) for path in opened]
        old += sum(opened.values()) - sum(found is True for found in known)
        return old, every + sum(found is None for found in known)

    def search(self, words: str | Iterable[str], limit: int = 20) -> list[tuple[Path, Symbol, float]]:
        """Functions and classes that have these words in their name, class, parameters or docstring, best first.

        Identifiers are split (camelCase, snake_case), words are stemmed. The score is BM25; higher is better. A symbol
        that only an open document has scores by its share of the words, relative to the best stored one. Words that
        thousands of symbols share count only where no other is given: the time must not grow with the workspace.
        """
        wanted = dict.fromkeys(rows.words(words if isinstance(words, str) else " ".join(words)))
        terms = list(wanted)[:_MOST_TERMS]
        if not terms or limit <= 0:
            return []
        hits = self._stored.ranked(terms, limit)
        found = [(*hit, score) for key, score in hits if (hit := self._symbol_at(key)) is not None]
        best = max((score for _, _, score in found), default=1.0)
        found += [(path, symbol, best * share) for path, symbol, share in self._unsaved(set(terms))]
        found.sort(key=lambda item: (-item[2], item[0], item[1].start))
        return found[:limit]

    # Results of whole-workspace analyses

    def state(self) -> bytes:
        """Digest of all that the index knows: every file's path and content, open documents, and the names of all other
        files as of the last `rescan`. What was computed from these alone is still right where the digest is the same.
        """
        digest = hashlib.blake2b(self._names, digest_size=16)
        for path, content in self._stored.digests():
            digest.update(os.fsencode(path) + b"\0" + content)
        for path, document in sorted(self._open.items()):
            digest.update(os.fsencode(path) + b"\1" + rows.digest_of(document.source.text))
        return digest.digest()

    def result(self, key: bytes) -> bytes | None:
        """What was kept under this key, by this server or another."""
        return self._store.result(key)

    def keep_result(self, key: bytes, value: bytes) -> None:
        """Keep a computed value beside the facts. The newest few of all stay."""
        self._store.keep_result(key, value, _RESULTS_KEPT)

    # Following the workspace

    def overlay(self, documents: Mapping[Path, Source | tuple[Source, Facts]]) -> None:
        """The open documents: all of them, whenever any changed; with their facts where the caller has them."""
        before = self._open
        now: dict[str, _Open] = {}
        for path, document in documents.items():
            source, facts = document if isinstance(document, tuple) else (document, None)
            old = before.get(path.as_posix())
            now[path.as_posix()] = old if old is not None and old.source is source else _Open(source, facts)
        self._open = now

    def supposing(self, documents: Mapping[Path, Source | tuple[Source, Facts]]) -> Index:
        """The index as it would answer if these were the open documents. For one job: it does not follow the disk."""
        view = copy.copy(self)
        view._ours = {}
        view.overlay(documents)
        return view

    def update(self, path: Path, source: Source | None = None) -> None:
        """One file was written, created or deleted. A ``source`` with the same text as the file lends its tree.

        For a folder, and where ignore rules changed, call `rescan`.
        """
        self._updated.add(path)
        self._update(path, source)

    async def build(self, snapshot: Snapshot, report: Report) -> None:
        """Bring everything up to date in the background, files near the open documents first. Can be cancelled."""
        loop = asyncio.get_running_loop()
        cancelled = threading.Event()

        def tell(stage: str, fraction: float | None) -> None:
            loop.call_soon_threadsafe(report, stage, fraction)

        work = asyncio.ensure_future(
            asyncio.to_thread(self.rescan, tell, near=tuple(snapshot.documents), stopped=cancelled.is_set)
        )
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            cancelled.set()
            await asyncio.wait([work])
            raise

    def rescan(
        self,
        report: Report = lambda stage, fraction: None,
        *,
        near: Iterable[Path] = (),
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """Compare with the disk and index what changed, blocking. Where nothing did it costs a walk.

        For changes that nobody reports one by one: at the start, another git branch, changed ignore rules.
        """
        opened = {path.as_posix() for path in near}
        folders = {path.rpartition("/")[0] for path in opened}

        def stop() -> bool:
            return self._closing.is_set() or stopped()

        with self._building:
            self._updated.clear()
            self._store.follow()
            generation = self._stored.follow()
            rules = Rules(self.roots, self._settings.context_exclude)
            names = hashlib.blake2b(digest_size=16)
            found: list[FoundFile] = []
            for file in rules.walk(lambda seen: names.update(os.fsencode(seen) + b"\0\0")):
                if stop():
                    return
                found.append(file)
            self._names = names.digest()
            self._rules = rules
            self._ours = {}
            known = self._files or {}
            if known.keys() != {file.path for file in found}:
                self._files = {file.path: known.get(file.path) or Path(file.path) for file in found}
            done = bring_up_to_date(
                self._store,
                found,
                first=lambda path: path in opened or path.rpartition("/")[0] in folders,
                report=report,
                stopped=stop,
                workers=self._workers,
                pending=self._set_pending,
            )
            while self._updated:  # what was read for the build may be older than what an update stored
                self._update(self._updated.pop())
            self.complete = done and self._store.generation == generation
            if self._store.path is not None and self.complete:
                remove_unused(self._store.path)

    def close(self) -> None:
        """Stop a build that is under way and let go of the file. Queries find nothing from here on."""
        self._closing.set()
        with self._building:
            self._store.close()

    # Inside

    def _update(self, path: Path, source: Source | None = None) -> None:
        text = path.as_posix()
        stored = self._stored.digest(text)
        if path.suffix in SUFFIXES and not self._rules.is_ignored(path) and not self._rules.has_another_name(path):
            job = worker.Job(text, stored or b"")
            opened = self._open.get(text)
            if opened is None:
                answer = worker.look(job, source)
            else:  # mostly it was saved just now, and all is known
                answer = worker.look(job, opened.source, lambda: opened.facts)
            if not answer.gone:
                self._store.put([answer])
                if text not in self._listed():
                    self._files = self._listed() | {text: path}
                return
        if stored is not None:
            self._store.remove([text])
        if text in self._listed():
            self._files = {name: found for name, found in self._listed().items() if name != text}

    def _shared(self) -> dict[str, _Open]:
        """The open documents that belong to the workspace as its files do."""
        opened, ours, rules = self._open, self._ours, self._rules
        for path in opened:
            if path not in ours:
                ours[path] = not rules.is_ignored(Path(path))
        return {path: document for path, document in opened.items() if ours[path]}

    def _named[T](
        self,
        role: str,
        name: str,
        column: str,
        pick: Callable[[bytes, str], list[T]],
        of_document: Callable[[Facts], list[T]],
        limit: int | None,
    ) -> list[tuple[Path, T]]:
        """Items of one name: of stored files decoded alone, of open documents from their facts."""
        opened = self._shared()
        groups = {path: of_document(document.facts) for path, document in opened.items()}
        count = 0
        for path, items in self._stored.named(role, name, column, pick, opened):
            groups[path] = items
            count += len(items)
            if limit is not None and count >= limit:
                break
        found = [
            (where, item)
            for path in sorted(groups)
            if groups[path]
            for where in (self._path(path),)
            for item in groups[path]
        ]
        return found if limit is None else found[:limit]

    def _symbol_at(self, key: int) -> tuple[Path, Symbol] | None:
        """A search hit's symbol; in an open document the one that has its qualname now, if any."""
        found = self._stored.symbol_at(key)
        if found is None:
            return None
        path, symbol = found
        if (document := self._open.get(path)) is not None:
            now = next((s for s in document.facts.symbols if s.qualname == symbol.qualname), None)
            return None if now is None else (self._path(path), now)
        return self._path(path), symbol

    def _unsaved(self, terms: set[str]) -> Iterator[tuple[Path, Symbol, float]]:
        """Functions and classes that only an open document has, not its stored file, with their share of the terms."""
        for path, document in self._shared().items():
            stored = self._stored.facts(path)
            known = {symbol.qualname for symbol in stored.symbols} if stored else set()
            fresh = [symbol for symbol in document.facts.symbols if symbol.qualname not in known]
            for text in rows.texts_of(fresh):
                share = len(terms.intersection(f"{text.name} {text.context} {text.doc}".split())) / len(terms)
                if share:
                    yield self._path(path), fresh[text.place], share

    def _set_pending(self, files: set[str]) -> None:
        self._pending = files

    def _listed(self) -> dict[str, Path]:
        if self._files is None:
            self._files = {path: Path(path) for path in self._stored.files()}
        return self._files

    def _path(self, path: str) -> Path:
        """One object for each file: paths keep their hash and text, which callers need again and again."""
        return self._listed().get(path) or Path(path)

    def _begin_again(self) -> None:
        """After damage: the store is empty now; fill it."""
        self.complete = False
        self._pending = None
        if not self._closing.is_set():
            threading.Thread(target=self.rescan, name="autogen-index", daemon=True).start()
