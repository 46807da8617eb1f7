"""The open names of a text that differs from a known one in a statement or two, at the cost of these alone.

For the time while somebody types: the answer is there before the next key, whatever the file's size. The statements
that an edit touched are parsed and swept by themselves; what all others bind and use is known. Where that is not
certain to be right (the edit reaches further, or changes what star imports and ``exec`` may bring) there is no answer,
and the whole file has to be looked at. For texts without errors the answer is that of `facts.extract`; in broken ones
it is what the broken statement's own text says, which the next look at the whole file may correct.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.broken import Broken, broken_lines
from autogen_lsp.syntax.facts import Names, open_uses
from autogen_lsp.syntax.mend import mend
from autogen_lsp.syntax.model import Use
from autogen_lsp.syntax.parser import parse
from autogen_lsp.syntax.sweep import sweep
from autogen_lsp.syntax.units import Cut, Unit
from autogen_lsp.text import LineIndex, difference

_MOST_UNITS = 8
_MOST_BYTES = 60_000
_CLASS = b"class _:\n"  # around members that are parsed by themselves


def peek(known: Cut, text: bytes) -> list[Use] | None:
    """The uses in ``text`` that nothing binds, in order; None where the whole file has to be looked at."""
    slot = _slot(known, text)
    fresh = _look(slot) if slot is not None else None
    if slot is None or fresh is None:
        return None
    before, after = known.units[: slot.first], known.units[slot.last :]
    names = Names.of((*before, fresh.unit, *after), known.broken.names | fresh.broken.names)
    found = known.broken.outside(open_uses(before, names))
    found += fresh.broken.outside(open_uses([fresh.unit], names))
    by = len(text) - len(known.text)
    for use in known.broken.outside(open_uses(after, names)):
        found.append(Use(use.name, use.start + by, use.end + by, use.scope, use.how))
    return found


@dataclass(frozen=True, slots=True)
class _Slot:
    """Whole statements of one block as they are now, in place of the known units ``first`` to ``last`` (excluded)."""

    first: int
    last: int
    owner: str
    start: int
    text: bytes
    indent: bytes


@dataclass(frozen=True, slots=True)
class _Fresh:
    """What a slot says, with spans in the whole text, and its lines with errors."""

    unit: Unit
    broken: Broken


def _slot(known: Cut, text: bytes) -> _Slot | None:
    """The statements that the edit touched, None where that is not clear or too much."""
    differs = difference(known.text, text)
    units, starts = known.units, known.starts
    # The first one begins before the difference, so that it stands where it stood, and on a line of its own.
    first = bisect_left(starts, differs.start) - 1
    while first > 0 and _indent(known.text, starts[first]) is None:
        first -= 1
    if first < 0:
        return None
    # The one behind the last begins on a line that is as it was.
    last = bisect_left(starts, max(differs.end, starts[first] + 1))
    while last < len(units) and ((lead := _indent(known.text, starts[last])) is None
                                 or starts[last] - len(lead) < differs.end):  # fmt: skip
        last += 1
    owner, indent = units[first].owner, _indent(known.text, starts[first])
    touched = units[first:last]
    end = len(text)
    if last < len(units):
        end = starts[last] - len(_indent(known.text, starts[last]) or b"") + len(text) - len(known.text)
    slot = text[starts[first] : end]
    if (
        len(touched) > _MOST_UNITS
        or len(slot) > _MOST_BYTES
        or any(unit.is_header or unit.owner != owner or unit.chunk.dynamic for unit in touched)
        or indent is None
        or bool(indent) != bool(owner)
        or (last < len(units) and not slot.endswith((b"\n", b"\r")))
        or slot.rstrip().endswith(b"\\")
        or _has_star(touched)
    ):
        return None
    return _Slot(first, last, owner, starts[first], slot, indent)


def _indent(text: bytes, start: int) -> bytes | None:
    """The blanks before a statement, None where something else stands on its line before it."""
    line = max(text.rfind(b"\n", 0, start), text.rfind(b"\r", 0, start)) + 1
    lead = text[line:start]
    return lead if not lead.strip(b" \t") else None


def _look(slot: _Slot) -> _Fresh | None:
    head = _CLASS + slot.indent if slot.owner else b""
    text = head + slot.text
    root, names = parse(text).root_node, frozenset[str]()
    blanked: tuple[tuple[int, int], ...] = ()
    if root.has_error:
        mended = mend(text)
        text, blanked, names = mended.text, mended.regions, mended.names
        root = parse(text).root_node
    if root.is_error or (slot.owner and not _is_one_class(root)):
        return None
    relevant = [node for node in n.relevant(root) if node.start_byte >= len(head)]
    chunk = sweep(relevant, text, slot.owner)
    unit = Unit(len(head), chunk, slot.owner)
    if chunk.dynamic or _has_star([unit]):
        return None
    broken = broken_lines(text, LineIndex.of(text), [*chunk.broken, *blanked], names)
    by = slot.start - len(head)
    lines = tuple((start + by, end + by) for start, end in broken.lines)
    return _Fresh(unit.moved(slot.start), Broken(lines, broken.names))


def _is_one_class(root: Node) -> bool:
    """Whether the members are in their class still: an edit may end it among them."""
    statements = [node for node in root.named_children if node.kind_id != n.COMMENT]
    return len(statements) == 1 and statements[0].kind_id == n.CLASS


def _has_star(units: Sequence[Unit]) -> bool:
    return any(item.name == "*" for unit in units for item in unit.chunk.imports)
