"""The budget: counting, and choosing what is worth most within it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_lsp.context.budget import Form, Piece, pack, room
from autogen_lsp.generation.tokens import count as count_tokens
from autogen_lsp.generation.tokens import weight


def piece(key: str, *forms: tuple[str, float], group: str = "", needs: str | None = None, share: str = "") -> Piece:
    return Piece(key, group, tuple(Form(text, value) for text, value in forms), needs, share)


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("abcd", 1), ("abcde", 2), ("日本", 2), ("é = 1", 2)])
def test_a_token_is_four_ascii_characters_or_one_other(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


def test_the_worthier_of_two_equally_long_pieces_is_sent() -> None:
    assert pack([piece("a", ("xxxx", 0.1)), piece("b", ("yyyy", 0.2))], 5, {}, {}) == {"b": 0}


def test_a_short_piece_beats_a_long_one_of_the_same_worth() -> None:
    assert pack([piece("a", ("x" * 40, 0.5)), piece("b", ("y" * 10, 0.5))], 41, {}, {}) == {"b": 0}


def test_a_body_degrades_to_its_signature_before_it_drops_out() -> None:
    forms = (("def f(): ...", 1.0), ("def f():\n" + "    x\n" * 20, 2.0))
    assert pack([piece("f", *forms)], 1000, {}, {}) == {"f": 1}
    assert pack([piece("f", *forms)], 50, {}, {}) == {"f": 0}
    assert pack([piece("f", *forms)], 5, {}, {}) == {}


def test_a_heading_costs_once_for_its_group() -> None:
    pieces = [piece(key, ("xxxx", 1.0), group="g") for key in "abc"]
    assert len(pack(pieces, 20 + 3 * 5, {"g": 20}, {})) == 3
    assert len(pack(pieces, 20 + 3 * 5 - 1, {"g": 20}, {})) == 2
    assert pack(pieces, 20, {"g": 20}, {}) == {}


def test_a_member_brings_its_class_line_along() -> None:
    pieces = [piece("C", ("class C:", 0.0001)), piece("m", ("def m(self):", 1.0), needs="C")]
    assert pack(pieces, 22, {}, {}) == {"C": 0, "m": 0}
    assert "m" not in pack(pieces, 20, {}, {})


def test_a_share_bounds_its_pieces_and_no_others() -> None:
    pieces = [piece(f"s{n}", ("x" * 9, 5.0), share="site") for n in range(5)] + [piece("d", ("y" * 9, 0.1))]
    chosen = pack(pieces, 100, {}, {"site": 0.25})
    assert chosen == {"s0": 0, "s1": 0, "d": 0}


def test_ties_fall_to_the_first() -> None:
    assert pack([piece("a", ("xxxx", 1.0)), piece("b", ("yyyy", 1.0))], 5, {}, {}) == {"a": 0}


_texts = st.text(alphabet="ab\né", min_size=1, max_size=30)


@st.composite
def _pieces(draw: st.DrawFn) -> list[Piece]:
    found: list[Piece] = []
    for n in range(draw(st.integers(0, 12))):
        first = draw(_texts)
        value = draw(st.floats(0, 1))
        forms = [(first, value)]
        if draw(st.booleans()):
            forms.append((first + draw(_texts), value + draw(st.floats(0, 1))))
        group = draw(st.sampled_from("xyz"))
        needs = draw(st.sampled_from([None, *(each.key for each in found if each.group == group and not each.needs)]))
        found.append(piece(str(n), *forms, group=group, needs=needs))
    return found


@given(_pieces(), st.integers(0, 200), st.integers(0, 20))
def test_the_choice_fits_is_whole_and_always_the_same(pieces: list[Piece], tokens: int, heading: int) -> None:
    headings = dict.fromkeys("xyz", heading)
    chosen = pack(pieces, room(tokens), headings, {})
    by_key = {each.key: each for each in pieces}
    cost = sum(weight(by_key[key].forms[form].text) + 1 for key, form in chosen.items())
    cost += heading * len({by_key[key].group for key in chosen})
    assert cost <= room(tokens)
    assert all(by_key[key].needs is None or by_key[key].needs in chosen for key in chosen)
    assert chosen == pack(pieces, room(tokens), headings, {})
