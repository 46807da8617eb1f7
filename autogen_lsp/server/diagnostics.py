"""Findings of open documents, shown as diagnostics: pushed shortly after an edit, or given when the client asks.

A document is looked at once its client has paused for a share of the time that the last look took, so small files
answer at once and huge ones do not stall the keys. The other open documents follow when the edits have ceased, since a
definition here may be what a call there was missing. A client that asks (`textDocument/diagnostic`) is not pushed to
from then on: it would show every diagnostic twice.
"""

from __future__ import annotations

import asyncio
import time
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

# Seconds. The pause is a share of what the last look took, between these bounds; under a steady stream of edits (a held
# key) a look is taken after `_LONGEST` all the same.
_SHARE = 1 / 3
_SHORTEST_PAUSE = 0.001
_LONGEST_PAUSE = 0.1
_LONGEST = 0.4
_OTHERS = 0.3


class Diagnostics:
    """Schedules, computes and publishes. Event loop only; closed documents leave nothing behind."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: dict[str, float] = {}  # URI → when its first unseen change came
        self._timer: asyncio.TimerHandle | None = None
        self._others: asyncio.TimerHandle | None = None
        self._cost: dict[str, float] = {}  # URI → seconds that the last look took
        self._shown: dict[str, list[Json]] = {}  # URI → what was pushed last
        self._pulls = False
        self._closed = False

    def touch(self, document: Document) -> None:
        """The document changed: look at it soon, and at the others later."""
        if self._closed:
            return
        self._waiting.setdefault(document.uri, time.monotonic())
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
        self._cost.pop(uri, None)
        if self._shown.pop(uri, None):
            self._publish(uri, None, [])

    def pull(self, uri: str, previous: str | None) -> Json:
        """A document diagnostic report (LSP 3.17, `textDocument/diagnostic`)."""
        self._pulls = True
        if self._shown.pop(uri, None):
            self._publish(uri, None, [])
        document = self._session.overlay.get(uri)
        items = [] if document is None else self._items(document)
        identity = f"{hash(repr(items)) & 0xFFFFFFFFFFFF:x}"
        if previous == identity:
            return {"kind": "unchanged", "resultId": identity}
        return {"kind": "full", "resultId": identity, "items": items}

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
        now = time.monotonic()
        pause = _SHARE * max((self._cost.get(uri, 0.0) for uri in self._waiting), default=0.0)
        pause = min(max(pause, _SHORTEST_PAUSE), _LONGEST_PAUSE)
        latest = min(self._waiting.values()) + _LONGEST
        self._timer = asyncio.get_running_loop().call_later(max(min(pause, latest - now), 0.0), self._run)

    def _run(self) -> None:
        self._timer = None
        if self._pulls or not self._waiting:
            self._waiting.clear()
            return
        # One document a turn of the loop, newest edit first, so that requests come in between.
        uri = max(self._waiting, key=self._waiting.__getitem__)
        since = self._waiting.pop(uri)
        document = self._session.overlay.get(uri)
        if document is not None:
            with self._session.peer.guard.protect("diagnostics"):
                first = uri not in self._shown
                items = self._items(document, first=first)
                self._shown[uri] = items
                if items or not first:
                    self._publish(uri, document.version, items)
                if first:
                    self._waiting[uri] = since
        if self._waiting:
            self._timer = asyncio.get_running_loop().call_later(0, self._run)

    def _items(self, document: Document, *, first: bool = False) -> list[Json]:
        """The document's findings as diagnostics, none where they are switched off.

        With ``first`` they are those that need no other files: a cold workspace takes a while to read.
        """
        settings = self._session.overlay.settings
        severity = SEVERITIES.get(settings.diagnostics_severity)
        if severity is None:
            return []
        started = time.perf_counter()
        if first:
            found = self._session.first_findings_of(document.path)
        else:
            found = self._session.findings_of(self._session.project(), document.path)
        items = [
            self._item(document, finding, severity) for finding in found if finding.kind in settings.diagnostics_kinds
        ]
        if not first:
            self._cost[document.uri] = time.perf_counter() - started
        return items

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
                else {"uri": convert.uri_of(target), "qualname": finding.target_qualname},
            },
        }

    def _publish(self, uri: str, version: int | None, items: list[Json]) -> None:
        params: Json = {"uri": uri, "diagnostics": items}
        if version is not None:
            params["version"] = version
        self._session.peer.notify("textDocument/publishDiagnostics", params)

    async def _refresh(self) -> None:
        with suppress(RequestError):  # then the client asks again by itself, at the next edit
            await self._session.peer.request("workspace/diagnostic/refresh", None)
