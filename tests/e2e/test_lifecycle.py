"""Start, settings, roots and end, as editors do them and as nobody should."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from autogen_lsp.server import capabilities, commands, wire
from autogen_lsp.server.capabilities import Client
from tests.e2e.conftest import Start
from tests.e2e.raw import Process


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, "utf-16"),
        ([], "utf-16"),
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-32"], "utf-32"),
        (["ebcdic", "utf-16"], "utf-16"),
        ("nonsense", "utf-16"),
    ],
)
def test_the_position_encoding_is_the_clients_first_that_exists(offered: Any, chosen: str) -> None:
    client = capabilities.client_of({"general": {"positionEncodings": offered}})
    assert capabilities.offered(client)["positionEncoding"] == chosen


def test_what_is_offered_is_what_lsp_defines_and_what_is_registered() -> None:
    from autogen_lsp.server import app

    offer = capabilities.offered(Client(pull_diagnostics=True, text_documents=True))
    typed = get_converter().structure(offer, types.ServerCapabilities)
    assert get_converter().unstructure(typed) == offer
    assert set(app.REQUESTS) == {
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.TEXT_DOCUMENT_COMPLETION,
        types.TEXT_DOCUMENT_HOVER,
        types.TEXT_DOCUMENT_CODE_LENS,
        types.WORKSPACE_TEXT_DOCUMENT_CONTENT,
    }
    assert tuple(commands.TABLE) == capabilities.COMMANDS == tuple(offer["executeCommandProvider"]["commands"])


@pytest.mark.parametrize("odd", [None, {}, [], {"general": 3}, {"workspace": {"workspaceEdit": None}}])
def test_odd_capabilities_count_as_none(odd: Any) -> None:
    assert capabilities.client_of(odd) == Client()


def test_initialize_is_answered_before_lsprotocol_is_loaded(tmp_path: Path) -> None:
    script = (
        "import sys, threading\n"
        "from autogen_lsp.server import peer\n"
        "send = peer.Peer.send\n"
        "def spy(self, message):\n"
        "    heavy = {'lsprotocol', 'pygls', 'graph_sitter', 'codegen', 'openai', 'jinja2', 'sqlite3', 'tree_sitter'}\n"
        "    sys.stderr.write(f'{sorted(heavy & set(sys.modules))}\\n')\n"
        "    send(self, message)\n"
        "peer.Peer.send = spy\n"
        "from autogen_lsp.server import start\n"
        "sys.exit(start.stdio())\n"
    )
    with Process(tmp_path, command=[sys.executable, "-c", script]) as server:
        server.initialize(tmp_path)
        assert server.process.stderr is not None
        assert server.process.stderr.readline() == b"[]\n"


def test_nothing_but_protocol_comes_out_of_stdout_whoever_prints(tmp_path: Path) -> None:
    script = (
        "import os, subprocess, sys\n"
        "from autogen_lsp.server import start, lifecycle\n"
        "before = lifecycle.Lifecycle._initialized\n"
        "def noisy(self, params):\n"
        "    print('print')\n"
        "    os.write(1, b'fd 1')\n"
        "    sys.__stdout__.write('original')\n"
        "    sys.__stdout__.flush()\n"
        "    subprocess.run([sys.executable, '-c', \"print('child')\"])\n"
        "    before(self, params)\n"
        "lifecycle.Lifecycle._initialized = noisy\n"
        "sys.exit(start.stdio())\n"
    )
    with Process(tmp_path, command=[sys.executable, "-c", script]) as server:
        server.initialize(tmp_path)
        status, errors = server.leave()
    assert status == 0
    assert all(noise in errors for noise in ("print", "fd 1", "original", "child"))


def test_threads_that_are_at_work_still_do_not_keep_the_process_alive(tmp_path: Path) -> None:
    script = (
        "import sys, threading, time\n"
        "threading.Thread(target=time.sleep, args=[600]).start()\n"
        "from autogen_lsp.server import start\n"
        "sys.exit(start.stdio())\n"
    )
    with Process(tmp_path, command=[sys.executable, "-c", script]) as server:
        server.initialize(tmp_path)
        assert server.leave() == (0, "")


def test_requests_before_initialize_and_after_shutdown_are_refused(tmp_path: Path) -> None:
    with Process(tmp_path) as server:
        server.send({"id": 1, "method": "textDocument/hover", "params": {}})
        assert server.receive()["error"]["code"] == wire.SERVER_NOT_INITIALIZED
        server.initialize(tmp_path)
        server.send({"id": 2, "method": "initialize", "params": {"capabilities": {}}})
        assert server.answer(2)["error"]["code"] == wire.INVALID_REQUEST
        server.send({"id": 3, "method": "shutdown"})
        assert server.answer(3)["result"] is None
        server.send({"id": 4, "method": "textDocument/hover", "params": {}})
        assert server.answer(4)["error"]["code"] == wire.INVALID_REQUEST
        server.send({"method": "exit"})
        assert server.process.wait(60) == 0


@pytest.mark.parametrize("way", ["exit", "hang up"])
def test_leaving_without_shutdown_is_an_abnormal_end(tmp_path: Path, way: str) -> None:
    with Process(tmp_path) as server:
        server.initialize(tmp_path)
        if way == "exit":
            server.send({"method": "exit"})
        else:
            assert server.process.stdin is not None
            server.process.stdin.close()
        assert server.process.wait(60) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a process can handle")
def test_sigterm_ends_the_server(tmp_path: Path) -> None:
    with Process(tmp_path) as server:
        server.initialize(tmp_path)
        server.process.terminate()
        assert server.process.wait(60) == 1


MALFORMED = [
    wire.frame(b"{"),
    wire.frame(b"\xff\xfe\x00"),
    wire.frame(b"[1, 2]"),
    wire.frame(b'{"jsonrpc": "1.0", "id": 1, "method": "x"}'),
    wire.frame(b'{"jsonrpc": "2.0", "id": 1, "method": "no/such/method"}'),
    wire.frame(b'{"jsonrpc": "2.0", "id": 1, "method": "textDocument/hover"}'),
    wire.frame(b'{"jsonrpc": "2.0", "id": 1, "method": "textDocument/hover", "params": {"textDocument": 3}}'),
    wire.frame(b'{"jsonrpc": "2.0", "id": 1, "method": "textDocument/codeAction", "params": []}'),
    wire.frame(b'{"jsonrpc": "2.0", "id": 1, "method": "workspace/executeCommand", "params": {"command": "rm"}}'),
    wire.frame(b'{"jsonrpc": "2.0", "id": 1, "method": "autogen/usage", "params": 7}'),
    wire.frame(b'{"jsonrpc": "2.0", "id": 1, "method": "autogen/prompt", "params": {"position": "here"}}'),
    wire.frame(b'{"jsonrpc": "2.0", "id": 1, "method": "textDocument/diagnostic", "params": {}}'),
]
NO_BODY = [b"garbage\r\n\r\n", b"Content-Length: nonsense\r\n\r\n"]
SILENT = [
    wire.frame(b'{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument": {}}}'),
    wire.frame(b'{"jsonrpc": "2.0", "method": "textDocument/didOpen"}'),
    wire.frame(b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 99}}'),
    wire.frame(b'{"jsonrpc": "2.0", "method": "window/workDoneProgress/cancel", "params": {"token": "x"}}'),
    wire.frame(b'{"jsonrpc": "2.0", "method": "no/such/notification", "params": {}}'),
    wire.frame(b'{"jsonrpc": "2.0", "id": "unknown", "result": 1}'),
]


def test_malformed_messages_are_answered_with_errors_and_the_server_goes_on(tmp_path: Path) -> None:
    with Process(tmp_path) as server:
        server.initialize(tmp_path)
        for message in (*NO_BODY, *MALFORMED):
            server.write(message)
            if message in NO_BODY:
                continue
            answer = server.receive()
            while "method" in answer:
                answer = server.receive()
            assert answer["error"]["code"] < 0
        for message in SILENT:
            server.write(message)
        server.send(
            {
                "id": 5,
                "method": "textDocument/hover",
                "params": {
                    "textDocument": {"uri": (tmp_path / "a.py").as_uri()},
                    "position": {"line": 0, "character": 0},
                },
            }
        )
        assert server.answer(5)["result"] is None
        status, errors = server.leave()
        assert status == 0
        assert "defect" not in errors


def test_a_wrong_setting_is_named_once_and_its_default_used(tmp_path: Path) -> None:
    with Process(tmp_path) as server:
        server.send(
            {
                "id": 0,
                "method": "initialize",
                "params": {
                    "capabilities": {},
                    "rootUri": tmp_path.as_uri(),
                    "initializationOptions": {"concurrency": "many", "codegen": {"token": 5}},
                },
            }
        )
        server.answer(0)
        server.send({"method": "initialized", "params": {}})
        shown = [server.receive(), server.receive()]
        assert {message["method"] for message in shown} == {"window/showMessage"}
        text = " ".join(message["params"]["message"] for message in shown)
        assert "autogen.concurrency 'many'" in text
        assert "autogen.codegen.token" in text
        server.send({"method": "workspace/didChangeConfiguration", "params": {"settings": {"autogen": {}}}})
        server.send({"id": 1, "method": "shutdown"})
        assert server.receive()["id"] == 1  # nothing was told again
        server.send({"method": "exit"})


async def test_settings_come_from_the_client_and_follow_its_changes(editor_for: Start) -> None:
    editor = await editor_for({}, settings={"backend": "skeleton"})
    health = await editor.request("autogen/health")
    assert health["version"] == 1
    assert {part["name"] for part in health["parts"]} >= {"python", "backend"}


def test_a_unix_socket_can_carry_the_protocol(tmp_path: Path) -> None:
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("no Unix sockets here")
    # Socket paths are short by law (108 bytes); pytest's folders are not.
    path = os.path.relpath(tmp_path / "s")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    with subprocess.Popen([sys.executable, "-m", "autogen_lsp", "serve", "--pipe", path]) as process:
        connection, _ = listener.accept()
        _converse(connection, tmp_path)
        assert process.wait(60) == 0
    listener.close()


def test_a_tcp_port_can_carry_the_protocol(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "autogen_lsp", "serve", "--tcp", "127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        port = int(process.stderr.readline().rpartition(":")[2])
        _converse(socket.create_connection(("127.0.0.1", port)), tmp_path)
        assert process.wait(60) == 0


def _converse(connection: socket.socket, root: Path) -> None:
    with connection, connection.makefile("rwb") as stream:
        framing = wire.Framing()

        def exchange(message: Any, last: int) -> Any:
            stream.write(wire.frame(wire.encode({"jsonrpc": "2.0", **message})))
            stream.flush()
            while True:
                for body in framing.feed(connection.recv(65536)):
                    answer = wire.decode(body)
                    if answer.get("id") == last:
                        return answer

        params = {"capabilities": {}, "rootUri": root.as_uri()}
        assert "result" in exchange({"id": 1, "method": "initialize", "params": params}, 1)
        assert exchange({"id": 2, "method": "shutdown"}, 2)["result"] is None
        stream.write(wire.frame(b'{"jsonrpc":"2.0","method":"exit"}'))
        stream.flush()


@pytest.mark.parametrize("arguments", [["--tcp", "nowhere"], ["--tcp", "256.1.1.1:1"], ["--pipe", "/no/such/socket"]])
def test_a_transport_that_cannot_be_had_is_one_line_and_status_two(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autogen_lsp", "serve", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
