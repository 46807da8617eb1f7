"""What is shown when the keys rest is what a fresh look at the text finds, however it was typed."""

from __future__ import annotations

import asyncio
import random

import pytest
from lsprotocol import types

from autogen_lsp.analysis.findings import find
from autogen_lsp.analysis.project import Project
from autogen_lsp.text import line_column
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source
from tests.e2e.conftest import Start
from tests.e2e.editor import Editor

OTHER = "class Base:\n    def known(self):\n        return 1\n"
TEXT = (
    "import os\nfrom other import Base, gone\n\n\ndef first(x):\n    return missing(x)\n\n\nclass A(Base):\n"
    + "".join(f"    def m{i}(self):\n        self.lost{i % 3}(helper{i}(), self.known())\n\n" for i in range(150))
    + "\ndef last(a):\n    a.b(absent())\n"
)
PIECES = [
    "x",
    "lost()",
    "\n",
    "    ",
    "(",
    ")",
    '"',
    "'''",
    ":",
    " = ",
    "helper1 = 1\n",
    "def helper2(): pass\n",
    "#",
    "é",
]


def shown(editor: Editor, uri: str) -> list[tuple[str, int, str]]:
    found: list[types.Diagnostic] = list(editor.client.diagnostics.get(uri, ()))
    return sorted((str(each.code), each.range.start.line + 1, each.message) for each in found)


def fresh(editor: Editor, uri: str) -> list[tuple[str, int, str]]:
    path = editor.root / "m.py"
    source = Source(path, editor.buffers[uri].text, 1)
    project = Project(Snapshot((editor.root,), {path: source}))
    return sorted(
        (finding.kind.value, line_column(source.text, source.lines, finding.span.start)[0], finding.message)
        for finding in find(project, path)
    )


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_shown_in_the_end_is_what_a_fresh_look_finds(editor_for: Start, seed: int) -> None:
    editor = await editor_for({"m.py": TEXT, "other.py": OTHER})
    uri, chance = editor.open("m.py"), random.Random(seed)
    for _ in range(40):
        text = editor.text(uri)
        start = chance.randrange(len(text))
        end = min(start + chance.choice((0, 0, 0, 1, 5, 200)), len(text))
        editor.change(uri, len(text[:start].encode()), len(text[:end].encode()), chance.choice(PIECES))
        await asyncio.sleep(chance.choice((0, 0, 0.002, 0.02, 0.2)))
    expected = fresh(editor, uri)
    await editor.until(lambda: shown(editor, uri) == expected)
    await asyncio.sleep(0.5)  # and it stays
    assert shown(editor, uri) == expected
    assert editor.messages() == []
