"""Starts the server on stdin and stdout, on a TCP port or on a pipe, and returns the process's exit status.

Before anything else the real stdout is put aside and file descriptor 1 points at stderr, so nothing that a library, a
child process or a stray ``print`` writes can reach the client.
"""

from __future__ import annotations

import os
import sys


def stdio() -> int:
    """Serve the client that started this process."""
    out = reserve_stdout()

    from autogen_lsp.server import transport

    return transport.run(transport.stdio(0, out))


def tcp(host: str, port: int) -> int:
    """Listen on an address and serve the first client that connects; its address is told on stderr."""
    reserve_stdout()

    from autogen_lsp.server import transport

    return transport.run(transport.tcp(host, port))


def pipe(path: str) -> int:
    """Connect to the client's Unix socket or named pipe and serve it."""
    reserve_stdout()

    from autogen_lsp.server import transport

    return transport.run(transport.pipe(path))


def reserve_stdout() -> int:
    """The file descriptor of the real stdout; 1 and `sys.stdout` are stderr from now on, for children too."""
    sys.stdout.flush()
    out = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return out
