"""The numbers of `autogen/usage`, of the status bar and of ``autogen-lsp usage``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from autogen_lsp.errors import UsageError
from autogen_lsp.services import Services
from autogen_lsp.storage.paths import workspace_key
from autogen_lsp.storage.report import Scope


def usage(services: Services, scope: str = "session", since: str | None = None, by: str = "module") -> dict[str, Any]:
    """The report; ``since`` is ISO 8601 (UTC where it names no zone). Raises `UsageError` for what does not exist."""
    keys = [workspace_key(root) for root in services.roots]
    return services.ledger.report(cast("Scope", scope), _moment(since), by, keys)


def _moment(since: str | None) -> datetime | None:
    if since is None:
        return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise UsageError(f"since {since!r} is no ISO 8601 date or time, such as 2026-01-31") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
