"""The layers of docs/architecture.md and who may touch LSP, graph_sitter and the network (import-linter)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_import_contract_is_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_top_level_holds_nothing_unexpected() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    if listed.returncode:
        names = {path.name for path in ROOT.iterdir()}
    else:
        names = {line.partition("/")[0] for line in listed.stdout.splitlines()}
    visible = {name for name in names if not name.startswith(".")}
    assert visible <= {
        "autogen_lsp", "tests", "editors", "docs", "benchmarks", "dist",
        "pyproject.toml", "uv.lock", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
    }  # fmt: skip
