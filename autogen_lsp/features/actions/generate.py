"""Have the configured backend write the missing definition, body and all. Without a model it writes the skeleton."""

from __future__ import annotations

from collections.abc import Iterator

from autogen_lsp.analysis import titles
from autogen_lsp.features.actions.context import ActionContext
from autogen_lsp.features.model import Offer


def offers(context: ActionContext) -> Iterator[Offer]:
    if context.ai:
        yield from _offers(context, f"with AI{context.price()}")


def without_model(context: ActionContext) -> Iterator[Offer]:
    """A row of its own, below the action that is called what it does."""
    if not context.ai:
        yield from _offers(context, "(no AI set up: skeleton)")


def _offers(context: ActionContext, how: str) -> Iterator[Offer]:
    if context.is_stub:
        return
    several = len(context.targets) > 1
    for target in context.targets:
        title = titles.generate(context.project, target, among=several)
        yield context.offer(target, f"{title} {how}", "autogen.generate", ai=context.ai)
