"""The indexing worker: paths in, stored rows out. ``python -m autogen_lsp.index.worker`` is its process.

A file that is not text is stored without facts. One that defeats the extraction is stored as a module of which nothing
is known, so that nobody tries it again until it changes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from autogen_lsp.index import rows
from autogen_lsp.syntax.facts import extract
from autogen_lsp.syntax.model import Facts
from autogen_lsp.workspace.files import MAX_BYTES, decode
from autogen_lsp.workspace.source import Source

# A file changed within the clock's granularity after it was read may keep its time (git's "racily clean" files), so one
# that is so young is stored with no time, and compared by content next time.
_YOUNG_NS = 50_000_000
NO_TIME = -1
MODULE = "autogen_lsp.index.worker"
UNKNOWN = Facts(errors=True, dynamic=True)


class Job(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file to look at, and the digest of the content that is stored of it, if any."""

    path: str
    digest: bytes = b""


class Answer(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """``row`` is None where the stored content is still right, and where the file is ``gone`` or too large."""

    path: str
    mtime_ns: int
    size: int
    row: rows.Row | None
    gone: bool = False


encode_jobs = msgspec.msgpack.Encoder().encode
decode_jobs = msgspec.msgpack.Decoder(list[Job]).decode
encode_answers = msgspec.msgpack.Encoder().encode
decode_answers = msgspec.msgpack.Decoder(list[Answer]).decode


def look(job: Job, source: Source | None = None, facts: Callable[[], Facts] | None = None) -> Answer:
    """Read one file and extract its facts. A ``source`` with the same text lends its tree, or its ``facts``."""
    path = Path(job.path)
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            raw = file.read(MAX_BYTES + 1)
    except OSError:
        return Answer(job.path, NO_TIME, 0, None, gone=True)
    if len(raw) > MAX_BYTES:
        return Answer(job.path, NO_TIME, 0, None, gone=True)
    mtime = status.st_mtime_ns if time.time_ns() - status.st_mtime_ns > _YOUNG_NS else NO_TIME
    digest = rows.digest_of(raw)
    if digest == job.digest:
        return Answer(job.path, mtime, status.st_size, None)
    text = decode(raw)
    if text is None:
        return Answer(job.path, mtime, status.st_size, rows.without_facts(digest))
    if source is None or source.text != text:
        source, facts = Source(path, text), None
    row = rows.make(digest, facts() if facts is not None else _facts(source), text)
    return Answer(job.path, mtime, status.st_size, row)


def poison(job: Job) -> Answer:
    """The answer for a file that a worker died of."""
    try:
        raw = Path(job.path).read_bytes()
    except OSError:
        return Answer(job.path, NO_TIME, 0, None, gone=True)
    return Answer(job.path, NO_TIME, len(raw), rows.make(rows.digest_of(raw), UNKNOWN, raw))


def _facts(source: Source) -> Facts:
    try:
        return extract(source)
    except Exception:  # the one guard of a worker: a defect in one file's extraction must not cost the index
        import traceback  # as late as that: a worker should start fast

        traceback.print_exc()
        return UNKNOWN


def answer(request: bytes) -> bytes:
    return encode_answers([look(job) for job in decode_jobs(request)])


if __name__ == "__main__":
    from autogen_lsp.index.pool import serve

    serve(answer)
