"""``autogen-lsp generate``: write one missing definition or stub; prints a diff, with ``--write`` changes the files."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_lsp.cli.console import Console
from autogen_lsp.cli.place import workspace_roots
from autogen_lsp.cli.select import add_selection, file_of, select
from autogen_lsp.cli.session import session, snapshot_of, wants_context, written
from autogen_lsp.cli.settings import add_settings, settings_of
from autogen_lsp.config import Settings

if TYPE_CHECKING:
    from autogen_lsp.analysis.model import Target
    from autogen_lsp.features.implement import Outcome
    from autogen_lsp.services import Services


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_selection(parser)
    parser.add_argument("--write", action="store_true", help="change the files, instead of printing a diff")
    parser.add_argument("--fresh", action="store_true", help="do not answer from the cache")
    parser.add_argument("--format", choices=("diff", "json"), default="diff")
    add_settings(parser, backend=True)


def run(arguments: argparse.Namespace, console: Console) -> int:
    settings = settings_of(arguments)
    path = file_of(arguments)
    return asyncio.run(_generate(arguments, settings, path, console))


async def _generate(arguments: argparse.Namespace, settings: Settings, path: Path, console: Console) -> int:
    from autogen_lsp.cli import diff
    from autogen_lsp.errors import BackendError, EditRefused, GenerationFailed

    async with session(settings, workspace_roots([path]), console, index=wants_context(settings)) as services:
        target = select(services.project(snapshot_of(services)), path, arguments)
        try:
            outcome = await generate_one(services, target, console, write=arguments.write, fresh=arguments.fresh)
        except (GenerationFailed, BackendError, EditRefused) as error:
            if arguments.format == "json":
                console.json({**failure_document(error), "usage": _usage(services)})
            raise
        if arguments.format == "json":
            console.json({**document(outcome, wrote=arguments.write), "usage": _usage(services)})
        else:
            for _, text in diff.diffs(outcome.change, outcome.snapshot, services.roots[0]):
                diff.show(text, console)
            console.note(outcome.summary + ("" if arguments.write else "; nothing was written (--write does)"))
    return 0


async def generate_one(
    services: Services, target: Target, console: Console, *, write: bool, fresh: bool = False
) -> Outcome:
    """One generation, with the files on disk changed where ``write`` says so. Raises as `features.implement` does."""
    from autogen_lsp.errors import EditRefused
    from autogen_lsp.features.implement import implement
    from autogen_lsp.workspace import writing

    outcome = await implement(services, lambda: snapshot_of(services), target, fresh=fresh, report=console.report)
    console.clear()
    if write:
        newest = snapshot_of(services)  # the files may have changed while the backend was thinking
        try:
            written(services, writing.write(outcome.rebase(newest), newest))
        except EditRefused as error:
            outcome.refused(str(error))
            raise
        outcome.applied(snapshot_of(services))
    return outcome


def document(outcome: Outcome, *, wrote: bool) -> dict[str, Any]:
    """The result as in ``generate --format json``, without usage."""
    from autogen_lsp.cli.diff import diffs

    record = outcome.services.provenance.get(outcome.record.id, outcome.record.root) or outcome.record
    root = outcome.services.roots[0]
    return {
        "status": "written" if wrote else "drafted",
        "code": outcome.draft.code,
        "edits": [{"path": path, "diff": diff} for path, diff in diffs(outcome.change, outcome.snapshot, root)],
        "checks": [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in outcome.draft.checks],
        "provenance": record.as_json(),
    }


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
