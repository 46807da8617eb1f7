"""Completions of what is called but not there yet."""

from __future__ import annotations

from autogen_lsp.analysis import findings
from autogen_lsp.features.completion import complete
from autogen_lsp.features.model import Entry
from autogen_lsp.text import Span
from tests.support.actions import workspace


def entries(before: str, *, snippets: bool = True) -> list[Entry]:
    with workspace(before) as space:
        found = findings.find(space.project, space.path)
        text = space.path.read_bytes()
        line_start = text.rfind(b"\n", 0, space.offset) + 1
        return complete(text, line_start, space.offset, space.path, lambda: space.project, found, snippets=snippets)


def test_def_completes_to_the_header_that_the_calls_ask_for() -> None:
    (entry,) = entries("def main(rooms):\n    return total(rooms, limit=3)\n\n\ndef t$0\n")

    assert entry.label == "total"
    assert entry.insert.startswith("total(${1:rooms}, *, ${2:limit}: int)")
    assert entry.insert.endswith(":\n    $0")
    assert entry.snippet


def test_client_without_snippets_gets_plain_text() -> None:
    (entry,) = entries("def main(rooms):\n    return total(rooms)\n\n\ndef $0\n", snippets=False)

    assert entry.insert.startswith("total(rooms)")
    assert "$" not in entry.insert


def test_class_body_completes_its_missing_methods_only() -> None:
    before = """\
class Invoice:
    def show(self, rate):
        helper()
        return self.total(rate)

    def $0
"""
    assert [(entry.label, entry.kind) for entry in entries(before)] == [("total", "method")]


def test_typed_prefix_filters_and_is_replaced() -> None:
    text = "def main():\n    total()\n    other()\n\n\ndef ot"
    (entry,) = entries(text + "$0\n")

    assert entry.label == "other"
    assert entry.span == Span(len(text) - 2, len(text))


def test_ordinary_places_complete_nothing() -> None:
    assert entries("def main():\n    total()\n    x = to$0\n") == []
