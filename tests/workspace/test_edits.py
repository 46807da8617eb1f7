"""Edits of edits: what several changes of one text come to, in terms of the first one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autogen_lsp.text import Edit, Span, apply_edits, carried, composed, written_spans

_TEXT = st.binary(max_size=12).map(lambda raw: bytes(97 + byte % 3 for byte in raw))


@st.composite
def _edits(draw: st.DrawFn, size: int) -> list[Edit]:
    """Edits that do not overlap; insertions may share their offset."""
    cuts = sorted(draw(st.lists(st.integers(0, size), max_size=6)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return [Edit(Span(start, end), draw(st.sampled_from(["", "x", "yz", "\n"]))) for start, end in pairs]


@given(st.data(), _TEXT)
def test_composed_edits_do_what_both_did(data: st.DataObject, text: bytes) -> None:
    first = data.draw(_edits(len(text)))
    between = apply_edits(text, first)
    then = data.draw(_edits(len(between)))

    assert apply_edits(text, composed(first, then)) == apply_edits(between, then)


@given(st.data(), _TEXT)
def test_composed_edits_keep_what_neither_touched(data: st.DataObject, text: bytes) -> None:
    first = data.draw(_edits(len(text)))

    assert sum(e.span.end - e.span.start for e in composed(first, ())) == sum(e.span.end - e.span.start for e in first)


@given(st.data(), _TEXT, _TEXT)
def test_a_span_is_carried_over_edits_elsewhere(data: st.DataObject, before: bytes, after: bytes) -> None:
    text = before + b"<name>" + after
    head = data.draw(_edits(len(before)))
    shift = len(before) + 6
    tail = [Edit(Span(e.span.start + shift, e.span.end + shift), e.new) for e in data.draw(_edits(len(after)))]
    found = carried(Span(len(before), shift), [*head, *tail])

    assert found.cut(apply_edits(text, [*head, *tail])) == "<name>"


@given(st.data(), _TEXT)
def test_written_spans_hold_what_is_new(data: st.DataObject, text: bytes) -> None:
    edits = data.draw(_edits(len(text)))
    after = apply_edits(text, edits)
    in_order = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))

    assert [span.cut(after) for span in written_spans(edits)] == [edit.new for edit in in_order]
