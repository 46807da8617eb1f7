"""The one driver of a generation, for the server and the command line alike: a target in, a source change out.

``target → plan → context → pipeline → draft → source change``, with provenance written as "drafted". It changes no file
and no buffer: whoever drives it applies the change and reports back through `Outcome.applied` or `Outcome.refused`. The
text may change while a backend thinks, so the change is made again, on the newest snapshot, by `Outcome.rebase`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from msgspec import structs

from autogen_lsp.analysis import apply, plan, targets
from autogen_lsp.analysis.model import Plan, Target, TargetKind
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.unfinished import at_use
from autogen_lsp.backends.base import Report
from autogen_lsp.context import collect
from autogen_lsp.errors import EditRefused
from autogen_lsp.features.definition import definition_text
from autogen_lsp.generation import pipeline
from autogen_lsp.generation.model import Context, Draft, Request
from autogen_lsp.services import Services
from autogen_lsp.storage.provenance import Record, digest_of
from autogen_lsp.text import SourceChange, Span
from autogen_lsp.workspace.snapshot import Snapshot


async def implement(
    services: Services,
    snapshot_of: Callable[[], Snapshot],
    target: Target,
    *,
    backend: str | None = None,
    fresh: bool = False,
    instructions: str = "",
    drop: frozenset[str] = frozenset(),
    report: Report = lambda stage, fraction: None,
) -> Outcome:
    """Write one definition. ``snapshot_of`` gives the newest snapshot; ``fresh`` bypasses the cache; ``drop`` holds
    identities of items that the prompt is to be without (`context.collect.identity`).

    Raises `GenerationFailed`, `BackendError` or `EditRefused`; cancellation passes through, and nothing is left open.
    """
    report("analysing the call sites", 0.05)
    typed = await services.run(at_use, services.project(snapshot_of()), target)
    outcome = await draft(
        services,
        typed.project,
        target,
        backend=backend,
        fresh=fresh,
        instructions=instructions,
        drop=drop,
        report=report,
    )
    return replace(outcome, change=typed.as_typed(outcome.change))


async def draft(
    services: Services,
    project: Project,
    target: Target,
    *,
    backend: str | None = None,
    fresh: bool = False,
    instructions: str = "",
    drop: frozenset[str] = frozenset(),
    report: Report = lambda stage, fraction: None,
) -> Outcome:
    """The same for a project at hand, which may suppose texts that no file has yet."""
    chosen = services.backend(backend)
    snapshot = project.snapshot
    origin = project.source(target.origin)
    asked = target.name if origin is None else target.origin_span.cut(origin.text)
    made = await services.run(plan.make, project, target)
    context = Context()
    if chosen.name != "skeleton":  # which needs none
        report("collecting context", 0.15)
        context = await gather(services, project, made, drop=drop)
    async with services.limit:
        drafted = await pipeline.generate(
            Request(made, context, instructions, fresh, snapshot.relative(target.path)),
            project=project,
            backend=chosen,
            cache=services.cache,
            ledger=services.ledger,
            settings=services.settings,
            report=report,
            flights=services.flights,
        )
    report("placing the code", 0.95)
    change = await services.run(apply.realise, project, made, drafted.code, drafted.imports)
    record = _record(services, project, made, drafted, chosen.name, chosen.model)
    services.provenance.record(record)
    return Outcome(services, snapshot, target, asked, made, drafted, change, record)


async def gather(
    services: Services, project: Project, made: Plan, *, budget: int | None = None, drop: frozenset[str] = frozenset()
) -> Context:
    """The context of a plan, as it would be sent."""
    tokens = services.settings.context_budget_tokens if budget is None else budget
    return await collect.collect(project, made, tokens, graph=services.graph, drop=drop)


@dataclass(frozen=True)
class Outcome:
    """A generation that passed its checks, not applied yet. ``snapshot`` is what it was made from."""

    services: Services
    snapshot: Snapshot
    target: Target
    asked: str  # the use that asked for it, as it read
    plan: Plan
    draft: Draft
    change: SourceChange
    record: Record

    @property
    def main(self) -> Outcome:
        return self

    @property
    def parts(self) -> tuple[Outcome, ...]:
        return (self,)

    @property
    def summary(self) -> str:
        """One line for the user."""
        done = {"skeleton": "Created"}.get(self.record.backend, "Wrote")
        where = self.snapshot.relative(self.target.path)
        cost = self.record.cost
        price = f", {'≈ ' if self.record.estimated else ''}${cost:.4f}" if cost else ""
        cached = ", from the cache" if self.draft.cached else ""
        what = f"'{self.target.qualname}' in {where}" if self.target.qualname else f"module {where}"
        return f"{done} {what} ({self.record.backend}{price}{cached})"

    def rebase(self, snapshot: Snapshot) -> SourceChange:
        """The change as of a newer snapshot. Raises `EditRefused` with the reason where its place is gone."""
        old, new = self.snapshot.documents, snapshot.documents
        looked_at = {self.target.origin, *(file.path for file in self.change.files)}
        if all(path in old and old[path] is new.get(path) for path in looked_at):
            return self.change  # nothing was typed there meanwhile
        project = self.services.project(snapshot)
        target = relocate(project, self.target, self.asked)
        typed = at_use(project, target)
        return typed.as_typed(self.replaced(typed.project, target))

    def replaced(self, project: Project, target: Target) -> SourceChange:
        """The change for a project in which the target has been found again."""
        fresh = plan.make(project, target)
        if target.kind is TargetKind.STUB and fresh.skeleton != self.plan.skeleton:
            raise EditRefused(f"'{self.target.name}' was changed while its implementation was being written")
        return apply.realise(project, fresh, self.draft.code, self.draft.imports)

    def applied(self, snapshot: Snapshot) -> None:
        """Say that the change was applied; ``snapshot`` is the workspace after it."""
        text = definition_text(self.services.project(snapshot), self.target.path, self.target.qualname)
        self.services.provenance.mark(self.record.id, "applied", None if text is None else digest_of(text))

    def refused(self, reason: str) -> None:
        """Say that it was not."""
        self.services.provenance.mark(self.record.id, "refused")

    def receipt(self) -> dict[str, Any]:
        """The provenance record as ``autogen/provenance`` answers it."""
        return self.record.as_json()


def relocate(project: Project, target: Target, asked: str = "") -> Target:
    """The target in a newer text: its use found again, the nearest. Raises `EditRefused`.

    ``asked`` is how the use read, by default the target's own name.
    """
    asked = asked or target.name or target.path.stem
    if target.kind is TargetKind.STUB:
        found = targets.by_qualname(project, target.path, target.qualname)
        if found is None:
            raise EditRefused(f"'{target.name}' was removed while its implementation was being written")
        return found
    facts = project.facts(target.path)
    if target.kind is TargetKind.MODULE:
        if facts is not None:
            raise EditRefused(f"{target.path.name} was created meanwhile")
    elif facts is not None and any(symbol.qualname == target.qualname for symbol in facts.symbols):
        raise EditRefused(f"'{target.qualname}' was defined meanwhile")
    source = project.source(target.origin)
    text = b"" if source is None else source.text
    uses = [Span(m.start(), m.end()) for m in re.finditer(rb"(?<!\w)%s(?!\w)" % re.escape(asked.encode()), text)]
    if not uses:
        raise EditRefused(f"'{asked}' is no longer used in {target.origin.name}")
    return structs.replace(target, origin_span=min(uses, key=lambda use: abs(use.start - target.origin_span.start)))


def _record(services: Services, project: Project, made: Plan, draft: Draft, backend: str, model: str) -> Record:
    target, snapshot = made.target, project.snapshot
    origin = draft.origin
    costs = [each.cost for each in draft.completions if each.cost is not None]
    source = project.source(target.path)
    replaced = made.placement.span
    return Record(
        id=uuid.uuid4().hex,
        root=snapshot.root_of(target.path) or target.path.parent,
        path=snapshot.relative(target.path),
        qualname=target.qualname,
        digest=digest_of(draft.definition or draft.code),
        created=datetime.now(UTC),
        backend=origin.backend if origin else backend,
        model=origin.model if origin else model,
        run_id=origin.run_id if origin else "",
        run_url=origin.run_url if origin else "",
        cost=sum(costs) if costs else None,
        estimated=bool(costs),
        cached=draft.cached,
        recipe=draft.recipe,
        checks=tuple((check.name, check.ok, check.detail) for check in draft.checks),
        previous=replaced.cut(source.text) if source and replaced.start < replaced.end else None,
    )
