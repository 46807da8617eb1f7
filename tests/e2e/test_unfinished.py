"""Create from usage while the call is being typed: its brackets are open, and the file does not parse."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types

from tests.e2e.conftest import Start
from tests.e2e.editor import Editor

SHOP = """\
class Shop:
    def report(self, items: list[str]) -> int:
        # here
        return 1


def later():
    return 2
"""


async def typed(editor: Editor, uri: str, line: str) -> list[Any]:
    """Type a line, key by key; the code actions at its end."""
    editor.replace(uri, "# here", "")
    at = editor.buffers[uri].text.index(b"        \n") + 8
    for key in line:
        editor.insert(uri, at, key)
        at += len(key.encode())
    await editor.diagnostics(uri)
    start = editor.position(uri, line)
    here = types.Position(start.line, start.character + len(line))
    return list(
        await editor.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri), types.Range(here, here), types.CodeActionContext([])
            )
        )
        or ()
    )


def titled(actions: list[Any], word: str) -> Any:
    (found,) = [each for each in actions if word in each.title and "skeleton)" in each.title]
    return found


@pytest.mark.parametrize("profile", ["visual-studio-code", "neovim"])
@pytest.mark.parametrize(
    ("line", "head"),
    [
        ("return compute_total(items, ", "def compute_total(items: list[str]) -> int:"),
        ("return compute_total(1, later()", "def compute_total(arg1: int, later: int) -> int:"),
        ("return compute_total(items, rate=0.2, ", "def compute_total(items: list[str], *, rate: float) -> int:"),
    ],
)
async def test_a_function_is_created_while_its_call_is_typed(
    editor_for: Start, profile: str, line: str, head: str
) -> None:
    editor = await editor_for({"shop.py": SHOP}, profile)
    uri = editor.open("shop.py")
    actions = await typed(editor, uri, line)
    assert all("compute_total" not in each.message for each in await editor.diagnostics(uri))
    assert (await editor.execute(titled(actions, "Create function").command))["status"] == "applied"
    before, after = SHOP.replace("# here", line).split("\n\n\n")
    assert editor.text(uri) == f"{before}\n\n\n{head}\n    raise NotImplementedError\n\n\n{after}"
    assert editor.messages() == []


async def test_a_method_is_created_while_its_call_is_typed(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP})
    uri = editor.open("shop.py")
    actions = await typed(editor, uri, "total = self.count(items, [1, len(items")
    result = await editor.execute(titled(actions, "Create method 'count' in class Shop").command)
    assert result["status"] == "applied"
    assert "\n\n    def count(self, items: list[str], arg2: list[int]):\n        raise" in editor.text(uri)


async def test_the_prompt_of_an_unfinished_call_can_be_seen(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP})
    uri = editor.open("shop.py")
    actions = await typed(editor, uri, "total = compute_total(items, ")
    shown = await editor.execute(("autogen.showPrompt", titled(actions, "Create function").command.arguments))
    assert "def compute_total(items: list[str])" in shown["prompt"]


async def test_nothing_is_offered_for_what_is_there_or_in_doubt(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP, "other.py": SHOP})
    assert await typed(editor, editor.open("shop.py"), "total = self.report(items, ") == []
    assert await typed(editor, editor.open("other.py"), "total = items.compute(later(), ") == []
