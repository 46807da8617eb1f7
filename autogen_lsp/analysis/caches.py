"""What is kept from snapshot to snapshot, for all threads that work on them: environment, listings, files' facts."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
from cachetools import LRUCache

from autogen_lsp.analysis.environment import Environment
from autogen_lsp.analysis.listing import Native
from autogen_lsp.analysis.modules import Tops
from autogen_lsp.analysis.table import Table
from autogen_lsp.workspace.files import read_source
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source

FILES_KEPT = 800
_TEXTS = 40_000_000  # bytes of text of files that are not indexed yet


class Recent[K, V](LRUCache[K, V]):
    """The entries used last. The event loop and worker threads share them, which the base class does not allow."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._lock = threading.RLock()

    def __getitem__(self, key: K) -> V:
        with self._lock:
            return super().__getitem__(key)

    def __setitem__(self, key: K, value: V) -> None:
        with self._lock:
            super().__setitem__(key, value)

    def recent(self, key: K) -> V | None:
        with self._lock:
            return super().get(key)


class Caches(msgspec.Struct):
    """What outlives a snapshot, for several threads. Entries carry what they were made from, so that none is stale."""

    read: Recent[Path, tuple[int, int, Table]] = msgspec.field(default_factory=lambda: Recent(FILES_KEPT))
    indexed: Recent[Path, Table] = msgspec.field(default_factory=lambda: Recent(FILES_KEPT))
    documents: dict[Path, tuple[Source, Table]] = {}
    listings: dict[str, tuple[int, frozenset[str]]] = {}
    environments: dict[tuple[tuple[Path, ...], str | None], Environment] = {}
    planters: set[str] = set()  # names of functions that give their callers names, as far as met: `absence`
    lock: threading.Lock = msgspec.field(default_factory=threading.Lock)  # of the two that evict
    files: _FileLists = msgspec.field(default_factory=lambda: _FileLists())
    tops: Tops = msgspec.field(default_factory=Tops)
    native: Native = msgspec.field(default_factory=Native)
    texts: _Texts = msgspec.field(default_factory=lambda: _Texts())


class _Texts(msgspec.Struct):
    """Texts of files that no index has, which are searched for one name after the other: as many as there is room for.

    None is driven out by another: who reads all files in turn would find none of those that were used last.
    """

    kept: dict[Path, tuple[int, int, bytes]] = {}  # with the time and size that the file had
    room: int = _TEXTS

    def of(self, path: Path) -> bytes | None:
        """The text of a file on disk; None where it cannot be read."""
        try:
            status = path.stat()
        except OSError:
            return None
        known = self.kept.get(path)
        if known is not None and known[:2] == (status.st_mtime_ns, status.st_size):
            return known[2]
        source = read_source(path)
        if source is None:
            return None
        if known is None and self.room >= len(source.text):
            self.room -= len(source.text)
            self.kept[path] = (status.st_mtime_ns, status.st_size, source.text)
        return source.text

    def drop(self) -> None:
        if self.kept:
            self.kept, self.room = {}, _TEXTS


class _FileLists(msgspec.Struct):
    """Lists of files, the same object while they are the same: what is made from one is then kept, too."""

    on_disk: tuple[Path, ...] = ()
    known: frozenset[Path] = frozenset()
    extra: tuple[Path, ...] = ()
    every: tuple[Path, ...] = ()

    def with_documents(self, on_disk: tuple[Path, ...], snapshot: Snapshot) -> tuple[Path, ...]:
        """The files and, behind them, the open documents of the workspace that are not on disk."""
        fresh = on_disk is not self.on_disk
        if fresh:
            self.on_disk, self.known = on_disk, frozenset(on_disk)
        extra = tuple(p for p in snapshot.documents if p not in self.known and snapshot.root_of(p) is not None)
        if fresh or extra != self.extra:
            self.extra, self.every = extra, (*on_disk, *extra)
        return self.every
