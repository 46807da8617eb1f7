"""A small editor around pytest-lsp's client: it keeps buffers, applies edits and tells the server, as real ones do.

How it answers `workspace/applyEdit` can be chosen per test, after what real editors do: apply and tell at once (VS
Code), apply and tell later (Neovim gathers changes for 150 ms), refuse, or be ahead of the server.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_lsp
from lsprotocol import types
from pytest_lsp import LanguageClient
from pytest_lsp.client import make_test_lsp_client

from autogen_lsp.server.convert import Encoding, offset_of, path_of, position_of
from autogen_lsp.text import LineIndex

SERVER = [sys.executable, "-m", "autogen_lsp", "serve"]


@dataclass
class Buffer:
    """An open file: its text as bytes and the version that the server knows."""

    uri: str
    text: bytes
    version: int = 1


Answer = Callable[["Editor", types.ApplyWorkspaceEditParams], Awaitable[types.ApplyWorkspaceEditResult]]


async def apply(editor: Editor, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
    """As VS Code: checks versions, tells of the change before it answers."""
    return editor.apply(params.edit)


async def apply_and_tell_later(
    editor: Editor, params: types.ApplyWorkspaceEditParams
) -> types.ApplyWorkspaceEditResult:
    """As Neovim: the answer first, the change a moment later."""
    told: list[Callable[[], None]] = []
    result = editor.apply(params.edit, tell=told.append)
    asyncio.get_running_loop().call_later(0.15, lambda: [send() for send in told])
    return result


async def refuse(editor: Editor, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
    return types.ApplyWorkspaceEditResult(applied=False, failure_reason="the user said no")


class Editor:
    """One client, connected to a server of its own."""

    def __init__(self, client: LanguageClient, root: Path, encoding: Encoding) -> None:
        self.client = client
        self.root = root
        self.encoding = encoding
        self.buffers: dict[str, Buffer] = {}
        self.answer: Answer = apply
        self.edits: list[types.ApplyWorkspaceEditParams] = []
        self.progress: list[dict[str, Any]] = []
        self.published: list[types.PublishDiagnosticsParams] = []
        self.usage: list[dict[str, Any]] = []
        self.refreshes = 0  # requests to ask for diagnostics again
        self._news = asyncio.Event()
        self._left = False

    # Files and buffers

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def open(self, name: str, text: str | None = None) -> str:
        """Open a file (or a text that is not saved) and return its URI."""
        return self.open_uri(self.uri(name), (self.root / name).read_bytes() if text is None else text.encode())

    def open_uri(self, uri: str, content: bytes) -> str:
        self.buffers[uri] = Buffer(uri, content)
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, content.decode()))
        )
        return uri

    def text(self, uri: str) -> str:
        return self.buffers[uri].text.decode()

    def replace(self, uri: str, old: str, new: str) -> None:
        """Type: the first ``old`` becomes ``new``."""
        at = self.buffers[uri].text.index(old.encode())
        self._change(uri, at, at + len(old.encode()), new)()

    def insert(self, uri: str, offset: int, new: str) -> None:
        self.change(uri, offset, offset, new)

    def change(self, uri: str, start: int, end: int, new: str) -> None:
        """Replace the bytes from ``start`` to ``end``."""
        self._change(uri, start, end, new)()

    def close(self, uri: str) -> None:
        del self.buffers[uri]
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    def position(self, uri: str, needle: str, occurrence: int = 0) -> types.Position:
        """Where a text stands (its ``occurrence``-th, from 0)."""
        text, at = self.buffers[uri].text, -1
        for _ in range(occurrence + 1):
            at = text.index(needle.encode(), at + 1)
        return types.Position(**position_of(text, LineIndex.of(text), at, self.encoding))

    def apply(
        self, edit: types.WorkspaceEdit, tell: Callable[[Callable[[], None]], object] = lambda send: send()
    ) -> types.ApplyWorkspaceEditResult:
        """Apply a workspace edit; ``tell`` gets the function that tells the server of each change."""
        pairs: list[tuple[str, int | None, Any]] = []
        for operation in edit.document_changes or ():
            if isinstance(operation, types.CreateFile):
                path = path_of(operation.uri)
                assert path is not None
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            elif isinstance(operation, types.TextDocumentEdit):
                pairs.append((operation.text_document.uri, operation.text_document.version, operation.edits))
        pairs += [(uri, None, edits) for uri, edits in (edit.changes or {}).items()]
        for uri, version, _ in pairs:
            if version is not None and uri in self.buffers and self.buffers[uri].version != version:
                return types.ApplyWorkspaceEditResult(applied=False, failure_reason=f"{uri} has changed")
        for uri, _, edits in pairs:
            if uri not in self.buffers:
                path = path_of(uri)
                assert path is not None
                self.open(path.relative_to(self.root).as_posix())
            text = self.buffers[uri].text
            lines = LineIndex.of(text)

            def at(position: types.Position, text: bytes = text, lines: LineIndex = lines) -> int:
                return offset_of(text, lines, position.line, position.character, self.encoding)

            spans = [(at(each.range.start), at(each.range.end), each.new_text) for each in edits]
            for start, end, new in sorted(spans, key=lambda span: -span[0]):
                tell(self._change(uri, start, end, new))
        return types.ApplyWorkspaceEditResult(applied=True)

    def _change(self, uri: str, start: int, end: int, new: str) -> Callable[[], None]:
        """Change the buffer now; the result tells the server."""
        buffer = self.buffers[uri]
        lines = LineIndex.of(buffer.text)
        extent = types.Range(
            *(types.Position(**position_of(buffer.text, lines, at, self.encoding)) for at in (start, end))
        )
        buffer.text = buffer.text[:start] + new.encode() + buffer.text[end:]
        buffer.version += 1
        version = buffer.version

        def send() -> None:
            self.client.text_document_did_change(
                types.DidChangeTextDocumentParams(
                    types.VersionedTextDocumentIdentifier(version, uri),
                    [types.TextDocumentContentChangePartial(range=extent, text=new)],
                )
            )

        return send

    # What the server says

    async def diagnostics(self, uri: str, version: int | None = None) -> list[types.Diagnostic]:
        """The pushed diagnostics of the buffer's present version."""
        wanted = self.buffers[uri].version if version is None else version
        async with asyncio.timeout(60):
            while True:
                for params in reversed(self.published):
                    if params.uri == uri and params.version == wanted:
                        return list(params.diagnostics)
                self._news.clear()
                await self._news.wait()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that a message of the server brings about."""
        async with asyncio.timeout(60):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def actions(self, uri: str, needle: str, occurrence: int = 0) -> list[Any]:
        """Code actions with the cursor on a text, with our diagnostics there in the context."""
        at = self.position(uri, needle, occurrence)
        cursor = types.Position(at.line, at.character + 1)
        known = [params for params in self.published if params.uri == uri]
        here = [
            each
            for each in (known[-1].diagnostics if known else ())
            if each.range.start.line == at.line and each.range.start.character <= cursor.character
        ]
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri), types.Range(cursor, cursor), types.CodeActionContext(here)
        )
        return list(await self.client.text_document_code_action_async(params) or ())

    async def execute(self, command: Any, **more: Any) -> Any:
        """Run a command of a code action or lens, or one given by its name and argument."""
        name, arguments = (command.command, command.arguments) if hasattr(command, "command") else command
        result = await self.client.workspace_execute_command_async(
            types.ExecuteCommandParams(name, list(arguments or ()), **more)
        )
        return plain(result)

    async def request(self, method: str, params: Any = None) -> Any:
        return plain(await self.client.protocol.send_request_async(method, params))

    @property
    def job(self) -> list[dict[str, Any]]:
        """Progress of the one generation: indexing, on a busy machine, shows progress too."""
        tokens = {each["token"] for each in self.progress if each.get("title", "").startswith("Generating")}
        return [each for each in self.progress if each["token"] in tokens]

    async def leave(self) -> None:
        """End the session in order; doing it again does nothing."""
        if not self._left:
            self._left = True
            await self.client.shutdown_session()
            await self.client.stop()

    def messages(self) -> list[str]:
        return [each.message for each in self.client.messages]

    def notice(self) -> None:
        self._news.set()


def plain(value: Any) -> Any:
    """pygls hands unknown JSON back as named tuples; tests like dictionaries."""
    if hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def make_client() -> tuple[LanguageClient, list[Editor]]:
    """A client whose requests reach the editor that is put in the list."""
    client = make_test_lsp_client()
    converter = client.protocol._converter
    # lsprotocol takes every code action that has a command for a `Command`; a command's own is a string.
    converter.register_structure_hook(
        types.Command | types.CodeAction,
        lambda value, _: converter.structure(
            value, types.Command if isinstance(value.get("command"), str) else types.CodeAction
        ),
    )
    editors: list[Editor] = []
    features = client.protocol.fm.features
    for method in (types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, types.PROGRESS, types.WINDOW_SHOW_MESSAGE):
        before = features[method]

        def handler(params: Any, method: str = method, before: Any = before) -> None:
            before(params)
            if method == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS:
                editors[0].published.append(params)
            if method == types.PROGRESS:
                editors[0].progress.append({"token": params.token, **plain(params.value)})
            editors[0].notice()

        features[method] = handler

    def refresh_diagnostics(params: None) -> None:
        editors[0].refreshes += 1
        editors[0].notice()

    features[types.WORKSPACE_DIAGNOSTIC_REFRESH] = refresh_diagnostics

    @client.feature(types.WORKSPACE_APPLY_EDIT)
    async def apply_edit(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        editors[0].edits.append(params)
        return await editors[0].answer(editors[0], params)

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(params: types.RegistrationParams) -> None:
        return None

    @client.feature("autogen/usageChanged")
    def usage_changed(params: Any) -> None:
        editors[0].usage.append(plain(params))

    return client, editors


async def start(
    root: Path,
    profile: str = "visual-studio-code",
    *,
    settings: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    folders: list[Path] | None = None,
    adjust: Callable[[types.ClientCapabilities], None] = lambda capabilities: None,
) -> Editor:
    """Start a server for a folder and initialize it with a real client's capabilities."""
    client, editors = make_client()
    capabilities = pytest_lsp.client_capabilities(profile)
    adjust(capabilities)
    client.set_configuration({"autogen": settings or {}})
    await client.start_io(*SERVER)
    editor = Editor(client, root, "utf-16")
    editors.append(editor)
    result = await client.initialize_session(
        types.InitializeParams(
            capabilities=capabilities,
            root_uri=root.as_uri() if folders is None or folders else None,
            workspace_folders=[
                types.WorkspaceFolder(each.as_uri(), each.name) for each in ([root] if folders is None else folders)
            ],
            initialization_options=options,
        )
    )
    encoding = result.capabilities.position_encoding
    editor.encoding = getattr(encoding, "value", encoding) or "utf-16"
    return editor
