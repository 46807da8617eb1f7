"""The names that a text says without using them: strings that are names or are taken apart into such, and keywords.

Whoever makes an attribute under a computed name got that name from somewhere, and mostly from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from autogen_lsp.syntax.model import Call

_NAME = re.compile(rb"[A-Za-z_]\w*")
_MAX_NAME = 80
_TAKEN_APART = (b"'.split(", b'".split(', b"'.replace(", b'".replace(')  # found as fast as the text is read
_MAX_TEXT = 2000  # bytes of a string that is taken apart


def said_in(text: bytes, calls: Iterable[Call]) -> set[str]:
    """All of them, given the calls in the text."""
    # What stands between two quotes, of whatever strings: twice as fast as a search for strings, and little more.
    parts = set(text.replace(b'"', b"'").split(b"'")[1:-1])
    found = {part for part in parts if len(part) <= _MAX_NAME and _NAME.fullmatch(part)}
    for end in _TAKEN_APART:
        at = text.find(end)
        while at >= 0:
            start = text.rfind(end[:1], max(0, at - _MAX_TEXT), at)
            found.update(_NAME.findall(text, start, at) if start >= 0 else ())
            at = text.find(end, at + 1)
    return {name.decode() for name in found}.union(*(call.keywords for call in calls if call.keywords))


def says(text: bytes, calls: Iterable[Call], name: str) -> bool:
    return name.encode("utf-8", "surrogatepass") in text and name in said_in(text, calls)
