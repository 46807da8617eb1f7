"""A source change as unified diffs, one a file, as `git apply` and `patch` take them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from autogen_lsp.cli.console import Console
from autogen_lsp.cli.place import relative
from autogen_lsp.text import FileChange, SourceChange
from autogen_lsp.workspace.snapshot import Snapshot

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


def diffs(change: SourceChange, snapshot: Snapshot, root: Path) -> Iterator[tuple[str, str]]:
    """(path, unified diff) of each file, paths relative to ``root``."""
    for file in change.files:
        before = _before(file, snapshot)
        after = file.apply(before)
        if before != after or file.creates:
            path = relative(file.path, root)
            yield path, unified(before, after, path, creates=file.creates)


def unified(before: bytes, after: bytes, path: str, *, creates: bool = False) -> str:
    """The unified diff of two texts, with the note that `diff` prints where a last line has no line end."""
    lines = difflib.unified_diff(
        _lines(before), _lines(after), "/dev/null" if creates else f"a/{path}", f"b/{path}", lineterm="\n"
    )
    out = []
    for line in lines:
        out.append(line if line.endswith(("\n", "\r")) else line + "\n\\ No newline at end of file\n")
    return "".join(out)


def show(text: str, console: Console) -> None:
    """Print a diff as it is, or in colours on a terminal."""
    if not console.colour:
        console.out.write(text)
        return
    colours = (("+++", "bold"), ("---", "bold"), ("@@", "cyan"), ("+", "green"), ("-", "red"))
    for line in text.removesuffix("\n").split("\n"):
        colour = next((name for prefix, name in colours if line.startswith(prefix)), None)
        console.line(console.paint(line, colour) if colour else line)


def _before(file: FileChange, snapshot: Snapshot) -> bytes:
    source = None if file.creates else snapshot.source(file.path)
    return source.text if source is not None else b""


def _lines(text: bytes) -> list[str]:
    return _LINE.findall(text.decode("utf-8", "replace"))
