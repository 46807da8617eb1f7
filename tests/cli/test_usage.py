"""The usage report in each of its forms."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from autogen_lsp.cli.usage import dollars, moment, table, text_of
from autogen_lsp.cli.usage_page import page
from autogen_lsp.errors import UsageError
from tests.cli.conftest import Run

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
REPORT = {
    "generations": {"total": 3, "succeeded": 2, "failed": 0, "cancelled": 1, "inFlight": 0},
    "cache": {"hits": 1, "misses": 2, "hitRate": 0.33},
    "tokens": {"prompt": 5210, "completion": 640, "cached": 0},
    "cost": {"amount": 0.0123, "currency": "USD", "estimated": True, "saved": 0.004},
    "budget": {"limit": 5.0, "spent": 0.0123, "reserved": 0.0, "remaining": 4.9877, "period": "day"},
    "latency": {"p50": 1.9, "p95": 3.2},
    "groups": [
        {"key": "billing.py", "generations": 2, "cost": 0.0101},
        {"key": "a<b>&\"'.py", "generations": 1, "cost": 0.0022},
    ],
}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("7d", NOW - timedelta(days=7)),
        ("90m", NOW - timedelta(minutes=90)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T10:00:00+02:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
    ],
)
def test_since_is_a_length_of_time_or_a_date(given: str, expected: datetime) -> None:
    assert moment(given, NOW) == expected


@pytest.mark.parametrize("given", ["", "7", "d", "-7d", "999999w", "yesterday"])
def test_since_that_is_neither_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match="--since"):
        moment(given, NOW)


def test_text_says_that_costs_are_estimated_and_what_is_left() -> None:
    text = "\n".join(text_of(REPORT))
    assert "$0.0123 (estimated)" in text
    assert "$4.99 left" in text
    assert "billing.py" in text


def test_text_without_budget_or_latency_leaves_them_out() -> None:
    report = REPORT | {
        "budget": {"limit": None, "spent": 0, "reserved": 0, "remaining": None, "period": "day"},
        "latency": {"p50": None, "p95": None},
        "groups": [],
    }
    text = "\n".join(text_of(report))
    assert "budget" not in text
    assert "latency" not in text


def test_csv_can_be_read_back() -> None:
    rows = list(csv.DictReader(table(REPORT).splitlines()))
    assert [row["key"] for row in rows] == ["billing.py", "a<b>&\"'.py"]
    assert float(rows[0]["cost"]) == pytest.approx(0.0101)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.references: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.references += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("groups", [REPORT["groups"], []])
def test_page_is_well_formed_and_loads_nothing(groups: list[dict[str, object]]) -> None:
    parsed = _Page()
    parsed.feed(page(REPORT | {"groups": groups}, [{"key": "2026-03-01", "generations": 3, "cost": 0.01}], "module"))
    assert parsed.open == []
    assert "svg" in parsed.seen
    assert not parsed.seen & {"script", "link", "img", "iframe"}
    assert parsed.references == []
    assert ("a<b>&\"'.py" in parsed.text) == bool(groups)


def test_small_amounts_keep_their_digits() -> None:
    assert [dollars(amount) for amount in (0.0, 0.0042, 12.5)] == ["$0.00", "$0.0042", "$12.50"]


def test_command_prints_one_document_of_the_promised_shape(run: Run) -> None:
    done = run("usage", "--since", "7d", "--by", "backend", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) >= {
        "scope", "session", "generations", "cache", "tokens", "cost", "budget", "latency", "groups",
    }  # fmt: skip
    assert run("usage", "--format", "html").stdout.startswith("<!doctype html>")
    assert run("usage", "--format", "csv").stdout.startswith("key,generations,cost\n")
