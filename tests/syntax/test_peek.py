"""What is open after an edit in one statement is what a look at the whole file would say."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from autogen_lsp.syntax import units
from autogen_lsp.syntax.facts import Incremental, extract
from autogen_lsp.syntax.peek import peek
from autogen_lsp.syntax.units import Cut
from autogen_lsp.workspace.source import Source
from tests.syntax.test_incremental import MODULE, PATH, PIECES

TEXT = MODULE.replace(b"setattr(A", b"print(A")  # which would leave open what A has


def known(text: bytes) -> Cut:
    incremental = Incremental()
    incremental.update(Source(PATH, text))
    assert incremental.cut is not None
    return incremental.cut


def is_python(text: bytes) -> bool:
    """Whether Python accepts it: the grammar takes ``x =`` at the end of a line for the beginning of the next."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def names(text: bytes, new: bytes) -> list[str] | None:
    found = peek(known(text), new)
    return None if found is None else [use.name for use in found]


@pytest.mark.parametrize("split_bytes", [0, 3000])
@given(
    where=st.floats(0, 1),
    removed=st.integers(0, 12),
    added=st.lists(st.sampled_from([*PIECES, "gone()", "\n    ", "\n\n"]), max_size=3).map("".join),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_after_any_edit_that_leaves_valid_code(split_bytes: int, where: float, removed: int, added: str) -> None:
    start = int(where * len(TEXT))
    new = TEXT[:start] + added.encode() + TEXT[start + removed :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(units, "SPLIT_BYTES", split_bytes)
        found = peek(known(TEXT), new)
        whole = extract(Source(PATH, new))
    assume(found is not None and not whole.errors and is_python(new))
    assert found == list(whole.unresolved)


def test_a_new_call_in_a_method_of_a_large_class() -> None:
    body = b"".join(b"    def m%d(self):\n        self.x()\n        helper%d()\n" % (i, i) for i in range(200))
    text = b"import a\nclass Big(Base):\n" + body + b"after()\n"
    new = text.replace(b"helper77()", b"a.b(fresh(helper77()))")
    found = peek(known(text), new)
    assert found is not None
    assert found == list(extract(Source(PATH, new)).unresolved)
    assert "fresh" in [use.name for use in found]


def test_a_name_that_is_bound_or_no_longer_bound_here_counts_everywhere() -> None:
    text = b"import a\ndef f():\n    g()\n\nh = 1\n\ndef k():\n    h()\n"
    assert names(text, text.replace(b"h = 1", b"g = 1")) == ["h"]
    assert names(text, text.replace(b"h = 1", b"h = g = 1")) == []


def test_a_statement_that_is_being_typed_does_not_hide_the_others() -> None:
    text = b"import a\ndef f():\n    g()\n\n\ndef k():\n    a()\n\n\nlast()\n"
    assert names(text, text.replace(b"    a()", b"    a(b(")) == ["g", "last"]
    assert names(text, text.replace(b"    a()", b"    a()\n    x = (\n")) == ["g", "last"]


def test_errors_elsewhere_do_not_stand_in_the_way() -> None:
    text = b"import a\ndef f():\n    g(\n\n\ndef k():\n    a()\n    x = = wrong()\n\n\ndef m():\n    a()\n\n\nlast()\n"
    assert names(text, text.replace(b"m():\n    a()", b"m():\n    fresh()")) == ["fresh", "last"]


@pytest.mark.parametrize(
    "old, new",
    [
        (b"import a\n", b"from a import *\n"),  # which may bring anything
        (b"import a\n", b"x\nimport a\n"),  # nothing stands before the first statement
        (b"h = 1\n\n", b"h = 1 + \\\n"),  # goes on in the next statement
        (b"    m()", b"m()"),  # ends its class
        (b"class C:", b"class D:"),  # the head of a class that is cut into members
    ],
)
def test_what_reaches_further_is_left_to_a_look_at_the_whole_file(old: bytes, new: bytes) -> None:
    filler = b"".join(b"    def f%d(self): pass\n" % i for i in range(200))
    text = b"import a\ndef f():\n    g()\n\nh = 1\n\nclass C:\n    m()\n" + filler
    assert names(text, text.replace(old, new)) is None


def test_most_edits_in_a_real_file_are_answered() -> None:
    text = Path(units.__file__).read_bytes()
    base = known(text)
    answered = sum(
        peek(base, text[:at] + b"q()" + text[at:]) is not None for at in range(text.index(b"class"), len(text), 7)
    )
    assert answered > 0.95 * len(range(text.index(b"class"), len(text), 7))
