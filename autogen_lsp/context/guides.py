"""What people wrote down for those who change the project, and what its linters demand, in few words.

AGENTS.md, CLAUDE.md and CONTRIBUTING files into the paragraphs that constrain code (how to commit or release is left
out); pyproject.toml, ruff.toml, setup.cfg and .flake8 into one line. Files that ignore rules leave out are not read.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from autogen_lsp.workspace.ignore import Rules

_NAMES = (
    "AGENTS.md",
    "CLAUDE.md",
    "CONTRIBUTING.md",
    "CONTRIBUTING.rst",
    ".github/CONTRIBUTING.md",
    "docs/CONTRIBUTING.md",
)
_MOST_BYTES = 100_000
_MOST_OF_ONE = 600  # characters of a paragraph: longer ones are prose
_ON_CODE = re.compile(
    r"(?i)\b(style|naming|name[sd]?|typ(?:e|es|ed|ing)|annotat\w+|hints?|docstrings?|docs?|errors?|exceptions?|"
    r"raise[sd]?|log(?:s|ging|ger)?|imports?|lines?|length|format\w*|quotes?|pathlib|f-strings?|dataclass\w*|"
    r"functions?|methods?|class(?:es)?|modules?|async|await|"
    r"never|always|must|avoid|prefer|don't|do not|comments?|mypy|pyright|ruff|black|flake8|pep ?8|python)\b"
)
_NOT_ON_CODE = re.compile(
    r"(?i)\b(commit|commits|pull requests?|PRs?|branch\w*|fork|merge[ds]?|rebase|release[sd]?|changelog|git|issues?|"
    r"reviewers?|licen[cs]e|install\w*|virtualenv|venv|pip|docker|CI|upstream|clone|contributors?|maintainers?|discussion|slack|discord|bugs?)\b"
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A paragraph or list item of a guide. ``weight``: how much it speaks of code, 0 to 1."""

    path: Path
    text: str
    weight: float


def excerpts(root: Path, rules: Rules) -> list[Excerpt]:
    """What the guides of a root say about code, in the order of the files."""
    found: list[Excerpt] = []
    for name in _NAMES:
        path = root / name
        if not rules.is_ignored(path, (".md", ".rst")):
            text = _read(path)
            found += [Excerpt(path, part, weight) for part, weight in _parts(text)] if text else []
    return found


def linter_settings(root: Path, rules: Rules) -> str:
    """One line with what constrains code: Python version, line length, rules, strictness; '' where nothing is set."""
    project = _toml(root / "pyproject.toml", rules)
    tool = project.get("tool", {}) if isinstance(project.get("tool"), dict) else {}
    parts: list[str] = []
    requires = _get(project, "project", "requires-python") or _get(tool, "poetry", "dependencies", "python")
    if isinstance(requires, str):
        parts.append(f"Python {requires}")
    ruff = tool.get("ruff") or _toml(root / "ruff.toml", rules) or _toml(root / ".ruff.toml", rules)
    lint: Any = ruff.get("lint", ruff) if isinstance(ruff, dict) else {}
    ini = _ini(root, rules)
    length = (
        _get(ruff, "line-length")
        or _get(tool, "black", "line-length")
        or ini.get("max-line-length")
        or ini.get("max_line_length")
    )
    if length:
        parts.append(f"lines of at most {length} characters")
    selected = [*_strings(_get(lint, "select")), *_strings(_get(lint, "extend-select"))]
    if selected:
        parts.append(f"ruff rules {', '.join(selected[:30])}")
    if _get(lint, "pydocstyle", "convention"):
        parts.append(f"docstrings in {_get(lint, 'pydocstyle', 'convention')} style")
    if _get(ruff, "format", "quote-style") == "single" or _get(lint, "flake8-quotes", "inline-quotes") == "single":
        parts.append("single quotes")
    if _get(tool, "mypy", "strict") or ini.get("strict", "").lower() == "true":
        parts.append("mypy --strict")
    elif _get(tool, "mypy", "disallow_untyped_defs") or ini.get("disallow_untyped_defs", "").lower() == "true":
        parts.append("mypy: every function is typed")
    if (
        _get(tool, "pyright", "typeCheckingMode") == "strict"
        or _get(tool, "basedpyright", "typeCheckingMode") == "strict"
    ):
        parts.append("pyright strict")
    return "; ".join(parts)


@lru_cache(maxsize=32)
def _parts(text: str) -> tuple[tuple[str, float], ...]:
    """Paragraphs and list items that speak of code, outside code blocks, with their weight."""
    found: list[tuple[str, float]] = []
    heading = ""
    for block in _blocks(text):
        if block.startswith("#") or re.search(r"\n[=~^*-]{4,}$", block):
            heading = block
            continue
        about = (
            len(_ON_CODE.findall(block)) - 2 * len(_NOT_ON_CODE.findall(block)) - 2 * len(_NOT_ON_CODE.findall(heading))
        )
        about += 2 * len(_ON_CODE.findall(heading))
        if about >= 2 and 20 <= len(block) <= _MOST_OF_ONE:
            found.append((block, min(1.0, about / 6)))
    return tuple(found)


def _blocks(text: str) -> Iterator[str]:
    text = re.sub(r"(?ms)^[ \t]*(```|~~~).*?^[ \t]*\1[ \t]*$", "", text)
    for paragraph in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        items = re.split(r"(?m)^(?=[ \t]*(?:[-*+]|\d+[.)])[ \t]+\S|#)", paragraph)
        yield from (item.strip() for item in items if item.strip())


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _toml(path: Path, rules: Rules) -> dict[str, Any]:
    if rules.is_ignored(path, (".toml",)):
        return {}
    try:
        return tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError:
        return {}


def _ini(root: Path, rules: Rules) -> dict[str, str]:
    """The options of flake8 and mypy, merged: names do not clash."""
    merged: dict[str, str] = {}
    for name in ("setup.cfg", "tox.ini", ".flake8", "mypy.ini"):
        path = root / name
        if rules.is_ignored(path, (path.suffix,)):
            continue
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(_read(path))
        except configparser.Error:
            continue
        for section in ("flake8", "pycodestyle", "mypy"):
            if parser.has_section(section):
                merged |= {
                    key: value.split("#")[0].strip() for key, value in parser.items(section) if isinstance(value, str)
                }
    return merged


def _get(data: Any, *keys: str) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
