"""A missing class derives from what its instances, or the class itself, are declared to be, and can be made."""

from __future__ import annotations

import pytest

from tests.support.actions import check, workspace


def skeleton(text: str) -> str:
    with workspace(text) as space:
        return space.plan().skeleton


@pytest.mark.parametrize(
    ("use", "head"),
    [
        ("shapes: list[Shape] = [$0Circle(1)]", "class Circle(Shape):"),
        ("def g() -> Shape | None:\n    return $0Circle(1)", "class Circle(Shape):"),
        ("def g(shape: Shape) -> None:\n    x = $0Circle(1)\n    g(x)", "class Circle(Shape):"),
        ("KINDS: dict[str, type[Shape]] = {'c': $0Circle}", "class Circle(Shape):"),
        ("def g() -> Box[int]:\n    return $0Crate()", "class Crate(Box[int]):"),
        ("class Scene:\n    kind: type[Shape]\n\n\nclass Round(Scene):\n    kind = $0Circle", "class Circle(Shape):"),
        ("def g() -> Sized:\n    return $0Circle(1)", "class Circle:"),  # a protocol is what has its members
        ("def g() -> Colour:\n    return $0Blue()", "class Blue:"),  # of an enum with values nothing derives
        ("def g() -> Last:\n    return $0Circle()", "class Circle:"),
        ("def g() -> Later:\n    return $0Circle()\n\n\nclass Later: ...", "class Circle:"),  # not there yet
        ("def g(a: Shape, b: Small) -> None:\n    x = $0Circle()\n    g(x, x)", "class Circle(Small):"),
    ],
)
def test_it_derives_from_what_is_asked_for(use: str, head: str) -> None:
    setup = """\
import enum
from collections.abc import Sized
from typing import Generic, TypeVar, final

T = TypeVar("T")


class Shape: ...


class Small(Shape): ...


class Box(Generic[T]): ...


class Colour(enum.Enum):
    RED = 1


@final
class Last: ...


"""
    assert skeleton(f"{setup}{use}\n").splitlines()[0] == head


def test_the_constructor_of_the_base_is_kept_where_it_takes_all_calls() -> None:
    text = "class Shape:\n    def __init__(self, size: int) -> None: ...\n\n\nshapes: list[Shape] = [$0Circle(1)]\n"
    assert skeleton(text) == "class Circle(Shape):\n    pass\n"
    assert "def __init__(self, arg1: str) -> None:" in skeleton(text.replace("(1)", "('')"))
    assert "def __init__(self, arg1: int, arg2: int) -> None:" in skeleton(text.replace("(1)", "(1, 2)"))


def test_an_exception_derives_from_the_one_that_is_asked_for() -> None:
    text = "class AppError(Exception): ...\n\n\ndef g() -> AppError:\n    return $0NotFoundError('x')\n"
    assert skeleton(text) == "class NotFoundError(AppError):\n    pass\n"
    assert skeleton(text.replace(" -> AppError", "")) == "class NotFoundError(Exception):\n    pass\n"


def test_what_is_abstract_in_the_base_is_defined() -> None:
    check(
        """\
//- shapes.py
from abc import ABC, abstractmethod
from decimal import Decimal


class Shape(ABC):
    @abstractmethod
    def area(self, scale: Decimal, *, exact: bool = False) -> Decimal: ...

    @property
    @abstractmethod
    def name(self) -> str: ...

    @classmethod
    @abstractmethod
    def of(cls, text: str) -> "Shape": ...

    @staticmethod
    @abstractmethod
    def unit(long: bool = True) -> str: ...

    def show(self) -> str:
        return self.name
//- main.py
from shapes import Shape


def draw(shape: Shape) -> None: ...


def main() -> None:
    draw($0Circle(2))
""",
        """\
//- main.py
from decimal import Decimal

from shapes import Shape


def draw(shape: Shape) -> None: ...


def main() -> None:
    draw(Circle(2))


class Circle(Shape):
    def __init__(self, arg1: int) -> None:
        raise NotImplementedError

    def area(self, scale: Decimal, *, exact: bool = False) -> Decimal:
        raise NotImplementedError

    @property
    def name(self) -> str:
        raise NotImplementedError

    @classmethod
    def of(cls, text: str) -> Shape:
        raise NotImplementedError

    @staticmethod
    def unit(long: bool = True) -> str:
        raise NotImplementedError
""",
    )


def test_what_is_abstract_in_a_base_that_must_be_imported_is_defined() -> None:
    check(
        """\
//- base.py
from abc import ABC, abstractmethod


class Handler(ABC):
    @abstractmethod
    def handle(self, line: str) -> None: ...
//- app.py
from base import Handler


def register(handler: Handler) -> None: ...
//- main.py
from app import register

register($0Printer())
""",
        """\
//- main.py
from app import register
from base import Handler


class Printer(Handler):
    def handle(self, line: str) -> None:
        raise NotImplementedError


register(Printer())
""",
    )


def test_it_has_the_methods_of_the_protocol_that_is_asked_for() -> None:
    text = """\
//- shapes.py
from decimal import Decimal
from typing import Protocol


class Sized(Protocol):
    name: str

    def size(self, scale: Decimal) -> Decimal: ...


def show(sized: Sized) -> None: ...
//- main.py
from shapes import show

show($0Circle())
"""
    assert skeleton(text) == (
        "class Circle:\n    def size(self, scale: Decimal) -> Decimal:\n        raise NotImplementedError\n"
    )
    with workspace(text) as space:
        assert [item.name for item in space.plan().imports] == ["Decimal"]


def test_of_a_union_it_derives_from_the_only_class() -> None:
    text = "class Shape: ...\n\n\ndef show(shape: str | type[Shape] | None) -> None: ...\n\n\nshow($0Circle)\n"
    assert skeleton(text) == "class Circle(Shape):\n    pass\n"
    assert skeleton(text.replace("str", "type[int]")) == "class Circle:\n    pass\n"


def test_no_base_is_named_whose_abstract_methods_cannot_be_said() -> None:
    text = "from collections.abc import Sequence\n\n\ndef g() -> Sequence[int]:\n    return $0Numbers()\n"
    assert skeleton(text) == "class Numbers:\n    pass\n"
