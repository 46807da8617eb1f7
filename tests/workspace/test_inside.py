"""Paths and the folders that they lie in."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_lsp.workspace.inside import is_inside


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/a/b", "/a/b"),
        ("/a/b/c.py", "/a/b"),
        ("/a/b", "/"),
        ("/a/bb/c", "/a/b"),
        ("/a", "/a/b"),
        ("/", "/"),
        ("/b", "/a"),
    ],
)
def test_it_is_as_pathlib_says(path: str, folder: str) -> None:
    assert is_inside(Path(path), Path(folder)) == Path(path).is_relative_to(folder)
