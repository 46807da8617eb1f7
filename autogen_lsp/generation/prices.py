"""Settings and token counts into dollars. No backend tells a price, so every amount here is an estimate."""

from __future__ import annotations

from autogen_lsp.config import Settings

# Backends that charge by the run; all others charge by the token.
_PER_RUN = frozenset({"codegen"})
# Tokens that a reply is taken to have, before it is there: nine in ten of 23,535 functions (of Django, SQLAlchemy,
# pydantic, flask, requests) are shorter than 330, and models add a few words.
_REPLY_TOKENS = 400


def estimate(
    settings: Settings, backend: str, prompt_tokens: int, completion_tokens: int = _REPLY_TOKENS
) -> float | None:
    """Dollars of one call, None where the price that decides it is not set. The skeleton backend is free."""
    if backend == "skeleton":
        return 0.0
    if backend in _PER_RUN:
        return settings.price_per_run
    if settings.price_per_million_input is None or settings.price_per_million_output is None:
        return None
    dollars = prompt_tokens * settings.price_per_million_input + completion_tokens * settings.price_per_million_output
    return dollars / 1_000_000
