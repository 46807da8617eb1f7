"""A project in which the statement that somebody is typing is whole, and what is made for it brought back.

An open bracket leaves the rest of the file without a tree that can be relied on, so findings stay silent there. What
is asked for at a cursor in such a statement is looked for in the text as it would be with its brackets closed, by the
rules for any other text; an argument that is not whole yet (a word that nothing binds is one) is left out. Nothing of
that reaches the file: edits are moved to the text as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from autogen_lsp.analysis import findings, nodes, unbound
from autogen_lsp.analysis.model import Finding, Target
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.project import Project
from autogen_lsp.errors import EditRefused
from autogen_lsp.text import Edit, FileChange, SourceChange, Span
from autogen_lsp.workspace.source import Source


@dataclass(frozen=True, slots=True)
class Finished:
    """``project`` supposes that ``ending`` was made in the file ``path``; without one it is the project as it is."""

    project: Project
    path: Path
    ending: Edit | None = None
    statement: Span = field(default=Span(0, 0))  # as far as it is the same in both texts

    def clipped(self, span: Span) -> Span:
        """A span that begins in the statement, or behind it, as far as it is in it."""
        return Span(min(span.start, self.statement.end), min(span.end, self.statement.end))

    def findings(self) -> list[Finding]:
        """Those in the statement."""
        found = findings.within(self.project, self.path, self.statement)
        return [
            each for each in found if self.statement.start <= each.span.start and each.span.end <= self.statement.end
        ]

    def as_typed(self, change: SourceChange) -> SourceChange:
        """What was made for the supposed text, for the one that there is. Raises `EditRefused`."""
        if self.ending is None:
            return change
        return replace(change, files=tuple(map(self._moved, change.files)))

    def _moved(self, file: FileChange) -> FileChange:
        if file.path != self.path or self.ending is None:
            return file
        start, end = self.ending.span.start, self.ending.span.start + len(self.ending.new)
        by = self.ending.span.end - end
        edits = []
        for edit in file.edits:
            if edit.span.start >= end:
                edit = Edit(Span(edit.span.start + by, edit.span.end + by), edit.new)
            elif edit.span.end > start:
                raise EditRefused(f"a statement in {file.path.name} is not finished")
            edits.append(edit)
        return replace(file, edits=tuple(edits))


def finished(project: Project, path: Path, offset: int) -> Finished:
    """The project with the statement at the offset whole, if brackets are open in it. Looks at broken texts only."""
    source = project.source(path)
    if source is None or not source.tree.root_node.has_error:
        return Finished(project, path)
    from autogen_lsp.syntax.finish import endings  # as late as that: most texts have no errors

    for ending in endings(source.text, offset):
        text = ending.edit
        whole = source.text[: text.span.start] + text.new.encode() + source.text[text.span.end :]
        supposed = project.supposing({path: Source(path, whole, source.version)})
        if not _ends_in_part_of_word(supposed, path, text.span.start):
            return Finished(supposed, path, text, Span(ending.start, text.span.start))
    return Finished(project, path)


def at_use(project: Project, target: Target) -> Finished:
    """The project with the statement whole in which the target is used."""
    return finished(project, target.origin, target.origin_span.start)


def _ends_in_part_of_word(project: Project, path: Path, end: int) -> bool:
    """Whether the word that ends there is none yet, as far as anybody knows: nothing binds it."""
    source = project.source(path)
    if source is None:
        return False
    node = nodes.node_at(source.tree, Span(end - 1, end))
    return unbound.is_read(node) and node.end_byte == end and unbound.is_unbound(Lookup(project), path, node)
