"""A request into a draft: prompt → cache → budget → backend → parse → validate → repair → `Draft`.

The one way from a plan to code, for every driver. A reply that fails its checks is sent back with its problems, as
often as the settings say, and then given up as `InvalidReply`; it is never cached. The budget is reserved before the
first call and settled once, whatever happens: a call that was cancelled or timed out may have been billed, and counts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

from autogen_lsp.analysis.project import Project
from autogen_lsp.backends.base import Backend, Completion, Prompt, Report, Tokens
from autogen_lsp.config import Problem, Settings
from autogen_lsp.errors import InvalidReply, TimedOut
from autogen_lsp.generation import prompt
from autogen_lsp.generation.flights import Flights
from autogen_lsp.generation.formatting import format_code
from autogen_lsp.generation.job import Job, Tally, total_cost, total_tokens
from autogen_lsp.generation.model import Check, Draft, Request
from autogen_lsp.generation.parse import Parsed, definition_in, parse, wanted_of
from autogen_lsp.generation.validate import localised, taken_names, validate
from autogen_lsp.storage.replies import Reply, ReplyCache
from autogen_lsp.storage.usage import Ledger, Reservation, Status


async def generate(
    request: Request,
    *,
    project: Project,
    backend: Backend,
    cache: ReplyCache,
    ledger: Ledger,
    settings: Settings,
    report: Report,
    flights: Flights[Draft] | None = None,
) -> Draft:
    """Code that passed its checks, formatted as the project formats. Identical requests in ``flights`` share one call.

    Raises `InvalidReply` with the problems, `BudgetExceeded` before anything was sent, and `BackendError`; cancellation
    passes through after the budget was settled. ``report`` is told each stage, and what works only in part.
    """
    report("writing the prompt", 0.2)
    if not request.path:
        request = replace(request, path=project.snapshot.relative(request.plan.target.path))
    warn = _teller(report)
    first = prompt.render(request, settings, backend=backend.name, model=backend.model, warn=warn)
    job = Job(request, project, backend, ledger, settings)
    if job.is_skeleton:
        return await _call(job, first, report, warn)

    started = time.monotonic()

    async def start(tell: Report) -> Draft:
        if not request.fresh:
            tell("looking in the cache", 0.25)
            if (cached := await _from_cache(job, cache, first.recipe)) is not None:
                return cached
        draft = await _call(job, first, tell, _teller(tell))
        await asyncio.to_thread(cache.put, first.recipe, _reply(draft, time.time()))
        return draft

    key = f"{first.recipe}, fresh" if request.fresh else first.recipe
    draft, joined = await (flights or Flights[Draft]()).share(key, start, report)
    if joined or draft.cached:
        saved = draft.origin.cost if draft.origin else None
        job.hit(saved or 0.0, time.monotonic() - started)
    return replace(draft, completions=(), cached=True) if joined else draft


async def _from_cache(job: Job, cache: ReplyCache, recipe: str) -> Draft | None:
    """The cached reply, checked anew: the project may have changed where the prompt does not show it."""
    found = await asyncio.to_thread(cache.get, recipe)
    if found is None:
        return None
    parsed, checks = await _checked(job, found.text)
    if not job.passed(checks):
        await asyncio.to_thread(cache.drop, recipe)
        return None
    told = Tokens(found.prompt_tokens, found.completion_tokens, found.cached_tokens)
    origin = Completion("", found.backend, found.model, told, found.cost, found.run_id, found.run_url)
    draft = await _draft(job, parsed, checks, (), recipe)
    return replace(draft, cached=True, origin=origin)


async def _call(job: Job, first: Prompt, report: Report, warn: prompt.Warn) -> Draft:
    """Ask the backend, and again with the problems; the budget is settled on every way out."""
    timeout = job.settings.timeout_seconds
    reservation = job.reserve(first)
    tally = Tally(job)
    status: Status = "failed"
    try:
        async with asyncio.timeout(timeout or None):
            draft = await _rounds(job, first, report, warn, reservation, tally)
        status = "succeeded"
        return draft
    except TimeoutError:
        raise TimedOut(f"no answer within {timeout:g} s (autogen.timeout.seconds)", billed=tally.asking) from None
    except asyncio.CancelledError:
        status = "cancelled"
        raise
    finally:
        reservation.settle(status, tally.spent())


async def _rounds(
    job: Job, first: Prompt, report: Report, warn: prompt.Warn, reservation: Reservation, tally: Tally
) -> Draft:
    asked = first
    for attempt in range(job.attempts + 1):
        report(f"waiting for {job.backend.name}", 0.3)
        completion = await tally.ask(asked, report)
        report("checking the reply", 0.85)
        parsed, checks = await _checked(job, completion.text)
        if job.passed(checks):
            return await _draft(job, parsed, checks, tuple(tally.completions), first.recipe)
        problems = tuple(check.detail or check.name for check in checks if not check.ok)
        if attempt < job.attempts:
            report(f"asking again: {problems[0]}", 0.3)
            asked = prompt.repair(first, completion.text, problems, job.settings, warn)
            reservation.extend(job.estimate(asked.tokens))
    rounds = f", asked {job.attempts + 1} times" if job.attempts else ""
    raise InvalidReply(f"the reply of {job.backend.name} cannot be used{rounds}: {'; '.join(problems)}", problems)


async def _checked(job: Job, text: str) -> tuple[Parsed, tuple[Check, ...]]:
    """Off the event loop: it analyses the whole file anew."""
    plan, project = job.plan, job.project

    def check() -> tuple[Parsed, tuple[Check, ...]]:
        parsed = localised(parse(text, wanted_of(plan, taken_names(plan, project))), plan, project)
        return parsed, validate(parsed, plan, project, placeholders=job.is_skeleton)

    return await asyncio.to_thread(check)


async def _draft(
    job: Job, parsed: Parsed, checks: Sequence[Check], completions: tuple[Completion, ...], recipe: str
) -> Draft:
    levels = len(job.plan.placement.indent.expandtabs(4)) // 4
    code, formatted = await format_code(parsed.code, job.plan.target.path, job.root, levels)
    return Draft(
        code=code,
        imports=parsed.imports,
        checks=(*checks, formatted),
        completions=completions,
        recipe=recipe,
        origin=replace(completions[-1], tokens=total_tokens(completions), cost=total_cost(completions))
        if completions
        else None,
        definition=definition_in(code, wanted_of(job.plan)) or parsed.definition,
    )


def _reply(draft: Draft, now: float) -> Reply:
    """What the cache keeps of a draft: the accepted reply as the backend gave it, to be checked anew."""
    last, total = draft.completions[-1], total_tokens(draft.completions)
    return Reply(
        text=last.text,
        backend=last.backend,
        model=last.model,
        prompt_tokens=total.prompt,
        completion_tokens=total.completion,
        cached_tokens=total.cached,
        cost=total_cost(draft.completions) or 0.0,
        estimated=True,
        run_id=last.run_id,
        run_url=last.run_url,
        created=now,
    )


def _teller(report: Report) -> prompt.Warn:
    """Problems as a stage of the job: the user sees them where the job is seen."""

    def warn(problem: Problem) -> None:
        report(problem.message, None)

    return warn
