"""Paths and positions as people give and read them: workspace roots, readable files, 1-based lines and columns."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_lsp.errors import UsageError
from autogen_lsp.text import Span, line_column
from autogen_lsp.workspace.files import MAX_BYTES, decode
from autogen_lsp.workspace.ignore import SUFFIXES
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source

if TYPE_CHECKING:
    from autogen_lsp.analysis.model import Finding

_PYTHON = (*SUFFIXES, ".pyw")
_SHEBANG = re.compile(rb"#![^\n]*python")
MARKERS = (".git", "pyproject.toml", "setup.py", "setup.cfg")


def workspace_root(path: Path) -> Path:
    """The folder that counts as the workspace of a file or folder.

    The nearest folder, from the path upwards, that holds one of `MARKERS`; where there is none, the current folder if
    the path is inside it; else the folder itself, or the file's.
    """
    path = path.resolve()
    folder = path if path.is_dir() else path.parent
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in MARKERS):
            return candidate
    current = Path.cwd()
    return current if path.is_relative_to(current) else folder


def workspace_roots(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The distinct roots of several paths, in their order; of none, the current folder's."""
    return tuple(dict.fromkeys(workspace_root(path) for path in paths or [Path.cwd()]))


def common_root(roots: Sequence[Path]) -> Path:
    """What output paths are relative to: the root, or the folder that all roots share."""
    return Path(os.path.commonpath(roots))


def existing(paths: Iterable[str]) -> list[Path]:
    """The paths, absolute and resolved. Raises `UsageError` for one that is not there, may not be read,
    or is a file but not Python."""
    found = []
    for given in paths:
        path = Path(given)
        try:
            path.stat()
            if not given:  # an empty path is the current folder, an empty argument is a mistake
                raise UsageError("a path is empty; give a file or a folder, or . for the current folder")
            resolved = path.resolve(strict=True)
        except (OSError, ValueError) as error:
            raise UsageError(f"{given}: {_reason(error)}") from None
        if not os.access(resolved, os.R_OK | (os.X_OK if resolved.is_dir() else 0)):
            raise UsageError(f"{given}: permission denied")
        if not resolved.is_dir() and not is_python(readable(resolved, given)):
            raise UsageError(f"{given}: not a Python file ({', '.join(_PYTHON)}, or #!…python); give one, or a folder")
        found.append(resolved)
    return found


def is_python(source: Source) -> bool:
    """Whether a file that is named counts as Python: by its suffix, or its ``#!`` line where that names python."""
    return source.path.suffix in _PYTHON or bool(_SHEBANG.match(source.text))


def readable(path: Path, shown: str) -> Source:
    """The file as a source. Raises `UsageError` that says why where it is not Python text that we read."""
    if path.is_dir():
        raise UsageError(f"{shown}: is a folder; a file is needed")
    if not path.is_file():
        raise UsageError(f"{shown}: is no regular file")  # reading a pipe would wait for ever
    try:
        size = path.stat().st_size
        text = decode(path.read_bytes()) if size <= MAX_BYTES else b""
    except OSError as error:
        raise UsageError(f"{shown}: {_reason(error)}") from None
    if size > MAX_BYTES:
        raise UsageError(f"{shown}: larger than {MAX_BYTES // 2**20} MB; such files are not read")
    if text is None:
        raise UsageError(f"{shown}: not text in its own encoding (UTF-8 where it declares none)")
    return Source(path, text)


def relative(path: Path, root: Path) -> str:
    """As shown to people: relative to ``root`` where it is inside, with ``/``."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def location(source: Source, span: Span) -> dict[str, int]:
    """1-based lines and code-point columns of a span; the end is exclusive."""
    line, column = line_column(source.text, source.lines, span.start)
    end_line, end_column = line_column(source.text, source.lines, span.end)
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}


def finding_document(finding: Finding, snapshot: Snapshot, root: Path) -> dict[str, Any] | None:
    """A finding as in ``check --format json``; None where its file went away meanwhile."""
    source = snapshot.source(finding.path)
    if source is None:
        return None
    target = None
    if finding.target_path is not None:
        target = {"path": relative(finding.target_path, root), "qualname": finding.target_qualname}
    return {
        "path": relative(finding.path, root),
        **location(source, finding.span),
        "kind": str(finding.kind),
        "name": finding.name,
        "message": finding.message,
        "target": target,
    }


def _reason(error: OSError | ValueError) -> str:
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return text[0].lower() + text[1:]
