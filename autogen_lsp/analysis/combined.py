"""Whether a class is made to be combined with others, which bring what it lacks: a mixin, whatever its name is.

It shows by what it calls, where it lies, or what its docstring tells; and nobody uses it alone.
"""

from __future__ import annotations

import os
import re

from autogen_lsp.analysis.asked import asked_once
from autogen_lsp.analysis.misdeclared import is_had
from autogen_lsp.analysis.mro import Class
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.usage import ABSTRACT, holds_tests, in_use, is_from_outside, is_made, is_named_mixin
from autogen_lsp.syntax.model import SymbolKind

PARTS = 3  # things that a class without a name for it calls on those that it is a part of
_SUPER = "super("
_DOCSTRING = re.compile(rb"""\s*[rRuU]?(\"{3}|'{3})(.*?)\1""", re.S)


def stands_before_others(project: Project, found: Class, below: list[Class], name: str) -> bool:
    """Whether the class is made to be combined with others, and is not used alone.

    It is named so; or its docstring tells of what it lacks; or it lies in the body of another class, for what works on
    that; or one in its lineage has no bases, and all the same calls on ``super()`` what ``object`` has not; or it holds
    tests that nothing runs, or asserts as test cases do; or it lacks several things that it calls on ``self``, and
    another class has all of these.
    """
    lineage = project.mro(*found.key).classes
    if not (
        is_named_mixin(project, found)
        or _is_told_of(project, found, name)
        or _is_in_class(project, found)
        or any(_reaches_beyond(project, one) and not _is_complete(project, found, one) for one in lineage)
        or (not is_from_outside(project, found) and (holds_tests(project, found) or _is_of_test_cases(project, name)))
        or _is_part(project, found)
    ):
        return False
    if any(in_use(project, one, leaf=True) for one in (found, *below)):
        return False
    return not any(_is_combined(project, one, below) for one in below)


def _is_of_test_cases(project: Project, name: str) -> bool:
    """Whether `unittest.TestCase` has the member."""
    stubs = project.environment.stdlib
    return stubs is not None and name in project.mro(stubs / "unittest/case.pyi", "TestCase").names


def _is_combined(project: Project, one: Class, below: list[Class]) -> bool:
    """Whether the class puts a mixin together with others, and is not meant to be put together with more itself."""
    if len(project.mro(*one.key).classes[0].symbol.bases) < 2 or holds_tests(project, one):
        return False
    if ABSTRACT.match(one.symbol.name) or is_named_mixin(project, one):
        return False
    return not any(one.key != other.key and one.key in project.mro(*other.key) for other in below)


@asked_once
def _is_part(project: Project, found: Class) -> bool:
    asked = lacked(project, found)
    return len(asked) >= PARTS and is_had(project, set(asked))


@asked_once
def lacked(project: Project, found: Class) -> frozenset[str]:
    """What the class calls on ``self`` and does not have."""
    table, known = project.table(found.path), project.mro(*found.key).names
    inside = f"{found.symbol.qualname}."
    calls = table.facts.calls if table is not None else ()
    return frozenset(
        c.name for c in calls if c.receiver == "self" and c.scope.startswith(inside) and c.name not in known
    )


def _is_told_of(project: Project, found: Class, name: str) -> bool:
    """Whether the class's docstring tells of the member, which other classes have: what derives from it brings it."""
    source = project.source(found.path) if project.defines(name) else None
    told = _DOCSTRING.match(source.text, found.symbol.body_start) if source is not None else None
    return told is not None and re.search(rb"\b%b\b" % re.escape(os.fsencode(name)), told[2]) is not None


def _is_in_class(project: Project, found: Class) -> bool:
    """Whether the class, without bases, is a member of a class, and its name is not used to make or derive anything."""
    outer = project.symbols(found.path, found.symbol.parent)
    return bool(outer) and outer[0].kind == SymbolKind.CLASS and not found.symbol.bases


@asked_once
def _reaches_beyond(project: Project, found: Class) -> bool:
    lineage = project.mro(*found.key)
    table = project.table(found.path)
    if table is None or lineage.open or len(lineage.classes) != 2 or not project.is_ours(found.path):
        return False
    known = lineage.after(found.key).names
    inside = f"{found.symbol.qualname}."
    return any(
        call.name not in known or (call.name == "__init__" and (call.positional or call.keywords or call.double_star))
        for call in table.facts.calls
        if call.receiver.startswith(_SUPER) and call.scope.startswith(inside)
    )


def _is_complete(project: Project, found: Class, base: Class) -> bool:
    """Whether somebody makes a class above this one that has the base, too: it needs no other."""
    above = (one for one in project.mro(*found.key).classes if one.key != found.key and project.is_ours(one.path))
    return any(base.key in project.mro(*one.key) and is_made(project, one) for one in above)
