"""The click, from a missing name to the function in its place, as VS Code and Neovim would go through it."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from autogen_lsp.backends.standin import Fault, StandIn, plausible
from tests.e2e.conftest import Start
from tests.e2e.editor import Editor, apply, apply_and_tell_later, plain, refuse

PROFILES = ["visual-studio-code", "neovim"]

SHOP = """\
def checkout(order):
    total = compute_total(order, tax=0.2)
    return total


def other(order):
    return format_order(order)
"""


class Gate:
    """A stand-in service whose replies wait until the test lets them through."""

    def __init__(self, service: StandIn) -> None:
        self.service = service
        self._open = threading.Event()
        service.reply = self._reply

    def _reply(self, prompt: str) -> str:
        self._open.wait(60)
        return plausible(prompt)

    async def arrived(self, requests: int = 1) -> None:
        assert await asyncio.to_thread(self.service.wait_for_requests, requests, 60.0)

    def let_through(self) -> None:
        self._open.set()

    @property
    def settings(self) -> dict[str, Any]:
        return {"backend": "openai", "openai": {"baseUrl": f"{self.service.url}/v1", "model": "small"}}


@pytest.fixture
def gate() -> Iterator[Gate]:
    with StandIn() as service:
        opened = Gate(service)
        yield opened
        opened.let_through()


def titled(actions: list[Any], *words: str) -> Any:
    """The one action whose title has all the words; that with "what it needs" only if they ask for it."""
    alone = "what it needs" not in words
    titled = [each for each in actions if all(word in each.title for word in words)]
    (found,) = [each for each in titled if not (alone and "what it needs" in each.title)]
    return found


async def click(editor: Editor, uri: str, needle: str, *words: str) -> Any:
    await editor.diagnostics(uri)
    return await editor.execute(titled(await editor.actions(uri, needle), *words).command)


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_missing_function_is_a_hint_that_goes_when_it_is_written(editor_for: Start, profile: str) -> None:
    editor = await editor_for({"shop.py": SHOP}, profile)
    uri = editor.open("shop.py")
    missing = {each.code: each for each in await editor.diagnostics(uri) if "compute_total" in each.message}
    found = missing["undefined-call"]
    assert found.source == "autogen-lsp"
    assert found.severity == types.DiagnosticSeverity.Hint
    assert found.range.start == editor.position(uri, "compute_total")
    assert found.data is not None
    editor.replace(uri, "def other", "def compute_total(order, tax):\n    return 0\n\n\ndef other")
    assert [each.message for each in await editor.diagnostics(uri) if "compute_total" in each.message] == []


@pytest.mark.parametrize("profile", PROFILES)
async def test_create_function_puts_it_after_its_caller(editor_for: Start, profile: str) -> None:
    editor = await editor_for({"shop.py": SHOP}, profile)
    uri = editor.open("shop.py")
    result = await click(editor, uri, "compute_total", "(skeleton)")
    assert result["status"] == "applied"
    text = editor.text(uri)
    assert text.index("def checkout") < text.index("def compute_total(order, *, tax: float)") < text.index("def other")
    compile(text, "shop.py", "exec")
    assert all("compute_total" not in each.message or each.code == "stub" for each in await editor.diagnostics(uri))
    assert (editor.root / "shop.py").read_text() == SHOP  # only the editor saves


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_function_and_what_it_needs_are_one_edit(editor_for: Start, profile: str) -> None:
    shop = (
        "from money import Currency\n\n\ndef checkout(order) -> float:\n    return total(parse(order), Currency(1))\n"
    )
    editor = await editor_for({"shop.py": shop, "money.py": "RATE = 2\n"}, profile)
    uri = editor.open("shop.py")
    result = await click(editor, uri, "total", "what it needs", "(skeleton)")
    assert result["status"] == "applied"
    assert result["summary"].startswith("Created 'Currency', 'parse' and 'total' in money.py, shop.py")
    assert len(editor.edits) == 1
    assert "class Currency" in editor.text(editor.uri("money.py"))
    text = editor.text(uri)
    assert "def total(parse, currency: Currency) -> float" in text
    assert "def parse(order)" in text
    compile(text, "shop.py", "exec")
    assert all(each.code == "stub" for each in await editor.diagnostics(uri))


async def test_an_action_carries_a_command_or_an_edit_and_says_which_diagnostic_it_solves(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP})
    uri = editor.open("shop.py")
    await editor.diagnostics(uri)
    actions = await editor.actions(uri, "compute_total")
    assert actions
    for action in actions:
        assert (action.command is None) != (action.edit is None)
        assert action.kind == "quickfix"
        assert [each.code for each in action.diagnostics] == ["undefined-call"]
    assert await editor.actions(uri, "return total") == []


async def test_a_stub_is_offered_as_a_rewrite(editor_for: Start) -> None:
    editor = await editor_for({"m.py": 'def area(w: float, h: float) -> float:\n    """Area."""\n    ...\n'})
    uri = editor.open("m.py")
    assert [each.code for each in await editor.diagnostics(uri)] == ["stub"]
    (action,) = await editor.actions(uri, "area")
    assert action.kind == "refactor.rewrite"
    assert "Implement 'area'" in action.title


async def test_a_stub_can_be_written_and_written_again_from_anywhere_in_it(editor_for: Start, gate: Gate) -> None:
    gate.let_through()
    editor = await editor_for({"m.py": 'def area(w: int) -> int:\n    """Area."""\n    ...\n'}, settings=gate.settings)
    uri = editor.open("m.py")
    for number, command, needle in ((1, "autogen.generate", "..."), (2, "autogen.regenerate", "return result")):
        place = {"uri": uri, "position": vars_of(editor.position(uri, needle))}
        assert (await editor.execute((command, [place])))["status"] == "applied"
        assert "return result" in editor.text(uri)
        assert len(gate.service.requests) == number  # not from the cache
    compile(editor.text(uri), "m.py", "exec")


async def test_only_the_kinds_that_the_client_asks_for_come(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP})
    uri = editor.open("shop.py")
    await editor.diagnostics(uri)
    at = editor.position(uri, "compute_total")
    for only, some in (["quickfix"], True), (["refactor"], False), (["source.organizeImports"], False), ([""], True):
        actions = await editor.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri), types.Range(at, at), types.CodeActionContext([], only=only)
            )
        )
        assert bool(actions) is some


async def test_client_that_cannot_create_files_is_offered_none(editor_for: Start) -> None:
    def cannot(capabilities: types.ClientCapabilities) -> None:
        assert capabilities.workspace is not None
        assert capabilities.workspace.workspace_edit is not None
        capabilities.workspace.workspace_edit.resource_operations = []

    files = {
        "m.py": "from shop import prices\n\n\ndef f():\n    prices.gross(1)\n    here(1)\n",
        "shop/__init__.py": "",
    }

    def can_take_edits_only(capabilities: types.ClientCapabilities) -> None:
        assert capabilities.workspace is not None
        capabilities.workspace.apply_edit = False

    def cannot_do_either(capabilities: types.ClientCapabilities) -> None:
        cannot(capabilities)
        can_take_edits_only(capabilities)

    for adjust in cannot_do_either, can_take_edits_only:
        editor = await editor_for(files, adjust=adjust)
        uri = editor.open("m.py")
        await editor.diagnostics(uri)
        assert bool(await editor.actions(uri, "prices")) is (adjust is can_take_edits_only)
        assert titled(await editor.actions(uri, "here"), "(skeleton)")
    for adjust, offered in ((cannot, False), (lambda capabilities: None, True)):
        editor = await editor_for(files, adjust=adjust)
        uri = editor.open("m.py")
        await editor.diagnostics(uri)
        assert bool(await editor.actions(uri, "prices")) is offered
        assert titled(await editor.actions(uri, "here"), "(skeleton)")
        if not offered:
            place = {"uri": uri, "position": plain(editor.position(uri, "prices"))}
            result = await editor.execute(("autogen.createSkeleton", [place]))
            assert result["status"] == "failed"
            assert "does not let a language server create files" in result["message"]


async def test_client_that_cannot_be_edited_is_offered_edits_only(editor_for: Start) -> None:
    def cannot(capabilities: types.ClientCapabilities) -> None:
        assert capabilities.workspace is not None
        capabilities.workspace.apply_edit = False

    text = "def f():\n    here(1)\n    there(2)\n\n\ndef g(x):\n    raise NotImplementedError\n"
    editor = await editor_for({"m.py": text, "other.py": "def there(x):\n    return x\n"}, adjust=cannot)
    uri = editor.open("m.py")
    await editor.diagnostics(uri)
    (offer,) = await editor.actions(uri, "here")
    assert offer.title == "Create function 'here' in m.py (skeleton)"
    assert offer.command is None
    assert offer.edit is not None
    (new,) = [text.new_text for each in offer.edit.document_changes or () for text in each.edits]  # type: ignore[union-attr]
    assert new.strip() == "def here(arg1: int) -> None:\n    raise NotImplementedError"
    (offer,) = await editor.actions(uri, "there")
    assert offer.title == "Import 'there' from other"
    lenses = await editor.client.text_document_code_lens_async(types.CodeLensParams(types.TextDocumentIdentifier(uri)))
    assert [lens.command.title for lens in lenses or () if lens.command] == ["Prompt"]
    place = {"uri": uri, "position": plain(editor.position(uri, "here"))}
    result = await editor.execute(("autogen.createSkeleton", [place]))
    assert result["status"] == "failed"
    assert "workspace/applyEdit" in result["message"]


async def test_actions_are_offered_on_another_servers_diagnostic(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP}, settings={"diagnostics": {"severity": "off"}})
    uri = editor.open("shop.py")
    start = editor.position(uri, "compute_total")
    extent = types.Range(start, types.Position(start.line, start.character + len("compute_total")))
    theirs = types.Diagnostic(
        extent, '"compute_total" is not defined', source="Pylance", code="reportUndefinedVariable"
    )
    actions = await editor.client.text_document_code_action_async(
        types.CodeActionParams(types.TextDocumentIdentifier(uri), extent, types.CodeActionContext([theirs]))
    )
    assert actions
    assert all(action.diagnostics == (theirs,) or action.diagnostics == [theirs] for action in actions)


async def test_another_servers_word_is_enough_where_we_are_in_doubt(editor_for: Start) -> None:
    editor = await editor_for({"m.py": "from elsewhere import *\n\n\ndef f(x):\n    return maybe_missing(x)\n"})
    uri = editor.open("m.py")
    assert await editor.diagnostics(uri) == []
    start = editor.position(uri, "maybe_missing")
    extent = types.Range(start, types.Position(start.line, start.character + len("maybe_missing")))
    theirs = types.Diagnostic(extent, "Undefined name `maybe_missing`", source="Ruff", code="F821")
    actions = await editor.client.text_document_code_action_async(
        types.CodeActionParams(types.TextDocumentIdentifier(uri), extent, types.CodeActionContext([theirs]))
    )
    result = await editor.execute(titled(list(actions or ()), "(skeleton)").command)
    assert result["status"] == "applied"
    assert "def maybe_missing(x):" in editor.text(uri)


async def test_ai_actions_are_tagged_for_clients_that_know_the_tag(editor_for: Start, gate: Gate) -> None:
    def knows_tags(capabilities: types.ClientCapabilities) -> None:
        assert capabilities.text_document is not None
        assert capabilities.text_document.code_action is not None
        capabilities.text_document.code_action.tag_support = types.CodeActionTagOptions(
            [types.CodeActionTag.LlmGenerated]
        )

    for adjust, tags in ((knows_tags, [types.CodeActionTag.LlmGenerated]), (lambda capabilities: None, None)):
        editor = await editor_for({"shop.py": SHOP}, settings=gate.settings, adjust=adjust)
        uri = editor.open("shop.py")
        await editor.diagnostics(uri)
        actions = await editor.actions(uri, "compute_total")
        assert (list(titled(actions, "with AI").tags or ()) or None) == tags
        assert not titled(actions, "(skeleton)").tags
    assert gate.service.requests == []  # nothing paid happens without a click


@pytest.mark.parametrize("profile", PROFILES)
async def test_positions_beyond_the_basic_plane_are_right(editor_for: Start, profile: str) -> None:
    editor = await editor_for({}, profile)
    assert editor.encoding == ("utf-8" if profile == "neovim" else "utf-16")
    uri = editor.open("m.py", "x = '😀é' ; y = first_missing('😀')\r\n\x0c\r\nz = second_missing(y)\r\n")
    found = {each.message.split("'")[1]: each.range.start for each in await editor.diagnostics(uri)}
    assert found["first_missing"] == editor.position(uri, "first_missing")
    assert found["second_missing"] == editor.position(uri, "second_missing")
    editor.replace(uri, "😀é", "é😀😀")
    found = {each.message.split("'")[1]: each.range.start for each in await editor.diagnostics(uri)}
    assert found["first_missing"] == editor.position(uri, "first_missing")
    result = await click(editor, uri, "second_missing", "(skeleton)")
    assert result["status"] == "applied"
    text = editor.text(uri)
    assert "\n" not in text.replace("\r\n", "")
    compile(text, "m.py", "exec")


async def test_a_missing_module_is_created(editor_for: Start) -> None:
    editor = await editor_for({"pkg/__init__.py": "", "pkg/main.py": "from pkg.tools import sharpen\n\nsharpen(1)\n"})
    uri = editor.open("pkg/main.py")
    result = await click(editor, uri, "tools", "(skeleton)")
    assert result["status"] == "applied"
    assert "def sharpen" in editor.text(editor.uri("pkg/tools.py"))


@pytest.mark.parametrize("answer", [apply, apply_and_tell_later])
async def test_what_was_generated_is_told_by_hover_provenance_and_usage(editor_for: Start, answer: Any) -> None:
    editor = await editor_for({"shop.py": SHOP})
    editor.answer = answer
    uri = editor.open("shop.py")
    result = await click(editor, uri, "compute_total", "(skeleton)")
    assert result["provenance"]["qualname"] == "compute_total"
    at = editor.position(uri, "compute_total(order, *")
    document = types.TextDocumentIdentifier(uri)
    hover = await editor.client.text_document_hover_async(types.HoverParams(document, at))
    assert hover is not None
    assert "skeleton" in hover.contents.value
    assert hover.range.start == at
    record = await editor.request("autogen/provenance", {"textDocument": {"uri": uri}, "position": vars_of(at)})
    assert record["backend"] == "skeleton"
    usage = await editor.request("autogen/usage", {"scope": "session"})
    assert usage["generations"]["succeeded"] == 1
    lenses = await editor.client.text_document_code_lens_async(types.CodeLensParams(document))
    assert "Regenerate" in {lens.command.title for lens in lenses}
    (revert,) = [lens.command for lens in lenses if lens.command.title == "Revert"]
    assert (await editor.execute(revert))["status"] == "applied"
    assert "def compute_total" not in editor.text(uri)


def vars_of(position: types.Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}


@pytest.mark.parametrize("answer", [apply, apply_and_tell_later])
async def test_a_file_that_was_not_open_is_edited_once(editor_for: Start, answer: Any) -> None:
    use = "from shop import Shop\n\n\ndef main(shop: Shop):\n    shop.close()\n"
    editor = await editor_for({"main.py": use, "shop.py": "class Shop:\n    pass\n"})
    editor.answer = answer
    uri = editor.open("main.py")
    result = await click(editor, uri, "close", "(skeleton)")
    assert result["status"] == "applied"
    other = editor.uri("shop.py")
    await editor.diagnostics(other)
    assert len(editor.edits) == 1
    assert editor.text(other) == "class Shop:\n    def close(self) -> None:\n        raise NotImplementedError\n"


async def test_a_refused_edit_is_told_and_not_recorded_as_applied(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP})
    editor.answer = refuse
    uri = editor.open("shop.py")
    result = await click(editor, uri, "compute_total", "(skeleton)")
    assert result["status"] == "failed"
    assert "the user said no" in result["message"]
    assert any("the user said no" in message for message in editor.messages())
    assert len(editor.edits) == 1
    assert editor.text(uri) == SHOP


async def test_a_client_that_was_ahead_gets_the_edit_again_on_its_new_text(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP})
    uri = editor.open("shop.py")

    async def ahead(_editor: Editor, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        editor.insert(uri, 0, "# typed at the same moment\n")
        editor.answer = apply
        return await apply(editor, params)

    editor.answer = ahead
    result = await click(editor, uri, "compute_total", "(skeleton)")
    assert result["status"] == "applied"
    assert len(editor.edits) == 2
    text = editor.text(uri)
    assert text.startswith("# typed at the same moment\ndef checkout")
    assert text.count("def compute_total") == 1
    compile(text, "shop.py", "exec")


async def test_a_client_that_drops_a_stale_edit_but_says_applied_gets_it_again(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP}, "neovim")
    uri = editor.open("shop.py")

    async def drop(_editor: Editor, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        editor.answer = apply
        asyncio.get_running_loop().call_later(0.1, editor.insert, uri, 0, "# newer\n")
        return types.ApplyWorkspaceEditResult(applied=True)

    editor.answer = drop
    result = await click(editor, uri, "compute_total", "(skeleton)")
    assert result["status"] == "applied"
    assert editor.text(uri).count("def compute_total") == 1


async def test_what_the_user_types_while_the_backend_thinks_is_kept(editor_for: Start, gate: Gate) -> None:
    editor = await editor_for({"shop.py": SHOP}, settings=gate.settings)
    uri = editor.open("shop.py")
    running = asyncio.ensure_future(click(editor, uri, "compute_total", "with AI"))
    await gate.arrived()
    editor.insert(uri, 0, "import os\n\n\n")
    editor.replace(uri, "return total", "return round(total)")
    gate.let_through()
    assert (await running)["status"] == "applied"
    text = editor.text(uri)
    assert text.startswith("import os\n\n\ndef checkout")
    assert text.index("return round(total)") < text.index("def compute_total") < text.index("def other")
    compile(text, "shop.py", "exec")


async def test_a_call_that_the_user_removed_meanwhile_is_not_answered_with_a_function(
    editor_for: Start, gate: Gate
) -> None:
    editor = await editor_for({"shop.py": SHOP}, settings=gate.settings)
    uri = editor.open("shop.py")
    running = asyncio.ensure_future(click(editor, uri, "compute_total", "with AI"))
    await gate.arrived()
    editor.replace(uri, "compute_total(order, tax=0.2)", "0")
    gate.let_through()
    result = await running
    assert result["status"] == "failed"
    assert result["error"] == "EditRefused"
    assert editor.edits == []


@pytest.mark.parametrize("answer", [apply, apply_and_tell_later])
async def test_two_jobs_at_once_in_one_file_both_land(editor_for: Start, gate: Gate, answer: Any) -> None:
    editor = await editor_for({"shop.py": SHOP}, settings=gate.settings)
    editor.answer = answer
    uri = editor.open("shop.py")
    both = asyncio.gather(click(editor, uri, "compute_total", "with AI"), click(editor, uri, "format_order", "with AI"))
    await gate.arrived(2)
    gate.let_through()
    assert [result["status"] for result in await both] == ["applied", "applied"]
    text = editor.text(uri)
    order = [text.index(name) for name in ("def checkout", "def compute_total", "def other", "def format_order")]
    assert order == sorted(order)
    compile(text, "shop.py", "exec")


@pytest.mark.parametrize("way", ["progress", "request", "command"])
async def test_a_running_generation_can_be_cancelled(editor_for: Start, gate: Gate, way: str) -> None:
    gate.service.chats.append(Fault(hang=True))
    editor = await editor_for({"shop.py": SHOP}, settings=gate.settings)
    uri = editor.open("shop.py")
    await editor.diagnostics(uri)
    command = titled(await editor.actions(uri, "compute_total"), "with AI").command
    request = editor.client.protocol.send_request(
        "workspace/executeCommand", types.ExecuteCommandParams(command.command, command.arguments), msg_id="the-job"
    )
    await gate.arrived()
    await editor.until(lambda: any(each.get("message", "").startswith("waiting") for each in editor.job))
    token = editor.job[0]["token"]
    if way == "progress":
        editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    elif way == "request":
        editor.client.cancel_request(types.CancelParams("the-job"))
    else:
        assert await editor.execute(("autogen.cancel", [{"token": token}])) == {"cancelled": 1}
    assert await asyncio.to_thread(gate.service.wait_until_idle, 5.0)  # though the service hangs for ever
    await editor.until(lambda: editor.job[-1]["kind"] == "end")
    kinds = [each["kind"] for each in editor.job]
    assert (kinds.count("begin"), kinds.count("end")) == (1, 1)
    if way == "request":
        with pytest.raises(Exception, match="cancel"):
            await asyncio.wrap_future(request)
    else:
        assert plain(await asyncio.wrap_future(request)) == {"status": "cancelled"}
    assert editor.edits == []
    usage = await editor.request("autogen/usage")
    assert usage["generations"] | {"total": 1, "cancelled": 1, "inFlight": 0} == usage["generations"]


async def test_progress_names_its_stages(editor_for: Start, gate: Gate) -> None:
    gate.let_through()
    editor = await editor_for({"shop.py": SHOP}, settings=gate.settings)
    uri = editor.open("shop.py")
    await click(editor, uri, "compute_total", "with AI")
    await editor.until(lambda: editor.job[-1]["kind"] == "end")
    assert editor.job[0]["title"] == "Generating 'compute_total'"
    assert editor.job[0]["cancellable"] is True
    stages = [each.get("message", "") for each in editor.job]
    assert "waiting for small" in stages


async def test_a_failing_backend_leaves_the_buffer_alone_and_says_why(editor_for: Start, gate: Gate) -> None:
    gate.service.chats.append(Fault(status=401, body='{"error": {"message": "bad key"}}'))
    editor = await editor_for({"shop.py": SHOP}, settings=gate.settings)
    uri = editor.open("shop.py")
    result = await click(editor, uri, "compute_total", "with AI")
    assert result["status"] == "failed"
    assert result["error"] == "NotAuthorised"
    assert any(result["message"] in message for message in editor.messages())
    assert editor.text(uri) == SHOP
    assert editor.edits == []


async def test_usage_is_pushed_to_clients_that_asked_for_it(editor_for: Start) -> None:
    for options, told in (({"usageNotifications": True}, True), ({}, False)):
        editor = await editor_for({"shop.py": SHOP}, options=options)
        uri = editor.open("shop.py")
        await click(editor, uri, "compute_total", "(skeleton)")
        await editor.request("autogen/usage")  # whatever was pushed came before its answer
        assert bool(editor.usage) is told
        if told:
            assert editor.usage[-1]["scope"] == "session"
            assert editor.usage[-1]["generations"]["succeeded"] == 1


async def test_everything_missing_in_a_file_is_written_by_one_command(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP})
    uri = editor.open("shop.py")
    await editor.diagnostics(uri)
    result = await editor.execute(("autogen.generateAll", [{"uri": uri, "backend": "skeleton"}]))
    assert result["status"] == "applied"
    assert len(result["done"]) == 2
    text = editor.text(uri)
    assert "def compute_total" in text
    assert "def format_order" in text
    compile(text, "shop.py", "exec")


async def test_all_writes_what_its_new_code_lacks_too(editor_for: Start) -> None:
    shop = (
        "from stores import FileStore\n\n\ndef main(path):\n    store = FileStore(path)\n    return store.load_all()\n"
    )
    editor = await editor_for({"shop.py": shop, "stores.py": "RATE = 2\n"})
    uri = editor.open("shop.py")
    await editor.diagnostics(uri)
    result = await editor.execute(("autogen.generateAll", [{"uri": uri, "backend": "skeleton"}]))
    assert (len(result["done"]), result["failed"]) == (2, [])
    assert "2 of 2 generated" in editor.messages()[-1]
    assert "def load_all(self)" in editor.text(editor.uri("stores.py"))


async def test_all_leaves_stubs_without_a_model_and_names_that_can_be_imported(editor_for: Start) -> None:
    text = 'def later():\n    """Do it later."""\n\n\ndef main():\n    return Path(helper(first()))\n'
    editor = await editor_for({"main.py": text, "tools.py": "def helper(x):\n    return x\n"})
    uri = editor.open("main.py")
    await editor.diagnostics(uri)
    result = await editor.execute(("autogen.generateAll", [{"uri": uri, "backend": "skeleton"}]))
    assert len(result["done"]) == 1
    assert result["failed"] == ["Path: it can be imported from pathlib", "helper: it can be imported from tools"]
    after = editor.text(uri)
    assert "def first" in after
    assert text.split("def main")[0] in after
    again = await editor.execute(("autogen.generateAll", [{"uri": uri, "backend": "skeleton"}]))
    assert again["done"] == []
    assert "0 of 2 generated; Path: it can be imported from pathlib" in editor.messages()[-1]


async def test_the_prompt_can_be_seen_without_being_sent(editor_for: Start, gate: Gate) -> None:
    editor = await editor_for({"shop.py": SHOP}, settings=gate.settings)
    uri = editor.open("shop.py")
    at = vars_of(editor.position(uri, "compute_total"))
    receipt = await editor.request("autogen/prompt", {"textDocument": {"uri": uri}, "position": at})
    assert "compute_total" in receipt["prompt"]
    shown = await editor.execute(("autogen.showPrompt", [{"uri": uri, "position": at}]))
    assert shown["prompt"] == receipt["prompt"]
    assert gate.service.requests == []


def opens_texts(capabilities: types.ClientCapabilities) -> None:
    """A client of LSP 3.18: it asks for texts that are no files, and opens what it is told to."""
    assert capabilities.workspace is not None
    assert capabilities.window is not None
    capabilities.workspace.text_document_content = types.TextDocumentContentClientCapabilities()
    capabilities.window.show_document = types.ShowDocumentClientCapabilities(support=True)


async def test_the_prompt_opens_as_a_document_where_the_client_has_them(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP}, adjust=opens_texts)
    uri = editor.open("shop.py")
    place = {"uri": uri, "position": vars_of(editor.position(uri, "compute_total"))}
    receipt = await editor.execute(("autogen.showPrompt", [place]))
    again = await editor.execute(("autogen.showPrompt", [{**place, "drop": [receipt["items"][0]["id"]]}]))
    first, second = [shown.uri for shown in editor.client.shown_documents]
    assert receipt["shown"] and again["shown"]
    assert first != second
    assert first.startswith("autogen-prompt:/")
    for shown, document in ((first, receipt["document"]), (second, again["document"])):
        answer = await editor.request("workspace/textDocumentContent", types.TextDocumentContentParams(shown))
        assert answer.text == document
    assert receipt["items"][0]["id"] in again["document"]
    gone = await editor.request("workspace/textDocumentContent", types.TextDocumentContentParams("autogen-prompt:/0/x"))
    assert "Show it again" in gone.text


async def test_the_prompt_is_the_clients_to_show_where_it_has_no_such_documents(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP}, "neovim")
    uri = editor.open("shop.py")
    place = {"uri": uri, "position": vars_of(editor.position(uri, "compute_total"))}
    receipt = await editor.execute(("autogen.showPrompt", [place]))
    assert receipt["shown"] is False
    assert receipt["document"].startswith("# What would be sent")
    assert editor.client.shown_documents == []


@pytest.mark.parametrize("again", [False, True])
async def test_a_generation_goes_without_what_the_user_left_out(editor_for: Start, gate: Gate, again: bool) -> None:
    gate.let_through()
    editor = await editor_for({"shop.py": SHOP}, settings=gate.settings)
    uri = editor.open("shop.py")
    place: dict[str, Any] = {"uri": uri, "position": vars_of(editor.position(uri, "compute_total"))}
    if again:
        await editor.execute(("autogen.generate", [place]))
        place = {"uri": uri, "symbol": "compute_total"}
    receipt = await editor.request("autogen/prompt", {**place, "textDocument": {"uri": uri}})
    everything = [item["id"] for item in receipt["items"]]
    command = "autogen.regenerate" if again else "autogen.generate"
    result = await editor.execute((command, [{**place, "drop": everything}]))
    assert result["status"] == "applied"
    sent = [str(each.body) for each in gate.service.requests]
    assert ["tax=0.2" in each for each in sent] == [True, False][1 - again :]


@pytest.mark.parametrize(
    "arguments",
    [
        [{"uri": 5}],
        [{"uri": "untitled:x", "position": {"line": 0, "character": 0}}],
        [{"uri": "file:///a.py", "position": {"line": "one"}}],
        ["a", "b"],
        [],
    ],
)
async def test_wrong_arguments_are_an_error_that_names_them(editor_for: Start, arguments: list[Any]) -> None:
    editor = await editor_for({})
    with pytest.raises(Exception, match=r"arguments|uri"):
        await editor.execute(("autogen.generate", arguments))


async def test_a_place_where_nothing_is_missing_is_told_in_one_line(editor_for: Start) -> None:
    editor = await editor_for({"shop.py": SHOP})
    uri = editor.open("shop.py")
    result = await editor.execute(("autogen.generate", [{"uri": uri, "position": {"line": 2, "character": 0}}]))
    assert result["status"] == "failed"
    assert result["error"] == "NotFound"


def tree(root: Path) -> dict[str, Any]:
    """Everything in a folder, ``.git`` included: content, mode and time of each file."""
    return {
        path.relative_to(root).as_posix(): (
            path.read_bytes() if path.is_file() else None, path.stat().st_mode, path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
    }  # fmt: skip


def in_git(root: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run(["git", "add", "."], cwd=root, check=True)


def read_only(root: Path) -> None:
    for path in [*root.rglob("*"), root]:
        path.chmod(0o555 if path.is_dir() else 0o444)


@pytest.mark.parametrize("prepare", [in_git, lambda root: None, read_only], ids=["git", "no git", "read-only"])
async def test_nothing_is_written_into_the_workspace(
    editor_for: Start, tmp_path: Path, prepare: Callable[[Path], None], gate: Gate
) -> None:
    gate.let_through()
    root = tmp_path / "project"
    root.mkdir()
    (root / "shop.py").write_text(SHOP)
    prepare(root)
    before = tree(root)
    editor = await editor_for({}, settings=gate.settings)
    uri = editor.open("shop.py")
    assert (await click(editor, uri, "compute_total", "with AI"))["status"] == "applied"
    assert (await click(editor, uri, "format_order", "(skeleton)"))["status"] == "applied"
    await editor.request("autogen/health")
    await editor.leave()
    assert tree(root) == before
    read_only_again = [path for path in root.rglob("*") if path.is_dir()]
    for path in [root, *read_only_again]:
        path.chmod(0o755)
