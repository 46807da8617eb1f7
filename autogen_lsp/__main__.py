"""Entry point of ``autogen-lsp`` and of ``python -m autogen_lsp``."""

from __future__ import annotations

import sys

from autogen_lsp.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
