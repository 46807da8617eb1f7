"""Where generated code came from: one record per generated symbol, in the user's state folder, never in the file.

A record is written as "drafted" when the code is offered and becomes "applied", "refused" or "reverted" as the user
decides. A digest of the definition tells later whether it was edited since; moving or re-indenting it is no edit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from sqlite3 import Row
from typing import Any, Literal

from autogen_lsp.storage.database import Database
from autogen_lsp.storage.moments import from_text, to_text
from autogen_lsp.storage.paths import workspace_key

Status = Literal["drafted", "applied", "refused", "reverted"]

_TAB = 8


@dataclass(frozen=True, slots=True)
class Record:
    """One generated symbol. ``cost`` is in dollars, None where unknown; ``recipe`` is the SHA-256 of the request.

    ``checks`` are (name, passed, detail). ``previous`` is the text that stood in its place (a stub), for revert.
    """

    id: str
    root: Path
    path: str  # relative to the root, with '/'
    qualname: str
    digest: str  # `digest_of` the definition
    created: datetime
    backend: str
    model: str = ""
    run_id: str = ""
    run_url: str = ""
    cost: float | None = None
    estimated: bool = False
    cached: bool = False
    recipe: str = ""
    checks: tuple[tuple[str, bool, str], ...] = ()
    previous: str | None = None
    status: Status = "drafted"

    def edited(self, definition: str) -> bool:
        """Whether the definition's present text differs from the generated one."""
        return digest_of(definition) != self.digest

    def as_json(self) -> dict[str, Any]:
        """The record as ``autogen/provenance`` answers it; the root stays out."""
        return {
            "id": self.id,
            "path": self.path,
            "qualname": self.qualname,
            "status": self.status,
            "createdAt": to_text(self.created),
            "backend": self.backend,
            "model": self.model,
            "run": {"id": self.run_id, "url": self.run_url},
            "cost": {"amount": self.cost, "currency": "USD", "estimated": self.estimated},
            "cached": self.cached,
            "promptDigest": self.recipe,
            "checks": [{"name": name, "ok": ok, "detail": detail} for name, ok, detail in self.checks],
        }


@dataclass(frozen=True, slots=True)
class Provenance:
    """The records in the state database. Synchronous; any thread may ask."""

    database: Database

    def record(self, record: Record) -> None:
        """Write a record, or write it anew."""
        row = _to_row(record)
        marks = ", ".join("?" * len(row))
        self.database.write(
            f"INSERT OR REPLACE INTO provenance ({', '.join(row)}) VALUES ({marks})", list(row.values())
        )

    def mark(self, identity: str, status: Status, digest: str | None = None) -> None:
        """Say what became of a draft; with a digest, also how the definition reads where it was put."""
        self.database.write(
            "UPDATE provenance SET status = ?, digest = COALESCE(?, digest) WHERE id = ?", (status, digest, identity)
        )

    def lookup(self, root: Path, path: str, qualname: str) -> Record | None:
        """The newest applied generation of this symbol, None where there is none or it was reverted since."""
        decided = [record for record in self.history(root, path, qualname) if record.status in ("applied", "reverted")]
        return decided[0] if decided and decided[0].status == "applied" else None

    def get(self, identity: str, root: Path) -> Record | None:
        rows = self.database.read(
            "SELECT * FROM provenance WHERE id = ? AND workspace = ?", (identity, workspace_key(root))
        )
        return _from_row(rows[0], root) if rows else None

    def history(self, root: Path, path: str | None = None, qualname: str | None = None) -> list[Record]:
        """All records of a workspace, a file or a symbol, newest first."""
        rows = self.database.read(
            "SELECT * FROM provenance WHERE workspace = ? AND path = COALESCE(?, path)"
            " AND qualname = COALESCE(?, qualname) ORDER BY created DESC, rowid DESC",
            (workspace_key(root), path, qualname),
        )
        return [_from_row(row, root) for row in rows]


def digest_of(definition: str) -> str:
    """SHA-256 (hex) of a definition's lines and their nesting, without blank lines, line ends and widths."""
    nesting: list[int] = []
    lines = []
    for line in definition.splitlines():
        text = line.strip()
        if not text:
            continue
        expanded = line.expandtabs(_TAB)
        width = len(expanded) - len(expanded.lstrip())
        while nesting and nesting[-1] > width:
            nesting.pop()
        if not nesting or nesting[-1] < width:
            nesting.append(width)
        lines.append(f"{len(nesting)} {text}")
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _to_row(record: Record) -> dict[str, Any]:
    row = {field.name: getattr(record, field.name) for field in fields(record) if field.name != "root"}
    row |= {"workspace": workspace_key(record.root), "created": to_text(record.created)}
    row["checks"] = json.dumps(record.checks)
    return row


def _from_row(row: Row, root: Path) -> Record:
    values = {field.name: row[field.name] for field in fields(Record) if field.name != "root"}
    checks: Sequence[Sequence[Any]] = json.loads(values["checks"])
    values["checks"] = tuple((str(name), bool(ok), str(detail)) for name, ok, detail in checks)
    values["created"] = from_text(values["created"])
    values["estimated"], values["cached"] = bool(values["estimated"]), bool(values["cached"])
    return Record(root=root, **values)
