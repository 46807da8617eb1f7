"""The commands of `workspace/executeCommand`: a closed table, each with typed arguments.

Every command takes one JSON object and answers with one. What may take long runs as a job, with progress and cancel,
and answers ``{"status": "applied" | "cancelled" | "failed", …}``; its errors are shown to the user. Wrong arguments are
an error answer that names the field.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from autogen_lsp.backends.base import Report
from autogen_lsp.errors import AutogenError, EditRefused, NotFound
from autogen_lsp.server import edits, places, wire
from autogen_lsp.server.guard import INFO
from autogen_lsp.server.peer import RequestError
from autogen_lsp.server.places import Reference
from autogen_lsp.server.session import Session
from autogen_lsp.server.wire import Json
from autogen_lsp.text import SourceChange
from autogen_lsp.workspace.snapshot import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from autogen_lsp.analysis.model import Finding, Target
    from autogen_lsp.analysis.project import Project

Token = int | str | None
Command = Callable[[Session, Any, Token], Awaitable[Any]]


async def execute(session: Session, name: str, arguments: list[Any] | None, token: Token = None) -> Any:
    """Run one command. Raises `RequestError` for a name or arguments that are wrong."""
    command = TABLE.get(name)
    if command is None:
        raise RequestError(wire.INVALID_PARAMS, f"no such command: {name} (there are: {', '.join(TABLE)})")
    given = list(arguments or ())
    if len(given) > 1:
        raise RequestError(wire.INVALID_PARAMS, f"{name}: one object is expected, got {len(given)} arguments")
    return await command(session, given[0] if given and given[0] is not None else {}, token)


async def generate(
    session: Session, argument: Any, token: Token, *, backend: str | None = None, fresh: bool = False
) -> Json:
    reference = places.parse(argument, Reference, "arguments")
    places.path_of(session, reference)
    wanted = reference.name or reference.symbol.rpartition(".")[2]
    title = f"Generating '{wanted}'{' and what it needs' * reference.needs}" if wanted else "Generating"
    drop = frozenset(reference.drop)
    work = partial(_implement, session, reference, backend or reference.backend, fresh or reference.fresh, drop)
    return await session.jobs.run(title, work, token)


async def regenerate(session: Session, argument: Any, token: Token) -> Json:
    reference = places.parse(argument, Reference, "arguments")
    # Nothing is missing there: the definition is meant, not what it calls.
    given = {key: argument[key] for key in ("textDocument", "backend", "drop") if key in argument}
    symbol = _symbol_at(session, reference)
    return await generate(session, {**given, "uri": reference.uri, "symbol": symbol}, token, fresh=True)


async def generate_all(session: Session, argument: Any, token: Token) -> Json:
    from autogen_lsp.analysis.locate import last_use_first
    from autogen_lsp.analysis.targets import target_of, to_import
    from autogen_lsp.features.series import MOST_ROUNDS

    reference = places.parse(argument, Reference, "arguments")
    path = places.path_of(session, reference)

    done: list[str] = []
    failed: list[str] = []
    seen: set[tuple[str, Path | None, str]] = set()

    async def all_of(found: Sequence[Finding], report: Report) -> None:
        project = session.looks.project()
        meant: dict[Target, Finding] = {}
        for each in found:
            asked = each.name, each.target_path, each.target_qualname
            if not each.name or asked in seen:
                continue  # two calls of one missing function are one job
            seen.add(asked)
            if modules := to_import(project, each):
                failed.append(f"{each.name}: it can be imported from {modules[0]}")
            elif (target := target_of(project, each)) is not None:
                meant.setdefault(target, each)
        wanted = last_use_first(project, list(meant))
        for number, target in enumerate(wanted):
            name = meant[target].name
            report(f"{name} ({number + 1} of {len(wanted)})", number / len(wanted))
            place = places.reference_to(session, path, meant[target].span, "", name)
            one = places.parse(place, Reference, "place")
            try:
                result = await _implement(
                    session, one, reference.backend, reference.fresh, frozenset(), lambda stage, part: None
                )
                done.append(result["summary"])
            except NotFound:
                continue  # an earlier one brought it along
            except AutogenError as error:
                failed.append(f"{name}: {error}")

    async def work(report: Report) -> Json:
        stubs = session.services.backend(reference.backend).name != "skeleton"  # which has no better body for them
        for _ in range(MOST_ROUNDS):
            before = len(done)
            if (document := session.overlay.at(path)) is not None:
                await session.looks.whole(document)  # beside the event loop
            await all_of([f for f in session.looks.find(path) if stubs or f.kind != "stub"], report)
            stubs = False  # what is new has the body that it was given
            if len(done) == before:
                break
        summary = f"{len(done)} of {len(done) + len(failed)} generated"
        if not done and not failed:
            summary = "nothing is missing in this file"
        session.peer.show(INFO, f"autogen-lsp: {'; '.join([summary, *failed[:3]])}")
        return {
            "status": "failed" if failed and not done else "applied",
            "summary": summary,
            "done": done,
            "failed": failed,
        }

    return await session.jobs.run("Generating everything that is missing here", work, token)


async def revert(session: Session, argument: Any, token: Token) -> Json:
    from autogen_lsp.features import revert as feature

    reference = places.parse(argument, Reference, "arguments")
    path, symbol = places.path_of(session, reference), _symbol_at(session, reference)
    records: list[Any] = []

    def make(snapshot: Snapshot) -> SourceChange:
        change, record = feature.revert(session.services, snapshot, path, symbol, force=reference.force)
        records.append(record)
        return change

    async def work(report: Report) -> Json:
        await edits.apply(session, make)
        session.services.provenance.mark(records[-1].id, "reverted")
        return {"status": "applied", "summary": f"'{symbol}' was reverted"}

    return await session.jobs.run(f"Reverting '{symbol}'", work, token)


async def show_prompt(session: Session, argument: Any, token: Token) -> Json:
    from autogen_lsp.features import prompt

    reference = places.parse(argument, Reference, "arguments")
    places.path_of(session, reference)

    async def work(report: Report) -> Json:
        report("collecting context", None)
        snapshot = session.snapshot()
        target = await places.target_of(session, session.services.project(snapshot), reference)
        receipt = await prompt.preview(session.services, snapshot, target, frozenset(reference.drop))
        text = prompt.document(receipt)
        shown = await session.receipts.show(target.name or target.path.stem, text)
        return {**receipt, "document": text, "shown": shown}

    return await session.jobs.run("Preparing the prompt", work, token)


async def show_provenance(session: Session, argument: Any, token: Token) -> Json | None:
    from autogen_lsp.features import hover

    reference = places.parse(argument, Reference, "arguments")
    snapshot, path = session.snapshot(), places.path_of(session, reference)
    offset = _offset(session, reference)
    return hover.provenance(session.services, snapshot, path, offset)


class UsageArguments(msgspec.Struct, frozen=True):
    scope: str = "session"
    since: str | None = None
    by: str = "module"


async def show_usage(session: Session, argument: Any, token: Token) -> Json:
    from autogen_lsp.features.usage import usage

    given = places.parse(argument, UsageArguments, "arguments")
    return usage(session.services, given.scope, given.since, given.by)


class CancelArguments(msgspec.Struct, frozen=True):
    token: int | str | None = None


async def cancel(session: Session, argument: Any, token: Token) -> Json:
    given = places.parse(argument, CancelArguments, "arguments")
    if given.token is not None:
        return {"cancelled": int(session.jobs.cancel(given.token))}
    return {"cancelled": session.jobs.cancel_all()}


class ClearArguments(msgspec.Struct, frozen=True, rename="camel"):
    older_than_days: float | None = None


async def clear_cache(session: Session, argument: Any, token: Token) -> Json:
    given = places.parse(argument, ClearArguments, "arguments")
    age = None if given.older_than_days is None else timedelta(days=given.older_than_days)
    removed = await session.services.run(session.services.cache.clear, age)
    session.peer.show(INFO, f"autogen-lsp: {removed} cached {'reply' if removed == 1 else 'replies'} removed")
    return {"removed": removed}


async def _implement(
    session: Session, reference: Reference, backend: str | None, fresh: bool, drop: frozenset[str], report: Report
) -> Json:
    """Generate, apply on the newest text, and write down what became of it."""
    from autogen_lsp.features.implement import Outcome, implement
    from autogen_lsp.features.series import Series, implement_all

    services = session.services
    target, wanted = await _meant(session, reference)
    outcome: Outcome | Series
    if wanted:
        outcome = await implement_all(
            services, session.snapshot, target, wanted, backend=backend, fresh=fresh, drop=drop, report=report
        )
    else:
        outcome = await implement(
            services, session.snapshot, target, backend=backend, fresh=fresh, drop=drop, report=report
        )
    report("applying the edit", 0.98)
    try:
        await edits.apply(session, outcome.rebase)
    except EditRefused as error:
        outcome.refused(str(error))
        raise
    except asyncio.CancelledError:
        outcome.refused("cancelled")
        raise
    outcome.applied(session.snapshot())
    session.look_again()
    session.refresh_lenses()
    return {"status": "applied", "summary": outcome.summary, "provenance": outcome.receipt()}


async def _meant(session: Session, reference: Reference) -> tuple[Target, Sequence[Target]]:
    """What is to be written, and all that goes with it if that is asked for; as of the text when both are known."""
    from autogen_lsp.analysis import needs
    from autogen_lsp.analysis.unfinished import at_use

    def needed(project: Project, target: Target) -> Sequence[Target]:
        return needs.with_needs(at_use(project, target).project, target)

    while True:
        project = session.looks.project()
        target = await places.target_of(session, project, reference)
        wanted = await session.services.run(needed, project, target) if reference.needs else ()
        if session.looks.project() is project:
            return target, wanted


def _offset(session: Session, reference: Reference) -> int:
    project, path = session.looks.project(), places.path_of(session, reference)
    if reference.position is not None:
        return places.offset_of(project, path, reference.position, session.client.encoding)
    facts = project.facts(path)
    for symbol in facts.symbols if facts else ():
        if symbol.qualname == reference.symbol:
            return symbol.name_start
    raise NotFound(f"'{reference.symbol}' is not defined in {path.name}" if reference.symbol else "which definition?")


def _symbol_at(session: Session, reference: Reference) -> str:
    from autogen_lsp.features.definition import definition_at

    if reference.symbol:
        return reference.symbol
    path = places.path_of(session, reference)
    found = definition_at(session.looks.project(), path, _offset(session, reference))
    if found is None:
        raise RequestError(wire.INVALID_PARAMS, "no definition at this place; put the cursor in a function or class")
    return found.qualname


TABLE: dict[str, Command] = {
    "autogen.generate": generate,
    "autogen.createSkeleton": partial(generate, backend="skeleton"),
    "autogen.generateAll": generate_all,
    "autogen.cancel": cancel,
    "autogen.regenerate": regenerate,
    "autogen.revert": revert,
    "autogen.showPrompt": show_prompt,
    "autogen.showProvenance": show_provenance,
    "autogen.showUsage": show_usage,
    "autogen.clearCache": clear_cache,
}
