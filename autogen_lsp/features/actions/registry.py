"""Which code actions exist, in the order of the editor's menu, and what they offer at a place.

To add one: a file beside this one with a function ``offers(context) -> Iterator[Offer]``, and a row in `ACTIONS`.
Offers are free to compute: nothing paid happens here, and no edit rides on a command.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from autogen_lsp.analysis import findings as finding
from autogen_lsp.analysis import targets
from autogen_lsp.analysis.model import Finding, FindingKind, Target
from autogen_lsp.analysis.project import Project
from autogen_lsp.config import Settings
from autogen_lsp.features import foreign
from autogen_lsp.features.actions import create_skeleton, generate, implement_stub, import_name, with_needs
from autogen_lsp.features.actions.context import ActionContext
from autogen_lsp.features.model import Diagnostic, Offer
from autogen_lsp.text import Span

log = logging.getLogger(__name__)

ACTIONS: tuple[Callable[[ActionContext], Iterator[Offer]], ...] = (
    import_name.offers,
    generate.offers,
    create_skeleton.offers,
    with_needs.offers,
    implement_stub.offers,
)


def offers(
    project: Project,
    settings: Settings,
    path: Path,
    span: Span,
    diagnostics: Sequence[Diagnostic] = (),
    own: Sequence[Finding] | None = None,
) -> list[Offer]:
    """Everything on offer for a selection and for diagnostics of whatever server. A failing action is only logged.

    ``own`` are the file's findings where the caller has them.
    """
    found: list[Offer] = []
    known = finding.find(project, path) if own is None else own
    contexts = [
        (ActionContext(project, settings, missing, findings=known), solves)
        for missing, solves in _missing(project, path, span, diagnostics, known)
    ]
    if not contexts and span.start == span.end:
        contexts = [(_of_use(project, settings, target, known), ()) for target in targets.at(project, path, span.start)]
    for context, solves in contexts:
        for action in ACTIONS:
            try:
                found.extend(replace(offer, diagnostics=solves) for offer in action(context))
            except Exception:  # one failing feature never takes another down (invariant 10)
                log.exception("code action %s failed", action.__module__)
    return found


def _of_use(project: Project, settings: Settings, target: Target, known: Sequence[Finding]) -> ActionContext:
    """A use that is no finding, but asks for something all the same: ``C(1)`` where no ``__init__`` takes it."""
    kind = FindingKind.MISSING_ATTRIBUTE
    missing = Finding(target.origin, target.origin_span, kind, target.name, "", target.path, target.qualname)
    return ActionContext(project, settings, missing, (target,), known)


def _missing(
    project: Project, path: Path, span: Span, diagnostics: Sequence[Diagnostic], own: Sequence[Finding]
) -> Iterable[tuple[Finding, tuple[int, ...]]]:
    """Findings in the selection and behind the diagnostics, each once, with the diagnostics that each explains."""
    source = project.source(path)
    if source is None:
        return []
    chosen: dict[Span, tuple[Finding, list[int]]] = {
        f.span: (f, []) for f in own if f.span.start <= span.end and f.span.end >= span.start
    }
    for position, diagnostic in enumerate(diagnostics):
        for f, solves in chosen.values():
            if diagnostic.code == f.kind and diagnostic.span == f.span:
                solves.append(position)
        place = foreign.place_of(source, diagnostic)
        if place is None:
            continue
        known = next((f for f in own if f.span == place), None) or _believed(project, path, place, diagnostic)
        if known is not None:
            chosen.setdefault(known.span, (known, []))[1].append(position)
    return [(f, tuple(solves)) for f, solves in chosen.values()]


def _believed(project: Project, path: Path, place: Span, diagnostic: Diagnostic) -> Finding | None:
    """A finding made of another server's word, where our own analysis stays silent because it is in doubt."""
    source = project.source(path)
    assert source is not None
    node = source.tree.root_node.named_descendant_for_byte_range(place.start, place.end)
    if node is None or node.type != "identifier" or node.parent is None:
        return None
    name, parent = place.cut(source.text), node.parent
    if parent.type == "attribute" and parent.child_by_field_name("attribute") == node:
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
