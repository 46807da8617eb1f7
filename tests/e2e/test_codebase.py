"""The index and the graph of a running server: they follow buffers, files and branches, and nobody misses them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.e2e.conftest import Start
from tests.e2e.editor import Editor

USER = "from lib import first, second\n\nfirst(1)\nsecond(2)\n"
BOTH = "def first(a): ...\n\n\ndef second(a): ...\n"
NEITHER = "x = 1\n"


def tell(editor: Editor, changes: dict[str, types.FileChangeType]) -> None:
    """The client's watcher saw these modules' files change."""
    events = [types.FileEvent(editor.uri(f"{name}.py"), kind) for name, kind in changes.items()]
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))


async def codes_become(editor: Editor, uri: str, *expected: str) -> None:
    await editor.until(lambda: sorted(str(each.code) for each in editor.client.diagnostics.get(uri, ())) == [*expected])


async def test_files_that_come_change_and_go_are_followed(editor_for: Start) -> None:
    editor = await editor_for({"user.py": USER.replace("lib", "pack.lib"), "pack/__init__.py": ""})
    uri = editor.open("user.py")
    await codes_become(editor, uri, "missing-module")
    lib = editor.root / "pack/lib.py"
    lib.write_text(BOTH)
    tell(editor, {"pack/lib": types.FileChangeType.Created})
    await codes_become(editor, uri)
    lib.write_text(NEITHER)
    tell(editor, {"pack/lib": types.FileChangeType.Changed})
    await codes_become(editor, uri, "missing-import", "missing-import")
    (editor.root / "other.py").write_text(BOTH)
    (editor.root / "other.py").replace(lib)  # as editors save
    tell(editor, {"pack/lib": types.FileChangeType.Changed})
    await codes_become(editor, uri)
    lib.rename(editor.root / "pack/elsewhere.py")
    tell(editor, {"pack/lib": types.FileChangeType.Deleted, "pack/elsewhere": types.FileChangeType.Created})
    await codes_become(editor, uri, "missing-module")


async def test_an_open_document_wins_over_what_happens_to_its_file(editor_for: Start) -> None:
    editor = await editor_for({"user.py": USER, "lib.py": BOTH})
    uri, lib = editor.open("user.py"), editor.open("lib.py")
    await codes_become(editor, uri)
    (editor.root / "lib.py").write_text(NEITHER)
    tell(editor, {"lib": types.FileChangeType.Changed})
    editor.replace(uri, "second(2)", "second(3)")
    await editor.diagnostics(uri)
    assert not editor.client.diagnostics[uri]
    editor.close(lib)  # back to the disk
    await codes_become(editor, uri, "missing-import", "missing-import")


def git(root: Path, *arguments: str) -> None:
    nobody = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
    environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *nobody, *arguments], cwd=root, env=environ, check=True, stdout=subprocess.DEVNULL)


async def test_another_branch_is_followed(editor_for: Start) -> None:
    many = {f"part{number}.py": f"def part{number}(): ...\n" for number in range(60)}
    editor = await editor_for({"user.py": USER, "lib.py": BOTH, **many})
    git(editor.root, "init", "-q")
    git(editor.root, "add", ".")
    git(editor.root, "commit", "-qm", "one")
    git(editor.root, "branch", "before")
    (editor.root / "lib.py").write_text(NEITHER)
    for name in many:
        (editor.root / name).unlink()
    git(editor.root, "commit", "-qam", "two")
    uri = editor.open("user.py")
    await codes_become(editor, uri, "missing-import", "missing-import")
    git(editor.root, "checkout", "-q", "before")
    come = dict.fromkeys((name.removesuffix(".py") for name in many), types.FileChangeType.Created)
    tell(editor, {"lib": types.FileChangeType.Changed, **come})
    await codes_become(editor, uri)
    git(editor.root, "checkout", "-q", "-")
    gone = dict.fromkeys(come, types.FileChangeType.Deleted)
    tell(editor, {"lib": types.FileChangeType.Changed, **gone})
    await codes_become(editor, uri, "missing-import", "missing-import")


SHOP = 'def compute(price):\n    ...\n\n\nHANDLERS = {"x": compute}\n\n\ndef total(price):\n    return compute(price)\n'


async def prompt(editor: Editor, uri: str) -> dict[str, Any]:
    at = editor.position(uri, "compute")
    where = {"textDocument": {"uri": uri}, "position": {"line": at.line, "character": at.character}}
    receipt: dict[str, Any] = await editor.request("autogen/prompt", where)
    return receipt


async def prompt_with_graph(editor: Editor, uri: str, expected: str) -> None:
    """Wait until the graph takes part in prompts with this line; it does once it is warm and has heard of edits."""
    async with asyncio.timeout(60):
        while True:
            receipt = await prompt(editor, uri)
            texts = [item["text"] for item in receipt["items"] if item["kind"] == "graph"]
            assert receipt["sources"]["graph"] == bool(texts)
            if any(expected in text for text in texts):
                return
            await asyncio.sleep(0.1)


def graph_process(editor: Editor) -> int:
    """The graph's process among the children of this process's server."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents.setdefault(int(status.read_text().rpartition(")")[2].split()[1]), []).append(
                int(status.parent.name)
            )
    for server in parents[os.getpid()]:
        for pid in parents.get(server, ()):
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"autogen_lsp.codebase.worker" in command and os.fsencode(editor.root) in command:
                return pid
    raise AssertionError("there is no process of the graph")


@pytest.mark.skipif(find_spec("graph_sitter") is None, reason="graph-sitter is not installed")
async def test_the_graph_follows_the_buffer_and_its_death_costs_no_prompt(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP})
    uri = editor.open("shop.py")
    assert "compute" in (await prompt(editor, uri))["prompt"]  # there is one at once, with the graph still cold
    await prompt_with_graph(editor, uri, 'HANDLERS = {"x": compute}')
    editor.replace(uri, 'HANDLERS = {"x": compute}', "TABLE = [compute]")
    await prompt_with_graph(editor, uri, "TABLE = [compute]")
    editor.close(uri)  # nothing was saved
    uri = editor.open("shop.py")
    await prompt_with_graph(editor, uri, 'HANDLERS = {"x": compute}')
    if sys.platform == "linux":
        process = graph_process(editor)
        os.kill(process, signal.SIGKILL)
        assert "compute" in (await prompt(editor, uri))["prompt"]
        await prompt_with_graph(editor, uri, 'HANDLERS = {"x": compute}')
        assert graph_process(editor) != process


@pytest.mark.skipif(find_spec("graph_sitter") is None, reason="graph-sitter is not installed")
async def test_a_graph_that_starts_late_knows_what_was_opened_before(editor_for: Start) -> None:
    """Without a model it starts at the first prompt, which may be long after a document was opened and not saved."""
    editor = await editor_for({"shop.py": "x = 1\n"})
    uri = editor.open("shop.py", SHOP)
    await editor.diagnostics(uri)
    await asyncio.sleep(1.5)  # longer than the server waits before it tells a graph that is there
    await prompt_with_graph(editor, uri, 'HANDLERS = {"x": compute}')
