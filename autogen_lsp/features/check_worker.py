"""The checking worker: paths in, findings out. ``python -m autogen_lsp.features.check_worker`` is its process.

It asks the index that its parent has brought up to date, and never changes it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from autogen_lsp.analysis.findings import find
from autogen_lsp.analysis.model import Finding, FindingKind
from autogen_lsp.analysis.project import Project
from autogen_lsp.config import Settings
from autogen_lsp.index.client import Index
from autogen_lsp.text import Span
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source

MODULE = "autogen_lsp.features.check_worker"
_DECODED_BYTES = 10_000_000

OTHER_INDEX = b""


class Setup(msgspec.Struct, frozen=True, array_like=True):
    """What a worker needs to see the parent's snapshot: roots, the settings that decide, open documents' texts."""

    roots: tuple[str, ...]
    exclude: tuple[str, ...]
    cache_dir: str | None
    python_path: str | None
    index: tuple[int, int] | None  # its identity
    documents: tuple[tuple[str, bytes], ...] = ()


class Request(msgspec.Struct, frozen=True, array_like=True):
    """``setup`` is an encoded `Setup`, the same bytes in every request."""

    setup: bytes
    paths: tuple[str, ...]


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A finding of a file, as data."""

    start: int
    end: int
    kind: str
    name: str
    message: str
    target_path: str | None
    target_qualname: str


encode = msgspec.msgpack.Encoder().encode
decode_request = msgspec.msgpack.Decoder(Request).decode
decode_found = msgspec.msgpack.Decoder(dict[str, list[Row]]).decode
_decode_setup = msgspec.msgpack.Decoder(Setup).decode


def to_row(finding: Finding) -> Row:
    target = None if finding.target_path is None else finding.target_path.as_posix()
    span = finding.span
    return Row(span.start, span.end, finding.kind, finding.name, finding.message, target, finding.target_qualname)


def from_row(path: Path, row: Row) -> Finding:
    return Finding(
        path,
        Span(row.start, row.end),
        FindingKind(row.kind),
        row.name,
        row.message,
        None if row.target_path is None else Path(row.target_path),
        row.target_qualname,
    )


def answer(request: bytes) -> bytes:
    """`OTHER_INDEX` where this process does not see what its parent does, and would miss what is there."""
    asked = decode_request(request)
    project = _project(asked.setup)
    if project is None:
        return OTHER_INDEX
    return encode({path: [to_row(finding) for finding in find(project, Path(path))] for path in asked.paths})


@cache  # one project serves all requests of a run
def _project(setup: bytes) -> Project | None:
    given = _decode_setup(setup)
    roots = tuple(Path(root) for root in given.roots)
    settings = Settings(context_exclude=given.exclude, cache_dir=given.cache_dir, python_path=given.python_path)
    documents = {Path(path): Source(Path(path), text, version=0) for path, text in given.documents}
    index = Index(roots, settings, lambda problem: None, workers=0, decoded_bytes=_DECODED_BYTES)
    if index.identity != given.index:
        return None
    index.overlay(documents)
    return Project(Snapshot(roots, documents, settings), index)


if __name__ == "__main__":
    from autogen_lsp.index.pool import serve

    serve(answer)
