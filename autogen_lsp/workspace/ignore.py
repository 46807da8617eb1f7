"""Which Python files belong to the workspace: roots and ignore rules into paths, by one walk that reads no Python.

Left out: what .gitignore files (of every folder, and of those above the root in its repository), ``.git/info/exclude``,
``.autogenignore`` files and the setting ``context.exclude`` name; hidden folders, environments, package stores, caches
and build output; files larger than `MAX_BYTES`. The more specific source decides: the setting, then ``.autogenignore``,
then .gitignore, each from the innermost folder outwards; so a ``!`` line takes back what a more general one left out.
A file that is left out may still be opened; it is not indexed and never sent anywhere on its own.
"""

# Paths stay strings here, `Path` objects would make the walk three times as slow.
# ruff: noqa: PTH110, PTH116, PTH120, PTH208

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from stat import S_ISREG

from autogen_lsp.workspace.files import MAX_BYTES
from autogen_lsp.workspace.gitignore import Patterns

SUFFIXES = (".py", ".pyi")

# Folders by name: package stores and caches, never part of a project's own code.
_STORES = frozenset(
    {"node_modules", "bower_components", "site-packages", "dist-packages", "__pycache__", "__pypackages__"}
)
# Folders by what lies in them: environments (PEP 405; conda) and caches (the Cache Directory Tagging Specification).
_MARKERS = ("pyvenv.cfg", "conda-meta", "CACHEDIR.TAG")
_GIT, _OWN = ".gitignore", ".autogenignore"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A Python file of the workspace, with the stat fields that tell whether it may have changed."""

    path: str  # absolute, with '/'
    mtime_ns: int
    size: int


def python_files(roots: Sequence[Path], exclude: Sequence[str] = ()) -> Iterator[Path]:
    """The workspace's ``.py`` and ``.pyi`` files, each once, in a stable order. Unreadable folders are passed over."""
    return (Path(found.path) for found in Rules(tuple(roots), tuple(exclude)).walk())


@dataclass(frozen=True)
class Rules:
    """The ignore rules of some roots. It keeps what it read of the ignore files: make a new one when these change."""

    roots: tuple[Path, ...]
    exclude: tuple[str, ...] = ()
    _levels: dict[str, _Level | None] = field(default_factory=dict, repr=False, compare=False)

    def walk(self, see: Callable[[str], None] = lambda seen: None) -> Iterator[FoundFile]:
        """Every Python file that is not ignored, each once; a folder's files first, then its folders, by name.

        A symbolic link to a folder is followed where it leaves the roots, and no folder is entered twice. ``see`` is
        told what else the walk comes by: the names in each folder, and when an ignored folder was changed.
        """
        seen: set[tuple[int, int]] = set()
        for top in self._tops:
            stack = [(top, "", self._top_level(top))]
            while stack:
                folder, name, level = stack.pop()
                yield from self._enter(folder, name, level, stack, seen, see)

    def is_ignored(self, path: Path, suffixes: tuple[str, ...] = SUFFIXES) -> bool:
        """Whether rules on names leave the file out (size and links are not looked at); true outside the roots.

        A file with none of these ``suffixes`` is left out as well.
        """
        text = path.as_posix()
        tops = [top for top in self._tops if text.startswith(top.rstrip("/") + "/")]
        if not tops or path.suffix not in suffixes:
            return True
        folder = max(tops, key=len)
        level = self._top_level(folder)
        *parts, name = text[len(folder.rstrip("/")) + 1 :].split("/")
        for part in parts:
            folder = f"{folder.rstrip('/')}/{part}"
            if folder not in self._levels:
                skip = _is_store(part) or level.ignores(part + "/", folder + "/") or _is_not_code(folder, part, None)
                self._levels[folder] = None if skip else level.inside(folder)
            inner = self._levels[folder]
            if inner is None:
                return True
            level = inner
        return level.ignores(name, text)

    def has_another_name(self, path: Path) -> bool:
        """Whether the walk comes to the file by another way: a linked folder above it leads back into the roots."""
        text = path.as_posix()
        tops = [top for top in self._tops if text.startswith(top.rstrip("/") + "/")]
        inside = (folder for folder in path.parents if any(len(folder.as_posix()) > len(top) for top in tops))
        return any(folder.is_symlink() and self._leads_inside(folder.as_posix()) for folder in inside)

    def _enter(
        self,
        folder: str,
        name: str,
        level: _Level,
        stack: list[tuple[str, str, _Level]],
        seen: set[tuple[int, int]],
        see: Callable[[str], None],
    ) -> Iterator[FoundFile]:
        """The files of one folder; its folders go on the stack. ``level`` is the outer folder's (a root: its own)."""
        try:
            status = os.stat(folder)
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            return
        if (status.st_dev, status.st_ino) in seen:
            return
        seen.add((status.st_dev, status.st_ino))
        names = {entry.name for entry in entries}
        if name:
            if _is_not_code(folder, name, names):
                return
            level = level.inside(folder, names)
        prefix = folder.rstrip("/") + "/"
        see("\0".join([prefix, *(entry.name for entry in entries if not _is_store(entry.name))]))
        folders: list[tuple[str, str, _Level]] = []
        for entry in entries:
            part = entry.name
            path = prefix + part
            try:
                if entry.is_dir():
                    if _is_store(part) or (entry.is_symlink() and self._leads_inside(path)):
                        continue
                    if level.ignores(part + "/", path + "/"):
                        see(f"{path}\0{entry.stat().st_mtime_ns}")
                    else:
                        folders.append((path, part, level))
                elif part.endswith(SUFFIXES) and not level.ignores(part, path):
                    file = entry.stat()
                    if S_ISREG(file.st_mode) and file.st_size <= MAX_BYTES:
                        yield FoundFile(path, file.st_mtime_ns, file.st_size)
            except OSError:
                continue
        stack.extend(reversed(folders))

    def _leads_inside(self, link: str) -> bool:
        """Whether a link's target lies in a root, where it is found under its own name (or ignored for a reason)."""
        target = Path(os.path.realpath(link))
        return any(target.is_relative_to(top) for top in self._real_tops)

    @cached_property
    def _tops(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(root.as_posix() for root in self.roots))

    @cached_property
    def _real_tops(self) -> tuple[str, ...]:
        return tuple(os.path.realpath(top) for top in self._tops)

    def _top_level(self, top: str) -> _Level:
        """The rules in force inside a root: those of its repository from the top down to it, and the setting's."""
        found = self._levels.get(top)
        if found is None:
            root = Path(top)
            repository = next((p for p in (root, *root.parents) if (p / ".git").exists()), None)
            found = _Level(fixed=_compiled(self.exclude, top))
            if repository is not None:
                found = _Level(found.fixed, (), _compiled(_info_exclude(repository), repository.as_posix()))
                between = [p for p in root.parents if p.is_relative_to(repository)]
                for folder in reversed(between):
                    found = found.inside(folder.as_posix())
            found = self._levels[top] = found.inside(top)
        return found


@dataclass(frozen=True)
class _Level:
    """The patterns in force in one folder, innermost first: the setting's, those of .autogenignore, those of git."""

    fixed: tuple[Patterns, ...] = ()
    own: tuple[Patterns, ...] = ()
    git: tuple[Patterns, ...] = ()

    @cached_property
    def _order(self) -> tuple[Patterns, ...]:
        return self.fixed + self.own + self.git

    def ignores(self, name: str, path: str) -> bool:
        """Arguments as of `Patterns.match`."""
        for patterns in self._order:
            answer = patterns.match(name, path)
            if answer is not None:
                return answer
        return False

    def inside(self, folder: str, names: Collection[str] = (_GIT, _OWN)) -> _Level:
        """With the ignore files of ``folder`` added, if ``names`` says that it may have any."""
        own = _compiled(_lines(f"{folder}/{_OWN}"), folder) if _OWN in names else ()
        git = _compiled(_lines(f"{folder}/{_GIT}"), folder) if _GIT in names else ()
        return _Level(self.fixed, own + self.own, git + self.git) if own or git else self


def _is_store(name: str) -> bool:
    return name.startswith(".") or name in _STORES or name.endswith((".egg-info", ".dist-info", ".egg"))


def _is_not_code(folder: str, name: str, names: Collection[str] | None) -> bool:
    """An environment, a cache, or setuptools' build folder; ``names`` are the folder's entries, where known."""
    if names is None:
        if any(os.path.lexists(f"{folder}/{marker}") for marker in _MARKERS):
            return True
    elif any(marker in names for marker in _MARKERS):
        return True
    if name != "build":
        return False
    try:
        entries = os.listdir(folder)
    except OSError:
        return False
    above = os.path.dirname(folder)
    built = any(entry == "lib" or entry.startswith(("lib.", "bdist.")) for entry in entries)
    return built and any(os.path.exists(f"{above}/{file}") for file in ("setup.py", "pyproject.toml", "setup.cfg"))


def _compiled(lines: Sequence[str], folder: str) -> tuple[Patterns, ...]:
    patterns = Patterns(lines, folder)
    return (patterns,) if patterns else ()


def _lines(path: str) -> list[str]:
    """Lines of an ignore file, none where it cannot be read. File names need not be UTF-8, nor need patterns."""
    try:
        raw = Path(path).read_bytes()
    except OSError:
        return []
    return os.fsdecode(raw.removeprefix(b"\xef\xbb\xbf")).split("\n")


def _info_exclude(repository: Path) -> list[str]:
    """Lines of the repository's own exclude file; a linked work tree's is in the main ``.git`` (git-worktree)."""
    folder = repository / ".git"
    try:
        if folder.is_file():
            folder = repository / folder.read_text("utf-8").removeprefix("gitdir:").strip()
            common = folder / "commondir"
            if common.is_file():
                folder = folder / common.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return []
    return _lines(f"{folder.as_posix()}/info/exclude")
