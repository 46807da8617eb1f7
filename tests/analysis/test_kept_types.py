"""What is kept of types for later questions of other files: the same whoever asked first."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_lsp.analysis import infer, nodes
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.project import Project
from autogen_lsp.text import Span
from autogen_lsp.workspace.snapshot import Snapshot
from tests.support.actions import signature

_DEEP = "class C: ...\ndef f0(): return C()\n" + "".join(f"def f{n}(): return f{n - 1}()\n" for n in range(1, 9))
_ROUND = "class C: ...\ndef f0(): return C() if later else f8()\n" + "".join(
    f"def f{n}(): return f{n - 1}()\n" for n in range(1, 9)
)
_CHAINED = "class C: ...\nx0 = C()\n" + "".join(f"x{n} = x{n - 1}\n" for n in range(1, 9)) + "def f8(): return x8\n"


@pytest.mark.parametrize("text", [_DEEP, _ROUND, _CHAINED])
@pytest.mark.parametrize("name", ["f", "x"])
def test_a_type_is_the_same_whoever_asked_first(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / "lib.py").write_text(text)
    asked = [f"{name}{n}{'()' * (name == 'f')}" for n in range(9)]
    user = tmp_path / "user.py"
    user.write_text("from lib import *\n" + "\n".join(asked))

    def types(order: range, *, shared: bool) -> dict[str, str]:
        project = Project(Snapshot((tmp_path,)))
        out = {}
        for n in order:
            project = project if shared else Project(Snapshot((tmp_path,)))
            source = project.source(user)
            assert source is not None
            start = source.text.index(b"\n" + asked[n].encode()) + 1
            node = nodes.node_at(source.tree, Span(start, start + len(asked[n])))
            out[asked[n]] = repr(infer.type_of(Lookup(project), user, node))
        return out

    alone = types(range(9), shared=False)
    assert types(range(9), shared=True) == alone
    assert types(range(8, -1, -1), shared=True) == dict(reversed(alone.items())) == alone


def test_what_enumerations_say_of_their_members_is_no_descriptor() -> None:
    usage = "import enum\nclass K(enum.Enum):\n    A = 'a'\n\n\ndef g(k: K) -> None:\n    $0f(k.value, k.name)\n"
    assert signature(usage) == "def f(value: str, name: str) -> None:"
