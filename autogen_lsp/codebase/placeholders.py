"""Empty stand-ins for packages that graph_sitter imports and a Python codebase never uses: only for its own process.

Loading graph_sitter takes about three times as long and twice the memory with clients of services, plotting and git
tooling than without. With no `git` there is nothing, either, that could touch the user's repository.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

UNUSED = frozenset({"git", "github", "networkx", "openai", "plotly", "requests", "rich", "sentry_sdk"})


def install(names: frozenset[str] = UNUSED) -> None:
    """From now on, importing these packages gives placeholders, unless they are loaded already."""
    sys.meta_path.insert(0, _Finder(names))


def remove(dependents: str) -> None:
    """Import the real packages again, and the package ``dependents`` anew."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Finder)]
    for name, module in list(sys.modules.items()):
        if isinstance(module, _Module) or name.partition(".")[0] == dependents:
            del sys.modules[name]


class _Finder(MetaPathFinder, Loader):
    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        wanted = fullname.partition(".")[0] in self._names
        return ModuleSpec(fullname, self, is_package=True) if wanted else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


class _Module(ModuleType):
    """A module in which every public name is a class of its own."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _Placeholder(name, (_Anything,), {})
        setattr(self, name, made)
        return made


class _Placeholder(type):
    """A class that serves as a base class, in annotations and as a holder of others."""

    def __getattr__(cls, name: str) -> _Placeholder:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Placeholder(name, (_Anything,), {})

    def __getitem__(cls, item: Any) -> _Placeholder:
        return cls

    def __or__(cls, other: Any) -> Any:
        return cls

    def __ror__(cls, other: Any) -> Any:
        return cls


class _Anything:
    """An object that can be made from any arguments."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass
