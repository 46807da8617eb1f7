"""Create the missing definition with all that it needs and that is missing, too: one click, one edit."""

from __future__ import annotations

from collections.abc import Iterator

from autogen_lsp.analysis import needs, titles
from autogen_lsp.features.actions.context import ActionContext
from autogen_lsp.features.model import Offer


def offers(context: ActionContext) -> Iterator[Offer]:
    if context.is_stub:
        return
    for target in context.targets:
        wanted = needs.with_needs(context.project, target)
        if len(wanted) == 1:
            continue
        if context.ai:
            title = f"{titles.generate_with_needs(context.project, target, wanted)} with AI{context.price(len(wanted))}"
            yield context.offer(target, title, "autogen.generate", ai=True, wanted=wanted)
        title = f"{titles.with_needs(context.project, target, wanted)} (skeleton)"
        yield context.offer(target, title, "autogen.createSkeleton", ai=False, wanted=wanted)
