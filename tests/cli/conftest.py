"""Runs the real program in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """``run("check", "x.py", cwd=…, env={…})``: the finished process, its output as text."""

    def run(
        *arguments: str, cwd: Path = tmp_path, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "autogen_lsp", *arguments],
            cwd=cwd,
            env={**os.environ, "COLUMNS": "100", **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project: a missing function used in two files, a missing method, and a stub."""
    root = tmp_path / "shop"
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    (root / "billing.py").write_text(
        "class Invoice:\n"
        "    def __init__(self, lines: list[int]) -> None:\n"
        "        self.lines = lines\n"
        "\n"
        "    def total(self) -> int:\n"
        "        raise NotImplementedError\n"
    )
    (root / "main.py").write_text(
        "from billing import Invoice\n\n\n"
        "def run(name: str) -> None:\n"
        "    print(Invoice([1, 2]).total(), greet(name, times=2))\n"
    )
    return root
