"""All sources for one plan into one pool of pieces, each with its worth, its group and the reason why it is there.

The worth of a definition is the probability that the body uses it (`score`); everything else is set beside that by
hand: the table below says what a first call site or a whole similar function is worth, and `collect` bounds their
shares.
"""

from __future__ import annotations

import re
import textwrap
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.analysis.model import Plan
from autogen_lsp.context import conventions, guides, render, score, similar, sites
from autogen_lsp.context.budget import Form, Piece
from autogen_lsp.context.candidates import Candidate, Lookup, candidates
from autogen_lsp.context.usage import Usage, names_in, parts, usage
from autogen_lsp.syntax.model import Facts, Symbol, SymbolKind
from autogen_lsp.workspace.source import Source

if TYPE_CHECKING:
    from autogen_lsp.codebase.model import GraphContext

# Sending order: the stable first, the target's surroundings last.
_ORDER = (
    "rules",
    "convention",
    "map",
    "graph",
    "import",
    "type",
    "similar",
    "inherited",
    "file",
    "class",
    "call-site",
    "test",
)

_MOST_DEFINITIONS = 500
_FEWEST = 0.0003  # definitions that are less likely are not looked at
_MORE = 1.2  # worth of a signature with types and docstring, against the line alone
_WHOLE = 0.3  # worth of a whole body of what similar functions use, added
_SHORT = 1500  # bytes of such a body
_CLASS_LINE = 0.8
_IMPORTS = 0.35
_SITES = (0.9, 0.45, 0.3, 0.2, 0.15, 0.1)
_AROUND = 0.12  # the lines around a call site, added
_TESTS = (0.4, 0.2, 0.1)
_SIMILAR = (0.8, 0.5, 0.35)
_LINTERS, _HABITS, _GUIDE, _MAP = 0.6, 0.8, 0.25, 0.15
_TYPE_MEMBER, _TYPE_WORD = 0.03, 0.1
_GRAPH = 0.05
_SAMPLED = 8  # files that tell the conventions
_SAMPLED_TESTS = 3
_LARGE = 100_000  # bytes: larger ones are tables or generated, and slow
_MOST_MODULES = 60  # named by the map
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_INDENT = "  "


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


def gather(lookup: Lookup, plan: Plan) -> Pool:
    """Everything that might be sent with this plan, but for what the graph knows."""
    pool = Pool()
    path = plan.target.path
    uses = sites.uses(lookup, plan.sites, path)
    place = _look(lookup, plan, uses)
    _add_project(pool, lookup, path)
    classes = _add_classes(pool, lookup, path, place.about.owner)
    _add_types(pool, lookup, plan, place.about, classes)
    alike = similar.similar(lookup, place.about, path, place.used.units, len(_SIMILAR))
    _add_definitions(pool, lookup, path, place, classes, _used_by(lookup, path, alike))
    _add_imports(pool, lookup, path, lookup.facts(path))
    _add_similar(pool, lookup, alike)
    _add_uses(pool, uses)
    return pool


def features_of(lookup: Lookup, plan: Plan) -> list[tuple[Candidate, tuple[float, ...]]]:
    """The candidates of a plan with their features: what the weights are fitted to."""
    uses = sites.uses(lookup, plan.sites, plan.target.path)
    return _featured(lookup, plan.target.path, _look(lookup, plan, uses))


@dataclass(frozen=True, slots=True)
class _Place:
    """What is known of the target and of the functions around it."""

    about: score.About
    used: Usage
    seen: score.Evidence


def _look(lookup: Lookup, plan: Plan, uses: Sequence[sites.Use]) -> _Place:
    target = plan.target
    source = lookup.source(target.path) or Source(target.path, b"")
    facts = lookup.facts(target.path)
    used = usage(source.text, facts, plan.placement.span)
    about = score.about(
        target.name,
        owner_of(facts, target.qualname),
        [p.name for p in plan.signature.parameters] if plan.signature else [],
        plan.skeleton,
        "\n".join(use.short for use in uses[: len(_SITES)]),
        _position(used, plan.placement.span.start),
    )
    peers = similar.peers(lookup, target.name, target.path, target.qualname)
    return _Place(about, used, score.evidence(about, used, peers))


def _position(used: Usage, offset: int) -> float:
    """A place among the file's functions, between two of them."""
    return bisect_left(used.units, offset, key=lambda unit: unit.symbol.start) - 0.5


def owner_of(facts: Facts, qualname: str) -> str:
    """Qualname of the class that the target is, or will be, a method of; '' for none."""
    parent = qualname.partition(".<locals>")[0].rpartition(".")[0]
    return parent if any(s.qualname == parent and s.kind is SymbolKind.CLASS for s in facts.symbols) else ""


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
        value = _CLASS_LINE if steps == 0 else 0.02
        pool.add(
            Piece((at, symbol.qualname), key, _forms(source.text, symbol, value, "")),
            Detail(symbol.start, symbol.name, "", value),
        )
    return groups


def _add_definitions(
    pool: Pool,
    lookup: Lookup,
    path: Path,
    place: _Place,
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


_WAYS = {
    "import": "imported by the target's file",
    "nested-import": "imported within a function of the target's file",
    "star": "imported by * into the target's file",
    "module": "from a module that the target's file imports",
    "package": "from a package that the target's file imports",
    "file": "imported by the target's file",
}


def _ranked(lookup: Lookup, path: Path, place: _Place) -> list[tuple[float, Candidate, tuple[float, ...]]]:
    """The definitions that the body may use, most likely first, each with its probability and features."""
    ranked = [(score.probability(each.source, values), each, values) for each, values in _featured(lookup, path, place)]
    ranked = [row for row in ranked if row[0] >= _FEWEST]
    ranked.sort(key=lambda row: (-row[0], row[1].path.as_posix(), row[1].symbol.start))
    return ranked[:_MOST_DEFINITIONS]


def _featured(lookup: Lookup, path: Path, place: _Place) -> list[tuple[Candidate, tuple[float, ...]]]:
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
            Piece((at, cls.qualname), key, _forms(source.text, cls, 0.2, ""), share="type"),
            Detail(cls.start, cls.name, "", 0.2),
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


def _used_by(lookup: Lookup, path: Path, alike: Sequence[similar.Similar]) -> frozenset[str]:
    """The names that similar functions of the target's file use: their direct dependencies may be sent whole."""
    found: set[str] = set()
    source = lookup.source(path)
    for each in alike:
        if each.path == path and source is not None:
            found |= names_in(source.text[each.symbol.body_start : each.symbol.end])
    return frozenset(found)


def _add_similar(pool: Pool, lookup: Lookup, alike: Sequence[similar.Similar]) -> None:
    for n, each in enumerate(alike):
        source = lookup.source(each.path)
        if source is None or each.symbol.end > len(source.text):
            continue
        qualname = each.symbol.qualname
        group = pool.group("similar", each.path, qualname, "similar in name, parameters or words")
        value = _SIMILAR[n] * each.likeness
        header = Form(render.signature(source.text, each.symbol), value / 20)
        whole = Form(render.whole(source.text, each.symbol), value)
        forms = (header, whole) if len(whole.text) > len(header.text) else (whole,)
        pool.add(Piece(("similar", each.path, qualname), group, forms, share="similar"), Detail(n, qualname, "", value))


def _add_uses(pool: Pool, uses: Iterable[sites.Use]) -> None:
    counts = {False: 0, True: 0}
    for use in uses:
        values = _TESTS if use.is_test else _SITES
        n = counts[use.is_test]
        counts[use.is_test] += 1
        if n >= len(values):
            continue
        kind = "test" if use.is_test else "call-site"
        reason = "a test that uses it" if use.is_test else "uses it"
        group = pool.group(kind, use.path, use.inside, reason)
        forms = [Form(use.short, values[n])]
        if len(use.full) > len(use.short):
            forms.append(Form(use.full, values[n] + _AROUND))
        pool.add(
            Piece((kind, use.path, use.short), group, tuple(forms), share="site"), Detail(n, use.inside, "", values[n])
        )


def _add_project(pool: Pool, lookup: Lookup, path: Path) -> None:
    """Guides, linter settings, conventions and the map: the same for every target of a folder."""
    snapshot = lookup.project.snapshot
    root = snapshot.root_of(path)
    if root is None:
        return
    for n, excerpt in enumerate(guides.excerpts(root, lookup.rules)):
        group = pool.group("rules", excerpt.path, "", "written for those who change the project")
        value = _GUIDE * excerpt.weight
        piece = Piece(("guide", n), group, (Form(excerpt.text, value),), share="guide")
        pool.add(piece, Detail(n, "", "", value))
    settings = guides.linter_settings(root, lookup.rules)
    habits = conventions.conventions(*_samples(lookup, path, root))
    group = pool.group("convention", None, "", "found in the project's settings and code")
    if settings:
        piece = Piece("linters", group, (Form(f"Settings: {settings}.", _LINTERS),), share="guide")
        pool.add(piece, Detail(0, "settings", "", _LINTERS))
    if habits:
        piece = Piece("habits", group, (Form("\n".join(habits), _HABITS),), share="guide")
        pool.add(piece, Detail(1, "habits", "", _HABITS))
    beside = [p.stem for p in lookup.python_files(path.parent) if p != path and p.stem != "__init__"]
    if beside:
        group = pool.group("map", None, "", "modules beside the target's")
        text = f"Modules beside {lookup.shown(path)}: {', '.join(beside[:_MOST_MODULES])}"
        pool.add(Piece("map", group, (Form(text, _MAP),), share="guide"), Detail(0, "map", "", _MAP))


def _samples(lookup: Lookup, path: Path, root: Path) -> tuple[list[conventions.Sample], list[conventions.Sample]]:
    """Files that tell the conventions: those of the target's folder and of the folders above it, and some tests.

    The target's own file is not among them: its state, while it is edited, must not change what is said of all.
    """
    code: list[Path] = []
    tests: list[Path] = []
    folder = path.parent
    while True:
        for each in lookup.python_files(folder):
            (tests if sites.is_test(lookup.shown(each)) else code).append(each)
        for inner in lookup.folders(folder, ("tests", "test")):
            tests += lookup.python_files(inner)
        if folder == root or folder == folder.parent:
            break
        folder = folder.parent

    def read(paths: list[Path]) -> list[conventions.Sample]:
        found = [(p, lookup.source(p)) for p in paths if p != path]
        return [conventions.Sample(s.text, lookup.facts(p)) for p, s in found if s is not None and len(s.text) < _LARGE]

    return read(code[:_SAMPLED]), read([p for p in tests if p.stem != "__init__"][:_SAMPLED_TESTS])


def add_graph(pool: Pool, lookup: Lookup, described: GraphContext) -> None:
    """What only the graph knows: definitions and uses that no other source brought."""
    home = Path(described.path)
    for n, each in enumerate((*described.dependencies, *described.bases, *described.usages)):
        at = Path(each.path) if each.path else None
        if at is None or lookup.hidden(at) or (at, each.name) in pool.details:
            continue
        text = each.line or each.text
        if text:
            group = pool.group("graph", home, described.qualname, "related by the graph of the codebase")
            shown = f"{lookup.shown(at)}: {text}"
            pool.add(
                Piece(("graph", n), group, (Form(shown, _GRAPH),), share="graph"), Detail(n, each.name, "", _GRAPH)
            )
