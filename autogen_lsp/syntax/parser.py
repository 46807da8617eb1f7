"""The Python grammar and one parser per thread. Bytes into a tree, from scratch or from an edited older tree."""

from __future__ import annotations

import threading

import tree_sitter_python
from tree_sitter import Language, Parser, Tree

LANGUAGE = Language(tree_sitter_python.language())
_local = threading.local()


def parse(text: bytes, old: Tree | None = None) -> Tree:
    """Parse UTF-8 bytes; ``old`` must have had `Tree.edit` called for every change since it was made."""
    parser: Parser | None = getattr(_local, "parser", None)
    if parser is None:
        parser = _local.parser = Parser(LANGUAGE)
    return parser.parse(text) if old is None else parser.parse(text, old)
