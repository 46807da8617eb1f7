"""Functions applied: what a call gives, with type variables bound from the arguments, and overloads chosen by these.

How expressions are evaluated comes in as an argument. Never raises; the evaluator bounds the depth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tree_sitter import Node

from autogen_lsp.analysis import classes, literals
from autogen_lsp.analysis.annotation import bound_of, expanded, iterable
from autogen_lsp.analysis.arguments import VARIADIC, Argument, parameter_for
from autogen_lsp.analysis.assignable import accepts
from autogen_lsp.analysis.functions import (
    EvaluateAt,
    callable_type,
    method_of,
    returned,
    seen_by,
    settled,
    symbols_of,
    written,
)
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, class_of, members, substitute, union
from autogen_lsp.syntax.model import Symbol

Evaluate = Callable[[Node], Type | None]
"""The type of an expression node of the file at hand."""
_Given = Sequence[tuple[Argument, Type | None]]


def result(
    lookup: Lookup, function: Type, arguments: Sequence[Argument], evaluate: Evaluate, evaluate_at: EvaluateAt
) -> Type | None:
    """What calling a FUNCTION type gives."""
    return _result(lookup, function, [(argument, evaluate(argument.node)) for argument in arguments], evaluate_at)


def _result(lookup: Lookup, function: Type, given: _Given, evaluate_at: EvaluateAt, unions: int = 2) -> Type | None:
    """What a call gives. Where no overload takes a union, its members are told apart: ``unions`` of the arguments."""
    found: list[Type | None] = []
    symbols = symbols_of(lookup, function)
    # Of a stub's overloads the first that fits is the likely one; those of code may differ in anything.
    of_code = len(symbols) > 1 and function.path is not None and function.path.suffix == ".py"
    sure = all(type_ is not None and not (of_code and _is_vague(lookup, type_)) for _, type_ in given)
    for symbol in symbols:
        known = bound(lookup, function, symbol, given)
        if known is None and len(symbols) > 1:
            continue
        type_ = returned(lookup, function, symbol, function.owner, evaluate_at)
        type_ = settled(substitute(type_, known or {}))
        if sure:
            return type_
        found.append(type_)
    place = next((i for i, (_, t) in enumerate(given) if t is not None and t.form is Form.UNION), None)
    if found or place is None or len(symbols) < 2 or not unions:
        return found[0] if found and all(other == found[0] for other in found) else None
    apart = ([*given[:place], (given[place][0], member), *given[place + 1 :]] for member in members(given[place][1]))
    return union(_result(lookup, function, each, evaluate_at, unions - 1) for each in apart)


def _is_vague(lookup: Lookup, type_: Type | None) -> bool:
    """Whether nearly anything accepts a value of the type: what it holds is not known, or its bases cannot be read."""
    if type_ is None or any(_is_vague(lookup, part) for part in type_.args):
        return True
    return type_.form is Form.INSTANCE and classes.is_open(lookup, type_)


def result_of_method(
    lookup: Lookup, instance: Type, name: str, given: Sequence[Type | None] = (), evaluate_at: EvaluateAt | None = None
) -> Type | None:
    """What calling a method of an instance gives, for arguments of the given types."""
    member = classes.member_of(lookup, instance, name)
    if member is None:
        return None
    function = method_of(member, instance)
    for symbol in symbols_of(lookup, function):
        listed = seen_by(symbol, bound=True)
        known = _bound_by_receiver(lookup, function, symbol)
        fits = True
        for parameter, type_ in zip(listed, given, strict=False):
            wanted = written(lookup, function, symbol, parameter.annotation)
            asked = bound_of(lookup, wanted) if type_ == NONE else wanted  # a variable with a bound takes no None
            fits = fits and accepts(lookup, asked, type_, widely=True)
            bind(lookup, wanted, type_, known)
        if fits:
            return settled(substitute(returned(lookup, function, symbol, instance, evaluate_at), known))
    return None


def constructed(
    lookup: Lookup, instance: Type, arguments: Sequence[Argument], evaluate: Evaluate, evaluate_at: EvaluateAt
) -> Type | None:
    """The instance that calling a class gives, with the type arguments that follow from the arguments."""
    if instance.is_a("type"):
        value = evaluate(arguments[0].node) if len(arguments) == 1 else None
        return class_of(value) if value is not None and value.form is Form.INSTANCE else None
    symbol = classes.symbol_of(lookup, instance)
    if symbol is None or instance.args:
        return instance
    if instance.module == "builtins" and instance.name in ("str", "int", "float", "bool", "bytes", "object"):
        return instance
    names = classes.parameter_names(lookup, instance, symbol)
    if not names:
        return instance
    own = classes.own_parameters(lookup, instance)
    fixed = {name: type_ for name, type_ in zip(names, own, strict=True) if type_ and type_.form is Form.PARAMETERS}
    generic = replace(instance, args=tuple(fixed.get(name, Type(Form.VARIABLE, name)) for name in names))
    for name in ("__init__", "__new__"):
        member = classes.member_of(lookup, generic, name)
        if member is None or member.owner.is_a("object"):
            continue
        function = method_of(member, generic)
        given = [(argument, evaluate(argument.node)) for argument in arguments]
        for overload in symbols_of(lookup, function):
            known = bound(lookup, function, overload, given)
            if known is not None and name == "__new__" and overload.signature is not None:
                made = written(lookup, function, overload, overload.signature.returns, generic)
                if made is not None and (made.module, made.name) == (instance.module, instance.name):
                    return settled(substitute(replace(made, variadic=instance.is_a("tuple")), known))
            if known is not None:
                args = tuple(fixed.get(name) or settled(known.get(name)) for name in names)
                return replace(instance, args=args, variadic=instance.is_a("tuple"))
    return replace(instance, args=tuple(map(fixed.get, names)))


def bind(
    lookup: Lookup, wanted: Type | None, given: Type | None, known: dict[str, Type | None], depth: int = 0
) -> None:
    """Type variables of ``wanted`` take what ``given`` has in their place."""
    wanted = expanded(lookup, wanted)
    if wanted is None or given is None or depth > 6:
        return
    if wanted.form is Form.VARIABLE:
        known[wanted.name] = union((known[wanted.name], given)) if known.get(wanted.name) else given
        return
    if wanted.form is Form.UNION:
        rest = [member for member in wanted.args if member is not None and member.form is Form.VARIABLE]
        for part in members(given):
            fitting = [
                m
                for m in wanted.args
                if m is not None and m.form is not Form.VARIABLE and accepts(lookup, m, part, widely=True)
            ]
            fitting.sort(key=lambda m: part is None or m.form is not part.form)  # a class is not what an instance is
            for member in fitting[:1] or rest[:1]:
                bind(lookup, member, part, known, depth + 1)
        return
    if wanted.form is Form.CALLABLE and given.form in (Form.CALLABLE, Form.FUNCTION, Form.CLASS):
        value = callable_type(lookup, given) if given.form is Form.FUNCTION else given
        if value is not None and value.args and wanted.args:
            bind(lookup, wanted.args[-1], value.args[-1], known, depth + 1)
        return
    if wanted.form is Form.CLASS and given.form is Form.CLASS:
        bind(lookup, wanted.args[0], given.args[0], known, depth + 1)
        return
    if wanted.form is Form.INSTANCE and wanted.args:
        name = wanted.name if wanted.module == "builtins" else f"{wanted.module}.{wanted.name}"
        for part in members(given):
            base = classes.as_base(lookup, part, name)
            if base is None and name in _BY_ITERATING and part is not None and part.form is Form.INSTANCE:
                iterator = result_of_method(lookup, part, "__iter__")
                base = classes.as_base(lookup, iterator, "collections.abc.Iterator")
                if base is None and iterator == part:
                    base = iterable("Iterator", result_of_method(lookup, part, "__next__"))
            if base is None and name in _BY_ENTERING and part is not None and part.form is Form.INSTANCE:
                entered, inner = result_of_method(lookup, part, _BY_ENTERING[name]), wanted.args[0]
                bind(lookup, iterable("Awaitable", inner) if "Async" in name else inner, entered, known, depth + 1)
            if base is not None and base.is_a("tuple") and not base.variadic and wanted.variadic:
                bind(lookup, wanted.args[0], union(base.args), known, depth + 1)
            elif base is not None:
                for inner, outer in zip(wanted.args, base.args, strict=False):
                    bind(lookup, inner, outer, known, depth + 1)


# What any class may be alike.
_BY_ITERATING = frozenset({"collections.abc.Iterable", "collections.abc.Iterator"})
_BY_ENTERING = {
    "contextlib.AbstractContextManager": "__enter__",
    "contextlib.AbstractAsyncContextManager": "__aenter__",
}


def bound(lookup: Lookup, function: Type, symbol: Symbol, given: _Given) -> dict[str, Type | None] | None:
    """Type variables as the arguments bind them, None where the arguments do not fit."""
    if symbol.signature is None:
        return None
    known = _bound_by_receiver(lookup, function, symbol)
    listed = seen_by(symbol, bound=function.owner is not None)
    arguments = [argument for argument, _ in given]
    taken: set[str] = set()
    starred = any(argument.star for argument in arguments)
    for index, (argument, type_) in enumerate(given):
        if argument.star:
            continue
        parameter = parameter_for(listed, arguments, index)
        if parameter is None:
            if starred:
                continue
            return None
        taken.add(parameter.name)
        if type_ is not None and not literals.allows(lookup, function.path, parameter.annotation, argument.node):
            return None
        wanted = written(lookup, function, symbol, parameter.annotation)
        if not accepts(lookup, wanted, type_, widely=True):
            return None
        bind(lookup, wanted, type_, known)
    missing = [p for p in listed if p.default is None and p.kind not in VARIADIC and p.name not in taken]
    return None if missing and not starred else known


def _bound_by_receiver(lookup: Lookup, function: Type, symbol: Symbol) -> dict[str, Type | None]:
    """Type variables as ``self: T`` and ``cls: type[T]`` bind them."""
    known: dict[str, Type | None] = {}
    listed = symbol.signature.parameters if symbol.signature is not None else ()
    if function.owner is not None and listed and listed[0].annotation:
        receiver = class_of(function.owner) if classes.is_class_method(symbol) else function.owner
        bind(lookup, written(lookup, function, symbol, listed[0].annotation), receiver, known)
    return known
