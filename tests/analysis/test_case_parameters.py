"""The parameters of a new definition: rows 20-31 of the cases (docs/create-from-usage.md)."""

from __future__ import annotations

import pytest

from autogen_lsp.analysis import plan
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.text import Span
from tests.support.actions import check, signature, workspace


def f(call: str, setup: str = "") -> str:
    """The signature that a call of ``f`` at module level gives."""
    start = "" if setup.endswith(" ") else "x = "
    return signature(f"{setup}{start}{call.replace('f(', '$0f(', 1)}\n")


@pytest.mark.parametrize(
    ("call", "head"),
    [
        ("f(a_var)", "def f(a_var):"),
        ("f(o.val)", "def f(val):"),
        ("f(o.val, p.val)", "def f(val, val_1):"),
        ("f(o._private)", "def f(private):"),
        ("f(startLine, o.endLine, htmlFOR_x)", "def f(startLine, endLine, html_for_x):"),
        ("f(get_baz())", "def f(baz):"),
        ("f(o.get_baz())", "def f(baz):"),
        ("f(BazBaz())", "def f(baz_baz):"),
        ("f(VALUE)", "def f(value):"),
        ("f(HTTPServer())", "def f(http_server):"),
        ("f(m.BazBaz.from_row(x), BazBaz.make(), x.create())", "def f(baz_baz, baz_baz_1, create):"),
        ("f(await_me)", "def f(await_me):"),
        ("f(rows[0])", "def f(row):"),
        ("f(row['name'])", "def f(name):"),
        ("f(-depth)", "def f(depth):"),
        ("f(os.getcwd(), os.path.join(a, b), ', '.join(c))", "def f(cwd, path, arg3: str):"),
        ("f((depth))", "def f(depth):"),
    ],
)
def test_rows_20_to_22_names_come_from_the_arguments(call: str, head: str) -> None:
    assert f(call) == head


@pytest.mark.parametrize(
    ("call", "head"),
    [
        ('f(1, "x")', "def f(arg1: int, arg2: str):"),
        ("f(1.5, 2j, True, None, b'')", "def f(arg1: float, arg2: complex, arg3: bool, arg4, arg5: bytes):"),
        ("f([1, 2], ('a', 1), {1})", "def f(arg1: list[int], arg2: tuple[str, int], arg3: set[int]):"),
        ("f({'a': 1, 'b': 2.0})", "def f(arg1: dict[str, float]):"),
        ("f(f'{x}', 'a' 'b', '%s' % x)", "def f(arg1: str, arg2: str, arg3: str):"),
        ("f(1 + 2, 3 / 2, not x, x in y)", "def f(arg1: int, arg2: float, arg3: bool, arg4: bool):"),
        ("f(name, 2)", "def f(name, arg2: int):"),
    ],
)
def test_row_23_literals_give_widened_types_and_positions_for_names(call: str, head: str) -> None:
    assert f(call) == head


def test_row_24_an_argument_always_passed_by_keyword_is_keyword_only() -> None:
    assert f("f(p=1)") == "def f(*, p: int):"
    assert f("f(1, p=q, r=None)") == "def f(arg1: int, *, p, r):"


def test_row_25_starred_arguments_keep_their_names_and_element_types() -> None:
    setup = "def g(x: int, *args: str, **kw: float):\n    y = "
    assert f("f(x, *args, k=1, **kw)", setup) == "def f(x: int, *args: str, k: int, **kw: float) -> Any:"


def test_row_25_two_stars_give_one_args() -> None:
    assert f("f(*a, *[1, 2], 3)", "a: list[str] = []\n") == "def f(*args: str | int):"


def test_row_25_arguments_after_a_star_belong_to_it() -> None:
    assert f("f(1, *rest, 2)", "rest: list[int] = []\n") == "def f(arg1: int, *rest: int):"


def test_row_26_what_is_not_known_has_no_annotation() -> None:
    setup = "from typing import Any\nimport mystery\n\n\ndef g(a: Any, b):\n    d = mystery.thing()\n    y = "
    assert f("f(a, b, d)", setup) == "def f(a, b, d) -> Any:"


def test_row_27_lambdas_and_functions_are_callables() -> None:
    setup = "def size(text: str) -> int:\n    return 0\n\n\n"
    assert f("f(lambda: 1)") == "def f(arg1: Callable[[], int]):"
    assert f("f(lambda a, b: a)") == "def f(arg1: Callable[[Any, Any], Any]):"
    assert f("f(size)", setup) == "def f(size: Callable[[str], int]) -> Any:"


def test_row_27_a_bound_method_is_a_callable_without_self() -> None:
    setup = "class A:\n    def on(self, n: int) -> None:\n        y = "
    assert f("f(self.on)", setup) == "def f(on: Callable[[int], None]) -> Any:"


def test_what_gives_self_gives_an_instance_of_the_subclass() -> None:
    setup = (
        "class A:\n    def me(self): return self\n    @property\n    def own(self): return [type(self)()]\n"
        "    def __enter__(self): return self\n    def __init__(self): self.root = self\n"
        "    @classmethod\n    def make(cls): return cls()\n    def other(self): return A()\n\n\n"
        "class B(A):\n    def up(self): return super().me()\n\n\nb = B()\n"
    )
    assert signature(f"{setup}x = $0f(b.me(), b.own, b.root, B.make(), b.up().me(), b.other())\n") == (
        "def f(me: B, own: list[B], root: B, b: B, me_1: B, other: A):"
    )


def test_row_28_a_type_variable_in_scope_is_carried() -> None:
    old = 'from typing import TypeVar\n\nT = TypeVar("T")\n\n\ndef g(x: T, ys: list[T]) -> T:\n    return '
    assert f("f(x, ys)", old) == "def f(x: T, ys: list[T]) -> T:"
    new = "def g[T: int](x: T) -> T:\n    return "
    assert f("f(x)", new) == "def f[T: int](x: T) -> T:"


def test_row_28_a_type_parameter_of_the_class_is_in_scope_of_its_methods() -> None:
    assert signature("class Box[T]:\n    def put(self, x: T) -> None:\n        self.$0keep(x)\n") == (
        "def keep(self, x: T) -> None:"
    )


@pytest.mark.parametrize(
    ("head", "of_function"),
    [
        ('from typing import Generic, TypeVar\n\nT = TypeVar("T")\n\n\nclass Stack(Generic[T]):', "last"),
        ("class Stack[T]:", "last[T]"),
    ],
)
def test_row_28_what_self_has_is_of_the_type_variables_of_its_class(head: str, of_function: str) -> None:
    body = "    def __init__(self) -> None:\n        self.items: list[T] = []\n\n    def top(self) -> T:\n"
    raises = "raise NotImplementedError"
    check(
        f"{head}\n{body}        return $0last(self.items)\n",
        f"{head}\n{body}        return last(self.items)\n\n\ndef {of_function}(items: list[T]) -> T:\n    {raises}\n",
    )
    check(
        f"{head}\n{body}        return self.$0at(self.items, -1)\n",
        f"{head}\n{body}        return self.at(self.items, -1)\n\n"
        f"    def at(self, items: list[T], arg2: int) -> T:\n        {raises}\n",
    )


def test_row_29_types_of_all_sites_are_united() -> None:
    assert f("f(1)\nf('a')\nf(None)") == "def f(arg1: int | str | None):"
    assert f("f(1)\nf(2.0)\nf(True)") == "def f(arg1: float):"


def test_row_29_a_base_class_absorbs_its_subclasses() -> None:
    setup = "class A:\n    pass\n\n\nclass B(A):\n    pass\n\n\n"
    assert f("f(B())\nf(A())", setup) == "def f(b: A):"


def test_row_29_a_base_class_of_other_elements_absorbs_nothing() -> None:
    setup = "from collections.abc import Iterable\n\npairs: Iterable[tuple[str, int]]\n"
    assert f("f(pairs)\nf({'a': 1})", setup) == "def f(pairs: Iterable[tuple[str, int]] | dict[str, int]):"
    assert f("f(pairs)\nf([('a', 1)])", setup) == "def f(pairs: Iterable[tuple[str, int]]):"


def test_row_29_an_argument_that_some_sites_leave_out_has_a_default() -> None:
    assert f("f(1)\nf(1, 'a')") == "def f(arg1: int, arg2: str | None = None):"
    assert f("f(1)\nf(1, force=True)") == "def f(arg1: int, *, force: bool = False):"
    assert f("f(1)\nf(1, check=False)") == "def f(arg1: int, *, check: bool = True):"


def test_row_29_by_position_here_and_by_keyword_there_is_one_parameter() -> None:
    assert f("f(1, width)\nf(1, width=2)") == "def f(arg1: int, width: int):"
    assert f("f(1, 2)\nf(1, width=2)") == "def f(arg1: int, width: int):"


def test_row_29_several_keywords_may_each_be_a_position_elsewhere() -> None:
    assert f("f(n, 3)\nf(3, size=4)\nf(size=1, n=2)") == "def f(n: int, size: int):"


def test_row_29_a_name_passed_together_with_a_position_is_another_parameter() -> None:
    assert f("f(width, width=2)") == "def f(width_1, *, width: int):"


def test_row_29_names_go_by_majority_then_by_first_appearance() -> None:
    assert f("f(cat)\nf(dog)\nf(dog)") == "def f(dog):"
    assert f("f(cat)\nf(dog)") == "def f(cat):"


def test_row_29_sites_in_other_files_count_under_their_aliases() -> None:
    check(
        """\
//- pkg/__init__.py
//- pkg/tools.py
import os
//- pkg/a.py
from .tools import $0area

area(1)
//- pkg/b.py
from pkg.tools import area as size

size(1, unit="mm")
//- pkg/c.py
import pkg.tools as t

t.area(2.5)


def area(other, one):
    pass


area(1, 2)
""",
        """\
//- pkg/tools.py
import os


def area(arg1: float, *, unit: str | None = None) -> None:
    raise NotImplementedError
""",
    )


def test_row_29_methods_are_merged_over_receivers_of_known_type() -> None:
    text = """\
//- shop.py
class Shop:
    def a(self):
        self.$0close(1)


class Kiosk(Shop):
    def b(self):
        self.close("x")


class Door:
    def c(self):
        self.close(1, 2, 3)

    def close(self, *args):
        pass
//- main.py
from shop import Shop, Door

s = Shop()
s.close(True, now=1)
Door().close()
"""
    assert signature(text) == "def close(self, arg1: int | str, *, now: int | None = None) -> None:"


def test_row_30_the_arguments_of_the_outer_call_are_not_taken() -> None:
    assert signature("print(g($0f(1), 2), 3)\n") == "def f(arg1: int):"


def test_row_31_names_never_shadow_builtins_keywords_or_each_other() -> None:
    assert f("f(o.list, o.class_, o.id, o.list)") == "def f(list_, class_, id_, list_1):"


def test_row_31_a_keyword_argument_keeps_its_name_whatever_it_shadows() -> None:
    assert f("f(type=1)") == "def f(*, type: int):"


def test_types_come_from_annotations_attributes_and_known_returns() -> None:
    setup = """\
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Line:
    price: float
    tags: list[str]


class Cart:
    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.path = Path("x")

    def total(self) -> int:
        return 1

    def show(self, cart: "Cart", match: re.Match[str] | None):
        for line in self.lines:
            if match is None:
                return
            y = """
    call = "f(line, line.price, line.tags[0], cart.total(), self.path.name, 'a'.split(), len(self.lines), match)"
    head = f(call, setup)
    assert head.startswith("def f(\n    line: Line,\n    price: float,\n    tag: str,\n    total: int,\n    name: str,")
    assert "arg6: list[str],\n    arg7: int,\n    match: re.Match[str],\n)" in head


def test_narrowing_by_isinstance_and_none_is_followed() -> None:
    setup = "def g(x: int | str | None):\n    if x is None:\n        return\n    if isinstance(x, str):\n        y = "
    assert f("f(x)", setup) == "def f(x: str) -> Any:"


def test_row_44_types_foreign_to_the_target_file_are_imported() -> None:
    check(
        """\
//- pkg/__init__.py
//- pkg/models.py
class User:
    pass
//- pkg/mail.py
import os

from . import settings
//- pkg/settings.py
//- main.py
from decimal import Decimal

from pkg import mail
from pkg.models import User


def welcome(user: User, price: Decimal):
    mail.$0send(user, price)
""",
        """\
//- pkg/mail.py
import os
from decimal import Decimal

from . import settings
from .models import User


def send(user: User, price: Decimal) -> None:
    raise NotImplementedError
""",
    )


def test_row_44_a_type_that_would_make_a_cycle_is_imported_for_type_checkers_only() -> None:
    check(
        """\
//- models.py
import mail


class User:
    def welcome(self):
        mail.$0send(self)
//- mail.py
import os
""",
        """\
//- mail.py
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models import User


def send(user: "User") -> None:
    raise NotImplementedError
""",
    )


def test_row_44_a_file_without_imports_of_its_package_has_them_as_its_neighbours_do() -> None:
    check(
        """\
//- pkg/__init__.py
//- pkg/models.py
from . import mail


class User:
    def welcome(self):
        mail.$0send(self, Note())


class Note: ...
//- pkg/mail.py
X = 1
//- pkg/notes.py
from .models import Note
""",
        """\
//- pkg/mail.py
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Note, User

X = 1


def send(user: "User", note: "Note") -> None:
    raise NotImplementedError
""",
    )


def test_row_44_first_imports_of_a_file_are_set_apart_as_one() -> None:
    check(
        """\
//- models.py
import mail


class User:
    def welcome(self):
        mail.$0send(self)
//- mail.py
def other(): ...
""",
        """\
//- mail.py
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models import User


def other(): ...


def send(user: "User") -> None:
    raise NotImplementedError
""",
    )


def test_row_44_imports_that_stand_there_are_used_and_extended() -> None:
    check(
        """\
//- mail.py
from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pkg import b

if TYPE_CHECKING:
    from collections.abc import Callable
//- pkg/__init__.py
class a:
    pass


class b:
    pass
//- main.py
from datetime import date

import mail
from pkg import a, b


def done() -> None:
    pass


def g(day: date, thing: a, other: b):
    mail.$0send(day, thing, other, done)
""",
        """\
//- mail.py
from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pkg import a, b

if TYPE_CHECKING:
    from collections.abc import Callable


def send(day: dt.date, thing: a, other: b, done: Callable[[], None]) -> None:
    raise NotImplementedError
""",
    )


def test_a_class_defined_further_down_is_quoted() -> None:
    check(
        "def g(a: 'A'):\n    $0f(a)\n\n\nclass A:\n    pass\n",
        "def g(a: 'A'):\n    f(a)\n\n\ndef f(a: \"A\") -> None:\n    raise NotImplementedError\n\n\n"
        "class A:\n    pass\n",
    )


def test_an_annotation_that_a_member_hides_is_left_out() -> None:
    with workspace("class A:\n    def list(self):\n        pass\n\n    def g(self):\n        self.$0f([1])\n") as space:
        assert "def f(self, arg1) -> None:" in space.plan().skeleton


def test_a_method_that_subclasses_define_has_their_signature() -> None:
    text = """\
class Shape:
    def name(self) -> str:
        return ""


class Square(Shape):
    def area(self, unit: str = "mm", *, exact: bool = False) -> float:
        return 1.0


class Circle(Shape):
    def area(self, unit: str = "mm", *, exact: bool = False) -> float:
        return 2.0


def show(shape: Shape):
    print(shape.$0area("cm"))
"""
    assert signature(text) == 'def area(self, unit: str = "mm", *, exact: bool = False) -> float:'
    differing = text.replace(
        '(self, unit: str = "mm", *, exact: bool = False) -> float:\n        return 2.0', "(self):\n        return 2.0"
    )
    assert signature(differing) == 'def area(self, unit: str = "mm", *, exact: bool = False) -> float:'
    refusing = differing.replace('unit: str = "mm", ', "")
    assert signature(refusing) == "def area(self, arg1: str):"


def test_an_alias_says_no_more_than_what_it_stands_for() -> None:
    text = """\
//- a.py
from typing import Union

Size = Union[int, str]
//- b.py
from typing import Union

Size = Union[int, str]
//- main.py
import a
import b


def g(x: a.Size, y: b.Size, z: int):
    $0f(x)
    f(y)
    f(z)
"""
    assert signature(text) == "def f(x: a.Size) -> None:"
    assert signature(text.replace("z: int", "z: str | int")) == "def f(x: str | int) -> None:"


def test_row_44_two_types_of_one_name_are_not_both_imported() -> None:
    text = """\
//- a.py
class Size: ...
//- b.py
class Size: ...
//- main.py
import tools
from a import Size as One
from b import Size as Other


def g(x: One, y: Other):
    tools.$0f(x, y)
//- tools.py
"""
    assert signature(text) == "def f(x: Size, y) -> None:"


def test_a_name_that_the_file_also_assigns_is_no_type() -> None:
    text = """\
//- sizes.py
class Size: ...
//- main.py
import sizes
import tools


def g(x: sizes.Size):
    tools.$0f(x)
//- tools.py
try:
    from sizes import Size
except ImportError:
    Size = None
"""
    assert signature(text) == "def f(x) -> None:"
    assert signature(text.replace("    Size = None", "    pass")) == "def f(x: Size) -> None:"


def test_row_29_names_of_variables_go_before_those_of_classes() -> None:
    assert signature("class Row: ...\nclass Col: ...\n$0f(Row)\nf(Col)\nf(kind)\n").startswith("def f(kind: type[")


def test_row_29_a_position_that_is_mostly_passed_literals_has_the_name_of_a_keyword() -> None:
    calls = "$0f(1, 2)\nf(1, 3)\nf(1, last)\nf(day=1, hour=2)\n"
    assert signature(f"last = 1\n{calls}") == "def f(day: int, hour: int) -> None:"


def test_row_29_a_receiver_that_is_named_after_the_class_counts() -> None:
    text = """\
class HeaderList:
    def one(self, name: str):
        self.$0find(name, deep=True)


class Other:
    def find(self, x): ...


def g(response, thing):
    response.{}.find("a")
"""
    assert signature(text.format("header_list")) == "def find(self, name: str, *, deep: bool = False) -> None:"
    assert signature(text.format("things")) == "def find(self, name: str, *, deep: bool) -> None:"
    made = "class Made:\n    def __init__(self):\n        self.header_list = Mystery()\n"
    made += '        self.header_list.find("a")\n'
    assert signature(text.format("things") + made) == "def find(self, name: str, *, deep: bool) -> None:"
    assert signature((text.format("things") + made).replace("Mystery", "mystery")).endswith(
        "deep: bool = False) -> None:"
    )


def test_row_29_keywords_that_nothing_else_takes_tell_whose_call_it_is() -> None:
    text = """\
class Api:
    def one(self, kind: str):
        self.$0watch(kind, name=kind, since=1)


class Item:
    def watch(self{}): ...


def g(thing):
    thing.watch("a", name="b")
    thing.watch("a", since=2, name="b", deep=True)
    thing.watch("a", name="b", size=2)
"""
    assert signature(text.format("")) == (
        "def watch(self, kind: str, *, name: str, since: int, deep: bool = False) -> None:"
    )
    assert signature(text.format(", kind, name, since, deep")) == (
        "def watch(self, kind: str, *, name: str, since: int) -> None:"
    )


def test_calls_through_packages_of_star_imports_count() -> None:
    text = """\
//- lib/__init__.py
from lib import inner as exposed
//- lib/inner/__init__.py
from lib.inner.core import *
from lib.inner.more import *
//- lib/inner/core.py
def g(a: int) -> str:
    return $0make(a)
//- lib/inner/more.py
class Other: ...
//- user.py
from lib import exposed
from lib.inner import make

exposed.make(1, 2)
make(1, key="")
"""
    assert signature(text) == "def make(a: int, arg2: int | None = None, *, key: str | None = None) -> str:"


def test_a_method_is_no_coroutine_because_one_of_its_subclasses_has_one() -> None:
    text = """\
class Base: ...


class One(Base):
    def close(self) -> None: ...


class Two(Base):
    def close(self) -> None: ...


class Three(Base):
    async def close(self) -> None: ...


class Four(Three):
    async def close(self) -> None: ...


class Five(Three):
    async def close(self) -> None: ...


async def g(base: Base) -> None:
    base.$0close()
    await base.close()
"""
    assert signature(text).startswith("def close(self)")


@pytest.mark.parametrize(
    ("visitor", "setup"),
    [("Visitor(Generic[T])", "from typing import Generic, TypeVar\n\nT = TypeVar('T')\n\n\n"), ("Visitor[T]", "")],
)
def test_a_method_gives_the_type_parameter_that_its_subclasses_give_their_argument_for(
    visitor: str, setup: str
) -> None:
    text = f"""\
{setup}class {visitor}:
    def other(self) -> T: ...


class A(Visitor[int]):
    def visit(self, node: str) -> int: ...


class B(Visitor[str]):
    def visit(self, node: str) -> str: ...


def g(visitor: Visitor[int]) -> int:
    return visitor.$0visit("")
"""
    assert signature(text) == "def visit(self, node: str) -> T:"
    assert signature(text.replace("-> str: ...", "-> bytes: ...")) == "def visit(self, node: str):"


@pytest.mark.parametrize(
    ("body", "item", "expected"),
    [
        ("xs = []\n    xs.append(text)", "xs", "xs: list[str]"),
        ("xs = []\n    for part in text.split():\n        xs.append(part)", "xs", "xs: list[str]"),
        ("xs, ys = [], []\n    xs.append(text)\n    ys.append(1)", "xs, ys", "xs: list[str], ys: list[int]"),
        ("xs = []\n    xs += text.split()", "xs", "xs: list[str]"),
        ("xs = set()\n    xs.add(1)\n    xs.update({2})", "xs", "xs: set[int]"),
        ("xs = {}\n    xs[text] = 1", "xs", "xs: dict[str, int]"),
        ("xs = {}\n    xs.setdefault(text, 1.5)", "xs", "xs: dict[str, float]"),
        ("xs = []\n    xs.append(unknown)", "xs", "xs: list[Any]"),
        ("", "()", "arg1: tuple[Any, ...]"),
        ("xs = []\n    xs.append(text)\n    x = xs[0]", "x", "x: str"),
        ("at = 0\n    while at < 3:\n        at += 1\n        if at:", "at", "at: int"),
        ("is_on = True\n    is_on = is_on and text != 'a'", "is_on", "is_on: bool"),
        ("from pathlib import Path\n    same = Path() == Path()", "same", "same: bool"),
        ("first = next(part for part in text.split())", "first", "first: str"),
        ("first = next(iter([1]), None)", "first", "first: int | None"),
        ("found: list[int] | None = None\n    x = found[0]", "x", "x: int"),
        ("import re\n    x = re.sub('a', 'b', text)", "x", "x: str"),
        ("import re\n    found = re.match('a', text)\n    if found:\n        x = found.group(0)", "x", "x: str"),
        ("import collections.abc as c\n    xs: c.Sequence[int] = []\n    x = xs[1:]", "x", "x: Sequence[int]"),
    ],
)
def test_a_value_is_what_is_put_into_it(body: str, item: str, expected: str) -> None:
    inner = "    " if body.endswith(":") else ""
    text = (
        f"def g(text: str) -> None:\n    {body}\n    {inner}    $0f({item})\n"
        if inner
        else (f"def g(text: str) -> None:\n    {body}\n    $0f({item})\n")
    )
    assert signature(text) == f"def f({expected}) -> None:"


@pytest.mark.parametrize(
    ("subject", "pattern", "use", "expected"),
    [
        ("p: P", "P(x=a, y=b)", "a, b", "a: int, b: str"),
        ("p: object", "P(a, b)", "a, b", "a: int, b: str"),
        ("p: object", "P(y=str() as b)", "b", "b: str"),
        ("p: object", "Q(p=P(x=a))", "a", "a: int"),
        ("p: object", "int() as n", "n", "n: int"),
        ("p: object", "int() | str() as n", "n", "n: int | str"),
        ("p: object", "str(s)", "s", "s: str"),
        ("p: dict[str, int]", '{"a": n, **rest}', "n, rest", "n: int, rest: dict[str, int]"),
        ("p: list[str]", "[first, *rest]", "first, rest", "first: str, rest: list[str]"),
        ("p: list[str]", "[*_, last]", "last", "last: str"),
        ("p: tuple[int, str]", "a, b", "a, b", "a: int, b: str"),
        ("p: tuple[int, str]", "(1 | 2), b", "b", "b: str"),
        ("p: bytes", "other", "other", "other: bytes"),
        ("p: object", "mod.P(a)", "a", "a"),
    ],
)
def test_what_a_case_captures(subject: str, pattern: str, use: str, expected: str) -> None:
    text = f"""\
from dataclasses import dataclass


@dataclass
class P:
    x: int
    y: str


class Q:
    p: P


def g({subject}) -> None:
    match p:
        case {pattern}:
            $0f({use})
"""
    assert signature(text) == f"def f({expected}) -> None:"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("max(texts, key=lambda text: $0f(text))", "text: str"),
        ("list(map(lambda text: $0f(text), texts))", "text: str"),
        ("with_two(lambda a, b: $0f(a, b))", "a: int, b: str"),
        ("unknown(lambda text: $0f(text))", "text"),
        ("[$0f(text, size) for text, size in zip(texts, sizes)]", "text: str, size: int"),
    ],
)
def test_a_lambda_is_passed_what_its_taker_passes(call: str, expected: str) -> None:
    text = f"""\
from collections.abc import Callable


def with_two(handler: Callable[[int, str], None]) -> None: ...


def g(texts: list[str], sizes: list[int]) -> None:
    x = {call}
"""
    assert signature(text).startswith(f"def f({expected})")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('d.get("size")', "size: int | None"),
        ('d.get("size", 0)', "size: int"),
        ('d.pop("name")', "name: str"),
    ],
)
def test_what_a_typed_dictionary_gives_for_a_key(call: str, expected: str) -> None:
    text = "from typing import TypedDict\n\n\nclass D(TypedDict, total=False):\n    name: str\n    size: int\n\n\n"
    name = expected.partition(":")[0]
    text += f"def g(d: D) -> None:\n    {name} = {call}\n    $0f({name})\n"
    assert signature(text) == f"def f({expected}) -> None:"


@pytest.mark.parametrize(
    ("subclasses", "expected"),
    [
        ("class A(Store[int]):\n    def put(self, items: list[int]) -> list[int]: ...\n\n\n"
         "class B(Store[str]):\n    def put(self, items: list[str]) -> list[str]: ...\n", "list[T]) -> list[T]"),
        ("class A(Store[T]):\n    def put(self, items: list[T]) -> list[T]: ...\n", "list[T]) -> list[T]"),
        ("class A(Store[int]):\n    def put(self, items: list[int]) -> list[int]: ...\n", "list[int]) -> list[int]"),
        ("class A(Store[int]):\n    def put(self, items: list[int]) -> int: ...\n\n\n"
         "class B(Store[str]):\n    def put(self, items: list[str]) -> int: ...\n", "list[T]) -> int"),
    ],
)  # fmt: skip
def test_a_method_takes_its_subclasses_types_by_its_own_type_parameters(subclasses: str, expected: str) -> None:
    text = f"""\
from typing import Generic, TypeVar

T = TypeVar("T")


class Store(Generic[T]):
    def other(self) -> T: ...


{subclasses}

def g(store: Store[int], xs: list[int]) -> None:
    x = store.$0put(xs)
"""
    assert signature(text) == f"def put(self, items: {expected}:"


def test_an_override_keeps_its_base_s_type_parameters_and_guards() -> None:
    text = """\
from typing import Any, Generic, TypeGuard, TypeVar

T = TypeVar("T")


class Base(Generic[T]):
    @classmethod
    def accepts(cls, value: Any) -> TypeGuard[type[T]]: ...

    def make(self) -> list[T]: ...


class Derived(Base[T], Generic[T]):
    def stop(self) -> None: ...


Derived.$0accepts(1)
"""
    with workspace(text) as space:
        for name, kind, expected in (
            ("accepts", TargetKind.CLASS_METHOD, "def accepts(cls, value) -> TypeGuard[type[T]]:"),
            ("make", TargetKind.METHOD, "def make(self) -> list[T]:"),
        ):
            target = Target(space.path, f"Derived.{name}", kind, space.path, Span(space.offset, space.offset + 1))
            assert expected in plan.make(space.project, target).skeleton


def test_an_override_takes_what_all_overloads_of_its_base_take() -> None:
    text = "from collections.abc import MutableMapping\n\n\nclass D(MutableMapping[str, int]):\n    def stop(self):\n"
    with workspace(f"{text}        self.$0pop('a')\n") as space:
        target = Target(space.path, "D.pop", TargetKind.METHOD, space.path, Span(space.offset, space.offset + 3))
        assert plan.make(space.project, target).skeleton.startswith("def pop(self, key: str, default=None, /):")


def test_an_override_asks_for_no_more_than_it_is_passed() -> None:
    text = """\
class Base:
    def on(self, event: str, size: int, *, run: int, **more: str): ...


class Derived(Base):
    def stop(self) -> None: ...


async def g(derived: Derived) -> None:
    {}derived.$0on("")
"""
    with workspace(text.format("")) as space:
        target = Target(space.path, "Derived.on", TargetKind.METHOD, space.path, Span(space.offset, space.offset + 2))
        head = plan.make(space.project, target).skeleton.splitlines()
        assert " ".join(map(str.strip, head[:-1])).startswith(
            "def on( self, event: str, size: int | None = None, *, run: int | None = None, **more: str, ):"
        )
    with workspace(text.format("await ")) as space:
        target = Target(space.path, "Derived.on", TargetKind.METHOD, space.path, Span(space.offset, space.offset + 2))
        assert plan.make(space.project, target).skeleton.startswith("async def on(")


def test_row_29_a_parameter_of_an_override_is_what_the_base_says() -> None:
    text = """\
class Reader:
    def one(self):
        self.$0rest(1)


class Other:
    def rest(self): ...


class Base:
    def parse(self, tok: Reader): ...


class Derived(Base):
    def parse(self, tok):
        tok.rest(1, most=2)
"""
    assert signature(text) == "def rest(self, arg1: int, *, most: int | None = None) -> None:"


def test_an_override_says_what_its_base_says_as_far_as_it_can_be_written() -> None:
    text = """\
//- base.py
class _Missing: ...


_MISSING = _Missing()


class Base:
    def wait(self, seconds: float = _MISSING) -> "Base":
        return self
//- main.py
from base import Base


class Derived(Base):
    def stop(self) -> None:
        self.$0stop()
        self.wait({})
"""
    for passed, type_ in (("", "float | None"), ("2", "float | None"), ("'soon'", "float | str | None")):
        with workspace(text.format(passed)) as space:
            target = Target(space.path, "Derived.wait", TargetKind.METHOD, space.path, Span(0, 0))
            made = plan.make(space.project, target)
            assert made.skeleton.startswith(f"def wait(self, seconds: {type_} = None) -> Base:")


def test_views_of_a_dict_are_written_as_they_are_called_at_run_time() -> None:
    assert signature("def g(d: dict[str, int]):\n    $0f(d.keys(), d.values())\n") == (
        "def f(d: KeysView[str], d_1: ValuesView[int]) -> None:"
    )


def test_a_method_that_a_base_defines_has_its_signature() -> None:
    text = """\
class Shape:
    def area(self, unit: str = "mm") -> float:
        raise NotImplementedError


class Square(Shape):
    def side(self) -> None:
        pass
"""
    with workspace(text + "$0\n") as space:
        target = Target(space.path, "Square.area", TargetKind.METHOD, space.path, Span(0, 0))
        made = plan.make(space.project, target)
        assert made.skeleton.startswith('def area(self, unit: str = "mm") -> float:\n')
    with workspace(f"{text}\n\nSquare().$0area(1, exact=True)\n") as space:
        target = Target(space.path, "Square.area", TargetKind.METHOD, space.path, Span(space.offset, space.offset + 4))
        made = plan.make(space.project, target)  # an override may take more than the base
        assert made.skeleton.startswith('def area(self, unit: str | int = "mm", *, exact: bool = False) -> float:\n')
    with workspace(f"{text}\n\nSquare().$0area(1, 2)\n") as space:
        target = Target(space.path, "Square.area", TargetKind.METHOD, space.path, Span(space.offset, space.offset + 4))
        made = plan.make(space.project, target)  # what the base has cannot take this call
        assert made.skeleton.startswith("def area(self, arg1: int, arg2: int) -> None:\n")


def test_a_method_of_a_protocol_has_the_signature_that_its_implementers_agree_on() -> None:
    text = """\
from typing import Protocol


class Shape(Protocol):
    name: str


class Square:
    name = "square"

    def area(self, unit: str = "mm") -> float:
        return 1.0


class Other:
    def area(self) -> str:
        return ""


def show(shape: Shape):
    print(shape.$0area())
"""
    assert signature(text) == 'def area(self, unit: str = "mm") -> float:'


def test_a_protocol_is_not_what_has_its_names_but_is_awaited() -> None:
    text = """\
from typing import Protocol


class Store(Protocol):
    def load(self) -> str: ...


class AsyncStore(Protocol):
    async def load(self) -> str: ...
    async def save(self, text: str) -> bool: ...


class Disk:
    async def load(self) -> str: ...
    async def save(self, text: str) -> bool: ...


def copy(store: Store) -> None:
    store.$0save("a")
"""
    assert signature(text) == "def save(self, arg1: str) -> None:"
    assert signature(text.replace("async ", "")) == "def save(self, text: str) -> bool:"


def test_what_subclasses_give_of_themselves_a_class_gives_of_itself() -> None:
    text = """\
//- a.py
from typing_extensions import Self


class Log:
    def name(self) -> str: ...


class FileLog(Log):
    def bind(self, key: str) -> "FileLog": ...
//- main.py
from a import Log


def g(log: Log) -> Log:
    return log.$0bind("a")
"""
    with workspace(text) as space:
        assert space.plan().skeleton.startswith("def bind(self, key: str) -> Self:")


def test_what_subclasses_take_is_not_asked_for_where_calls_pass_something_else() -> None:
    text = """\
class Shape:
    def show(self, size: int, name: str) -> None:
        self.$0draw(size, name)


class Square(Shape):
    def draw(self, size: int, text: int) -> None: ...
"""
    assert signature(text) == "def draw(self, size: int, text) -> None:"


def test_a_default_may_be_a_name_that_the_file_has() -> None:
    text = """\
//- a.py
NOTHING = object()


class Shape:
    pass


def show(shape: Shape) -> None:
    shape.$0area()
//- b.py
from a import NOTHING, Shape


class Square(Shape):
    def area(self, unit: object = NOTHING) -> float:
        return 1.0
"""
    assert signature(text) == "def area(self, unit: object = NOTHING) -> float:"
    assert signature(text.replace("NOTHING, Shape", "Shape\n\nNOTHING = 1")) == "def area(self) -> None:"


def test_a_base_may_be_named_by_an_alias_and_say_what_self_is() -> None:
    text = """\
from typing import Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S", bound="Shape")


class Shape(Generic[T]):
    def scaled(self: S, by: T) -> S: ...


IntShape = Shape[int]


class Square(IntShape):
    pass


Square().$0scaled(1)
"""
    with workspace(text) as space:
        target = Target(
            space.path, "Square.scaled", TargetKind.METHOD, space.path, Span(space.offset, space.offset + 6)
        )
        made = plan.make(space.project, target)
        assert made.skeleton.startswith('def scaled(self, by: int) -> "Square":\n')


def test_a_default_that_a_stub_does_not_tell_is_none() -> None:
    text = "import threading\n\n\nclass Job(threading.Thread):\n    pass\n\n\nJob().$0join(1)\n"
    with workspace(text) as space:
        target = Target(space.path, "Job.join", TargetKind.METHOD, space.path, Span(space.offset, space.offset + 4))
        assert plan.make(space.project, target).skeleton.startswith("def join(self, timeout: float | None = None)")


def test_a_default_may_be_a_negative_number() -> None:
    text = "class Shape:\n    def f(self, n: int = -1) -> int: ...\n\n\n"
    text += "class Square(Shape):\n    pass\n\n\nSquare().$0f()\n"
    with workspace(text) as space:
        target = Target(space.path, "Square.f", TargetKind.METHOD, space.path, Span(space.offset, space.offset + 1))
        assert plan.make(space.project, target).skeleton.startswith("def f(self, n: int = -1) -> int:")


def test_row_29_a_call_that_may_be_one_keeps_a_type_that_it_breaks_from_being_written() -> None:
    text = "class Shape:\n    def show(self) -> None:\n        self.$0draw(1, 2)\n\n\n"
    text += "class Pen:\n    def draw(self, a, b): ...\n\n\ndef g(any_, text: str, n: int):\n    any_.draw(text, n)\n"
    assert signature(text) == "def draw(self, arg1, arg2: int) -> None:"
    assert signature(text.replace("draw(text, n)", "draw(text)")) == "def draw(self, arg1: int, arg2: int) -> None:"


def test_row_29_a_subclass_that_has_its_own_is_not_a_site() -> None:
    text = """\
class Shape:
    def show(self) -> None:
        self.$0draw(1)


class Square(Shape):
    def draw(self, size: int, *, thick: bool = True) -> None: ...


Square().draw(2, thick=False)
"""
    with workspace(text) as space:
        assert len(space.plan().sites) == 1


def test_a_method_of_a_mixin_has_the_signature_of_what_it_is_mixed_in_before() -> None:
    text = """\
class Mixin:
    def f(self) -> None:
        self.$0area("mm")


class Shape:
    def area(self, unit: str, scale: int = 1) -> float:
        raise NotImplementedError


class Square(Mixin, Shape):
    pass
"""
    assert signature(text) == "def area(self, unit: str, scale: int = 1) -> float:"
    assert signature(text.replace("Mixin, Shape", "Shape, Mixin")) == "def area(self, arg1: str) -> None:"


def test_row_29_a_parameter_without_annotation_says_nothing_against_the_others() -> None:
    assert signature("def g(a, b):\n    f(1)\n    $0f(a.b[0])\n    f(2)\n") == "def f(b: int) -> None:"
    assert signature("def g(a=None):\n    $0f(1)\n    f(a)\n    f(2)\n") == "def f(a) -> None:"


def test_what_partial_binds_and_what_is_passed_later_are_parameters() -> None:
    setup = "from collections.abc import Callable\nfrom functools import partial\n\n\n"
    setup += "def on(call: Callable[[bytes], int]) -> None: ...\n\n\n"
    assert signature(f"{setup}def g(size: int) -> int:\n    on(partial(f, size))\n    return $0f(size)\n") == (
        "def f(size: int, arg2: bytes | None = None) -> int:"
    )


def test_overloads_are_told_apart_by_literals() -> None:
    assert f("f(open('a', 'rb'), open('a'), open('a', 'w+t'))") == (
        "def f(file: BufferedReader, file_1: TextIOWrapper, file_2: TextIOWrapper):"
    )
    assert signature("def g(mode: str, m):\n    $0f(open('a', mode), open('b', m))\n") == (
        "def f(file: IO[Any], file_1) -> None:"
    )


def test_literals_that_are_declared_are_kept() -> None:
    setup = "from typing import Literal\n\nMode = Literal['r', 'w']\n\n\n"
    take = f"{setup}def g(a: Literal['r', 'w'], b: Mode, c: list[Literal[1]], d: Literal['r']):\n"
    assert signature(f"{take}    $0f(a, b, c)\n") == (
        'def f(a: Literal["r", "w"], b: Mode, c: list[Literal[1]]) -> None:'
    )
    assert signature(f"{take}    $0f(a)\n    f('x')\n") == "def f(a: str) -> None:"
    assert signature(f"{take}    $0f([a], a + d, (a, d))\n") == (
        "def f(arg1: list[str], arg2: str, arg3: tuple[str, str]) -> None:"
    )
    assert signature(f"{setup}def g(a: Literal['r', 1]): ...\n\n\ng($0f())\n") == (
        'def f() -> Literal["r"] | Literal[1]:'
    )
    assert signature(f"{setup}def g(a: Literal['r', 'w']):\n    if $0f() == a:\n        pass\n") == "def f() -> str:"


def test_tuples_of_a_union_are_taken_apart_one_by_one() -> None:
    text = "def g(a: tuple[int, str] | tuple[None, None]):\n    x, y = a\n    $0f(x, y)\n"
    assert signature(text) == "def f(x: int | None, y: str | None) -> None:"


def test_cast_says_what_it_gives() -> None:
    setup = "from typing import Union, cast\n\n\nclass Item: ...\n\n\n"
    assert f("f(cast(Union[int, Item], g()), cast('list[str]', 1))", setup) == (
        "def f(g: int | Item, arg2: list[str]):"
    )


def test_row_29_sites_that_import_it_from_where_it_is_exported_again_count() -> None:
    text = """\
//- pkg/__init__.py
from .tools import area as area
//- pkg/tools.py
import os
//- a.py
from pkg.tools import $0area

area(1)
//- b.py
from pkg import area

area(1, unit="mm")
//- c.py
import pkg

pkg.area("x")
"""
    assert signature(text) == "def area(arg1: int | str, *, unit: str | None = None) -> None:"


def test_row_29_sites_that_import_everything_count() -> None:
    text = """\
//- pkg/__init__.py
from .tools import area as area
//- pkg/tools.py
import os
//- a.py
from pkg.tools import $0area

area(1)
//- b.py
from pkg import *

area("x", unit="mm")
//- c.py
from pkg.tools import *

area(2.5)
//- d.py
from other import *

area(b"")
"""
    assert signature(text) == "def area(arg1: str | float, *, unit: str | None = None) -> None:"


def test_row_29_a_receiver_may_be_known_by_an_alias_or_as_part_of_a_named_tuple() -> None:
    text = """\
from typing import NamedTuple, Union


class Leaf:
    def g(self):
        self.$0close(1)


Any_ = Union[Leaf, int]


class Entry(NamedTuple):
    leaf: Leaf
    size: int


def one(leaf: Any_):
    leaf.close(2, now=True)


def two(entries: list[Entry]):
    for leaf, size in entries:
        leaf.close(size, "x")


class Door:
    def close(self):
        pass
"""
    assert signature(text) == "def close(self, size: int, arg2: str | None = None, *, now: bool = False) -> None:"


def test_as_many_types_as_there_are_are_not_counted() -> None:
    setup = """\
from collections.abc import Callable
from typing import TypeVarTuple, Unpack

Ts = TypeVarTuple("Ts")


def g(call: Callable[[Unpack[Ts]], None], args: tuple[Unpack[Ts]]) -> None:
    """
    assert signature(f"{setup}$0f(call, args)\n") == (
        "def f(call: Callable[..., None], args: tuple[Any, ...]) -> None:"
    )


def test_a_tuple_made_of_something_has_any_length() -> None:
    assert f("f(tuple(xs))", "xs: list[int] = []\n") == "def f(xs: tuple[int, ...]):"


def test_a_class_method_of_the_subclasses_is_one_in_the_base() -> None:
    check(
        """\
class Shape: ...


class Square(Shape):
    @classmethod
    def make(cls, size: int) -> None: ...


def make(kind):
    for shape in [Shape()]:
        shape.$0make(1)
""",
        """\
class Shape:
    @classmethod
    def make(cls, size: int) -> None:
        raise NotImplementedError


class Square(Shape):
    @classmethod
    def make(cls, size: int) -> None: ...


def make(kind):
    for shape in [Shape()]:
        shape.make(1)
""",
    )


def test_a_method_that_most_subclasses_define_alike_suits_all_of_these() -> None:
    text = """\
class Shape: ...


class Square(Shape):
    def area(self, unit: str, scale: int) -> int: ...


class Circle(Shape):
    def area(self, unit: str, scale: float) -> None: ...


class Line(Shape):
    def area(self, measure: object, by: object) -> int: ...


def show(shape: Shape):
    print(shape.$0area("cm", 2))
"""
    assert signature(text) == "def area(self, unit: str, scale) -> int | None:"


def test_row_27_what_a_decorator_makes_of_a_function_is_not_known() -> None:
    assert f("f(h)", "import mystery\n\n\n@mystery.wrap\ndef h() -> int: ...\n\n\n") == "def f(h) -> Any:"


def test_a_function_that_is_also_handed_on_takes_what_it_is_then_called_with() -> None:
    setup = """\
from collections.abc import Callable
from typing import Protocol


class Send(Protocol):
    def __call__(self, event: str, /) -> None: ...


def each(call: Callable[[int, str], None]) -> None: ...
def send_by(call: Send) -> None: ...


"""
    assert signature(f"{setup}$0f(1, '')\neach(f)\n") == "def f(arg1: int, arg2: str) -> None:"
    assert signature(f"{setup}$0f(1)\nsend_by(f)\n") == "def f(event: int | str) -> None:"
    assert signature(f"{setup}$0f(1)\nmystery(f)\n") == "def f(arg1) -> Any:"
    assert signature(f"{setup}$0f(1)\nprint(f)\n") == "def f(arg1: int) -> None:"
    method = f"{setup}class A:\n    def g(self, n: int):\n        self.$0f(n)\n        {{}}(self.f)\n"
    assert signature(method.format("send_by")) == "def f(self, n: int | str) -> None:"


@pytest.mark.parametrize(
    ("uses", "head"),
    [
        (
            "    def h(self):\n        put = self.put\n        for n in (1, 2):\n            put('', n)\n",
            "a: str, n: int | None = None",
        ),
        ("    def h(self):\n        put = self.put\n        put('', 1)\n        print(put)\n", "a, arg2=None"),
        ("put = A().put\nput('', key=1)\n", "a: str, *, key: int | None = None"),
        ("put = A().put\n", "a: str"),
        ("put = A().put\nprint([put])\n", "a"),
        ("put = A().put\ndef h(): return put('', key=1)\n", "a: str, *, key: int | None = None"),
        ("    def h(self):\n        put = self.put\n        def inner(): put(1)\n", "a"),
    ],
)
def test_calls_of_a_variable_that_keeps_a_function_count(uses: str, head: str) -> None:
    assert signature(f"class A:\n    def g(self, a: str):\n        x = self.$0put(a)\n{uses}").startswith(
        f"def put(self, {head})"
    )


@pytest.mark.parametrize(
    ("uses", "head"),
    [
        ("each($0f)\n", "def f(start: int, end: int, note: str | None = None) -> None:"),
        ("$0f(low, 2)\neach(f)\n", "def f(start: int, end: int, note: str | None = None) -> None:"),
        ("$0f(1, end=2, note='')\neach(f)\n", "def f(start: int, end: int, note: str | None = None) -> None:"),
        ("$0f(a)\nother(f)\n", "def f(event: str, *, final: bool | None = None) -> None:"),
    ],
)
def test_what_stands_in_for_a_protocols_call_has_the_names_of_its_parameters(uses: str, head: str) -> None:
    setup = """\
from typing import Protocol


class Add(Protocol):
    def __call__(self, start: int, end: int, note: str | None = None) -> None: ...


class Other(Protocol):
    def __call__(self, event: str, *, final: bool) -> None: ...


def each(add: Add) -> None: ...
def other(call: Other) -> None: ...


"""
    assert signature(f"{setup}{uses}") == head


@pytest.mark.parametrize(
    ("before", "head"),
    [
        ("def g(xs: list[str]):\n    return sorted(xs, key=$0f)\n", "def f(x: str) -> Any:"),
        ("def g(xs: list[str]):\n    return list(map($0f, xs))\n", "def f(x: str) -> Any:"),
        ("import signal\nsignal.signal(signal.SIGTERM, $0f)\n", "def f(arg1: int, frame_type: FrameType | None):"),
        ("from concurrent.futures import Executor\ndef g(e: Executor): e.submit($0f, 1)\n", "def f(arg1: int) -> Any:"),
        (
            "from threading import Thread\nThread(target=$0f, args=(1,), kwargs={'n': ''})\n",
            "def f(arg1: int, *, n: str):",
        ),
        ("from threading import Timer\nTimer(3, $0f, args=[1.5])\n", "def f(arg1: float):"),
        ("from threading import Timer\nTimer(3, $0f, [1.5], {'n': ''})\n", "def f(arg1: float, *, n: str):"),
        ("from threading import Thread\nThread(None, $0f, 'name', (1,))\n", "def f(arg1: int):"),
        ("import os\n\nos.getpid = $0f\n", "def f() -> int:"),
        (
            "from functools import partial\n\n\ndef g(x: int) -> str:\n"
            "    h = partial($0f, x, n=1)\n    return h('')\n",
            "def f(x: int, arg2: str, *, n: int) -> str:",
        ),
        (
            "from functools import partial\n\n\ndef g(x: int) -> str:\n    return partial($0f, x)('')\n",
            "def f(x: int, arg2: str) -> str:",
        ),
        (
            "from contextvars import Context\ndef g(c: Context): c.run($0f, 1, n='')\n",
            "def f(arg1: int, *, n: str) -> Any:",
        ),
        ("from typing import Callable\nf1: Callable[[int], str] = $0f\n", "def f(arg1: int) -> str:"),
    ],
)
def test_a_name_that_stands_where_a_function_is_asked_for_is_one(before: str, head: str) -> None:
    assert signature(before) == head


def test_a_function_that_is_handed_to_what_awaits_it_is_async() -> None:
    setup = "from collections.abc import Awaitable, Callable\n\n\n"
    setup += "def each(call: Callable[[int], Awaitable[str]]): ...\n\n\n"
    assert signature(f"{setup}async def g():\n    await $0f(1)\n    each(f)\n") == "async def f(arg1: int) -> str:"


def test_what_is_final_has_the_type_of_its_value() -> None:
    assert f("f(size)", "from typing import Final\n\nsize: Final = 1\n") == "def f(size: int):"
    assert f("f(size)", "from typing import Final\n\nsize: Final[float] = 1\n") == "def f(size: float):"


def test_row_44_a_class_that_is_imported_by_name_is_not_named_through_its_module() -> None:
    shop = "//- shop/__init__.py\n//- shop/models.py\nclass Line: ...\n//- main.py\n"
    use = "\n\n\ndef g(line: Line) -> None:\n    $0f(line)\n"
    assert (
        signature(f"{shop}from shop import models\nfrom shop.models import Line{use}") == "def f(line: Line) -> None:"
    )
    aliased = use.replace("Line", "models.Line")
    assert signature(f"{shop}from shop import models{aliased}") == "def f(line: models.Line) -> None:"
    dotted = use.replace("Line", "shop.models.Line")
    assert signature(f"{shop}import shop\nimport shop.models{dotted}") == "def f(line: shop.models.Line) -> None:"
    below = "//- shop/__init__.py\nclass Line: ...\n//- shop/models.py\n//- main.py\nimport shop\nimport shop.models"
    assert signature(f"{below}{use.replace('Line', 'shop.Line')}") == "def f(line: shop.Line) -> None:"


def test_row_29_what_most_sites_pass_must_be_known() -> None:
    assert f("f(1)\nf(mystery)\nf(2)") == "def f(mystery: int):"
    assert f("f(1)\nf(mystery)\nf(riddle)") == "def f(mystery):"
    made = "from elsewhere import made\n\n\n"
    assert f("f(1)\nf(made(2))\nf(2)", made) == "def f(made):"  # others may know what it gives


def test_what_a_class_method_gives_may_be_bound_by_cls() -> None:
    setup = """\
from typing import TypeVar

T = TypeVar("T", bound="Client")


class Client:
    @classmethod
    def make(cls: type[T]) -> T: ...


"""
    assert f("f(Client.make())", setup) == "def f(client: Client) -> Any:"


@pytest.mark.parametrize(
    ("head", "written"),
    [
        ("import typing as t\n\n\ndef g(a: t.Optional[int], b: int)", 'a: t.Optional[int], b: int, arg3: "list[int]"'),
        (
            "from typing import List, Optional\n\n\ndef g(a: Optional[int], b: List[int])",
            "a: Optional[int], b: List[int], arg3: List[List[int]]",
        ),
        (
            "from __future__ import annotations\n\nfrom typing import List, Union\n\n\n"
            "def g(a: Union[int, str, None], b: List[int])",
            "a: Optional[Union[int, str]], b: List[int], arg3: List[List[int]]",
        ),
        ("from typing import List\n\n\ndef g(a: int, b: List[int])", "a: int, b: List[int], arg3: List[List[int]]"),
        (
            "from typing import Optional\n\n\ndef g(a: Optional[int], b: list[int])",
            "a: Optional[int], b: list[int], arg3: list[list[int]]",
        ),
        ("def g(a: int | None, b: list[int])", "a: int | None, b: list[int], arg3: list[list[int]]"),
    ],
)
def test_annotations_are_as_old_as_those_of_the_file(head: str, written: str) -> None:
    assert signature(f"{head} -> None:\n    $0f(a, b, [b])\n") == f"def f({written}) -> None:"


def test_an_old_file_gets_the_names_of_typing() -> None:
    before = """\
from collections import deque
from collections.abc import Callable
from typing import Dict, Optional


def g(a: Optional[Dict[str, int]], b: Callable[[], int], *c: int) -> None:
    for x, y in $0f(a, b, deque(c), {"": [c]}):
        print(x)
"""
    with workspace(before) as space:
        made = space.plan()
        assert made.skeleton.startswith(
            "def f(\n    a: Optional[Dict[str, int]],\n    b: Callable[[], int],\n    deque: Deque[int],\n"
            "    arg4: Dict[str, List[Tuple[int, ...]]],\n"
            ") -> Iterable[Tuple[Any, Any]]:"
        )
        assert {(each.module, each.name) for each in made.imports} == {
            ("typing", name) for name in ("Deque", "List", "Tuple", "Iterable", "Any")
        }


def test_a_function_is_not_taken_for_the_methods_of_its_name() -> None:
    util = "//- util.py\n//- main.py\n"
    uses = "import util\n\nutil.$0render(1)\nlabel = object()\nlabel.render('x')\n"
    assert signature(f"{util}{uses}\n\ndef g(view):\n    view.render(b'')\n    util.render(2)\n").startswith(
        "def render(arg1: int)"
    )


def test_a_method_gives_what_its_subclasses_do_where_its_uses_stand_with_that() -> None:
    text = """\
class Base: ...


class A(Base):
    def area(self, unit: str) -> int | None: ...


class B(Base):
    def area(self, unit: str) -> int: ...


def g(base: Base) -> int:
    return base.$0area("")
"""
    assert signature(text) == "def area(self, unit: str):"  # no type suits both
    assert signature(text.replace("-> int:\n    return", "-> None:\n   ")) == "def area(self, unit: str) -> int | None:"


def test_a_generic_class_may_be_called_with_its_arguments_written() -> None:
    setup = "from collections import deque\nfrom enum import Enum\n\n\nclass Color(Enum):\n    RED = 1\n\n\n"
    assert f("f(deque[int]([]), Color['RED'])", setup) == "def f(arg1: deque[int], red: Color):"


def test_what_a_generator_gives_to_with_is_known() -> None:
    setup = """\
from collections.abc import Iterator
from contextlib import contextmanager


class Item: ...


@contextmanager
def opened() -> Iterator[Item]:
    yield Item()


"""
    assert signature(f"{setup}with opened() as thing:\n    $0f(thing)\n") == "def f(thing: Item) -> None:"


def test_a_function_that_is_handed_on_with_its_arguments_takes_these() -> None:
    text = """\
import asyncio


class A:
    async def g(self, size: int) -> None:
        await asyncio.to_thread(self.f, size, "")
        asyncio.get_running_loop().call_soon(self.f, size, "")
        self.$0f(size)
"""
    assert signature(text) == "def f(self, size: int, arg2: str | None = None):"


def test_a_function_in_a_list_suits_what_the_list_holds() -> None:
    text = """\
from collections.abc import Callable

steps: list[Callable[[bytes], int]] = [f]


def g(name) -> None:
    $0f(name)
"""
    assert signature(text) == "def f(name: bytes) -> int:"


def test_a_method_of_a_protocol_that_the_class_has_all_else_of_has_its_signature() -> None:
    text = """\
from typing import Protocol


class Logger(Protocol):
    def bind(self, *keys: str) -> None: ...

    def unbind(self, *keys: str) -> int: ...


class Own:
    def bind(self, *keys: str) -> None: ...

    def g(self) -> None:
        self.$0unbind("a")
"""
    assert signature(text) == "def unbind(self, *keys: str) -> int:"
    assert signature(text.replace("    def bind(self, *keys: str) -> None: ...\n\n    def g", "    def g")) == (
        "def unbind(self, arg1: str) -> None:"
    )


def test_what_two_stars_hold_may_be_meant_for_what_is_left_out() -> None:
    text = "def g(rest: dict[str, str]) -> None:\n    f(1, size=2)\n    $0f(1, **rest)\n"
    assert signature(text) == "def f(arg1: int, *, size: int | str | None = None, **rest: str) -> None:"
    anything = text.replace("rest: dict[str, str]", "**rest: Any").replace("def g", "from typing import Any\n\n\ndef g")
    assert signature(anything) == "def f(arg1: int, *, size: int | None = None, **rest) -> None:"


def test_what_a_typed_dictionary_has_under_a_key_is_of_its_type() -> None:
    head = (
        "from typing import NotRequired, TypedDict\n\n\n"
        "class Row(TypedDict):\n    name: str\n    size: NotRequired[int]\n\n\n"
        "class Long(Row):\n    keys: list[str]\n\n\ndef g(row: Long, key: str) -> None:\n    "
    )
    use = "$0f(row['name'], row[\"size\"], row['keys'], row['other'])\n"
    assert signature(head + use) == "def f(name: str, size: int, keys: list[str], other) -> None:"


def test_row_29_containers_that_are_known_in_part_are_one() -> None:
    setup = "def g(a: list[int], b: dict[str, int], x) -> None:\n    "
    assert signature(f"{setup}$0f({{x: 1}}, lambda n: 1)\n    f(b, lambda n: x)\n") == (
        "def f(b: dict[Any, int], arg2: Callable[[Any], Any]) -> None:"
    )
    assert signature(f"{setup}$0f([])\n    f(a)\n") == "def f(a: list[int]) -> None:"


def test_row_29_a_keyword_may_be_the_last_word_of_what_is_passed() -> None:
    assert signature("def g(top_label: int, label: int) -> None:\n    $0f(top_label)\n    f(label=label)\n") == (
        "def f(label: int) -> None:"
    )


def test_row_29_what_is_declared_as_anything_says_nothing_against_the_others() -> None:
    setup = "from argparse import Namespace\nfrom typing import Any\n\n\n"
    setup += "def g(a: int, args: Namespace, data: dict[str, Any]) -> None:\n    $0f(a)\n    f(1)\n    f(2)\n"
    assert signature(f"{setup}    f(args.size)\n") == "def f(a: int) -> None:"
    assert signature(f"{setup}    f(data['size'].width)\n") == "def f(a: int) -> None:"
    assert signature(f"{setup}    f(args.a)\n    f(args.a)\n    f(args.a)\n    f(args.a)\n") == "def f(a) -> None:"


def test_a_variable_that_keeps_the_result_is_what_it_was_before() -> None:
    text = "def g(xs: list[int]) -> int:\n    total = 0\n    for x in xs:\n        total = $0add(total, x)\n"
    assert signature(f"{text}    return total\n") == "def add(total: int, x: int) -> int:"


def test_a_function_that_any_function_does_for_keeps_its_types() -> None:
    setup = "from collections.abc import Callable\n\n\ndef register(call: Callable[..., str]) -> None: ...\n\n\n"
    assert signature(f"{setup}register(f)\n$0f(1)\n") == "def f(arg1: int) -> str:"


def test_overloads_are_told_apart_for_each_member_of_a_union() -> None:
    text = "import os\n\n\ndef g(path: str | os.PathLike[str]) -> None:\n    $0f(os.fspath(path))\n"
    assert signature(text) == "def f(fspath: str) -> None:"


def test_a_type_variable_has_its_default() -> None:
    text = "from urllib.parse import urlsplit\n\n\ndef g(url: str) -> None:\n    $0f(urlsplit(url).netloc)\n"
    assert signature(text) == "def f(netloc: str) -> None:"


def test_rows_20_to_22_a_key_may_have_dashes() -> None:
    assert signature("row = {}\n$0f(row['first-name'], row['3'])\n") == "def f(first_name, arg2) -> None:"


def test_row_24_a_keyword_may_be_a_position_where_calls_that_may_mean_it_pass_it_so() -> None:
    text = "class B:\n    def at(self, x: int) -> None: ...\n\n\nclass A:\n    def g(self) -> None:\n"
    text += "        self.$0at(key=1)\n"
    assert signature(f"{text}        mystery.at(2)\n") == "def at(self, key: int) -> None:"
    assert signature(f"{text}        mystery.at(1, 2)\n") == "def at(self, *, key: int) -> None:"


def test_row_29_a_sequence_of_a_base_class_absorbs_one_of_its_subclasses() -> None:
    text = "from collections.abc import Sequence\n\n\nclass A: ...\n\n\nclass B(A): ...\n\n\n"
    text += "def g(x: Sequence[int | A], y: Sequence[B], z: list[A], w: list[B]) -> None:\n    $0f(x, z)\n    f(y, w)\n"
    assert signature(text) == "def f(x: Sequence[int | A], z: list[A] | list[B]) -> None:"


def test_rows_20_to_22_a_variable_of_one_letter_is_an_item() -> None:
    assert (
        signature("def g(rows: list[int]) -> None:\n    for r in rows:\n        $0f(r)\n") == "def f(row: int) -> None:"
    )
    assert (
        signature("def g(rows: list[int]) -> None:\n    for x in rows:\n        $0f(x)\n") == "def f(x: int) -> None:"
    )


def test_rows_20_to_22_a_type_with_arguments_suggests_no_name() -> None:
    assert signature("from typing import List\n\n\n$0f(List[int], list[int])\n").startswith("def f(arg1, arg2")


def test_what_an_override_takes_more_is_as_its_subclasses_have_it() -> None:
    text = "class Base:\n    def tunnel(self, host: str) -> None: ...\n\n\nclass A(Base):\n    def one(self) -> None:\n"
    text += "        self.$0tunnel('a', scheme='b')\n\n\n"
    text += "class B(A):\n    def tunnel(self, host: str, scheme: str = 'http') -> None: ...\n"
    with workspace(text) as space:
        target = Target(space.path, "A.tunnel", TargetKind.METHOD, space.path, Span(space.offset, space.offset + 6))
        head = "def tunnel(self, host: str, *, scheme: str = 'http') -> None:"
        assert plan.make(space.project, target).skeleton.startswith(head)


def test_row_29_a_position_that_is_passed_members_of_an_enumeration_has_the_name_of_a_keyword() -> None:
    text = "from enum import Enum\n\n\nclass Code(Enum):\n    BAD = 1\n\n\ndef g(code: Code) -> None:\n"
    assert signature(f"{text}    $0f(1, Code.BAD)\n    f(2, error=code)\n") == "def f(arg1: int, error: Code) -> None:"


def test_what_stands_before_a_text_with_a_slash_between_is_a_path() -> None:
    text = "from pathlib import Path\n\n\ndef g(root: Path) -> None:\n    $0f(root / 'a' / f'{root.name}.py')\n"
    assert signature(text) == "def f(path: Path) -> None:"


@pytest.mark.parametrize(
    ("passed", "name"),
    [
        ("depth - 1", "depth"),
        ("2 * depth", "depth"),
        ("word + 's'", "word"),
        ("depth // 2 + 1", "depth"),
        ("depth / 2", "depth"),
        ("depth + len(word)", "arg1"),
        ("'%s' % word", "arg1"),
        ("[word]", "words"),
        ("{entry for entry in word}", "entries"),
        ("(word, depth)", "arg1"),
    ],
)
def test_row_22_an_operation_with_a_literal_and_what_holds_one_thing_have_its_name(passed: str, name: str) -> None:
    text = f"def g(depth: int, word: str) -> None:\n    $0f({passed})\n"
    assert signature(text).startswith(f"def f({name}:")


PARAMSPEC = """\
from collections.abc import Callable
from typing import Concatenate, Generic, ParamSpec, TypeAlias, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Wrap: TypeAlias = Callable[[Callable[P, T]], Callable[P, T]]


class Task(Generic[P, T]):
    def __init__(self, work: Callable[P, T]) -> None: ...

    def result(self) -> T: ...


def work(size: int) -> str: ...


"""


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("Wrap[[int], str]", "Wrap[[int], str]"),
        ("Task[[int, str], bytes]", "Task[[int, str], bytes]"),
        ("Task[..., bytes]", "Task[..., bytes]"),
        ("Task[P, int]", "Task[..., int]"),
        ("Task[Concatenate[int, P], int]", "Task[..., int]"),
    ],
)
def test_parameters_may_be_type_arguments(declared: str, written: str) -> None:
    text = f"{PARAMSPEC}def g(x: {declared}) -> int:\n    return $0f(x)\n"
    assert signature(text) == f"def f(x: {written}) -> int:"


def test_what_is_made_of_a_function_has_any_parameters() -> None:
    text = f"{PARAMSPEC}def g() -> int:\n    task = Task(work)\n    return $0f(task, task.result())\n"
    assert signature(text) == "def f(task: Task[..., str], result: str) -> int:"
    new = text.replace("Task(Generic[P, T])", "Task[**P, T]")
    assert signature(new) == "def f(task: Task[..., str], result: str) -> int:"


@pytest.mark.parametrize(
    ("others", "call", "head"),
    [
        (
            ("self, **_: object", "self, *, size: int, deep: bool = False"),
            "size=1",
            "self, *, size: int, deep: bool = False",
        ),
        (("self, text=None, info=None", "self, text: str"), "''", "self, text: str"),
        (
            ("self, size: int = 1, deep: bool = False", "self, size: int"),
            "1",
            "self, size: int",
        ),
    ],
)
def test_of_what_implementers_take_that_counts_which_most_of_them_stand(
    others: tuple[str, str], call: str, head: str
) -> None:
    text = "from typing import Protocol\n\n\nclass Shape(Protocol):\n    name: str\n\n\n"
    text += "".join(
        f"class C{i}:\n    name: str\n\n    def draw({other}) -> None: ...\n\n\n" for i, other in enumerate(others)
    )
    text += f"def show(shape: Shape):\n    shape.$0draw({call})\n"
    with workspace(text) as space:
        assert space.plan().skeleton.replace("\n    ", "").startswith(f"def draw({head}) -> None:")


def test_a_method_that_is_handed_on_where_its_class_is_imported_takes_what_it_is_then_called_with() -> None:
    text = """\
//- shop.py
class Shop:
    def close(self, at: int) -> None:
        self.$0report(at, quietly=True)
//- main.py
from collections.abc import Callable

from shop import Shop


def later(call: Callable[[int], None]) -> None: ...


def run(shop: Shop) -> None:
    later(shop.report)
"""
    assert signature(text) == "def report(self, at: int, *, quietly: bool = False) -> None:"


WRAPS = """\
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def blocking(call: Callable[P, Awaitable[T]]) -> Callable[P, T]: ...


def threaded(call: Callable[P, T]) -> Callable[P, Awaitable[T]]: ...


def logged(call: Callable[P, T]) -> Callable[P, T]: ...


"""


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (
            "def g(key: str) -> int:\n    return blocking($0f)(key, deep=True)",
            "async def f(key: str, *, deep: bool) -> int:",
        ),
        ("async def g(key: str) -> int:\n    return await threaded($0f)(key)", "def f(key: str) -> int:"),
        ("async def g(key: str) -> int:\n    return await logged($0f)(key)", "async def f(key: str) -> int:"),
        ("def g(key: str) -> int:\n    run = logged($0f)\n    return run(key)", "def f(key: str) -> int:"),
    ],
)
def test_a_function_that_is_wrapped_takes_what_is_then_passed(body: str, head: str) -> None:
    assert signature(f"{WRAPS}{body}\n") == head


def test_row_29_a_function_that_a_protocol_asks_of_its_module_has_the_signature_of_that() -> None:
    text = """\
//- pack/__init__.py
//- pack/kinds.py
from typing import Protocol

from pack import linux


class Platform(Protocol):
    name: str

    def build(self, options: list[str], *, depth: int = 1) -> list[str]: ...


PLATFORMS: dict[str, Platform] = {"linux": linux}
//- pack/linux.py
name = "linux"


def g(given: list[str]):
    print($0build(given, depth=3))
"""
    assert signature(text) == "def build(options: list[str], *, depth: int = 1) -> list[str]:"
    assert signature(text.replace("    name: str\n", "")) == "def build(given: list[str], *, depth: int) -> Any:"
    assert signature(text.replace("given, ", "given, 4, ")).startswith("def build(given: list[str], arg2: int")


def test_row_29_of_very_many_calls_those_count_that_pass_something_else() -> None:
    calls = "f(1)\n" * 350
    text = f"//- main.py\n$0f(1)\n//- far/one.py\nfrom main import f\n\n{calls}f(1, size=2)\n"
    assert signature(text) == "def f(arg1: int, *, size: int | None = None) -> None:"


def test_row_29_untyped_fixtures_of_tests_have_no_vote() -> None:
    text = """\
//- main.py
def g(path: str):
    $0f(path)
//- {}.py
from main import f


def one(path):
    f(path)
    f(path)
    f(path)
"""
    assert signature(text.format("test_main")) == "def f(path: str) -> None:"
    assert signature(text.format("other")) == "def f(path) -> None:"


def test_row_26_a_declared_descriptor_is_what_it_gives() -> None:
    text = """\
from __future__ import annotations
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
Owner = TypeVar("Owner", bound="A")


class Reactive(Generic[T]):
    @overload
    def __get__(self: Reactive[T], obj: Owner, type_: type[Owner]) -> T: ...
    @overload
    def __get__(self: Reactive[T], obj: None, type_: type[Owner]) -> Reactive[T]: ...
    def __get__(self, obj: object | None, type_: type) -> Reactive[T] | T: ...


class special(Reactive[T]): ...


class A:
    names: special[int] = special()


def g(a: A) -> None:
    $0f({})
"""
    assert signature(text.format("A.names")) == "def f(names: Reactive[int]) -> None:"
    assert signature(text.format("a.names")) == "def f(names: int) -> None:"


@pytest.mark.parametrize("between", [" \\\n        ", "  # why\n        "])
@pytest.mark.parametrize(
    ("call", "head"),
    [
        ("(f(1,{}2))", "def f(arg1: int, arg2: int):"),
        ("(f([1,{}2], (1,{}'a'), {{1:{}2}}))", "def f(arg1: list[int], arg2: tuple[int, str], arg3: dict[int, int]):"),
        ("(f(not{}x, 'a' if x{}else 'b', x =={}2))", "def f(arg1: bool, arg2: str, arg3: bool):"),
        ("('a' +{}f(1))", "def f(arg1: int) -> str:"),
        ("(2{}if x else{}f(1))", "def f(arg1: int) -> int:"),
        ("(f(1){}and{}x)", "def f(arg1: int) -> bool:"),
    ],
)
def test_what_stands_between_the_parts_of_an_expression_is_none_of_them(call: str, head: str, between: str) -> None:
    assert signature(f"x = 1\ny = {call.replace('f(', '$0f(', 1).format(*[between] * 4)}\n") == head


@pytest.mark.parametrize(
    "wrong",
    ["f('a')  # type: ignore[arg-type]", "f('a')  # pyright: ignore", "f(\n    'a',  # type: ignore\n)"],
)
def test_row_29_what_checkers_are_told_to_let_pass_has_no_vote(wrong: str) -> None:
    assert f(f"f(1)\n{wrong}") == "def f(arg1: int):"
    assert f("f(1)\nf('a')  # noqa: E501") == "def f(arg1: int | str):"


def test_what_takes_arguments_for_a_callback_may_be_a_class() -> None:
    setup = "import weakref\n\n\nclass A:\n    def g(self, path: str) -> None:\n        "
    assert signature(f"{setup}weakref.finalize(self, $0f, path)\n") == "def f(path: str) -> Any:"


def test_a_new_type_is_one_of_its_own_and_takes_what_it_is_made_of() -> None:
    setup = "from typing import NewType\n\nId = NewType('Id', int)\n\n\n"
    assert f("f(Id(3), [Id(4)])", setup) == "def f(id_: Id, ids: list[Id]):"
    assert signature(f"{setup}Id($0f(''))\n") == "def f(arg1: str) -> int:"


def test_a_callback_that_may_be_a_coroutine_is_one_in_an_async_def() -> None:
    setup = "from collections.abc import Awaitable, Callable\n\n\nclass Event: ...\n\n\n"
    setup += "def on(call: Callable[[Event, int], Awaitable[str] | str]) -> None: ...\n\n\n"
    assert signature(f"{setup}async def g() -> None:\n    on($0f)\n") == "async def f(event: Event, arg2: int) -> str:"
    assert signature(f"{setup}on($0f)\n") == "def f(event: Event, arg2: int) -> str:"


def test_a_callback_may_be_declared_by_an_alias_among_others_or_a_bound() -> None:
    setup = "from typing import Callable, TypeVar, Union\n\nHandler = Callable[[int], str]\n"
    setup += "Any_ = Union[Handler, None, list[Handler]]\nH = TypeVar('H', bound=Handler)\n\n\n"
    setup += "def on(call: Any_ = None) -> None: ...\ndef off(call: H) -> H: ...\n\n\n"
    assert signature(f"{setup}on($0f)\n") == "def f(arg1: int) -> str:"
    assert signature(f"{setup}off($0f)\n") == "def f(arg1: int) -> str:"


def test_values_and_names_of_members_of_enumerations() -> None:
    setup = "from enum import Enum, StrEnum, auto\n\n\nclass A(Enum):\n    X = 'x'\n    Y = 2\n\n\n"
    setup += "class B(StrEnum):\n    X = auto()\n\n\nclass C(Enum):\n    X = auto()\n\n\n"
    setup += "class D(Enum):\n    X = ('x', 1)\n\n    def __new__(cls, a, b):\n        return object.__new__(cls)\n\n\n"
    setup += "def g(a: A, b: B, c: C, d: D) -> None:\n    "
    assert f("f(a.value, b.value, c.value, d.value, a.name)", setup) == (
        "def f(value: str | int, value_1: str, value_2: int, value_3, name: str) -> None:"
    )


def test_what_is_put_into_the_lists_of_a_dictionary() -> None:
    setup = "from collections import defaultdict\n\n\ndef g(words: list[str]) -> None:\n"
    setup += "    a, b, c, d = defaultdict(list), defaultdict(int), {}, defaultdict(set)\n"
    setup = setup.replace("a, b, c, d = ", "a = ").replace("list), ", "list)\n    b = ", 1)
    setup = setup.replace("int), ", "int)\n    c = ", 1).replace("{}, ", "{}\n    d = ", 1)
    setup += "    for w in words:\n        a[w].append(w)\n        b[w] += 1\n"
    setup += "        c.setdefault(w, []).append(len(w))\n        d[len(w)].add(w)\n        print(d[w])\n    "
    assert f("f(a, b, c, d)", setup) == (
        "def f(\n    a: defaultdict[str, list[str]],\n    b: defaultdict[str, int],\n    c: dict[str, list[int]],\n"
        "    d: defaultdict[int, set[str]],\n) -> None:"
    )


def test_a_decimal_goes_with_a_decimal() -> None:
    setup = "from decimal import Decimal\n\n\ndef g(p: Decimal) -> Decimal:\n    return p * "
    assert f("f(p)", setup) == "def f(p: Decimal) -> Decimal:"


def test_names_of_the_standard_library_are_those_that_it_offers() -> None:
    setup = "import asyncio\nimport threading\n\n\ndef g(r: asyncio.StreamReader) -> None:\n    "
    assert f("f(r, threading.Lock(), {}.items())", setup) == (
        "def f(r: asyncio.StreamReader, lock: threading.Lock, arg3: ItemsView[Any, Any]) -> None:"
    )
