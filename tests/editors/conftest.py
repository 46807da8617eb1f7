"""What the editor tests share: a small workspace, the stand-in of the service, and the environment of a new user."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autogen_lsp.backends.standin import StandIn

REPOSITORY = Path(__file__).parents[2]

APP = '''\
"""Areas of rooms."""


def total(rooms):
    result = 0
    for room in rooms:
        result += area(room.width, room.depth)
    return result


def main():
    print(total([]))
'''


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A project with one call to a function that does not exist: `area`, in line 7."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "rooms"\nversion = "1"\n')
    (folder / "app.py").write_text(APP)
    return folder


@pytest.fixture
def service() -> Iterator[StandIn]:
    """Codegen's service, standing in on loopback, with an answer that is more than a skeleton."""
    reply = "Here it is:\n\n```python\ndef area(width, depth):\n    return width * depth\n```\n"
    with StandIn(lambda prompt: reply, token="editor-test", org_id=7) as running:
        yield running


@pytest.fixture
def environment(tmp_path: Path, service: StandIn) -> dict[str, str]:
    """Variables of a user with a home of their own, the server on the PATH and an account at the service."""
    home = tmp_path / "home"
    home.mkdir()
    return {
        **os.environ,
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "CODEGEN_API_TOKEN": "editor-test",
        "CODEGEN_ORG_ID": "7",
        "CODEGEN_API_BASE_URL": service.url,
    }
