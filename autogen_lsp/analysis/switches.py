"""Comments that switch a checker off which finds the same as this one: what a project does not want to be told.

flake8's and Ruff's, mypy's, Pyright's, Pylint's and pytype's, on the line itself; Pylint's also on a line of its own
before it, from where they hold to the end of the block.
"""

from __future__ import annotations

import re

_ANYTHING = rb"(?:type|pyright|ty|pyrefly):\s*ignore(?!\s*\[)"  # without a code
NAMES = re.compile(
    _ANYTHING
    + rb"|#\s*noqa(?!\s*:)|noqa:[^#]*\bF821|ignore\[[^\]]*(?:name-defined|reportUndefinedVariable|unresolved-reference)"
    rb"|disable=[^#]*(?:undefined-variable|E0602|name-error)"
)
MEMBERS = re.compile(
    _ANYTHING + rb"|ignore\[[^\]]*(?:attr-defined|import|misc|union-attr|has-type"
    rb"|reportAttribute|reportMissing|reportUnknown|unresolved|missing)|disable=[^#]*(?:no-name-in-module|import-error"
    rb"|no-member|E0611|E0401|E1101|module-attr|attribute-error)"
)
ARGUMENTS = re.compile(
    _ANYTHING + rb"|ignore\[[^\]]*(?:arg-type|call-overload|reportArgumentType|reportCallIssue|reportGeneralTypeIssues"
    rb"|invalid-argument-type|bad-argument-type)"
)
_OF_BLOCK = re.compile(rb"^([ \t]*)#[^\r\n]*\bpylint:\s*disable=[^\r\n]*", re.M)
_MAX_BEFORE = 50_000  # bytes before a use that are searched for one


def switched_off(text: bytes, offset: int, pattern: re.Pattern[bytes]) -> bool:
    """Whether a comment that matches tells checkers to be quiet at the byte offset."""
    start = text.rfind(b"\n", 0, offset) + 1
    start = max(start, text.rfind(b"\r", start, offset) + 1)
    line = text[start : start + 1000].splitlines()[:1]
    if bool(line) and b"#" in line[0] and pattern.search(line[0]) is not None:
        return True
    first = max(0, start - _MAX_BEFORE)
    return text.find(b"pylint:", first, start) >= 0 and any(
        pattern.search(found.group()) is not None and _is_in_block(text[found.end() : start], len(found.group(1)))
        for found in _OF_BLOCK.finditer(text, first, start)
    )


def _is_in_block(between: bytes, indent: int) -> bool:
    """Whether no line is indented less than the comment at the block's beginning."""
    return all(len(line) - len(line.lstrip()) >= indent for line in between.splitlines() if line.strip())
