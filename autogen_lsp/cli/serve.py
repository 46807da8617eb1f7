"""``autogen-lsp serve``: the language server over stdio (default), TCP or a pipe."""

from __future__ import annotations

import argparse

from autogen_lsp.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--stdio", action="store_true", help="speak over stdin and stdout (the default)")
    how.add_argument("--tcp", metavar="HOST:PORT", help="listen for one client on this address")
    how.add_argument("--pipe", metavar="PATH", help="connect to the socket (or named pipe) that the client made")


def run(arguments: argparse.Namespace) -> int:
    from autogen_lsp.server import start

    if arguments.tcp is not None:
        return start.tcp(*_address(arguments.tcp))
    if arguments.pipe is not None:
        return start.pipe(arguments.pipe)
    return start.stdio()


def _address(given: str) -> tuple[str, int]:
    host, colon, port = given.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--tcp {given}: write it as HOST:PORT, for instance 127.0.0.1:2087")
    return host.strip("[]") or "127.0.0.1", int(port)
