"""Code lenses: "Generate" above stubs, "Regenerate · Revert · Provenance" above generated definitions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autogen_lsp.analysis.model import Finding, FindingKind
from autogen_lsp.features.model import Lens
from autogen_lsp.services import Services
from autogen_lsp.syntax.model import SymbolKind
from autogen_lsp.text import Span
from autogen_lsp.workspace.snapshot import Snapshot

_GENERATED = (
    ("Regenerate", "autogen.regenerate"),
    ("Revert", "autogen.revert"),
    ("Provenance", "autogen.showProvenance"),
)
_STUB = (("Generate", "autogen.generate"), ("Prompt", "autogen.showPrompt"))


def lenses(services: Services, snapshot: Snapshot, path: Path, findings: Sequence[Finding]) -> list[Lens]:
    """Lenses of a file, top to bottom; ``findings`` are the file's present ones."""
    out = [
        Lens(title, finding.span, command, path, finding.target_qualname)
        for finding in findings
        if finding.kind is FindingKind.STUB
        for title, command in _STUB
    ]
    root = snapshot.root_of(path)
    facts = services.project(snapshot).facts(path)
    if root is not None and facts is not None:
        known = {record.qualname for record in services.provenance.history(root, snapshot.relative(path))}
        for symbol in facts.symbols:
            if symbol.kind not in (SymbolKind.FUNCTION, SymbolKind.CLASS) or symbol.qualname not in known:
                continue
            if services.provenance.lookup(root, snapshot.relative(path), symbol.qualname) is not None:
                span = Span(symbol.name_start, symbol.name_end)
                out += [Lens(title, span, command, path, symbol.qualname) for title, command in _GENERATED]
    return sorted(out, key=lambda lens: lens.span)
