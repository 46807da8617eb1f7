"""Take a generated definition back: the stub that stood there returns, or the definition goes. Its imports stay."""

from __future__ import annotations

import re
from pathlib import Path

from autogen_lsp.analysis import exports
from autogen_lsp.errors import EditRefused, NotFound
from autogen_lsp.features.definition import definition_text
from autogen_lsp.services import Services
from autogen_lsp.storage.provenance import Record
from autogen_lsp.text import Edit, FileChange, SourceChange, Span
from autogen_lsp.workspace.snapshot import Snapshot

_LINE_END = re.compile(rb"[ \t\f]*(?:\r\n|\n|\r|\Z)")


def revert(
    services: Services, snapshot: Snapshot, path: Path, qualname: str, *, force: bool = False
) -> tuple[SourceChange, Record]:
    """The change that takes it back, and its record (to be marked "reverted" once applied).

    Raises `NotFound` for what was not generated, `EditRefused` for what was edited since, unless ``force``.
    """
    root = snapshot.root_of(path)
    record = services.provenance.lookup(root, snapshot.relative(path), qualname) if root else None
    project = services.project(snapshot)
    source, facts = project.source(path), project.facts(path)
    text = definition_text(project, path, qualname)
    if record is None or source is None or facts is None or text is None or not qualname:
        raise NotFound(f"'{qualname}' was not generated here; there is nothing to revert")
    if record.edited(text) and not force:
        raise EditRefused(
            f"'{qualname}' was edited since it was generated; undo it in the editor, or delete it yourself"
        )
    symbol = [each for each in facts.symbols if each.qualname == qualname][-1]
    if record.previous is not None:
        edit = Edit(Span(symbol.start, symbol.end), record.previous)
    else:
        edit = Edit(_with_blank_lines(source.text, symbol.start, symbol.end), "")
        members = [s for s in facts.symbols if s.parent == symbol.parent and s.start != symbol.start]
        if symbol.parent and not members:
            edit = Edit(Span(symbol.start, symbol.end), "pass")
    gone = exports.without(source, qualname) if record.previous is None else []
    change = SourceChange((FileChange(path, (*gone, edit), source.version),), f"Revert '{qualname}'")
    return change, record


def _with_blank_lines(text: bytes, start: int, end: int) -> Span:
    """The definition's lines with the blank ones above it: what follows keeps its own distance."""
    content_end = len(text[:start].rstrip(b" \t\f\r\n"))
    above = _LINE_END.match(text, content_end) if content_end else None
    below = _LINE_END.match(text, end)
    return Span(above.end() if above else 0, below.end() if below else end)
