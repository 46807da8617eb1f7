"""``textDocument/codeAction``: the registry's offers as code actions, a command or an edit each. Always free."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from autogen_lsp.features.actions import registry
from autogen_lsp.features.model import Diagnostic, Offer
from autogen_lsp.server import convert, edits, places
from autogen_lsp.server.capabilities import CODE_ACTION_KINDS, LLM_GENERATED, Client
from autogen_lsp.server.session import Session
from autogen_lsp.text import Span


async def code_action(session: Session, params: types.CodeActionParams) -> list[Any]:
    document = session.overlay.get(params.text_document.uri)
    if document is None or not any(_wanted(kind, params.context.only) for kind in CODE_ACTION_KINDS):
        return []  # an editor that saves a file waits for what it asks of the whole of it, `source.organizeImports`
    encoding = session.client.encoding

    def span_of(extent: types.Range) -> Any:
        value = {
            "start": {"line": extent.start.line, "character": extent.start.character},
            "end": {"line": extent.end.line, "character": extent.end.character},
        }
        return convert.span_of(document.text, document, value, encoding)

    diagnostics = [
        Diagnostic(span_of(each.range), each.message, _code(each.code), each.source or "")
        for each in params.context.diagnostics
    ]
    chosen = span_of(params.range)
    spans = [chosen, *(each.span for each in diagnostics)]
    around = Span(min(span.start for span in spans), max(span.end for span in spans))
    version = document.version
    settings = session.overlay.settings

    async def find() -> list[Offer]:
        project, own = await session.looks.near(document, around)
        # Beside the loop: what could be imported is looked for in the whole workspace, which may not be indexed yet.
        return await session.services.run(
            registry.offers,
            project,
            settings,
            document.path,
            chosen,
            diagnostics,
            own,
            inline=not session.client.apply_edit,
        )

    with session.looks.resting():
        offers = await session.looks.once((document.uri, chosen, tuple(diagnostics)), find)
    if document.version != version:
        return []  # of places that are not there any more; the client asks again
    return [
        _action(session, offer, params.context.diagnostics)
        for offer in offers
        if _wanted(offer.kind, params.context.only) and _possible(session.client, offer)
    ]


def _code(code: Any) -> str:
    """A rule's name; some clients hand back an editor's own form of it, an object with a link."""
    if isinstance(code, dict):
        code = code.get("value")
    return "" if code is None else str(code)


def _wanted(kind: str, only: Any) -> bool:
    """Whether the client asked for this kind or one above it ("refactor" asks for "refactor.rewrite", too)."""
    return not only or any(kind == asked or kind.startswith(f"{asked}.") or asked == "" for asked in only)


def _possible(client: Client, offer: Offer) -> bool:
    """Whether the client can apply what would come of it; an edit travels in an action literal."""
    if offer.command:
        return client.takes(offer.command, creates=offer.creates)
    return client.code_action_literals and (client.create_files or not offer.creates)


def _action(session: Session, offer: Offer, diagnostics: Any) -> Any:
    command = None
    if offer.command:
        reference = places.reference_to(session, offer.path, offer.span, offer.qualname, offer.name)
        if offer.needs:
            reference["needs"] = True
        command = {"title": offer.title, "command": offer.command, "arguments": [reference]}
        if not session.client.code_action_literals:
            return command
    edit = None
    if offer.change is not None:
        edit = edits.workspace_edit(session, session.snapshot(), offer.change)
    action: dict[str, Any] = {"title": offer.title, "kind": offer.kind}
    if offer.diagnostics:
        action["diagnostics"] = [convert.plain(diagnostics[position]) for position in offer.diagnostics]
    if offer.preferred and session.client.preferred_actions:
        action["isPreferred"] = True
    if offer.ai and session.client.llm_tag:
        action["tags"] = [LLM_GENERATED]
    if command is not None:
        action["command"] = command
    if edit is not None:
        action["edit"] = edit
    return action
