"""The terminal: results on the real stdout, everything else on stderr.

While a command runs, file descriptor 1 points at stderr, so that no library and no child process can write into a JSON
document. Colours and the progress bar appear on terminals only (``NO_COLOR`` is honoured).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from autogen_lsp.errors import UsageError

_COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_BAR = 20  # characters
_STDOUT, _STDERR = 1, 2


@dataclass(slots=True)
class Console:
    """``out`` takes the results, ``err`` notes and progress."""

    out: TextIO
    err: TextIO
    colour: bool = False
    bar: bool = False
    _drawn: int = 0  # width of the progress line that stands on the screen

    def line(self, text: str = "") -> None:
        self.out.write(text + "\n")

    def json(self, document: Any) -> None:
        """The one document of ``--format json``."""
        self.out.write(json.dumps(document, indent=2) + "\n")

    def note(self, text: str) -> None:
        """One line beside the results: a warning, or what to do next."""
        self.clear()
        self.err.write(f"autogen-lsp: {text}\n")

    def paint(self, text: str, *colours: str) -> str:
        """``text`` in colours (names as in ``_COLOURS``) where the output is a terminal."""
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(_COLOURS[c] for c in colours)}m{text}\x1b[0m"

    def report(self, stage: str, fraction: float | None = None) -> None:
        """A `backends.base.Report`: draws the stage of a long job on a terminal's stderr, over the one before."""
        if not self.bar:
            return
        text = stage
        if fraction is not None:
            full = round(_BAR * min(max(fraction, 0.0), 1.0))
            text = f"[{'#' * full}{'.' * (_BAR - full)}] {fraction:4.0%} {stage}"
        text = text[: shutil.get_terminal_size().columns - 1]
        self.err.write("\r" + text.ljust(self._drawn))
        self.err.flush()
        self._drawn = len(text)

    def clear(self) -> None:
        """Take the progress line off the screen."""
        if self._drawn:
            self.err.write("\r" + " " * self._drawn + "\r")
            self.err.flush()
            self._drawn = 0


@contextlib.contextmanager
def reserved_stdout() -> Iterator[Console]:
    """A console on the real stdout, while everybody else's stdout is stderr."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:  # started with the descriptor closed (`>&-`)
            raise UsageError("stdout and stderr must be open; use /dev/null to drop them")
    sys.stdout.flush()
    real = os.dup(_STDOUT)
    terminal = os.isatty(real) and os.environ.get("TERM") != "dumb"
    os.dup2(_STDERR, _STDOUT)
    out = os.fdopen(real, "w", encoding=sys.stdout.encoding, errors="backslashreplace", newline="")
    console = Console(
        out,
        sys.stderr,
        colour=terminal and not os.environ.get("NO_COLOR"),
        bar=os.isatty(_STDERR) and os.environ.get("TERM") != "dumb",
    )
    try:
        yield console
    finally:
        console.clear()
        sys.stdout.flush()
        try:
            out.flush()
        finally:
            with contextlib.suppress(BrokenPipeError):
                os.dup2(real, _STDOUT)
                out.close()
