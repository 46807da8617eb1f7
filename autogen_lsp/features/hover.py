"""Hover on generated code: where it came from, what it cost, whether it was edited since. Markdown, from provenance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autogen_lsp.features.definition import definition_at, definition_text
from autogen_lsp.services import Services
from autogen_lsp.storage.provenance import Record
from autogen_lsp.syntax.model import Symbol
from autogen_lsp.text import Span
from autogen_lsp.workspace.snapshot import Snapshot


def hover(services: Services, snapshot: Snapshot, path: Path, offset: int) -> tuple[str, Span] | None:
    """Markdown for the generated definition whose header is at the offset, and its name's span; None elsewhere."""
    found = _record_at(services, snapshot, path, offset)
    if found is None:
        return None
    record, symbol, edited = found
    if offset >= symbol.body_start:
        return None
    return markdown(record, edited), Span(symbol.name_start, symbol.name_end)


def provenance(services: Services, snapshot: Snapshot, path: Path, offset: int) -> dict[str, Any] | None:
    """The record of the generated definition around the offset, as ``autogen/provenance`` answers it."""
    found = _record_at(services, snapshot, path, offset)
    return None if found is None else {**found[0].as_json(), "editedSince": found[2]}


def markdown(record: Record, edited: bool) -> str:
    """The record for people; text of the repository or of a backend is shown as code, never as markup."""
    made = record.created.astimezone()
    who = f"`{_plain(record.backend)}`" + (f" (`{_plain(record.model)}`)" if record.model else "")
    lines = [f"**Generated** by {who} on {made:%Y-%m-%d %H:%M}"]
    if record.cached:
        lines.append("Cost: nothing, answered from the cache")
    elif record.cost is not None:
        lines.append(
            f"Cost: {'≈ ' if record.estimated else ''}${record.cost:.4f}{' (estimate)' if record.estimated else ''}"
        )
    elif record.backend == "skeleton":
        lines.append("Cost: nothing, made offline")
    else:
        lines.append("Cost: not known (no price is configured)")
    passed = [f"`{_plain(name)}`" for name, ok, _ in record.checks if ok]
    failed = [f"`{_plain(name)}`" for name, ok, _ in record.checks if not ok]
    if passed:
        lines.append(f"Checks passed: {', '.join(passed)}")
    if failed:
        lines.append(f"Checks not passed: {', '.join(failed)}")
    if record.run_url.startswith(("https://", "http://")):
        lines.append(f"[Agent run {_plain(record.run_id)}]({_plain(record.run_url)})")
    lines.append(f"Prompt: `{record.recipe[:12]}`")
    lines.append("Edited since: yes" if edited else "Edited since: no")
    return "  \n".join(lines)


def _record_at(services: Services, snapshot: Snapshot, path: Path, offset: int) -> tuple[Record, Symbol, bool] | None:
    root = snapshot.root_of(path)
    project = services.project(snapshot)
    symbol = definition_at(project, path, offset)
    if root is None or symbol is None:
        return None
    record = services.provenance.lookup(root, snapshot.relative(path), symbol.qualname)
    if record is None:
        return None
    text = definition_text(project, path, symbol.qualname)
    return record, symbol, text is None or record.edited(text)


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and c not in "`[]()<>")
