"""The Python grammar and one parser per thread. Bytes into a tree, from scratch or from an edited older tree.

The parser keeps the interpreter to itself while it works. Where large texts are parsed on a thread beside the event
loop it is therefore fed piece by piece: between pieces the loop gets its turn.
"""

from __future__ import annotations

import importlib.util
import threading
from importlib.machinery import PathFinder

from tree_sitter import Language, Parser, Tree

from autogen_lsp.text import difference, inside_token


def _grammar() -> object:
    """The grammar as its package has it, from its extension module alone if that is where it was.

    The first document waits for this import. A sixth of it would be the package's ``__init__``, which imports what
    reads query files.
    """
    package = PathFinder.find_spec("tree_sitter_python")
    places = package.submodule_search_locations if package is not None else None
    binding = PathFinder.find_spec("tree_sitter_python._binding", places) if places else None
    if binding is None or binding.loader is None:
        import tree_sitter_python

        return tree_sitter_python.language()
    module = importlib.util.module_from_spec(binding)
    binding.loader.exec_module(module)
    return module.language()


LANGUAGE = Language(_grammar())
_local = threading.local()

# Bytes.
_LARGE = 100_000  # a smaller text takes some milliseconds at most
_PIECE = 8192


def parse(text: bytes, old: Tree | None = None) -> Tree:
    """Parse UTF-8 bytes; ``old`` must have had `Tree.edit` called for every change since it was made."""
    parser: Parser | None = getattr(_local, "parser", None)
    if parser is None:
        parser = _local.parser = Parser(LANGUAGE)
    if len(text) < _LARGE or threading.current_thread() is threading.main_thread():
        return parser.parse(text) if old is None else parser.parse(text, old)

    def read(offset: int, _point: object) -> bytes:
        return text[offset : offset + _PIECE]

    return parser.parse(read) if old is None else parser.parse(read, old)


def reparse(text: bytes, old: bytes, tree: Tree) -> Tree:
    """The tree of a text, given that of one that differs from it in one stretch.

    Without errors a tree depends on its text alone; where there are some, the text is parsed from scratch.
    """
    differs = difference(old, text)
    start, end = inside_token(old, differs.start), differs.end + len(text) - len(old)
    edited = tree.copy()
    edited.edit(start, differs.end, end, _point(old, start), _point(old, differs.end), _point(text, end))
    found = parse(text, edited)
    return parse(text) if found.root_node.has_error else found


def _point(text: bytes, offset: int) -> tuple[int, int]:
    return text.count(b"\n", 0, offset), offset - text.rfind(b"\n", 0, offset) - 1
