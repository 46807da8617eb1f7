"""Code into the names that it expects from outside: what no scope of its own binds. By Python's own scope analysis."""

from __future__ import annotations

import ast
import symtable
import warnings

from autogen_lsp.syntax.builtin_names import BUILTINS


def global_names(code: str) -> frozenset[str]:
    """Names that the code's module would have to hold, builtins left out; nothing for code that does not compile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = symtable.symtable(code, "<reply>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    used: set[str] = set()
    bound = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    bound |= {symbol.get_name() for symbol in module.get_symbols() if symbol.is_namespace()}
    tables: list[symtable.SymbolTable] = [module]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_declared_global() and symbol.is_assigned():
                bound.add(symbol.get_name())
            elif symbol.is_referenced() and (table is module or symbol.is_global()):
                used.add(symbol.get_name())
    return frozenset(used - bound - BUILTINS - {"__class__"})  # bound in methods


def members_used(node: ast.AST, receivers: frozenset[str]) -> frozenset[str]:
    """Attributes taken of these names: ``self.a`` and ``cls.b`` for receivers self and cls."""
    return frozenset(
        child.attr
        for child in ast.walk(node)
        if isinstance(child, ast.Attribute) and isinstance(child.value, ast.Name) and child.value.id in receivers
    )
