"""What one file uses that does not exist, and what it leaves to be written: facts into `Finding`s.

A finding is reported only where nothing leaves doubt: names that may come from a star import, a module or class that
may have any name, code that says itself that something may be missing, a comment that switches the check off. What
would have to be created outside the workspace is no finding. Never raises on user code, and reads no more than needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from autogen_lsp.analysis.attributes import missing_attributes
from autogen_lsp.analysis.model import Finding, FindingKind
from autogen_lsp.analysis.modules import Module, Origin
from autogen_lsp.analysis.presence import Presence, from_stars, has_name
from autogen_lsp.analysis.project import Project, Table
from autogen_lsp.analysis.stubs import unwritten
from autogen_lsp.syntax.builtin_names import SINCE
from autogen_lsp.syntax.model import Import, Use
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

_HOW = {
    "call": "is called",
    "decorator": "is used as a decorator",
    "base": "is used as a base class",
    "raise": "is raised",
    "except": "is caught",
}
# Comments that switch the checks off which find the same: flake8 and ruff, mypy, pyright, pylint. Comments without a
# code are taken to mean imports and attributes, but not names that are defined nowhere.
_NAME_OFF = re.compile(
    rb"#\s*noqa(?!\s*:)|noqa:[^#]*\bF821|ignore\[[^\]]*(?:name-defined|reportUndefinedVariable|unresolved-reference)"
    rb"|disable=[^#]*(?:undefined-variable|E0602)"
)
_OTHER_OFF = re.compile(
    rb"(?:type|pyright|ty|pyrefly):\s*ignore(?!\s*\[)|ignore\[[^\]]*(?:attr-defined|import|misc|union-attr|has-type"
    rb"|reportAttribute|reportMissing|reportUnknown|unresolved|missing)|disable=[^#]*(?:no-name-in-module|import-error"
    rb"|no-member|E0611|E0401|E1101)"
)


def find(project: Project, path: Path) -> list[Finding]:
    """All findings of a file, in order."""
    return sorted(_find(project, path, None), key=lambda finding: finding.span)


def at(project: Project, path: Path, offset: int) -> list[Finding]:
    """The findings whose name touches the byte offset. Looks at no other name of the file."""
    return sorted(_find(project, path, offset), key=lambda finding: finding.span)


def undefined(project: Project, path: Path) -> list[Finding]:
    """The undefined names among the findings: a first answer, since hardly any other file is read for it."""
    table, source = project.table(path), project.source(path)
    if table is None or source is None or path.suffix == ".pyi":
        return []
    return sorted(_undefined(project, path, table, source, None), key=lambda finding: finding.span)


def _find(project: Project, path: Path, offset: int | None) -> Iterator[Finding]:
    table = project.table(path)
    source = project.source(path)
    if table is None or source is None:
        return
    if path.suffix != ".pyi":
        yield from _undefined(project, path, table, source, offset)
    yield from _imports(project, path, table, source, offset)
    yield from (
        f
        for f in missing_attributes(project, path, table, offset)
        if not _switched_off(source, f.span.start, _OTHER_OFF)
    )
    yield from unwritten(project, path, table, offset)


def _undefined(project: Project, path: Path, table: Table, source: Source, offset: int | None) -> Iterator[Finding]:
    if table.facts.dynamic:
        return
    for use in table.facts.unresolved:
        span = Span(use.start, use.end)
        if offset is not None and offset not in span:
            continue
        if _is_builtin(project, use) or _switched_off(source, use.start, _NAME_OFF):
            continue
        if table.stars and from_stars(project, path, table, use.name) is not Presence.ABSENT:
            continue
        yield Finding(
            path,
            span,
            FindingKind.UNDEFINED_CALL,
            use.name,
            f"'{use.name}' {_HOW[use.how]}, but not defined",
            path,
            use.name,
        )


def _is_builtin(project: Project, use: Use) -> bool:
    """Names that only newer versions have; where the version is not known, all of them."""
    since = SINCE.get(use.name)
    version = project.environment.version
    return since is not None and (version is None or version >= since)


def _imports(project: Project, path: Path, table: Table, source: Source, offset: int | None) -> Iterator[Finding]:
    seen: set[tuple[int, int]] = set()  # a missing module is reported once for all names imported from it
    for item in table.facts.imports:
        inside = item.start <= (offset or 0) <= item.end or item.module_start <= (offset or 0) <= item.module_end
        if item.guarded or (offset is not None and not inside) or _switched_off(source, item.start, _OTHER_OFF):
            continue
        module = project.resolve_module(item.module, item.level, path)
        if module.origin is Origin.MISSING:
            finding = _missing_module(project, path, item, module, source)
            if finding is not None and (finding.span.start, finding.span.end) not in seen:
                seen.add((finding.span.start, finding.span.end))
                yield finding
        elif item.name not in (None, "*") and module.origin is Origin.WORKSPACE:
            finding = _missing_name(project, path, item, module)
            if finding is not None:
                yield finding


def _missing_module(project: Project, path: Path, item: Import, module: Module, source: Source) -> Finding | None:
    expected = module.expected
    if expected is None or not project.is_ours(expected) or project.modules.may_be_generated(expected, module.name):
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


def _missing_name(project: Project, path: Path, item: Import, module: Module) -> Finding | None:
    assert item.name is not None
    if has_name(project, module, item.name) is not Presence.ABSENT:
        return None
    span = Span(item.start, item.end)
    if module.path is None:  # a namespace package: only a module can be missing from it
        expected = module.folder / f"{item.name}.py" if module.folder is not None else None
        if expected is None or not item.level or project.modules.may_be_generated(expected, item.name):
            return None
        name = f"{module.name}.{item.name}"
        return Finding(path, span, FindingKind.MISSING_MODULE, name, f"There is no module '{name}'", expected, "")
    if module.path.suffix != ".py" or not project.is_ours(module.path):
        return None
    if module.folder is not None and project.modules.may_be_generated(module.folder / f"{item.name}.py", item.name):
        return None
    if module.path == path or assigned_from_outside(project, item.name):
        return None
    message = f"Module '{module.name}' has no '{item.name}'"
    return Finding(path, span, FindingKind.MISSING_IMPORT, item.name, message, module.path, item.name)


def assigned_from_outside(project: Project, name: str) -> bool:
    """Whether somebody in the workspace assigns an attribute of that name to a module: ``module.name = …``."""
    for file, symbol in project.definitions(name):
        table = project.table(file)
        owner = symbol.parent
        if "." not in owner and table is not None and symbol.kind == 3 and ("", owner) in table.imports:
            return True
    return False


def _switched_off(source: Source, offset: int, pattern: re.Pattern[bytes]) -> bool:
    """Whether a comment on the line tells checkers to leave it alone."""
    text = source.text
    start = text.rfind(b"\n", 0, offset) + 1
    start = max(start, text.rfind(b"\r", start, offset) + 1)
    line = text[start : start + 1000].splitlines()[:1]
    return bool(line) and b"#" in line[0] and pattern.search(line[0]) is not None
