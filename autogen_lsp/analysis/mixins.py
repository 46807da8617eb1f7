"""Whether a class may count on its subclasses to bring a member that it calls on ``self`` and does not have.

Mixins and abstract classes do; a class from which the member was deleted does not. What tells them apart: where it was
deleted, an override may call ``super()``, which then finds nothing, and most classes in use have no override and would
fail; of an abstract class, those in use have the member. What derives from a class at run time (``type(name, bases,
…)``, ``class X(cls)`` in a factory) may bring anything.
"""

from __future__ import annotations

import re
import string
from itertools import islice
from pathlib import Path

from autogen_lsp.analysis.mro import Class, TooMany, members_of, subclasses
from autogen_lsp.analysis.presence import Definition, follow
from autogen_lsp.analysis.project import Project
from autogen_lsp.syntax.builtin_names import BUILTINS
from autogen_lsp.syntax.model import Symbol, SymbolKind

_MAX_CALLS = 200  # of a class's name that are looked at for one that makes an instance
_MAX_FILES = 60  # that import a class and are searched for what derives from it
_MIXIN = re.compile(r"mix_?in|mixed", re.I)
_COLLECTED = re.compile(r"_*Tests?(?![a-z])|.*(?:Tests?|TestCase)$")  # run without being called
_ABSTRACT = re.compile(r"_*(?:Base|Abstract|Generic)(?![a-z])|.*(?:Base|Abstract|Builder)$")
_SUPER = "super("
_NO_FACTORIES = frozenset({"isinstance", "issubclass", "super", "cast", "hasattr", "getattr"})
_MAX_BEFORE = 400  # bytes between a call's bracket and an argument
_BRACKET = re.compile(rb"[()]")
_LETTERS = b"_" + string.ascii_letters.encode() + string.digits.encode()
_BASES = re.compile(rb"\b(?:type|new_class)\([^(),]{1,200},\s*\(([^()]{0,300})\)")
_WORD = re.compile(rb"(?<![\w.])[^\W\d]\w*(?!\w)")
_MADE_BY_TYPE = re.compile(rb"\b(?:type|new_class)\([^(),]{1,200},")


def may_have(project: Project, found: Class, name: str, *, above: bool = False, of_self: bool = True) -> bool:
    """Whether instances of the class may have the member though the class has not: doubt.

    ``above``: as ``super()`` in the class sees it, where only bases count that the class itself does not have.
    ``of_self``: called on ``self``, not on some object that was said to be of the class, and may be known better.
    """
    try:
        below = list(subclasses(project, *found.key))
    except TooMany:
        return True
    if above:
        return any(_brings_above(project, found, one, name) for one in below)
    having: list[Class] = []
    lacking: list[Class] = []
    for one in below:
        lineage = project.mro(*one.key)
        (having if lineage.open or name in lineage.names else lacking).append(one)
    if not having and not below and _MIXIN.search(found.symbol.name):
        return True
    if not _is_made(project, found) and _derived_at_run_time(project, found, below):
        return True
    if not having or any(_calls_super(project, one, name) for one in having):
        return False
    if not of_self:
        return True
    inner = {base.key for one in below for base in project.mro(*one.key).classes[1:]}
    lacks = [_in_use(project, one, leaf=one.key not in inner) for one in (found, *lacking)]
    return sum(lacks) <= len([one for one in having if one.key not in inner])


def _brings_above(project: Project, found: Class, below: Class, name: str) -> bool:
    lineage = project.mro(*below.key)
    if lineage.open:
        return True
    owners = [one for one in lineage.classes if name in members_of(project, one)]
    return any(found.key not in project.mro(*one.key) for one in owners)


def _in_use(project: Project, found: Class, *, leaf: bool) -> bool:
    """Whether there are instances of the class itself: somebody makes one, or a test runner does."""
    named = found.symbol.name
    if leaf and _COLLECTED.match(named) and not _ABSTRACT.match(named) and not _MIXIN.search(named):
        return True
    return _is_made(project, found)


def _is_made(project: Project, found: Class) -> bool:
    """Whether the workspace calls the class by name."""
    for file, call in islice(project.calls(found.symbol.name), _MAX_CALLS):
        dotted = f"{call.receiver}.{call.name}" if call.receiver else call.name
        if call.receiver and call.local and call.receiver in ("self", "cls"):
            continue
        target = follow(project, file, dotted, call.scope)
        if isinstance(target, Definition) and (target.path, target.symbol.qualname) == found.key:
            return True
    return False


def _calls_super(project: Project, found: Class, name: str) -> bool:
    """Whether the class overrides the member and calls it on ``super()``, where no other base has it."""
    if name not in members_of(project, found):
        return False
    lineage = project.mro(*found.key)
    if lineage.open or name in lineage.after(found.key).names:
        return False
    scope = f"{found.symbol.qualname}.{name}"
    return any(
        file == found.path and call.scope == scope and call.receiver.startswith(_SUPER)
        for file, call in project.calls(name)
    )


# Classes that are derived at run time --------------------------------------------------------------------------------


def _derived_at_run_time(project: Project, found: Class, below: list[Class]) -> bool:
    """Whether something derives from the class, or one below it, that no class statement names."""
    lineage = {one.key for one in project.mro(*found.key).classes} | {one.key for one in below}
    for file, symbol in project.derived("cls"):
        holder = symbol.qualname.partition(".<locals>")[0].rpartition(".")[0]
        if holder and any((file, holder) in project.mro(*key) for key in lineage):
            return True
    return _file_derives(project, found.path) or any(_is_handed_over(project, one) for one in (found, *below[:20]))


def _file_derives(project: Project, path: Path) -> bool:
    """Whether the file makes classes from bases in local variables, by ``type(name, (base, …), …)`` or ``class``."""
    source, table = project.source(path), project.table(path)
    if source is None or table is None:
        return False
    bases = {base.decode("utf-8", "replace") for made in _BASES.findall(source.text) for base in _WORD.findall(made)}
    for symbol in table.facts.symbols:
        if symbol.kind == SymbolKind.CLASS and "<locals>" in symbol.qualname:
            inside = f"{symbol.parent}.<locals>."
            bases |= {
                base for base in symbol.bases
                if base.isidentifier() and f"{inside}{base}" not in table.symbols
                and (symbol.parent, base) not in table.imports
            }  # fmt: skip
    classes = {name for name, symbols in table.symbols.items() if symbols[0].kind == SymbolKind.CLASS}
    return not bases <= classes | BUILTINS | {name for scope, name in table.imports if not scope}


def _is_handed_over(project: Project, found: Class) -> bool:
    """Whether the class is an argument of ``type(name, bases, …)`` or of a function that derives from a parameter."""
    name = found.symbol.name
    files = {found.path, *(file for file, item in project.importers(name) if item.name == name)}
    callees: set[str] = set()
    for file in sorted(files)[:_MAX_FILES]:
        source = project.source(file)
        if source is not None:
            callees |= _callees(source.text, name.encode("utf-8", "surrogatepass"))
    if callees & {"type", "new_class"}:
        return True
    return any(
        _derives_from_parameter(project, file, symbol)
        for callee in callees - _NO_FACTORIES
        for file, symbol in project.definitions(callee)[:10]
    )


def _callees(text: bytes, name: bytes) -> set[str]:
    """Last names of what is called with the name somewhere in its arguments."""
    out: set[str] = set()
    for found in re.finditer(re.escape(name) + rb"(?!\s*[(.=\w])", text):  # begins with a literal, so it is fast
        before = text[found.start() - 1 : found.start()]
        if before and before in _LETTERS:
            continue  # the end of a longer name
        depth = 0
        brackets = [
            each.start() for each in _BRACKET.finditer(text, max(found.start() - _MAX_BEFORE, 0), found.start())
        ]
        for at in reversed(brackets):
            if text[at] == 41:  # )
                depth += 1
            elif depth:
                depth -= 1
            else:
                callee = text[max(0, at - 80) : at]
                out.add(callee[len(callee.rstrip(_LETTERS)) :].decode())
    out.discard("")
    return out


def _derives_from_parameter(project: Project, path: Path, function: Symbol) -> bool:
    table, source = project.table(path), project.source(path)
    if table is None or source is None or function.signature is None:
        return False
    if _MADE_BY_TYPE.search(source.text, function.body_start, function.body_end):
        return True
    parameters = {parameter.name for parameter in function.signature.parameters}
    inside = f"{function.qualname}.<locals>."
    return any(
        symbol.kind == SymbolKind.CLASS
        and symbol.qualname.startswith(inside)
        and not parameters.isdisjoint(symbol.bases)
        for symbol in table.facts.symbols
    )
