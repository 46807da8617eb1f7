"""One fixture language for all tests of actions: texts before and after, with the cursor as ``$0``.

A text may hold several files, each after a line ``//- path.py`` (as in rust-analyzer); a text without such lines is the
file ``main.py``. ``after`` holds the files that changed or are new; all others must stay as they were. Every file
of the result must compile. The files are written to a scratch folder, so what is tested is what users run.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autogen_lsp.analysis import apply, plan, targets
from autogen_lsp.analysis.caches import Caches
from autogen_lsp.analysis.model import Plan, Target
from autogen_lsp.analysis.project import Project
from autogen_lsp.text import SourceChange
from autogen_lsp.workspace.snapshot import Snapshot

CURSOR = "$0"
_FILE = re.compile(r"^//- (\S+)\n", re.M)


@dataclass(frozen=True)
class Workspace:
    """Files on disk, a project over them, and where the cursor is (a byte offset)."""

    root: Path
    files: dict[str, str]
    project: Project
    path: Path
    offset: int

    @property
    def targets(self) -> list[Target]:
        return targets.at(self.project, self.path, self.offset)

    def plan(self, index: int = 0) -> Plan:
        assert self.targets, "nothing is offered at the cursor"
        return plan.make(self.project, self.targets[index])


@cache
def _caches() -> Caches:
    """Shared by all tests, so that typeshed is read once."""
    return Caches()


def split(text: str, default: str = "main.py") -> dict[str, str]:
    """The files of a fixture text."""
    parts = _FILE.split(text)
    if len(parts) == 1:
        return {default: text}
    assert not parts[0].strip(), "text before the first //- line"
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@contextmanager
def workspace(before: str) -> Iterator[Workspace]:
    """A scratch folder with the files of a fixture text that has one ``$0``."""
    files = split(before)
    ((name, marked),) = [(name, text) for name, text in files.items() if CURSOR in text]
    offset = len(marked[: marked.index(CURSOR)].encode())
    files[name] = marked.replace(CURSOR, "", 1)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for file, text in files.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_bytes(text.encode())
        yield Workspace(root, files, Project(Snapshot((root,)), caches=_caches()), root / name, offset)


def written(space: Workspace, change: SourceChange) -> dict[str, str]:
    """All files after a change."""
    out = dict(space.files)
    for file in change.files:
        name = file.path.relative_to(space.root).as_posix()
        assert file.creates == (name not in out)
        out[name] = file.apply(out.get(name, "").encode()).decode()
    return out


def check(before: str, after: str, *, title: str | None = None, index: int = 0) -> None:
    """Creating what is missing at the cursor, with the skeleton, turns ``before`` into ``after``."""
    with workspace(before) as space:
        made = space.plan(index)
        result = written(space, apply.realise(space.project, made, made.skeleton))
        expected = space.files | split(after, space.path.name)
        for name, text in expected.items():
            assert result.get(name) == text, name
        assert result.keys() == expected.keys()
        for name, text in result.items():
            compile(text, name, "exec", dont_inherit=True)
        if title is not None:
            assert made.title == title


def check_not_offered(before: str) -> None:
    """Nothing is offered at the cursor."""
    with workspace(before) as space:
        assert space.targets == []


def signature(before: str) -> str:
    """The first lines of the skeleton that is offered at the cursor, up to its body."""
    with workspace(before) as space:
        lines = space.plan().skeleton.splitlines()
        return "\n".join(lines[: next(i for i, line in enumerate(lines) if line.endswith(":")) + 1])
