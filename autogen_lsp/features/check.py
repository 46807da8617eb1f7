"""What is missing in files and folders: paths into findings, the whole workspace known, by several processes.

The index is brought up to date first, so findings never depend on which files are asked for. They are kept beside it
under a digest of everything that they can depend on: where nothing changed, nothing is analysed again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from autogen_lsp.analysis.environment import find_environment
from autogen_lsp.analysis.findings import find
from autogen_lsp.analysis.model import Finding
from autogen_lsp.analysis.project import Project
from autogen_lsp.backends.base import Report
from autogen_lsp.config import Problem
from autogen_lsp.features import check_worker as worker
from autogen_lsp.index import pool
from autogen_lsp.index.client import Index
from autogen_lsp.index.location import code_digest
from autogen_lsp.workspace.ignore import Rules
from autogen_lsp.workspace.snapshot import Snapshot

_BATCH = 16
# Fewer files are analysed here sooner than a worker starts.
_FEW = 24


@dataclass(frozen=True)
class Checked:
    """Findings by path and place, how many files were looked at, and those that could not be analysed."""

    findings: tuple[Finding, ...]
    files: int
    skipped: tuple[Path, ...] = ()


def check(
    snapshot: Snapshot,
    paths: Sequence[Path],
    *,
    index: Index | None = None,
    report: Report = lambda stage, fraction: None,
    warn: Callable[[Problem], None] = lambda problem: None,
    stopped: Callable[[], bool] = lambda: False,
    workers: int | None = None,
) -> Checked:
    """Findings of all Python files that the paths name or hold. Blocking.

    A file that is named is checked even if rules leave it out. ``index`` is one for the snapshot's roots and settings;
    without it one is opened, and closed at the end. Ends early, with what it has, once ``stopped`` says so.
    """
    used = index or Index(snapshot.roots, snapshot.settings, warn, workers=workers)
    try:
        used.overlay(snapshot.documents)
        used.rescan(report, near=snapshot.documents, stopped=stopped)
        if not used.complete and not stopped():  # it turned out to be damaged, and was begun anew
            used.rescan(report, near=snapshot.documents, stopped=stopped)
        files = _files(used, snapshot, paths)
        found = _found(snapshot, used, files, report, stopped, pool.default_workers() if workers is None else workers)
    finally:
        if index is None:
            used.close()
    findings = [worker.from_row(path, row) for path in files for row in found.get(path.as_posix(), ())]
    findings.sort(key=lambda finding: (finding.path, finding.span, finding.kind, finding.name))
    skipped = () if stopped() else tuple(path for path in files if path.as_posix() not in found)
    return Checked(tuple(findings), len(files), skipped)


def _files(index: Index, snapshot: Snapshot, paths: Sequence[Path]) -> list[Path]:
    known = dict.fromkeys(index.files())
    known.update(dict.fromkeys(path for path in snapshot.documents if snapshot.root_of(path) is not None))
    named = [path for path in paths if path not in known and path.is_file()]
    folders = {path.as_posix() for path in paths}
    inside = [
        path for path in known if not folders.isdisjoint({path.as_posix(), *(p.as_posix() for p in path.parents)})
    ]
    return sorted({*inside, *named})


def _found(
    snapshot: Snapshot, index: Index, files: list[Path], report: Report, stopped: Callable[[], bool], workers: int
) -> dict[str, list[worker.Row]]:
    """Rows by path, from the kept results as far as they go."""
    key = fingerprint(snapshot, index)
    kept = index.result(key)
    found = worker.decode_found(kept) if kept is not None else {}
    todo = [path.as_posix() for path in files if path.as_posix() not in found]
    if not todo:
        return found
    total = len(todo)
    done = 0
    for paths, some in _analysed(snapshot, index, todo, stopped, workers):
        found |= some
        done += len(paths)
        report(f"checking {done:,} of {total:,} files", done / total)
    if done == total and fingerprint(snapshot, index) == key:
        index.keep_result(key, worker.encode(found))
    return found


def _analysed(
    snapshot: Snapshot, index: Index, paths: list[str], stopped: Callable[[], bool], workers: int
) -> Iterator[tuple[list[str], dict[str, list[worker.Row]]]]:
    """Paths and their rows; a file that a worker died of has none, and would take this process along, too."""
    left = dict.fromkeys(paths)
    if len(paths) > _FEW and workers and index.on_disk:
        setup = _setup(snapshot, index)
        batches = (paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH))
        run = pool.run(
            worker.MODULE,
            batches,
            lambda some: worker.encode(worker.Request(setup, tuple(some))),
            workers=workers,
            stopped=stopped,
        )
        with closing(run), suppress(pool.NoWorkers):
            for batch, reply in run:
                if reply == worker.OTHER_INDEX:  # the cache was cleared meanwhile, or this program was updated
                    index.rescan(stopped=stopped)
                    break
                yield batch, {} if reply is None else worker.decode_found(reply)
                for path in batch:
                    del left[path]
            else:
                return
    project = Project(snapshot, index)
    for path in left:
        if stopped():
            return
        yield [path], {path: [worker.to_row(finding) for finding in find(project, Path(path))]}


def _setup(snapshot: Snapshot, index: Index) -> bytes:
    settings = snapshot.settings
    return worker.encode(
        worker.Setup(
            tuple(str(root) for root in snapshot.roots),
            settings.context_exclude,
            settings.cache_dir,
            settings.python_path,
            index.identity,
            tuple((path.as_posix(), source.text) for path, source in snapshot.documents.items()),
        )
    )


def fingerprint(snapshot: Snapshot, index: Index) -> bytes:
    """Digest of all that findings depend on: the workspace, the installed packages, settings, and our own code."""
    digest = hashlib.blake2b(index.state(), digest_size=16)
    for part in _outside(snapshot):
        digest.update(part.encode("utf-8", "surrogateescape") + b"\0")
    return digest.digest()


def _outside(snapshot: Snapshot) -> Iterator[str]:
    yield code_digest("analysis", "syntax", "workspace")
    yield repr((snapshot.roots, snapshot.settings.context_exclude))
    for root in snapshot.roots:
        yield from _stamps(root)  # build files may name modules that are generated
    environment = find_environment(snapshot.roots, snapshot.settings.python_path)
    yield repr(environment)
    for folder in environment.packages:
        if folder.name in ("site-packages", "dist-packages"):
            yield from _stamps(folder)
        else:  # an editable install
            yield from (repr(file) for file in Rules((folder,)).walk())


def _stamps(folder: Path) -> Iterable[str]:
    """Names of a folder's entries, with time and size of files and time of package records (``*.dist-info``)."""
    try:
        with os.scandir(folder) as entries:
            return sorted(_stamp(entry) for entry in entries)
    except OSError:
        return ()


def _stamp(entry: os.DirEntry[str]) -> str:
    try:
        if entry.is_file() or entry.name.endswith(".dist-info"):
            status = entry.stat()
            return f"{entry.name} {status.st_mtime_ns} {status.st_size}"
    except OSError:
        pass
    return entry.name
