"""Code into the same code as the project's own formatter writes it, where the project has one.

The formatter's settings are the project's; the program is the one beside our interpreter, else the one on PATH, unless
that lies inside the workspace: a repository must not decide what runs on a click. It reads the code from a pipe and
writes nothing into the workspace. Where it is missing or fails the code stays as it is, and the check says so.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import os
import shutil
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autogen_lsp.generation.indentation import cut, normalise, parse_python
from autogen_lsp.generation.model import Check

_SECONDS = 10.0
_RUFF_FILES = ("ruff.toml", ".ruff.toml")


@dataclass(frozen=True, slots=True)
class Formatter:
    """Which formatter a project uses, and the file that says so."""

    name: str
    settings: Path


async def format_code(code: str, path: Path, root: Path, levels: int = 0) -> tuple[str, Check]:
    """The code as it will read in ``path``, ``levels`` classes deep (it counts for the line length), and the check."""
    if not code.strip():
        return code, Check("formatted", True)
    formatter = await asyncio.to_thread(formatter_of, path, root)
    if formatter is None:
        return code, Check("formatted", True, "the project configures no formatter")
    program = find_program(formatter.name, root)
    if program is None:
        return code, Check("formatted", True, f"left as it is: {formatter.name} is configured, but was not found")
    nested = _nested(code, levels)
    command = [program, *_arguments(formatter.name), "--stdin-filename", str(path), "-"]
    status, output, message = await _run(command, nested.encode("utf-8", "replace"), formatter.settings.parent)
    formatted = _unnested(output.decode("utf-8", "replace"), levels) if status == 0 else None
    if formatted is None:
        return code, Check(
            "formatted", True, f"left as it is: {formatter.name} failed: {message or f'status {status}'}"
        )
    return formatted, Check("formatted", True, f"{formatter.name}, by {formatter.settings.name}")


def formatter_of(path: Path, root: Path) -> Formatter | None:
    """The formatter that the nearest settings file above ``path``, not above ``root``, speaks of.

    Black where its section is there and Ruff's formatter has none of its own, else Ruff.
    """
    for folder in (folder for folder in path.parents if folder.is_relative_to(root)):
        tools = _tools(folder / "pyproject.toml")
        ruff = next((folder / name for name in _RUFF_FILES if (folder / name).is_file()), None)
        if ruff is None and "ruff" in tools:
            ruff = folder / "pyproject.toml"
        formats = "format" in tools.get("ruff", {}) or (ruff is not None and "format" in _toml(ruff))
        if "black" in tools and not formats:
            return Formatter("black", folder / "pyproject.toml")
        if ruff is not None:
            return Formatter("ruff", ruff)
    return None


def find_program(name: str, root: Path) -> str | None:
    """The program beside our interpreter, or on PATH outside of the workspace; None where there is none."""
    listed = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    safe = [folder for folder in listed if folder.is_absolute() and not folder.is_relative_to(root)]
    folders = [Path(sys.executable).parent, *safe]
    return shutil.which(name, path=os.pathsep.join(map(str, folders)))


def _arguments(name: str) -> list[str]:
    return ["format", "--quiet", "--no-cache"] if name == "ruff" else ["--quiet"]


async def _run(command: list[str], text: bytes, folder: Path) -> tuple[int, bytes, str]:
    """Exit status, output and the first line of the errors; the process never outlives the call."""
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder)
    except OSError as error:
        return 1, b"", str(error)
    try:
        async with asyncio.timeout(_SECONDS):
            output, errors = await process.communicate(text)
    except TimeoutError:
        return 1, b"", f"no answer within {_SECONDS:.0f} s"
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode or 0, output, errors.decode("utf-8", "replace").strip().partition("\n")[0]


def _nested(code: str, levels: int) -> str:
    """The code inside of so many classes."""
    headers = "".join(f"{' ' * 4 * level}class _:\n" for level in range(levels))
    return headers + cut(code, 1, code.count("\n") + 1, -4 * levels)


def _unnested(code: str, levels: int) -> str | None:
    """The formatted code out of its classes, four spaces a level; None where it is no code any more."""
    even = normalise(code)
    module = parse_python(even)
    body: list[ast.stmt] = module.body if module else []
    for _ in range(levels):
        body = body[0].body if len(body) == 1 and isinstance(body[0], ast.ClassDef) else []
    if not body:
        return None
    first = min((mark.lineno for mark in getattr(body[0], "decorator_list", ())), default=body[0].lineno)
    return cut(even, first, even.count("\n") + 1, 4 * levels).rstrip("\n") + "\n"


def _tools(path: Path) -> dict[str, Any]:
    """The sections below ``tool`` of a pyproject.toml."""
    tools = _toml(path).get("tool", {})
    return {name: value for name, value in tools.items() if isinstance(value, dict)} if isinstance(tools, dict) else {}


def _toml(path: Path) -> dict[str, Any]:
    """A settings file's content; nothing where it is missing or broken, as the formatter itself will say."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
