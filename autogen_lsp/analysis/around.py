"""What the syntax around an expression says of it by itself: it is looked at for its truth, kept, entered, caught."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import bindings, nodes
from autogen_lsp.analysis.expectation import Demand, Expected, Role
from autogen_lsp.analysis.types import named


def is_quantified(generator: Node, node: Node) -> bool:
    """Whether it is what ``any()`` or ``all()`` looks at, item by item."""
    call = generator.parent
    function = call.child_by_field_name("function") if call is not None and call.type == "call" else None
    return nodes.same(generator.child_by_field_name("body"), node) and nodes.text_of(function) in ("any", "all")


def is_tested(comprehension: Node, node: Node) -> bool:
    """Whether the values of a comprehension are conditions: ``any(f(x) for x in xs)``."""
    listed = comprehension.parent
    call = listed.parent if listed is not None and listed.type == "argument_list" else listed
    function = call.child_by_field_name("function") if call is not None and call.type == "call" else None
    return nodes.text_of(function) in ("any", "all") and nodes.same(comprehension.child_by_field_name("body"), node)


def taken_apart(left: Node | None) -> tuple[Node, ...]:
    """The targets that a pattern is made of, ``a, b``; none where a starred one takes the rest."""
    items = nodes.named(left) if left is not None else []
    if left is None or left.type not in bindings.PATTERNS or any(each.type.startswith("list_splat") for each in items):
        return ()
    return tuple(items)


def kept_in(assignment: Node) -> Iterator[Node]:
    """The variables and attributes that an assignment gives its value to: both of ``a = self.b = f()``."""
    at_: Node | None = assignment
    while at_ is not None and at_.type == "assignment":
        yield from (left for left in at_.children_by_field_name("left") if left.type in ("identifier", "attribute"))
        at_ = at_.parent


def managed(path: Path, parent: Node, node: Node, is_async: bool) -> Expected:
    for outer in (parent, *nodes.ancestors(parent)):
        if outer.type in ("except_clause", "except_group_clause"):
            return Expected(Role.EXCEPTION, path, node)
        if outer.type == "with_statement":
            asynchronous = any(child.type == "async" for child in outer.children[:1])
            name = "AbstractAsyncContextManager" if asynchronous else "AbstractContextManager"
            alias = parent.child_by_field_name("alias")
            target = nodes.first_named(alias) if alias is not None else None
            manager = named("contextlib", name, None)
            return Expected(
                Role.VALUE, path, node, manager, is_async=is_async, demand=Demand.TYPE, each=target
            )  # fmt: skip
    return Expected(Role.VALUE, path, node, is_async=is_async)


def caught(node: Node) -> bool:
    """Whether a tuple lists the exceptions of an ``except`` clause."""
    parent = node.parent
    if parent is not None and parent.type == "as_pattern":
        parent = parent.parent
    return parent is not None and parent.type in ("except_clause", "except_group_clause")
