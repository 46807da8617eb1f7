"""The lock that the wheel carries is that of uv.lock, for everything that runs (no checkers)."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_carried_lock_pins_what_uv_lock_pins() -> None:
    carried = files("autogen_lsp").joinpath("locks/full.txt").read_text("utf-8")
    pins = set(re.findall(r"^([\w.-]+)==([\w.!+]+)", carried, re.MULTILINE))
    assert reached(everywhere=False) >= pins, "run: .ci/dev lock"
    assert reached(everywhere=True) <= pins, "run: .ci/dev lock"


def reached(*, everywhere: bool) -> set[tuple[str, str]]:
    """(name, version) of all that the run-time set needs by uv.lock; ``everywhere``: what no marker makes optional."""
    packages = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    by_name = {package["name"]: package for package in packages}
    project = by_name["autogen-lsp"]
    found: set[tuple[str, str]] = set()
    queue = [*project["dependencies"], *project["dev-dependencies"]["full"]]
    while queue:
        dependency = queue.pop()
        if everywhere and dependency.get("marker", "sys_platform != 'win32'") != "sys_platform != 'win32'":
            continue
        package = by_name[dependency["name"]]
        pin = (package["name"], package["version"])
        if pin not in found:
            found.add(pin)
            queue += package.get("dependencies", [])
            for extra in dependency.get("extra", []):
                queue += package.get("optional-dependencies", {}).get(extra, [])
    return found


def test_every_pin_has_a_hash() -> None:
    carried = files("autogen_lsp").joinpath("locks/full.txt").read_text("utf-8")
    blocks = re.split(r"^(?=[\w.-]+==)", carried, flags=re.MULTILINE)[1:]
    assert blocks
    assert all("--hash=sha256:" in block for block in blocks)


def test_version_is_single_sourced() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "version" in project["dynamic"]
