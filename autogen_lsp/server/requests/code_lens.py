"""``textDocument/codeLens``: what can be done with stubs and with generated definitions."""

from __future__ import annotations

from lsprotocol import types

from autogen_lsp.analysis.project import Project
from autogen_lsp.features.lenses import lenses
from autogen_lsp.features.model import Lens
from autogen_lsp.server import convert, places
from autogen_lsp.server.session import Session
from autogen_lsp.server.wire import Json
from autogen_lsp.workspace.document import Document


def _lenses(session: Session, project: Project, document: Document) -> list[Lens]:
    return lenses(project, session.services.provenance, document.path)  # beside the loop: it may open the database


async def code_lens(session: Session, params: types.CodeLensParams) -> list[Json]:
    document = session.overlay.get(params.text_document.uri)
    if document is None or not session.overlay.settings.code_lens:
        return []
    version, found = document.version, None
    while found is None and document.version == version:  # other documents, or the index, may overtake it
        project = await session.looks.ready()
        if project is not None:
            found = await session.services.run(_lenses, session, project, document)
    if found is None or document.version != version:
        return []  # of a text that is not there any more; the client asks again
    out: list[Json] = []
    for lens in found:
        if not session.client.takes(lens.command):
            continue
        extent = convert.range_of(document.text, document, lens.span, session.client.encoding)
        reference = places.reference_to(session, lens.path, lens.span, lens.qualname)
        command = {"title": lens.title, "command": lens.command, "arguments": [reference]}
        out.append({"range": extent, "command": command})
    return out
