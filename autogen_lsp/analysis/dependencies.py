"""What a project says that it needs: the files that list its dependencies, read as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

_DECLARING = re.compile(
    r"(?:pyproject\.toml|setup\.(?:py|cfg)|[\w.-]*requirements[\w.-]*|Pipfile|environment\.ya?ml)\Z"
)
_MOST_BYTES = 200_000


def needs(folder: Path, names: Iterable[str], top: str) -> bool:
    """Whether one of the files of these names in the folder lists a distribution that is named as the package."""
    name = re.escape(top).replace("_", "[-_.]")
    listed = re.compile(rf"(?:^[ \t-]*|['\"]){name}(?=\s*(?:[\[<>=!~;,'\"#@]|$))", re.I | re.M)
    return any(listed.search(_text(folder / each)) for each in names if _DECLARING.match(each))


def _text(path: Path) -> str:
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return ""


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> str:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES).decode("utf-8", "replace")
