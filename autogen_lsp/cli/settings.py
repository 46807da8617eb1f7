"""Settings of one command: the environment, and ``--set KEY=VALUE`` over it. A wrong one ends the command."""

from __future__ import annotations

import argparse
from dataclasses import fields

from autogen_lsp.config import Settings, load
from autogen_lsp.errors import UsageError

_SECRET = frozenset(f.metadata["key"] for f in fields(Settings) if f.metadata["secret"])


def add_settings(parser: argparse.ArgumentParser, *, backend: bool = False) -> None:
    """``--set``, and where a backend may be called ``--backend``."""
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="given",
        help="a setting for this command, as in docs/configuration.md: --set context.budgetTokens=8000",
    )  # fmt: skip
    if backend:
        parser.add_argument("--backend", metavar="NAME", help="auto, codegen, openai or skeleton (offline)")


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings. Raises `UsageError` for an unknown key, a wrong value, or a secret on the command line."""
    given: dict[str, str] = {}
    for item in arguments.given:
        key, equals, value = item.partition("=")
        if not key or not equals:
            raise UsageError(f"--set {item}: write it as KEY=VALUE")
        if key in _SECRET:
            # Other users of the machine read command lines in the process list.
            raise UsageError(f"--set {key}: give secrets by their environment variable, see docs/configuration.md")
        given[key] = value
    if getattr(arguments, "backend", None):
        given["backend"] = arguments.backend
    settings, problems = load(given)
    if problems:
        raise UsageError(problems[0].message.partition("; using ")[0])
    return settings
