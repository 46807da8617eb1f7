"""Diffs of source changes are what `git apply` takes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from autogen_lsp.cli.diff import diffs, unified
from autogen_lsp.text import Edit, FileChange, SourceChange, Span
from autogen_lsp.workspace.snapshot import Snapshot


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb\n", b"a\nnew\nb\n"),
        (b"a\r\nb\r\n", b"a\r\nnew\r\nb\r\n"),
        (b"a\nb", b"a\nb\nc\n"),
        (b"a\nb", b"a\nb\nc"),
        (b"", b"a\n"),
        ("x = '\u2028\x0c'\n".encode(), "x = '\u2028\x0c'\ny = 1\n".encode()),
    ],
    ids=["lf", "crlf", "end without line end", "ends without line end", "empty", "characters that are no line ends"],
)
def test_diff_applies(tmp_path: Path, before: bytes, after: bytes) -> None:
    (tmp_path / "x.py").write_bytes(before)
    patch = unified(before, after, "x.py").encode()
    subprocess.run(["git", "apply", "-"], input=patch, cwd=tmp_path, check=True, timeout=30)
    assert (tmp_path / "x.py").read_bytes() == after


def test_new_file_is_a_diff_against_nothing(tmp_path: Path) -> None:
    change = SourceChange((FileChange(tmp_path / "new.py", (Edit(Span(0, 0), "x = 1\n"),), creates=True),))
    ((path, text),) = diffs(change, Snapshot((tmp_path,)), tmp_path)
    assert path == "new.py"
    assert text.startswith("--- /dev/null\n+++ b/new.py\n")
    subprocess.run(["git", "apply", "-"], input=text.encode(), cwd=tmp_path, check=True, timeout=30)
    assert (tmp_path / "new.py").read_text() == "x = 1\n"


def test_file_that_stays_as_it_is_has_no_diff(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("x = 1\n")
    change = SourceChange((FileChange(tmp_path / "x.py", (Edit(Span(0, 1), "x"),)),))
    assert list(diffs(change, Snapshot((tmp_path,)), tmp_path)) == []
