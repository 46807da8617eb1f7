"""Whether a module has a name, and what a name of a module leads to: through imports, stars and submodules.

There are three answers, not two: a name that may exist is not missing. A module whose names are made at run time, or
that has a star import of something unreadable, may have any name; what others may give it is asked in `absence`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

import msgspec

from autogen_lsp.analysis.modules import Module, Origin
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.table import Table
from autogen_lsp.syntax.model import Call, Import, Symbol, SymbolKind

_MAX_HOPS = 20
_OF_EVERY_MODULE = frozenset(
    """
    __name__ __file__ __doc__ __path__ __dict__ __package__ __spec__ __loader__ __cached__ __builtins__ __annotations__
    __class__ __getattribute__ __dir__
    """.split()  # noqa: SIM905
)


class Presence(Enum):
    PRESENT = auto()
    ABSENT = auto()
    UNKNOWN = auto()


class Definition(msgspec.Struct, frozen=True):
    """What a name leads to: a symbol of a file, or a module."""

    path: Path
    symbol: Symbol


def has_name(project: Project, module: Module, name: str) -> Presence:
    """Whether ``from module import name`` finds it: as a name of the module or as its submodule."""
    if module.origin in (Origin.MISSING, Origin.UNKNOWN):
        return Presence.UNKNOWN
    if name in _OF_EVERY_MODULE:
        return Presence.PRESENT
    if project.modules.submodule(module, name) is not None and not _is_taken_from_submodule(project, module, name):
        return Presence.PRESENT
    if module.path is None:
        return Presence.ABSENT if module.origin is Origin.WORKSPACE and module.certain else Presence.UNKNOWN
    found = _in_files(project, module, name, set())
    extended = module.folder is not None and project.modules.is_extended(module.path)
    return Presence.UNKNOWN if found is Presence.ABSENT and (extended or not module.certain) else found


def _is_taken_from_submodule(project: Project, module: Module, name: str) -> bool:
    """Whether the package has ``from .name import name``: then it is not the submodule that is meant."""
    item = _imported_once(project, module, name)
    return item is not None and item.module.rpartition(".")[2] == name


def _is_taken_from_below(project: Project, module: Module, name: str) -> bool:
    """As `_is_taken_from_submodule`, or from a module of that submodule: ``from .name.more import name``."""
    item = _imported_once(project, module, name)
    return item is not None and name in item.module.split(".")


def _imported_once(project: Project, module: Module, name: str) -> Import | None:
    table = project.table(module.path) if module.path is not None else None
    imports = table.imports.get(("", name), ()) if table is not None else ()
    return imports[0] if len(imports) == 1 and imports[0].name == name else None


def _in_files(project: Project, module: Module, name: str, seen: set[Path]) -> Presence:
    answer = Presence.ABSENT
    for path in (module.path, module.stub):
        if path is not None and path not in seen:
            seen.add(path)
            found = _in_file(project, path, name, seen)
            if found is Presence.PRESENT:
                return found
            if found is Presence.UNKNOWN:
                answer = found
    return answer


def _in_file(project: Project, path: Path, name: str, seen: set[Path]) -> Presence:
    table = project.table(path)
    if table is None:
        return Presence.UNKNOWN
    if name in table.facts.bound:
        return _handed_on(project, path, table, name, seen)
    if table.facts.has_any:
        return Presence.UNKNOWN
    found = from_stars(project, path, table, name, seen)
    return Presence.UNKNOWN if found is Presence.ABSENT and is_said(project, path, table, name) else found


def is_said(project: Project, path: Path, table: Table, name: str) -> bool:
    """Whether a statement of the module tells the name to what cannot be read, which may set it.

    ``public(name=…)``, ``lazy_import("module", ["name"])``.
    """
    word = re.compile(rb"(['\"])" + re.escape(name.encode("utf-8", "surrogatepass")) + rb"\1(?!\s*:)")
    return _tells_unread(
        project,
        path,
        table,
        lambda text, call: (
            "deprecat" not in call.name  # what is deprecated is there
            and (name in call.keywords or word.search(text, call.end, call.call_end) is not None)
        ),
    )


def is_handed_out(project: Project, path: Path, symbol: Symbol) -> bool:
    """Whether a statement of its module hands the class to what cannot be read: ``add_to(Class)`` may add members."""
    table = project.table(path) if project.is_ours(path) and "." not in symbol.qualname else None
    first = re.compile(rb"\(\s*" + re.escape(symbol.name.encode("utf-8", "surrogatepass")) + rb"\s*[,)]")
    return table is not None and _tells_unread(
        project,
        path,
        table,
        lambda text, call: not call.receiver and first.match(text, call.end) is not None,
    )


def _tells_unread(project: Project, path: Path, table: Table, tells: Callable[[bytes, Call], bool]) -> bool:
    """Whether a statement of the module calls what is imported and cannot be read, and ``tells`` it something."""
    calls = table.imported_calls
    source = project.source(path) if calls else None
    return source is not None and any(
        tells(source.text, call)
        and not source.text[source.text.rfind(b"\n", 0, call.call_start) + 1 : call.call_start].strip()
        and _is_unread(project, path, call)
        for call in calls
    )


def _is_unread(project: Project, path: Path, call: Call) -> bool:
    found, stubs = follow(project, path, call.dotted), project.environment.stdlib
    return not isinstance(found, Definition) or not (
        project.is_ours(found.path) or (stubs is not None and found.path.is_relative_to(stubs))
    )


def _handed_on(project: Project, path: Path, table: Table, name: str, seen: set[Path]) -> Presence:
    """Whether a bound name is there: one that is only imported is as absent as in the module that it comes from."""
    imports = table.imports.get(("", name), ())
    if len(imports) != 1 or name in table.symbols or imports[0].name is None or imports[0].guarded:
        return Presence.PRESENT
    item = imports[0]
    module = project.resolve_module(item.module, item.level, path)
    if module.origin is not Origin.WORKSPACE or module.path is None or item.name is None or not module.certain:
        return Presence.PRESENT
    if project.modules.submodule(module, item.name) is not None:
        return Presence.PRESENT
    if module.path == path:  # `from . import part`, in the package itself, takes what else the package has
        return Presence.UNKNOWN if table.facts.has_any or table.stars else Presence.ABSENT
    if module.path in seen or module.path.suffix == ".pyi":  # which may leave something out
        return Presence.PRESENT
    found = _in_files(project, module, item.name, set(seen))
    return Presence.ABSENT if found is Presence.ABSENT else Presence.PRESENT


def home_of(project: Project, module: Module, name: str) -> tuple[Module, str]:
    """Where a name that the module lacks would have to be: in the module that hands it on, if it only imports it."""
    for _ in range(_MAX_HOPS):
        table = project.table(module.path) if module.path is not None else None
        imports = table.imports.get(("", name), ()) if table is not None else ()
        if len(imports) != 1 or module.path is None or imports[0].name is None:
            break
        origin = project.resolve_module(imports[0].module, imports[0].level, module.path)
        if origin.path is None or origin.origin is not Origin.WORKSPACE:
            break
        module, name = origin, imports[0].name
    return module, name


def from_stars(project: Project, path: Path, table: Table, name: str, seen: set[Path] | None = None) -> Presence:
    """Whether one of the file's star imports brings the name."""
    seen = {path} if seen is None else seen
    answer = Presence.ABSENT
    for item in table.stars:
        found = _from_star(project, project.resolve_module(item.module, item.level, path), name, seen)
        if found is Presence.PRESENT:
            return found
        if found is Presence.UNKNOWN:
            answer = found
    return answer


def _from_star(project: Project, module: Module, name: str, seen: set[Path]) -> Presence:
    exporting = project.table(module.path) if module.path is not None else None
    if exporting is None or module.origin in (Origin.MISSING, Origin.UNKNOWN):
        return Presence.UNKNOWN
    if exporting.facts.exports is not None:
        if name in exporting.facts.exports:
            return Presence.ABSENT if _is_only_listed(project, module, name, seen) else Presence.PRESENT
        return Presence.UNKNOWN if exporting.facts.dynamic else Presence.ABSENT  # `__getattr__` is not asked for more
    if name.startswith("_") and "__all__" not in exporting.facts.bound:
        return Presence.ABSENT
    found = _in_files(project, module, name, seen)
    if found is Presence.ABSENT and project.modules.submodule(module, name) is not None:
        return Presence.UNKNOWN  # it comes along where somebody imported it before
    if found is Presence.ABSENT and module.path is not None and module.path.suffix == ".pyi":
        return Presence.UNKNOWN if project.is_ours(module.path) else found  # a stub may leave something out
    return found


def definition(project: Project, path: Path, name: str, scope: str = "", hops: int = 0) -> Definition | Module | None:
    """What the name means in a file, or in one of its functions; None where that is not certain.

    A name that is bound in several ways means nothing certain, but for imports that agree.
    """
    table = project.table(path)
    if table is None or hops > _MAX_HOPS:
        return None
    held = table.symbols.get(f"{scope}.{name}", ()) if scope else ()
    if len(held) == 1 and held[0].kind == SymbolKind.CLASS:  # in the body of a class
        return Definition(path, held[0])
    while scope:  # imports in the functions around, innermost first
        inner = table.imports.get((scope, name))
        if inner is not None:
            return None if table.has_parameter(scope, name) else _imported(project, path, inner, hops)
        nested = table.symbols.get(f"{scope}.<locals>.{name}")
        if nested is not None:
            return Definition(path, nested[0]) if len(nested) == 1 and not nested[0].conditional else None
        scope = scope.rpartition(".")[0].removesuffix(".<locals>")
    key = (path, name)
    if key not in project.meanings:
        project.meanings[key] = None  # while it is looked up: modules may import from each other
        project.meanings[key] = _of_file(project, path, table, name, hops)
    return project.meanings[key]


def is_of_library(project: Project, path: Path, dotted: str, scope: str) -> bool:
    """Whether a name is what the file imports from the standard library, which leads to nothing of the workspace.

    This is known without reading the library. False where it is not as plain as that.
    """
    name = dotted.partition(".")[0]
    table = project.table(path)
    if table is None or name in table.symbols:
        return False
    while scope:
        if (scope, name) in table.imports or f"{scope}.<locals>.{name}" in table.symbols:
            return False
        scope = scope.rpartition(".")[0].removesuffix(".<locals>")
    imports = table.imports.get(("", name), ())
    return bool(imports) and all(
        project.resolve_module(item.module, item.level, path).origin is Origin.STDLIB for item in imports
    )


def _is_only_listed(project: Project, module: Module, name: str, seen: set[Path]) -> bool:
    """Whether a module of the workspace that has the name in its ``__all__`` lacks it all the same."""
    path = module.path
    if path is None or path in seen or path.suffix != ".py" or not project.is_ours(path):
        return False
    if project.modules.submodule(module, name) is not None:
        return False
    return _in_files(project, module, name, set(seen)) is Presence.ABSENT


def _of_file(project: Project, path: Path, table: Table, name: str, hops: int) -> Definition | Module | None:
    symbols = [s for s in table.symbols.get(name, ()) if s.kind is not SymbolKind.ATTRIBUTE]
    imports = table.imports.get(("", name))
    if imports and not symbols:
        return _imported(project, path, imports, hops)
    if len(symbols) == 1 and not imports:
        elsewhere = symbols[0].conditional and table.stars and path.suffix == ".py"  # `if new: from lib import *`
        is_sure = not elsewhere or from_stars(project, path, table, name) is Presence.ABSENT
        return Definition(path, symbols[0]) if is_sure else None
    if symbols and path.suffix == ".pyi":  # one for each version or platform
        return Definition(path, symbols[0])
    if symbols or imports:
        return _overloads(path, symbols) if not imports else None
    if name in table.facts.bound:
        return None
    brought: list[Definition | Module | None] = []
    for item in table.stars:
        module = project.resolve_module(item.module, item.level, path)
        presence = _from_star(project, module, name, {path})
        if presence is Presence.UNKNOWN:
            return None
        if presence is Presence.PRESENT:
            brought.append(_of_module(project, module, name, hops))
    if brought:
        return brought[0] if all(found == brought[0] for found in brought) else None
    return _builtin(project, path, name, hops)


def _builtin(project: Project, path: Path, name: str, hops: int) -> Definition | Module | None:
    builtins = project.builtins
    if builtins is None or path == builtins:
        return None
    return definition(project, builtins, name, "", hops + 1)


def _overloads(path: Path, symbols: list[Symbol]) -> Definition | None:
    """Several definitions of one name are one thing where all are functions and all but the last are overloads."""
    if all(s.kind == SymbolKind.FUNCTION for s in symbols) and all(s.decorators for s in symbols[:-1]):
        return Definition(path, symbols[-1])
    return None


def _imported(project: Project, path: Path, imports: list[Import], hops: int) -> Definition | Module | None:
    found: Definition | Module | None = None
    for position, item in enumerate(imports):
        one = _import_target(project, path, item, hops)
        if one is None or (position and one != found):
            return None
        found = one
    return found


def _import_target(project: Project, path: Path, item: Import, hops: int) -> Definition | Module | None:
    if item.name is None:
        name = item.module if item.asname else item.module.partition(".")[0]
        module = project.resolve_module(name, 0, path)
        above, _, last = name.rpartition(".")
        package = project.resolve_module(above, 0, path) if above and module.origin is Origin.WORKSPACE else None
        if package is not None and _is_taken_from_below(project, package, last):
            return _of_module(project, package, last, hops)  # `import a.b as m` takes what `a` calls `b`
        return None if module.origin in (Origin.MISSING, Origin.UNKNOWN) else module
    module = project.resolve_module(item.module, item.level, path)
    if module.origin in (Origin.MISSING, Origin.UNKNOWN):
        return None
    if module.path == path:  # `from . import sub` in the package's own file
        return project.modules.submodule(module, item.name)
    return _of_module(project, module, item.name, hops)


def _of_module(project: Project, module: Module, name: str, hops: int) -> Definition | Module | None:
    tables = [(path, project.table(path)) for path in (module.path, module.stub) if path is not None]
    for path, table in tables:
        if table is not None and name in table.facts.bound:
            return definition(project, path, name, "", hops + 1)
    for path, table in tables:  # a star may bring a name in a submodule's place: `from .Node import *`
        if table is not None and table.stars and from_stars(project, path, table, name) is Presence.PRESENT:
            return definition(project, path, name, "", hops + 1)
        if table is not None and is_said(project, path, table, name):
            return None
    return project.modules.submodule(module, name)


def follow(project: Project, path: Path, dotted: str, scope: str = "") -> Definition | Module | None:
    """What a dotted name means in a file: modules and nested classes are stepped into. None where not certain."""
    first, *rest = dotted.split(".")
    found = definition(project, path, first, scope)
    for part in rest:
        if isinstance(found, Module):
            found = _of_module(project, found, part, 0)
        elif found is not None and found.symbol.kind == SymbolKind.CLASS:
            inner = project.symbols(found.path, f"{found.symbol.qualname}.{part}")
            found = Definition(found.path, inner[0]) if len(inner) == 1 else None
        else:
            return None
    return found
