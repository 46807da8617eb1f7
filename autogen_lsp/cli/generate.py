"""``autogen-lsp generate``: write one missing definition or stub; prints a diff, with ``--write`` changes the files."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_lsp.cli.console import Console
from autogen_lsp.cli.place import workspace_roots
from autogen_lsp.cli.select import add_selection, file_of, select
from autogen_lsp.cli.settings import add_settings, settings_of
from autogen_lsp.config import Settings

if TYPE_CHECKING:
    from autogen_lsp.analysis.model import Target
    from autogen_lsp.features.implement import Outcome
    from autogen_lsp.services import Services
    from autogen_lsp.workspace.snapshot import Snapshot


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
    from autogen_lsp.errors import BackendError, GenerationFailed
    from autogen_lsp.services import build

    roots = workspace_roots([path])
    services = build(settings, roots)
    try:
        snapshot = snapshot_of(services)
        target = select(services.project(snapshot), path, arguments)
        try:
            outcome, written = await generate_one(services, target, arguments, console)
        except (GenerationFailed, BackendError) as error:
            if arguments.format == "json":
                console.json(failure_document(error))
            raise
        if arguments.format == "json":
            console.json(document(outcome, written))
        else:
            _show(outcome, written, console)
    finally:
        console.clear()
        await services.aclose()
    return 0


async def generate_one(
    services: Services, target: Target, arguments: argparse.Namespace, console: Console
) -> tuple[Outcome, bool]:
    """One generation, with the files changed where ``--write`` says so; whether they were."""
    from autogen_lsp.errors import EditRefused
    from autogen_lsp.features.implement import implement
    from autogen_lsp.workspace.writing import write

    outcome = await implement(
        services, lambda: snapshot_of(services), target, backend=None, fresh=arguments.fresh, report=console.report
    )
    console.clear()
    if not arguments.write:
        return outcome, False
    newest = snapshot_of(services)  # the files may have changed while the backend was thinking
    try:
        write(outcome.rebase(newest), newest)
    except EditRefused as error:
        outcome.refused(str(error))
        raise
    outcome.applied(snapshot_of(services))
    return outcome, True


def snapshot_of(services: Services) -> Snapshot:
    """The files as they are on disk now."""
    from autogen_lsp.workspace.snapshot import Snapshot

    return Snapshot(services.roots, settings=services.settings)


def document(outcome: Outcome, written: bool) -> dict[str, Any]:
    """The result as in ``generate --format json``."""
    from autogen_lsp.cli.diff import diffs

    services = outcome.services
    receipt = outcome.receipt()
    return {
        "status": "written" if written else "drafted",
        "code": outcome.draft.code,
        "edits": [
            {"path": path, "diff": diff} for path, diff in diffs(outcome.change, outcome.snapshot, services.roots[0])
        ],
        "checks": [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in outcome.draft.checks],
        "provenance": receipt,
        "usage": services.usage(),
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
        "usage": None,
    }


def _show(outcome: Outcome, written: bool, console: Console) -> None:
    from autogen_lsp.cli import diff

    for _, text in diff.diffs(outcome.change, outcome.snapshot, outcome.services.roots[0]):
        diff.show(text, console)
    console.note(outcome.summary + ("" if written else "; nothing was written (--write does)"))
