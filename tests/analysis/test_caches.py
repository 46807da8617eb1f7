"""What is kept of files that no index has."""

from __future__ import annotations

import os
from pathlib import Path

from autogen_lsp.analysis.caches import Caches
from autogen_lsp.analysis.project import Project
from autogen_lsp.workspace.snapshot import Snapshot


def test_texts_are_kept_while_they_are_the_files(tmp_path: Path) -> None:
    texts, path = Caches().texts, tmp_path / "m.py"
    assert texts.of(path) is None
    path.write_bytes(b"x = 1\n")
    first = texts.of(path)
    assert first == b"x = 1\n"
    assert texts.of(path) is first
    path.write_bytes(b"y = 2\n")
    os.utime(path, ns=(1, 1))
    assert texts.of(path) == b"y = 2\n"


def test_texts_have_so_much_room_and_leave_it_once_all_is_indexed(tmp_path: Path) -> None:
    caches = Caches()
    caches.texts.room = 10
    for name, text in (("a.py", b"x = 1\n"), ("b.py", b"y = 22\n"), ("c.py", b"z\n")):
        (tmp_path / name).write_bytes(text)
        assert caches.texts.of(tmp_path / name) == text
    assert [path.name for path in caches.texts.kept] == ["a.py", "c.py"]
    Project(Snapshot((tmp_path,)), caches=caches)
    assert caches.texts.kept, "there is no index"
    caches.texts.drop()
    assert not caches.texts.kept
    assert caches.texts.room > 10


def test_only_files_that_may_define_a_name_are_analysed(tmp_path: Path) -> None:
    texts = {
        "called.py": "log.make(1)\nmake (2)\n",
        "longer.py": "remake = make_up = 1\n",
        "defined.py": "def make(a): ...\n",
        "assigned.py": "def f():\n    f.make = 1\n",
        "class_.py": "class  make: ...\n",
        "wide.py": "class\\\n make(B): ...\n",
        "accent.py": "\u00e9make = 1\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    project = Project(Snapshot((tmp_path,)))
    found = [path.name for path, _ in project.definitions("make")]
    assert found == ["assigned.py", "class_.py", "defined.py", "wide.py"]
    assert {path.name for path in project._tables} == set(found)
    assert [path.name for path, _ in project.calls("make")] == ["called.py", "called.py"]
