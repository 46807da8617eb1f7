"""Attributes that modules and classes do not have (docs/cases.md, row 48)."""

# Fixture texts are read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.findings import check_findings

CLASS = "class A:\n    def f(self): return 1\n"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        pytest.param("//- a.py\nimport b\nb.f(), b.«g»()\n//- b.py\ndef f(): return 1\n", ("b.py", "g"), id="module"),
        pytest.param("//- a.py\nimport b as c\nc.«g»()\n//- b.py\n", ("b.py", "g"), id="module by another name"),
        pytest.param("//- a.py\nimport p.b\np.b.«g»()\n//- p/__init__.py\n//- p/b.py\n", ("p/b.py", "g"), id="dotted"),
        pytest.param("//- a.py\nfrom p import b\nb.«g»()\n//- p/__init__.py\n//- p/b.py\n", ("p/b.py", "g"), id="from"),
        pytest.param("//- a.py\nimport b\nclass A(b.«B»): x = 1\n//- b.py\n", ("b.py", "B"), id="base"),
        pytest.param("//- a.py\nimport b\n@b.«d»\ndef f(): return 1\n//- b.py\n", ("b.py", "d"), id="decorator"),
        pytest.param("//- a.py\nimport b\ndef g():\n    raise b.«E»\n//- b.py\n", ("b.py", "E"), id="raise"),
        pytest.param(
            "//- a.py\ndef g():\n    import b\n    b.«f»()\n//- b.py\n", ("b.py", "f"), id="imported in a function"
        ),
        pytest.param("class A:\n    def m(self):\n        self.m(), self.«n»()\n", ("main.py", "A.n"), id="self"),
        pytest.param(
            "class B:\n    def b(self): return 1\nclass A(B, \\\n        object):\n    def m(self): self.b(), self.«n»()\n",
            ("main.py", "A.n"),
            id="self in a class with a header of two lines",
        ),
        pytest.param(
            "class A:\n    @classmethod\n    def m(cls):\n        cls.«n»(), cls.mro()\n", ("main.py", "A.n"), id="cls"
        ),
        pytest.param(
            "class A:\n    def m(self):\n        def inner():\n            return [self.«n»(x) for x in ()]\n        return inner\n",
            ("main.py", "A.n"),
            id="self in a nested function",
        ),
        pytest.param(
            "//- a.py\nfrom b import B\nclass A(B):\n    def m(self):\n        self.f(), self.g(), self.«n»()\n"
            "//- b.py\nclass C:\n    def f(self): return 1\nclass B(C):\n    def __init__(self):\n        self.g = 1\n",
            ("a.py", "A.n"),
            id="inherited from another file",
        ),
        pytest.param(
            "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(1, 1)\n        self.«help»()\n",
            ("main.py", "T.help"),
            id="base in the standard library",
        ),
        pytest.param(
            "class B:\n    def f(self): return 1\nclass A(B):\n    def g(self):\n        super().f()\n        super().«h»()\n",
            ("main.py", "B.h"),
            id="super",
        ),
        pytest.param("class A:\n    x = 1\nA.«make»()\nA.mro()\n", ("main.py", "A.make"), id="class"),
        pytest.param(
            "//- a.py\nfrom b import A\nA.«make»()\n//- b.py\nclass A: x = 1\n", ("b.py", "A.make"), id="class imported"
        ),
        pytest.param("class A:\n    class B: x = 1\n\nA.B.«f»()\n", ("main.py", "A.B.f"), id="nested class"),
        pytest.param(
            "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\n    def f(self):\n        self.x(), self.«g»()\n",
            ("main.py", "A.g"),
            id="dataclass",
        ),
        pytest.param(
            "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass A(Generic[T]):\n    def f(self): self.«g»()\n",
            ("main.py", "A.g"),
            id="generic",
        ),
        pytest.param(CLASS + "def g():\n    x = A()\n    x.f(), x.«n»()\n", ("main.py", "A.n"), id="local variable"),
        pytest.param(CLASS + "def g(x: A):\n    x.f(), x.«n»()\n", ("main.py", "A.n"), id="parameter"),
        pytest.param(CLASS + "def g(x: 'A | None' = None):\n    if x: x.«n»()\n", ("main.py", "A.n"), id="optional"),
        pytest.param(CLASS + "A().f()\nA().«n»()\n", ("main.py", "A.n"), id="constructor call"),
        pytest.param(
            CLASS + "def g():\n    x = A()\n    x.f()\n    x = A()\n    x.«n»()\n", ("main.py", "A.n"), id="bound twice"
        ),
        pytest.param(
            CLASS + "    def __enter__(self) -> 'A': return self\ndef g():\n    with A() as x:\n        x.«n»()\n",
            ("main.py", "A.n"),
            id="with",
        ),
        pytest.param("def g():\n    class B: x = 1\n    B.«n»()\n", ("main.py", "g.<locals>.B.n"), id="local class"),
        pytest.param(CLASS + "x = A()\nx.f(), x.«n»()\n", ("main.py", "A.n"), id="module variable"),
        pytest.param(CLASS + "def make() -> A: return A()\nmake().«n»()\n", ("main.py", "A.n"), id="return annotation"),
        pytest.param(
            CLASS + "def make() -> A: return A()\ndef g():\n    x = make()\n    x.«n»()\n",
            ("main.py", "A.n"),
            id="made",
        ),
        pytest.param(
            CLASS
            + "class B:\n    def __init__(self):\n        self.a = A()\n    def g(self):\n        self.a.f(), self.a.«n»()\n",
            ("main.py", "A.n"),
            id="attribute of self",
        ),
        pytest.param(
            CLASS
            + "from dataclasses import dataclass\n@dataclass\nclass B:\n    a: A\n    def g(self): self.a.«n»()\n",
            ("main.py", "A.n"),
            id="dataclass field",
        ),
        pytest.param(
            "//- a.py\nfrom b import A\ndef g(x: A):\n    x.«n»()\n//- b.py\n" + CLASS,
            ("b.py", "A.n"),
            id="imported class",
        ),
        pytest.param(
            "from enum import Enum\nclass A(Enum):\n    X = 1\n    def f(self): self.X(), self.name.lower(), self.«g»()\n",
            ("main.py", "A.g"),
            id="enum",
        ),
        pytest.param(
            "//- a.py\nimport b\nb.«g»()\n//- b.py\nfrom c import caller\n@caller\ndef f(): return 1\n"
            "//- c.py\nimport sys\ndef caller(function): return sys._getframe(1).f_globals['__name__']\n",
            ("b.py", "g"),
            id="a decorator reads the module's name",
        ),
        pytest.param(
            "class A:\n    x = property(print)\n    @x.setter\n    def x(self, x): self.«n»()\n",
            ("main.py", "A.n"),
            id="in a setter",
        ),
        pytest.param(
            CLASS + "    def h(self):\n        if isinstance(self, A): self.«n»()\n",
            ("main.py", "A.n"),
            id="self is narrowed to a class that lacks it",
        ),
        pytest.param(
            "//- a.py\ndef f(x):\n    import b\n    b.«n»()\n//- b.py\n", ("b.py", "n"), id="imported in a function"
        ),
        pytest.param(
            CLASS + "def use(one): return setattr(one, 'x', 1)\nuse(A)\nA.«n»()\n",
            ("main.py", "A.n"),
            id="handed to what sets another attribute",
        ),
        pytest.param(
            CLASS + "    def h(self): self.«n»()\nclass Other: x = 1\nOther.n = print\n",
            ("main.py", "A.n"),
            id="set on another class",
        ),
        pytest.param(
            "//- a.py\nfrom b import A\nclass Other: x = 1\nitem = Other()\ndef g(): item.n = A.f\n//- b.py\n"
            + CLASS
            + "    def h(self): self.«n»()\n",
            ("b.py", "A.n"),
            id="set on an instance of another class",
        ),
        pytest.param(
            CLASS + "    def h(self):\n        if hasattr(self.f, 'n'): self.f.n()\n        self.«n»()\n",
            ("main.py", "A.n"),
            id="an attribute of self is asked for it",
        ),
        pytest.param(
            "class A:\n    __slots__ = ('x', )  # f()\n    def f(self): self.x(), self.«g»()\n",
            ("main.py", "A.g"),
            id="slots",
        ),
        pytest.param(
            CLASS
            + "def g(xs):\n    for _ in xs:\n        x = A()\n        for _ in xs:\n            x.«n»()\n        x = A()\n",
            ("main.py", "A.n"),
            id="assigned in each turn of the loop",
        ),
        pytest.param(
            CLASS + "    def h(self): self.«n»()\nclass Other: x = 1\npatch.object(Other, 'n')\n"
            "from unittest.mock import patch\n",
            ("main.py", "A.n"),
            id="patched in another class",
        ),
        pytest.param(
            "class M(type):\n    all = {}\n    def __new__(m, n, b, ns):\n        made = super().__new__(m, n, b, ns)\n"
            "        m.all[n] = made\n        tell(made)\n        return made\n    def h(c): return 1\ndef tell(c): print(c)\n"
            "class A(metaclass=M):\n    def f(self): self.«g»()\nA.h(), A.all\n",
            ("main.py", "A.g"),
            id="a metaclass that keeps its classes",
        ),
        pytest.param(
            "class M(type):\n    '''Keeps each class that it makes.'''\n    made = []\n    def __new__(m, n, b, ns, **k):\n"
            "        c = super().__new__(m, n, b, ns, **k)\n        m.made.append(c)\n        return c\n"
            "    @staticmethod\n    def far(a, b): return range(a, b)\nclass A(metaclass=M):\n    def f(self): self.«g»()\n",
            ("main.py", "A.g"),
            id="a metaclass that speaks of classes",
        ),
        pytest.param(
            "class M(type):\n    @classmethod\n    def __prepare__(m, n, b):\n        ns = super().__prepare__(m, n, b)\n"
            "        ns['tag'] = print\n        return ns\n"
            "class A(metaclass=M):\n    def f(self): self.tag(), self.«g»()\n",
            ("main.py", "A.g"),
            id="a metaclass that begins the bodies of its classes",
        ),
        pytest.param(
            "class M(type):\n    made = {}\n    def __call__(c, *a):\n        def make(): return super(M, c).__call__(*a)\n"
            "        if not a: return make()\n        if c not in c.made: c.made[c] = make()\n        return c.made[c]\nclass A(metaclass=M): x = 1\nA().«f»()\n",
            ("main.py", "A.f"),
            id="a metaclass that makes one instance of each class",
        ),
        pytest.param(
            "import inspect\nclass M(type):\n    def __new__(m, n, b, ns):\n        fields = taken(ns)\n        for name, _ in fields: del ns[name]\n"
            "        made = super().__new__(m, n, b, ns)\n        made.opts = made.make(ns.get('Meta'))\n"
            "        more = inherited(made)\n        made.fields = m.collected(made, fields, more=more)\n        return made\n"
            "    def collected(m, made, fields, more): return dict(fields + more)\n"
            "    def hooks(c): return [one.__dict__['x'] for one in inspect.getmro(c)]\n"
            "def taken(ns):\n    '''What ns has.'''\n    return [(k, v) for k, v in ns.items()]\n"
            "def inherited(c):\n    '''Of the\n    class.'''\n    return [taken(base.__dict__) for base in inspect.getmro(c)]\n"
            "class A(metaclass=M):\n    def f(self): self.«g»()\n",
            ("main.py", "A.g"),
            id="a metaclass that takes fields out of classes",
        ),
        pytest.param(
            "class Field:\n    def __set_name__(self, owner, name): setattr(owner, 'get_' + name, lambda x: 1)\n"
            "class A:\n    title = Field()\n    def f(self): self.«g»(), self.get_title()\n",
            ("main.py", "A.g"),
            id="an attribute that puts another member beside itself",
        ),
        pytest.param(
            "class M(type):\n    def __call__(c, *a): raise TypeError\nclass A(metaclass=M):\n    def f(self): self.«g»()\n",
            ("main.py", "A.g"),
            id="a metaclass that forbids to call its classes",
        ),
        pytest.param(
            "import inspect\nclass A:\n    def __init_subclass__(cls):\n        cls.at = inspect.getfile(cls)\n"
            "        if hasattr(cls, 'g') and callable(cls.g): all.append(cls)\n"
            "    def f(self): self.«g»()\nall = []\n",
            ("main.py", "A.g"),
            id="__init_subclass__ only looks at the class",
        ),
        pytest.param(
            "class A:\n    all = set()\n    @classmethod\n    def keep(c, made): c.all.add(made)\n"
            "    def __init_subclass__(cls): A.keep(cls)\n    def f(self): self.«g»()\n",
            ("main.py", "A.g"),
            id="__init_subclass__ hands the class to what keeps it",
        ),
        pytest.param(
            "//- pkg/__init__.py\nfrom .old import *\nfrom .parts import *\n"
            "//- pkg/old.py\n__all__ = ['b']\ndef b(): return 1\ndef __getattr__(name): return 1\n"
            "//- pkg/parts.py\nclass A: x = 1\n"
            "//- c.py\nfrom pkg import A\nclass C(A):\n    def f(self): self.«n»()\n",
            ("c.py", "C.n"),
            id="beside a star import of what has __getattr__",
        ),
        pytest.param(
            "//- a.py\nclass A:\n    def f(self): self.«_n»()\n"
            "//- tests/test_a.py\ndef test_a(one): one._n = lambda: one.value.copy()\n",
            ("a.py", "A._n"),
            id="a test puts something in the place of a private method",
        ),
        pytest.param(
            "//- a.py\nclass A:\n    def f(self): self.«n»()\n//- tests/test_a.py\nfrom a import A\nA.n = lambda self: print(self)\n",
            ("a.py", "A.n"),
            id="only a test assigns it to the class",
        ),
        pytest.param(
            "//- p/__init__.py\n//- p/m.py\nclass A: x = 1\nclass B: x = 1\ndef n(): return 1\n"
            "//- test_a.py\nfrom unittest.mock import patch\nfrom p.m import A\n@patch('p.m.n')\n@patch('p.m.B.n')\n"
            "def test(a, b): A().«n»()\n",
            ("p/m.py", "A.n"),
            id="patched in the module and in another class, by their names",
        ),
        pytest.param(
            "//- m.py\nclass A: x = 1\n//- test_a.py\nfrom unittest.mock import patch\nfrom m import A\n"
            "@patch('subprocess.run')\ndef test(a): A().«run»()\n",
            ("m.py", "A.run"),
            id="patched in the standard library",
        ),
        pytest.param(
            "//- m.py\nclass A: x = 1\n//- tests/test_a.py\nfrom m import A\ndef test():\n    A().«n»()\n"
            "//- tests/test_b.py\nfrom m import A\ndef test():\n    a = A()\n    def n(): return 1\n    a.n = n\n    a.n()\n",
            ("m.py", "A.n"),
            id="a test gives it to an object of its own",
        ),
    ],
)
def test_missing_attribute(tmp_path: Path, text: str, target: tuple[str, str]) -> None:
    check_findings(tmp_path, text, "missing-attribute", targets=(target,))


def test_what_is_patched_would_have_to_be_there(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- m.py\nclass A: x = 1\n//- test_a.py\nfrom unittest.mock import patch\nimport m\n"
        "@patch('m.f')\n@patch.object(m.A, 'g')\ndef test(a, b, monkeypatch):\n    m.«f»(), m.A().«g»(), m.«h»(), m.i()\n"
        "    monkeypatch.setattr('m.h', a)\n    monkeypatch.setattr(m, 'i', a, raising=False)\n",
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from unknown import B\nclass A(B):\n    def f(self): self.g()\n", id="unknown base"),
        pytest.param("class A(make()):\n    def f(self): self.g()\ndef make(): return object\n", id="computed base"),
        pytest.param("class A:\n    def __getattr__(self, n): return 1\n    def f(self): self.g()\n", id="__getattr__"),
        pytest.param(
            "class M(type):\n    def __new__(m, n, b, ns): return type.__new__(m, n, b, fill(ns))\ndef fill(ns): return {**ns}\n"
            "class A(metaclass=M):\n    def f(self): self.g()\n",
            id="metaclass",
        ),
        pytest.param(
            "class M(type):\n    def __new__(m, n, b, ns):\n        ns[n.lower()] = 1\n        return type.__new__(m, n, b, ns)\n"
            "class A(metaclass=M):\n    def f(self): self.a()\n",
            id="metaclass that puts something into the class",
        ),
        pytest.param(
            "class M(type):\n    def __init__(c, n, b, ns): c.g = add(c)\ndef add(c): setattr(c, c.key, 1)\n"
            "class A(metaclass=M):\n    def f(self): self.h()\n",
            id="metaclass that hands the class on",
        ),
        pytest.param(
            "class M(type):\n    def __new__(m, n, b, ns):\n        told(ns)\n        return type.__new__(m, n, b, ns)\n"
            "def told(names): names['g'] = 1\nclass A(metaclass=M):\n    def f(self): self.h()\n",
            id="metaclass that has something put into the class",
        ),
        pytest.param(
            "class M(type):\n    def __new__(m, n, b, ns):\n        c = type.__new__(m, n, b, ns)\n        x = m.fill(1, c)\n        return c\n"
            "    def fill(m, x, c): add(c)\ndef add(c): setattr(c, c.key, 1)\nclass A(metaclass=M):\n    def f(self): self.h()\n",
            id="metaclass whose method hands the class on",
        ),
        pytest.param(
            "class Field:\n    def __set_name__(self, owner, name): self.put(owner, name)\n"
            "    def put(self, owner, name): setattr(owner, 'get_' + name, lambda x: 1)\nclass Text(Field): pass\n"
            "class A:\n    title = Text()\n    def f(self): self.get_title()\n",
            id="attribute that puts a method beside itself",
        ),
        pytest.param(
            "class M(type):\n    def __init__(cls, n, b, ns):\n        for key in ns['keys']: cls.read(key)\n"
            "    def read(cls, key): cls.__setattr__('read_' + key, lambda self: 1)\n"
            "class A(metaclass=M):\n    keys = ['name']\n    def f(self): self.read_name()\n",
            id="metaclass that sets attributes without setattr",
        ),
        pytest.param(
            "class M(type):\n    def __new__(m, n, b, ns):\n        c = type.__new__(m, n, b, ns)\n        c = other(c)\n        return c\n"
            "def other(c):\n    class D(c): h = 1\n    return D\nclass A(metaclass=M):\n    def f(self): self.h()\n",
            id="metaclass that gives another class",
        ),
        pytest.param("class M(type):\n    def f(cls): cls.g()\n", id="in a metaclass"),
        pytest.param(
            "class M(type):\n    def f(cls): return 1\ndef g(c: M): c.g(), c.f()\ndef h(c):\n    if isinstance(c, M): c.g()\n",
            id="an instance of a metaclass",
        ),
        pytest.param(
            "class M(type):\n    def __prepare__(m, n, b): return Names(n)\nclass Names(dict): x = 1\n"
            "class A(metaclass=M):\n    def f(self): self.g()\n",
            id="metaclass that prepares names of its own",
        ),
        pytest.param(
            "class M(type):\n    def __prepare__(m, n, b):\n        ns = {}\n        ns.update(more)\n        return ns\n"
            "class A(metaclass=M):\n    def f(self): self.g()\n",
            id="metaclass that fills what it prepares",
        ),
        pytest.param(
            "class M(type):\n    def __call__(c, n): return c.all[n]\nclass A(metaclass=M): x = 1\nA(1).g()\n",
            id="metaclass that gives something else",
        ),
        pytest.param("import abc\nclass A(abc.ABC): x = 1\nA.register(int)\n", id="member of the metaclass"),
        pytest.param(
            "class A:\n    def __init_subclass__(cls):\n        add(cls, 'g')\n    def f(self): self.g()\n"
            "def add(cls, name): setattr(cls, name, print)\n",
            id="__init_subclass__ hands the class over",
        ),
        pytest.param(
            "class A:\n    def __new__(cls):\n        made = object.__new__(cls)\n        made.g = A().h\n        return made\n"
            "    def f(self): self.g()\n    def h(self): return 1\n",
            id="set on a new instance",
        ),
        pytest.param("from d import d\n@d\nclass A:\n    def f(self): self.g()\n", id="class decorator"),
        pytest.param(
            "class A:\n    def __init__(self, **k):\n        for n in k: setattr(self, f'_{n}', k[n])\n    def f(self): self._g()\nA(g=print)\n",
            id="setattr under a computed name that is written as a string",
        ),
        pytest.param(
            "class A:\n    def __init__(self, **k):\n        for n in k: setattr(self, n, k[n])\n    def f(self): self.g()\nA(g=print)\n",
            id="setattr",
        ),
        pytest.param(
            "class A:\n    def __init__(self, k): self.__dict__.update(k)\n    def f(self): self.g()\nA({'g': print})\n",
            id="__dict__",
        ),
        pytest.param(
            "class A:\n    def f(self): self.g()\nfor n in 'ab': setattr(A, n, print)\n", id="setattr on the class"
        ),
        pytest.param("class A:\n    def f(self): self.g()\nA.g = print\n", id="assigned to the class"),
        pytest.param(
            "//- m.py\nclass A: x = 1\nclass B(A): x = 1\n"
            "//- test_a.py\nfrom unittest.mock import patch\nfrom m import B\n@patch('m.A.n', create=True)\ndef test(a): B().n()\n",
            id="patched in a base, by its name",
        ),
        pytest.param(
            "//- m.py\nclass A: x = 1\n//- tests/conftest.py\nfrom m import A\nA.n = print\n"
            "//- tests/test_a.py\nfrom m import A\ndef test(): A().n()\n",
            id="assigned by tests, for tests",
        ),
        pytest.param(
            "class B: x = 1\nclass A(B):\n    def f(self): self.g()\nB.g = print\n", id="assigned to its base"
        ),
        pytest.param(
            "class A:\n    def f(self): self.g()\nclass B(A): x = 1\nsetattr(B(), 'g', print)\n",
            id="set on an instance of a subclass",
        ),
        pytest.param(
            "class A:\n    def f(self): self.g()\nclass P: x = 1\nclass B(A, P): x = 1\ndef s(p: P): p.g = s\n",
            id="set on what a subclass is, too",
        ),
        pytest.param(
            "//- a.py\ndef fix(one):\n    def g(): return 1\n    one.g = g\n//- b.py\n"
            "class A:\n    def f(self): self.g()\n",
            id="a function made for some object",
        ),
        pytest.param(
            "//- a.py\nimport b\nb.f()\n//- b.py\nimport sys\nfrom c import fill\nfill(sys.modules[__name__])\n"
            "//- c.py\ndef fill(m): return m\n",
            id="module handed over",
        ),
        pytest.param(
            "class A:\n    def g(self): return 1\n    class B:\n        class C:\n            def f(self): self.g()\n",
            id="a class around has it",
        ),
        pytest.param(
            "//- a.py\nfrom b import fill\nclass A: x = 1\nfill(A)\nA.get_x()\n//- b.py\n"
            "def fill(one): _fill(one, 'x')\ndef _fill(cls, name): setattr(cls, 'get_%s' % name, print)\n",
            id="handed to what sets attributes",
        ),
        pytest.param("class A:\n    def f(self): self._B__g()\n", id="private name of some class"),
        pytest.param(
            "class A:\n    def __init__(self, g): super().__setattr__('g', g)\n    def f(self): self.g()\n",
            id="set by super()",
        ),
        pytest.param(
            "//- a.py\nfrom fast import Fast\nclass A(Fast):\n    def f(self): self.g()\n//- fast.pyi\nclass Fast: x: int\n",
            id="the stub of a compiled base",
        ),
        pytest.param(
            "//- a.py\nfrom pkg import Node\nNode.g()\n//- pkg/__init__.py\nfrom .Node import *\n"
            "//- pkg/Node.py\nclass Node:\n    def g(self): return 1\n",
            id="a star import brings a class of its module's name",
        ),
        pytest.param(
            "//- a.py\nfrom pkg import parts\nparts.g()\n//- pkg/__init__.py\nfrom other import *\n"
            "//- pkg/parts.py\ndef g(): return 1\n//- other/__init__.py\nx = 1\n//- other/parts.py\n",
            id="a star import brings no submodule in another's place",
        ),
        pytest.param(
            "class A:\n    def __new__(cls, names):\n        made = object.__new__(cls)\n        for name in names: setattr(made, name, print)\n"
            "        return made\n    def f(self): self.g()\nA(['g'])\n",
            id="computed names in __new__",
        ),
        pytest.param(
            "def start(x):\n    class A:\n        def f(self): self.g()\n    class B:\n        def f(self): A.g = staticmethod(self.x)\n"
            "    return A, B\n",
            id="set in another class of the function",
        ),
        pytest.param(
            "class A:\n    def f(self, x):\n        if x and isinstance(self, B):\n            self.g()\n"
            "class B(A):\n    def g(self): return 1\nclass C(A): x = 1\nclass D(A): x = 1\nA(), B(), C(), D()\n",
            id="self is narrowed",
        ),
        pytest.param(
            "class A:\n    def f(self):\n        if isinstance(self, C | D): return 1\n        else: self.g()\n"
            "class B(A):\n    def g(self): return 1\nclass C(A): x = 1\nclass D(A): x = 1\nA(), B(), C(), D()\n",
            id="self is narrowed to what is left",
        ),
        pytest.param(
            "//- a.py\nfrom b import TheData\nclass U:\n    def __init__(self): self.data = TheData()\n    def f(self): self.data.g()\n"
            "//- b.py\nclass TheData: x = 1\nclass Entity:\n    def add(self, the_data): setattr(the_data, self.name, self)\nNAMES = ('g', 'h')\n",
            id="computed names of a variable that is named after the class",
        ),
        pytest.param(
            "class A:\n    Native = property('A')\n    @Native.method('v')\n    def f(self): self.g()\n",
            id="a variable of the class takes the method",
        ),
        pytest.param(
            "def f(x):\n    if x:\n        y = x.pop()\n    else:\n        class y: z = 1\n    y.g()\n",
            id="a class in one branch only",
        ),
        pytest.param(
            "//- a.py\ndef f(x):\n    import b\n    if x:\n        b = x.make()\n        b.g()\n//- b.py\n",
            id="an imported name gets another value",
        ),
        pytest.param(
            "//- a.py\nimport pytest, b\n@pytest.mark.xfail(strict=True)\ndef test():\n    b.g()\n    h()\n//- b.py\n",
            id="in a test that is expected to fail",
        ),
        pytest.param(
            "//- a.py\nfrom b import fPy\n//- b.py\nfrom c import also\n@also\ndef f(): return 1\n"
            "//- c.py\nimport sys\ndef also(function):\n    names = sys._getframe(1).f_globals\n"
            "    names[function.__name__ + 'Py'] = function\n    return function\n",
            id="a decorator fills the module",
        ),
        pytest.param(
            "//- a.py\nfrom b import f\n//- b.py\nfrom c import fill, find_current_module\n"
            "fill(find_current_module())\n//- c.py\ndef fill(m): return m\ndef find_current_module(): return 1\n",
            id="current module handed over",
        ),
        pytest.param(
            "class A:\n    def f(self): self.g()\n    def h(self): self.g = print\n", id="assigned in a method"
        ),
        pytest.param(
            "class A:\n    def f(self): self.g()\nclass B(A):\n    def __init__(self): self.g = print\n",
            id="in a subclass",
        ),
        pytest.param(
            "class M:\n    def f(self): self.g()\nclass G:\n    def g(self): return 1\nclass A(M, G): x = 1\n",
            id="mixin",
        ),
        pytest.param(
            "from u import U\nclass M:\n    def f(self): self.g()\nclass A(M, U): x = 1\n", id="mixin, unknown subclass"
        ),
        pytest.param(
            "class A:\n    def f(self):\n        if hasattr(self, 'g'):\n            self.g()\n", id="hasattr"
        ),
        pytest.param(
            "class A:\n    def f(self):\n        try:\n            self.g()\n        except AttributeError:\n            pass\n",
            id="except",
        ),
        pytest.param(
            "class A:\n    __slots__ = tuple(n for n in 'gh')\n    def f(self): self.g()\n", id="computed slots"
        ),
        pytest.param(
            "class A:\n    def __init__(self, k): vars(self).update(k)\n    def f(self): self.g()\nA(dict(g=print))\n",
            id="vars",
        ),
        pytest.param(
            "class A:\n    def __init__(self, k): super().__setattr__(k, print)\n    def f(self): self.g()\nA('g')\n",
            id="__setattr__",
        ),
        pytest.param(
            "class A:\n    def __init__(self): super().__setattr__('g', 1)\n    def f(self): self.g()\n",
            id="__setattr__ of a name",
        ),
        pytest.param(
            "class A:\n    def f(self):\n        type(self).g = print\n        self.g()\n", id="assigned to its type"
        ),
        pytest.param(
            "class A:\n    def f(self): self.g()\ndef h(xs): xs[0].g = h\n", id="assigned to an item of something"
        ),
        pytest.param("class A:\n    def f(self):\n        [*self.g] = ()\n        self.g()\n", id="takes the rest"),
        pytest.param("class A:\n    def f(self, x):\n        self = x\n        self.g()\n", id="self reassigned"),
        pytest.param("class A:\n    def f(self): return lambda self: self.g()\n", id="self of a lambda"),
        pytest.param(
            "class A:\n    def me(self): return self\n    def also(self): return [self.me()]\n    def __enter__(self): return self\n"
            "    def __exit__(self, *a): return None\n    @classmethod\n    def make(cls): return cls()\n"
            "    def new(self): return type(self)()\n    def f(self): return 1\n"
            "class B(A):\n    def g(self): return 1\n    def up(self): return super().me()\n"
            "def h():\n    x = B().me()\n    x.g(), x.f()\n    y = B.make()\n    y.g(), y.new().g(), y.up().g(), y.also()[0].g()\n"
            "    with B() as z:\n        z.g()\n",
            id="what gives self gives an instance of the subclass",
        ),
        pytest.param("class A:\n    def f(this, x): x.g()\n    def h(schema): schema.pop()\n", id="not self"),
        pytest.param("class A:\n    @staticmethod\n    def f(self): self.g()\n", id="static method"),
        pytest.param(
            "def outer():\n    b = 1\n    b.f()\nimport b\n//- b.py\n".replace("//- b.py\n", ""), id="local variable"
        ),
        pytest.param("//- a.py\nimport b\ndef g(b): b.f()\n//- b.py\n", id="parameter"),
        pytest.param(
            "//- a.py\ndef g(b=None):\n    if b is None:\n        import b\n    b.f()\n//- b.py\n",
            id="parameter or import",
        ),
        pytest.param("//- a.py\nimport b\nb.f()\n//- b.py\nglobals()['f'] = 1\n", id="dynamic module"),
        pytest.param(
            "//- a.py\nimport b\nb.f()\n//- c.py\nimport b\nb.f = 1\n//- b.py\n", id="assigned by a third module"
        ),
        pytest.param(
            "//- a.py\nfrom unittest import mock\nimport b\n@mock.patch('b.f', create=True)\ndef g(m): b.f()\n//- b.py\n",
            id="patched",
        ),
        pytest.param("import os\nos.missing()\nos.path.missing()\n", id="standard library"),
        pytest.param("class A:\n    def f(self): self.g()  # type: ignore[attr-defined]\n", id="switched off"),
        pytest.param(
            "from functools import total_ordering\n@total_ordering\nclass A:\n    def __lt__(self, o): ...\n"
            "A().__ge__(1)\nclass B(A): pass\nB().__ge__(1)\n",
            id="special methods that a decorator adds",
        ),
        pytest.param(
            "class A:\n    from os import getcwd\n    def f(self): self.getcwd()\n", id="import in a class body"
        ),
        pytest.param("class A:\n    def f(self): self.g()\nA = object\n", id="class bound twice"),
        pytest.param(
            "if x:\n    class B: pass\nelse:\n    from u import B\nclass A(B):\n    def f(self): self.g()\n",
            id="base either way",
        ),
        pytest.param("C = type('C', (), {'g': print})\nclass A(C):\n    def f(self): self.g()\n", id="made by type()"),
        pytest.param(
            CLASS + "def g(request): request.instance.n = 1\nclass B(A):\n    def h(self): self.n()\n",
            id="set by a fixture",
        ),
        pytest.param(
            CLASS + "    def __get__(self, i, o): return i\nclass B:\n    a = A()\n    def h(self): self.a.n()\n",
            id="descriptor",
        ),
        pytest.param(
            "class A:\n    def __init__(self): self.__class__ = other()\n    def f(self): self.n()\ndef other(): return A\n",
            id="__class__",
        ),
        pytest.param(CLASS + "def g(x: A):\n    x = other(x)\n    x.n()\ndef other(x): return x\n", id="reassigned"),
        pytest.param(
            CLASS + "def g():\n    x = A()\n    def h():\n        nonlocal x\n        x = other\n    h()\n    x.n()\n",
            id="reassigned in a nested function",
        ),
        pytest.param(
            CLASS + "def g(xs):\n    x = A()\n    for y in xs:\n        for _ in y: x.n()\n        x = A() or y\n",
            id="reassigned in an outer loop",
        ),
        pytest.param(
            CLASS + "class B(A):\n    def n(self): return 1\ndef g(x: A):\n    if isinstance(x, B): x.n()\n",
            id="narrowed to a subclass",
        ),
        pytest.param(CLASS + "def g():\n    x = A()\n    x.n = 1\n    x.n()\n", id="set on the instance"),
        pytest.param(
            CLASS + "def g():\n    def n(): return 1\n    y = x\n    y.n = n\nx = A()\nx.n()\n",
            id="function made for it",
        ),
        pytest.param(
            "//- a.py\nclass A:\n    def f(self): return 1\ndef make(cls, names):\n    x = cls()\n    x.n = names['n']\n"
            "//- b.py\nfrom a import A\nclass B(A):\n    def g(self): self.n()\n",
            id="set where a base is known",
        ),
        pytest.param(
            "//- a.py\nclass A:\n    def f(self): self._n()\n//- b.py\ndef make(one): one._n = one.pool.acquire\n",
            id="a private name, set from outside",
        ),
        pytest.param(
            "from elsewhere import add\n" + CLASS + "add(A, 1)\nA().n()\n", id="handed to what cannot be read"
        ),
        pytest.param(
            "//- a.py\nfrom b import digest\nclass A:\n    def __init__(self, **k): digest(self, k)\n    def f(self): self.g()\n"
            "//- b.py\ndef digest(one, given): one.__dict__ = {**one.__dict__, **given}\n",
            id="hands itself to what sets attributes",
        ),
        pytest.param(
            "from enum import Enum\nclass A(Enum):\n    def _generate_next_value_(self, *more): return self.lower()\n",
            id="what an enumeration is given is no member",
        ),
        pytest.param(
            "class A:\n    def f(self):\n        self.__dict__['g'] = 1\n        self.g()\n", id="in __dict__"
        ),
        pytest.param(
            "//- a.py\n" + CLASS + "//- b.py\nimport a\nclass B(a.A):\n    def n(self): return 1\na.A = B\n"
            "//- c.py\nimport a\ndef g():\n    x = a.A()\n    x.n()\n",
            id="another class is put in its place",
        ),
        pytest.param(
            "class A:\n    def __init__(self, code): exec(code)\n    def f(self): self.g()\n", id="exec in a method"
        ),
        pytest.param(CLASS + "A.assert_called_once_with(1)\nA().reset_mock()\n", id="a mock stands in for it"),
        pytest.param(
            "import gettext\nclass A(gettext.GNUTranslations):\n    def f(self): return self.plural(1)\n",
            id="the stub leaves out a public member",
        ),
        pytest.param(CLASS + "def g(x: 'A | int'): x.n()\n", id="union"),
        pytest.param(CLASS + "def g(x: 'A | None'):\n    if x is None: x.n()\n    if not x: x.n()\n", id="None"),
        pytest.param(CLASS + "x = A()\ndef g():\n    global x\n    x = object\nx.n()\n", id="global reassigned"),
        pytest.param("def g(*args: int, **k: str):\n    args.n(), k.n()\n", id="packed parameters"),
        pytest.param(
            "class A:\n    def __new__(cls): return other\n    def f(self): return 1\nA().n()\nother = 1\n",
            id="__new__",
        ),
        pytest.param("try:\n    import b\nexcept ImportError:\n    b = None\nb.f()\n", id="optional module"),
        pytest.param(
            "class A:\n    def f(self):\n        with raises(AttributeError):\n            self.g()\n",
            id="expected to fail",
        ),
    ],
)
def test_doubt_is_silence(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text.replace("raises(A", "print(A"))


@pytest.mark.parametrize(
    "asked",
    [
        "hasattr(self, 'x')",
        "hasattr(type(self), 'x')",
        "callable(getattr(x, 'y'))",
        "hasattr(A, 'x')",
        "callable(self.f)",
    ],
)
def test_what_is_asked_of_another_object_says_nothing_of_self(tmp_path: Path, asked: str) -> None:
    check_findings(
        tmp_path,
        "class A:\n    def f(self, x):\n        if hasattr(self.x, 'y') and getattr(x, 'z', None) or callable(x): self.«g»()\n"
        f"        elif {asked}: self.g()\n        if hasattr(x.w, 'y'): x = 1\n        else: self.«g»()\n",
    )


def test_what_zope_derives_from_a_class_has_more(tmp_path: Path) -> None:
    (tmp_path / "configure.zcml").write_text('<browser:page class=".views.Edit" template="edit.pt" />', "utf-8")
    text = "class {0}:\n    def __call__(self): return self.{1}()\n"
    check_findings(tmp_path, "//- views.py\n" + text.format("Edit", "index") + text.format("Other", "«index»"))


def test_what_a_function_sets_on_what_it_is_handed_is_there(tmp_path: Path) -> None:
    text = (
        "//- setup.py\ndef prepare(settings):\n    settings.start = (1 if settings else 2)\n"
        "def other(settings):\n    settings.end = [1]\n"
        "//- app.py\nfrom setup import prepare\nclass Settings: x = 1\nprepare(Settings)\nprint(Settings.start(), Settings.«end»())\n"
    )
    check_findings(tmp_path, text)
