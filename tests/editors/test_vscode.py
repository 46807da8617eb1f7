"""The VS Code extension in a real VS Code (code-server, headless Chromium): from the light bulb to provenance."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autogen_lsp.backends.standin import StandIn
from tests.editors.conftest import APP, REPOSITORY

EXTENSION = REPOSITORY / "editors/vscode"
# Where pictures of each step are kept; by default with the test's other files.
PICTURES = os.environ.get("AUTOGEN_SCREENSHOTS")


@pytest.fixture
def code_server() -> str:
    found = shutil.which("code-server")
    if found is None:
        pytest.skip("code-server is not installed (.ci/editors/code-server.sh installs it)")
    return found


@pytest.fixture
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("Chromium is not installed (.ci/editors/code-server.sh installs it)")
    return found


@pytest.fixture
def vsix(tmp_path: Path) -> Path:
    """The extension, bundled and packed from a copy of its sources."""
    folder = tmp_path / "extension"
    shutil.copytree(EXTENSION, folder, ignore=shutil.ignore_patterns("node_modules", "dist", "out", "*.vsix"))
    environment = {**os.environ, "npm_config_cache": str(tmp_path / "npm")}
    for command in (["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["npm", "run", "package"]):
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder / "autogen-lsp.vsix"


@contextmanager
def running(code_server: str, vsix: Path, environment: dict[str, str], scratch: Path) -> Iterator[str]:
    """VS Code with the extension, on loopback; its host:port."""
    extensions, data = scratch / "extensions", scratch / "vscode-data"
    settings = data / "User/settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        json.dumps(
            {
                "autogen.serverPath": str(Path(sys.executable).with_name("autogen-lsp")),
                "autogen.price.perRun": 0.05,
                "chat.disableAIFeatures": True,
                "editor.minimap.enabled": False,
                "editor.renderWhitespace": "none",
                "editor.stickyScroll.enabled": False,
                "workbench.startupEditor": "none",
            }
        )
    )
    folders = ["--extensions-dir", str(extensions), "--user-data-dir", str(data)]
    installed = subprocess.run(
        [code_server, *folders, "--install-extension", str(vsix)],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert installed.returncode == 0, installed.stdout + installed.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    quiet = ["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"]
    quiet += ["--disable-getting-started-override", "--auth", "none"]
    with (scratch / "code-server.log").open("wb") as log:
        server = subprocess.Popen(
            [code_server, *folders, *quiet, "--bind-addr", host], env=environment, stdout=log, stderr=log
        )
        try:
            _wait_until_it_answers(f"http://{host}/healthz")
            yield host
        finally:
            server.terminate()
            server.wait(20)


def _wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def test_click_in_vs_code_writes_the_function_and_shows_what_it_cost(
    code_server: str,
    chromium: str,
    vsix: Path,
    workspace: Path,
    environment: dict[str, str],
    service: StandIn,
    tmp_path: Path,
) -> None:
    pictures = Path(PICTURES or tmp_path / "screenshots")
    pictures.mkdir(parents=True, exist_ok=True)
    line = next(number for number, text in enumerate(APP.splitlines(), 1) if "area(" in text)
    with running(code_server, vsix, environment, tmp_path) as host:
        given = {
            "playwright": str(Path(code_server).resolve().parents[1] / "playwright" / "node_modules") + "/",
            "chromium": chromium,
            "url": f"http://{host}",
            "host": host,
            "folder": str(workspace),
            "file": str(workspace / "app.py"),
            "line": line,
            "column": APP.splitlines()[line - 1].index("area") + 1,
            "screenshots": str(pictures),
        }
        done = subprocess.run(
            ["node", str(Path(__file__).with_name("vscode.mjs")), json.dumps(given)],
            env=environment, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert "error" not in seen, seen

    assert any(title.startswith("Generate 'area' with AI (≈ $0.05)") for title in seen["titles"])
    assert any("(skeleton)" in title for title in seen["titles"])
    assert any("call-site app.py total" in item for item in seen["items"])
    assert "without app.py::total::call-site" in seen["prompt"]
    assert "Generate Without…" in seen["buttons"]
    lines = seen["text"].split("\n")
    assert "def area(width, depth):" in lines
    assert "    return width * depth" in lines
    assert lines.index("def total(rooms):") < lines.index("def area(width, depth):") < lines.index("def main():")
    assert service.runs == 1
    assert "≈$0.0500" in seen["status"]
    assert "codegen" in seen["hover"]
    assert "estimate" in seen["hover"]
    assert "1 succeeded" in seen["usage"]
