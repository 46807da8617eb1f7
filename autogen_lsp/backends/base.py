"""The contract of a backend: a prompt in, a completion out, with stages reported and cancellation honoured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

# Tells the user what a long job is doing: a short stage ("waiting for the agent"), and how far it is, 0-1, where known.
Report = Callable[[str, float | None], None]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent. ``stable`` parts of the text come first, so that providers' prompt caches hit.

    ``skeleton`` is the definition to be completed (unindented, valid Python) and ``name`` its name: what an offline
    backend needs. ``recipe`` is the SHA-256 (hex) of all that decides the answer.
    """

    text: str
    skeleton: str
    name: str
    recipe: str
    tokens: int = 0
    problems: tuple[str, ...] = ()  # of the reply that this prompt asks to repair


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token counts; ``cached`` is the part of ``prompt`` that the provider had cached."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    """A backend's reply: free text, and where it came from. ``cost`` in dollars, None where it is not told."""

    text: str
    backend: str
    model: str = ""
    tokens: Tokens = Tokens()
    cost: float | None = None
    run_id: str = ""
    run_url: str = ""


class Backend(Protocol):
    """Network code lives in implementations of this and nowhere else.

    `complete` raises `BackendError` subclasses only (besides `asyncio.CancelledError`, after which no socket of the
    call may stay open longer than 500 ms). A request that may have been billed is never repeated by the backend.
    """

    @property
    def name(self) -> str: ...

    @property
    def paid(self) -> bool:
        """Whether a call may cost money; unpaid ones bypass the budget."""
        ...

    @property
    def model(self) -> str:
        """Part of the cache key: the model's name, '' where there is none."""
        ...

    async def complete(self, prompt: Prompt, report: Report) -> Completion: ...

    async def aclose(self) -> None: ...
