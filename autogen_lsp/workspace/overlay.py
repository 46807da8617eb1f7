"""The open documents over the disk: what the client told, in; one frozen `Snapshot` of it, out. Event loop only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import MappingProxyType

from autogen_lsp.config import Settings
from autogen_lsp.workspace.document import Document
from autogen_lsp.workspace.snapshot import Snapshot


class Overlay:
    """Roots, settings and open documents, by the URI that the client uses for each."""

    def __init__(self) -> None:
        self._folders: dict[Path, Path] = {}  # resolved, and as the client names it
        self.settings = Settings()
        self._documents: dict[str, Document] = {}
        self._by_path: dict[Path, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(self._documents.values())

    @property
    def roots(self) -> tuple[Path, ...]:
        """The workspace's folders, resolved."""
        return tuple(self._folders)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The same as the client names them."""
        return tuple(self._folders.values())

    @folders.setter
    def folders(self, folders: Iterable[Path]) -> None:
        self._folders = {}
        for folder in folders:
            self._folders.setdefault(folder.resolve(), folder)

    def named(self, path: Path) -> Path:
        """A resolved path as the client names it, whose folder may be a symbolic link: it would open the file twice."""
        around = [root for root in self._folders if path.is_relative_to(root)]
        root = max(around, key=lambda root: len(root.parts), default=None)
        return path if root is None else self._folders[root] / path.relative_to(root)

    def get(self, uri: str) -> Document | None:
        return self._documents.get(uri)

    def at(self, path: Path) -> Document | None:
        """The open document of a resolved path."""
        return self._by_path.get(path)

    def open(self, uri: str, path: Path, version: int, text: str) -> Document:
        """Opening an open document again replaces it: the client's newest word counts."""
        document = Document(uri, path, version, text)
        self._documents[uri] = self._by_path[path] = document
        return document

    def close(self, uri: str) -> Document | None:
        document = self._documents.pop(uri, None)
        if document is not None and self._by_path.get(document.path) is document:
            del self._by_path[document.path]
            # The same file may be open under a second URI (through a symbolic link).
            for other in self._documents.values():
                if other.path == document.path:
                    self._by_path[other.path] = other
        return document

    def snapshot(self) -> Snapshot:
        """Everything as it is now. Costs one parse for each document edited since the last snapshot."""
        documents = {path: document.snapshot() for path, document in self._by_path.items()}
        return Snapshot(self.roots, MappingProxyType(documents), self.settings)
