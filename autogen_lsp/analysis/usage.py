"""Whether a class is in use: whether there are instances of it, that somebody makes by its name or a test runner does.

How a class is named tells what it is for: a mixin, an abstract class, a test.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from typing import cast

from autogen_lsp.analysis.asked import asked_once
from autogen_lsp.analysis.mro import EMPTY_BASES, Class
from autogen_lsp.analysis.presence import Definition, follow
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.tested import is_test
from autogen_lsp.syntax.model import Call, SymbolKind

_MAX_CALLS = 200  # of a class's name that are looked at for one that makes an instance
_MAX_FILES = 40  # that import a class, and are looked at for what they ask of it
_TEST = re.compile(r"_*(?:Tests?(?![a-z])|tests?_)")  # run without being called
_MIXIN = re.compile(r"mix_?in|mixed", re.I)
_CALLED_MIXIN = re.compile(r"\bmix-?in\b", re.I)
_NO_TESTS = frozenset({"classmethod", "staticmethod", "property"})
_NEVER_SEARCHED = "conftest.py"  # for tests
_TEST_CASE = re.compile(r".*(?:Tests?|TestCase)$")  # run where it is a `unittest.TestCase`
_LOADERS = ("import_module", "__import__")
_COMPUTED = re.compile(
    rb"""\(\s*(?:f['"]([A-Za-z_][\w.]*)\.\{|['"]([A-Za-z_][\w.]*)\.(?:['"]\s*\+|%s|\{)"""
    rb"""|f['"](?:\{__(?:name|package)__\})?\.\{|['"]\.['"]\s*\+)"""
)
ABSTRACT = re.compile(r"_*(?:Base|Abstract|Generic)(?![a-z])|.*(?:Base|Abstract|Builder)$")


def in_use(project: Project, found: Class, *, leaf: bool) -> bool:
    """Whether there are instances of the class itself: somebody makes one, or a test runner does."""
    named = found.symbol.name
    if leaf and not ABSTRACT.match(named) and not is_named_mixin(project, found) and _is_run(project, found):
        return True
    return is_made(project, found, tried=leaf)


def _is_run(project: Project, found: Class) -> bool:
    """Whether a test runner makes instances: by the class's name, or of any test case."""
    if _is_named_test(project, found):
        return True
    is_case = is_from_outside(project, found) and _TEST_CASE.match(found.symbol.name) is not None
    return is_case and found.path.name != _NEVER_SEARCHED


def _is_named_test(project: Project, found: Class) -> bool:
    """Whether its name says that a runner takes it; of private ones, and in a package itself, only `unittest.TestCase`
    is found.
    """
    if _TEST.match(found.symbol.name) is None or found.path.name == _NEVER_SEARCHED:
        return False
    hidden = found.symbol.name.startswith("_") or found.path.name == "__init__.py"
    return not hidden or is_from_outside(project, found)


def is_from_outside(project: Project, found: Class) -> bool:
    """Whether a base is no class of the workspace, and more than a form of typing or `abc`."""
    bases = project.mro(*found.key).classes[1:]
    return any(one.symbol.qualname not in EMPTY_BASES and not project.is_ours(one.path) for one in bases)


def is_made(project: Project, found: Class, *, tried: bool = True) -> bool:
    """Whether the workspace calls the class by name."""
    return next(_makers(project, found, tried), None) is not None


def times_made(project: Project, found: Class) -> int:
    return sum(1 for _ in _makers(project, found, False))


def _makers(project: Project, found: Class, tried: bool) -> Iterator[Call]:
    """Calls of the class by name, if they give instances of it: where its ``__new__`` is its own, who knows.

    ``tried``: those in tests count, too. Of classes that others derive from they say little: tests try abstract ones.
    """
    if project.mro(*found.key).may_make_other:
        return
    for file, call in islice(project.calls(found.symbol.name), _MAX_CALLS):
        if not tried and is_test(project, file) and not is_test(project, found.path):
            continue
        if call.local and call.receiver in ("self", "cls"):
            if file == found.path and call.scope.startswith(f"{found.symbol.parent}."):
                yield call  # of the class that it lies in
            continue
        target = follow(project, file, call.dotted, call.scope)
        if isinstance(target, Definition) and (target.path, target.symbol.qualname) == found.key:
            yield call


@asked_once
def is_awaited(project: Project, found: Class) -> bool:
    """Whether other files ask ``isinstance`` of a class that nobody makes: it is derived somewhere else."""
    name = found.symbol.name
    asked = re.compile(rb"\bisinstance\([^()\n]*,[^)\n]*\b%b\b" % re.escape(os.fsencode(name)))
    files = {file for file, item in project.importers(name) if file != found.path and item.name == name}
    sources = (project.source(file) for file in islice(files, _MAX_FILES) if not is_test(project, file))
    return any(source is not None and asked.search(source.text) for source in sources) and not is_made(project, found)


@asked_once
def is_loaded_by_name(project: Project, found: Class) -> bool:
    """Whether its module is imported by a computed name (``import_module(f"parts.{name}")``), as may be the class that
    another one is derived from then; and nobody names it.
    """
    packages = tuple(f"{package}." for package in _loaded(project))
    if not packages or not project.module_name(found.path).startswith(packages) or is_made(project, found):
        return False
    name = found.symbol.name
    return not any(file != found.path and item.name == name for file, item in project.importers(name))


def _loaded(project: Project) -> frozenset[str]:
    """Packages of whose modules a computed name says which one is imported."""
    if _loaded not in project.memo:
        project.memo[_loaded] = frozenset(
            (told[1] or told[2]).decode() if told[1] or told[2] else project.module_name(file).rpartition(".")[0]
            for called in _LOADERS
            for file, call in project.calls(called)
            if (source := project.source(file)) is not None and (told := _COMPUTED.match(source.text, call.end))
        )
    return cast("frozenset[str]", project.memo[_loaded])


def is_named_mixin(project: Project, found: Class) -> bool:
    """Whether its name or docstring calls it a mixin, and it does not hold the tests of one."""
    called = _MIXIN.search(found.symbol.name) or _CALLED_MIXIN.search(found.symbol.docstring)
    return called is not None and not (_is_named_test(project, found) and holds_tests(project, found))


@asked_once
def holds_tests(project: Project, found: Class) -> bool:
    members = project.members(found.path, found.symbol.qualname)
    return any(
        name.startswith("test")
        and any(
            symbol.kind == SymbolKind.FUNCTION and _NO_TESTS.isdisjoint(symbol.decorators) for symbol in members[name]
        )
        for name in members
    )
