"""Budgets that hold before, during and after a call, and the report that the editor shows."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from autogen_lsp.errors import BudgetExceeded, UsageError
from autogen_lsp.storage.database import Database, open_database
from autogen_lsp.storage.moments import from_text, to_text
from autogen_lsp.storage.usage import Budget, Ledger, Reservation, Spent
from tests.storage.conftest import Clock, Warnings


@pytest.fixture
def database(tmp_path: Path, warnings: Warnings) -> Iterator[Database]:
    opened = open_database(tmp_path, warnings)
    yield opened
    opened.close()


def ledger(database: Database, clock: Clock, session: str = "s", **budget: float) -> Ledger:
    ids = (f"{session}{number}" for number in itertools.count())
    return Ledger(database, session, clock(), Budget(**budget), now=clock, new_id=lambda: next(ids))


def reserve(book: Ledger, amount: float | None = 0.1, **given: Any) -> Reservation:
    defaults: dict[str, Any] = {
        "workspace": "w", "module": "a.py", "backend": "codegen", "model": "", "paid": True, "seconds": 60.0,
    }  # fmt: skip
    return book.reserve(amount=amount, **{**defaults, **given})


def test_report_of_an_untouched_session_has_the_whole_shape(database: Database, clock: Clock) -> None:
    assert ledger(database, clock).report() == {
        "scope": "session",
        "session": {"id": "s", "startedAt": "2026-03-14T12:00:00.000Z"},
        "generations": {"total": 0, "succeeded": 0, "failed": 0, "cancelled": 0, "inFlight": 0},
        "cache": {"hits": 0, "misses": 0, "hitRate": 0.0},
        "tokens": {"prompt": 0, "completion": 0, "cached": 0},
        "cost": {"amount": 0, "currency": "USD", "estimated": False, "saved": 0},
        "budget": {"limit": None, "spent": 0.0, "reserved": 0.0, "remaining": None, "period": "day"},
        "latency": {"p50": None, "p95": None},
        "groups": [],
    }


def test_report_adds_up(database: Database, clock: Clock) -> None:
    book = ledger(database, clock, per_day=5.0)
    first, second, third, fourth = (reserve(book, module=module) for module in ("a.py", "a.py", "b.py", "c.py"))
    clock.pass_(seconds=2)
    first.settle("succeeded", Spent(100, 20, 5, 0.25, estimated=True))
    clock.pass_(seconds=2)
    second.settle("succeeded", Spent(50, 10, 0, 0.25, estimated=True))
    third.settle("cancelled", Spent(cost=0.1, estimated=True))
    book.hit(workspace="w", module="b.py", backend="codegen", model="", saved=0.25, seconds=0.01)
    assert fourth.open
    assert book.report() == {
        "scope": "session",
        "session": {"id": "s", "startedAt": "2026-03-14T12:00:00.000Z"},
        "generations": {"total": 5, "succeeded": 3, "failed": 0, "cancelled": 1, "inFlight": 1},
        "cache": {"hits": 1, "misses": 4, "hitRate": 0.2},
        "tokens": {"prompt": 150, "completion": 30, "cached": 5},
        "cost": {"amount": 0.6, "currency": "USD", "estimated": True, "saved": 0.25},
        "budget": {"limit": 5.0, "spent": 0.6, "reserved": 0.1, "remaining": 4.3, "period": "day"},
        "latency": {"p50": 2.0, "p95": 4.0},
        "groups": [
            {"key": "a.py", "generations": 2, "cost": 0.5},
            {"key": "b.py", "generations": 2, "cost": 0.1},
            {"key": "c.py", "generations": 1, "cost": 0.0},
        ],
    }


def test_reserved_money_cannot_be_spent_twice(database: Database, clock: Clock) -> None:
    book = ledger(database, clock, per_session=0.25)
    held = [reserve(book), reserve(book)]
    with pytest.raises(BudgetExceeded, match=r"\$0\.0500 of the \$0\.25 of autogen\.budget\.perSession is left"):
        reserve(book)
    held[0].settle("succeeded", Spent(cost=0.02))
    reserve(book)


def test_refused_call_leaves_no_trace(database: Database, clock: Clock) -> None:
    book = ledger(database, clock, per_session=0.05)
    with pytest.raises(BudgetExceeded):
        reserve(book)
    assert book.report()["generations"]["total"] == 0
    assert book.report()["budget"]["reserved"] == 0


def test_exactly_the_budget_may_be_spent(database: Database, clock: Clock) -> None:
    book = ledger(database, clock, per_session=0.3)
    for _ in range(3):
        reserve(book).settle("succeeded", Spent(cost=0.1))
    with pytest.raises(BudgetExceeded):
        reserve(book)
    with pytest.raises(BudgetExceeded):
        reserve(book, amount=0.0)


def test_session_budget_is_the_sessions_and_day_budget_everybodys(database: Database, clock: Clock) -> None:
    mine = ledger(database, clock, "mine", per_session=0.2, per_day=0.3)
    theirs = ledger(database, clock, "theirs", per_session=0.2, per_day=0.3)
    reserve(theirs)
    reserve(theirs)
    reserve(mine)
    with pytest.raises(BudgetExceeded, match=r"autogen\.budget\.perDay"):
        reserve(mine)


def test_new_day_begins_at_the_users_midnight(database: Database) -> None:
    clock = Clock(datetime(2026, 3, 14, 23, 30, tzinfo=timezone(timedelta(hours=5))))
    book = ledger(database, clock, per_day=0.1)
    reserve(book).settle("succeeded", Spent(cost=0.1))
    with pytest.raises(BudgetExceeded):
        reserve(book)
    clock.pass_(hours=1)
    reserve(book)
    assert [group["key"] for group in book.report(by="day")["groups"]] == ["2026-03-14", "2026-03-15"]


def test_unknown_price_under_a_budget_is_refused_and_says_which_settings(database: Database, clock: Clock) -> None:
    with pytest.raises(BudgetExceeded, match=r"autogen\.price\.perRun"):
        reserve(ledger(database, clock, per_day=1.0), amount=None)
    assert reserve(ledger(database, clock), amount=None).amount == 0.0


def test_budget_of_zero_forbids_paid_calls_and_no_others(database: Database, clock: Clock) -> None:
    book = ledger(database, clock, per_day=0.0)
    with pytest.raises(BudgetExceeded):
        reserve(book, amount=0.0)
    reserve(book, amount=None, paid=False, cache="unused")
    assert book.report()["cache"] == {"hits": 0, "misses": 0, "hitRate": 0.0}


def test_settling_twice_counts_once(database: Database, clock: Clock) -> None:
    book = ledger(database, clock)
    reservation = reserve(book)
    reservation.settle("cancelled", Spent(cost=0.1))
    reservation.settle("succeeded", Spent(cost=5.0))
    assert book.report()["cost"]["amount"] == 0.1
    assert book.report()["generations"]["cancelled"] == 1


def test_extension_is_checked_like_a_call(database: Database, clock: Clock) -> None:
    book = ledger(database, clock, per_session=0.25)
    reservation = reserve(book)
    reservation.extend(0.1)
    assert book.report()["budget"]["reserved"] == 0.2
    with pytest.raises(BudgetExceeded):
        reservation.extend(0.1)
    assert reservation.amount == 0.2
    reservation.settle("failed", Spent(cost=0.2))
    assert book.report()["budget"] == {
        "limit": 0.25, "spent": 0.2, "reserved": 0.0, "remaining": 0.05, "period": "session",
    }  # fmt: skip


def test_call_of_a_server_that_died_stays_spent_and_is_no_longer_in_flight(database: Database, clock: Clock) -> None:
    reserve(ledger(database, clock, "dead"))
    clock.pass_(seconds=61)
    report = ledger(database, clock, "next", per_day=0.15).report("all")
    assert report["generations"] == {"total": 1, "succeeded": 0, "failed": 1, "cancelled": 0, "inFlight": 0}
    assert report["cost"]["amount"] == 0.1
    assert report["cost"]["estimated"] is True
    assert report["budget"] == {"limit": 0.15, "spent": 0.1, "reserved": 0.0, "remaining": 0.05, "period": "day"}


def test_tightest_budget_is_the_one_that_is_shown(database: Database, clock: Clock) -> None:
    book = ledger(database, clock, per_session=0.5, per_day=0.4)
    assert book.report()["budget"]["period"] == "day"
    book.budget = Budget(per_session=0.3, per_day=0.4)
    assert book.report()["budget"]["period"] == "session"


def test_scopes_and_since_choose_the_rows(database: Database, clock: Clock) -> None:
    mine, theirs = ledger(database, clock, "mine"), ledger(database, clock, "theirs")
    reserve(mine, workspace="one", seconds=7200.0)
    clock.pass_(hours=1)
    reserve(theirs, workspace="one", backend="openai")
    reserve(theirs, workspace="two", backend="openai")

    def total(*given: Any) -> int:
        return int(mine.report(*given)["generations"]["total"])

    assert total("session") == 1
    assert total("workspace", None, "module", ["one"]) == 2
    assert total("workspace", None, "module", ["one", "two"]) == 3
    assert total("workspace", None, "module", []) == 0
    assert total("all") == 3
    assert total("all", clock()) == 2
    assert mine.report("all", by="backend")["groups"][0] == {"key": "openai", "generations": 2, "cost": 0.0}


@pytest.mark.parametrize("given", [{"scope": "world"}, {"by": "colour"}])
def test_unknown_scope_or_grouping_is_named(given: dict[str, Any], database: Database, clock: Clock) -> None:
    with pytest.raises(UsageError, match=next(iter(given.values()))):
        ledger(database, clock).report(**given)


def test_listener_is_told_of_every_change(database: Database, clock: Clock) -> None:
    book = ledger(database, clock)
    seen: list[int] = []
    book.on_change = lambda: seen.append(book.report()["generations"]["inFlight"])
    reservation = reserve(book)
    reservation.extend(0.1)
    reservation.settle("succeeded", Spent())
    book.hit(workspace="w", module="a.py", backend="codegen", model="", saved=0, seconds=0)
    assert seen == [1, 1, 0, 0]


def test_threads_that_reserve_at_once_stay_within_the_budget(database: Database, clock: Clock) -> None:
    book = ledger(database, clock, per_session=1.0)
    granted: list[Reservation] = []

    def take() -> None:
        for _ in range(5):
            try:
                granted.append(reserve(book))
            except BudgetExceeded:
                return

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(granted) == 10


def test_servers_that_reserve_at_once_stay_within_the_days_budget(
    tmp_path: Path, warnings: Warnings, clock: Clock
) -> None:
    books = [ledger(open_database(tmp_path, warnings), clock, name, per_day=1.0) for name in "abc"]
    granted = 0
    for book in itertools.islice(itertools.cycle(books), 30):
        try:
            reserve(book)
        except BudgetExceeded:
            continue
        granted += 1
    assert granted == 10


def test_moments_sort_as_text_and_come_back(clock: Clock) -> None:
    assert to_text(clock()) == "2026-03-14T12:00:00.000Z"
    assert from_text("2026-03-14T12:00:00.000Z") == clock()
    assert from_text("2026-03-14") == datetime(2026, 3, 14, tzinfo=UTC)
    with pytest.raises(UsageError):
        from_text("yesterday")
