"""Batches of work for worker processes: batches out, replies in, in any order, over pipes that are nobody else's.

Not `multiprocessing`: its children import the parent's main module, and inherit its stdin, which here belongs to the
protocol. A worker is ``python -m MODULE`` that runs `serve`: one length-prefixed message in, one out. It holds one
batch at a time, so memory is bounded by the size of batches. A worker that dies or hangs is replaced, and what it held
is done again item by item, so that one bad item costs no other. Workers run at low priority: the editor goes first.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import IO

_LENGTH = 8  # bytes before each message, big endian
_NICE = 10
_DEADLINE_SECONDS = 120.0  # for one batch, which takes well under one
_READY = b"ready"


def default_workers() -> int:
    """Two, or one on a machine with one processor: the rest is the user's."""
    return min(2, os.cpu_count() or 1)


def run[T](
    module: str,
    batches: Iterable[list[T]],
    encode: Callable[[list[T]], bytes],
    *,
    workers: int,
    stopped: Callable[[], bool],
) -> Generator[tuple[list[T], bytes | None]]:
    """Each batch with its reply; None for a single item that a worker died of. ``batches`` are taken when due.

    Blocking. Ends early, without its remaining replies, once ``stopped`` says so; the workers are gone when it returns
    or is closed. Raises `NoWorkers` where no process can be started.
    """
    suspects: list[T] = []
    for batch, reply in _round(module, iter(batches), encode, workers, stopped):
        if reply is None and len(batch) > 1:
            suspects += batch
        else:
            yield batch, reply
    if suspects and not stopped():
        yield from _round(module, iter([item] for item in suspects), encode, workers, stopped)


def _round[T](
    module: str,
    batches: Iterator[list[T]],
    encode: Callable[[list[T]], bytes],
    workers: int,
    stopped: Callable[[], bool],
) -> Iterator[tuple[list[T], bytes | None]]:
    """Every batch once; None for one that a worker died of."""
    taking = threading.Lock()
    replies: queue.Queue[tuple[list[T], bytes | None] | Exception | None] = queue.Queue(maxsize=2 * workers)
    stop = threading.Event()
    running: set[_Worker] = set()

    def take() -> list[T] | None:
        with taking:
            return None if stop.is_set() else next(batches, None)

    def drive() -> None:
        """One worker after another, until there is nothing left to take."""
        try:
            batch = take()
            while batch is not None:
                with _Worker(module, running) as worker:
                    while batch is not None:
                        reply = worker.ask(encode(batch))
                        replies.put((batch, reply))
                        batch = take()
                        if reply is None:
                            break
        except Exception as error:  # raised again by the caller's thread
            replies.put(error)
        finally:
            replies.put(None)

    threads = [threading.Thread(target=drive, name=f"{module}-{n}", daemon=True) for n in range(workers)]
    for thread in threads:
        thread.start()
    left = workers
    try:
        while left and not stopped():
            try:
                item = replies.get(timeout=0.1)
            except queue.Empty:
                continue
            if item is None:
                left -= 1
            elif isinstance(item, Exception):
                raise item
            else:
                yield item
    finally:
        stop.set()
        for worker in list(running):
            worker.kill()
        while left:  # so that no thread stays blocked at a full queue
            left -= replies.get() is None
        for thread in threads:
            thread.join()


def serve(answer: Callable[[bytes], bytes]) -> None:
    """The worker's side: answer requests until the parent is gone. The worker's stdout becomes its stderr."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(_NICE)
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        _send(replies, _READY)
        while (request := _receive(requests)) is not None:
            _send(replies, answer(request))
    with contextlib.suppress(OSError):
        replies.close()  # what a dead parent did not read is still in it, and would be a complaint at exit


class NoWorkers(OSError):
    """No process can be started, or it ends before it is ready."""


class _Worker:
    """One child process, started when entered."""

    def __init__(self, module: str, running: set[_Worker]) -> None:
        self._module = module
        self._running = running
        # -P: the current folder is the user's, and a `json.py` there must not become a module of ours. A session of its
        # own: Ctrl+C on the command line is the parent's business, whose end closes the pipes.
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
                | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
            )
        except OSError as error:
            raise NoWorkers(*error.args) from error

    def __enter__(self) -> _Worker:
        self._running.add(self)
        stdout = self._process.stdout
        if stdout is None or _receive(stdout) != _READY:
            self.__exit__()
            raise NoWorkers(f"{sys.executable} -m {self._module} ended before it was ready")
        return self

    def __exit__(self, *_: object) -> None:
        self._running.discard(self)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def ask(self, request: bytes) -> bytes | None:
        """The reply, None if the process is dead, or was killed for taking too long."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        hanging = threading.Timer(_DEADLINE_SECONDS, self.kill)
        hanging.start()
        try:
            _send(stdin, request)
            return _receive(stdout)
        except OSError:
            return None
        finally:
            hanging.cancel()

    def kill(self) -> None:
        self._process.kill()


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(_LENGTH, "big"))
    stream.write(message)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes | None:
    """The next message; None at the end of the stream, also in the middle of a message."""
    head = stream.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    size = int.from_bytes(head, "big")
    message = stream.read(size)
    return message if len(message) == size else None
