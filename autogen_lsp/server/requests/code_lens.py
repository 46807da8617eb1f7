"""``textDocument/codeLens``: what can be done with stubs and with generated definitions."""

from __future__ import annotations

from lsprotocol import types

from autogen_lsp.features.lenses import lenses
from autogen_lsp.server import convert, places
from autogen_lsp.server.session import Session


def code_lens(session: Session, params: types.CodeLensParams) -> list[types.CodeLens]:
    document = session.overlay.get(params.text_document.uri)
    if document is None or not session.overlay.settings.code_lens:
        return []
    found = session.findings_of(session.project(), document.path)
    out = []
    for lens in lenses(session.services, session.snapshot(), document.path, found):
        extent = convert.range_of(document.text, document, lens.span, session.client.encoding)
        reference = places.reference_to(session, lens.path, lens.span, lens.qualname)
        out.append(
            types.CodeLens(
                range=types.Range(types.Position(**extent["start"]), types.Position(**extent["end"])),
                command=types.Command(title=lens.title, command=lens.command, arguments=[reference]),
            )
        )
    return out
