"""One file's text into the names that each of its functions uses: the body of a neighbour probably uses them too.

Works on bytes with one regular expression and the file's `Facts`; strings and comments do not count, fields of
f-strings do. Names are keys: ``f`` for a bare name, ``self.x`` for a member (``cls`` counts as ``self``), ``mod.x`` for
an attribute.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from autogen_lsp.syntax.model import Facts, Symbol, SymbolKind
from autogen_lsp.text import Span

_TOKEN = re.compile(
    rb"(?P<chain>[A-Za-z_\x80-\xff][\w\x80-\xff]*+(?:\.[A-Za-z_\x80-\xff][\w\x80-\xff]*+)*+)(?![\"'])"
    rb"|#[^\n]*"
    rb"|(?P<prefix>[A-Za-z]{0,2})(?:\"\"\"(?P<a>(?:[^\"\\]|\\.|\"(?!\"\"))*+)\"\"\"|'''(?P<b>(?:[^'\\]|\\.|'(?!''))*+)'''"
    rb"|\"(?P<c>(?:[^\"\\\n]|\\.)*+)\"|'(?P<d>(?:[^'\\\n]|\\.)*+)')",
    re.S,
)
_CHAIN = re.compile(rb"(?<![\w.])[A-Za-z_]\w*+(?:\.[A-Za-z_]\w*+)*+")
_FIELD = re.compile(rb"(?<!\{)\{([^{}]*?)(?:![rsa])?(?::[^{}]*)?\}")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A function or method, with everything nested in it, and the names that it uses."""

    symbol: Symbol
    position: int  # its place among the file's units
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Usage:
    """The names that a file uses: how often all in all, and by which of its functions."""

    counts: Counter[str]
    units: tuple[Unit, ...]


def usage(text: bytes, facts: Facts, without: Span) -> Usage:
    """Uses in a file; what lies in ``without`` (the target) does not count."""
    symbols = sorted(
        (s for s in facts.symbols if s.kind is SymbolKind.FUNCTION and ".<locals>" not in s.qualname),
        key=lambda s: s.start,
    )
    starts = [symbol.start for symbol in symbols]
    names: list[set[str]] = [set() for _ in symbols]
    counts: Counter[str] = Counter()
    for offset, key in _names(text):
        if without.start <= offset < without.end:
            continue
        counts[key] += 1
        at = bisect_right(starts, offset) - 1
        if at >= 0 and offset < symbols[at].end and not symbols[at].name_start <= offset < symbols[at].name_end:
            names[at].add(key)
    units = (Unit(s, n, frozenset(names[n])) for n, s in enumerate(symbols) if s.start != without.start)
    return Usage(counts, tuple(units))


@lru_cache(maxsize=64)
def names_in(text: bytes) -> frozenset[str]:
    """The names that a piece of code uses, as keys."""
    return frozenset(key for _, key in _names(text))


def parts(identifier: str) -> frozenset[str]:
    """The words of an identifier, in lower case: ``getHTTPUser_id`` gives get, http, user, id."""
    return frozenset(part.lower() for part in _PART.findall(identifier) if len(part) > 1)


def _names(text: bytes) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for token in _TOKEN.finditer(text):
        chain = token["chain"]
        if chain is not None:
            _add(found, token.start(), chain)
        elif token["prefix"] and b"f" in token["prefix"].lower():
            body = token["a"] or token["b"] or token["c"] or token["d"] or b""
            for field in _FIELD.finditer(body):
                for inner in _CHAIN.finditer(field[1]):
                    _add(found, token.start(), inner[0])
    return found


def _add(found: list[tuple[int, str]], offset: int, chain: bytes) -> None:
    names = chain.decode("utf-8", "replace").split(".")
    if names[0] in ("self", "cls"):
        if len(names) > 1:
            found.append((offset, f"self.{names[1]}"))
        return
    found.append((offset, names[0]))
    for depth in range(2, min(len(names), 4) + 1):
        found.append((offset, ".".join(names[:depth])))
