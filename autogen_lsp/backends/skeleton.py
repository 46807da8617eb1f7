"""The offline backend: answers with the skeleton itself. No network, no key, no cost."""

from __future__ import annotations

from autogen_lsp.backends.base import Completion, Prompt, Report


class SkeletonBackend:
    """`Backend` whose completion is the prompt's skeleton in a fence."""

    name = "skeleton"
    paid = False
    model = ""

    async def complete(self, prompt: Prompt, report: Report) -> Completion:
        return Completion(text=f"```python\n{prompt.skeleton.rstrip()}\n```\n", backend=self.name, cost=0.0)

    async def aclose(self) -> None:
        """Nothing to close."""
