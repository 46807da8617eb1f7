"""What a class calls on ``self`` and only its subclasses have: a mixin's, or one that was deleted."""

# Fixture texts are read best on one line.

# Fixture texts are read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_lsp.analysis import derived
from autogen_lsp.analysis.derived import takers
from autogen_lsp.analysis.mro import Class
from autogen_lsp.analysis.project import Project
from tests.support.findings import check_findings

HOOKED = "class B(A):\n    def __getattr__(self, name): return 1\n"
BASE = "class A:\n    def f(self): self.{g}()\n"
HAS = "    def g(self): return 1\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            BASE.format(g="«g»") + "class B(A):\n    def g(self): return super().«g»()\n",
            id="an override calls super()",
        ),
        pytest.param(
            BASE.format(g="«g»") + "class B(A):\n" + HAS + "class C(A): x = 1\nclass D(A): x = 1\nA(), C(), D()\n",
            id="most classes in use lack it",
        ),
        pytest.param(
            "//- a.py\nfrom b import A\nclass B(A):\n"
            + HAS
            + "class TestC(A): x = 1\nclass TestD(A): x = 1\n//- b.py\n"
            + BASE.format(g="«g»"),
            id="tests are in use",
        ),
        pytest.param(
            BASE.format(g="«g»") + "all = [A]\nCODE = '''\nmade = type(\"B\", (k,), 1)\n'''\n",
            id="code in a string derives nothing",
        ),
        pytest.param(
            BASE.format(g="«g»") + "def made(base, of: A | None = None):\n    class C(base): of\n    return C\n",
            id="named in an annotation of what derives a class",
        ),
        pytest.param(
            "//- a.py\n" + BASE.format(g="«g»") + "class B(A): x = 1\nB()\n"
            "//- tests/test_a.py\nfrom a import A, B\nclass C(A):\n" + HAS + "class D(B):\n" + HAS,
            id="only tests have it, and one in use lacks it",
        ),
        pytest.param(
            "class Groups:\n    class Methods:\n        def f(self): self.«g»()\n"
            "    def make(self): return Groups.Methods()\n",
            id="in the body of a class, but in use",
        ),
        pytest.param(
            "class Groups:\n    class Methods:\n        def f(self): self.«g»()\n"
            "    def __init__(self): self.methods = self.Methods()\n",
            id="in the body of a class that makes it",
        ),
        pytest.param(
            "class Groups:\n    class Methods:\n        def f(self): self.«g»()\n    methods = Methods()\n",
            id="in the body of a class that makes it there",
        ),
        pytest.param(
            BASE.format(g="«g»") + HOOKED + "".join(f"class C{n}(A): x = 1\n" for n in range(4)),
            id="only one of several classes below may have it",
        ),
        pytest.param(
            "from typing import override\n" + BASE.format(g="«g»") + "class B(A):\n    @override\n" + HAS,
            id="an override says that it is one",
        ),
        pytest.param(
            "class AMixin:\n    def f(self): self.«g»()\nclass B: x = 1\nclass C(AMixin, B): x = 1\n",
            id="a mixin that is put together with what lacks it",
        ),
        pytest.param(
            "class AMixin:\n    def f(self): self.«_g»()\nclass C(AMixin):\n    def __getattr__(self, name): return 1\n"
            "C()\n",
            id="a private member, which __getattr__ will not bring",
        ),
        pytest.param(BASE.format(g="«g»") + "isinstance(1, A)\n", id="handed to isinstance only"),
        pytest.param(
            "class Z:\n    def __init__(self, **k): super().__init__(**k)\nclass Y(Z): x = 1\nY()\n"
            + BASE.format(g="«g»").replace("class A", "class A(Y)"),
            id="a base reaches for more, but is made without it",
        ),
        pytest.param(
            "//- a.py\n"
            + BASE.format(g="«g»")
            + "//- b.py\ndef made():\n    from a import A as cls\n    return cls()\n"
            "//- c.py\nimport z\ndef made(base, cls):\n    class B(cls, z.Z): x = 1\n    return B\n",
            id="another file calls it what a variable is called elsewhere",
        ),
        pytest.param(
            BASE.format(g="«g»") + "class B(A):\n" + HAS + "A(), A(), A(), A(), B()\n",
            id="nearly all instances lack it",
        ),
        pytest.param(
            BASE.format(g="«g»") + "class B(A): x = 1\nB()\nfor one in (A,):\n    type('Made', (one, object), {})\n",
            id="derived from a variable, but a subclass in use lacks it",
        ),
        pytest.param(
            BASE.format(g="«g»") + "class Z: x = 1\nfor one in (Z,):\n    type('Made', (one, object), {})\n",
            id="another class is derived from a variable",
        ),
        pytest.param(
            "//- a.py\nfrom z import A\ntype('Made', (A, object), {})\n//- z.py\nclass A: x = 1\n//- b.py\n"
            + BASE.format(g="«g»"),
            id="another class of its name is derived at run time",
        ),
        pytest.param(
            "//- a.py\nimport amqp\nclass B(amqp.A): x = 1\n//- b.py\n" + BASE.format(g="«g»"),
            id="a package from elsewhere has a class of its name",
        ),
        pytest.param(
            BASE.format(g="«g»").replace("class A", "class test_a").replace("(A)", "(test_a)").replace("f(", "test_f("),
            id="tests in a class that is named as functions are",
        ),
        pytest.param(
            BASE.format(g="«g»").replace("class A", "class TestRunMixin").replace("f(", "test_f("),
            id="tests of a mixin",
        ),
        pytest.param(
            BASE.format(g="«g»")
            + "def run():\n    class Z: x = 1\n    class Other(Z):\n        def g(self): return 1\n    return Other\n",
            id="a class in a function has it",
        ),
        pytest.param(
            BASE.format(g="«g»").replace("class A", "class RunMixin") + "class B(RunMixin): x = 1\nB()\n",
            id="named mixin, but a class below it is in use",
        ),
        pytest.param(
            BASE.format(g="«g»") + "    def __init__(self, **more): super().__init__(**more)\nA()\n",
            id="hands arguments to no base, but is in use",
        ),
        pytest.param(
            "from unittest import TestCase\n"
            + BASE.format(g="«g»").replace("class A", "class Runs(TestCase)").replace("f(", "test_f("),
            id="tests that are run",
        ),
        pytest.param(
            "class Z: x = 1\n" + BASE.format(g="«g»").replace("A:", "A(Z):") + "    def h(self): super().«h»()\nA()\n",
            id="calls on super() what its base lacks",
        ),
        pytest.param(
            "class A:\n    def __init__(self): self.tests = []\n    def f(self): self.«g»()\n",
            id="an attribute is no test",
        ),
    ],
)
def test_missing_though_a_subclass_has_it(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BASE.format(g="g") + "class B(A):\n" + HAS + "A(), B()\n", id="as many in use have it"),
        pytest.param(
            BASE.format(g="g") + "class B(A):\n" + HAS + "class C(A): x = 1\nclass D(A): x = 1\n", id="none in use"
        ),
        pytest.param(
            BASE.format(g="g")
            + "class B(A):\n"
            + HAS
            + "class C(A):\n    def f(self): return 1\n"
            + "A(), B(), C(), C(), C(), C()\n",
            id="those in use override the method that calls it",
        ),
        pytest.param(
            BASE.format(g="g").replace("def f", "def _f")
            + "class B(A):\n    def h(self): return self._f()\n"
            + HAS
            + "class C(A): x = 1\nclass D(A): x = 1\nA(), C(), D()\n",
            id="only those that have it call the method",
        ),
        pytest.param(
            BASE.format(g="g") + "def make():\n    for one in A.__subclasses__():\n        class Made(one): x = 1\n",
            id="derived from what is found",
        ),
        pytest.param(
            BASE.format(g="g")
            + "    def __new__(cls, url=''): return super().__new__(B if url else C)\nclass B(A):\n"
            + HAS
            + "class C(A):\n"
            + HAS
            + "A(), A(), A(), A()\n",
            id="a call of the class makes one of another",
        ),
        pytest.param(
            "//- a.py\n" + BASE.format(g="g") + "class B(A):\n" + HAS + "B()\n//- tests/test_a.py\n"
            "from a import A\nclass D(A): x = 1\nA(), A(), A(), A(), D(), D()\n",
            id="tests try it",
        ),
        pytest.param(
            BASE.format(g="g") + "class B(A):\n" + HAS + "class C(A):\n" + HAS + "A(), A(), A(), A(), A(), A(), A()\n",
            id="all below have it",
        ),
        pytest.param(
            "class Groups:\n    class Methods:\n        def f(self): self.g()\n    class Others(Methods): x = 1\n",
            id="in the body of a class",
        ),
        pytest.param(
            "from elsewhere import add\n" + BASE.format(g="g") + "class B(A): x = 1\nadd(B, 1)\n",
            id="a class below is handed to what cannot be read",
        ),
        pytest.param(
            BASE.format(g="g")
            + "class B(A):\n"
            + HAS
            + "class C(A):\n"
            + HAS
            + "class D(A): x = 1\nD(), D(), D(), D()\n",
            id="those that have it are made by something else",
        ),
        pytest.param(
            "//- pkg/conftest.py\nfrom b import A\nclass TestB(A):\n"
            + HAS
            + "class TestC(A): x = 1\nclass TestD(A): x = 1\n//- b.py\nfrom abc import ABC\n"
            + BASE.format(g="g").replace("A:", "A(ABC):"),
            id="what pytest does not search is not run",
        ),
        pytest.param(
            "//- pkg/__init__.py\n//- pkg/client.py\nfrom base import A\nfrom more import Z\n"
            "class B(A, Z): x = 1\nB()\n//- pkg/more.py\nclass Z:\n" + HAS + "//- pkg/base.py\n" + BASE.format(g="g"),
            id="scripts in a package import their neighbours",
        ),
        pytest.param(BASE.format(g="g").replace("class A", "class RunMixin"), id="named mixin"),
        pytest.param(
            BASE.format(g="g")
            + "class B(A):\n    def g(self): return super().g()\nclass O:\n    def g(self): return 1\n"
            "class C(B, O): x = 1\nclass D(A, O): x = 1\nC(), D()\n",
            id="an override is put before another class that has it",
        ),
        pytest.param(BASE.format(g="g").replace("class A", "class TestRunMixin"), id="a mixin for tests"),
        pytest.param(
            "from lib import Admin\n"
            + BASE.format(g="g")
            + "class B(A):\n    def g(self): return super().g()\nclass C(A, Admin): x = 1\nclass D(B, Admin): x = 1\n",
            id="an override is put before a class that cannot be read",
        ),
        pytest.param(
            "//- tests/__init__.py\n"
            + BASE.format(g="g").replace("class A", "class TestRunMixin").replace("f(", "test_f("),
            id="a mixin of tests where no runner looks for tests",
        ),
        pytest.param(
            BASE.format(g="g").replace("class A", "class _TestRunMixin").replace("f(", "test_f("),
            id="a mixin of tests that no runner takes",
        ),
        pytest.param(
            BASE.format(g="g").replace("A:\n", 'A:\n    """A mix-in for runs."""\n'),
            id="called a mixin by its docstring",
        ),
        pytest.param(
            BASE.format(g="g").replace(
                "A:\n", 'A:\n    """Runs.\n\n    Who derives from it has a method g().\n    """\n'
            )
            + "class Other:\n"
            + HAS,
            id="its docstring tells of what it lacks",
        ),
        pytest.param(
            "class RunMixin: x = 1\nclass B(RunMixin): x = 1\nB()\ndef f(one: RunMixin): one.g()\n",
            id="declared as a mixin",
        ),
        pytest.param(
            "from network import Protocol\n" + BASE.format(g="g").replace("A:", "A(Protocol):") + "A()\n",
            id="a protocol of a network library",
        ),
        pytest.param(
            BASE.format(g="g").replace("class A", "class RunsTest").replace("f(", "test_f("),
            id="tests that nothing runs",
        ),
        pytest.param(
            BASE.format(g="g") + "def make(k, g): return k.__class__('B' + k.__name__, (k,), dict(x=1, g=g))\n",
            id="brought by keyword to what is made",
        ),
        pytest.param(
            BASE.format(g="g") + "def make(k): return type('B', (k,), dict(x=1))\nmake(A)\n",
            id="derived at run time",
        ),
        pytest.param(
            BASE.format(g="g")
            + "def run(tests):\n    for one in tests:\n        found = type(one)\n        class Wrapper(found):\n"
            "            def g(self): return 1\n        one.__class__ = Wrapper\nA()\n",
            id="brought by a class that is derived from a variable",
        ),
        pytest.param(
            BASE.format(g="g").replace("class A", "class RunMixin") + "class MoreMixin(RunMixin): x = 1\n",
            id="named mixin, as all below it",
        ),
        pytest.param(
            BASE.format(g="g") + "def make(base):\n    class Made(base): x = 1\n    return Made\nmake(A)\n",
            id="factory",
        ),
        pytest.param(
            "//- a.py\nfrom b import A\nfrom c import Z\ntype('Made', (A, Z), {})\n//- b.py\n"
            + BASE.format(g="g")
            + "//- c.py\nclass Z: x = 1\n",
            id="type() with bases",
        ),
        pytest.param(
            BASE.format(g="g")
            + "    @classmethod\n    def cases(cls):\n        class Case(cls): x = 1\n        return Case\n",
            id="derived by a class method",
        ),
        pytest.param(
            BASE.format(g="g") + "for one in (A,):\n    type('Made', (one, object), {})\n", id="derived from a variable"
        ),
        pytest.param(
            BASE.format(g="g") + "def made(of: int = 1, base=A):\n    class C(base): of\n    return C\n",
            id="derived from a default",
        ),
        pytest.param(
            BASE.format(g="g") + "bases = tuple([A])\ntype('Made', bases, {})\n", id="derived from bases in a variable"
        ),
        pytest.param(
            "class M(type): x = 1\n"
            + BASE.format(g="g")
            + "for bases in [(A,)]:\n    type.__new__(M, 'Made', bases, {})\n",
            id="derived by type.__new__",
        ),
        pytest.param(
            BASE.format(g="g") + "    def __init__(self, **more): super().__init__(**more)\nclass B(A): x = 1\n",
            id="hands arguments to no base",
        ),
        pytest.param(
            BASE.format(g="g") + "    def down(self, x): return super().down(x)\nclass B(A): x = 1\n",
            id="calls what no base has on super()",
        ),
        pytest.param(
            "class A:\n    def __init__(self, **more): super().__init__(**more)\n"
            "class B(A):\n    def f(self): return super().g()\n",
            id="bases that hand arguments to no base",
        ),
        pytest.param(
            "class A: x = 1\nclass B(A):\n    def f(self): return super().g()\n"
            "def make(other): return type('Made', (B, other), {})\n",
            id="super() in what is derived at run time",
        ),
        pytest.param(
            BASE.format(g="g").replace("def f", "def _f")
            + "class B(A):\n    def h(self): return self._f()\n"
            + HAS
            + "class C(A): x = 1\nclass D(A): x = 1\nA(), C(), D()\n"
            + "class Other:\n    def _f(self): return 1\n    def h(self): return self._f()\n",
            id="only those that have it call the method, and an unrelated class another of its name",
        ),
        pytest.param(
            "from unknown import U\nclass A:\n    def f(self): self._g()\nclass C(A, U): x = 1\n",
            id="a private member of a base that cannot be read",
        ),
    ],
)
def test_mixins_are_left_alone(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text)


def test_of_a_great_many_classes_below_none_is_passed_over(tmp_path: Path) -> None:
    many = "".join(f"class C{n}(A): x = 1\n" for n in range(400))
    check_findings(tmp_path / "a", BASE.format(g="«g»") + many)
    check_findings(tmp_path / "b", BASE.format(g="g") + f"{many}class D(A):\n{HAS}")


def test_a_class_is_looked_into_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def taken(project: Project, found: Class, *, told: bool = True) -> set[str]:
        asked.append(found.symbol.name)
        return takers(project, found, told=told)

    monkeypatch.setattr(derived, "takers", taken)
    calls = "".join(f"        self.«g{number}»()\n" for number in range(20))
    check_findings(tmp_path, f"class A:\n    def f(self):\n{calls}class B(A): x = 1\n")
    assert sorted(asked) == ["A", "B"]


def test_the_folders_around_the_workspace_are_no_packages_of_it(tmp_path: Path) -> None:
    text = "//- a.py\nimport amqp\nclass B(amqp.A): x = 1\n    def g(self): return 1\n//- b.py\n"
    check_findings(tmp_path / "amqp" / "work", text.replace(": x = 1", ":") + BASE.format(g="«g»"))


def test_what_a_class_asks_for_by_computed_names_is_optional(tmp_path: Path) -> None:
    text = (
        "class R:\n    def render(self, how): return getattr(self, {0}, None)\n    def render_HEAD(self): return self.{1}()\n"
        "class A(R):\n    def render_GET(self): return 1\nclass B(R): x = 1\nclass C(R): x = 1\nclass D(R): x = 1\nA(), B(), C(), D()\n"
    )
    for at, (asked, called) in enumerate(
        [("'render_' + how", "render_GET"), ("f'render_{how}'", "render_GET"), ("'do_%s' % how", "«render_GET»")]
    ):
        check_findings(tmp_path / str(at), text.format(asked, called))


def test_tests_say_nothing_of_what_others_have(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- a.py\nclass A:\n    def f(self): return self.g()\nclass B(A):\n    def g(self): return 1\nclass C(A):\n    def g(self): return 1\n"
        "class D(A): x = 1\nB(), C(), D()\n//- tests/test_a.py\nfrom a import A, B\nclass Own(B): x = 1\nclass Fake(A): x = 1\n"
        "class Other(A): x = 1\nOwn(), Fake(), Other()\n",
    )


def test_a_stub_beside_a_class_is_no_other_one(tmp_path: Path) -> None:
    own = "from a import A\nclass B(A):\n    {}def g(self){} ...\nclass C(A):\n    def g(self){} ...\n"
    check_findings(
        tmp_path,
        "//- a.py\nclass A:\n    def f(self): return self.g()\n//- b.py\n" + own.format("", ":", ":")
        + "//- b.pyi\nfrom typing import override\n" + own.format("@override\n    ", ": ", ": "),
    )  # fmt: skip


def test_private_classes_of_tests_are_run_where_they_are_test_cases(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- test_a.py\nimport unittest\nclass _TestTopology(object):\n    def test_f(self): self.assertEqual(1, 1)\n"
        "class _TestOther(unittest.TestCase):\n    def test_f(self): self.«assertSame»(1, 1)\n"
        "class TestMore:\n    def test_f(self): self.«assertEqual»(1, 1)\n",
    )


def test_a_class_of_the_library_may_bring_private_members_that_its_stub_leaves_out(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "import smtplib\nclass A:\n    def f(self): self._print_debug(), self._say_more()\n"
        "class B(A, smtplib.SMTP): x = 1\n".replace("self._say_more", "self.«_say_more»"),
    )


def test_a_class_that_lacks_several_things_which_another_has_is_a_part_of_others(tmp_path: Path) -> None:
    text = "class Old:\n    def det(self): return self.{0}(), self.{1}(), self.{2}()\n"
    whole = "class Matrix:\n    def lu(self): return 1\n    def rank(self): return 1\n    def inv(self): return 1\n"
    check_findings(tmp_path / "a", whole + text.format("lu", "rank", "inv"))
    check_findings(tmp_path / "b", whole + text.format("«lu»", "«rank»", "rows").replace("self.rows", "print"))
    check_findings(tmp_path / "c", whole + text.format("«lu»", "«rank»", "«inv»") + "Old()\n")


TYPED = "//- lib/py.typed\n//- pyproject.toml\n[tool.mypy]\nfiles = ['lib', 'tests']\n[[tool.mypy.overrides]]\nmodule = 'tests.old.*'\nignore_errors = true\n"
STRICT = "//- lib/py.typed\n//- pyproject.toml\n[tool.mypy]\nstrict = true\n"


def test_what_a_type_checker_has_seen_is_declared(tmp_path: Path) -> None:
    text = (
        "{2}//- lib/__init__.py\nclass A:\n    def f(self) -> int: return self.{0}()\n    def old(self): return self.g()\n"
        "class B(A):\n    def g(self) -> int: return 1\nclass C(A):\n    def g(self) -> int: return 2\n"
        "def typed(a: A) -> int: return a.{0}()\ndef untyped(a: A, b): return a.g()\nB(), C()\n"
        "//- tests/test_lib.py\nfrom lib import A\nclass Own:\n    def g(self) -> int: return 3\n"
        "def test_typed(a: A) -> None: assert a.{1}()\ndef test_untyped(a: A): assert a.g()\n"
        "def outer(a: A):\n    def inner() -> int: return a.g()\n"
        "//- tests/old/test_lib.py\nfrom lib import A\ndef test_typed(a: A) -> None: assert a.g()\n"
        "//- lib/tests/test_lib.py\nfrom lib import A\ndef test_typed(a: A) -> None: assert a.{1}()\n"
    )
    check_findings(tmp_path / "a", text.format("«g»", "«g»", TYPED))
    whole = text.replace("return self.g()\nclass B", "return self.«g»()\nclass B").replace(
        "b): return a.g", "b): return a.«g»"
    )
    check_findings(tmp_path / "b", whole.format("«g»", "g", STRICT))
    check_findings(tmp_path / "c", text.format("g", "g", ""))
    unset = "//- lib/py.typed\n//- pyproject.toml\n[[tool.mypy.overrides]]\nmodule = 'lib.math'\nignore_errors = true\n"
    check_findings(tmp_path / "f", text.format("g", "g", unset))
    check_findings(tmp_path / "g", text.format("g", "g", "//- lib/py.typed\n"))
    skips = "//- lib/py.typed\n//- setup.cfg\n[mypy]\nfiles =\n    lib,\n    tests\nfollow_imports = skip\n"
    check_findings(tmp_path / "d", text.format("g", "g", skips))
    ini = "//- lib/py.typed\n//- mypy.ini\n[mypy]\nfiles = tests\n[mypy-tests.old.*]\nignore_errors = True\n"
    check_findings(tmp_path / "e", "a.g()".join(text.format("g", "«g»", ini).rsplit("a.«g»()", 1)))


def test_what_a_type_checker_has_seen_of_self_where_anything_is_annotated(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        f"{TYPED}//- lib/__init__.py\nclass A:\n    def f(self, x) -> int: return self.«g»()\n    def old(self, x): return self.g()\n"
        "    def told(self, x: int): return print(self, self.«g»())\n    def asked(self, x) -> int: return is_b(self) and self.g()\n"
        "class B(A):\n    def g(self) -> int: return 1\nclass C(A):\n    def g(self) -> int: return 2\nB(), C()\n"
        "def is_b(a): return isinstance(a, B)\ndef untyped(a: A, x) -> int: return a.g()\n",
    )


def test_what_a_type_checker_has_seen_stands_before_no_others(tmp_path: Path) -> None:
    text = (
        "//- lib/__init__.py\nclass A:\n    '''To be put before what has g.'''\n    def f(self) -> int: return self.{0}()\n"
        "class Z:\n    def g(self) -> int: return 1\ndef h(a: A) -> int: return a.{0}()\n"
    )
    check_findings(tmp_path / "a", STRICT + text.format("«g»"))
    check_findings(tmp_path / "b", text.format("g"))


def test_a_type_checker_reads_what_is_not_annotated_where_it_is_told_to(tmp_path: Path) -> None:
    text = (
        "{0}//- lib/__init__.py\nclass A:\n    def f(self) -> int: return 1\nclass B(A):\n    def g(self) -> int: return 1\n"
        "class C(A):\n    def g(self) -> int: return 2\ndef make() -> A: return B()\nC()\n"
        "//- tests/__init__.py\n//- tests/test_lib.py\nfrom lib import A, make\ndef test_one():\n    assert make().{1}()\n"
        "    assert repr(1) != '<B [1]>'\ndef test_two():\n    made = make()\n    assert made.{1}()\ndef test_b():\n    print(B)\n    assert make().g()\n"
    )
    about = "[[tool.mypy.overrides]]\nmodule = 'tests.*'\n"
    mypy = f"//- pyproject.toml\n[tool.mypy]\nstrict = true\n{about}disallow_untyped_defs = false\n"
    check_findings(tmp_path / "a", text.format(mypy, "«g»"))
    check_findings(tmp_path / "b", text.format(f"{mypy}check_untyped_defs = false\n", "g"))
    check_findings(
        tmp_path / "c", text.format(f"//- pyproject.toml\n[tool.mypy]\ncheck_untyped_defs = true\n{about}", "g")
    )
    named = "[[tool.mypy.overrides]]\nmodule = 'tests.test_lib'\ncheck_untyped_defs = {}\n"
    for by_name, found in (("false", "g"), ("true", "«g»")):
        rest = named.format({"false": "true", "true": "false"}[by_name]).replace(".test_lib", ".*")
        told = f"//- pyproject.toml\n[tool.mypy]\nfiles = ['lib', 'tests']\ndisallow_untyped_defs = true\n{rest}{named.format(by_name)}"
        check_findings(tmp_path / by_name, text.format(told, found))
    pyright = '{\n  // all of it\n  "include": ["lib", "tests"],\n  "typeCheckingMode": "strict",\n}\n'
    check_findings(tmp_path / "d", f"//- pyrightconfig.json\n{pyright}" + text.format("", "«g»"))
    check_findings(tmp_path / "e", f"//- pyrightconfig.json\n{pyright.replace('strict', 'off')}" + text.format("", "g"))


def test_a_checker_that_is_not_sent_anywhere_may_not_read_what_lacks_annotations_or_is_mixed_in(tmp_path: Path) -> None:
    text = (
        "//- lib/py.typed\n//- pyproject.toml\n[tool.mypy]\nstrict = true\ndisallow_untyped_defs = false\n{0}"
        "//- lib/__init__.py\nclass A:\n    def f(self) -> int: return 1\nclass B(A):\n    def g(self) -> int: return 1\n"
        "class C(A):\n    def g(self) -> int: return 2\ndef told(a: A) -> int: return a.«g»()\ndef untold(a: A): return a.{1}()\n"
        "class HMixin:\n    def h(self) -> int: return self.g()\nclass D(HMixin, B): ...\nclass E(HMixin, C): ...\nD(), E()\n"
    )
    check_findings(tmp_path / "a", text.format("", "g"))
    check_findings(tmp_path / "b", text.format("files = 'lib'\n", "«g»"))


def test_what_is_declared_where_a_checker_passes_over_errors_is_not_believed(tmp_path: Path) -> None:
    text = (
        "//- pyproject.toml\n[tool.mypy]\nignore_errors = {0}\n[[tool.mypy.overrides]]\nmodule = 'lib.a'\nignore_errors = false\n"
        "//- lib/__init__.py\n//- lib/a.py\nclass A:\n    def f(self) -> int: return 1\ndef use(a: A): a.«g»()\n"
        "//- lib/b.py\nfrom lib.a import A\ndef use(a: A): a.{1}(), A().«g»()\n"
    )
    check_findings(tmp_path / "a", text.format("true", "g"))
    check_findings(tmp_path / "b", text.format("false", "«g»"))


@pytest.mark.parametrize(
    ("commands", "found"),
    [
        ("//- .pre-commit-config.yaml\nrepos:\n- repo: x\n  hooks:\n  - id: mypy\n    args: [--strict]\n", True),
        (
            "//- .pre-commit-config.yaml\nrepos:\n  - repo: x\n    hooks:\n      - id: mypy\n        exclude: ^(tests|docs)/\n",
            False,
        ),
        (
            "//- .pre-commit-config.yaml\nrepos:\n- repo: x\n  hooks:\n  - id: mypy\n    files: ^lib/\n  - id: other\n",
            False,
        ),
        ("//- .pre-commit-config.yaml\nexclude: ^tests/\nrepos:\n- repo: x\n  hooks:\n  - id: mypy\n", False),
        (
            "//- .pre-commit-config.yaml\nrepos:\n- repo: x\n  hooks:\n  - id: mypy\n    entry: uv run mypy lib\n    pass_filenames: false\n    args:\n      - ./tests\n",
            True,
        ),
        (
            "//- .pre-commit-config.yaml\nrepos:\n- repo: x\n  hooks:\n  - id: mypy\n    entry: mypy lib\n    pass_filenames: false\n",
            False,
        ),
        ("//- .pre-commit-config.yaml\nrepos:\n#  - id: mypy\n", False),
        (
            "//- tox.ini\n[testenv:mypy]\ndeps = mypy\ncommands = mypy --config-file pyproject.toml {posargs:lib tests}\n",
            True,
        ),
        ("//- tox.ini\n[testenv:mypy]\ncommands = pip install mypy tests pytest\n", False),
        ("//- Makefile\nlint:\n\t@mypy . --exclude tests\n", False),
        (
            "//- .github/workflows/ci.yml\njobs:\n  lint:\n    steps:\n      - run: python -m pyright lib tests && ruff .\n",
            True,
        ),
    ],
)
def test_commands_send_a_type_checker_to_tests(tmp_path: Path, commands: str, found: bool) -> None:
    text = (
        f"{STRICT}{commands}//- lib/__init__.py\nclass A:\n    def f(self) -> int: return 1\n"
        "class B(A):\n    def g(self) -> int: return 1\nclass C(A):\n    def g(self) -> int: return 2\nB(), C()\n"
        f"//- tests/__init__.py\n//- tests/test_lib.py\nfrom lib import A\ndef test_a(a: A) -> None: assert a.{'«g»' if found else 'g'}()\n"
    )
    check_findings(tmp_path, text)


def test_what_some_classes_of_a_declared_union_lack(tmp_path: Path) -> None:
    text = (
        "{0}//- lib/__init__.py\nclass A:\n    kind = 1\n    def g(self) -> int: return 1\nclass B:\n    kind = 2\n"
        "def make() -> A | B: return A()\nclass C:\n    x: A | B | None\n    many: dict[str, A | B]\n"
        "    def __init__(self, y: A | B, z: A | None) -> None: self.y, self.z = y, z\n"
        "    def f(self, z: A | B) -> int:\n        if self.x is None: return z.{1}()\n"
        "        return self.x.{1}() + make().{1}() + self.many['a'].{1}()\n"
        "    def h(self) -> int:\n        if self.z is None: return 1\n        return self.z.g()\n"
        "    def asked(self, z: A | B) -> int: return z.g() if z.kind == 1 else 0\n"
        "    def set(self) -> int:\n        self.x = A()\n        return self.x.g()\n"
        "    def compared(self, z: A | B) -> int:\n        if z in self.many: return z.g()\n        return 1\n"
        "    def looped(self, a: list[A], b: list[B]) -> None:\n        z: A | B\n        for z in a: z.g()\n        for z in b: pass\n"
        "from typing import Callable\ndef called(make: Callable[..., tuple[A | B, int]]) -> int:\n    z, _ = make()\n    return z.{1}()\n"
        "def some(x: int): return A() if x else B()\ndef inferred(x: int) -> int: return some(x).g()\n"
        "def untold(x: int) -> int:\n    z = A() if x else KINDS[x]\n    return z.g()\nKINDS = {{}}\n"
    )
    check_findings(tmp_path / "a", text.format(STRICT, "«g»"))
    check_findings(tmp_path / "b", text.format(f"{STRICT}disable_error_code = ['union-attr']\n", "g"))
    check_findings(tmp_path / "c", text.format("", "g"))


def test_what_a_type_checker_knows_better_is_left_alone(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        f"{STRICT}//- lib/__init__.py\nfrom typing import Any, Generic, Protocol, TypeVar, no_type_check\nclass HasG(Protocol):\n    def g(self) -> int: ...\n"
        "class A:\n    def f(self: HasG) -> int: return self.g()\n    def h(self) -> int: return self.«g»()\n"
        "class B(A):\n    def g(self) -> int: return 1\nclass C(A):\n    def g(self) -> int: return 2\nB(), C()\n"
        "@no_type_check\ndef unchecked(a: A) -> int: return a.g()\n"
        "def declared() -> int:\n    a: A\n    a = B()\n    return a.g()\n"
        "def asked(a: A) -> None:\n    assert isinstance(a, B)\n    def inner() -> int: return a.g()\n"
        "def is_b(a: A) -> bool: return isinstance(a, B)\ndef by_predicate(a: A) -> int: return a.g() if is_b(a) else 0\n"
        "def alias(a: A) -> int:\n    try:\n        if not isinstance(a, B): return 0\n    except KeyError: return 1\n    other = a\n    return other.g()\n"
        "D = TypeVar('D', bound=A)\nclass Holder(Generic[D]):\n    held: D\n    def g(self) -> int: return self.held.g()\n"
        "class Hooked:\n    def __getattribute__(self, name: str) -> Any: return object.__getattribute__(self, name)\n"
        "class E(Hooked):\n    def g(self) -> int: return 1\nclass F(Hooked):\n    def g(self) -> int: return 1\nE(), F()\n"
        "def hooked(a: Hooked) -> int: return a.g()\n",
    )


def test_what_code_takes_and_namesakes_say_nothing_of_what_a_type_checker_knows(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        f"{STRICT}//- lib/__init__.py\nclass A:\n    def f(self) -> int: return 1\nclass B(A):\n    def g(self) -> int: return 1\n"
        "class C(A):\n    def g(self) -> int: return 2\nB(), C()\ndef takes(a: A, b: B) -> int: return a.«g»()\n"
        "def makes(a: A) -> int:\n    B()\n    return a.g()\ndef inside(a: A) -> None:\n    def inner(b: B) -> int: return a.g()\n"
        "//- lib/names.py\nimport lib\nfrom lib import A\nclass B: pass\ndef other(a: A) -> int:\n    B()\n    return a.«g»()\n"
        "def dotted(a: A) -> int:\n    lib.B()\n    return a.g()\ndef unknown(a: A, x: int) -> int:\n    repr(x).B()\n    return a.g()\n",
    )


def test_what_is_made_of_a_class_by_an_attribute_is_of_no_class_below(tmp_path: Path) -> None:
    text = (
        "class A:\n    def f(self): return 1\nclass B(A):\n    def g(self): return 1\nclass C(A):\n    def g(self): return 2\n"
        "B(), C()\nclass Tests:\n    make = A\n    typed: type[A] = A\n    changed = A\n    def set(self): self.changed = B\n"
        "    def test(self):\n        a = self.make()\n        a.{0}(), self.make().{0}()\n        b = self.typed()\n        b.g()\n"
        "        c = self.changed()\n        c.g()\n        cls = self.make\n        d = cls()\n        d.{0}()\n"
    )
    check_findings(tmp_path / "a", text.format("«g»"))
    check_findings(tmp_path / "b", text.format("g") + "class Other(Tests):\n    make = B\n")


def test_what_a_type_checker_has_seen_is_not_misdeclared(tmp_path: Path) -> None:
    text = (
        "{0}//- lib/__init__.py\nclass A:\n    def f(self) -> int: return 1\nclass Other:\n    def g(self) -> int: return 1\n"
        "    def h(self) -> int: return 1\ndef use(a: A) -> int: return a.{1}() + a.{2}()\n"
    )
    check_findings(tmp_path / "a", text.format(STRICT, "«g»", "«h»"))
    check_findings(tmp_path / "b", text.format("", "g", "h"))


def test_what_a_type_checker_has_seen_is_in_the_protocol(tmp_path: Path) -> None:
    text = (
        "{0}//- lib/__init__.py\nfrom typing import Protocol\nclass HasF(Protocol):\n    def f(self) -> int: ...\n"
        "class A:\n    def f(self) -> int: return 1\n    def g(self) -> int: return 1\ndef use(a: HasF) -> int: return a.f() + a.{1}()\n"
    )
    check_findings(tmp_path / "a", text.format(STRICT, "«g»"))
    check_findings(tmp_path / "b", text.format("", "g"))


def test_what_is_replaced_where_it_is_something_else_is_that_no_more(tmp_path: Path) -> None:
    text = (
        "{}//- lib/__init__.py\nclass A:\n    def f(self) -> int: return 1\nclass B(A):\n    def g(self) -> int: return 1\n"
        "class C:\n    def __init__(self, a: A | B, b: A | B) -> None:\n        if not isinstance(a, B):\n            a = B()\n"
        "        if a:\n            if not isinstance(b, B): b = B()\n        self.a = a\n        self.b = b\n"
        "    def h(self) -> int: return self.a.g() + self.b.«g»()\n"
    )
    check_findings(tmp_path, text.format(STRICT))


def test_a_class_that_others_ask_for_is_derived_somewhere_else(tmp_path: Path) -> None:
    asking = "//- b.py\nfrom a import {0}\ndef f(x): return isinstance(x, ({0}, int))\n"
    check_findings(tmp_path / "a", "//- a.py\n" + BASE.format(g="g") + asking.format("A"))
    check_findings(tmp_path / "b", "//- a.py\n" + BASE.format(g="«g»") + "A()\n" + asking.format("A"))


def test_what_only_those_call_that_have_what_it_needs(tmp_path: Path) -> None:
    text = (
        "class A:\n    def mount(self): return self.{0}()\nclass B(A):\n    def cmd(self): return 1\n    def one(self): self.mount()\n"
        "    def two(self): self.mount()\nclass C(A): x = 1\nclass D(A): x = 1\nB(), C(), D(){1}\n"
    )
    check_findings(tmp_path / "a", text.format("cmd", ""))
    check_findings(tmp_path / "b", text.format("«cmd»", ", C().mount()"))


def test_several_things_that_only_one_class_below_has(tmp_path: Path) -> None:
    text = (
        "class A:\n    def f(self, x):\n        if x: self.{0}(), self.{1}(), self.{2}()\n        return self.k()\n"
        "class B(A):\n    def g(self): return 1\n    def h(self): return 1\n{3}    def k(self): return 1\n"
        "class C(A):\n    def k(self): return 1\nclass D(A):\n    def k(self): return 1\nB(), C(), D()\n"
    )
    check_findings(tmp_path / "a", text.format("g", "h", "i", "    def i(self): return 1\n"))
    check_findings(tmp_path / "b", text.format("«g»", "«h»", "«i»", ""))


def test_what_is_registered_with_an_abstract_class_is_one(tmp_path: Path) -> None:
    text = (
        "from abc import ABC, abstractmethod\nclass W(ABC):\n    @abstractmethod\n    def f(self): raise NotImplementedError\n"
        "class Item:\n    def show(self): return 1\nW.register(Item)\n"
        "def g(w):\n    assert isinstance(w, W)\n    w.show(), w.«hide»()\n"
    )
    check_findings(tmp_path, text)


def test_what_asserts_as_test_cases_do_is_put_before_one(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- lib/checks.py\nclass Equality(object):\n    def equal(self, a, b): self.assertIs(a, b), self.«assertSame»(a, b)\n"
        "class Lock:\n    def check(self): self.«assertTrue»(1)\nclass TestAll:\n    def test(self): self.«addCleanup»(print)\n"
        "Lock().check()\n",
    )


def test_what_an_interface_is_provided_by_has_more(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "from zope.interface import I\nclass A: x = 1\nclass T:\n    def __init__(self): self.s = A()\n"
        "    def f(self):\n        if I.providedBy(self.s): self.s.back()\n        self.s.«back»()\n",
    )


def test_a_protocol_that_only_type_checkers_see_describes_what_is_elsewhere(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "from typing import TYPE_CHECKING, Protocol\nif TYPE_CHECKING:\n    class P(Protocol):\n        def get(self) -> int: ...\n"
        "class Q(Protocol):\n    def get(self) -> int: ...\ndef p() -> 'P': return 1\ndef q() -> Q: return 1\n"
        "def g():\n    p().put()\n    q().«put»()\n",
    )


def test_a_class_of_a_module_that_is_imported_by_a_computed_name_may_be_mixed_in(tmp_path: Path) -> None:
    text = (
        "//- lib/__init__.py\n//- lib/parts/__init__.py\n//- lib/parts/one.py\nclass One:\n    def f(self): return self.{1}(), self.«h»()\n"
        "//- lib/load.py\nfrom importlib import import_module\nclass Base:\n    def g(self): return 1\n"
        "def load(name):\n    part = getattr(import_module({0}), name)\n    return part\n"
    )
    for at, computed in enumerate(("f'lib.parts.{name}'", "'lib.parts.' + name", "'lib.parts.%s' % name")):
        check_findings(tmp_path / f"a{at}", text.format(computed, "g"))
    check_findings(tmp_path / "b", text.format("'lib.parts.one'", "«g»"))
    check_findings(tmp_path / "c", text.format("f'lib.other.{name}'", "«g»"))
    check_findings(
        tmp_path / "d", text.format("f'lib.parts.{name}'", "«g»") + "from lib.parts.one import One\nOne().f()\n"
    )
