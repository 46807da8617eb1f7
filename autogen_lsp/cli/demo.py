"""``autogen-lsp demo``: the main job, end to end, on a real package, in a scratch folder that is removed at the end.

Copies the installed ``requests``, takes out functions that it uses, and then does what an editor's click does: finds
what is missing, writes it, checks it, puts it in its place, and shows provenance and usage. With the embedded skeleton
backend (the default here, whatever credentials are set) it needs no network and no key, and costs nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.cli.console import Console
from autogen_lsp.cli.place import finding_document, relative
from autogen_lsp.cli.session import session, snapshot_of, wants_context
from autogen_lsp.cli.settings import add_settings, settings_of
from autogen_lsp.config import Settings
from autogen_lsp.errors import AutogenError, MissingExtra
from autogen_lsp.text import Edit, Span, apply_edits

if TYPE_CHECKING:
    from autogen_lsp.analysis.model import Finding
    from autogen_lsp.services import Services

PACKAGE = "requests"
# One function imported by other modules, one called beside its definition, one method called on `self`.
CUTS = (
    ("utils.py", "get_auth_from_url"),
    ("auth.py", "_basic_auth_str"),
    ("sessions.py", "SessionRedirectMixin.rebuild_auth"),
)
WIDTH = 78


@dataclass(frozen=True, slots=True)
class Cut:
    """A definition that was taken out, and its first line as it was."""

    path: Path
    qualname: str
    heading: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keep", metavar="FOLDER", help="work in this new folder, and leave it there")
    add_settings(parser, backend=True)


def run(arguments: argparse.Namespace, console: Console) -> int:
    if not arguments.backend and settings_of(arguments).backend == "auto":
        arguments.backend = "skeleton"  # credentials that happen to be set must not turn a look into a bill
    settings = settings_of(arguments)
    with _scratch(arguments.keep) as folder, _own_state(folder, settings):
        status = asyncio.run(_demo(settings, folder, console))
    console.line()
    if arguments.keep:
        console.line(f"Left in {arguments.keep}. Try `autogen-lsp check {arguments.keep}`.")
    else:
        console.line("The scratch folder is gone. On your own code: `autogen-lsp check PATH`.")
    return status


async def _demo(settings: Settings, folder: Path, console: Console) -> int:
    from autogen_lsp.features.usage import usage

    package, cuts = _prepare(folder)
    version = importlib.metadata.version(PACKAGE)
    _heading(console, f"{PACKAGE} {version}, copied to {folder}")
    console.line(f"{len(cuts)} functions that it uses are taken out of the copy:")
    for cut in cuts:
        console.line(f"  {relative(cut.path, folder)}: {cut.heading}")

    settings = replace(settings, cache_dir=str(folder / ".cache")) if settings.backend == "skeleton" else settings
    async with session(settings, (folder,), console, index=wants_context(settings)) as services:
        _heading(console, "What is missing now (as `autogen-lsp check` and the editor show it)")
        missing = _missing(services, package, cuts, console)
        for cut in cuts:
            await _write(services, cut, missing, console)
        _heading(console, "The same check again")
        left = _missing(services, package, cuts, console)
        broken = [path.name for path in sorted(package.rglob("*.py")) if not _compiles(path)]
        console.line("every file compiles" if not broken else f"does not compile: {', '.join(broken)}")
        _heading(console, "Usage")
        from autogen_lsp.cli.usage import text_of

        for line in text_of(usage(services)):
            console.line(line)
    return 1 if left or broken else 0


def _prepare(folder: Path) -> tuple[Path, list[Cut]]:
    """The copied package with its functions taken out."""
    from autogen_lsp.syntax.facts import extract
    from autogen_lsp.workspace.files import read_source

    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra(f"the demo works on a copy of '{PACKAGE}': pip install {PACKAGE}")
    package = folder / PACKAGE
    shutil.copytree(spec.submodule_search_locations[0], package, ignore=shutil.ignore_patterns("__pycache__"))
    cuts = []
    for name, qualname in CUTS:
        source = read_source(package / name)
        facts = extract(source) if source else None
        symbol = next((s for s in facts.symbols if s.qualname == qualname), None) if facts else None
        if source is None or symbol is None:
            continue  # another release of the package; what it has is enough
        heading = Span(symbol.start, symbol.body_start).cut(source.text)
        # With the white space after it, so that what follows moves up.
        end = symbol.end + len(source.text[symbol.end :]) - len(source.text[symbol.end :].lstrip())
        begin = source.text.rfind(b"\n", 0, symbol.start) + 1
        end = source.text.rfind(b"\n", 0, end) + 1 if end < len(source.text) else end
        (package / name).write_bytes(apply_edits(source.text, [Edit(Span(begin, end), "")]))
        cuts.append(Cut(package / name, qualname, " ".join(heading.split()).rstrip(":")))
    if not cuts:
        raise AutogenError(f"this release of '{PACKAGE}' has none of the functions that the demo takes out")
    return package, cuts


def _missing(services: Services, package: Path, cuts: list[Cut], console: Console) -> list[Finding]:
    """Prints and gives the findings about what was taken out."""
    from autogen_lsp.features.check import check

    root = services.roots[0]
    snapshot = snapshot_of(services)
    wanted = {(cut.path, cut.qualname) for cut in cuts}
    names = {cut.qualname.rpartition(".")[2] for cut in cuts}
    findings = check(snapshot, [package], report=console.report).findings
    console.clear()
    found = [f for f in findings if (f.target_path, f.target_qualname) in wanted or f.name in names]
    for finding in found:
        shown = finding_document(finding, snapshot, root)
        if shown is not None:
            console.line(f"{shown['path']}:{shown['line']}:{shown['column']}: {console.paint(shown['kind'], 'cyan')}")
            console.line(textwrap.fill(shown["message"], WIDTH, initial_indent="    ", subsequent_indent="    "))
    if not found:
        console.line("nothing is missing")
    return found


async def _write(services: Services, cut: Cut, missing: list[Finding], console: Console) -> None:
    """One click: prints the diff, the checks and the provenance of what was taken out."""
    from autogen_lsp.analysis import targets
    from autogen_lsp.cli import diff
    from autogen_lsp.cli.generate import document, generate_one

    _heading(console, f"Writing {cut.qualname}")
    name = cut.qualname.rpartition(".")[2]
    project = services.project(snapshot_of(services))
    target = next((t for f in missing if f.name == name and (t := targets.target_of(project, f))), None)
    if target is None:
        raise AutogenError(f"nothing asks for {cut.qualname}")
    outcome = await generate_one(services, target, console, write=True)
    shown = document(outcome, wrote=True)
    for edit in shown["edits"]:
        diff.show(edit["diff"], console)
    console.line()
    console.line(f"{'was':<11} {cut.heading}"[:WIDTH])
    for check in shown["checks"]:
        mark = console.paint("ok", "green") if check["ok"] else console.paint("failed", "red")
        console.line(f"{'check':<11} {mark} {check['name']}" + (f": {check['detail']}" if check["detail"] else ""))
    record = shown["provenance"]
    cost = record["cost"]["amount"] or 0.0
    console.line(
        f"{'provenance':<11} {record['status']}, {record['backend']} {record['model']}".rstrip()
        + f", {record['createdAt'][:19]}Z, ${cost:.2f}{' (estimated)' if record['cost']['estimated'] else ''}"
    )


@contextlib.contextmanager
def _scratch(keep: str | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="autogen-lsp-demo-") as temporary:
            yield Path(temporary).resolve()
    else:
        folder = Path(keep).resolve()
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise AutogenError(f"--keep {keep}: {error.strerror}; name a folder that does not exist yet") from None
        yield folder


@contextlib.contextmanager
def _own_state(folder: Path, settings: Settings) -> Iterator[None]:
    """The offline demo leaves nothing in the user's state folder; what was paid for is recorded there as ever."""
    if settings.backend != "skeleton":
        yield
        return
    before = os.environ.get("AUTOGEN_STATE_DIR")
    os.environ["AUTOGEN_STATE_DIR"] = str(folder / ".state")
    try:
        yield
    finally:
        if before is None:
            del os.environ["AUTOGEN_STATE_DIR"]
        else:
            os.environ["AUTOGEN_STATE_DIR"] = before


def _heading(console: Console, text: str) -> None:
    console.clear()
    console.line()
    console.line(console.paint(textwrap.shorten(text, WIDTH, placeholder=" …"), "bold"))
    console.line("-" * min(len(text), WIDTH))


def _compiles(path: Path) -> bool:
    try:
        compile(path.read_bytes(), str(path), "exec")
    except (SyntaxError, ValueError):
        return False
    return True
