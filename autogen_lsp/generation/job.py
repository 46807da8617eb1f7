"""One generation's bookkeeping: what it is, what it may use, and what its calls took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autogen_lsp.analysis.model import Plan
from autogen_lsp.analysis.project import Project
from autogen_lsp.backends.base import Backend, Completion, Prompt, Report, Tokens
from autogen_lsp.config import Settings
from autogen_lsp.errors import BackendError
from autogen_lsp.generation import prices, tokens
from autogen_lsp.generation.model import Check, Request
from autogen_lsp.storage.paths import workspace_key
from autogen_lsp.storage.usage import Ledger, Reservation, Spent

_SKELETON = "skeleton"  # the backend whose job is a placeholder; it is free, and quicker than any cache
_GRACE_SECONDS = 60.0  # until a reservation of a dead server counts as lost


@dataclass(frozen=True)
class Job:
    """What stays the same during one generation."""

    request: Request
    project: Project
    backend: Backend
    ledger: Ledger
    settings: Settings

    @property
    def plan(self) -> Plan:
        return self.request.plan

    @property
    def root(self) -> Path:
        """The root of the target's file, its folder outside of the workspace."""
        path = self.plan.target.path
        return self.project.snapshot.root_of(path) or path.parent

    @property
    def is_skeleton(self) -> bool:
        return self.backend.name == _SKELETON

    @property
    def attempts(self) -> int:
        """How often a reply is sent back."""
        return 0 if self.is_skeleton else self.settings.repair_attempts

    def passed(self, checks: Sequence[Check]) -> bool:
        """Whether a reply may be used. A skeleton may if it parses: its user asked for a start, not for an answer."""
        return all(check.ok for check in (checks[:1] if self.is_skeleton else checks))

    def estimate(self, prompt_tokens: int) -> float | None:
        """Dollars of one call, None where its price is not known."""
        return prices.estimate(self.settings, self.backend.name, prompt_tokens) if self.backend.paid else 0.0

    def reserve(self, first: Prompt) -> Reservation:
        """Open the generation in the ledger. Raises `BudgetExceeded`."""
        return self.ledger.reserve(
            workspace=workspace_key(self.root),
            module=self.project.snapshot.relative(self.plan.target.path),
            backend=self.backend.name,
            model=self.backend.model,
            amount=self.estimate(first.tokens),
            paid=self.backend.paid,
            seconds=self.settings.timeout_seconds + _GRACE_SECONDS,
            cache="unused" if self.request.fresh or self.is_skeleton else "miss",
        )

    def hit(self, saved: float, seconds: float) -> None:
        """Record that the generation was answered without a call of its own."""
        self.ledger.hit(
            workspace=workspace_key(self.root),
            module=self.project.snapshot.relative(self.plan.target.path),
            backend=self.backend.name,
            model=self.backend.model,
            saved=saved,
            seconds=seconds,
        )


@dataclass
class Tally:
    """What the calls of one generation took: replies in hand, and perhaps a call that nobody answered."""

    job: Job
    completions: list[Completion] = field(default_factory=list)
    asking: bool = False  # a call is out that may have been billed
    asked_tokens: int = 0

    async def ask(self, asked: Prompt, report: Report) -> Completion:
        """Call the backend; tokens and cost that it does not tell are filled in, as estimates."""
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
        """What the ledger is told: the replies' cost, and the estimate of a call perhaps billed for nothing."""
        lost = self.job.estimate(self.asked_tokens) if self.asking else None
        total = total_tokens(self.completions)
        return Spent(
            prompt_tokens=total.prompt,
            completion_tokens=total.completion,
            cached_tokens=total.cached,
            cost=(total_cost(self.completions) or 0.0) + (lost or 0.0),
            estimated=self.job.backend.paid,  # prices are the user's settings, never a bill
        )


def total_tokens(completions: Sequence[Completion]) -> Tokens:
    told = [completion.tokens for completion in completions]
    return Tokens(sum(t.prompt for t in told), sum(t.completion for t in told), sum(t.cached for t in told))


def total_cost(completions: Sequence[Completion]) -> float | None:
    """Dollars of all that tell their cost, None where none does."""
    told = [completion.cost for completion in completions if completion.cost is not None]
    return sum(told) if told else None
