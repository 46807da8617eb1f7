"""Which definition is at a place, and how it reads: what hover, lenses and provenance agree on."""

from __future__ import annotations

from pathlib import Path

from autogen_lsp.analysis.project import Project
from autogen_lsp.syntax.model import Symbol, SymbolKind
from autogen_lsp.text import Span


def definition_at(project: Project, path: Path, offset: int) -> Symbol | None:
    """The innermost function or class whose statement holds the offset."""
    facts = project.facts(path)
    around = [
        symbol
        for symbol in (facts.symbols if facts else ())
        if symbol.kind in (SymbolKind.FUNCTION, SymbolKind.CLASS) and symbol.start <= offset <= symbol.end
    ]
    return max(around, key=lambda symbol: symbol.start, default=None)


def definition_text(project: Project, path: Path, qualname: str) -> str | None:
    """The text of the last definition of that name (what an import would see), None where there is none."""
    facts, source = project.facts(path), project.source(path)
    if facts is None or source is None:
        return None
    if not qualname:
        return source.text.decode("utf-8", "replace")
    found = [symbol for symbol in facts.symbols if symbol.qualname == qualname]
    return Span(found[-1].start, found[-1].end).cut(source.text) if found else None
