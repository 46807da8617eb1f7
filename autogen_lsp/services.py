"""The composition root: one object that owns every long-lived part, each built when first asked for.

Nothing heavy is imported before it is needed: a server that only answers `initialize` has built none of this. `Services`
belongs to the event loop; blocking work goes through `run`, into its one executor, on frozen snapshots.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.config import Settings
from autogen_lsp.workspace.snapshot import Snapshot

if TYPE_CHECKING:
    from autogen_lsp.analysis.project import Project
    from autogen_lsp.backends.base import Backend
    from autogen_lsp.codebase.client import Graph
    from autogen_lsp.index.client import Index
    from autogen_lsp.storage.provenance import Provenance
    from autogen_lsp.storage.replies import ReplyCache
    from autogen_lsp.storage.usage import Ledger


def build(settings: Settings, roots: Sequence[Path]) -> Services:
    """Services for these roots. Costs nothing until a part is used."""
    return Services(settings=settings, roots=tuple(roots))


@dataclass
class Services:
    """Long-lived parts of one session. ``session`` is its id in usage records, ``started`` its beginning (UTC)."""

    settings: Settings
    roots: tuple[Path, ...]
    session: str = field(default_factory=lambda: uuid.uuid4().hex)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _backends: dict[str, Backend] = field(default_factory=dict, repr=False)

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Blocking work, off the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: function(*args, **kwargs))

    @cached_property
    def _executor(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=2, thread_name_prefix="autogen")
