"""What every command promises: exit status, one clear line for an error, nothing but the document on stdout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autogen_lsp import __version__
from autogen_lsp.cli.main import COMMANDS
from tests.cli.conftest import Run


def one_line(process: subprocess.CompletedProcess[str]) -> str:
    assert process.stderr.count("\n") == 1, process.stderr
    assert "Traceback" not in process.stderr
    return process.stderr


def test_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version").stdout == f"autogen-lsp {__version__}\n"


def test_help_names_every_command(run: Run) -> None:
    text = run("--help").stdout
    assert all(name in text for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_its_arguments(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: autogen-lsp {command}")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "COMMAND"),
        (["frobnicate"], "frobnicate"),
        (["check", "--format", "xml"], "xml"),
        (["check", "missing.py"], "missing.py: no such file or directory"),
        (["check", ""], "a path is empty"),
        (["check", "--set", "backend"], "KEY=VALUE"),
        (["check", "--set", "=1"], "KEY=VALUE"),
        (["check", "--set", "concurrency=many"], "must be a whole number, 0 or more"),
        (["check", "--set", "no.such.key=1"], "no.such.key"),
        (["check", "--set", "backend=gpt"], "must be one of"),
        (["check", "--set", "openai.apiKey=sk-secret"], "environment variable"),
        (["generate", "x.py"], "--line"),
        (["generate", "x.py", "--line", "0"], "1 or more"),
        (["generate", "x.py", "--symbol", "f", "--column", "3"], "--column"),
        (["generate", "x.py", "--symbol", "f", "--backend", "oracle"], "must be one of"),
        (["prompt", "x.py", "--line", "1", "--budget", "0"], "--budget"),
        (["cache"], "stats|clear"),
        (["cache", "clear", "--older-than", "soon"], "soon"),
        (["usage", "--since", "yesterday"], "--since yesterday"),
        (["serve", "--tcp", "here"], "HOST:PORT"),
        (["batch", "--concurrency", "0"], "--concurrency"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(run: Run, tmp_path: Path, arguments: list[str], says: str) -> None:
    (tmp_path / "x.py").write_text("f()\n")
    done = run(*arguments)
    assert done.returncode == 2
    assert says in one_line(done)
    assert done.stdout == ""
    assert "sk-secret" not in done.stderr


def test_wrong_environment_is_named(run: Run) -> None:
    done = run("check", env={"AUTOGEN_BACKEND": "gpt"})
    assert done.returncode == 2
    assert "AUTOGEN_BACKEND" in one_line(done)


def test_file_that_is_no_text_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes(b"x = '\xe9'\n")
    done = run("check", "latin.py")
    assert done.returncode == 2
    assert "latin.py: not text" in one_line(done)


def test_file_that_is_too_large_is_named(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "large.py").open("wb") as file:
        file.truncate(11 * 2**20)
    done = run("check", "large.py")
    assert done.returncode == 2
    assert "large.py: larger than 10 MB" in one_line(done)


def test_folder_where_a_file_is_needed_is_named(run: Run, tmp_path: Path) -> None:
    done = run("generate", str(tmp_path), "--symbol", "f")
    assert done.returncode == 2
    assert "is a folder" in one_line(done)


@pytest.mark.parametrize("command", [["check"], ["batch"], ["generate", "--symbol", "f"]])
def test_file_that_is_not_python_is_named(run: Run, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "README.md").write_text("# Read me\n")
    done = run(*command, "README.md")
    assert done.returncode == 2
    assert "README.md: not a Python file" in one_line(done)


def test_script_without_suffix_is_python_by_its_first_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/usr/bin/env python3\nmissing()\n")
    done = run("check", "tool")
    assert (done.returncode, done.stdout.split()[1]) == (1, "undefined-call")


def test_folder_without_python_is_said_and_is_no_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    done = run("check", "docs", "--format", "json")
    assert done.returncode == 0
    assert "no Python files in docs" in one_line(done)
    assert json.loads(done.stdout)["findings"] == []


def test_reader_that_goes_away_is_no_error(project: Path) -> None:
    script = f"{sys.executable} -m autogen_lsp check --format json | head -c 1"
    done = subprocess.run(
        ["sh", "-c", script], cwd=project, env=dict(os.environ), capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "{"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_defect_is_one_line_that_names_the_log(run: Run, tmp_path: Path) -> None:
    # A package of ours that breaks at import stands for any defect.
    (tmp_path / "msgspec.py").write_text("raise RuntimeError('broken installation')\n")
    done = run("check", env={"PYTHONPATH": str(tmp_path), "TMPDIR": str(tmp_path)})
    assert done.returncode == 2
    assert "broken installation" in one_line(done)
    (log,) = tmp_path.glob("autogen-lsp-*.log")
    assert str(log) in done.stderr
    assert "Traceback" in log.read_text()


def test_debug_shows_the_traceback(run: Run, tmp_path: Path) -> None:
    (tmp_path / "msgspec.py").write_text("raise RuntimeError('broken installation')\n")
    done = run("check", env={"PYTHONPATH": str(tmp_path), "AUTOGEN_DEBUG": "1"})
    assert "Traceback" in done.stderr
