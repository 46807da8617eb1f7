"""Create the missing definition with its signature and no body: offline, free, at once."""

from __future__ import annotations

from collections.abc import Iterator

from autogen_lsp.analysis import titles
from autogen_lsp.features.actions.context import ActionContext
from autogen_lsp.features.model import Offer


def offers(context: ActionContext) -> Iterator[Offer]:
    if context.is_stub:
        return
    for target in context.targets:
        title = f"{titles.title_of(context.project, target)} (skeleton)"
        sure = len(context.targets) == 1 and not context.standard
        yield context.offer(target, title, "autogen.createSkeleton", ai=False, preferred=sure)
