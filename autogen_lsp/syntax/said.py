"""The names that a text says without using them: strings that are names or are taken apart into such, and keywords.

Whoever makes an attribute under a computed name got that name from somewhere, and mostly from there.
"""

from __future__ import annotations

import re

_SAYS = re.compile(rb"""['"]([A-Za-z_]\w{0,79})['"]|[(,]\s*([A-Za-z_]\w{0,79})\s*=(?!=)""")
_SAYS_SEVERAL = re.compile(rb"""['"]([\w\s,]{3,2000})['"]\s*\.\s*(?:split|replace)\(""")
_NAME = re.compile(rb"[A-Za-z_]\w*")


def said_in(text: bytes) -> set[str]:
    """All of them, as far as they are ASCII."""
    found = {one or other for one, other in _SAYS.findall(text)}
    for several in _SAYS_SEVERAL.findall(text):
        found.update(_NAME.findall(several))
    return {name.decode() for name in found}


def says(text: bytes, name: str) -> bool:
    return name.encode("utf-8", "surrogatepass") in text and name in said_in(text)
