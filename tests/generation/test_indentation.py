"""Indentation: any margin and unit in, none and four spaces out, with the same program."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autogen_lsp.generation.indentation import normalise, unindent

EVEN = (
    "@mark\ndef f(a,\n      b):\n    # why\n    if a:\n        for x in b:\n            yield x\n"
    "    else:\n        return [\n            1,\n        ]\n\n    class K:\n        def m(self): return 2\n"
)


@pytest.mark.parametrize("unit", ["  ", "   ", "\t", "        "])
def test_any_unit_becomes_four_spaces(unit: str) -> None:
    nested = "def f(a):\n    if a:\n        return 1\n    # no\n    return 2\n"
    assert normalise(nested.replace("    ", unit)) == nested


def test_even_code_stays_as_it_is() -> None:
    assert normalise(EVEN) == EVEN


def test_strings_stay_and_docstrings_move() -> None:
    code = 'def f():\n  """Doc.\n\n  More.\n  """\n  x = """a\n  b"""\n  return f"""{x}\n  c{\nx}"""\n'
    assert normalise(code) == (
        'def f():\n    """Doc.\n\n    More.\n    """\n    x = """a\n  b"""\n    return f"""{x}\n  c{\nx}"""\n'
    )


@pytest.mark.parametrize(
    "slip",
    [
        "    def f(self):\n        return 1\n",
        "def f(self):\n        return 1\n",
        "@mark\n    def f(self):\n        return 1\n",
        "def f(self):\n        return 1\n\n    def g(self):\n        return 2\n",
        "\n\n  def f(self):\n      return 1\n",
        "def f(self):\n    if self:\n\treturn 1\n",
    ],
)
def test_usual_slips_are_undone(slip: str) -> None:
    found = unindent(slip)
    assert found is not None
    assert isinstance(found[1].body[0], ast.FunctionDef)


@pytest.mark.parametrize("broken", ["def f(:\n", "if x:\n", "    \n  return (\n"])
def test_what_is_no_code_is_nothing(broken: str) -> None:
    assert unindent(broken) is None


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["if x:", "    y = 1", "  z", "\tw()", '"""a', 'b"""', "else:", "", "# c", "(", ")", "\\", "\f"]
        ),
        max_size=12,
    )
)
def test_normalising_never_changes_the_program(lines: list[str]) -> None:
    found = unindent("\n".join(lines))
    if found is None:
        return
    after = unindent(normalise(found[0]))
    assert after is not None
    assert [type(node) for node in ast.walk(after[1])] == [type(node) for node in ast.walk(found[1])]
