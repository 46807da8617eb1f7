"""The worker's graph_sitter codebase: the files asked for and no others, from buffers first, updated file by file.

It starts empty over our own repository operator and IO, so no git runs and nothing is ever written. Files are parsed
without edges (`disable_graph`), which keeps one file's cost to one file; `describe` computes the edges it needs. A file
that graph_sitter fails on is left out until its text changes. Files that were not used lately make room for others.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph_sitter.codebase.config import ProjectConfig
from graph_sitter.codebase.diff_lite import ChangeType, DiffLite
from graph_sitter.codebase.io.io import IO, BadWriteError
from graph_sitter.compiled import utils as graph_caches
from graph_sitter.configs.models.codebase import CodebaseConfig
from graph_sitter.configs.models.secrets import SecretsConfig
from graph_sitter.core.codebase import Codebase
from graph_sitter.git.repo_operator.repo_operator import RepoOperator
from graph_sitter.git.schemas.repo_config import RepoConfig
from graph_sitter.shared.enums.programming_language import ProgrammingLanguage

from autogen_lsp.workspace.files import read_source

_PER_BYTE = 85  # memory of a parsed file per byte of its text, to begin with: measured on SQLAlchemy and Django
_SAMPLE = 200_000  # bytes of text from which on the set's own density counts
_GARBAGE = 300_000  # bytes of text whose left-over objects are worth a collection
_NEAR = 0.8  # share of the memory limit above which only the target is still brought in


@dataclass(frozen=True, slots=True)
class _Entry:
    stamp: tuple[int, ...]  # of the file on disk; empty for a buffer
    text: bytes
    parsed: bool  # False: graph_sitter failed on this text


class WorkingSet:
    """``busy`` is told each file before graph_sitter touches it. ``memory_limit`` in bytes."""

    def __init__(self, roots: Sequence[Path], memory_limit: int, busy: Callable[[str], None]) -> None:
        self._root = Path(os.path.commonpath(roots))
        self._roots = list(roots)
        self._asked_for: list[Path] = []  # folders above the packages of the files that were asked for last
        self._folders: dict[Path, list[Path]] = {}  # by folder: where imports of its files are looked up
        self._limit = memory_limit
        self._base = memory()
        self._busy = busy
        self._at = ""
        self._garbage = 0  # bytes of text whose objects are no longer used
        self._grown = False  # files came in since the last collection
        self._buffers: dict[str, bytes] = {}
        self._files: dict[str, _Entry] = {}  # least recently used first
        self._stale = True  # graph_sitter's caches may not reflect the files
        self._done: set[tuple[str, int]] = set()  # what was computed for which node since the files changed
        self._answered = True  # nothing was computed since graph_sitter was asked about edges
        self._codebase = self._empty()

    def update(self, buffers: dict[str, bytes | None]) -> None:
        """Take over open documents; None: the document was closed. Files of the set are parsed anew at once."""
        for path, text in buffers.items():
            if text is None:
                self._buffers.pop(path, None)
            else:
                self._buffers[path] = text
            if path in self._files:
                self._sync(path)

    def load(self, asked: Sequence[str]) -> list[str]:
        """Bring the files in, in this order, up to date with buffers and disk. Returns those that are left out."""
        self._asked_for = list(dict.fromkeys(map(_source_root, asked)))
        self._folders.clear()
        paths = [path for path in asked if Path(path).is_relative_to(self._root)]
        fitting = self._make_room(paths)
        for path in paths:
            if path in fitting and (path == paths[-1] or path in self._files or memory() < _NEAR * self._limit):
                self._sync(path)
        return [path for path in asked if path not in self._files or not self._files[path].parsed]

    @property
    def garbage(self) -> bool:
        """Whether a collection is worth its time."""
        return self._grown or self._garbage > _GARBAGE

    def collect_garbage(self, *, thorough: bool) -> None:
        """Free what files left behind that were parsed anew or dropped.

        Unless it is ``thorough`` it passes over what was there when files last came in, which is most of all objects:
        of a file that was edited since, that version stays until there is need for a thorough one.
        """
        forget_caches()
        if thorough:
            gc.unfreeze()
        gc.collect()
        if thorough or self._grown:
            gc.freeze()
        self._grown = False
        self._garbage = 0

    def file(self, path: str) -> Any:
        """graph_sitter's file, None where it is not in the set."""
        if self._stale:
            forget_caches()
            self._stale = False
        return self._codebase.ctx.get_file(path) if path in self._files else None

    def grow(self, candidates: Iterable[Path]) -> Any:
        """The first of these files that exists, brought in if there is room; None where there is none."""
        for candidate in candidates:
            path = str(candidate)
            if path in self._files or (candidate.is_file() and candidate.is_relative_to(self._root)):
                if path in self._files or self._cost(self._size(path) + self._total()) < self._limit:
                    self._sync(path)
                return self.file(path)
        return None

    def first_time(self, what: str, node: Any) -> bool:
        """Whether ``what`` is still to be computed for the node: True once after every change of the set."""
        before = len(self._done)
        self._done.add((what, node.node_id))
        first = len(self._done) > before
        self._answered = self._answered and not first
        return first

    def again(self, what: str, node: Any) -> None:
        """What was computed for the node no longer holds."""
        self._done.discard((what, node.node_id))
        self._answered = False

    def forget_answers(self) -> None:
        """Let graph_sitter look at the edges again: it keeps what it found of them, before others were computed."""
        if not self._answered:
            forget_caches()
            self._answered = True

    @contextmanager
    def working_on(self, path: str) -> Iterator[None]:
        """Say that this file is at work, so that it can be named if the process does not survive it."""
        outer, self._at = self._at, path
        self._busy(path)
        try:
            yield
        finally:
            self._at = outer
            self._busy(outer)

    def resolve_from(self, path: str) -> list[Path]:
        """Folders in which the file's absolute imports are looked up, its own first; graph_sitter uses them from now.

        They follow from the question, not from what is in the set: the folder above the file's package and those around
        it, with their ``src`` and ``lib``, and the folders above the packages of the other files that were asked for.
        """
        folder = Path(path).parent
        folders = self._folders.get(folder)
        if folders is None:
            around = [above for above in (folder, *folder.parents) if self._is_inside(above)]
            near = [where for above in around for where in (above, above / "src", above / "lib") if where.is_dir()]
            folders = list(dict.fromkeys([_source_root(path), *near, *self._asked_for, *self._roots]))
            self._folders[folder] = folders
        self._codebase.ctx.config.import_resolution_paths[:] = map(str, folders)
        return folders

    def _is_inside(self, folder: Path) -> bool:
        return any(folder.is_relative_to(root) for root in self._roots)

    def text(self, path: str) -> bytes:
        entry = self._files.get(path)
        return entry.text if entry is not None else b""

    def __len__(self) -> int:
        return len(self._files)

    def _total(self) -> int:
        return sum(len(entry.text) for entry in self._files.values())

    def _sync(self, path: str) -> None:
        known = self._files.pop(path, None)
        stamp, text = self._text(path, known)
        if text is None:
            if known is not None and known.parsed:
                self._garbage += len(known.text)
                self._apply(ChangeType.Removed, path)
            return
        if known is not None and text == known.text:
            self._files[path] = _Entry(stamp, known.text, known.parsed)
            return
        self._files[path] = _Entry(stamp, text, parsed=True)
        there = known is not None and known.parsed
        self._apply(ChangeType.Modified if there else ChangeType.Added, path)

    def _text(self, path: str, known: _Entry | None = None) -> tuple[tuple[int, ...], bytes | None]:
        """The stamp and text of the buffer, else of the file; disk is read only where the stamp has changed."""
        if path in self._buffers:
            return (), self._buffers[path]
        try:
            status = Path(path).stat()
        except OSError:
            return (), None
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if known is not None and known.stamp == stamp:
            return stamp, known.text
        source = read_source(Path(path))
        return stamp, None if source is None else source.text

    def _apply(self, change: ChangeType, path: str) -> None:
        self._stale = True
        self._done.clear()
        if change is ChangeType.Added:
            self._grown = True
        else:
            self._garbage += len(self.text(path))
        with self.working_on(path):
            try:
                self._codebase.ctx.apply_diffs([DiffLite(change, Path(path))])
            except (
                Exception
            ):  # graph_sitter raises anything on unusual code, AssertionError and RecursionError included
                self._without(path)

    def _without(self, path: str) -> None:
        """Begin anew without the file: what graph_sitter kept of it is unknown."""
        if path in self._files:
            entry = self._files[path]
            self._files[path] = _Entry(entry.stamp, entry.text, parsed=False)
        others = [name for name, entry in self._files.items() if entry.parsed]
        self._codebase = self._empty()
        for name in others:
            self._apply(ChangeType.Added, name)

    def _make_room(self, wanted: Sequence[str]) -> set[str]:
        """Drop the least recently used others until the wanted files fit; returns those that do, the smallest first."""
        sizes = {path: self._size(path) for path in wanted}
        fitting: set[str] = set()
        total = 0
        for path in sorted(sizes, key=lambda path: (path != wanted[-1], sizes[path])):  # the last one is the target
            if self._cost(total + sizes[path]) < self._limit:
                fitting.add(path)
                total += sizes[path]
        total += sum(len(entry.text) for path, entry in self._files.items() if path not in fitting)
        for path in [path for path in self._files if path not in fitting]:
            if self._cost(total) < self._limit:
                break
            entry = self._files.pop(path)
            total -= len(entry.text)
            self._garbage += len(entry.text)
            if entry.parsed:
                self._apply(ChangeType.Removed, path)
        return fitting

    def _size(self, path: str) -> int:
        if path in self._buffers:
            return len(self._buffers[path])
        try:
            return Path(path).stat().st_size
        except OSError:
            return 0

    def _cost(self, text_bytes: int) -> float:
        """Memory of the process with so much text parsed, by the density of what it holds now."""
        held = self._total()
        per_byte = max(_PER_BYTE, (memory() - self._base) / held) if held > _SAMPLE else _PER_BYTE
        return self._base + per_byte * text_bytes

    def _empty(self) -> Any:
        # Made without validation: the settings' own constructors run git and read `.env` files.
        config = CodebaseConfig.model_construct(disable_graph=True, import_resolution_paths=[])
        project = ProjectConfig(repo_operator=_Workspace(self._root), programming_language=ProgrammingLanguage.PYTHON)
        secrets = SecretsConfig.model_construct()
        self._stale = True
        self._done.clear()
        return Codebase(projects=project, config=config, secrets=secrets, io=_Texts(self._files))


class _Workspace(RepoOperator):
    """A repository operator that knows the folder and nothing of git; the real one runs `git init` in it."""

    def __init__(self, root: Path) -> None:
        name = root.name
        self.repo_config = RepoConfig(
            name=name, full_name=name, base_dir=str(root.parent), language=ProgrammingLanguage.PYTHON
        )
        self.base_dir = str(root.parent)
        self.bot_commit = False
        self.access_token = None

    codeowners_parser = base_url = head_commit = property(lambda self: None)

    def iter_files(self, *_: Any, **__: Any) -> Any:
        return iter(())  # files come in on demand


class _Texts(IO):
    """The set's texts, and no writing: graph_sitter sees the files as they were when they were read."""

    def __init__(self, files: dict[str, _Entry]) -> None:
        self._files = files

    def read_bytes(self, path: Path) -> bytes:
        return self._files[str(path)].text

    def read_text(self, path: Path) -> str:
        return self.read_bytes(path).decode("utf-8", "replace")

    def file_exists(self, path: Path) -> bool:
        return str(path) in self._files

    def write_bytes(self, path: Path, content: bytes) -> None:
        raise BadWriteError(f"the graph never writes: {path.name}")

    def delete_file(self, path: Path) -> None:
        raise BadWriteError(f"the graph never deletes: {path.name}")

    def untrack_file(self, path: Path) -> None:
        """Nothing is tracked."""

    def save_files(self, files: set[Path] | None = None) -> None:
        """Nothing to save."""

    def check_changes(self) -> None:
        """Nothing changes."""


def forget_caches() -> None:
    """Drop graph_sitter's cached properties; its own `uncache_all` keeps every object ever cached alive."""
    caches: Any = graph_caches
    caches.uncache_all()
    caches.to_uncache.clear()


def memory() -> int:
    """Resident bytes of this process; where the system does not tell, the most it ever had."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return pages * resource.getpagesize()


def _source_root(path: str) -> Path:
    """The folder that modules are imported from: above the outermost package around the file."""
    folder = Path(path).parent
    while (folder / "__init__.py").is_file() and folder != folder.parent:
        folder = folder.parent
    return folder
