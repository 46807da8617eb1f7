"""One worker process as a blocking object: started, asked, ended. Used from one thread, ended from any.

It gets no credentials and starts in no folder of the user's. Whatever ends it, death, silence or memory, is one
exception, `Lost`, which names the file that was at work.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from autogen_lsp.codebase import wire
from autogen_lsp.codebase.model import Ask, Busy, Message, Ready, Told

TOO_LARGE = 77  # exit status of a worker that outgrew its memory limit

_BOOT = (
    "import importlib, json, sys; sys.path[:], module, roots, limit = json.loads(sys.argv[1]); "
    "importlib.import_module(module).main(roots, limit)"
)
_SECRET_WORDS = ("TOKEN", "SECRET", "PASSWORD", "KEY", "CREDENTIAL", "REDIS_URL")
_ENDING = 5.0  # seconds between the end of a process's output and its own
_STARTING = 60.0  # seconds that loading graph_sitter may take


class Lost(Exception):
    """The worker is gone. ``at``: the file that it worked on, '' for none; ``how`` it ended, for people."""

    def __init__(self, at: str, how: str, too_large: bool = False) -> None:
        super().__init__(how)
        self.at = at
        self.how = how
        self.too_large = too_large


class Unloadable(Exception):
    """graph_sitter is installed and cannot be loaded."""


class Worker:
    """``patience``: seconds of silence after which it counts as hung."""

    def __init__(self, roots: Sequence[str], memory_limit: int, patience: float, module: str) -> None:
        path = [entry or str(Path.cwd()) for entry in sys.path]
        self._patience = patience
        self._at = ""
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, json.dumps([path, module, list(roots), memory_limit])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=os.path.sep,
            env={name: value for name, value in os.environ.items() if not _is_secret(name)},
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def wait_until_ready(self) -> None:
        """Raises `Lost`, or `Unloadable` with the reason."""
        message = self._receive(max(_STARTING, self._patience))
        if isinstance(message, Ready) and message.problem:
            self.end()
            raise Unloadable(message.problem)

    def ask(self, ask: Ask) -> Told:
        """The answer. Raises `Lost`."""
        self._send(wire.frame(ask))
        while True:
            message = self._receive(self._patience)
            if isinstance(message, Told):
                return message
            if isinstance(message, Busy):
                self._at = message.path

    def end(self) -> None:
        """Kill and reap it. May be called again, and while `ask` waits, which then raises `Lost`."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """After `end`: give back the pipes. Only from the thread that asks."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        descriptor = self._process.stdin.fileno()
        os.set_blocking(descriptor, False)
        rest = memoryview(data)
        while rest:
            if not select.select([], [descriptor], [], self._patience)[1]:
                raise self._hung()
            try:
                rest = rest[os.write(descriptor, rest) :]
            except BlockingIOError:
                continue
            except OSError:
                raise self._dead() from None

    def _receive(self, patience: float) -> Message:
        size = wire.length(self._read(wire.HEADER, patience))
        return wire.decode_message(self._read(size, patience))

    def _read(self, size: int, patience: float) -> bytes:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        parts = bytearray()
        while len(parts) < size:
            if not select.select([descriptor], [], [], patience)[0]:
                raise self._hung()
            part = os.read(descriptor, min(size - len(parts), 1 << 20))
            if not part:
                raise self._dead()
            parts += part
        return bytes(parts)

    def _hung(self) -> Lost:
        self.end()
        return Lost(self._at, f"said nothing for {self._patience:g} s")

    def _dead(self) -> Lost:
        try:
            status = self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:  # it has only closed its pipe
            self._process.kill()
            status = self._process.wait()
        if status == TOO_LARGE:
            return Lost(self._at, "needed too much memory", too_large=True)
        return Lost(self._at, f"was ended by signal {-status}" if status < 0 else f"ended with status {status}")


def _is_secret(name: str) -> bool:
    return any(word in name.upper() for word in _SECRET_WORDS)
