"""The text of documents that only we know: receipts of prompts (LSP 3.18)."""

from __future__ import annotations

from lsprotocol import types

from autogen_lsp.server.session import Session


def content(session: Session, params: types.TextDocumentContentParams) -> types.TextDocumentContentResult:
    return types.TextDocumentContentResult(session.receipts.text_of(params.uri))
