"""Bases that are made where they are used, of what is written there: ``namedtuple("Point", "x y")``, ``ABCMeta("Base",
(object,), {})``, and what a function says to give (``-> type[Logger]``).

Where a part of it is not written out, nothing is known.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from autogen_lsp.analysis.presence import Definition, follow
from autogen_lsp.analysis.project import Project
from autogen_lsp.syntax.model import SymbolKind

_CALL = re.compile(r"([^\W\d][\w.]*)\(", re.S)
_GIVES_CLASS = re.compile(r"(?:typing\.)?[Tt]ype\[([\w.]+)\]")
_PLAIN = frozenset({"__slots__", "__module__", "__doc__"})


@dataclass(frozen=True, slots=True)
class Made:
    """Classes that the base is or derives from, and names of members that it has besides theirs."""

    bases: tuple[tuple[Path, str], ...] = ()
    names: frozenset[str] = frozenset()


def made_base(project: Project, path: Path, text: str, scope: str) -> Made | None:
    """What a call as written, or the one that a variable got its value from, makes: None if that is no known class."""
    dotted = _CALL.match(text)
    found = follow(project, path, dotted.group(1) if dotted is not None else text, scope)
    if not isinstance(found, Definition):
        return None
    if dotted is None:
        value = found.symbol.value or ""
        plain = found.symbol.kind == SymbolKind.VARIABLE and not found.symbol.conditional and _CALL.match(value)
        return made_base(project, found.path, value, "") if plain else None
    name, stubs = found.symbol.name, project.environment.stdlib
    if stubs is not None and found.path.is_relative_to(stubs) and name in _MAKERS:
        try:
            call = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return None
        if not isinstance(call, ast.Call) or len(call.args) < 2:
            return None
        if name in ("namedtuple", "NamedTuple"):
            names = _fields(call)
            return None if names is None else Made(((stubs / "typing.pyi", "NamedTuple"),), names)
        return Made() if _is_empty(call) else None
    if found.symbol.kind != SymbolKind.FUNCTION or found.symbol.signature is None or found.symbol.decorators:
        return None
    given = _GIVES_CLASS.fullmatch(found.symbol.signature.returns or "")
    target = follow(project, found.path, given.group(1)) if given is not None else None
    if not isinstance(target, Definition) or target.symbol.kind != SymbolKind.CLASS:
        return None
    return Made(((target.path, target.symbol.qualname),))


_MAKERS = frozenset({"namedtuple", "NamedTuple", "ABCMeta", "type"})


def _fields(call: ast.Call) -> frozenset[str] | None:
    """The names of a named tuple's fields, if they are all written out, and meant as they are."""
    if any(keyword.arg in (None, "rename") for keyword in call.keywords):
        return None
    listed = call.args[1]
    if isinstance(listed, ast.Constant) and isinstance(listed.value, str):
        return frozenset(listed.value.replace(",", " ").split())
    if not isinstance(listed, (ast.List, ast.Tuple)):
        return None
    first = [item.elts[0] if isinstance(item, ast.Tuple) and item.elts else item for item in listed.elts]
    names = [item.value for item in first if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return frozenset(names) if len(names) == len(first) else None


def _is_empty(call: ast.Call) -> bool:
    """Whether a class is made that has no members of its own, nor bases: ``type("Base", (object,), {})``."""
    if len(call.args) != 3 or call.keywords:
        return False
    bases, members = call.args[1:]
    alone = isinstance(bases, ast.Tuple) and all(isinstance(b, ast.Name) and b.id == "object" for b in bases.elts)
    keys = members.keys if isinstance(members, ast.Dict) else [None]
    return alone and all(isinstance(key, ast.Constant) and key.value in _PLAIN for key in keys)
