"""Import the missing name from the module that defines it: the workspace's, in place of making it anew (cases.md row
19), or the standard library's, before anything is made."""

from __future__ import annotations

from collections.abc import Iterator

from autogen_lsp.analysis import imports
from autogen_lsp.analysis.model import NeededImport
from autogen_lsp.features.actions.context import ActionContext
from autogen_lsp.features.model import Offer
from autogen_lsp.text import FileChange, SourceChange


def offers(context: ActionContext) -> Iterator[Offer]:
    f = context.finding
    source = context.project.source(f.path)
    if source is None:
        return
    modules = context.importable or context.standard
    for module in modules:
        title = f"Import '{f.name}' from {module}"
        edits = imports.edits(context.project, source, (NeededImport(module, f.name),))
        change = SourceChange((FileChange(f.path, tuple(edits), source.version),), title)
        preferred = len(modules) == 1
        yield Offer(title, "quickfix", f.path, f.span, f.name, f.kind, f.name, preferred=preferred, change=change)
