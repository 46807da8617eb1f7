"""Roots of paths and positions as people read them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autogen_lsp.cli.place import common_root, existing, location, readable, relative, workspace_root, workspace_roots
from autogen_lsp.errors import UsageError
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source


@pytest.mark.parametrize("marker", ["pyproject.toml", "setup.py", "setup.cfg"])
def test_root_is_the_nearest_folder_with_a_marker(tmp_path: Path, marker: str) -> None:
    inner = tmp_path / "outer" / "inner"
    (inner / "package").mkdir(parents=True)
    (tmp_path / "outer" / ".git").mkdir()
    file = inner / "package" / "x.py"
    file.touch()
    assert workspace_root(file) == tmp_path / "outer"
    (inner / marker).touch()
    assert workspace_root(file) == inner
    assert workspace_root(inner) == inner


def test_root_without_marker_is_the_current_folder_if_it_holds_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a" / "b" / "x.py"
    file.parent.mkdir(parents=True)
    file.touch()
    monkeypatch.chdir(tmp_path / "a")
    assert workspace_root(file) == tmp_path / "a"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert workspace_root(file) == file.parent


def test_several_projects_are_several_roots_shown_from_their_common_folder(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").touch()
    roots = workspace_roots([tmp_path / "one", tmp_path / "two", tmp_path / "one"])
    assert roots == (tmp_path / "one", tmp_path / "two")
    assert common_root(roots) == tmp_path


def test_paths_are_resolved_through_links(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x.py").touch()
    (tmp_path / "link").symlink_to("real")
    assert existing([str(tmp_path / "link" / "x.py")]) == [tmp_path / "real" / "x.py"]


def test_dangling_link_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.py").symlink_to("nowhere.py")
    with pytest.raises(UsageError, match="no such file"):
        existing([str(tmp_path / "x.py")])


def test_link_that_leads_to_itself_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.py").symlink_to("x.py")
    with pytest.raises(UsageError, match=r"x\.py"):
        existing([str(tmp_path / "x.py")])


def test_declared_encoding_is_honoured(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_bytes(b"# coding: latin-1\nx = '\xe9'\n")
    assert "é".encode() in readable(file, "x.py").text


def test_columns_count_code_points_and_the_end_is_exclusive() -> None:
    source = Source(Path("x.py"), "ä = '😀'; f()\r\ng()\n".encode())
    start = source.text.index(b"f()")
    assert location(source, Span(start, start + 1)) == {"line": 1, "column": 10, "end_line": 1, "end_column": 11}
    start = source.text.index(b"g()")
    assert location(source, Span(start, start + 1)) == {"line": 2, "column": 1, "end_line": 2, "end_column": 2}


def test_paths_outside_the_root_stay_absolute() -> None:
    assert relative(Path("/a/b/c.py"), Path("/a")) == "b/c.py"
    assert relative(Path("/z/c.py"), Path("/a")) == "/z/c.py"


def test_what_may_not_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.py"
    file.touch(mode=0o000)
    # Root may read everything; to root the question itself must be answered with no.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(UsageError, match="permission denied"):
        existing([str(file)])


def test_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.py")
    with pytest.raises(UsageError, match="no regular file"):
        existing([str(tmp_path / "x.py")])


def test_null_character_in_a_path_is_an_error() -> None:
    with pytest.raises(UsageError):
        existing(["a\0b.py"])
