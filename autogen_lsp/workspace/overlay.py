"""The open documents over the disk: what the client told, in; one frozen `Snapshot` of it, out. Event loop only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from autogen_lsp.config import Settings
from autogen_lsp.workspace.document import Document
from autogen_lsp.workspace.snapshot import Snapshot


class Overlay:
    """Roots, settings and open documents, by the URI that the client uses for each."""

    def __init__(self) -> None:
        self.roots: tuple[Path, ...] = ()
        self.settings = Settings()
        self._documents: dict[str, Document] = {}
        self._by_path: dict[Path, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(self._documents.values())

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
