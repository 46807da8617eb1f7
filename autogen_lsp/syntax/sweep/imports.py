"""Import statements met by a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.guards import Guard
from autogen_lsp.syntax.model import Import
from autogen_lsp.syntax.scopes import Scope

if TYPE_CHECKING:
    from autogen_lsp.syntax.sweep import Sweep


def import_(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    guard = sweep.guard(at)
    for child in node.children_by_field_id(n.F_NAME):
        module, alias = child, None
        if child.kind_id == n.ALIASED_IMPORT:
            name = child.child_by_field_id(n.F_NAME)
            alias = child.child_by_field_id(n.F_ALIAS)
            if name is None:
                continue
            module = name
        start, end = module.start_byte, module.end_byte
        _imported(
            sweep,
            Import(
                _dotted(sweep.text[start:end]),
                0,
                None,
                None if alias is None else sweep.cut(alias),
                start,
                end,
                start,
                end,
                scope.qualname,
                bool(guard & (Guard.IMPORT | Guard.INSTEAD)),
                bool(guard & Guard.TYPE_CHECKING),
                bool(guard & Guard.INSTEAD and not guard & Guard.IMPORT),
            ),
            scope,
        )


def import_from(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    guard = sweep.guard(at)
    module_node = node.child_by_field_id(n.F_MODULE_NAME)
    if module_node is None:
        module, level, module_start, module_end = "__future__", 0, at, at
    else:
        module_start, module_end = module_node.start_byte, module_node.end_byte
        written = _dotted(sweep.text[module_start:module_end])
        module = written.lstrip(".")
        level = len(written) - len(module)
    guarded = bool(guard & (Guard.IMPORT | Guard.INSTEAD))
    type_checking = bool(guard & Guard.TYPE_CHECKING)
    instead = bool(guard & Guard.INSTEAD and not guard & Guard.IMPORT)
    children = node.children_by_field_id(n.F_NAME) or [
        child for child in node.named_children if child.kind_id == n.WILDCARD_IMPORT
    ]
    for child in children:
        name_node, alias = child, None
        if child.kind_id == n.ALIASED_IMPORT:
            inner = child.child_by_field_id(n.F_NAME)
            alias = child.child_by_field_id(n.F_ALIAS)
            if inner is None:
                continue
            name_node = inner
        start, end = name_node.start_byte, name_node.end_byte
        name = "*" if child.kind_id == n.WILDCARD_IMPORT else _dotted(sweep.text[start:end])
        _imported(
            sweep,
            Import(
                module,
                level,
                name,
                None if alias is None else sweep.cut(alias),
                start,
                end,
                module_start,
                module_end,
                scope.qualname,
                guarded,
                type_checking,
                instead,
            ),
            scope,
        )


def _imported(sweep: Sweep, found: Import, scope: Scope) -> None:
    sweep.chunk.imports.append(found)
    if found.name != "*":
        sweep.bind(scope, found.bound)


def _dotted(written: bytes) -> str:
    """A dotted name without the white space that may stand around its dots."""
    return "".join(written.decode("utf-8", "replace").split())
