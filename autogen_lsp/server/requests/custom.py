"""The ``autogen/…`` requests: usage, prompt, provenance and health, as JSON."""

from __future__ import annotations

from typing import Any

from autogen_lsp.server import commands, places
from autogen_lsp.server.places import Reference
from autogen_lsp.server.session import Session


async def usage(session: Session, params: Any) -> Any:
    return await commands.show_usage(session, params or {}, None)


async def prompt(session: Session, params: Any) -> Any:
    from autogen_lsp.features.prompt import preview

    reference = places.parse(params or {}, Reference, "params")
    snapshot = session.snapshot()
    target = await places.target_of(session, session.services.project(snapshot), reference)
    return await preview(session.services, snapshot, target, frozenset(reference.drop))


async def provenance(session: Session, params: Any) -> Any:
    return await commands.show_provenance(session, params or {}, None)


async def health(session: Session, params: Any) -> Any:
    from autogen_lsp import doctor

    overlay = session.overlay
    return await session.services.run(doctor.health, overlay.settings, overlay.roots, session.problems)


TABLE = {
    "autogen/usage": usage,
    "autogen/prompt": prompt,
    "autogen/provenance": provenance,
    "autogen/health": health,
}
