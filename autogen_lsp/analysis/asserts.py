"""What the assertions of `unittest` say of a value that they take as any object: what it is compared with.

Known by their names, whatever the class that has them. Syntax nodes in, types out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import infer, nodes
from autogen_lsp.analysis.arguments import Argument, arguments_of
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, builtin, widened, without_none

_COMPARES = frozenset({
    "assertEqual", "assertNotEqual", "assertAlmostEqual", "assertNotAlmostEqual", "assertIs", "assertIsNot",
    "assertGreater", "assertGreaterEqual", "assertLess", "assertLessEqual",
})  # fmt: skip
_TESTS = frozenset({"assertTrue", "assertFalse"})
_OF_NONE = frozenset({"assertIsNone", "assertIsNotNone"})
_LOOKS_FOR = frozenset({"assertIn", "assertNotIn"})
_RAISES = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress"})


def takes_exceptions(function: Node | None) -> bool:
    """Whether a function is one of those that are told the exceptions which what follows may raise."""
    return nodes.text_of(function).rpartition(".")[2] in _RAISES


def raises(statement: Node) -> bool:
    """Whether a statement is expected to raise, so that nothing is known of what it would give."""
    block = statement.parent
    manager = block.parent if block is not None and block.type == "block" else None
    if manager is None or manager.type != "with_statement":
        return False
    clause = nodes.first_named(manager)
    items = [nodes.first_named(item) for item in nodes.named(clause)] if clause is not None else []
    calls = [
        nodes.unwrapped(nodes.first_named(i) or i if i.type == "as_pattern" else i) for i in items if i is not None
    ]
    return any(call.type == "call" and takes_exceptions(call.child_by_field_name("function")) for call in calls)


def compared_with(other: Node) -> Node:
    """What a value is compared with: ``approx(0.5)`` stands for a number."""
    function = other.child_by_field_name("function") if other.type == "call" else None
    if nodes.text_of(function).rpartition(".")[2] != "approx":
        return other
    return next((argument.node for argument in arguments_of(other) if not argument.star), other)


def asked(lookup: Lookup, path: Path, function: Node, arguments: Sequence[Argument], index: int) -> Type | None:
    """The type that an assertion suggests for its argument at ``index``: ``None`` where it is compared with that.

    Not known for what is no assertion.
    """
    name = nodes.text_of(function.child_by_field_name("attribute"))
    other = arguments[1 - index] if index < 2 <= len(arguments) else None
    if any(argument.star or argument.keyword for argument in arguments[:2]):
        return None
    if name in _TESTS and index == 0:
        return builtin("bool")
    if name in _OF_NONE and index == 0:
        return NONE
    if other is None:
        return None
    if name in _COMPARES:
        type_ = infer.type_of(lookup, path, compared_with(other.node))
        return NONE if type_ == NONE else widened(without_none(type_))
    if index == 0 and name in _LOOKS_FOR:
        return widened(infer.element_of(lookup, infer.type_of(lookup, path, other.node)))
    if index == 0 and name == "assertIsInstance":
        type_ = infer.type_of(lookup, path, other.node)
        return type_.args[0] if type_ is not None and type_.form is Form.CLASS else None
    return None
