"""What a dotted name means at the top level of a file: a name into the definition it leads to, through imports.

Works on the facts of files alone; the standard library's are typeshed's stubs, read like any other file. A name that
leads out of what can be read (a package that is not installed) still has its module and name. Never raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.syntax.model import Facts, Import, Symbol, SymbolKind

if TYPE_CHECKING:
    from autogen_lsp.analysis.project import Project
    from autogen_lsp.analysis.types import Type
    from autogen_lsp.workspace.source import Source

_MAX_HOPS = 12


@dataclass(frozen=True, slots=True)
class Ref:
    """A definition: ``name`` is its qualname in ``module``, '' for the module itself; ``path`` None if not readable."""

    module: str
    name: str = ""
    path: Path | None = None
    symbols: tuple[Symbol, ...] = ()
    spelled: tuple[str, str] = ("", "")

    @property
    def is_module(self) -> bool:
        return not self.name

    @property
    def symbol(self) -> Symbol | None:
        return self.symbols[0] if self.symbols else None

    @property
    def is_class(self) -> bool:
        return any(symbol.kind == SymbolKind.CLASS for symbol in self.symbols)


@dataclass
class Lookup:
    """A project with what has been looked up in it so far. Make one per request; it is not shared between threads."""

    project: Project
    _sources: dict[Path, Source | None] = field(default_factory=dict)
    types: dict[tuple[Path, int, int, str], tuple[Type | None, int]] = field(default_factory=dict)  # as of `Project`
    deepest: int = 0  # of the questions asked for the answer that is being found: `infer`

    def facts(self, path: Path) -> Facts | None:
        return self.project.facts(path)

    def source(self, path: Path) -> Source | None:
        """The file's text, read and parsed once."""
        if path not in self._sources:
            self._sources[path] = self.project.source(path)
        return self._sources[path]

    def symbols(self, path: Path, qualname: str) -> list[Symbol]:
        """All definitions of a qualname in a file, in order."""
        table = self.project.table(path)
        return table.symbols.get(qualname, []) if table is not None else []

    def imports(self, path: Path, scope: str = "") -> dict[str, Import]:
        """The file's imports by the name that they bind: the module's, or those of one function's scope."""
        table = self.project.table(path)
        return table.taken.get(scope, {}) if table is not None else {}

    def module_name(self, path: Path) -> str:
        return _runtime_name(self.project.module_name(path) or path.stem)

    def module_file(self, module: str, importer: Path | None = None) -> Path | None:
        """The file of an absolute module: the workspace's, the environment's, or typeshed's for the stdlib."""
        key = (module, self.project.folders[importer] if importer is not None else None, _is_stub(importer))
        files = self.project.module_files
        if key not in files:
            files[key] = self._find_file(module, importer)
        return files[key]

    def _find_file(self, module: str, importer: Path | None) -> Path | None:
        import typeshed_client

        roots = self.project.snapshot.roots or (Path.cwd(),)
        found = self.project.resolve_module(module, 0, importer if importer is not None else roots[0] / "__main__.py")
        if found.origin.name in ("WORKSPACE", "INSTALLED"):
            as_written = found.origin.name == "WORKSPACE" and not _is_stub(importer)
            return found.path if as_written else found.stub or found.path
        try:
            return typeshed_client.get_stub_file(module, search_context=self.project.typeshed)
        except (ValueError, OSError):
            return None

    def imported_module(self, path: Path, module: str, level: int) -> tuple[str, Path | None]:
        """The absolute name and the file of a module as imported in a file (PEP 328)."""
        if level:
            found = self.project.resolve_module(module, level, path)
            if found.path is not None or found.name:
                return _runtime_name(found.name), (found.stub if _is_stub(path) else None) or found.path
            parts = self.module_name(path).split(".")
            keep = len(parts) - level + (1 if path.stem == "__init__" else 0)
            module = ".".join([*parts[: max(keep, 0)], *([module] if module else [])])
        return module, self.module_file(module, path)


def _is_stub(importer: Path | None) -> bool:
    """Whether a file reads the stubs of what it imports."""
    return importer is not None and importer.suffix == ".pyi"


def _runtime_name(module: str) -> str:
    """``requests`` for what lies in the stub package ``requests-stubs`` (PEP 561)."""
    top, dot, rest = module.partition(".")
    return top.removesuffix("-stubs") + dot + rest


def resolve(lookup: Lookup, path: Path, dotted: str, scope: str = "") -> Ref | None:
    """What ``a.b.c`` means at the top level of the file (imports of the function ``scope`` count too)."""
    first, *rest = dotted.split(".")
    ref = _global(lookup, path, first, 0, scope)
    for part in rest:
        if ref is None:
            return None
        ref = member(lookup, ref, part)
    return ref


def member(lookup: Lookup, ref: Ref, name: str, hops: int = 0) -> Ref | None:
    """``name`` of a module, or a nested definition of a class."""
    if hops > _MAX_HOPS:
        return None
    if ref.is_module:
        if ref.path is not None:
            found = _global(lookup, ref.path, name, hops + 1, "", builtins=False)
            if found is not None:
                return _spelled(found, (ref.spelled[0] or ref.module, name))
        submodule = f"{ref.module}.{name}"
        file = lookup.module_file(submodule)
        if file is not None:
            return Ref(submodule, path=file, spelled=(submodule, ""))
        if ref.path is None:
            return Ref(ref.module, name, spelled=(ref.module, name))
        return None
    qualname = f"{ref.name}.{name}"
    if ref.path is None:
        return Ref(ref.module, qualname, spelled=(ref.spelled[0], f"{ref.spelled[1]}.{name}"))
    symbols = lookup.symbols(ref.path, qualname)
    if not symbols:
        return None
    return Ref(ref.module, qualname, ref.path, tuple(symbols), (ref.spelled[0], f"{ref.spelled[1]}.{name}"))


def star_modules(lookup: Lookup, path: Path) -> Iterator[tuple[str, Path | None]]:
    """Modules whose names a file takes with ``from m import *``, and their files."""
    facts = lookup.facts(path)
    for item in facts.imports if facts is not None else ():
        if item.name == "*" and not item.scope:
            yield lookup.imported_module(path, item.module, item.level)


def imported_from(lookup: Lookup, path: Path, item: Import, hops: int = 0) -> tuple[str, Path | None, str]:
    """The module, file and name that a ``from`` import leads to, through re-exports; the name may be missing there."""
    module, file = lookup.imported_module(path, item.module, item.level)
    name = item.name or ""
    again = lookup.imports(file).get(name) if file is not None and not lookup.symbols(file, name) else None
    if file is None or again is None or again.name in (None, "*") or hops > _MAX_HOPS:
        return module, file, name
    return imported_from(lookup, file, again, hops + 1)


def _global(lookup: Lookup, path: Path, name: str, hops: int, scope: str = "", builtins: bool = True) -> Ref | None:
    if hops > _MAX_HOPS:
        return None
    symbols = [s for s in lookup.symbols(path, name) if s.kind != SymbolKind.ATTRIBUTE]
    item = lookup.imports(path, scope).get(name) if scope else None
    if item is None and all(symbol.conditional for symbol in symbols):  # which stand in where the import fails
        item = lookup.imports(path).get(name)
    if item is not None:
        return imported(lookup, path, item, hops)
    if symbols:
        module = lookup.module_name(path)
        return Ref(module, name, path, tuple(symbols), (module, name))
    for module, file in star_modules(lookup, path):
        if file is not None and not name.startswith("_"):
            found = _global(lookup, file, name, hops + 1, builtins=False)
            if found is not None:
                return _spelled(found, (module, name))
    if not builtins:
        return None
    file = lookup.module_file("builtins")
    if file is None or file == path:
        return None
    symbols = lookup.symbols(file, name)
    return Ref("builtins", name, file, tuple(symbols), ("builtins", name)) if symbols else None


def imported(lookup: Lookup, path: Path, item: Import, hops: int = 0) -> Ref | None:
    """What an import binds its name to."""
    if item.name is None:
        bound = item.module if item.asname else item.module.partition(".")[0]
        return Ref(bound, path=lookup.module_file(bound, path), spelled=(bound, ""))
    module, file = lookup.imported_module(path, item.module, item.level)
    if file == path:  # a package takes its own module, which a variable of that name may stand for later: `os.path`
        submodule = f"{module}.{item.name}"
        if (own := lookup.module_file(submodule)) is not None:
            return Ref(submodule, path=own, spelled=(submodule, ""))
    found = member(lookup, Ref(module, path=file, spelled=(module, "")), item.name, hops + 1)
    if found is None and file is None:
        return Ref(module, item.name, spelled=(module, item.name))
    return found


def _spelled(ref: Ref, spelled: tuple[str, str]) -> Ref:
    if ref.is_module:
        return ref
    return Ref(ref.module, ref.name, ref.path, ref.symbols, spelled)
