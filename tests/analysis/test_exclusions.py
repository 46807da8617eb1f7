"""Files that a project's own settings keep from its linter have no findings, but for those asked for at a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_lsp.analysis.findings import at, find
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.undefined import undefined
from autogen_lsp.config import Settings
from autogen_lsp.workspace.snapshot import Snapshot


@pytest.mark.parametrize(
    ("name", "settings", "excluded"),
    [
        ("pyproject.toml", '[tool.ruff]\nextend-exclude = ["tests/data/"]', "tests/data/a.py"),
        ("pyproject.toml", '[tool.ruff]\nexclude = ["tests/**/*data"]', "tests/x/y/mydata/a.py"),
        ("pyproject.toml", '[tool.ruff.lint]\nexclude = ["*_bad.py"]', "tests/x_bad.py"),
        ("ruff.toml", 'exclude = ["tests/data/**"]', "tests/data/x/a.py"),
        ("pyproject.toml", "[tool.black]\nextend-exclude = '''\n/(\n  # ours\n  tests/data/\n)'''", "tests/data/a.py"),
        ("pyproject.toml", "[tool.black]\nforce-exclude = 'cases/bad'", "test/cases/bad.py"),
        ("setup.cfg", "[flake8]\nexclude = build,\n    ./tests/data,", "tests/data/a.py"),
        (".flake8", "[flake8]\nextend-exclude = data", "test/data/a.py"),
    ],
)
def test_excluded_files_have_no_findings(tmp_path: Path, name: str, settings: str, excluded: str) -> None:
    (tmp_path / name).write_text(settings, "utf-8")
    project = project_with(tmp_path, excluded, "tests/ours.py")
    assert find(project, tmp_path / excluded) == undefined(project, tmp_path / excluded) == []
    assert [f.name for f in at(project, tmp_path / excluded, 1)] == ["missing"]
    assert [f.name for f in find(project, tmp_path / "tests/ours.py")] == ["missing"]


@pytest.mark.parametrize(
    "settings", ["[tool.ruff", "[tool.ruff]\nexclude = 3", "[tool.black]\nexclude = '('", "tool = 1"]
)
def test_settings_that_make_no_sense_exclude_nothing(tmp_path: Path, settings: str) -> None:
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    project = project_with(tmp_path, "a.py")
    assert [f.name for f in find(project, tmp_path / "a.py")] == ["missing"]


def project_with(root: Path, *names: str) -> Project:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("missing()\n", "utf-8")
    return Project(Snapshot((root,), settings=Settings()))
