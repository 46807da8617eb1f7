"""What an action sees: the project, the settings, and the one thing that is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from autogen_lsp.analysis import targets
from autogen_lsp.analysis.model import Finding, FindingKind, Target, TargetKind
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.standard import HOMES
from autogen_lsp.backends import registry
from autogen_lsp.config import Settings
from autogen_lsp.features.model import Offer
from autogen_lsp.generation.prices import estimate
from autogen_lsp.text import SourceChange

MOST_MODULES = 5


@dataclass(frozen=True)
class ActionContext:
    """One finding and what is needed to decide on it. Nothing here costs money or changes anything."""

    project: Project
    settings: Settings
    finding: Finding
    given: tuple[Target, ...] = ()  # of a use that is no finding
    inline: bool = False  # changes are wanted with the actions: the client lets no command edit

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """What could be created; several where the receiver may be of several classes, none where an import will do."""
        return self.given or (() if self.importable else tuple(targets.targets_of(self.project, self.finding)))

    @cached_property
    def importable(self) -> tuple[str, ...]:
        """Modules of the workspace that have the name already; none where too many do for a guess to be good."""
        modules = targets.importable(self.project, self.finding)
        return tuple(modules) if len(modules) <= MOST_MODULES else ()

    @property
    def standard(self) -> tuple[str, ...]:
        """The module of the standard library that has the name, where it is a well-known one."""
        missing = self.finding.kind is FindingKind.UNDEFINED_CALL and self.finding.name in HOMES
        return (HOMES[self.finding.name],) if missing else ()

    @property
    def is_stub(self) -> bool:
        return self.finding.kind is FindingKind.STUB

    @property
    def ai(self) -> bool:
        """Whether a model would be asked, as configured."""
        return registry.resolve(self.settings) != "skeleton"

    def price(self, generations: int = 1) -> str:
        """' (≈ $0.004)' where prices are configured, else ''."""
        backend = registry.resolve(self.settings)
        cost = estimate(self.settings, backend, self.settings.context_budget_tokens) if self.ai else None
        if cost is None:
            return ""
        cost *= generations
        return f" (≈ ${cost:.3g})" if cost < 1 else f" (≈ ${cost:.2f})"

    def offer(
        self,
        target: Target,
        title: str,
        command: str,
        *,
        ai: bool,
        kind: str = "quickfix",
        preferred: bool = False,
        wanted: Sequence[Target] = (),
        change: SourceChange | None = None,
    ) -> Offer:
        """``wanted``: all that is written with it, where that is more than the target."""
        f = self.finding
        name = "" if self.is_stub else f.name
        creates = any(each.kind is TargetKind.MODULE for each in (target, *wanted))
        return Offer(
            title, kind, f.path, f.span, target.qualname, f.kind, name, command, ai, preferred,
            change, bool(wanted), creates,
        )  # fmt: skip
