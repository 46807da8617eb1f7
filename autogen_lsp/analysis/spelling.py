"""How a file would import a module of the workspace: by which name, and whether that closes a circle."""

from __future__ import annotations

from collections.abc import Iterator
from keyword import iskeyword
from pathlib import Path

from autogen_lsp.analysis.names import Lookup, resolve
from autogen_lsp.analysis.typed import is_typed
from autogen_lsp.analysis.types import Type

_MAX_NEIGHBOURS = 20
_MAX_CYCLE = 300  # modules looked at for an import cycle


def is_importable(module: str) -> bool:
    """Whether a statement can import a module of that name: not that of ``my-script.py``."""
    return all(part.isidentifier() and not iskeyword(part) for part in module.split("."))


def spelling(lookup: Lookup, path: Path, module: str) -> str:
    """The module as the file would import it: relative where it imports its own package so."""
    own = lookup.module_name(path).split(".")
    parts = module.split(".")
    if len(own) < 2 or own[0] != parts[0] or not _imports_relatively(lookup, path, own[0]):
        return module
    package = own if path.stem == "__init__" else own[:-1]
    common = 0
    while common < min(len(package), len(parts)) and package[common] == parts[common]:
        common += 1
    return "." * (len(package) - common + 1) + ".".join(parts[common:])


def offered_by(lookup: Lookup, type_: Type, name: str) -> str:
    """The package that offers a class of others as its own, as ``asyncio`` does: above its module, or that without
    the underscore; else the module.
    """
    parts = type_.module.split(".")
    if type_.path is None or lookup.project.is_ours(type_.path):
        return type_.module
    above = [".".join(parts[:size]) for size in range(1, len(parts))]
    for package in [parts[0].lstrip("_"), *above] if parts[0].startswith("_") else above:
        file = lookup.module_file(package) if package else None
        if file is not None and _offers(lookup, file, name):
            ref = resolve(lookup, file, name)
            if ref is not None and (ref.path, ref.name) == (type_.path, name):
                return package
    return type_.module


def _offers(lookup: Lookup, package: Path, name: str) -> bool:
    """Whether a package gives a name that it imports to others, as type checkers see it."""
    facts, item = lookup.facts(package), lookup.imports(package).get(name)
    if facts is not None and name in (facts.exports or ()):
        return True
    told = package.suffix == ".pyi" or is_typed(lookup.project, package)
    return item is None or item.asname == name or not told


def _imports_relatively(lookup: Lookup, path: Path, package: str) -> bool:
    """Whether the file imports its own package relatively, and only so; where it does not at all, its neighbours."""
    names = sorted(lookup.project.modules.listing.names(path.parent))
    neighbours = [path.with_name(name) for name in names if name.endswith(".py") and name != path.name]
    for files in ([path], neighbours[:_MAX_NEIGHBOURS]):
        items = [item for file in files if (facts := lookup.facts(file)) is not None for item in facts.imports]
        relative = sum(item.level > 0 and not item.scope for item in items)
        absolute = sum(not item.level and item.module.partition(".")[0] == package for item in items)
        if relative or absolute:
            return relative > 0 and (not absolute if files == [path] else relative > absolute)
    return False


def imports_back(lookup: Lookup, module: str, target: Path) -> bool:
    """Whether importing the module runs an import of the target's file, directly or through others."""
    start = lookup.module_file(module, target)
    if start is None or start.suffix == ".pyi":
        return False
    pending, seen = [start], {start}
    while pending and len(seen) < _MAX_CYCLE:
        path = pending.pop()
        for file in _imported_files(lookup, path):
            if file == target:
                return True
            if file not in seen:
                seen.add(file)
                pending.append(file)
    return False


def _imported_files(lookup: Lookup, path: Path) -> Iterator[Path]:
    """Workspace files that importing a file imports."""
    facts = lookup.facts(path)
    if facts is None or lookup.project.snapshot.root_of(path) is None:
        return
    for item in facts.imports:
        if item.scope or item.type_checking:
            continue
        module, file = lookup.imported_module(path, item.module, item.level)
        if file is not None:
            yield file
        if item.name not in (None, "*"):
            submodule = lookup.module_file(f"{module}.{item.name}", path)
            if submodule is not None:
                yield submodule
