"""Which class a base means that is written as a name: its own, an alias's, or those that a condition chooses from.

Where the name may be something else than a class that can be found, it means none.
"""

from __future__ import annotations

import re
from pathlib import Path

from autogen_lsp.analysis.presence import Definition, follow
from autogen_lsp.analysis.project import Project
from autogen_lsp.syntax.model import SymbolKind

_NAME = re.compile(r"[A-Za-z_][\w.]*")
_ALIASED = re.compile(r"([A-Za-z_][\w.]*)(?:\[[^\[\]]*\])?")
_MAX_ALIASES = 5  # of aliases


def named_base(project: Project, path: Path, dotted: str, scope: str) -> tuple[Definition, ...]:
    """A base by its text: a class around may hold it, then the functions and the module around.

    Several where the file chooses one of them: a class has no more than what these have together.
    """
    if scope and "." not in dotted:
        inner = project.symbols(path, f"{scope}.{dotted}")
        if len(inner) == 1 and inner[0].kind == SymbolKind.CLASS:
            return (Definition(path, inner[0]),)
    found = follow(project, path, dotted, scope)
    if found is None:
        return _alternatives(project, path, dotted)
    for _ in range(_MAX_ALIASES):  # `Base = Other`
        if not isinstance(found, Definition) or found.symbol.kind != SymbolKind.VARIABLE:
            break
        named = _ALIASED.fullmatch(found.symbol.value or "")
        if named is None or found.symbol.conditional:
            return ()
        if found.symbol.annotation not in (None, "TypeAlias", "typing.TypeAlias"):
            return ()
        found = follow(project, found.path, named.group(1))
    return (found,) if isinstance(found, Definition) and found.symbol.kind == SymbolKind.CLASS else ()


def _alternatives(project: Project, path: Path, name: str) -> tuple[Definition, ...]:
    """What an alias means that a condition chooses: ``Base = A`` and ``else: Base = B``, or ``Base = C[int]`` for type
    checkers, ``Base = C`` else.
    """
    symbols, table = project.symbols(path, name), project.table(path)
    if len(symbols) < 2 or table is None or ("", name) in table.imports:
        return ()
    if any(symbol.kind != SymbolKind.VARIABLE or symbol.annotation is not None for symbol in symbols):
        return ()
    values = [(symbol.value or "").partition("[")[0] for symbol in symbols]
    found = [follow(project, path, value) for value in values if _NAME.fullmatch(value)]
    classes = [each for each in found if isinstance(each, Definition) and each.symbol.kind == SymbolKind.CLASS]
    return tuple(dict.fromkeys(classes)) if len(classes) == len(values) else ()
