"""Moments as the state database keeps them: UTC, ISO 8601 to the millisecond, so that text sorts as time."""

from __future__ import annotations

from datetime import UTC, datetime

from autogen_lsp.errors import UsageError


def to_text(moment: datetime) -> str:
    """``2026-01-31T09:30:00.000Z``. A moment without a zone is taken as local time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """An aware moment from ISO 8601; one without a zone is UTC. Raises `UsageError` where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a time in ISO 8601, such as 2026-01-31T09:30:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
