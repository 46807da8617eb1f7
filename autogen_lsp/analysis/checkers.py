"""Which files of a project its type checkers read, as the settings of mypy, Pyright and ty say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from configparser import ConfigParser
from configparser import Error as BrokenFile
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Any

from autogen_lsp.analysis.configured import get, settings

SETTINGS = frozenset({"pyproject.toml", "mypy.ini", ".mypy.ini", "setup.cfg"})

_MISSING = "attr-defined"
_UNREAD = frozenset({"skip", "error"})  # what mypy makes of imports then is anything


def is_type_checked(folder: Path, path: Path) -> bool | None:
    """Whether a type checker looks for missing attributes in a file below the folder that has the settings.

    None where the settings do not say: they name no files. No checker looks into what has none set up.
    """
    relative = path.relative_to(folder).with_suffix("")
    file, module = f"{relative.as_posix()}.py", ".".join(relative.parts).removeprefix("src.")
    tools = get(settings(folder), "tool")
    mypy = _mypy(folder, get(tools, "mypy"))
    told = [mypy, *(each for each in _overrides(mypy) if _is_about(each, module))]
    if any(map(_passes_over, told)) or _is_left_out(mypy, file):
        return False
    named = [
        *_words(get(mypy, "files")),
        *(name.replace(".", "/") for name in _words(get(mypy, "packages"))),
        *_words(get(tools, "pyright", "include")),
        *_words(get(tools, "basedpyright", "include")),
        *_words(get(tools, "ty", "src", "include")),
    ]
    if not named:
        return None if _is_set_up(mypy, tools) else False
    return any(f"{file}/".startswith(f"{each.partition('*')[0].removeprefix('./').rstrip('/')}/") for each in named)


def _is_set_up(mypy: Any, tools: Any) -> bool:
    """Whether a checker has settings of its own: exceptions for a module say that somebody else may run one."""
    own = set(mypy) - {"overrides"} if isinstance(mypy, dict) else set()
    return bool(own) or any(get(tools, name) for name in ("pyright", "basedpyright", "ty", "pyrefly"))


def _mypy(folder: Path, in_toml: Any) -> Any:
    """The settings of the first file that mypy reads, as they are in a pyproject.toml."""
    return _ini(folder / "mypy.ini") or _ini(folder / ".mypy.ini") or in_toml or _ini(folder / "setup.cfg")


def _ini(file: Path) -> Any:
    try:
        status = file.stat()
    except OSError:
        return {}
    return _read(file, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=16)
def _read(file: Path, mtime_ns: int, size: int) -> Any:
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, BrokenFile):
        return {}
    if not parser.has_section("mypy"):
        return {}
    about = [name.removeprefix("mypy-") for name in parser.sections() if name.startswith("mypy-")]
    return {**parser["mypy"], "overrides": [{**parser[f"mypy-{name}"], "module": name} for name in about]}


def _overrides(mypy: Any) -> Iterator[Any]:
    listed = get(mypy, "overrides")
    yield from listed if isinstance(listed, list) else ()


def _is_about(override: Any, module: str) -> bool:
    return any(fnmatch(module, name) or fnmatch(f"{module}.", name) for name in _words(get(override, "module")))


def _passes_over(told: Any) -> bool:
    ignores = str(get(told, "ignore_errors")).lower() == "true" or get(told, "follow_imports") in _UNREAD
    return ignores or _MISSING in str(get(told, "disable_error_code"))


def _is_left_out(mypy: Any, file: str) -> bool:
    try:
        return any(re.search(pattern, file) for pattern in _words(get(mypy, "exclude"), apart="\n"))
    except re.error:
        return True


def _words(value: Any, apart: str = ",") -> list[str]:
    """The strings of a list, or in one string."""
    listed = value if isinstance(value, list) else str(value or "").split(apart)
    return [word for each in listed if (word := str(each).strip())]
