"""What ignore rules, links and limits leave out stays out of the index, by whichever way it comes."""

from __future__ import annotations

import pytest

from autogen_lsp.workspace.files import MAX_BYTES
from tests.index.conftest import Workspace, names

_LEFT_OUT = [
    "ignored.py",
    "kept_out/a.py",
    "set_aside/a.py",
    ".hidden/a.py",
    "env/lib/a.py",
    "node_modules/x/a.py",
    "pkg/loop/a.py",
    "large.py",
]


def fill(workspace: Workspace) -> None:
    workspace.write(".gitignore", "ignored.py\ntaken_back.py\n")
    workspace.write(".autogenignore", "kept_out/\n!taken_back.py\n")
    workspace.write("env/pyvenv.cfg", "")
    for name in ("pkg/a.py", "taken_back.py", *(name for name in _LEFT_OUT if "loop" not in name)):
        workspace.write(name, "f()\n")
    (workspace.root / "pkg/loop").symlink_to(workspace.root / "pkg", target_is_directory=True)
    with (workspace.root / "large.py").open("ab") as file:
        file.truncate(MAX_BYTES + 1)


@pytest.mark.parametrize("workers", [0, 2])
def test_what_rules_leave_out_is_in_no_index(workspace: Workspace, workers: int) -> None:
    fill(workspace)
    index = workspace.open(workers=workers, exclude=("set_aside",))
    index.rescan()
    found = [("a.py", "f"), ("taken_back.py", "f")]
    assert names(index.calls("f")) == found
    assert [path.relative_to(workspace.root).as_posix() for path in index.files()] == ["taken_back.py", "pkg/a.py"]
    for name in _LEFT_OUT:  # nor do they come in one by one
        index.update(workspace.root / name)
    assert names(index.calls("f")) == found
    assert len(index.files()) == 2
