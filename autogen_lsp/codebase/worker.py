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
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from autogen_lsp.codebase import placeholders, wire
from autogen_lsp.codebase.model import Ask, Busy, Message, Ready, Told
from autogen_lsp.codebase.process import TOO_LARGE

if TYPE_CHECKING:
    from autogen_lsp.codebase.working_set import WorkingSet

_FULL = 0.9  # share of the limit at which the process ends by itself after an answer


def main(roots: Sequence[str], memory_limit: int) -> None:
    """Serve until stdin ends. ``memory_limit`` in bytes."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def send(message: Message) -> None:
        out.write(wire.frame(message))
        out.flush()

    os.environ["PATH"] = str(Path(sys.prefix) / "no-programs")  # graph_sitter's settings run git when imported
    problem = _load()
    if problem:
        send(Ready(problem))
        return
    from autogen_lsp.codebase.working_set import WorkingSet, memory

    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # parsing makes many objects and little garbage
    threading.Thread(target=_guard, args=(memory_limit, os.getppid()), daemon=True).start()
    files = WorkingSet([Path(root) for root in roots], memory_limit, lambda path: send(Busy(path)))
    send(Ready())
    full = False
    while not full and (body := wire.read(sys.stdin.buffer)) is not None:
        told = answer(files, wire.decode_ask(body))
        full = memory() > _FULL * memory_limit
        send(Told(told.context, told.why, len(files), memory(), full))
        files.collect_garbage()


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


def _load() -> str:
    """Load graph_sitter, without what it does not need if that works; '' or why it cannot be loaded."""
    excepthook = sys.excepthook
    placeholders.install()
    try:
        from autogen_lsp.codebase import working_set
    except Exception:  # another version of it may use more of what the placeholders stand for
        placeholders.remove("graph_sitter")
        try:
            from autogen_lsp.codebase import working_set  # noqa: F401
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    finally:
        sys.excepthook = excepthook
        logging.disable(logging.CRITICAL)
    return ""


def _guard(memory_limit: int, parent: int) -> None:
    from autogen_lsp.codebase.working_set import memory

    while True:
        time.sleep(0.1)
        if memory() > memory_limit:
            os._exit(TOO_LARGE)
        if os.getppid() != parent:
            os._exit(0)
