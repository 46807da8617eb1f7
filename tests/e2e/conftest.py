"""Editors for tests: each starts a server of its own, in the scratch home, and leaves in order."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.editor import Editor, start

Start = Callable[..., Awaitable[Editor]]


@pytest.fixture
async def editor_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Start]:
    """``await editor_for(files, profile, …)``: an editor over a folder with these files, and no cache from before."""
    for kind in ("CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    running: list[Editor] = []

    async def make(files: dict[str, str], profile: str = "visual-studio-code", **more: Any) -> Editor:
        root = tmp_path / "project"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        root.mkdir(exist_ok=True)
        editor = await start(root, profile, **more)
        running.append(editor)
        return editor

    yield make
    for editor in running:
        await editor.leave()
