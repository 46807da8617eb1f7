"""Which backend writes the body: the settings' choice as an object, made without loading what it needs.

A new backend is one file beside this one and one row here (and one name in `config.BACKENDS`).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple

from autogen_lsp.backends.base import Backend
from autogen_lsp.config import Settings
from autogen_lsp.errors import UsageError


def choose(settings: Settings, name: str | None = None) -> Backend:
    """The backend called ``name``, by default that of the settings. `UsageError` where there is none of that name.

    A backend that lacks something is returned all the same: its `complete` says what to do, and so does `problem`.
    """
    return _row(settings, name).make(settings)


def resolve(settings: Settings, name: str | None = None) -> str:
    """The name of the backend: "auto" is Codegen with credentials, else OpenAI with address or key, else skeleton."""
    name = name or settings.backend
    if name != "auto":
        return name
    if settings.codegen_token and settings.codegen_org_id is not None:
        return "codegen"
    if settings.openai_base_url or settings.openai_api_key:
        return "openai"
    return "skeleton"


def problem(settings: Settings, name: str | None = None) -> str | None:
    """What the backend lacks before it can answer, in one line; None where nothing is known to be missing."""
    return _row(settings, name).problem(settings)


class _Row(NamedTuple):
    make: Callable[[Settings], Backend]
    problem: Callable[[Settings], str | None]


def _row(settings: Settings, name: str | None) -> _Row:
    rows = {
        "codegen": _Row(_codegen, _codegen_problem),
        "openai": _Row(_openai, _openai_problem),
        "skeleton": _Row(_skeleton, lambda settings: None),
    }
    wanted = resolve(settings, name)
    if wanted not in rows:
        raise UsageError(f"there is no backend {wanted!r}; use auto, {', '.join(rows)}")
    return rows[wanted]


def _codegen(settings: Settings) -> Backend:
    from autogen_lsp.backends.codegen import CodegenBackend

    return CodegenBackend(settings)


def _codegen_problem(settings: Settings) -> str | None:
    if not settings.codegen_token:
        return "no token: set CODEGEN_API_TOKEN"
    if settings.codegen_org_id is None:
        return "no organisation: set autogen.codegen.orgId or CODEGEN_ORG_ID"
    if find_spec("codegen") is None:
        return "the SDK is not installed: pip install 'autogen-lsp[codegen]'"
    return None


def _openai(settings: Settings) -> Backend:
    from autogen_lsp.backends.openai import OpenAIBackend

    return OpenAIBackend(settings)


def _openai_problem(settings: Settings) -> str | None:
    if not (settings.openai_api_key or settings.openai_base_url):
        return "no API key: set OPENAI_API_KEY, or autogen.openai.baseUrl for a server without one"
    return None


def _skeleton(settings: Settings) -> Backend:
    from autogen_lsp.backends.skeleton import SkeletonBackend

    return SkeletonBackend()
