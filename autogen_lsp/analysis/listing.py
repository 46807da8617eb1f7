"""What lies in folders, as of one snapshot."""

# Names of a folder's entries stay strings: `Path.iterdir` would make a `Path` of each.
# ruff: noqa: PTH116, PTH208

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec


class Folders(dict[Path, Path]):
    """The folders of paths. It takes time to make one, and to hash it, so there is one object for each folder."""

    def __init__(self) -> None:
        self._once: dict[Path, Path] = {}

    def __missing__(self, path: Path) -> Path:
        folder = path.parent
        folder = self[path] = self._once.setdefault(folder, folder)
        return folder


class Listing(msgspec.Struct):
    """Folder listings as of one snapshot: the disk, and open documents that are not on it yet."""

    open_documents: frozenset[Path] = frozenset()
    on_disk: dict[str, tuple[int, frozenset[str]]] = {}  # shared; with the folder's mtime
    _listings: dict[str, frozenset[str]] = {}
    _open_names: dict[str, set[str]] | None = None

    def names(self, folder: Path) -> frozenset[str]:
        key = str(folder)
        found = self._listings.get(key)
        if found is None:
            found = self._from_disk(key)
            if self.open_documents:
                found |= frozenset(self._open().get(key, ()))
            self._listings[key] = found
        return found

    def _from_disk(self, folder: str) -> frozenset[str]:
        try:
            changed = os.stat(folder).st_mtime_ns
            known = self.on_disk.get(folder)
            if known is not None and known[0] == changed:
                return known[1]
            names = frozenset(os.listdir(folder))
        except OSError:
            return frozenset()
        self.on_disk[folder] = (changed, names)
        return names

    def has(self, path: Path) -> bool:
        return path.name in self.names(path.parent)

    def _open(self) -> dict[str, set[str]]:
        if self._open_names is None:
            self._open_names = {}
            for document in self.open_documents:
                self._open_names.setdefault(str(document.parent), set()).add(document.name)
        return self._open_names


class Native(msgspec.Struct):
    """Sources of extension modules, as of one list of files: kept while the list stays the same object."""

    files: Iterable[Path] | None = None  # None where not looked for yet
    sources: list[str] = []
    stems: frozenset[str] = frozenset()
    declared: frozenset[str] | None = None  # names of modules; None where not read yet
