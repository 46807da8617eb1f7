"""Classes that an expression may be of, as its text and what is annotated suggest: a cheap guess, from facts alone.

It tells where to ask `infer`, which needs syntax trees and time; no finding rests on it. All classes that an annotation
names are guesses: optional values and elements are among them. Whether something is called, awaited, iterated over or
taken from a container makes no difference.
"""

from __future__ import annotations

import re
from pathlib import Path

from autogen_lsp.analysis.classes import wrappers
from autogen_lsp.analysis.enclosing import SELF
from autogen_lsp.analysis.modules import Module
from autogen_lsp.analysis.mro import Mro
from autogen_lsp.analysis.presence import Definition, follow, is_of_library
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.querysets import MANAGERS, METHODS
from autogen_lsp.syntax.model import Symbol, SymbolKind
from autogen_lsp.syntax.scopes import HANDED_ON

Key = tuple[Path, str]
"""A class: its file and qualname."""

CALLED = re.compile(r"([^\W\d][\w.]*)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")
_CALL_CUT = re.compile(r"([^\W\d][\w.]*)\([^()]{150,}$")  # the value of a symbol, which was cut
_AROUND = re.compile(r"(?:[\w.]+\.)?(?:Optional|Final|ClassVar)\[(.*)\]", re.S)

_NAME = re.compile(r"[^\W\d]\w*")
_DOTTED = re.compile(r"(?<![\w.])[^\W\d][\w.]*")
_OPENING, _CLOSING = "([{", ")]}"
_OF_CONTAINERS = frozenset({"get", "items", "values", "keys", "pop", "popleft", "popitem", "setdefault", "copy"})
_GIVING = ("__call__", "__iter__", "__getitem__", "__enter__", "__aenter__", "__next__", "__anext__", "__aiter__")
_MAX_HOPS = 6
_MAX_ALIASES = 3
_NOTHING: frozenset[Key] = frozenset()


def guesses(project: Project, path: Path, text: str, scope: str = "", made: str = "", hops: int = 0) -> frozenset[Key]:
    """Classes of the workspace that the expression may be an instance of; ``made``: of its first name (`Call.made`)."""
    names = _names(text)
    if not names or hops > _MAX_HOPS:
        return _NOTHING
    found: frozenset[Key] | None
    if names[0] == "super" and len(names) > 1:
        found, names = _of_super(project, path, scope, names[1], hops), names[1:]
    elif names[0] == "Self":  # of `cast(Self, x)`
        around = _class_around(project, path, scope)
        found = frozenset({(path, around)}) if around else _NOTHING
    else:
        found = _of_local(project, path, names[0], scope, made, hops)
    if found is None:
        if is_of_library(project, path, names[0], scope):
            return _NOTHING
        meant, used = follow(project, path, names[0], scope), 1
        while used < len(names) and (isinstance(meant, Module) or _is_class(meant)):
            inner = follow(project, path, ".".join(names[: used + 1]), scope)
            if inner is None:
                break
            meant, used = inner, used + 1
        if isinstance(meant, Definition):
            found = _of_symbol(project, meant.path, meant.symbol, _NOTHING, hops)
        elif meant is None and used == 1 and scope:
            found = _of_variable(project, path, names[0], hops)
        else:
            return _NOTHING
        names = names[used - 1 :]
    held: frozenset[Key] = found or _NOTHING
    queried = False
    for name in names[1:]:
        given = _of_member(project, held, name, hops)
        queried = not given and (name in MANAGERS or (queried and name in METHODS))
        held = held if queried else given  # `Book.objects.first()` may be a Book
    return held


def _names(text: str) -> list[str]:
    """The names of a dotted expression, without what is called and taken: ``a.b(1)[c].d`` is a, b, d."""
    before = HANDED_ON.match(text)
    at = before.end() if before is not None else 0
    out: list[str] = []
    while (name := _NAME.match(text, at)) is not None:
        out.append(name.group())
        at = name.end()
        depth = 0
        while at < len(text) and (depth or text[at] in _OPENING):
            depth += (text[at] in _OPENING) - (text[at] in _CLOSING)
            at += 1
        if text[at : at + 1] != ".":
            break
        at += 1
    return out


def _of_local(project: Project, path: Path, name: str, scope: str, made: str, hops: int) -> frozenset[Key] | None:
    """What the parameter or variable of a function may be; None where the name is no local one."""
    if made:
        return _of_made(project, path, made, scope, hops)
    table = project.table(path)
    while scope and table is not None:
        for symbol in table.symbols.get(scope, ()):
            listed = symbol.signature.parameters if symbol.signature is not None else ()
            for position, parameter in enumerate(listed):
                if parameter.name != name:
                    continue
                if parameter.annotation is not None:
                    return _named_in(project, path, parameter.annotation, scope, _NOTHING)
                holder = (path, symbol.parent)
                own = not position and name in SELF and _is_class_key(project, holder)
                return frozenset({holder}) if own else _NOTHING
        scope = scope.rpartition(".")[0].removesuffix(".<locals>")
    return None


def _of_super(project: Project, path: Path, scope: str, name: str, hops: int) -> frozenset[Key]:
    """What a member gives that the bases of the class around have."""
    holder = (path, _class_around(project, path, scope))
    return _of_own_member(project, project.mro(*holder).after(holder), holder, name, hops) if holder[1] else _NOTHING


def _class_around(project: Project, path: Path, scope: str) -> str:
    while scope and not _is_class_key(project, (path, scope)):
        scope = scope.rpartition(".")[0].removesuffix(".<locals>")
    return scope


def _of_made(project: Project, path: Path, made: str, scope: str, hops: int) -> frozenset[Key]:
    out = _NOTHING
    for how in filter(None, made.split("\0")):
        text, _, behind = how[1:].partition("\1")
        if how.startswith((":", "?")):
            out |= _named_in(project, path, text, scope, _NOTHING)
        else:
            out |= guesses(project, path, text, scope, behind, hops + 1)
    return out


def _of_member(project: Project, holders: frozenset[Key], name: str, hops: int) -> frozenset[Key]:
    out = _NOTHING
    for holder in holders:
        names = project.mro(*holder).names
        if name in _OF_CONTAINERS:
            out |= {holder}  # of what holds it, though it may be a container itself
        if name not in names:
            if hops < _MAX_HOPS:
                for giving in names.intersection(_GIVING):
                    out |= _of_member(
                        project, _of_member(project, frozenset({holder}), giving, hops + 2), name, hops + 2
                    )
            continue
        key = (*holder, name)
        if key not in project.guesses:
            project.guesses[key] = _NOTHING  # while it is found out: attributes may be made from each other
            project.guesses[key] = _of_own_member(project, project.mro(*holder), holder, name, hops)
        out |= project.guesses[key]
    return out


def _of_own_member(project: Project, lineage: Mro, holder: Key, name: str, hops: int) -> frozenset[Key]:
    owner = lineage.owner(name)
    table = project.table(owner.path) if owner is not None else None
    out = _NOTHING
    if owner is not None and table is not None:
        for symbol in table.members.get(owner.symbol.qualname, {}).get(name, ()):
            out |= _of_symbol(project, owner.path, symbol, frozenset({holder}), hops)
    return out


def _of_symbol(project: Project, path: Path, symbol: Symbol, holder: frozenset[Key], hops: int) -> frozenset[Key]:
    if symbol.kind == SymbolKind.CLASS:
        return frozenset({(path, symbol.qualname)})
    if symbol.kind == SymbolKind.FUNCTION:
        returns = symbol.signature.returns if symbol.signature is not None else None
        if returns is not None:
            out = _named_in(project, path, returns, symbol.parent, holder)
        else:
            out = _of_made(project, path, symbol.value or "", symbol.qualname, hops)
        return out.union(*(guesses(project, path, text, symbol.parent, "", hops + 1) for text in wrappers(symbol)))
    if symbol.annotation is not None:
        if "." not in symbol.qualname and "(" in (symbol.value or "") and not made_of(symbol):
            return _NOTHING  # a module's variable may be declared to be what it is a proxy of
        return _named_in(project, path, symbol.annotation, symbol.parent, holder)
    if symbol.value is None or symbol.value == "None":
        return _NOTHING
    return guesses(project, path, symbol.value, _function_at(project, path, symbol), "", hops + 1)


def _of_variable(project: Project, path: Path, name: str, hops: int) -> frozenset[Key]:
    """What a variable of the module may be that gets its value in several places."""
    table = project.table(path)
    out = _NOTHING
    for symbol in table.symbols.get(name, ()) if table is not None and hops < _MAX_HOPS else ():
        if symbol.kind == SymbolKind.VARIABLE:
            out |= _of_symbol(project, path, symbol, _NOTHING, hops)
    return out


def _function_at(project: Project, path: Path, symbol: Symbol) -> str:
    """The method that sets an attribute."""
    table = project.table(path)
    method = table.method_around(symbol) if symbol.kind == SymbolKind.ATTRIBUTE and table is not None else None
    return method.qualname if method is not None else ""


def _named_in(
    project: Project, path: Path, annotation: str | None, scope: str, holder: frozenset[Key], aliases: int = 0
) -> frozenset[Key]:
    """The classes of the workspace that an annotation names, itself or by an alias or the bound of a type variable."""
    out = _NOTHING
    for dotted in _DOTTED.findall(annotation or ""):
        if dotted.rpartition(".")[2] == "Self":
            out |= holder
            continue
        if is_of_library(project, path, dotted, scope):
            continue
        found = follow(project, path, dotted, scope)
        if not isinstance(found, Definition) or not project.is_ours(found.path):
            continue
        if _is_class(found):
            out |= {(found.path, found.symbol.qualname)}
        elif found.symbol.kind == SymbolKind.VARIABLE and aliases < _MAX_ALIASES:
            out |= _named_in(project, found.path, found.symbol.value, "", holder, aliases + 1)
    return out


def _is_class(found: Definition | Module | None) -> bool:
    return isinstance(found, Definition) and found.symbol.kind == SymbolKind.CLASS


def _is_class_key(project: Project, key: Key) -> bool:
    table = project.table(key[0])
    return table is not None and any(s.kind == SymbolKind.CLASS for s in table.symbols.get(key[1], ()))


def made_of(symbol: Symbol) -> str:
    """How a variable or attribute was made, as `Call.made`; '' where that is not known.

    Something else made for an annotated variable may be a proxy, or a subclass.
    """
    called = CALLED.fullmatch(symbol.value or "") or _CALL_CUT.match(symbol.value or "")
    maker = called.group(1) if called else ""
    if symbol.annotation is None:
        return f"={maker}" if maker else ""
    plain = symbol.value in (None, "None", "...") or maker.rpartition(".")[2] in ("field", "Field", "ib")
    return f":{symbol.annotation}" if plain or maker == class_text(symbol.annotation) else ""


def class_text(annotation: str) -> str:
    """The class that an annotation names: quotes, ``Optional``, ``Final`` and ``| None`` taken off."""
    text = annotation.strip().strip("\"'").strip()
    while (inner := _AROUND.fullmatch(text)) is not None:
        text = inner.group(1).strip().strip("\"'")
    parts = [part.strip() for part in text.split("|")]
    kept = [part for part in parts if part != "None"]
    return kept[0] if len(kept) == 1 else ""
