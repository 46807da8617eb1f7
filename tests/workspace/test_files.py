"""What is read from disk, and what is not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from autogen_lsp.workspace.files import read_source


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders there")
def test_a_pipe_that_is_named_like_a_module_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert read_source(tmp_path / "pipe.py") is None
