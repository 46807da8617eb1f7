"""What one file uses that does not exist, and what it leaves to be written: facts into `Finding`s.

A finding is reported only where nothing leaves doubt: names that may come from a star import, a module or class that
may have any name, code that says itself that something may be missing, a comment that switches the check off. What
would have to be created outside the workspace is no finding. Never raises on user code, and reads no more than needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from autogen_lsp.analysis.absence import lacks
from autogen_lsp.analysis.asked import asked_once
from autogen_lsp.analysis.attributes import missing_attributes
from autogen_lsp.analysis.exclusions import is_excluded
from autogen_lsp.analysis.model import Finding, FindingKind
from autogen_lsp.analysis.modules import Module, Origin
from autogen_lsp.analysis.outside import assigned_from_outside
from autogen_lsp.analysis.presence import home_of
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.stubs import unwritten
from autogen_lsp.analysis.switches import MEMBERS, switched_off
from autogen_lsp.analysis.table import Table
from autogen_lsp.analysis.tested import is_test
from autogen_lsp.analysis.undefined import certain
from autogen_lsp.syntax.model import Import
from autogen_lsp.text import Span, touching
from autogen_lsp.workspace.inside import is_inside
from autogen_lsp.workspace.source import Source

_OF_CFFI = frozenset({"ffi", "lib"})  # what a module has that cffi makes
_MANY = 4  # files that import what is missing
_REPLACED = re.compile(rb"\bmodules\[[^\]\n]*\]\s*=(?!=)")  # an entry of `sys.modules`


def find(project: Project, path: Path) -> list[Finding]:
    """All findings of a file, in order; none where the project keeps its own linter from it, or a program wrote it."""
    found = sorted(_find(project, path, None), key=lambda finding: finding.span)
    return [] if found and is_excluded(project, path) else found  # in this order: most files have none


def stubs(project: Project, path: Path) -> list[Finding]:
    """The stubs among the findings of a file, as of `find`, which are soon found: hardly any other file is read."""
    table = project.table(path)
    found = sorted(unwritten(project, path, table, None), key=lambda finding: finding.span) if table is not None else []
    return [] if found and is_excluded(project, path) else found


def within(project: Project, path: Path, span: Span) -> list[Finding]:
    """The findings whose name touches the span, whatever the file. Looks at no other name of it."""
    return sorted(_find(project, path, span), key=lambda finding: finding.span)


def at(project: Project, path: Path, offset: int) -> list[Finding]:
    """The findings whose name touches the byte offset. Looks at no other name of the file."""
    return within(project, path, Span(offset, offset))


def _find(project: Project, path: Path, near: Span | None) -> Iterator[Finding]:
    table = project.table(path)
    source = project.source(path)
    if table is None or source is None:
        return
    yield from certain(project, path, source.text, touching(table.facts.unresolved, near))
    yield from _imports(project, path, table, source, near)
    yield from (
        f
        for f in missing_attributes(project, path, table, near)
        if not switched_off(source.text, f.span.start, MEMBERS)
    )
    yield from unwritten(project, path, table, near)


def _imports(project: Project, path: Path, table: Table, source: Source, near: Span | None) -> Iterator[Finding]:
    seen: set[Span] = set()  # a missing module is reported once for all names imported from it
    for item in table.facts.imports:
        spans = (item.start, item.end), (item.module_start, item.module_end)
        if near is not None and not any(near.touches(*span) for span in spans):
            continue
        if item.guarded and not item.instead:
            continue
        module = project.resolve_module(item.module, item.level, path)
        finding = None
        if module.origin is Origin.MISSING and not item.guarded:
            finding = _missing_module(project, path, item, module, source)
        elif item.name not in (None, "*") and module.origin is Origin.WORKSPACE:
            finding = _missing_name(project, path, item, module)
        # Checkers tell of what an import lacks at its first line, too, where its names are on lines of their own.
        if finding is None or any(switched_off(source.text, at, MEMBERS) for at in {item.start, item.module_start}):
            continue
        if module.origin is Origin.MISSING:
            if finding.span in seen:
                continue
            seen.add(finding.span)
        yield finding


def _missing_module(project: Project, path: Path, item: Import, module: Module, source: Source) -> Finding | None:
    expected = module.expected
    if expected is None or not project.is_ours(expected) or project.build.may_make(expected, module.name):
        return None
    parts = item.module.split(".")
    if not item.level and _is_made(source.text, parts[: module.absent + 1]):
        return None
    if item.name == "*" and parts[-1].strip("_") == path.stem.strip("_"):  # it hands on what the build makes
        return None
    if item.name in _OF_CFFI and parts[-1].startswith("_"):
        return None
    if not item.scope and _is_optional(project, path):
        return None
    if _is_left_out(project, expected) or _is_left_out_of_release(project, expected):
        return None
    package = project.resolve_module(".".join(parts[: module.absent]), item.level, path) if module.absent else None
    above = package.path if package is not None else None
    holder = project.source(above) if above is not None else None
    if _is_made_by_finder(project, module.name, above) or (holder is not None and _REPLACED.search(holder.text)):
        return None
    written = source.text[item.module_start : item.module_end]
    start = item.module_start
    for found in list(re.finditer(rb"[^\s.]+", written))[module.absent :][:1]:
        start += found.start()
    name = module.name
    return Finding(
        path,
        Span(start, item.module_end),
        FindingKind.MISSING_MODULE,
        name,
        f"There is no module '{name}'",
        expected,
        "",
    )


def _is_optional(project: Project, path: Path) -> bool:
    """Whether all who import the module provide for its absence, so that what it imports itself may be absent."""
    name = project.module_name(path).rpartition(".")[2]
    found = [
        item.guarded
        for file, item in project.importers(name)
        if file != path and any(each.path == path for each in _meant(project, file, item))
    ]
    return bool(found) and all(found)


def _is_left_out(project: Project, expected: Path) -> bool:
    """Whether so many files import the module that these can never have been run without it: it is somewhere else."""
    name = expected.parent.name if expected.name == "__init__.py" else expected.stem
    root = project.snapshot.root_of(expected)
    parts = (expected.parent / name).relative_to(root).parts if root is not None and expected.stem == name else ()
    dotted = ".".join(parts)  # a folder without `__init__` may also be known by its name
    files: set[Path] = set()
    for file, item in project.importers(name):
        found = project.resolve_module(item.module, item.level, file)
        means_it = found.origin is Origin.MISSING and found.expected == expected
        unknown = found.origin is Origin.UNKNOWN and not item.level and item.module == dotted
        if (means_it or unknown) and not item.guarded:
            files.add(file)
        if len(files) >= _MANY:
            return True
    return False


def _is_left_out_of_release(project: Project, expected: Path) -> bool:
    """Whether it would lie in the tests of an unpacked release, of which by default only ``test*.py`` are packed."""
    root = project.snapshot.root_of(expected)
    place = expected.relative_to(root).parts if root is not None else ()
    if root is None or place[0] not in ("test", "tests") or "PKG-INFO" not in project.modules.listing.names(root):
        return False
    tests = root / place[0]
    key = _is_left_out_of_release, tests
    if key not in project.memo:
        inside = (path for path in project.files() if is_inside(path, tests))
        project.memo[key] = all(path.match("test*.py") and path.parent == tests for path in inside)
    return bool(project.memo[key])


@asked_once
def _lacks_its_init(project: Project, package: Module) -> bool:
    """Whether so many files in a folder take from it what is no module there that it must have had an ``__init__``."""
    folder = package.folder
    names = project.modules.listing.names(folder) if folder is not None else ()
    beside = (folder / name for name in names if folder is not None and name.endswith(".py"))
    tables = [table for table in map(project.table, beside) if table is not None]
    taking = (
        any(
            item.level == 1 and not item.module and item.name not in (None, "*") and not item.guarded
            and project.modules.submodule(package, item.name or "") is None
            for item in table.facts.imports
        )
        for table in tables
    )  # fmt: skip
    return sum(taking) >= _MANY


def _is_made_by_finder(project: Project, name: str, package: Path | None = None) -> bool:
    """Whether an importer of the workspace (``find_spec``) names the package that the module would be in, or the
    package's own file makes one and tells it its ``__name__``.
    """
    parts = name.split(".")
    inner = "".join(rf"|{re.escape('.'.join(parts[:length]))}\.?" for length in range(2, len(parts)))
    named = re.compile(rf"""['"](?:{re.escape(parts[0])}\.{inner})['"]""".encode("utf-8", "surrogatepass"))
    found = [(file, symbol.parent) for file, symbol in project.definitions("find_spec") if symbol.parent]
    holder = project.source(package) if package is not None and found else None
    if holder is not None and b"(__name__" in holder.text and any(of.encode() in holder.text for _, of in found):
        return True
    files = {file for file, _ in found if not is_test(project, file)}
    return any(source is not None and named.search(source.text) for source in map(project.source, files))


def _meant(project: Project, path: Path, item: Import) -> Iterator[Module]:
    """The modules that an import may load: the one it names, and the one that it takes from that."""
    module = project.resolve_module(item.module, item.level, path)
    yield module
    inner = project.modules.submodule(module, item.name) if item.name is not None else None
    if inner is not None:
        yield inner


def _is_made(text: bytes, parts: list[str]) -> bool:
    """Whether the file names the module in a string, but to patch it: what does so may be what makes it."""
    dotted = re.escape(".".join(parts).encode("utf-8", "surrogatepass"))
    return re.search(rb"(?<!patch\()(?<!setattr\()['\"]" + dotted + rb"\b", text) is not None


def _missing_name(project: Project, path: Path, item: Import, module: Module) -> Finding | None:
    assert item.name is not None
    if not lacks(project, module, item.name):
        return None
    if module.path is not None and (module.path.suffix != ".py" or not project.is_ours(module.path)):
        return None
    span = Span(item.start, item.end)
    if item.guarded and module.folder is not None:  # may be meant to be a module
        return None
    if module.path in (None, path):  # a namespace package, or the package itself: only a module can be missing from it
        expected = module.folder / f"{item.name}.py" if module.folder is not None else None
        if expected is None or project.build.may_make(expected, item.name):
            return None
        if module.path is None and (project.build.may_be_module(expected.parent) or _lacks_its_init(project, module)):
            return None
        if _is_made_by_finder(project, f"{module.name}.{item.name}"):
            return None
        if not item.level if module.path is None else assigned_from_outside(project, module.path, item.name):
            return None
        name = f"{module.name}.{item.name}"
        return Finding(path, span, FindingKind.MISSING_MODULE, name, f"There is no module '{name}'", expected, "")
    assert module.path is not None
    home, name = home_of(project, module, item.name)
    for found, last in ((module, item.name), (home, name)):
        if found.folder is not None and project.build.may_make(found.folder / f"{last}.py", last):
            return None
    if assigned_from_outside(project, module.path, item.name):
        return None
    if module.folder is not None and _is_made_by_finder(project, f"{module.name}.{item.name}", module.path):
        return None
    message = f"Module '{module.name}' has no '{item.name}'"
    return Finding(path, span, FindingKind.MISSING_IMPORT, item.name, message, home.path, name)
