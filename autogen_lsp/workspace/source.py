"""One file's text at one moment, frozen: bytes, line index and syntax tree, the last two made when first asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.text import LineIndex

if TYPE_CHECKING:
    from tree_sitter import Tree


@dataclass(frozen=True)
class Source:
    """A file's UTF-8 text. ``version`` is the open document's, None for the text on disk."""

    path: Path
    text: bytes = field(repr=False)
    version: int | None = None
    older: Tree | None = field(default=None, repr=False, compare=False)  # with all edits since: to parse from

    @cached_property
    def lines(self) -> LineIndex:
        return LineIndex.of(self.text)

    @cached_property
    def tree(self) -> Tree:
        """The syntax tree. Never edit it: `Document` works on a copy."""
        from autogen_lsp.syntax.parser import parse

        return parse(self.text, self.older)
