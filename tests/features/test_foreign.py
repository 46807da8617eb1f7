"""Diagnostics of other servers, as they really send them, lead to the missing names.

`data/foreign_diagnostics.json` holds what pyright, basedpyright, ty, pyrefly and ruff published over LSP, and what mypy
and pylint reported (with codes as the VS Code extensions send them), for the file below. Ranges are (line, character)
pairs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autogen_lsp.features import foreign
from autogen_lsp.features.model import Diagnostic
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

USE = b"""\
from pkg import mod
from pkg.mod import Box, helper
import pkg.absent
from . import gone


def run(box: Box) -> None:
    missing(1)
    box.total(2)
    mod.compute(3)
    Box.make()
    print(helper, gone, pkg.absent)
"""
REAL: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("data").joinpath("foreign_diagnostics.json").read_text()
)
EVERYTHING = {(2, "helper"), (3, "absent"), (4, "gone"), (8, "missing"), (9, "total"), (10, "compute"), (11, "make")}
FOUND = {
    "pyright": EVERYTHING,
    "basedpyright": EVERYTHING,
    "ty": EVERYTHING,
    "pyrefly": EVERYTHING,
    "mypy": EVERYTHING,
    "ruff": {(8, "missing")},
    "pylint": (EVERYTHING - {(9, "total")}) | {(12, "absent")},  # it does not infer the type of a parameter
}


def source() -> Source:
    return Source(Path("/project/pkg/use.py"), USE)


def diagnostic(sent: dict[str, Any]) -> Diagnostic:
    lines = source().lines
    first, start, last, end = sent["range"]
    span = Span(lines.starts[first] + start, lines.starts[last] + end)
    return Diagnostic(span, sent["message"], sent["code"], sent["source"])


@pytest.mark.parametrize("server", REAL)
def test_every_missing_name_of_a_server_is_found_and_nothing_else(server: str) -> None:
    here = source()
    places = {place for sent in REAL[server] if (place := foreign.place_of(here, diagnostic(sent)))}

    assert {_name(here, place) for place in places} == FOUND[server]


def _name(here: Source, place: Span) -> tuple[int, str]:
    text = place.cut(here.text)
    if "." in text:  # servers mark a whole dotted module name
        text = text.rpartition(".")[2]
    return here.lines.line_of(place.start) + 1, text


@pytest.mark.parametrize("server", ["pyright", "basedpyright", "ty", "pyrefly", "mypy", "pylint"])
def test_class_that_lacks_the_attribute_is_read_from_the_message(server: str) -> None:
    sent = [diagnostic(each) for each in REAL[server]]
    owners = {
        foreign.owner_in(each, "make") for each in sent if "make" in each.message and foreign.place_of(source(), each)
    }

    assert "Box" in owners


def test_diagnostic_past_the_end_of_a_changed_file_is_no_place() -> None:
    stale = Diagnostic(Span(100_000, 100_007), "Undefined name `missing`", "F821", "Ruff")

    assert foreign.place_of(source(), stale) is None


def test_other_rules_are_not_taken_for_missing_names() -> None:
    start = USE.index(b"missing")
    unused = Diagnostic(Span(start, start + 7), "`missing` imported but unused", "F401", "Ruff")

    assert foreign.place_of(source(), unused) is None
