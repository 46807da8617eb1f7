"""A small workspace, its real analysis, and a pipeline over it with a backend that tests script."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autogen_lsp.analysis import findings, plan, targets
from autogen_lsp.analysis.caches import Caches
from autogen_lsp.analysis.model import Plan
from autogen_lsp.analysis.project import Project
from autogen_lsp.backends.base import Backend
from autogen_lsp.backends.scripted import Reply, ScriptedBackend
from autogen_lsp.config import Problem, Settings
from autogen_lsp.generation import pipeline
from autogen_lsp.generation.flights import Flights
from autogen_lsp.generation.model import Context, Draft, Request
from autogen_lsp.storage.database import open_database
from autogen_lsp.storage.replies import ReplyCache
from autogen_lsp.storage.usage import Budget, Ledger
from autogen_lsp.workspace.snapshot import Snapshot

BILLING = """\
import math


class Invoice:
    RATE = 3
    keep = staticmethod(lambda rate: lambda method: method)

    def __init__(self, rows):
        self.rows = rows

    def show(self):
        return self.total(0.2, digits=2)


def run(rows):
    return compute(rows, 3)


async def refresh(page):
    return await load(page)


def later(rows):
    '''Sum them.'''
    raise NotImplementedError
"""


@dataclass
class Workshop:
    """A workspace with all that a generation needs."""

    root: Path
    settings: Settings = field(default_factory=Settings)
    problems: list[Problem] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.write("billing.py", BILLING)
        self.cache = ReplyCache(None, 16, 1.0, self.problems.append)
        ids = (str(number) for number in itertools.count())
        self.ledger = Ledger(
            open_database(None, self.problems.append), "s", datetime.now(UTC), new_id=lambda: next(ids)
        )
        self.caches = Caches()
        self.flights: Flights[Draft] = Flights()

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    @property
    def project(self) -> Project:
        return Project(Snapshot((self.root,), {}, self.settings), None, self.caches)

    def plan(self, name: str, path: str = "billing.py") -> Plan:
        """The plan of what is missing under that name."""
        project = self.project
        found = next(each for each in findings.find(project, self.root / path) if each.name == name)
        target = targets.target_of(project, found)
        assert target is not None
        return plan.make(project, target)

    async def generate(self, name: str, backend: Backend, path: str = "billing.py", **request: Any) -> Draft:
        return await pipeline.generate(
            Request(self.plan(name, path), Context(), **request),
            project=self.project,
            backend=backend,
            cache=self.cache,
            ledger=self.ledger,
            settings=self.settings,
            report=lambda stage, fraction: self.stages.append(stage),
            flights=self.flights,
        )

    def budget(self, **limits: float) -> None:
        self.ledger.budget = Budget(**limits)

    @property
    def usage(self) -> dict[str, Any]:
        return self.ledger.report()


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    root = tmp_path / "project"
    root.mkdir()
    shop = Workshop(root)
    yield shop
    shop.ledger.database.close()


def scripted(*replies: Reply, **given: Any) -> ScriptedBackend:
    return ScriptedBackend(fenced(replies), paid=True, **given)


def fenced(replies: Iterable[Reply]) -> list[Reply]:
    """Code as models send it; what is no text stays as it is."""
    return [f"Here:\n\n```python\n{reply}```\n" if isinstance(reply, str) else reply for reply in replies]
