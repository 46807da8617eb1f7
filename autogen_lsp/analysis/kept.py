"""Uses that keep a missing function in a variable (``push = self.push``) into the calls of that variable.

So are those that wrap it (``run = wrap(f)``), what is called at once (``wrap(f)(a)``), and tables of functions, whose
items are called (`tables`).

Followed are local variables in the function that sets them, global ones and attributes of ``self`` through the whole
workspace. Where such a variable is declared, or used in other ways, too, the use itself stays: what is done with it is
said, or not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tree_sitter import Node

from autogen_lsp.analysis import bindings, expected, handed, nodes, sites, tables
from autogen_lsp.analysis.mentions import expression_of
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.sites import Use


def followed(lookup: Lookup, uses: Sequence[Use]) -> list[Use]:
    """The uses, with the calls of the variables that some of them are kept in, and of what wraps others."""
    out: list[Use] = []
    for use in uses:
        if not use.is_call and (calls := tables.calls_of(use.expression)):
            out += [replace(use, expression=call) for call in calls]
            continue
        wrapped = None if use.is_call else handed.wrapped_by(lookup, use)
        bound = None if use.is_call else handed.bound_first(use)
        value, through = use.expression, use
        if wrapped is not None:
            value, through = nodes.wrapped(wrapped[0]), replace(use, awaited=wrapped[1])
        elif bound is not None:
            value, through = nodes.wrapped(bound[0]), replace(use, before=bound[1])
        call = value.parent
        at_once = call is not None and call.type == "call" and nodes.same(call.child_by_field_name("function"), value)
        if call is not None and at_once and through is not use:
            out.append(replace(through, expression=call))
            continue
        wanted = None if use.is_call else expected.at(lookup, use.path, value)
        variables = () if wanted is None or wanted.strong else wanted.bound
        reads = [_reads(lookup, through, variable) for variable in variables]
        if through.before:
            reads = [listed and [read for read in listed if read.path == use.path] for listed in reads]
        if not reads or not all(listed is not None and all(read.is_call for read in listed) for listed in reads):
            out.append(use)
        out += [read for listed in reads for read in listed or () if read.is_call]
    return out or list(uses)


def _reads(lookup: Lookup, use: Use, variable: Node) -> list[Use] | None:
    """What is done with a variable that got the function, None where that cannot be told."""
    if variable.type == "attribute":
        return _reads_of_attribute(lookup, use, variable)
    if variable.type != "identifier":
        return None
    scope = nodes.enclosing(variable, frozenset({nodes.FUNCTION, "lambda", nodes.CLASS, "module"}))
    if scope is not None and scope.type == nodes.FUNCTION and not bindings.is_global(variable):
        reads = bindings.reads_of(variable)
        if reads is None:
            return None
        found = [(use.path, node) for node in reads]
    elif scope is not None and scope.type in (nodes.FUNCTION, "module"):
        name = nodes.text_of(variable)
        target = Target(use.path, name, TargetKind.FUNCTION, use.path, nodes.span_of(variable))
        found = [(each.path, each.name) for each in sites.uses_of(lookup, target)]
        found += [
            (use.path, node)
            for node in nodes.own_nodes(scope if scope.type == "module" else None)
            if node.type == "identifier" and nodes.text_of(node) == name and bindings.is_read(node)
        ]
    else:
        return None
    once = {(path, node.start_byte): (path, node) for path, node in found if not nodes.same(node, variable)}
    return [replace(use, path=at, name=node, expression=expression_of(node)) for at, node in once.values()]


def _reads_of_attribute(lookup: Lookup, use: Use, attribute: Node) -> list[Use] | None:
    """The calls of an attribute of ``self`` that got the function (``self.run = run``), None if it may be another."""
    owner = nodes.enclosing(attribute, frozenset({nodes.CLASS}))
    name = nodes.text_of(attribute.child_by_field_name("attribute"))
    if owner is None or nodes.text_of(attribute.child_by_field_name("object")) != "self":
        return None
    qualname = f"{nodes.qualname_of(owner)}.{name}"
    if len(lookup.symbols(use.path, qualname)) > 1:
        return None
    target = Target(use.path, qualname, TargetKind.METHOD, use.path, nodes.span_of(attribute))
    calls, unsure = sites.told_apart(lookup, target)
    found = [each for each in calls if not nodes.same(each.expression, attribute)]
    if unsure or not found:
        return None
    return [replace(use, path=each.path, name=each.name, expression=each.expression) for each in found]
