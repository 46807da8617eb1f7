"""``autogen-lsp doctor``: the health report as text or JSON. Exit status 1 where something is broken."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from autogen_lsp.cli.console import Console
from autogen_lsp.cli.place import workspace_roots


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--full-lock", action="store_true",
        help="only print the path of the requirements that add graph-sitter and codegen: pip install --no-deps -r PATH",
    )  # fmt: skip


def run(arguments: argparse.Namespace, console: Console) -> int:
    from autogen_lsp.config import load
    from autogen_lsp.doctor import FULL_SET, health

    if arguments.full_lock:
        console.line(str(FULL_SET))
        return 0
    settings, problems = load(environ=os.environ)  # wrong settings are part of the report, not the end of it
    report = health(settings, workspace_roots([Path.cwd()]), problems)
    if arguments.format == "json":
        console.json(report)
    else:
        for part in report["parts"]:
            mark = console.paint("ok  ", "green") if part["ok"] else console.paint("BAD ", "red", "bold")
            console.line(f"{mark} {part['name']:<13} {part['detail']}")
            if part["fix"]:
                console.line(f"     {'':<13} {console.paint('-> ' + part['fix'], 'dim')}")
        console.line()
        console.line("everything works" if report["ok"] else "something needs attention: see the lines marked BAD")
    return 0 if report["ok"] else 1
