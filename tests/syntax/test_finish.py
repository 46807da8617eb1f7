"""The statement that is being typed, with its brackets closed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autogen_lsp.syntax.finish import endings
from autogen_lsp.text import apply_edits


def finished(text: str, offset: int = 0) -> list[str]:
    return [apply_edits(text.encode(), [each.edit]).decode() for each in endings(text.encode(), offset)]


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("x = f(a, ", "x = f(a,) "),
        ("x = f(a, n=1  # why", "x = f(a, n=1)  # why"),
        ("f(1, g(2)\nh()\n", "f(1, g(2))\nh()\n"),
        ("f(a, [1, (2,\n\nx = 1\n", "f(a, [1, (2,)])\n\nx = 1\n"),
        ("f(a,\n  # note\n  b\nx = 1\n", "f(a,\n  # note\n  b)\nx = 1\n"),
        ("if f(a\n    x()\n", "if f(a):\n    x()\n"),
        ("if x: f(a\n", "if x: f(a)\n"),
        ("if f(a:\n    x()\n", "if f(a):\n    x()\n"),
        ("for x in f(a, :\n    x()\n", "for x in f(a, ):\n    x()\n"),
        ("if f(a, b=:\n    x()\n", "if f(a,):\n    x()\n"),
        ("@f(1,\ndef g(): pass\n", "@f(1,)\ndef g(): pass\n"),
        ("class A(make(B\n", "class A(make(B)):\n"),
        ("def g(x=f(1,\n", "def g(x=f(1,)):\n"),
    ],
)
def test_open_brackets_are_closed_where_the_statement_ends(typed: str, whole: str) -> None:
    assert finished(typed)[0] == whole


@pytest.mark.parametrize("part", ["b.", "b +", "b=", "*", "'b", "lambda b:", "b for b in", "g(b)[", "not", "b c"])
def test_an_argument_that_is_no_expression_yet_is_left_out(part: str) -> None:
    assert finished(f"f(a, {part}\n")[0] == "f(a,)\n"


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("x = f(a).\n", "x = f(a) @ _unfinished\n"),
        ("x = f(a) +\n", "x = f(a) + _unfinished\n"),
        ("x = f(\n  a,\n).\n", "x = f(\n  a,\n) @ _unfinished\n"),
        ("await f(a).", "await f(a) @ _unfinished"),
        ("g(f(a).\n", "g(f(a) @ _unfinished)\n"),
        ("if f(a)\n    x()\n", "if f(a):\n    x()\n"),
        ("if f(\n  a\n)\n    x(1)\n", "if f(\n  a\n):\n    x(1)\n"),
        ("while f(a) ==\n", "while f(a) == _unfinished:\n"),
        ("with f(a) as\n", "with f(a) as _unfinished:\n"),
    ],
)
def test_a_call_goes_on_with_something(typed: str, whole: str) -> None:
    assert finished(typed, typed.index("f("))[0] == finished(typed, typed.index(")"))[0] == whole


def test_less_and_less_is_kept() -> None:
    assert finished("f(a, g(b, c") == ["f(a, g(b, c))", "f(a, g(b,))", "f(a,)"]


@pytest.mark.parametrize(
    "typed", ["f(a)\n", "f(a))\n", "f(a]\n", "x = [\n", "f(a, \n    b)\n", "", "from x import (a, b\n", "match f(a\n"]
)
def test_nothing_to_call_or_to_close_is_left_alone(typed: str) -> None:
    assert all("f(" not in each or each == "f(a)" for each in finished(typed))


def test_only_the_statement_at_the_offset_is_finished() -> None:
    text = "f(a,\ng(b,\n"
    assert finished(text, 2)[0] == "f(a,)\ng(b,\n"
    assert finished(text, 8)[0] == "f(a,\ng(b,)\n"


@given(st.text(alphabet="()[]{}\"'#\\\n\r ab=:,.@defclasif", max_size=80), st.integers(0, 80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_survived(text: str, offset: int) -> None:
    for each in endings(text.encode(), offset):
        assert 0 <= each.start <= each.edit.span.start <= each.edit.span.end <= len(text.encode())
