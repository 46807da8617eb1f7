"""A request into a draft: prompt → cache → budget → backend → parse → validate → repair → `Draft`.

The one way from a plan to code, for every driver. A reply that fails its checks is sent back with its problems, as
often as the settings say, and then given up as `InvalidReply`; it is never cached. The budget is reserved before the
first call and settled once, whatever happens: a call that was cancelled or timed out may have been billed, and counts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from autogen_lsp.analysis.project import Project
from autogen_lsp.backends.base import Backend, Completion, Prompt, Report, Tokens
from autogen_lsp.config import Problem, Settings
from autogen_lsp.errors import BackendError, InvalidReply, TimedOut
from autogen_lsp.generation import prices, prompt, tokens
from autogen_lsp.generation.flights import Flights
from autogen_lsp.generation.formatting import format_code
from autogen_lsp.generation.model import Check, Draft, Request
from autogen_lsp.generation.parse import Parsed, definition_in, parse, wanted_of
from autogen_lsp.generation.validate import localised, taken_names, validate
from autogen_lsp.storage.paths import workspace_key
from autogen_lsp.storage.replies import Reply, ReplyCache
from autogen_lsp.storage.usage import Ledger, Reservation, Spent, Status

_SKELETON = "skeleton"  # the backend whose job is a placeholder; it is free, and quicker than any cache
_GRACE_SECONDS = 60.0  # until a reservation of a dead server counts as lost


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
    warn = _teller(report)
    first = prompt.render(request, settings, backend=backend.name, model=backend.model, warn=warn)
    job = _Job(request, project, backend, ledger, settings)
    if backend.name == _SKELETON:
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


@dataclass(frozen=True)
class _Job:
    """What stays the same during one generation."""

    request: Request
    project: Project
    backend: Backend
    ledger: Ledger
    settings: Settings

    @property
    def module(self) -> str:
        return self.project.snapshot.relative(self.request.plan.target.path)

    @property
    def workspace(self) -> str:
        path = self.request.plan.target.path
        return workspace_key(self.project.snapshot.root_of(path) or path.parent)

    def estimate(self, tokens: int) -> float | None:
        return prices.estimate(self.settings, self.backend.name, tokens) if self.backend.paid else 0.0

    def passed(self, checks: Sequence[Check]) -> bool:
        """Whether a reply may be used. A skeleton may if it parses: its user asked for a start, not for an answer."""
        return all(check.ok for check in (checks[:1] if self.backend.name == _SKELETON else checks))

    def hit(self, saved: float, seconds: float) -> None:
        self.ledger.hit(
            workspace=self.workspace,
            module=self.module,
            backend=self.backend.name,
            model=self.backend.model,
            saved=saved,
            seconds=seconds,
        )


async def _from_cache(job: _Job, cache: ReplyCache, recipe: str) -> Draft | None:
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


async def _call(job: _Job, first: Prompt, report: Report, warn: prompt.Warn) -> Draft:
    """Ask the backend, and again with the problems; the budget is settled on every way out."""
    timeout = job.settings.timeout_seconds
    reservation = job.ledger.reserve(
        workspace=job.workspace,
        module=job.module,
        backend=job.backend.name,
        model=job.backend.model,
        amount=job.estimate(first.tokens),
        paid=job.backend.paid,
        seconds=timeout + _GRACE_SECONDS,
        cache="unused" if job.request.fresh or job.backend.name == _SKELETON else "miss",
    )
    tally = _Tally(job)
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
    job: _Job, first: Prompt, report: Report, warn: prompt.Warn, reservation: Reservation, tally: _Tally
) -> Draft:
    attempts = job.settings.repair_attempts if job.backend.name != _SKELETON else 0
    asked = first
    for attempt in range(attempts + 1):
        report(f"waiting for {job.backend.name}", 0.3)
        completion = await tally.ask(asked, report)
        report("checking the reply", 0.85)
        parsed, checks = await _checked(job, completion.text)
        if job.passed(checks):
            return await _draft(job, parsed, checks, tuple(tally.completions), first.recipe)
        problems = tuple(check.detail or check.name for check in checks if not check.ok)
        if attempt < attempts:
            report(f"asking again: {problems[0]}", 0.3)
            asked = prompt.repair(first, completion.text, problems, job.settings, warn)
            reservation.extend(job.estimate(asked.tokens))
    rounds = f", asked {attempts + 1} times" if attempts else ""
    raise InvalidReply(f"the reply of {job.backend.name} cannot be used{rounds}: {'; '.join(problems)}", problems)


@dataclass
class _Tally:
    """What the calls of one generation took: replies in hand, and perhaps a call that nobody answered."""

    job: _Job
    completions: list[Completion] = field(default_factory=list)
    asking: bool = False  # a call is out that may have been billed
    asked_tokens: int = 0

    async def ask(self, asked: Prompt, report: Report) -> Completion:
        self.asking, self.asked_tokens = True, asked.tokens
        try:
            completion = await self.job.backend.complete(asked, report)
        except BackendError as error:
            self.asking = error.billed
            raise
        self.asking = False
        told = completion.tokens
        if not told.prompt and self.job.backend.paid:  # it counts none, so we do
            told = Tokens(asked.tokens, tokens.count(completion.text))
        cost = completion.cost
        if cost is None and self.job.backend.paid:
            cost = prices.estimate(self.job.settings, self.job.backend.name, told.prompt, told.completion)
        completion = replace(completion, tokens=told, cost=cost)
        self.completions.append(completion)
        return completion

    def spent(self) -> Spent:
        lost = self.job.estimate(self.asked_tokens) or 0.0 if self.asking else 0.0
        cost = (_cost(self.completions) or 0.0) + lost
        total = _total(self.completions)
        return Spent(
            prompt_tokens=total.prompt,
            completion_tokens=total.completion,
            cached_tokens=total.cached,
            cost=cost,
            estimated=self.job.backend.paid,  # prices are the user's settings, never a bill
        )


async def _checked(job: _Job, text: str) -> tuple[Parsed, tuple[Check, ...]]:
    """Off the event loop: it analyses the whole file anew."""
    plan, project, placeholders = job.request.plan, job.project, job.backend.name == _SKELETON

    def check() -> tuple[Parsed, tuple[Check, ...]]:
        parsed = localised(parse(text, wanted_of(plan, taken_names(plan, project))), plan, project)
        return parsed, validate(parsed, plan, project, placeholders=placeholders)

    return await asyncio.to_thread(check)


async def _draft(
    job: _Job, parsed: Parsed, checks: Sequence[Check], completions: tuple[Completion, ...], recipe: str
) -> Draft:
    plan = job.request.plan
    path = plan.target.path
    root = job.project.snapshot.root_of(path) or path.parent
    levels = len(plan.placement.indent.expandtabs(4)) // 4
    code, formatted = await format_code(parsed.code, path, root, levels)
    return Draft(
        code=code,
        imports=parsed.imports,
        checks=(*checks, formatted),
        completions=completions,
        recipe=recipe,
        origin=replace(completions[-1], tokens=_total(completions), cost=_cost(completions)) if completions else None,
        definition=definition_in(code, wanted_of(plan)) or parsed.definition,
    )


def _total(completions: Sequence[Completion]) -> Tokens:
    told = [completion.tokens for completion in completions]
    return Tokens(sum(t.prompt for t in told), sum(t.completion for t in told), sum(t.cached for t in told))


def _cost(completions: Sequence[Completion]) -> float | None:
    told = [completion.cost for completion in completions if completion.cost is not None]
    return sum(told) if told else None


def _reply(draft: Draft, now: float) -> Reply:
    """What the cache keeps of a draft: the accepted reply as the backend gave it, to be checked anew."""
    last, total = draft.completions[-1], _total(draft.completions)
    return Reply(
        text=last.text,
        backend=last.backend,
        model=last.model,
        prompt_tokens=total.prompt,
        completion_tokens=total.completion,
        cached_tokens=total.cached,
        cost=_cost(draft.completions) or 0.0,
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
