"""What a project says that it needs: the files that list its dependencies, read as text."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice
from pathlib import Path

from autogen_lsp.analysis.plain import plain_text

_DECLARING = re.compile(
    r"(?:pyproject\.toml|setup\.(?:py|cfg)|[\w.-]*requirements[\w.-]*|Pipfile|environment\.ya?ml)\Z"
)
_FOLDER = "requirements"
_LISTS = (".txt", ".in")
_MAX_LISTS = 40


def needs(folder: Path, names: Collection[str], top: str) -> bool:
    """Whether one of the files of these names in the folder lists a distribution that is named as the package."""
    name = re.escape(top).replace("_", "[-_.]")
    listed = re.compile(rf"(?:^[ \t-]*|['\"]){name}(?=\s*(?:[\[<>=!~;,'\"#@]|$))", re.I | re.M)
    files = [folder / each for each in names if _DECLARING.match(each)]
    if _FOLDER in names:
        files += islice((each for each in (folder / _FOLDER).rglob("*") if each.suffix in _LISTS), _MAX_LISTS)
    return any(listed.search(plain_text(each)) for each in files)
