"""Annotations that allow certain values only (``Literal["r", "rb"]``): which, and whether an argument is one of them.

Types know no literals (they are widened); overloads that differ in nothing else are told apart by these.
"""

from __future__ import annotations

import ast
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.annotation import dotted_name, parsed
from autogen_lsp.analysis.names import Lookup, Ref, resolve
from autogen_lsp.syntax.model import SymbolKind

_MAX_DEPTH = 6
_LITERALS = frozenset({"string", "integer", "true", "false", "none", "unary_operator", "concatenated_string"})


def allows(lookup: Lookup, path: Path | None, text: str | None, argument: Node) -> bool:
    """Whether an annotation of a file may take an argument, as far as it names values."""
    if path is None or not text:
        return True
    key = ("literals", path, text)
    if key not in lookup.project.memo:
        tree = parsed(text)
        lookup.project.memo[key] = None if tree is None else _values(lookup, path, tree, 0)
    allowed = lookup.project.memo[key]
    if not isinstance(allowed, frozenset):
        return True
    return argument.type in _LITERALS and _constant(parsed(nodes.text_of(argument))) in allowed


def _values(lookup: Lookup, path: Path, tree: ast.expr, depth: int) -> frozenset[object] | None:
    """The values that an annotation names, its aliases followed; None where it takes anything else, too."""
    if depth > _MAX_DEPTH:
        return None
    match tree:
        case ast.Constant(value=None):
            return frozenset({_constant(tree)})
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return _together(lookup, path, [left, right], depth)
        case ast.Subscript(value=value, slice=index):
            items = list(index.elts) if isinstance(index, ast.Tuple) else [index]
            name = (dotted_name(value) or "").rpartition(".")[2]
            if name == "Literal":
                return frozenset(_constant(item) for item in items)
            if name in ("Union", "Optional"):
                return _together(lookup, path, items, depth)
        case ast.Name() | ast.Attribute():
            ref = resolve(lookup, path, dotted_name(tree) or "")
            alias = _written(lookup, ref) if ref is not None else None
            if alias is not None and ref is not None and ref.path is not None:
                return _values(lookup, ref.path, alias, depth + 1)
    return None


def _written(lookup: Lookup, ref: Ref) -> ast.expr | None:
    """What a name is defined as, all of it: symbols keep the beginning only."""
    source = lookup.source(ref.path) if ref.path is not None and ref.symbol is not None else None
    if source is None or ref.symbol is None or ref.symbol.kind != SymbolKind.VARIABLE:
        return None
    return parsed(source.text[ref.symbol.start : ref.symbol.end].decode("utf-8", "replace").partition("=")[2])


def _together(lookup: Lookup, path: Path, trees: list[ast.expr], depth: int) -> frozenset[object] | None:
    found: frozenset[object] = frozenset()
    for tree in trees:
        values = _values(lookup, path, tree, depth + 1)
        if values is None:
            return None
        found |= values
    return found


def _constant(tree: ast.expr | None) -> object:
    """A constant by its source text, which tells ``1`` from ``True``."""
    return "" if tree is None else ast.unparse(tree)
