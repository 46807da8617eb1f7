"""Positions in three encodings, against counting code units one by one; URIs of odd paths."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_lsp.server import convert
from autogen_lsp.server.convert import Encoding
from autogen_lsp.text import LineIndex, Span

ENCODINGS: list[Encoding] = ["utf-8", "utf-16", "utf-32"]
TEXTS = st.lists(
    st.sampled_from(["a", "bc", "é", "\u2028", "😀", "\ud83d", "\n", "\r\n", "\r", "\x0c"]), max_size=20
).map("".join)


def units(char: str, encoding: Encoding) -> int:
    if encoding == "utf-8":
        return len(char.encode("utf-8", "surrogatepass"))
    return 1 if encoding == "utf-32" or ord(char) < 0x10000 else 2


@given(TEXTS, st.sampled_from(ENCODINGS))
def test_every_character_has_the_position_that_its_line_and_units_say(chars: str, encoding: Encoding) -> None:
    text = chars.encode("utf-8", "surrogatepass")
    lines = LineIndex.of(text)
    line = column = offset = 0
    for index, char in enumerate(chars):
        assert convert.position_of(text, lines, offset, encoding) == {"line": line, "character": column}
        if char not in "\r\n":
            assert convert.offset_of(text, lines, line, column, encoding) == offset
            if units(char, encoding) > 1:  # inside a character: its start
                assert convert.offset_of(text, lines, line, column + 1, encoding) == offset
        offset += len(char.encode("utf-8", "surrogatepass"))
        column += units(char, encoding)
        if char == "\n" or (char == "\r" and chars[index + 1 : index + 2] != "\n"):
            line, column = line + 1, 0
    assert convert.position_of(text, lines, len(text), encoding) == {"line": line, "character": column}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_positions_out_of_range_are_clamped(encoding: Encoding) -> None:
    text = b"ab\r\ncd"
    lines = LineIndex.of(text)
    assert convert.offset_of(text, lines, 0, 99, encoding) == 2  # before the line end
    assert convert.offset_of(text, lines, 1, 99, encoding) == 6
    assert convert.offset_of(text, lines, 99, 3, encoding) == 6
    assert convert.offset_of(text, lines, -1, -1, encoding) == 0


def test_a_range_that_ends_before_it_starts_is_empty() -> None:
    text = b"abc\n"
    extent = {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 1}}
    assert convert.span_of(text, LineIndex.of(text), extent, "utf-16") == Span(2, 2)


@pytest.mark.parametrize(
    "name", ["/w/a.py", "/w/with space/ä😀.py", "/w/100%.py", "/w/a#b?c.py", "/w/a;b&c.py", "/w/\udcff.py"]
)
def test_paths_survive_the_round_trip_as_uris(name: str) -> None:
    uri = convert.uri_of(Path(name))
    assert uri.isascii()
    assert convert.path_of(uri) == Path(name)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///w/a.py", "/w/a.py"),
        ("file:/w/a.py", "/w/a.py"),
        ("file://localhost/w/a.py", "/w/a.py"),
        ("file:///w/a%20b.py", "/w/a b.py"),
        ("file:///w/a b.py", "/w/a b.py"),
        ("FILE:///w/a.py", "/w/a.py"),
        ("file:///w/%C3%A4.py", "/w/ä.py"),
    ],
)
def test_uris_as_clients_write_them(uri: str, path: str) -> None:
    assert convert.path_of(uri) == Path(path)


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "git:/w/a.py", "", "file:relative", "file:///a%00b"])
def test_other_uris_have_no_path(uri: str) -> None:
    assert convert.path_of(uri) is None
