"""Replies that passed their checks, kept by recipe, memory before disk, so that nothing is paid twice.

A recipe is the SHA-256 (hex) of all that decides an answer. Entries are JSON and nothing else: what a shared folder
holds is read as data, never unpickled (CVE-2025-69872). A damaged or unreadable disk cache costs its content, never a
request.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import diskcache  # type: ignore[import-untyped]  # it has no types
import msgspec
from cachetools import LRUCache
from diskcache.core import MODE_RAW  # type: ignore[import-untyped]

from autogen_lsp.config import Problem, Settings
from autogen_lsp.storage.paths import cache_dir, prepare
from autogen_lsp.storage.shared import Shared

FOLDER = "replies"
_DAY = 86400.0
_LOCK_SECONDS = 1.0
_LARGEST = 4 * 1024 * 1024  # bytes of a compressed entry; larger ones are not kept
_FAULTS = (sqlite3.Error, diskcache.Timeout, OSError, zlib.error, ValueError, TypeError, KeyError)

Warn = Callable[[Problem], None]


@dataclass(frozen=True, slots=True)
class Reply:
    """A backend's accepted answer: its text, and what it took. ``cost`` is in dollars, ``created`` in Unix seconds."""

    text: str
    backend: str
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost: float = 0.0
    estimated: bool = False
    run_id: str = ""
    run_url: str = ""
    created: float = 0.0


def open_replies(settings: Settings, warn: Warn, clock: Callable[[], float] = time.time) -> ReplyCache:
    """The cache that the settings describe; in memory only where its folder cannot be used."""
    folder = cache_dir(settings) / FOLDER
    problem = prepare(folder, purpose="the reply cache", setting="cache.dir")
    if problem:
        warn(problem)
    usable = None if problem else folder
    shared = Shared(settings.cache_redis_url, warn) if settings.cache_redis_url else None
    return ReplyCache(usable, settings.cache_memory_entries, settings.cache_ttl_days, warn, clock, shared)


class ReplyCache:
    """Tiers behind `get` and `put`: memory, disk, and perhaps a Redis. Any thread may ask, one at a time.

    The disk tier is opened when first needed and may be used by several servers at once.
    """

    def __init__(
        self,
        folder: Path | None,
        memory_entries: int,
        ttl_days: float,
        warn: Warn,
        clock: Callable[[], float] = time.time,
        shared: Shared | None = None,
    ) -> None:
        self.folder = folder
        self._ttl = ttl_days * _DAY
        self._warn = warn
        self._clock = clock
        self._memory: LRUCache[str, Reply] = LRUCache(max(memory_entries, 0))
        self._opened: diskcache.Cache | None = None
        self._shared = shared
        self._lock = threading.RLock()
        self.hits = 0
        self.misses = 0

    def get(self, recipe: str) -> Reply | None:
        """The reply to this recipe, None where there is none that is still valid."""
        with self._lock:
            found = self._memory.get(recipe) or self._from_disk(recipe) or self._from_shared(recipe)
            if found is not None and self._clock() - found.created >= self._ttl:
                found = None
            if found is None:
                self.misses += 1
            else:
                self.hits += 1
                self._remember(recipe, found)
            return found

    def put(self, recipe: str, reply: Reply) -> None:
        """Keep a reply in every tier. It must have passed its checks."""
        with self._lock:
            self._remember(recipe, reply)
            self._to_disk(recipe, reply)
            if self._shared is not None:
                self._shared.put(recipe, msgspec.json.encode(reply), self._ttl)

    def drop(self, recipe: str) -> None:
        """Forget a reply that no longer passes its checks."""
        with self._lock:
            self._memory.pop(recipe, None)
            self._on_disk(lambda disk: disk.delete(recipe))
            if self._shared is not None:
                self._shared.drop(recipe)

    def clear(self, older_than: timedelta | None = None) -> int:
        """Remove all entries of this user, or those older than this; the number removed, each counted once."""
        with self._lock:
            return self._clear(older_than)

    def _clear(self, older_than: timedelta | None) -> int:
        limit = self._clock() - older_than.total_seconds() if older_than else float("inf")
        old = {recipe for recipe, reply in self._memory.items() if reply.created <= limit}
        for recipe in old:
            del self._memory[recipe]

        def clear(disk: diskcache.Cache) -> set[str]:
            gone = {key for key in list(disk) if (reply := _reply(_fetch(disk, key))) is None or reply.created <= limit}
            for key in gone:
                disk.delete(key)
            return gone

        return len(old | (self._on_disk(clear) or set()))

    def stats(self) -> dict[str, Any]:
        """Entries per tier, bytes on disk, and this session's hits and misses."""
        with self._lock:
            disk = self._on_disk(lambda disk: (len(disk), disk.volume())) or (0, 0)
        return {
            "folder": str(self.folder) if self.folder else None,
            "memory": {"entries": len(self._memory), "limit": int(self._memory.maxsize)},
            "disk": {"entries": disk[0], "bytes": disk[1]},
            "hits": self.hits,
            "misses": self.misses,
        }

    def close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None
            if self._shared is not None:
                self._shared.close()

    def _remember(self, recipe: str, reply: Reply) -> None:
        if self._memory.maxsize:
            self._memory[recipe] = reply

    def _from_disk(self, recipe: str) -> Reply | None:
        return _reply(self._on_disk(lambda disk: _fetch(disk, recipe)))

    def _to_disk(self, recipe: str, reply: Reply) -> None:
        self._on_disk(lambda disk: disk.set(recipe, asdict(reply), expire=self._ttl))

    def _from_shared(self, recipe: str) -> Reply | None:
        entry = self._shared.get(recipe) if self._shared is not None else None
        if entry is None:
            return None
        try:
            reply = msgspec.json.decode(entry, type=Reply)
        except msgspec.DecodeError:
            return None
        self._to_disk(recipe, reply)
        return reply

    def _on_disk[T](self, work: Callable[[diskcache.Cache], T]) -> T | None:
        """The work's result, None where there is no usable disk tier. A damaged one is made anew, once."""
        for attempt in range(2):
            if self.folder is None:
                return None
            try:
                if self._opened is None:
                    self._opened = diskcache.Cache(
                        str(self.folder), timeout=_LOCK_SECONDS, disk=_JsonOnly, disk_min_file_size=_LARGEST
                    )
                return work(self._opened)
            except diskcache.Timeout:
                return None  # another server holds the lock: a miss is cheaper than waiting
            except _FAULTS as error:
                damaged = not isinstance(error, sqlite3.OperationalError | OSError)
                if attempt or not damaged or not self._begin_anew(error):
                    self._warn(
                        Problem("cache.dir", f"the reply cache in {self.folder} failed ({error}): now in memory only")
                    )
                    self.close()
                    self.folder = None
        return None

    def _begin_anew(self, error: Exception) -> bool:
        assert self.folder is not None
        self._warn(Problem("cache.dir", f"the reply cache in {self.folder} was damaged ({error}): begun anew"))
        with contextlib.suppress(sqlite3.Error):
            self.close()
        self._opened = None
        try:
            shutil.rmtree(self.folder)  # our own subfolder of the cache folder, nobody else's
            self.folder.mkdir(mode=0o700)
        except OSError:
            return False
        return True


class _JsonOnly(diskcache.JSONDisk):  # type: ignore[misc]  # an untyped base
    """JSONDisk writes JSON but reads what a row's mode says, pickles included. This one reads in-row JSON only."""

    def get(self, key: Any, raw: bool) -> Any:
        return super().get(key, raw) if raw else ""

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        if mode != MODE_RAW or read or not isinstance(value, bytes) or len(value) > _LARGEST:
            return None
        inflate = zlib.decompressobj()
        try:
            return json.loads(inflate.decompress(value, _LARGEST * 8))
        except (zlib.error, ValueError, RecursionError):
            return None


def _fetch(disk: diskcache.Cache, recipe: str) -> Any:
    return disk.get(recipe)


def _reply(stored: Any) -> Reply | None:
    """An entry as a `Reply`, None where it is none: another version, or another program, may have written it."""
    try:
        return msgspec.convert(stored, Reply)
    except msgspec.ValidationError:
        return None
