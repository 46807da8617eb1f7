"""The editors' settings and commands are those of the server: one table in config.py, one in capabilities.py."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any

import pytest

from autogen_lsp import __version__
from autogen_lsp.config import CLIENT_KEYS, Settings
from autogen_lsp.server.capabilities import COMMANDS
from tests.editors.conftest import REPOSITORY

PACKAGE: dict[str, Any] = json.loads((REPOSITORY / "editors/vscode/package.json").read_text())
SCHEMA: dict[str, Any] = PACKAGE["contributes"]["configuration"]["properties"]
ROWS = {f.metadata["key"]: f for f in fields(Settings) if not f.metadata["secret"]}
TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


def test_vs_code_has_every_setting_but_the_secret_ones() -> None:
    assert {key.removeprefix("autogen.") for key in SCHEMA} == set(ROWS) | (CLIENT_KEYS - {"usageNotifications"})


@pytest.mark.parametrize("key", ROWS)
def test_vs_code_setting_has_the_servers_type_default_and_words(key: str) -> None:
    row, schema = ROWS[key], SCHEMA[f"autogen.{key}"]
    kind = str(row.type).removesuffix(" | None")
    choices = list(row.metadata["choices"])

    assert schema["markdownDescription"] == row.metadata["doc"]
    if kind.startswith("tuple"):
        assert (schema["type"], schema["default"]) == ("array", list(row.default))
        assert schema["items"].get("enum", []) == choices
    else:
        nullable = str(row.type).endswith("| None")
        assert schema["type"] == ([TYPES[kind], "null"] if nullable else TYPES[kind])
        assert schema["default"] == row.default
        assert schema.get("enum", []) == choices


def test_secrets_are_nowhere_in_the_editors_settings() -> None:
    secret = [f.metadata["key"] for f in fields(Settings) if f.metadata["secret"]]

    assert secret
    assert not [key for key in secret if f"autogen.{key}" in SCHEMA]


def test_vs_code_offers_every_command_of_the_server() -> None:
    declared = {each["command"] for each in PACKAGE["contributes"]["commands"]}

    assert declared == {*COMMANDS, "autogen.restartServer", "autogen.generateWithout"}


def test_extension_has_the_servers_version() -> None:
    assert PACKAGE["version"] == __version__


def test_settings_of_a_folder_cannot_choose_programs_or_addresses_in_vs_code() -> None:
    """A cloned repository must not be able to say what is run, or where code is sent."""
    restricted = PACKAGE["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]

    for key in restricted:
        assert SCHEMA[key]["scope"] in ("machine", "machine-overridable"), key


def test_neovim_runs_every_command_of_the_server() -> None:
    lua = (REPOSITORY / "editors/neovim/lua/autogen/commands.lua").read_text()
    shown = {"autogen.showPrompt": "autogen/prompt", "autogen.showProvenance": "autogen/provenance"}
    shown |= {"autogen.showUsage": "autogen/usage"}
    used = set(re.findall(r'(?<!require\()"(autogen[./]\w+)"', lua))

    assert {shown.get(command, command) for command in COMMANDS} == used


def test_neovim_help_explains_every_option_and_command() -> None:
    manual = (REPOSITORY / "editors/neovim/doc/autogen.txt").read_text()
    config = (REPOSITORY / "editors/neovim/lua/autogen/config.lua").read_text()
    commands = (REPOSITORY / "editors/neovim/lua/autogen/commands.lua").read_text()
    options = re.findall(r"^---@field (\w+)", config, re.M)
    names = re.findall(
        r"^  (?:\[\")?([\w-]+)(?:\"\])? = ", commands.partition("M.commands = {")[2].partition("\n}")[0], re.M
    )

    assert len(options) == 5
    assert len(names) == 11
    for option in options:
        assert re.search(rf"^{option} ", manual, re.M), option
    for name in names:
        assert f":Autogen {name}" in manual
