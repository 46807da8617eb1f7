"""``autogen-lsp usage``: what was generated and what it cost, as text, JSON, CSV or an HTML page with charts."""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
from datetime import UTC, datetime
from typing import Any

from autogen_lsp.cli.cache import length_of_time
from autogen_lsp.cli.console import Console
from autogen_lsp.cli.place import workspace_roots
from autogen_lsp.cli.session import session
from autogen_lsp.cli.settings import add_settings, settings_of
from autogen_lsp.config import Settings
from autogen_lsp.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="WHEN", help="7d, 12h, or a date: 2026-01-31")
    parser.add_argument("--by", choices=("module", "backend", "day"), default="module")
    parser.add_argument(
        "--scope", choices=("workspace", "all"), default="all", help="this workspace's, or all (default)"
    )
    parser.add_argument("--format", choices=("text", "json", "csv", "html"), default="text")
    add_settings(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    settings = settings_of(arguments)
    since = None if arguments.since is None else moment(arguments.since, datetime.now(UTC))
    return asyncio.run(_usage(arguments, settings, since, console))


def moment(given: str, now: datetime) -> datetime:
    """A length of time before ``now``, or an ISO 8601 date or time (UTC where it names no zone)."""
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        pass
    else:
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        return now - length_of_time(given)
    except (UsageError, OverflowError):
        raise UsageError(f"--since {given}: write a length of time (7d, 12h) or a date (2026-01-31)") from None


def table(report: dict[str, Any]) -> str:
    """The groups as CSV, with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["key", "generations", "cost"])
    writer.writerows([group["key"], group["generations"], f"{group['cost']:.6f}"] for group in report["groups"])
    return out.getvalue()


def text_of(report: dict[str, Any]) -> list[str]:
    """The report as lines for people."""
    counts, cache, tokens, cost = (report[key] for key in ("generations", "cache", "tokens", "cost"))
    lines = [
        f"generations  {counts['total']} ({counts['succeeded']} succeeded, {counts['failed']} failed, "
        f"{counts['cancelled']} cancelled)",
        f"cache        {cache['hits']} hits, {cache['misses']} misses",
        f"tokens       {tokens['prompt']} prompt, {tokens['completion']} completion",
        f"cost         {dollars(cost['amount'])}{' (estimated)' if cost['estimated'] else ''}, "
        f"saved by the cache {dollars(cost['saved'])}",
    ]
    budget = report["budget"]
    if budget["limit"] is not None:
        lines.append(
            f"budget       {dollars(budget['spent'])} of {dollars(budget['limit'])} a {budget['period']}, "
            f"{dollars(budget['remaining'])} left"
        )
    if report["latency"]["p50"] is not None:
        lines.append(f"latency      {report['latency']['p50']:.1f} s median, {report['latency']['p95']:.1f} s p95")
    if report["groups"]:
        lines.append("")
        width = max(len(group["key"]) for group in report["groups"])
        lines += [f"{g['key']:<{width}}  {g['generations']:>5}  {dollars(g['cost'])}" for g in report["groups"]]
    return lines


def dollars(amount: float) -> str:
    return f"${amount:.4f}" if 0 < amount < 1 else f"${amount:.2f}"


async def _usage(arguments: argparse.Namespace, settings: Settings, since: datetime | None, console: Console) -> int:
    from autogen_lsp.features.usage import usage

    start = since.isoformat() if since else None
    async with session(settings, workspace_roots(()), console, index=False) as services:
        report = usage(services, arguments.scope, start, arguments.by)
        if arguments.format == "html":
            from autogen_lsp.cli.usage_page import page

            days = usage(services, arguments.scope, start, "day")["groups"]
            console.out.write(page(report, days, arguments.by))
            return 0
    if arguments.format == "json":
        console.json(report)
    elif arguments.format == "csv":
        console.out.write(table(report))
    else:
        for line in text_of(report):
            console.line(line)
    return 0
