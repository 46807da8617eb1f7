"""A file's text into its `Facts`: from scratch, or with the facts of unchanged statements re-used.

`extract` looks at the module as one chunk. `Incremental` cuts it into its top-level statements, and large classes into
their members, and keeps what each chunk said as long as its bytes stay the same; both give the same facts. Never raises
on any bytes.

An incremental tree of broken text depends on the edits that led to it, so where a tree has errors it is not used: the
text is mended (`mend`) and parsed afresh, which depends on the text alone. Uses on lines that stay broken are dropped,
and names that broken lines seem to bind count as bound: while somebody types, silence is better than a false finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace
from tree_sitter import Node, Tree

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.bounds import is_data, is_readable
from autogen_lsp.syntax.broken import Broken, broken_lines
from autogen_lsp.syntax.builtin_names import BUILTINS, INSTALLED, PYTHON_2
from autogen_lsp.syntax.model import Call, Facts, SymbolKind, Use
from autogen_lsp.syntax.parser import parse, reparse
from autogen_lsp.syntax.spread import Spread
from autogen_lsp.syntax.sweep import sweep
from autogen_lsp.syntax.sweep.definitions import docstring_of
from autogen_lsp.syntax.units import Cut, Unit, pieces
from autogen_lsp.workspace.source import Source

_KNOWN = BUILTINS | INSTALLED
_SILENT = Facts(dynamic=True, errors=True)


def extract(source: Source) -> Facts:
    """Facts of the whole file."""
    parsed = _parsed(source)
    if parsed is None:
        return _SILENT
    unit = Unit(parsed.root.start_byte, sweep(n.relevant(parsed.root), parsed.text))
    broken = _broken([unit], parsed, source)
    return _facts([unit], parsed, broken, tuple(Spread([unit], broken)))


class _Parsed(msgspec.Struct, frozen=True):
    """A tree that depends on the text only; ``text`` is the mended one, of the same length."""

    tree: Tree
    text: bytes
    errors: bool
    names: frozenset[str] = frozenset()
    blanked: tuple[tuple[int, int], ...] = ()

    @property
    def root(self) -> Node:
        return self.tree.root_node


def _parsed(source: Source, known: _Parsed | None = None) -> _Parsed | None:
    """None for what is not to be looked at (`bounds`). ``known``: of a similar text, whose tree has no errors."""
    if is_data(source.text):
        return None
    found = _Parsed(source.tree, source.text, False)
    if found.root.has_error:
        from autogen_lsp.syntax.mend import mend  # as late as that: most texts have no errors

        mended = mend(source.text)
        tree = parse(mended.text) if known is None else reparse(mended.text, known.text, known.tree)
        found = _Parsed(tree, mended.text, True, mended.names, mended.regions)
    return found if is_readable(found.root) else None


class Incremental:
    """Facts of one document, edit after edit. ``cut`` is what the last text was cut into, for `peek`."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, bytes, int], Unit] = {}
        self._sound: _Parsed | None = None  # the last one whose tree has no errors, for broken texts to come
        self.cut: Cut | None = None

    def update(self, source: Source) -> Facts:
        """Facts of the document's new text; costs what changed, and a little for each statement."""
        parsed = _parsed(source, self._sound)
        if parsed is None:
            self._kept, self._sound, self.cut = {}, None, None
            return _SILENT
        if not parsed.root.has_error:
            self._sound = parsed
        kept: dict[tuple[str, bytes, int], Unit] = {}
        units: list[Unit] = []
        for piece in pieces(parsed.root):
            node, end = piece.node, piece.header_end
            start, key = node.start_byte, piece.key(parsed.text)
            known = self._kept.get(key) if not node.has_error else None
            if known is None or key in kept:
                chunk = sweep(n.relevant(node, end), parsed.text, piece.owner)
                unit = Unit(start, chunk, piece.owner, end is not None)
            else:
                unit = known if known.start == start else known.moved(start)
            if not node.has_error:
                kept[key] = unit
            units.append(unit)
        self._kept = kept
        broken = _broken(units, parsed, source)
        self.cut = Cut(source.text, units, broken)
        return _facts(units, parsed, broken, Spread(units, broken))


def _broken(units: Sequence[Unit], parsed: _Parsed, source: Source) -> Broken:
    spans = [*parsed.blanked, *(span for unit in units for span in unit.chunk.broken)]
    return broken_lines(parsed.text, source.lines, spans, parsed.names) if spans else Broken()


def _facts(units: Sequence[Unit], parsed: _Parsed, broken: Broken, calls: Sequence[Call]) -> Facts:
    names = Names.of(units, broken.names)
    bound = names.module
    computed = any(unit.chunk.computed_exports for unit in units)
    dynamic = any(unit.chunk.dynamic for unit in units)
    exports = [name for unit in units for name in unit.chunk.exports]
    dynamic_classes = {name for unit in units for name in unit.chunk.dynamic_classes}
    unresolved = open_uses(units, names)
    symbols = [symbol for unit in units for symbol in unit.symbols]
    symbols.sort(key=lambda symbol: symbol.start)
    references = [reference for unit in units for reference in unit.references]
    imports = [item for unit in units for item in unit.imports]
    handed_on = any(item.bound == "__all__" and not item.scope for item in imports)
    if broken.lines:
        unresolved = broken.outside(unresolved)
        references = broken.outside(references)
        imports = broken.outside(imports)
        # Such a header is still being written: nothing is to be done below it yet.
        symbols = [replace(s, stub=False) if s.stub and broken.holds(s.name_start) else s for s in symbols]
    return Facts(
        symbols=tuple(symbols),
        imports=tuple(imports),
        calls=calls,
        unresolved=tuple(unresolved),
        bound=frozenset(bound),
        exports=tuple(exports) if "__all__" in bound and not computed and not handed_on else None,
        dynamic=dynamic or not names.selves.isdisjoint(dynamic_classes),
        docstring=docstring_of(parsed.root, parsed.text),
        errors=parsed.errors,
        references=tuple(references),
        dynamic_classes=tuple(sorted(dynamic_classes)),
        python2=any(unit.chunk.python2 for unit in units),
    )


class Names(msgspec.Struct, frozen=True):
    """The names that a file's chunks bind: the module's, large classes' by qualname, those for the module itself."""

    module: set[str]
    members: dict[str, set[str]]
    selves: set[str]
    python2: bool

    @classmethod
    def of(cls, units: Sequence[Unit], more: Iterable[str]) -> Names:
        """``more``: names that broken lines seem to bind."""
        module, members, selves, python2 = set(more), dict[str, set[str]](), set[str](), False
        for unit in units:
            chunk = unit.chunk
            (members.setdefault(unit.owner, set()) if unit.owner else module).update(chunk.bound)
            module |= chunk.bound_global
            selves |= chunk.selves
            python2 = python2 or chunk.python2 or chunk.both
        if selves:  # `this = sys.modules[__name__]`, and then `this.name = …`
            symbols = (symbol for unit in units for symbol in unit.chunk.symbols)
            module.update(s.name for s in symbols if s.kind == SymbolKind.ATTRIBUTE and s.parent in selves)
        return cls(module, members, selves, python2)


def open_uses(units: Iterable[Unit], names: Names) -> list[Use]:
    """The uses that nothing binds, in order: neither the module, nor the class around, nor Python."""
    known = names.module | _KNOWN | (PYTHON_2 if names.python2 else frozenset())
    found: list[Use] = []
    for unit in units:
        chunk = unit.chunk
        uses = [use for use in chunk.nested if use.name not in known]
        if chunk.direct:
            inside = names.members.get(unit.owner, ())
            uses += [use for use in chunk.direct if use.name not in known and use.name not in inside]
        if uses:
            found += unit.uses(uses)
    found.sort(key=lambda use: use.start)
    return found
