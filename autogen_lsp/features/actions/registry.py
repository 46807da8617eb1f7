"""Which code actions exist, in the order of the editor's menu, and what they offer at a place.

To add one: a file beside this one with a function ``offers(context) -> Iterator[Offer]``, and a row in `ACTIONS`.
Offers are free to compute: nothing paid happens here, and no edit rides on a command.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autogen_lsp.analysis import findings as finding
from autogen_lsp.analysis import nodes, targets
from autogen_lsp.analysis.model import Finding, FindingKind, Target
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.unfinished import Finished, finished
from autogen_lsp.config import Settings
from autogen_lsp.features import foreign
from autogen_lsp.features.actions import create_skeleton, generate, implement_stub, import_name, with_needs
from autogen_lsp.features.actions.context import ActionContext
from autogen_lsp.features.definition import definition_at
from autogen_lsp.features.model import Diagnostic, Offer
from autogen_lsp.text import Span

log = logging.getLogger(__name__)

ACTIONS: tuple[Callable[[ActionContext], Iterator[Offer]], ...] = (
    import_name.offers,
    generate.offers,
    create_skeleton.offers,
    with_needs.offers,
    generate.without_model,
    implement_stub.offers,
)


def offers(
    project: Project,
    settings: Settings,
    path: Path,
    span: Span,
    diagnostics: Sequence[Diagnostic] = (),
    own: Sequence[Finding] | None = None,
    *,
    inline: bool = False,
) -> list[Offer]:
    """Everything on offer for a selection and for diagnostics of whatever server. A failing action is only logged.

    ``own`` are the file's findings where the caller has them; ``inline``: what is free to make is made at once.
    """
    found: list[Offer] = []
    typed = finished(project, path, span.end)
    chosen = _chosen(typed, path, span, diagnostics, own)
    for missing in chosen:
        context = ActionContext(typed.project, settings, missing.finding, tuple(missing.targets), inline)
        for action in ACTIONS:
            try:
                found.extend(_as_typed(typed, offer, missing) for offer in action(context))
            except Exception:  # one failing feature never takes another down (invariant 10)
                log.exception("code action %s failed", action.__module__)
    return found


def _chosen(
    typed: Finished, path: Path, span: Span, diagnostics: Sequence[Diagnostic], own: Sequence[Finding] | None
) -> list[_Missing]:
    """What is missing at the selection, is meant by diagnostics, or is called around the cursor."""
    project, given = typed.project, list(enumerate(diagnostics))
    if typed.ending is not None:
        own = typed.findings()
        span = typed.clipped(span)
        given = [
            (position, replace(each, span=typed.clipped(each.span)))
            for position, each in given
            if each.span.start in typed.statement
        ]
    known = finding.find(project, path) if own is None else own
    chosen = _missing(project, path, span, given, known)
    if not chosen and span.start == span.end:
        used = [_Missing(_of_use(target), [target]) for target in targets.at(project, path, span.start)]
        chosen = used or [_Missing(f) for f in _called_around(project, path, span.start)]
        chosen = chosen or [_Missing(stub) for stub in _stub_around(project, path, span.start)]
    return chosen


def _as_typed(typed: Finished, offer: Offer, missing: _Missing) -> Offer:
    change = None if offer.change is None else typed.as_typed(offer.change)
    return replace(offer, diagnostics=tuple(missing.solves), change=change)


@dataclass
class _Missing:
    """What is chosen: a finding, or a use that is none with what it asks for, and the diagnostics that it explains."""

    finding: Finding
    targets: list[Target] = field(default_factory=list)
    solves: list[int] = field(default_factory=list)


def _of_use(target: Target) -> Finding:
    """A use that is no finding, but asks for something all the same: ``C(1)`` where no ``__init__`` takes it."""
    kind = FindingKind.MISSING_ATTRIBUTE
    return Finding(target.origin, target.origin_span, kind, target.name, "", target.path, target.qualname)


def _stub_around(project: Project, path: Path, offset: int) -> list[Finding]:
    """The stub whose header or body holds the cursor."""
    around = definition_at(project, path, offset)
    if around is None or not around.stub:
        return []
    return [f for f in finding.at(project, path, around.name_start) if f.kind is FindingKind.STUB]


def _called_around(project: Project, path: Path, offset: int) -> list[Finding]:
    """What is called, and missing, where the cursor is among the arguments, or behind them: the innermost such call."""
    source = project.source(path)
    if source is None:
        return []
    among, behind = (nodes.node_at(source.tree, Span(at, offset)) for at in (offset, max(offset - 1, 0)))
    for each in (among, *nodes.ancestors(among), behind, *nodes.ancestors(behind)):
        called = None if each.parent is None else each.parent.child_by_field_name("function")
        if each.type == "argument_list" and each.start_byte < offset <= each.end_byte and called is not None:
            found = [f for f in finding.at(project, path, called.end_byte) if f.span.end == called.end_byte]
            if found:
                return found
    return []


def _missing(
    project: Project,
    path: Path,
    span: Span,
    diagnostics: Sequence[tuple[int, Diagnostic]],
    own: Sequence[Finding],
) -> list[_Missing]:
    """What the selection and the diagnostics mean, each once."""
    source = project.source(path)
    if source is None:
        return []
    chosen = {f.span: _Missing(f) for f in own if f.span.start <= span.end and f.span.end >= span.start}
    for position, diagnostic in diagnostics:
        for each in chosen.values():
            if diagnostic.code == each.finding.kind and diagnostic.span == each.finding.span:
                each.solves.append(position)
        place = foreign.place_of(source, diagnostic)
        found = None if place is None else _meant(project, path, place, diagnostic, own)
        if found is not None:
            chosen.setdefault(found.finding.span, found).solves.append(position)
    return list(chosen.values())


def _meant(
    project: Project, path: Path, place: Span, diagnostic: Diagnostic, own: Sequence[Finding]
) -> _Missing | None:
    """The missing name at a place that another server marks: a finding of ours, a use that we know of, or its word."""
    around = (*own, *finding.at(project, path, place.start))
    known = next((f for f in around if f.span == place), None)
    if known is not None:
        return _Missing(known)
    used = targets.at(project, path, place.start)
    if used:
        return _Missing(_of_use(used[0]), used)
    believed = _believed(project, path, place, diagnostic) if foreign.means_missing(diagnostic) else None
    return None if believed is None else _Missing(believed)


def _believed(project: Project, path: Path, place: Span, diagnostic: Diagnostic) -> Finding | None:
    """A finding made of another server's word, where our own analysis stays silent because it is in doubt."""
    source = project.source(path)
    assert source is not None
    node = source.tree.root_node.named_descendant_for_byte_range(place.start, place.end)
    if node is None or node.type != "identifier" or node.parent is None:
        return None
    name, parent = place.cut(source.text), node.parent
    if parent.type == "attribute" and parent.child_by_field_name("attribute") == node:
        receiver = parent.child_by_field_name("object")
        if receiver is not None and receiver.text is not None and receiver.text.startswith(b"super("):
            return None  # in a class above the one that is named
        owner = foreign.owner_in(diagnostic, name)
        classes = (
            [(p, s) for p, s in project.definitions(owner) if s.name == owner and s.bases is not None] if owner else []
        )
        if len(classes) != 1:
            return None
        where, symbol = classes[0]
        message = f"'{owner}' has no attribute '{name}'"
        return Finding(path, place, FindingKind.MISSING_ATTRIBUTE, name, message, where, f"{symbol.qualname}.{name}")
    called = (parent.type == "call" and parent.child_by_field_name("function") == node) or parent.type == "decorator"
    if not called:
        return None
    return Finding(path, place, FindingKind.UNDEFINED_CALL, name, f"'{name}' is not defined", path, name)
