"""Diagnostics pushed and pulled, over several documents, settings and changes on disk."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.e2e.conftest import Start
from tests.e2e.editor import plain
from tests.e2e.raw import Process


async def test_diagnostics_of_a_closed_document_are_cleared(editor_for: Start) -> None:
    editor = await editor_for({"m.py": "missing(1)\n"})
    uri = editor.open("m.py")
    assert await editor.diagnostics(uri)
    editor.close(uri)
    await editor.until(lambda: editor.client.diagnostics[uri] == [] or editor.client.diagnostics[uri] == ())


def test_what_has_not_changed_is_pushed_once(tmp_path: Path) -> None:
    uri = (tmp_path / "m.py").as_uri()
    pushed: list[tuple[int, int]] = []  # version, how many diagnostics
    with Process(tmp_path) as server:
        server.initialize(tmp_path)
        document = {"uri": uri, "languageId": "python", "version": 1, "text": "missing()\n"}
        server.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        for version, text in enumerate(["missing()\nx = 1\n", "missing()\nalso_missing()\n"], start=2):
            time.sleep(0.7)  # the quick look, the whole one, and the one after the index was built
            change = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]}
            server.send({"method": "textDocument/didChange", "params": change})
        while not pushed or pushed[-1] != (3, 2):
            message = server.receive()
            if message.get("method") == "textDocument/publishDiagnostics":
                pushed.append((message["params"]["version"], len(message["params"]["diagnostics"])))
    assert sorted(set(pushed)) == pushed  # in order, and each once


async def test_a_definition_in_one_document_settles_the_call_in_another(editor_for: Start) -> None:
    editor = await editor_for({"a.py": "from b import f\n\nf(1)\n", "b.py": "x = 1\n"})
    uri, other = editor.open("a.py"), editor.open("b.py")
    assert [each.code for each in await editor.diagnostics(uri)] == ["missing-import"]
    await editor.diagnostics(other)
    editor.replace(other, "x = 1\n", "def f(y):\n    return y\n")
    await editor.until(lambda: not editor.client.diagnostics[uri])


async def test_a_change_on_disk_is_noticed(editor_for: Start) -> None:
    editor = await editor_for({"a.py": "from b import f\n\nf(1)\n", "b.py": "x = 1\n"})
    uri = editor.open("a.py")
    assert [each.code for each in await editor.diagnostics(uri)] == ["missing-import"]
    (editor.root / "b.py").write_text("def f(y):\n    return y\n")
    change = types.FileEvent(editor.uri("b.py"), types.FileChangeType.Changed)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
    await editor.until(lambda: not editor.client.diagnostics[uri])


async def test_severity_and_kinds_follow_the_settings(editor_for: Start) -> None:
    editor = await editor_for(
        {"m.py": "missing(1)\n\n\ndef f():\n    ...\n"},
        settings={"diagnostics": {"severity": "warning", "kinds": ["stub"]}},
    )
    uri = editor.open("m.py")
    await editor.until(lambda: [each.code for each in editor.client.diagnostics.get(uri, ())] == ["stub"])
    assert editor.client.diagnostics[uri][0].severity == types.DiagnosticSeverity.Warning
    editor.client.set_configuration({"autogen": {"diagnostics": {"severity": "off"}}})
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams({}))
    await editor.until(lambda: not editor.client.diagnostics[uri])


async def pull(editor: Any, uri: str, previous: str | None = None) -> Any:
    params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri), previous_result_id=previous)
    return plain(await editor.client.text_document_diagnostic_async(params))


async def test_a_client_that_asks_is_answered_and_not_pushed_to(editor_for: Start) -> None:
    editor = await editor_for({"m.py": "missing(1)\n"}, "neovim")
    uri = editor.open("m.py")
    report = await pull(editor, uri)
    assert [each.code for each in report.items] == ["undefined-call"]
    assert (await pull(editor, uri, report.result_id)).kind == "unchanged"
    editor.replace(uri, "missing", "absent")
    report = await pull(editor, uri, report.result_id)
    assert ["absent" in each.message for each in report.items] == [True]
    assert not editor.client.diagnostics.get(uri)


def told_to_ask_again(capabilities: types.ClientCapabilities) -> None:
    assert capabilities.workspace is not None
    capabilities.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)


async def test_a_client_that_asks_has_names_at_once_and_is_told_of_the_rest(editor_for: Start) -> None:
    text = "class A:\n    def f(self):\n        self.gone()\n\n\nabsent()\n"
    editor = await editor_for({"m.py": text}, "neovim", adjust=told_to_ask_again)
    uri = editor.open("m.py")
    report = await pull(editor, uri)
    told = 0
    while len(report.items) < 2:  # told of the index, too, which may be ready before the first whole look
        await editor.until(lambda told=told: editor.refreshes > told)
        told = editor.refreshes
        report = await pull(editor, uri)
    assert [each.code for each in report.items] == ["missing-attribute", "undefined-call"]
    editor.replace(uri, "absent()", "absent(other())")
    report = await pull(editor, uri)  # what was found last moves along with what is found now
    assert [each.code for each in report.items] == ["missing-attribute", "undefined-call", "undefined-call"]


async def test_a_client_that_asks_and_cannot_be_told_is_pushed_what_it_lacks(editor_for: Start) -> None:
    text = "class A:\n    def f(self):\n        self.gone()\n\n\nabsent()\n"
    editor = await editor_for({"m.py": text}, "neovim")
    uri = editor.open("m.py")
    report = await pull(editor, uri)
    if len(report.items) < 2:
        await editor.until(lambda: bool(editor.client.diagnostics.get(uri)))
        shown = [each.code for each in (*editor.client.diagnostics[uri], *report.items)]
        assert shown == ["missing-attribute", "undefined-call"]
        report = await pull(editor, uri)
    assert [each.code for each in report.items] == ["missing-attribute", "undefined-call"]
    await editor.until(lambda: not editor.client.diagnostics.get(uri))  # nothing is shown twice


async def test_what_it_lacks_comes_though_files_change_meanwhile(editor_for: Start) -> None:
    methods = "".join(f"    def m{i}(self):\n        return self.gone{i}(absent{i}())\n\n" for i in range(1500))
    editor = await editor_for({"m.py": f"class Big:\n{methods}", "other.py": "x = 1\n"}, "neovim")
    uri = editor.open("m.py")
    report = await pull(editor, uri)
    assert {each.code for each in report.items} == {"undefined-call"}
    for _ in range(20):  # each outdates the look at all of the document that is under way
        event = types.FileEvent(editor.uri("other.py"), types.FileChangeType.Changed)
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        await asyncio.sleep(0.05)
    await editor.until(lambda: bool(editor.client.diagnostics.get(uri)))
    assert {each.code for each in editor.client.diagnostics[uri]} == {"missing-attribute"}


async def test_typing_goes_on_while_a_large_file_is_looked_at(editor_for: Start) -> None:
    methods = "".join(f"    def m{i}(self):\n        return self.gone{i}(helper{i}())\n\n" for i in range(1500))
    editor = await editor_for({"m.py": f"import os\n\n\nclass Big:\n{methods}\n\nlast()\n"})
    uri = editor.open("m.py")
    for number in range(30):
        editor.replace(uri, "import os\n", f"import os\n\n\ntyped{number}()\n")
    found = await editor.diagnostics(uri)
    await editor.until(lambda: len(editor.client.diagnostics[uri]) > 3000)
    named = [each.message for each in editor.client.diagnostics[uri]]
    assert len(found) >= 1500
    assert sum("typed" in message for message in named) == 30
    assert sum("has no 'gone" in message for message in named) == 1500


async def test_broken_and_odd_files_do_not_stop_the_server(editor_for: Start) -> None:
    editor = await editor_for({})
    for name, text in {
        "broken.py": "def f(:\n  missing((((\n",
        "deep.py": "(" * 5000,
        "nul.py": "a = '\0'\nmissing()\n",
        "empty.py": "",
        "long.py": "x = [" + "1, " * 20_000 + "]\n",
    }.items():
        uri = editor.open(name, text)
        await editor.diagnostics(uri)
        editor.insert(uri, 0, "missing_too()\n")
        await editor.diagnostics(uri)
    uri = editor.open("fine.py", "missing()\n")
    assert [each.code for each in await editor.diagnostics(uri)] == ["undefined-call"]
    assert editor.messages() == []


async def test_a_second_root_can_come_and_go(editor_for: Start, tmp_path: Path) -> None:
    second = tmp_path / "second"
    second.mkdir()
    (second / "lib.py").write_text("def f():\n    return 1\n")
    editor = await editor_for({"a.py": "from lib import f, g\n\nf()\ng()\n"})
    uri = editor.open("a.py")
    await editor.diagnostics(uri)
    folder = types.WorkspaceFolder(second.as_uri(), "second")
    event = types.WorkspaceFoldersChangeEvent(added=[folder], removed=[])
    editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    await editor.until(lambda: any("'g'" in each.message for each in editor.client.diagnostics[uri]))
    event = types.WorkspaceFoldersChangeEvent(added=[], removed=[folder])
    editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    await editor.until(lambda: not any("'g'" in each.message for each in editor.client.diagnostics[uri]))


async def test_a_huge_file_is_named_and_left_alone(editor_for: Start) -> None:
    editor = await editor_for({})
    uri = editor.open("huge.py", "missing()\n" + "x = 1\n" * 1_700_000)  # 10 MB
    editor.insert(uri, 0, "missing_too()\n")
    await editor.until(lambda: any("huge.py is larger than" in message for message in editor.messages()))
    assert await editor.actions(uri, "missing_too") == []
    other = editor.open("fine.py", "missing()\n")
    assert [each.code for each in await editor.diagnostics(other)] == ["undefined-call"]


async def test_documents_in_other_languages_are_not_looked_at(editor_for: Start) -> None:
    editor = await editor_for({})
    uri = editor.uri("notes.txt")
    item = types.TextDocumentItem(uri, "plaintext", 1, "missing()\n")
    editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    other = editor.open("fine.py", "missing()\n")
    assert await editor.diagnostics(other)
    assert uri not in editor.client.diagnostics


@pytest.mark.parametrize("code", ["F821", {"value": "F821", "target": "https://docs.astral.sh/ruff"}, None, 821, []])
def test_codes_of_other_servers_come_in_every_form(tmp_path: Path, code: Any) -> None:
    text = "def f():\n    missing(1)\n"
    name = {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 11}}
    link = {"codeDescription": {"href": "https://docs.astral.sh/ruff"}, "data": {"of_its": [{"own_kind": 1}]}}
    told = {"range": name, "message": "Undefined name `missing`", "source": "Ruff", "code": code, "tags": [1], **link}
    document = {"uri": (tmp_path / "m.py").as_uri(), "languageId": "python", "version": 1, "text": text}
    away = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    literals = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}
    with Process(tmp_path) as server:
        server.initialize(tmp_path, textDocument={"codeAction": literals})
        server.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        asked = {"textDocument": {"uri": document["uri"]}, "range": away, "context": {"diagnostics": [told]}}
        server.send({"id": 1, "method": "textDocument/codeAction", "params": asked})
        actions = server.answer(1)["result"]
        server.leave()

    understood = code not in (821, [])
    solved = [each for action in actions for each in action["diagnostics"]]  # handed back as they came
    assert solved == [{key: value for key, value in told.items() if value is not None}] * 2 * understood
