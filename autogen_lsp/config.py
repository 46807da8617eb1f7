"""Settings, declared once: key, type, default, environment variable and explanation in one table row each.

The editors' settings (`initializationOptions`, `workspace/configuration`, section ``autogen``) and the environment
become one frozen `Settings`. A wrong value is named and explained, and its default is used; nothing here raises for it.
The VS Code schema and the Neovim defaults are checked against this table by a test.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

BACKENDS = ("auto", "codegen", "openai", "skeleton")
SEVERITIES = ("error", "warning", "information", "hint", "off")
KINDS = ("undefined-call", "missing-import", "missing-module", "missing-attribute", "stub")


def _setting(
    key: str, default: Any, doc: str, *, env: tuple[str, ...] = (), choices: tuple[str, ...] = (), secret: bool = False
) -> Any:
    metadata = {"key": key, "doc": doc, "env": env, "choices": choices, "secret": secret}
    return field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True)
class Settings:
    """One row a setting. Money is US dollars, times are seconds; None means: no limit, or not set."""

    backend: str = _setting("backend", "auto", "Who writes the body.", env=("AUTOGEN_BACKEND",), choices=BACKENDS)
    codegen_org_id: int | None = _setting("codegen.orgId", None, "Codegen organisation.", env=("CODEGEN_ORG_ID",))
    codegen_token: str | None = _setting(
        "codegen.token", None, "Codegen API token; keep it out of files that are committed.",
        env=("CODEGEN_API_TOKEN", "CODEGEN_TOKEN"), secret=True,
    )  # fmt: skip
    codegen_base_url: str | None = _setting(
        "codegen.baseUrl", None, "Codegen API address.", env=("CODEGEN_API_BASE_URL",)
    )
    openai_base_url: str | None = _setting(
        "openai.baseUrl", None, "Address of an OpenAI-compatible API.", env=("OPENAI_BASE_URL", "OPENAI_API_BASE_URL")
    )
    openai_model: str | None = _setting("openai.model", None, "Model name.", env=("OPENAI_MODEL",))
    openai_api_key: str | None = _setting("openai.apiKey", None, "API key.", env=("OPENAI_API_KEY",), secret=True)
    context_budget_tokens: int = _setting("context.budgetTokens", 4000, "Size of the prompt's context, in tokens.")
    context_exclude: tuple[str, ...] = _setting(
        "context.exclude", (), "Globs of files that are never read, on top of .gitignore and .autogenignore."
    )
    cache_memory_entries: int = _setting("cache.memoryEntries", 256, "Replies kept in memory.")
    cache_dir: str | None = _setting(
        "cache.dir", None, "Folder of the disk cache; by default the platform's.", env=("AUTOGEN_CACHE_DIR",)
    )
    cache_redis_url: str | None = _setting(
        "cache.redisUrl", None, "A shared cache in Redis.", env=("AUTOGEN_REDIS_URL",), secret=True
    )
    cache_ttl_days: float = _setting("cache.ttlDays", 30.0, "Days that a cached reply stays valid.")
    budget_per_session: float | None = _setting(
        "budget.perSession", None, "Most that one session may cost, in dollars."
    )
    budget_per_day: float | None = _setting("budget.perDay", None, "Most that one day may cost, in dollars.")
    price_per_run: float | None = _setting("price.perRun", None, "Price of one agent run, in dollars.")
    price_per_million_input: float | None = _setting(
        "price.perMillionInput", None, "Price of a million prompt tokens, in dollars."
    )
    price_per_million_output: float | None = _setting(
        "price.perMillionOutput", None, "Price of a million completion tokens, in dollars."
    )
    price_per_million_cached: float | None = _setting(
        "price.perMillionCached", None, "Price of a million cached prompt tokens, in dollars."
    )
    concurrency: int = _setting("concurrency", 5, "Generations at the same time.")
    rate_limit_per_minute: int = _setting("rateLimit.perMinute", 10, "Runs started per minute.")
    timeout_seconds: float = _setting("timeout.seconds", 300.0, "Deadline of one generation.")
    repair_attempts: int = _setting("repair.attempts", 1, "Rounds in which a bad reply is sent back with its problems.")
    diagnostics_severity: str = _setting("diagnostics.severity", "hint", "How findings are shown.", choices=SEVERITIES)
    diagnostics_kinds: tuple[str, ...] = _setting(
        "diagnostics.kinds", KINDS, "Kinds of findings that are shown.", choices=KINDS
    )
    code_lens: bool = _setting("codeLens", True, "Show code lenses.")
    templates_dir: str | None = _setting("templatesDir", None, "Folder with your own prompt templates.")
    audit: str = _setting("audit", "metadata", "What the audit log holds.", choices=("off", "metadata", "full"))
    python_path: str | None = _setting(
        "python.path", None, "Interpreter or environment whose packages count as installed; found by itself if not set."
    )


@dataclass(frozen=True)
class Problem:
    """A setting that could not be used: its key and one sentence for the user."""

    key: str
    message: str


def load(
    editor: Mapping[str, Any] | None = None, environ: Mapping[str, str] = os.environ
) -> tuple[Settings, list[Problem]]:
    """Settings from the editor's ``autogen`` section (nested or dotted keys) over the environment over defaults."""
    given = _flatten(editor or {})
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    known = set()
    for f in fields(Settings):
        key = f.metadata["key"]
        known.add(key)
        sources = [(f"setting autogen.{key}", given.get(key))]
        sources += [(f"environment {name}", environ[name]) for name in f.metadata["env"] if environ.get(name)]
        for origin, raw in sources:
            if raw is None or raw == "":
                continue
            try:
                values[f.name] = _convert(raw, str(f.type), f.metadata["choices"])
            except ValueError as error:
                shown = "" if f.metadata["secret"] else f" {raw!r}"
                fallback = "nothing" if f.default in (None, ()) else repr(f.default)
                problems.append(Problem(key, f"{origin}{shown}: {error}; using {fallback} instead"))
                continue
            break
    problems += [
        Problem(key, f"setting autogen.{key} is not known; see docs/configuration.md")
        for key in given
        if key not in known and key not in CLIENT_KEYS
    ]
    return Settings(**values), problems


# Set by clients beside the settings, and read where they matter.
CLIENT_KEYS = frozenset({"usageNotifications", "serverPath", "serverArgs", "trace.server"})


def _flatten(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, item in value.items():
        if isinstance(item, Mapping):
            out |= _flatten(item, f"{prefix}{key}.")
        else:
            out[f"{prefix}{key}"] = item
    return out


def _convert(raw: Any, annotation: str, choices: tuple[str, ...]) -> Any:
    kind = annotation.removesuffix(" | None")
    if kind.startswith("tuple"):
        items = raw.split(",") if isinstance(raw, str) else raw
        if not isinstance(items, (list, tuple)) or not all(isinstance(item, str) for item in items):
            raise ValueError("must be a list of strings")
        for item in items:
            if choices and item not in choices:
                raise ValueError(f"{item!r} is none of {', '.join(choices)}")
        return tuple(item.strip() for item in items)
    if kind == "bool":
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, str) and raw.lower() in ("1", "true", "yes", "0", "false", "no"):
            return raw.lower() in ("1", "true", "yes")
        raise ValueError("must be true or false")
    if kind in ("int", "float"):
        wanted = "must be a whole number, 0 or more" if kind == "int" else "must be a number, 0 or more"
        if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
            raise ValueError(wanted)
        try:
            number = float(raw)
        except (ValueError, OverflowError):
            raise ValueError(wanted) from None
        if number != number or number < 0 or (kind == "int" and not number.is_integer()):
            raise ValueError(wanted)
        return int(number) if kind == "int" else number
    if not isinstance(raw, str):
        raise ValueError("must be a string")
    if choices and raw not in choices:
        raise ValueError(f"must be one of {', '.join(choices)}")
    return raw
