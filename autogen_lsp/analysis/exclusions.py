"""Files whose findings nobody waits for: what says that a program wrote it, and will again; excerpts in documentation;
and fixtures of tests that the project's own settings keep from its linter or formatter: code that is broken on purpose.

Other files that it leaves out (examples, old code, all tests together) are meant to work, and have findings; so have
those that a type checker is sent to all the same.
Read are Ruff's and Flake8's lists of glob patterns and Black's regular expressions, in the roots. Type checkers' lists
are not: projects leave whole test suites out of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from autogen_lsp.analysis.project import Project

_FILES = ("pyproject.toml", "ruff.toml", ".ruff.toml", "setup.cfg", "tox.ini", ".flake8")
_TESTS = re.compile(r"tests?|testing|testdata", re.I)
_DATA = re.compile(r"(?:test_?)?(?:data|fixtures?|samples?)", re.I)  # a folder of the tests for what they read
_DOCUMENTATION = frozenset({"doc", "docs", "documentation"})  # folders
_ELIDED = re.compile(rb"^[ \t]*# ?(?:\.\.\.|\xe2\x80\xa6)[ \t]*$", re.M)
_RUN = re.compile(r"_*tests?_|.*_tests?\.|conftest\.|__init__\.")  # files of tests, by their names
_SUITE = re.compile(r"tests?", re.I)  # all tests of a project
_EXCLUDES = re.compile(r"""\bexclude["']?\s*[=:]""")
_HEAD = re.compile(rb"""(?:\s+|#[^\r\n]*|[rRuU]?(\"""|\'\'\').*?(?:\1|\Z))*""", re.S)
# The file itself must be meant: a docstring may well speak of automatically generated keys, or of what not to change.
_GENERATED = re.compile(
    rb"""
    @generated\b
    | ^[\ \t#*"'-]*(?:warning\W+)?(?:(?:this|the)\s(?:file|code|module|script)\s(?:is|was|has\sbeen)\s)?
      auto(?:matically)?[-\s]?generated
      (?=\s+(?:file|code|module|data|by|from|using|with|on)\b | [.,:;!] | [\ \t]*- | [^\w\n]*$)
    | \bgenerated\b.{0,200}\b(?:do\s+not|don't)\s+(?:hand-?\s?)?(?:edit|modify|change)\b
    | \b(?:do\s+not|don't)\s+(?:hand-?\s?)?(?:edit|modify|change)\b.{0,200}\bgenerated\b
    | \bgenerated\b.{0,200}\bchanges?\b.{0,80}\b(?:lost|erased|overwritten|overridden)\b
    """,
    re.I | re.M | re.S | re.X,
)
_MAX_HEAD = 2_000
_FLAKE8 = re.compile(r"^\[flake8\][^\n]*\n(.*?)(?=^\[|\Z)", re.M | re.S)
_COMMENT = re.compile(r"^[ \t]*[#;].*\n", re.M)
_KEY = re.compile(r"^(?:extend-)?exclude[ \t]*[=:](.*(?:\n(?:[ \t]+.*)?)*)", re.M)
_MAX_BYTES = 500_000
_MAX_PATTERN = 2_000


class Exclusions(msgspec.Struct, frozen=True):
    """Patterns of one root, compiled; they match a path below it that begins with a slash."""

    patterns: tuple[re.Pattern[str], ...]

    def __contains__(self, relative: str) -> bool:
        return any(pattern.search(relative) for pattern in self.patterns)


def is_excluded(project: Project, path: Path) -> bool:
    """As of the project's first question for the file: typing must not wait for the disk."""
    found = project.excluded.get(path)
    if found is None:
        source = project.source(path)
        found = source is not None and is_generated(source.text)
        found = project.excluded[path] = found or (_is_excluded(project, path) and not _is_checked(project, path))
    return found or _is_excerpt(project, path)


def _is_checked(project: Project, path: Path) -> bool:
    """Whether a type checker reads the file all the same."""
    from autogen_lsp.analysis.checked import reads  # hardly ever needed, and much to load before a first answer

    return reads(project, path)


def _is_excerpt(project: Project, path: Path) -> bool:
    """Whether it is a file of the documentation that imports nothing, or leaves something out (``# ...``): it shows a
    part of what the text is about. Or one of the tests that no import names, and that imports nothing, or lies in a
    folder of theirs that is no package, or is called one for data: their data.
    """
    root = project.snapshot.root_of(path)
    folders = path.relative_to(root).parts[:-1] if root is not None else ()
    documents = not _DOCUMENTATION.isdisjoint(folders)
    if not documents and not any(map(_TESTS.fullmatch, folders)):
        return False
    table, source = project.table(path), project.source(path)
    if table is None or source is None:
        return False
    if documents:
        return not table.facts.imports or _ELIDED.search(source.text) is not None
    if _RUN.match(path.name) or project.index is None:
        return False
    if table.facts.imports and (
        not any(map(_TESTS.fullmatch, folders[:-1]))
        or (not _DATA.fullmatch(folders[-1]) and "__init__.py" in project.modules.listing.names(path.parent))
    ):
        return False
    return not (path.stem.isidentifier() and project.importers(path.stem))


def is_generated(text: bytes) -> bool:
    """Whether the comments and the docstring that a file begins with say that it is written by a program."""
    head = _HEAD.match(text[:_MAX_HEAD])
    return head is not None and _GENERATED.search(head.group()) is not None


def _is_excluded(project: Project, path: Path) -> bool:
    folder = project.folders[path]
    if folder not in project.fixtures:
        project.fixtures[folder] = _of_folder(project.snapshot.roots, folder)
    found = project.fixtures[folder]
    return found is not None and f"{found[0]}/{path.name}" in found[1]


def _of_folder(roots: tuple[Path, ...], folder: Path) -> tuple[str, Exclusions] | None:
    """The folder below its root, and what that leaves out; None where no file of the folder is left out."""
    root = next((root for root in roots if folder.is_relative_to(root)), None)
    parts = folder.relative_to(root).parts if root is not None else ()
    outer = next((at for at, part in enumerate(parts) if _TESTS.fullmatch(part)), None)
    if root is None or outer is None:
        return None
    excluded = _of_root(root, _stamp(root))
    around, suite = (f"/{'/'.join(parts[:end])}" for end in (outer, outer + 1))
    if _SUITE.fullmatch(parts[outer]) and suite in excluded and around not in excluded:
        return None  # all tests together
    return f"/{'/'.join(parts)}", excluded


def _stamp(root: Path) -> tuple[tuple[str, int], ...]:
    """The files that are there, and when they changed."""
    out = []
    for name in _FILES:
        try:
            out.append((name, (root / name).stat().st_mtime_ns))
        except OSError:
            continue
    return tuple(out)


@lru_cache(maxsize=64)
def _of_root(root: Path, stamp: tuple[tuple[str, int], ...]) -> Exclusions:
    patterns: list[re.Pattern[str]] = []
    for name, _ in stamp:
        try:
            text = (root / name).read_bytes()[:_MAX_BYTES].decode("utf-8", "replace")
            if not _EXCLUDES.search(text):
                continue  # which is cheaper to see than to parse
            found = list(_toml(text, name) if name.endswith(".toml") else _ini(text))
        except (OSError, ValueError):
            continue
        for pattern, verbose in found:
            try:
                patterns.append(re.compile(pattern[:_MAX_PATTERN], re.VERBOSE if verbose else 0))
            except re.error:
                continue
    return Exclusions(tuple(patterns))


def _toml(text: str, name: str) -> Iterator[tuple[str, bool]]:
    import tomllib

    data: Any = tomllib.loads(text)
    tools = _table(data, "tool") if name == "pyproject.toml" else {"ruff": data}
    ruff = _table(tools, "ruff")
    for table in (ruff, _table(ruff, "lint")):
        for key in ("exclude", "extend-exclude"):
            globs = table.get(key)
            yield from (
                ((_of_glob(glob), False) for glob in globs if isinstance(glob, str)) if isinstance(globs, list) else ()
            )
    for key in ("exclude", "extend-exclude", "force-exclude"):
        pattern = _table(tools, "black").get(key)
        if isinstance(pattern, str) and pattern:
            yield pattern, "\n" in pattern


def _ini(text: str) -> Iterator[tuple[str, bool]]:
    """Not with `configparser`, which reads all of a file where one section matters: the first document waits for it."""
    for section in _FLAKE8.finditer(text):
        for value in _KEY.findall(_COMMENT.sub("", section.group(1))):
            for glob in re.split(r"[\s,]+", value):
                if glob and not glob.startswith("#"):
                    yield _of_glob(glob), False


def _table(data: Any, key: str) -> dict[str, Any]:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _of_glob(glob: str) -> str:
    """As a regular expression: a pattern without a slash matches any part of the path, others begin at the root."""
    glob = glob.removeprefix("./").rstrip("/").removesuffix("/**").removesuffix("/*")
    out = []
    for part in re.split(r"(\*\*/?|\*|\?|\[[^\]]*\])", glob.lstrip("/")):
        if part.startswith("**"):
            out.append("(?:.*/)?" if part.endswith("/") else ".*")
        elif part == "*":
            out.append("[^/]*")
        elif part == "?":
            out.append("[^/]")
        elif part.startswith("["):
            out.append(part.replace("[!", "[^"))
        else:
            out.append(re.escape(part))
    start = "^/" if "/" in glob else "/"
    return f"{start}{''.join(out)}(?:/|$)"
