"""How the type checkers of a project read its files, as the settings of mypy, Pyright and ty say, and its commands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from configparser import ConfigParser
from configparser import Error as BrokenFile
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Any

from autogen_lsp.analysis.checker_commands import sent
from autogen_lsp.analysis.configured import get, settings

SETTINGS = frozenset({"pyproject.toml", "mypy.ini", ".mypy.ini", "setup.cfg", "pyrightconfig.json"})

_COMMENT = re.compile(r"^\s*//.*|,(?=\s*[\]}])", re.M)  # and commas that JSON lets nobody write
_MISSING, _OF_UNIONS, _UNTYPED = "attr-defined", "union-attr", "no-untyped-def"
_UNREAD = frozenset({"skip", "error"})  # what mypy makes of imports then is anything
_MODES = frozenset({"basic", "standard", "strict", "recommended", "all"})  # of Pyright, where it looks for attributes
_STRICT = frozenset({"check_untyped_defs", "disallow_untyped_defs"})  # what `strict` switches on


@dataclass(frozen=True, slots=True)
class Reading:
    """Whether a checker looks for missing attributes in a file; None where the settings do not say, and name no files.

    ``whole``: for certain in functions without annotations, too. ``strict``: it lets none be without. ``unions``: it
    looks for what all classes have that an object may be of. ``ignored``: its errors are known, and not to be told.
    """

    read: bool | None
    whole: bool = False
    strict: bool = False
    unions: bool = False
    ignored: bool = False


def reading(folder: Path, path: Path) -> Reading:
    """How a file below the folder that has the settings is read. No checker looks into what has none set up."""
    relative = path.relative_to(folder).with_suffix("")
    file, module = f"{relative.as_posix()}.py", ".".join(relative.parts).removeprefix("src.")
    tools = _tools(folder)
    mypy = _mypy(folder, get(tools, "mypy"))
    told = [*_about(mypy, module), mypy]
    off = " ".join(str(get(each, "disable_error_code")) for each in told)
    ignored = _is_on("ignore_errors", told)
    if ignored or _first("follow_imports", told) in _UNREAD or _MISSING in off or _is_left_out(mypy, file):
        return Reading(False, ignored=ignored)
    set_up = _is_set_up(mypy)
    settled = (each for name in ("pyright", "basedpyright") if (each := get(tools, name)))
    pyright = [each for each in settled if not any(_is_of(file, glob) for glob in _left_out(each))]
    mode = {get(each, "typeCheckingMode") for each in pyright} & _MODES
    commands = sent(folder)
    named = [
        *commands.named,
        *_words(get(mypy, "files")),
        *(name.replace(".", "/") for name in _words(get(mypy, "packages"))),
        *(name for each in pyright for name in _words(get(each, "include"))),
        *_words(get(tools, "ty", "src", "include")),
    ]
    if commands.takes(file):
        read: bool | None = True
    elif named:
        read = any(_is_below(file, each) for each in named)
    elif set_up and any("*" not in _words(get(each, "module")) for each in told[:-1]):
        read = True  # there is more to say of it
    else:
        read = None if set_up or pyright or any(get(tools, name) for name in ("ty", "pyrefly")) else False
    all_typed = set_up and _is_on("disallow_untyped_defs", told) and _UNTYPED not in off
    whole = (set_up and _is_on("check_untyped_defs", told) and (read is True or all_typed)) or bool(mode)
    strict = all_typed or "strict" in mode
    return Reading(read, whole, strict, _OF_UNIONS not in off)


def _is_below(file: str, named: str) -> bool:
    folder = named.partition("*")[0].removeprefix("./").rstrip("/")
    return folder == "." or f"{file}/".startswith(f"{folder}/")


def _left_out(pyright: Any) -> list[str]:
    return [*_words(get(pyright, "exclude")), *_words(get(pyright, "ignore"))]


def _is_of(file: str, glob: str) -> bool:
    """Whether one of Pyright's patterns means a file, or a folder around it."""
    return any(
        fnmatch(f"/{file}", f"/{prefix}{glob.strip('/')}{suffix}") for prefix in ("", "*/") for suffix in ("", "/*")
    )


def _is_on(flag: str, told: list[Any]) -> bool:
    """Whether the first of the settings that say it switch a flag of mypy on."""
    said = _first(flag, told)
    return _is_true(get(told[-1], "strict")) if said is None and flag in _STRICT else _is_true(said)


def _first(key: str, told: list[Any]) -> Any:
    return next((value for each in told if (value := get(each, key)) is not None), None)


def _is_true(value: Any) -> bool:
    return str(value).lower() in ("true", "1", "yes", "on")


def _tools(folder: Path) -> Any:
    """The tables of tools in the folder's pyproject.toml, with what Pyright reads instead."""
    tools = get(settings(folder), "tool")
    pyright = _parsed(folder / "pyrightconfig.json", _json)
    return {**(tools if isinstance(tools, dict) else {}), "pyright": pyright} if pyright else tools


def _is_set_up(mypy: Any) -> bool:
    """Whether mypy has settings of its own: exceptions for a module say that somebody else may run one."""
    return isinstance(mypy, dict) and bool(set(mypy) - {"overrides"})


def _mypy(folder: Path, in_toml: Any) -> Any:
    """The settings of the first file that mypy reads, as they are in a pyproject.toml."""
    first, second, last = (_parsed(folder / name, _ini) for name in ("mypy.ini", ".mypy.ini", "setup.cfg"))
    return first or second or in_toml or last


def _parsed(file: Path, parse: Callable[[str], Any]) -> Any:
    try:
        status = file.stat()
    except OSError:
        return {}
    return _read(file, parse, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=32)
def _read(file: Path, parse: Callable[[str], Any], mtime_ns: int, size: int) -> Any:
    try:
        return parse(file.read_text("utf-8"))
    except (OSError, ValueError, BrokenFile):
        return {}


def _json(text: str) -> Any:
    return json.loads(_COMMENT.sub("", text))


def _ini(text: str) -> Any:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    if not parser.has_section("mypy"):
        return {}
    about = [name.removeprefix("mypy-") for name in parser.sections() if name.startswith("mypy-")]
    return {**parser["mypy"], "overrides": [{**parser[f"mypy-{name}"], "module": name} for name in about]}


def _about(mypy: Any, module: str) -> list[Any]:
    """What mypy is told of a module, what counts most first: what names it, patterns, then packages around it."""
    listed = get(mypy, "overrides")
    found: list[tuple[int, int, int, Any]] = []
    for at, override in enumerate(listed if isinstance(listed, list) else ()):
        names = [name for name in _words(get(override, "module")) if _is_about(name, module)]
        ranks = [(0, 0) if "*" not in name else _rank(name) for name in names]
        found += [(*min(ranks), -at, override)] if ranks else []  # of those that count alike, the last one
    return [override for *_, override in sorted(found, key=lambda each: each[:3])]


def _is_about(name: str, module: str) -> bool:
    return fnmatch(module, name) or fnmatch(f"{module}.", name)


def _rank(pattern: str) -> tuple[int, int]:
    return (1, 0) if "*" in pattern.removesuffix(".*") else (2, -pattern.count("."))


def _is_left_out(mypy: Any, file: str) -> bool:
    try:
        return any(re.search(pattern, file) for pattern in _words(get(mypy, "exclude"), apart="\n"))
    except re.error:
        return True


def _words(value: Any, apart: str = ",") -> list[str]:
    """The strings of a list, or in one string."""
    listed = value if isinstance(value, list) else str(value or "").split(apart)
    return [word for each in listed if (word := str(each).strip())]
