"""Batches write what others build upon first."""

from __future__ import annotations

from pathlib import Path

from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.project import Project
from autogen_lsp.cli.order import leaves_first
from autogen_lsp.text import Span
from autogen_lsp.workspace.snapshot import Snapshot


def order(root: Path, files: dict[str, str], targets: list[str]) -> list[list[str]]:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    project = Project(Snapshot((root,)))
    given = [Target(root / name, "f", TargetKind.FUNCTION, root / name, Span(0, 0)) for name in targets]
    return [[t.path.relative_to(root).as_posix() for t in group] for group in leaves_first(project, given)]


def test_imported_files_come_first(tmp_path: Path) -> None:
    files = {"a.py": "import b\n", "b.py": "from c import x\n", "c.py": ""}
    assert order(tmp_path, files, ["a.py", "b.py", "c.py"]) == [["c.py"], ["b.py"], ["a.py"]]


def test_files_between_count_though_nothing_is_written_there(tmp_path: Path) -> None:
    files = {"a.py": "import b\n", "b.py": "import c\n", "c.py": ""}
    assert order(tmp_path, files, ["a.py", "c.py"]) == [["c.py"], ["a.py"]]


def test_modules_imported_from_a_package_count(tmp_path: Path) -> None:
    files = {"p/__init__.py": "", "p/a.py": "from . import z\n", "p/z.py": ""}
    assert order(tmp_path, files, ["p/a.py", "p/z.py"]) == [["p/z.py"], ["p/a.py"]]


def test_cycles_end(tmp_path: Path) -> None:
    files = {"a.py": "import b\n", "b.py": "import a\n"}
    assert sorted(order(tmp_path, files, ["a.py", "b.py"])) in ([["a.py"], ["b.py"]], [["a.py", "b.py"]])


def test_files_that_do_not_import_each_other_are_one_group(tmp_path: Path) -> None:
    files = {"a.py": "import c\n", "b.py": "import c\n", "c.py": ""}
    assert order(tmp_path, files, ["a.py", "b.py", "c.py"]) == [["c.py"], ["a.py", "b.py"]]


def test_long_chains_do_not_overflow(tmp_path: Path) -> None:
    files = {f"m{n}.py": f"import m{n + 1}\n" for n in range(1500)}
    found = order(tmp_path, files, ["m0.py", "m1499.py"])
    assert found == [["m1499.py"], ["m0.py"]]
