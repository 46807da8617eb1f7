"""Which files a project's own commands hand to type checkers: hooks of pre-commit, and lines of tox, make and CI.

Read by patterns, without a parser for each of these formats. A command counts where all that it names is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_HOOKS = ".pre-commit-config.yaml"
_LINES = ("tox.ini", "Makefile", "justfile")
_WORKFLOWS = ".github/workflows"
_MAX_BYTES = 200_000
_MAX_FILES = 20
_CHECKER = r"(?:mypy|(?:based)?pyright|ty check|pyrefly check)"
_LINE = re.compile(rf"^(?!\s*#)(?:.*[\s@&;|:])?{_CHECKER}[ \t]+([^\n&|;#]*)", re.M)
_HOOK = re.compile(rf"^([ \t]*)-([ \t]+)id:[ \t]*{_CHECKER}\b.*\n((?:\1 .*\n|[ \t]*\n)*)", re.M)
_KEY = re.compile(r"^[ \t]*(files|exclude|pass_filenames|entry|args):((?:.*)(?:\n[ \t]+-.*|\n[ \t]*$)*)", re.M)
_AROUND = re.compile(r"^(files|exclude):(.*)", re.M)
_WORD = re.compile(r"[^\s\"',\[\]{}]+")
_NO_PATH = re.compile(r"-|posargs$|[\d.]*\d$")
_ELSEWHERE = re.compile(r"^[/~$]|\.\.")
_SETTINGS = frozenset({".toml", ".ini", ".cfg", ".json"})


@dataclass(frozen=True, slots=True)
class Sent:
    """Folders and files that commands name, below the project's folder; and what hooks take, by patterns."""

    named: tuple[str, ...] = ()
    taken: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...] = ()

    def takes(self, file: str) -> bool:
        """Whether a hook gets the file when it has changed."""
        return any(
            files.search(file) and not (exclude is not None and exclude.search(file)) for files, exclude in self.taken
        )


def sent(folder: Path) -> Sent:
    """What the commands in a project's folder say."""
    files = [folder / name for name in (_HOOKS, *_LINES)]
    with suppress(OSError):
        files += sorted(each for each in (folder / _WORKFLOWS).iterdir() if each.suffix in (".yml", ".yaml"))
    stamps = []
    for file in files[:_MAX_FILES]:
        try:
            stamps.append((file, file.stat().st_mtime_ns))
        except OSError:
            continue
    return _sent(folder, tuple(stamps)) if stamps else Sent()


@lru_cache(maxsize=32)
def _sent(folder: Path, stamps: tuple[tuple[Path, int], ...]) -> Sent:
    named: list[str] = []
    taken: list[tuple[re.Pattern[str], re.Pattern[str] | None]] = []
    for file, _ in stamps:
        try:
            text = file.read_bytes()[:_MAX_BYTES].decode("utf-8", "replace")
        except OSError:
            continue
        if file.name != _HOOKS:
            for line in _LINE.findall(text):
                named += _named(folder, line)
            continue
        around = dict(_AROUND.findall(text))
        for _, _, block in _HOOK.findall(text):
            keys = dict(_KEY.findall(block))
            if "true" not in keys.get("pass_filenames", "true"):
                entry = re.sub(rf".*\b{_CHECKER}\b", "", keys.get("entry", ""))
                named += _named(folder, f"{entry} {re.sub(r'(?m)^[ ]*-', ' ', keys.get('args', ''))}")
            elif {"files", "exclude"}.isdisjoint(around):
                taken += _taken(keys)
    return Sent(tuple(dict.fromkeys(named)), tuple(taken))


def _taken(keys: dict[str, str]) -> Iterator[tuple[re.Pattern[str], re.Pattern[str] | None]]:
    files, exclude = (keys.get(key, "").strip().strip("'\"") for key in ("files", "exclude"))
    if files[:1] in ("|", ">") or exclude[:1] in ("|", ">"):
        return  # over several lines
    try:
        yield re.compile(files), re.compile(exclude) if exclude else None
    except re.error:
        return


def _named(folder: Path, words: str) -> list[str]:
    """What a command names; nothing where it leaves something out, or something is not there, or lies elsewhere."""
    listed = _WORD.findall(words.replace("posargs:", " "))
    found = [word for word in listed if not _NO_PATH.match(word) and Path(word).suffix not in _SETTINGS]
    there = all(not _ELSEWHERE.search(word) and (folder / word).exists() for word in found)
    return found if there and not any(word.startswith("--exclude") for word in listed) else []
