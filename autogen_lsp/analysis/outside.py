"""Whether somebody gives an object an attribute from outside, or asks by name whether it has it: doubt about what a
class or module lacks.

``x.name = …``, ``setattr(x, "name", …)``, ``hasattr(x, "name")`` and ``patch.object(x, "name")`` may be about any
object, but where it is certain what ``x`` is, and that this has nothing to do with the class or module in question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import infer, nodes
from autogen_lsp.analysis.enclosing import SELF
from autogen_lsp.analysis.modules import Module, Origin
from autogen_lsp.analysis.mro import Class, TooMany, subclasses
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.presence import Definition, definition, follow
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.table import Table
from autogen_lsp.analysis.tested import is_test
from autogen_lsp.analysis.types import Form, Type, members
from autogen_lsp.syntax.model import Symbol, SymbolKind
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

_NEAR = 200  # bytes of a call's arguments that are looked at
_MAX_LOOKED = 20  # assignments to something that may be meant: each needs the tree of its file
_RUN_ALONE = re.compile(r"test_\w+|\w+_test")  # files that nobody imports
_MOCK = re.compile(r"(?:[\w.]+\.)?(?:Magic|Async|NonCallable|Property)?Mock\(")
_DATA = re.compile(r"[\d'\"\[{(-]|None$|True$|False$|(?:\w+\.)*[A-Z]\w*\(")  # literals and new objects
_BEFORE = re.compile(rb"""['"]([\w.]+)\.\Z""")
_ASKED = re.compile(
    rb"(?:(monkeypatch\.setattr|\bpatch(?:\.object)?)|[hsg]etattr|hasattr|delattr|object|setitem)"
    rb"\([^()]*['\"](?:[\w.]+\.)?$"
)
_MADE_UP = re.compile(rb"(?:[^()]|\([^()]*\))*?\b(?:create|raising)\s*=")  # replaced though it may not be there


def is_set(lookup: Lookup, path: Path, name: str, holder: Class | Module | None = None) -> bool:
    """Whether somebody assigns an attribute of that name to anything but ``self`` or a class of the file.

    ``path``: the file that uses it; what tests assign is there for tests only. ``holder``: what would get it, where
    that is known. A local variable of a file that does not know the class by name will be something else, unless it
    gets a function that was made for it.
    """
    project = lookup.project
    tried = is_test(project, path)
    owner = holder if isinstance(holder, Class) else None
    lineage = project.mro(*owner.key).classes if owner is not None else ()
    looked = 0
    for file, symbol in project.definitions(name):
        table = project.table(file) if symbol.kind == SymbolKind.ATTRIBUTE else None
        if table is None or (is_test(project, file) and not (tried and _may_reach(path, file, symbol))):
            continue
        inside = any(file == one.path and symbol.qualname.startswith(f"{one.symbol.qualname}.") for one in lineage)
        if (
            not inside
            and not _sets_what_it_takes(project, path, table, symbol)
            and (
                _says_nothing(table, symbol)
                or _is_own(table, symbol)
                or (owner is not None and _is_stranger(project, file, table, symbol, owner))
            )
        ):
            continue
        looked += 1
        if holder is None or looked > _MAX_LOOKED or not _is_stored_elsewhere(lookup, file, symbol, holder):
            return True
    return False


def _may_reach(path: Path, file: Path, symbol: Symbol) -> bool:
    """Whether what a test assigns may be there in another file: what it gives to an object of its own is not."""
    return file == path or "<locals>" not in symbol.qualname or _RUN_ALONE.fullmatch(file.stem) is None


def is_asked(lookup: Lookup, path: Path, name: str, receiver: str, holder: Class | Module) -> bool:
    """Whether the file asks by name for an attribute of what ``receiver`` is.

    An attribute of ``self`` that is asked (``hasattr(self.x, "name")``) is not ``self``.
    """
    source = lookup.source(path)
    for node in _asked(source, name) if source is not None else ():
        if node is None:
            return True
        if isinstance(node, str):
            if _is_named(lookup.project, path, node, holder):
                return True
            continue
        text = nodes.text_of(node)
        if receiver in SELF and text != receiver and text.partition(".")[0] in SELF:
            continue
        if not _unrelated(lookup, path, node, holder):
            return True
    return False


def assigned_from_outside(project: Project, path: Path | None, name: str) -> bool:
    """Whether somebody in the workspace assigns an attribute of that name to what may be the module: ``m.name = …``."""
    for file, symbol in project.definitions(name):
        table = project.table(file)
        owner = symbol.parent
        if (
            "." not in owner
            and table is not None
            and symbol.kind == SymbolKind.ATTRIBUTE
            and ("", owner) in table.imports
        ):
            found = definition(project, file, owner)
            if not isinstance(found, Module) or found.path is None or found.path == path:
                return True
    return False


# What is meant ------------------------------------------------------------------------------------------------------


def _is_own(table: Table, symbol: Symbol) -> bool:
    """Whether it is an attribute of a class of the same file, which counts as its member."""
    return any(found.kind == SymbolKind.CLASS for found in table.symbols.get(symbol.parent, ()))


def _is_stranger(project: Project, path: Path, table: Table, symbol: Symbol, owner: Class) -> bool:
    """Whether it is a local variable of a file that knows neither the class nor a base of it by name.

    But a private name is set for what uses it, if not by a test in place of what is there.
    """
    if symbol.name.startswith("_") and (not is_test(project, path) or is_test(project, owner.path)):
        return False
    receiver = symbol.qualname.rpartition("<locals>.")[2].rpartition(".")[0]
    is_local = "<locals>" in symbol.qualname and "." not in receiver
    lineage = project.mro(*owner.key).classes if is_local else ()
    if not is_local or receiver in SELF or any(one.symbol.name in table.facts.bound for one in lineage):
        return False
    return not _is_made_for(table, symbol)


def _sets_what_it_takes(project: Project, path: Path, table: Table, symbol: Symbol) -> bool:
    """Whether a function gives the attribute to what it is handed, and the file that uses this knows the function."""
    holder, _, receiver = symbol.qualname.rpartition(".")[0].rpartition(".<locals>.")
    user = project.table(path)
    if user is None or not table.has_parameter(holder, receiver) or receiver in SELF or _MOCK.match(symbol.value or ""):
        return False
    return holder.rpartition(".")[2] in user.facts.bound


def _says_nothing(table: Table, symbol: Symbol) -> bool:
    """A mock stands in for what is there; ``local.name = name`` hands data over to some other object, as do values.

    But a function of that name is made for it.
    """
    value = symbol.value or ""
    if _MOCK.match(value):
        return True
    holder, _, receiver = symbol.qualname.rpartition(".")[0].rpartition("<locals>.")
    if not holder or "." in receiver or _is_made_for(table, symbol):
        return False
    return value == symbol.name or _DATA.match(value) is not None


def _is_made_for(table: Table, symbol: Symbol) -> bool:
    """Whether the value is a function that is defined beside the assignment, in a function."""
    holder = symbol.qualname.rpartition(".")[0].rpartition("<locals>.")[0]
    return bool(holder) and f"{holder}<locals>.{symbol.value}" in table.symbols


def _is_stored_elsewhere(lookup: Lookup, file: Path, symbol: Symbol, holder: Class | Module) -> bool:
    source = lookup.source(file)
    node = _stored_on(source, symbol) if source is not None else None
    return node is not None and _unrelated(lookup, file, node, holder)


def _stored_on(source: Source, symbol: Symbol) -> Node | None:
    """What gets the attribute: ``x`` in ``x.name = …`` and in ``setattr(x, "name", …)``."""
    node = nodes.node_at(source.tree, Span(symbol.name_start, symbol.name_end))
    parent = node.parent
    if parent is not None and parent.type == "attribute":
        return parent.child_by_field_name("object")
    return _first_argument(node)


def _asked(source: Source, name: str) -> Iterator[Node | str | None]:
    """What is asked for the attribute: an expression or, in a string, a dotted name; None where it cannot be told.

    What a test replaces is there, or replacing it fails.
    """
    text, word = source.text, name.encode("utf-8", "surrogatepass")
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        asked = _ASKED.search(text[max(0, at - _NEAR) : at]) if text[end : end + 1] in (b'"', b"'") else None
        if asked is not None and (asked.group(1) is None or _MADE_UP.match(text, end, end + _NEAR)):
            dotted = _BEFORE.search(text, max(0, at - _NEAR), at)  # "package.module.name"
            if dotted is not None:
                yield dotted.group(1).decode("utf-8", "replace")
            else:
                yield _first_argument(nodes.node_at(source.tree, Span(at, end)))
        at = text.find(word, end)


def _is_named(project: Project, path: Path, dotted: str, holder: Class | Module) -> bool:
    """Whether the dotted name, as `unittest.mock.patch` takes it, may be the class or module, or a class above it."""
    inside: list[str] = []
    while dotted:
        module = project.resolve_module(dotted, 0, path)
        if module.origin is Origin.STDLIB:
            return False
        if module.origin is Origin.WORKSPACE and module.path is not None:
            break
        dotted, _, last = dotted.rpartition(".")
        inside.insert(0, last)
    else:
        return True
    if not inside:
        return not isinstance(holder, Class) and module.path == holder.path
    found = follow(project, module.path, ".".join(inside))
    if isinstance(found, Definition) and found.symbol.kind == SymbolKind.CLASS:
        part = Type(Form.INSTANCE, found.symbol.qualname, path=found.path)
        return not _is_other(project, part, holder)
    return True


def _first_argument(node: Node) -> Node | None:
    """The first argument of the call that has the node among its others."""
    while node.parent is not None and node.type in ("string_content", "string_start", "string"):
        if node.parent.type == "argument_list":
            first = nodes.first_named(node.parent)
            return first if first is not None and first != node else None
        node = node.parent
    return None


def _unrelated(lookup: Lookup, path: Path, node: Node, holder: Class | Module) -> bool:
    """Whether it is certain what the expression is: neither the module nor the class, nor one above or below it."""
    found = infer.type_of(lookup, path, node)
    parts = list(members(found)) if found is not None else []
    return bool(parts) and all(part is not None and _is_other(lookup.project, part, holder) for part in parts)


def _is_other(project: Project, part: Type, holder: Class | Module) -> bool:
    if part.form is Form.MODULE:
        return isinstance(holder, Class) or part.path not in (None, holder.path)
    if part.form is Form.CLASS:
        inner = part.args[0]
        return inner is not None and inner.form is Form.INSTANCE and _is_other(project, inner, holder)
    if part.form is not Form.INSTANCE or part.path is None:
        return part.form is Form.NONE
    if isinstance(holder, Module):
        return True
    key = (part.path, part.name)
    mro = project.mro(*key)
    if not mro.classes or key in project.mro(*holder.key) or holder.key in mro:
        return False
    if any("Protocol" in base for base in mro.classes[0].symbol.bases):
        return False
    try:
        return not any(key in project.mro(*one.key) for one in subclasses(project, *holder.key))
    except TooMany:
        return False
