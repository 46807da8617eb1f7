"""Whether a module certainly lacks a name: where `presence` does not find it, and nothing else may give it one.

Each row of `_GIVERS` is a way in which a module gets names that its text does not bind, and a reason to doubt that one
is missing: of that name where it can be told, of all names of the module where not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from autogen_lsp.analysis import planted
from autogen_lsp.analysis.modules import Module
from autogen_lsp.analysis.presence import Definition, Presence, follow, has_name, is_of_library
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.table import Table
from autogen_lsp.syntax import spread
from autogen_lsp.syntax.model import Symbol, SymbolKind
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

_MODULES = re.compile(rb"\bsys\.modules\b|\bimport_module\b")


def lacks(project: Project, module: Module, name: str) -> bool:
    """Whether ``from module import name`` certainly does not find it."""
    if has_name(project, module, name) is not Presence.ABSENT:
        return False
    return module.path is None or not may_get(project, module.path, name)


def may_get(project: Project, path: Path, name: str) -> bool:
    """Whether the module may have a name that its text does not bind."""
    return any(gives(project, path, name) for gives in _GIVERS)


def is_planted(project: Project, path: Path, name: str, *, quick: bool = False) -> bool:
    """Whether the module calls, or decorates with, a function that may put the name among its caller's globals.

    ``quick``: only functions of which this was known before are looked at, for no other file to be read.
    """
    table, own = project.table(path), project.source(path)
    if table is None or own is None:
        return False
    if table.used is None:  # kept while the file is the same, as below
        table.used = _used(table, own)
    for dotted, places in table.used.items():
        if quick and dotted.rpartition(".")[2] not in project.caches.planters:
            continue
        found = None if is_of_library(project, path, dotted, "") else follow(project, path, dotted)
        foreign = not isinstance(found, Definition) or not project.is_ours(found.path)
        if foreign and not table.facts.symbols and any(planted.names_a_module(own, span) for span, _ in places):
            return True
        patterns = _patterns(project, found)
        if patterns:
            project.caches.planters.add(dotted.rpartition(".")[2])
        for span, decorated in places if patterns else ():
            words = planted.said(own, span, table.defined)
            if planted.matches(patterns, None if words is None else words | decorated, name):
                return True
    return False


def _patterns(project: Project, found: Definition | Module | None) -> frozenset[str]:
    """What the names can be that a call of what was found puts into its caller's module (`planted.patterns`)."""
    table = project.table(found.path) if isinstance(found, Definition) and project.is_ours(found.path) else None
    if table is None or not isinstance(found, Definition):
        return frozenset()
    key = found.symbol.qualname
    if key not in table.planted:  # kept while the file is the same: names are asked for at each keystroke
        run = _run_by(project, found)
        table.planted[key] = frozenset(each for source, one in run for each in planted.patterns(source, one))
    return table.planted[key]


def _is_known_by_name(project: Project, path: Path, name: str) -> bool:
    """Whether the module tells its own name to a function of the workspace that works on modules by their names."""
    table, own = project.table(path), project.source(path)
    said = re.compile(rb"\b__name__\b|['\"]" + re.escape(os.fsencode(project.module_name(path))) + rb"['\"]")
    return (
        table is not None
        and own is not None
        and any(
            _MODULES.search(source.text, function.body_start, function.body_end)
            for call in spread.where(table.facts.calls, lambda call: not call.scope)
            if said.search(own.text, call.end, call.call_end) is not None
            for source, function in _run_by(project, follow(project, path, call.dotted))
        )
    )


def _is_filled(project: Project, path: Path, name: str) -> bool:
    """Whether somebody in the workspace sets names of the module that are computed: ``setattr(module, name, …)``."""
    if project.filled is None:
        files = {file for file, _ in project.calls("setattr")}
        project.filled = frozenset(module for file in files for module in _filled_by(project, file))
    return path in project.filled


def _filled_by(project: Project, file: Path) -> Iterator[Path]:
    """The modules on which the file sets attributes under computed names."""
    facts = project.facts(file)
    for text in facts.dynamic_classes if facts is not None else ():
        for item in facts.imports if facts is not None else ():
            module = follow(project, file, text, item.scope) if item.bound == text.partition(".")[0] else None
            if isinstance(module, Module) and module.path is not None:
                yield module.path


def _is_made_beside(project: Project, path: Path, name: str) -> bool:
    """Whether a decorator that cannot be read may put it beside a class that it is named after: ``Event_Settings``."""
    table = project.table(path)
    for symbol in table.facts.symbols if table is not None else ():
        if symbol.kind == SymbolKind.CLASS and symbol.decorators and "." not in symbol.qualname:
            rest = name.removeprefix(symbol.name)
            if rest != name and (rest[:1] == "_" or rest[:1].isupper()):
                return any(_is_foreign(project, path, text.partition("(")[0]) for text in symbol.decorators)
    return False


def _is_foreign(project: Project, path: Path, dotted: str) -> bool:
    if is_of_library(project, path, dotted, ""):
        return False
    found = follow(project, path, dotted)
    return not isinstance(found, Definition) or not project.is_ours(found.path)


def _is_compiled_too(project: Project, path: Path, name: str) -> bool:
    """Whether the build makes a module of its name from native sources, which comes before it, or into its place."""
    return project.build.may_compile(path.parent.name if path.name == "__init__.py" else path.stem)


_GIVERS = (is_planted, _is_known_by_name, _is_filled, _is_made_beside, _is_compiled_too)


def _used(table: Table, source: Source) -> dict[str, list[tuple[Span, set[str]]]]:
    """What the module calls, or decorates with, by its dotted name: where, and the names of what is decorated."""
    out: dict[str, list[tuple[Span, set[str]]]] = {}
    for call in spread.where(table.facts.calls, lambda call: not call.scope):
        out.setdefault(call.dotted, []).append((Span(call.start, call.end), set()))
    for symbol in table.facts.symbols:
        if "." not in symbol.qualname:
            at = symbol.start
            for text in symbol.decorators:
                at = source.text.find(text.encode(), at)
                out.setdefault(text.partition("(")[0], []).append((Span(at, at + 1), {symbol.name}))
    return out


def _run_by(project: Project, found: Definition | Module | None) -> Iterator[tuple[Source, Symbol]]:
    """The functions of the workspace that run where what was found is called, or decorates: a class's own two."""
    source = project.source(found.path) if isinstance(found, Definition) and project.is_ours(found.path) else None
    if source is None or not isinstance(found, Definition):
        return
    is_class, members = found.symbol.kind == SymbolKind.CLASS, project.members(found.path, found.symbol.qualname)
    own = [one for name in ("__init__", "__call__") for one in members.get(name, ())] if is_class else []
    yield from ((source, one) for one in (found.symbol, *own) if one.kind == SymbolKind.FUNCTION)
