"""``autogen-lsp batch``: write everything that is missing in files and folders, several at a time, under one budget."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_lsp.cli import diff
from autogen_lsp.cli.console import Console
from autogen_lsp.cli.generate import deliver, draft, failure_document
from autogen_lsp.cli.order import leaves_first
from autogen_lsp.cli.place import common_root, existing, relative, workspace_roots
from autogen_lsp.cli.session import session, snapshot_of, wants_context
from autogen_lsp.cli.settings import add_settings, settings_of
from autogen_lsp.config import KINDS, Settings
from autogen_lsp.errors import AutogenError, UsageError

if TYPE_CHECKING:
    from autogen_lsp.analysis.model import Finding, Target
    from autogen_lsp.services import Services


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="files and folders (default: this one)")
    parser.add_argument("--kind", choices=KINDS, action="append", help="only findings of this kind (may be repeated)")
    parser.add_argument("--concurrency", type=int, metavar="N", help="generations at the same time (concurrency)")
    parser.add_argument("--max-cost", type=float, metavar="USD", help="most that this run may cost (budget.perSession)")
    parser.add_argument("--write", action="store_true", help="change the files, instead of printing diffs")
    parser.add_argument("--resume", action="store_true", help="leave out what an earlier run wrote or drafted")
    parser.add_argument("--format", choices=("diff", "json"), default="diff")
    add_settings(parser, backend=True)


def run(arguments: argparse.Namespace, console: Console) -> int:
    settings = settings_of(arguments)
    if arguments.concurrency is not None:
        if arguments.concurrency < 1:
            raise UsageError(f"--concurrency {arguments.concurrency}: must be 1 or more")
        settings = replace(settings, concurrency=arguments.concurrency)
    if arguments.max_cost is not None:
        if not arguments.max_cost >= 0:
            raise UsageError(f"--max-cost {arguments.max_cost}: must be 0 or more")
        settings = replace(settings, budget_per_session=arguments.max_cost)
    return asyncio.run(_batch(arguments, settings, existing(arguments.paths), console))


async def _batch(arguments: argparse.Namespace, settings: Settings, paths: Sequence[Path], console: Console) -> int:
    from autogen_lsp.features.check import check
    from autogen_lsp.features.series import MOST_ROUNDS
    from autogen_lsp.features.usage import usage

    roots = workspace_roots(paths)
    async with session(settings, roots, console, index=wants_context(settings)) as services:
        kinds = set(arguments.kind or settings.diagnostics_kinds)
        seen: set[tuple[Path, str]] = set()
        left_out = 0
        results: list[dict[str, Any]] = []
        for _ in range(MOST_ROUNDS):
            checked = check(snapshot_of(services), paths, index=services.index, report=console.report)
            console.clear()
            before = len(results)
            for group in _groups(services, [finding for finding in checked.findings if finding.kind in kinds]):
                new = [target for target in group if (target.path, target.qualname) not in seen]
                seen.update((target.path, target.qualname) for target in new)
                todo = [target for target in new if not (arguments.resume and _done(services, target))]
                left_out += len(new) - len(todo)
                results += await _write(services, todo, arguments.write, console)
            kinds.discard("stub")  # what is new has the body that it was given
            if not kinds or all(result["status"] != "written" for result in results[before:]):
                break
        spent = usage(services)
    failed = sum(result["status"] == "failed" for result in results)
    if arguments.format == "json":
        console.json({"version": 1, "results": results, "usage": spent})
    else:
        for result in results:
            for edit in result["edits"]:
                diff.show(edit["diff"], console)
        if checked.files:
            console.note(_summary(len(results) - failed, failed, left_out, arguments.write))
        else:
            console.note(f"no Python files in {', '.join(arguments.paths)}")
    return 1 if failed else 0


def _summary(made: int, failed: int, left_out: int, write: bool) -> str:
    parts = [f"{made} {'written' if write else 'drafted'}, {failed} failed"] if made or failed else []
    if left_out:
        parts.append(f"{left_out} left out (an earlier run wrote or drafted that)")
    return ", ".join(parts) or "nothing is missing"


def _groups(services: Services, findings: Sequence[Finding]) -> list[list[Target]]:
    """What would be written, each thing once however often it is used, what others build upon first."""
    from autogen_lsp.analysis import locate, targets

    project = services.project(snapshot_of(services))
    found: dict[tuple[Path, str], Target] = {}
    for finding in findings:
        target = targets.target_of(project, finding)
        if target is not None and not targets.to_import(project, finding):
            found.setdefault((target.path, target.qualname), target)
    return leaves_first(project, locate.last_use_first(project, list(found.values())))


def _done(services: Services, target: Target) -> bool:
    """Whether the newest generation of it that provenance knows was neither refused nor reverted."""
    snapshot = snapshot_of(services)
    root = snapshot.root_of(target.path)
    if root is None:
        return False
    records = services.provenance.history(root, snapshot.relative(target.path), target.qualname)
    return bool(records) and records[0].status in ("drafted", "applied")


async def _write(services: Services, group: Sequence[Target], write: bool, console: Console) -> list[dict[str, Any]]:
    """All of one group: drafted at the same time, while no file changes, then delivered one after the other."""
    from autogen_lsp.features.implement import Outcome, relocate

    turn = asyncio.Semaphore(max(services.settings.concurrency, 1))
    project = services.project(snapshot_of(services))

    async def one(target: Target) -> Outcome | AutogenError:
        async with turn:
            try:
                # Groups written before may have moved its use, or met its need.
                return await draft(services, relocate(project, target), console)
            except AutogenError as error:
                return error

    results = []
    for target, drafted in zip(group, await asyncio.gather(*map(one, group)), strict=True):
        where = {"path": relative(target.path, common_root(services.roots)), "qualname": target.qualname}
        try:
            if isinstance(drafted, AutogenError):
                raise drafted
            made = deliver(drafted, write=write)
        except AutogenError as error:
            console.note(f"{where['path']} {where['qualname']}: {error}")
            results.append({**where, **failure_document(error)})
        else:
            console.note(made.outcome.summary)
            results.append({**where, **made.document()})
    return results
