"""Planning never raises, whatever the file looks like, and keeps a file that compiles one that compiles."""

from __future__ import annotations

import random
import warnings
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from autogen_lsp.analysis import apply, plan, targets
from autogen_lsp.analysis.caches import Caches
from autogen_lsp.analysis.model import Finding, FindingKind, Plan
from autogen_lsp.analysis.project import Project
from autogen_lsp.text import Span
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source

STDLIB = Path(random.__file__).parent
FILES = ("contextlib.py", "dataclasses.py", "functools.py", "json/decoder.py", "asyncio/tasks.py")


@cache
def _caches() -> Caches:
    return Caches()


def plans(root: Path, text: bytes, rng: random.Random, count: int) -> list[tuple[Project, Plan]]:
    """Plans for calls of the text as though what they call were missing from it."""
    path = root / "m.py"
    project = Project(Snapshot((root,), {path: Source(path, text)}), caches=_caches())
    facts = project.facts(path)
    assert facts is not None
    out: list[tuple[Project, Plan]] = []
    for call in rng.sample(facts.calls, min(count, len(facts.calls))):
        span = Span(call.start, call.end)
        name = f"absent_{call.name}"
        target = targets.target_of(project, Finding(path, span, FindingKind.UNDEFINED_CALL, call.name, "", path, name))
        assert target is not None
        out.append((project, plan.make(project, target)))
    return out


def compiles(text: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "m.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


@pytest.mark.parametrize("name", FILES)
def test_what_compiles_still_compiles_afterwards(name: str, tmp_path: Path) -> None:
    text = (STDLIB / name).read_bytes()
    for project, made in plans(tmp_path, text, random.Random(name), 8):
        (file,) = apply.realise(project, made, made.skeleton).files
        assert compiles(file.apply(text)), made.title


@pytest.mark.parametrize("name", FILES)
def test_truncated_files_and_random_bytes_are_planned_all_the_same(name: str, tmp_path: Path) -> None:
    rng = random.Random(name)
    text = (STDLIB / name).read_bytes()
    for _ in range(4):
        broken = bytearray(text[: rng.randrange(len(text))])
        for _ in range(3):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        for project, made in plans(tmp_path, bytes(broken), rng, 2):
            assert compiles(made.skeleton.encode())
            apply.realise(project, made, made.skeleton)


def test_deep_nesting_is_survived(tmp_path: Path) -> None:
    deep = (
        b"x = f(" + b"(" * 3000 + b"1" + b")" * 3000 + b", " + b"+".join([b"1"] * 3000) + b", a" + b".b" * 3000 + b")\n"
    )
    ((_, made),) = [found for found in plans(tmp_path, deep, random.Random(0), 9) if found[1].target.name == "absent_f"]
    assert made.skeleton.startswith("def absent_f(")


def test_a_chain_of_missing_calls_gets_consistent_types(tmp_path: Path) -> None:
    text = dedent(
        """\
        total: int = add(read("a"), 2)
        text: str = read("b")
        """
    ).encode()
    (tmp_path / "m.py").write_bytes(text)
    project = Project(Snapshot((tmp_path,)), caches=_caches())
    skeletons = []
    for name in (b"add", b"read"):
        offset = text.index(name)
        (target,) = targets.at(project, tmp_path / "m.py", offset)
        skeletons.append(plan.make(project, target).skeleton.splitlines()[0])
    assert skeletons == ["def add(read: str, arg2: int) -> int:", "def read(arg1: str) -> str:"]
