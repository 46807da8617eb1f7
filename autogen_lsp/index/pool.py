"""Jobs for worker processes: requests out, replies in, in any order, over pipes that are nobody else's.

Not `multiprocessing`: its children import the parent's main module, and inherit its stdin, which here belongs to the
protocol. A worker is ``python -m MODULE`` that runs `serve`: one length-prefixed message in, one out. It holds one
request at a time, so memory is bounded by the size of requests. A worker that dies is replaced; the request that it
died of is handed back to the caller, who may split it. Workers run at low priority: the editor goes first.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import IO

_LENGTH = 8  # bytes before each message, big endian
_NICE = 10
_READY = b"ready"


def default_workers() -> int:
    """Two, or one on a machine with one processor: the rest is the user's."""
    return min(2, os.cpu_count() or 1)


def run(
    module: str, requests: Iterable[bytes], *, workers: int, stopped: Callable[[], bool]
) -> Iterator[tuple[bytes, bytes | None]]:
    """Each request with its reply, None for one that a worker died of. ``requests`` may be endless: taken when due.

    Blocking. Ends early, without its remaining replies, once ``stopped`` says so; the workers are gone when it returns
    or is closed. Raises `NoWorkers` where no process can be started.
    """
    source = iter(requests)
    taking = threading.Lock()
    replies: queue.Queue[tuple[bytes, bytes | None] | NoWorkers | None] = queue.Queue(maxsize=2 * workers)
    stop = threading.Event()
    running: set[_Worker] = set()

    def take() -> bytes | None:
        with taking:
            return None if stop.is_set() else next(source, None)

    def drive() -> None:
        try:
            while (request := take()) is not None:
                with _Worker(module, running) as worker:
                    while request is not None:
                        reply = worker.ask(request)
                        replies.put((request, reply))
                        if reply is None:
                            break
                        request = take()
                if request is None:
                    break
        except NoWorkers as error:
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
            elif isinstance(item, NoWorkers):
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
        """The reply, None if the process is dead."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        try:
            _send(stdin, request)
            return _receive(stdout)
        except OSError:
            return None

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
