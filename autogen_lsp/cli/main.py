"""Arguments into one command and its exit status.

0 done, 1 findings or failed generations, 2 wrong use or configuration. Only the module of the command that was asked
for is imported. Every error becomes one line on stderr; a defect too, with its traceback in a log file that the line
names (on stderr where ``AUTOGEN_DEBUG`` is set).
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from autogen_lsp import __version__
from autogen_lsp.errors import AutogenError, MissingExtra, NotAuthorised, UsageError

DONE, FOUND, WRONG = 0, 1, 2
INTERRUPTED = 130  # as shells report a program that SIGINT ended


@dataclass(frozen=True, slots=True)
class Command:
    """A row of the table; the module `autogen_lsp.cli.<name>` has ``add_arguments(parser)`` and ``run(args, console)``.

    ``protocol`` commands speak a protocol on stdout and look after it themselves.
    """

    help: str
    protocol: bool = False


COMMANDS = {
    "serve": Command("run the language server", protocol=True),
    "demo": Command("see the whole job on a small real project, offline, in a scratch folder"),
    "check": Command("list calls, imports and attributes that do not exist yet, and stubs"),
    "prompt": Command("show what would be sent for one of them, without sending it"),
    "generate": Command("write one of them"),
    "batch": Command("write all of them"),
    "usage": Command("what was generated, and what it cost"),
    "cache": Command("look at or clear the cache of replies"),
    "doctor": Command("health of every part, and what to do about it"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (default: the process's) and return its exit status. Never raises but for ``--help``."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        parsed = build_parser(arguments).parse_args(arguments)
        run = importlib.import_module(f"autogen_lsp.cli.{parsed.command}").run
        if COMMANDS[parsed.command].protocol:
            return int(run(parsed))
        from autogen_lsp.cli.console import reserved_stdout

        with reserved_stdout() as console:
            return int(run(parsed, console))
    except AutogenError as error:
        complain(str(error))
        return WRONG if isinstance(error, (UsageError, MissingExtra, NotAuthorised)) else FOUND
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return FOUND  # the reader of our output went away (`| head`); that is its right
    except Exception as error:
        # The one guard of the command line's edge: a defect of ours must not end as a page of traceback.
        return _report_defect(error)


def build_parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser, with the arguments of only those commands whose name occurs in the command line."""
    parser = _Parser(prog="autogen-lsp", description="A language server that writes missing Python code.")
    parser.add_argument("--version", action="version", version=f"autogen-lsp {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.help, description=command.help[0].upper() + command.help[1:] + ".")
        if name in arguments:
            importlib.import_module(f"autogen_lsp.cli.{name}").add_arguments(sub)
    return parser


def complain(message: str) -> None:
    """One line for the user. Line ends inside the message are folded: what it quotes may hold any."""
    line = " ".join(message.split())
    if sys.stderr is not None:  # closed by whoever started us
        sys.stderr.write(f"autogen-lsp: {line}\n")


class _Parser(argparse.ArgumentParser):
    """argparse prints its usage before each error; one line and a pointer to ``--help`` is kinder."""

    def error(self, message: str) -> NoReturn:
        complain(f"{message} (see {self.prog} --help)")
        raise SystemExit(WRONG)


def _report_defect(error: Exception) -> int:
    import tempfile
    import traceback

    if os.environ.get("AUTOGEN_DEBUG"):
        traceback.print_exception(error)
        return WRONG
    with tempfile.NamedTemporaryFile(
        "w", prefix="autogen-lsp-", suffix=".log", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as log:
        traceback.print_exception(error, file=log)
    complain(f"a defect in autogen-lsp: {type(error).__name__}: {error}; the traceback is in {log.name}")
    return WRONG
