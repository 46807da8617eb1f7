"""Text with syntax errors into text that parses further: unfinished lines are blanked, nothing moves.

An unclosed bracket makes every parser take the rest of the file for its arguments. People see at once where the line
was meant to end: where the next line is not indented below it, or begins with a keyword that no expression begins with.
So such a line is blanked up to there, with spaces, byte for byte (a compound statement's header becomes ``if 1:``, for
its block to stay where it is). What it would have bound is read off its text. Only text with errors is mended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# One match takes everything up to the next bracket that is not closed at once, or the next line end; or all whole lines
# without such a bracket. Possessive throughout: nothing here may backtrack, texts are hostile.
STRING = (
    rb'"""(?:[^"\\]++|\\.|"(?!""))*+"""' + rb"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    rb'|"(?:[^"\\\r\n]++|\\.)*+"?' + rb"|'(?:[^'\\\r\n]++|\\.)*+'?"
)
_PLAIN = rb"[^()\[\]{}\"'#\r\n\\]++"
_CALL = rb"\((?:" + _PLAIN + rb"|(?!\"\"\"|''')(?:" + STRING + rb"))*+\)"
_PART = _PLAIN + rb"|#[^\r\n]*+|" + STRING + rb"|\\(?:\r\n|.)?|" + _CALL
_TOKEN = re.compile(rb"(?:" + _PART + rb")*+([()\[\]{}]|\r\n|\n|\r|$)", re.S)
_LINES = re.compile(rb"(?:(?:" + _PART + rb")*+(?:\r\n|\n|\r))*+", re.S)
MAX_BYTES = 2_000_000  # larger texts are left as they are
_MAX_LINE = 5000  # bytes of a line that is searched for names
_OPEN, _CLOSE = b"([{", b")]}"
_LINE_START = re.compile(rb"[ \t\f]*")
_STATEMENT = re.compile(
    rb"(?:def|class|return|import|raise|while|with|try|del|global|nonlocal|pass|break|continue|assert|except|finally|elif)\b"
)
HEADER = re.compile(rb"(?:async\s+)?(?:def|class|if|for|while|with)\b|(elif)\b|(except)\b|(?:match|case)\b.*[:(\[{]")
_NAME = re.compile(rb"[^\W\d]\w*")
_BINDING_LINE = re.compile(
    rb"\s*(?:async\s+)?(?:from|import|def|class|for|with|global|nonlocal|except|case)\b|.*\blambda\b"
)
_ASSIGNED = re.compile(rb"(?<![=!<>:+*/%&|^@-])=(?!=)")
_TARGETS = re.compile(rb"[\w\s,.*()\[\]]++(?=:|$)")
_INNER = re.compile(rb"\b(?:as\s{1,9}(\w+)|for\s{1,9}([\w\s,()]{1,100}?)\sin\b|(\w+)\s{0,9}:=)")


@dataclass(frozen=True, slots=True)
class Mended:
    text: bytes  # as long as the text it was made from
    names: frozenset[str]  # that the blanked lines would bind
    regions: tuple[tuple[int, int], ...]  # blanked


def mend(text: bytes) -> Mended:
    """Blank the lines that leave a bracket open, or close one that is not open. Linear in the text's length."""
    regions = unfinished(text) if len(text) <= MAX_BYTES else []
    if not regions:
        return Mended(text, frozenset(), ())
    parts: list[bytes] = []
    names: set[str] = set()
    at = 0
    for start, end in regions:
        parts.append(text[at:start])
        parts.append(_blanked(text[start:end]))
        names |= names_bound(text[start:end])
        at = end
    parts.append(text[at:])
    return Mended(b"".join(parts), frozenset(names), tuple(regions))


def names_bound(text: bytes) -> set[str]:
    """Names that broken statements seem to bind; rather too many than too few."""
    found: list[bytes] = []
    lines = text.splitlines()
    if lines and re.match(rb"\s*(?:from|import|def|class|(?:async\s))", lines[0]):
        found += _NAME.findall(text)  # with the lines that go on inside its brackets
    for line in lines:
        if len(line) > _MAX_LINE:
            continue
        if _BINDING_LINE.match(line):
            found += _NAME.findall(line)
        elif (equals := _ASSIGNED.search(line)) and (targets := _TARGETS.match(line, 0, equals.start())):
            found += _NAME.findall(targets.group())
        for groups in _INNER.findall(line):
            found += _NAME.findall(b" ".join(groups))
    return {name.decode("utf-8", "replace") for name in found}


def unfinished(text: bytes) -> list[tuple[int, int]]:
    """Regions to blank: sorted, disjoint, from the first character of a statement to the end of a line."""
    out: list[tuple[int, int]] = []
    depth = 0
    at, logical = 0, _end(_LINE_START, text, 0)
    indent = logical
    while True:
        if not depth and (line := _end(_LINES, text, at)) > at:
            at, logical = line, _end(_LINE_START, text, line)
            indent = logical - line
        token = _TOKEN.match(text, at)
        assert token is not None
        at = token.end()
        first = token.group(1)
        if not first:
            break
        if first in _OPEN:
            depth += 1
        elif first in _CLOSE:
            start = at - 1
            if depth:
                depth -= 1
            elif not out or out[-1][1] <= start:
                out.append((logical, _line_end(text, start)))
        else:
            content = _end(_LINE_START, text, at)
            if text[content : content + 1] in (b"", b"\r", b"\n", b"#"):
                continue
            column = content - at
            dedented = column <= indent and text[content : content + 1] not in (b")", b"]", b"}")
            if not dedented and not _STATEMENT.match(text, content):
                continue
            out.append((logical, token.start(1)))
            depth = 0
            indent, logical = column, content
    if depth:
        out.append((logical, len(text)))
    at = 0
    disjoint = []
    for start, end in out:
        if max(start, at) < end:
            disjoint.append((max(start, at), end))
            at = end
    return disjoint


def _end(pattern: re.Pattern[bytes], text: bytes, start: int) -> int:
    """Where the match of a pattern that matches everywhere ends."""
    match = pattern.match(text, start)
    return start if match is None else match.end()


def _blanked(statement: bytes) -> bytes:
    """The statement as spaces, line ends kept; of a compound one, a header that holds its block stays."""
    blank = re.sub(rb"[^\r\n]", b" ", statement)
    header = HEADER.match(statement)
    if header is None:
        return blank
    kept = b"elif 1:" if header.group(1) else b"except:" if header.group(2) else b"if 1:"
    first = re.match(rb"[^\r\n]*", statement)
    assert first is not None
    return kept + blank[len(kept) :] if first.end() >= len(kept) else blank


def _line_end(text: bytes, offset: int) -> int:
    found = re.compile(rb"[\r\n]").search(text, offset)
    return found.start() if found is not None else len(text)
