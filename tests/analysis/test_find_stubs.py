"""Functions left to be written (docs/cases.md, rows 45 and 46)."""

# Fixture texts are read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.findings import check_findings


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "...",
        "raise NotImplementedError",
        "raise NotImplementedError('later')",
        '"""Do it."""',
        '"""Do it.\n\n    Well.\n    """\n    ...',
        '"""Do it."""\n    raise NotImplementedError(\n        "x"\n    )',
        "# TODO: write this\n    pass",
        "pass  # TODO",
        '"""Do it."""\n    # TODO\n    pass',
    ],
)
def test_body_that_does_nothing_is_a_stub(tmp_path: Path, body: str) -> None:
    check_findings(tmp_path, f"def «f»(x):\n    {body}\n", "stub", targets=(("main.py", "f"),), stubs=True)


@pytest.mark.parametrize(
    "text", ["class A:\n    def «m»(self): ...\n", "async def «f»(): pass\n", "@property\ndef «f»(): ...\n"]
)
def test_methods_and_coroutines_can_be_stubs(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text, "stub", stubs=True)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f():\n    return None\n", id="returns"),
        pytest.param("def f(a=None, b=Nr= 1):\n    pass\n", id="its header is still being written"),
        pytest.param("def get_for a in f(): pass\nrest() -> int:\n    return 1\n", id="no header, but read as one"),
        pytest.param("def f():\n    pass\n    return 1\n", id="does something"),
        pytest.param("def f():\n    raise NotImplementedErrorX\nNotImplementedErrorX = 1\n", id="another error"),
        pytest.param("def f():\n    'a'\n    'b'\n    print()\n", id="strings and a call"),
        pytest.param("from typing import Protocol\nclass P(Protocol):\n    def m(self): ...\n", id="protocol"),
        pytest.param("import typing as t\nclass P(t.Protocol[int]):\n    def m(self): ...\n", id="generic protocol"),
        pytest.param("import abc\nclass A(abc.ABC):\n    @abc.abstractmethod\n    def m(self): ...\n", id="abstract"),
        pytest.param(
            "from typing import overload\n@overload\ndef f(x: int): ...\n@overload\ndef f(x: str): ...\ndef f(x): return x\n",
            id="overload",
        ),
        pytest.param("//- a.pyi\ndef f(): ...\n", id="stub file"),
        pytest.param("class B:\n    def m(self): return 1\nclass A(B):\n    def m(self): pass\n", id="no-op override"),
        pytest.param("from u import B\nclass A(B):\n    def m(self): pass\n", id="base that cannot be read"),
        pytest.param(
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    def f(): ...\n", id="declared for type checkers"
        ),
    ],
)
def test_not_a_stub(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text, stubs=True)
