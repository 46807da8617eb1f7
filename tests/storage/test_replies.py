"""The reply cache: memory before disk, data only, and no request that fails because of it."""

from __future__ import annotations

import pickle
import sqlite3
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from autogen_lsp.config import Settings
from autogen_lsp.storage.replies import FOLDER, Reply, ReplyCache, open_replies
from tests.storage.conftest import Warnings

NOW = 1_800_000_000.0
REPLY = Reply("def f(): return 1", "codegen", "m", 1, 2, 3, 0.5, True, "7", "https://example.invalid/7", NOW)


def opened(folder: Path, warnings: Warnings, *, entries: int = 4, days: float = 1.0, now: float = NOW) -> ReplyCache:
    return ReplyCache(folder, entries, days, warnings, lambda: now)


def test_reply_survives_a_restart_unchanged(tmp_path: Path, warnings: Warnings) -> None:
    opened(tmp_path, warnings).put("r", REPLY)
    cache = opened(tmp_path, warnings)
    assert cache.get("r") == REPLY
    assert cache.get("other") is None
    assert (cache.hits, cache.misses) == (1, 1)


def test_memory_answers_before_disk_and_forgets_the_least_recent(tmp_path: Path, warnings: Warnings) -> None:
    cache = opened(tmp_path, warnings, entries=2)
    for name in "abc":
        cache.put(name, REPLY)
    assert cache.stats()["memory"] == {"entries": 2, "limit": 2}
    assert cache.stats()["disk"]["entries"] == 3
    assert cache.get("a") == REPLY  # from disk
    memory_only = ReplyCache(None, 2, 1.0, warnings, lambda: NOW)
    for name in "abc":
        memory_only.put(name, REPLY)
    assert memory_only.get("a") is None


def test_no_entries_in_memory_is_allowed(tmp_path: Path, warnings: Warnings) -> None:
    cache = opened(tmp_path, warnings, entries=0)
    cache.put("r", REPLY)
    assert cache.get("r") == REPLY


def test_old_replies_are_not_valid_any_more(tmp_path: Path, warnings: Warnings) -> None:
    cache = opened(tmp_path, warnings)
    cache.put("r", REPLY)
    assert opened(tmp_path, warnings, now=NOW + 86_399).get("r") == REPLY
    assert opened(tmp_path, warnings, now=NOW + 86_400).get("r") is None
    cache._clock = lambda: NOW + 86_400
    assert cache.get("r") is None


def test_clear_counts_each_reply_once(tmp_path: Path, warnings: Warnings) -> None:
    cache = opened(tmp_path, warnings)
    cache.put("a", REPLY)
    cache.put("b", REPLY)
    assert cache.clear() == 2
    assert cache.get("a") is None
    assert cache.clear() == 0


def test_clear_by_age_keeps_newer_replies(tmp_path: Path, warnings: Warnings) -> None:
    cache = opened(tmp_path, warnings, days=1000)
    old = Reply("old", "codegen", created=NOW - 40 * 86_400)
    cache.put("old", old)
    cache.put("new", REPLY)
    assert cache.clear(timedelta(days=30)) == 1
    assert cache.get("old") is None
    assert cache.get("new") == REPLY


def test_dropped_reply_is_gone_from_both_tiers(tmp_path: Path, warnings: Warnings) -> None:
    cache = opened(tmp_path, warnings)
    cache.put("r", REPLY)
    cache.drop("r")
    assert cache.get("r") is None
    assert opened(tmp_path, warnings).get("r") is None


def test_read_only_folder_leaves_the_memory_tier(locked: Path, warnings: Warnings) -> None:
    cache = open_replies(Settings(cache_dir=str(locked)), warnings, clock=lambda: NOW)
    cache.put("r", REPLY)
    assert cache.get("r") == REPLY
    assert cache.stats()["folder"] is None
    assert len(warnings.problems) == 1
    assert "memory only" in warnings.text


def test_folder_taken_away_under_way_leaves_the_memory_tier(tmp_path: Path, warnings: Warnings) -> None:
    (tmp_path / "file").write_text("")
    cache = ReplyCache(tmp_path / "file" / "replies", 4, 1.0, warnings, lambda: NOW)
    cache.put("r", REPLY)
    assert cache.get("r") == REPLY
    assert "memory only" in warnings.text


@pytest.mark.parametrize("content", [b"garbage" * 1000, b"SQLite format 3\0" + b"\xff" * 4080])
def test_damaged_cache_is_begun_anew(content: bytes, tmp_path: Path, warnings: Warnings) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / "cache.db").write_bytes(content)
    cache = opened(folder, warnings)
    cache.put("r", REPLY)
    assert opened(folder, warnings).get("r") == REPLY
    assert "begun anew" in warnings.text


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("import builtins; builtins.exploded = True",))


@pytest.mark.parametrize("column", ["value", "key"])
def test_pickle_in_a_shared_folder_is_never_loaded(column: str, tmp_path: Path, warnings: Warnings) -> None:
    import builtins

    cache = opened(tmp_path, warnings)
    cache.put("r", REPLY)
    cache.close()
    bomb = pickle.dumps(_Bomb())
    with sqlite3.connect(tmp_path / "cache.db") as planted:
        if column == "value":
            planted.execute("UPDATE Cache SET mode = 4, value = ?", (bomb,))
        else:
            planted.execute("UPDATE Cache SET raw = 0, key = ?", (bomb,))
    cache = opened(tmp_path, warnings)
    assert cache.get("r") is None
    cache.clear()
    assert not hasattr(builtins, "exploded")


@pytest.mark.parametrize("value", [[], {"text": 1}, {"text": "x"}, "text", None, 3, {"text": "x", "backend": None}])
def test_entry_of_another_shape_is_a_miss(value: object, tmp_path: Path, warnings: Warnings) -> None:
    import diskcache

    diskcache.Cache(str(tmp_path), disk=diskcache.JSONDisk).set("r", value)
    assert opened(tmp_path, warnings).get("r") is None


def test_cache_is_used_from_several_threads(tmp_path: Path, warnings: Warnings) -> None:
    cache = opened(tmp_path, warnings, entries=0)
    threads = [threading.Thread(target=cache.put, args=(str(n), REPLY)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [cache.get(str(n)) for n in range(8)] == [REPLY] * 8


def test_processes_share_the_folder(tmp_path: Path, warnings: Warnings) -> None:
    script = (
        "import sys; from pathlib import Path; from autogen_lsp.storage.replies import Reply, ReplyCache\n"
        f"cache = ReplyCache(Path(sys.argv[1]), 4, 1.0, lambda problem: sys.exit(problem.message), lambda: {NOW})\n"
        f"for n in range(20): cache.put(sys.argv[2] + str(n), Reply('x', 'codegen', created={NOW}))\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name]) for name in "ab"]
    assert [process.wait(60) for process in running] == [0, 0]
    assert opened(tmp_path, warnings).stats()["disk"]["entries"] == 40
