"""Whether a class may count on its subclasses to bring a member that it calls on ``self`` and does not have.

Mixins and abstract classes do; a class from which the member was deleted does not. What tells them apart: where it was
deleted, an override may call ``super()``, which then finds nothing, and most classes in use have no override and would
fail; of an abstract class, those in use have the member. What derives from a class at run time (``type(name, bases,
…)``, see `derived`) may bring anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from autogen_lsp.analysis.derived import derived_at_run_time
from autogen_lsp.analysis.mro import EMPTY_BASES, Class, TooMany, members_of, subclasses
from autogen_lsp.analysis.presence import Definition, follow, is_handed_out
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.targets import is_test
from autogen_lsp.syntax.builtin_names import BUILTINS
from autogen_lsp.syntax.model import Call, Symbol, SymbolKind

_MAX_CALLS = 200  # of a class's name that are looked at for one that makes an instance
_MANY = 3  # instances that lack the member, for one that has it
_TEST = re.compile(r"_*(?:Tests?(?![a-z])|tests?_)")
_MIXIN = re.compile(r"mix_?in|mixed", re.I)
_CALLED_MIXIN = re.compile(r"\bmix-?in\b", re.I)
_TEST_CLASS = re.compile(r"_*Tests?(?![a-z])")  # run without being called
_TEST_CASE = re.compile(r".*(?:Tests?|TestCase)$")  # run where it is a `unittest.TestCase`
_ABSTRACT = re.compile(r"_*(?:Base|Abstract|Generic)(?![a-z])|.*(?:Base|Abstract|Builder)$")
_SUPER = "super("


def may_have(
    project: Project,
    found: Class,
    name: str,
    scope: str = "",
    *,
    above: bool = False,
    of_self: bool = True,
    of_class: bool = False,
) -> bool:
    """Whether instances of the class may have the member though the class has not: doubt.

    ``scope``: the definition that calls it. ``above``: as ``super()`` in the class sees it, where only bases count that
    the class itself does not have. ``of_self``: called on ``self``, not on an object that was said to be of the class,
    and may be known better. ``of_class``: on the class itself.
    """
    try:
        below = list(subclasses(project, *found.key))
    except TooMany:
        return True
    if above:
        if any(_brings_above(project, found, one, name) for one in below):
            return True
        return _stands_before_others(project, found, below) or derived_at_run_time(project, found, below)
    if _below_may_have(project, found, below, name, _caller(found, scope), of_self, of_class):
        return True
    return of_self and _is_brought_at_run_time(project, name)  # asked last: hardly ever needed


def _below_may_have(
    project: Project, found: Class, below: list[Class], name: str, caller: str, of_self: bool, of_class: bool
) -> bool:
    having: list[Class] = []
    lacking: list[Class] = [found]
    hidden = name.startswith("_") and not project.definitions(name)  # no name that a `__getattr__` waits for
    for one in below:
        lineage = project.mro(*one.key)
        unread = (lineage.is_open(of_class) and not (hidden and lineage.hooked)) or is_handed_out(
            project, one.path, one.symbol
        )
        (having if unread or name in lineage.names else lacking).append(one)
    if not below and _is_named_mixin(project, found):
        return True
    failing = [one for one in lacking if _runs(project, one, found, caller)]
    if not any(_is_made(project, one) for one in failing) and derived_at_run_time(project, found, below):
        return True
    if not having:
        return _stands_before_others(project, found, below)
    if any(_calls_super(project, one, name) for one in having):
        return False
    if not of_self or _is_left_to(project, found, having, caller):
        return True
    inner = {base.key for one in below for base in project.mro(*one.key).classes[1:]}
    leaves = [one for one in having if one.key not in inner]
    lacks = [_in_use(project, one, leaf=one.key not in inner) for one in failing]
    if sum(lacks) > len(leaves):
        return False
    if len(leaves) > 1 and all(one.key in inner or one.key == found.key for one in failing):
        return True  # all that is made to be used has it
    return not _mostly_made(project, failing, having)


def _is_brought_at_run_time(project: Project, name: str) -> bool:
    """Whether a class that a function derives from one in a variable has the member: it may be derived from any."""
    for path, symbol in project.definitions(name):
        table = project.table(path) if "<locals>" in symbol.parent else None
        for holder in table.symbols.get(symbol.parent, ()) if table is not None else ():
            if holder.kind == SymbolKind.CLASS and any(_is_variable(project, path, holder, b) for b in holder.bases):
                return True
    return False


def _is_variable(project: Project, path: Path, holder: Symbol, base: str) -> bool:
    """Whether a base is a variable of the function around."""
    table = project.table(path)
    if table is None or table.stars or base in table.facts.bound or base in BUILTINS or not base.isidentifier():
        return False
    if any(bound == base for _, bound in table.imports):
        return False
    return follow(project, path, base, holder.parent) is None


def _tests(project: Project, found: Class) -> bool:
    """Whether a class that is named after a mixin holds the tests of it."""
    return _holds_tests(project, found) and _TEST.match(found.symbol.name) is not None


def _holds_tests(project: Project, found: Class) -> bool:
    table = project.table(found.path)
    members = table.members.get(found.symbol.qualname, {}) if table is not None else {}
    return any(
        name.startswith("test") and any(symbol.kind == SymbolKind.FUNCTION for symbol in symbols)
        for name, symbols in members.items()
    )


def _is_named_mixin(project: Project, found: Class) -> bool:
    called = _MIXIN.search(found.symbol.name) or _CALLED_MIXIN.search(found.symbol.docstring)
    return called is not None and not _tests(project, found)


def _stands_before_others(project: Project, found: Class, below: list[Class]) -> bool:
    """Whether the class is made to be combined with others, and is not used alone.

    It is named so; or lies in the body of another class, for what works on that; or one in its lineage has no bases,
    and all the same calls on ``super()`` what ``object`` has not; or it holds tests that nothing runs.
    """
    if not (
        _is_named_mixin(project, found)
        or _is_in_class(project, found)
        or any(_reaches_beyond(project, one) for one in project.mro(*found.key).classes)
        or (not _is_from_outside(project, found) and _holds_tests(project, found))
    ):
        return False
    if any(_in_use(project, one, leaf=True) for one in (found, *below)):
        return False
    return not any(_is_combined(project, one, below) for one in below)


def _is_combined(project: Project, one: Class, below: list[Class]) -> bool:
    """Whether the class puts a mixin together with others, and is not meant to be put together with more itself."""
    if len(project.mro(*one.key).classes[0].symbol.bases) < 2 or _holds_tests(project, one):
        return False
    if _ABSTRACT.match(one.symbol.name) or _is_named_mixin(project, one):
        return False
    return not any(one.key != other.key and one.key in project.mro(*other.key) for other in below)


def _is_in_class(project: Project, found: Class) -> bool:
    """Whether the class, without bases, is a member of a class, and its name is not used to make or derive anything."""
    table = project.table(found.path)
    outer = table.symbols.get(found.symbol.parent, []) if table is not None else []
    return bool(outer) and outer[0].kind == SymbolKind.CLASS and not found.symbol.bases


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


def _caller(found: Class, scope: str) -> str:
    """The name of the class's method that holds the call, '' where it is not one."""
    inside = scope.removeprefix(f"{found.symbol.qualname}.")
    return inside.partition(".")[0] if inside != scope else ""


def _runs(project: Project, one: Class, found: Class, caller: str) -> bool:
    """Whether instances of ``one`` run the calling method of ``found``: not overridden, or by what calls super()."""
    for owner in project.mro(*one.key).classes:
        if owner.key == found.key:
            return True
        if caller in members_of(project, owner) and not _hands_on(project, owner, caller):
            return False
    return False


def _is_left_to(project: Project, found: Class, having: list[Class], caller: str) -> bool:
    """Whether only the classes that have the member call the (private) method that needs it."""
    if not caller.startswith("_") or caller.startswith("__"):
        return False
    inside = tuple((one.path, f"{one.symbol.qualname}.") for one in having)
    return all(
        any(file == path and call.scope.startswith(prefix) for path, prefix in inside)
        or _is_of_others(project, found, file, call)
        for file, call in project.calls(caller)
    )


def _is_of_others(project: Project, found: Class, path: Path, call: Call) -> bool:
    """Whether it is a call on ``self`` in a class that has nothing to do with this one."""
    holder = call.scope.partition(".<locals>")[0].rpartition(".")[0]
    lineage = project.mro(path, holder) if holder and call.receiver == "self" else None
    return lineage is not None and not lineage.open and found.key not in lineage and (path, holder) in lineage


def _mostly_made(project: Project, failing: list[Class], having: list[Class]) -> bool:
    """Whether nearly all instances that the workspace makes are of classes in which the call fails."""
    fail = sum(_times_made(project, one) for one in failing)
    # A class that nobody makes is there all the same: something that has it by another name makes it.
    return fail >= _MANY and fail > _MANY * sum(max(_times_made(project, one), 1) for one in having)


def _brings_above(project: Project, found: Class, below: Class, name: str) -> bool:
    lineage = project.mro(*below.key)
    if lineage.open:
        return True
    owners = [one for one in lineage.classes if name in members_of(project, one)]
    return any(found.key not in project.mro(*one.key) for one in owners)


def _in_use(project: Project, found: Class, *, leaf: bool) -> bool:
    """Whether there are instances of the class itself: somebody makes one, or a test runner does."""
    named = found.symbol.name
    if leaf and not _ABSTRACT.match(named) and not _is_named_mixin(project, found) and _is_run(project, found):
        return True
    return _is_made(project, found, tried=leaf)


def _is_run(project: Project, found: Class) -> bool:
    """Whether a test runner makes instances: by the class's name, or of any test case."""
    if _TEST_CLASS.match(found.symbol.name):
        return found.path.name != "conftest.py"  # which is never searched for tests
    return _is_from_outside(project, found) and _TEST_CASE.match(found.symbol.name) is not None


def _is_from_outside(project: Project, found: Class) -> bool:
    """Whether a base is no class of the workspace, and more than a form of typing or `abc`."""
    bases = project.mro(*found.key).classes[1:]
    return any(one.symbol.qualname not in EMPTY_BASES and not project.is_ours(one.path) for one in bases)


def _is_made(project: Project, found: Class, *, tried: bool = True) -> bool:
    """Whether the workspace calls the class by name."""
    return next(_makers(project, found, tried), None) is not None


def _times_made(project: Project, found: Class) -> int:
    return sum(1 for _ in _makers(project, found, False))


def _makers(project: Project, found: Class, tried: bool) -> Iterator[Call]:
    """Calls of the class by name, if they give instances of it: where its ``__new__`` is its own, who knows.

    ``tried``: those in tests count, too. Of classes that others derive from they say little: tests try abstract ones.
    """
    maker = project.mro(*found.key).owner("__new__")
    if maker is not None and maker.path.suffix == ".py":
        return
    for file, call in islice(project.calls(found.symbol.name), _MAX_CALLS):
        if not tried and is_test(project, file) and not is_test(project, found.path):
            continue
        if call.local and call.receiver in ("self", "cls"):
            if file == found.path and call.scope.startswith(f"{found.symbol.parent}."):
                yield call  # of the class that it lies in
            continue
        dotted = f"{call.receiver}.{call.name}" if call.receiver else call.name
        target = follow(project, file, dotted, call.scope)
        if isinstance(target, Definition) and (target.path, target.symbol.qualname) == found.key:
            yield call


def _calls_super(project: Project, found: Class, name: str) -> bool:
    """Whether the class overrides the member and says so, or calls it on ``super()``, where no other base has it."""
    if name not in members_of(project, found):
        return False
    lineage = project.mro(*found.key)
    if lineage.open or name in lineage.after(found.key).names:
        return False
    return _hands_on(project, found, name) or _is_override(project, found, name)


def _is_override(project: Project, found: Class, name: str) -> bool:
    """Whether the class's method has the decorator ``override`` (PEP 698)."""
    table = project.table(found.path)
    symbols = table.members.get(found.symbol.qualname, {}).get(name, ()) if table is not None else ()
    return any(text.rpartition(".")[2] == "override" for symbol in symbols for text in symbol.decorators)


def _hands_on(project: Project, found: Class, name: str) -> bool:
    """Whether the class's method calls the one of the same name on ``super()``."""
    scope = f"{found.symbol.qualname}.{name}"
    return any(
        file == found.path and call.scope == scope and call.receiver.startswith(_SUPER)
        for file, call in project.calls(name)
    )
