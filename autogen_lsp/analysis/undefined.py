"""Names that a file uses in a calling position and that nothing binds: uses into findings.

The first answer after a keystroke, so hardly any other file is read for it (the workspace is asked only where there is
an index to answer), and nothing is imported but what it needs. What a star import may bring, what a newer Python has,
and what a comment switches off is no finding.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from autogen_lsp.analysis.exclusions import is_excluded
from autogen_lsp.analysis.model import Finding, FindingKind
from autogen_lsp.analysis.plain import plain_text
from autogen_lsp.analysis.presence import Presence, from_stars, is_said
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.python2 import is_python_2
from autogen_lsp.analysis.switches import NAMES, switched_off
from autogen_lsp.analysis.table import Table
from autogen_lsp.analysis.tested import is_test
from autogen_lsp.syntax.builtin_names import PYTHON_2, SINCE
from autogen_lsp.syntax.model import SymbolKind, Use
from autogen_lsp.text import Span

_HOW = {
    "call": "is called",
    "decorator": "is used as a decorator",
    "base": "is used as a base class",
    "metaclass": "is used as a metaclass",
    "pattern": "is matched as a class",
    "raise": "is raised",
    "except": "is caught",
}
_OF_INSTALLER = frozenset(  # https://docs.python.org/3.9/distutils/builtdist.html#the-postinstallation-script
    {"create_shortcut", "directory_created", "file_created", "get_root_hkey", "get_special_folder_path"}
)
_READS_ITSELF = re.compile(rb"""\bopen\(\s*__file__\s*(?:,\s*['"]r?t?['"]\s*)?\)\.read""")
_OPENS_ITSELF = b"open(__file__"  # found faster than a pattern: it is looked for at each keystroke
_HOSTS = (".rs", ".c", ".cc", ".cpp", ".cxx", ".go")  # programs that may run Python
_MAX_HOSTS = 40  # beside a file: they are read while somebody types
_MANY = 3  # other files that call a name which nobody defines
_MAX_FILES = 40  # that are looked at for that
_MAX_NAMES = 30  # of a file that others are asked for


def undefined(project: Project, path: Path) -> list[Finding]:
    """The undefined names of a file, in order."""
    table, source = project.table(path), project.source(path)
    if table is None or source is None:
        return []
    return list(among(project, path, source.text, table.facts.unresolved))


def among(project: Project, path: Path, text: bytes, uses: Iterable[Use]) -> Iterator[Finding]:
    """Those of a file's uses that are undefined; none where the project keeps its own linter from the file.

    ``text`` may be newer than the project's, as long as its imports are the same.
    """
    for finding in _unbound(project, path, text, uses, everywhere=project.is_indexed, quick=True):
        if is_excluded(project, path):  # asked where there is something to find: it reads settings
            return
        yield finding


def certain(project: Project, path: Path, text: bytes, uses: Iterable[Use]) -> Iterator[Finding]:
    """As `among`, in any file, and with the whole workspace asked where there is no index to ask.

    While that is being built not even here: who waits for an answer would wait for hundreds of files.
    """
    return _unbound(project, path, text, uses, everywhere=project.index is None or project.is_indexed)


def _unbound(
    project: Project, path: Path, text: bytes, uses: Iterable[Use], *, everywhere: bool, quick: bool = False
) -> Iterator[Finding]:
    table = project.table(path)
    if table is None or table.facts.dynamic or path.suffix == ".pyi":
        return
    asked = not everywhere or bool(table.facts.imports)
    for use in uses:
        if (
            _is_builtin(project, use)
            or use.scope in table.facts.dynamic_classes
            or switched_off(text, use.start, NAMES)
        ):
            continue
        if table.stars and from_stars(project, path, table, use.name) is not Presence.ABSENT:
            continue
        if not asked and _is_executed(project, path):
            return
        asked = True
        if everywhere and _is_given(project, path, table, use, quick):
            continue
        message = f"'{use.name}' {_HOW[use.how]}, but not defined"
        yield Finding(path, Span(use.start, use.end), FindingKind.UNDEFINED_CALL, use.name, message, path, use.name)


def _is_given(project: Project, path: Path, table: Table, use: Use, quick: bool) -> bool:
    """Whether anything in the workspace may give the file the name; asked once, as others are read for it."""
    key = path, use.scope, use.name
    found = project.given_names.get(key)
    if found is None and quick:
        found = project.guessed_names.get(key)
    if found is None:
        found = any(gives(project, path, table, use) for gives in _GIVERS) or _is_planted(
            project, path, use.name, quick
        )
        (project.guessed_names if quick else project.given_names)[key] = found
    return found


def _is_planted(project: Project, path: Path, name: str, quick: bool) -> bool:
    if quick and not project.caches.planters:
        return False
    from autogen_lsp.analysis.absence import is_planted  # as late as that: the first document waits for this module

    return is_planted(project, path, name, quick=quick)


def _is_executed(project: Project, path: Path) -> bool:
    """Whether a file that calls ``exec`` names this one: what is run like that is given its names.

    As of the project's first question for the file: others are read for it.
    """
    found = project.executed.get(path)
    if found is None:
        named = re.compile(rb"['\"/]" + re.escape(os.fsencode(path.name)) + rb"['\"]")
        files = {file for how in ("exec", "execfile", "run_path") for file, _ in project.calls(how)}
        sources = (project.source(file) for file in files if file != path)
        found = any(source is not None and named.search(source.text) for source in sources)
        project.executed[path] = found
    return found


def _is_run_with(project: Project, path: Path, table: Table, use: Use) -> bool:
    """Whether a program that runs the file gives it the name: others call it too, and do not bind it either.

    Where one of its names is like that, a file that imports nothing is taken to be given all of them. Builtins of
    Python 2 do not count, which many files of old code still call, nor files with star imports: what these lack was in
    a module that they all have names from.
    """
    if table.stars:
        return False
    found = project.run.get(path)
    if found is None:
        found = project.run[path] = _is_run_beside(project, path, table) or (
            not table.facts.imports and _are_run_with(project, path, _of_its_kind(project, path, table))
        )
    return found or _are_run_with(project, path, [use])


def _of_its_kind(project: Project, path: Path, table: Table) -> Iterator[Use]:
    """What a file lacks, and others of its folder do where it cannot be imported: what runs one of them runs all."""
    yield from table.facts.unresolved
    if not path.stem.isidentifier():
        for name in islice(_not_importable(project, path.parent), _MAX_FILES):
            other = project.table(path.parent / name)
            yield from other.facts.unresolved if other is not None else ()


def _are_run_with(project: Project, path: Path, uses: Iterable[Use]) -> bool:
    names = dict.fromkeys(each.name for each in uses if each.how in ("call", "base"))
    return any(len(_lacking(project, name) - {path}) >= _MANY for name in islice(names, _MAX_NAMES))


def _is_run_beside(project: Project, path: Path, table: Table) -> bool:
    """Whether a file beside it calls a name that this one lacks, too, and both cannot be imported, or several such
    names and one of both cannot: a program runs what lies in the folder.
    """
    names = {use.name for use in table.facts.unresolved if use.how == "call" and use.name not in PYTHON_2}
    run = list(islice(_not_importable(project, path.parent), _MAX_FILES)) if names else []
    beside = run
    if path.name in run:
        every = (name for name in sorted(project.modules.listing.names(path.parent)) if name.endswith(".py"))
        beside = list(islice(every, _MAX_FILES))
    for name in beside:
        other = project.table(path.parent / name) if name != path.name else None
        if other is not None and not other.stars:
            shared = names & {use.name for use in other.facts.unresolved}
            if len(shared) > 1 or (shared and path.name in run and name in run):
                return True
    return False


def _is_star_made(project: Project, path: Path, table: Table, use: Use) -> bool:
    """Whether a module that the file takes all names from may get this one at run time."""
    for item in table.stars:
        from autogen_lsp.analysis.absence import may_get  # as late as that: the first document waits for this module

        module = project.resolve_module(item.module, item.level, path)
        if module.path is not None and project.is_ours(module.path) and may_get(project, module.path, use.name):
            return True
    return False


def _not_importable(project: Project, folder: Path) -> Iterator[str]:
    """Names of the folder's Python files that no import can name."""
    for name in sorted(project.modules.listing.names(folder)):
        stem, dot, suffix = name.rpartition(".")
        if dot and suffix == "py" and not stem.isidentifier():
            yield name


def _lacking(project: Project, name: str) -> frozenset[Path]:
    """Files that call the name and do not bind it; none where few files call it."""
    found = project.lacking.get(name)
    if found is None:
        calls = project.calls(name) if name not in PYTHON_2 else ()
        files = dict.fromkeys(file for file, call in calls if not call.receiver)
        tables = ((file, project.table(file)) for file in islice(files, _MAX_FILES) if len(files) > _MANY)
        found = project.lacking[name] = frozenset(
            file
            for file, table in tables
            if table is not None and not table.stars and any(each.name == name for each in table.facts.unresolved)
        )
    return found


def _is_builtin(project: Project, use: Use) -> bool:
    """Names that only newer versions have; where the version is not known, all of them."""
    since = SINCE.get(use.name)
    version = project.environment.version
    return since is not None and (version is None or version >= since)


def _is_installed(project: Project, path: Path, table: Table, use: Use) -> bool:
    """Whether the workspace puts the name among the builtins: ``builtins.name = …``."""
    for file, symbol in project.definitions(use.name):
        other = project.table(file) if symbol.kind == SymbolKind.ATTRIBUTE else None
        holder = symbol.qualname.rpartition("<locals>.")[2].partition(".")[0]
        imports = other.imports.get(("", holder), ()) if other is not None else ()
        if any(item.name is None and item.module in ("builtins", "__builtin__") for item in imports):
            return True
    return False


def _is_of_python_2(project: Project, path: Path, table: Table, use: Use) -> bool:
    """Whether it is a builtin of Python 2, which the project is written for."""
    return use.name in PYTHON_2 and is_python_2(project, path)


def _is_prepared(project: Project, path: Path, table: Table, use: Use) -> bool:
    """Whether it is a class body that a metaclass of the workspace may put names into (``__prepare__``)."""
    if not any(symbol.kind == SymbolKind.CLASS for symbol in table.symbols.get(use.scope, ())):
        return False
    return project.mro(path, use.scope).open and bool(project.definitions("__prepare__"))


def _is_told(project: Project, path: Path, table: Table, use: Use) -> bool:
    """Whether the module tells the name to what may set it among the module's own."""
    return is_said(project, path, table, use.name)


def _is_configuration(project: Project, path: Path, table: Table, use: Use) -> bool:
    """Whether it is a file that IPython, Jupyter and others of traitlets run, which gives them a function, or one that
    Python's installer for Windows runs; or a hidden one without imports: a program gives it its names.
    """
    if path.name.startswith(".") and not table.facts.imports:
        return True
    if use.name in _OF_INSTALLER:
        return "install" in path.stem
    return use.name == "get_config" and path.stem.endswith("_config")


def _is_of_cython(project: Project, path: Path, table: Table, use: Use) -> bool:
    """Whether the file that tells Cython more of this one (``module.pxd`` beside it) has the name."""
    beside = path.with_suffix(".pxd")
    if beside.name not in project.modules.listing.names(path.parent):
        return False
    return re.search(rf"\b{re.escape(use.name)}\b", plain_text(beside)) is not None


def _is_embedded(project: Project, path: Path, table: Table, use: Use) -> bool:
    """Whether a native program beside names the file: it runs it with names of its own (``include_str!("run.py")``)."""
    beside = (name for name in project.modules.listing.names(path.parent) if name.endswith(_HOSTS))
    return any(f'"{path.name}"' in plain_text(path.with_name(name)) for name in islice(beside, _MAX_HOSTS))


def _is_translated(project: Project, path: Path, table: Table, use: Use) -> bool:
    """Whether something else is made of a function's source: a decorator of the workspace, or its module, reads it."""
    own = project.source(path) if use.scope else None
    reads_itself = own is not None and _OPENS_ITSELF in own.text and _READS_ITSELF.search(own.text) is not None
    if reads_itself and not is_test(project, path):
        return True
    scope = use.scope
    while scope:
        for symbol in table.symbols.get(scope, ()):
            for text in symbol.decorators:
                for file, reader in project.definitions(text.partition("(")[0].rpartition(".")[2]):
                    source = project.source(file) if reader.kind == SymbolKind.FUNCTION else None
                    if source is not None and source.text.find(b"getsource", reader.body_start, reader.body_end) >= 0:
                        return True
        scope = scope.rpartition(".")[0].removesuffix(".<locals>")
    return False


# Who may give a file a name that it does not bind: reasons to doubt that the name is undefined.
_GIVERS = (
    _is_of_python_2,
    _is_installed,
    _is_prepared,
    _is_run_with,
    _is_told,
    _is_configuration,
    _is_of_cython,
    _is_embedded,
    _is_translated,
    _is_star_made,
)
