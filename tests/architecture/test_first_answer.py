"""What a first answer waits for: the names of one file need neither types nor other files."""

from __future__ import annotations

import subprocess
import sys


def test_finding_undefined_names_loads_no_inference() -> None:
    code = "import sys, autogen_lsp.analysis.undefined; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    analysis = {name.rpartition(".")[2] for name in loaded if name.startswith("autogen_lsp.analysis.")}
    assert "undefined" in analysis
    assert analysis.isdisjoint({"annotation", "checked", "classes", "infer", "mro", "nodes", "targets", "types"})
