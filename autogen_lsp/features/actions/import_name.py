"""Import the missing name from the workspace module that defines it, before anything new is made (cases row 19)."""

from __future__ import annotations

from collections.abc import Iterator

from autogen_lsp.analysis import imports
from autogen_lsp.analysis.model import FindingKind, NeededImport
from autogen_lsp.features.actions.context import ActionContext
from autogen_lsp.features.model import Offer
from autogen_lsp.text import FileChange, SourceChange

MOST = 5  # a name that more modules define is too common for an import to be a good guess


def offers(context: ActionContext) -> Iterator[Offer]:
    f = context.finding
    source = context.project.source(f.path)
    if f.kind is not FindingKind.UNDEFINED_CALL or source is None:
        return
    modules = sorted(
        {
            context.project.module_name(path)
            for path, symbol in context.project.definitions(f.name)
            if symbol.qualname == f.name and path != f.path
        }
        - {""}
    )
    if len(modules) > MOST:
        return
    for module in modules:
        title = f"Import '{f.name}' from {module}"
        edits = imports.edits(context.project, source, (NeededImport(module, f.name),))
        change = SourceChange((FileChange(f.path, tuple(edits), source.version),), title)
        yield Offer(
            title, "quickfix", f.path, f.span, f.name, f.kind, f.name, preferred=len(modules) == 1, change=change
        )
