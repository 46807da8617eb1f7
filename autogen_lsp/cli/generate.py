"""``autogen-lsp generate``: write one missing definition or stub; prints a diff, with ``--write`` changes the files."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_lsp.cli.console import Console
from autogen_lsp.cli.place import common_root, workspace_roots
from autogen_lsp.cli.select import add_selection, file_of, select
from autogen_lsp.cli.session import session, snapshot_of, wants_context, written
from autogen_lsp.cli.settings import add_settings, settings_of
from autogen_lsp.cli.without import add_without, check_without
from autogen_lsp.config import Settings

if TYPE_CHECKING:
    from autogen_lsp.analysis.model import Target
    from autogen_lsp.features.implement import Outcome
    from autogen_lsp.features.series import Series
    from autogen_lsp.services import Services


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_selection(parser)
    parser.add_argument("--write", action="store_true", help="change the files, instead of printing a diff")
    parser.add_argument("--with-needed", action="store_true", help="also write what it needs and is missing, too")
    parser.add_argument("--fresh", action="store_true", help="do not answer from the cache")
    add_without(parser)
    parser.add_argument("--format", choices=("diff", "json"), default="diff")
    add_settings(parser, backend=True)


def run(arguments: argparse.Namespace, console: Console) -> int:
    settings = settings_of(arguments)
    path = file_of(arguments)
    return asyncio.run(_generate(arguments, settings, path, console))


@dataclass(frozen=True, slots=True)
class Generated:
    """One generation and, file by file, what it changes (or changed) on disk: (path, unified diff)."""

    outcome: Outcome | Series
    diffs: tuple[tuple[str, str], ...]
    wrote: bool

    def document(self) -> dict[str, Any]:
        """As ``generate --format json``, without usage. Of several definitions each has a part of its own, too."""
        parts = [_part(outcome) for outcome in self.outcome.parts]
        main = _part(self.outcome.main)
        out = {
            "status": "written" if self.wrote else "drafted",
            "code": main["code"],
            "edits": [{"path": path, "diff": diff} for path, diff in self.diffs],
            "checks": main["checks"],
            "provenance": main["provenance"],
        }
        return {**out, "parts": parts} if len(parts) > 1 else out


def _part(outcome: Outcome) -> dict[str, Any]:
    record = outcome.services.provenance.get(outcome.record.id, outcome.record.root) or outcome.record
    return {
        "code": outcome.draft.code,
        "checks": [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in outcome.draft.checks],
        "provenance": record.as_json(),
    }


async def draft_with_needs(
    services: Services, target: Target, console: Console, *, fresh: bool = False, without: frozenset[str] = frozenset()
) -> Series:
    """The target and what it needs; no file is changed. Raises as `features.series` does."""
    from autogen_lsp.analysis import needs
    from autogen_lsp.analysis.unfinished import at_use
    from autogen_lsp.features.series import implement_all

    project = services.project(snapshot_of(services))
    wanted = needs.with_needs(at_use(project, target).project, target)
    series = await implement_all(
        services, lambda: snapshot_of(services), target, wanted, fresh=fresh, drop=without, report=console.report
    )
    console.clear()
    return series


async def draft(
    services: Services, target: Target, console: Console, *, fresh: bool = False, without: frozenset[str] = frozenset()
) -> Outcome:
    """One generation; no file is changed. Raises as `features.implement` does."""
    from autogen_lsp.features.implement import implement

    outcome = await implement(
        services, lambda: snapshot_of(services), target, fresh=fresh, drop=without, report=console.report
    )
    console.clear()
    return outcome


def deliver(outcome: Outcome | Series, *, write: bool) -> Generated:
    """What a draft comes to on the files as they are now, and with ``write`` in them. Raises `EditRefused`."""
    from autogen_lsp.cli.diff import diffs
    from autogen_lsp.errors import EditRefused
    from autogen_lsp.workspace import writing

    services = outcome.services
    root = common_root(services.roots)
    newest = snapshot_of(services)  # the files may have changed while the backend was thinking
    if not write:
        return Generated(outcome, tuple(diffs(outcome.change, newest, root)), wrote=False)
    try:
        change = outcome.rebase(newest)
        shown = tuple(diffs(change, newest, root))
        written(services, writing.write(change, newest))
    except EditRefused as error:
        outcome.refused(str(error))
        raise
    outcome.applied(snapshot_of(services))
    return Generated(outcome, shown, wrote=True)


async def _generate(arguments: argparse.Namespace, settings: Settings, path: Path, console: Console) -> int:
    from autogen_lsp.cli import diff
    from autogen_lsp.errors import AutogenError
    from autogen_lsp.features.prompt import preview

    without = frozenset(arguments.without)
    index = bool(without) or wants_context(settings)
    async with session(settings, workspace_roots([path]), console, index=index) as services:
        try:
            snapshot = snapshot_of(services)
            target = select(services.project(snapshot), path, arguments)
            if without:  # known before anything is sent
                check_without(arguments.without, await preview(services, snapshot, target, without))
            work = draft_with_needs if arguments.with_needed else draft
            outcome = await work(services, target, console, fresh=arguments.fresh, without=without)
            made = deliver(outcome, write=arguments.write)
        except AutogenError as error:
            if arguments.format == "json":
                console.json({**failure_document(error), "usage": _usage(services)})
            raise
        if arguments.format == "json":
            console.json({**made.document(), "usage": _usage(services)})
        else:
            for _, text in made.diffs:
                diff.show(text, console)
            console.note(made.outcome.summary + ("" if made.wrote else "; nothing was written (--write does)"))
    return 0


def failure_document(error: Exception) -> dict[str, Any]:
    """The same for a generation that failed: no code, no edits, and why."""
    problems = getattr(error, "problems", ())
    return {
        "status": "failed",
        "error": str(error),
        "code": None,
        "edits": [],
        "checks": [{"name": "reply", "ok": False, "detail": problem} for problem in problems],
        "provenance": None,
    }


def _usage(services: Services) -> dict[str, Any]:
    from autogen_lsp.features.usage import usage

    return usage(services)
