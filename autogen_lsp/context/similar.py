"""A target into functions like it: of its own file by name and parameters, of the workspace by full-text search.

They show how this project does such things, so they are sent whole where there is room. Tests are left out, and so are
stubs, which show nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autogen_lsp.context.candidates import Lookup
from autogen_lsp.context.score import About, resemblance
from autogen_lsp.context.sites import is_test
from autogen_lsp.context.usage import Unit, names_in
from autogen_lsp.syntax.model import Symbol, SymbolKind

_SEARCHED = 24  # hits of the full-text search that are looked at
_PEERS = 8  # functions of the same name
_LONGEST = 6000  # bytes of a function that may be sent whole


@dataclass(frozen=True, slots=True)
class Similar:
    """A function that resembles the target, from 0 (not at all) to 1."""

    path: Path
    symbol: Symbol
    likeness: float


def similar(lookup: Lookup, target: About, path: Path, units: Sequence[Unit], limit: int) -> list[Similar]:
    """The functions most like the target, best first."""
    found: dict[tuple[Path, str], Similar] = {}
    for unit in units:
        near = 0.15 / (1 + abs(unit.position - target.position))
        mate = 0.1 if target.owner and unit.symbol.qualname.rpartition(".")[0] == target.owner else 0.0
        _add(found, path, unit.symbol, resemblance(target, unit) + near + mate, target, path)
    index = lookup.project.index
    if index is not None:
        words = " ".join([target.name, *sorted(target.parameters)])
        hits = index.search(words, _SEARCHED)
        best = max((score for _, _, score in hits), default=1.0) or 1.0
        for at, symbol, score in hits:
            if symbol.kind is SymbolKind.FUNCTION and not is_test(lookup.shown(at)) and not lookup.hidden(at):
                likeness = resemblance(target, Unit(symbol, 0, frozenset())) + 0.2 * max(score, 0.0) / best
                _add(found, at, symbol, likeness, target, path)
    ranked = sorted(found.values(), key=lambda s: (-s.likeness, s.path != path, s.path.as_posix(), s.symbol.start))
    return [each for each in ranked if each.likeness >= 0.2][:limit]


def peers(lookup: Lookup, name: str, path: Path, qualname: str) -> list[frozenset[str]]:
    """The names that functions of the same name use elsewhere in the workspace; none without an index."""
    index = lookup.project.index
    if index is None or name == "__init__":
        return []
    found: list[frozenset[str]] = []
    for at, symbol in index.definitions(name, _PEERS + 1):
        source = lookup.source(at)
        if symbol.kind is not SymbolKind.FUNCTION or (at, symbol.qualname) == (path, qualname) or symbol.stub:
            continue
        if source is not None and symbol.end <= len(source.text):
            found.append(names_in(source.text[symbol.body_start : symbol.end]))
    return found


def _add(
    found: dict[tuple[Path, str], Similar], path: Path, symbol: Symbol, likeness: float, target: About, home: Path
) -> None:
    is_target = path == home and symbol.qualname == (f"{target.owner}.{target.name}" if target.owner else target.name)
    if is_target or symbol.stub or symbol.end - symbol.start > _LONGEST or "<locals>" in symbol.qualname:
        return
    if "overload" in (decorator.rpartition(".")[2] for decorator in symbol.decorators):
        return
    kept = found.get((path, symbol.qualname))
    if kept is None or kept.likeness < likeness:
        found[path, symbol.qualname] = Similar(path, symbol, min(likeness, 1.0))
