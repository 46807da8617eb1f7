"""What features hand to the edges (server, command line): offers, entries, lenses; in spans and strings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autogen_lsp.analysis.model import FindingKind
from autogen_lsp.text import SourceChange, Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A diagnostic of any server, as the editor handed it back; ``code`` is a string even where a number was sent."""

    span: Span
    message: str
    code: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One row of the editor's code-action menu. Either a command (with what it is for) or a free edit, never both.

    ``path``, ``span``, ``qualname`` and ``finding`` say what is meant: the missing name at the cursor and the
    definition that would come of it. The server makes positions of them; whoever runs the command finds the place
    again, since the text may have changed.
    """

    title: str
    kind: str  # LSP code action kind: quickfix | refactor.rewrite
    path: Path
    span: Span
    qualname: str
    finding: FindingKind
    name: str  # the missing name, '' for a stub
    command: str = ""
    ai: bool = False
    preferred: bool = False
    change: SourceChange | None = None
    needs: bool = False  # with all that it needs and that is missing, too (`analysis.needs`)
    creates: bool = False  # a new file comes of it
    diagnostics: tuple[int, ...] = ()  # which of the diagnostics handed in it solves (their positions in that list)


@dataclass(frozen=True, slots=True)
class Entry:
    """A completion: ``insert`` replaces ``span``; with ``snippet`` it is in LSP snippet syntax."""

    label: str
    span: Span
    insert: str
    detail: str = ""
    documentation: str = ""
    kind: str = "function"  # function | method | class | variable
    snippet: bool = False
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Lens:
    """A line above a definition. ``command`` with the same kind of reference as an `Offer`."""

    title: str
    span: Span
    command: str
    path: Path
    qualname: str
