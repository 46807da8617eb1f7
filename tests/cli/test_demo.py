"""``demo``: the whole job, offline, leaving nothing behind."""

from __future__ import annotations

import py_compile
from pathlib import Path

from tests.cli.conftest import Run


def test_demo_shows_each_step_and_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    temporary, state = tmp_path / "tmp", tmp_path / "state"
    temporary.mkdir()
    done = run("demo", env={"TMPDIR": str(temporary), "AUTOGEN_STATE_DIR": str(state), "CODEGEN_API_TOKEN": "x"})
    assert done.returncode == 0, done.stdout + done.stderr
    for shown in ("requests", "get_auth_from_url", "+def get_auth_from_url(", "check", "provenance", "generations  3"):
        assert shown in done.stdout, shown
    assert all(len(line) <= 80 for line in done.stdout.splitlines() if not line.startswith(("+", "-", " ")))
    assert list(temporary.iterdir()) == []
    assert not state.exists()


def test_kept_demo_can_be_looked_at(run: Run, tmp_path: Path) -> None:
    done = run("demo", "--keep", "here")
    assert done.returncode == 0, done.stderr
    utils = tmp_path / "here" / "requests" / "utils.py"
    assert "def get_auth_from_url(" in utils.read_text()
    py_compile.compile(str(utils), doraise=True)


def test_folder_that_exists_is_not_touched(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    done = run("demo", "--keep", "mine")
    assert done.returncode != 0
    assert "mine" in done.stderr
    assert list((tmp_path / "mine").iterdir()) == []
