"""Documents that are no files of the workspace: never saved, of no folder, cells of notebooks, views of other texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Start
from tests.e2e.editor import Editor
from tests.e2e.raw import Process

TEXT = b"""\
from shop import gone
from . import beside


def report(items: list[int]) -> int:
    return compute(items)
"""
CREATED = TEXT + b"\n\ndef compute(items: list[int]) -> int:\n    raise NotImplementedError\n"


async def create(editor: Editor, uri: str, needle: str) -> None:
    actions = await editor.actions(uri, needle)
    assert (await editor.execute(actions[0].command))["status"] == "applied"


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "buffer:12", "file://", "untitled:Untitled-1?x#y"])
async def test_in_a_document_that_was_never_saved_names_are_created(editor_for: Start, uri: str) -> None:
    editor = await editor_for({"shop.py": "x = 1\n", "Untitled-1.py": "compute = 1\n"})
    editor.open_uri(uri, TEXT)
    await editor.until(lambda: len(editor.client.diagnostics.get(uri, ())) == 2)
    shown = {each.code: each.data["target"]["uri"] for each in editor.client.diagnostics[uri]}
    assert shown == {"missing-import": editor.uri("shop.py"), "undefined-call": uri}
    await create(editor, uri, "compute")
    assert editor.buffers[uri].text == CREATED
    await create(editor, uri, "gone")
    assert "def gone" in editor.text(editor.uri("shop.py"))
    editor.close(uri)
    await editor.until(lambda: not editor.client.diagnostics[uri])
    assert editor.messages() == []


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "file"])
async def test_without_a_folder_what_is_open_can_be_edited(editor_for: Start, tmp_path: Path, uri: str) -> None:
    editor = await editor_for({"m.py": "x = 1\n"}, folders=[])
    uri = editor.open_uri(editor.uri("m.py") if uri == "file" else uri, TEXT)
    await editor.diagnostics(uri)
    await create(editor, uri, "compute")
    assert editor.buffers[uri].text == CREATED
    assert editor.messages() == []


async def test_a_document_that_says_where_it_will_be_saved_is_a_module_of_that_name(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": "from fresh import total, gone\n\ntotal(1)\n"})
    uri = editor.open_uri("untitled:" + editor.uri("fresh.py").removeprefix("file://"), b"def total(x): return x\n")
    shop = editor.open("shop.py")
    await editor.until(lambda: [each.code for each in editor.client.diagnostics.get(shop, ())] == ["missing-import"])
    await create(editor, shop, "gone")
    assert "def gone" in editor.text(uri)


def test_views_and_cells_are_left_alone(tmp_path: Path) -> None:
    path = (tmp_path / "m.py").as_uri().removeprefix("file:")
    with Process(tmp_path) as server:
        server.initialize(tmp_path)
        number = 0
        for uri in (f"git:{path}?ref", f"vscode-notebook-cell:{path}#W0", "output:log", "vscode-vfs://github/m.py", ""):
            place = {"textDocument": {"uri": uri, "version": 2}, "position": {"line": 0, "character": 1}}
            opened = {"uri": uri, "languageId": "python", "version": 1, "text": "missing()\n"}
            server.send({"method": "textDocument/didOpen", "params": {"textDocument": opened}})
            change = {**place, "contentChanges": [{"text": "absent()\n"}]}
            server.send({"method": "textDocument/didChange", "params": change})
            expected: dict[str, Any] = {
                "hover": None,
                "codeLens": [],
                "completion": {"isIncomplete": False, "items": []},
            }
            for method, answer in expected.items():
                number += 1
                server.send({"id": number, "method": f"textDocument/{method}", "params": place})
                assert server.answer(number)["result"] == answer
            number += 1
            where = {"uri": uri, "position": place["position"]}
            command = {"command": "autogen.createSkeleton", "arguments": [where]}
            server.send({"id": number, "method": "workspace/executeCommand", "params": command})
            assert "uri" in server.answer(number)["error"]["message"]
            server.send({"method": "textDocument/didSave", "params": place})
            server.send({"method": "textDocument/didClose", "params": place})
        notebook = {"uri": f"file:{path}", "notebookType": "jupyter-notebook", "version": 1, "cells": []}
        cells = {"notebookDocument": notebook, "cellTextDocuments": []}
        server.send({"method": "notebookDocument/didOpen", "params": cells})
        server.send({"id": "bye", "method": "shutdown"})
        while (message := server.receive()).get("id") != "bye":
            assert message["method"] not in ("window/showMessage", "textDocument/publishDiagnostics"), message


async def test_files_below_a_linked_folder_are_named_as_the_editor_names_them(
    editor_for: Start, tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "project").symlink_to(tmp_path / "real")
    editor = await editor_for({"shop.py": "x = 1\n", "m.py": "from shop import gone\n"})
    uri = editor.open("m.py")
    (found,) = await editor.diagnostics(uri)
    assert found.data["target"]["uri"] == editor.uri("shop.py")
    await create(editor, uri, "gone")
    assert "def gone" in editor.text(editor.uri("shop.py"))
