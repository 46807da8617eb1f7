"""Document and file notifications of the client, applied to the overlay; whoever depends on them is told."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from autogen_lsp.server import convert
from autogen_lsp.server.guard import INFO
from autogen_lsp.server.peer import Handler
from autogen_lsp.server.session import Session
from autogen_lsp.server.wire import Json
from autogen_lsp.workspace.ignore import SUFFIXES

log = logging.getLogger(__name__)

# Never asked for; should a client tell all the same, pygls would take it for an error of its own.
_OF_NOTEBOOKS = tuple(f"notebookDocument/did{what}" for what in ("Open", "Change", "Save", "Close"))
# Characters. Nobody writes larger files by hand, and looking at one would hold up everything else for seconds.
LARGEST = 2 * 1024 * 1024


class Sync:
    """Routes of everything that changes a document or tells of a change on disk."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def routes(self) -> dict[str, Handler]:
        return {
            "textDocument/didOpen": self._did_open,
            "textDocument/didChange": self._did_change,
            "textDocument/didClose": self._did_close,
            "textDocument/didSave": self._did_save,
            "workspace/didChangeWatchedFiles": self._did_change_watched_files,
            "workspace/didCreateFiles": self._did_create_or_delete,
            "workspace/didDeleteFiles": self._did_create_or_delete,
            "workspace/didRenameFiles": self._did_rename,
            **dict.fromkeys(_OF_NOTEBOOKS, lambda params: None),
        }

    def _did_open(self, params: Json) -> None:
        item = params["textDocument"]
        path = convert.path_of(item["uri"]) or self._unsaved(item["uri"])
        if path is None:  # git:, notebook cells …: no text of a project that can be edited
            return
        if item.get("languageId", "python") != "python" and path.suffix not in SUFFIXES:
            return
        if len(item["text"]) > LARGEST:
            self._session.peer.show(INFO, f"autogen-lsp: {path.name} is larger than 2 MB and is not looked at")
            return
        document = self._session.overlay.open(item["uri"], path.resolve(), item["version"], item["text"])
        self._session.opened(document)

    def _unsaved(self, uri: str) -> Path | None:
        """The path of a document that has none yet: in the first folder, which is where most will be saved."""
        roots = self._session.overlay.roots
        return convert.unsaved_path(uri, roots[0] if roots else Path(Path.cwd().anchor))

    def _did_change(self, params: Json) -> None:
        session = self._session
        document = session.overlay.get(params["textDocument"]["uri"])
        if document is None:
            log.debug("change of a document that is not open: %s", params["textDocument"]["uri"])
            return
        for change in params["contentChanges"]:
            extent = change.get("range")
            if extent is None:
                document.replace(change["text"])
            else:
                span = convert.span_of(document.text, document, extent, session.client.encoding)
                document.edit(span, change["text"])
        version = params["textDocument"].get("version")
        document.version = version if version is not None else document.version + 1
        session.edited(document)

    def _did_close(self, params: Json) -> None:
        document = self._session.overlay.close(params["textDocument"]["uri"])
        if document is not None:
            self._session.closed(document)

    def _did_save(self, params: Json) -> None:
        document = self._session.overlay.get(params["textDocument"]["uri"])
        if document is not None:
            self._session.disk_changed([document.path])  # many clients watch no files

    def _did_change_watched_files(self, params: Json) -> None:
        self._changed(change["uri"] for change in params["changes"])

    def _did_create_or_delete(self, params: Json) -> None:
        self._changed(file["uri"] for file in params["files"])

    def _did_rename(self, params: Json) -> None:
        self._changed(uri for file in params["files"] for uri in (file["oldUri"], file["newUri"]))

    def _changed(self, uris: Any) -> None:
        paths = [path.resolve() for path in map(convert.path_of, uris) if path is not None]
        self._session.disk_changed(paths)
