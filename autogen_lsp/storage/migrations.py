"""The state database's schema as a list of migrations: number n brings version n - 1 to version n.

A released migration is never changed; a new need is a new entry at the end. Times are UTC, ISO 8601 to the millisecond
("2026-01-31T09:30:00.000Z"), so that they sort as text. Money is US dollars.
"""

from __future__ import annotations

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # A row is written as 'running' before the call and completed after it, so that what one server has reserved
        # counts in the budget of all others. After ``expires`` a running row belongs to a server that died.
        """
        CREATE TABLE generation (
            id TEXT PRIMARY KEY,
            session TEXT NOT NULL,
            workspace TEXT NOT NULL,
            module TEXT NOT NULL,
            backend TEXT NOT NULL,
            model TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('running', 'succeeded', 'failed', 'cancelled')),
            started TEXT NOT NULL,
            expires TEXT NOT NULL,
            reserved REAL NOT NULL DEFAULT 0,
            cost REAL NOT NULL DEFAULT 0,
            estimated INTEGER NOT NULL DEFAULT 0,
            saved REAL NOT NULL DEFAULT 0,
            prompt_tokens INTEGER NOT NULL DEFAULT 0,
            completion_tokens INTEGER NOT NULL DEFAULT 0,
            cached_tokens INTEGER NOT NULL DEFAULT 0,
            cache TEXT NOT NULL CHECK (cache IN ('hit', 'miss', 'unused')),
            latency REAL
        )
        """,
        "CREATE INDEX generation_started ON generation (started)",
        "CREATE INDEX generation_session ON generation (session)",
    ),
    (
        """
        CREATE TABLE provenance (
            id TEXT PRIMARY KEY,
            workspace TEXT NOT NULL,
            path TEXT NOT NULL,
            qualname TEXT NOT NULL,
            digest TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('drafted', 'applied', 'refused', 'reverted')),
            created TEXT NOT NULL,
            backend TEXT NOT NULL,
            model TEXT NOT NULL,
            run_id TEXT NOT NULL,
            run_url TEXT NOT NULL,
            cost REAL,
            estimated INTEGER NOT NULL,
            cached INTEGER NOT NULL,
            recipe TEXT NOT NULL,
            checks TEXT NOT NULL,
            previous TEXT
        )
        """,
        "CREATE INDEX provenance_symbol ON provenance (workspace, path, qualname, created)",
    ),
)
