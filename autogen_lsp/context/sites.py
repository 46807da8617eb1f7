"""Uses of the target into excerpts: the statement that uses it, and the same with the lines around it.

Whole lines, dedented, with the line of the enclosing ``def`` above; no line numbers, so that an edit elsewhere in the
file changes nothing here. Uses that look alike are shown once, and very long lines not at all.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autogen_lsp.analysis.model import Site
from autogen_lsp.context import render
from autogen_lsp.context.candidates import Lookup
from autogen_lsp.syntax.model import Symbol, SymbolKind

_AROUND = 3  # lines before and after
_MOST_LINES = 12  # of one expression: longer ones (tables of test data) are left out
_MOST_BYTES = 4000  # of an excerpt
_MOST_SITES = 12  # looked at, and as many in tests
_TEST = re.compile(r"(?:^|/)(?:tests?|testing)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")


@dataclass(frozen=True, slots=True)
class Use:
    """An excerpt around a use of the target. ``inside`` is the qualname of the function or class that holds it."""

    path: Path
    inside: str
    short: str
    full: str
    is_test: bool


def uses(lookup: Lookup, sites: Iterable[Site], home: Path) -> list[Use]:
    """Excerpts, the most telling first: nearest files first, every shape of call once, tests after the rest."""
    ordered = sorted(set(sites), key=lambda s: (_distance(s.path, home), s.path.as_posix(), s.span.start))
    code = [site for site in ordered if not is_test(lookup.shown(site.path))]
    tests = [site for site in ordered if is_test(lookup.shown(site.path))]
    found: list[Use] = []
    shapes: set[str] = set()
    for site in (*code[:_MOST_SITES], *tests[:_MOST_SITES]):
        use = None if lookup.hidden(site.path) else _use(lookup, site)
        if use is not None:
            shape = re.sub(r"\s+|[\"'][^\"']*[\"']|\d+", "", use.short.rpartition("\n")[2])
            if shape not in shapes:
                shapes.add(shape)
                found.append(use)
    return found


def is_test(path: str) -> bool:
    """Whether a file, by its path with ``/``, holds tests."""
    return _TEST.search(path) is not None


def enclosing(symbols: Iterable[Symbol], offset: int) -> Symbol | None:
    """The innermost function or class that holds an offset."""
    around = [s for s in symbols if s.kind <= SymbolKind.CLASS and s.start <= offset < s.end]
    return min(around, key=lambda s: s.end - s.start, default=None)


def _use(lookup: Lookup, site: Site) -> Use | None:
    source = lookup.source(site.path)
    if source is None or site.expression.end > len(source.text):
        return None
    text = source.text
    start, end = _line_start(text, site.expression.start), _line_end(text, site.expression.end)
    if text.count(b"\n", start, end) >= _MOST_LINES:
        end = _line_end(text, site.expression.start)
    holder = enclosing(lookup.facts(site.path).symbols, site.expression.start)
    head, low, high = "", 0, len(text)
    if holder is not None and holder.body_start and holder.body_start <= site.expression.start:
        head = render.line(text, holder)
        low, high = _line_start(text, holder.body_start), _line_end(text, holder.end)
    first, last = start, end
    for _ in range(_AROUND):
        first = _line_start(text, first - 1) if first > low else first
        last = _line_end(text, last + 2) if last < high else last
    if last - first > _MOST_BYTES:
        return None
    inside = holder.qualname if holder is not None else ""
    short, full = _under(head, _cut(text, start, end)), _under(head, _cut(text, first, last))
    if full.count('"""') % 2 or full.count("'''") % 2:  # it begins or ends inside of a docstring
        full = short
    return Use(site.path, inside, short, full, is_test(lookup.shown(site.path)))


def _line_start(text: bytes, offset: int) -> int:
    return text.rfind(b"\n", 0, max(offset, 0)) + 1


def _line_end(text: bytes, offset: int) -> int:
    """Where the line that holds the byte before an offset ends, itself before its line feed."""
    found = text.find(b"\n", max(offset - 1, 0))
    return found if found >= 0 else len(text)


def _cut(text: bytes, start: int, end: int) -> str:
    shown = text[start:end].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return textwrap.dedent(shown).strip("\n")


def _under(head: str, body: str) -> str:
    return f"{head}\n{textwrap.indent(body, '    ')}" if head else body


def _distance(path: Path, home: Path) -> int:
    """Steps from one file to the other through folders."""
    if path == home:
        return 0
    common = 0
    for a, b in zip(path.parts, home.parts, strict=False):
        if a != b:
            break
        common += 1
    return len(path.parts) + len(home.parts) - 2 * common
