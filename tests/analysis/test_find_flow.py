"""Attributes missing from what the flow of the program makes: items, results that are passed on, parts of a value."""

# Fixture texts are read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autogen_lsp.analysis import bindings
from tests.support.findings import check_findings

CLASS = "class A:\n    def f(self): return 1\n"
MAKE = "def make() -> A: return A()\n"
TASK = "from collections.abc import Callable\nfrom typing import Generic, ParamSpec, TypeVar\nP = ParamSpec('P')\nR = TypeVar('R')\nclass Task(Generic[P, R]):\n    def __init__(self, f: Callable[P, R]): self.f = f\n    def send(self) -> A: return A()\n"
AWAIT = "async def make() -> A: return A()\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def g():\n    x = [A() for _ in 'ab']\n    x[0].«n»()\n", id="an item of a local list"),
        pytest.param("def g():\n    x = {k: A() for k in 'ab'}\n    x['a'].«n»(), x.get('b').«n»()\n", id="of a mapping"),
        pytest.param("def g():\n    x = (A(), 1)\n    x[0].«n»()\n", id="of a tuple"),
        pytest.param("def g():\n    x = [A()]\n    sorted(x)[0].«n»(), next(iter(x)).«n»()\n", id="of what is made of a list"),
        pytest.param("def g(x: list[A], y: dict[A, int], z: tuple[A, ...]):\n    for a in reversed(x): a.«n»()\n    for b in reversed(y): b.«n»()\n    next(reversed(z)).«n»()\n", id="of what is reversed"),
        pytest.param("from collections.abc import Iterator\nclass B:\n    def __iter__(self) -> Iterator[int]: ...\n    def __reversed__(self) -> Iterator[A]: ...\ndef g():\n    for a in reversed(B()): a.«n»()\n", id="of what says how it is reversed"),
        pytest.param("from typing import Sequence, TypeVar\nT = TypeVar('T', bound=Sequence[A])\ndef g(x: T) -> T:\n    for a in x: a.«n»()\n    return x\n", id="of a type variable with a bound"),
        pytest.param("from typing import Union\nclass B(A): x = 1\nEither = Union[A, B]\nMany = list[Either]\ndef g(x: Either, y: Many): x.«n»(), y[0].«n»()\n", id="a union under a name"),
        pytest.param("import contextlib\nclass B:\n    def __enter__(self) -> A: ...\n    def __exit__(self, *_): pass\n    async def __aenter__(self) -> A: ...\n    async def __aexit__(self, *_): pass\ndef f():\n    with contextlib.ExitStack() as stack:\n        x = stack.enter_context(B())\n        x.«n»()\nasync def g():\n    async with contextlib.AsyncExitStack() as stack:\n        x = await stack.enter_async_context(B())\n        x.«n»()\n", id="entered by a stack"),
        pytest.param("from typing import NamedTuple\nclass N(NamedTuple):\n    a: A\n    b: int\ndef g(n: N): n[0].«n»()\n", id="of a named tuple"),
        pytest.param("from typing import Final\ndef g():\n    x: Final = A()\n    x.«n»()\n    y: Final[A] = A()\n    y.«n»()\n", id="a local constant"),
        pytest.param("X = A()\ndef start():\n    global X\n    X = A()\n    X.«n»()\n", id="a variable of the module"),
        pytest.param("class B:\n    def __init__(self):\n        self.x, self.y = A(), 1\n        self.z = self.w = A()\n    def g(self): self.x.«n»(), self.z.«n»(), self.w.«n»()\n", id="parts of a value"),
        pytest.param("class B:\n    def __init__(self, both: tuple[A, int]): (self.x, _), self.y = both, 1\n    def g(self): self.x.«n»()\n", id="parts of parts"),
        pytest.param("from collections.abc import Iterator\nclass B:\n    def __iter__(self) -> Iterator[A]: return iter([A()])\ndef g():\n    x = list(B())[0]\n    x.«n»()\n", id="of what is iterated over"),
        pytest.param("from functools import partial\ndef g():\n    x = partial(A)\n    x().«n»()\n", id="a class that is passed as what makes instances"),
        pytest.param(AWAIT + "import asyncio\nasync def g():\n    x, y = await asyncio.gather(make(), make())\n    x.«n»(), y.«n»()\n", id="gathered"),
        pytest.param(AWAIT + "import asyncio\nasync def g():\n    x = asyncio.create_task(make())\n    (await x).«n»()\n    (await asyncio.wait_for(make(), 1)).«n»()\n", id="tasks"),
        pytest.param("from typing import Generic, TypeVar\nT = TypeVar('T', bound=A)\nclass B(Generic[T]):\n    def __init__(self, x: T): self.x = x\n    def g(self): self.x.«n»()\n", id="a type variable with a bound"),
        pytest.param("class B(str):\n    def __new__(cls, x):\n        made = super().__new__(cls, x)\n        made.x = x\n        return made\nB('').«n»()\ndef g(x):\n    if isinstance(x, B): x.«n»()\n", id="a __new__ that makes what is asked for"),
        pytest.param("class B(A):\n    def __getattribute__(self, name):\n        '''Counts.'''\n        found = super().__getattribute__(name)\n        return found\n    def g(self): self.«n»()\nB().«n»()\n", id="a __getattribute__ that asks first"),
        pytest.param("from contextlib import contextmanager\n@contextmanager\ndef made():\n    x = A()\n    yield x\ndef g():\n    with made() as x: x.«n»()\n", id="what a context manager gives that says nothing of it"),
        pytest.param("from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def made(): yield A()\nasync def g():\n    async with made() as x: x.«n»()\n", id="what an asynchronous one gives"),
        pytest.param("def made():\n    for _ in 'ab': yield A()\ndef g():\n    for x in made(): x.«n»()\n    next(made()).«n»()\n", id="what a generator yields"),
        pytest.param("from typing import Generic, TypeVar, overload\nT = TypeVar('T')\nclass D(Generic[T]):\n    @overload\n    def __get__(self, i: 'B', o=None) -> T: ...\n    @overload\n    def __get__(self, i, o=None) -> 'D': ...\n    def __get__(self, i, o=None): return self if i is None else i.values[self]\nclass E(D[A]): pass\nclass B:\n    e = E()\n    d: D[A]\ndef g(b: B): b.e.«n»(), b.d.«n»(), B.e.«n»()\n", id="what a descriptor gives"),
        pytest.param("class B(dict): x = 1\nclass C:\n    held: dict[str, B]\n    def g(self):\n        for b in self.held.values(): b.«n»()\n        self.held.get('x').«n»()\n", id="of a container of containers"),
        pytest.param("class B:\n    a: A\ndef g(o):\n    b: B = o.b\n    b.a.«n»()\n    a = b.a\n    a.«n»()\n    c: A = o or 1\n    c.«n»()\n", id="a local variable that is declared"),
        pytest.param("class D:\n    def __get__(self, i, o): return KINDS[o]\n    def h(self): return 1\nKINDS = {}\nclass B:\n    def __init__(self): self.d = D()\n    def g(self):\n        self.d.«n»()\n        d = D()\n        d.«n»()\n", id="a descriptor where it is none"),
        pytest.param("class D:\n    def __get__(self, i, o): return KINDS[o]\n    def h(self): return 1\nKINDS = {}\nclass B:\n    def __init__(this): this.d = D()\n    def g(this): this.d.«n»()\n", id="a descriptor on an instance that is not called self"),
        pytest.param("class B:\n    def __new__(cls, x) -> 'B': return KINDS[x]\nKINDS = {}\nB(1).«n»()\n", id="a __new__ that says what it gives"),
        pytest.param("class B:\n    def __new__(cls):\n        if cls is B: return KINDS[0]\n        return super().__new__(cls)\nclass C(B): pass\nKINDS = {}\nC().«n»()\n", id="a __new__ that gives something else for its own class"),
        pytest.param("from typing import Self, cast\ndef told(f): return f\nclass B:\n    h = told(lambda sender, value: cast(Self, sender).«n»(value))\n", id="a cast to the class around"),
        pytest.param("from typing import TYPE_CHECKING\nfrom logging import StreamHandler\nif TYPE_CHECKING:\n    Base = StreamHandler[str]\nelse:\n    Base = StreamHandler\nclass B(Base):\n    def g(self): self.«n»()\n", id="a base of which type checkers are told more"),
        pytest.param(TASK + "def task(f: Callable[P, R]) -> Task[P, R]: return Task(f)\n@task\ndef h(): return 1\nh.«n»(), h.send().«n»()\ndef g():\n    @task\n    def i(): return 1\n    i.«n»()\n", id="what a decorator makes of a function"),
        pytest.param(TASK + "class B:\n    def task(self, name: str = '') -> Callable[[Callable[P, R]], Task[P, R]]: return lambda f: Task(f)\nB_ = B()\n@B_.task('h')\ndef h(): return 1\nh.«n»()\nclass C:\n    @B_.task()\n    def i(self): return 1\n    def g(self): self.i.«n»()\n", id="what a decorator that is called makes"),
        pytest.param("from typing import overload\n" + TASK + "@overload\ndef task(f: Callable[P, R]) -> Task[P, R]: ...\n@overload\ndef task(f: None = None, *, name: str) -> Callable[[Callable[P, R]], Task[P, R]]: ...\ndef task(f=None, *, name=''): return Task(f)\n@task\ndef h(): return 1\n@task(name='')\ndef i(): return 1\nh.«n»(), i.«n»()\n", id="what a decorator makes that may be called"),
        pytest.param(TASK + "class B:\n    def task(self, f: Callable[P, R]) -> Task[P, R]: return Task(f)\nclass Other:\n    def copy(self): return 1\ndef g():\n    b = B()\n    @b.task\n    def h(): return 1\n    h.«copy»()\n", id="what a decorator of a local object makes"),
        pytest.param("from typing import Callable, TypeVar\nF = TypeVar('F', bound=Callable[..., object])\ndef told(f: F) -> F: return f\ndef named(n: str) -> Callable[[F], F]: return told\n@told\ndef one() -> A: return A()\n@named('x')\ndef two() -> A: return A()\ndef g(): one().«n»(), two().«n»()\n", id="what a function gives under a decorator that gives it back"),
    ],
)  # fmt: skip
def test_class_follows_from_the_flow(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, CLASS + text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("class B(A):\n    def __new__(cls, x): return super().__new__(KINDS[x])\nKINDS = {}\nB(1).n()\n", id="a __new__ that makes another class"),
        pytest.param("class B(A):\n    def __new__(cls, x):\n        cls = KINDS[x]\n        return super().__new__(cls)\nKINDS = {}\nB(1).n()\n", id="a __new__ that takes another class"),
        pytest.param("class K(A):\n    def __new__(cls, x): return KINDS[x]\nclass B(K):\n    def __new__(cls, x): return super().__new__(cls, x)\nKINDS = {}\nB(1).n()\n", id="a __new__ above that gives something else"),
        pytest.param("class B(A):\n    def __getattribute__(self, name):\n        if name == 'n': return print\n        return super().__getattribute__(name)\nB().n()\n", id="a __getattribute__ that asks last"),
        pytest.param("class B(A):\n    def __getattribute__(self, name):\n        try: return super().__getattribute__(name)\n        except AttributeError: return print\nB().n()\n", id="a __getattribute__ that knows better"),
        pytest.param("from typing import TYPE_CHECKING\nimport other\nif TYPE_CHECKING:\n    Base = A\nelse:\n    Base = other.A\nclass B(Base):\n    def g(self): self.n()\n", id="a base that is another one"),
        pytest.param("class B:\n    def __init__(self, x): self.x, self.y = x, 1\n    def g(self): self.x.n()\n", id="a part that is not known"),
        pytest.param("def made(x):\n    yield A()\n    yield x\ndef other(x): yield from x\ndef g():\n    for x in made(1): x.n()\n    for y in other([]): y.n()\n", id="something else that a generator yields"),
        pytest.param("def told(f): return lambda: [1]\n@told\ndef made(): yield A()\ndef g():\n    for x in made(): x.n()\n", id="what a decorator makes of a generator"),
        pytest.param("class D:\n    def __get__(self, i, o): return KINDS[o]\n    def h(self): return 1\nKINDS = {}\nclass B:\n    d = D()\n    e: D\n    def g(self): self.d.n(), self.e.n()\n", id="what a descriptor gives that says nothing of it"),
        pytest.param("class B:\n    def __new__(cls):\n        if cls is B: return KINDS[0]\n        return super().__new__(cls)\nclass C(B): pass\nKINDS = {}\nB().n()\n", id="what a __new__ gives for its own class"),
        pytest.param("def make(cls): return KINDS[0]\nclass B:\n    __new__ = make\nKINDS = {}\nB().n()\n", id="a __new__ that is assigned"),
        pytest.param("class D:\n    def __get__(self, i, o): return KINDS[o]\nKINDS = {}\nclass B:\n    def g(self): self.d.n()\nB.d = D()\n", id="what a descriptor gives that a class is given"),
        pytest.param("class D:\n    def __get__(self, i, o): return KINDS[o]\n    def h(self): return 1\nKINDS = {}\nclass B:\n    @classmethod\n    def made(self): self.d = D()\n    def g(self): self.d.n()\n", id="a descriptor that a class method sets"),
        pytest.param("class C:\n    def n(self): return 1\nclass B:\n    if A: a: A\n    else: a: C\n    def g(self): self.a.n()\n", id="an attribute that is declared in two ways"),
        pytest.param("def g(x):\n    y = [A(), x]\n    y[1].n()\n", id="an item that is not known"),
        pytest.param("from typing import Callable\ndef told(f: Callable) -> Callable: return f\n@told\ndef one() -> A: return A()\ndef g(): one().n()\n", id="what a function gives under a decorator that says nothing"),
        pytest.param(TASK + "def task(f): return KINDS[f]\nKINDS = {}\n@task\ndef h(): return 1\nh.n()\n@KINDS[0]\n@task\ndef i(): return 1\ni.n()\n", id="what a decorator makes that does not say what"),
    ],
)  # fmt: skip
def test_class_does_not_follow(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, CLASS + text)


def test_sums_of_many_terms_are_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def reaching(*given: Any, **more: Any) -> Any:
        asked.append(1)
        return found(*given, **more)

    found = bindings.reaching
    monkeypatch.setattr(bindings, "reaching", reaching)
    terms = "    t += b(t)\n" * 100
    check_findings(tmp_path, f"def b(x): return x\ndef g(a):\n    t = b(a)\n{terms}    t.run()\n")
    assert len(asked) < 200


def test_what_else_is_put_into_an_attribute_may_be_of_another_class(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class Root: x = 1\nclass Tree:\n    def __init__(self):\n        self.root = Root()\n        self.known = {1: self.root}\n"
        "        self.fixed = {1: self.root}\n    def find(self, key): return self.known[key]\n"
        "    def put(self, key, child): self.known.setdefault(key, child)\n"
        "    def clear(self, key): self.find(key).prune(), self.fixed[key].«prune»()\n",
    )
