"""The text of documents that only we know: receipts of prompts (LSP 3.18)."""

from __future__ import annotations

from lsprotocol import types

from autogen_lsp.server.session import Session
from autogen_lsp.server.wire import Json


def content(session: Session, params: types.TextDocumentContentParams) -> Json:
    return {"text": session.receipts.text_of(params.uri)}
