"""A file's text into its `Facts`: from scratch, or with the facts of unchanged statements re-used.

`extract` looks at the module as one chunk. `Incremental` cuts it into its top-level statements, and large classes into
their members, and keeps what each chunk said as long as its bytes stay the same; both give the same facts (but for
`Facts.words`, which only `extract` fills). Never raises on any bytes.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.builtin_names import BUILTINS, INSTALLED, PYTHON_2
from autogen_lsp.syntax.model import Facts
from autogen_lsp.syntax.scopes import Chunk, docstring_of, sweep
from autogen_lsp.workspace.source import Source

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{2,60}")
_KNOWN = BUILTINS | INSTALLED


def extract(source: Source) -> Facts:
    """Facts of the whole file, `Facts.words` included."""
    text = source.text
    root = source.tree.root_node
    return _facts(sweep(n.relevant(root), text), root, text, words=True)


def _facts(chunk: Chunk, root: Node, text: bytes, words: bool = False) -> Facts:
    bound = frozenset(chunk.bound | chunk.bound_global)
    known = bound | _KNOWN
    if chunk.python2:
        known |= PYTHON_2
    return Facts(
        symbols=tuple(chunk.symbols),
        imports=tuple(chunk.imports),
        calls=tuple(chunk.calls),
        unresolved=tuple(
            sorted([use for use in chunk.direct + chunk.nested if use.name not in known], key=lambda use: use.start)
        ),
        bound=bound,
        exports=tuple(chunk.exports) if "__all__" in bound and not chunk.computed_exports else None,
        dynamic=chunk.dynamic or "__getattr__" in bound,
        docstring=docstring_of(root, text),
        words=tuple(sorted({word.decode() for word in _WORD.findall(text)})) if words else (),
        errors=root.has_error,
        references=tuple(chunk.references),
        dynamic_classes=tuple(sorted(chunk.dynamic_classes)),
    )
