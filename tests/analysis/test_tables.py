"""Functions that stand in a list or dictionary are what the calls of its items make of them."""

from __future__ import annotations

import pytest

from tests.support.actions import check, workspace


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("ON = {'a': $0f}\n\n\ndef g(k: str, x: int) -> str:\n    return ON[k](x)\n", "def f(x: int) -> str:"),
        ("def g(k: str, x: int):\n    on = {'a': $0f}\n    h = on.get(k)\n    h(x, '')\n", "def f(x: int, arg2: str):"),
        ("STEPS = [$0f, len]\n\n\ndef g(t: str) -> str:\n    for s in STEPS:\n        t = s(t)\n    return t\n",
         "def f(t: str) -> str:"),
        ("ON = {'a': $0f}\n\n\ndef g(x: int):\n    for k, s in ON.items():\n        s(k, x)\n",
         "def f(k: str, x: int):"),
        ("class A:\n    ON = {'a': $0f}\n\n    def g(self, k: str, x: int):\n        self.ON[k](x)\n",
         "def f(x: int):"),
    ],
)  # fmt: skip
def test_calls_of_items_are_calls_of_the_function(text: str, head: str) -> None:
    with workspace(text) as space:
        assert space.plan().skeleton.splitlines()[0].startswith(head.removesuffix(":"))


@pytest.mark.parametrize(
    "text",
    [
        "ON = {'a': $0f}\n",
        "ON = {$0f: 1}\n\n\ndef g(x: int):\n    ON[x](1)\n",
        "ON = {'a': $0f}\n\n\ndef g(ON, x: int):\n    print(ON[x])\n",
        "class A:\n    ON = {'a': $0f}\n\n\ndef g(ON, x: int):\n    ON[x](1)\n",
    ],
)
def test_a_name_of_which_nothing_says_that_it_is_a_function_is_left_alone(text: str) -> None:
    with workspace(text) as space:
        assert space.targets == []


def test_a_method_in_a_table_of_its_class() -> None:
    check(
        """\
class App:
    def __init__(self) -> None:
        self.commands = {"add": self.$0add}

    def run(self, name: str, words: list[str]) -> int:
        return self.commands[name](words)
""",
        """\
class App:
    def __init__(self) -> None:
        self.commands = {"add": self.add}

    def add(self, words: list[str]) -> int:
        raise NotImplementedError

    def run(self, name: str, words: list[str]) -> int:
        return self.commands[name](words)
""",
    )
