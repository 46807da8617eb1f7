"""Folders of state and cache: chosen, made for the user alone, and tried before they are relied on."""

from __future__ import annotations

import stat
from pathlib import Path

from autogen_lsp.config import Settings
from autogen_lsp.storage.paths import cache_dir, prepare, state_dir, workspace_key


def test_setting_wins_over_the_platforms_cache_folder(tmp_path: Path) -> None:
    assert cache_dir(Settings(cache_dir=str(tmp_path / "c"))) == tmp_path / "c"
    assert cache_dir(Settings()).name == "autogen-lsp"


def test_environment_moves_the_state_folder(tmp_path: Path) -> None:
    assert state_dir({"AUTOGEN_STATE_DIR": str(tmp_path / "s")}) == tmp_path / "s"
    assert "autogen-lsp" in state_dir({}).parts


def test_home_is_expanded() -> None:
    assert cache_dir(Settings(cache_dir="~/replies")) == Path.home() / "replies"


def test_folder_is_made_for_its_user_only(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    assert prepare(folder, purpose="the cache", setting="cache.dir") is None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == []


def test_folder_below_a_file_is_a_problem_that_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    problem = prepare(tmp_path / "file" / "cache", purpose="the cache", setting="cache.dir")
    assert problem is not None
    assert problem.key == "cache.dir"
    assert "in memory only: the cache" in problem.message


def test_read_only_folder_is_a_problem(locked: Path) -> None:
    assert prepare(locked, purpose="the cache", setting="cache.dir") is not None


def test_workspace_key_is_that_of_the_resolved_root(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert workspace_key(tmp_path / "link") == workspace_key(tmp_path / "real")
    assert workspace_key(tmp_path / "real") != workspace_key(tmp_path)
