"""The index's SQLite file: rows of files in, rows out. Knows nothing of processes, buffers or what facts mean.

One file per set of roots and per version of the code that makes facts (both are in its name), in the user's cache
folder. Several servers may share it: WAL, short write transactions, and writes that come to the same whoever makes
them. It only holds what can be made again, so a damaged file is deleted and begun anew, and where no file can be had
the rows live in memory; either is told to ``warn`` once and counted in `generation`, whose change means: empty again.
Any thread may call anything; each read uses a connection of its own (in memory there is one, taken in turns).
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import DecodeError

from autogen_lsp.config import Problem
from autogen_lsp.index.rows import PLACE_BITS, Row, searched
from autogen_lsp.storage import sqlite
from autogen_lsp.storage.paths import prepare

_BUSY_SECONDS = 10.0
_MOST_REPLACEMENTS = 3
_SETTING = "cache.dir"
# Beginnings of messages; those of missing tables are others.
_WRONG_QUERY = ("fts5: ", "near ", "unrecognized token", "unterminated string")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- new with every new content, so that what is cached by id is never stale
    path TEXT NOT NULL UNIQUE, mtime_ns INTEGER NOT NULL, size INTEGER NOT NULL, digest BLOB NOT NULL,
    python2 INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS contents (
    id INTEGER PRIMARY KEY, head BLOB NOT NULL, imports BLOB NOT NULL, symbols BLOB NOT NULL, calls BLOB NOT NULL,
    said TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS names USING fts5(
    tokens, content='', detail=none, columnsize=0, tokenize="unicode61 tokenchars '_'");
CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5(
    name, context, doc, content='', tokenize="porter unicode61 remove_diacritics 0");
CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, value BLOB NOT NULL, number INTEGER NOT NULL);
"""

Warn = Callable[[Problem], None]


class Stored(Protocol):
    """One file's row on its way in. ``row`` is None where the stored content is still right (only its time changed)."""

    @property
    def path(self) -> str: ...
    @property
    def mtime_ns(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def row(self) -> Row | None: ...


class Store:
    """An open index file, or its stand-in in memory (``path`` None)."""

    def __init__(self, path: Path | None, warn: Warn) -> None:
        self.path = path
        self.generation = 0
        self._warn = warn
        self._writing = threading.RLock()
        self._idle: list[sqlite3.Connection] = []  # read connections not in use
        self._closed = False
        self._writer = self._connect_or_replace()
        self.identity = _identity(self.path)  # device and inode of the file

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query; none if the file turns out to be damaged, or the store is closed.

        Raises `sqlite3.OperationalError` for a query that is wrong by itself: that is no reason to lose an index.
        """
        generation = self.generation
        if self._closed:
            return []
        try:
            with self._reader() as connection:
                return connection.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_ERROR and str(error).startswith(_WRONG_QUERY):
                raise
            if not sqlite.is_busy(error):
                self._replace(error, generation)
            return []

    def known(self) -> dict[str, tuple[int, int, bytes]]:
        """What is stored: path → (mtime_ns, size, digest)."""
        return {row[0]: (row[1], row[2], row[3]) for row in self.read("SELECT path, mtime_ns, size, digest FROM files")}

    def put(self, files: Iterable[Stored]) -> None:
        """Store contents, in one transaction. Doing it twice changes nothing.

        Like all writes it gives way: if another server holds the file for ten seconds, nothing is stored, and the next
        comparison with the disk finds it missing.
        """
        self._write(lambda connection: _put(connection, files))

    def remove(self, paths: Iterable[str]) -> None:
        self._write(lambda connection: _remove_all(connection, paths))

    def result(self, key: bytes) -> bytes | None:
        found = self.read("SELECT value FROM results WHERE key = ?", (key,))
        return found[0][0] if found else None

    def keep_result(self, key: bytes, value: bytes, most: int) -> None:
        """Keep a computed value; of all results the ``most`` newest stay."""

        def keep(connection: sqlite3.Connection) -> None:
            newest = connection.execute("SELECT coalesce(max(number), 0) FROM results").fetchone()[0]
            connection.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", (key, value, newest + 1))
            connection.execute("DELETE FROM results WHERE number <= ?", (newest + 1 - most,))

        self._write(keep)

    def follow(self) -> None:
        """Begin anew if somebody removed the file: this server could go on with it, but no other would see it."""
        if self.path is not None and _identity(self.path) != self.identity:
            self._replace(FileNotFoundError("removed"), self.generation)

    def close(self) -> None:
        """Let go of the file. From here on nothing is found, and nothing stored."""
        with self._writing:
            self._closed = True
            self._writer.close()
            while self._idle:
                self._idle.pop().close()

    def damaged(self, error: Exception) -> None:
        """Report that a row cannot be decoded: the file is begun anew."""
        self._replace(error, self.generation)

    @contextlib.contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        if self.path is None:
            with self._writing:
                yield self._writer
            return
        generation = self.generation
        connection = self._idle.pop() if self._idle else _connect(self.path, reading=True)
        try:
            yield connection
        finally:
            if generation == self.generation and not self._closed:
                self._idle.append(connection)
            else:
                connection.close()

    def _write(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """All of the work or nothing. Damage found on the way empties the store; then the work is not done, either."""
        with self._writing:
            if self._closed:
                return
            generation = self.generation
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                work(self._writer)
                self._writer.execute("COMMIT")
            except (sqlite3.DatabaseError, DecodeError) as error:
                with contextlib.suppress(sqlite3.Error):
                    self._writer.execute("ROLLBACK")
                if not sqlite.is_busy(error):
                    self._replace(error, generation)
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise

    def _connect_or_replace(self) -> sqlite3.Connection:
        if self.path is not None:
            if problem := prepare(self.path.parent, purpose="the project index", setting=_SETTING):
                self._warn(problem)
                self.path = None
            else:
                try:
                    return _prepared(_connect(self.path))
                except sqlite3.DatabaseError as error:
                    return self._anew(error)
        return _prepared(_connect(None))

    def _replace(self, error: Exception, generation: int) -> None:
        """Begin anew, unless another thread has done so since ``generation``."""
        with self._writing:
            if generation != self.generation or self._closed:
                return
            self.generation += 1
            with contextlib.suppress(sqlite3.Error):
                self._writer.close()
            while self._idle:
                self._idle.pop().close()
            self._writer = self._anew(error)
            self.identity = _identity(self.path)

    def _anew(self, error: Exception) -> sqlite3.Connection:
        path = self.path
        if path is not None and _is_damage(error) and self.generation <= _MOST_REPLACEMENTS:
            try:
                for suffix in ("", "-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
                fresh = _prepared(_connect(path))
            except (OSError, sqlite3.DatabaseError) as failure:
                error = failure
            else:
                self._warn(Problem(_SETTING, f"the project index {path} was damaged ({error}) and is built again"))
                return fresh
        self.path = None
        self._warn(Problem(_SETTING, f"the project index cannot be kept on disk ({error}): it is kept in memory only"))
        return _prepared(_connect(None))


def _identity(path: Path | None) -> tuple[int, int] | None:
    try:
        status = path.stat() if path is not None else None
    except OSError:
        return None
    return None if status is None else (status.st_dev, status.st_ino)


def _connect(path: Path | None, *, reading: bool = False) -> sqlite3.Connection:
    """A connection for any thread, one at a time; transactions are begun and ended by hand."""
    connection = sqlite3.connect(
        ":memory:" if path is None else path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    if reading:
        connection.execute("PRAGMA query_only = 1")
    return connection


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The connection, with its schema made."""
    try:
        sqlite.prepare(connection, f"PRAGMA cache_size = -8000; {_SCHEMA}")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _is_damage(error: Exception) -> bool:
    """Whether a new file would help: not where the disk is full or cannot be written."""
    if not isinstance(error, sqlite3.Error):
        return True  # a row that cannot be decoded, a file that was removed
    return error.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_ERROR,  # a table is missing
    )


def _put(connection: sqlite3.Connection, files: Iterable[Stored]) -> None:
    run, many = connection.execute, connection.executemany
    newest = run("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'files'").fetchone()[0]
    added: list[tuple[int, Stored, Row]] = []
    for file in files:
        found = run("SELECT id, digest FROM files WHERE path = ?", (file.path,)).fetchone()
        if found and (file.row is None or file.row.digest == found[1]):
            run("UPDATE files SET mtime_ns = ?, size = ? WHERE id = ?", (file.mtime_ns, file.size, found[0]))
        elif file.row is not None:
            if found:
                _remove(connection, found[0])
            newest += 1
            added.append((newest, file, file.row))
    many(
        "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)",
        [(key, file.path, file.mtime_ns, file.size, row.digest, row.python2) for key, file, row in added],
    )
    many(
        "INSERT INTO contents VALUES (?, ?, ?, ?, ?, ?)",
        [(key, row.head, row.imports, row.symbols, row.calls, row.said) for key, _, row in added],
    )
    many("INSERT INTO names(rowid, tokens) VALUES (?, ?)", [(key, row.tokens) for key, _, row in added])
    many(
        "INSERT INTO texts(rowid, name, context, doc) VALUES (?, ?, ?, ?)",
        [(key << PLACE_BITS | t.place, t.name, t.context, t.doc) for key, _, row in added for t in row.texts],
    )


def _remove_all(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    for path in paths:
        found = connection.execute("SELECT id FROM files WHERE path = ?", (path,)).fetchone()
        if found:
            _remove(connection, found[0])


def _remove(connection: sqlite3.Connection, key: int) -> None:
    """A file's rows. The full-text tables keep no text of their own, so they must be told what had gone in."""
    run = connection.execute
    content = run("SELECT imports, symbols, calls, said FROM contents WHERE id = ?", (key,)).fetchone()
    if content is not None:
        tokens, texts = searched(*content)
        run("INSERT INTO names(names, rowid, tokens) VALUES ('delete', ?, ?)", (key, tokens))
        connection.executemany(
            "INSERT INTO texts(texts, rowid, name, context, doc) VALUES ('delete', ?, ?, ?, ?)",
            [(key << PLACE_BITS | t.place, t.name, t.context, t.doc) for t in texts],
        )
    run("DELETE FROM contents WHERE id = ?", (key,))
    run("DELETE FROM files WHERE id = ?", (key,))
