"""Findings of open documents, shown as diagnostics: pushed shortly after an edit, or given when the client asks.

Where a whole look takes more than a moment, a quick one goes before it: undefined names as of now, all else as last
found (`looks`). It is made once its client has paused for a share of the time that one takes, so small files
answer at once and huge ones do not stall the keys; the whole look follows, on a thread, when the keys rest. The other
open documents come last, since a definition here may be what a call there was missing. A client that asks
(`textDocument/diagnostic`) is not pushed to from then on: it would show every diagnostic twice. It is told to ask
again where the whole look has found something else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from autogen_lsp.server import convert
from autogen_lsp.server.peer import RequestError
from autogen_lsp.server.wire import Json
from autogen_lsp.workspace.document import Document

if TYPE_CHECKING:
    from autogen_lsp.analysis.model import Finding
    from autogen_lsp.server.session import Session

SOURCE = "autogen-lsp"
SEVERITIES = {"error": 1, "warning": 2, "information": 3, "hint": 4}

# Seconds. The pause is a share of what a look takes, between these bounds; under a steady stream of edits (a held
# key) a look is taken after `_LONGEST` all the same.
_SHARE = 1 / 3
_SHORTEST_PAUSE = 0.001
_LONGEST_PAUSE = 0.1
_LONGEST = 0.4
_OTHERS = 0.3
_CHEAP = 0.002  # a whole look that takes no longer needs no quick one before it
_UNKNOWN = 1.0  # what a first whole look may take, with the workspace to be read
_FIRST = 0.05  # and how it is treated when it comes to waiting for the keys to rest
_NONE = (0.0, 0.0)
_REST = 3  # a whole look after a quick one waits this many times its own cost: the next key comes first
_LONGEST_REST = 1.0


class Diagnostics:
    """Schedules, computes and publishes. Event loop only; closed documents leave nothing behind."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: dict[str, float] = {}  # URI → when its first unseen change came
        self._timer: asyncio.TimerHandle | None = None
        self._others: asyncio.TimerHandle | None = None
        self._cost: dict[str, float] = {}  # URI → seconds that the last whole look took
        self._quick_cost: dict[str, tuple[float, float]] = {}  # and the last two quick ones
        self._quick: set[str] = set()  # had their quick look since the last edit
        self._shown: dict[str, list[Json]] = {}  # URI → what was pushed last
        self._shown_of: dict[str, int | None] = {}  # and of which version
        self._pulls = False
        self._closed = False

    def touch(self, document: Document) -> None:
        """The document changed: look at it soon, and at the others later."""
        if self._closed:
            return
        self._waiting.setdefault(document.uri, time.monotonic())
        self._quick.discard(document.uri)
        self._schedule()
        if len(self._shown) > (document.uri in self._shown):
            if self._others is not None:
                self._others.cancel()
            self._others = asyncio.get_running_loop().call_later(_OTHERS, self.touch_all)

    def touch_all(self) -> None:
        """Something beyond the documents changed (disk, settings, another document)."""
        if self._closed:
            return
        if self._others is not None:
            self._others.cancel()
            self._others = None
        if self._pulls:
            if self._session.client.refresh_diagnostics:
                self._session.spawn("diagnostics", self._refresh())
            return
        now = time.monotonic()
        for document in self._session.overlay:
            self._waiting.setdefault(document.uri, now)
        if self._waiting:
            self._schedule()

    def forget(self, document: Document) -> None:
        """The document was closed: its diagnostics go."""
        uri = document.uri
        self._waiting.pop(uri, None)
        self._quick.discard(uri)
        self._cost.pop(uri, None)
        self._quick_cost.pop(uri, None)
        if self._shown.pop(uri, None):
            self._publish(uri, None, [])
        self._shown_of.pop(uri, None)

    async def pull(self, uri: str, previous: str | None) -> Json:
        """A document diagnostic report (LSP 3.17, `textDocument/diagnostic`)."""
        self._pulls = True
        if self._shown.pop(uri, None):
            self._publish(uri, None, [])
        await self._session.configured.wait()
        document = self._session.overlay.get(uri)
        items = [] if document is None else await self._answer(document)
        identity = f"{hash(repr(items)) & 0xFFFFFFFFFFFF:x}"
        if previous == identity:
            return {"kind": "unchanged", "resultId": identity}
        return {"kind": "full", "resultId": identity, "items": items}

    async def _answer(self, document: Document) -> list[Json]:
        """Items as of now: of a whole look if there is one, or soon; else of a quick one, and the rest follows."""
        session = self._session
        if session.looks.fresh(document) is None and self._cost.get(document.uri, _UNKNOWN) > _CHEAP:
            items = self._items(document, session.looks.quick(document))
            session.spawn("diagnostics", self._follow_up(document, items))
            return items
        look = await session.looks.whole(document)
        while look is None and session.overlay.get(document.uri) is document:  # overtaken: it is as of now that counts
            look = await session.looks.whole(document)
        if look is None:
            return []
        self._cost[document.uri] = look.seconds
        return self._items(document, look.findings)

    async def _follow_up(self, document: Document, given: list[Json]) -> None:
        """Have the client ask again if a whole look, once the keys rest, finds something else than it was given.

        A client that cannot be told (Neovim before 0.12) is pushed what it lacks, until it asks the next time.
        """
        version = document.version
        await asyncio.sleep(self._rest(document.uri))
        look = None
        while look is None:
            if self._closed or document.version != version or self._session.overlay.get(document.uri) is not document:
                return
            look = await self._session.looks.whole(document)  # None where it was overtaken: by the index, by the disk
        if document.version == version:
            self._cost[document.uri] = look.seconds
            items = self._items(document, look.findings)
            if items != given and self._session.client.refresh_diagnostics:
                await self._refresh()
            elif items != given:
                rest = self._shown[document.uri] = [item for item in items if item not in given]
                self._publish(document.uri, document.version, rest)

    def close(self) -> None:
        self._closed = True
        for timer in (self._timer, self._others):
            if timer is not None:
                timer.cancel()

    def resume(self) -> None:
        """Go on after what was waited for."""
        if self._waiting and not self._closed:
            self._schedule()

    def _schedule(self) -> None:
        if not self._session.configured.is_set():
            return
        if self._timer is not None:
            self._timer.cancel()
        delay = self._delay(self._newest(), time.monotonic())
        self._timer = asyncio.get_running_loop().call_later(delay, self._run)

    def _newest(self) -> str:
        """The waiting document that was edited last."""
        return max(self._waiting, key=self._waiting.__getitem__)

    def _delay(self, uri: str, now: float) -> float:
        """Seconds until the next look at a document."""
        if uri in self._quick:  # what is left can wait for the keys to rest
            return self._rest(uri)
        # One slow look is the first, which reads all of the document, or was held up: it says nothing of the next.
        cost = min(self._quick_cost.get(uri, _NONE)) if self._is_quick(uri) else self._cost.get(uri, 0.0)
        pause = min(max(_SHARE * cost, _SHORTEST_PAUSE), _LONGEST_PAUSE)
        return max(min(pause, self._waiting[uri] + _LONGEST - now), 0.0)

    def _rest(self, uri: str) -> float:
        """Seconds without an edit after which a whole look follows a quick one."""
        return min(max(_REST * self._cost.get(uri, _FIRST), _SHORTEST_PAUSE), _LONGEST_REST)

    def _is_quick(self, uri: str) -> bool:
        """Whether the next look at a document is a quick one."""
        return uri not in self._quick and self._cost.get(uri, _UNKNOWN) > _CHEAP

    def _run(self) -> None:
        self._timer = None
        if self._pulls or not self._waiting:
            self._waiting.clear()
            return
        # One look a turn of the loop, newest edit first, so that requests come in between.
        uri = self._newest()
        document = self._session.overlay.get(uri)
        if document is None:
            del self._waiting[uri]
        elif self._is_quick(uri):
            self._quick.add(uri)
            with self._session.peer.guard.protect("diagnostics"):
                self._quick_look(document)
        else:
            del self._waiting[uri]
            self._session.spawn("diagnostics", self._whole_look(document))
        if self._waiting:
            self._schedule()

    def _quick_look(self, document: Document) -> None:
        started = time.perf_counter()
        items = self._items(document, self._session.looks.quick(document))
        self._quick_cost[document.uri] = (self._quick_cost.get(document.uri, _NONE)[1], time.perf_counter() - started)
        if items != self._shown.get(document.uri, []):
            self._publish(document.uri, document.version, items)
        self._shown[document.uri] = items

    async def _whole_look(self, document: Document) -> None:
        look = await self._session.looks.whole(document)
        if look is None:  # overtaken by a change, here or elsewhere
            if self._session.overlay.get(document.uri) is document:
                self._waiting.setdefault(document.uri, time.monotonic())
                self._schedule()
        elif not self._pulls and not self._closed:
            self._cost[document.uri] = look.seconds
            items = self._items(document, look.findings)
            shown = self._shown.get(document.uri), self._shown_of.get(document.uri)
            if (items, document.version) != shown:  # clients are told once
                self._publish(document.uri, document.version, items)
            self._shown[document.uri] = items

    def _items(self, document: Document, found: Iterable[Finding]) -> list[Json]:
        """Findings of a document as diagnostics, none where they are switched off."""
        settings = self._session.overlay.settings
        severity = SEVERITIES.get(settings.diagnostics_severity)
        if severity is None:
            return []
        return [
            self._item(document, finding, severity) for finding in found if finding.kind in settings.diagnostics_kinds
        ]

    def _item(self, document: Document, finding: Finding, severity: int) -> Json:
        target = finding.target_path
        return {
            "range": convert.range_of(document.text, document, finding.span, self._session.client.encoding),
            "severity": severity,
            "code": finding.kind.value,
            "source": SOURCE,
            "message": finding.message,
            "data": {
                "kind": finding.kind.value,
                "name": finding.name,
                "target": None
                if target is None
                else {"uri": convert.client_uri(target, self._session.overlay), "qualname": finding.target_qualname},
            },
        }

    def _publish(self, uri: str, version: int | None, items: list[Json]) -> None:
        self._shown_of[uri] = version
        params: Json = {"uri": uri, "diagnostics": items}
        if version is not None:
            params["version"] = version
        self._session.peer.notify("textDocument/publishDiagnostics", params)

    async def _refresh(self) -> None:
        with suppress(RequestError):  # then the client asks again by itself, at the next edit
            await self._session.peer.request("workspace/diagnostic/refresh", None)
