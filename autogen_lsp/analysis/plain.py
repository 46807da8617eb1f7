"""Files beside the code that are not Python's to read: build files, lists of dependencies, settings of frameworks."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

_MOST_BYTES = 200_000


def plain_text(path: Path) -> str:
    """The beginning of the file as it is now; '' where it cannot be read."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return ""


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> str:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES).decode("utf-8", "replace")
