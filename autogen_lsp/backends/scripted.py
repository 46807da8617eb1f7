"""A backend that answers from a script: for tests, and for users who want to try the pipeline without a service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from autogen_lsp.backends.base import Completion, Prompt, Report, Tokens
from autogen_lsp.errors import ServiceFailed

# Text; an exception to raise; or a function of the prompt that gives either, or awaits something first.
Reply = str | BaseException | Completion | Callable[[Prompt], "str | Completion | Awaitable[str | Completion]"]


class ScriptedBackend:
    """Gives one reply after the other and keeps the ``prompts``; a script that has run out fails the call."""

    def __init__(
        self,
        replies: Iterable[Reply],
        *,
        name: str = "scripted",
        model: str = "",
        paid: bool = False,
        cost: float | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self.name = name
        self.model = model
        self.paid = paid
        self.prompts: list[Prompt] = []
        self.closed = False
        self._replies = iter(replies)
        self._cost = cost
        self._tokens = tokens or Tokens()

    async def complete(self, prompt: Prompt, report: Report) -> Completion:
        self.prompts.append(prompt)
        report("reading the script", None)
        reply = next(self._replies, None)
        if reply is None:
            raise ServiceFailed(f"the script of backend {self.name!r} has no reply left")
        if isinstance(reply, BaseException):
            raise reply
        if callable(reply):
            answer = reply(prompt)
            reply = await answer if isinstance(answer, Awaitable) else answer
        if isinstance(reply, Completion):
            return reply
        return Completion(text=reply, backend=self.name, model=self.model, cost=self._cost, tokens=self._tokens)

    async def aclose(self) -> None:
        self.closed = True
