"""The graph's process: reads `Ask` frames from stdin, answers on what was stdout, until stdin ends.

Its fd 1 points at stderr before anything else is loaded, so nothing that graph_sitter prints can reach the frames; no
program can be found on its PATH, and `client.py` gives it no credentials. A thread of its own ends the process when it
outgrows its memory limit or its parent is gone.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from autogen_lsp.codebase import placeholders, wire
from autogen_lsp.codebase.model import Ask, Busy, Message, Ready, Told
from autogen_lsp.codebase.process import TOO_LARGE

if TYPE_CHECKING:
    from autogen_lsp.codebase.working_set import WorkingSet

_FULL = 0.9  # share of the limit at which the process ends by itself after an answer
_TIGHT = 0.7  # share from which garbage is not kept until nobody asks anything
_REST = 0.4  # seconds without a question after which garbage is collected, which takes up to half of one
_WHOLE = "AUTOGEN_GRAPH_WHOLE"  # set in the environment of a process that has to do without placeholders


def main(roots: Sequence[str], memory_limit: int) -> None:
    """Serve until stdin ends. ``memory_limit`` in bytes."""
    requests = os.fdopen(os.dup(0), "rb", buffering=0)
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def send(message: Message) -> None:
        replies.write(wire.frame(message))
        replies.flush()

    whole = _WHOLE in os.environ
    try:
        files = load([Path(root) for root in roots], memory_limit, lambda path: send(Busy(path)), whole=whole)
    except Exception as error:
        if not whole:  # another version of it may use more of what the placeholders stand for
            os.dup2(replies.fileno(), 1)
            os.environ[_WHOLE] = "1"
            os.execv(sys.executable, sys.orig_argv)
        send(Ready(f"{type(error).__name__}: {error}"))
        return
    from autogen_lsp.codebase.working_set import memory

    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # parsing makes many objects and little garbage
    threading.Thread(target=_guard, args=(memory_limit, os.getppid()), daemon=True).start()
    send(Ready())
    full = False
    while not full:
        if files.garbage:
            tight = memory() > _TIGHT * memory_limit
            if tight or not wire.waits(requests, _REST):
                files.collect_garbage(thorough=tight)
        body = wire.read(requests)
        if body is None:
            return
        told = answer(files, wire.decode_ask(body))
        if memory() > _FULL * memory_limit:
            files.collect_garbage(thorough=True)
            full = memory() > _FULL * memory_limit
        send(Told(told.context, told.why, len(files), memory(), full, time.process_time()))


def answer(files: WorkingSet, ask: Ask) -> Told:
    """Bring the set up to date, and describe the target if one is asked about."""
    from autogen_lsp.codebase.describe import describe

    files.update(ask.buffers)
    if not ask.path:
        return Told(None, "", 0, 0, False)
    skipped = files.load([*ask.neighbours, ask.path])
    if ask.qualname is None:
        return Told(None, "", 0, 0, False)
    with files.working_on(ask.path):
        context = describe(files, ask.path, ask.qualname, ask.neighbours)
    if context is None:
        return Told(None, "the file could not be read into the graph", 0, 0, False)
    return Told(msgspec.structs.replace(context, skipped=tuple(skipped)), "", 0, 0, False)


def load(roots: Sequence[Path], memory_limit: int, busy: Callable[[str], None], *, whole: bool = False) -> WorkingSet:
    """Load graph_sitter and see that it works; an empty set. Unless ``whole``, without what it has no need for."""
    os.environ["PATH"] = str(Path(sys.prefix) / "no-programs")  # graph_sitter's settings run git when imported
    os.environ["GIT_PYTHON_REFRESH"] = "quiet"  # the real `git` may go without its program
    logging.disable(logging.CRITICAL)
    excepthook = sys.excepthook
    if not whole:
        placeholders.install()
    try:
        from autogen_lsp.codebase import describe, mending, working_set
    finally:
        sys.excepthook = excepthook
    mending.mend()
    trial = working_set.WorkingSet(roots, memory_limit, lambda path: None)
    path = str(roots[0] / ".trial.py")
    trial.update({path: b"def trial(): ...\n"})
    trial.load([path])
    context = describe.describe(trial, path, "trial", ())
    if context is None or not context.exists:
        raise ImportError("it does not find a function in the file that defines it")
    return working_set.WorkingSet(roots, memory_limit, busy)


def _guard(memory_limit: int, parent: int) -> None:
    from autogen_lsp.codebase.working_set import memory

    while True:
        time.sleep(0.1)
        if memory() > memory_limit:
            os._exit(TOO_LARGE)
        if os.getppid() != parent:
            os._exit(0)
