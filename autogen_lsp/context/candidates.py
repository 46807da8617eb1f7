"""A target's place into the definitions that its body may use: of its file, its class and bases, and what is imported.

Every candidate is a definition of the project with the key by which code in the target's file would name it (``f``,
``self.x``, ``mod.x``), found through re-exports, star imports and base classes. Bodies are not looked at here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from autogen_lsp.analysis.modules import Origin
from autogen_lsp.analysis.project import Project
from autogen_lsp.context.usage import Usage, names_in
from autogen_lsp.syntax.model import Facts, Import, Symbol, SymbolKind
from autogen_lsp.workspace.ignore import Rules
from autogen_lsp.workspace.source import Source

_DEPTH = 8  # re-exports and star imports followed
_MOST_CLASSES = 30  # of a hierarchy
_BESIDE = 12  # files of a folder that tell what a package is used for
_MOST_BESIDE = 80
_LARGE = 100_000  # bytes of such a file
_MOST_OF_MODULE = 400  # names of one imported module


@dataclass(frozen=True, slots=True)
class Candidate:
    """A definition that the body may use.

    ``source`` says by which way: file | class | inherited | import | nested-import | star |
    module | package (passed on by it). ``steps`` is how far
    up the hierarchy a member was found. ``owner`` is the qualname of a member's class, '' for a module-level name.
    """

    path: Path
    symbol: Symbol
    source: str
    key: str
    owner: str = ""
    steps: int = 0
    type_checking: bool = False


@dataclass
class Lookup:
    """Names in files, for one snapshot, remembered for the time of one question."""

    project: Project
    _names: dict[Path, dict[str, Symbol]] = field(default_factory=dict)
    _members: dict[tuple[Path, str], dict[str, Symbol]] = field(default_factory=dict)
    _hidden: dict[Path, bool] = field(default_factory=dict)
    _sources: dict[Path, Source | None] = field(default_factory=dict)
    _shown: dict[Path, str] = field(default_factory=dict)

    def facts(self, path: Path) -> Facts:
        return self.project.facts(path) or Facts()

    def source(self, path: Path) -> Source | None:
        if path not in self._sources:
            self._sources[path] = self.project.source(path)
        return self._sources[path]

    def names(self, path: Path) -> dict[str, Symbol]:
        """Module-level definitions by name: of several, the first that is not an overload."""
        found = self._names.get(path)
        if found is None:
            found = self._names[path] = _first(s for s in self.facts(path).symbols if "." not in s.qualname)
        return found

    def members(self, path: Path, qualname: str) -> dict[str, Symbol]:
        """What a class itself defines, by name; attributes that methods assign come after what the body defines."""
        found = self._members.get((path, qualname))
        if found is None:
            own = [s for s in self.facts(path).symbols if s.qualname.rpartition(".")[0] == qualname]
            own.sort(key=lambda s: s.kind is SymbolKind.ATTRIBUTE)
            found = self._members[path, qualname] = _first(own)
        return found

    def module(self, item: Import, path: Path) -> Path | None:
        """The file of the module that an import names, None outside the project."""
        return self.resolve(item.module, item.level, path)

    def resolve(self, module: str, level: int, importer: Path) -> Path | None:
        """The file of a module of the workspace; None for any other, and for files that ignore rules leave out."""
        found = self.project.resolve_module(module, level, importer)
        if found.path is None or found.origin is not Origin.WORKSPACE or self.hidden(found.path):
            return None
        return found.path

    def submodule(self, package: Path, name: str) -> Path | None:
        return self.resolve(name, 1, package) if package.stem == "__init__" else None

    def hidden(self, path: Path) -> bool:
        """Whether ignore rules leave the file out: nothing of it may be sent, not even its name."""
        found = self._hidden.get(path)
        if found is None:
            found = self._hidden[path] = self.rules.is_ignored(path)
        return found

    def in_workspace(self, item: Import, path: Path) -> bool:
        """Whether an import means a module of the workspace, be it left out or missing."""
        return self.project.resolve_module(item.module, item.level, path).origin in (Origin.WORKSPACE, Origin.MISSING)

    def hidden_words(self, path: Path, text: str) -> frozenset[str]:
        """Names in code of a file that stand for modules which ignore rules leave out, or for what comes from them."""
        found: set[str] = set()
        for item in self.facts(path).imports:
            words = {item.bound, item.name or "", item.module.rpartition(".")[2]} - {"", "*"}
            if any(word in text for word in words) and self._is_hidden(item, path):
                found |= words
        return frozenset(found)

    def _is_hidden(self, item: Import, path: Path) -> bool:
        """Whether an import is of a hidden module, or from one."""
        module = self.project.resolve_module(item.module, item.level, path)
        if module.origin is not Origin.WORKSPACE or module.path is None:
            return False
        if self.hidden(module.path):
            return True
        if not item.name or module.path.stem != "__init__":
            return False
        inner = self.project.resolve_module(item.name, 1, module.path)
        return inner.origin is Origin.WORKSPACE and inner.path is not None and self.hidden(inner.path)

    def shown(self, path: Path) -> str:
        """The path as in items: relative to its root."""
        found = self._shown.get(path)
        if found is None:
            found = self._shown[path] = self.project.snapshot.relative(path)
        return found

    def python_files(self, folder: Path) -> list[Path]:
        """The folder's own Python files that may be sent, by name."""
        names = sorted(n for n in self.project.modules.listing.names(folder) if n.endswith(".py"))
        return [path for path in (folder / name for name in names) if not self.hidden(path)]

    def folders(self, folder: Path, names: Iterable[str]) -> list[Path]:
        """Which of these folders there are in a folder."""
        there = self.project.modules.listing.names(folder)
        return [folder / name for name in names if name in there]

    @cached_property
    def rules(self) -> Rules:
        snapshot = self.project.snapshot
        return Rules(snapshot.roots, snapshot.settings.context_exclude)

    def attribute(self, path: Path, name: str, depth: int = 0) -> tuple[Path, Symbol | None] | None:
        """What ``module.name`` is: the file and symbol that define it, or a submodule's file and None."""
        if depth > _DEPTH:
            return None
        symbol = self.names(path).get(name)
        if symbol is not None:
            return path, symbol
        facts = self.facts(path)
        for item in facts.imports:
            if not item.scope and item.name != "*" and item.bound == name:
                return self.imported(item, path, depth + 1)
        for item in facts.imports:
            if not item.scope and item.name == "*":
                module = self.module(item, path)
                found = self.attribute(module, name, depth + 1) if module is not None and module != path else None
                if found is not None:
                    return found
        submodule = self.submodule(path, name)
        return None if submodule is None else (submodule, None)

    def imported(self, item: Import, path: Path, depth: int = 0) -> tuple[Path, Symbol | None] | None:
        """What an import binds, as in `attribute`."""
        if item.name is None:
            name = item.module if item.asname else item.module.partition(".")[0]
            module = self.resolve(name, item.level, path)
            return None if module is None else (module, None)
        module = self.module(item, path)
        return None if module is None else self.attribute(module, item.name, depth)

    def named(self, path: Path, dotted: str) -> tuple[Path, Symbol | None] | None:
        """What a dotted name means at module level of a file, as in `attribute`."""
        first, *rest = dotted.split(".")
        found = self.attribute(path, first)
        for name in rest:
            if found is None:
                return None
            at, symbol = found
            if symbol is None:
                found = self.attribute(at, name)
            else:
                member = self.members(at, symbol.qualname).get(name)
                found = None if member is None else (at, member)
        return found

    def hierarchy(self, path: Path, qualname: str) -> Iterator[tuple[Path, Symbol, int]]:
        """A class and its bases in the project, nearest first, with the number of steps up."""
        start = next(
            (s for s in self.facts(path).symbols if s.qualname == qualname and s.kind is SymbolKind.CLASS), None
        )
        level = [] if start is None else [(path, start)]
        seen: set[tuple[Path, str]] = set()
        steps = 0
        while level and len(seen) < _MOST_CLASSES:
            above: list[tuple[Path, Symbol]] = []
            for at, symbol in level:
                if (at, symbol.qualname) in seen:
                    continue
                seen.add((at, symbol.qualname))
                yield at, symbol, steps
                for base in symbol.bases:
                    found = None if "=" in base else self.named(at, base.partition("[")[0].strip())
                    if found is not None and found[1] is not None and found[1].kind is SymbolKind.CLASS:
                        above.append((found[0], found[1]))
            level, steps = above, steps + 1


def candidates(lookup: Lookup, path: Path, owner: str, name: str, used: Usage) -> list[Candidate]:
    """Every definition that a function ``name`` in class ``owner`` ('' for none) of this file may use, each once."""
    found: dict[tuple[Path, str], Candidate] = {}
    target = f"{owner}.{name}" if owner else name
    for each in (
        *_members(lookup, path, owner),
        *_of_file(lookup, path),
        *_of_imports(lookup, path, used),
    ):
        if (each.path, each.symbol.qualname) != (path, target):
            found.setdefault((each.path, each.symbol.qualname), each)
    return list(found.values())


def _members(lookup: Lookup, path: Path, owner: str) -> Iterator[Candidate]:
    seen: set[str] = set()
    for at, cls, steps in lookup.hierarchy(path, owner) if owner else ():
        for name, symbol in lookup.members(at, cls.qualname).items():
            if name not in seen:
                seen.add(name)
                source = "inherited" if steps else "class"
                yield Candidate(at, symbol, source, f"self.{name}", cls.qualname, steps)


def _of_file(lookup: Lookup, path: Path) -> Iterator[Candidate]:
    for name, symbol in lookup.names(path).items():
        yield Candidate(path, symbol, "file", name)


def _of_imports(lookup: Lookup, path: Path, used: Usage) -> Iterator[Candidate]:
    modules: dict[str, Path] = {}
    for item in lookup.facts(path).imports:
        source = "nested-import" if item.scope else "import"
        if item.name == "*":
            module = lookup.module(item, path)
            if module is not None:
                yield from _of_module(lookup, module, "", "star")
            continue
        found = lookup.imported(item, path)
        if found is None:
            continue
        at, symbol = found
        if symbol is None:
            modules[item.bound] = at
        else:
            yield Candidate(at, symbol, source, item.bound, type_checking=item.type_checking)
    for key in used.counts:  # attributes of modules that the file uses, through re-exports and packages
        first, _, rest = key.partition(".")
        if rest and first in modules:
            found = lookup.named(modules[first], rest)
            if found is not None and found[1] is not None and "." not in found[1].qualname:
                yield Candidate(found[0], found[1], "module", key)
    for bound, module in modules.items():
        yield from _of_module(lookup, module, f"{bound}.", "module")
        if module.stem == "__init__":
            yield from _used_beside(lookup, path, bound, module)


def _used_beside(lookup: Lookup, path: Path, bound: str, package: Path) -> Iterator[Candidate]:
    """What the files beside the target's use of a package, most used first: it may pass on thousands of names."""
    counts: Counter[str] = Counter()
    for file in lookup.python_files(path.parent)[:_BESIDE]:
        source = lookup.source(file)
        if file != path and source is not None and len(source.text) < _LARGE:
            counts.update(key for key in names_in(source.text) if key.startswith(f"{bound}."))
    for key, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_BESIDE]:
        found = lookup.named(package, key.partition(".")[2])
        if found is not None and found[1] is not None and "." not in found[1].qualname:
            yield Candidate(found[0], found[1], "package", key)


def _of_module(lookup: Lookup, path: Path, prefix: str, source: str) -> Iterator[Candidate]:
    exports = lookup.facts(path).exports if source == "star" else None
    for name, symbol in list(lookup.names(path).items())[:_MOST_OF_MODULE]:
        if source == "star" and (name not in exports if exports is not None else name.startswith("_")):
            continue
        yield Candidate(path, symbol, source, prefix + name)
    if source == "module" and path.stem == "__init__":
        yield from _of_package(lookup, path, prefix)


def _of_package(lookup: Lookup, path: Path, prefix: str) -> Iterator[Candidate]:
    """What a package passes on from its modules."""
    count = 0
    for item in lookup.facts(path).imports:
        if item.scope or item.type_checking or count > _MOST_OF_MODULE:
            continue
        if item.name == "*":
            module = lookup.module(item, path)
            names = () if module is None else lookup.facts(module).exports or ()
        else:
            names = (item.bound,)
        for name in names:
            found = lookup.attribute(path, name)
            count += 1
            if found is not None and found[1] is not None:
                yield Candidate(found[0], found[1], "package", prefix + name)


def _first(symbols: Iterable[Symbol]) -> dict[str, Symbol]:
    found: dict[str, Symbol] = {}
    for symbol in symbols:
        kept = found.get(symbol.name)
        if kept is None or "overload" in (d.rpartition(".")[2] for d in kept.decorators):
            found[symbol.name] = symbol
    return found
