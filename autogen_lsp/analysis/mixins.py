"""Whether a class may count on its subclasses to bring a member that it calls on ``self`` and does not have.

Mixins and abstract classes do; a class from which the member was deleted does not. What tells them apart: where it was
deleted, an override may call ``super()``, which then finds nothing, and most classes in use have no override and would
fail; of an abstract class, those in use have the member. What derives from a class at run time (``type(name, bases,
…)``, see `derived`) may bring anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autogen_lsp.analysis.alike import is_had_by_one_alike
from autogen_lsp.analysis.checked import Seen, names_any
from autogen_lsp.analysis.combined import PARTS, lacked, stands_before_others
from autogen_lsp.analysis.derived import derived_at_run_time
from autogen_lsp.analysis.hidden import stub_may_omit
from autogen_lsp.analysis.mro import Class, TooMany, members_of, subclasses
from autogen_lsp.analysis.presence import follow, is_handed_out
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.tested import is_test
from autogen_lsp.analysis.usage import in_use, is_awaited, is_loaded_by_name, is_made, is_named_mixin, times_made
from autogen_lsp.syntax.builtin_names import BUILTINS
from autogen_lsp.syntax.model import Call, Symbol, SymbolKind, base_names

_SEVERAL = 2  # calls of a public method that show who it is for
_MAX_CALLS = 200  # that are looked at for that
_MANY = 3  # instances that lack the member, for one that has it
_SUPER = "super("
_ASKED = re.compile(rb"""\b[gh](?:et|as)attr\(\s*self\s*,\s*(?:f['"](\w+)\{|['"](\w+)['"]\s*[+%]|['"](\w+)%)""")


def may_have(
    project: Project, found: Class, name: str, scope: str = "", *, above: bool = False, of_self: bool = True,
    of_class: bool = False, checked: Seen | None = None,
) -> bool:  # fmt: skip
    """Whether instances of the class may have the member though the class has not: doubt.

    ``scope``: the definition that calls it. ``above``: as ``super()`` in the class sees it, where only bases count that
    the class itself does not have. ``of_self``: called on ``self``, not on an object that was said to be of the class,
    and may be known better. ``of_class``: on the class itself. ``checked``: a type checker has seen this code around.
    """
    try:
        below = [one for one in subclasses(project, *found.key) if not _is_stub_beside(project, one)]
    except TooMany:
        return True
    if above:
        if any(_brings_above(project, found, one, name) for one in below):
            return True
        return stands_before_others(project, found, below, name) or derived_at_run_time(project, found, below)
    if "Protocol" in base_names(found.symbol) and checked is None:
        seen_only_by_checkers = found.symbol.conditional and not of_self  # `if TYPE_CHECKING:`
        if seen_only_by_checkers or is_had_by_one_alike(project, found, name):
            return True
    family = _family(project, found, below, name, _caller(found, scope), of_self, of_class, checked)
    if next(said for says in _EVIDENCE if (said := says(family)) is not None):
        return True
    return of_self and _is_brought_at_run_time(project, name)  # asked last: hardly ever needed


def _is_stub_beside(project: Project, found: Class) -> bool:
    """Whether it is described in a stub, and written beside it: one class."""
    stub = found.path.suffix == ".pyi"
    return stub and f"{found.path.stem}.py" in project.modules.listing.names(found.path.parent)


def has_below(project: Project, found: Class, name: str) -> bool:
    """Whether a class that derives from this one has the member."""
    try:
        return any(project.mro(*one.key).may_have(name) for one in subclasses(project, *found.key))
    except TooMany:
        return True


def is_counted_on(project: Project, found: Class, name: str) -> bool:
    """Whether classes below the class show that it is to have the member, which they call on ``super()``."""
    try:
        return _counts_on(project, subclasses(project, *found.key), name)
    except TooMany:
        return False


@dataclass(frozen=True)
class _Family:
    """A class that lacks a member and calls it on ``self``, in the method ``caller``, and the classes ``below`` it.

    ``having`` of them have the member, or may; all that lack it, and run the method, are ``failing``.
    """

    project: Project
    found: Class
    name: str
    caller: str
    of_self: bool
    of_class: bool
    checked: Seen | None
    below: list[Class]
    having: list[Class]
    failing: list[Class]

    @cached_property
    def inner(self) -> set[tuple[Path, str]]:
        """Those that others of them derive from."""
        return {base.key for one in self.below for base in self.project.mro(*one.key).classes[1:]}

    @cached_property
    def ends(self) -> list[Class]:
        """Those that have the member, and from which no other one derives."""
        counted = [one for one in self.below if self.counts(one)]
        inner = {base.key for one in counted for base in self.project.mro(*one.key).classes[1:]}
        return [one for one in self.having if one.key not in inner and self.counts(one)]

    def counts(self, one: Class) -> bool:
        """Whether the class says something of others: tests do not, but of tests."""
        return self.tried or not is_test(self.project, one.path)

    @cached_property
    def tried(self) -> bool:
        return is_test(self.project, self.found.path)


def _family(
    project: Project, found: Class, below: list[Class], name: str, caller: str, of_self: bool, of_class: bool,
    checked: Seen | None,
) -> _Family:  # fmt: skip
    having: list[Class] = []
    lacking: list[Class] = [found]
    hidden = name.startswith("_") and not project.defines(name)  # no name that a `__getattr__` waits for
    for one in below:
        lineage = project.mro(*one.key)
        unread = lineage.is_open(of_class) and not (hidden and lineage.hooked)
        has = unread or lineage.may_have(name) or is_handed_out(project, one.path, one.symbol)
        has = has or any(base.path.suffix == ".pyi" and stub_may_omit(project, base, name) for base in lineage.classes)
        (having if has else lacking).append(one)
    failing = [one for one in lacking if _runs(project, one, found, caller)]
    return _Family(project, found, name, caller, of_self, of_class, checked, below, having, failing)


# Evidence, in the order in which it counts: True says that the class counts on others, False that it does not. ------


def _is_seen_by_checker(of: _Family) -> bool | None:
    if of.of_self and len(of.having) == len(of.below) and is_named_mixin(of.project, of.found):
        return None  # what all that it is mixed into have, its author keeps checkers from asking for
    return None if of.checked is None or names_any(of.project, of.checked, of.having) else False


def _is_mixin_in_waiting(of: _Family) -> bool | None:
    if of.below:
        return None
    if is_named_mixin(of.project, of.found):
        return True
    return True if of.of_self and (is_awaited(of.project, of.found) or _is_part(of)) else None


def _is_part(of: _Family) -> bool:
    """Whether it is loaded by a computed name, and a class has what it lacks: it may be derived from both."""
    of_class = any(of.project.is_class(path, symbol.parent) for path, symbol in of.project.definitions(of.name))
    return of_class and is_loaded_by_name(of.project, of.found)


def _is_declared_as_mixin(of: _Family) -> bool | None:
    """What is declared to be a mixin is that and more."""
    return True if not of.of_self and not of.of_class and is_named_mixin(of.project, of.found) else None


def _is_derived_at_run_time(of: _Family) -> bool | None:
    if any(is_made(of.project, one) for one in of.failing):
        return None
    return True if derived_at_run_time(of.project, of.found, of.below) else None


def _is_had_by_none(of: _Family) -> bool | None:
    return None if of.having else stands_before_others(of.project, of.found, of.below, of.name)


def _is_counted_on(of: _Family) -> bool | None:
    return False if _counts_on(of.project, of.below, of.name) else None


def _is_known_better(of: _Family) -> bool | None:
    return None if of.of_self else True


def _is_left_to_them(of: _Family) -> bool | None:
    """Only the classes that have the member call the method that needs it: nobody does, or several times if it is
    a public one, which others may call.
    """
    if not of.caller or of.caller.startswith("__"):
        return None
    inside = tuple((one.path, f"{one.symbol.qualname}.") for one in of.having)
    calls = of.project.calls(of.caller)
    own = sum(
        any(file == path and call.scope.startswith(prefix) for path, prefix in inside)
        for file, call in calls[:_MAX_CALLS]
    )
    if not of.caller.startswith("_") and own < _SEVERAL:
        return None
    left = all(
        any(file == path and call.scope.startswith(prefix) for path, prefix in inside)
        or _is_of_others(of.project, of.found, file, call)
        for file, call in calls
    )
    return True if left else None


def _are_parts_of_one(of: _Family) -> bool | None:
    """It calls several things that it lacks, and the same classes below have them all: only these get there."""
    asked = lacked(of.project, of.found) if of.of_self and of.having else frozenset()
    lineages = [of.project.mro(*one.key) for one in of.below] if len(asked) >= PARTS else []
    by = {name: [each.may_have(name) for each in lineages] for name in (*asked, of.name)}
    return True if lineages and sum(by[name] == by[of.name] for name in asked) >= PARTS else None


def _is_asked_for(of: _Family) -> bool | None:
    """Its kind is optional: a class asks by computed names which of these there are (`getattr(self, "do_" + word)`)."""
    if not of.having:
        return None
    for one in of.project.mro(*of.found.key).classes:
        source = of.project.source(one.path) if of.project.is_ours(one.path) else None
        for found in _ASKED.finditer(source.text, one.symbol.start, one.symbol.end) if source is not None else ():
            if of.name.startswith((found.group(1) or found.group(2) or found.group(3)).decode("utf-8", "replace")):
                return True
    return None


def _is_hardly_had(of: _Family) -> bool | None:
    """No class has it that can be read, and these are most of those at the ends of the tree."""
    if not of.having or not of.of_self or any(of.project.mro(*one.key).may_have(of.name) for one in of.having):
        return None
    ends = [one for one in of.failing if one.key not in of.inner and one.key != of.found.key and of.counts(one)]
    read = sum(not is_named_mixin(of.project, one) for one in ends)
    return False if read > _MANY * len(of.having) else None


def _is_lacked_by_most(of: _Family) -> bool | None:
    """More classes in use fail than are at an end of the tree and have it; or all that fail are not at its ends."""
    failing = [one for one in of.failing if of.counts(one)]
    if sum(in_use(of.project, one, leaf=one.key not in of.inner) for one in failing) > len(of.ends):
        return False
    left = all(one.key in of.inner or one.key == of.found.key for one in failing)
    return True if len(of.ends) > 1 and left else None


def _is_seldom_made(of: _Family) -> bool:
    """But for where nearly all instances that the workspace makes fail."""
    fail = sum(times_made(of.project, one) for one in of.failing)
    # A class that nobody makes is there all the same: something that has it by another name makes it.
    return fail < _MANY or fail <= _MANY * sum(max(times_made(of.project, one), 1) for one in of.having)


_EVIDENCE: tuple[Callable[[_Family], bool | None], ...] = (
    _is_seen_by_checker,
    _is_mixin_in_waiting,
    _is_declared_as_mixin,
    _is_derived_at_run_time,
    _is_had_by_none,
    _is_counted_on,
    _is_known_better,
    _is_left_to_them,
    _are_parts_of_one,
    _is_asked_for,
    _is_hardly_had,
    _is_lacked_by_most,
    _is_seldom_made,
)


def _is_brought_at_run_time(project: Project, name: str) -> bool:
    """Whether a class that a function derives from one in a variable has the member: it may be derived from any."""
    for path, symbol in project.definitions(name):
        for holder in project.symbols(path, symbol.parent) if "<locals>" in symbol.parent else ():
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


def _is_of_others(project: Project, found: Class, path: Path, call: Call) -> bool:
    """Whether it is a call on ``self`` in a class that has nothing to do with this one."""
    holder = call.scope.partition(".<locals>")[0].rpartition(".")[0]
    lineage = project.mro(path, holder) if holder and call.receiver == "self" else None
    return lineage is not None and not lineage.open and found.key not in lineage and (path, holder) in lineage


def _brings_above(project: Project, found: Class, below: Class, name: str) -> bool:
    lineage = project.mro(*below.key)
    if lineage.is_open(of_class=True):
        return True
    owners = [one for one in lineage.classes if name in members_of(project, one)]
    return any(found.key not in project.mro(*one.key) for one in owners)


def _counts_on(project: Project, below: Sequence[Class], name: str) -> bool:
    """Whether an override calls ``super()``, or says that it overrides, and classes below find nothing behind it."""
    return any(_calls_super(project, one, name) and not _is_met(project, below, one, name) for one in below)


def _is_met(project: Project, below: Sequence[Class], override: Class, name: str) -> bool:
    lineages = (project.mro(*one.key) for one in below if one.key != override.key)
    behind = [lineage.after(override.key) for lineage in lineages if override.key in lineage]
    return bool(behind) and all(each.open or each.may_have(name) for each in behind)


def _calls_super(project: Project, found: Class, name: str) -> bool:
    """Whether the class overrides the member and says so, or calls it on ``super()``, where no other base has it."""
    if name not in members_of(project, found):
        return False
    lineage = project.mro(*found.key)
    if lineage.open or lineage.after(found.key).may_have(name):
        return False
    return _hands_on(project, found, name) or _is_override(project, found, name)


def _is_override(project: Project, found: Class, name: str) -> bool:
    """Whether the class's method has the decorator ``override`` (PEP 698)."""
    symbols = project.members(found.path, found.symbol.qualname).get(name, ())
    return any(text.rpartition(".")[2] == "override" for symbol in symbols for text in symbol.decorators)


def _hands_on(project: Project, found: Class, name: str) -> bool:
    """Whether the class's method calls the one of the same name on ``super()``."""
    scope = f"{found.symbol.qualname}.{name}"
    return any(
        file == found.path and call.scope == scope and call.receiver.startswith(_SUPER)
        for file, call in project.calls(name)
    )
