"""A frozen view of the workspace: roots, settings and open documents; everything else is read from disk on demand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autogen_lsp.config import Settings
from autogen_lsp.workspace.inside import is_inside
from autogen_lsp.workspace.source import Source

_INSTALLED = re.compile(r"[/\\](?:site|dist)-packages(?:[/\\]|$)")


def is_installed(path: Path, root: Path) -> bool:
    """Whether it lies among the packages of an environment below the root (`.venv`): no part of the workspace."""
    return _INSTALLED.search(str(path), len(str(root))) is not None


@dataclass(frozen=True)
class Snapshot:
    """What analysis, context and generation work on. Paths are absolute and resolved; open documents win over disk."""

    roots: tuple[Path, ...]
    documents: Mapping[Path, Source] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)

    def source(self, path: Path) -> Source | None:
        """The file's text (buffer first, then disk), None where there is none that can be read."""
        from autogen_lsp.workspace.files import read_source

        found = self.documents.get(path)
        return found if found is not None else read_source(path)

    def root_of(self, path: Path) -> Path | None:
        """The innermost root that holds the path, None for a file outside the workspace.

        Where there are no roots, what is open is the workspace, each file in a folder of its own.
        """
        if not self.roots:
            return path.parent if path in self.documents else None
        inside = [root for root in self.roots if is_inside(path, root) and not is_installed(path, root)]
        return max(inside, key=lambda root: len(root.parts), default=None)

    def relative(self, path: Path) -> str:
        """The path as shown to people: relative to its root, with ``/``."""
        root = self.root_of(path)
        return path.relative_to(root).as_posix() if root else path.as_posix()
