"""Definitions that the body may use into pieces: of the class, its bases, the file, imports, types in the signature.

The worth of a definition is the probability that the body uses it (`score`). It is sent as a line; types and the
docstring's first line come in where there is room, and so do short bodies of what similar functions use.
"""

from __future__ import annotations

import re
import textwrap
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autogen_lsp.analysis.model import Plan
from autogen_lsp.context import render, score, similar, sites
from autogen_lsp.context.budget import Form, Piece
from autogen_lsp.context.candidates import Candidate, Lookup, candidates
from autogen_lsp.context.pool import Detail, Pool
from autogen_lsp.context.usage import Usage, names_in, parts, usage
from autogen_lsp.syntax.model import Facts, Symbol, SymbolKind
from autogen_lsp.workspace.source import Source

_MOST = 500
_FEWEST = 0.0003  # definitions that are less likely are not looked at
_MORE = 1.2  # worth of a signature with types and docstring, against the line alone
_WHOLE = 0.3  # worth of a whole body of what similar functions use, added
_SHORT = 1500  # bytes of such a body
_CLASS_LINE, _BASE_LINE, _TYPE_LINE = 0.8, 0.02, 0.2
_TYPE_MEMBER, _TYPE_WORD = 0.03, 0.1
_IMPORTS = 0.35
_NEAR = 6  # call sites whose words count
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_INDENT = "  "

_WAYS = {
    "import": "imported by the target's file",
    "nested-import": "imported within a function of the target's file",
    "star": "imported by * into the target's file",
    "module": "from a module that the target's file imports",
    "package": "from a package that the target's file imports",
    "file": "imported by the target's file",
}


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of the target and of the functions around it."""

    about: score.About
    used: Usage
    seen: score.Evidence


def look(lookup: Lookup, plan: Plan, uses: Sequence[sites.Use]) -> Place:
    """Read the target's surroundings once, for all that is asked of them."""
    target = plan.target
    source = lookup.source(target.path) or Source(target.path, b"")
    facts = lookup.facts(target.path)
    used = usage(source.text, facts, plan.placement.span)
    about = score.about(
        target.name,
        owner_of(facts, target.qualname),
        [p.name for p in plan.signature.parameters] if plan.signature else [],
        plan.skeleton,
        "\n".join(use.short for use in uses[:_NEAR]),
        _position(used, plan.placement.span.start),
    )
    peers = similar.peers(lookup, target.name, target.path, target.qualname)
    return Place(about, used, score.evidence(about, used, peers))


def add_definitions(pool: Pool, lookup: Lookup, plan: Plan, place: Place, alike: Sequence[similar.Similar]) -> None:
    """All definitions that the body of the plan's target may use, each once."""
    path = plan.target.path
    classes = _add_classes(pool, lookup, path, place.about.owner)
    _add_types(pool, lookup, plan, place.about, classes)
    _add_ranked(pool, lookup, path, place, classes, _used_by(lookup, path, alike))
    _add_imports(pool, lookup, path, lookup.facts(path))


def features_of(lookup: Lookup, plan: Plan) -> list[tuple[Candidate, tuple[float, ...]]]:
    """The candidates of a plan with their features: what the weights are fitted to."""
    uses = sites.uses(lookup, plan.sites, plan.target.path)
    return _featured(lookup, plan.target.path, look(lookup, plan, uses))


def _add_classes(pool: Pool, lookup: Lookup, path: Path, owner: str) -> dict[tuple[Path, str], Hashable]:
    """A group for the target's class and each of its bases, with the class line, on which the members hang."""
    groups: dict[tuple[Path, str], Hashable] = {}
    for at, symbol, steps in lookup.hierarchy(path, owner) if owner else ():
        source = lookup.source(at)
        if source is None or symbol.end > len(source.text):
            continue
        reason = "a base of the target's class" if steps else "the target's class"
        key = pool.group("class", at, symbol.qualname, reason, "inherited" if steps else "class", steps)
        groups[at, symbol.qualname] = key
        value = _CLASS_LINE if steps == 0 else _BASE_LINE
        pool.add(
            Piece((at, symbol.qualname), key, _forms(source.text, symbol, value, "")),
            Detail(symbol.start, symbol.name, "", value),
        )
    return groups


def _add_ranked(
    pool: Pool,
    lookup: Lookup,
    path: Path,
    place: Place,
    classes: dict[tuple[Path, str], Hashable],
    used_by_similar: frozenset[str],
) -> None:
    for probability, each, values in _ranked(lookup, path, place):
        source = lookup.source(each.path)
        symbol = each.symbol
        if source is None or symbol.end > len(source.text):
            continue
        key: Hashable = (each.path, symbol.qualname)
        needs: Hashable | None = None
        indent = ""
        if each.owner:
            needs, indent = (each.path, each.owner), _INDENT
            group = classes.get((each.path, each.owner))
        elif each.path == path:
            group = pool.group("file", path, "", "defined in the target's file")
        else:
            group = pool.group("import", each.path, "", _WAYS[each.source])
        if group is None or key in pool.details:
            continue
        forms = _forms(source.text, symbol, probability, indent)
        pool.add(
            Piece(key, group, forms, needs), Detail(symbol.start, symbol.name, score.reason(values, each), probability)
        )


def _used_by(lookup: Lookup, path: Path, alike: Sequence[similar.Similar]) -> frozenset[str]:
    """The names that similar functions of the target's file use: their direct dependencies may be sent whole."""
    found: set[str] = set()
    source = lookup.source(path)
    for each in alike:
        if each.path == path and source is not None:
            found |= names_in(source.text[each.symbol.body_start : each.symbol.end])
    return frozenset(found)


def _ranked(lookup: Lookup, path: Path, place: Place) -> list[tuple[float, Candidate, tuple[float, ...]]]:
    """The definitions that the body may use, most likely first, each with its probability and features."""
    ranked = [(score.probability(each.source, values), each, values) for each, values in _featured(lookup, path, place)]
    ranked = [row for row in ranked if row[0] >= _FEWEST]
    ranked.sort(key=lambda row: (-row[0], row[1].path.as_posix(), row[1].symbol.start))
    return ranked[:_MOST]


def _featured(lookup: Lookup, path: Path, place: Place) -> list[tuple[Candidate, tuple[float, ...]]]:
    found = candidates(lookup, path, place.about.owner, place.about.name, place.used)
    by_source: dict[str, list[Candidate]] = defaultdict(list)
    for each in found:
        by_source[each.source].append(each)
    crowds = {source: score.Crowd.of(members) for source, members in by_source.items()}
    rows: list[tuple[Candidate, tuple[float, ...]]] = []
    for each in found:
        position = _position(place.used, each.symbol.start) if each.path == path else None
        rows.append((each, score.features(each, place.about, place.seen, crowds[each.source], position)))
    return rows


def _position(used: Usage, offset: int) -> float:
    """A place among the file's functions, between two of them."""
    return bisect_left(used.units, offset, key=lambda unit: unit.symbol.start) - 0.5


def _forms(text: bytes, symbol: Symbol, value: float, indent: str) -> tuple[Form, ...]:
    line = textwrap.indent(render.line(text, symbol), indent)
    full = textwrap.indent(render.signature(text, symbol), indent)
    return (Form(line, value), Form(full, value * _MORE)) if len(full) > len(line) else (Form(line, value),)


def _add_types(
    pool: Pool, lookup: Lookup, plan: Plan, about: score.About, classes: dict[tuple[Path, str], Hashable]
) -> None:
    """Members of the project's classes that the signature names."""
    annotations = [p.annotation for p in plan.signature.parameters if p.annotation] if plan.signature else []
    if plan.signature is not None and plan.signature.returns:
        annotations.append(plan.signature.returns)
    names = dict.fromkeys(name for text in annotations for name in _NAME.findall(text))
    for name in names:
        found = lookup.named(plan.target.path, name)
        at, cls = found or (plan.target.path, None)
        if cls is None or cls.kind is not SymbolKind.CLASS or (at, cls.qualname) in classes:
            continue
        source = lookup.source(at)
        if source is None or cls.end > len(source.text):
            continue
        key = pool.group("type", at, cls.qualname, "its type is in the signature")
        pool.add(
            Piece((at, cls.qualname), key, _forms(source.text, cls, _TYPE_LINE, ""), share="type"),
            Detail(cls.start, cls.name, "", _TYPE_LINE),
        )
        for member in lookup.members(at, cls.qualname).values():
            if member.name.startswith("_") or member.end > len(source.text):
                continue
            words = parts(member.name)
            value = _TYPE_MEMBER + _TYPE_WORD * len(words & about.words) / max(len(words), 1)
            forms = _forms(source.text, member, value, _INDENT)
            piece = Piece((at, member.qualname), key, forms, (at, cls.qualname), "type")
            pool.add(piece, Detail(member.start, member.name, "", value))


def _add_imports(pool: Pool, lookup: Lookup, path: Path, facts: Facts) -> None:
    """The file's imports from elsewhere, and of modules: what it already has at hand, and under which name."""
    lines: dict[str, list[str]] = {}
    for item in facts.imports:
        if item.scope or item.name == "*":
            continue
        found = lookup.imported(item, path)
        if found is None and lookup.in_workspace(item, path):
            continue  # left out by ignore rules, or missing
        if found is not None and found[1] is not None and not item.asname:
            continue  # stands among the definitions
        name = item.module if item.name is None else item.name
        shown = f"{name} as {item.asname}" if item.asname else name
        head = "import" if item.name is None else f"from {'.' * item.level}{item.module} import"
        if shown not in lines.setdefault(head, []):
            lines[head].append(shown)
    if lines:
        text = "\n".join(f"{head} {', '.join(names)}" for head, names in lines.items())
        group = pool.group("file", path, "", "defined in the target's file")
        pool.add(Piece("imports", group, (Form(text, _IMPORTS),)), Detail(-1, "imports", "", _IMPORTS))


def owner_of(facts: Facts, qualname: str) -> str:
    """Qualname of the class that the target is, or will be, a method of; '' for none."""
    parent = qualname.partition(".<locals>")[0].rpartition(".")[0]
    return parent if any(s.qualname == parent and s.kind is SymbolKind.CLASS for s in facts.symbols) else ""
