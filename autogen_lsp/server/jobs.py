"""The long jobs of a session: each has a progress token, can be cancelled in three ways, and ends in one.

``workDoneProgress/cancel`` and the command ``autogen.cancel`` cancel the job, and its request is answered "cancelled";
``$/cancelRequest`` cancels the request, and the job with it.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autogen_lsp.backends.base import Report
from autogen_lsp.errors import AutogenError
from autogen_lsp.server.guard import ERROR
from autogen_lsp.server.progress import Progress
from autogen_lsp.server.wire import Json

if TYPE_CHECKING:
    from autogen_lsp.server.session import Session

CANCELLED: Json = {"status": "cancelled"}


@dataclass
class Job:
    """A running job: its number, what it does, and the task that does it."""

    number: int
    title: str
    progress: Progress
    task: asyncio.Task[Json]
    cancelled: bool = False


class Jobs:
    """The registry. Event loop only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._numbers = itertools.count(1)
        self._running: dict[int, Job] = {}

    def __len__(self) -> int:
        return len(self._running)

    async def run(self, title: str, work: Callable[[Report], Awaitable[Json]], token: int | str | None = None) -> Json:
        """Run ``work`` under a progress and return its result, or what became of it:

        ``{"status": "cancelled"}``, or ``{"status": "failed", "error": class, "message": line}`` after the user was
        told.
        """
        peer = self._session.peer
        progress = Progress(peer, title, token=token, supported=self._session.client.progress)

        async def task() -> Json:
            return await work(progress.report)

        number = next(self._numbers)
        job = Job(number, title, progress, asyncio.get_running_loop().create_task(task(), name=title))
        self._running[number] = job
        progress.start()
        last = "failed"
        try:
            result = await job.task
            last = str(result.get("summary") or result.get("status") or "done")
        except asyncio.CancelledError:
            last = "cancelled"
            if not job.cancelled or _is_being_cancelled():
                raise
            return CANCELLED
        except Exception as error:
            line = peer.guard.report(title, error)
            if isinstance(error, AutogenError):
                peer.show(ERROR, f"autogen-lsp: {line}")
            return {"status": "failed", "error": type(error).__name__, "message": line}
        else:
            return result
        finally:
            del self._running[number]
            await progress.end(last)

    def cancel(self, token: Any) -> bool:
        """Cancel the job with this progress token; False where there is none (it may have just ended)."""
        found = [job for job in self._running.values() if job.progress.token == token]
        for job in found:
            self._cancel(job)
        return bool(found)

    def cancel_all(self) -> int:
        """Cancel everything; returns how many jobs that were."""
        jobs = list(self._running.values())
        for job in jobs:
            self._cancel(job)
        return len(jobs)

    async def close(self) -> None:
        """Cancel everything and wait until backends have closed their sockets."""
        tasks = [job.task for job in self._running.values()]
        self.cancel_all()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _cancel(self, job: Job) -> None:
        job.cancelled = True
        job.task.cancel()


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
