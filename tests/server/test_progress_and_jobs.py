"""Progress ends exactly once whatever happens, and jobs can be cancelled in each way that LSP has."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from autogen_lsp.backends.base import Report
from autogen_lsp.errors import InvalidReply
from autogen_lsp.server import wire
from autogen_lsp.server.capabilities import Client
from autogen_lsp.server.jobs import Jobs
from autogen_lsp.server.peer import Peer
from autogen_lsp.server.wire import Json


class Client_:
    """A client that agrees to every token at once, or never (``answers`` False)."""

    def __init__(self, *, progress: bool = True, answers: bool = True) -> None:
        self.sent: list[Json] = []
        self.begun = asyncio.Event()
        self._answers = answers
        self._framing = wire.Framing()
        self.peer = Peer(self._receive)
        self.peer.state = "running"
        self.jobs = Jobs(SimpleNamespace(peer=self.peer, client=Client(progress=progress)))  # type: ignore[arg-type]

    def _receive(self, data: bytes) -> None:
        for message in map(wire.decode, self._framing.feed(data)):
            self.sent.append(message)
            if message["method"] == "window/workDoneProgress/create" and self._answers:
                self.peer.receive(wire.encode(wire.result(message["id"], None)))
            if "begin" in self.kinds():
                self.begun.set()

    def kinds(self) -> list[str]:
        return [m["params"]["value"]["kind"] for m in self.sent if m["method"] == "$/progress"]

    def tokens(self) -> set[Any]:
        return {m["params"]["token"] for m in self.sent if m["method"] == "$/progress"}


async def work(report: Report) -> Json:
    for stage in ("one", "two"):
        report(stage, 0.5)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    return {"status": "applied", "summary": "done"}


async def for_ever(report: Report) -> Json:
    report("waiting", None)
    await asyncio.Event().wait()
    return {}


async def test_a_job_begins_reports_and_ends_once_under_a_token_of_its_own() -> None:
    client = Client_()
    assert (await client.jobs.run("Generating", work))["status"] == "applied"
    await client.jobs.run("Generating", work)
    kinds = client.kinds()
    assert kinds.count("begin") == kinds.count("end") == 2
    assert kinds[0] == "begin"
    assert kinds[-1] == "end"
    assert len(client.tokens()) == 2


async def test_the_clients_own_token_is_used_without_asking() -> None:
    client = Client_()
    await client.jobs.run("Generating", work, "mine")
    assert client.tokens() == {"mine"}
    assert "window/workDoneProgress/create" not in {m["method"] for m in client.sent}


async def test_a_client_without_progress_is_told_nothing() -> None:
    client = Client_(progress=False)
    await client.jobs.run("Generating", work)
    assert client.sent == []


@pytest.mark.parametrize("way", ["token", "all"])
async def test_a_job_cancelled_by_the_user_is_answered_as_cancelled(way: str) -> None:
    client = Client_()
    running = asyncio.ensure_future(client.jobs.run("Generating", for_ever))
    await client.begun.wait()
    assert client.jobs.cancel("another token") is False
    if way == "token":
        assert client.jobs.cancel(next(iter(client.tokens())))
    else:
        assert client.jobs.cancel_all() == 1
    assert await running == {"status": "cancelled"}
    assert client.kinds().count("end") == 1
    assert len(client.jobs) == 0


async def test_a_cancelled_request_cancels_its_job() -> None:
    client = Client_()
    running = asyncio.ensure_future(client.jobs.run("Generating", for_ever))
    await client.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert client.kinds().count("end") == 1
    assert len(client.jobs) == 0


async def test_a_failure_is_shown_and_ends_the_progress() -> None:
    async def fail(report: Report) -> Json:
        raise InvalidReply("the reply does not parse")

    client = Client_()
    result = await client.jobs.run("Generating", fail)
    assert result == {"status": "failed", "error": "InvalidReply", "message": "the reply does not parse"}
    shown = [m["params"]["message"] for m in client.sent if m["method"] == "window/showMessage"]
    assert shown == ["autogen-lsp: the reply does not parse"]
    assert client.kinds().count("end") == 1


async def test_a_job_does_not_wait_for_a_client_that_never_agrees_to_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autogen_lsp.server.progress._PATIENCE", 0.01)
    client = Client_(answers=False)
    assert (await client.jobs.run("Generating", work))["status"] == "applied"
    assert client.kinds() == []
