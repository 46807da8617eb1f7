"""What a callee asks of one of its arguments: a type, a callback, and what it passes on to that.

Its signature says so (`functions`), of overloads those that take the other arguments. Never raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from autogen_lsp.analysis import annotation, applied, classes, functions
from autogen_lsp.analysis.applied import Evaluate
from autogen_lsp.analysis.arguments import VARIADIC, Argument, parameter_for
from autogen_lsp.analysis.assignable import accepts
from autogen_lsp.analysis.containers import awaited
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import Form, Type, members, parts, substitute, variables, without_none
from autogen_lsp.syntax.model import Parameter, ParameterKind, Symbol


@dataclass(frozen=True, slots=True)
class Result:
    """What the result of a call is declared to be: of what it gives itself, or once it is awaited."""

    type: Type | None = None
    awaited: bool = False


def parameter_type(
    lookup: Lookup,
    callee: Type,
    arguments: Sequence[Argument],
    index: int,
    evaluate: Evaluate,
    result: Callable[[], Result] = Result,
) -> Type | None:
    """What the callee asks of the argument at ``index``; not known where overloads differ or it is a type variable.

    Type variables within it are not known, but where ``result`` binds them. Of overloads those count that take the
    other arguments, and give what is declared.
    """
    if callee.form is Form.CALLABLE:
        return callee.args[index] if not callee.variadic and index < len(callee.args) - 1 else None
    made = callee.args[0] if callee.form is Form.CLASS else None
    if made is not None and made.form is Form.ALIAS:  # a `NewType`, which takes what it is made of
        return annotation.expanded(lookup, made)
    asked = list(_asked(lookup, callee, arguments, index))
    if len(asked) > 1:
        given = [(each, None if at == index else evaluate(each.node)) for at, each in enumerate(arguments)]
        asked = [each for each in asked if applied.bound(lookup, each[0], each[1], given) is not None]
    wanted: list[Type | None] = []
    declared = result() if any(any(variables(type_)) for _, _, type_ in asked) else Result()
    for function, symbol, type_ in asked:
        if declared.type is not None:
            known = _bound_by(lookup, callee, function, symbol, declared)
            if known is None and len(asked) > 1:
                continue
            type_ = substitute(type_, known or {})
        if type_ is not None and type_.is_a("object"):
            return type_  # some overload takes anything
        if any(part.form is Form.CALLABLE for part in parts(type_)) and any(variables(type_)):
            type_ = None  # the other arguments bind these: `callback`
        wanted.append(None if type_ is None or type_.form is Form.VARIABLE else functions.settled(type_))
    if wanted and all(type_ == wanted[0] for type_ in wanted):
        return wanted[0]
    return _of_all_items(wanted)


def _of_all_items(wanted: Sequence[Type | None]) -> Type | None:
    """The one container that all overloads take, of which each takes other items."""
    kinds = {(each.module, each.name, len(each.args)) if each is not None else None for each in wanted}
    first = wanted[0] if wanted else None
    if first is None or first.form is not Form.INSTANCE or len(kinds) > 1 or not first.args:
        return None
    return replace(first, args=(None,) * len(first.args), variadic=first.is_a("tuple"))


def _bound_by(
    lookup: Lookup, callee: Type, function: Type, symbol: Symbol, result: Result
) -> dict[str, Type | None] | None:
    """Type variables as what the result is declared to be binds them, None where the function gives something else."""
    instance = callee.args[0] if callee.form is Form.CLASS else None
    if instance is not None:
        gives: Type | None = replace(instance, args=classes.own_parameters(lookup, instance))
    else:
        gives = functions.written(lookup, function, symbol, symbol.signature.returns if symbol.signature else None)
    if result.awaited and symbol.signature is not None and not symbol.signature.is_async:
        gives = awaited(lookup, gives)
    known: dict[str, Type | None] = {}
    if gives is not None and gives.form is Form.VARIABLE:
        known[gives.name] = result.type
        return known
    for member in members(without_none(result.type)):
        base = None
        if member is not None and gives is not None and Form.INSTANCE is member.form is gives.form:
            name = member.name if member.module == "builtins" else f"{member.module}.{member.name}"
            base = classes.as_base(lookup, gives, name)
        applied.bind(lookup, base or gives, member, known)
        if base is None and member is not None and member.is_a(*_LOOPED):
            applied.bind(lookup, _next_of(lookup, gives), member.args[0] if member.args else None, known)
    fits = accepts(lookup, result.type, functions.settled(substitute(gives, known)))
    return known if fits else None


def _next_of(lookup: Lookup, type_: Type | None) -> Type | None:
    """What an iterator gives that derives from none: ``map[T]``."""
    member = classes.member_of(lookup, type_, "__next__") if type_ is not None else None
    signature = member.symbols[0].signature if member is not None else None
    return classes.annotated(lookup, member.owner, signature.returns) if member is not None and signature else None


def callback(
    lookup: Lookup,
    callee: Type,
    arguments: Sequence[Argument],
    index: int,
    evaluate: Evaluate,
    result: Callable[[], Result] = Result,
) -> Type | None:
    """The ``Callable`` that the callee asks for at ``index``: of the first overload that asks for one and fits.

    Unlike `parameter_type`, it knows what the other arguments bind of it. What these leave open, ``result`` may bind.
    """
    for function, symbol, asked, known in _callbacks(lookup, callee, arguments, index, evaluate):
        wanted = substitute(asked, {name: type_ for name, type_ in known.items() if type_ is not None})
        declared = result() if any(variables(wanted)) else Result()
        given_back = _bound_by(lookup, callee, function, symbol, declared) if declared.type is not None else None
        return functions.settled(substitute(wanted, given_back or {}))
    return None


def sources(
    lookup: Lookup, callee: Type, arguments: Sequence[Argument], index: int, evaluate: Evaluate
) -> list[Argument | None]:
    """For each parameter of the callback at ``index``, the argument whose items it is passed: ``sorted(xs, key=f)``."""
    for function, symbol, asked, _ in _callbacks(lookup, callee, arguments, index, evaluate):
        listed = functions.seen_by(symbol, bound=function.owner is not None)
        takers = [parameter_for(listed, arguments, at) for at in range(len(arguments))]
        held = [functions.written(lookup, function, symbol, p.annotation) if p is not None else None for p in takers]
        items = {
            type_.args[0]: argument
            for argument, type_ in reversed(list(zip(arguments, held, strict=True)))
            if type_ is not None and type_.form is Form.INSTANCE and len(type_.args) == 1
        }
        return [
            items.get(each) if each is not None and each.form is Form.VARIABLE else None for each in asked.args[:-1]
        ]
    return []


def _callbacks(
    lookup: Lookup, callee: Type, arguments: Sequence[Argument], index: int, evaluate: Evaluate
) -> Iterator[tuple[Type, Symbol, Type, dict[str, Type | None]]]:
    """The overloads that ask for a ``Callable`` at ``index`` and fit, with that as written, and what is bound of it."""
    given = [(each, None if at == index else evaluate(each.node)) for at, each in enumerate(arguments)]
    for function, symbol, type_ in _asked(lookup, callee, arguments, index):
        known = applied.bound(lookup, function, symbol, given)
        if known is None:
            continue
        for asked in annotation.every(lookup, type_):
            if asked is not None and asked.form is Form.CALLABLE:
                yield function, symbol, asked, known
                break


def takes_awaitable(lookup: Lookup, callee: Type, arguments: Sequence[Argument], index: int) -> bool:
    """Whether the callee awaits the argument: each of its overloads asks for a coroutine or an awaitable there."""
    if callee.form is not Form.FUNCTION:
        return False
    asked = [annotation.expanded(lookup, type_) for _, _, type_ in _asked(lookup, callee, arguments, index)]
    return bool(asked) and all(any(m is not None and m.is_a(*_AWAITABLES) for m in members(t)) for t in asked)


def passed_on(lookup: Lookup, callee: Type, arguments: Sequence[Argument], index: int) -> list[Argument] | None:
    """The arguments that the callee passes on to the function that is its argument at ``index``; None if it does not.

    Its annotations say so: one type variable for these and the function's parameters (PEP 612, PEP 646).
    """
    out: list[Argument] | None = None
    function = _called(lookup, callee)
    for symbol in functions.symbols_of(lookup, function) if function is not None else ():
        listed = functions.seen_by(symbol, bound=function is not None and function.owner is not None)
        parameter = parameter_for(listed, arguments, index)
        rest = next((p for p in listed if p.kind == ParameterKind.VAR_POSITIONAL), None)
        found = _PACKED.search(rest.annotation or "") if rest is not None else None
        if parameter is None or found is None or parameter is rest:
            return None
        if not re.search(rf"Callable\[.*\b{next(filter(None, found.groups()))}\b", parameter.annotation or ""):
            return None
        kinds = VARIADIC if found.group(3) else VARIADIC[:1]  # only a ParamSpec has keywords
        takers = [parameter_for(listed, arguments, at) for at in range(len(arguments))]
        out = [
            each
            for each, taker in zip(arguments, takers, strict=True)
            if each.star or (taker is not None and taker.kind in kinds)
        ]
    return out


def mapped_over(lookup: Lookup, callee: Type, arguments: Sequence[Argument], index: int) -> list[Argument]:
    """The arguments of whose items the function at ``index`` is passed one each; none where the callee does not do so.

    It takes any function then, and any number of iterables: ``executor.map(f, xs, ys)``.
    """
    for function, symbol, asked in _asked(lookup, callee, arguments, index):
        listed = functions.seen_by(symbol, bound=function.owner is not None)
        rest = next((p for p in listed if p.kind == ParameterKind.VAR_POSITIONAL), None)
        over = functions.written(lookup, function, symbol, rest.annotation) if rest is not None else None
        if asked is None or asked.form is not Form.CALLABLE or not asked.variadic:
            continue
        if over is not None and over.is_a("collections.abc.Iterable"):
            return [each for at, each in enumerate(arguments) if parameter_for(listed, arguments, at) is rest]
    return []


def wraps(lookup: Lookup, callee: Type, arguments: Sequence[Argument], index: int) -> tuple[bool, bool] | None:
    """Whether its argument at ``index``, and what the callee makes of it, are awaited; None where it does not wrap it.

    What wraps a function takes what that does, and gives what it gives: one ParamSpec and one type variable say so.
    """
    for symbol in functions.symbols_of(lookup, callee) if callee.form is Form.FUNCTION else ():
        listed = functions.seen_by(symbol, bound=callee.owner is not None)
        parameter = parameter_for(listed, arguments, index)
        texts = (parameter.annotation, symbol.signature.returns) if parameter and symbol.signature else ()
        heads = [_CALLABLE.match((text or "").strip("'\"")) for text in texts]
        if len({head.group(1) if head is not None else None for head in heads}) != 1 or None in heads:
            continue
        gives = [_given_by(functions.written(lookup, callee, symbol, text)) for text in texts]
        if gives[0][0] is not None and gives[0][0] == gives[1][0]:
            return gives[0][1], gives[1][1]
    return None


def _given_by(function: Type | None) -> tuple[Type | None, bool]:
    """The type variable that a callable gives, and whether it is awaited."""
    given = function.args[-1] if function is not None and function.form is Form.CALLABLE else None
    awaited = given is not None and given.is_a(*_AWAITABLES) and bool(given.args)
    given = given.args[-1] if given is not None and awaited else given
    return (given if given is not None and given.form is Form.VARIABLE else None), awaited


def untyped_name(lookup: Lookup, callee: Type, arguments: Sequence[Argument], index: int) -> str:
    """The name of the parameter that takes the argument at ``index``, of which nothing more is written; else ''."""
    taking = [parameter for _, _, parameter in _taking(lookup, callee, arguments, index)]
    is_untyped = all((parameter.annotation or "Any").rpartition(".")[2] == "Any" for parameter in taking)
    return (arguments[index].keyword or taking[0].name) if len(taking) == 1 and is_untyped else ""


def parameter_name(lookup: Lookup, callee: Type, arguments: Sequence[Argument], index: int) -> str:
    """The name of the parameter that takes the argument at ``index``, '' where it cannot be told."""
    if arguments[index].keyword:
        return arguments[index].keyword
    names = {parameter.name for _, _, parameter in _taking(lookup, callee, arguments, index)}
    return names.pop() if len(names) == 1 else ""


def _asked(
    lookup: Lookup, callee: Type, arguments: Sequence[Argument], index: int
) -> Iterator[tuple[Type, Symbol, Type | None]]:
    """The function that is called, each overload of it that takes an argument at ``index``, and what it asks there."""
    for function, symbol, parameter in _taking(lookup, callee, arguments, index):
        yield function, symbol, functions.written(lookup, function, symbol, parameter.annotation)


def _taking(
    lookup: Lookup, callee: Type, arguments: Sequence[Argument], index: int
) -> Iterator[tuple[Type, Symbol, Parameter]]:
    """The function that is called, each overload of it that takes an argument at ``index``, and as which parameter."""
    function = _called(lookup, callee)
    if function is None or arguments[index].star:
        return
    for symbol in functions.symbols_of(lookup, function):
        parameter = parameter_for(functions.seen_by(symbol, bound=function.owner is not None), arguments, index)
        if parameter is not None:
            yield function, symbol, parameter


def _called(lookup: Lookup, callee: Type) -> Type | None:
    """The function that is called: of a class its constructor; None for what is neither."""
    instance = callee.args[0] if callee.form is Form.CLASS else None
    if instance is not None and not instance.args:
        instance = replace(instance, args=classes.own_parameters(lookup, instance))
    function = callee if instance is None else functions.constructor(lookup, instance)
    return function if function is not None and function.form is Form.FUNCTION else None


# `*Ts`, `Unpack[Ts]`, `P.args`
_PACKED = re.compile(r"^\*(\w+)$|\bUnpack\[(\w+)\]|^(\w+)\.args$")
_CALLABLE = re.compile(r"(?:\w+\.)*Callable\[\s*(\w+)\s*,")
_AWAITABLES = ("collections.abc.Coroutine", "collections.abc.Awaitable", "asyncio.futures.Future")
_LOOPED = ("collections.abc.Iterable", "collections.abc.Iterator")
