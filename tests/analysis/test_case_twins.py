"""Methods and functions that exist twice, once for ``async`` code: which of the two a new definition is."""

from __future__ import annotations

import pytest

from autogen_lsp.analysis import plan
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.text import Span
from tests.support.actions import signature, workspace


def override(text: str, qualname: str) -> str:
    """The first line of what is created for a method that bases have, too: at its call, which is no finding."""
    with workspace(text) as space:
        name = qualname.rpartition(".")[2]
        span = Span(space.offset, space.offset + len(name))
        made = plan.make(space.project, Target(space.path, qualname, TargetKind.METHOD, space.path, span))
        return made.skeleton.splitlines()[0]


ASYNC = "class Base:\n    async def version(self, kind: str) -> dict: ...\n\n\nclass A(Base):\n    pass\n\n\n"
ITEMS = (
    "from collections.abc import AsyncGenerator\n\n\nclass Base:\n    async def items(self) -> AsyncGenerator[int]:\n"
    "        yield 1\n\n\nclass A(Base):\n    pass\n\n\n"
)


@pytest.mark.parametrize(
    ("text", "qualname", "head"),
    [
        (f"{ASYNC}async def g(a: A) -> None:\n    print((await a.$0version('x'))['y'])\n", "A.version", "-> dict:"),
        (f"{ASYNC}def g(a: A) -> None:\n    print(a.$0version('x')['y'])\n", "A.version", "(self, kind: str):"),
        (
            f"{ITEMS}async def g(a: A) -> None:\n    async for x in a.$0items(): ...\n",
            "A.items",
            "AsyncGenerator[int]:",
        ),
        (f"{ITEMS}def g(a: A) -> None:\n    for x in a.$0items(): ...\n", "A.items", "def items(self):"),
    ],
)
def test_an_override_is_a_coroutine_where_its_base_is_and_calls_do_not_say_otherwise(
    text: str, qualname: str, head: str
) -> None:
    made = override(text, qualname)
    assert made.endswith(head)
    assert made.startswith("async def") == ("await" in text)


def test_what_is_awaited_is_a_coroutine_though_a_subclass_does_without() -> None:
    text = (
        "class A:\n    pass\n\n\nclass Sync(A):\n    def version(self, kind: str) -> dict: ...\n\n\n"
        "async def g(a: A) -> None:\n    print(await a.$0version('x'))\n"
    )
    assert signature(text) == "async def version(self, kind: str) -> dict:"


def test_a_function_that_is_wrapped_under_another_name_takes_what_that_is_passed() -> None:
    text = (
        "//- main.py\nasync def g(a: str) -> None:\n    await $0f(a)\n"
        "//- wrap.py\nfrom collections.abc import Awaitable, Callable\nfrom typing import ParamSpec, TypeVar\n"
        'P = ParamSpec("P")\nR = TypeVar("R")\n\n\ndef sync(f: Callable[P, Awaitable[R]]) -> Callable[P, R]: ...\n'
        "//- other.py\nfrom main import f as _f\nfrom wrap import sync\n\n\n"
        "def h(a: str, n: int) -> None:\n    sync(_f)(a, n, k=True)\n"
    )
    assert signature(text) == "async def f(a: str, n: int | None = None, *, k: bool = False) -> None:"


def test_a_method_has_no_other_name_because_something_is_imported_by_one() -> None:
    text = (
        "//- main.py\nfrom other import version as _v\n\n\nclass A:\n    _v = _v\n\n    def g(self) -> int:\n"
        "        print(self._v)\n        return self.$0version()\n//- other.py\nversion = 1\n"
    )
    assert signature(text) == "def version(self) -> int:"


def test_what_an_attribute_keeps_is_called_through_it() -> None:
    text = (
        "//- main.py\ndef g(a: str) -> None:\n    $0f(a, n=1)\n"
        "//- other.py\nfrom main import f\n\n\nclass A:\n    def __init__(self) -> None:\n        self.f = f\n\n"
        '    def go(self) -> None:\n        x: int = self.f("a")\n'
    )
    assert signature(text) == "def f(a: str, *, n: int | None = None) -> int:"
    assert signature(f"{text}        self.f = print\n") == "def f(a, *, n) -> Any:"
