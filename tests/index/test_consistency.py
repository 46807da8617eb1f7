"""Whatever happens to files and buffers, the index says what a fresh one would say."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from autogen_lsp.syntax.facts import Incremental
from autogen_lsp.syntax.model import Facts
from autogen_lsp.workspace.source import Source

from .conftest import Workspace, contents

NAMES = st.sampled_from(["a.py", "b.py", "pkg/__init__.py", "pkg/c.py", "pkg/stub.pyi", "ignored.py", "notes.txt"])
TEXTS = st.lists(
    st.sampled_from([
        "def total(price, tax=0):\n    '''Sum of parts.'''\n    return helper(price)\n",
        "class Invoice(Base):\n    def total(self): return self.parts(1)\n",
        "import pkg.c\nfrom .c import total as sum_\n",
        "total(1, key=2)\ntotal(helper())\n",
        "größe = total(\n", "x = (\n", "\0", "def f(:\n",
    ]),
    max_size=4,
).map("".join)  # fmt: skip


class Editing(RuleBasedStateMachine):
    """Edits, renames, deletes, branch switches, buffers and restarts, in any order."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.workspace = Workspace(self.folder)
        self.workspace.write(".gitignore", "ignored.py\n")
        self.index = self.workspace.built()
        self.buffers: dict[Path, tuple[Source, Facts]] = {}
        self.documents: dict[Path, Incremental] = {}

    @rule(name=NAMES, text=TEXTS)
    def write(self, name: str, text: str) -> None:
        self.index.update(self.workspace.write(name, text))

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        (self.workspace.root / name).unlink(missing_ok=True)
        self.index.update(self.workspace.root / name)

    @rule(old=NAMES, new=NAMES)
    def rename(self, old: str, new: str) -> None:
        path = self.workspace.root / old
        if path.exists() and old != new:
            target = self.workspace.root / new
            target.parent.mkdir(exist_ok=True)
            path.rename(target)
            self.index.update(path)
            self.index.update(target)

    @rule(changes=st.dictionaries(NAMES, TEXTS | st.none(), max_size=4))
    def switch_branch(self, changes: dict[str, str | None]) -> None:
        for name, text in changes.items():
            if text is None:
                (self.workspace.root / name).unlink(missing_ok=True)
            else:
                self.workspace.write(name, text)
        self.index.rescan()

    @rule(name=NAMES, text=TEXTS)
    def type_into(self, name: str, text: str) -> None:
        path = self.workspace.root / name
        source = Source(path, text.encode(), version=1)
        facts = self.documents.setdefault(path, Incremental()).update(source)
        self.buffers = {**self.buffers, path: (source, facts)}
        self.index.overlay(self.buffers)

    @rule(name=NAMES)
    def save(self, name: str) -> None:
        path = self.workspace.root / name
        if path in self.buffers:
            self.index.update(self.workspace.write(name, self.buffers[path][0].text.decode()))

    @rule(name=NAMES)
    def close_buffer(self, name: str) -> None:
        self.buffers = {path: s for path, s in self.buffers.items() if path != self.workspace.root / name}
        self.index.overlay(self.buffers)

    @rule()
    def restart(self) -> None:
        self.index.close()
        self.index = self.workspace.open()
        self.index.rescan()
        self.index.overlay(self.buffers)

    @invariant()
    def says_what_a_fresh_index_says(self) -> None:
        if not hasattr(self, "index"):
            return
        cache = Path(tempfile.mkdtemp(dir=self.folder))
        fresh = self.workspace.built(cache=cache)
        fresh.overlay(self.buffers)
        assert set(self.index.files()) == set(fresh.files())
        assert contents(self.index) == contents(fresh)
        fresh.close()

    def teardown(self) -> None:
        if hasattr(self, "workspace"):
            for index in self.workspace.opened:
                index.close()
            shutil.rmtree(self.folder)


TestEditing = Editing.TestCase
TestEditing.settings = settings(max_examples=15, stateful_step_count=10, deadline=None)
