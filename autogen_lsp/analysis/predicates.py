"""What a missing predicate tells of its argument: the code behind ``if is_leaf(node):`` takes it for something special.

The argument's declared type says what it may be: members of a union, subclasses. What is asked of it where the
predicate has held says which of them it is there. That is the predicate's return type, ``TypeGuard[Leaf]``, without
which type checkers object to that code. Where what is declared will do, or the uses differ, it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from autogen_lsp.analysis import annotation, expected, infer, narrowing, nodes, result
from autogen_lsp.analysis.assignable import accepts
from autogen_lsp.analysis.expectation import Demand, Expected
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.sites import Use
from autogen_lsp.analysis.types import Form, Type, members, named, parts, union

_MAX_READS = 40  # of one argument, in the function that tests it


def guard_of(lookup: Lookup, uses: Sequence[Use]) -> Type | None:
    """``TypeGuard[T]`` where the uses take the first argument for a T, None where they do not, or differ."""
    found = {type_ for use in uses if (type_ := _taken_for(lookup, use)) is not None}
    only = found.pop() if len(found) == 1 else None
    whole = only is not None and all(None not in part.args for part in parts(only))
    return named("typing", "TypeGuard", only) if whole else None


def _taken_for(lookup: Lookup, use: Use) -> Type | None:
    arguments = use.arguments
    subject = arguments[0].node if arguments and not arguments[0].star else None
    if subject is None or subject.type not in ("identifier", "attribute"):
        return None
    plain = annotation.expanded(lookup, infer.type_of(lookup, use.path, subject))
    declared = annotation.bound_of(lookup, plain)
    if declared is None or None in members(declared):
        return None
    demands = [expected.at(lookup, use.path, node) for node in _behind(use.expression, nodes.text_of(subject))]
    demands = [each for each in demands if each.demand in (Demand.ATTRIBUTE, Demand.TYPE)]
    own = [m for m in members(plain) if m != plain and m is not None and m.form is Form.VARIABLE]
    if len(own) == 1 and any(each.demand is Demand.TYPE and each.type == own[0] for each in demands):
        return own[0]  # ``T | None`` is a T there
    if not result.breaks(lookup, declared, demands):
        return None
    fitting = [m for m in members(declared) if m is not None and not result.breaks(lookup, m, demands)]
    return union(fitting) if fitting else _below(lookup, declared, demands)


def _below(lookup: Lookup, declared: Type, demands: Sequence[Expected]) -> Type | None:
    """What inherits from a class and stands all demands: a type that is asked for, or what has the attributes."""
    named_ones = [each.type for each in demands if each.demand is Demand.TYPE]
    for each in demands:
        for path, symbol in lookup.project.definitions(each.attribute)[:_MAX_READS] if each.attribute else ():
            named_ones.append(Type(Form.INSTANCE, symbol.parent, lookup.module_name(path), path=path))
    fitting = [
        type_
        for type_ in dict.fromkeys(named_ones)
        if type_ is not None
        and all(m is not None and m.form is Form.INSTANCE for m in members(annotation.expanded(lookup, type_)))
        and accepts(lookup, declared, type_)
        and not result.breaks(lookup, type_, demands)
    ]
    return next((t for t in fitting if all(accepts(lookup, t, other) for other in fitting)), None)


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
