"""Fixture texts in which every missing name stands in guillemets: ``«f»()``. What is not marked must not be found.

A text may hold several files (see `tests.support.actions`). Stubs are left out unless they are asked for.
"""

from __future__ import annotations

import re
from pathlib import Path

from autogen_lsp.analysis.findings import find
from autogen_lsp.analysis.model import Finding, FindingKind
from autogen_lsp.analysis.project import Project
from autogen_lsp.config import Settings
from autogen_lsp.workspace.snapshot import Snapshot
from tests.support.actions import split

_MARK = re.compile("[«»]")


def findings_in(root: Path, text: str, *, stubs: bool = False) -> tuple[list[Finding], list[tuple[str, int, str]]]:
    """Writes the files below ``root``; the findings in all of them, and the marks as (file, byte offset, name)."""
    marks: list[tuple[str, int, str]] = []
    paths = []
    for name, marked in split(text).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_MARK.sub("", marked).encode())
        paths.append(path)
        for found in re.finditer("«(.*?)»", marked):
            before = _MARK.sub("", marked[: found.start()])
            marks.append((name, len(before.encode()), found.group(1)))
    project = Project(Snapshot((root,), settings=Settings()))
    found = [
        finding
        for path in paths
        if path.suffix in (".py", ".pyi")
        for finding in find(project, path)
        if stubs or finding.kind != FindingKind.STUB
    ]
    return found, marks


def check_findings(
    root: Path, text: str, *kinds: str, targets: tuple[tuple[str, str], ...] = (), stubs: bool = False
) -> None:
    """Exactly the marked names are found; with the kinds and (file, qualname) targets given, in order, if any are."""
    found, marks = findings_in(root, text, stubs=stubs)
    shown = [(f.path.relative_to(root).as_posix(), f.span.start, f.span.cut(f.path.read_bytes())) for f in found]
    assert sorted(shown) == sorted(marks), [f.message for f in found]
    if kinds:
        assert [f.kind.value for f in found] == list(kinds)
    if targets:
        at = [(f.target_path.relative_to(root).as_posix() if f.target_path else "", f.target_qualname) for f in found]
        assert at == list(targets)
