"""Diagnostics of other servers, as they really send them, lead to the missing names and to the same actions.

`data/foreign_diagnostics.json` holds what each client published for `data/package.txt`, in which every missing name
stands in guillemets; `data/record.py` records it anew. Ranges are (line, character) pairs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autogen_lsp.analysis.project import Project
from autogen_lsp.config import Settings
from autogen_lsp.features import foreign
from autogen_lsp.features.actions import registry
from autogen_lsp.features.model import Diagnostic
from autogen_lsp.text import Span
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source
from tests.support.actions import split

DATA = Path(__file__).with_name("data")
REAL: dict[str, list[dict[str, Any]]] = {
    client: told["diagnostics"] for client, told in json.loads((DATA / "foreign_diagnostics.json").read_text()).items()
}
REAL["Pylance"] = [each | {"source": "Pylance"} for each in REAL["pyright"]]  # the same engine, not to be had outside
PACKAGE = split((DATA / "package.txt").read_text())
MARKED = PACKAGE["pkg/use.py"]
TEXT = re.sub("[«»]", "", MARKED).encode()

# What is created for each missing name, whoever reports it.
TITLES = {
    "absent": ["Create module pkg/absent.py"],
    "gone": ["Create function 'gone' in pkg/__init__.py"],
    "helper": ["Create function 'helper' in pkg/mod.py"],
    "vanished": ["Create module pkg/vanished.py"],
    "later": ["Create function 'later' in pkg/__init__.py"],
    "nowhere": ["Create module pkg/nowhere.py"],
    "Lid": ["Create class 'Lid' in pkg/mod.py"],
    **{
        name: [f"Create function '{name}' in pkg/use.py"]
        for name in (
            "decorate", "register", "missing", "default", "first", "second", "third", "inner", "things", "opened",
            "formatted", "item", "load", "session",
        )
    },
    **{
        name: [f"Create class '{name}' in pkg/use.py"]
        for name in ("Base", "Size", "Name", "Answer", "Unknown")
    },
    **{name: [f"Create exception class '{name}' in pkg/use.py"] for name in ("Broken", "Failure", "Trouble")},
    "CONSTANT": ["Create variable 'CONSTANT' in pkg/use.py"],
    "total": ["Create method 'total' in class Box (pkg/mod.py)"],
    "compute": ["Create function 'compute' in pkg/mod.py"],
    "deep": ["Create function 'deep' in pkg/mod.py"],
    "Thing": ["Create class 'Thing' in pkg/mod.py"],
    "LIMIT": ["Create variable 'LIMIT' in pkg/mod.py"],
    "make": ["Create class method 'make' in class Box (pkg/mod.py)"],
    "seal": ["Create method 'seal' in class Box (pkg/mod.py)"],
    "open": ["Create method 'open' in class Box (pkg/mod.py)"],
    "gather": ["Create method 'gather' in class Plain (pkg/use.py)"],
    "build": ["Create class method 'build' in class Plain (pkg/use.py)"],
    "prepare": ["Create class method 'prepare' in class Plain (pkg/use.py)"],
    "both": ["Create method 'both' in class Box (pkg/mod.py)", "Create method 'both' in class Plain (pkg/use.py)"],
    "days": [],  # of int, which is not ours
    "called": [],  # of a function
    "nothing": [],  # of a base class outside of the workspace
    "value": [],  # a local variable that was forgotten, as likely as not
}  # fmt: skip
COLOURS = [
    "Create attribute 'colour' in class Box (pkg/mod.py)",
    "Create attribute 'colour' in class Plain (pkg/use.py)",
]
# What a client does not report at all; ruff looks at no other file.
SILENT = {
    "pylint": {"Name", "total", "days", "both"},
    "pyrefly": {"Size"},
    "ruff": {
        "absent", "gone", "helper", "vanished", "later", "nowhere", "Lid", "total", "compute", "Thing", "LIMIT", "deep",
        "make", "seal", "days", "gather", "open", "nothing", "build", "prepare", "both", "called", "colour",
    },
}  # fmt: skip


def marks() -> set[Span]:
    found = set()
    for mark in re.finditer("«(.*?)»", MARKED):
        start = len(re.sub("[«»]", "", MARKED[: mark.start()]).encode())
        found.add(Span(start, start + len(mark[1].encode())))
    return found


def source() -> Source:
    return Source(Path("/project/pkg/use.py"), TEXT)


def diagnostic(sent: dict[str, Any]) -> Diagnostic:
    starts = source().lines.starts
    first, start, last, end = sent["range"]
    span = Span(starts[first] + start, starts[last] + end)
    return Diagnostic(span, sent["message"], str(sent.get("code") or ""), sent.get("source", ""))


@pytest.mark.parametrize("client", REAL)
def test_every_missing_name_that_a_client_reports_is_found_and_nothing_else(client: str) -> None:
    here = source()
    places = {place for sent in REAL[client] if (place := foreign.place_of(here, diagnostic(sent)))}

    assert places <= marks()
    assert {place.cut(TEXT) for place in marks()} - {place.cut(TEXT) for place in places} == SILENT.get(client, set())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    root = tmp_path_factory.mktemp("project").resolve()
    for name, text in PACKAGE.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(re.sub("[«»]", "", text))
    yield Project(Snapshot((root,)))


@pytest.mark.parametrize("client", REAL)
def test_the_same_is_offered_whoever_reports_it(client: str, project: Project) -> None:
    path = project.snapshot.roots[0] / "pkg/use.py"
    cursor = Span(len(TEXT), len(TEXT))  # elsewhere: what counts is the diagnostic
    for sent in REAL[client]:
        told = diagnostic(sent)
        place = foreign.place_of(source(), told)
        found = registry.offers(project, Settings(backend="skeleton"), path, cursor, [told])
        created = [offer for offer in found if offer.command == "autogen.createSkeleton" and not offer.needs]
        titles = [offer.title.removesuffix(" (skeleton)") for offer in created]
        if place is None:
            assert titles == [], sent
        elif (name := place.cut(TEXT)) == "colour":
            assert titles in [[each] for each in COLOURS], sent
        else:
            assert titles == TITLES[name], sent


@pytest.mark.parametrize("client", ["pyright", "basedpyright", "ty", "pyrefly", "mypy", "zuban", "pylint", "pylsp"])
def test_class_that_lacks_the_attribute_is_read_from_the_message(client: str) -> None:
    told = {each: foreign.place_of(source(), each) for each in map(diagnostic, REAL[client])}
    owners = {foreign.owner_in(each, "make") for each, place in told.items() if place and place.cut(TEXT) == "make"}

    assert owners == {"Box"}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", 'Name "missing" is not defined'),  # nvim-lint hides mypy's codes
        ("", 'Name "missing" is not defined  [name-defined]'),
        ("", "undefined name 'missing'"),
        ("", "Undefined variable 'missing'"),
        ("E0602", "Undefined variable 'missing'"),
        ("undefined-variable", "Undefined variable 'missing'"),
        ("F821", "Undefined name `missing`"),
        ("undefined-name", "Undefined name `missing`"),
    ],
)
@pytest.mark.parametrize("length", [0, 1, 7, 10])
def test_other_ways_to_say_it_and_to_mark_it(code: str, message: str, length: int) -> None:
    start = TEXT.index(b"missing(1)")
    told = Diagnostic(Span(start, start + length), message, code)

    assert foreign.place_of(source(), told) == Span(start, start + 7)


def test_member_is_told_apart_from_a_variable_of_its_name_and_from_a_suggestion() -> None:
    here = Source(Path("/project/m.py"), b"total.totl(total, totl)\n")
    told = Diagnostic(Span(0, 23), '"Box" has no attribute "totl"; maybe "total"?', "attr-defined", "mypy")

    assert foreign.place_of(here, told) == Span(6, 10)


def test_diagnostic_past_the_end_of_a_changed_file_is_no_place() -> None:
    stale = Diagnostic(Span(100_000, 100_007), "Undefined name `missing`", "F821", "Ruff")

    assert foreign.place_of(source(), stale) is None


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("F401", "`missing` imported but unused"),
        ("", "local variable 'missing' is assigned to but never used"),
        ("misc", 'Cannot assign to a type "missing"'),
        ("", "invalid syntax"),
    ],
)
def test_other_rules_are_not_taken_for_missing_names(code: str, message: str) -> None:
    start = TEXT.index(b"missing")
    told = Diagnostic(Span(start, start + 7), message, code, "anyone")

    assert foreign.place_of(source(), told) is None


CALLS = b"""\
class Client:
    retries = 3

def start(clients: list[Client], limit: int):
    Client("host", limit)
    Client(timeout=abs(limit))
    client = Client()
    client("x")
    limit(client)
    start(clients, limit, "more")
"""
CONSTRUCTOR, CALL = "Create method '__init__' in class Client (m.py)", "Create method '__call__' in class Client (m.py)"


@pytest.mark.parametrize(
    ("marked", "code", "message", "title"),
    [
        ('"host"', "reportCallIssue", "Expected 0 positional arguments", CONSTRUCTOR),
        ("timeout", "reportCallIssue", 'No parameter named "timeout"', CONSTRUCTOR),
        ('client("x")', "reportCallIssue", 'Object of type "Client" is not callable', CALL),
        ('Client("host", limit)', "call-arg", 'Too many arguments for "Client"', CONSTRUCTOR),
        ("Client(timeout=", "call-arg", 'Unexpected keyword argument "timeout" for "Client"', CONSTRUCTOR),
        ('client("x")', "operator", '"Client" not callable', CALL),
        ('"host"', "too-many-positional-arguments", "Too many positional arguments to `object.__init__`", CONSTRUCTOR),
        ("timeout=abs", "unknown-argument", "Argument `timeout` does not match any known parameter", CONSTRUCTOR),
        ('client("x")', "not-callable", "Object of type `Client` is not callable", CALL),
        ('"host"', "bad-argument-count", "Expected 0 positional arguments, got 2", CONSTRUCTOR),
        ("timeout", "unexpected-keyword", "Unexpected keyword argument `timeout` in function", CONSTRUCTOR),
        ('client("x")', "not-callable", "Expected a callable, got `Client`", CALL),
        ('client("x")', "E1102:not-callable", "client is not callable", CALL),
        ("limit(client)", "reportCallIssue", 'Object of type "int" is not callable', None),  # of int, which is not ours
        ('"more"', "reportCallIssue", "Expected 2 positional arguments", None),  # a function that is there
        ('"host"', "operator", "Unsupported operand types", None),
    ],
)
def test_a_call_that_nothing_takes_asks_for_the_method_that_would(
    tmp_path: Path, marked: str, code: str, message: str, title: str | None
) -> None:
    root = tmp_path.resolve()
    (root / "m.py").write_bytes(CALLS)
    start = CALLS.index(marked.encode())
    told = Diagnostic(Span(start, start + len(marked)), message, code)
    cursor = Span(len(CALLS), len(CALLS))
    found = registry.offers(Project(Snapshot((root,))), Settings(backend="skeleton"), root / "m.py", cursor, [told])

    created = [offer.title for offer in found if offer.command == "autogen.createSkeleton"]
    assert created == ([f"{title} (skeleton)"] if title else [])
