"""A peer answers bad messages as JSON-RPC says, and goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from autogen_lsp.errors import UsageError
from autogen_lsp.server import wire
from autogen_lsp.server.peer import Peer, RequestError
from autogen_lsp.server.wire import Json


class Ends:
    """A peer and everything that it sent."""

    def __init__(self) -> None:
        self.sent: list[Json] = []
        framing = wire.Framing()
        self.peer = Peer(lambda data: self.sent.extend(map(wire.decode, framing.feed(data))))
        self.peer.state = "running"

    def receive(self, message: Any) -> list[Json]:
        """Hand one message over; what is sent because of it."""
        before = len(self.sent)
        self.peer.receive(message if isinstance(message, bytes) else wire.encode(message))
        return self.sent[before:]


@pytest.fixture
def ends() -> Ends:
    return Ends()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", wire.PARSE_ERROR),
        (b"[]", wire.INVALID_REQUEST),
        (b"3", wire.INVALID_REQUEST),
        (b'{"id":1,"method":"m"}', wire.INVALID_REQUEST),  # no jsonrpc
        (b'{"jsonrpc":"2.0","id":1}', wire.INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":1,"method":5}', wire.INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":1,"method":"no/such"}', wire.METHOD_NOT_FOUND),
    ],
)
def test_a_bad_message_is_answered_with_its_error(ends: Ends, body: bytes, code: int) -> None:
    (answer,) = ends.receive(body)
    assert answer["error"]["code"] == code


def test_the_next_message_is_handled_as_if_nothing_had_been(ends: Ends) -> None:
    ends.peer.routes["add"] = lambda params: sum(params)
    ends.receive(b"\xff")
    assert ends.receive(wire.request(7, "add", [1, 2])) == [wire.result(7, 3)]


async def test_nothing_is_said_after_shutdown_but_answers(ends: Ends) -> None:
    ends.peer.state = "shut"
    ends.peer.notify("textDocument/publishDiagnostics", {})
    with pytest.raises(RequestError):
        await ends.peer.request("workspace/configuration", {})
    assert ends.sent == []
    (answer,) = ends.receive(wire.request(1, "any", None))
    assert answer["error"]["code"] == wire.INVALID_REQUEST


async def test_a_handler_may_answer_later(ends: Ends) -> None:
    async def add(params: list[int]) -> int:
        await asyncio.sleep(0)
        return sum(params)

    async def fail(params: Any) -> None:
        raise RequestError(wire.REQUEST_FAILED, "not today")

    ends.peer.routes |= {"add": add, "fail": fail}
    assert ends.receive(wire.request(1, "add", [1, 2])) == []
    assert ends.receive(wire.request("two", "fail", None)) == []
    await asyncio.sleep(0.01)
    assert sorted(ends.sent, key=str) == sorted(
        [wire.result(1, 3), wire.error("two", wire.REQUEST_FAILED, "not today")], key=str
    )
    assert not ends.peer.cancel(1)


@pytest.mark.parametrize("steps", [0, 1, 2])
async def test_a_late_answer_can_be_cancelled_at_any_time(ends: Ends, steps: int) -> None:
    async def forever(params: Any) -> None:
        await asyncio.Event().wait()

    ends.peer.routes["forever"] = forever
    ends.receive(wire.request(1, "forever", None))
    for _ in range(steps):
        await asyncio.sleep(0)
    assert ends.peer.cancel(1)
    await asyncio.sleep(0.01)
    assert ends.sent == [wire.error(1, wire.REQUEST_CANCELLED, "cancelled")]


def test_params_of_the_wrong_shape_are_invalid_params(ends: Ends) -> None:
    ends.peer.routes["open"] = lambda params: params["textDocument"]["uri"]
    for params in (None, {}, {"textDocument": 3}, []):
        (answer,) = ends.receive(wire.request(1, "open", params))
        assert answer["error"]["code"] == wire.INVALID_PARAMS
    assert ends.receive(wire.notification("open", {})) == []


def test_an_error_for_the_user_is_the_answer_in_its_own_words(ends: Ends) -> None:
    def fail(params: Any) -> None:
        raise UsageError("no such backend: x")

    ends.peer.routes["run"] = fail
    (answer,) = ends.receive(wire.request(1, "run", None))
    assert answer["error"] == {"code": wire.REQUEST_FAILED, "message": "no such backend: x"}


def test_a_defect_is_told_once_and_answered_each_time(ends: Ends) -> None:
    def fail(params: Any) -> None:
        raise RuntimeError("boom")

    ends.peer.routes["run"] = fail
    told, answer = ends.receive(wire.request(1, "run", None))
    assert told["method"] == "window/showMessage"
    assert answer["error"]["code"] == wire.INTERNAL_ERROR
    assert [message["id"] for message in ends.receive(wire.request(2, "run", None))] == [2]


def test_requests_are_refused_before_initialize_and_after_shutdown(ends: Ends) -> None:
    ends.peer.routes["m"] = lambda params: 1
    ends.peer.state = "new"
    assert ends.receive(wire.request(1, "m", None))[0]["error"]["code"] == wire.SERVER_NOT_INITIALIZED
    assert ends.receive(wire.notification("m", None)) == []
    ends.peer.state = "shut"
    assert ends.receive(wire.request(1, "m", None))[0]["error"]["code"] == wire.INVALID_REQUEST


async def test_answers_reach_the_request_that_waits_for_them(ends: Ends) -> None:
    first = asyncio.ensure_future(ends.peer.request("a", None))
    second = asyncio.ensure_future(ends.peer.request("b", None))
    await asyncio.sleep(0)
    one, two = (message["id"] for message in ends.sent)
    ends.receive(wire.result(two, "B"))
    ends.receive(wire.result("unknown", "?"))
    ends.receive(wire.error(one, -32601, "no such method"))
    assert await second == "B"
    with pytest.raises(RequestError, match="no such method"):
        await first
