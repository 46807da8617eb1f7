"""``check``: places, kinds, formats and exit status."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run


def findings(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)["findings"]
    assert isinstance(found, list)
    return found


def test_findings_point_at_the_missing_name(run: Run, project: Path) -> None:
    done = run("check", "--format", "json", cwd=project)
    document = json.loads(done.stdout)
    assert document["version"] == 1
    assert document["root"] == str(project)
    assert [
        (f["path"], f["line"], f["column"], f["end_line"], f["end_column"], f["kind"], f["name"])
        for f in findings(done)
    ] == [
        ("billing.py", 5, 9, 5, 14, "stub", "total"),
        ("main.py", 5, 36, 5, 41, "undefined-call", "greet"),
    ]
    assert document["findings"][0]["target"] == {"path": "billing.py", "qualname": "Invoice.total"}
    assert document["findings"][1]["target"] == {"path": "main.py", "qualname": "greet"}


def test_columns_count_code_points(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("s = '😀ä'; missing()\n", encoding="utf-8")
    (found,) = findings(run("check", "x.py", "--format", "json"))
    assert (found["line"], found["column"], found["end_column"]) == (1, 11, 18)


def test_text_is_one_line_a_finding(run: Run, project: Path) -> None:
    done = run("check", cwd=project)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("billing.py:5:9: stub ")
    assert lines[1].startswith("main.py:5:36: undefined-call ")
    assert "\x1b" not in done.stdout


def test_sarif_names_rule_place_and_encoding_of_columns(run: Run, project: Path) -> None:
    log = json.loads(run("check", "--format", "sarif", cwd=project).stdout)
    assert log["version"] == "2.1.0"
    (scan,) = log["runs"]
    assert scan["columnKind"] == "unicodeCodePoints"
    rules = [rule["id"] for rule in scan["tool"]["driver"]["rules"]]
    for result in scan["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    location = scan["results"][1]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "main.py", "uriBaseId": "ROOT"}
    assert location["region"] == {"startLine": 5, "startColumn": 36, "endLine": 5, "endColumn": 41}
    assert scan["originalUriBaseIds"]["ROOT"]["uri"] == project.as_uri() + "/"


def test_only_the_files_that_are_named_are_reported(run: Run, project: Path) -> None:
    assert {f["path"] for f in findings(run("check", "main.py", "--format", "json", cwd=project))} == {"main.py"}


def test_paths_are_relative_to_the_root_from_anywhere(run: Run, project: Path, tmp_path: Path) -> None:
    found = findings(run("check", "shop/main.py", "--format", "json", cwd=tmp_path))
    assert [f["path"] for f in found] == ["main.py"]


def test_kinds_can_be_chosen(run: Run, project: Path) -> None:
    found = findings(run("check", "--set", "diagnostics.kinds=stub", "--format", "json", cwd=project))
    assert {f["kind"] for f in found} == {"stub"}


def test_clean_project_is_status_0_and_silent(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("print(len([]))\n")
    done = run("check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_broken_code_is_checked_as_far_as_it_goes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("def f(:\n    missing()\n\nprint(1\n")
    done = run("check", "--format", "json")
    assert done.returncode in (0, 1)
    assert "findings" in json.loads(done.stdout)


def test_two_projects_are_checked_together(run: Run, project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "setup.py").touch()
    (other / "x.py").write_text("missing()\n")
    found = findings(run("check", "shop/main.py", "other", "--format", "json"))
    assert {f["path"] for f in found} == {"shop/main.py", "other/x.py"}


def test_nothing_is_written_into_the_project(run: Run, project: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*")}
    run("check", cwd=project)
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*")} == before
