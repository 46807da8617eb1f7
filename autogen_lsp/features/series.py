"""Several definitions by one click: drafted one after another, each on texts that hold the earlier ones; one change.

So their types agree, and a model sees what the others have become. A `Series` is to its driver what an `Outcome` of
`features.implement` is: a change to apply, to be made again on newer texts, and provenance of each part. What an
earlier part brought along, or the user wrote meanwhile, is left out; without the target there is nothing to apply.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from msgspec import structs

from autogen_lsp.analysis import titles
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.unfinished import Finished, at_use
from autogen_lsp.backends.base import Report
from autogen_lsp.errors import EditRefused
from autogen_lsp.features.implement import Outcome, draft, relocate
from autogen_lsp.services import Services
from autogen_lsp.text import FileChange, SourceChange, carried, composed
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source

# Of writing all that is missing: new code lacks things, too. Of a class that was missing, what is called on it.
MOST_ROUNDS = 5


async def implement_all(
    services: Services,
    snapshot_of: Callable[[], Snapshot],
    target: Target,
    wanted: Sequence[Target],
    *,
    backend: str | None = None,
    fresh: bool = False,
    drop: frozenset[str] = frozenset(),
    report: Report = lambda stage, fraction: None,
) -> Series:
    """Write all that is ``wanted``, in this order, for the sake of ``target``, which is one of them.

    Raises as `implement` does: where one part fails, nothing comes of the others.
    """
    layers = Layers(await services.run(at_use, services.project(snapshot_of()), target))
    outcomes: list[Outcome] = []
    for number, each in enumerate(wanted):
        here = layers.place(each, needed=each == target)
        if here is None:
            continue

        def tell(stage: str, fraction: float | None, name: str = each.name, number: int = number) -> None:
            report(f"{name}: {stage}", None if fraction is None else (number + fraction) / len(wanted))

        outcome = await draft(services, layers.project, here, backend=backend, fresh=fresh, drop=drop, report=tell)
        await services.run(layers.add, outcome.change, here)
        outcomes.append(replace(outcome, target=each))
    return Series(
        services,
        target,
        outcomes,
        layers.change(titles.with_needs(layers.base, target, [each.target for each in outcomes])),
    )


@dataclass
class Series:
    """Generations that passed their checks, not applied yet; ``change`` is what all of them do."""

    services: Services
    target: Target
    outcomes: list[Outcome]
    change: SourceChange
    _applied: list[Outcome] = field(default_factory=list)

    @property
    def parts(self) -> tuple[Outcome, ...]:
        return tuple(self.outcomes)

    @property
    def main(self) -> Outcome:
        return next(each for each in self.outcomes if each.target == self.target)

    @property
    def summary(self) -> str:
        """One line for the user."""
        first = self.outcomes[0]
        done = {"skeleton": "Created"}.get(first.record.backend, "Wrote")
        cost = sum(each.record.cost or 0.0 for each in self.outcomes)
        price = f", ≈ ${cost:.4f}" if cost else ""
        made = [each.target for each in self._applied or self.outcomes]
        names = titles.listed([each.qualname or each.path.stem for each in made])
        files = dict.fromkeys(self.main.snapshot.relative(each.path) for each in made)
        return f"{done} {names} in {', '.join(files)} ({first.record.backend}{price})"

    def rebase(self, snapshot: Snapshot) -> SourceChange:
        """The change as of a newer snapshot. Raises `EditRefused` with the reason where the target's place is gone."""
        layers = Layers(at_use(self.services.project(snapshot), self.target))
        self._applied = []
        for each in self.outcomes:
            here = layers.place(each.target, each.asked, needed=each.target == self.target)
            if here is not None:
                layers.add(each.replaced(layers.project, here), here)
                self._applied.append(each)
        return layers.change(self.change.title)

    def applied(self, snapshot: Snapshot) -> None:
        """Say that the change was applied; ``snapshot`` is the workspace after it."""
        for each in self.outcomes:
            if each in self._applied:
                each.applied(snapshot)
            else:
                each.refused("it was defined meanwhile")

    def refused(self, reason: str) -> None:
        """Say that it was not."""
        for each in self.outcomes:
            each.refused(reason)

    def receipt(self) -> dict[str, Any]:
        """The provenance record of the target, as ``autogen/provenance`` answers it."""
        return self.main.receipt()


class Layers:
    """A project and changes upon it, each made for the texts that the last one left."""

    def __init__(self, typed: Finished) -> None:
        self._typed = typed
        self.base = self.project = typed.project
        self._changes: dict[Path, FileChange] = {}
        self._classes: dict[Path, tuple[str, ...]] = {}  # made so far: functions that name them go below them

    def place(self, target: Target, asked: str = "", *, needed: bool) -> Target | None:
        """The target in the newest texts; None where it is there already. Raises `EditRefused` for one that is needed.

        Its use is looked for in the base, in which nothing else has been written yet that mentions it.
        """
        origin = self.base.source(target.origin)
        asked = asked or ("" if origin is None else target.origin_span.cut(origin.text))
        try:
            here = relocate(self.base, target, asked)
            edits = self._changes[target.origin].edits if target.origin in self._changes else ()
            here = structs.replace(
                here, origin_span=carried(here.origin_span, edits), below=self._classes.get(target.path, ())
            )
            return relocate(self.project, here, asked)
        except EditRefused:
            if needed:
                raise
            return None

    def add(self, change: SourceChange, target: Target) -> None:
        """``change`` was made for `project` as it is now; it makes ``target``."""
        texts: dict[Path, Source] = {}
        for file in change.files:
            before, source = self._changes.get(file.path), self.project.source(file.path)
            texts[file.path] = Source(file.path, file.apply(b"" if source is None else source.text))
            if before is not None:
                file = replace(before, edits=composed(before.edits, file.edits))
            self._changes[file.path] = file
        if target.kind is TargetKind.CLASS:
            self._classes[target.path] = (*self._classes.get(target.path, ()), target.qualname)
        self.project = self.project.supposing(texts)

    def change(self, title: str) -> SourceChange:
        """All of them as one, for the files as they are."""
        return self._typed.as_typed(SourceChange(tuple(self._changes.values()), title))
