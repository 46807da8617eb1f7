"""Receipts of prompts as documents of the editor: kept under a URI of their own, and shown where the client can.

A receipt says what would have been sent when it was asked for, so its text never changes. The newest are kept; the
client asks for their text with `workspace/textDocumentContent` (LSP 3.18).
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from autogen_lsp.server.capabilities import PROMPT_SCHEME
from autogen_lsp.server.peer import RequestError

if TYPE_CHECKING:
    from autogen_lsp.server.session import Session

KEPT = 32  # receipts of a few ten kilobytes each
GONE = "This prompt is not kept any more. Show it again from the code.\n"


class Receipts:
    """Event loop only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._numbers = itertools.count(1)
        self._texts: dict[str, str] = {}  # URI → text, the oldest first

    async def show(self, name: str, text: str) -> bool:
        """Open a receipt in the editor. False where the client cannot, or did not: then it is the client's to show."""
        client = self._session.client
        if not (client.text_documents and client.show_documents):
            return False
        uri = self._keep(name, text)
        try:
            answer = await self._session.peer.request("window/showDocument", {"uri": uri, "takeFocus": True})
        except RequestError:
            return False
        return isinstance(answer, dict) and answer.get("success") is True

    def text_of(self, uri: str) -> str:
        """The text of a receipt; of one that is not kept, a sentence that says so."""
        return self._texts.get(uri, GONE)

    def _keep(self, name: str, text: str) -> str:
        # Letters that clients leave as they are when they parse a URI and write it again.
        plain = re.sub(r"\W", "_", name, flags=re.ASCII)
        uri = f"{PROMPT_SCHEME}:/{next(self._numbers)}/{plain}.md"
        self._texts[uri] = text
        if len(self._texts) > KEPT:
            del self._texts[next(iter(self._texts))]
        return uri
