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
from autogen_lsp.analysis.project import Project
from autogen_lsp.context import render
from autogen_lsp.syntax.model import Symbol, SymbolKind

_AROUND = 3  # lines before and after
_MOST_LINES = 12  # of one expression: longer ones (tables of test data) are left out
_MOST_BYTES = 4000  # of an excerpt
_MOST_SITES = 40  # looked at
_TEST = re.compile(r"(?:^|/)(?:tests?|testing)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")


@dataclass(frozen=True, slots=True)
class Use:
    """An excerpt around a use of the target. ``inside`` is the qualname of the function or class that holds it."""

    path: Path
    inside: str
    short: str
    full: str
    is_test: bool


def uses(project: Project, sites: Iterable[Site], home: Path) -> list[Use]:
    """Excerpts, the most telling first: nearest files first, every shape of call once, tests after the rest."""
    ordered = sorted(set(sites), key=lambda s: (_distance(s.path, home), s.path.as_posix(), s.span.start))
    found: list[Use] = []
    shapes: set[str] = set()
    for site in ordered[:_MOST_SITES]:
        use = _use(project, site)
        if use is not None:
            shape = re.sub(r"\s+|[\"'][^\"']*[\"']|\d+", "", use.short.rpartition("\n")[2])
            if shape not in shapes:
                shapes.add(shape)
                found.append(use)
    return sorted(found, key=lambda use: use.is_test)


def is_test(path: str) -> bool:
    """Whether a file, by its path with ``/``, holds tests."""
    return _TEST.search(path) is not None


def enclosing(symbols: Iterable[Symbol], offset: int) -> Symbol | None:
    """The innermost function or class that holds an offset."""
    around = [s for s in symbols if s.kind <= SymbolKind.CLASS and s.start <= offset < s.end]
    return min(around, key=lambda s: s.end - s.start, default=None)


def _use(project: Project, site: Site) -> Use | None:
    source, facts = project.source(site.path), project.facts(site.path)
    if source is None or facts is None or site.expression.end > len(source.text):
        return None
    lines = source.lines
    first, last = (
        lines.line_of(site.expression.start),
        lines.line_of(max(site.expression.end - 1, site.expression.start)),
    )
    if last - first >= _MOST_LINES:
        last = first
    holder = enclosing(facts.symbols, site.expression.start)
    low, high = 0, lines.line_of(lines.size)
    head = ""
    if holder is not None and holder.body_start:
        head = render.line(source.text, holder)
        low = lines.line_of(holder.body_start)
        high = lines.line_of(max(holder.end - 1, holder.body_start))
    if first < low:  # in the header itself: a default, a decorator
        head, low = "", first
    around = max(low, first - _AROUND), min(high, last + _AROUND)
    if lines.line_span(around[1]).end - lines.starts[around[0]] > _MOST_BYTES:
        return None
    short = _cut(source.text, lines.starts, first, last)
    full = _cut(source.text, lines.starts, *around)
    relative = project.snapshot.relative(site.path)
    return Use(site.path, holder.qualname if holder else "", _under(head, short), _under(head, full), is_test(relative))


def _cut(text: bytes, starts: list[int], first: int, last: int) -> str:
    end = starts[last + 1] if last + 1 < len(starts) else len(text)
    return textwrap.dedent(
        text[starts[first] : end].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    ).strip("\n")


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
