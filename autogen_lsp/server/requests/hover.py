"""``textDocument/hover``: the provenance of generated code."""

from __future__ import annotations

from lsprotocol import types

from autogen_lsp.features import hover as feature
from autogen_lsp.server import convert
from autogen_lsp.server.session import Session
from autogen_lsp.server.wire import Json


def hover(session: Session, params: types.HoverParams) -> Json | None:
    document = session.overlay.get(params.text_document.uri)
    if document is None:
        return None
    encoding, at = session.client.encoding, params.position
    offset = convert.offset_of(document.text, document, at.line, at.character, encoding)
    found = feature.hover(session.services, session.snapshot(), document.path, offset)
    if found is None:
        return None
    text, span = found
    kind = types.MarkupKind.Markdown if session.client.markdown else types.MarkupKind.PlainText
    return {
        "contents": {"kind": kind.value, "value": text},
        "range": convert.range_of(document.text, document, span, encoding),
    }
