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
import re
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
    ("auth.py", "HTTPDigestAuth.build_digest_header"),
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
        _wrapped(console, f"{relative(cut.path, folder)}: ", cut.heading)

    settings = replace(settings, cache_dir=str(folder / ".cache")) if settings.backend == "skeleton" else settings
    async with session(settings, (folder,), console, index=wants_context(settings)) as services:
        _heading(console, "What is missing now (as `autogen-lsp check` and the editor show it)")
        _show(services, _found(services, package, cuts, console), console)
        for cut in cuts:
            await _write(services, package, cut, console)
        _heading(console, "The same check again")
        left = _found(services, package, cuts, console)
        missing = [finding for finding in left if finding.kind != "stub"]
        _show(services, missing, console)
        broken = [path.name for path in sorted(package.rglob("*.py")) if not _compiles(path)]
        console.line("Nothing is missing." if not missing else "Some of it is still missing.")
        console.line("Every file compiles." if not broken else f"Does not compile: {', '.join(broken)}.")
        if len(left) > len(missing):
            console.line(f"{len(left) - len(missing)} bodies are left to write: by you, or by an AI backend.")
        _heading(console, "Usage")
        from autogen_lsp.cli.usage import text_of

        for line in text_of(usage(services)):
            console.line(line)
    return 1 if missing or broken else 0


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
        heading = re.sub(r"(?<=\() | (?=\))", "", " ".join(heading.split())).rstrip(":").replace(",)", ")")
        cuts.append(Cut(package / name, qualname, heading))
    if not cuts:
        raise AutogenError(f"this release of '{PACKAGE}' has none of the functions that the demo takes out")
    return package, cuts


def _found(services: Services, package: Path, cuts: list[Cut], console: Console) -> list[Finding]:
    """What is said about the things that were taken out, the files as they are now."""
    from autogen_lsp.features.check import check

    wanted = {(cut.path, cut.qualname) for cut in cuts}
    findings = check(snapshot_of(services), [package], index=services.index, report=console.report).findings
    console.clear()
    return [finding for finding in findings if (finding.target_path, finding.target_qualname) in wanted]


def _show(services: Services, findings: list[Finding], console: Console) -> None:
    snapshot = snapshot_of(services)
    for finding in findings:
        shown = finding_document(finding, snapshot, services.roots[0])
        if shown is not None:
            console.line(f"{shown['path']}:{shown['line']}:{shown['column']}: {console.paint(shown['kind'], 'cyan')}")
            console.line(textwrap.fill(shown["message"], WIDTH, initial_indent="    ", subsequent_indent="    "))


async def _write(services: Services, package: Path, cut: Cut, console: Console) -> None:
    """One click: prints the diff, the checks and the provenance of what was taken out."""
    from autogen_lsp.analysis import targets
    from autogen_lsp.cli import diff
    from autogen_lsp.cli.generate import deliver, draft

    _heading(console, f"Writing {cut.qualname}")
    asking = _found(services, package, [cut], console)
    target = targets.target_of(services.project(snapshot_of(services)), asking[0]) if asking else None
    if target is None:
        raise AutogenError(f"nothing asks for {cut.qualname}")
    shown = deliver(await draft(services, target, console), write=True).document()
    for edit in shown["edits"]:
        diff.show(edit["diff"], console)
    console.line()
    _wrapped(console, f"{'it was':<12}", cut.heading)
    checks = [
        f"{each['name']} {'ok' if each['ok'] else 'FAILED'}" + (f" ({each['detail']})" if each["detail"] else "")
        for each in shown["checks"]
    ]
    _wrapped(console, f"{'checks':<12}", ", ".join(checks))
    record = shown["provenance"]
    cost = record["cost"]["amount"]
    price = f"${cost:.4f}{' (estimated)' if record['cost']['estimated'] else ''}" if cost else "free"
    author = f"{record['backend']} {record['model']}".rstrip()
    console.line(f"{'provenance':<12}{record['status']}, by {author}, {record['createdAt'][:19]}Z, {price}")


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


def _wrapped(console: Console, label: str, text: str) -> None:
    """A label and its text in `WIDTH` columns, further lines indented."""
    console.line(textwrap.fill(label + text, WIDTH, subsequent_indent=" " * 12, break_long_words=False))


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
