"""A JSON-RPC peer on one connection: who handles which message, and which of our requests wait for an answer.

Handlers in `routes` take the params as plain JSON and return the result, or a coroutine that does; what no route takes
goes to `fallback`, the pygls server. Bad messages are answered as JSON-RPC 2.0 says (section 5.1) and never end the
connection. Event loop only.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from autogen_lsp.errors import AutogenError
from autogen_lsp.server import wire
from autogen_lsp.server.guard import Guard
from autogen_lsp.server.wire import Json

log = logging.getLogger(__name__)

Handler = Callable[[Any], Any]


class RequestError(Exception):
    """An error answer: of ours to a request, or of the client to one of ours."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Peer:
    """``write`` takes whole frames. Requests are refused before `initialize` and after `shutdown` (LSP 3.17)."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._answering: dict[int | str | None, asyncio.Task[None]] = {}  # the client's requests, by id
        self._numbers = itertools.count(1)
        self.guard = Guard(self.show)
        self.routes: dict[str, Handler] = {}
        self.fallback: Callable[[Json], None] | None = None
        self.state = "new"  # new | running | shut

    # Sending

    def send(self, message: Any) -> None:
        self._write(wire.frame(wire.encode(message)))

    def notify(self, method: str, params: Any) -> None:
        """Tell the client; nothing after `shutdown`, when it only waits for the answer."""
        if self.state != "shut":
            self.send(wire.notification(method, params))

    def show(self, kind: int, text: str) -> None:
        """A message that the user sees (`window/showMessage`); ``kind`` as in `guard`."""
        self.notify("window/showMessage", {"type": kind, "message": text})

    async def request(self, method: str, params: Any) -> Any:
        """Ask the client. Raises `RequestError` with the client's error, or after `shutdown`."""
        if self.state == "shut":
            raise RequestError(wire.REQUEST_CANCELLED, "the session has ended")
        number = f"autogen-{next(self._numbers)}"
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            self.send(wire.request(number, method, params))
            return await future
        finally:
            self._waiting.pop(number, None)

    # Receiving

    def receive(self, body: bytes) -> None:
        """Handle one message body. Raises nothing."""
        try:
            message = wire.decode(body)
        except ValueError as error:
            log.warning("not JSON: %s", error)
            self.send(wire.error(None, wire.PARSE_ERROR, f"not JSON: {error}"))
            return
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            self.send(wire.error(_id_of(message), wire.INVALID_REQUEST, "not a JSON-RPC 2.0 message"))
        elif isinstance(message.get("method"), str):
            self._dispatch(message, message["method"])
        elif "id" in message and ("result" in message or "error" in message):
            self._settle(message)
        else:
            self.send(wire.error(_id_of(message), wire.INVALID_REQUEST, "neither a request nor a response"))

    def _dispatch(self, message: Json, method: str) -> None:
        expects_answer = "id" in message
        refusal = self._refusal(method)
        if refusal is not None:
            if expects_answer:
                self.send(wire.error(_id_of(message), *refusal))
            return
        handler = self.routes.get(method)
        try:
            if handler is None:
                self._fall_back(message)
                return
            value = handler(message.get("params"))
            if expects_answer and isinstance(value, Coroutine):
                self._answer_later(message, value)
                return
            answer = wire.result(_id_of(message), value)
        except Exception as error:
            answer = self._failure(message, error)
        if expects_answer:
            self.send(answer)

    def _answer_later(self, message: Json, work: Coroutine[Any, Any, Any]) -> None:
        """Answer when the handler's coroutine has ended, or as soon as the client cancels the request."""
        number = _id_of(message)

        async def answer() -> None:
            try:
                self.send(wire.result(number, await work))
            except Exception as error:
                self.send(self._failure(message, error))

        def ended(task: asyncio.Task[None]) -> None:
            self._answering.pop(number, None)
            if task.cancelled():
                work.close()  # where it was cancelled before it began
                self.send(wire.error(number, wire.REQUEST_CANCELLED, "cancelled"))

        task = self._answering[number] = asyncio.get_running_loop().create_task(answer())
        task.add_done_callback(ended)

    def cancel(self, number: int | str | None) -> bool:
        """Cancel a request that is being answered here; False where there is none of that number."""
        task = self._answering.get(number)
        return task is not None and task.cancel()

    def close(self) -> None:
        """Stop what is still being answered."""
        for task in tuple(self._answering.values()):
            task.cancel()

    def _failure(self, message: Json, error: Exception) -> Json:
        """The answer for a handler that failed."""
        number, method = _id_of(message), message["method"]
        if isinstance(error, RequestError):
            return wire.error(number, error.code, str(error))
        if isinstance(error, (KeyError, TypeError, AttributeError, ValueError)):
            # Params of the wrong shape. A defect of ours may look the same, hence the traceback.
            log.warning("params of %s", method, exc_info=error)
            return wire.error(number, wire.INVALID_PARAMS, f"{method}: bad params ({error!r})")
        code = wire.REQUEST_FAILED if isinstance(error, AutogenError) else wire.INTERNAL_ERROR
        return wire.error(number, code, self.guard.report(method, error))

    def _refusal(self, method: str) -> tuple[int, str] | None:
        if method == "exit":
            return None
        if self.state == "new" and method != "initialize":
            return wire.SERVER_NOT_INITIALIZED, "initialize comes first"
        if self.state == "running" and method == "initialize":
            return wire.INVALID_REQUEST, "initialized already"
        if self.state == "shut":
            return wire.INVALID_REQUEST, "shut down already"
        return None

    def _fall_back(self, message: Json) -> None:
        if self.fallback is None:
            raise RequestError(wire.METHOD_NOT_FOUND, f"no such method: {message['method']}")
        self.fallback(message)

    def _settle(self, message: Json) -> None:
        future = self._waiting.pop(message["id"], None) if isinstance(message["id"], str) else None
        if future is None or future.done():
            return
        if message.get("error") is not None:
            error = message["error"] if isinstance(message["error"], dict) else {}
            code = error.get("code")
            future.set_exception(
                RequestError(code if isinstance(code, int) else wire.INTERNAL_ERROR, str(error.get("message", "")))
            )
        else:
            future.set_result(message.get("result"))


def _id_of(message: Any) -> int | str | None:
    number = message.get("id") if isinstance(message, dict) else None
    return number if isinstance(number, (int, str)) else None
