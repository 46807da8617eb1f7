"""All sources for one plan into one pool of pieces, each with its worth, its group and the reason why it is there.

The worth of a definition is the probability that the body uses it; everything else is set beside that by hand: the
table below says what a first call site or a whole similar function is worth, and `collect` bounds their shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.analysis.model import Plan
from autogen_lsp.context import conventions, guides, render, similar, sites
from autogen_lsp.context.budget import Form, Piece
from autogen_lsp.context.candidates import Lookup
from autogen_lsp.context.definitions import add_definitions, look
from autogen_lsp.context.pool import Detail, Pool

if TYPE_CHECKING:
    from autogen_lsp.codebase.model import GraphContext

_SITES = (0.9, 0.45, 0.3, 0.2, 0.15, 0.1)
_AROUND = 0.12  # the lines around a call site, added
_TESTS = (0.4, 0.2, 0.1)
_SIMILAR = (0.8, 0.5, 0.35)
_LINTERS, _HABITS, _GUIDE, _MAP = 0.6, 0.8, 0.25, 0.15
_GRAPH = 0.05
_SAMPLED = 8  # files that tell the conventions
_SAMPLED_TESTS = 3
_LARGE = 100_000  # bytes: larger ones are tables or generated, and slow
_MOST_MODULES = 60  # named by the map


def gather(lookup: Lookup, plan: Plan) -> Pool:
    """Everything that might be sent with this plan, but for what the graph knows."""
    pool = Pool()
    path = plan.target.path
    uses = sites.uses(lookup, plan.sites, path)
    place = look(lookup, plan, uses)
    _add_project(pool, lookup, path)
    alike = similar.similar(lookup, place.about, path, place.used.units, len(_SIMILAR))
    add_definitions(pool, lookup, plan, place, alike)
    _add_similar(pool, lookup, alike)
    _add_uses(pool, uses)
    return pool


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
