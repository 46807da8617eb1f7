"""The walk finds the files that git would show, minus what is no project code."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autogen_lsp.workspace.files import MAX_BYTES
from autogen_lsp.workspace.gitignore import Patterns
from autogen_lsp.workspace.ignore import Rules, python_files


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x = 1\n")


def found(root: Path, *exclude: str) -> list[str]:
    """Relative paths of the walk; and every single-file answer must agree with it."""
    rules = Rules((root,), exclude)
    walked = [Path(file.path).relative_to(root).as_posix() for file in rules.walk()]
    for path in root.rglob("*.py"):
        if path.is_file() and not any(part.is_symlink() for part in (path, *path.parents)):
            assert rules.is_ignored(path) == (path.relative_to(root).as_posix() not in walked), path
    return walked


def test_python_and_stub_files_are_found_folder_by_folder(tmp_path: Path) -> None:
    write(tmp_path, "b.py", "a.pyi", "z/a.py", "c/d/e.py", "c/f.py", "notes.txt", "c/data.json")
    assert found(tmp_path) == ["a.pyi", "b.py", "c/f.py", "c/d/e.py", "z/a.py"]


def test_paths_come_as_absolute_paths_below_their_root(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    assert list(python_files([tmp_path])) == [tmp_path / "a.py"]


def test_inner_ignore_file_takes_back_what_an_outer_one_ignores(tmp_path: Path) -> None:
    write(tmp_path, "gen_a.py", "pkg/gen_b.py", "pkg/c.py")
    (tmp_path / ".gitignore").write_text("gen_*.py\n")
    (tmp_path / "pkg/.gitignore").write_text("!gen_b.py\n")
    assert found(tmp_path) == ["pkg/c.py", "pkg/gen_b.py"]


def test_nothing_inside_an_ignored_folder_can_be_taken_back(tmp_path: Path) -> None:
    write(tmp_path, "out/keep.py", "a.py")
    (tmp_path / ".gitignore").write_text("out/\n!out/keep.py\n")
    assert found(tmp_path) == ["a.py"]


def test_own_ignore_file_and_setting_override_git(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b.py", "c.py", "d.py")
    (tmp_path / ".gitignore").write_text("a.py\nb.py\n")
    (tmp_path / ".autogenignore").write_text("!a.py\n!b.py\nc.py\n")
    assert found(tmp_path, "b.py") == ["a.py", "d.py"]


def test_rules_above_the_root_apply_up_to_the_repository(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    write(repository, "inner/a.py", "inner/b.py", "inner/c.py")
    (repository / ".git" / "info").mkdir(parents=True)
    (repository / ".git/info/exclude").write_text("b.py\n")
    (repository / ".gitignore").write_text("/inner/a.py\n")
    (tmp_path / ".gitignore").write_text("c.py\n")
    assert found(repository / "inner") == ["c.py"]


def test_a_root_that_its_repository_ignores_is_still_walked(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("scratch/\n")
    write(tmp_path, "scratch/a.py")
    assert found(tmp_path / "scratch") == ["a.py"]


def test_linked_work_tree_uses_the_exclude_file_of_the_main_one(tmp_path: Path) -> None:
    main, linked = tmp_path / "main/.git", tmp_path / "linked"
    (main / "worktrees/linked").mkdir(parents=True)
    (main / "info").mkdir()
    (main / "info/exclude").write_text("secret.py\n")
    (main / "worktrees/linked/commondir").write_text("../..\n")
    write(linked, "a.py", "secret.py")
    (linked / ".git").write_text(f"gitdir: {main / 'worktrees/linked'}\n")
    assert found(linked) == ["a.py"]


@pytest.mark.parametrize(
    "path",
    [".hidden/a.py", "node_modules/a/a.py", "lib/site-packages/a.py", "pkg/__pycache__/a.py", "x.egg-info/a.py"],
)
def test_hidden_folders_and_package_stores_are_left_out(tmp_path: Path, path: str) -> None:
    write(tmp_path, path, "a.py")
    assert found(tmp_path) == ["a.py"]


@pytest.mark.parametrize("marker", ["pyvenv.cfg", "conda-meta/history", "CACHEDIR.TAG"])
def test_environments_and_caches_are_known_by_their_marker(tmp_path: Path, marker: str) -> None:
    write(tmp_path, "any name/lib/a.py", f"any name/{marker}", "a.py")
    assert found(tmp_path) == ["a.py"]


def test_a_root_with_a_marker_is_walked_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, "pyvenv.cfg", "a.py")
    assert found(tmp_path) == ["a.py"]


def test_build_output_is_left_out_and_a_package_named_build_is_not(tmp_path: Path) -> None:
    write(tmp_path, "built/pyproject.toml", "built/build/lib/a.py", "built/a.py", "src/build/__init__.py")
    assert found(tmp_path) == ["built/a.py", "src/build/__init__.py"]


def test_links_in_a_circle_and_nested_roots_give_each_file_once(tmp_path: Path) -> None:
    write(tmp_path, "pkg/a.py", "outer.py")
    (tmp_path / "pkg/loop").symlink_to(tmp_path / "pkg", target_is_directory=True)
    (tmp_path / "pkg/broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / "pkg/broken.py").symlink_to(tmp_path / "nowhere.py")
    rules = Rules((tmp_path / "pkg", tmp_path))
    assert [Path(f.path).name for f in rules.walk()] == ["a.py", "outer.py"]


def test_linked_folder_outside_the_roots_is_part_of_the_workspace(tmp_path: Path) -> None:
    write(tmp_path, "root/a.py", "elsewhere/b.py")
    (tmp_path / "root/linked").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert found(tmp_path / "root") == ["a.py", "linked/b.py"]


def test_a_file_above_the_size_limit_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    with (tmp_path / "big.py").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert [path.name for path in python_files([tmp_path])] == ["a.py"]


def test_missing_root_and_folder_named_like_a_file_give_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    assert found(tmp_path) == []
    assert list(python_files([tmp_path / "missing"])) == []


def test_files_outside_the_roots_and_other_suffixes_count_as_ignored(tmp_path: Path) -> None:
    rules = Rules((tmp_path / "root",))
    assert rules.is_ignored(tmp_path / "rootless/a.py")
    assert rules.is_ignored(tmp_path / "root/a.txt")


def test_ignore_files_may_hold_bytes_that_are_not_utf8_and_a_byte_order_mark(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b.py", "c.py")
    (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbfa.py\r\n\xff\xfe.py\nb.py\n")
    assert found(tmp_path) == ["c.py"]


def test_wildcards_stand_for_characters_where_git_takes_bytes(tmp_path: Path) -> None:
    write(tmp_path, "é.py", "ab.py")
    (tmp_path / ".gitignore").write_text("?.py\n", encoding="utf-8")
    assert found(tmp_path) == ["ab.py"]


def test_hostile_pattern_is_matched_in_bounded_time(tmp_path: Path) -> None:
    name = "a" * 200 + ".py"
    patterns = Patterns(["*a" * 60 + "*b.py"], tmp_path.as_posix())
    assert patterns.match(name, f"{tmp_path.as_posix()}/{name}") is None


TREE = [
    "a.py", "b.py", "ab.py", "a b.py", "!a.py", "#a.py", "[a].py", "a/a.py", "a/b.py", "a/b/a.py", "a/b/c/b.py",
    "b/a.py", "b/a/b.py", "c/a/b/a.py",
]  # fmt: skip

# Without ``a**``: gitignore(5) says that it is ``a*``, git takes it for ``a`` and then ``**``.
LINES = st.lists(
    st.sampled_from(["a", "b", "c", "*", "**", "?", "/", "!", "#", "\\", "[ab]", "[!a]", "[]a]", "[a-", "[[:alpha:]]",
                     ".py", " ", "a/**", "**/b", "/a"]),
    max_size=6,
).map("".join).filter(lambda line: not re.search(r"[^/*!]\*\*", line))  # fmt: skip


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    write(root, *TREE)
    git(root, "init", "-q")
    return root


def git(root: Path, *arguments: str) -> bytes:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(["git", *arguments], cwd=root, env=environment, check=True, capture_output=True).stdout


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outer=st.lists(LINES, max_size=4), inner=st.lists(LINES, max_size=3))
@example(outer=["*", "!*/", "!*.py"], inner=[])
@example(outer=["a/*", "!a/b"], inner=["b/", "!b/c/"])
@example(outer=["\\#a.py", "\\!a.py", "a b.py ", "b.py\\ "], inner=["**"])
@example(outer=["[b/]", "[a-/[[:alpha:]]"], inner=[])
@example(outer=["[!a]*", "a/**/b.py", "**/b/"], inner=["/b", "!/**"])
def test_the_walk_agrees_with_git(repository: Path, outer: list[str], inner: list[str]) -> None:
    (repository / ".gitignore").write_text("\n".join(outer), encoding="utf-8")
    (repository / "a/.gitignore").write_text("\n".join(inner), encoding="utf-8")
    shown = git(repository, "ls-files", "--others", "--exclude-standard", "-z", "*.py").decode().split("\0")
    assert sorted(found(repository)) == sorted(set(shown) - {""})
