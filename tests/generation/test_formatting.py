"""The project's own formatter, found by its settings and run without touching the project."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from autogen_lsp.generation.formatting import find_program, format_code, formatter_of

CODE = "def total(self, a, b):\n    x = 'a'\n    return self.something(a) + self.something(b) + len(x)\n"


@pytest.mark.parametrize(
    ("files", "name", "settings"),
    [
        ({}, None, None),
        ({"pyproject.toml": "[project]\nname = 'x'\n"}, None, None),
        ({"pyproject.toml": "[tool.ruff]\n"}, "ruff", "pyproject.toml"),
        ({"ruff.toml": ""}, "ruff", "ruff.toml"),
        ({".ruff.toml": ""}, "ruff", ".ruff.toml"),
        ({"pyproject.toml": "[tool.black]\n"}, "black", "pyproject.toml"),
        ({"pyproject.toml": "[tool.black]\n[tool.ruff.lint]\n"}, "black", "pyproject.toml"),
        ({"pyproject.toml": "[tool.black]\n[tool.ruff.format]\n"}, "ruff", "pyproject.toml"),
        ({"pyproject.toml": "[tool.black]\n", "ruff.toml": "[format]\n"}, "ruff", "ruff.toml"),
        ({"pkg/ruff.toml": "", "pyproject.toml": "[tool.black]\n"}, "ruff", "ruff.toml"),
        ({"pyproject.toml": "[tool.ruff\n"}, None, None),
        ({"pyproject.toml": "tool = 3\n"}, None, None),
        ({"pyproject.toml": "[tool]\nruff = 3\n"}, None, None),
        ({"../pyproject.toml": "[tool.ruff]\n"}, None, None),
    ],
)
def test_nearest_settings_say_which_formatter(
    files: dict[str, str], name: str | None, settings: str | None, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    (root / "pkg").mkdir(parents=True)
    for path, text in files.items():
        (root / path).write_text(text)
    found = formatter_of(root / "pkg" / "a.py", root)
    assert (found and found.name, found and found.settings.name) == (name, settings)


async def test_nesting_counts_for_the_line_length_and_is_undone(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text("line-length = 60\n")
    flat, _ = await format_code(CODE, tmp_path / "a.py", tmp_path)
    nested, check = await format_code(CODE, tmp_path / "a.py", tmp_path, levels=2)
    assert flat == CODE.replace("'", '"')
    assert nested == (
        'def total(self, a, b):\n    x = "a"\n    return (\n        self.something(a)\n'
        "        + self.something(b)\n        + len(x)\n    )\n"
    )
    assert check.detail == "ruff, by ruff.toml"


def test_formatting_leaves_no_file_behind(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text("")
    asyncio.run(format_code(CODE, tmp_path / "a.py", tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["ruff.toml"]


async def test_decorators_docstrings_and_multiline_strings_survive_nesting(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text("")
    code = '@cache\ndef f():\n    """Doc.\n\n    More.\n    """\n    return """a\n  b"""\n\n\ndef g():\n    return 1\n'
    formatted, _ = await format_code(code, tmp_path / "a.py", tmp_path, levels=1)
    assert formatted.replace("\n\n\n", "\n\n") == code.replace("\n\n\n", "\n\n")


async def test_formatter_that_refuses_its_settings_leaves_the_code(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text("line-length = 'long'\n")
    code, check = await format_code(CODE, tmp_path / "a.py", tmp_path)
    assert code == CODE
    assert check.ok
    assert "ruff failed" in check.detail


async def test_missing_formatter_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ruff.toml").write_text("")
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    code, check = await format_code(CODE, tmp_path / "a.py", tmp_path)
    assert code == CODE
    assert "ruff is configured, but was not found" in check.detail


async def test_program_inside_the_workspace_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "ruff"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ntouch ran\n")
    program.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path.parent / "python"))
    monkeypatch.setenv("PATH", f"{program.parent}:bin:.:")
    assert find_program("ruff", tmp_path) is None
    assert find_program("ruff", tmp_path / "elsewhere") == str(program)
