"""While a build is under way, a project says of the workspace just what it will say once all is indexed."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_lsp.analysis.findings import find
from autogen_lsp.analysis.project import Project
from autogen_lsp.config import Settings
from autogen_lsp.index.client import Index
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source

from .conftest import Workspace

FILES = {
    "a.py": "from b import make\nclass Base: ...\nmake(1)\n",
    "b.py": "from a import Base\nclass Made(Base): ...\ndef make(size): ...\n",
    "c.py": "import b\nb.make(2)\nb.missing()\nsetattr(b, 'said', 1)\n",
    "e.py": "class\\\n  old: ...\nremake(old)\nfor run in gone (): make = run\nx.gone = remade[make](1)\n",
    "pkg/d.py": "from b import gone\nfrom a import Base\nclass Other(Base):\n    def run(self): return self.lost()\n",
}


def stopped_with(left: int, index: Index) -> Index:
    """The index as a build leaves it that is stopped when so many files are still to be read."""
    index.rescan(stopped=lambda: index.pending is not None and len(index.pending) <= left)
    assert index.pending is not None and len(index.pending) == left
    return index


def answers(project: Project) -> dict[str, object]:
    """What a project says of the workspace."""
    defined = {name: project.defines(name) for name in ("make", "gone", "run", "old")}
    by_name = {
        (how, name): getattr(project, how)(name)
        for how in ("calls", "definitions", "importers", "derived")
        for name in ("make", "Base", "Made", "b", "gone", "run", "old")
    }
    said = {name: project.says(name) for name in ("said", "unsaid")}
    found = {path: find(project, path) for path in project.files()}
    return {"names": by_name, "said": said, "defined": defined, "findings": found, "files": set(project.files())}


def project_of(workspace: Workspace, index: Index | None, documents: dict[Path, Source] | None = None) -> Project:
    snapshot = Snapshot((workspace.root,), documents or {}, Settings())
    if index is None:
        return Project(snapshot)
    index.overlay(snapshot.documents)
    return Project(snapshot, index, pending=index.pending)


@pytest.mark.parametrize("left", range(1, 5))
def test_at_every_stage_of_the_first_build(workspace: Workspace, left: int) -> None:
    for name, text in FILES.items():
        workspace.write(name, text)
    complete = answers(project_of(workspace, workspace.built(cache=workspace.root.parent / "whole")))
    growing = project_of(workspace, stopped_with(left, workspace.open()))
    assert not growing.is_indexed
    assert answers(growing) == complete
    assert answers(project_of(workspace, None)) == complete


@pytest.mark.parametrize("left", [1, 2])
def test_what_is_stored_of_files_that_changed_meanwhile_is_not_believed(workspace: Workspace, left: int) -> None:
    for name, text in FILES.items():
        workspace.write(name, text.replace("make", "old"))
    workspace.built().close()
    workspace.write("b.py", FILES["b.py"])
    changed = workspace.write("c.py", FILES["c.py"])
    index = stopped_with(left, workspace.open())
    opened = {changed: Source(changed, b"import b\nb.make(3)\nb.make(4)\n", 1)}
    for documents in ({}, opened):
        assert answers(project_of(workspace, index, documents)) == answers(project_of(workspace, None, documents))


def test_before_the_first_walk_nothing_is_believed(workspace: Workspace) -> None:
    workspace.write("a.py", "old()\n")
    workspace.built().close()
    workspace.write("a.py", "def new(): ...\n")
    index = workspace.open()
    assert index.pending is None
    project = project_of(workspace, index)
    assert not project.is_indexed
    assert not project.calls("old")
    assert [symbol.name for _, symbol in project.definitions("new")] == ["new"]
