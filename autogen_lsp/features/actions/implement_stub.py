"""Write the body of a function that has none yet."""

from __future__ import annotations

from collections.abc import Iterator

from autogen_lsp.features.actions.context import ActionContext
from autogen_lsp.features.model import Offer


def offers(context: ActionContext) -> Iterator[Offer]:
    if not context.is_stub:
        return
    for target in context.targets:
        title = f"Implement '{target.name}'{context.price() if context.ai else ' (no AI set up: skeleton)'}"
        yield context.offer(target, title, "autogen.generate", ai=context.ai, kind="refactor.rewrite")
