"""Code lenses: "Generate" above stubs, "Regenerate · Revert · Provenance" above generated definitions."""

from __future__ import annotations

from pathlib import Path

from autogen_lsp.analysis.findings import stubs
from autogen_lsp.analysis.project import Project
from autogen_lsp.features.model import Lens
from autogen_lsp.storage.provenance import Provenance
from autogen_lsp.syntax.model import SymbolKind
from autogen_lsp.text import Span

_GENERATED = (
    ("Regenerate", "autogen.regenerate"),
    ("Revert", "autogen.revert"),
    ("Provenance", "autogen.showProvenance"),
)
_STUB = (("Generate", "autogen.generate"), ("Prompt", "autogen.showPrompt"))


def lenses(project: Project, provenance: Provenance, path: Path) -> list[Lens]:
    """Lenses of a file, top to bottom."""
    out = [
        Lens(title, stub.span, command, path, stub.target_qualname)
        for stub in stubs(project, path)
        for title, command in _STUB
    ]
    snapshot = project.snapshot
    root = snapshot.root_of(path)
    facts = project.facts(path)
    if root is not None and facts is not None:
        known = {record.qualname for record in provenance.history(root, snapshot.relative(path))}
        for symbol in facts.symbols:
            if symbol.kind not in (SymbolKind.FUNCTION, SymbolKind.CLASS) or symbol.qualname not in known:
                continue
            if provenance.lookup(root, snapshot.relative(path), symbol.qualname) is not None:
                span = Span(symbol.name_start, symbol.name_end)
                out += [Lens(title, span, command, path, symbol.qualname) for title, command in _GENERATED]
    return sorted(out, key=lambda lens: lens.span)
