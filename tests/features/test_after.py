"""After a generation: provenance on hover, lenses, usage, and taking it back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from autogen_lsp import services as composition
from autogen_lsp.analysis import plan
from autogen_lsp.config import Settings
from autogen_lsp.errors import EditRefused, NotFound
from autogen_lsp.features.hover import hover, provenance
from autogen_lsp.features.implement import Outcome, implement
from autogen_lsp.features.lenses import lenses
from autogen_lsp.features.revert import revert
from autogen_lsp.features.usage import usage
from autogen_lsp.services import Services
from autogen_lsp.text import SourceChange
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source
from tests.support.actions import Workspace, workspace

BEFORE = """\
def main(rooms):
    for room in rooms:
        sh$0ow(room)


def last():
    return 1
"""


@dataclass
class Generated:
    space: Workspace
    services: Services
    outcome: Outcome

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot((self.space.root,), settings=self.services.settings)

    @property
    def path(self) -> Path:
        return self.space.path

    @property
    def text(self) -> str:
        return self.path.read_text()

    def write(self, change: SourceChange) -> None:
        for file in change.files:
            file.path.write_bytes(file.apply(file.path.read_bytes()))


@contextmanager
def generated(before: str = BEFORE) -> Iterator[Generated]:
    """A skeleton that was generated at the cursor and applied on disk."""
    with workspace(before) as space:
        services = composition.build(Settings(backend="skeleton"), (space.root,))

        async def run() -> Outcome:
            snapshot = Snapshot((space.root,), settings=services.settings)
            return await implement(services, lambda: snapshot, space.targets[0])

        done = Generated(space, services, asyncio.run(run()))
        done.write(done.outcome.change)
        done.outcome.applied(done.snapshot)
        try:
            yield done
        finally:
            asyncio.run(services.aclose())


def test_hover_on_the_header_tells_where_the_code_came_from() -> None:
    with generated() as done:
        shown = hover(done.services, done.snapshot, done.path, done.text.index("def show") + 4)

    assert shown is not None
    markdown, span = shown
    assert span.end - span.start == len("show")
    assert "`skeleton`" in markdown
    assert "Edited since: no" in markdown


def test_hover_on_hand_written_code_tells_nothing() -> None:
    with generated() as done:
        assert hover(done.services, done.snapshot, done.path, done.text.index("def last") + 4) is None
        assert provenance(done.services, done.snapshot, done.path, done.text.index("def last") + 4) is None


def test_edit_of_generated_code_is_noticed_but_moving_it_is_none() -> None:
    with generated() as done:
        done.path.write_text("import os\n\n" + done.text)
        offset = done.text.index("def show") + 4
        moved = provenance(done.services, done.snapshot, done.path, offset)
        done.path.write_text(done.text.replace("raise NotImplementedError", "return room"))
        edited = provenance(done.services, done.snapshot, done.path, offset)

    assert moved is not None
    assert edited is not None
    assert (moved["editedSince"], edited["editedSince"]) == (False, True)


def test_lenses_stand_above_generated_code_and_stubs() -> None:
    with generated() as done:
        found = lenses(done.services.project(done.snapshot), done.services.provenance, done.path)

    titles = ["Generate", "Prompt", "Regenerate", "Revert", "Provenance"]  # what was generated is a stub, too
    assert [lens.title for lens in found] == titles
    assert {lens.qualname for lens in found} == {"show"}


def test_revert_restores_the_file_to_the_letter() -> None:
    with generated() as done:
        change, record = revert(done.services, done.snapshot, done.path, "show")
        done.write(change)
        text = done.text
        done.services.provenance.mark(record.id, "reverted")
        with pytest.raises(NotFound):
            revert(done.services, done.snapshot, done.path, "show")

    assert text == BEFORE.replace("$0", "")


@pytest.mark.parametrize(
    "exports",
    ['["close", "write"]', '["close"]', '("a", "b")', '[\n    "close",  # too\n]', '[\n    "a",\n    "z",\n]'],
)
def test_revert_takes_the_name_out_of_its_modules_list(exports: str) -> None:
    tools = f"__all__ = {exports}\n"
    before = f"//- main.py\nimport tools\n\ntools.re$0ad(2)\n//- tools.py\n{tools}"
    with generated(before) as done:
        path = done.path.with_name("tools.py")
        assert '"read"' in path.read_text()
        change, _ = revert(done.services, done.snapshot, path, "read")
        done.write(change)

        assert path.read_text() == tools


def test_revert_of_edited_code_is_refused_unless_forced() -> None:
    with generated() as done:
        done.path.write_text(done.text.replace("raise NotImplementedError", "return room"))
        with pytest.raises(EditRefused, match="edited since"):
            revert(done.services, done.snapshot, done.path, "show")
        change, _ = revert(done.services, done.snapshot, done.path, "show", force=True)
        done.write(change)

        assert "def show" not in done.text


def test_only_member_of_a_class_is_reverted_to_a_body_that_parses() -> None:
    before = "class Room:\n    pass\n\n\ndef main():\n    room = Room()\n    room.ar$0ea(2)\n"
    with generated(before) as done:
        assert "def area" in done.text
        change, _ = revert(done.services, done.snapshot, done.path, "Room.area")
        done.write(change)
        compile(done.text, "main.py", "exec")

        assert "def area" not in done.text


def test_usage_counts_the_generation() -> None:
    with generated() as done:
        report = usage(done.services)

    assert report["generations"]["succeeded"] == 1
    assert report["cost"]["amount"] == 0
    assert report["groups"] == [{"key": "main.py", "generations": 1, "cost": 0.0}]


def test_change_is_made_again_on_a_text_that_moved() -> None:
    with workspace(BEFORE) as space:
        services = composition.build(Settings(backend="skeleton"), (space.root,))

        async def run() -> str:
            snapshot = Snapshot((space.root,), settings=services.settings)
            outcome = await implement(services, lambda: snapshot, space.targets[0])
            space.path.write_text("import os\n\n\n" + space.path.read_text().replace("def last", "def final"))
            (change,) = outcome.rebase(Snapshot((space.root,), settings=services.settings)).files
            await services.aclose()
            return change.apply(space.path.read_bytes()).decode()

        after = asyncio.run(run())

    assert after.startswith("import os\n\n\ndef main(rooms):")
    assert after.index("def main") < after.index("def show") < after.index("def final")


def test_change_is_made_again_only_where_something_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    with workspace(BEFORE) as space:
        services = composition.build(Settings(backend="skeleton"), (space.root,))
        opened = Source(space.path, space.path.read_bytes(), version=1)
        typed = Source(space.path, b"import os\n\n\n" + opened.text, version=2)

        def snapshot(document: Source) -> Snapshot:
            return Snapshot((space.root,), {space.path: document}, services.settings)

        async def run() -> None:
            outcome = await implement(services, lambda: snapshot(opened), space.targets[0])
            plans: list[object] = []
            made = plan.make
            monkeypatch.setattr(plan, "make", lambda *given: plans.append(given) or made(*given))
            assert outcome.rebase(snapshot(opened)) is outcome.change
            assert plans == []
            (change,) = outcome.rebase(snapshot(typed)).files
            assert len(plans) == 1
            assert change.version == 2
            await services.aclose()

        asyncio.run(run())


def test_constructor_is_put_in_place_in_a_text_that_moved() -> None:
    with workspace("class Room:\n    pass\n\n\ndef main():\n    return Ro$0om(3)\n") as space:
        services = composition.build(Settings(backend="skeleton"), (space.root,))

        async def run() -> str:
            snapshot = Snapshot((space.root,), settings=services.settings)
            outcome = await implement(services, lambda: snapshot, space.targets[0])
            space.path.write_text("import os\n\n\n" + space.path.read_text())
            (change,) = outcome.rebase(Snapshot((space.root,), settings=services.settings)).files
            await services.aclose()
            return change.apply(space.path.read_bytes()).decode()

        after = asyncio.run(run())

    assert "class Room:\n    def __init__(self, arg1: int) -> None:\n" in after


@pytest.mark.parametrize(
    ("replacement", "reason"),
    [
        ("def show(room):\n    return room\n\n\ndef main(rooms):\n    show(rooms)\n", "defined meanwhile"),
        ("def main(rooms):\n    return rooms\n", "no longer used"),
    ],
)
def test_change_is_refused_where_its_reason_is_gone(replacement: str, reason: str) -> None:
    with workspace(BEFORE) as space:
        services = composition.build(Settings(backend="skeleton"), (space.root,))

        async def run() -> None:
            snapshot = Snapshot((space.root,), settings=services.settings)
            outcome = await implement(services, lambda: snapshot, space.targets[0])
            space.path.write_text(replacement)
            try:
                outcome.rebase(Snapshot((space.root,), settings=services.settings))
            finally:
                await services.aclose()

        with pytest.raises(EditRefused, match=reason):
            asyncio.run(run())
