"""``[*f(x)]``, which the grammar parses as ``[(*f)(x)]``: what is spread is a call like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_lsp.analysis.arguments import arguments_of
from autogen_lsp.analysis.project import Project
from autogen_lsp.syntax.parser import parse
from autogen_lsp.workspace.snapshot import Snapshot
from tests.support.actions import workspace


@pytest.mark.parametrize(
    "line",
    ["[*f(1)]", "{*f(1)}", "x = *f(1), 2", "print(*a, *f(1))", "[* f(1)]", "[*f(1) or a]", "[*f(1).rows]", "a[*f(1)]"],
)
def test_what_is_spread_is_found(line: str) -> None:
    with workspace(f"a = [1]\n{line.replace('f(', '$0f(')}\n") as space:
        assert [target.qualname for target in space.targets] == ["f"]
        assert space.plan().skeleton.startswith("def f(arg1: int)")


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("def g() -> list[str]:\n    return [*$0f(1)]", "def f(arg1: int) -> Iterable[str]:"),
        ("def g() -> tuple[int, ...]:\n    return *$0f(1), 2", "def f(arg1: int) -> Iterable[int]:"),
        ("def g(a: list[int]) -> None:\n    print(*a, *$0f(a))", "def f(a: list[int]) -> Iterable[Any]:"),
        ("def g(a: list[int]) -> None:\n    $0f(*a, *sorted(a))", "def f(*a: int) -> None:"),
        ("def g() -> str:\n    x = [*sorted(['a'])]\n    $0f(x)\n    return ''", "def f(x: list[str]) -> None:"),
    ],
)
def test_items_have_the_types_of_what_is_spread(body: str, head: str) -> None:
    with workspace(f"{body}\n") as space:
        assert space.plan().skeleton.splitlines()[0] == head


def test_a_method_that_is_spread(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("class A:\n    def g(self):\n        return [*self.f(1)]\n")
    project = Project(Snapshot((tmp_path,)))
    facts = project.facts(tmp_path / "a.py")
    assert facts is not None
    assert [(call.receiver, call.name) for call in facts.calls] == [("self", "f")]


def test_a_second_star_counts_as_one() -> None:
    call = parse(b"f(*a(1), *b(2), c)\n").root_node.named_children[0].named_children[0]
    assert [argument.star for argument in arguments_of(call)] == ["*", "*", ""]
