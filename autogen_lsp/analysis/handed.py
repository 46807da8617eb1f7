"""Where a missing function is handed on as a value: with what those call it that get it, and what they want back.

``on_click(f)`` says it by the type of its parameter; ``partial(f, a)`` binds first arguments; ``start_soon(f, a)``
passes its further arguments on, where its annotations say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from autogen_lsp.analysis import annotation, classes, expected, functions, infer, nodes
from autogen_lsp.analysis.expected import Demand, Expected, Role
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.sites import Use
from autogen_lsp.analysis.types import Form, Type, callable_of, without_none


@dataclass(frozen=True, slots=True)
class Handed:
    """``arguments`` are written beside the function; ``callback`` is how it is called after these, None if unknown."""

    callback: Type | None
    arguments: Sequence[functions.Argument] = ()

    @property
    def is_clear(self) -> bool:
        """Whether something is known of how it is called."""
        return self.callback is not None or bool(self.arguments)


def handed_on(lookup: Lookup, use: Use, wanted: Expected) -> Handed | None:
    """How a use that is no call hands the function on, None where it does not; ``wanted`` is what the use expects."""
    listed = nodes.wrapped(use.expression).parent
    call = listed.parent if listed is not None and listed.type == "argument_list" else None
    if call is not None and call.type == "call":
        together = _with_arguments(lookup, use, wanted, call)
        if together is not None:
            return together
    return Handed(_callback(lookup, wanted)) if _is_kept(wanted) else None


def _with_arguments(lookup: Lookup, use: Use, wanted: Expected, call: Node) -> Handed | None:
    """``partial(f, a)``, ``start_soon(f, a)``; None for other calls."""
    arguments = functions.arguments_of(call)
    at = next((i for i, each in enumerate(arguments) if nodes.same(each.node, nodes.wrapped(use.expression))), None)
    callee = call.child_by_field_name("function")
    if at is None or callee is None or arguments[at].keyword:
        return None
    if at == 0 and nodes.text_of(callee) in ("partial", "functools.partial"):
        outer = expected.at(lookup, use.path, call)
        return Handed(_callback(lookup, outer) if _is_kept(outer) else None, arguments[1:])
    function = infer.type_of(lookup, use.path, callee)
    if function is None or not functions.passes_on(lookup, function, arguments, at):
        return None
    asked = annotation.expanded(lookup, wanted.type)
    returns = asked.args[-1] if asked is not None and asked.form is Form.CALLABLE else None
    return Handed(callable_of([], returns), [each for each in arguments[at + 1 :] if not each.keyword])


def _is_kept(use: Expected) -> bool:
    return use.role is Role.VALUE and use.demand in (Demand.TYPE, Demand.UNKNOWN)


def _callback(lookup: Lookup, use: Expected) -> Type | None:
    """What those call that the function is handed to as a value, None where that cannot be told."""
    wanted = without_none(annotation.expanded(lookup, use.type))
    if wanted is not None and wanted.form is Form.INSTANCE and classes.is_protocol(lookup, wanted):
        wanted = infer.as_callable(lookup, infer.attribute_of(lookup, wanted, "__call__"))
    return wanted if wanted is not None and wanted.form is Form.CALLABLE and not wanted.variadic else None
