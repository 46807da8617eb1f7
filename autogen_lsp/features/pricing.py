"""What a generation would cost, from the configured prices alone; None wherever the user has set none."""

from __future__ import annotations

from autogen_lsp.config import Settings

# What a body typically takes: the context budget in, this many tokens out. The estimate is shown as one ("≈").
TYPICAL_COMPLETION_TOKENS = 400


def ai_backend(settings: Settings) -> str | None:
    """Name of the backend with a model that would be used, None where it is the offline skeleton."""
    if settings.backend != "auto":
        return None if settings.backend == "skeleton" else settings.backend
    if settings.codegen_token and settings.codegen_org_id is not None:
        return "codegen"
    if settings.openai_base_url or settings.openai_api_key:
        return "openai"
    return None


def estimate(settings: Settings) -> float | None:
    """Dollars for one generation, None where there is no price or no model."""
    match ai_backend(settings):
        case "codegen":
            return settings.price_per_run
        case "openai":
            into, out = settings.price_per_million_input, settings.price_per_million_output
            if into is None and out is None:
                return None
            return (settings.context_budget_tokens * (into or 0) + TYPICAL_COMPLETION_TOKENS * (out or 0)) / 1e6
    return None
