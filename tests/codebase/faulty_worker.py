"""A worker with faults, in place of `autogen_lsp.codebase.worker`: a file's name says what becomes of who parses it."""

import os
import sys
import time
from pathlib import Path

_NAMES = {"dies.py", "hangs.py", "eats.py", "breaks.py"}


def main(roots: list[str], memory_limit: int) -> None:
    from autogen_lsp.codebase import placeholders, worker

    install = placeholders.install
    if Path(roots[0], ".missing-package").exists():
        sys.modules["graph_sitter"] = None  # type: ignore[assignment]
    elif Path(roots[0], ".real-packages").exists():
        placeholders.install = lambda: None
    elif Path(roots[0], ".wrong-placeholders").exists():
        placeholders.install = lambda: install(placeholders.UNUSED | {"tree_sitter"})
    else:
        _install_faults()
    worker.main(roots, memory_limit)


def _install_faults() -> None:
    from autogen_lsp.codebase import worker

    load = worker.load

    def load_with_faults(*arguments, **options):
        made = load(*arguments, **options)
        from graph_sitter.codebase.codebase_context import CodebaseContext

        apply = CodebaseContext.apply_diffs

        def apply_diffs(self, diffs):
            name = Path(diffs[0].path).name
            text = self.io.read_text(diffs[0].path) if name in _NAMES and self.io.file_exists(diffs[0].path) else ""
            if "harmless" not in text:
                _fail(name)
            print("graph_sitter says something on stdout")
            return apply(self, diffs)

        CodebaseContext.apply_diffs = apply_diffs
        return made

    worker.load = load_with_faults


def _fail(name: str) -> None:
    if name == "dies.py":
        os._exit(3)
    if name == "hangs.py":
        time.sleep(3600)
    if name == "eats.py":
        blocks = []
        while True:
            blocks.append(b"x" * (1 << 20))
            time.sleep(0.001)
    if name == "breaks.py":
        raise AssertionError("child is not self")
