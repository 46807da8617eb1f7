"""Whether the author's type checker has seen a call: others are to count on the types (PEP 561), and what is around it
is annotated.

Then what is asked of an object is declared by the class that it is said to be of: what only some classes below that one
have would not have passed. But where a checker knows better than `infer`, which takes what is declared for what is
there: where the object is asked for its class, in a function around, too, or something else was assigned to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from autogen_lsp.analysis.checkers import SETTINGS, Reading, reading
from autogen_lsp.analysis.enclosing import SELF
from autogen_lsp.analysis.mro import Class, Mro, members_of
from autogen_lsp.analysis.presence import Definition, follow
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.table import Table
from autogen_lsp.analysis.tested import is_test
from autogen_lsp.analysis.typed import is_typed
from autogen_lsp.syntax.model import Call, Reference, Symbol, SymbolKind

_HOOK = "__getattribute__"
_TEXT = re.compile(rb"'[^'\n]*[^\w.'\n][^'\n]*'|\"[^\"\n]*[^\w.\"\n][^\"\n]*\"")  # more than a name
_CONDITIONS = rb"(?:\b(?:if|elif|while|assert|and|or|not|match)\b|\breturn\b(?=[^\n]* (?:and|or|if) ))"


@dataclass(frozen=True, slots=True)
class Seen:
    """Code that a type checker has looked into: the ``text`` around a call that is in the ``scope`` of a file, from
    ``body`` on without what the outermost function takes and gives.
    """

    path: Path
    scope: str
    text: bytes
    body: int


def seen(project: Project, path: Path, table: Table, item: Call | Reference, lineage: Mro) -> Seen | None:
    """The code around a call, if a type checker takes what it asks of an object for what the class has."""
    if not is_read(project, path, table, item.scope, of_self=item.receiver in SELF):
        return None
    home = lineage.classes[0].path
    if not is_typed(project, home) and not _reading(project, home).strict:
        return None
    if any(_HOOK in members_of(project, one) for one in lineage.classes if one.symbol.qualname != "object"):
        return None  # which gives anything, to a checker
    source, outer = project.source(path), _functions(table, item.scope)[-1:]
    text = source.text if source is not None else b""
    text = text[outer[0].start : outer[0].end] if outer else text
    if _is_known_better(text, item.receiver.encode("utf-8", "surrogatepass")):
        return None
    return Seen(path, item.scope, text, outer[0].body_start - outer[0].start if outer else 0)


def reads(project: Project, path: Path) -> bool:
    """Whether a checker that the project sets up reads a file."""
    return _reading(project, path).read is True


def has_known_errors(project: Project, path: Path) -> bool:
    """Whether a checker is told to say nothing of the errors that it finds in a file."""
    return _reading(project, path).ignored


def tells_unions(project: Project, path: Path) -> bool:
    """Whether a checker that reads a file would say what only some classes lack that an object may be of."""
    return _reading(project, path).unions


def names_any(project: Project, code: Seen, classes: list[Class]) -> bool:
    """Whether code names one of the classes, and not in a text: it may know that an object is of that one.

    What the outermost function takes says no more than what it is declared to take; another class may have that name.
    """
    text = _TEXT.sub(b"", code.text[code.body :])
    keys = {one.key for one in classes}
    for name in {one.symbol.name.encode("utf-8", "surrogatepass") for one in classes}:
        for dotted in set(re.findall(rb"(?<![\w.])[\w.]*\b" + re.escape(name) + rb"\b", text)):
            found = follow(project, code.path, dotted.decode("utf-8", "replace"), code.scope)
            if not isinstance(found, Definition) or (found.path, found.symbol.qualname) in keys:
                return True
    return False


def is_read(project: Project, path: Path, table: Table, scope: str, *, of_self: bool = False) -> bool:
    """Whether a type checker looks into code: into its file, and the functions around say what they take and give, or
    it looks into those that do not, too.

    ``of_self``: at what is asked of ``self``, of which it knows what that is wherever one thing is said.
    """
    functions, says = _functions(table, scope), _says_any if of_self else _says_all
    return all(map(_is_own, functions)) and (
        (how := _reading(project, path)).read is True and (how.whole or all(map(says, functions)))
    )


def _reading(project: Project, path: Path) -> Reading:
    """How a checker reads a file, as its settings say, or else because it is in the package, and no test."""
    root = project.snapshot.root_of(path)
    inside = (above for above in path.parents if root is not None and above.is_relative_to(root))
    settled = next((above for above in inside if not SETTINGS.isdisjoint(project.modules.listing.names(above))), None)
    how = reading(settled, path) if settled is not None else Reading(False)
    return replace(how, read=is_typed(project, path) and not is_test(project, path)) if how.read is None else how


def _functions(table: Table, scope: str) -> list[Symbol]:
    """The functions that a scope is in, the innermost first."""
    out: list[Symbol] = []
    while scope:
        out += [symbol for symbol in table.symbols.get(scope, ()) if symbol.kind == SymbolKind.FUNCTION]
        scope = scope.rpartition(".")[0].removesuffix(".<locals>")
    return out


def _is_own(function: Symbol) -> bool:
    """Whether a function does not keep checkers away, or say that ``self`` is something else: ``self: HasNames``."""
    if any(decorator.rpartition(".")[2] == "no_type_check" for decorator in function.decorators):
        return False
    listed = function.signature.parameters if function.signature is not None else ()
    return not (listed and listed[0].name in SELF and listed[0].annotation is not None)


def _says_all(function: Symbol) -> bool:
    """Whether a function is annotated, but ``self``."""
    signature = function.signature
    if signature is None:
        return False
    listed = signature.parameters
    said = all(each.annotation is not None or (not at and each.name in SELF) for at, each in enumerate(listed))
    return said and (signature.returns is not None or (function.name == "__init__" and len(listed) > 1))


def _says_any(function: Symbol) -> bool:
    """Whether a function is annotated anywhere, which is enough for mypy to look into it."""
    signature = function.signature
    return signature is not None and (
        signature.returns is not None or any(each.annotation is not None for each in signature.parameters)
    )


def _is_known_better(text: bytes, receiver: bytes) -> bool:
    """Whether a function asks what the receiver is, or assigns to what is declared."""
    named = rb"(?<![\w.])" + re.escape(receiver)
    asked = _CONDITIONS + rb"[^\n]*(?:\(\s*" + named + rb"\s*[,)]|(?<=match )" + named + rb"\s*:)"
    if re.search(asked, text):
        return True
    declared = b"." in receiver or re.search(rb"^\s*" + named + rb"\s*:(?!=)", text, re.M) is not None
    return declared and re.search(named + rb"\s*(?::[^=\n]+)?=(?!=)", text) is not None
