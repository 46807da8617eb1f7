"""Index and graph, led through the same history, know what a fresh index and a fresh graph know of its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from autogen_lsp.codebase.client import Graph
from autogen_lsp.workspace.source import Source
from tests.index.conftest import Workspace, contents

pytest.importorskip("graph_sitter", reason="graph-sitter is not installed")

_MODULES = 5
_NAMES = 4


class History:
    """A workspace in use: files on disk, open documents, an index and a graph that are told of everything."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = Random(seed)
        self.workspace = Workspace(folder)
        self.workspace.write("pack/__init__.py", "from .m0 import f0 as f0\n")
        self.paths = [self.workspace.root / f"pack/m{number}.py" for number in range(_MODULES)]
        for path in self.paths[:-1]:
            path.write_text(self._text())
        self.documents: dict[Path, Source] = {}
        self.index = self.workspace.built()
        self.graph = Graph([self.workspace.root], first_pause=0.0)

    def _text(self) -> str:
        pick = self.random.randrange
        imports = "".join(
            f"from {self.random.choice(('pack.', '.'))}m{pick(_MODULES)} import f{pick(_NAMES)}{alias}\n"
            for alias in self.random.sample(("", "", " as g"), 2)
        )
        calls = "".join(f"    {self.random.choice('fg')}{pick(_NAMES)}({pick(9)})\n" for _ in range(2))
        functions = "".join(f"def f{pick(_NAMES)}(a{pick(4)}):\n{calls}" for _ in range(2))
        method = (
            f"class C{pick(2)}(C{pick(2)}):\n    def f{pick(_NAMES)}(self):\n        return self.f{pick(_NAMES)}()\n"
        )
        return imports + functions + self.random.choice((method, "x = f0\n", "def broken(:\n", "größe = 'é'\n"))

    async def step(self) -> None:
        path = self.random.choice(self.paths)
        match self.random.choice(
            ("type", "type", "save", "disk", "rename", "delete", "close", "ask", "kill", "restart")
        ):
            case "type":
                self._type(path, self._text())
            case "save" if path in self.documents:
                path.write_bytes(self.documents[path].text)
                self.index.update(path)
            case "disk":
                path.write_text(self._text())
                self._on_disk(path)
            case "rename":
                self._rename(path, self.random.choice(self.paths))
            case "delete":
                path.unlink(missing_ok=True)
                self._on_disk(path)
            case "close" if self.documents.pop(path, None):
                self.index.overlay(self.documents)
                self.graph.closed(path)
            case "ask":
                await self.graph.describe(path, f"f{self.random.randrange(_NAMES)}", 60.0, self.paths[:2])
            case "kill":
                # A question that met its death would be taken for the cause of it, and so would news of a buffer: these
                # are told in the background.
                await asyncio.wrap_future(self.graph._thread.submit(lambda: None))
                if (worker := self.graph._worker) is not None:
                    worker.end()
                    await asyncio.to_thread(worker._process.wait)
            case "restart":
                self.index.close()
                self.index = self.workspace.open()
                self.index.rescan()
                self.index.overlay(self.documents)

    def _type(self, path: Path, text: str) -> None:
        self.documents = {**self.documents, path: Source(path, text.encode(), 1)}
        self.index.overlay(self.documents)
        self.graph.changed(path, text.encode())

    def _rename(self, old: Path, new: Path) -> None:
        """As editors do it: what was open stays open under the new name."""
        if not old.exists() or old == new:
            return
        old.rename(new)
        self.documents.pop(new, None)
        document = self.documents.pop(old, None)
        if document is not None:
            self.documents[new] = Source(new, document.text, 1)
        self.index.overlay(self.documents)
        self.index.update(old)
        self.index.update(new)
        self.graph.renamed(old, new)

    def _on_disk(self, path: Path) -> None:
        self.index.update(path)
        if path not in self.documents:
            self.graph.deleted(path)

    async def check(self) -> None:
        await self._check_graph()
        fresh = self.workspace.built(cache=self.workspace.cache.with_name(f"cache{len(self.workspace.opened)}"))
        fresh.overlay(self.documents)
        assert set(self.index.files()) == set(fresh.files())
        assert contents(self.index) == contents(fresh)
        fresh.close()

    async def _check_graph(self) -> None:
        """The same questions in the same order, to the graph of this history and to one without any."""
        fresh = Graph([self.workspace.root])
        try:
            for path, document in self.documents.items():
                fresh.changed(path, document.text)
            for path in self.paths:
                for qualname in ("", *(f"f{number}" for number in range(_NAMES)), "C0", "C1.missing"):
                    asked = (path, qualname, 60.0, self.paths)
                    assert await self.graph.describe(*asked) == await fresh.describe(*asked), (path, qualname)
        finally:
            fresh.close()

    def close(self) -> None:
        self.graph.close()
        for index in self.workspace.opened:
            index.close()


@pytest.fixture
async def history(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[History]:
    made = History(tmp_path, request.param)
    yield made
    made.close()


@pytest.mark.parametrize("history", range(4), indirect=True)
async def test_any_history_of_edits_and_restarts_ends_where_a_fresh_start_does(history: History) -> None:
    for _ in range(2):
        for _ in range(25):
            await history.step()
        await history.check()
