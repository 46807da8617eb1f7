"""`check`: the same findings however they come about, and no work where nothing changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autogen_lsp.config import Settings
from autogen_lsp.features import check as driver
from autogen_lsp.features import check_worker
from autogen_lsp.features.check import Checked, check
from autogen_lsp.index.client import Index
from autogen_lsp.index.location import index_path
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    for name, text in {
        "app.py": "from money import tax\n\nprint(totl(1))\n\ndef todo():\n    pass\n",
        "money.py": "def total(x):\n    return x\n",
        "pkg/deep.py": "missing_here()\n",
        "ignored.py": "also_missing()\n",
        ".gitignore": "ignored.py\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_dir=str(tmp_path / "cache"))


def shown(checked: Checked) -> list[tuple[str, str, str]]:
    return [(f.path.name, f.kind, f.name) for f in checked.findings]


EXPECTED = [
    ("app.py", "missing-import", "tax"),
    ("app.py", "undefined-call", "totl"),
    ("app.py", "stub", "todo"),
    ("deep.py", "undefined-call", "missing_here"),
]


def test_findings_come_by_path_and_place(root: Path, settings: Settings) -> None:
    checked = check(Snapshot((root,), settings=settings), [root])
    assert shown(checked) == EXPECTED
    assert checked.files == 3


def test_only_what_is_asked_for_is_checked_with_the_whole_workspace_known(root: Path, settings: Settings) -> None:
    snapshot = Snapshot((root,), settings=settings)
    assert shown(check(snapshot, [root / "pkg"])) == EXPECTED[3:]
    assert shown(check(snapshot, [root / "app.py"])) == EXPECTED[:3]
    assert shown(check(snapshot, [root])) == EXPECTED


def test_an_ignored_file_is_checked_only_where_it_is_named(root: Path, settings: Settings) -> None:
    snapshot = Snapshot((root,), settings=settings)
    assert shown(check(snapshot, [root / "ignored.py"])) == [("ignored.py", "undefined-call", "also_missing")]
    assert check(snapshot, [root]).files == 3


def test_an_open_document_is_checked_as_it_is_in_the_editor(root: Path, settings: Settings) -> None:
    money = Source(root / "money.py", b"def tax(): return 1\n", version=3)
    new = Source(root / "new.py", b"fresh()\n", version=1)
    snapshot = Snapshot((root,), {money.path: money, new.path: new}, settings)
    assert shown(check(snapshot, [root])) == [
        EXPECTED[1],
        EXPECTED[2],
        ("new.py", "undefined-call", "fresh"),
        EXPECTED[3],
    ]
    assert shown(check(Snapshot((root,), settings=settings), [root])) == EXPECTED


def test_unchanged_files_are_not_analysed_again(
    root: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = Snapshot((root,), settings=settings)
    first = check(snapshot, [root])

    def refuse(*_: object) -> None:
        raise AssertionError("analysed again")

    monkeypatch.setattr(driver, "find", refuse)
    assert check(snapshot, [root]) == first
    assert shown(check(snapshot, [root / "pkg"])) == EXPECTED[3:]


def change_a_file(root: Path) -> None:
    (root / "money.py").write_text("def tax(x):\n    return x\n")


def add_a_file(root: Path) -> None:
    (root / "tax.py").write_text("def tax(x):\n    return x\n")
    (root / "app.py").write_text("from tax import tax\n\nprint(totl(1))\n\ndef todo():\n    pass\n")


@pytest.mark.parametrize("change", [change_a_file, add_a_file])
def test_a_change_anywhere_gives_what_a_fresh_check_gives(
    root: Path, tmp_path: Path, settings: Settings, change
) -> None:  # type: ignore[no-untyped-def]
    snapshot = Snapshot((root,), settings=settings)
    check(snapshot, [root])
    change(root)
    fresh = Settings(cache_dir=str(tmp_path / "fresh"))
    assert check(snapshot, [root]) == check(Snapshot((root,), settings=fresh), [root])
    assert shown(check(snapshot, [root])) == EXPECTED[1:]


@pytest.mark.parametrize("name", ["deep_ext.so", "pyproject.toml", ".venv/lib/python3.13/site-packages/new.py"])
def test_what_findings_depend_on_outside_of_python_files_counts_as_a_change(
    root: Path, settings: Settings, name: str
) -> None:
    (root / ".venv/lib/python3.13/site-packages").mkdir(parents=True)
    snapshot = Snapshot((root,), settings=settings)
    index = Index([root], settings, lambda problem: None, workers=0)
    index.rescan()
    before = driver.fingerprint(snapshot, index)
    index.rescan()
    assert driver.fingerprint(snapshot, index) == before
    (root / name).write_text("")
    index.rescan()
    assert driver.fingerprint(snapshot, index) != before
    index.close()


def many_files(root: Path) -> None:
    for number in range(60):
        (root / f"m{number:02}.py").write_text(f"from money import total, gone{number}\n\ncall{number}(total(1))\n")


def test_worker_processes_find_what_one_process_finds(root: Path, tmp_path: Path, settings: Settings) -> None:
    many_files(root)
    document = Source(root / "m00.py", b"other()\n", version=1)
    told: list[str] = []
    snapshot = Snapshot((root,), {document.path: document}, settings)
    result = check(snapshot, [root], workers=2, report=lambda stage, fraction: told.append(stage))
    alone = Settings(cache_dir=str(tmp_path / "alone"))
    assert result == check(Snapshot((root,), {document.path: document}, alone), [root], workers=0)
    assert len(result.findings) == len(EXPECTED) + 2 * 59 + 1
    assert told[-1] == "checking 63 of 63 files"


def test_workers_that_find_another_index_than_their_parent_are_not_believed(
    root: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_files(root)
    (root / "base.py").write_text("class Base:\n    def run(self):\n        return self.work()\n")
    (root / "sub.py").write_text("from base import Base\n\nclass Sub(Base):\n    def work(self):\n        return 1\n")
    setup_of = driver._setup

    def clear(snapshot: Snapshot, index: Index) -> bytes:
        setup = setup_of(snapshot, index)
        for file in index_path((root,), settings).parent.iterdir():
            file.unlink()  # as `autogen-lsp cache clear` does, from the workers' point of view just in time
        return setup

    monkeypatch.setattr(driver, "_setup", clear)
    result = check(Snapshot((root,), settings=settings), [root], workers=2)
    assert len(result.findings) == len(EXPECTED) + 2 * 60
    assert not result.skipped


def test_without_a_cache_folder_the_findings_are_the_same(root: Path, tmp_path: Path) -> None:
    many_files(root)
    blocked = tmp_path / "file"
    blocked.write_text("")
    problems: list[object] = []
    result = check(Snapshot((root,), settings=Settings(cache_dir=str(blocked))), [root], warn=problems.append)
    assert len(result.findings) == len(EXPECTED) + 2 * 60
    assert len(problems) == 1


def test_a_file_that_kills_the_worker_is_passed_over_and_named(
    root: Path, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_files(root)
    (root / "m07.py").write_text("KILL()\n")
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "fragile_checker.py").write_text(
        "import os\n"
        "from autogen_lsp.features import check_worker\n"
        "from autogen_lsp.index import pool\n"
        "def answer(request):\n"
        "    if any(path.endswith('m07.py') for path in check_worker.decode_request(request).paths):\n"
        "        os._exit(9)\n"
        "    return check_worker.answer(request)\n"
        "pool.serve(answer)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(modules), prepend=os.pathsep)
    monkeypatch.setattr(check_worker, "MODULE", "fragile_checker")
    result = check(Snapshot((root,), settings=settings), [root], workers=2)
    assert len(result.findings) == len(EXPECTED) + 2 * 59
    assert result.skipped == (root / "m07.py",)


def test_a_stopped_check_gives_what_it_has_and_keeps_nothing(root: Path, settings: Settings) -> None:
    many_files(root)
    snapshot = Snapshot((root,), settings=settings)
    stop = False

    def report(stage: str, fraction: float | None) -> None:
        nonlocal stop
        stop = stage.startswith("checking 5 ")

    result = check(snapshot, [root], workers=0, report=report, stopped=lambda: stop)
    assert 0 < len(result.findings) < 20
    assert len(check(snapshot, [root]).findings) == len(EXPECTED) + 2 * 60


def test_an_empty_folder_has_no_findings(tmp_path: Path, settings: Settings) -> None:
    assert check(Snapshot((tmp_path,), settings=settings), [tmp_path / "cache"]) == Checked((), 0)
