"""Whether a call that is a statement must never return, for its surroundings to make sense: ``self.fail(...)``.

That is certain where the enclosing function ends with it and has promised ``NoReturn``, or a value that it gives on
other paths; and where it ends a branch after which names are used that only the other branches bind.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.assignable import accepts
from autogen_lsp.analysis.enclosing import annotated
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE

_BRANCHES = frozenset(
    {
        "if_statement", "elif_clause", "else_clause", "try_statement", "except_clause", "with_statement",
        "match_statement", "case_clause",
    }
)  # fmt: skip


def never_returning(lookup: Lookup, path: Path, statement: Node) -> str | None:
    """The name of the type to be written, ``NoReturn`` or ``Never``; None where the call may return."""
    function = _ended(statement)
    promise = function.child_by_field_name("return_type") if function is not None else None
    if function is not None and promise is not None and not nodes.has_own_yield(function):
        word = nodes.text_of(promise).strip("'\"").rpartition(".")[2]
        if word in ("NoReturn", "Never"):
            return word
        promised = annotated(lookup, path, promise) if _gives_something(function) else None
        if promised is not None and not accepts(lookup, promised, NONE):
            return "NoReturn"
    return "NoReturn" if _leaves_names_unbound(statement) else None


def must_give(lookup: Lookup, path: Path, statement: Node) -> bool:
    """Whether a function ends with the statement, on one of its paths, and has promised a value."""
    function = _ended(statement)
    promise = function.child_by_field_name("return_type") if function is not None else None
    if function is None or promise is None or nodes.has_own_yield(function):
        return False
    promised = annotated(lookup, path, promise)
    return promised is not None and not accepts(lookup, promised, NONE)


def _gives_something(function: Node) -> bool:
    """Whether another path returns a value; where none does, the function may not be written to its end."""
    returns = (n for n in nodes.own_nodes(function.child_by_field_name("body")) if n.type == "return_statement")
    return any(nodes.named(node) for node in returns)


def _ended(statement: Node) -> Node | None:
    """The function that ends with this statement, on one of its paths."""
    at = statement
    while at.parent is not None:
        outer = at.parent
        if at.type == "block" and outer.type == nodes.FUNCTION:
            return outer
        if outer.type == "block" and not nodes.same(nodes.statements(outer)[-1], at):
            return None
        if outer.type != "block" and outer.type not in _BRANCHES:
            return None
        at = outer
    return None


def _leaves_names_unbound(statement: Node) -> bool:
    """Whether a handler ends with the statement, and what its ``try`` binds is used afterwards."""
    block = statement.parent
    handler = block.parent if block is not None else None
    attempt = handler.parent if handler is not None else None
    if handler is None or attempt is None or attempt.type != "try_statement" or handler.type != "except_clause":
        return False
    function = nodes.enclosing(attempt, frozenset({nodes.FUNCTION}))
    if function is None or statement.next_named_sibling is not None:
        return False
    tried = set(_bound(attempt.child_by_field_name("body")))
    elsewhere = {name.text for name in _names(function) if not nodes.inside(name, attempt) and _binds(name)}
    elsewhere |= {parameter.name.encode() for parameter in nodes.parameters(function)} | set(_bound(block))
    only_tried = tried - elsewhere
    after = attempt.next_named_sibling
    while after is not None and only_tried:
        if any(name.text in only_tried for name in _names(after)):
            return True
        after = after.next_named_sibling
    return False


def _names(node: Node | None) -> Iterator[Node]:
    if node is not None:
        yield from (inner for inner in (node, *nodes.own_nodes(node)) if inner.type == "identifier")


def _bound(node: Node | None) -> Iterator[bytes]:
    yield from (name.text or b"" for name in _names(node) if _binds(name))


def _binds(name: Node) -> bool:
    """Whether an identifier is given a value by an assignment."""
    parent = name.parent
    while parent is not None and parent.type in ("pattern_list", "tuple_pattern", "list_pattern"):
        name, parent = parent, parent.parent
    if parent is None or parent.type not in ("assignment", "augmented_assignment", "for_statement", "named_expression"):
        return False
    return nodes.same(parent.child_by_field_name("left") or parent.child_by_field_name("name"), name)
