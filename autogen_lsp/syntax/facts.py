"""A file's text into its `Facts`: from scratch, or with the facts of unchanged statements re-used.

`extract` looks at the module as one chunk. `Incremental` cuts it into its top-level statements, and large classes into
their members, and keeps what each chunk said as long as its bytes stay the same; both give the same facts (but for
`Facts.words`, which only `extract` fills). Never raises on any bytes.

An incremental tree of broken text depends on the edits that led to it, so where a tree has errors it is not used: the
text is mended (`mend`) and parsed afresh, which depends on the text alone. Uses on lines that stay broken are dropped,
and names that broken lines seem to bind count as bound: while somebody types, silence is better than a false finding.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from msgspec.structs import force_setattr, replace
from tree_sitter import Node

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.builtin_names import BUILTINS, INSTALLED, PYTHON_2
from autogen_lsp.syntax.mend import mend, names_bound
from autogen_lsp.syntax.model import Call, Facts, Import, Reference, Symbol, Use
from autogen_lsp.syntax.parser import parse
from autogen_lsp.syntax.scopes import Chunk
from autogen_lsp.syntax.sweep import sweep
from autogen_lsp.syntax.sweep.definitions import docstring_of
from autogen_lsp.text import LineIndex
from autogen_lsp.workspace.source import Source

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{2,60}")
_KNOWN = BUILTINS | INSTALLED
_SPLIT_BYTES = 3000  # classes that are larger are cut into their members


def extract(source: Source) -> Facts:
    """Facts of the whole file, `Facts.words` included."""
    parsed = _parsed(source)
    unit = _Unit(parsed.root.start_byte, sweep(n.relevant(parsed.root), parsed.text))
    facts = _facts([unit], parsed, source)
    force_setattr(facts, "words", tuple(sorted({word.decode() for word in _WORD.findall(source.text)})))
    return facts


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A tree that depends on the text only; ``text`` is the mended one, of the same length."""

    root: Node
    text: bytes
    errors: bool
    names: frozenset[str] = frozenset()
    blanked: tuple[tuple[int, int], ...] = ()


def _parsed(source: Source) -> _Parsed:
    root = source.tree.root_node
    if not root.has_error:
        return _Parsed(root, source.text, False)
    mended = mend(source.text)
    return _Parsed(parse(mended.text).root_node, mended.text, True, mended.names, mended.regions)


@dataclass(slots=True)
class _Unit:
    """A chunk, where it began when it was swept, and the class that it is a member of ('' for none)."""

    start: int
    chunk: Chunk
    owner: str = ""


class Incremental:
    """Facts of one document, edit after edit."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, bytes], _Unit] = {}

    def update(self, source: Source) -> Facts:
        """Facts of the document's new text; costs what changed, and a little for each statement."""
        parsed = _parsed(source)
        kept: dict[tuple[str, bytes], _Unit] = {}
        units: list[_Unit] = []
        for node, owner, end in _statements(parsed):
            start = node.start_byte
            key = (owner, parsed.text[start : node.end_byte])
            known = self._kept.get(key) if end is None and not node.has_error else None
            if known is None or key in kept:
                unit = _Unit(start, sweep(n.relevant(node, end), parsed.text, owner), owner)
            else:
                unit = known if known.start == start else _moved(known, start)
            if end is None and not node.has_error:
                kept[key] = unit
            units.append(unit)
        self._kept = kept
        return _facts(units, parsed, source)


def _statements(parsed: _Parsed) -> Iterator[tuple[Node, str, int | None]]:
    """The chunks in order: a statement, the class that it is a member of, and for a class's header where it ends."""
    if parsed.root.is_error:
        yield parsed.root, "", None
        return
    todo = [(node, "") for node in reversed(parsed.root.named_children)]
    while todo:
        node, owner = todo.pop()
        if node.kind_id == n.COMMENT:
            continue
        body = _members_apart(node)
        if body is None:
            yield node, owner, None
            continue
        yield node, owner, body.start_byte
        definition = node.child_by_field_id(n.F_DEFINITION) or node
        name = definition.child_by_field_id(n.F_NAME)
        assert name is not None
        qualname = name.text.decode("utf-8", "replace") if name.text is not None else ""
        qualname = f"{owner}.{qualname}" if owner else qualname
        todo += [(member, qualname) for member in reversed(body.named_children)]


def _members_apart(node: Node) -> Node | None:
    """The body of a class that is cut into its members; None for all other statements."""
    if node.end_byte - node.start_byte < _SPLIT_BYTES or node.has_error:
        return None
    definition = node
    if node.kind_id == n.DECORATED:
        inner = node.child_by_field_id(n.F_DEFINITION)
        if inner is None:
            return None
        definition = inner
    if definition.kind_id != n.CLASS or definition.child_by_field_id(n.F_TYPE_PARAMETERS) is not None:
        return None
    body = definition.child_by_field_id(n.F_BODY)
    if body is None or definition.child_by_field_id(n.F_NAME) is None:
        return None
    if any(member.kind_id in (n.GLOBAL, n.NONLOCAL) for member in body.named_children):
        return None
    return body


class _Spanned(Protocol):
    @property
    def start(self) -> int: ...


def _facts(units: Sequence[_Unit], parsed: _Parsed, source: Source) -> Facts:
    broken = _broken_lines(units, parsed, source)
    bound: set[str] = set(parsed.names)
    members: dict[str, set[str]] = {}
    python2 = computed = dynamic = False
    exports: list[str] = []
    dynamic_classes: set[str] = set()
    for unit in units:
        chunk = unit.chunk
        (members.setdefault(unit.owner, set()) if unit.owner else bound).update(chunk.bound)
        bound |= chunk.bound_global
        python2 = python2 or chunk.python2
        computed = computed or chunk.computed_exports
        dynamic = dynamic or chunk.dynamic
        exports += chunk.exports
        dynamic_classes |= chunk.dynamic_classes
    for start, end in broken:
        bound |= names_bound(parsed.text[start:end])
    known = bound | _KNOWN | (PYTHON_2 if python2 else frozenset())
    unresolved: list[Use] = []
    for unit in units:
        unresolved += [use for use in unit.chunk.nested if use.name not in known]
        inside = members.get(unit.owner, set())
        unresolved += [use for use in unit.chunk.direct if use.name not in known and use.name not in inside]
    unresolved.sort(key=lambda use: use.start)
    symbols = [symbol for unit in units for symbol in unit.chunk.symbols]
    symbols.sort(key=lambda symbol: symbol.start)
    calls = [call for unit in units for call in unit.chunk.calls]
    references = [reference for unit in units for reference in unit.chunk.references]
    imports = [item for unit in units for item in unit.chunk.imports]
    if broken:
        unresolved = _outside(unresolved, broken)
        references = _outside(references, broken)
        imports = _outside(imports, broken)
        calls = [replace(call, guarded=True) if _within(broken, call.start) else call for call in calls]
    return Facts(
        symbols=tuple(symbols),
        imports=tuple(imports),
        calls=tuple(calls),
        unresolved=tuple(unresolved),
        bound=frozenset(bound),
        exports=tuple(exports) if "__all__" in bound and not computed else None,
        dynamic=dynamic or "__getattr__" in bound,
        docstring=docstring_of(parsed.root, parsed.text),
        errors=parsed.errors,
        references=tuple(references),
        dynamic_classes=tuple(sorted(dynamic_classes)),
    )


def _broken_lines(units: Sequence[_Unit], parsed: _Parsed, source: Source) -> list[tuple[int, int]]:
    """Whole lines with syntax errors: sorted, disjoint spans."""
    spans = sorted([*parsed.blanked, *(span for unit in units for span in unit.chunk.broken)])
    lines: LineIndex = source.lines if spans else LineIndex([0], 0)
    out: list[tuple[int, int]] = []
    for start, end in spans:
        first = lines.starts[lines.line_of(start)]
        last = lines.line_span(lines.line_of(end)).end
        if out and first <= out[-1][1]:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return out


def _within(spans: list[tuple[int, int]], offset: int) -> bool:
    """Whether one of the sorted, disjoint spans holds the offset."""
    found = bisect_right(spans, offset, key=lambda span: span[0]) - 1
    return found >= 0 and offset < spans[found][1]


def _outside[T: _Spanned](items: list[T], spans: list[tuple[int, int]]) -> list[T]:
    return [item for item in items if not _within(spans, item.start)]


def _moved(unit: _Unit, start: int) -> _Unit:
    """The chunk as it is when its first byte is at ``start``."""
    by = start - unit.start
    old = unit.chunk
    return _Unit(
        start,
        Chunk(
            symbols=[_moved_symbol(s, by) for s in old.symbols],
            imports=[
                Import(
                    i.module, i.level, i.name, i.asname, i.start + by, i.end + by, i.module_start + by,
                    i.module_end + by, i.scope, i.guarded, i.type_checking,
                )
                for i in old.imports
            ],
            calls=[
                Call(
                    c.name, c.receiver, c.start + by, c.end + by, c.call_start + by, c.call_end + by, c.scope,
                    c.positional, c.keywords, c.star, c.double_star, c.guarded, c.local, c.made,
                )
                for c in old.calls
            ],
            references=[
                Reference(r.name, r.receiver, r.start + by, r.end + by, r.scope, r.how, r.guarded, r.local)
                for r in old.references
            ],
            direct=[Use(u.name, u.start + by, u.end + by, u.scope, u.how) for u in old.direct],
            nested=[Use(u.name, u.start + by, u.end + by, u.scope, u.how) for u in old.nested],
            bound=old.bound,
            bound_global=old.bound_global,
            exports=old.exports,
            computed_exports=old.computed_exports,
            dynamic=old.dynamic,
            dynamic_classes=old.dynamic_classes,
            python2=old.python2,
        ),
        unit.owner,
    )  # fmt: skip


def _moved_symbol(s: Symbol, by: int) -> Symbol:
    has_body = s.body_end > 0
    return Symbol(
        s.qualname, s.kind, s.start + by, s.end + by, s.name_start + by, s.name_end + by, s.signature, s.decorators,
        s.bases, s.docstring, s.annotation, s.value, s.body_start + by if has_body else 0,
        s.body_end + by if has_body else 0, s.stub, s.conditional,
    )  # fmt: skip
