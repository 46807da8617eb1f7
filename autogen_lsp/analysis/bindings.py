"""Where the value of a local name comes from: an identifier into the bindings that may reach it, in one file.

Python's scopes are walked outwards from the use; within a scope the bindings are taken backwards from the use up to the
nearest one that every path passes. What is looked for are syntax nodes; their types are `infer`'s business.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache

import msgspec
from tree_sitter import Node

from autogen_lsp.analysis import nodes

PATTERNS = frozenset({"pattern_list", "tuple_pattern", "list_pattern"})
_LONG = 4_000  # bytes of a function in which each name is looked for once: generated ones use some ten thousand times
_OF_WITH = frozenset({"as_pattern_target", "as_pattern", "with_item", "with_clause"})  # around what a `with` binds


class How(Enum):
    VALUE = auto()  # `node` is the expression assigned
    ANNOTATION = auto()  # `node` is the annotation
    ITEM = auto()  # an item of the iterable `node`
    ENTERED = auto()  # the result of entering the context manager `node`
    CAUGHT = auto()  # an instance of the exception class(es) `node`
    PARAMETER = auto()  # `node` is the function; `parameter` tells which
    DEFINITION = auto()  # `node` is the function or class
    IMPORT = auto()
    OPAQUE = auto()  # bound in a way whose value cannot be told


class Binding(msgspec.Struct, frozen=True):
    """One way a name gets its value. ``path`` are the positions in nested targets (``(a, b), c = …``: b is (0, 1))."""

    how: How
    node: Node
    at: Node  # the statement or clause that binds
    path: tuple[int, ...] = ()
    parameter: nodes.ParameterNode | None = None
    is_async: bool = False
    starred: bool = False


def reaching(identifier: Node, name: str = "", *, assigned: bool = False) -> tuple[list[Binding], Node | None] | None:
    """The bindings that may reach a use, and their scope; None where the name is no local one (module, builtin).

    The scope is None for the module's own. Where the name is declared somewhere in the scope, that alone counts, unless
    what is asked for is what was ``assigned`` last.
    """
    name = name or nodes.text_of(identifier)
    child: Node = identifier
    first_scope = True
    for scope in nodes.ancestors(identifier):
        if scope.type in nodes.COMPREHENSIONS:
            found = _in_comprehension(scope, child, name)
            if found is not None:
                return [found], scope
        elif scope.type == "lambda" and nodes.same(scope.child_by_field_name("body"), child):
            for parameter in nodes.parameters(scope):
                if parameter.name == name:
                    return [Binding(How.PARAMETER, scope, scope, parameter=parameter)], scope
            first_scope = False
        elif scope.type == nodes.FUNCTION and nodes.same(scope.child_by_field_name("body"), child):
            found_all = _in_function(scope, name)
            if found_all is None:
                return None  # `global name`
            if found_all:
                return (_flow(found_all, identifier, assigned) if first_scope else found_all), scope
            first_scope = False
        elif scope.type == nodes.CLASS and nodes.same(scope.child_by_field_name("body"), child) and first_scope:
            found_all = list(bindings_in(scope.child_by_field_name("body"), name))
            if found_all:
                return _flow(found_all, identifier, assigned), scope
        elif scope.type == "module" and first_scope:
            found_all = list(bindings_in(scope, name))
            if found_all and all(b.how not in (How.DEFINITION, How.IMPORT) for b in found_all):
                return _flow(found_all, identifier, assigned), None
        child = scope
    return None


def is_global(identifier: Node) -> bool:
    """Whether the function around a name says ``global name``."""
    function = nodes.enclosing(identifier, frozenset({nodes.FUNCTION}))
    return function is not None and _in_function(function, nodes.text_of(identifier)) is None


def reads_of(target: Node) -> list[Node] | None:
    """Where a local variable may have what an assignment gave to ``target``; None where that cannot be told."""
    scope = nodes.enclosing(target, frozenset({nodes.FUNCTION, "lambda", nodes.CLASS, "module"}))
    if scope is None or scope.type in ("lambda", nodes.CLASS):
        return None
    name = nodes.text_of(target)
    statement = next((outer for outer in nodes.ancestors(target) if outer.type not in PATTERNS | _OF_WITH), None)
    out: list[Node] = []
    for node in nodes.own_nodes(scope if scope.type == "module" else scope.child_by_field_name("body"), name):
        if node.type in nodes.DEFINITIONS and name.encode() in (node.text or b""):
            return None  # it may be used in there
        if node.type != "identifier" or nodes.text_of(node) != name or not (is_read(node) or is_changed(node)):
            continue
        found = reaching(node, assigned=True)
        if found is not None and any(nodes.same(b.at, statement) for b in found[0]):
            out.append(node)
    return out


def is_changed(node: Node) -> bool:
    """Whether it is the target of ``x += y``, which reads it, too."""
    parent = node.parent
    changes = parent is not None and parent.type == "augmented_assignment"
    return changes and parent is not None and nodes.same(parent.child_by_field_name("left"), node)


def is_read(node: Node) -> bool:
    """Whether an identifier, or attribute, is an expression that reads a variable."""
    parent = node.parent
    if parent is None:
        return False
    match parent.type:
        case "attribute":
            return nodes.same(parent.child_by_field_name("object"), node)
        case "assignment" | "named_expression" | "for_statement" | "for_in_clause" | "augmented_assignment":
            return not nodes.same(parent.child_by_field_name("left") or parent.child_by_field_name("name"), node)
        case "keyword_argument" | "default_parameter":
            return not nodes.same(parent.child_by_field_name("name"), node)
    return parent.type not in PATTERNS and parent.type != "list_splat_pattern"


def bindings_in(body: Node | None, name: str) -> Iterator[Binding]:
    """Bindings of a name in one scope's body, in order. Nested functions and classes are not entered."""
    for node in nodes.own_nodes(body, name):
        yield from _binding_of(node, name)


def _in_function(function: Node, name: str) -> list[Binding] | None:
    """Bindings of a name in a function, in order; None where it is said to be the module's."""
    if function.end_byte - function.start_byte < _LONG:
        return _found_in_function(function, name)
    found = _found_in_long(function)
    if name not in found:
        found[name] = _found_in_function(function, name)
    bound = found[name]
    return None if bound is None else list(bound)


@lru_cache(maxsize=8)  # few, as each keeps its tree
def _found_in_long(function: Node) -> dict[str, list[Binding] | None]:
    """What was found in a long function so far, by name."""
    return {}


def _found_in_function(function: Node, name: str) -> list[Binding] | None:
    found: list[Binding] = []
    for parameter in nodes.parameters(function):
        if parameter.name == name:
            found.append(Binding(How.PARAMETER, function, function, parameter=parameter))
    for node in nodes.own_nodes(function.child_by_field_name("body"), name):
        if node.type == nodes.FUNCTION and _rebinds(node, name):
            found.append(Binding(How.OPAQUE, node, node))
        if node.type == "global_statement" and name in map(nodes.text_of, nodes.named(node)):
            return None
        found += _binding_of(node, name)
    return found


def _rebinds(inner: Node, name: str) -> bool:
    """Whether a nested function says ``nonlocal name``: the name has another value after any call of it."""
    if b"nonlocal" not in (inner.text or b""):
        return False
    declared = (node for node in _leaves(inner) if node.type == "nonlocal_statement")
    return any(name == nodes.text_of(child) for node in declared for child in nodes.named(node))


def _in_comprehension(scope: Node, child: Node, name: str) -> Binding | None:
    clauses = [clause for clause in nodes.named(scope) if clause.type == "for_in_clause"]
    for clause in reversed(clauses):
        if clause.start_byte >= child.end_byte and child.type in ("for_in_clause", "if_clause"):
            continue
        if nodes.same(clause, child) and nodes.same(clause, clauses[0]):
            continue  # the first iterable is evaluated outside
        right = clause.child_by_field_name("right")
        target = _target(clause.child_by_field_name("left"), name)
        if target is not None and right is not None:
            is_async = any(c.type == "async" for c in clause.children)
            return Binding(How.ITEM, right, clause, target[0], is_async=is_async, starred=target[1])
    return None


def _binding_of(node: Node, name: str) -> Iterator[Binding]:
    match node.type:
        case "assignment":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            target = _target(left, name)
            if target is None or left is None:
                return
            annotation = node.child_by_field_name("type")
            if annotation is not None and nodes.text_of(annotation).rpartition(".")[2] in ("Final", "ClassVar"):
                annotation = None  # alone, these leave the type to the value
            if annotation is not None and not target[0]:
                yield Binding(How.ANNOTATION, annotation, node)
            elif right is not None:
                while right.type == "assignment":
                    inner = right.child_by_field_name("right")
                    if inner is None:
                        return
                    right = inner
                yield Binding(How.VALUE, right, node, target[0], starred=target[1])
        case "augmented_assignment":
            if nodes.text_of(node.child_by_field_name("left")) == name:
                yield Binding(How.OPAQUE, node, node)
        case "named_expression":
            value = node.child_by_field_name("value")
            if nodes.text_of(node.child_by_field_name("name")) == name and value is not None:
                yield Binding(How.VALUE, value, node)
        case "for_statement":
            right = node.child_by_field_name("right")
            target = _target(node.child_by_field_name("left"), name)
            if target is not None and right is not None:
                is_async = any(c.type == "async" for c in node.children[:1])
                yield Binding(How.ITEM, right, node, target[0], is_async=is_async, starred=target[1])
        case "as_pattern":
            yield from _as_pattern(node, name)
        case "function_definition" | "class_definition":
            if nodes.text_of(node.child_by_field_name("name")) == name:
                yield Binding(How.DEFINITION, node, node)
        case "import_statement" | "import_from_statement":
            for element in node.children_by_field_name("name"):
                alias = element.child_by_field_name("alias") if element.type == "aliased_import" else None
                bound = nodes.text_of(alias) if alias is not None else nodes.text_of(element)
                if node.type == "import_statement" and alias is None:
                    bound = bound.partition(".")[0]
                if bound == name:
                    yield Binding(How.IMPORT, element, node)
        case "delete_statement":  # not what a deleted attribute or item is of
            if any(_target(child, name) is not None for child in nodes.named(node)):
                yield Binding(How.OPAQUE, node, node)
        case "case_pattern" | "nonlocal_statement":
            if any(c.type == "identifier" and nodes.text_of(c) == name for c in _leaves(node)):
                yield Binding(How.OPAQUE, node, node)


def _as_pattern(node: Node, name: str) -> Iterator[Binding]:
    alias = node.child_by_field_name("alias")
    value = nodes.first_named(node)
    target = _target(nodes.first_named(alias) if alias is not None else None, name)
    if target is None or value is None:
        return
    for parent in nodes.ancestors(node):
        if parent.type in ("except_clause", "except_group_clause"):
            group = any(c.type == "*" or c.type == "except*" for c in parent.children)
            yield Binding(How.OPAQUE if group else How.CAUGHT, value, parent)
            return
        if parent.type == "with_statement":
            is_async = any(c.type == "async" for c in parent.children[:1])
            yield Binding(How.ENTERED, value, parent, target[0], is_async=is_async, starred=target[1])
            return
        if parent.type in ("case_clause", "block", "module"):
            yield Binding(How.OPAQUE, node, parent)
            return


def _target(node: Node | None, name: str) -> tuple[tuple[int, ...], bool] | None:
    """Positions of the name in an assignment target, and whether it takes a starred rest; None where it is absent."""
    pending: list[tuple[Node, tuple[int, ...], bool]] = [] if node is None else [(node, (), False)]
    while pending:
        at, path, starred = pending.pop()
        if at.type == "identifier":
            if nodes.text_of(at) == name:
                return path, starred
        elif at.type in ("pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list"):
            pending += [(child, (*path, index), False) for index, child in enumerate(nodes.named(at))]
        elif at.type in ("list_splat_pattern", "list_splat"):
            pending += [(child, path, True) for child in nodes.named(at)]
        elif at.type == "parenthesized_expression":
            pending += [(child, path, starred) for child in nodes.named(at)]
    return None


def _flow(found: list[Binding], use: Node, assigned: bool) -> list[Binding]:
    """The bindings that may reach the use: back to the nearest that dominates it, and those later in its loop."""
    annotated = [b for b in found if b.how is How.ANNOTATION]
    if annotated and not assigned:
        return annotated[:1]
    out: list[Binding] = []
    later: list[tuple[Binding, Node]] = []  # those after the use in a loop around both
    for binding in reversed(found):
        if _is_elsewhere(binding):
            out.append(binding)
        elif binding.at.start_byte > use.start_byte or nodes.inside(use, _bound_part(binding)):
            loop = _common_loop(binding.at, use)
            if loop is not None:
                later.append((binding, loop))
        else:
            out.append(binding)
            if _dominates(binding.at, use):
                later = [(each, loop) for each, loop in later if not nodes.inside(binding.at, loop)]
                break
    return [each for each, _ in later] + out or found


def _is_elsewhere(binding: Binding) -> bool:
    """Whether a nested function binds the name of the scope around it, whenever it is called."""
    return binding.how is How.OPAQUE and binding.node.type == nodes.FUNCTION


def _bound_part(binding: Binding) -> Node:
    """The part of a binding statement that runs before it binds."""
    return binding.node if binding.how in (How.VALUE, How.ITEM, How.ENTERED, How.OPAQUE) else binding.at.children[0]


def _dominates(statement: Node, use: Node) -> bool:
    """Whether every path to the use passes the statement: the block that holds it holds the use."""
    if statement.type in (nodes.FUNCTION, "lambda"):
        return True
    if statement.type in ("for_statement", "with_statement", "except_clause"):
        return nodes.inside(use, statement)
    block = nodes.enclosing(statement, frozenset({"block", "module"}))
    return nodes.inside(use, block)


def _common_loop(statement: Node, use: Node) -> Node | None:
    """The body of the innermost loop that holds both."""
    for parent in nodes.ancestors(use):
        body = parent.child_by_field_name("body") if parent.type in nodes.LOOPS else None
        if body is not None and nodes.inside(statement, body):
            return body
        if parent.type in (nodes.FUNCTION, "lambda", nodes.CLASS):
            return None
    return None


def _leaves(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        at = pending.pop()
        yield at
        pending += reversed(nodes.named(at))
