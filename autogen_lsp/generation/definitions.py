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

type Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
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
        _describe(node)
        for node in module.body
        if not any(node is each or each in getattr(node, "body", ()) for each in kept)
        and not isinstance(node, ast.Import | ast.ImportFrom)
        and not _is_docstring(node)
    )
    return Kept(tuple(kept), definition, imports, dropped)


def is_placeholder(node: ast.stmt) -> bool:
    """Whether a function does nothing but `pass`, ``...`` or raise NotImplementedError, or a class has such a method.

    An empty class is none (an exception often is one), nor an abstract method, an overload or a Protocol's member.
    """
    if isinstance(node, ast.ClassDef):
        if any(source_of(base).split("[")[0].rpartition(".")[2] == "Protocol" for base in node.bases):
            return False
        return any(is_placeholder(child) for child in node.body if isinstance(child, _DEFINITIONS))
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    marks = {source_of(mark).rpartition(".")[2] for mark in node.decorator_list}
    return not marks & {"abstractmethod", "overload"} and all(_does_nothing(statement) for statement in node.body)


def bound_names(node: ast.stmt) -> list[str]:
    """Names that a definition or an assignment binds, of attributes their last part."""
    return [node.name] if isinstance(node, _DEFINITIONS) else list(_targets(node))


def defined_names(module: ast.Module) -> list[str]:
    """Names of the functions and classes that a reply defines, its classes' methods as ``Class.method``."""
    names = []
    for node in module.body:
        if isinstance(node, _DEFINITIONS):
            names.append(node.name)
        if isinstance(node, ast.ClassDef):
            names += [f"{node.name}.{child.name}" for child in node.body if isinstance(child, _DEFINITIONS)]
    return names


def source_of(node: ast.AST | None) -> str:
    """The node as text; '' for none, and for one that is nested too deeply to be written by people."""
    try:
        return ast.unparse(node) if node is not None else ""
    except RecursionError:
        return ""


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass) or _is_docstring(statement):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant) and statement.value.value is ...
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return False


def _named(body: Sequence[ast.stmt], wanted: Wanted) -> tuple[ast.stmt, ...]:
    """The statements that define the name: the last one, and those before it that Python needs beside it."""
    nodes = [node for node in body if _defines(node, wanted.name) and _fits(node, wanted.kind)]
    if not nodes:
        return ()
    kept = [node for node in nodes[:-1] if _belongs_beside(node, nodes[-1])]
    return (*kept, nodes[-1])


def _defines(node: ast.stmt, name: str) -> bool:
    return name in bound_names(node)


def _fits(node: ast.stmt, kind: str) -> bool:
    if kind == "value":
        return not isinstance(node, _DEFINITIONS)
    return isinstance(node, ast.ClassDef) == (kind == "class") and isinstance(node, _DEFINITIONS)


def _belongs_beside(node: ast.stmt, last: ast.stmt) -> bool:
    """Whether a definition is no earlier try at the last one: an overload of it, or the property that it sets."""
    if not isinstance(node, _DEFINITIONS) or not isinstance(last, _DEFINITIONS):
        return False
    overload = any(source_of(mark).rpartition(".")[2] == "overload" for mark in node.decorator_list)
    accessor = any(isinstance(mark, ast.Attribute) and mark.attr in ("setter", "deleter", "register", "getter")
                   for mark in last.decorator_list)  # fmt: skip
    return overload or accessor


def _new_globals(definition: Sequence[ast.stmt], pool: Sequence[ast.stmt], wanted: Wanted) -> list[ast.stmt]:
    """New module-level definitions and literal constants that the definition uses, directly or through another."""
    new: dict[str, ast.stmt] = {}
    for node in pool:
        if (isinstance(node, _DEFINITIONS) or _constant(node)) and node not in definition:
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
    quoted = {
        name.id
        for child in ast.walk(node)
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and child.value.isprintable()
        for name in _quoted_names(child.value)
    }
    return global_names(text) | quoted


def _quoted_names(text: str) -> list[ast.Name]:
    if len(text) > 200:
        return []
    try:
        return [node for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _targets(node: ast.stmt) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id
        elif isinstance(target, ast.Attribute):
            yield target.attr


def _constant(node: ast.stmt) -> bool:
    """Whether a statement binds plain names to a literal."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None or not list(_targets(node)):
        return False
    try:
        ast.literal_eval(node.value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _belongs_in_module(node: ast.stmt, wanted: Wanted) -> bool:
    """Whether a new module keeps a statement: an asked-for value may be computed, as it has no other place."""
    asked = not wanted.members.isdisjoint(_targets(node))
    return asked or isinstance(node, _DEFINITIONS) or _is_docstring(node) or _constant(node)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _describe(node: ast.stmt) -> str:
    if isinstance(node, _DEFINITIONS):
        return f"'{node.name}'"
    names = list(_targets(node))
    return f"'{names[0]} = …'" if names else f"{type(node).__name__.lower()} statement"
