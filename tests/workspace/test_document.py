"""Documents against a naive model: the whole text split and parsed anew after every edit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Node, Parser

from autogen_lsp.syntax.parser import LANGUAGE, parse
from autogen_lsp.text import LineIndex, Span, moved
from autogen_lsp.workspace.document import Document, encode

PATH = Path("/w/m.py")

PIECES = st.lists(
    st.sampled_from(
        [
            "\n",
            "\r\n",
            "\r",
            "\x0c",
            "\u2028",
            "é",
            "😀",
            "\ud83d",
            "\ude00",
            "def f(x):",
            "    ",
            "return g(x)",
            "(",
            '"""',
            "#",
            ":",
            "a",
        ]
    ),
    max_size=8,
).map("".join)


def shape(node: Node) -> list[tuple[str, int, int, tuple[int, int]]]:
    """Every node of a tree in order, with its span and its point."""
    out, todo = [], [node]
    while todo:
        at = todo.pop()
        out.append((at.type, at.start_byte, at.end_byte, tuple(at.start_point)))
        todo.extend(reversed(at.children))
    return out


def document(text: str) -> Document:
    return Document("file:///w/m.py", PATH, 1, text)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_edits_leave_lines_text_and_tree_as_a_fresh_start_would(data: st.DataObject) -> None:
    text = data.draw(PIECES.map(lambda piece: "import a\n\n\ndef g(y):\n    return a.h(y)\n" + piece))
    doc = document(text)
    chars = encode(text).decode("utf-8", "surrogatepass")
    for step in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(chars)))
        end = data.draw(st.integers(start, len(chars)))
        new = data.draw(PIECES)
        span = Span(*(len(chars[:at].encode("utf-8", "surrogatepass")) for at in (start, end)))
        doc.edit(span, new)
        doc.version += 1
        chars = encode(chars[:start] + new + chars[end:]).decode("utf-8", "surrogatepass")
        expected = chars.encode("utf-8", "surrogatepass")
        assert doc.text == expected
        lines = LineIndex.of(expected)
        assert [doc.line_span(i) for i in range(len(lines.starts) + 1)] == [
            lines.line_span(i) for i in range(len(lines.starts) + 1)
        ]
        assert all(doc.line_of(offset) == lines.line_of(offset) for offset in range(len(expected) + 1))
        if data.draw(st.booleans()) or step == 0:  # several edits between two parses, too
            source = doc.snapshot()
            assert source.text == expected
            assert source.lines == lines
            if data.draw(st.booleans()):  # nobody asks for the tree of this one
                continue
            if not parse(expected).root_node.has_error:
                assert shape(source.tree.root_node) == shape(parse(expected).root_node)
            assert source.tree.root_node.end_byte == parse(expected).root_node.end_byte


def test_a_snapshot_is_not_touched_by_later_edits() -> None:
    doc = document("a = f(1)\nb = 2\n")
    before = doc.snapshot()
    nodes, starts = shape(before.tree.root_node), list(before.lines.starts)
    doc.edit(Span(0, 0), "x\n")
    doc.version = 2
    after = doc.snapshot()
    assert before.text == b"a = f(1)\nb = 2\n"
    assert before.version == 1
    assert after.version == 2
    assert shape(before.tree.root_node) == nodes
    assert before.lines.starts == starts
    assert after.lines.starts == [0, 2, 11, 17]


def test_a_snapshot_is_reused_until_the_next_edit() -> None:
    doc = document("a = 1\n")
    assert doc.snapshot() is doc.snapshot()
    first = doc.snapshot()
    doc.edit(Span(0, 1), "b")
    assert doc.snapshot() is not first


def test_a_new_version_without_an_edit_is_a_new_snapshot_of_the_same_tree() -> None:
    doc = document("a = 1\n")
    tree = doc.snapshot().tree
    doc.version = 7
    assert doc.snapshot().version == 7
    assert doc.snapshot().tree is tree


def test_a_large_text_is_parsed_on_a_thread_as_on_the_main_one() -> None:
    text = b"def f(x):\n    return g(x, 'y')\n\n\n" * 5000
    doc = document(text.decode())
    with ThreadPoolExecutor(1) as pool:
        there = pool.submit(lambda: shape(doc.snapshot().tree.root_node)).result()
        assert there == shape(parse(text).root_node)
        doc.edit(Span(14, 14), "if x:\n        ")
        again = pool.submit(lambda: shape(doc.snapshot().tree.root_node)).result()
    assert again == shape(parse(doc.text).root_node)


def test_an_edit_that_begins_a_line_makes_the_parser_read_no_more_than_one_inside_it() -> None:
    method = "    def m{}(self, x):  # {}\n        y = x\n        return self.g(y, [1, 2])\n\n"
    text = "class A:\n" + "".join(method.format(number, number) for number in range(400))
    first_statement = text.index("y = x", len(text) // 4)

    def read_after_an_edit_at(offset: int) -> int:
        doc = document(text)
        assert not doc.snapshot().tree.root_node.has_error
        doc.edit(Span(offset, offset), "z")
        source, read = doc.snapshot(), 0

        def piece(offset: int, _point: object) -> bytes:
            nonlocal read
            read += 1
            return source.text[offset : offset + 256]

        Parser(LANGUAGE).parse(piece, source.older)
        return read

    assert read_after_an_edit_at(first_statement) <= read_after_an_edit_at(first_statement + 1) + 2


@pytest.mark.parametrize(
    ("text", "span", "new", "starts"),
    [
        ("a\r\nb", Span(2, 2), "x", [0, 2, 4]),  # splits \r\n into \r and \n
        ("a\r\nb", Span(2, 3), "", [0, 2]),  # the \n goes, the \r stays
        ("a\r\nb", Span(1, 2), "", [0, 2]),  # the \r goes
        ("a\rxb\n", Span(2, 3), "\n", [0, 3, 5]),  # joins \r and \n to one line end
        ("\n", Span(0, 0), "\r", [0, 2]),  # at the very start
        ("a", Span(1, 1), "\r", [0, 2]),  # at the very end
        ("a\r", Span(2, 2), "\n", [0, 3]),
    ],
)
def test_an_edit_can_split_and_join_line_ends(text: str, span: Span, new: str, starts: list[int]) -> None:
    doc = document(text)
    doc.edit(span, new)
    assert doc.snapshot().lines.starts == starts


def test_form_feeds_and_unicode_separators_end_no_line() -> None:
    doc = document("a\x0cb\x0bc\x1cd\x85e\u2028f\u2029g\n")
    assert doc.snapshot().lines.starts == [0, len(doc.text)]


def test_a_character_typed_in_two_halves_is_one_character() -> None:
    doc = document("s = ''\n")
    doc.edit(Span(5, 5), "\ud83d")
    doc.edit(Span(8, 8), "\ude00")
    assert doc.text == "s = '😀'\n".encode()


def test_a_lone_surrogate_survives() -> None:
    doc = document("s = '\ud83d'\n")
    assert doc.text.decode("utf-8", "surrogatepass") == "s = '\ud83d'\n"
    assert doc.snapshot().tree.root_node.end_byte == len(doc.text)


def test_a_whole_text_replaces_everything() -> None:
    doc = document("a\nb\n")
    doc.snapshot()
    doc.replace("def f():\r\n    pass\r\n")
    doc.version = 2
    assert doc.snapshot().lines.starts == [0, 10, 20]
    assert doc.snapshot().tree.root_node.children[0].type == "function_definition"


_LETTERS = st.lists(st.sampled_from(b"ab"), max_size=20).map(bytes)


@given(_LETTERS, _LETTERS, _LETTERS, _LETTERS)
def test_spans_outside_the_part_that_differs_move_with_their_text(
    head: bytes, removed: bytes, added: bytes, tail: bytes
) -> None:
    old, new = head + b"<" + removed + b">" + tail, head + b"[" + added + b"]" + tail
    move = moved(old, new)
    end = len(head) + len(removed) + 2

    assert move(Span(0, len(head))) == Span(0, len(head))
    assert move(Span(end, len(old))) == Span(len(new) - len(tail), len(new))
    assert move(Span(len(head), end)) is None
    assert move(Span(0, len(old))) is None
    assert moved(old, old)(Span(0, len(old))) == Span(0, len(old))
