"""A server process spoken to in bytes, for what no well-behaved client would send."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from autogen_lsp.server import wire


class Process:
    """``python -m autogen_lsp serve``; every byte of its stdout must belong to a frame."""

    def __init__(self, cwd: Path, *arguments: str, command: list[str] | None = None) -> None:
        self.process = subprocess.Popen(
            command or [sys.executable, "-m", "autogen_lsp", "serve", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
        )

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: Any) -> None:
        self.write(wire.frame(wire.encode({"jsonrpc": "2.0", **message})))

    def receive(self) -> Any:
        """The next message; fails on any byte that is not protocol."""
        out = self.process.stdout
        assert out is not None
        header = out.readline()
        assert header.startswith(b"Content-Length: "), header
        assert out.readline() == b"\r\n"
        return wire.decode(out.read(int(header.split(b":")[1])))

    def answer(self, number: int | None) -> Any:
        """The answer to a request, skipping what else the server says."""
        while True:
            message = self.receive()
            if "method" not in message and message.get("id") == number:
                return message

    def initialize(self, root: Path, **capabilities: Any) -> Any:
        self.send(
            {
                "id": 0,
                "method": "initialize",
                "params": {"processId": None, "rootUri": root.as_uri(), "capabilities": capabilities},
            }
        )
        answer = self.answer(0)
        self.send({"method": "initialized", "params": {}})
        return answer["result"]

    def leave(self) -> tuple[int, str]:
        """`shutdown` and `exit`; the exit status and what was on stderr."""
        self.send({"id": "bye", "method": "shutdown"})
        while self.receive().get("id") != "bye":
            pass
        self.send({"method": "exit"})
        assert self.process.stdout is not None
        assert self.process.stdout.read() == b""
        assert self.process.stderr is not None
        return self.process.wait(60), self.process.stderr.read().decode()
