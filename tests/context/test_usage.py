"""Which names each function of a file uses."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from autogen_lsp.context.usage import names_in, parts, usage
from autogen_lsp.syntax.facts import extract
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

NOWHERE = Span(0, 0)


def test_bare_names_members_and_attributes_are_told_apart() -> None:
    names = names_in(b"f(self.x.y, cls.make(), mod.sub.g, 'not.me') # nor.me")
    assert {"f", "self.x", "self.make", "mod", "mod.sub", "mod.sub.g"} <= names
    assert not {"not", "me", "nor", "y", "self"} & names


def test_fields_of_f_strings_count_and_their_text_does_not() -> None:
    assert names_in(b"f'{self.name} is {shown(x)!r} {{no}}'") == {"self.name", "shown", "x"}


def test_uses_belong_to_the_function_that_holds_them() -> None:
    source = Source(
        Path("m.py"),
        b"top()\ndef a():\n    def inner():\n        x()\n\nclass C:\n    def b(self):\n        self.y()\n",
    )
    used = usage(source.text, extract(source), NOWHERE)
    assert {unit.symbol.qualname: unit.names & {"top", "x", "self.y"} for unit in used.units} == {
        "a": {"x"},
        "C.b": {"self.y"},
    }
    assert used.counts["top"] == 1


def test_what_the_target_itself_uses_does_not_count() -> None:
    text = b"def a():\n    x()\n\ndef b():\n    x()\n"
    source = Source(Path("m.py"), text)
    used = usage(text, extract(source), Span(0, text.index(b"\n\ndef b")))
    assert used.counts["x"] == 1
    assert [unit.symbol.qualname for unit in used.units] == ["b"]


def test_identifiers_are_split_into_words() -> None:
    assert parts("getHTTPUser_idV2") == {"get", "http", "user", "id"}
    assert parts("_") == frozenset()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_error(text: bytes) -> None:
    source = Source(Path("m.py"), text)
    usage(text, extract(source), NOWHERE)
