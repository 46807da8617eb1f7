"""A workspace folder, indexes of it with a cache folder of their own, and what an index says, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autogen_lsp.config import Problem, Settings
from autogen_lsp.index.client import Index


class Workspace:
    """Files to index. Indexes are opened in-process unless ``workers`` says otherwise, and closed at the end."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.cache = folder / "cache"
        self.root.mkdir()
        self.problems: list[Problem] = []
        self.opened: list[Index] = []

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def open(self, *, workers: int = 0, cache: Path | None = None, exclude: tuple[str, ...] = ()) -> Index:
        settings = Settings(cache_dir=str(cache or self.cache), context_exclude=exclude)
        index = Index([self.root], settings, self.problems.append, workers=workers)
        self.opened.append(index)
        return index

    def built(self, *, workers: int = 0, cache: Path | None = None) -> Index:
        index = self.open(workers=workers, cache=cache)
        index.rescan()
        assert index.complete
        return index

    @property
    def database(self) -> Path:
        (path,) = (self.cache / "index").glob("*.index")
        return path


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace(tmp_path)
    yield made
    for index in made.opened:
        index.close()


def contents(index: Index) -> dict[str, Any]:
    """All answers that an index can give about its files; two indexes of the same files give the same."""
    facts = {path: index.facts(path) for path in index.files()}
    known = [f for f in facts.values() if f is not None]
    called = sorted({call.name for f in known for call in f.calls})
    defined = sorted({symbol.name for f in known for symbol in f.symbols})
    return {
        "facts": facts,
        "calls": {name: index.calls(name) for name in called},
        "definitions": {name: index.definitions(name) for name in defined},
        "derived": {name: index.derived(name) for name in [*defined, "Base"]},
        "search": {name: index.search(name, 50) for name in defined},
    }


def names(found: list[tuple[Path, Any]] | list[tuple[Path, Any, float]]) -> list[tuple[str, str]]:
    return [(row[0].name, row[1].name) for row in found]


type Opener = Callable[[], Index]
