"""``FILE (--line N [--column C] | --symbol QUALNAME)`` into the finding or target that is meant."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.cli.place import existing, readable
from autogen_lsp.errors import NotFound, UsageError
from autogen_lsp.text import line_column, offset_at

if TYPE_CHECKING:
    from autogen_lsp.analysis.model import Finding, Target
    from autogen_lsp.analysis.project import Project


def add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the file in which something is missing, or is to be written")
    parser.add_argument("--line", type=_positive, metavar="N", help="1-based line of the missing name or the stub")
    parser.add_argument("--column", type=_positive, metavar="C", help="1-based column, in code points")
    parser.add_argument("--symbol", metavar="QUALNAME", help="what is to be written: 'function' or 'Class.method'")


def file_of(arguments: argparse.Namespace) -> Path:
    """The file. Raises `UsageError` where it cannot be read, or not exactly one place is given."""
    if (arguments.line is None) == (arguments.symbol is None):
        raise UsageError("give either --line N (and --column C) or --symbol QUALNAME")
    if arguments.column is not None and arguments.line is None:
        raise UsageError("--column needs --line")
    (path,) = existing([arguments.file])
    readable(path, arguments.file)
    return path


def select(project: Project, path: Path, arguments: argparse.Namespace) -> Target:
    """The target that is meant. Raises `NotFound` where nothing is missing there."""
    from autogen_lsp.analysis import targets
    from autogen_lsp.analysis.model import Finding

    if arguments.symbol is not None:
        target = targets.by_qualname(project, path, arguments.symbol) or targets.missing_by_qualname(
            project, path, arguments.symbol
        )
        if target is None:
            raise NotFound(f"{arguments.file}: no '{arguments.symbol}' is used, stubbed or defined there")
        return target
    column = "" if arguments.column is None else f":{arguments.column}"
    place = f"{arguments.file}:{arguments.line}{column}"
    found = _at(project, path, arguments.line, arguments.column)
    if isinstance(found, Finding):
        if modules := targets.importable(project, found):
            raise NotFound(
                f"{place}: '{found.name}' can be imported from {' or '.join(modules)}; "
                f"--symbol {found.name} writes another one"
            )
        found = targets.target_of(project, found)
    if found is None:
        source = project.source(path)
        lines = 0 if source is None else len(source.text.splitlines())
        if source is not None and arguments.line > max(lines, 1):
            raise NotFound(f"{place}: the file has {lines} line{'s' * (lines != 1)}")
        raise NotFound(f"{place}: nothing to write there; `autogen-lsp check {arguments.file}` lists what is missing")
    return found


def _at(project: Project, path: Path, line: int, column: int | None) -> Finding | Target | None:
    """What the cursor asks for; without a column the first thing of the line. Findings come before other uses."""
    from autogen_lsp.analysis import findings, targets
    from autogen_lsp.analysis.unfinished import finished

    source = project.source(path)
    if source is None:
        return None
    offset = offset_at(source.text, source.lines, line, column or 1)
    project = finished(project, path, offset).project
    source = project.source(path) or source
    if column is not None:
        for finding in findings.at(project, path, offset):
            if targets.target_of(project, finding) is not None:
                return finding
        return next(iter(targets.at(project, path, offset)), None)
    for finding in findings.find(project, path):
        if line_column(source.text, source.lines, finding.span.start)[0] == line:
            return finding
    span = source.lines.line_span(line - 1)
    for name in re.finditer(rb"[^\W\d]\w*", source.text[span.start : span.end]):
        if found := targets.at(project, path, span.start + name.start()):
            return found[0]
    return None


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 1 or more")
    return int(text)
