"""The services of one command: built, the index brought up to date, and everything ended at the end."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.cli.console import Console
from autogen_lsp.config import Settings

if TYPE_CHECKING:
    from autogen_lsp.services import Services
    from autogen_lsp.workspace.snapshot import Snapshot


@contextlib.asynccontextmanager
async def session(
    settings: Settings, roots: Sequence[Path], console: Console, *, index: bool = True
) -> AsyncIterator[Services]:
    """Services for these roots. With ``index``, call sites of the whole workspace are known when the body begins."""
    from autogen_lsp.services import build

    services = build(settings, roots, warn=lambda problem: console.note(problem.message))
    try:
        if index:
            await services.index.build(snapshot_of(services), console.report)
        yield services
    finally:
        console.clear()
        await services.aclose()


def snapshot_of(services: Services) -> Snapshot:
    """The files as they are on disk now."""
    from autogen_lsp.workspace.snapshot import Snapshot

    return Snapshot(services.roots, settings=services.settings)
