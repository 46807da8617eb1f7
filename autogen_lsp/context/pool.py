"""What may be sent, before the budget chooses: pieces, the groups that become items, and why each is there."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path

from autogen_lsp.context.budget import Piece

# Sending order: the stable first, the target's surroundings last.
_ORDER = (
    "rules", "convention", "map", "graph", "import", "type", "similar",
    "inherited", "file", "class", "call-site", "test",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces that become one item."""

    kind: str
    path: Path | None  # None for facts of the whole project
    symbol: str
    reason: str
    rank: int


@dataclass(frozen=True, slots=True)
class Detail:
    """Of a piece: its place within its group, what it is, why it may be needed."""

    at: int
    label: str
    reason: str
    value: float


@dataclass
class Pool:
    """All pieces for one plan, each once, by key."""

    groups: dict[Hashable, Group] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    details: dict[Hashable, Detail] = field(default_factory=dict)

    def group(
        self, kind: str, path: Path | None, symbol: str, reason: str, order: str = "", steps: int = 0
    ) -> Hashable:
        """The key of the group, made where it is new."""
        key = (kind, path, symbol)
        if key not in self.groups:
            rank = 100 * _ORDER.index(order or kind) - steps
            self.groups[key] = Group(kind, path, symbol, reason, rank)
        return key

    def add(self, piece: Piece, detail: Detail) -> None:
        if piece.key not in self.details:
            self.pieces.append(piece)
            self.details[piece.key] = detail
