"""Text as bytes: spans, edits and the line index that every room shares.

Inside the program text is UTF-8 bytes and every position is a byte offset into it, as in tree-sitter. LSP positions and
the 1-based lines and code-point columns of the command line are made at the edges, from a `LineIndex`. Lines end at
``\\n``, ``\\r\\n`` and ``\\r`` and nowhere else (LSP 3.17, "Text Documents").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Protocol

_LINE_END = re.compile(rb"\r\n|\n|\r")
_ENDLESS = 1 << 62
_BLANKS = b" \t\f\r\n"
_FAR = 2_000  # bytes before an edit in which code is looked for


class Spanned(Protocol):
    """What stands at byte offsets ``start`` to ``end`` of a text."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of byte offsets into UTF-8 text."""

    start: int
    end: int

    def __contains__(self, offset: int) -> bool:
        """Whether a cursor at ``offset`` touches the span (both ends count, as for an editor's cursor)."""
        return self.start <= offset <= self.end

    def touches(self, start: int, end: int) -> bool:
        """Whether it shares a byte with the other range, or borders on it."""
        return self.start <= end and start <= self.end

    def cut(self, text: bytes) -> str:
        return text[self.start : self.end].decode("utf-8", "replace")


def touching[T: Spanned](items: Iterable[T], near: Span | None) -> list[T]:
    """The items that share a byte with the span, or border on it; all of them where there is none."""
    if near is None:
        return list(items)
    start, end = near.start, near.end
    return [item for item in items if item.start <= end and start <= item.end]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace ``span`` by ``new``. An empty span is an insertion."""

    span: Span
    new: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """Edits of one file. Spans refer to the text at ``version`` (an open document) or on disk (``version`` None).

    ``creates`` means that the file does not exist yet; then the one edit inserts its whole text at offset 0.
    """

    path: Path
    edits: tuple[Edit, ...]
    version: int | None = None
    creates: bool = False

    def apply(self, text: bytes) -> bytes:
        return apply_edits(text, self.edits)


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What one action does to the workspace: edits per file, nothing applied yet."""

    files: tuple[FileChange, ...]
    title: str = ""


def apply_edits(text: bytes, edits: Iterable[Edit]) -> bytes:
    """The text after all edits. Edits must not overlap; several insertions at one offset keep their order."""
    parts: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
        if edit.span.start < at:
            raise ValueError(f"overlapping edits at byte {edit.span.start}")
        parts.append(text[at : edit.span.start])
        parts.append(edit.new.encode("utf-8", "surrogatepass"))
        at = edit.span.end
    parts.append(text[at:])
    return b"".join(parts)


def written_spans(edits: Iterable[Edit]) -> list[Span]:
    """Where the new texts of edits stand once they are applied."""
    out: list[Span] = []
    moved = 0
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
        start, size = edit.span.start + moved, len(edit.new.encode("utf-8", "surrogatepass"))
        out.append(Span(start, start + size))
        moved += size - (edit.span.end - edit.span.start)
    return out


def composed(first: Iterable[Edit], then: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits that do at once what ``first`` does and then, to the text that it leaves, ``then``.

    The text in between is kept as pieces, as in a piece table: stretches of the original and inserted texts.
    """
    pieces = _cut(_cut([Span(0, _ENDLESS)], first), then)
    out: list[Edit] = []
    at, new = 0, b""
    for piece in [*pieces, Span(_ENDLESS, _ENDLESS)]:
        if isinstance(piece, bytes):
            new += piece
            continue
        if new or piece.start > at:
            out.append(Edit(Span(at, piece.start), new.decode("utf-8", "surrogatepass")))
        at, new = piece.end, b""
    return tuple(out)


def carried(span: Span, edits: Iterable[Edit]) -> Span:
    """Where a span that none of the edits touches is after them. An insertion at its start goes before it."""
    by = sum(len(e.new.encode("utf-8", "surrogatepass")) - (e.span.end - e.span.start)
             for e in edits if e.span.end <= span.start)  # fmt: skip
    return Span(span.start + by, span.end + by)


def _cut(pieces: Iterable[Span | bytes], edits: Iterable[Edit]) -> list[Span | bytes]:
    """The pieces after edits of the text that they make up."""
    out: list[Span | bytes] = []
    todo = deque(sorted(edits, key=lambda e: (e.span.start, e.span.end)))
    at = 0  # in the text that the pieces make up
    for piece in pieces:
        size = len(piece) if isinstance(piece, bytes) else piece.end - piece.start
        start, end = at, at + size
        while todo and todo[0].span.start < end:
            edit = todo[0]
            if edit.span.start >= at:
                _keep(out, piece, at - start, edit.span.start - start)
                out.append(edit.new.encode("utf-8", "surrogatepass"))
            at = max(at, min(edit.span.end, end))
            if edit.span.end > end:
                break  # goes on in the next piece
            todo.popleft()
        _keep(out, piece, at - start, size)
        at = end
    return [*out, *(edit.new.encode("utf-8", "surrogatepass") for edit in todo)]


def _keep(out: list[Span | bytes], piece: Span | bytes, start: int, end: int) -> None:
    if start < end:
        out.append(piece[start:end] if isinstance(piece, bytes) else Span(piece.start + start, piece.start + end))


def moved(old: bytes, new: bytes) -> Callable[[Span], Span | None]:
    """Where spans of the old text are in the new one; None for those in the part that differs.

    One stretch is taken to differ, from the first to the last difference, as after edits in one place.
    """
    differs = difference(old, new)
    by = len(new) - len(old)

    def move(span: Span) -> Span | None:
        if span.end <= differs.start:
            return span
        return Span(span.start + by, span.end + by) if span.start >= differs.end else None

    return move


def difference(old: bytes, new: bytes) -> Span:
    """The stretch of the old text, from the first to the last difference, that the new one has other bytes for."""
    shorter = min(len(old), len(new))
    before = _agree(shorter, lambda low, high: old[low:high] == new[low:high])
    ends = len(old), len(new)
    after = _agree(
        shorter - before, lambda low, high: old[ends[0] - high : ends[0] - low] == new[ends[1] - high : ends[1] - low]
    )
    return Span(before, len(old) - after)


def _agree(length: int, same: Callable[[int, int], bool]) -> int:
    """How far two texts agree, by halving: comparing stretches is much faster than comparing bytes."""
    low, high = 0, length
    while low < high:
        middle = (low + high + 1) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low


def inside_token(text: bytes, start: int) -> int:
    """The start of an edit as a parser is best told: where it begins a line, the last character of code before that.

    An edit that touches the line end or the indent before it makes the parser read most of what follows anew; one that
    holds them does not. To say that more was edited than was is always right.
    """
    at = text.rfind(b"\n", 0, start) + 1
    if text[at:start].strip(_BLANKS):
        return start
    while at > 0 and start - at < _FAR:
        line = text.rfind(b"\n", 0, at - 1) + 1
        code = text[line:at].strip(_BLANKS)
        if len(code) > 1 and not code.startswith(b"#"):
            return line + len(text[line:at].rstrip(_BLANKS)) - 1
        at = line
    return start


@dataclass(frozen=True, slots=True)
class LineIndex:
    """Byte offsets at which lines start; the first is 0, so there is always at least one line."""

    starts: list[int] = field(repr=False)
    size: int

    @classmethod
    def of(cls, text: bytes) -> LineIndex:
        starts = list(accumulate(map(len, text.splitlines(keepends=True)), initial=0))
        if len(starts) > 1 and not text.endswith((b"\n", b"\r")):
            starts.pop()  # the end of the last line starts none
        return cls(starts, len(text))

    def line_of(self, offset: int) -> int:
        """0-based line that contains ``offset``."""
        return bisect_right(self.starts, offset) - 1

    def line_span(self, line: int) -> Span:
        """The 0-based line with its line end; lines past the end give the empty span at the end."""
        if line >= len(self.starts):
            return Span(self.size, self.size)
        end = self.starts[line + 1] if line + 1 < len(self.starts) else self.size
        return Span(self.starts[line], end)


def line_column(text: bytes, lines: LineIndex, offset: int) -> tuple[int, int]:
    """1-based line and 1-based column in code points, as on the command line."""
    line = lines.line_of(offset)
    return line + 1, len(text[lines.starts[line] : offset].decode("utf-8", "replace")) + 1


def offset_at(text: bytes, lines: LineIndex, line: int, column: int = 1) -> int:
    """Byte offset of a 1-based line and code-point column; clamped to the text and to the line."""
    span = lines.line_span(max(line, 1) - 1)
    content = text[span.start : span.end].rstrip(b"\r\n").decode("utf-8", "replace")
    return span.start + len(content[: max(column, 1) - 1].encode("utf-8", "surrogatepass"))


def newline_of(text: bytes) -> str:
    """The line end that the text uses (that of its first line), ``\\n`` where it has none."""
    found = _LINE_END.search(text)
    return found.group().decode() if found else "\n"
