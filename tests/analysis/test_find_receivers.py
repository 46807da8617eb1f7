"""Attributes missing from classes that are read through decorators, stubs and the flow of the program."""

# Fixture texts are read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.findings import check_findings

CLASS = "class A:\n    def f(self): return 1\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def d(c): return c\n@d\n" + CLASS + "    def g(self): self.«n»()\n", id="returns the class"),
        pytest.param(
            "def d(name):\n    def inner(c):\n        c.label = name\n        return c\n    return inner\n@d('x')\n"
            + CLASS
            + "    def g(self): print(self.label), self.«n»()\n",
            id="a decorator with arguments that sets an attribute by name",
        ),
        pytest.param(
            "def outer(c): return inner(c)\ndef inner(c):\n    setattr(c, 'x', 1)\n    return c\n@outer\n"
            + CLASS
            + "    def g(self): self.«n»()\n",
            id="returns what another one returns",
        ),
        pytest.param(
            "class R:\n    @classmethod\n    def add(cls, c):\n        cls.all.append(c)\n        return c\n    all = []\nclass S(R): x = 1\n@S.add\n"
            + CLASS
            + "    def g(self): self.«n»()\n",
            id="an inherited class method",
        ),
        pytest.param(
            "from collections.abc import Sized\n@Sized.register\n" + CLASS + "    def g(self): self.«n»()\n",
            id="registered as a virtual subclass",
        ),
        pytest.param(
            "class D:\n    def __init__(self, x): self.x = x\n    def __call__(self, c):\n        c.label = self.x\n        return c\n@D(1)\n"
            + CLASS
            + "    def g(self): self.«n»()\n",
            id="an instance that is called",
        ),
        pytest.param(
            "from zope.interface import implementer\n@implementer(1)\n" + CLASS + "    def g(self): self.«n»()\n",
            id="of a package that is known",
        ),
    ],
)
def test_decorator_that_leaves_the_class_as_it_is(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text, "missing-attribute")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def d(c):\n    setattr(c, c.name, 1)\n    return c\n", id="computed name"),
        pytest.param("def d(c):\n    class New(c): x = 1\n    return New\n", id="subclass"),
        pytest.param("def d(c): return type(c.__name__, (c,), make())\n", id="type()"),
        pytest.param("def d(c): return Proxy(c)\nclass Proxy: x = 1\n", id="returns something else"),
        pytest.param("def d(c):\n    fill(c)\n    return c\ndef fill(c): c.__dict__.update(x)\nx = {}\n", id="helper"),
        pytest.param("from unknown import d\n", id="not to be read"),
        pytest.param("from unknown import e\n@e\ndef d(c): return c\n", id="decorated itself"),
    ],
)
def test_decorator_that_may_change_the_class(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text.replace("make()", "{}") + "@d\n" + CLASS + "    def g(self): self.n()\n")


def test_named_tuple_has_its_fields_and_no_more(tmp_path: Path) -> None:
    text = "from typing import NamedTuple\nclass A(NamedTuple):\n    x: str\n    def g(self): self.x.lower(), self._replace(x=''), self.count(1), self.«n»()\n"
    check_findings(tmp_path, text, "missing-attribute")


def test_private_member_that_the_standard_library_does_not_mention(tmp_path: Path) -> None:
    text = "import threading\nclass A(threading.Thread):\n    def run(self): self.«_no_such_member»(), self._bootstrap_inner()\n"
    check_findings(tmp_path, text, "missing-attribute")


def test_private_member_of_what_is_written_in_c(tmp_path: Path) -> None:
    check_findings(tmp_path, "import _io\nclass A(_io.BytesIO):\n    def f(self): self._anything()\n")
    check_findings(tmp_path, "class A(dict):\n    def f(self): self.«_anything»()\n", "missing-attribute")


HOLDER = CLASS + "class B:\n    a: A\n    all: list[A]\n    def make(self) -> A: return A()\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def g(b: B): b.a.f(), b.a.«n»()\n", id="attribute of a parameter's"),
        pytest.param("def g(b: B):\n    x = b.make()\n    x.«n»()\n", id="what a method gives"),
        pytest.param("def g(b: B): b.make().«n»()\n", id="what a call gives"),
        pytest.param("def g(b: B):\n    for x in b.all: x.«n»()\n", id="item of a loop"),
        pytest.param("def g(b: B): return [x.«n»() for x in b.all]\n", id="item of a comprehension"),
        pytest.param("def g(b: B):\n    x = b.a\n    x.«n»()\n", id="another name"),
        pytest.param("def g(b: B): b.all[0].«n»()\n", id="taken from a list"),
        pytest.param(
            "class C:\n    def __init__(self, b: B): self.a = b.make()\n    def g(self): self.a.«n»()\n",
            id="attribute that a parameter's method made",
        ),
        pytest.param(
            "from typing import Self\nclass C:\n    b: B\n    def same(self) -> Self: return self\n"
            "def g(c: C): c.same().same().b.a.«n»()\n",
            id="Self",
        ),
        pytest.param("def g(b: B | None): b.a.«n»() if b else 1\n", id="optional"),
        pytest.param(
            "def g(b: B):\n    x = b.a\n    x.f()\n    x = b.make()\n    x.«n»()\n", id="made in several ways"
        ),
        pytest.param(
            "class C:\n    def __init__(self, b: B):\n        self.x = b.a\n        self.x = self.y = self.x\n        self.y = self.x\n"
            "    def g(self): self.x.«n»() if isinstance(self.x, A) else 1\n",
            id="attributes made from each other",
        ),
        pytest.param("x = B()\ndef g(): x.a.«n»()\n", id="attribute of a module's variable"),
        pytest.param(
            "def g(x):\n    assert isinstance(x, A)\n    x.«n»()\nclass Other:\n    def n(self): return 1\n",
            id="what the function asks for",
        ),
        pytest.param(
            "class C:\n    @classmethod\n    def test_env(cls): return cls()\ndef g(c: C): c.«n»()\n",
            id="a class method is no test of a mixin",
        ),
        pytest.param(
            "from typing import Final\nX: Final[A] = A()\ndef g(): X.«n»()\nclass Other:\n    def n(self): return 1\n",
            id="final variable",
        ),
        pytest.param(
            "from collections.abc import Callable\nMaker = Callable[[str], B]\ndef g(make: Maker): make('').a.«n»()\nclass Other:\n    def n(self): return 1\n",
            id="what a parameter of an aliased type gives",
        ),
        pytest.param(
            "class Maker:\n    def __call__(self, x) -> B: return B()\ndef g(make: Maker): make('').a.«n»()\nclass Other:\n    def n(self): return 1\n",
            id="what an instance gives that is called",
        ),
        pytest.param(
            "class C:\n    def g(self):\n        del self.x[:], self.y\n        self.«n»()\n    x = y = []\n",
            id="self, of which something is deleted",
        ),
        pytest.param(
            "def g(b: B):\n    c = b.a\n    d = c\n    for e in [d]: e.f()\n    e = d\n    e.«n»()\nclass C:\n    def n(self): return 1\n",
            id="through other local names",
        ),
        pytest.param("def g(b: B):\n    for _, x in enumerate(b.all): x.«n»()\n", id="item that is counted"),
        pytest.param("def g(d: dict[str, A]):\n    for k, v in d.items(): v.«n»()\n", id="value of a dictionary"),
        pytest.param("def g(b: B):\n    if x := b.make(): x.«n»()\n", id="walrus"),
        pytest.param("async def m() -> A: return A()\nasync def g():\n    x = await m()\n    x.«n»()\n", id="await"),
        pytest.param(
            "class O:\n    def n(self): return 1\nclass C:\n    def make(self): return A()\n"
            "    def g(self):\n        a = self.make()\n        a.«n»()\n",
            id="what a method without annotations returns",
        ),
        pytest.param(
            "class C:\n    def __getattr__(self, name) -> A: return A()\ndef g(c: C): c.x.f(), c.x.«n»()\n",
            id="what __getattr__ is declared to give",
        ),
        pytest.param("def g(d: dict[str, A]):\n    x = d['a']\n    x.«n»()\n", id="value taken from a dictionary"),
        pytest.param(
            "def g(b: B):\n    x = [a for a in b.all if a]\n    for y in x: y.«n»()\n", id="a name that nothing has"
        ),
        pytest.param(
            "from collections.abc import Iterable\nfrom typing import overload\n@overload\ndef pick(x: A | Iterable[A]) -> A: ...\n"
            "@overload\ndef pick(x: str | Iterable[str]) -> str: ...\ndef pick(x) -> A | str: return x\n"
            "def g(b: B):\n    y = pick((b.a, b.a))\n    y.«n»()\n",
            id="the overload that takes it",
        ),
        pytest.param(
            "def g():\n    class C(A): x = 1\n    c = C()\n    c.f(), c.«n»()\n",
            id="class of a function",
        ),
        pytest.param(
            "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass G(Generic[T]): x = 1\nclass O:\n    def n(self): return 1\ndef g():\n    c = G[int]()\n    c.«n»()\n",
            id="made with type arguments",
        ),
        pytest.param(
            "class O:\n    def n(self): return 1\ndef g(b: B):\n    return (\n        b\n        .make()\n        .«n»()\n    )\n",
            id="chain over lines",
        ),
        pytest.param(
            "from functools import cache\nclass O:\n    def n(self): return 1\nclass C:\n    def __init__(self, b: B): self.get = cache(b.make)\n    def g(self):\n        x = self.get()\n        x.«n»()\n",
            id="what a cached method gives",
        ),
        pytest.param(
            "import copy\nclass O:\n    def n(self): return 1\ndef g(b: B):\n    x = copy.copy(b.a)\n    x.«n»()\n",
            id="copy",
        ),
        pytest.param(
            "class lazy(property): x = 1\nclass O:\n    def n(self): return 1\nclass C:\n    @lazy\n    def a(self) -> A: return A()\n    def g(self): self.a.f(), self.a.«n»()\n",
            id="property of the workspace",
        ),
        pytest.param(
            "from functools import cached_property\nclass Lazy(cached_property): x = 1\ndef lazy(f) -> Lazy: return Lazy(f)\nclass O:\n    def n(self): return 1\nclass C:\n    @lazy\n    def a(self) -> A: return A()\n    def g(self): self.a.«n»()\n",
            id="function that gives a property",
        ),
    ],
)
def test_class_follows_from_annotations(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, HOLDER + text, "missing-attribute")


def test_a_class_is_known_though_its_base_tells_a_missing_function_of_it(tmp_path: Path) -> None:
    hook = "class K: all = set()\nclass C:\n    def __init_subclass__(cls): K.«keep»(cls)\n"
    check_findings(tmp_path / "a", f"{hook}class D(C): x = 1\ndef g(d: D): d.«n»()\n", *["missing-attribute"] * 2)
    meta = "class M(type):\n    def __new__(m, n, b, d):\n        c = super().__new__(m, n, b, d)\n        c.all = m.find(c)\n        return c\n"
    check_findings(tmp_path / "b", f"{meta}class D(metaclass=M): x = 1\ndef g(d: D): d.«n»()\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def g(b: B):\n    x = b.a\n    if isinstance(x, str): x.lower()\n", id="narrowed"),
        pytest.param(
            "from collections.abc import Iterable\nfrom typing import overload\n@overload\ndef pick(x: A | Iterable[A]) -> A: ...\n"
            "@overload\ndef pick(x: str | Iterable[str]) -> str: ...\ndef pick(x) -> A | str: return x\n"
            "def g(x): pick((x[0], x[1])).lower()\n",
            id="one of several overloads",
        ),
        pytest.param("class C(A):\n    def n(self): return 1\ndef g(b: B): b.a.n()\n", id="a subclass has it"),
        pytest.param("def g(b: B):\n    x = b.a\n    x = foo\n    x.n()\nimport foo\n", id="something else later"),
        pytest.param(
            "def g(b: B):\n    b.a = unknown()\n    b.a.called()\nfrom u import unknown\n", id="another is set"
        ),
        pytest.param("def g(b: B): return b.a.__enter__()\n", id="special method"),
        pytest.param("def g(b: B):\n    b.a.n = print\n    b.a.n()\n", id="set from outside"),
        pytest.param("def g(b: B | dict): b.a.keys()\n", id="one of several"),
        pytest.param(
            "class C:\n    def m(self): return 1\n    def copy(self):\n        made = A()\n        made.__class__ = self.__class__\n"
            "        return made\n    def g(self): self.copy().m()\n",
            id="an object that is given another class",
        ),
        pytest.param(
            "from unknown import Model\nclass C(Model):\n    a = A()\ndef g(c: C): c.a.n()\n",
            id="made in the body of a class that may change it",
        ),
        pytest.param(
            "class D:\n    def __get__(self, i, o): return ''\nclass C:\n    d = D()\ndef g(c: C): c.d.lower()\n",
            id="descriptor",
        ),
        pytest.param(
            "def local(made): return made\nx: B = local(lambda: B())\ndef g(): x.proxied(), x.a.f(), x.a.n\n",
            id="declared to be what it is a proxy of",
        ),
        pytest.param(
            "class lazy:\n    def __init__(self, f): self.f = f\n    def __get__(self, i, o): return str(self.f(i))\n"
            "class C:\n    @lazy\n    def a(self) -> A: return A()\ndef g(c: C): c.a.lower()\n",
            id="descriptor that is no property",
        ),
        pytest.param(
            "def g(flag):\n    if flag:\n        class C(A): x = 1\n    else:\n        class C(A):\n            def n(self): return 1\n"
            "    C().n()\n",
            id="one of two classes of a function",
        ),
    ],
)
def test_class_does_not_follow(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, HOLDER + text)


def test_a_class_whose_instances_may_have_anything(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class C:\n    def __getattr__(self, name): return 1\n    @classmethod\n    def f(cls): cls.«m»()\n"
        "class D(C): x = 1\ndef g(c: type[C]): C.f(), C.«o»(), D.«o»(), c.«p»(), C().q(), D().f()\n",
    )


def test_what_a_method_above_gives(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class A:\n    def n(self): return 1\nclass Other:\n    def m(self): return 1\n"
        "class Base:\n    def make(self): return A()\n"
        "class D(Base):\n    def make(self):\n        made = super().make()\n        made.n(), made.«m»()\n"
        "        return made\n",
    )


def test_a_stand_in_of_a_test(tmp_path: Path) -> None:
    stand_in = "class Double:\n    def n(self): return 1\ndef test(b: B): b.a.n(), b.a.{}()\n"
    texts = {"holder.py": HOLDER, "test_a.py": "from holder import A, B\n" + stand_in.format("«m»")}
    check_findings(tmp_path, "".join(f"//- {name}\n{text}" for name, text in texts.items()), "missing-attribute")


def test_the_folder_of_the_workspace_is_no_test(tmp_path: Path) -> None:
    text = "from holder import A, B\nclass Other:\n    def m(self): return 1\ndef run(b: B): b.a.«m»()\n"
    check_findings(tmp_path / "test", f"//- holder.py\n{HOLDER}//- run.py\n{text}", "missing-attribute")


def test_what_stands_in_where_an_import_fails_is_not_what_is_meant(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "import typing\nif typing.TYPE_CHECKING:\n    from unknown import DB\nelse:\n    class DB: ...\n"
        "try:\n    from unknown import errors\nexcept ImportError:\n    class P(Exception): ...\n    class Errors:\n"
        "        Gone = P\n    errors = Errors\nclass Own: ...\n"
        "def g(db: DB, own: Own):\n    try:\n        db.get(), own.«get»()\n    except errors.Gone as e: e.text()\n",
    )


def test_what_an_overridden_method_makes_is_not_what_the_base_makes(tmp_path: Path) -> None:
    base = "class Base:\n    def start(self): self.x = self.make()\n    def make(self): return A()\n"
    check_findings(
        tmp_path,
        "class A:\n    def f(self): return 1\nclass B:\n    def g(self): return 1\n" + base
        + "class C(Base):\n    def make(self): return B()\n    def h(self): self.x.g()\n"
        "class D(Base):\n    def h(self): self.x.f(), self.x.«g»()\n",
    )  # fmt: skip


def test_what_is_made_in_steps_is_not_what_the_base_makes(tmp_path: Path) -> None:
    base = (
        "class Base:\n    def get(self):\n        if not hasattr(self, 'x'):\n            self.x = self.make()\n        return self.x\n"
        "    def make(self): return A()\n"
    )
    check_findings(
        tmp_path,
        "class A:\n    def f(self): return 1\nclass B:\n    def g(self): return 1\n" + base
        + "class C(Base):\n    def make(self): return B()\nclass D(Base): y = 1\nC().get().g(), D().get().«g»()\n",
    )  # fmt: skip


def test_an_attribute_holds_what_the_class_makes_of_it(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class P:\n    def f(self): return 1\nclass Q:\n    def f(self): return 1\n"
        "class M:\n    def __setattr__(self, name, value):\n        if isinstance(value, P): value = made(value)\n"
        "        super().__setattr__(name, value)\nclass N(M):\n    def __init__(self):\n        self.p = P()\n        self.q = Q()\n"
        "    def g(self): self.p.pow(), self.q.«pow»()\ndef made(value): return value\n",
    )


def test_an_attribute_that_an_initializer_is_told_may_be_something_else(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class L(list): x = 1\nclass S:\n    def __init__(self, **kwargs): self.__dict__.update(kwargs)\n"
        "class D(S):\n    def __init__(self, regions): S.__init__(self, regions=regions)\n"
        "    def reset(self):\n        self.regions = L()\n        self.rest = L()\n"
        "    def h(self): self.regions.items(), self.rest.«items»()\n",
    )


def test_what_a_method_gives_depends_on_the_class(tmp_path: Path) -> None:
    base = "class Base:\n    kind = A\n    def get(self):\n        made = self.kind()\n        return made\n    def two(self): return self.kind()\n"
    check_findings(
        tmp_path,
        "class A:\n    def f(self): return 1\nclass B:\n    def g(self): return 1\n" + base
        + "class C(Base):\n    kind = B\n    def h(self): self.get().g(), self.two().g()\n"
        "class D(Base):\n    def h(self): self.get().f(), self.two().f(), self.get().«g»(), self.two().«g»()\n",
    )  # fmt: skip


def test_a_class_that_asks_whether_it_derives_from_another(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class M:\n    def f(self):\n        if issubclass(M, dict): self.items()\n    def g(self): self.«items»()\n",
    )


def test_generic_classes_have_what_typeshed_leaves_out(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass B(Generic[T]): x = 1\nclass C(B[T]):\n"
        "    def __class_getitem__(cls, item): return super().__class_getitem__(item), super().«of»(item)\n",
    )


def test_classes_of_the_library_have_what_their_own_code_has(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "import logging, string, threading\nfrom collections.abc import Collection\nfrom typing import NamedTuple\n"
        "class H(logging.Handler):\n    def g(self): self.get_name(), self.«debug»(), self._name, self.«_log»()\n"
        "class C(Collection[int]):\n    def g(self): self.«close»(), self.«update»(), self.__len__()\n"
        "class N(NamedTuple):\n    x: int\n    def g(self): self.count(1), self.«update»(), self._replace(x=1)\n"
        "class T(threading.Thread):\n    def g(self): self._bootstrap(), self.«cancel»(), self.«_release_save»()\n"
        "class S(string.Template):\n    def g(self): self.«_resolve»(), self._invalid(1)\n",
    )


def test_bases_that_are_made(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "import abc, collections, logging\nfrom collections import namedtuple\nfrom typing import NamedTuple\n"
        "class A(namedtuple('A', 'x, y z')):\n    def g(self): self.«n»(), self.z(), self._replace(x=1), self.count(1)\n"
        "class B(collections.namedtuple('B', ['x', 'y'], defaults=(1,))):\n    def g(self): self.«n»(), self.y(), self._asdict()\n"
        "class C(NamedTuple('C', [('x', int)])):\n    def g(self): self.«n»(), self.x()\n"
        "D = namedtuple('D', 'x')\nclass E(D):\n    def g(self): self.«n»(), self.x()\n"
        "class F(logging.getLoggerClass()):\n    def g(self): self.«n»(), self.info('')\n"
        "Base = abc.ABCMeta('Base', (object,), {'__slots__': ()})\nclass G(Base):\n    def g(self): self.«n»(), self.mro\n",
    )


def test_bases_that_are_made_of_what_is_not_written(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- main.py\nimport abc\nfrom collections import namedtuple\nfrom other import FIELDS\nfrom mine import namedtuple as made\n"
        "class A(namedtuple('A', FIELDS)):\n    def g(self): self.n()\n"
        "class B(namedtuple('B', ['x', *FIELDS])):\n    def g(self): self.n()\n"
        "class C(namedtuple('C', 'x', rename=True)):\n    def g(self): self.n()\nclass D(made('D', 'x')):\n    def g(self): self.n()\n"
        "E = abc.ABCMeta('E', (object,), {'n': 1})\nclass F(E):\n    def g(self): self.n()\n"
        "try: H = namedtuple('H', 'x')\nexcept KeyError: H = FIELDS\nclass I(H):\n    def g(self): self.n()\n"
        "//- mine.py\ndef namedtuple(name, fields): return KINDS[name]\nKINDS = {}\n",
    )


def test_bases_that_a_condition_chooses(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "import os, pathlib\nif os.name == 'nt':\n    Base = pathlib.WindowsPath\nelse:\n    Base = pathlib.PosixPath\n"
        "class A(Base):\n    def g(self): self.«n»(), self.exists()\n"
        "class One:\n    def one(self): return 1\nclass Other: x = 1\nif os.name: Some = One\nelse: Some = Other\n"
        "class B(Some):\n    def g(self): self.«n»(), self.one(), self.x\n"
        "if os.name: Any = One\nelse: Any = __import__('x').y\nclass C(Any):\n    def g(self): self.n()\n",
    )


def test_super_asks_no_getattr(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class B:\n    def __getattr__(self, name): return print\nclass C(B):\n    def f(self): super().«f»(), self.h()\n"
        "class D(C):\n    def f(self): super().f(), super().«g»()\n",
    )


def test_a_module_in_an_uncertain_package_is_uncertain(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- examples/django/setup.py\nx = 1\n//- tests/test_a.py\ndef test():\n    import django\n    django.setup.f()\n",
    )


def test_a_manager_has_what_is_registered(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "from multiprocessing.managers import BaseManager\nclass M(BaseManager): x = 1\nclass N(M): x = 1\n"
        "class P(BaseManager): x = 1\nM.register('Queue', print)\ndef f(m: M): m.Queue(), m.«Other»(), N().Queue(), P().«Queue»()\n",
    )


def test_a_method_that_the_class_makes_something_else_of(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class A:\n    def f(self): self.x()\n    f = staticmethod(f)\n    def g(self): self.«x»()\n    h = staticmethod(print)\n",
    )


def test_a_function_of_a_class_body_that_takes_something_else(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class A:\n    def f(text):\n        text = text.strip()\n        return text.x()\n    f = staticmethod(f)\n"
        "    def mean(x):\n        return x.astype(float)\n    ALL = (mean,)\n    def __add__(one, other):\n        two = one\n        two.«nn»()\n",
    )


def test_what_is_added_to_an_instance_may_make_another_one(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class A:\n    def __add__(self, x) -> 'A': return self\n    def __isub__(self, x) -> 'A': return self\n"
        "def f(items):\n    a, b, c, d, e = A(), A(), A(), A(), A()\n    for item in items:\n        a += item\n        b += 1\n        c -= item\n        e *= 2\n"
        "    a.x(), b.«x»(), c.«x»(), d.«x»(), e.x()\n",
    )


def test_what_a_method_says_of_an_inherited_attribute_holds_there_only(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class C: x = 1\nclass D:\n    def turn(self): return 1\nclass Base:\n    @property\n    def camera(self) -> 'C | D': ...\n"
        "class Sub(Base):\n    def f(self):\n        self.camera: C\n        self.other: C\n    def g(self):\n        self.camera.turn()\n        self.other.«turn»()\n",
    )


def test_a_base_that_makes_instances_gives_them_attributes(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class Base:\n    def __new__(cls, run=None):\n        made = object.__new__(cls)\n        made.run = run\n        return made\n"
        "class A(Base):\n    def f(self): self.run(), self.«walk»()\n",
    )


def test_a_class_that_nobody_can_make_stands_in_for_another_one(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class Stub:\n    def __init__(self):\n        '''Tells what to install.'''\n        raise RuntimeError('install it')\nclass Box(Stub): x = 1\n"
        "class Own(Stub):\n    def __init__(self): self.x = 1\nclass Abstract:\n    def __init__(self):\n        raise NotImplementedError\n"
        "Box().stop(), Own().«stop»(), Abstract().«stop»()\n",
    )


def test_an_annotation_that_all_uses_contradict(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- other.py\nclass Other:\n    def call(self): ...\n    def cast(self): ...\n    def send(self): ...\n//- a.py\n"
        "class A:\n    def f(self): return 1\nclass New:\n    def f(self): return 1\ndef get() -> A: ...\n"
        "def new() -> New: ...\ndef good() -> A: ...\ndef g(a: A):\n    x = get()\n    x.call(), x.cast(), x.send()\n"
        "    a.call(), a.cast(), a.send()\n    y = new()\n    y.«call»(), y.«cast»(), y.«receive»()\n"
        "    z = good()\n    z.f(), z.«call»(), z.«cast»(), z.«send»()\n",
    )


def test_an_annotation_that_a_whole_file_contradicts(tmp_path: Path) -> None:
    calls = "".join(f"    x.cast({n})\n" for n in range(12))
    check_findings(
        tmp_path / "a",
        "class A:\n    def f(self): return 1\ndef get() -> A: ...\ndef other() -> A: ...\ndef g():\n    x = get()\n"
        f"{calls}def h():\n    y = other()\n    y.«cast»(1)\n",
    )
    below = "class B(A):\n    def cast(self, x): return super().«cast»(x)\n"
    check_findings(
        tmp_path / "b",
        f"class A:\n    def f(self): return 1\n{below}def get() -> A: ...\ndef g():\n    x = get()\n"
        + calls.replace("cast", "«cast»"),
    )


def test_a_declared_result_that_what_is_read_of_it_contradicts(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class A:\n    def f(self): return 1\nclass B:\n    def __init__(self): self.rho = 1\n    def get(self): return 1\n"
        "    def put(self): return 1\ndef step(x) -> A: ...\ndef g(xs):\n    last = None\n    for x in xs:\n        last = step(x)\n"
        "        print(last.rho)\n    last.get()\ndef h():\n    one = step(1)\n    one.«put»()\n",
    )


def test_a_declared_attribute_that_the_class_contradicts(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "from enum import Enum\nclass Kinds(Enum):\n    A = 1\nclass Base:\n    def __init__(self): self.config = 1\nclass Good(Base):\n"
        "    def step(self): return 1\nclass P:\n    def __init__(self, scheduler: Kinds, other: Kinds, third: Kinds):\n"
        "        self.scheduler = scheduler\n        self.other = other\n        self.third = third\n"
        "    def f(self):\n        print(self.scheduler.config, self.other.name)\n    def g(self):\n        self.scheduler.step()\n        self.other.«step»()\n"
        "        if hasattr(self.third, 'to'): return 1\n        self.third.step()\n",
    )


def test_a_function_that_sets_what_it_is_handed(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- utils.py\ndef autoassign(self, values):\n    for key, value in values.items():\n        setattr(self, key, value)\n"
        "//- a.py\nimport utils\nclass V:\n    def __init__(self, test): utils.autoassign(self, locals())\n    def f(self): return self.test(1)\n"
        "class W:\n    def __init__(self, test): print(self)\n    def f(self): return self.«test»(1)\n",
    )


def test_what_only_some_versions_of_a_library_have(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- a.py\nimport lib\nfrom version import Version\nclass A: x = 1\na = A()\nif lib.__version__ >= '2': a.f()\nelse: a.g()\n"
        "if Version('1') < lib.version.release: a.f()\nif lib.VERSION < (1, 2): a.f()\nif lib.conversion(2): a.«f»()\n"
        "if lib.VERSION: a.«f»()\n//- version.py\nclass Version: x = 1\n",
    )


def test_a_builtin_that_the_module_defines_below(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class D:\n    _open = open\n    def f(self): self._open('x').read()\ndef open(x): return D()\n"
        "class E:\n    _open = open\n    def f(self): self._open('x').«read»()\n",
    )


def test_what_has_all_that_a_protocol_has_is_one(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "from typing import Protocol\nclass P(Protocol):\n    n: int\n    def f(self): ...\n"
        "class A:\n    def __init__(self): self.n = 1\n    def f(self): return 1\n    def g(self): return 1\n"
        "class B:\n    def f(self): return 1\n    def h(self): return 1\ndef use(p: P): p.f(), p.g(), p.«h»()\n",
    )


def test_what_a_common_class_has_is_had_by_a_protocol_cut_from_it(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "from typing import Protocol\nclass P(Protocol):\n    def joinpath(self, x): ...\n    def exists(self): ...\n"
        "class Q(P, Protocol):\n    def own(self): ...\ndef use(p: P, q: Q): p.resolve(), p.«close»(), q.«resolve»()\n",
    )


def test_an_item_is_what_the_overload_says_that_takes_the_index(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "from typing import Literal, overload\nclass A:\n    def a(self): return 1\nclass B:\n    def b(self): return 1\n"
        "class T:\n    @overload\n    def __getitem__(self, key: Literal['a']) -> A: ...\n    @overload\n"
        "    def __getitem__(self, key: Literal['b']) -> B: ...\n    @overload\n    def __getitem__(self, key: int) -> str: ...\n"
        "    def __getitem__(self, key): return key\ndef f(t: T, x):\n"
        "    t['a'].a(), t['b'].b(), t['b'].«a»(), t[x].b(), t[1, 2].b(), t[1].lower(), t[1].upper()\n",
    )


def test_two_parameters_of_one_type_are_two_things(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- a.py\nclass A:\n    def f(self): return 1\nclass B:\n    def g(self): return 1\n    def h(self): return 1\n"
        "def use(a: A, b: A): a.f(), b.g(), b.h()\n"
        "//- b.py\nfrom a import A\ndef use(a: A, b: A): a.f(), a.«g»(), a.«h»()\n",
    )


def test_a_decorator_gives_methods_to_classes(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "def add(*classes):\n    def wrapper(method):\n        for each in classes: setattr(each, method.__name__, method)\n"
        "    return wrapper\nclass A: x = 1\nclass B: x = 1\n@add(A)\ndef merge(self): return 1\nA.merge(1), B.«merge»(1)\n",
    )


def test_what_a_test_replaces_must_be_there(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- a.py\nclass A:\n    def f(self): self.«g»()\n//- tests/test_a.py\nfrom a import A\n"
        "def test(monkeypatch):\n    monkeypatch.setattr(A, 'g', print)\n"
        "    monkeypatch.setattr(A, '_h', print, raising=False)\n    A()._h()\n",
    )


def test_what_a_class_only_declares_and_gets_under_a_computed_name_may_be_another(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class Memory: x = 1\nclass Hub:\n    def plug(self, name, plugin): setattr(self, name, plugin)\n"
        "class State(Hub):\n    memory: Memory\nclass Plain:\n    memory: Memory\n"
        "def f(s: State, p: Plain): s.memory.grow(), p.memory.«grow»()\n",
    )


def test_an_annotated_self_of_a_function_may_be_misdeclared(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class Visitor: x = 1\nclass Task:\n    request = 1\n    def replace(self): return 1\n"
        "def f(self: Visitor): self.request, self.replace()\ndef g(self: Visitor): self.«replace»()\n",
    )


def test_another_class_of_the_same_name_may_be_meant(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- models.py\nclass Run: x = 1\n//- backend.py\nclass Run:\n    def history(self): return 1\n"
        "class Other:\n    def story(self): return 1\n"
        "//- use.py\nfrom models import Run\ndef f(run: Run): run.history(), run.«story»()\n"
        "def g():\n    run = Run()\n    run.«history»()\n    Run().«history»()\n",
    )


def test_what_is_asked_for_no_more_than_a_container_has_is_one(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class Place: x = 1\ndef f(places: list[Place]):\n    for one in places: one.get('a'), one.get('b'), one.get('c')\n"
        "def g(one: Place): one.«get»('a'), one.«get»('b')\n"
        "def h(one: Place): one.x, one.«get»('a'), one.«get»('b'), one.«get»('c')\n",
    )


def test_what_is_called_on_an_enumeration_of_mere_values_is_another_objects(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "from enum import Enum\nclass Kind(Enum):\n    A = 1\nclass Way(Enum):\n    A = 1\n    def turn(self): return 1\n"
        "def f(kind: Kind, way: Way): kind.unbind(1), way.«unbind»(1)\n",
    )


def test_what_is_taken_from_something_may_be_what_is_asked_for(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class A: x = 1\ndef f(all: dict[str, A]):\n    if isinstance(all['a'], list): all['a'].append(1)\n"
        "def g(all: dict[str, A]): all['a'].«append»(1)\n",
    )


def test_what_a_class_says_to_an_unknown_one_around_it_may_become_another_class(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "from lib import Model\nclass Person(Model):\n    class Meta:\n        order = 'name'\n    class Own(object):\n"
        "        def f(self): self.«g»()\nPerson.Meta.add(1)\nPerson.Own.«add»(1)\n"
        "class Plain:\n    class Meta:\n        order = 'name'\nPlain.Meta.«add»(1)\n",
    )


def test_a_class_that_derives_from_what_had_its_name_before(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- qt.py\nimport os\nif os.name == 'nt':\n    from lib import *\n    class Menu(Menu): x = 1\n    class Plain: x = 1\n"
        "//- own.py\nif 1 > 2:\n    class Plain: x = 1\n"
        "//- a.py\nimport qt, own\nqt.Menu().add(1), qt.Plain().add(1), own.Plain().«add»(1)\n"
        "class Own(qt.Menu):\n    def f(self): self.show()\n",
    )


def test_an_attribute_may_be_of_any_class_that_a_branch_makes(tmp_path: Path) -> None:
    names = "ABCDEFGH"
    classes = "".join(f"class {name}:\n    def f(self): return 1\n" for name in names)
    branches = "".join(f"        if k == {name!r}: self.x = {name}(k)\n" for name in names)
    text = f"{classes}    def g(self): return 2\nclass Z:\n    def __init__(self, k):\n{branches}"
    check_findings(tmp_path, f"{text}    def run(self): return self.x.g(), self.x.f(), A().«g»()\n")


def test_a_name_may_be_what_another_branch_imports(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- a.py\nclass A:\n    def f(self): return 1\nclass B(A):\n    def g(self): return 1\n//- b.py\n"
        "def use(k):\n    if k:\n        from a import A as Made\n    else:\n        from a import B as Made\n"
        "    x = Made()\n    x.g(), x.f()\ndef other():\n    from a import A as Made\n    Made().«g»()\n",
    )
