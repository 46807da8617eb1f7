"""A budget of tokens: pieces of text with a worth into the choice that is worth most and fits.

Tokens are counted by `generation.tokens`. Nothing here cuts text: a piece has whole forms, from its shortest to its
fullest.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from autogen_lsp.generation.tokens import PER_TOKEN, weight


def room(tokens: int) -> int:
    """Quarters of a token in a budget."""
    return max(tokens, 0) * PER_TOKEN


@dataclass(frozen=True, slots=True)
class Form:
    """One way to send a piece: its text and what it is worth (expected number of uses by the body)."""

    text: str
    value: float


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that may be sent, in one of its forms, each longer and worth more than the one before.

    Pieces of one group share the group's heading, which costs once. A piece that `needs` another one of its group (a
    method its class line), which itself needs none, brings it along. ``share`` names a bounded part of the budget, ''
    for none.
    """

    key: Hashable
    group: Hashable
    forms: tuple[Form, ...]
    needs: Hashable | None = None
    share: str = ""


def pack(
    pieces: Sequence[Piece], budget: int, headings: Mapping[Hashable, int], shares: Mapping[str, float]
) -> dict[Hashable, int]:
    """Which form of which piece to send: piece key to position in `forms`.

    A greedy choice by worth per token (the knapsack with several choices a piece, Kellerer et al. 2004, ch. 11: the
    greedy one is off by less than one piece). ``budget`` and ``headings`` (a group's once-only cost) are in quarters of
    a token; ``shares`` bounds the part of the budget that pieces of one `share` take together. Ties fall to the piece
    that comes first, so that the result depends on the input alone.
    """
    return _Packing(pieces, budget, headings, shares).run()


class _Packing:
    def __init__(
        self, pieces: Sequence[Piece], budget: int, headings: Mapping[Hashable, int], shares: Mapping[str, float]
    ) -> None:
        self.pieces = {piece.key: piece for piece in pieces}
        self.order = {piece.key: n for n, piece in enumerate(pieces)}
        self.weights = {piece.key: tuple(weight(form.text) + 1 for form in piece.forms) for piece in pieces}
        self.headings = headings
        self.left = budget
        self.shares = {name: int(budget * share) for name, share in shares.items()}
        self.chosen: dict[Hashable, int] = {}
        self.open: set[Hashable] = set()
        self.cheaper: dict[Hashable, list[Hashable]] = defaultdict(list)  # by what opens: a group or a needed piece
        for piece in pieces:
            self.cheaper["group", piece.group].append(piece.key)
            if piece.needs is not None:
                self.cheaper["piece", piece.needs].append(piece.key)

    def run(self) -> dict[Hashable, int]:
        heap: list[tuple[float, int, int, Hashable]] = []
        for key in self.pieces:
            self._push(heap, key, 0)
        while heap:
            density, _, form, key = heapq.heappop(heap)
            if form != self.chosen.get(key, -1) + 1:
                continue  # a stale row: the piece is past this form
            cost, value = self._step(key, form)
            if value <= 0 or cost > min(self.left, self.shares.get(self.pieces[key].share, self.left)):
                continue
            if -value / cost > density + 1e-12:  # it was cheaper when pushed; back in line
                self._push(heap, key, form)
                continue
            self._take(heap, key, form, cost)
        return self.chosen

    def _step(self, key: Hashable, form: int) -> tuple[int, float]:
        """What it costs, and is worth, to go from the form before (or nothing) to this one."""
        piece, weights = self.pieces[key], self.weights[key]
        if form:
            return max(weights[form] - weights[form - 1], 1), piece.forms[form].value - piece.forms[form - 1].value
        cost, value = weights[0], piece.forms[0].value
        if piece.group not in self.open:
            cost += self.headings.get(piece.group, 0)
        if piece.needs is not None and piece.needs not in self.chosen and piece.needs in self.pieces:
            cost += self.weights[piece.needs][0]
            value += self.pieces[piece.needs].forms[0].value
        return cost, value

    def _take(self, heap: list[tuple[float, int, int, Hashable]], key: Hashable, form: int, cost: int) -> None:
        piece = self.pieces[key]
        self.left -= cost
        if piece.share in self.shares:
            self.shares[piece.share] -= cost
        self.chosen[key] = form
        if form == 0:
            if piece.needs is not None and piece.needs in self.pieces and piece.needs not in self.chosen:
                self.chosen[piece.needs] = 0
                self._push(heap, piece.needs, 1)
                self._push_all(heap, ("piece", piece.needs))
            self._push_all(heap, ("piece", key))
            if piece.group not in self.open:
                self.open.add(piece.group)
                self._push_all(heap, ("group", piece.group))
        self._push(heap, key, form + 1)

    def _push_all(self, heap: list[tuple[float, int, int, Hashable]], opened: tuple[str, Hashable]) -> None:
        """What has become cheaper goes in line again, with its new worth per token."""
        for key in self.cheaper[opened]:
            if key not in self.chosen:
                self._push(heap, key, 0)

    def _push(self, heap: list[tuple[float, int, int, Hashable]], key: Hashable, form: int) -> None:
        if form < len(self.pieces[key].forms):
            cost, value = self._step(key, form)
            heapq.heappush(heap, (-value / cost, self.order[key], form, key))
