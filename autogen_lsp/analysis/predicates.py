"""What a missing predicate tells of its argument: the code behind ``if is_leaf(node):`` takes it for something special.

The argument's declared type says which members of a union it may be; what is asked of it where the predicate has held
says which of them it is there. That is the predicate's return type, ``TypeGuard[Leaf]``, without which type checkers
object to that code. Where all members will do, or none, or the uses differ, it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from autogen_lsp.analysis import annotation, expected, functions, infer, narrowing, nodes, result
from autogen_lsp.analysis.expected import Demand
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.sites import Use
from autogen_lsp.analysis.types import Form, Type, members, named, union

_MAX_READS = 40  # of one argument, in the function that tests it


def guard_of(lookup: Lookup, uses: Sequence[Use]) -> Type | None:
    """``TypeGuard[T]`` where the uses take the first argument for a T, None where they do not, or differ."""
    found = {type_ for use in uses if (type_ := _taken_for(lookup, use)) is not None}
    return named("typing", "TypeGuard", found.pop()) if len(found) == 1 else None


def _taken_for(lookup: Lookup, use: Use) -> Type | None:
    arguments = functions.arguments_of(use.expression)
    subject = arguments[0].node if arguments and not arguments[0].star else None
    if subject is None or subject.type not in ("identifier", "attribute"):
        return None
    declared = annotation.expanded(lookup, infer.type_of(lookup, use.path, subject))
    if declared is None or declared.form is not Form.UNION or None in declared.args:
        return None
    demands = [expected.at(lookup, use.path, node) for node in _behind(use.expression, nodes.text_of(subject))]
    demands = [each for each in demands if each.demand in (Demand.ATTRIBUTE, Demand.TYPE)]
    fitting = [m for m in members(declared) if m is not None and not result.breaks(lookup, m, demands)]
    return union(fitting) if fitting and len(fitting) < len(declared.args) else None


def _behind(call: Node, text: str) -> Iterator[Node]:
    """The reads of an expression where the call is known to have held."""
    function = nodes.enclosing(call, frozenset({nodes.FUNCTION, "lambda", "module"}))
    body = function.child_by_field_name("body") if function is not None else None
    reads = [
        node
        for node in nodes.own_nodes(body if body is not None else function)
        if node.type in ("identifier", "attribute") and nodes.text_of(node) == text
    ]
    for node in reads[:_MAX_READS]:
        if any(truth and nodes.same(test, call) for test, truth in narrowing.tests(node)):
            yield node
