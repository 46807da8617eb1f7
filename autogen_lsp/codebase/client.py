"""The graph as the rest of the program sees it: ask, and get a `GraphContext` in time, or None and a state saying why.

Owns the worker process: started at the first question, fed from open documents, replaced when it dies, hangs or is
full, after growing pauses when it keeps dying. A file that killed it is set aside by name. Nothing here raises for
anything that graph_sitter does, and nothing waits longer than the caller's deadline.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import msgspec

from autogen_lsp.codebase.model import Ask, GraphContext, Told
from autogen_lsp.codebase.process import Lost, Unloadable, Worker

INSTALL = "pip install 'autogen-lsp[graph]'"
MEMORY_LIMIT = 400 * 1024 * 1024
_LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class GraphState:
    """``name``: idle | starting | ready | waiting (after a death) | unavailable. ``detail`` is for people."""

    name: str
    detail: str = ""
    files: int = 0
    memory: int = 0  # bytes
    processor: float = 0.0  # seconds used by the process

    def __str__(self) -> str:
        return f"{self.name}: {self.detail}" if self.detail else self.name


class Graph:
    """Paths are absolute and resolved; times are in seconds, memory in bytes. Call it from one thread."""

    def __init__(
        self,
        roots: Sequence[Path],
        *,
        memory_limit: int = MEMORY_LIMIT,
        patience: float = 60.0,
        first_pause: float = 0.5,
        module: str = "autogen_lsp.codebase.worker",
    ) -> None:
        """``patience``: silence after which the worker counts as hung; long, since a busy machine is slow and nobody
        waits for it. ``first_pause``: before a start after a death, doubled each time. ``module``: where `main` is.
        """
        self.state = GraphState("idle", "starts at the first question")
        self.set_aside: dict[Path, str] = {}  # files that the worker did not survive, and how it ended
        self._roots = [str(root) for root in roots]
        self._memory_limit = memory_limit
        self._patience = patience
        self._first_pause = first_pause
        self._module = module
        self._worker: Worker | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="graph")  # one question at a time
        self._lock = threading.Lock()  # guards the buffers, which both threads use
        self._buffers: dict[str, bytes] = {}
        self._unsent: set[str] = set()
        self._deaths = 0  # in a row
        self._not_before = 0.0  # of the next start, on the monotonic clock
        self._closed = False

    async def describe(
        self,
        path: Path,
        qualname: str,
        deadline: float,
        neighbours: Sequence[Path] = (),
        documents: Mapping[Path, bytes] | None = None,
    ) -> GraphContext | None:
        """What the graph knows of a definition, '' being the file as a whole; None, with `state` saying why.

        ``neighbours`` are files to bring in first, dependencies before dependents: what the file imports, and where the
        target is used. Imports that they do not cover are followed all the same. ``documents`` are the texts of all
        open documents, where the caller has a snapshot of them that the answer is to be about. An answer that takes
        longer than ``deadline`` is given up, its preparation is not: the next one comes sooner.
        """
        if documents is not None:
            self._follow(documents)
        if not self._can_start() or self._is_aside(path):
            return None
        ask = Ask(str(path), self._usable(neighbours), qualname)
        future = self._thread.submit(self._answer, ask)
        waiting = asyncio.wrap_future(future)
        done, _ = await asyncio.wait([waiting], timeout=deadline)
        if not done:
            future.cancel()  # one that has begun goes on
            self._say(f"still reading {path.name} and its neighbours")
            return None
        return waiting.result()

    def prepare(self, path: Path, neighbours: Sequence[Path] = ()) -> None:
        """Bring a file and its neighbours in, in the background: for a document that was just opened."""
        if self._can_start() and not self._is_aside(path):
            self._thread.submit(self._answer, Ask(str(path), self._usable(neighbours)))

    def changed(self, path: Path, text: bytes) -> None:
        """An open document's text. A running worker follows at once; none is started for it."""
        self._touch(path, text)

    def closed(self, path: Path) -> None:
        """The document was closed: back to the file on disk."""
        self._touch(path, None)

    def deleted(self, path: Path) -> None:
        """The file on disk is gone, new or another."""
        self._touch(path, None)

    def renamed(self, old: Path, new: Path) -> None:
        with self._lock:
            text = self._buffers.get(str(old))
        self._touch(old, None)
        self._touch(new, text)

    def close(self) -> None:
        """End the worker. The graph answers None from now on."""
        if self._closed:
            return
        self._closed = True
        self.state = GraphState("unavailable", "closed")
        worker = self._worker
        if worker is not None:
            worker.end()
            self._thread.submit(self._drop, worker)
        self._thread.shutdown(wait=False)

    def _can_start(self) -> bool:
        """Whether a question can be answered now; if not, `state` says why."""
        if self.state.name == "unavailable":
            return False
        if self._worker is None and find_spec("graph_sitter") is None:
            self.state = GraphState("unavailable", f"graph-sitter is not installed; add it with: {INSTALL}")
            return False
        left = self._not_before - time.monotonic()
        if self._worker is None and left > 0:
            self.state = GraphState("waiting", f"the graph's process ended; it starts again after {left:.1f} s")
            return False
        return True

    def _is_aside(self, path: Path) -> bool:
        how = self.set_aside.get(path)
        if how is not None:
            self._say(f"{path.name} is set aside: the graph's process {how}")
        return how is not None

    def _usable(self, paths: Sequence[Path]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(path) for path in paths if path not in self.set_aside))

    def _say(self, detail: str) -> None:
        self.state = replace(self.state, detail=detail)

    def _follow(self, documents: Mapping[Path, bytes]) -> None:
        """The question brings its documents along: also those that were opened before there was a graph to tell."""
        now = {str(path): text for path, text in documents.items()}
        with self._lock:
            before, self._buffers = self._buffers, now
            self._unsent.update(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))

    def _touch(self, path: Path, text: bytes | None) -> None:
        with self._lock:
            if text is None:
                self._buffers.pop(str(path), None)
            else:
                self._buffers[str(path)] = text
            follow = self._worker is not None and not self._unsent and not self._closed
            self._unsent.add(str(path))
        if follow:
            self._thread.submit(self._answer, Ask(""))

    # From here on: in the thread that talks to the worker.

    def _answer(self, ask: Ask) -> GraphContext | None:
        if self._worker is not None and not self._worker.alive:
            self._drop(self._worker)  # ended from outside while it had nothing to do
        if self._closed or (self._worker is None and not ask.path):
            return None  # news of buffers start no process
        seasoned = self._worker is not None
        try:
            return self._asked(ask)
        except Lost as lost:
            if lost.too_large and seasoned:  # what it held from before may have filled it
                self._drop(self._worker)
            else:
                self._bury(lost)
                return None
        try:
            return self._asked(ask)
        except Lost as lost:
            self._bury(lost)
            return None

    def _asked(self, ask: Ask) -> GraphContext | None:
        try:
            worker = self._worker or self._started()
        except Unloadable as problem:
            self._drop(self._worker)
            self.state = GraphState("unavailable", f"graph-sitter does not load ({problem}); reinstall: {INSTALL}")
            return None
        told = worker.ask(msgspec.structs.replace(ask, buffers=self._news()))
        if ask.path:
            self._deaths = 0
        self._report(told)
        return told.context

    def _started(self) -> Worker:
        self.state = GraphState("starting", "loading graph-sitter")
        with self._lock:
            self._unsent = set(self._buffers)
        self._worker = Worker(self._roots, self._memory_limit, self._patience, self._module)
        if self._closed:
            self._worker.end()
        self._worker.wait_until_ready()
        return self._worker

    def _news(self) -> dict[str, bytes | None]:
        with self._lock:
            news = {path: self._buffers.get(path) for path in self._unsent if Path(path) not in self.set_aside}
            self._unsent.clear()
        return news

    def _report(self, told: Told) -> None:
        if self._closed:
            return
        if told.full:
            self._drop(self._worker)
            self.state = GraphState("idle", "the graph's process was full; it starts anew at the next question")
        else:
            detail = told.why or f"{told.files} files, {told.memory // 2**20} MB"
            self.state = GraphState("ready", detail, told.files, told.memory, told.processor)

    def _bury(self, lost: Lost) -> None:
        self._drop(self._worker)
        if self._closed:
            return
        self._deaths += 1
        pause = min(self._first_pause * 2 ** (self._deaths - 1), _LONGEST_PAUSE)
        self._not_before = time.monotonic() + pause
        at = f" at {Path(lost.at).name}" if lost.at else ""
        self.state = GraphState("waiting", f"the graph's process {lost.how}{at}; it starts again after {pause:.1f} s")
        if lost.at:
            self.set_aside[Path(lost.at)] = lost.how

    def _drop(self, worker: Worker | None) -> None:
        self._worker = None
        if worker is not None:
            worker.end()
            worker.close()
