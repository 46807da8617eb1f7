"""Lines of a .gitignore into one answer per entry of its folder: ignored, kept on purpose, or not mentioned.

Follows gitignore(5) and git's ``wildmatch.c`` for one entry at a time, as git does while it walks; a folder's contents
are never looked at here. Unlike git's, ``?`` and ``[…]`` stand for one character, not one byte. (`pathspec` answers for
whole file paths without walking, so its answer for a *folder* is not git's where a pattern such as ``!*/`` takes it
back, and ignored folders could not be skipped.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_CLASSES = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9",
    "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r"\s", "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}  # fmt: skip


class Patterns:
    """The patterns of one file (or one setting), compiled. ``base`` is the length of the folder's path plus one."""

    __slots__ = ("_names", "_paths", "base")

    def __init__(self, lines: Iterable[str], folder: str) -> None:
        self.base = len(folder.rstrip("/")) + 1
        names: list[tuple[int, bool, str]] = []
        paths: list[tuple[int, bool, str]] = []
        for at, line in enumerate(lines):
            if found := _translate(line):
                negated, by_path, regex = found
                (paths if by_path else names).append((at, negated, regex))
        self._names = _join(names)
        self._paths = _join(paths)

    def __bool__(self) -> bool:
        return self._names is not None or self._paths is not None

    def match(self, name: str, path: str) -> bool | None:
        """True: ignored; False: taken back by a ``!``; None: not mentioned.

        ``path`` is the entry's whole path with ``/`` and ``name`` its last part; both end with ``/`` for a folder.
        """
        best, answer = -1, None
        if self._names is not None:
            regex, rows = self._names
            if (found := regex.fullmatch(name)) and found.lastindex:
                best, ignored = rows[found.lastindex - 1]
                answer = ignored
        if self._paths is not None:
            regex, rows = self._paths
            if (found := regex.fullmatch(path, self.base)) and found.lastindex:
                at, ignored = rows[found.lastindex - 1]
                if at > best:
                    answer = ignored
        return answer


type _Joined = tuple[re.Pattern[str], list[tuple[int, bool]]]


def _join(patterns: list[tuple[int, bool, str]]) -> _Joined | None:
    """One regular expression of all, the last line first: the first alternative that matches is the one that counts."""
    if not patterns:
        return None
    patterns = patterns[::-1]
    regex = re.compile("|".join(f"({regex})" for _, _, regex in patterns), re.DOTALL)
    return regex, [(at, not negated) for at, negated, _ in patterns]


def _translate(line: str) -> tuple[bool, bool, str] | None:
    """(negated, matches the path rather than the name, regular expression); None for a line without a pattern."""
    if line.startswith("#"):
        return None
    pattern = _without_trailing_spaces(line.removesuffix("\n").removesuffix("\r"))
    negated = pattern.startswith("!")
    pattern = pattern.removeprefix("!")
    end = "/?"
    if pattern.endswith("/"):
        pattern, end = pattern[:-1], "/"
    by_path = "/" in pattern
    pattern = pattern.removeprefix("/")
    if not pattern:
        return None
    segments = _segments(pattern)
    if segments is None:
        return None
    out: list[str] = []
    for at, segment in enumerate(segments):
        last = at == len(segments) - 1
        if by_path and len(segment) > 1 and set(segment) == {"*"}:
            out.append(".+" if last else "(?:.*/)?")
        elif not segment:
            return None
        else:
            out.append(_regex(segment) + ("" if last else "/"))
    return negated, by_path, "".join(out) + end


def _without_trailing_spaces(line: str) -> str:
    """As git's ``trim_trailing_spaces``: a space after a backslash stays."""
    end = at = 0
    while at < len(line):
        at += 2 if line[at] == "\\" else 1
        if line[at - 1 : at] != " " or line[at - 2 : at - 1] == "\\":
            end = at
    return line[:end]


def _segments(pattern: str) -> list[list[str]] | None:
    """The parts between slashes, each a list of ``*`` and regular expressions of one character; None if invalid."""
    segments: list[list[str]] = [[]]
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "/":
            segments.append([])
        elif char == "*":
            segments[-1].append("*")
        elif char == "?":
            segments[-1].append("[^/]")
        elif char == "[":
            found = _bracket(pattern, at)
            if found is None:
                return None
            segments[-1].append(found[0])
            at = found[1]
        elif char == "\\":
            if at == len(pattern):
                return None
            segments[-1].append(re.escape(pattern[at]))
            at += 1
        else:
            segments[-1].append(re.escape(char))
    return segments


def _regex(segment: list[str]) -> str:
    """One part as a regular expression.

    Each ``*`` takes the first place where the piece after it fits, in an atomic group: within one part a longer match
    is never better, so hostile patterns (``*a*a*a*b``) cost no more than a scan.
    """
    pieces = [""]
    for item in segment:
        if item == "*":
            pieces.append("")
        else:
            pieces[-1] += item
    if not any(pieces):
        return "[^/]+"
    first, *rest = pieces
    if not rest:
        return first
    middle = "".join(f"(?>[^/]*?{piece})" for piece in rest[:-1] if piece)
    return f"{first}{middle}[^/]*{rest[-1]}"


def _bracket(glob: str, at: int) -> tuple[str, int] | None:
    """The bracket expression whose ``[`` stands before ``at``, and where it ends."""
    negated = glob[at : at + 1] in ("!", "^")
    at += negated
    out: list[str] = []
    start = at
    previous: str | None = None  # may start a range
    while True:
        char = glob[at : at + 1]
        if not char:
            return None
        at += 1
        if char == "]" and at - 1 > start:
            break
        if char == "[" and glob[at : at + 1] == ":":
            close = glob.find(":]", at + 1)
            if close >= 0:
                if glob[at + 1 : close] not in _CLASSES:
                    return None
                out.append(_CLASSES[glob[at + 1 : close]])
                at, previous = close + 2, None
                continue
        if char == "-" and previous is not None and glob[at : at + 1] not in ("", "]"):
            high = glob[at]
            at += 1
            if high == "\\":
                high = glob[at : at + 1]
                at += 1
            if not high:
                return None
            out.pop()
            if previous <= high:
                out.append(f"{re.escape(previous)}-{re.escape(high)}")
            previous = None
            continue
        if char == "\\":
            char = glob[at : at + 1]
            if not char:
                return None
            at += 1
        out.append(re.escape(char))
        previous = char
    inside = "".join(out)
    if not inside:
        return ("[^/]" if negated else "(?!)"), at
    return (f"(?:(?!/)[^{inside}])" if negated else f"(?:(?!/)[{inside}])"), at
