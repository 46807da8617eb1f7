"""Whether an expression is a new instance of the very class that it is said to be of, and not of one below that.

So it is where a class is called by its name, or by an attribute of ``self`` in whose place no class below has another
(``self.factory()``, where the body says ``factory = C``); and what a variable gets its value from counts like that.
"""

from __future__ import annotations

from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import bindings, classes, infer, nodes
from autogen_lsp.analysis.bindings import How
from autogen_lsp.analysis.mro import TooMany, members_of, subclasses
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.presence import Definition, follow
from autogen_lsp.analysis.types import Form
from autogen_lsp.syntax.model import SymbolKind

_MAX_DEPTH = 4


def is_made_here(lookup: Lookup, path: Path, node: Node, depth: int = 0) -> bool:
    """Whether an expression is, wherever its value comes from, the result of calling a class that is known by name."""
    match node.type:
        case "parenthesized_expression":
            return is_made_here(lookup, path, nodes.unwrapped(node), depth + 1) if depth < _MAX_DEPTH else False
        case "identifier" if depth < _MAX_DEPTH:
            found = bindings.reaching(node)
            return found is not None and bool(found[0]) and all(
                each.how is How.VALUE and not each.path and is_made_here(lookup, path, each.node, depth + 1)
                for each in found[0]
            )  # fmt: skip
        case "call":
            function = node.child_by_field_name("function")
            return function is not None and _is_class(lookup, path, function)
    return False


def _is_class(lookup: Lookup, path: Path, node: Node) -> bool:
    """Whether an expression is a class, and no other one in the classes below the one that it is written in."""
    found = infer.type_of(lookup, path, node)
    if found is None or found.form is not Form.CLASS:
        return False
    if node.type == "identifier":
        local = bindings.reaching(node)
        if local is not None:
            return bool(local[0]) and all(
                each.how in (How.DEFINITION, How.IMPORT)
                or (each.how is How.VALUE and not each.path and _is_attribute(lookup, path, each.node))
                for each in local[0]
            )
    elif _is_attribute(lookup, path, node):
        return True
    meant = follow(lookup.project, path, nodes.text_of(node))
    return isinstance(meant, Definition) and meant.symbol.kind == SymbolKind.CLASS


def _is_attribute(lookup: Lookup, path: Path, node: Node) -> bool:
    """Whether it is an attribute that class bodies alone give a value, without a type, and no class below another."""
    holder, name = node.child_by_field_name("object"), nodes.text_of(node.child_by_field_name("attribute"))
    instance = infer.type_of(lookup, path, holder) if holder is not None and node.type == "attribute" else None
    if instance is None or instance.form is not Form.INSTANCE or instance.path is None:
        return False
    member = classes.member_of(lookup, instance, name)
    if member is None or len(member.symbols) > 1:
        return False
    symbol = member.symbols[0]
    if symbol.kind != SymbolKind.VARIABLE or symbol.annotation is not None:
        return False
    try:
        below = subclasses(lookup.project, instance.path, instance.name)
    except TooMany:
        return False
    return not any(name in members_of(lookup.project, one) for one in below)
