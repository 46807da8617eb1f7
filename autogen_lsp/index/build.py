"""The store brought in step with the disk: a comparison of stat fields, and work only for what changed.

Where nothing changed no file is opened and no process started. What changed goes to worker processes in batches, the
files near open documents first, then by size; each batch is stored as it comes, so the index is usable while it grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from autogen_lsp.backends.base import Report
from autogen_lsp.index import pool, worker
from autogen_lsp.index.store import Store
from autogen_lsp.workspace.ignore import FoundFile

_BATCH_BYTES = 200_000
_BATCH_FILES = 48
# So much is done faster here than a worker starts.
_FEW_BYTES = 150_000


@dataclass
class _Progress:
    report: Report
    total: int
    done: int = field(default=0)

    def add(self, files: int) -> None:
        self.done += files
        self.report(f"indexing {self.done:,} of {self.total:,} files", self.done / self.total)


def bring_up_to_date(
    store: Store,
    found: Sequence[FoundFile],
    *,
    first: Callable[[str], bool],
    report: Report,
    stopped: Callable[[], bool],
    workers: int,
    pending: Callable[[set[str]], None],
) -> bool:
    """Make the store hold just the files found, as they are now; False if it was ``stopped`` before that was done.

    Blocking. ``first`` tells the paths to begin with, ``stopped`` is asked often; ``pending`` is told which files are
    yet to be read, in a set that shrinks as they are.
    """
    known = store.known()
    gone = known.keys() - {file.path for file in found}
    if gone:
        store.remove(gone)
    todo = [file for file in found if known.get(file.path, ())[:2] != (file.mtime_ns, file.size)]
    left = {file.path for file in todo}
    pending(left)
    if not todo:
        return True
    todo.sort(key=lambda file: (not first(file.path), -file.size, file.path))
    jobs = [(worker.Job(file.path, known[file.path][2] if file.path in known else b""), file.size) for file in todo]
    progress = _Progress(report, len(jobs))
    for answers in _answers(jobs, workers, stopped):
        store.put(answer for answer in answers if not answer.gone)
        if missing := [answer.path for answer in answers if answer.gone]:
            store.remove(missing)
        left.difference_update(answer.path for answer in answers)
        progress.add(len(answers))
    return progress.done == progress.total


def _answers(
    jobs: list[tuple[worker.Job, int]], workers: int, stopped: Callable[[], bool]
) -> Iterator[list[worker.Answer]]:
    if sum(size for _, size in jobs) > _FEW_BYTES and workers:
        try:
            run = pool.run(worker.MODULE, _batches(jobs), worker.encode_jobs, workers=workers, stopped=stopped)
            for batch, reply in run:
                yield [worker.poison(batch[0])] if reply is None else worker.decode_answers(reply)
            return
        except pool.NoWorkers:
            pass
    for job, _ in jobs:
        if stopped():
            return
        yield [worker.look(job)]


def _batches(jobs: list[tuple[worker.Job, int]]) -> Iterator[list[worker.Job]]:
    batch: list[worker.Job] = []
    size = 0
    for job, bytes_ in jobs:
        batch.append(job)
        size += bytes_
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
