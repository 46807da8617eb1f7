"""The shared tier: a real Redis where there is one, and no harm where there is none."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from autogen_lsp.storage.replies import Reply, ReplyCache
from autogen_lsp.storage.shared import Shared
from tests.storage.conftest import Warnings

NOW = 1_800_000_000.0
REPLY = Reply("def f(): return 1", "codegen", created=NOW)

needs_client = pytest.mark.skipif(
    importlib.util.find_spec("redis") is None, reason="the redis package is not installed"
)


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    socket = tmp_path / "redis.sock"
    options = [
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--save",
        "",
        "--dir",
        str(tmp_path),
        "--requirepass",
        "hush",
    ]
    server = subprocess.Popen([program, *options], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    for line in server.stdout:
        if "eady to accept connections" in line:
            break
    yield f"unix://:hush@{socket}"
    server.terminate()
    server.wait(10)
    server.stdout.close()


def cache(folder: Path | None, url: str, warnings: Warnings) -> ReplyCache:
    return ReplyCache(folder, 4, 1.0, warnings, lambda: NOW, Shared(url, warnings))


@needs_client
def test_reply_of_a_colleague_is_found_and_kept_on_disk(redis_url: str, tmp_path: Path, warnings: Warnings) -> None:
    cache(None, redis_url, warnings).put("r", REPLY)
    mine = cache(tmp_path / "mine", redis_url, warnings)
    assert mine.get("other") is None
    assert mine.get("r") == REPLY
    assert ReplyCache(tmp_path / "mine", 4, 1.0, warnings, lambda: NOW).get("r") == REPLY
    assert warnings.problems == []


@needs_client
def test_dropped_reply_is_gone_for_all(redis_url: str, warnings: Warnings) -> None:
    cache(None, redis_url, warnings).put("r", REPLY)
    cache(None, redis_url, warnings).drop("r")
    assert cache(None, redis_url, warnings).get("r") is None


@needs_client
@pytest.mark.parametrize("entry", [b"", b"\x80\x04.", b"{}", b"[1]", b'{"text": 1, "backend": "x"}', b"\xff"])
def test_entry_that_is_no_reply_is_a_miss(entry: bytes, redis_url: str, warnings: Warnings) -> None:
    Shared(redis_url, warnings).put("r", entry, 60)
    assert cache(None, redis_url, warnings).get("r") is None


@needs_client
def test_wrong_password_is_said_once_without_the_address(redis_url: str, warnings: Warnings) -> None:
    wrong = cache(None, redis_url.replace("hush", "s3cret"), warnings)
    wrong.put("r", REPLY)
    assert wrong.get("r") == REPLY
    assert wrong.get("other") is None
    assert len(warnings.problems) == 1
    assert "s3cret" not in warnings.text
    assert "s3cret" not in repr(Shared("redis://:s3cret@h", warnings))


@pytest.mark.parametrize("url", ["redis://:s3cret@127.0.0.1:1/0", "nonsense://s3cret", "s3cret"])
def test_server_that_is_not_there_leaves_the_other_tiers(url: str, tmp_path: Path, warnings: Warnings) -> None:
    alone = cache(tmp_path, url, warnings)
    alone.put("r", REPLY)
    assert alone.get("r") == REPLY
    assert len(warnings.problems) == 1
    assert "shared reply cache" in warnings.text
    assert "s3cret" not in warnings.text


def test_missing_package_names_the_command_that_adds_it(warnings: Warnings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "redis", None)
    assert cache(None, "redis://h", warnings).get("r") is None
    assert "pip install 'autogen-lsp[redis]'" in warnings.text
