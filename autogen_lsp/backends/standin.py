"""A stand-in of the services that backends talk to: Codegen's agent runs and OpenAI's chat completions, on loopback.

    python -m autogen_lsp.backends.standin --port 8321 [--reply FILE]

prints the settings to try it with. Written to Codegen's published OpenAPI; every fault that a service can show is
scriptable, and every request is kept, so tests see both sides of a call over real HTTP. It listens on 127.0.0.1 only,
runs nothing that it is sent, and by default answers with the prompt's own skeleton and a plausible body.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import select
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

_RUN = re.compile(r"^/v1/organizations/(\d+)/agent/run(?:/(\d+))?$")
_FENCE = re.compile(r"^(`{3,}|~{3,})[ \t]*(?:python|py)?[ \t]*\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Fault:
    """How one request is answered instead of rightly. Times in seconds.

    ``hang`` answers nothing until the client hangs up; ``cut`` announces the whole body and sends that share of it;
    ``after`` says that a create request does start its run (and bill it) before it goes wrong.
    """

    status: int = 200
    body: str | None = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    hang: bool = False
    drop: bool = False
    cut: float | None = None
    after: bool = False


@dataclass(frozen=True)
class Recorded:
    """A request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class _Run:
    prompt: str
    statuses: list[str]


class StandIn:
    """The server, in threads of its own. A context manager; ``url`` is its address.

    ``reply`` makes the answer from the prompt. ``statuses`` are those that a run goes through, the first in the answer
    to its creation. ``creates``, ``polls`` and ``chats`` hold the faults of the next requests of each kind, None for a
    right answer. ``token`` and ``org_id``, where given, are the only ones let in.
    """

    def __init__(
        self,
        reply: Callable[[str], str] | None = None,
        *,
        port: int = 0,
        statuses: Sequence[str] = ("PENDING", "ACTIVE", "COMPLETE"),
        token: str | None = None,
        org_id: int | None = None,
    ) -> None:
        self.reply = reply or plausible
        self.statuses = tuple(statuses)
        self.token = token
        self.org_id = org_id
        self.creates: deque[Fault | None] = deque()
        self.polls: deque[Fault | None] = deque()
        self.chats: deque[Fault | None] = deque()
        self.requests: list[Recorded] = []
        self._runs: dict[int, _Run] = {}
        self._open = 0
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"standin": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="standin", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def runs(self) -> int:
        """How many runs were started, and so billed."""
        return len(self._runs)

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def wait_for_requests(self, count: int, timeout: float = 10.0) -> bool:
        """Whether ``count`` requests have arrived within ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.requests) >= count, timeout)

    def wait_until_idle(self, timeout: float) -> bool:
        """Whether every connection has been closed by the client within ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, timeout)

    def _connection(self, change: int) -> None:
        with self._changed:
            self._open += change
            self._changed.notify_all()

    def _record(self, request: Recorded) -> None:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()

    def _start(self, prompt: str) -> int:
        with self._changed:
            number = len(self._runs) + 1
            self._runs[number] = _Run(prompt, list(self.statuses))
            return number

    def _answer(self, org_id: int, number: int) -> dict[str, Any]:
        """A run as the API shows it; each look moves it on to its next status."""
        with self._changed:
            run = self._runs[number]
            status = run.statuses.pop(0) if len(run.statuses) > 1 else run.statuses[0]
        done = status.casefold().startswith("complete")
        return {
            "id": number,
            "organization_id": org_id,
            "status": status,
            "created_at": "2026-01-01T00:00:00Z",
            "web_url": f"{self.url}/agent/trace/{number}",
            "result": self.reply(run.prompt) if done else None,
            "summary": None,
            "source_type": "API",
            "github_pull_requests": [],
            "metadata": None,
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    standin: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else 40 ms a request

    def setup(self) -> None:
        super().setup()
        self.standin._connection(+1)

    def finish(self) -> None:
        super().finish()
        self.standin._connection(-1)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the requests are kept."""

    def do_POST(self) -> None:
        body = self._body()
        if self.path.endswith("/chat/completions"):
            self._serve(body, self.standin.chats, self._chat)
        elif (found := _RUN.match(self.path)) and not found.group(2):
            self._serve(body, self.standin.creates, lambda data: self._create(int(found.group(1)), data))
        else:
            self._serve(body, deque(), lambda data: (404, {"detail": "Not Found"}))

    def do_GET(self) -> None:
        found = _RUN.match(self.path)
        if found and found.group(2):
            self._serve(b"", self.standin.polls, lambda data: self._poll(int(found.group(1)), int(found.group(2))))
        else:
            self._serve(b"", deque(), lambda data: (404, {"detail": "Not Found"}))

    def _serve(
        self, body: bytes, faults: deque[Fault | None], answer: Callable[[Any], tuple[int, dict[str, Any]]]
    ) -> None:
        try:
            data = json.loads(body) if body else None
        except ValueError:
            data = None
        self.standin._record(Recorded(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, data))
        fault = faults.popleft() if faults else None
        if fault is None:
            status, reply = answer(data)
            self._send(status, json.dumps(reply), "application/json", {})
            return
        wrong = fault.hang or fault.drop or fault.status != 200 or fault.body is not None
        reply = {} if wrong and not fault.after else answer(data)[1]
        if fault.hang or fault.delay:
            self._wait(None if fault.hang else fault.delay)
        if fault.hang or fault.drop:
            self.close_connection = True
            return
        text = fault.body if fault.body is not None else json.dumps(reply)
        self._send(fault.status, text, fault.content_type, fault.headers, fault.cut)

    def _send(
        self, status: int, text: str, content_type: str, headers: dict[str, str], cut: float | None = None
    ) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if cut is None:
            self.wfile.write(body)
        else:
            self.wfile.write(body[: int(len(body) * cut)])
            self.close_connection = True

    def _wait(self, seconds: float | None) -> None:
        """Until the time is over (None: never), the client hangs up, or the server stops."""
        left = seconds
        while (left is None or left > 0) and not self.standin._stopping.is_set():
            step = 0.02 if left is None else min(left, 0.02)
            if select.select([self.connection], [], [], step)[0] and not self.connection.recv(1, socket.MSG_PEEK):
                return
            left = None if left is None else left - step

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _refusal(self, org_id: int | None) -> tuple[int, dict[str, Any]] | None:
        standin = self.standin
        if standin.token is not None and self.headers.get("Authorization") != f"Bearer {standin.token}":
            return 401, {"detail": "Invalid authentication credentials"}
        if org_id is not None and standin.org_id is not None and org_id != standin.org_id:
            return 403, {"message": "You do not have access to this organization.", "status_code": 403}
        return None

    def _create(self, org_id: int, data: Any) -> tuple[int, dict[str, Any]]:
        if refusal := self._refusal(org_id):
            return refusal
        prompt = data.get("prompt") if isinstance(data, dict) else None
        if not isinstance(prompt, str):
            problem = {"loc": ["body", "prompt"], "msg": "Field required", "type": "missing"}
            return 422, {"detail": [problem]}
        return 200, self.standin._answer(org_id, self.standin._start(prompt))

    def _poll(self, org_id: int, number: int) -> tuple[int, dict[str, Any]]:
        if refusal := self._refusal(org_id):
            return refusal
        if number not in self.standin._runs:
            return 404, {"message": "Agent run not found.", "status_code": 404}
        return 200, self.standin._answer(org_id, number)

    def _chat(self, data: Any) -> tuple[int, dict[str, Any]]:
        if refusal := self._refusal(None):
            return refusal
        try:
            prompt = data["messages"][-1]["content"]
        except (KeyError, IndexError, TypeError):
            return 400, {"error": {"message": "messages is required", "type": "invalid_request_error"}}
        text = self.standin.reply(prompt)
        usage = {
            "prompt_tokens": len(prompt) // 4,
            "completion_tokens": len(text) // 4,
            "prompt_tokens_details": {"cached_tokens": 0},
        }
        message = {"role": "assistant", "content": text}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        return 200, {
            "id": f"chatcmpl-{len(self.standin.requests)}",
            "object": "chat.completion",
            "model": data.get("model", ""),
            "choices": choices,
            "usage": usage,
        }


def plausible(prompt: str) -> str:
    """Prose and a fence: the prompt's last fenced definition, its body returning a value of the annotated type."""
    for block in reversed([match.group(2) for match in _FENCE.finditer(prompt)]):
        try:
            tree = ast.parse(block)
        except (SyntaxError, ValueError, RecursionError):
            continue
        if any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in tree.body):
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    _fill(node)
            code = ast.unparse(ast.fix_missing_locations(tree))
            return f"Here is the implementation.\n\n```python\n{code}\n```\n\nIt follows the call sites.\n"
    return "There is no definition in the prompt that I could complete.\n"


_VALUES = {
    "int": "0", "float": "0.0", "str": "''", "bytes": "b''", "bool": "False", "list": "[]", "List": "[]",
    "Sequence": "[]", "Iterable": "[]", "dict": "{}", "Dict": "{}", "Mapping": "{}", "set": "set()", "tuple": "()",
}  # fmt: skip


def _fill(function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    docstring = function.body[:1] if ast.get_docstring(function) is not None else []
    if any(not _is_placeholder(statement) for statement in function.body[len(docstring) :]):
        return
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    names = [argument.arg for argument in arguments if argument.arg not in ("self", "cls")]
    annotation = ast.unparse(function.returns).strip("'\"") if function.returns else ""
    value = _VALUES.get(re.split(r"\W", annotation.rpartition(".")[2])[0] if annotation else "", "None")
    if not annotation and names:
        value = names[0]
    function.body = [*docstring, *ast.parse(f"result = {value}\nreturn result").body]


def _is_placeholder(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return statement.value.value is Ellipsis
    return isinstance(statement, ast.Pass) or "NotImplementedError" in ast.unparse(statement)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m autogen_lsp.backends.standin", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; by default a free one")
    parser.add_argument("--reply", type=Path, help="file with the answer to every prompt")
    options = parser.parse_args(arguments)
    reply = None
    if options.reply is not None:
        try:
            text = options.reply.read_text(encoding="utf-8")
        except OSError as error:
            parser.error(f"cannot read {options.reply}: {error.strerror}")
        reply = lambda prompt: text  # noqa: E731
    with StandIn(reply, port=options.port) as standin:
        sys.stdout.write(
            f"CODEGEN_API_BASE_URL={standin.url} CODEGEN_API_TOKEN=any CODEGEN_ORG_ID=1\n"
            f"OPENAI_BASE_URL={standin.url}/v1\n"
        )
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
