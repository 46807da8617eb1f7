"""Provenance: one record per generated symbol, that knows whether the symbol was edited since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autogen_lsp.storage.database import open_database
from autogen_lsp.storage.provenance import Provenance, Record, digest_of
from tests.storage.conftest import Clock, Warnings

CODE = 'def total(rows):\n    """Sum.\n\n    Really."""\n    if rows:\n        return sum(rows)\n    return 0\n'


@pytest.fixture
def provenance(tmp_path: Path, warnings: Warnings) -> Iterator[Provenance]:
    database = open_database(tmp_path / "state", warnings)
    yield Provenance(database)
    database.close()


def record(root: Path, clock: Clock, identity: str = "1") -> Record:
    return Record(
        id=identity,
        root=root,
        path="pkg/billing.py",
        qualname="total",
        digest=digest_of(CODE),
        created=clock(),
        backend="codegen",
        model="m",
        run_id="7",
        run_url="https://example.invalid/7",
        cost=0.25,
        estimated=True,
        cached=False,
        recipe="ab" * 32,
        checks=(("parses", True, ""), ("formatted", True, "ruff")),
        previous="def total(rows): ...",
    )


def test_record_comes_back_whole(provenance: Provenance, tmp_path: Path, clock: Clock) -> None:
    written = record(tmp_path, clock)
    provenance.record(written)
    assert provenance.get("1", tmp_path) == written
    assert provenance.get("1", tmp_path / "elsewhere") is None
    assert provenance.history(tmp_path, "pkg/billing.py", "total") == [written]


def test_draft_is_found_only_when_it_was_applied(provenance: Provenance, tmp_path: Path, clock: Clock) -> None:
    provenance.record(record(tmp_path, clock))
    assert provenance.lookup(tmp_path, "pkg/billing.py", "total") is None
    provenance.mark("1", "applied")
    found = provenance.lookup(tmp_path, "pkg/billing.py", "total")
    assert found is not None
    assert found.status == "applied"
    provenance.mark("1", "reverted")
    assert provenance.lookup(tmp_path, "pkg/billing.py", "total") is None


def test_refused_draft_does_not_hide_the_applied_one(provenance: Provenance, tmp_path: Path, clock: Clock) -> None:
    provenance.record(replace(record(tmp_path, clock), status="applied"))
    clock.pass_(minutes=1)
    provenance.record(replace(record(tmp_path, clock, "2"), status="refused"))
    found = provenance.lookup(tmp_path, "pkg/billing.py", "total")
    assert found is not None
    assert found.id == "1"
    assert [each.id for each in provenance.history(tmp_path)] == ["2", "1"]


def test_newest_of_two_applied_ones_counts(provenance: Provenance, tmp_path: Path, clock: Clock) -> None:
    for identity in ("1", "2"):
        provenance.record(replace(record(tmp_path, clock, identity), status="applied"))
    found = provenance.lookup(tmp_path, "pkg/billing.py", "total")
    assert found is not None
    assert found.id == "2"


def test_workspaces_do_not_see_each_other(provenance: Provenance, tmp_path: Path, clock: Clock) -> None:
    provenance.record(replace(record(tmp_path, clock), status="applied"))
    assert provenance.lookup(tmp_path / "other", "pkg/billing.py", "total") is None
    assert provenance.history(tmp_path / "other") == []


def test_digest_may_be_that_of_the_text_as_it_was_placed(provenance: Provenance, tmp_path: Path, clock: Clock) -> None:
    provenance.record(record(tmp_path, clock))
    provenance.mark("1", "applied", digest_of("def total(rows): return 1"))
    found = provenance.lookup(tmp_path, "pkg/billing.py", "total")
    assert found is not None
    assert not found.edited("def total(rows): return 1")
    assert found.edited(CODE)


@pytest.mark.parametrize(
    "same",
    [
        CODE.replace("\n", "\r\n"),
        "\n".join(f"    {line}" for line in CODE.split("\n")),
        CODE.replace("    ", "\t"),
        CODE.replace("    ", "  "),
        CODE.replace("\n    if", "\n\n    if"),
        CODE.replace("\n", "   \n"),
        CODE.rstrip("\n"),
    ],
)
def test_moved_or_reindented_text_is_not_edited(same: str, tmp_path: Path, clock: Clock) -> None:
    assert not record(tmp_path, clock).edited(same)


@pytest.mark.parametrize(
    "other",
    [
        CODE.replace("0", "1"),
        CODE.replace("    return 0", "        return 0"),
        CODE + "    # done\n",
        CODE.replace("Sum.", "sum."),
        "",
    ],
)
def test_changed_text_is_edited(other: str, tmp_path: Path, clock: Clock) -> None:
    assert record(tmp_path, clock).edited(other)


def test_json_holds_what_clients_are_promised_and_no_local_folder(tmp_path: Path, clock: Clock) -> None:
    shown = record(tmp_path, clock).as_json()
    assert shown["createdAt"] == "2026-03-14T12:00:00.000Z"
    assert shown["cost"] == {"amount": 0.25, "currency": "USD", "estimated": True}
    assert shown["checks"][1] == {"name": "formatted", "ok": True, "detail": "ruff"}
    assert str(tmp_path) not in str(shown)
