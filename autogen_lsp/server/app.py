"""The pygls server: typed requests of the client, dispatched to `requests` and `commands`.

Only this module and those below `requests` import pygls and lsprotocol. It takes the messages that `connection` does
not handle itself and has no transport, no documents and no `initialize` of its own: the session has them.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from autogen_lsp import __version__
from autogen_lsp.errors import AutogenError
from autogen_lsp.server import commands, wire
from autogen_lsp.server.peer import RequestError
from autogen_lsp.server.requests import custom
from autogen_lsp.server.requests.code_action import code_action
from autogen_lsp.server.requests.code_lens import code_lens
from autogen_lsp.server.requests.completion import completion
from autogen_lsp.server.requests.content import content
from autogen_lsp.server.requests.hover import hover
from autogen_lsp.server.session import Session
from autogen_lsp.server.wire import Json

log = logging.getLogger(__name__)

# method → (handler, its answer where it failed)
REQUESTS: dict[str, tuple[Callable[[Session, Any], Any], Any]] = {
    types.TEXT_DOCUMENT_CODE_ACTION: (code_action, []),
    types.TEXT_DOCUMENT_COMPLETION: (completion, None),
    types.TEXT_DOCUMENT_HOVER: (hover, None),
    types.TEXT_DOCUMENT_CODE_LENS: (code_lens, []),
    types.WORKSPACE_TEXT_DOCUMENT_CONTENT: (content, None),
}


class Server(LanguageServer):
    """A pygls server without a transport: messages come by `dispatch` and go out on the session's connection."""

    protocol: Protocol

    def __init__(self, session: Session) -> None:
        self.session = session
        super().__init__("autogen-lsp", __version__, protocol_cls=Protocol)


def build_server(session: Session) -> Server:
    """A server for one session, with every handler registered."""
    server = Server(session)
    for method, (handler, fallback) in REQUESTS.items():
        server.feature(method)(_guarded(session, method, handler, fallback))
    for method, request in custom.TABLE.items():
        server.feature(method)(_answered(session, method, request))
    for method in (*REQUESTS, types.WORKSPACE_EXECUTE_COMMAND):
        server.protocol.learn(method)
    return server


@attrs.define
class _Custom:
    """A message whose method LSP does not know: its params stay plain JSON."""

    method: str
    jsonrpc: str
    id: int | str | None = None
    params: Any = None


class Protocol(LanguageServerProtocol):
    """pygls's dispatch and cancellation, on the session's connection."""

    _server: Server

    @property
    def owner(self) -> Session:
        return self._server.session

    def dispatch(self, message: Json) -> None:
        """Handle one decoded message. Params that do not fit their type are answered with an error."""
        try:
            typed = self.structure_message(message)
        except JsonRpcException as error:
            log.warning("params of %s do not fit", message["method"])
            if "id" in message:
                self.owner.peer.send(wire.error(message["id"], wire.INVALID_PARAMS, f"{message['method']}: {error}"))
            return
        self.handle_message(typed)

    def get_message_type(self, method: str) -> Any:  # type: ignore[override]  # pygls wraps its own in lru_cache
        known = types.METHOD_TO_TYPES.get(method)
        return _Custom if known is None else known[0]

    def learn(self, method: str) -> None:
        """Make what reads the method's messages now; the first of them would have to wait for it."""
        self._converter.get_structure_hook(self.get_message_type(method))

    def _send_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        """Handlers answer in plain JSON: to convert a first answer takes longer than to find what is in it."""
        if error is not None:
            super()._send_response(msg_id, error=error)
        else:
            self.owner.peer.send(wire.result(msg_id, result))

    def _send_data(self, data: Any) -> None:
        self.owner.peer.send(self._converter.unstructure(data))

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]  # a coroutine, unlike pygls's, can be cancelled
        self, params: types.ExecuteCommandParams
    ) -> Any:
        run = _answered(self.owner, params.command, _execute)
        return await run(params)

    @lsp_method(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def lsp_work_done_progress_cancel(self, params: types.WorkDoneProgressCancelParams) -> None:
        self.owner.jobs.cancel(params.token)


async def _execute(session: Session, params: types.ExecuteCommandParams) -> Any:
    arguments = None if params.arguments is None else list(params.arguments)
    return await commands.execute(session, params.command, arguments, params.work_done_token)


def _guarded(session: Session, method: str, handler: Callable[[Session, Any], Any], fallback: Any) -> Any:
    """A handler that answers ``fallback`` where it fails: nothing beats an error at every move of the mouse."""

    def run(params: Any) -> Any:
        try:
            return handler(session, params)
        except Exception as error:
            session.peer.guard.report(method, error)
            return fallback

    async def run_async(params: Any) -> Any:
        try:
            return await handler(session, params)
        except Exception as error:
            session.peer.guard.report(method, error)
            return fallback

    return run_async if inspect.iscoroutinefunction(handler) else run


def _answered(session: Session, name: str, handler: Callable[[Session, Any], Awaitable[Any]]) -> Any:
    """A handler whose failure is the answer, in one line."""

    async def run(params: Any) -> Any:
        try:
            await session.configured.wait()
            return await handler(session, params)
        except asyncio.CancelledError:
            raise
        except RequestError as error:
            raise JsonRpcException(str(error), error.code) from error
        except AutogenError as error:
            raise JsonRpcException(str(error), wire.REQUEST_FAILED) from error
        except Exception as error:
            raise JsonRpcException(session.peer.guard.report(name, error), wire.INTERNAL_ERROR) from error

    return run
