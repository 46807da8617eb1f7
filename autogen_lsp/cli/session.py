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
    settings: Settings, roots: Sequence[Path], console: Console, *, index: bool
) -> AsyncIterator[Services]:
    """Services for these roots. With ``index``, which context is searched in, it is up to date when the body begins."""
    from autogen_lsp.services import build

    services = build(settings, roots, warn=lambda problem: console.note(problem.message))
    try:
        if index:
            await services.index.build(snapshot_of(services), console.report)
        yield services
    finally:
        console.clear()
        await services.aclose()


def wants_context(settings: Settings) -> bool:
    """Whether generations will be given context: the skeleton backend needs none, and starts at once."""
    from autogen_lsp.backends.registry import resolve

    return resolve(settings) != "skeleton"


def written(services: Services, paths: Sequence[Path]) -> None:
    """Tell the index, where there is one, of files that were written."""
    if "index" in vars(services):  # a cached property: asking for it would build one
        for path in paths:
            services.index.update(path)


def snapshot_of(services: Services) -> Snapshot:
    """The files as they are on disk now."""
    from autogen_lsp.workspace.snapshot import Snapshot

    return Snapshot(services.roots, settings=services.settings)
