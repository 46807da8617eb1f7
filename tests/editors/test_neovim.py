"""The Neovim plugin in real Neovims: the click from finding to provenance, over the real agent SDK and HTTP."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from autogen_lsp.backends.standin import StandIn
from tests.editors.conftest import APP, REPOSITORY

GENERATED = "def area(width, depth):\n    return width * depth\n"


def run_neovim(program: str, workspace: Path, environment: dict[str, str], story: str = "neovim.lua") -> dict[str, Any]:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed (.ci/editors/neovim.sh installs it)")
    script = Path(__file__).with_name(story)
    plugin = REPOSITORY / "editors/neovim"
    command = [found, "--clean", "--headless", "-i", "NONE", "-n", "--cmd", f"set rtp+={plugin}", "-l", str(script)]
    done = subprocess.run(
        command, cwd=workspace, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    output = done.stdout or done.stderr
    start = output.find('{"')
    assert start >= 0, done.stdout + done.stderr
    seen: dict[str, Any] = json.JSONDecoder().raw_decode(output[start:])[0]
    assert "timeout" not in seen, (seen, done.stderr)
    return seen


@pytest.mark.parametrize("program", ["nvim", "nvim-0.10"])
def test_click_in_neovim_writes_the_function_and_shows_where_it_came_from(
    program: str, workspace: Path, environment: dict[str, str], service: StandIn
) -> None:
    seen = run_neovim(program, workspace, environment)

    assert seen["diagnostic"]["line"] == 6
    assert seen["diagnostic"]["column"] == APP.splitlines()[6].index("area")
    assert seen["diagnostic"]["code"] == "undefined-call"
    assert seen["diagnostic"]["source"] == "autogen-lsp"
    assert seen["severity"] == 4
    assert seen["titles"][0].startswith("Generate 'area' with AI (≈ $0.05)")
    assert any("(skeleton)" in title for title in seen["titles"])

    first, rest = APP.split("\n\n\ndef main", 1)
    assert seen["text"] == f"{first}\n\n\n{GENERATED}\n\ndef main{rest}".rstrip("\n")
    assert seen["modified"], "the buffer holds the edit; saving is the user's"
    assert (workspace / "app.py").read_text() == APP

    token = next(each["token"] for each in seen["progress"] if each.get("title") == "Generating 'area'")
    progress = [each for each in seen["progress"] if each["token"] == token]
    assert len({each.get("message") for each in progress}) >= 4, "stages are named"
    assert [each["kind"] for each in progress].count("end") == 1
    assert progress[-1]["kind"] == "end"

    assert seen["statusline_before"] == ""
    assert seen["statusline"] == "autogen ≈$0.0500"
    assert "codegen" in seen["hover"]
    assert "$0.05" in seen["hover"]
    assert "≈$0.0500" in seen["usage"]
    assert any("no command 'nonsense'" in message for message in seen["messages"])
    assert "autogen: server" in seen["health"]
    assert "tree-sitter" in seen["health"]
    assert seen["reverted"] == APP.rstrip("\n")

    assert "Nothing was sent." in seen["prompt"]
    assert "Calls: app.py" in seen["prompt"]
    assert seen["prompt_again"] == seen["prompt"]
    assert "without app.py::total::call-site" in seen["prompt_without"]
    sent = [each.body["prompt"] for each in service.requests if each.method == "POST"]
    assert ["Calls: app.py" in each for each in sent] == [True, False]
    assert service.runs == 2


@pytest.mark.parametrize("program", ["nvim", "nvim-0.10"])
def test_function_and_what_it_needs_are_one_edit_and_one_undo(
    program: str, workspace: Path, environment: dict[str, str]
) -> None:
    before = 'def main(row: str) -> int:\n    return total(parse(row), Currency("EUR"))'
    (workspace / "app.py").write_text(f"{before}\n")
    seen = run_neovim(program, workspace, environment, "needs.lua")

    order = ["def main", "class Currency", "def total(parse, currency: Currency) -> int", "def parse(row: str)"]
    assert sorted(order, key=seen["text"].index) == order
    assert seen["undone"] == before
