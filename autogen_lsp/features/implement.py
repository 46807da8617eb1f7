"""The one driver of a generation, for the server and the command line alike: a target in, a source change out.

``target → plan → context → pipeline → draft → source change``, with provenance written as "drafted". It changes no file and
no buffer: whoever drives it applies the change and reports back through `Outcome.applied` or `Outcome.refused`. The text
may change while a backend thinks, so the change is made again, on the newest snapshot, by `Outcome.rebase`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from autogen_lsp.analysis import apply, findings, plan, targets
from autogen_lsp.analysis.model import Plan, Target, TargetKind
from autogen_lsp.backends.base import Report
from autogen_lsp.errors import EditRefused, NotFound
from autogen_lsp.features import receipt
from autogen_lsp.generation import pipeline
from autogen_lsp.generation.model import Draft, Request
from autogen_lsp.services import Services
from autogen_lsp.text import SourceChange
from autogen_lsp.workspace.snapshot import Snapshot


@dataclass(frozen=True)
class Outcome:
    """A generation that passed its checks, not applied yet."""

    services: Services
    target: Target
    plan: Plan
    draft: Draft
    change: SourceChange
    record: str  # id of the provenance record

    def rebase(self, snapshot: Snapshot) -> SourceChange:
        """The change as of a newer snapshot. Raises `EditRefused` with the reason where its place is gone."""
        project = self.services.project(snapshot)
        target = relocate(project, self.target)
        if target is None:
            raise EditRefused(f"'{self.target.name}' is no longer missing here, or the call that asked for it is gone")
        fresh = plan.make(project, target)
        if target.kind is TargetKind.STUB and fresh.skeleton != self.plan.skeleton:
            raise EditRefused(f"'{self.target.name}' was changed while its implementation was written")
        return apply.realise(project, fresh, self.draft.code, self.draft.imports)
