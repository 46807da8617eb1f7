"""Create the missing definition with its signature and no body: offline, free, at once.

A command, so that it is written for the newest text and its origin is kept; for a client that lets no command edit, the
change itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from autogen_lsp.analysis import apply, plan, titles
from autogen_lsp.analysis.model import Target
from autogen_lsp.errors import EditRefused
from autogen_lsp.features.actions.context import ActionContext
from autogen_lsp.features.model import Offer
from autogen_lsp.text import SourceChange


def offers(context: ActionContext) -> Iterator[Offer]:
    if context.is_stub:
        return
    for target in context.targets:
        title = f"{titles.title_of(context.project, target)} (skeleton)"
        sure = len(context.targets) == 1 and not context.standard
        if not context.inline:
            yield context.offer(target, title, "autogen.createSkeleton", ai=False, preferred=sure)
        elif (change := _change(context, target)) is not None:
            yield context.offer(target, title, "", ai=False, preferred=sure, change=change)


def _change(context: ActionContext, target: Target) -> SourceChange | None:
    made = plan.make(context.project, target)
    try:
        return apply.realise(context.project, made, made.skeleton)
    except EditRefused:
        return None
