"""Modules that no Python file holds, and that exist at run time all the same: built, compiled or generated."""

# Paths of sources stay strings: to make a `Path` of each of some ten thousand takes time.
# ruff: noqa: PTH118, PTH119, PTH122

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import msgspec

from autogen_lsp.analysis.listing import Listing, Native
from autogen_lsp.analysis.plain import plain_text
from autogen_lsp.workspace.inside import is_inside

# Suffixes of files that become, or stand for, a module that no .py file holds.
_OTHER_SOURCES = (
    ".pyx",
    ".pxd",
    ".so",
    ".pyd",
    ".c",
    ".cpp",
    ".cc",
    ".rs",
    ".pyi.in",
    ".py.in",
    ".in",
    ".j2",
    ".proto",
    ".xsh",  # from here on by importers: xonsh, Hy, Coconut, Enaml, notebooks, Nimporter, Mojo
    ".hy",
    ".coco",
    ".enaml",
    ".ipynb",
    ".nim",
    ".mojo",
)
_NATIVE = frozenset({".pyx", ".c", ".cc", ".cpp", ".cxx", ".m", ".mm", ".rs", ".f", ".f90", ".pyf"})
_DECLARES = re.compile(  # by pybind11, nanobind, Boost, C
    r"\b(?:(?:PYBIND11|NB|BOOST_PYTHON)_MODULE\(\s*|def_submodule\(\s*\"|PyInit_)(\w+)"
)
_MAX_SOURCES = 2_000  # native ones that are read for what they declare
_MAX_FOLDERS = 20_000  # that are searched for native sources
_NO_SOURCES = frozenset({"node_modules", "site-packages", "venv", "__pycache__"})
_DECLARING = (".c", ".cc", ".cpp", ".cxx")
_GENERATED = ("_pb2", "_pb2_grpc", "_version", "__version__", "_build", "_git_version", "_cffi")
_SETTINGS = frozenset({"pyproject.toml", "setup.cfg", "MANIFEST.in", ".gitignore"})
_BUILD_SCRIPTS = frozenset({"meson.build", "CMakeLists.txt", "Makefile", "noxfile.py", "hatch_build.py", "build.py"})
_SETUP = re.compile(r"setup(?:_\w+)?\.py")


class Build(msgspec.Struct):
    """What the build of the workspace may make. ``files`` lists its Python files and is asked only when needed."""

    roots: tuple[Path, ...]
    listing: Listing
    files: Callable[[], Iterable[Path]]
    native: Native = msgspec.field(default_factory=Native)  # shared between snapshots
    _said: dict[Path, tuple[str, str]] = {}

    def may_make(self, expected: Path, name: str) -> bool:
        """Whether a module that no Python file holds may still exist at run time: built, compiled or generated.

        It, or a package above it that is not there either.
        """
        absent = expected.parent if expected.name == "__init__.py" else expected.with_suffix("")
        leaves = [name.rpartition(".")[2], absent.name]
        while not self.listing.names(absent.parent) and absent.parent != absent:
            absent = absent.parent
            leaves.append(absent.name)
        if any(leaf.endswith(_GENERATED) for leaf in leaves):
            return True
        for entry in self.listing.names(absent.parent):
            if entry.startswith(f"{absent.name}.") and entry.endswith(_OTHER_SOURCES):
                return True
        if not self._stems().isdisjoint([*leaves, *(f"{leaf}module" for leaf in leaves)]):
            return True
        names = "|".join(map(re.escape, dict.fromkeys(leaves)))
        word = re.compile(rf"(?:[./](?:{names})(?!\w)|(?<!\w)(?:{names})\.\w)")
        code = re.compile(rf"(?<![\w:])(?:{names})(?!\w|\s*=\s*[\w.]+:)")  # but no entry point `main = package:main`
        roots = [root for root in self.roots if is_inside(expected, root)]
        above = [folder for folder in expected.parents if any(is_inside(folder, root) for root in roots)]
        below = [absent.parent / name for name in self.listing.names(absent.parent) if "." not in name]
        texts = [self._texts(folder) for folder in (*above, *below)]
        if any(word.search(settings) or code.search(build) for settings, build in texts):
            return True
        return not self._declared().isdisjoint(leaves)  # asked last: it reads all of the native sources

    def may_compile(self, name: str) -> bool:
        """Whether native sources say to make a module of that name (``namemodule.c``), though Python has one, too."""
        return f"{name}module" in self._stems()

    def may_be_module(self, folder: Path) -> bool:
        """Whether a folder without Python files holds the sources of an extension module of its name, or of others."""
        if any(name.endswith(".py") for name in self.listing.names(folder)):
            return False
        return folder.name in self._stems()

    def _stems(self) -> frozenset[str]:
        """Stems of the sources of extension modules, wherever they lie: the build puts the modules in place."""
        files = self.files()
        if self.native.files is not files:
            sources: list[str] = []
            folders = (found for root in self.roots for found in os.walk(root))
            for folder, inner, names in islice(folders, _MAX_FOLDERS):
                inner[:] = [name for name in inner if name not in _NO_SOURCES and not name.startswith(".")]
                sources += (os.path.join(folder, name) for name in names if os.path.splitext(name)[1] in _NATIVE)
            self.native.stems = frozenset(os.path.splitext(os.path.basename(source))[0] for source in sources)
            self.native.sources, self.native.declared, self.native.files = sources, None, files
        return self.native.stems

    def _declared(self) -> frozenset[str]:
        """Names of the extension modules that native sources say to make."""
        self._stems()
        if self.native.declared is None:
            sources = (Path(each) for each in self.native.sources[:_MAX_SOURCES] if each.endswith(_DECLARING))
            texts = (plain_text(source) for source in sources)
            self.native.declared = frozenset(name for text in texts for name in _DECLARES.findall(text))
        return self.native.declared

    def _texts(self, folder: Path) -> tuple[str, str]:
        """What the folder's settings say, in which files are named by their paths, and its build scripts."""
        if folder not in self._said:
            names = self.listing.names(folder)
            scripts = [name for name in names if name in _BUILD_SCRIPTS or _SETUP.fullmatch(name)]
            self._said[folder] = (_read(folder, names & _SETTINGS), _read(folder, scripts))
        return self._said[folder]


def _read(folder: Path, names: Iterable[str]) -> str:
    texts = []
    for name in names:
        try:
            texts.append((folder / name).read_text("utf-8", "replace")[:200_000])
        except OSError:
            continue
    return "\n".join(texts)
