"""Bytes that are no Python: nothing raises, hangs or recurses too deep."""

from __future__ import annotations

import random
import sysconfig
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autogen_lsp.syntax.facts import Incremental, extract
from autogen_lsp.syntax.mend import mend, names_bound
from autogen_lsp.syntax.model import Facts
from autogen_lsp.workspace.source import Source

PATH = Path("/main.py")
STDLIB = Path(sysconfig.get_paths()["stdlib"])


def look(text: bytes) -> None:
    """All that is done to a text; spans must lie inside it."""
    facts = extract(Source(PATH, text))
    Incremental().update(Source(PATH, text))
    for item in (*facts.calls, *facts.unresolved, *facts.imports, *facts.symbols):
        assert 0 <= item.start <= item.end <= len(text)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_random_bytes(text: bytes) -> None:
    look(text)


@pytest.mark.parametrize("name", ["dataclasses.py", "typing.py", "inspect.py", "ast.py", "enum.py"])
def test_truncated_and_damaged_files(name: str) -> None:
    text = (STDLIB / name).read_bytes()[:40_000]
    chance = random.Random(name)
    for _ in range(4):
        look(text[: chance.randrange(len(text))])
        at = chance.randrange(len(text))
        look(text[:at] + chance.randbytes(20) + text[at + 20 :])


@pytest.mark.parametrize(
    "text",
    [
        b"(" * 20_000,
        b")" * 20_000,
        b"f(" * 5_000,
        b"[" * 3_000 + b"]" * 3_000,
        b"a." * 5_000 + b"b()",
        b"f()" * 3_000,
        b"x = " * 5_000 + b"1",
        b"lambda: " * 3_000 + b"f()",
        b"not " * 10_000 + b"f()",
        b"if x:\n" * 1_000,
        b"".join(b" " * i + b"if f():\n" for i in range(400)),
        b"".join(b" " * i + b"def f():\n" for i in range(300)) + b" " * 300 + b"g()\n",
        b"".join(b" " * i + b"class A:\n" for i in range(300)) + b" " * 300 + b"g()\n",
        b"@" * 5_000,
        b'"""' + b"a" * 50_000,
        b"'" * 10_001,
        b"\\\n" * 10_000,
        b"1+" * 20_000 + b"f()",
        b"elif PY2:\n f()\n" * 500,
        b"if PY2:\n f()\n" + b"elif PY3:\n f()\n" * 2_000,
        b"\r" * 1_000 + b"f(",
        b"\xff\xfe" * 1_000,
        "ф(ü)\n".encode() * 1_000,
    ],
    ids=range(23),
)
def test_extreme_texts(text: bytes) -> None:
    look(text)


def test_one_megabyte_on_a_single_line() -> None:
    look(b"f(x), " * 100_000)


@given(st.text(alphabet="()[]{}\"'#\\\n\r ab=:,defclasimport", max_size=200).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_mended_text_keeps_length_and_line_ends(text: bytes) -> None:
    mended = mend(text)
    assert len(mended.text) == len(text)
    assert [i for i, c in enumerate(mended.text) if c in b"\r\n"] == [i for i, c in enumerate(text) if c in b"\r\n"]
    names_bound(text)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (b"x = f(\ny = 1\n", b"      \ny = 1\n"),
        (b"def f(a,\n    b\nx = 1\n", b"if 1:   \n     \nx = 1\n"),
        (b"if f(\n    x()\n", b"if 1:\n       \n"),
        (b"x = [1,\n     2]\n", b"x = [1,\n     2]\n"),
        (b"f(a,\n  # note\n\n  b)\n", b"f(a,\n  # note\n\n  b)\n"),
        (b"f('(', \"[\", '''\n(\n''')\n", b"f('(', \"[\", '''\n(\n''')\n"),
        (b"f(\n    return 1\n", b"  \n    return 1\n"),
    ],
)
def test_unfinished_lines_are_blanked(text: bytes, mended: bytes) -> None:
    assert mend(text).text == mended


@pytest.mark.parametrize(
    "text",
    [
        b"x = [" + b"1, " * 3_300_000 + b"]",
        b"x = 1;" * 1_700_000,
        b"a" + b".b" * 5_000_000,
        b"(" * 5_000_000 + b")" * 5_000_000,
        b"[" * 10_000_000,
        b"\\\n" * 1_000_000,
    ],
    ids=["list", "statements", "chain", "closed brackets", "open brackets", "continued lines"],
)
def test_megabytes_on_a_single_line_are_data_to_be_left_alone(text: bytes) -> None:
    assert extract(Source(PATH, text)) == Incremental().update(Source(PATH, text)) == Facts(dynamic=True, errors=True)


@pytest.mark.parametrize(
    "text",
    [b"(" * 100_000 + b")" * 100_000, b", " * 200_000, b"+ " * 200_000, b"[\n" * 300_000, b"a" + b".b" * 300_000],
    ids=["deep", "commas", "operators", "lines of open brackets", "chain"],
)
def test_what_would_take_quadratic_time_is_not_looked_at(text: bytes) -> None:
    started = time.process_time()
    look(text)
    assert time.process_time() - started < 20


def test_large_files_of_usual_lines_are_looked_at() -> None:
    text = b"".join(b"x%d = f(%d, [1, 2, (3, 4)])\n" % (i, i) for i in range(40_000))
    facts = extract(Source(PATH, text))
    assert len(facts.unresolved) == 40_000 and not facts.dynamic
