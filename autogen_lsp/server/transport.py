"""Moves bytes between a client and a session: the process's own streams, a socket, a named pipe.

Each transport is a coroutine that serves one client until it leaves or says `exit`, and returns the exit status.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any, cast

from autogen_lsp.errors import UsageError
from autogen_lsp.server.wire import Framing

log = logging.getLogger(__name__)

_CHUNK = 1 << 16
_TURN = 0.001  # seconds after which a thread that analyses lets the event loop have the interpreter; Python's is 0.005
# Seconds that a session may take to close, that the process may outlive it (everything is closed; threads that import
# or analyse may be cut off, and editors wait for the end), and a client that hung up on a session too busy to notice.
_GRACE = 3.0
_SHORT_GRACE = 0.2
_LONG_GRACE = 10.0


def run(transport: Coroutine[Any, Any, int]) -> int:
    """Run a transport to its end. Threads that a backend's library left hanging do not keep the process alive."""
    sys.setswitchinterval(_TURN)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # pygls logs whole messages, settings with keys among them; what goes wrong is logged by the guard.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)

    async def to_the_end() -> int:
        status = await transport
        _end_in(_SHORT_GRACE, status)
        return status

    return asyncio.run(to_the_end())


def _end_in(seconds: float, status: int) -> None:
    """End the process after that time, whatever its threads and its event loop are doing."""
    watchdog = threading.Timer(seconds, os._exit, [status])
    watchdog.daemon = True
    watchdog.start()


async def stdio(source: int, sink: int) -> int:
    """File descriptors to read and to write. A thread reads: pipes cannot be awaited on every system."""
    loop = asyncio.get_running_loop()
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (source, sink):  # no translation of line ends
            msvcrt.setmode(descriptor, os.O_BINARY)

    def write(data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(sink, view) :]

    client = _Client(write)

    def read() -> None:
        while True:
            try:
                data = os.read(source, _CHUNK)
            except OSError:
                data = b""
            with contextlib.suppress(RuntimeError):  # the loop has ended
                if data:
                    loop.call_soon_threadsafe(client.feed, data)
                else:
                    loop.call_soon_threadsafe(client.left)
            if not data:
                _end_in(_LONG_GRACE, 1)
                return

    threading.Thread(target=read, name="stdin", daemon=True).start()
    return await client.served()


async def tcp(host: str, port: int) -> int:
    """One client on a TCP port. Port 0 takes any free one."""
    loop = asyncio.get_running_loop()
    connected: asyncio.Future[_Stream] = loop.create_future()

    def accept() -> asyncio.Protocol:
        return _Stream(connected)

    try:
        server = await loop.create_server(accept, host, port)
    except OSError as error:
        raise UsageError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    address = server.sockets[0].getsockname()
    sys.stderr.write(f"autogen-lsp: listening on {address[0]}:{address[1]}\n")
    sys.stderr.flush()
    stream = await connected
    server.close()
    return await stream.client.served()


async def pipe(path: str) -> int:
    """A Unix socket, or on Windows a named pipe, that the client listens on."""
    loop = asyncio.get_running_loop()
    connected: asyncio.Future[_Stream] = loop.create_future()
    try:
        if sys.platform == "win32":
            proactor = cast("asyncio.ProactorEventLoop", loop)
            await proactor.create_pipe_connection(lambda: _Stream(connected), path)
        else:
            await loop.create_unix_connection(lambda: _Stream(connected), path)
    except OSError as error:
        raise UsageError(f"cannot connect to {path}: {error.strerror or error}") from error
    return await (await connected).client.served()


class _Stream(asyncio.Protocol):
    """A socket's side of a client. A second client on the same port is turned away."""

    client: _Client

    def __init__(self, connected: asyncio.Future[_Stream]) -> None:
        self._connected = connected

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        writer = cast("asyncio.WriteTransport", transport)
        if self._connected.done():
            writer.close()
            return
        self.client = _Client(writer.write)
        self._connected.set_result(self)

    def data_received(self, data: bytes) -> None:
        if hasattr(self, "client"):
            self.client.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if hasattr(self, "client"):
            self.client.left()


class _Client:
    """One client's bytes in and out of its session."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        from autogen_lsp.server.connection import connect

        self._framing = Framing()
        self._status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._raw_write = write
        self._session = connect(self._write, self._stop)

    async def served(self) -> int:
        """Wait for the end, then close the session in order."""
        loop = asyncio.get_running_loop()

        def terminate(_number: int, _frame: object) -> None:
            loop.call_soon_threadsafe(self._stop, 1)
            _end_in(_LONG_GRACE, 1)

        # Not the loop's own handler, which waits for the loop.
        signal.signal(signal.SIGTERM, terminate)
        try:
            return await self._status
        finally:
            try:
                await asyncio.wait_for(self._session.close(), _GRACE)
            except TimeoutError:
                log.warning("something of the session did not end in time")

    def feed(self, data: bytes) -> None:
        for body in self._framing.feed(data):
            self._session.peer.receive(body)

    def left(self) -> None:
        """The client closed its end; without `exit` that is an abnormal end."""
        self._stop(1)

    def _write(self, data: bytes) -> None:
        try:
            self._raw_write(data)
        except OSError:
            self._stop(1)

    def _stop(self, status: int) -> None:
        if not self._status.done():
            self._status.set_result(status)
