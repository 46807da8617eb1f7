"""Where CI forbids skips, a skip of any sort is a failure that names its reason."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

def test_passes(): pass

def test_skips(): pytest.skip("no Neovim here")

@pytest.mark.skipif(True, reason="no Redis here")
def test_is_skipped(): pass

@pytest.mark.xfail(strict=True)
def test_is_known_to_fail(): assert False
"""
MODULE = "import pytest\npytest.importorskip('no_such_module_anywhere')\n"


@pytest.mark.parametrize(
    ("forbidden", "status", "summary"),
    [("1", 1, "1 failed, 1 passed, 1 xfailed, 2 errors"), ("", 0, "1 passed, 3 skipped, 1 xfailed")],
)
def test_skips_are_failures_where_they_are_forbidden(tmp_path: Path, forbidden: str, status: int, summary: str) -> None:
    shutil.copy(Path(__file__).parents[1] / "conftest.py", tmp_path / "conftest.py")
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "test_module.py").write_text(MODULE)
    options = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", ".", "--continue-on-collection-errors"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "."],
        cwd=tmp_path,
        env={**os.environ, "AUTOGEN_FORBID_SKIPS": forbidden, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == status, done.stdout
    assert summary in done.stdout, done.stdout
    if forbidden:
        assert "no Neovim here" in done.stdout
        assert "no Redis here" in done.stdout
