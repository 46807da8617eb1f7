"""What every SQLite file of ours needs, since several servers may have it open."""

from __future__ import annotations

import sqlite3
import time

_ATTEMPTS = 60
_PAUSE_SECONDS = 0.05


def is_busy(error: Exception) -> bool:
    """Whether another connection has what this one wanted: worth another attempt."""
    return isinstance(error, sqlite3.Error) and error.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )


def prepare(connection: sqlite3.Connection, schema: str = "") -> None:
    """Have a write-ahead log, and the tables of a schema that can be made again.

    A power cut may cost the last commits, never the file (sqlite.org/wal.html). Processes that begin at once refuse
    each other the change to the log, however long their connections are told to wait.
    """
    for attempt in range(_ATTEMPTS):
        try:
            connection.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {schema}")
            return
        except sqlite3.DatabaseError as error:
            if not is_busy(error) or attempt == _ATTEMPTS - 1:
                raise
            time.sleep(_PAUSE_SECONDS)
