"""Looks at whole documents give way to what a user waits for."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from autogen_lsp import services
from autogen_lsp.analysis import undefined
from autogen_lsp.config import Settings
from autogen_lsp.server import looks
from autogen_lsp.text import Span
from autogen_lsp.workspace.document import Document
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source


@pytest.fixture
def session(tmp_path: Path) -> Any:
    path = tmp_path / "m.py"
    snapshot = Snapshot((tmp_path,), {path: Source(path, b"missing()\n", 1)}, Settings())
    made = SimpleNamespace(services=services.build(Settings(), (tmp_path,)), snapshot=lambda: snapshot, path=path)
    return cast("Any", made)


@pytest.mark.parametrize("most", [30.0, 0.001])
def test_a_whole_look_rests_while_something_goes_first_but_not_for_ever(
    session: Any, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "_REST", most)
    seen = looks.Looks(session)
    found: list[str] = []

    def look() -> None:
        found.extend(each.name for each in seen._find(session.snapshot(), session.path, 0)[1])

    thread = threading.Thread(target=look)
    with seen.resting(), seen.resting():
        thread.start()
        thread.join(0.5 if most > 1 else 20)
        assert found == ([] if most > 1 else ["missing"])
    thread.join(20)
    assert found == ["missing"]


async def test_what_an_action_needs_is_made_ready_when_the_keys_rest(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "_SOON", 0)
    begun: asyncio.Future[asyncio.Task[None]] = asyncio.get_running_loop().create_future()
    session.spawn = lambda _what, work: begun.set_result(asyncio.ensure_future(work))
    made: list[Any] = []
    project = session.services.project
    session.services.project = lambda *args: made.append(project(*args)) or made[-1]
    document = Document("file:///m.py", session.path, 1, "missing()\n")
    seen = looks.Looks(session)
    seen.outdate()
    seen.quick(document)
    assert len(made) == 1  # a first look has nothing to go on from
    seen.outdate()
    seen.quick(document)
    await (await asyncio.wait_for(begun, 20))
    assert len(made) == 2
    near, found = await seen.near(document, Span(0, 7))
    assert near is made[1] and [each.name for each in found] == ["missing"]
    seen.close()


async def test_who_asks_the_same_again_is_answered_at_once_until_something_changes(session: Any) -> None:
    seen = looks.Looks(session)
    asked: list[int] = []

    async def answer() -> int:
        asked.append(len(asked))
        return asked[-1]

    assert [await seen.once("what", answer), await seen.once("what", answer)] == [0, 0]
    assert await seen.once("else", answer) == 1
    seen.outdate()
    assert await seen.once("else", answer) == 2


async def test_what_changes_while_an_answer_is_made_makes_it_an_old_one(session: Any) -> None:
    seen = looks.Looks(session)

    async def answer() -> str:
        seen.outdate()
        return "old"

    async def again() -> str:
        return "new"

    assert [await seen.once("what", answer), await seen.once("what", again)] == ["old", "new"]


async def test_an_action_goes_by_what_the_quick_look_before_it_was_told_of_a_name(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.spawn = lambda _what, work: work.close()
    session.services.index.rescan()
    given: list[str] = []

    def gives(_project: object, _path: object, _table: object, use: Any) -> bool:
        given.append(use.name)
        return False

    monkeypatch.setattr(undefined, "_GIVERS", (gives,))
    document = Document("file:///m.py", session.path, 1, "missing()\n")
    seen = looks.Looks(session)
    await seen.near(document, Span(0, 7))
    seen.outdate()
    assert [each.name for each in seen.quick(document)] == ["missing"]
    asked = len(given)
    _, found = await seen.near(document, Span(0, 7))
    assert [each.name for each in found] == ["missing"] and len(given) == asked
    seen.close()
