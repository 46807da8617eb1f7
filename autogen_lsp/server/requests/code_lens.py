"""``textDocument/codeLens``: what can be done with stubs and with generated definitions."""

from __future__ import annotations

from lsprotocol import types

from autogen_lsp.features.lenses import lenses
from autogen_lsp.server import convert, places
from autogen_lsp.server.session import Session
from autogen_lsp.server.wire import Json


async def code_lens(session: Session, params: types.CodeLensParams) -> list[Json]:
    document = session.overlay.get(params.text_document.uri)
    if document is None or not session.overlay.settings.code_lens:
        return []
    look = await session.looks.whole(document)
    if look is None:
        return []  # changed meanwhile; the client asks again
    out: list[Json] = []
    for lens in await session.services.run(lenses, session.services, session.snapshot(), document.path, look.findings):
        if not session.client.takes(lens.command):
            continue
        extent = convert.range_of(document.text, document, lens.span, session.client.encoding)
        reference = places.reference_to(session, lens.path, lens.span, lens.qualname)
        command = {"title": lens.title, "command": lens.command, "arguments": [reference]}
        out.append({"range": extent, "command": command})
    return out
