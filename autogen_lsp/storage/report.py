"""Rows of the state database into the numbers of ``autogen/usage``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from sqlite3 import Row
from typing import Any, Literal

from autogen_lsp.errors import UsageError
from autogen_lsp.storage.database import Database
from autogen_lsp.storage.moments import from_text, to_text

Scope = Literal["session", "workspace", "all"]
Key = Callable[[Row], str]

_FAILED, _RUNNING = "failed", "inFlight"


def by_key(by: str, zone: tzinfo | None) -> Key:
    """How rows are grouped: "module", "backend" or "day" (in the zone). Raises `UsageError` for anything else."""
    keys: dict[str, Key] = {
        "module": lambda row: str(row["module"]),
        "backend": lambda row: str(row["backend"]),
        "day": lambda row: from_text(row["started"]).astimezone(zone).date().isoformat(),
    }
    if by not in keys:
        raise UsageError(f"usage is grouped by {', '.join(keys)}, not by {by!r}")
    return keys[by]


def summarise(
    database: Database,
    scope: str,
    session: str,
    workspaces: Sequence[str],
    since: datetime | None,
    key: Key,
    now: datetime,
) -> dict[str, Any]:
    """Totals and groups of the rows in scope. A row that runs past its deadline failed, perhaps billed."""
    rows = _rows(database, scope, session, workspaces, since)
    states = [_state(row, to_text(now)) for row in rows]
    counts = Counter(states)
    costs = [row["reserved"] if row["status"] == "running" and state == _FAILED else row["cost"]
             for row, state in zip(rows, states, strict=True)]  # fmt: skip
    hits = sum(row["cache"] == "hit" for row in rows)
    misses = sum(row["cache"] == "miss" for row in rows)
    latencies = sorted(row["latency"] for row in rows if row["latency"] is not None and row["status"] == "succeeded")
    return {
        "generations": {"total": len(rows)}
        | {name: counts[name] for name in ("succeeded", _FAILED, "cancelled", _RUNNING)},
        "cache": {
            "hits": hits,
            "misses": misses,
            "hitRate": round(hits / (hits + misses), 4) if hits + misses else 0.0,
        },
        "tokens": {name: sum(row[f"{name}_tokens"] for row in rows) for name in ("prompt", "completion", "cached")},
        "cost": {
            "amount": round(sum(costs), 6),
            "currency": "USD",
            "estimated": any(
                row["estimated"] or (state == _FAILED and row["reserved"])
                for row, state in zip(rows, states, strict=True)
            ),
            "saved": round(sum(row["saved"] for row in rows), 6),
        },
        "latency": {"p50": _percentile(latencies, 0.50), "p95": _percentile(latencies, 0.95)},
        "groups": _groups(rows, costs, key),
    }


def _rows(database: Database, scope: str, session: str, workspaces: Sequence[str], since: datetime | None) -> list[Row]:
    conditions, parameters = ["1"], list[str]()
    if scope == "session":
        conditions.append("session = ?")
        parameters.append(session)
    elif scope == "workspace":
        conditions.append(f"workspace IN ({', '.join('?' * len(workspaces))})")
        parameters += workspaces
    elif scope != "all":
        raise UsageError(f"the scope of usage is session, workspace or all, not {scope!r}")
    if since is not None:
        conditions.append("started >= ?")
        parameters.append(to_text(since))
    return database.read(f"SELECT * FROM generation WHERE {' AND '.join(conditions)} ORDER BY started, id", parameters)


def _state(row: Row, now: str) -> str:
    if row["status"] != "running":
        return str(row["status"])
    return _RUNNING if row["expires"] > now else _FAILED


def _groups(rows: Sequence[Row], costs: Sequence[float], key: Key) -> list[dict[str, Any]]:
    """Groups, the dearest first, then the most used, then by name."""
    groups: dict[str, list[float]] = defaultdict(list)
    for row, cost in zip(rows, costs, strict=True):
        groups[key(row)].append(cost)
    out = [{"key": name, "generations": len(each), "cost": round(sum(each), 6)} for name, each in groups.items()]
    return sorted(out, key=lambda group: (-group["cost"], -group["generations"], group["key"]))


def _percentile(values: Sequence[float], fraction: float) -> float | None:
    """The nearest rank (the smallest value that at least this fraction is not above) of sorted values, in seconds."""
    if not values:
        return None
    rank = max(0, -(-len(values) * int(fraction * 100) // 100) - 1)
    return round(values[rank], 3)
