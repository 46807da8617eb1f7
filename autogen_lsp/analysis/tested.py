"""Whether a file is one of tests, by its name and its folders: what tests make and ask for says less of a program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autogen_lsp.analysis.project import Project


def is_test(project: Project, path: Path) -> bool:
    """Whether a file is named as one of tests, or a folder between it and its root; where that lies says nothing."""
    found = project.tests.get(path)
    if found is None:
        named = path.stem.startswith(("test_", "unittest_")) or path.stem.endswith("_test")
        found = named or path.stem in ("conftest", "tests")
        found = found or not {"test", "tests"}.isdisjoint(project.snapshot.relative(path).split("/"))
        project.tests[path] = found
    return found
