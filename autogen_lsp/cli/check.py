"""``autogen-lsp check``: what is missing in files and folders, as text, JSON or SARIF. Status 1 where any is."""

from __future__ import annotations

import argparse
from typing import Any

from autogen_lsp.cli.console import Console
from autogen_lsp.cli.place import common_root, existing, finding_document, workspace_roots
from autogen_lsp.cli.settings import add_settings, settings_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="files and folders (default: this one)")
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text")
    add_settings(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    settings = settings_of(arguments)
    paths = existing(arguments.paths)

    from autogen_lsp.features.check import check
    from autogen_lsp.workspace.snapshot import Snapshot

    roots = workspace_roots(paths)
    root = common_root(roots)
    snapshot = Snapshot(roots, settings=settings)
    result = check(snapshot, paths, report=console.report, warn=lambda problem: console.note(problem.message))
    console.clear()
    found = [
        document
        for finding in result.findings
        if finding.kind in settings.diagnostics_kinds and (document := finding_document(finding, snapshot, root))
    ]
    if not result.files:
        console.note(f"no Python files in {', '.join(arguments.paths)}")
    if arguments.format == "json":
        console.json({"version": 1, "root": str(root), "findings": found})
    elif arguments.format == "sarif":
        from autogen_lsp.cli import sarif

        console.json(sarif.log(found, root))
    else:
        for document in found:
            console.line(text_of(document, console))
        if found:
            console.note(f"{len(found)} finding{'s' * (len(found) > 1)}")
    return 1 if found else 0


def text_of(finding: dict[str, Any], console: Console) -> str:
    """``path:line:column: kind message``, which editors and terminals make a link of."""
    place = console.paint(f"{finding['path']}:{finding['line']}:{finding['column']}:", "bold")
    return f"{place} {console.paint(finding['kind'], 'cyan')} {finding['message']}"
