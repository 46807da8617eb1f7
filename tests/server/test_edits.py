"""A change as a workspace edit, in the forms that clients of each ability understand."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autogen_lsp.errors import EditRefused
from autogen_lsp.server import edits
from autogen_lsp.server.capabilities import Client
from autogen_lsp.text import Edit, FileChange, SourceChange, Span
from autogen_lsp.workspace.overlay import Overlay

PATH = Path("/w/m.py")
OPEN = SourceChange((FileChange(PATH, (Edit(Span(5, 5), "x\n"),), 3),), "Insert")
NEW = SourceChange((FileChange(Path("/w/pkg/new.py"), (Edit(Span(0, 0), "y = 1\n"),), creates=True),))
EMPTY = SourceChange((FileChange(Path("/w/pkg/__init__.py"), (Edit(Span(0, 0), ""),), creates=True),))


def session(**client: Any) -> Any:
    overlay = Overlay()
    overlay.open("file:///w/m%2Epy", PATH, 3, "é = 1\n")
    return SimpleNamespace(client=Client(**client), overlay=overlay, applying=asyncio.Lock(), snapshot=overlay.snapshot)


def made(session: Any, change: SourceChange) -> Any:
    return edits.workspace_edit(session, session.snapshot(), change)


def test_an_open_document_is_edited_at_its_version_under_its_own_uri() -> None:
    edit = made(session(document_changes=True), OPEN)
    position = {"line": 0, "character": 4}
    assert edit == {
        "documentChanges": [
            {
                "textDocument": {"uri": "file:///w/m%2Epy", "version": 3},
                "edits": [{"range": {"start": position, "end": position}, "newText": "x\n"}],
            }
        ]
    }


def test_a_client_without_document_changes_gets_plain_changes() -> None:
    assert list(made(session(), OPEN)["changes"]) == ["file:///w/m%2Epy"]


def test_a_new_file_is_created_before_its_text_is_inserted() -> None:
    create, insert = made(session(document_changes=True, create_files=True), NEW)["documentChanges"]
    assert (create["kind"], create["uri"]) == ("create", "file:///w/pkg/new.py")
    assert insert["textDocument"] == {"uri": "file:///w/pkg/new.py", "version": None}
    assert insert["edits"][0]["newText"] == "y = 1\n"


def test_an_empty_new_file_is_only_created() -> None:
    (create,) = made(session(document_changes=True, create_files=True), EMPTY)["documentChanges"]
    assert create["kind"] == "create"


@pytest.mark.parametrize("client", [{}, {"document_changes": True}])
def test_a_client_that_cannot_create_files_is_not_asked_to(client: dict[str, bool]) -> None:
    with pytest.raises(EditRefused, match="create files"):
        made(session(**client), NEW)


async def test_a_client_that_cannot_apply_edits_is_not_asked_to() -> None:
    with pytest.raises(EditRefused, match="workspace/applyEdit"):
        await edits.apply(session(apply_edit=False), lambda snapshot: OPEN)
