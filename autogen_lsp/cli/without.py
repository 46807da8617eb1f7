"""``--without ID``: items that a prompt is to be without, by the ids that ``prompt`` shows."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from autogen_lsp.errors import UsageError


def add_without(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--without", action="append", default=[], metavar="ID", help="leave an item out of the prompt (repeatable)"
    )


def check_without(without: Sequence[str], receipt: dict[str, Any]) -> None:
    """Raises `UsageError` where a receipt made without these items knows one of them as little as before."""
    unknown = [each for each in without if each not in receipt["dropped"]]
    if unknown:
        ids = ", ".join(f"'{item['id']}'" for item in receipt["items"])
        raise UsageError(f"--without '{unknown[0]}': the prompt has no such item; there are: {ids or 'none'}")
