"""Functions that are left to be written: bodies that do nothing, and are not meant to (docs/cases.md, rows 45 and 46).

Not reported: members of protocols, abstract methods, overloads, stub files, hooks (a method that does nothing where a
base has the same, or that a subclass overrides) and what tests and decorators leave empty on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from autogen_lsp.analysis.model import Finding, FindingKind
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.table import Table
from autogen_lsp.syntax.model import Symbol, SymbolKind
from autogen_lsp.text import Span

_DECLARATIONS = re.compile(
    r"(?:[\w.]+\.)?(?:abstractmethod|abstractproperty|overload|abstractclassmethod|abstractstaticmethod)\b"
)
_HOLDERS = re.compile(r"(?:[\w.]+\.)?(?:group|fixture)\b")  # the function itself is only a name to hang others on
_PROTOCOL = re.compile(r"(?:[\w.]+\.)?Protocol\b")


def unwritten(project: Project, path: Path, table: Table, near: Span | None) -> Iterator[Finding]:
    """Stubs of the file."""
    if path.suffix == ".pyi":
        return
    for symbol in table.facts.symbols:
        if not symbol.stub or symbol.kind != SymbolKind.FUNCTION:
            continue
        span = Span(symbol.name_start, symbol.name_end)
        if (near is None or near.touches(span.start, span.end)) and not _is_meant(project, path, table, symbol):
            yield Finding(
                path, span, FindingKind.STUB, symbol.name, f"'{symbol.name}' is not implemented", path, symbol.qualname
            )


def _is_meant(project: Project, path: Path, table: Table, symbol: Symbol) -> bool:
    if any(_DECLARATIONS.match(text) or _HOLDERS.match(text) for text in symbol.decorators):
        return True
    owner = next((s for s in table.symbols.get(symbol.parent, ()) if s.kind == SymbolKind.CLASS), None)
    if owner is None:
        return False
    if any(_PROTOCOL.match(base) for base in owner.bases):
        return True
    mro = project.mro(path, owner.qualname)
    inherited = mro.after((path, owner.qualname)).owner(symbol.name)
    if inherited is not None and inherited.symbol.qualname != "object":
        return True
    if not mro.open or not owner.bases:
        return False
    source = project.source(path)  # a base that cannot be read may have the same; then only the explicit ones count
    return source is None or b"NotImplementedError" not in source.text[symbol.body_start : symbol.body_end]
