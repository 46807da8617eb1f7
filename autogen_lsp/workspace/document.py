"""One open document: edits in, frozen `Source` snapshots out, at a cost per edit that hardly grows with the file.

Lives on the event loop only. The text is UTF-8 bytes and edits are byte spans (positions of the protocol are converted
in `server.convert`). Three things are kept up to date instead of being made again: the line starts (spliced; the shift
of all later lines is one number, applied when somebody needs them), the syntax tree (`Tree.edit`, then an incremental
parse once somebody asks a snapshot for it, on whatever thread), and the snapshot itself, reused until the next edit.
Never reads the disk.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.text import LineIndex, Span, inside_token
from autogen_lsp.workspace.source import Source

if TYPE_CHECKING:
    from tree_sitter import Tree

UNSAVED_FOLDER = "untitled:"  # which is no folder: where documents lie that were never saved
_LINE_END = re.compile(rb"\r\n|\n|\r")
_HIGH_SURROGATE = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\Z")
_LOW_SURROGATE = re.compile(rb"\xed[\xb0-\xbf][\x80-\xbf]")


class Document:
    """An open text document as the client last described it."""

    def __init__(self, uri: str, path: Path, version: int, text: str) -> None:
        self.uri = uri
        self.path = path
        self.version = version
        self.text = encode(text)
        self._lines = _Lines(self.text)
        self._tree: Tree | None = None  # of the last snapshot that was parsed, with the edits made since; ours alone
        self._source: Source | None = None
        self._newline_only = b"\r" not in self.text

    def line_of(self, offset: int) -> int:
        """0-based line that contains the byte ``offset``."""
        return self._lines.line_of(offset)

    def line_span(self, line: int) -> Span:
        """The 0-based line with its line end; lines past the end give the empty span at the end."""
        return self._lines.span(line, len(self.text))

    def edit(self, span: Span, new: str) -> None:
        """Replace the bytes of ``span`` by ``new``. The caller sets `version` after the last edit of a notification."""
        self._adopt()
        start, end, inserted = _joined(self.text, span.start, span.end, encode(new))
        text = self.text
        first = inside_token(text, start) if self._tree is not None else start
        old_rows = self._points(first, end) if self._tree is not None else None
        self.text = text[:start] + inserted + text[end:]
        self._lines.replace(start, end, len(inserted), self.text)
        self._newline_only = self._newline_only and b"\r" not in inserted
        if self._tree is not None and old_rows is not None:
            start_point, old_end_point = old_rows
            new_end = start + len(inserted)
            self._tree.edit(first, end, new_end, start_point, old_end_point, self._points(new_end)[0])
        self._source = None

    def replace(self, new: str) -> None:
        """The whole text anew (a change without a range)."""
        self.text = encode(new)
        self._lines = _Lines(self.text)
        self._newline_only = b"\r" not in self.text
        self._tree = self._source = None

    def snapshot(self) -> Source:
        """The document as it is now, frozen. The same object until the next edit."""
        source = self._source
        if source is not None and source.version == self.version:
            return source
        tree = self._adopt()
        older = self._tree.copy() if self._tree is not None else None
        self._source = source = Source(self.path, self.text, self.version, older)
        # Pre-filled cached properties: both are what the text alone would give.
        source.__dict__["lines"] = LineIndex(self._lines.freeze(), len(self.text))
        if tree is not None:
            source.__dict__["tree"] = tree
        return source

    def _adopt(self) -> Tree | None:
        """Go on from the last snapshot's tree if it was parsed; else from the one before, which has had all edits.

        A copy is cheap: trees share their nodes, and an edit copies the path that it changes.
        """
        tree: Tree | None = None if self._source is None else self._source.__dict__.get("tree")
        if tree is not None:
            self._tree = tree.copy()
        return tree

    def _points(self, *offsets: int) -> list[tuple[int, int]]:
        """tree-sitter points: rows count ``\\n`` only, columns are bytes."""
        if self._newline_only:
            rows = [self._lines.line_of(offset) for offset in offsets]
            return [(row, offset - self._lines.start(row)) for row, offset in zip(rows, offsets, strict=True)]
        text = self.text
        return [(text.count(b"\n", 0, offset), offset - text.rfind(b"\n", 0, offset) - 1) for offset in offsets]


def encode(text: str) -> bytes:
    """UTF-8. Lone surrogates, which JSON can carry, are kept as three bytes; the halves of a pair are joined."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return joined.encode("utf-8", "surrogatepass")


def _joined(text: bytes, start: int, end: int, new: bytes) -> tuple[int, int, bytes]:
    """The edit, widened where it would leave the two halves of one character side by side (typed one by one)."""
    if _LOW_SURROGATE.match(new or text[end : end + 3]) and _HIGH_SURROGATE.search(text[max(start - 3, 0) : start]):
        if not new:
            new, end = text[end : end + 3], end + 3
        new, start = text[start - 3 : start] + new, start - 3
        new = encode(new.decode("utf-8", "surrogatepass"))
    if _HIGH_SURROGATE.search(new[-3:]) and _LOW_SURROGATE.match(text, end):
        new = encode((new + text[end : end + 3]).decode("utf-8", "surrogatepass"))
        end += 3
    return start, end, new


class _Lines:
    """Line starts under edits. Starts from index ``_pivot`` on are short of ``_shift`` bytes.

    Consecutive edits are mostly near each other, so moving the pivot touches few lines, whatever the file's length.
    """

    def __init__(self, text: bytes) -> None:
        self._starts = LineIndex.of(text).starts
        self._pivot = len(self._starts)
        self._shift = 0
        self._shared = False

    def start(self, line: int) -> int:
        return self._starts[line] + (self._shift if line >= self._pivot else 0)

    def line_of(self, offset: int) -> int:
        return self._count(offset) - 1

    def span(self, line: int, size: int) -> Span:
        count = len(self._starts)
        if line >= count:
            return Span(size, size)
        return Span(self.start(line), self.start(line + 1) if line + 1 < count else size)

    def replace(self, start: int, end: int, inserted: int, text: bytes) -> None:
        """Bytes ``start``-``end`` became ``inserted`` bytes; ``text`` is the whole text after that.

        Whether a line starts at an offset depends on the bytes just before and just after it, so the starts in question
        are those from ``start`` to ``end``, both included: an edit can split or join a ``\\r\\n`` at either side.
        """
        first = max(self._count(start - 1), 1)
        last = max(self._count(end), 1)
        new_end = start + inserted
        ends = (match.end() for match in _LINE_END.finditer(text, max(start - 1, 0), new_end + 1))
        fresh = [offset for offset in ends if start <= offset <= new_end and offset > 0]
        if self._shared:
            self._starts, self._shared = self._starts.copy(), False
        self._move_pivot(last)
        self._starts[first:last] = fresh
        self._pivot = first + len(fresh)
        self._shift += inserted - (end - start)

    def freeze(self) -> list[int]:
        """All starts, exact. The list is not changed afterwards: the next edit works on a copy."""
        self._move_pivot(len(self._starts))
        self._shift = 0
        self._shared = True
        return self._starts

    def _count(self, offset: int) -> int:
        """How many lines start at ``offset`` or before it."""
        pivot = self._pivot
        if pivot < len(self._starts) and offset >= self._starts[pivot] + self._shift:
            return bisect_right(self._starts, offset - self._shift, lo=pivot)
        return bisect_right(self._starts, offset, hi=pivot)

    def _move_pivot(self, to: int) -> None:
        at, shift, starts = self._pivot, self._shift, self._starts
        if shift and at < to:
            starts[at:to] = [start + shift for start in starts[at:to]]
        elif shift and to < at:
            starts[to:at] = [start - shift for start in starts[to:at]]
        self._pivot = to
