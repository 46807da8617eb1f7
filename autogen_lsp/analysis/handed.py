"""Where a missing function is handed on as a value: with what those call it that get it, and what they want back.

``on_click(f)`` says it by the type of its parameter; ``partial(f, a)`` binds first arguments; ``start_soon(f, a)``
passes its further arguments on, where its annotations say so, and so does what ``wrap(f)`` gives; ``executor.map(f,
xs)`` passes items.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import (
    annotation,
    classes,
    expected,
    functions,
    infer,
    naming,
    nodes,
    siblings,
    tables,
    wants,
)
from autogen_lsp.analysis.arguments import VARIADIC, Argument, arguments_of, items_of
from autogen_lsp.analysis.expectation import Demand, Expected, Role
from autogen_lsp.analysis.names import Lookup, resolve
from autogen_lsp.analysis.signature import Passed
from autogen_lsp.analysis.sites import Use
from autogen_lsp.analysis.types import Form, Type, callable_of, members, union
from autogen_lsp.syntax.model import Parameter, ParameterKind


@dataclass(frozen=True, slots=True)
class Handed:
    """``arguments`` are written beside the function; ``callback`` is how it is called after these, None if unknown.

    ``calls`` are what it is then passed: all that it may be, and no more than it must; none where any function will do
    (``Callable[..., T]``).
    """

    callback: Type | None
    arguments: Sequence[Argument] = ()
    calls: Sequence[Sequence[Passed]] = ()


def is_function(lookup: Lookup, path: Path, expression: Node) -> bool:
    """Whether a name that is not called is meant to be a function: a decorator, or where one is asked for.

    That may be as an item of a table, of which items are called.
    """
    wanted = expected.at(lookup, path, expression)
    if tables.calls_of(expression) or wanted.role is Role.DECORATOR:
        return True
    if _callable(lookup, path, expression, wanted) is not None:
        return True
    return _may_be_one(wanted) and siblings.common(lookup, path, expression) is not None


def handed_on(lookup: Lookup, use: Use, wanted: Expected) -> Handed | None:
    """How a use that is no call hands the function on, None where it does not; ``wanted`` is what the use expects."""
    together = _with_arguments(lookup, use, wanted)
    if together is not None:
        return together
    if not _is_kept(wanted):
        return None
    if by_protocol := _by_protocol(lookup, wanted):
        return Handed(_callable(lookup, use.path, use.expression, wanted), calls=by_protocol)
    callback = _callable(lookup, use.path, use.expression, wanted)
    is_any = callback.variadic if callback is not None else _may_be_one(wanted)
    if is_any and (alike := siblings.common(lookup, use.path, use.expression)) is not None:
        given = callback.args[-1] if callback is not None else None
        return Handed(replace(alike[0], args=(*alike[0].args[:-1], alike[0].args[-1] or given)), calls=[alike[1]])
    return Handed(callback, calls=_calls(callback, _named_by(lookup, use)))


def _may_be_one(wanted: Expected) -> bool:
    """Whether nothing says that it is no function."""
    return wanted.role is Role.VALUE and wanted.type is None and wanted.demand is Demand.UNKNOWN


def _with_arguments(lookup: Lookup, use: Use, wanted: Expected) -> Handed | None:
    """``partial(f, a)``, ``start_soon(f, a)``, ``Thread(target=f, args=(a,))``; None for other calls."""
    found = _argument(use.expression)
    if found is None:
        return None
    callee, arguments, at = found
    function = infer.type_of(lookup, use.path, callee)
    if function is None:
        return None
    if callee.parent is not None and _is_partial(callee, at):
        call = replace(use, expression=callee.parent)
        outer = expected.at(lookup, use.path, call.expression)
        callback = _callable(lookup, call.path, call.expression, outer) if _is_kept(outer) else None
        return Handed(callback, arguments[1:], _calls(callback) or [()] * bool(arguments[1:]))
    listed: Sequence[Argument] | None = wants.passed_on(lookup, function, arguments, at)
    if listed is None:
        listed = _listed(
            (wants.parameter_name(lookup, function, arguments, i), each.node) for i, each in enumerate(arguments)
        )
    over = wants.mapped_over(lookup, function, arguments, at)
    asked = _callable(lookup, use.path, use.expression, wanted) if listed or over else None
    if asked is not None and over:
        return Handed(callable_of([], asked.args[-1]), calls=[[_item(lookup, use.path, each) for each in over]])
    return Handed(callable_of([], asked.args[-1]), listed, [()]) if asked is not None and asked.variadic else None


def bound_first(use: Use) -> tuple[Node, tuple[Argument, ...]] | None:
    """The call of `partial` that a use stands in, and the arguments that it binds."""
    found = _argument(use.expression)
    if found is None or found[0].parent is None or not _is_partial(found[0], found[2]):
        return None
    return found[0].parent, tuple(found[1][1:])


def _is_partial(callee: Node, at: int) -> bool:
    return at == 0 and nodes.text_of(callee) in ("partial", "functools.partial")


def _item(lookup: Lookup, path: Path, listed: Argument) -> Passed:
    """An item of an argument, as an argument of its own."""
    type_ = infer.element_of(lookup, infer.type_of(lookup, path, listed.node))
    return Passed(type_, _item_name(listed.node), derived=True)


def wrapped_by(lookup: Lookup, use: Use) -> tuple[Node, bool | None] | None:
    """The call of what wraps the function (``wrap(f)``), None where nothing does.

    With it, whether the function itself is awaited or not, where that is not so of what it is called through.
    """
    found = _argument(use.expression)
    function = infer.type_of(lookup, use.path, found[0]) if found is not None else None
    if found is None or function is None or found[0].parent is None:
        return None
    awaited = wants.wraps(lookup, function, found[1], found[2])
    if awaited is None:
        return None
    return found[0].parent, None if awaited[0] == awaited[1] else awaited[0]


def _calls(callback: Type | None, hints: Sequence[str | None] = ()) -> list[list[Passed]]:
    if callback is None or callback.variadic:
        return []
    named = zip_longest(callback.args[:-1], hints[: len(callback.args) - 1])
    return [[Passed(type_, hint or naming.of_class(type_), derived=True) for type_, hint in named]]


def _named_by(lookup: Lookup, use: Use) -> list[str | None]:
    """What the parameters of a callback are, as the arguments say whose items they are: ``sorted(users, key=f)``."""
    found = _argument(use.expression)
    function = infer.type_of(lookup, use.path, found[0]) if found is not None else None
    if found is None or function is None:
        return []
    holder = found[0].child_by_field_name("object")
    if holder is not None and function.owner is not None and nodes.text_of(found[0]).endswith(".sort"):
        return [_item_name(holder)]
    listed = wants.sources(lookup, function, found[1], found[2], partial(infer.type_of, lookup, use.path))
    return [_item_name(each.node) if each is not None else None for each in listed]


def _item_name(listed: Node) -> str | None:
    """What one of many is called, where they are called by a plural."""
    name = naming.name_of(listed)
    item = naming.singular(name) if name is not None else None
    return item if item != name else None


def _by_protocol(lookup: Lookup, wanted: Expected) -> list[list[Passed]]:
    """What the ``__call__`` of a protocol is passed, by the names that what stands in for it must have, too."""
    for asked in members(annotation.expanded(lookup, wanted.type)):
        if asked is None or asked.form is not Form.INSTANCE or not classes.is_protocol(lookup, asked):
            continue
        function = infer.attribute_of(lookup, asked, "__call__")
        symbols = functions.symbols_of(lookup, function) if function is not None else []
        if function is None or len(symbols) != 1:
            continue
        listed = functions.parameters_of(lookup, function, symbols[0])
        if any(parameter.kind in VARIADIC for parameter, _ in listed):
            continue
        every = [(parameter, _as_passed(parameter, type_)) for parameter, type_ in listed]
        required = [passed for parameter, passed in every if parameter.default is None]
        return [[passed for _, passed in every], required] if len(required) < len(every) else [required]
    return []


def _as_passed(parameter: Parameter, type_: Type | None) -> Passed:
    if parameter.kind == ParameterKind.KEYWORD_ONLY:
        return Passed(type_, keyword=parameter.name)
    is_named = parameter.kind == ParameterKind.POSITIONAL_OR_KEYWORD and not parameter.name.startswith("__")
    return Passed(type_, parameter.name.strip("_"), certain=is_named)


def _listed(arguments: Iterable[tuple[str, Node]]) -> list[Argument]:
    """The arguments in ``args=(a,), kwargs={"b": b}``, as threads and timers take them; by names of parameters."""
    out: list[Argument] = []
    for name, node in arguments:
        if name == "args" and node.type in ("tuple", "list"):
            out += items_of(node)
        elif name == "kwargs" and node.type == "dictionary":
            for pair in nodes.named(node):
                key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
                if key is not None and value is not None and key.type == "string":
                    out.append(Argument(value, keyword=nodes.text_of(key).strip("'\"")))
    return out


def _argument(expression: Node) -> tuple[Node, Sequence[Argument], int] | None:
    """The function that the expression is an argument of, all its arguments, and which of them it is."""
    argument = nodes.wrapped(expression)
    listed = argument.parent
    if listed is not None and listed.type == "keyword_argument":
        listed = listed.parent
    call = listed.parent if listed is not None and listed.type == "argument_list" else None
    callee = call.child_by_field_name("function") if call is not None else None
    if call is None or callee is None:
        return None
    arguments = arguments_of(call)
    at = next((i for i, each in enumerate(arguments) if nodes.same(each.node, argument)), None)
    return None if at is None else (callee, arguments, at)


def _is_kept(use: Expected) -> bool:
    return use.role is Role.VALUE and use.demand in (Demand.TYPE, Demand.UNKNOWN)


def _callable(lookup: Lookup, path: Path, expression: Node, wanted: Expected) -> Type | None:
    """The ``Callable`` that is asked for where the expression stands, None where none is.

    One that may give a coroutine, or what that gives, is asked for one in an ``async def``, and for none elsewhere.
    """
    asked = _asked(lookup, path, expression, wanted)
    gives = list(members(asked.args[-1])) if asked is not None else []
    later = [each for each in gives if each is not None and infer.awaited(lookup, each) is not None]
    if asked is None or not 0 < len(later) < len(gives):
        return asked
    function = nodes.enclosing(expression, frozenset({nodes.FUNCTION}))
    kept = later if function is not None and nodes.is_async(function) else [each for each in gives if each not in later]
    return replace(asked, args=(*asked.args[:-1], union(kept)))


def _asked(lookup: Lookup, path: Path, expression: Node, wanted: Expected) -> Type | None:
    for asked in annotation.every(lookup, wanted.type):
        if asked is not None and asked.form is Form.INSTANCE and classes.is_protocol(lookup, asked):
            asked = infer.as_callable(lookup, infer.attribute_of(lookup, asked, "__call__"))
        if asked is not None and asked.form is Form.CALLABLE:
            return asked
    found = _argument(expression)
    if found is None:
        return None
    callee = infer.type_of(lookup, path, found[0])
    if callee is not None and callee.is_a("functools.partial"):
        callee = _bound_later(lookup, path, nodes.text_of(found[0])) or callee
    if callee is None:
        return _any_by_name(found[1][found[2]].keyword)
    call = found[0].parent

    def result() -> wants.Result:
        outer = expected.at(lookup, path, call) if call is not None else wanted
        return wants.Result(outer.type if outer.strong else None, outer.is_async)

    return (
        _factory(lookup, path, found)
        or wants.callback(lookup, callee, found[1], found[2], partial(infer.type_of, lookup, path), result)
        or _any_by_name(wants.untyped_name(lookup, callee, found[1], found[2]))
    )


def _bound_later(lookup: Lookup, path: Path, name: str) -> Type | None:
    """The function of which a variable is a ``partial``: what it is passed first goes to the same parameters."""
    kept = resolve(lookup, path, name)
    made = _PARTIAL.match(kept.symbol.value or "") if kept is not None and kept.symbol is not None else None
    ref = resolve(lookup, kept.path, made.group(1)) if made is not None and kept is not None and kept.path else None
    return Type(Form.FUNCTION, ref.name, ref.module, path=ref.path) if ref is not None and ref.path else None


_PARTIAL = re.compile(r"(?:\w+\.)?partial\((\w+)(?:, *\w+=[\w.]+)*\)$")


def _any_by_name(parameter: str) -> Type | None:
    """Any function, where the parameter is called like one and nothing else says what it is."""
    return callable_of(None, None) if _LIKE_FUNCTION.search(parameter) else None


_LIKE_FUNCTION = re.compile(
    r"^(?:on_[a-z]\w*|(?:\w+_)?(?:callback|cb|func|function|fn|handler|hook|listener|factory|view|view_func|callable))$"
)


def _factory(lookup: Lookup, path: Path, found: tuple[Node, Sequence[Argument], int]) -> Type | None:
    """What makes the default of a declared field: ``xs: list[int] = field(default_factory=f)``; None for others."""
    callee, arguments, at = found
    if arguments[at].keyword not in ("default_factory", "factory") or callee.parent is None:
        return None
    field = expected.at(lookup, path, callee.parent)
    return callable_of([], field.type) if field.strong and field.type is not None else None
