"""A reply's text into the pieces of it that may be code: fenced blocks first, then code that stands between prose.

Fences follow CommonMark 0.31 (section 4.5), and forgive what models do to them: fences inside docstrings, outer fences
around a whole answer, fences that are never closed. Pieces are given as they stand; whoever takes them parses them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

LARGEST = 100_000  # characters; no definition is that long

_FENCE = re.compile(r"^[ \t]*(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^`]*?)[ \t]*$")
_START = re.compile(r"^[ \t]*(?:@|def\b|async\s+def\b|class\b|from\b|import\b)")
_FENCES = 200  # fence lines looked at
_CLOSERS = 8  # fences tried as the end of one block
_ENDS = 60  # lines tried as the end of a piece of bare code
_PYTHON = frozenset({"", "py", "python", "python3", "pycon", "diff", "patch"})


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of the reply that may be code: from ``start`` (0-based) to just before one of the ``ends``."""

    label: str
    lines: Sequence[str]
    start: int
    ends: tuple[int, ...]

    @property
    def python(self) -> bool:
        """Whether the label allows Python: some say nothing, some say another language."""
        return self.label in _PYTHON

    def texts(self) -> Iterator[tuple[int, str]]:
        """(end, content) by each possible end, the shortest first."""
        for end in self.ends:
            yield end, _undiffed("\n".join(self.lines[self.start : end]), self.label)


def clean(reply: str) -> str:
    """The reply with '\\n' line ends, without byte order marks and empty lines at its ends."""
    return reply.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\n")


def fenced(reply: str) -> list[Block]:
    """Every fence line that may open a block, in the reply's order. Closing ones are among them: who can tell."""
    lines = reply.split("\n")
    fences = [(number, match) for number, line in enumerate(lines) if (match := _FENCE.match(line))][:_FENCES]
    blocks = []
    for position, (number, match) in enumerate(fences):
        marks = match["marks"]
        closers = (
            other
            for other, mark in fences[position + 1 :]
            if not mark["info"] and mark["marks"][0] == marks[0] and len(mark["marks"]) >= len(marks)
        )
        ends = (*islice(closers, _CLOSERS), len(lines))
        blocks.append(Block(_label(match["info"]), lines, number + 1, ends))
    return blocks


def bare(reply: str) -> list[Block]:
    """Code between prose: the whole reply, then what begins at each line that looks like code."""
    lines = reply.split("\n")
    starts = [start for start, line in enumerate(lines) if _START.match(line)]
    return [
        Block("", lines, 0, (len(lines),)),
        *(Block("", lines, start, tuple(islice(_ends(lines, start), _ENDS))) for start in starts),
    ]


def _ends(lines: list[str], start: int) -> Iterator[int]:
    """Lines at which code that starts here may end: before one that is indented no deeper, and at the end."""
    margin = _width(lines[start])
    for number in range(start + 1, len(lines)):
        if lines[number].strip() and _width(lines[number]) <= margin:
            yield number
    yield len(lines)


def _width(line: str) -> int:
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def _label(info: str) -> str:
    words = re.split(r"[\s,{}:.]+", info.strip().lower())
    return next((word for word in words if word), "")


def _undiffed(text: str, label: str) -> str:
    """The new side of a diff; other text as it is."""
    if label not in ("diff", "patch"):
        return text
    kept = [line[1:] for line in text.split("\n") if line[:1] in ("+", " ") and not line.startswith("+++ ")]
    return "\n".join(kept)
