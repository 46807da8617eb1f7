"""What the client can do, resolved once, and what this server offers it: plain data on both sides.

Both are computed without lsprotocol, so `initialize` is answered before that import; a test reads the offer back with
lsprotocol's types and compares it with the handlers that `app` registers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autogen_lsp import __version__
from autogen_lsp.server.convert import Encoding

Json = dict[str, Any]

LLM_GENERATED = 1  # CodeActionTag.LLMGenerated (LSP 3.18)
PROMPT_SCHEME = "autogen-prompt"
CODE_ACTION_KINDS = ("quickfix", "refactor.rewrite")

# The closed table of commands; `commands` has a handler for each.
COMMANDS = (
    "autogen.generate",
    "autogen.createSkeleton",
    "autogen.generateAll",
    "autogen.cancel",
    "autogen.regenerate",
    "autogen.revert",
    "autogen.showPrompt",
    "autogen.showProvenance",
    "autogen.showUsage",
    "autogen.clearCache",
)

# Those that come to a `workspace/applyEdit`.
EDITING = frozenset(f"autogen.{name}" for name in ("generate", "createSkeleton", "generateAll", "regenerate", "revert"))

_PYTHON_FILES = {"scheme": "file", "pattern": {"glob": "**/*.{py,pyi}", "matches": "file"}}
_FOLDERS = {"scheme": "file", "pattern": {"glob": "**", "matches": "folder"}}


@dataclass(frozen=True, slots=True)
class Client:
    """What this server asks of a client's capabilities. The defaults are those of the least capable client there is."""

    encoding: Encoding = "utf-16"
    apply_edit: bool = True
    document_changes: bool = False
    create_files: bool = False
    progress: bool = False
    configuration: bool = False
    watch_files: bool = False
    pull_diagnostics: bool = False
    refresh_diagnostics: bool = False
    refresh_lenses: bool = False
    code_action_literals: bool = False
    llm_tag: bool = False
    preferred_actions: bool = False
    snippets: bool = False
    markdown: bool = False
    text_documents: bool = False  # asks us for the text of documents that are no files
    show_documents: bool = False

    def takes(self, command: str, *, creates: bool = False) -> bool:
        """Whether it can apply what a command would send (``creates``: a new file, too). What it cannot is not offered;
        asked for all the same, it is refused with the reason (`edits`)."""
        return command not in EDITING or (self.apply_edit and (self.create_files or not creates))


def client_of(capabilities: Any) -> Client:
    """Read the ``capabilities`` of `initialize`; what is missing or of the wrong type counts as absent."""

    def at(path: str) -> Any:
        value = capabilities
        for key in path.split("."):
            if not isinstance(value, Mapping):
                return None
            value = value.get(key)
        return value

    def listed(path: str, item: Any) -> bool:
        value = at(path)
        return isinstance(value, list) and item in value

    return Client(
        encoding=_encoding(at("general.positionEncodings")),
        apply_edit=at("workspace.applyEdit") is not False,  # many small clients apply edits and do not say so
        # Neovim declares only the operations, which exist in `documentChanges` alone.
        document_changes=at("workspace.workspaceEdit.documentChanges") is True
        or bool(at("workspace.workspaceEdit.resourceOperations")),
        create_files=listed("workspace.workspaceEdit.resourceOperations", "create"),
        progress=at("window.workDoneProgress") is True,
        configuration=at("workspace.configuration") is True,
        watch_files=at("workspace.didChangeWatchedFiles.dynamicRegistration") is True,
        pull_diagnostics=isinstance(at("textDocument.diagnostic"), Mapping),
        refresh_diagnostics=at("workspace.diagnostics.refreshSupport") is True,
        refresh_lenses=at("workspace.codeLens.refreshSupport") is True,
        code_action_literals=isinstance(at("textDocument.codeAction.codeActionLiteralSupport"), Mapping),
        llm_tag=listed("textDocument.codeAction.tagSupport.valueSet", LLM_GENERATED),
        preferred_actions=at("textDocument.codeAction.isPreferredSupport") is True,
        snippets=at("textDocument.completion.completionItem.snippetSupport") is True,
        markdown=listed("textDocument.hover.contentFormat", "markdown"),
        text_documents=isinstance(at("workspace.textDocumentContent"), Mapping),
        show_documents=at("window.showDocument.support") is True,
    )


def server_info() -> Json:
    return {"name": "autogen-lsp", "version": __version__}


def offered(client: Client) -> Json:
    """The ``capabilities`` of the answer to `initialize`."""
    capabilities: Json = {
        "positionEncoding": client.encoding,
        "textDocumentSync": {"openClose": True, "change": 2, "save": {"includeText": False}},
        "completionProvider": {"triggerCharacters": ["."], "resolveProvider": False},
        "hoverProvider": True,
        "codeActionProvider": {"codeActionKinds": list(CODE_ACTION_KINDS), "resolveProvider": False},
        "codeLensProvider": {"resolveProvider": False},
        "executeCommandProvider": {"commands": list(COMMANDS), "workDoneProgress": True},
        "workspace": {
            "workspaceFolders": {"supported": True, "changeNotifications": True},
            "fileOperations": {
                "didCreate": {"filters": [_PYTHON_FILES]},
                "didRename": {"filters": [_PYTHON_FILES, _FOLDERS]},
                "didDelete": {"filters": [_PYTHON_FILES, _FOLDERS]},
            },
        },
    }
    if client.pull_diagnostics:
        capabilities["diagnosticProvider"] = {
            "identifier": "autogen-lsp",
            "interFileDependencies": True,
            "workspaceDiagnostics": False,
        }
    if client.text_documents:
        capabilities["workspace"]["textDocumentContent"] = {"schemes": [PROMPT_SCHEME]}
    return capabilities


def _encoding(offered_encodings: Any) -> Encoding:
    """The first encoding of the client's list that we know (all three); utf-16 where it has no list."""
    known: dict[object, Encoding] = {"utf-8": "utf-8", "utf-16": "utf-16", "utf-32": "utf-32"}
    for encoding in offered_encodings if isinstance(offered_encodings, list) else ():
        if isinstance(encoding, str) and encoding in known:
            return known[encoding]
    return "utf-16"
