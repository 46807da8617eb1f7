"""``textDocument/completion``: entries as items whose text edit replaces what is typed so far."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from autogen_lsp.features.completion import complete
from autogen_lsp.server import convert
from autogen_lsp.server.session import Session

KINDS = {
    "function": types.CompletionItemKind.Function,
    "method": types.CompletionItemKind.Method,
    "class": types.CompletionItemKind.Class,
    "variable": types.CompletionItemKind.Variable,
}


def completion(session: Session, params: types.CompletionParams) -> dict[str, Any]:
    document = session.overlay.get(params.text_document.uri)
    items: list[dict[str, Any]] = []
    if document is not None:
        encoding, snippets = session.client.encoding, session.client.snippets
        position = params.position
        offset = convert.offset_of(document.text, document, position.line, position.character, encoding)
        line_start = document.line_span(document.line_of(offset)).start
        findings = session.looks.last()
        for entry in complete(
            document.text, line_start, offset, document.path, session.looks.project, findings, snippets=snippets
        ):
            item: dict[str, Any] = {
                "label": entry.label,
                "kind": KINDS.get(entry.kind, types.CompletionItemKind.Text).value,
                "textEdit": {
                    "range": convert.range_of(document.text, document, entry.span, encoding),
                    "newText": entry.insert,
                },
                "insertTextFormat": 2 if entry.snippet and snippets else 1,
            }
            optional = {"detail": entry.detail, "documentation": entry.documentation, "sortText": entry.sort}
            items.append(item | {key: value for key, value in optional.items() if value})
    # Complete for what is typed: more letters only filter it.
    return {"isIncomplete": False, "items": items}
