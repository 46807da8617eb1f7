"""Roots and settings into the index's file, and the clearing away of files that nobody uses any more.

The name holds a digest of the roots and one of the code that makes the rows: another version of this program never
reads what it would understand differently, and two versions that run side by side do not build over each other.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import autogen_lsp
from autogen_lsp.config import Settings
from autogen_lsp.storage.paths import cache_dir

_SUFFIX = ".index"
_DAYS_OF_ANOTHER_VERSION = 2.0
_DAYS_UNUSED = 60.0


def index_folder(settings: Settings) -> Path:
    """The folder of all index files. May not exist yet."""
    return cache_dir(settings) / "index"


def index_path(roots: Sequence[Path], settings: Settings) -> Path:
    """The index file of this set of roots and this version of the program."""
    return index_folder(settings) / f"{_roots_key(roots)}-{code_digest('syntax', 'index')}{_SUFFIX}"


def remove_unused(path: Path) -> None:
    """Delete index files beside ``path`` that other versions of the program left for its roots, or that grew old.

    Files of a server that still runs are young: each of its scans marks them as used.
    """
    roots = path.name.partition("-")[0]
    now = time.time()
    with contextlib.suppress(OSError):
        os.utime(path)
        for other in path.parent.glob(f"*{_SUFFIX}"):
            days = (now - other.stat().st_mtime) / 86_400
            if other != path and days > (_DAYS_OF_ANOTHER_VERSION if other.name.startswith(roots) else _DAYS_UNUSED):
                for suffix in ("", "-wal", "-shm"):
                    other.with_name(other.name + suffix).unlink(missing_ok=True)


def _roots_key(roots: Sequence[Path]) -> str:
    names = b"\0".join(sorted(os.fsencode(root) for root in roots))
    return hashlib.sha256(names).hexdigest()[:16]


def code_digest(*packages: str) -> str:
    """Names the code of some packages of this program: 12 hex digits. In a checkout it changes between versions."""
    digest = hashlib.sha256(autogen_lsp.__version__.encode())
    for package in packages:
        for file in _sources(resources.files(autogen_lsp).joinpath(package)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith(".py"):
            yield entry
