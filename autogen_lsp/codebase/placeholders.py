"""Stand-ins for packages that graph_sitter imports and a Python codebase has no use for: only for its own process.

Loading graph_sitter takes several times as long and three times the memory with clients of services, plotting, git
tooling and validation than without. Most are empty; of pydantic and dataclasses_json there is what graph_sitter's
settings need, records that take their fields as they are. With no `git` and no `dotenv` nothing, either, can touch the
user's repository or read the user's `.env`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Self

EMPTY = frozenset({
    "codeowners", "colorlog", "dicttoxml", "docstring_parser", "dotenv", "git", "github", "giturlparse", "humanize",
    "networkx", "openai", "plotly", "pydantic_core", "requests", "rich", "sentry_sdk", "tabulate", "unidiff",
    "watchfiles", "xmltodict",
})  # fmt: skip


class Record:
    """Pydantic's ``BaseModel`` without validation: keyword arguments over the class's own values."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __init_subclass__(cls, **_: Any) -> None:
        """Options are for validation."""

    @classmethod
    def model_construct(cls, **values: Any) -> Self:
        made = cls.__new__(cls)
        made.__dict__.update(values)
        return made

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        return self.model_construct(**{**self.__dict__, **(update or {})})


def _field(default: Any = None, *, default_factory: Callable[[], Any] | None = None, **_: Any) -> Any:
    """A field's default; one that is made by a factory is shared, since only `working_set` makes settings."""
    return default_factory() if default_factory is not None else default


def _unchanged[T](cls: T) -> T:
    return cls


# What these modules hold besides placeholders.
_PARTS: dict[str, dict[str, Any]] = {
    "dataclasses_json": {"dataclass_json": _unchanged},
    "pydantic": {"BaseModel": Record, "Field": _field},
    "pydantic.config": {"ConfigDict": dict},
    "pydantic.fields": {"Field": _field},
    "pydantic_settings": {"BaseSettings": Record, "SettingsConfigDict": dict},
}
UNUSED = EMPTY | {name.partition(".")[0] for name in _PARTS}


def install(names: frozenset[str] = UNUSED) -> None:
    """From now on, importing these packages gives stand-ins, unless they are loaded already."""
    sys.meta_path.insert(0, _Finder(names))


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
        vars(module).update(_PARTS.get(module.__name__, {}))


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
