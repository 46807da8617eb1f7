"""Module names into files, as Python's import system would, without running anything.

Names of the standard library mean it, but for a script's own folder and inside a package of that name. Other names are
looked up in order: the folder that holds the importing file's own top-level package (or the script), folders of
``conftest.py`` files above it, folders that ``pyproject.toml`` names, the roots and their ``src``; then the environment
and the standard library; then every other folder of the workspace that holds top-level modules (monorepos). What is
found nowhere is `UNKNOWN`, unless its first part is a package of the workspace: then it is `MISSING`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum, auto
from pathlib import Path

import msgspec
from msgspec.structs import replace

from autogen_lsp.analysis.configured import configured
from autogen_lsp.analysis.environment import Environment, is_stdlib
from autogen_lsp.analysis.listing import Folders, Listing
from autogen_lsp.workspace.inside import is_inside
from autogen_lsp.workspace.snapshot import is_installed

_MAX_CLIMB = 30
# Folders in packages whose packages are none of theirs, and packages that hold such folders.
_APART = re.compile(
    r"(?:\w*_)?(?:tests?|testing|testdata|fixtures?|data|examples?|samples?|demos?|templates?|resources|stubs"
    r"|vendor|vendored|third_?party|extern|externals?|scripts|tools|bin|libs?|src|build)(?:_\w*)?",
    re.I,
)
_TRIED = re.compile(r"(?:\w*_)?(?:tests?|testing|examples?|fixtures?|samples?)(?:_\w*)?", re.I)
_EXTENDED = re.compile(rb"__path__|declare_namespace|extend_path")  # a package whose modules lie elsewhere, too


class Origin(Enum):
    WORKSPACE = auto()
    INSTALLED = auto()
    STDLIB = auto()
    MISSING = auto()  # would have to be in the workspace, and is not
    UNKNOWN = auto()


class Module(msgspec.Struct, frozen=True):
    """Where a module is. ``path`` is its file (a package's ``__init__``), None for namespace packages and the absent.

    ``stub`` is the .pyi beside a .py. ``certain`` is false where only the name matches, somewhere in the workspace, and
    of a root that a file reaches by going up: what else is in it is not known.
    ``expected``: of a missing one, the file to create; ``absent``: the position, in the dotted name as written, of its
    first part that is not there.
    """

    name: str
    origin: Origin
    path: Path | None = None
    folder: Path | None = None  # of a package
    stub: Path | None = None
    expected: Path | None = None
    absent: int = 0
    certain: bool = True


class Tops(msgspec.Struct):
    """Where top-level modules lie, as of one list of files: kept while the list stays the same object."""

    files: Iterable[Path] | None = None
    folders: dict[str, tuple[Path, ...]] = {}


class Modules(msgspec.Struct):
    """Module resolution of one snapshot. ``files`` lists the workspace's Python files and is asked only when needed."""

    roots: tuple[Path, ...]
    environment: Environment
    listing: Listing
    files: Callable[[], Iterable[Path]]
    tops: Tops = msgspec.field(default_factory=Tops)  # shared between snapshots
    folders: Folders = msgspec.field(default_factory=Folders)
    _names: dict[Path, str] = {}
    _near_to: dict[Path, list[Path]] = {}
    _bases: dict[Path, tuple[Path, ...]] = {}
    _told_of: dict[Path, tuple[Path, ...]] = {}
    _own: dict[Path, Path] = {}
    _configured: tuple[Path, ...] | None = None
    _resolved: dict[tuple[Path, str, int], Module] = {}
    _found: dict[tuple[str, str, Origin], Module | None] = {}
    _extended: dict[Path, bool] = {}
    _needs: dict[tuple[Path, str], bool] = {}

    def resolve(self, module: str, level: int, importer: Path) -> Module:
        """The module that ``from {'.' * level}{module} import …`` means in the file ``importer``."""
        key = (importer, module, level)
        found = self._resolved.get(key)
        if found is None:
            found = self._relative(module, level, importer) if level else self._absolute(module, importer)
            self._resolved[key] = found
        return found

    def name_of(self, path: Path) -> str:
        """The dotted name that the file is imported by: from its topmost package, or from the folder it lies in."""
        found = self._names.get(path)
        if found is None:
            base = self._outer_base(self.base_of(path))
            try:
                parts = list(path.relative_to(base).with_suffix("").parts)
            except ValueError:
                parts = [path.stem]
            if parts and parts[-1] == "__init__":
                parts.pop()
            found = self._names[path] = ".".join(parts)
        return found

    def base_of(self, path: Path) -> Path:
        """The folder that has to be on ``sys.path`` for the file to be imported.

        Found by climbing while there is an ``__init__``. Namespace packages have none: what lies below a ``src`` or
        configured folder is named from there, and a plain folder of modules from its root.
        """
        folder = self.folders[path]
        found = self._own.get(folder)
        if found is None:
            found = self._own[folder] = self._base_of(folder)
        return found

    def _base_of(self, folder: Path) -> Path:
        top = folder
        for _ in range(_MAX_CLIMB):
            if not self._is_package(top) or top.parent == top:
                break
            top = top.parent
        for base in sorted(self._near(folder), key=lambda base: -len(base.parts)):
            if is_inside(top, base) and (base not in self.roots or top == folder):
                between = top.relative_to(base).parts
                projects = (top, *top.parents)[: len(between)]
                if all(part.isidentifier() for part in between) and not any(map(self._is_project, projects)):
                    return base
        return top

    def _outer_base(self, base: Path) -> Path:
        """Where a base lies in a package without being one (``discord/ext/commands``), the base of that package.

        Not where what lies there is for tests, an example or somebody else's: that is put on the path as it is.
        """
        folder = base
        while folder not in self._near(base) and any(is_inside(folder, root) for root in self.roots):
            if self._is_package(folder):
                outer = self._base_of(folder)
                inside = all(p.isidentifier() and not _APART.fullmatch(p) for p in base.relative_to(folder).parts)
                tried = any(_TRIED.fullmatch(part) for part in folder.relative_to(outer).parts)
                return outer if inside and not tried else base
            if self._is_project(folder):
                break
            folder = folder.parent
        return base

    def _is_project(self, folder: Path) -> bool:
        return not {"pyproject.toml", "setup.py", "setup.cfg"}.isdisjoint(self.listing.names(folder))

    def submodule(self, package: Module, name: str) -> Module | None:
        """The module ``package.name``, None where the package has none."""
        folder = package.folder
        found = None if folder is None else self._at(folder, name, f"{package.name}.{name}", package.origin)
        if found is None and package.stub is not None and package.stub.parent != folder:
            found = self._at(package.stub.parent, name, f"{package.name}.{name}", package.origin)
        return found if found is None or package.certain else replace(found, certain=False)

    def _absolute(self, module: str, importer: Path) -> Module:
        parts = module.split(".")
        if not all(part.isidentifier() for part in parts):
            return Module(module, Origin.UNKNOWN)
        missing: Module | None = None
        for base in self.bases(importer) if not is_stdlib(parts[0]) else self._before_stdlib(parts[0], importer):
            found = self._walk(base, parts, Origin.WORKSPACE)
            if found is None:
                continue
            namesake = self._is_itself(found, parts[0], importer) or self._is_namesake(base, parts[0], importer)
            if found.origin not in (Origin.MISSING, Origin.UNKNOWN):
                return replace(found, certain=False) if namesake else found
            missing = missing or (None if namesake else found)
        outside = self._outside(parts)
        if outside is not None and outside.origin is not Origin.MISSING:
            return outside
        for base in () if is_stdlib(parts[0]) else self._elsewhere(parts[0]):
            found = self._walk(base, parts, Origin.WORKSPACE) if self._is_meant(base, parts[0], importer) else None
            if found is not None and found.origin not in (Origin.MISSING, Origin.UNKNOWN):
                return replace(found, certain=False)
        if missing is None or outside is not None or is_stdlib(parts[0]):
            return Module(module, Origin.UNKNOWN)
        return missing

    def _before_stdlib(self, top: str, importer: Path) -> tuple[Path, ...]:
        """Folders whose modules certainly come before the standard library's of that name.

        The folder of a script does, which is first on the path; and a package's own modules mean the package.
        """
        base = self.base_of(importer)
        inside = base in self._near(importer) and self.name_of(importer).partition(".")[0] == top
        return (base,) if inside or base == self.folders[importer] else ()

    def _is_itself(self, found: Module, top: str, importer: Path) -> bool:
        """Whether a file would import itself, or may mean the module of that name beside it, as in Python 2."""
        folder = self.folders[importer]
        return f"{top}.py" in self.listing.names(folder) if self._is_package(folder) else found.path == importer

    def _is_namesake(self, base: Path, top: str, importer: Path) -> bool:
        """Whether the importer's neighbours may not be what it imports: nothing but their place says that it is."""
        folder = self.folders[importer]
        if base not in (self.base_of(importer), folder) or base in self._told(folder):
            return False
        inside, in_package = importer.relative_to(base).parts[0] == top, self._outer_base(base) != base
        either = (self._outside([top]) is not None or self._is_needed(base, top)) if inside or in_package else False
        return either or (inside and in_package)

    def _is_meant(self, base: Path, top: str, importer: Path) -> bool:
        """Whether what lies anywhere in the workspace may be what others import by its name: not what stands in, for
        tests, for a package that the project needs.
        """
        return (
            is_inside(importer, base)
            or any(map(self._is_project, (base, base.parent)))
            or not self._is_needed(base, top)
        )

    def _is_needed(self, folder: Path, top: str) -> bool:
        """Whether a project around the folder needs a distribution that is named as the package."""
        key = (folder, top)
        if key not in self._needs:
            from autogen_lsp.analysis.dependencies import needs  # hardly ever needed

            above = [p for p in (folder, *folder.parents) if any(is_inside(p, root) for root in self.roots)]
            self._needs[key] = any(needs(p, self.listing.names(p), top) for p in above)
        return self._needs[key]

    def _outside(self, parts: list[str]) -> Module | None:
        for base in self.environment.packages:
            for top in (f"{parts[0]}-stubs", parts[0]):
                found = self._walk(base, [top, *parts[1:]], Origin.INSTALLED)
                if found is not None and found.origin is not Origin.MISSING:
                    return found
        if self.environment.stdlib is not None:
            return self._walk(self.environment.stdlib, parts, Origin.STDLIB)
        return None

    def _walk(self, base: Path, parts: list[str], origin: Origin) -> Module | None:
        """The module below ``base``; None where not even its first part is there."""
        module = self._at(base, parts[0], parts[0], origin)
        if module is None:
            return None
        for position, part in enumerate(parts[1:], 1):
            inner = self.submodule(module, part)
            if inner is None:
                return self._missing(module, parts, position, origin)
            module = inner
        return module

    def _missing(self, package: Module, parts: list[str], position: int, origin: Origin) -> Module:
        name = ".".join(parts)
        if package.path is None or package.folder is None or self._has_more(package.path):
            return Module(name, Origin.UNKNOWN, absent=position)
        expected = package.folder.joinpath(*parts[position:-1], f"{parts[-1]}.py")
        return Module(name, Origin.MISSING, expected=expected, absent=position)

    def _has_more(self, path: Path) -> bool:
        """Whether a package has modules elsewhere: its file says so, or is a stub of what lies elsewhere."""
        return path.suffix == ".pyi" or self.is_extended(path)

    def is_extended(self, path: Path) -> bool:
        """Whether the package's own file changes where its modules are looked for."""
        if path not in self._extended:
            try:
                self._extended[path] = _EXTENDED.search(path.read_bytes()) is not None
            except OSError:
                self._extended[path] = False
        return self._extended[path]

    def _at(self, folder: Path, name: str, dotted: str, origin: Origin) -> Module | None:
        key = (str(folder), dotted, origin)
        if key not in self._found:
            self._found[key] = self._look(folder, name, dotted, origin)
        return self._found[key]

    def _look(self, folder: Path, name: str, dotted: str, origin: Origin) -> Module | None:
        names = self.listing.names(folder)
        if name in names:
            inner = self.listing.names(folder / name)
            if "__init__.py" in inner:
                stub = folder / name / "__init__.pyi" if "__init__.pyi" in inner else None
                return Module(dotted, origin, folder / name / "__init__.py", folder / name, stub)
            if "__init__.pyi" in inner:
                return Module(dotted, origin, folder / name / "__init__.pyi", folder / name)
        if f"{name}.py" in names:
            stub = folder / f"{name}.pyi" if f"{name}.pyi" in names else None
            return Module(dotted, origin, folder / f"{name}.py", None, stub)
        if f"{name}.pyi" in names:
            return Module(dotted, origin, folder / f"{name}.pyi")
        if name in names and self._holds_python(folder / name):
            return Module(dotted, origin, None, folder / name)
        return None

    def _holds_python(self, folder: Path, depth: int = 3) -> bool:
        names = self.listing.names(folder)
        if any(name.endswith((".py", ".pyi", ".so", ".pyd", ".pyx")) for name in names):
            return True
        return depth > 0 and any(
            name.isidentifier() and self._holds_python(folder / name, depth - 1) for name in sorted(names)[:50]
        )

    def _relative(self, module: str, level: int, importer: Path) -> Module:
        folder = self.folders[importer]
        for _ in range(level - 1):
            folder = self.folders[folder]
        name = self.name_of(folder / "__init__.py") or folder.name
        names = self.listing.names(folder)
        init = next((folder / n for n in ("__init__.py", "__init__.pyi") if n in names), None)
        stub = (
            folder / "__init__.pyi" if init is not None and init.suffix == ".py" and "__init__.pyi" in names else None
        )
        ours = any(is_inside(folder, root) and not is_installed(folder, root) for root in self.roots)
        origin = Origin.WORKSPACE if ours or not self.roots else Origin.INSTALLED
        # Beyond the topmost package there is nothing, but where the build, or a copy of a template, is in another.
        beyond = level > 1 and init is None and (folder in self.roots or not self._is_package(self.folders[importer]))
        package = Module(name, origin, init, folder, stub, certain=not beyond)
        parts = module.split(".") if module else []
        if not all(part.isidentifier() for part in (*parts, folder.name if init is None else "_")):
            return Module(f"{name}.{module}", Origin.UNKNOWN)
        found = package
        for position, part in enumerate(parts):
            inner = self.submodule(found, part)
            if inner is None:
                more = found.path is not None and self._has_more(found.path)
                if origin is not Origin.WORKSPACE or found.folder is None or more or not found.certain:
                    return Module(f"{name}.{module}", Origin.UNKNOWN)
                expected = found.folder.joinpath(*parts[position:-1], f"{parts[-1]}.py")
                return Module(f"{name}.{module}", Origin.MISSING, expected=expected, absent=position)
            found = inner
        return found

    def bases(self, importer: Path) -> tuple[Path, ...]:
        """Folders on the path of the file, in order, as far as its place and the project's settings tell."""
        folder = self.folders[importer]
        found = self._bases.get(folder)
        if found is None:
            own = [] if self._is_package(folder) else [folder]
            found = tuple(dict.fromkeys([*own, self.base_of(importer), *self._told(folder)]))
            self._bases[folder] = found
        return found

    def _told(self, folder: Path) -> tuple[Path, ...]:
        """Those that tests, projects and their settings put there."""
        found = self._told_of.get(folder)
        if found is None:
            above = [p for p in (folder, *folder.parents) if any(is_inside(p, root) for root in self.roots)]
            tests = [p for p in above if "conftest.py" in self.listing.names(p) and not self._is_package(p)]
            projects = [q for p in above if self._is_project(p) and not self._is_package(p) for q in (p, p / "src")]
            found = self._told_of[folder] = (*tests, *projects, *self._near(folder))
        return found

    def _near(self, path: Path) -> list[Path]:
        found = self._near_to.get(path)
        if found is None:
            roots = sorted(self.roots, key=lambda root: not is_inside(path, root))
            inside = (p for root in roots for p in (root / "src", root) if p == root or p.is_dir())
            found = self._near_to[path] = [*self._settings(), *inside]
        return found

    def _settings(self) -> tuple[Path, ...]:
        if self._configured is None:
            self._configured = tuple(dict.fromkeys(p for root in self.roots for p in configured(root) if p.is_dir()))
        return self._configured

    def _is_package(self, folder: Path) -> bool:
        names = self.listing.names(folder)
        return "__init__.py" in names or "__init__.pyi" in names

    def _elsewhere(self, top: str) -> tuple[Path, ...]:
        """Folders anywhere in the workspace that hold a top-level module or package of that name."""
        files = self.files()
        if self.tops.files is not files:
            tops: dict[str, dict[Path, None]] = {}
            for folder in {path.parent for path in files}:
                base = folder
                name = ""
                for _ in range(_MAX_CLIMB):
                    if not self._is_package(base) or base.parent == base:
                        break
                    base, name = base.parent, base.name
                if name:
                    tops.setdefault(name, {})[base] = None
                else:
                    for file in self.listing.names(folder):
                        if file.endswith(".py"):
                            tops.setdefault(file[:-3], {})[folder] = None
                    tops.setdefault(folder.name, {})[folder.parent] = None
            self.tops.folders = {name: tuple(sorted(folders)) for name, folders in tops.items()}
            self.tops.files = files
        return self.tops.folders.get(top, ())
