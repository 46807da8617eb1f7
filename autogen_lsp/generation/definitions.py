"""A syntax tree of a reply into the asked-for definition, and what else of the reply it cannot do without.

Kept are, in the reply's order: the definition; new functions and classes beside it that it uses; and new constants
that are literals. A method keeps the new methods of its class that it uses. Nothing else that would run at import is
kept: no call, no computed value, no ``if __name__``. Imports are returned apart, those that are used.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from autogen_lsp.analysis.model import NeededImport
from autogen_lsp.generation.names import global_names, members_used
from autogen_lsp.generation.nodes import (
    DEFINITIONS,
    bound_names,
    describe,
    is_docstring,
    is_literal,
    is_type_variable,
    quoted_names,
    source_of,
    targets_of,
)

_RECEIVERS = frozenset({"self", "cls"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: name, enclosing class ('' at module level), and the kind that the skeleton has.

    ``taken`` are names that exist beside it already (of the module; of the class, for a method): never defined again.
    ``members`` are the names that a module is asked for.
    """

    name: str
    owner: str = ""
    kind: str = "function"  # function | class | value | module
    taken: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Kept:
    """The part of a reply that is used: nodes in order, the definition's own nodes among them, imports and the rest."""

    nodes: tuple[ast.stmt, ...]
    definition: tuple[ast.stmt, ...]
    imports: tuple[NeededImport, ...]
    dropped: tuple[str, ...]  # what was left out, a short description each


def find(module: ast.Module, wanted: Wanted) -> tuple[tuple[ast.stmt, ...], Sequence[ast.stmt]] | None:
    """The definition's nodes (overloads and property accessors make several) and the statements it stands among.

    A method may stand in its class, alone, or in another class; a function at module level only. None: not there.
    """
    if wanted.kind == "module":
        defined = {name for node in module.body for name in bound_names(node)}
        wrong = wanted.members and wanted.members.isdisjoint(defined)
        return None if wrong else (tuple(module.body), module.body)
    bodies: list[Sequence[ast.stmt]] = [module.body]
    if wanted.owner:
        classes = [node for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
        own = [node.body for node in classes if node.name == wanted.owner]
        bodies = [*own, module.body, *(node.body for node in classes if node.name != wanted.owner)]
    for body in bodies:
        if nodes := _named(body, wanted):
            return nodes, body
    return None


def reduce(module: ast.Module, wanted: Wanted, others: Sequence[ast.Module] = ()) -> Kept | None:
    """What of a reply is used, None where the definition is not in it. ``others`` are further blocks of the reply."""
    found = find(module, wanted)
    if found is None:
        return None
    definition, siblings = found
    # The definition's own block comes last, so that its version of a helper wins.
    pool = [node for each in (*others, module) for node in each.body]
    if wanted.kind == "module":
        kept = [node for node in definition if _belongs_in_module(node, wanted)]
    elif wanted.owner:
        kept = _in_order([*definition, *_new_methods(definition, siblings, wanted)], siblings)
    else:
        kept = _in_order([*definition, *_new_globals(definition, pool, wanted)], [*siblings, *pool])
    used: frozenset[str] = frozenset().union(*map(_names, kept))
    imports = tuple(dict.fromkeys(needed for needed, bound in _imports(pool) if bound in used))
    dropped = tuple(
        describe(node)
        for node in module.body
        if not any(node is each or each in getattr(node, "body", ()) for each in kept)
        and not isinstance(node, ast.Import | ast.ImportFrom)
        and not is_docstring(node)
    )
    return Kept(tuple(kept), definition, imports, dropped)


def _named(body: Sequence[ast.stmt], wanted: Wanted) -> tuple[ast.stmt, ...]:
    """The statements that define the name: the last one, and those before it that Python needs beside it."""
    nodes = [node for node in body if wanted.name in bound_names(node) and _fits(node, wanted.kind)]
    if not nodes:
        return ()
    kept = [node for node in nodes[:-1] if _belongs_beside(node, nodes[-1])]
    return (*kept, nodes[-1])


def _fits(node: ast.stmt, kind: str) -> bool:
    if kind == "value":
        return not isinstance(node, DEFINITIONS)
    return isinstance(node, ast.ClassDef) == (kind == "class") and isinstance(node, DEFINITIONS)


def _belongs_beside(node: ast.stmt, last: ast.stmt) -> bool:
    """Whether a definition is no earlier try at the last one: an overload of it, or the property that it sets."""
    if not isinstance(node, DEFINITIONS) or not isinstance(last, DEFINITIONS):
        return False
    overload = any(source_of(mark).rpartition(".")[2] == "overload" for mark in node.decorator_list)
    accessor = any(isinstance(mark, ast.Attribute) and mark.attr in ("setter", "deleter", "register", "getter")
                   for mark in last.decorator_list)  # fmt: skip
    return overload or accessor


def _new_globals(definition: Sequence[ast.stmt], pool: Sequence[ast.stmt], wanted: Wanted) -> list[ast.stmt]:
    """New module-level definitions, constants and type variables that the definition uses, or what it uses does."""
    new: dict[str, ast.stmt] = {}
    for node in pool:
        if _is_harmless(node) and node not in definition:
            new |= {name: node for name in bound_names(node) if name not in wanted.taken}
    return _closure(definition, new, _names)


def _new_methods(definition: Sequence[ast.stmt], siblings: Sequence[ast.stmt], wanted: Wanted) -> list[ast.stmt]:
    """New methods of the same class that a method uses."""
    new: dict[str, ast.stmt] = {
        node.name: node
        for node in siblings
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name not in wanted.taken
        and node not in definition
    }
    receivers = _RECEIVERS | {wanted.owner}
    return _closure(definition, new, lambda node: members_used(node, receivers))


def _closure(
    start: Sequence[ast.stmt], new: dict[str, ast.stmt], uses: Callable[[ast.stmt], frozenset[str]]
) -> list[ast.stmt]:
    """What is used of ``new``, by the start or by what it uses."""
    kept: list[ast.stmt] = []
    waiting = list(start)
    while waiting:
        for name in sorted(uses(waiting.pop())):
            node = new.get(name)
            if node is not None and node not in kept:
                kept.append(node)
                waiting.append(node)
    return kept


def _in_order(nodes: Sequence[ast.stmt], order: Sequence[ast.stmt]) -> list[ast.stmt]:
    wanted = {id(node) for node in nodes}
    seen: dict[int, ast.stmt] = {id(node): node for node in order if id(node) in wanted}
    return list(seen.values())


def _imports(nodes: Sequence[ast.stmt]) -> Iterator[tuple[NeededImport, str]]:
    """Module-level imports of a reply with the name that each binds; those for type checkers are marked."""
    for node in nodes:
        if isinstance(node, ast.If) and source_of(node.test).rpartition(".")[2] == "TYPE_CHECKING":
            for found, bound in _imports(node.body):
                yield NeededImport(found.module, found.name, found.asname, type_checking=True), bound
        elif isinstance(node, ast.Import):
            for each in node.names:
                yield NeededImport(each.name, "", each.asname or ""), each.asname or each.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            module = "." * node.level + (node.module or "")
            for each in node.names:
                if each.name != "*":
                    yield NeededImport(module, each.name, each.asname or ""), each.asname or each.name


def _names(node: ast.stmt) -> frozenset[str]:
    """Names that a statement expects from its module, those in string annotations too."""
    text = source_of(node)
    strings = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return global_names(text).union(*map(quoted_names, strings))


def _belongs_in_module(node: ast.stmt, wanted: Wanted) -> bool:
    """Whether a new module keeps a statement: an asked-for value may be computed, as it has no other place."""
    asked = not wanted.members.isdisjoint(targets_of(node))
    return asked or is_docstring(node) or _is_harmless(node)


def _is_harmless(node: ast.stmt) -> bool:
    """Whether a statement at module level does nothing but define."""
    return isinstance(node, DEFINITIONS) or is_literal(node) or is_type_variable(node)
