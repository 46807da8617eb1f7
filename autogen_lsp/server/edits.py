"""A `SourceChange` applied by the client as a `WorkspaceEdit`, with care for what the user typed meanwhile.

Changes are applied one at a time, each made on the text that the last one left. Versions go with them where the client
can check them. A client that was ahead of us refuses, or says "applied" and drops the edit (Neovim does); its own news
of the change tells, and the change is made once more, on the new text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from autogen_lsp.errors import EditRefused
from autogen_lsp.server import convert
from autogen_lsp.server.peer import RequestError
from autogen_lsp.server.wire import Json
from autogen_lsp.text import FileChange, SourceChange
from autogen_lsp.workspace.snapshot import Snapshot

if TYPE_CHECKING:
    from autogen_lsp.server.session import Session

# Seconds that news of an applied edit may take (Neovim gathers changes for 150 ms), and that of one that was refused,
# or of a file that is not open and may never be.
_NEWS = 1.5
_LITTLE_NEWS = 0.3


async def apply(session: Session, make: Callable[[Snapshot], SourceChange]) -> SourceChange:
    """Have the client apply what ``make`` makes of the newest snapshot; returns what was applied.

    Raises `EditRefused` with the client's reason, or with that of ``make``.
    """
    if not session.client.apply_edit:
        raise EditRefused("this editor does not let a language server edit (workspace/applyEdit)")
    async with session.applying:
        change, reason = await _attempt(session, make)
        if change is None and reason:
            change, reason = await _attempt(session, make)
    if change is None:
        raise EditRefused(f"the editor did not apply the edit: {reason or 'it gave no reason'}")
    return change


async def _attempt(session: Session, make: Callable[[Snapshot], SourceChange]) -> tuple[SourceChange | None, str]:
    """The applied change; or None and, where the client's text has moved on, the reason to try again."""
    snapshot = session.snapshot()
    change = make(snapshot)
    params = {"label": change.title or "autogen-lsp", "edit": workspace_edit(session, snapshot, change)}
    try:
        answer = await session.peer.request("workspace/applyEdit", params)
    except RequestError as error:
        answer = {"applied": False, "failureReason": str(error)}
    applied = isinstance(answer, dict) and answer.get("applied") is True
    moved = await _news(session, change, _NEWS if applied else _LITTLE_NEWS)
    if applied and (not moved or _holds(session, change)):
        return change, ""
    reason = str(answer.get("failureReason") or "") if isinstance(answer, dict) else ""
    if not moved:
        raise EditRefused(f"the editor did not apply the edit{f': {reason}' if reason else ''}")
    return None, reason or "its text had changed meanwhile"


def workspace_edit(session: Session, snapshot: Snapshot, change: SourceChange) -> Json:
    """The LSP `WorkspaceEdit`: versioned `documentChanges` where the client knows them, else `changes`."""
    if not session.client.document_changes:
        if any(file.creates for file in change.files):
            raise EditRefused("this editor does not let a language server create files")
        return {"changes": {_uri(session, file): _text_edits(session, snapshot, file) for file in change.files}}
    operations: list[Json] = []
    for file in change.files:
        uri = _uri(session, file)
        if file.creates:
            if not session.client.create_files:
                raise EditRefused("this editor does not let a language server create files")
            operations.append({"kind": "create", "uri": uri, "options": {"overwrite": False, "ignoreIfExists": True}})
        edits = _text_edits(session, snapshot, file)
        if edits:
            operations.append({"textDocument": {"uri": uri, "version": file.version}, "edits": edits})
    return {"documentChanges": operations}


def _uri(session: Session, file: FileChange) -> str:
    document = session.overlay.at(file.path)
    return document.uri if document is not None else convert.uri_of(file.path)


def _text_edits(session: Session, snapshot: Snapshot, file: FileChange) -> list[Json]:
    source = None if file.creates else snapshot.source(file.path)
    if source is None:
        start = {"line": 0, "character": 0}
        return [{"range": {"start": start, "end": start}, "newText": edit.new} for edit in file.edits if edit.new]
    encoding = session.client.encoding
    return [
        {"range": convert.range_of(source.text, source.lines, edit.span, encoding), "newText": edit.new}
        for edit in file.edits
    ]


async def _news(session: Session, change: SourceChange, patience: float) -> bool:
    """Wait until the client has told of a change of every open file; False where all stayed as they were."""

    def pending() -> list[FileChange]:
        documents = ((file, session.overlay.at(file.path)) for file in change.files)
        return [file for file, document in documents if document is None or document.version == file.version]

    if all(session.overlay.at(file.path) is None for file in change.files):
        patience = min(patience, _LITTLE_NEWS)
    try:
        async with asyncio.timeout(patience):
            while pending():
                session.news.clear()
                await session.news.wait()
    except TimeoutError:
        return any(file not in pending() for file in change.files)
    return True


def _holds(session: Session, change: SourceChange) -> bool:
    """Whether the open documents hold the inserted text, white space aside (clients may change line ends)."""
    for file in change.files:
        document = session.overlay.at(file.path)
        if document is None:
            continue
        text = b"".join(document.text.split())
        if any(b"".join(edit.new.encode("utf-8", "surrogatepass").split()) not in text for edit in file.edits):
            return False
    return True
