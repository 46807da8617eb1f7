"""The project index as the server makes it: beside the event loop, and as of the newest settings."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from autogen_lsp import services
from autogen_lsp.config import Settings
from autogen_lsp.index.client import Index
from autogen_lsp.services import Services


async def test_the_index_is_made_on_another_thread_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    new = Services._new_index

    def watched(given: Services) -> Index:
        threads.append(threading.get_ident())
        return new(given)

    monkeypatch.setattr(Services, "_new_index", watched)
    built = services.build(Settings(cache_dir=str(tmp_path / "cache")), [tmp_path])
    index = await built.index_made()
    assert await built.index_made() is index is built.index
    assert len(threads) == 1
    assert threads != [threading.get_ident()]
    await built.aclose()


async def test_settings_that_change_while_it_is_made_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (Settings(cache_dir=str(tmp_path / name)) for name in ("old", "new"))
    built = services.build(old, [tmp_path])
    made: list[Index] = []
    make = Services._new_index

    def overtaken(given: Services) -> Index:
        made.append(make(given))
        given.configure(replace(new), given.roots)
        return made[-1]

    monkeypatch.setattr(Services, "_new_index", overtaken)
    index = await built.index_made()
    assert len(made) == 2
    assert index is made[1] is built.index
    assert (tmp_path / "new" / "index").is_dir()
    await built.aclose()
