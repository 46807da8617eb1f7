"""A target in the working set to its `GraphContext`: edges are computed here, and only those that the answer needs.

graph_sitter raises anything on unusual code, so every question to it is guarded by itself: what cannot be told is left
out, and the rest is told all the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from graph_sitter.codebase import codebase_analysis
from graph_sitter.core.class_definition import Class
from graph_sitter.core.dataclasses.usage import UsageType
from graph_sitter.core.external_module import ExternalModule
from graph_sitter.core.file import SourceFile
from graph_sitter.core.function import Function
from graph_sitter.core.import_resolution import Import
from graph_sitter.core.symbol import Symbol
from graph_sitter.enums import EdgeType

from autogen_lsp.codebase.model import GraphContext, Related
from autogen_lsp.codebase.working_set import WorkingSet

_ANY_USE = UsageType.DIRECT | UsageType.CHAINED | UsageType.INDIRECT | UsageType.ALIASED
_MOST = 40  # of each kind
_HOPS = 5  # of re-exports and base classes
_LINE = 200  # code points


def describe(files: WorkingSet, path: str, qualname: str, others: Sequence[str]) -> GraphContext | None:
    """The target's context, with usages in its own file and in the ``others``. None where its file is not in the set.

    An empty ``qualname`` is the file as a whole.
    """
    file = files.file(path)
    if file is None:
        return None
    imports = _listed(_imports(files, file))
    symbol = _guarded(None, _find, file, qualname)
    owner = symbol if symbol is not None else _guarded(None, _find, file, qualname.rpartition(".")[0])
    bases = _listed(_bases(files, owner))
    # Imports and bases may have brought files in, which makes edges stale: what uses what comes after them.
    if symbol is not None:
        users = [*symbol.descendant_symbols, *_mentions(files, [path, *others], symbol)]
        _compute(files, users)
        _forget_users(files, symbol, users)
        files.forget_answers()
        usages = _usages(files, symbol)
    else:
        if owner is not None:
            _compute(files, [owner])
            _forget_users(files, owner, [owner])
            files.forget_answers()
        usages = _callers(files, [path, *others], qualname)
    return GraphContext(
        path=path,
        qualname=qualname,
        exists=symbol is not None or not qualname,
        file_summary=_guarded("", _file_summary, file),
        symbol_summary=_guarded("", _summary, owner),
        dependencies=_listed(_dependencies(files, owner)),
        usages=_listed(usages),
        bases=bases,
        imports=imports,
    )


def _imports(files: WorkingSet, file: Any) -> Iterator[Related]:
    """What the file imports, each resolved to its definition, through re-exports; computes the edges to it."""
    for imported in file.imports:
        if _text(imported.ts_node).startswith("from __future__"):
            continue
        target = _guarded(None, _resolve, files, imported)
        name = _guarded("", _name, imported)
        if isinstance(target, SourceFile):
            yield Related(name, str(target.path), "module", _one_line(imported.ts_node))
        elif isinstance(target, Symbol):
            yield _related(target)


def _resolve(files: WorkingSet, imported: Any) -> Any:
    """The file or definition that an import stands for, None where it is outside the workspace."""
    for _ in range(_HOPS):
        _link(files, imported)
        target = imported.imported_symbol
        outside = target is None or isinstance(target, ExternalModule)
        if outside and files.first_time("growth", imported):
            if files.grow(_candidates(files, imported)) is not None:
                _link(files, imported)
                target = imported.imported_symbol
            files.first_time("growth", imported)
        if not isinstance(target, Import):
            return target
        imported = target
    return None


def _link(files: WorkingSet, imported: Any) -> None:
    """The edge from an import to what it names in the set."""
    if files.first_time("edges", imported):
        files.resolve_from(str(imported.file.path))
        imported._remove_internal_edges(EdgeType.IMPORT_SYMBOL_RESOLUTION)
        imported.add_symbol_resolution_edge()


def _candidates(files: WorkingSet, imported: Any) -> Iterator[Path]:
    """Files that the import may mean: the submodule of that name first, then the module itself."""
    module = imported.module.source if imported.module else ""
    name = imported.symbol_name.source if imported.symbol_name else ""
    dotted = module.lstrip(".")
    level = len(module) - len(dotted)
    starts = [Path(imported.file.path).parents[level - 1]] if level else files.resolve_from(str(imported.file.path))
    for start in starts:
        place = start.joinpath(*dotted.split(".")) if dotted else start
        for stem in [place] if imported.is_module_import() else [place / name, place]:
            yield stem.with_name(f"{stem.name}.py")
            yield stem / "__init__.py"


def _find(file: Any, qualname: str) -> Any:
    """The definition of that qualname, the last one where there are several; None where there is none."""
    name = qualname.rpartition(".")[2]
    found = None
    for symbol in file.symbols(nested=True) if name else ():
        if _guarded("", _name, symbol) == name and _qualname(symbol.ts_node, name) == qualname:
            found = symbol
    return found


def _compute(files: WorkingSet, symbols: Iterable[Any]) -> None:
    """Edges from these symbols to what they use."""
    for symbol in symbols:
        if files.first_time("edges", symbol):
            _guarded(None, symbol.recompute, True)


def _forget_users(files: WorkingSet, target: Any, users: Iterable[Any]) -> None:
    """Drop edges to the target but those from these users: what others know of it, they know from earlier questions,
    and an answer must not depend on what was asked before.
    """
    kept = {user.node_id for user in users}
    for source, _, edge in target.ctx.in_edges(target.node_id):
        if edge.type is EdgeType.SYMBOL_USAGE and source not in kept:
            target.ctx.remove_edge(source, target.node_id, edge_type=EdgeType.SYMBOL_USAGE)
            files.again("edges", target.ctx.get_node(source))


def _mentions(files: WorkingSet, paths: Iterable[str], target: Any) -> Iterator[Any]:
    """Definitions of these files in which the target's name stands, a constructor's being that of its class; their
    files' imports get their edges.
    """
    written = target.parent_class.name if target.name == "__init__" and target.parent_class else target.name
    word = re.compile(rb"\b" + re.escape(str(written).encode()) + rb"\b")
    for path in paths:
        places = [match.start() for match in word.finditer(files.text(path))]
        file = files.file(path) if places else None
        if file is None:
            continue
        places = [place for place in places if file.ts_node.descendant_for_byte_range(place, place + 1).is_named]
        if file is not target.file:
            for imported in file.imports:
                _guarded(None, _link, files, imported)
        for symbol in _around(places, file.symbols(nested=True)):
            if symbol is not target:
                yield symbol


def _around(places: Sequence[int], symbols: Iterable[Any]) -> Iterator[Any]:
    """The symbols whose own code holds one of these byte offsets: a class without its methods, an outer function
    without its inner ones. ``places`` are in order.
    """
    spans = sorted((_span(symbol), index, symbol) for index, symbol in enumerate(symbols))
    inside: list[tuple[int, int] | None] = [None] * len(places)  # the innermost function around each place
    for (start, end), _, symbol in spans:
        if isinstance(symbol, Function):
            for at in range(bisect_left(places, start), bisect_left(places, end)):
                inside[at] = (start, end)
    for (start, end), _, symbol in spans:
        within = inside[bisect_left(places, start) : bisect_left(places, end)]
        if any(around is None or (around[0] <= start and end <= around[1]) for around in within):
            yield symbol


def _span(symbol: Any) -> tuple[int, int]:
    """First and last byte offset, decorators included."""
    node = symbol.ts_node
    outer = node.parent
    if outer is not None and outer.type == "decorated_definition":
        node = outer
    return node.start_byte, node.end_byte


def _dependencies(files: WorkingSet, symbol: Any) -> Iterator[Related]:
    """What the symbol uses that is defined at module or class level in the workspace."""
    for found in symbol.dependencies(usage_types=_ANY_USE) if symbol is not None else ():
        target = _resolve(files, found) if isinstance(found, Import) else found
        if target is None or _inside(symbol.ts_node, target.ts_node):
            continue  # outside the workspace, or its own class
        if isinstance(target, SourceFile):
            yield Related(str(found.name), str(target.path), "module", _one_line(found.ts_node))
        elif _guarded("", _name, target) == "__init__":
            continue  # shown with its class
        elif isinstance(target, Function | Class) or (isinstance(target, Symbol) and target.is_top_level):
            yield _related(target)


def _bases(files: WorkingSet, symbol: Any) -> Iterator[Related]:
    """Base classes of the symbol, or of the class that it is in, nearest first."""
    scope = symbol
    while scope is not None and not isinstance(scope, Class):
        scope = getattr(scope, "parent_class", None)
    level: list[Any] = [scope] if scope is not None else []
    for _ in range(_HOPS):
        above = []
        for one in level:
            written = _text(one.ts_node.child_by_field_name("superclasses"))
            for imported in one.file.imports:
                if _guarded("", _name, imported) in written:
                    _guarded(None, _resolve, files, imported)
            one._remove_internal_edges(EdgeType.SUBCLASS)
            one.compute_superclass_dependencies()
            above += [base for base in one.superclasses(max_depth=1) if isinstance(base, Class)]
        yield from (_related(base) for base in above)
        level = above


def _usages(files: WorkingSet, symbol: Any) -> Iterator[Related]:
    """Where the symbol is used, by the edges, once per using definition."""
    found = [
        (str(usage.usage_symbol.file.path), usage.match.ts_node)
        for usage in symbol.usages
        if usage.match is not None and not isinstance(usage.usage_symbol, Import)
    ]
    own = symbol.ts_node
    yield from _users(files, [(path, node) for path, node in found if not _inside(node, own)])


def _callers(files: WorkingSet, paths: Iterable[str], qualname: str) -> Iterator[Related]:
    """Where something of the missing target's name is called, once per calling definition."""
    method = "." in qualname
    pattern = re.compile(rb"\b" + re.escape(qualname.rpartition(".")[2].encode()) + rb"\s*\(")
    found = []
    for path in paths:
        file = files.file(path)
        for match in pattern.finditer(files.text(path)) if file is not None and qualname else ():
            node = file.ts_node.descendant_for_byte_range(match.start(), match.start() + 1)
            callee = node.parent if node is not None and node.parent and node.parent.type == "attribute" else node
            call = callee.parent if callee is not None else None
            if node is None or node.type != "identifier" or call is None or call.type != "call":
                continue
            if call.child_by_field_name("function") == callee and (callee is not node) == method:
                found.append((path, node))
    yield from _users(files, found)


def _users(files: WorkingSet, found: list[tuple[str, Any]]) -> Iterator[Related]:
    seen = set()
    for path, node in sorted(found, key=lambda item: (item[0], item[1].start_byte)):
        scope = _definition_around(node)
        name = _qualname(scope) if scope is not None else ""
        if (path, name) in seen:
            continue
        seen.add((path, name))
        row = files.text(path).split(b"\n")[node.start_point[0]]
        line = row.decode("utf-8", "replace").strip()[:_LINE]
        if scope is None:
            yield Related("", path, "module", "", line)
        else:
            yield Related(name, path, _kind(scope), _signature(scope), line)


def _file_summary(file: Any) -> str:
    if not hasattr(file, "interfaces"):  # graph_sitter asks a Python file too, and it has no such attribute
        file.interfaces = []
    return codebase_analysis.get_file_summary(file)


def _summary(symbol: Any) -> str:
    match symbol:
        case None:
            return ""
        case Class():
            # It shows the base classes as objects, their files' places on this machine included.
            parents = ", ".join(_text(name.ts_node) for name in symbol.parent_class_names)
            summary = codebase_analysis.get_class_summary(symbol)
            return re.sub(r"(?m)^- parent classes: .*$", lambda _: f"- parent classes: {parents}", summary)
        case Function():
            return codebase_analysis.get_function_summary(symbol)
        case _:
            return codebase_analysis.get_symbol_summary(symbol)


def _related(symbol: Any) -> Related:
    node = symbol.ts_node
    return Related(_qualname(node, str(symbol.name)), str(symbol.file.path), _kind(node), _signature(node))


# From here on: tree-sitter nodes.


def _signature(node: Any) -> str:
    """Decorators, head and first docstring line of a definition, a class's constructor too; else its first line."""
    body = node.child_by_field_name("body")
    if node.type not in ("function_definition", "class_definition") or body is None:
        return _one_line(node)
    lines = [_head(node)]
    first = body.named_children[0] if body.named_children else None
    if first is not None and first.type == "expression_statement" and first.children[0].type == "string":
        content = _text(first).strip("rRuU").strip("\"'").strip()
        if content:
            lines.append(f'    """{content.splitlines()[0].strip()[:_LINE]}"""')
    if node.type == "class_definition":
        for child in body.named_children:
            inner = child.child_by_field_name("definition") or child
            if inner.type == "function_definition" and _text(inner.child_by_field_name("name")) == "__init__":
                lines += [f"    {line}" for line in _head(inner).splitlines()]
    return "\n".join(lines)


def _head(definition: Any) -> str:
    """Decorators and what stands before the body, on one line each unless comments stand in it."""
    outer, body = definition.parent, definition.child_by_field_name("body")
    decorated = outer is not None and outer.type == "decorated_definition"
    decorators = [_one_line(child) for child in outer.children if child.type == "decorator"] if decorated else []
    head = definition.text[: body.start_byte - definition.start_byte].decode("utf-8", "replace").rstrip()
    if "#" not in head:
        head = re.sub(r",? ([)\]])", r"\1", re.sub(r"([(\[]) ", r"\1", " ".join(head.split())))
    return "\n".join([*decorators, head])


def _qualname(node: Any, name: str = "") -> str:
    """As Python's ``__qualname__``; ``name`` for what is no definition and so has none in its node."""
    parts: list[str] = []
    while node is not None:
        if node.type in ("function_definition", "class_definition"):
            if parts and node.type == "function_definition":
                parts.append("<locals>")
            parts.append(_text(node.child_by_field_name("name")))
        elif not parts:
            parts.append(name or _text(node.child_by_field_name("left") or node.child_by_field_name("name")))
        node = node.parent
    return ".".join(reversed(parts))


def _definition_around(node: Any) -> Any:
    node = node.parent
    while node is not None and node.type not in ("function_definition", "class_definition"):
        node = node.parent
    return node


def _inside(node: Any, outer: Any) -> bool:
    while node is not None and node != outer:
        node = node.parent
    return node is not None


def _kind(node: Any) -> str:
    return {"function_definition": "function", "class_definition": "class"}.get(node.type, "variable")


def _one_line(node: Any) -> str:
    return " ".join(_text(node).split())[:_LINE]


def _text(node: Any) -> str:
    return node.text.decode("utf-8", "replace") if node is not None else ""


def _name(symbol: Any) -> str:
    return str(symbol.name)


def _listed(found: Iterator[Related]) -> tuple[Related, ...]:
    """Without repetitions, at most `_MOST`; what was found before an error counts."""
    out: dict[tuple[str, str, str], Related] = {}

    def collect() -> None:
        for related in found:
            out.setdefault((related.path, related.name, related.line), related)
            if len(out) == _MOST:
                return

    _guarded(None, collect)
    return tuple(out.values())


def _guarded[T](otherwise: T, ask: Callable[..., T], *arguments: Any) -> T:
    """The one guard around graph_sitter: AssertionError, IndexError, RecursionError … on code it did not expect."""
    try:
        return ask(*arguments)
    except Exception:
        return otherwise
