"""A `SourceChange` applied by the client as a `WorkspaceEdit`, with care for what the user typed meanwhile.

Changes are applied one at a time, each made on the text that the last one left. Versions go with them where the client
can check them. A client that was ahead of us refuses, or says "applied" and drops the edit (Neovim does); its own news
of the change tells, and the change is made once more, on the new text.
"""

from __future__ import annotations

import asyncio
import contextlib
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
    # Only where the client could compare versions does it drop what is stale and say "applied" all the same.
    if applied and (not moved or all(_holds(session, file) for file in change.files if file.version is not None)):
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
        return {
            "changes": {
                convert.client_uri(file.path, session.overlay): _text_edits(session, snapshot, file)
                for file in change.files
            }
        }
    operations: list[Json] = []
    for file in change.files:
        uri = convert.client_uri(file.path, session.overlay)
        if file.creates:
            if not session.client.create_files:
                raise EditRefused("this editor does not let a language server create files")
            operations.append({"kind": "create", "uri": uri, "options": {"overwrite": False, "ignoreIfExists": True}})
        edits = _text_edits(session, snapshot, file)
        if edits:
            operations.append({"textDocument": {"uri": uri, "version": file.version}, "edits": edits})
    return {"documentChanges": operations}


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
    """Wait until the client has told of a change of every file that was open; False where all stayed as they were.

    Other files are waited for a little: the client may open them, with their old text first (Neovim), or write them.
    """
    opened = [file for file in change.files if file.version is not None]

    def unchanged(file: FileChange) -> bool:
        document = session.overlay.at(file.path)
        return document is not None and document.version == file.version

    await _until(session, lambda: not any(map(unchanged, opened)), patience)
    others = [file for file in change.files if file.version is None]
    await _until(session, lambda: all(session.overlay.at(f.path) and _holds(session, f) for f in others), _LITTLE_NEWS)
    return not all(map(unchanged, opened))


async def _until(session: Session, condition: Callable[[], bool], patience: float) -> None:
    """Wait for news that fulfil a condition, some seconds at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience):
            while not condition():
                session.news.clear()
                await session.news.wait()


def _holds(session: Session, file: FileChange) -> bool:
    """Whether a document, if it is open, holds the inserted text, white space aside (clients may change line ends)."""
    document = session.overlay.at(file.path)
    if document is None:
        return True
    text = b"".join(document.text.split())
    return all(b"".join(edit.new.encode("utf-8", "surrogatepass").split()) in text for edit in file.edits)
