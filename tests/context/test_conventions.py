"""Conventions from data: said where files agree, silent where they do not; guides and linter settings in few words."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_lsp.context.conventions import Sample, conventions
from autogen_lsp.context.guides import excerpts, linter_settings
from autogen_lsp.syntax.facts import extract
from autogen_lsp.workspace.ignore import Rules
from autogen_lsp.workspace.source import Source


def samples(*texts: str) -> list[Sample]:
    return [Sample(text.encode(), extract(Source(Path("m.py"), text.encode()))) for text in texts]


TYPED = "".join(
    f"def f{n}(a: int | None = None) -> str | None:\n    '''Do it.'''\n    return f\"{{a}}\"\n\n\n" for n in range(8)
)
BARE = "".join(f"def f{n}(a):\n    return 'x %s' % (a)\n\n\n" for n in range(8))
PLAIN = "".join(f"def g{n}(a, b: int):\n    return a\n" for n in range(3))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TYPED, "Functions have type annotations."),
        (TYPED, "Optional types are written `X | None`."),
        (TYPED, "Public functions have docstrings."),
        (TYPED, "Strings are formatted with f-strings."),
        (BARE, "Functions have no type annotations."),
        (BARE, "Most functions have no docstring."),
        (BARE, "Strings are formatted with % or str.format, not f-strings."),
        (BARE, "Strings have single quotes."),
        ("import logging\nlog = logging.getLogger(__name__)\n",
         "It logs through a module-level `log = logging.getLogger(...)`."),
        ("async def a(): pass\n" * 6, "Most functions are async."),
        ("class AppError(Exception): pass\n" + "def f():\n    raise AppError('x')\n" * 4,
         "Errors are raised with the project's own classes: AppError."),
        ("def f():\n    '''Do.\n\n    Args:\n        a: it\n    '''\n" * 6, "Docstrings use Google style (Args:)."),
        ("def f():\n    '''Do.\n\n    Returns\n    -------\n    it\n    '''\n" * 6, "Docstrings use NumPy style."),
    ],
)  # fmt: skip
def test_a_clear_habit_is_said(text: str, sentence: str) -> None:
    assert sentence in conventions(samples(text), [])


def test_nothing_is_said_where_files_disagree_or_say_too_little() -> None:
    said = conventions(samples(TYPED, BARE), [])
    assert not any("annotations" in each or "formatted" in each for each in said)
    assert conventions(samples(PLAIN), []) == []
    assert conventions([], []) == []


def test_the_test_framework_is_read_from_tests() -> None:
    assert conventions([], samples("import pytest\n", "import pytest\n")) == ["Tests use pytest."]
    unit = "import unittest\nclass A(unittest.TestCase): pass\n"
    assert conventions([], samples(unit)) == ["Tests are unittest.TestCase classes."]


def test_one_more_function_of_the_same_kind_changes_no_sentence() -> None:
    assert conventions(samples(TYPED), []) == conventions(samples(TYPED + TYPED.replace("def f", "def h")), [])


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({}, ""),
        ({"pyproject.toml": "[tool.black]\nline-length = 99\n"}, "lines of at most 99 characters"),
        ({"ruff.toml": 'line-length = 90\n[lint]\nselect = ["E", "D"]\n[lint.pydocstyle]\nconvention = "google"\n'},
         "lines of at most 90 characters; ruff rules E, D; docstrings in google style"),
        ({".flake8": "[flake8]\nmax-line-length = 79\n"}, "lines of at most 79 characters"),
        ({"setup.cfg": "[mypy]\ndisallow_untyped_defs = True\n"}, "mypy: every function is typed"),
        ({"pyproject.toml": "this is [not toml"}, ""),
        ({"pyproject.toml": 'tool = 3\nproject = "x"\n'}, ""),
        ({"setup.cfg": "no section\n"}, ""),
        ({".gitignore": "pyproject.toml\n", "pyproject.toml": "[tool.black]\nline-length = 99\n"}, ""),
    ],
)  # fmt: skip
def test_linter_settings_become_one_line(tmp_path: Path, files: dict[str, str], line: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert linter_settings(tmp_path, Rules((tmp_path,))) == line


def test_guides_are_cut_at_paragraphs_and_list_items(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text(
        "# Code style\n\n- Always annotate function parameters and return types.\n"
        "- Prefer dataclasses to dicts in new modules.\n\n"
        "```\nnever = 'read code blocks as style: types, names, docstrings'\n```\n\n"
        "# Releases\n\n- Tag the commit and push the branch.\n"
    )
    found = [each.text for each in excerpts(tmp_path, Rules((tmp_path,)))]
    assert found == [
        "- Always annotate function parameters and return types.",
        "- Prefer dataclasses to dicts in new modules.",
    ]


def test_ignored_guides_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "CLAUDE.md").write_text("# Style\n\nAlways use type hints and docstrings in every function.\n")
    (tmp_path / ".gitignore").write_text("CLAUDE.md\n")
    assert excerpts(tmp_path, Rules((tmp_path,))) == []
