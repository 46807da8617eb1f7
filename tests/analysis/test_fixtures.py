"""What pytest passes to tests and fixtures: values of ``parametrize``, and what the nearest fixture of a name gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_lsp.analysis import findings
from autogen_lsp.analysis.model import FindingKind
from autogen_lsp.analysis.project import Project
from autogen_lsp.workspace.snapshot import Snapshot
from tests.support.actions import workspace

MARK = "import pytest\n\n\n@pytest.mark.parametrize"


def head(text: str) -> str:
    with workspace(text) as space:
        return space.plan().skeleton.splitlines()[0]


@pytest.mark.parametrize(
    ("test", "wanted"),
    [
        (f"{MARK}('a,b', [(1, 'x'), (2, 'y')])\ndef test_it(a, b):\n    assert $0f(a) == b\n", "def f(a: int) -> str:"),
        (f"{MARK}(['a', 'b'], [(1, 'x')])\ndef test_it(a, b):\n    assert $0f(a) == b\n", "def f(a: int) -> str:"),
        (f"{MARK}('a', [1, 2.5])\ndef test_it(a):\n    assert $0f(a)\n", "def f(a: float) -> bool:"),
        (
            f"{MARK}(('a', 'b'), [('1', 1), pytest.param('x', None, id='none')])\n"
            "def test_it(a, b):\n    assert $0f(a) == b\n",
            "def f(a: str) -> int | None:",
        ),
        (f"{MARK}('a', ['x'])\nclass TestIt:\n    def test_it(self, a):\n        $0f(a)\n", "def f(a: str) -> None:"),
        (f"{MARK}('a', VALUES)\ndef test_it(a):\n    $0f(a)\n", "def f(a) -> None:"),
        (f"{MARK}('a', ['x'], indirect=True)\ndef test_it(a):\n    $0f(a)\n", "def f(a) -> None:"),
        (f"{MARK}('b', ['x'])\ndef test_it(a):\n    $0f(a)\n", "def f(a) -> None:"),
        (f"{MARK}('a', ['x'])\ndef no_test(a):\n    $0f(a)\n", "def f(a) -> None:"),
        ("def test_it(tmp_path):\n    $0f(tmp_path)\n", "def f(tmp_path: Path) -> None:"),
    ],
)
def test_values_of_marks(test: str, wanted: str) -> None:
    assert head(test) == wanted


APP = """\
//- app.py
class Connection: ...


class Client:
    def connect(self) -> Connection: ...
//- conftest.py
from collections.abc import AsyncIterator, Iterator

import pytest

from app import Client


"""


@pytest.mark.parametrize(
    ("fixture", "kind"),
    [
        ("@pytest.fixture\ndef it():\n    return Client()\n", ": Client"),
        ("@pytest.fixture(scope='session')\ndef it() -> Client:\n    return make()\n", ": Client"),
        ("@pytest.fixture\ndef it():\n    client = Client()\n    yield client.connect()\n", ": Connection"),
        ("@pytest.fixture\ndef it() -> Iterator[Client]:\n    yield make()\n", ": Client"),
        ("@pytest.fixture\ndef it() -> Iterator[Client]:\n    return make()\n", ": Iterator[Client]"),
        ("@pytest.fixture\nasync def it() -> AsyncIterator[Client]:\n    yield make()\n", ": Client"),
        ("@pytest_asyncio.fixture\nasync def it() -> Client:\n    return make()\n", ": Client"),
        ("@pytest.fixture\ndef other():\n    return Client()\n\n\n@pytest.fixture\ndef it(other):\n    return other\n",
         ": Client"),
        ("@pytest.fixture\ndef it():\n    return make()\n", ""),
        ("@pytest.fixture(name='that')\ndef it():\n    return Client()\n", ""),
        ("@wrapped\n@pytest.fixture\ndef it():\n    return Client()\n", ""),
        ("def it():\n    return Client()\n", ""),
    ],
)  # fmt: skip
def test_what_a_fixture_gives(fixture: str, kind: str) -> None:
    text = f"{APP}{fixture}//- tests/test_it.py\ndef test_it(it):\n    $0f(it)\n"
    assert head(text) == f"def f(it{kind}) -> None:"


def test_the_nearest_fixture_counts_and_may_ask_for_the_one_that_it_overrides() -> None:
    text = """\
//- conftest.py
import pytest


@pytest.fixture
def it():
    return 1
//- tests/conftest.py
import pytest


@pytest.fixture
def it(it):
    return [it]
//- tests/test_it.py
import pytest


class TestOwn:
    @pytest.fixture
    def it(self, it):
        return {"": it}

    def test_own(self, it):
        $0f(it)
"""
    assert head(text) == "def f(it: dict[str, list[int]]) -> None:"
    assert head(text.replace("def test_own(self, it)", "def test_own(self, that)")) == "def f(it) -> None:"


def test_what_is_expected_to_raise_says_nothing_of_a_result() -> None:
    text = "import pytest\n\n\ndef test_it():\n    with pytest.raises(KeyError):\n        $0f({})\n"
    assert head(text) == "def f(arg1: dict[Any, Any]):"
    assert head(text.replace("raises(KeyError)", "raises(KeyError) as error")) == "def f(arg1: dict[Any, Any]):"
    assert head(text.replace("pytest.raises(KeyError)", "open('')")) == "def f(arg1: dict[Any, Any]) -> None:"
    assert head(text + "    f({})\n") == "def f(arg1: dict[Any, Any]) -> None:"


def test_what_is_about_equal_is_a_number() -> None:
    assert head("import pytest\n\nassert $0f() == pytest.approx(0.5)\n") == "def f() -> float:"


def test_a_method_that_a_fixture_lacks_is_missing(tmp_path: Path) -> None:
    conftest = "import pytest\nfrom app import Client\n\n\n@pytest.fixture\ndef client():\n    return Client()\n"
    (tmp_path / "app.py").write_text("class Client:\n    def connect(self):\n        return 1\n")
    (tmp_path / "conftest.py").write_text(conftest)
    test = tmp_path / "test_it.py"
    lines = ["client.fetch('x')", "client.connect()", "client.count('x')", "other.count(1)"]
    test.write_text("def test_it(client, other):\n" + "".join(f"    {line}\n" for line in lines))
    found = findings.find(Project(Snapshot((tmp_path,))), test)
    assert {each.kind for each in found} == {FindingKind.MISSING_ATTRIBUTE}
    assert [each.name for each in found] == ["fetch", "count"]  # as a list has, too
