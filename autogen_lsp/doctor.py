"""One health report of every part, for the command line, the server's ``autogen/health`` and Neovim's ``:checkhealth``.

Looks, and changes nothing: no network, no paid call, no heavy import (packages are looked up, not imported). A part
that is missing but optional is fine (``ok``) with a fix that says how to add it. Credentials are reported as set or
not, never shown.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import re
import shlex
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from autogen_lsp import __version__
from autogen_lsp.config import Problem, Settings

# Pure Python wheels with one lock for the full set; see docs/configuration.md, "Installing".
FULL_SET = Path(__file__).parent / "locks" / "full.txt"


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the report. ``fix`` is what to do, '' where nothing is to be done."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


def health(settings: Settings, roots: Sequence[Path] = (), problems: Sequence[Problem] = ()) -> dict[str, Any]:
    """``{"version": 1, "ok": bool, "parts": [{"name", "ok", "detail", "fix"}]}``; ``ok``: nothing is broken."""
    checks: list[Callable[[], Part]] = [
        lambda: Part("autogen-lsp", True, __version__),
        _python,
        _tree_sitter,
        _sqlite,
        lambda: _settings(problems),
        lambda: _backend(settings),
        lambda: _codegen(settings),
        lambda: _openai(settings),
        _graph,
        lambda: _folder("cache folder", _cache_dir(settings)),
        lambda: _folder("state folder", _state_dir()),
        lambda: _workspace(roots),
        lambda: _index(settings, roots),
    ]
    parts = [check() for check in checks]
    return {"version": 1, "ok": all(part.ok for part in parts), "parts": [asdict(part) for part in parts]}


def install_command(extra: str) -> str:
    """The command that adds the extra ``graph`` or ``codegen`` to the environment that runs this program."""
    python = shlex.quote(sys.executable)
    if extra == "graph" or _installed("graph_sitter"):
        # The two pin each other out, so together they install from the lock only. Even alone, graph-sitter names 700 MB
        # of packages that it never imports here, which the lock leaves out.
        return f"{python} -m pip install --no-deps --no-compile -r {shlex.quote(str(FULL_SET))}"
    return f"{python} -m pip install 'autogen-lsp[{extra}]'"


def _python() -> Part:
    found = f"{platform.python_implementation()} {platform.python_version()} ({sys.executable})"
    if (3, 12) <= sys.version_info[:2] <= (3, 13):
        return Part("python", True, found)
    return Part("python", False, found, "run autogen-lsp with Python 3.12 or 3.13")


def _tree_sitter() -> Part:
    from autogen_lsp.syntax.parser import parse

    tree = parse(b"f()\n")
    detail = f"tree-sitter {_version('tree-sitter')}, grammar {_version('tree-sitter-python')}"
    if tree.root_node.has_error:
        return Part("tree-sitter", False, detail, "reinstall tree-sitter and tree-sitter-python")
    return Part("tree-sitter", True, detail)


def _sqlite() -> Part:
    with sqlite3.connect(":memory:") as database:
        options = {row[0] for row in database.execute("pragma compile_options")}
    if "ENABLE_FTS5" in options:
        return Part("sqlite", True, f"{sqlite3.sqlite_version} with FTS5")
    return Part("sqlite", False, f"{sqlite3.sqlite_version} without FTS5", "use a Python whose sqlite3 has FTS5")


def _settings(problems: Sequence[Problem]) -> Part:
    if not problems:
        return Part("settings", True, "no problems")
    return Part("settings", False, "; ".join(problem.message for problem in problems), "see docs/configuration.md")


def _backend(settings: Settings) -> Part:
    from autogen_lsp.backends.registry import resolve

    chosen = resolve(settings)
    if settings.backend != "auto":
        return Part("backend", True, f"{chosen} (setting autogen.backend)")
    hint = "" if chosen != "skeleton" else "for AI: set CODEGEN_API_TOKEN and CODEGEN_ORG_ID, or OPENAI_BASE_URL"
    return Part("backend", True, f"{chosen} (chosen by itself)", hint)


def _codegen(settings: Settings) -> Part:
    token = "token set" if settings.codegen_token else "no token"
    organisation = "organisation set" if settings.codegen_org_id is not None else "no organisation"
    installed = _installed("codegen")
    detail = f"{f'codegen {_version("codegen")}' if installed else 'not installed'}; {token}, {organisation}"
    fix = "" if installed else install_command("codegen")
    return _backend_part("codegen", settings, detail, fix)


def _openai(settings: Settings) -> Part:
    key = "key set" if settings.openai_api_key else "no key"
    address = f"address {_without_password(settings.openai_base_url)}" if settings.openai_base_url else "no address"
    model = f"model {settings.openai_model}" if settings.openai_model else "no model"
    return _backend_part("openai", settings, f"{key}, {address}, {model}", "")


def _backend_part(name: str, settings: Settings, detail: str, fix: str) -> Part:
    """Bad only where this backend is the one that would be used, and lacks something."""
    from autogen_lsp.backends.registry import problem, resolve

    lacks = problem(settings, name)
    return Part(name, lacks is None or resolve(settings) != name, detail, fix or lacks or "")


def _graph() -> Part:
    if _installed("graph_sitter"):
        return Part("graph", True, f"graph-sitter {_version('graph-sitter')}")
    if sys.platform == "win32" or "musl" in platform.libc_ver()[0]:
        return Part("graph", True, "graph-sitter has no wheel for this system; the index alone gives context")
    return Part("graph", True, "graph-sitter is not installed; the index alone gives context", install_command("graph"))


def _folder(name: str, path: Path) -> Part:
    """Whether a folder of ours can be written, or made where it is missing; tried with a file without a name."""
    existing = path
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    with contextlib.suppress(OSError), tempfile.TemporaryFile(dir=existing):
        return Part(name, True, str(path))
    variable = "AUTOGEN_CACHE_DIR" if name == "cache folder" else "AUTOGEN_STATE_DIR"
    return Part(
        name, False, f"{path} cannot be written; memory is used instead", f"make {existing} writable, or set {variable}"
    )


def _workspace(roots: Sequence[Path]) -> Part:
    shown = ", ".join(str(root) for root in roots) or "none"
    missing = [root for root in roots if not os.access(root, os.R_OK | os.X_OK)]
    if missing:
        return Part("workspace", False, shown, f"make {missing[0]} readable")
    return Part("workspace", True, shown)


def _index(settings: Settings, roots: Sequence[Path]) -> Part:
    """The project index of these roots; a damaged one is made anew by itself, so that it is never bad for long."""
    from autogen_lsp.index.location import index_path

    path = index_path(roots, settings)
    if not roots or not path.exists():
        return Part("index", True, "not built yet; built when a workspace is opened or checked")
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=1.0)) as database:
            database.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        return Part("index", False, f"{path}: {error}", "it is built anew at the next start; or delete the file")
    return Part("index", True, f"{path} ({path.stat().st_size / 2**20:.1f} MB)")


def _cache_dir(settings: Settings) -> Path:
    from autogen_lsp.storage.paths import cache_dir

    return cache_dir(settings)


def _state_dir() -> Path:
    from autogen_lsp.storage.paths import state_dir

    return state_dir()


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "(unknown version)"


def _without_password(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//", url)
