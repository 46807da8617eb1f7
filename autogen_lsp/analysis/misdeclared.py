"""Whether what is asked of a variable, or of an attribute of ``self``, contradicts what is declared: it will be
something else than a parameter's annotation, or that of a function's result, says.
"""

from __future__ import annotations

import re
from pathlib import Path

from autogen_lsp.analysis.checked import has_known_errors
from autogen_lsp.analysis.enclosing import SELF
from autogen_lsp.analysis.mro import Mro
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.table import Table
from autogen_lsp.syntax.model import Call, Reference, SymbolKind

_MANY = 2  # things that are asked of an object
_OFTEN = 12  # calls of what an object lacks, where somebody still writes it these are few
_SEVERAL = 3  # calls that say that an object is a container
_MAX_HOLDERS = 40  # classes that are asked whether they have all that is asked


def is_misdeclared(project: Project, path: Path, table: Table, item: Call | Reference, mro: Mro) -> bool:
    """Whether the class lacks all that is asked of the receiver, and another class has all of these things, or they
    are asked all the time, or are what a container has; or whether the code asks for something that the class lacks by
    ``hasattr``; or whether another class of the same name has the member, or the class is a mere enumeration; or
    whether a type checker is told to pass over the errors of the file.
    """
    if not isinstance(item, Call):
        return False
    declared = not _is_made_here(item, mro)
    if declared and (_is_of_namesake(project, mro, item.name) or has_known_errors(project, path)):
        return True
    holder, _, attribute = item.receiver.partition(".")
    if attribute and (holder not in SELF or "." in attribute):
        return False
    around = _class_around(table, item.scope) if attribute else item.scope
    calls = [call.name for call in table.facts.calls if _is_alike(call, item, around if attribute else "")]
    read, by_name = _read_of(project, path, table, item.receiver, around)
    if any(name not in mro.names for name in by_name):
        return True
    asked = {*calls, *read}
    if not asked.isdisjoint(mro.names):
        return False
    if item.made.startswith(("=", ":")) and len(calls) >= _OFTEN:
        return True
    if declared and _is_mere_enumeration(project, mro):
        return True
    here = sum((call.receiver, call.scope) == (item.receiver, item.scope) for call in table.facts.calls)
    if here >= _SEVERAL and declared and _are_of_container(project, asked):
        return True
    return len(asked) >= _MANY and is_had(project, asked)


def _are_of_container(project: Project, asked: set[str]) -> bool:
    """Whether a mapping, list or set of Python has all that is asked."""
    builtins = project.builtins
    return builtins is not None and any(asked <= project.mro(builtins, each).names for each in ("dict", "list", "set"))


def _is_mere_enumeration(project: Project, mro: Mro) -> bool:
    """Whether the class names values, and nothing that these do: what is called on one is another object's."""
    ours = [found for found in mro.classes if project.is_ours(found.path)]
    members = [project.members(found.path, found.symbol.qualname) for found in ours]
    public = [each for some in members for name in some if not name.startswith("_") for each in some[name]]
    is_enumeration = any(found.symbol.name == "Enum" and found not in ours for found in mro.classes)
    return is_enumeration and bool(public) and all(each.kind != SymbolKind.FUNCTION for each in public)


def _is_made_here(item: Call, mro: Mro) -> bool:
    """Whether the receiver is a call of the class by its name, or a member of it, and so declared by nobody."""
    name = mro.classes[0].symbol.name
    if f".{item.receiver}".rpartition(".")[0].endswith(f".{name}"):
        return True
    made = f".{item.made.removeprefix('=')}".endswith(f".{name}")
    return made or f".{item.receiver.partition('(')[0]}".endswith(f".{name}")


def _is_of_namesake(project: Project, mro: Mro, name: str) -> bool:
    """Whether a class that has the same name, in another file, has the member: that one may be meant."""
    found = mro.classes[0]
    return any(
        path != found.path and symbol.parent == found.symbol.qualname and project.is_class(path, symbol.parent)
        for path, symbol in project.definitions(name)
    )


def _is_alike(call: Call, item: Call, inside: str) -> bool:
    """Whether something is asked of the same thing, or of a variable that got its value in the same way: two parameters
    of a function did not.
    """
    if inside:
        return call.receiver == item.receiver and call.scope.startswith(f"{inside}.")
    if "." in call.receiver:
        return False
    if not item.made or (item.made.startswith(":") and call.scope == item.scope):
        return (call.receiver, call.scope) == (item.receiver, item.scope)
    return call.made == item.made


def _class_around(table: Table, scope: str) -> str:
    while scope and not any(symbol.kind == SymbolKind.CLASS for symbol in table.symbols.get(scope, ())):
        scope = scope.rpartition(".")[0].removesuffix(".<locals>")
    return scope


def _read_of(project: Project, path: Path, table: Table, receiver: str, around: str) -> tuple[set[str], set[str]]:
    """What the definition asks of the receiver, be it called or not; and what it asks for with ``hasattr``."""
    source = project.source(path)
    if source is None or not around:
        return set(), set()
    word = re.escape(receiver)
    read = re.compile(rf"(?<![\w.]){word}\.([^\W\d]\w*)".encode("utf-8", "surrogatepass"))
    by_name = re.compile(rf"\bhasattr\(\s*{word}\s*,\s*['\"](\w+)".encode("utf-8", "surrogatepass"))
    texts = [source.text[symbol.body_start : symbol.body_end] for symbol in table.symbols.get(around, ())]
    one, other = (
        {found.decode("utf-8", "replace") for text in texts for found in pattern.findall(text)}
        for pattern in (read, by_name)
    )
    return one, other


def is_had(project: Project, asked: set[str]) -> bool:
    """Whether a class of the workspace has all of these members."""
    every = sorted((list(project.definitions(name)) for name in asked), key=len)
    for file, symbol in (found for some in every[:_MANY] for found in some[:_MAX_HOLDERS]):
        if project.is_class(file, symbol.parent):
            mro = project.mro(file, symbol.parent)
            if len(asked & mro.names) >= _MANY and (mro.open or asked <= mro.names):
                return True
    return False
