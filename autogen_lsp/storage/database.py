"""One SQLite file of state, brought to the newest schema by numbered migrations.

Several servers share the file (WAL, short transactions). Nothing here loses the session's records or stops the server:
a file that is damaged is set aside and a new one begun, a folder that cannot be written gives a database in memory, and
each is told to ``warn`` as one `Problem`. Queries are short and synchronous; any thread may run them.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autogen_lsp.config import Problem
from autogen_lsp.storage import sqlite
from autogen_lsp.storage.migrations import MIGRATIONS
from autogen_lsp.storage.paths import prepare

NAME = "state.db"
_BUSY_SECONDS = 3.0
_SETTING = "AUTOGEN_STATE_DIR"
_KEPT = "usage and provenance"

Warn = Callable[[Problem], None]
Execute = Callable[..., sqlite3.Cursor]  # (sql, parameters)


def open_database(folder: Path | None, warn: Warn) -> Database:
    """The state database in a folder; in memory where the folder is None or cannot be used."""
    if folder is None:
        return Database(_in_memory(), None, warn)
    if problem := prepare(folder, purpose=_KEPT, setting=_SETTING):
        warn(problem)
        return Database(_in_memory(), None, warn)
    path = folder / NAME
    for attempt in range(2):
        try:
            return Database(_connect(path), path, warn)
        except _TooNew:
            warn(Problem(_SETTING, f"{path} was written by a newer autogen-lsp, so in memory only: {_KEPT}"))
            break
        except sqlite3.DatabaseError as error:
            if attempt or isinstance(error, sqlite3.OperationalError) or not (aside := _set_aside(path)):
                warn(Problem(_SETTING, f"cannot open {path} ({error}), so in memory only: {_KEPT}"))
                break
            warn(Problem(_SETTING, f"{path} is damaged ({error}): set aside as {aside.name}, and a new one begun"))
    return Database(_in_memory(), None, warn)


class Database:
    """A connection that any thread may use, one at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None, warn: Warn) -> None:
        self._connection = connection
        self.path = path
        self._warn = warn
        self._lock = threading.RLock()

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        return self._guarded(lambda: self._connection.execute(sql, parameters).fetchall())

    def write(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        self.transact(lambda run: run(sql, parameters))

    def transact[T](self, work: Callable[[Execute], T]) -> T:
        """Run ``work`` all or nothing, alone among all servers; its exception rolls back and passes through.

        Where the file fails half-way, the whole of it runs again in memory: it must be repeatable.
        """
        return self._guarded(lambda: self._transact(work))

    def _transact[T](self, work: Callable[[Execute], T]) -> T:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._connection.execute)
            self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.DatabaseError):  # a failed statement may have rolled back already
                self._connection.execute("ROLLBACK")
            raise
        return result

    def _guarded[T](self, work: Callable[[], T]) -> T:
        with self._lock:
            try:
                return work()
            except sqlite3.DatabaseError as error:
                if self.path is None or not _is_file_fault(error):
                    raise
                self._to_memory(error)
                return work()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _to_memory(self, error: sqlite3.DatabaseError) -> None:
        """Go on in memory, with what can still be read of the file."""
        memory = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        with contextlib.suppress(sqlite3.DatabaseError):
            self._connection.backup(memory)
        with contextlib.suppress(sqlite3.DatabaseError):
            self._connection.close()
        try:
            _migrate(memory)
        except (sqlite3.DatabaseError, _TooNew):
            memory.close()
            memory = _in_memory()
        memory.row_factory = sqlite3.Row
        self._warn(Problem(_SETTING, f"{self.path} failed ({error}), so in memory only from now on: {_KEPT}"))
        self._connection, self.path = memory, None


class _TooNew(Exception):
    """The file's schema is newer than this program knows."""


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        sqlite.prepare(connection)
        if (verdict := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(verdict)
        _migrate(connection)
        path.chmod(0o600)
    except BaseException:
        connection.close()
        raise
    return connection


def _in_memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    connection.row_factory = sqlite3.Row
    _migrate(connection)
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    """Run the migrations that the file has not seen, in one transaction; another server may be doing the same."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise _TooNew
        for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _set_aside(path: Path) -> Path | None:
    """Rename a damaged database, with its journal; None where that fails."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    try:
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            journal = path.with_name(path.name + suffix)
            if journal.exists():
                journal.rename(aside.with_name(aside.name + suffix))
    except OSError:
        return None
    return aside


def _is_file_fault(error: sqlite3.DatabaseError) -> bool:
    """Whether the file, the disk or another program is to blame (and not the statement)."""
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError | sqlite3.DataError):
        return False
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return primary not in (0, sqlite3.SQLITE_ERROR)
