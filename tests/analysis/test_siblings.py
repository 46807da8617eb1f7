"""A function that stands where others do is called as they are; a parameter's name may say that it is one."""

from __future__ import annotations

import pytest

from tests.support.actions import workspace

_STEPS = "def a(text: str) -> str: ...\ndef b(text: str, n: int = 1) -> str: ...\n\n\n"
_BUS = "class Bus:\n    def on(self, name, call): ...\n\n\n"


@pytest.mark.parametrize(
    ("text", "head"),
    [
        (f"{_STEPS}X = [a, b, $0f]\n", "def f(text: str) -> str:"),
        (f"{_STEPS}X = {{'a': a, 'f': $0f}}\n", "def f(text: str) -> str:"),
        (f"{_STEPS}{_BUS}x = Bus()\ny = Bus()\nx.on('a', b)\ny.on('f', $0f)\n", "def f(text: str) -> str:"),
        (
            "import argparse as ap\n\n\ndef a(args: ap.Namespace) -> int: ...\n\n\nx = ap.ArgumentParser()\n"
            "y = ap.ArgumentParser()\nx.set_defaults(func=a)\ny.set_defaults(func=$0f)\n",
            "def f(args: ap.Namespace) -> int:",
        ),
        (  # what all begin with
            "def a(request: str, pk: int): ...\ndef b(request: str, name: str): ...\n"
            "def path(route, view): ...\n\n\npath('a', a)\npath('b', b)\npath('f', $0f)\n",
            "def f(request: str) -> Any:",
        ),
        (
            f"{_BUS}class A:\n    def a(self, event: str, *, at: float = 0) -> None: ...\n\n"
            "    def g(self, bus: Bus):\n        bus.on('a', self.a)\n        bus.on('b', self.$0f)\n",
            "def f(self, event: str) -> None:",
        ),
    ],
)
def test_it_is_called_as_those_are_that_stand_beside_it(text: str, head: str) -> None:
    with workspace(text) as space:
        assert space.plan().skeleton.splitlines()[0] == head


@pytest.mark.parametrize(
    "use",
    [
        "from nowhere import Button\n\nButton('x', on_click=$0f)\n",
        "from nowhere import Button\n\nButton('x', exit_callback=$0f)\n",
        "def add(name, handler): ...\n\n\nadd('x', $0f)\n",
        "from typing import Any\n\n\ndef add(**names: Any): ...\n\n\nadd(hook=$0f)\n",
        "from functools import partial\n\n\ndef _a(name, view, kind): ...\n\n\na = partial(_a, kind=1)\na('', $0f)\n",
    ],
)
def test_a_parameter_may_be_called_like_a_function(use: str) -> None:
    with workspace(use) as space:
        assert space.plan().title == "Create function 'f' in main.py"


@pytest.mark.parametrize(
    "text",
    [
        f"{_STEPS}print(a)\nprint($0f)\n",  # which takes anything
        f"{_STEPS}def show(x: int): ...\n\n\nshow(a)\nshow($0f)\n",
        f"{_STEPS}{_BUS}x = Bus()\nx.on(a, 1)\nx.on('b', $0f)\n",  # another place
        "from nowhere import Button\n\nButton('x', color=$0f)\n",
        "class Handler: ...\n\n\ndef add(handler: Handler): ...\n\n\nadd(handler=$0f)\n",
        "X = [1, 2, $0f]\n",
    ],
)
def test_elsewhere_nothing_says_that_a_name_is_a_function(text: str) -> None:
    with workspace(text) as space:
        assert space.targets == []
