"""The statement that is being typed into a whole one: its open brackets closed, what nobody can read in them left out.

``total = add(items, `` is taken for ``total = add(items,)``, and ``add(1, other(2), x.`` for ``add(1, other(2), )``.
Where such a statement ends is said by `mend`, which blanks it for all who only look at the rest of the text. What
follows a whole call is yet to be known: ``total = add(items).`` and ``if add(items) ==`` go on with something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autogen_lsp.syntax.mend import HEADER, MAX_BYTES, STRING, unfinished
from autogen_lsp.syntax.parser import parse
from autogen_lsp.text import Edit, Span

_MAX_STATEMENT = 20_000  # bytes
_MOST_OPEN = 20  # brackets
_MOST_LINES = 20
_PIECE = re.compile(
    rb"(?P<blank>[ \t\f\r\n]++|\\(?:\r\n|.)?|#[^\r\n]*+)|(?P<string>" + STRING + rb")|(?P<mark>[()\[\]{},]|:(?!=))"
    rb"|[^\s()\[\]{},:\"'#\\]++|.",
    re.S,
)
_LINE_END = re.compile(rb"[ \t\f]*+[\r\n]")
_TAIL = re.compile(  # behind a call: a dot, or what asks for one more operand
    rb"(?<=\))[ \t]*(?:(\.)|(?:\*\*?|//?|<<|>>|[-+%@&|^<>]|[<>=!]=)"
    rb"|\b(?:and|or|(?:not )?in|is(?: not)?|if .*\belse|as))\Z"
)
_LINE = re.compile(rb"[^ \t\f\r\n][^\r\n]*+")
_MAX_TAIL = 200  # bytes
_CLOSES = {b"(": b")", b"[": b"]", b"{": b"}"}


@dataclass(frozen=True, slots=True)
class Ending:
    """``edit`` makes the statement whole that begins at ``start``."""

    start: int
    edit: Edit


def endings(text: bytes, offset: int) -> Iterator[Ending]:
    """Ways to end the statement with open brackets on whose lines the offset is: what keeps most of it comes first."""
    regions = unfinished(text) if len(text) <= MAX_BYTES else []
    for start, end in regions:
        line = max(text.rfind(b"\n", 0, start), text.rfind(b"\r", 0, start)) + 1
        if line <= offset <= end and end - start <= _MAX_STATEMENT:
            yield from _endings(text, start, end)
            return
    if len(text) <= MAX_BYTES and (lines := _line_at(text, offset)) is not None:
        yield from _endings(text, *lines)


def _line_at(text: bytes, offset: int) -> tuple[int, int] | None:
    """The line of the offset, with those around it where its brackets are opened and closed; None where none are."""
    lines = [line.span() for line in _LINE.finditer(text, max(0, offset - _MAX_STATEMENT), offset + _MAX_STATEMENT)]
    here = next((i for i, (_, end) in enumerate(lines) if offset <= end), None)
    for first in range(here, max(here - _MOST_LINES, -1), -1) if here is not None else ():
        start = lines[first][0]
        for _, end in lines[here : first + _MOST_LINES]:
            stops, _ = _stops(text, start, end)
            if stops and not stops[-1].opened:
                return start, end
            if not stops:
                break  # it closes what is opened above
    return None


@dataclass(frozen=True, slots=True)
class _Stop:
    """Where the statement may end: the brackets open there, and where the last comma in each ends, or itself does."""

    at: int
    opened: bytes
    commas: tuple[int, ...]


def _endings(text: bytes, start: int, end: int) -> Iterator[Ending]:
    stops, colon = _stops(text, start, end)
    if not stops or len(stops[-1].opened) > _MOST_OPEN:
        return
    is_header = HEADER.match(text, start) is not None and not colon
    if not is_header or not stops[-1].opened:  # a header may end with any line, where its block begins
        stops = stops[-1:]
    ways = [(stop.at, stop.at, stop.opened, b"") for stop in reversed(stops) if stop.opened or is_header]
    if is_header:
        ways += [(at - 1, at, opened, b"") for at, _, opened, _ in ways if text[at - 1 : at] == b":"]
    last = stops[-1]
    if tail := _TAIL.search(text, max(start, last.at - _MAX_TAIL), last.at):
        # What the operator gives is as little known as an attribute, and it asks as little of the call.
        more = (b" @" if tail[1] else tail[0]) + b" _unfinished"  # a name that nothing binds
        ways.append((tail.start(), last.at, last.opened, more))
    for stop in stops:
        depths = range(len(stop.opened), 0, -1)
        ways += [(stop.commas[depth - 1], stop.at, stop.opened[:depth], b"") for depth in depths]
    for cut, upto, opened, more in dict.fromkeys(ways):
        closed = more + b"".join(_CLOSES[bytes((each,))] for each in reversed(opened)) + b":" * is_header
        if _parses(text[start:cut] + closed, is_header=is_header):
            yield Ending(start, Edit(Span(cut, upto), closed.decode()))


def _stops(text: bytes, start: int, end: int) -> tuple[list[_Stop], bool]:
    """The ends of its first lines with open brackets, and its own; and whether a colon stands outside of brackets.

    There are none where nothing is left, or a bracket is closed that is not open.
    """
    stops: list[_Stop] = []
    opened, commas = b"", list[int]()
    colon, last = False, start
    for piece in _PIECE.finditer(text, start, end):
        blank, mark = piece["blank"], piece["mark"]
        if blank is not None:
            if opened and len(stops) < _MOST_LINES and _LINE_END.match(blank):
                stops.append(_Stop(last, opened, tuple(commas)))
            continue
        last = piece.end()
        if mark is not None and mark in _CLOSES:
            opened += mark
            commas.append(last)
        elif mark == b"," and opened:
            commas[-1] = last
        elif mark == b":":
            colon = colon or not opened
        elif mark is not None and mark != b",":
            if not opened or _CLOSES[opened[-1:]] != mark:
                return [], colon
            opened = opened[:-1]
            commas.pop()
    return ([*stops, _Stop(last, opened, tuple(commas))] if last > start else []), colon


def _parses(statement: bytes, *, is_header: bool) -> bool:
    """Whether the statement is one, given what must stand around it."""
    if is_header:
        statement += b" pass"
    if statement.startswith(b"@"):
        statement += b"\ndef _(): pass"
    elif statement.startswith(b"elif"):
        statement = statement.removeprefix(b"el")
    elif statement.startswith(b"except"):
        statement = b"try: pass\n" + statement
    elif re.match(rb"case\b", statement) and is_header:
        statement = b"match _:\n " + statement
    return not parse(statement).root_node.has_error
