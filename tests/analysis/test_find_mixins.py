"""What a class calls on ``self`` and only its subclasses have: a mixin's, or one that was deleted."""

# Fixture texts are read best on one line.

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.findings import check_findings

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
        pytest.param(BASE.format(g="«g»") + "isinstance(1, A)\n", id="handed to isinstance only"),
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
        pytest.param(BASE.format(g="g").replace("class A", "class RunMixin"), id="named mixin"),
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
    ],
)
def test_mixins_are_left_alone(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text)
