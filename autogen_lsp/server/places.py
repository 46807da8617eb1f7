"""References to places, as commands and requests carry them, and what they mean in the current text.

A reference names a document and, in it, a missing name by its position or a definition by its qualname. It was made
from an older text, as a rule, so the place is looked up again: by name first, then by nearness.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from autogen_lsp.errors import NotFound
from autogen_lsp.server import convert, wire
from autogen_lsp.server.peer import RequestError
from autogen_lsp.server.wire import Json
from autogen_lsp.text import Span

if TYPE_CHECKING:
    from autogen_lsp.analysis.model import Finding, Target
    from autogen_lsp.analysis.project import Project
    from autogen_lsp.analysis.unfinished import Finished
    from autogen_lsp.server.convert import Encoding
    from autogen_lsp.server.session import Session


class Position(msgspec.Struct, frozen=True):
    """An LSP position."""

    line: int
    character: int


class Identifier(msgspec.Struct, frozen=True):
    """An LSP `TextDocumentIdentifier`."""

    uri: str


class Reference(msgspec.Struct, frozen=True, rename="camel"):
    """One place. ``text_document`` may stand for ``uri``, as in LSP's own params.

    ``symbol`` is a qualname in the file that the reference is to (or, beside a position, of what would be created for
    the missing name there); ``name`` is the missing name, ``needs`` asks for what it needs, too.
    """

    uri: str = ""
    text_document: Identifier | None = None
    position: Position | None = None
    symbol: str = ""
    name: str = ""
    backend: str | None = None
    fresh: bool = False
    force: bool = False
    drop: tuple[str, ...] = ()
    needs: bool = False


def parse[T](value: Any, kind: type[T], what: str) -> T:
    """A typed value from JSON. Raises `RequestError` (invalid params) that says what is wrong and where."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise RequestError(wire.INVALID_PARAMS, f"{what}: {error}") from None


def path_of(session: Session, reference: Reference) -> Path:
    """The resolved path of the reference's document. Raises `RequestError` where it has none."""
    uri = reference.uri or (reference.text_document.uri if reference.text_document else "")
    document = session.overlay.get(uri)
    if document is not None:
        return document.path
    path = convert.path_of(uri)
    if path is None:
        raise RequestError(
            wire.INVALID_PARAMS, f"uri {uri!r} is no file that is looked at" if uri else "uri is missing"
        )
    return path.resolve()


def offset_of(project: Project, path: Path, position: Position, encoding: Encoding) -> int:
    """Byte offset of a position in a file. Raises `NotFound` where the file cannot be read."""
    source = project.source(path)
    if source is None:
        raise NotFound(f"{path.name} cannot be read")
    return convert.offset_of(source.text, source.lines, position.line, position.character, encoding)


def reference_to(session: Session, path: Path, span: Span, symbol: str, name: str = "") -> Json:
    """The reference to a place in a file of the current snapshot."""
    out: Json = {"uri": convert.client_uri(path, session.overlay), "symbol": symbol}
    source = session.snapshot().source(path)
    if source is not None:
        out["position"] = convert.position_of(source.text, source.lines, span.start, session.client.encoding)
    if name:
        out["name"] = name
    return out


async def target_of(session: Session, project: Project, reference: Reference) -> Target:
    """What is to be created or completed, as of the current snapshot, whose project it is.

    Looked for beside the event loop: all of the document, and the workspace, may have to be looked at. Raises
    `NotFound` with what is missing at that place.
    """
    path = path_of(session, reference)
    document = session.overlay.at(path)
    look = None if document is None else session.looks.fresh(document)
    known = None if look is None else look.findings
    return await session.services.run(_target_of, project, path, reference, session.client.encoding, known)


def _target_of(
    project: Project, path: Path, reference: Reference, encoding: Encoding, known: list[Finding] | None
) -> Target:
    """``known`` are the file's findings, if it was looked at."""
    from autogen_lsp.analysis import targets
    from autogen_lsp.analysis.unfinished import finished
    from autogen_lsp.features.definition import definition_at

    offered: list[Target] = []
    if reference.position is not None:
        offset = offset_of(project, path, reference.position, encoding)
        typed = finished(project, path, offset)
        project = typed.project
        for finding in _candidates(typed, offset, reference.name, known):
            offered += targets.targets_of(project, finding)
        offered += targets.at(project, path, offset)
        if reference.name:
            offered += _believed(project, path, offset, reference)
        around = definition_at(project, path, offset)
        if around is not None and around.stub:
            offered += [target for target in (targets.by_qualname(project, path, around.qualname),) if target]
    if reference.symbol and not reference.name:
        existing = targets.by_qualname(project, path, reference.symbol)
        missing = targets.missing_by_qualname(project, path, reference.symbol) if existing is None else None
        offered += [target for target in (existing, missing) if target is not None]
    for target in offered:
        if reference.symbol in ("", target.qualname):
            return target
    wanted = reference.name or reference.symbol
    if wanted:
        raise NotFound(f"'{wanted}' is not missing here any more")
    raise NotFound("nothing is missing at this place; put the cursor on a missing name, or in a stub")


def _candidates(typed: Finished, offset: int, name: str, known: list[Finding] | None) -> list[Finding]:
    """Findings that the position may mean, the likeliest first. Mostly the text is as it was: so much is looked at."""
    from autogen_lsp.analysis import findings

    project, path = typed.project, typed.path
    if typed.ending is not None:
        known = typed.findings()
    elif known is None:
        known = findings.within(project, path, Span(offset, offset + len(name.encode())))
        if name and all(f.name != name for f in known):
            known = findings.find(project, path)
    if name:
        return sorted((f for f in known if f.name == name), key=lambda f: abs(f.span.start - offset))
    return [f for f in known if offset in f.span]


def _believed(project: Project, path: Path, offset: int, reference: Reference) -> list[Target]:
    """What another server's word and a click ask for, where our own analysis is in doubt and has no finding."""
    from autogen_lsp.analysis import targets
    from autogen_lsp.analysis.model import Finding, FindingKind

    source = project.source(path)
    name = reference.name.encode()
    if source is None or source.text[offset : offset + len(name)] != name:
        return []
    span = Span(offset, offset + len(name))
    if reference.symbol == reference.name:
        message, kind, homes = "is not defined", FindingKind.UNDEFINED_CALL, [path]
    else:
        owner = reference.symbol.rpartition(".")[0]
        message, kind = f"is missing in '{owner}'", FindingKind.MISSING_ATTRIBUTE
        homes = [home for home, s in project.definitions(owner.rpartition(".")[2]) if s.qualname == owner]
    if len(homes) != 1:
        return []
    finding = Finding(path, span, kind, reference.name, message, homes[0], reference.symbol)
    return targets.targets_of(project, finding)
