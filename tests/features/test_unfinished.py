"""What is offered, and made, in a statement that is being typed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from autogen_lsp.analysis import apply, needs, plan, targets
from autogen_lsp.analysis.findings import at, find
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.unfinished import at_use, finished
from autogen_lsp.config import Settings
from autogen_lsp.features.actions import registry
from autogen_lsp.features.model import Diagnostic, Offer
from autogen_lsp.text import Span
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source
from tests.support.actions import Workspace, workspace, written

SKELETON = Settings(backend="skeleton")


def offers(space: Workspace, *diagnostics: Diagnostic) -> list[Offer]:
    return registry.offers(space.project, SKELETON, space.path, Span(space.offset, space.offset), diagnostics)


def created(text: str, *, needed: bool = False) -> str:
    """The file after the first offer at the cursor; what was typed must stay as it was typed."""
    with workspace(text) as space:
        offer = offers(space)[0]
        typed = finished(space.project, space.path, offer.span.start)
        (target,) = [
            target
            for each in at(typed.project, space.path, offer.span.end)
            for target in targets.targets_of(typed.project, each)
        ]
        assert target.qualname == offer.qualname
        if needed:
            assert [each.name for each in needs.with_needs(typed.project, target)] != [target.name]
        made = plan.make(typed.project, target)
        change = at_use(space.project, target).as_typed(apply.realise(typed.project, made, made.skeleton))
        return written(space, change)[space.path.name]


FUNCTION = """\
def report(items: list[str]) -> int:
    {}
    return total


def later():
    return 1
"""


@pytest.mark.parametrize(
    ("typed", "head"),
    [
        ("total = compute(items, $0", "def compute(items: list[str]) -> int:"),
        ("total = comp$0ute(items, ", "def compute(items: list[str]) -> int:"),
        ("total = compute(1, later()$0", "def compute(arg1: int, later: int) -> int:"),
        ("total = compute(items, size=2, n=$0", "def compute(items: list[str], *, size: int) -> int:"),
        ("total = compute(items, items.$0", "def compute(items: list[str]) -> int:"),
        ("total = compute(items, ite$0", "def compute(items: list[str]) -> int:"),
        ("total = compute(items, [1, len(items$0", "def compute(items: list[str], arg2: list[int]) -> int:"),
        ("total = compute(items,\n        len(items),$0", "def compute(items: list[str], arg2: int) -> int:"),
        ("total = len(compute(items, $0", "def compute(items: list[str]) -> Sized:"),
        ("if compute(items, 1$0\n        total = 1", "def compute(items: list[str], arg2: int) -> bool:"),
        ("if compute(items$0:\n        total = 1", "def compute(items: list[str]) -> bool:"),
        ("total = compute(items, $0)", "def compute(items: list[str]) -> int:"),
        ("total = compute(items).$0", "def compute(items: list[str]) -> Any:"),
        ("return compute(items).$0", "def compute(items: list[str]) -> Any:"),
        ("if compute(items) and $0", "def compute(items: list[str]) -> bool:"),
        ("if compute(items)$0", "def compute(items: list[str]) -> bool:"),
    ],
)
def test_a_function_is_created_from_the_arguments_that_are_whole(typed: str, head: str) -> None:
    text = FUNCTION.format(typed)
    before, after = text.replace("$0", "").split("\n\n\n")
    made = created(text)
    if "Sized" in head:
        made = made.replace("from collections.abc import Sized\n\n\n", "")
    if "Any" in head:
        made = made.replace("from typing import Any\n\n\n", "")
    assert made == f"{before}\n\n\n{head}\n    raise NotImplementedError\n\n\n{after}"


def test_a_method_is_created_in_its_class() -> None:
    text = "class A:\n    def run(self, x: int):\n        self.step(x, $0\n\n    def other(self):\n        return 1\n"
    assert created(text) == text.replace("$0", "").replace(
        "    def other", "    def step(self, x: int) -> None:\n        raise NotImplementedError\n\n    def other"
    )


def test_what_runs_at_import_is_created_above_it() -> None:
    assert created("items = [1]\ntotal = compute(items, $0\nprint(total)\n") == (
        "items = [1]\n\n\ndef compute(items: list[int]):\n    raise NotImplementedError\n\n\n"
        "total = compute(items, \nprint(total)\n"
    )


def test_what_the_call_needs_is_found_with_it() -> None:
    text = "def run(x):\n    y = outer(inner(x), $0\n    return y\n"
    assert created(text, needed=True).startswith(text.replace("$0", ""))


def test_an_import_is_an_edit_of_the_text_as_it_is() -> None:
    text = "x = 1\n\n\ndef run():\n    return Path(x, $0\n\n\ndef later():\n    return 2\n"
    with workspace(text) as space:
        first = offers(space)[0]
        assert first.change is not None
        assert written(space, first.change)["main.py"] == "from pathlib import Path\n\n" + text.replace("$0", "")


@pytest.mark.parametrize(
    "text",
    [
        "def run(compute, items):\n    return compute(items, $0\n",
        "def compute(items): return 1\n\n\ndef run(items):\n    return compute(items, $0\n",
        "from somewhere import *\n\n\ndef run(items):\n    return compute(items, $0\n",
        "from somewhere import (compute\n\n\ndef run(items):\n    return compute(items, $0\n",
        "def run(items):\n    return compute(items,$0  # noqa\n",
        "def run(items):\n    return items.compute(items, $0\n",
        "def run(items):\n    return len(items, $0\n",
        "def run(items):\n    return compute(items, $0\n    )]\n",
    ],
)
def test_nothing_is_offered_where_the_name_is_bound_or_in_doubt(text: str) -> None:
    with workspace(text) as space:
        assert offers(space) == []


def test_broken_lines_have_no_findings_all_the_same() -> None:
    with workspace(FUNCTION.format("total = compute(items, missing($0")) as space:
        assert [each.name for each in find(space.project, space.path) if each.kind != "stub"] == []


def test_another_servers_diagnostic_is_solved_there() -> None:
    with workspace(FUNCTION.format("total = compute(items, $0")) as space:
        start = space.files["main.py"].index("compute")
        said = Diagnostic(Span(start, start + 7), '"compute" is not defined', "reportUndefinedVariable", "Pyright")
        found = offers(space, said)
    assert [(each.qualname, each.diagnostics) for each in found] == [("compute", (0,)), ("compute", (0,))]


@pytest.mark.parametrize("seed", range(3))
def test_offers_in_cut_files_never_raise_and_leave_what_was_typed(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    text = Path(random.__file__).read_bytes()
    path = tmp_path / "m.py"
    for _ in range(15):
        cut, back = chance.randrange(len(text)), chance.randrange(len(text))
        typed = text[: min(cut, back)] + b"\n" * chance.randrange(3) + text[max(cut, back) :]
        project = Project(Snapshot((tmp_path,), {path: Source(path, typed, 1)}))
        cursor = Span(min(cut, back), min(cut, back))
        for offer in registry.offers(project, SKELETON, path, cursor):
            assert offer.span.end <= len(typed)
