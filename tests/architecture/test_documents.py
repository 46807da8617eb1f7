"""Documents that repeat what the code says are made from it."""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import fields
from pathlib import Path

from autogen_lsp.cli.main import COMMANDS
from autogen_lsp.config import CLIENT_KEYS, Settings

ROOT = Path(__file__).parents[2]


def test_table_of_settings_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("docs_script", ROOT / ".ci" / "docs.py")
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.PAGE.read_text("utf-8")
    assert page.count(script.BEGIN) == page.count(script.END) == 1
    assert page == script.renewed(page), "run: .ci/dev run python .ci/docs.py"


def test_readme_shows_every_command() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert all(f"`{name}" in readme for name in COMMANDS)


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_vscode_schema_has_every_setting_but_secrets_with_its_default() -> None:
    manifest = json.loads((ROOT / "editors" / "vscode" / "package.json").read_text("utf-8"))
    schema = manifest["contributes"]["configuration"]["properties"]
    known = {key.removeprefix("autogen."): row for key, row in schema.items()}
    declared = {f.metadata["key"]: f for f in fields(Settings)}
    # A secret in VS Code's settings ends up in a file, and often in a repository.
    secrets = {key for key, f in declared.items() if f.metadata["secret"]}
    assert set(known) - CLIENT_KEYS == set(declared) - secrets
    for key, f in declared.items():
        if key in secrets:
            continue
        default = list(f.default) if isinstance(f.default, tuple) else f.default
        assert known[key].get("default") == default, key
        if f.metadata["choices"] and "items" not in known[key]:
            assert tuple(known[key]["enum"]) == f.metadata["choices"], key
