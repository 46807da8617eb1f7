"""``autogen-lsp cache``: how many replies are kept, and clearing them."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta

from autogen_lsp.cli.console import Console
from autogen_lsp.cli.settings import add_settings, settings_of
from autogen_lsp.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("stats", "clear"), metavar="stats|clear")
    parser.add_argument("--older-than", metavar="AGE", help="clear: only replies older than this (30d, 12h)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_settings(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    from autogen_lsp.storage.replies import open_replies

    settings = settings_of(arguments)
    if arguments.older_than is not None and arguments.action != "clear":
        raise UsageError("--older-than belongs to `cache clear`")
    age = None if arguments.older_than is None else length_of_time(arguments.older_than)
    replies = open_replies(settings, lambda problem: console.note(problem.message))
    try:
        if arguments.action == "clear":
            removed = replies.clear(age)
            if arguments.format == "json":
                console.json({"version": 1, "removed": removed})
            else:
                console.line(f"{removed} {'reply' if removed == 1 else 'replies'} removed")
            return 0
        stats = replies.stats()
    finally:
        replies.close()
    if arguments.format == "json":
        console.json({"version": 1, **stats})
    else:
        console.line(f"folder   {stats['folder'] or 'none: memory only'}")
        console.line(f"replies  {stats['disk']['entries']} ({stats['disk']['bytes'] / 1024:.0f} kB)")
    return 0


def length_of_time(given: str) -> timedelta:
    """``90m``, ``12h``, ``30d`` or ``2w``. Raises `UsageError` for anything else."""
    if found := re.fullmatch(r"(\d{1,6})([smhdw])", given.strip()):
        return timedelta(seconds=int(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[found[2]])
    raise UsageError(f"{given!r} is no length of time: write a number and a unit, for instance 12h or 30d")
