"""Looks at whole documents give way to what a user waits for."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from lsprotocol import types

from autogen_lsp import services
from autogen_lsp.analysis import undefined
from autogen_lsp.analysis.project import Outdated
from autogen_lsp.config import Settings
from autogen_lsp.server import indexing, looks
from autogen_lsp.server.indexing import Indexing
from autogen_lsp.server.requests.code_action import code_action
from autogen_lsp.text import Span
from autogen_lsp.workspace.document import Document
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source


@pytest.fixture
def session(tmp_path: Path) -> Any:
    path = tmp_path / "m.py"
    snapshot = Snapshot((tmp_path,), {path: Source(path, b"missing()\n", 1)}, Settings())
    built = services.build(Settings(), (tmp_path,))
    made = SimpleNamespace(services=built, built_services=built, snapshot=lambda: snapshot, path=path)
    made.indexing = Indexing(cast("Any", made))
    return cast("Any", made)


async def test_actions_of_foreign_kinds_are_not_looked_for(session: Any) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("it was looked for")

    document = Document("file:///m.py", session.path, 1, "missing()\n")
    session.overlay = SimpleNamespace(get=lambda uri: document)
    session.looks = SimpleNamespace(near=refuse, once=refuse)
    whole = types.Range(types.Position(0, 0), types.Position(1, 0))
    context = types.CodeActionContext([], only=["source.organizeImports", "source.fixAll"])
    params = types.CodeActionParams(types.TextDocumentIdentifier("file:///m.py"), whole, context)
    assert await code_action(session, params) == []


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


async def test_whole_looks_wait_for_a_build_that_has_much_to_read_and_end_when_one_begins(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.peer, session.client = SimpleNamespace(), SimpleNamespace(progress=False)
    document = Document("file:///m.py", session.path, 1, "missing()\n")
    session.overlay = SimpleNamespace(get=lambda _uri: document)
    seen = looks.Looks(session)
    session.look_again = seen.outdate
    index = await session.services.index_made()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def build(*_args: object) -> None:
        begun.set()
        await go_on.wait()

    monkeypatch.setattr(index, "build", build)
    index._set_pending(set("abc"))
    building = asyncio.ensure_future(session.indexing._build())
    await asyncio.wait_for(begun.wait(), 20)
    assert (await seen.whole(document)) is not None  # three files are soon read
    seen.outdate()
    monkeypatch.setattr(indexing, "_FEW", 2)
    with pytest.raises(Outdated):
        seen._find(session.snapshot(), session.path, 1)
    waiting = asyncio.ensure_future(seen.whole(document))
    done, _ = await asyncio.wait([waiting], timeout=0.3)
    assert not done
    assert await asyncio.wait_for(seen.ready(), 20) is not None  # code lenses and actions do not wait
    go_on.set()
    await building
    assert await asyncio.wait_for(waiting, 20) is None  # it was of the time before the build
    look = await seen.whole(document)
    assert look is not None and [each.name for each in look.findings] == ["missing"]
    await session.services.aclose()
