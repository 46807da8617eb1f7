"""Definitions as text: the line as it stands, the rest in short, nothing that depends on its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_lsp.context import render
from autogen_lsp.syntax.facts import extract
from autogen_lsp.syntax.model import Symbol
from autogen_lsp.workspace.source import Source


def symbol(text: str, qualname: str) -> tuple[bytes, Symbol]:
    source = Source(Path("m.py"), text.encode())
    return source.text, next(s for s in extract(source).symbols if s.qualname == qualname)


@pytest.mark.parametrize(
    ("text", "qualname", "line"),
    [
        ("def f(a, b=1):\n    return a\n", "f", "def f(a, b=1):"),
        ("def f(a):  # noqa: D103\n    return a\n", "f", "def f(a):  # noqa: D103"),
        ("def f(a):\n    # why\n    return a\n", "f", "def f(a):"),
        ("def f(a): return a\n", "f", "def f(a): return a"),
        ("def f(\n    a: int,\n    *,\n    b: str = 'x',\n) -> None:\n    g()\n", "f", "def f(a, *, b=…):"),
        ("def f(a,\n      *args, **kw):\n    g()\n", "f", "def f(a, *args, **kw):"),
        ("class A(B, metaclass=M):\n    x = 1\n", "A", "class A(B, metaclass=M):"),
        ("class A(\n    B,\n    C,\n):\n    x = 1\n", "A", "class A(B, C):"),
        ("class A:\n    @property\n    def p(self):\n        return 1\n", "A.p", "@property\ndef p(self):"),
        ("X = 1  # one\n", "X", "X = 1  # one"),
        ("X: dict[str, int] = {\n    'a': 1,\n}\n", "X", "X: dict[str, int] = {...}"),
        ("X = '" + "a" * 300 + "'\n", "X", "X = '..."),
        ("class A:\n    def __init__(self):\n        self.x = []\n", "A.x", "self.x = []"),
        ("class A:\r\n    def m(self,\r\n          b):\r\n        pass\r\n", "A.m", "def m(self, b):"),
    ],
)
def test_a_definition_is_shown_as_its_line(text: str, qualname: str, line: str) -> None:
    assert render.line(*symbol(text, qualname)) == line


def test_the_first_line_of_a_long_header_is_kept_word_for_word() -> None:
    text = "def find(self, name: str,\n         limit: int = 3) -> list[str]:\n    ...\n"
    assert render.line(*symbol(text, "find")).startswith("def find(self, name: str,")


def test_a_signature_has_types_defaults_and_the_first_docstring_line() -> None:
    text = 'def f(\n    a: int,  # an amount\n    b: str = "x",\n) -> None:\n    """Do it.\n\n    More.\n    """\n'
    assert render.signature(*symbol(text, "f")) == 'def f(a: int, b: str = "x") -> None:  # Do it.'


def test_a_whole_definition_is_dedented_with_its_decorators() -> None:
    text = "class A:\n    @cache\n    def f(self):\n        if x:\n            return 1\n"
    assert render.whole(*symbol(text, "A.f")) == "@cache\ndef f(self):\n    if x:\n        return 1"


def test_the_place_in_the_file_does_not_show() -> None:
    text = "class A(\n    B,\n):\n    def f(self,\n          a=1):\n        return a\n"
    moved = "# a\n\n\nimport os\n" + text
    for form in (render.line, render.signature, render.whole):
        assert form(*symbol(text, "A.f")) == form(*symbol(moved, "A.f"))
