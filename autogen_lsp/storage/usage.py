"""What generations cost: each is reserved against the budgets before its call and settled after it, cancelled or not.

A generation is one row of the state database, 'running' from `Ledger.reserve` to `Reservation.settle`. Reserved money
counts as spent for every server of this user, so that two of them cannot spend the day's last dollar twice. Amounts are
US dollars; nothing but numbers, names and moments is stored, so no prompt and no credential.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from autogen_lsp.errors import BudgetExceeded
from autogen_lsp.storage.database import Database, Execute
from autogen_lsp.storage.moments import to_text
from autogen_lsp.storage.report import Scope, by_key, summarise

Status = Literal["succeeded", "failed", "cancelled"]

# What a row has cost so far. A running row of a server that died may have been billed: its reservation stays spent.
_SPENT = "CASE WHEN status = 'running' THEN reserved ELSE cost END"
_CENT = 1e-9  # sums of floats: less than this over the limit is not over it


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits in dollars, None for no limit."""

    per_session: float | None = None
    per_day: float | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What one generation took in the end."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost: float = 0.0
    estimated: bool = False


@dataclass
class Ledger:
    """The tracker of one session. ``now`` gives aware moments; the budget's day begins at midnight of their zone."""

    database: Database
    session: str
    started: datetime
    budget: Budget = Budget()
    now: Callable[[], datetime] = field(default=lambda: datetime.now().astimezone())
    new_id: Callable[[], str] = field(default=lambda: uuid.uuid4().hex)
    on_change: Callable[[], None] = field(default=lambda: None)  # told after every change of the numbers

    def reserve(
        self,
        *,
        workspace: str,
        module: str,
        backend: str,
        model: str,
        amount: float | None,
        paid: bool,
        seconds: float,
        cache: Literal["miss", "unused"] = "miss",
    ) -> Reservation:
        """Open a generation that is expected to cost ``amount`` (None: not known) and to end within ``seconds``.

        ``workspace`` is the key of its root, ``module`` the file's path below it. Raises `BudgetExceeded`, with nothing
        reserved, where a budget forbids the call; unpaid calls are recorded and never forbidden.
        """
        identity, moment = self.new_id(), self.now()
        expires = moment + timedelta(seconds=seconds)

        def insert(run: Execute) -> None:
            if paid:
                self._allow(run, amount, moment, backend)
            run(
                "INSERT INTO generation (id, session, workspace, module, backend, model, status, started, expires,"
                " reserved, cache) VALUES (?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?)",
                (identity, self.session, workspace, module, backend, model, to_text(moment), to_text(expires),
                 amount or 0.0, cache),
            )  # fmt: skip

        self.database.transact(insert)
        self.on_change()
        return Reservation(self, identity, moment, amount or 0.0, paid, backend)

    def hit(self, *, workspace: str, module: str, backend: str, model: str, saved: float, seconds: float) -> None:
        """Record a generation that was answered from the cache, or by another one in flight, in ``seconds``."""
        moment = to_text(self.now())
        self.database.write(
            "INSERT INTO generation (id, session, workspace, module, backend, model, status, started, expires, saved,"
            " cache, latency) VALUES (?, ?, ?, ?, ?, ?, 'succeeded', ?, ?, ?, 'hit', ?)",
            (self.new_id(), self.session, workspace, module, backend, model, moment, moment, saved, seconds),
        )
        self.on_change()

    def report(
        self,
        scope: Scope = "session",
        since: datetime | None = None,
        by: str = "module",
        workspaces: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The answer to ``autogen/usage``. ``workspaces`` are the keys that scope "workspace" means.

        Raises `UsageError` for a scope or grouping that does not exist.
        """
        moment = self.now()
        key = by_key(by, moment.tzinfo)
        summary = summarise(self.database, scope, self.session, workspaces, since, key, moment)
        return {
            "scope": scope,
            "session": {"id": self.session, "startedAt": to_text(self.started)},
            **{name: summary[name] for name in ("generations", "cache", "tokens", "cost")},
            "budget": self._state(moment),
            "latency": summary["latency"],
            "groups": summary["groups"],
        }

    def _allow(self, run: Execute, amount: float | None, moment: datetime, backend: str) -> None:
        for setting, limit, where, parameter in self._limits(moment):
            total = f"SELECT COALESCE(SUM({_SPENT}), 0.0) FROM generation WHERE {where}"
            (spent,) = run(total, (parameter,)).fetchone()
            left = limit - spent
            if amount is None and left > 0:
                raise BudgetExceeded(
                    f"autogen.{setting} is ${limit:.2f}, but what a call of {backend} costs is not known, so it cannot"
                    " be kept: set its price (autogen.price.perRun, or autogen.price.perMillionInput and"
                    " perMillionOutput; 0 if it is free), or unset the budget"
                )
            if left <= 0 or (amount or 0.0) > left + _CENT:
                needed = "" if amount is None else f" and this call may cost ${amount:.4f}"
                raise BudgetExceeded(
                    f"over budget: ${max(left, 0):.4f} of the ${limit:.2f} of autogen.{setting} is left{needed}; raise"
                    " the setting, or use the skeleton backend, which is free"
                )

    def _limits(self, moment: datetime) -> list[tuple[str, float, str, str]]:
        """(setting, limit, SQL condition of the rows that count, its parameter) of each budget that is set."""
        limits = []
        if self.budget.per_session is not None:
            limits.append(("budget.perSession", self.budget.per_session, "session = ?", self.session))
        if self.budget.per_day is not None:
            limits.append(("budget.perDay", self.budget.per_day, "started >= ?", to_text(_midnight(moment))))
        return limits

    def _state(self, moment: datetime) -> dict[str, Any]:
        """The budget with the least left; today's spending, without limits, where none is set."""
        states = []
        today = ("", None, "started >= ?", to_text(_midnight(moment)))
        rules: Sequence[tuple[str, float | None, str, str]] = self._limits(moment) or [today]
        for setting, limit, where, parameter in rules:
            ((spent, reserved),) = self.database.read(
                "SELECT COALESCE(SUM(CASE WHEN status = 'running' AND expires > ? THEN 0.0 ELSE "
                f"{_SPENT} END), 0.0), COALESCE(SUM(CASE WHEN status = 'running' AND expires > ? THEN reserved ELSE 0.0"
                f" END), 0.0) FROM generation WHERE {where}",
                (to_text(moment), to_text(moment), parameter),
            )
            states.append(
                {
                    "limit": limit,
                    "spent": round(spent, 6),
                    "reserved": round(reserved, 6),
                    "remaining": None if limit is None else round(max(limit - spent - reserved, 0.0), 6),
                    "period": "session" if setting == "budget.perSession" else "day",
                }
            )
        return min(states, key=lambda state: state["remaining"] or 0.0)


@dataclass
class Reservation:
    """An open generation. It is settled exactly once; a second settlement changes nothing."""

    ledger: Ledger
    id: str
    started: datetime
    amount: float
    paid: bool
    backend: str
    open: bool = True

    def extend(self, amount: float | None) -> None:
        """Reserve as much again for one more call. Raises `BudgetExceeded`, with the reservation as it was."""
        ledger, moment = self.ledger, self.ledger.now()

        def extend(run: Execute) -> None:
            if self.paid:
                ledger._allow(run, amount, moment, self.backend)
            run("UPDATE generation SET reserved = reserved + ? WHERE id = ?", (amount or 0.0, self.id))

        ledger.database.transact(extend)
        self.amount += amount or 0.0
        ledger.on_change()

    def settle(self, status: Status, spent: Spent) -> float:
        """Close the generation with what it really took; its latency in seconds."""
        latency = max((self.ledger.now() - self.started).total_seconds(), 0.0)
        if self.open:
            self.open = False
            self.ledger.database.write(
                "UPDATE generation SET status = ?, prompt_tokens = ?, completion_tokens = ?, cached_tokens = ?,"
                " cost = ?, estimated = ?, latency = ?, reserved = 0 WHERE id = ?",
                (status, spent.prompt_tokens, spent.completion_tokens, spent.cached_tokens, spent.cost,
                 spent.estimated, latency, self.id),
            )  # fmt: skip
            self.ledger.on_change()
        return latency


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
