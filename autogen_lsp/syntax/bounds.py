"""What is too large or too deep to be looked at: data in Python's clothes, and texts made to hang whoever reads them.

tree-sitter parses anything in linear time, but its queries take quadratic time on nodes with very many children that
are no expressions (what is left of broken text) and on trees deeper than 65,535. Nobody writes these by hand. Such
texts get facts that say nothing, which is silence.
"""

from __future__ import annotations

from tree_sitter import Node

_DATA_BYTES = 2_000_000
_DATA_LINE = 500  # bytes of a line on average
_CONTINUED = 10_000  # lines that end in a backslash
_DEEPEST = 50_000
_WIDEST = 10_000


def is_data(text: bytes) -> bool:
    """Whether megabytes stand on few lines, or most lines, of very many, are continued (quadratic in the parser)."""
    if text.count(b"\\") > _CONTINUED:
        continued = text.count(b"\\\n") + text.count(b"\\\r")
        if continued > _CONTINUED and 2 * continued > text.count(b"\n") + text.count(b"\r"):
            return True
    return len(text) > _DATA_BYTES and len(text) > _DATA_LINE * (text.count(b"\n") + text.count(b"\r") + 1)


def is_readable(root: Node) -> bool:
    """Whether a query over the tree takes a time that is bounded by its size.

    A path of that many nodes needs as many bytes, so that only large nodes are looked at.
    """
    todo = [(root, 0)]
    while todo:
        node, depth = todo.pop()
        room = node.end_byte - node.start_byte
        if depth > _DEEPEST:
            return False
        if depth + room < _DEEPEST:
            continue
        count = node.child_count
        if count > _WIDEST and node.named_child_count * 10 < count:
            return False
        least = _DEEPEST - depth - 1
        todo += [(child, depth + 1) for child in node.children if child.end_byte - child.start_byte >= least]
    return True
