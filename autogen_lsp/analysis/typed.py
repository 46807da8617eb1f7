"""Packages that tell type checkers what they have (PEP 561): those with a ``py.typed``."""

from __future__ import annotations

import re
from pathlib import Path

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.project import Project
from autogen_lsp.syntax.model import Symbol
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

_MARKER = "py.typed"


def is_typed(project: Project, path: Path) -> bool:
    """Whether a file lies in a package that says that its types are for others."""
    folder = path.parent
    while "__init__.py" in (names := project.modules.listing.names(folder)):
        if _MARKER in names:
            return True
        folder = folder.parent
    return False


def tells_all(project: Project, path: Path) -> bool:
    """Whether it is a library's file that does so: what its code adds to classes besides has a name that is said."""
    return path.suffix == ".py" and not project.is_ours(path) and is_typed(project, path)


def is_for_runtime(source: Source, symbol: Symbol) -> bool:
    """Whether a definition is there where the code runs, and not for type checkers: ``if not TYPE_CHECKING:``."""
    node = nodes.node_at(source.tree, Span(symbol.name_start, symbol.name_end))
    tests = (each.child_by_field_name("condition") for each in nodes.ancestors(node) if each.type == "if_statement")
    return any(_RUNTIME.fullmatch(nodes.text_of(test)) for test in tests)


_RUNTIME = re.compile(r"not (?:\w+\.)?TYPE_CHECKING")
