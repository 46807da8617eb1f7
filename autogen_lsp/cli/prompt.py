"""``autogen-lsp prompt``: what would be sent to a backend, item by item with reasons, without sending it."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path

from autogen_lsp.cli.console import Console
from autogen_lsp.cli.place import workspace_roots
from autogen_lsp.cli.select import add_selection, file_of, select
from autogen_lsp.cli.session import session, snapshot_of
from autogen_lsp.cli.settings import add_settings, settings_of
from autogen_lsp.cli.without import add_without, check_without
from autogen_lsp.config import Settings
from autogen_lsp.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_selection(parser)
    parser.add_argument("--budget", type=int, metavar="TOKENS", help="size of the context (context.budgetTokens)")
    add_without(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_settings(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    settings = settings_of(arguments)
    if arguments.budget is not None:
        if arguments.budget < 1:
            raise UsageError(f"--budget {arguments.budget}: must be 1 or more")
        settings = replace(settings, context_budget_tokens=arguments.budget)
    path = file_of(arguments)
    return asyncio.run(_prompt(arguments, settings, path, console))


async def _prompt(arguments: argparse.Namespace, settings: Settings, path: Path, console: Console) -> int:
    from autogen_lsp.features.prompt import preview

    async with session(settings, workspace_roots([path]), console, index=True) as services:
        snapshot = snapshot_of(services)
        target = select(services.project(snapshot), path, arguments)
        shown = await preview(services, snapshot, target, frozenset(arguments.without))
        check_without(arguments.without, shown)
    if arguments.format == "json":
        console.json(shown)
        return 0
    console.line(shown["prompt"])
    console.note(f"{shown['tokens']} tokens; context of {len(shown['items'])} items within {shown['budget']} tokens:")
    for item in shown["items"]:
        place = item["path"] + (f" {item['symbol']}" if item["symbol"] else "")
        console.note(f"  {item['tokens']:>5}  {place}: {item['reason']}  [{item['id']}]")
    for redaction in shown["redactions"]:
        console.note(f"  masked in {redaction['path']}: {redaction['count']} x {redaction['kind']}")
    return 0
