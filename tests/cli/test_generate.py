"""``generate``, ``prompt`` and ``batch`` with the offline backend, on files on disk."""

from __future__ import annotations

import json
import py_compile
import re
import subprocess
from pathlib import Path

import pytest

from autogen_lsp.backends.standin import StandIn
from tests.cli.conftest import Run

OFFLINE = ("--backend", "skeleton")


def test_diff_applies_and_nothing_is_written(run: Run, project: Path) -> None:
    before = (project / "main.py").read_text()
    done = run("generate", "main.py", "--line", "5", "--column", "36", *OFFLINE, cwd=project)
    assert done.returncode == 0, done.stderr
    assert (project / "main.py").read_text() == before
    subprocess.run(["git", "apply", "-"], input=done.stdout.encode(), cwd=project, check=True, timeout=30)
    assert "def greet(name: str, *, times: int" in (project / "main.py").read_text()


def test_written_function_has_the_name_place_and_parameters_of_its_call(run: Run, project: Path) -> None:
    done = run("generate", "main.py", "--line", "5", "--column", "36", "--write", *OFFLINE, cwd=project)
    assert done.returncode == 0, done.stderr
    text = (project / "main.py").read_text()
    assert text.index("def greet(name: str, *, times: int") > text.index("import Invoice")
    py_compile.compile(str(project / "main.py"), doraise=True)
    left = json.loads(run("check", "--format", "json", cwd=project).stdout)["findings"]
    assert {finding["kind"] for finding in left} <= {"stub"}


def test_json_is_the_promised_document(run: Run, project: Path) -> None:
    done = run("generate", "main.py", "--symbol", "greet", "--format", "json", *OFFLINE, cwd=project)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert set(document) >= {"status", "code", "edits", "checks", "provenance", "usage"}
    assert document["status"] == "drafted"
    assert document["code"].startswith("def greet(")
    assert [edit["path"] for edit in document["edits"]] == ["main.py"]
    assert all(set(check) == {"name", "ok", "detail"} for check in document["checks"])
    assert document["provenance"]["backend"] == "skeleton"
    assert document["usage"]["generations"]["total"] == 1


def test_what_a_definition_needs_is_written_with_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text('def main() -> Money:\n    return total(Currency("EUR"))\n')
    done = run(
        "generate",
        "main.py",
        "--symbol",
        "total",
        "--with-needed",
        "--write",
        "--format",
        "json",
        *OFFLINE,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert [part["provenance"]["qualname"] for part in document["parts"]] == ["Money", "Currency", "total"]
    assert {part["provenance"]["status"] for part in document["parts"]} == {"applied"}
    assert document["code"] == "def total(currency: Currency) -> Money:\n    raise NotImplementedError\n"
    assert document["code"] in (tmp_path / "main.py").read_text()
    py_compile.compile(str(tmp_path / "main.py"), doraise=True)


def test_line_without_column_takes_the_first_finding_of_the_line(run: Run, project: Path) -> None:
    done = run("generate", "main.py", "--line", "5", *OFFLINE, cwd=project)
    assert "def greet(" in done.stdout


@pytest.mark.parametrize("place", [("--line", "2"), ("--line", "99"), ("--symbol", "nowhere")])
def test_place_where_nothing_is_missing_is_status_1_and_one_line(
    run: Run, project: Path, place: tuple[str, str]
) -> None:
    done = run("generate", "main.py", *place, *OFFLINE, cwd=project)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "main.py" in done.stderr
    assert ("the file has" in done.stderr) == (place[1] == "99")
    document = json.loads(run("generate", "main.py", *place, "--format", "json", *OFFLINE, cwd=project).stdout)
    assert (document["status"], document["edits"]) == ("failed", [])


def test_backend_without_credentials_is_wrong_configuration(run: Run, project: Path) -> None:
    done = run("generate", "main.py", "--symbol", "greet", "--backend", "codegen", cwd=project)
    assert done.returncode == 2
    assert "CODEGEN_API_TOKEN" in done.stderr
    assert "Traceback" not in done.stderr


def test_prompt_is_shown_and_nothing_is_sent(run: Run, project: Path) -> None:
    done = run("prompt", "main.py", "--symbol", "greet", "--budget", "1500", "--format", "json", cwd=project)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert set(document) >= {"prompt", "tokens", "budget", "items", "redactions", "sources"}
    assert "greet" in document["prompt"]
    assert document["budget"] == 1500
    assert sum(item["tokens"] for item in document["items"]) <= 1500


def test_prompt_as_text_is_the_prompt(run: Run, project: Path) -> None:
    done = run("prompt", "main.py", "--symbol", "greet", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "greet" in done.stdout


def test_prompt_without_an_item_holds_everything_else(run: Run, project: Path) -> None:
    place = ("billing.py", "--symbol", "Invoice.total")
    whole = json.loads(run("prompt", *place, "--format", "json", cwd=project).stdout)
    gone, *kept = [item["id"] for item in whole["items"]]
    done = run("prompt", *place, "--without", gone, "--format", "json", cwd=project)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["dropped"] == [gone]
    assert [item["id"] for item in document["items"]] == kept


@pytest.mark.parametrize("command", ["prompt", "generate"])
def test_without_an_item_that_there_is_not_names_those_that_there_are(run: Run, project: Path, command: str) -> None:
    done = run(command, "billing.py", "--symbol", "Invoice.total", "--without", "nothing.py::::file", cwd=project)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "'nothing.py::::file'" in done.stderr
    assert "main.py::run::call-site" in done.stderr


def test_generation_without_an_item_does_not_send_it(run: Run, project: Path) -> None:
    with StandIn() as service:
        settings = ("--backend", "openai", "--set", f"openai.baseUrl={service.url}/v1", "--set", "openai.model=small")
        place = ("generate", "billing.py", "--symbol", "Invoice.total", *settings)
        whole = run(*place, cwd=project)
        without = run(*place, "--without", "main.py::run::call-site", cwd=project)
        sent = [json.dumps(each.body) for each in service.requests]
    assert (whole.returncode, without.returncode) == (0, 0), whole.stderr + without.stderr
    assert ["greet(name" in each for each in sent] == [True, False]


def test_batch_writes_all_that_is_missing_once(run: Run, project: Path) -> None:
    (project / "other.py").write_text("from main import greet, wave\n\nwave(greet('x', times=1))\n")
    done = run("batch", "--write", "--kind", "undefined-call", "--kind", "missing-import", *OFFLINE, cwd=project)
    assert done.returncode == 0, done.stderr
    text = (project / "main.py").read_text()
    assert text.count("def greet(") == 1
    assert text.count("def wave(") == 1
    assert {f["kind"] for f in json.loads(run("check", "--format", "json", cwd=project).stdout)["findings"]} <= {"stub"}


def test_batch_without_findings_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("print(1)\n")
    done = run("batch", *OFFLINE)
    assert done.returncode == 0
    assert "nothing is missing" in done.stderr


def test_batch_prints_one_document(run: Run, project: Path) -> None:
    done = run("batch", "--format", "json", *OFFLINE, cwd=project)
    document = json.loads(done.stdout)
    assert document["version"] == 1
    assert {result["qualname"] for result in document["results"]} >= {"greet"}
    assert all(result["status"] in ("drafted", "failed") for result in document["results"])


def test_batch_that_is_resumed_leaves_out_what_was_done(run: Run, project: Path, tmp_path: Path) -> None:
    env = {"AUTOGEN_STATE_DIR": str(tmp_path / "state")}
    first = json.loads(
        run("batch", "--kind", "stub", "--write", "--format", "json", *OFFLINE, cwd=project, env=env).stdout
    )
    assert [result["qualname"] for result in first["results"]] == ["Invoice.total"]
    rest = json.loads(run("batch", "--resume", "--format", "json", *OFFLINE, cwd=project, env=env).stdout)
    assert [result["qualname"] for result in rest["results"]] == ["greet"]


def test_batch_says_why_it_writes_nothing(run: Run, project: Path, tmp_path: Path) -> None:
    env = {"AUTOGEN_STATE_DIR": str(tmp_path / "state")}
    (project / "empty").mkdir()
    assert "no Python files in empty" in run("batch", "empty", *OFFLINE, cwd=project, env=env).stderr
    assert "2 drafted" in run("batch", *OFFLINE, cwd=project, env=env).stderr
    assert "2 left out" in run("batch", "--resume", *OFFLINE, cwd=project, env=env).stderr


def test_batch_writes_what_its_new_code_lacks_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(
        "from stores import FileStore\n\n\n"
        "def main(path):\n    store = FileStore(path)\n    for row in store.load_all():\n        print(row)\n"
    )
    (tmp_path / "stores.py").write_text("def other():\n    return 1\n")
    done = run("batch", "--write", "--format", "json", *OFFLINE, cwd=tmp_path)
    results = json.loads(done.stdout)["results"]
    assert [(each["path"], each["qualname"], each["status"]) for each in results] == [
        ("stores.py", "FileStore", "written"),
        ("stores.py", "FileStore.load_all", "written"),
    ]
    rest = json.loads(run("check", "--format", "json", cwd=tmp_path).stdout)["findings"]
    assert {finding["kind"] for finding in rest} == {"stub"}


def test_what_can_be_imported_is_not_written_again_unless_it_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def slug(text: str) -> str:\n    return text.lower()\n")
    (tmp_path / "b.py").write_text("def title(text: str) -> str:\n    return slug(text)\n")
    for place in (("--line", "2"), ("--line", "2", "--column", "12")):
        done = run("generate", "b.py", *place, *OFFLINE, cwd=tmp_path)
        assert done.returncode == 1
        assert "'slug' can be imported from a; --symbol slug writes another one" in done.stderr
    assert "def slug" in run("generate", "b.py", "--symbol", "slug", *OFFLINE, cwd=tmp_path).stdout


def test_batch_leaves_definitions_in_the_order_of_their_uses(run: Run, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(
        "class A:\n    def run(self):\n        self.one()\n        self.two()\n\n    def last(self): ...\n\n\n"
        "def main(a: A):\n    first(second())\n    third()\n    a.three()\n    a.four()\n"
    )
    done = run("batch", "--write", "--kind", "undefined-call", "--kind", "missing-attribute", *OFFLINE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    names = re.findall(r"def (\w+)", (tmp_path / "m.py").read_text())
    assert names == ["run", "one", "two", "last", "three", "four", "main", "first", "second", "third"]
