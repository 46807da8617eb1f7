"""The server answers ``initialize`` before anything heavy is imported (docs/architecture.md, "Processes")."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "graph_sitter", "codegen", "codegen_api_client", "openai", "httpx", "requests", "urllib3", "jinja2",
    "detect_secrets", "diskcache", "sqlite3", "typeshed_client", "networkx", "plotly", "pydantic", "multiprocessing",
    "numpy",
)  # fmt: skip


def imported_until_initialized(root: Path) -> set[str]:
    """Top-level modules that a real `serve` process imports until it has answered ``initialize`` and left."""
    messages = [
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": root.as_uri(), "capabilities": {}}},
        {"id": 2, "method": "shutdown"},
        {"method": "exit"},
    ]
    sent = b""
    for message in messages:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        sent += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "autogen_lsp", "serve"],
        input=sent, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert b'"capabilities"' in done.stdout, done.stderr[-2000:]
    names = re.findall(r"^import time: +\d+ \| +\d+ \| +([\w.]+)", done.stderr.decode(), re.MULTILINE)
    return {name.partition(".")[0] for name in names}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return imported_until_initialized(tmp_path_factory.mktemp("workspace"))


def test_import_log_is_read(imported: set[str]) -> None:
    assert {"autogen_lsp", "asyncio", "json"} <= imported


@pytest.mark.parametrize("name", HEAVY)
def test_initialize_is_answered_without(imported: set[str], name: str) -> None:
    assert name not in imported
