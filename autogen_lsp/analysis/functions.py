"""Functions as types: what a call gives, what a parameter asks for, what a function is when passed as a value.

Signatures come from facts, of the workspace and of typeshed alike; type variables are bound from the arguments;
overloads are chosen by what is known of the arguments. A workspace function without a return annotation is read for its
return statements. How expressions are evaluated comes in as an argument. Never raises; the evaluator bounds the depth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tree_sitter import Node

from autogen_lsp.analysis import annotation, classes, literals, nodes
from autogen_lsp.analysis.annotation import Home
from autogen_lsp.analysis.arguments import VARIADIC, Argument, parameter_for
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import (
    NONE,
    Form,
    Type,
    builtin,
    callable_of,
    class_of,
    members,
    named,
    received,
    substitute,
    union,
    variables,
)
from autogen_lsp.syntax.model import Parameter, ParameterKind, Symbol, SymbolKind

Evaluate = Callable[[Node], Type | None]
"""The type of an expression node of the file at hand."""
_Given = Sequence[tuple[Argument, Type | None]]
EvaluateAt = Callable[[Type, Node], Type | None]
"""The type of an expression node of the file of a function."""


def symbols_of(lookup: Lookup, function: Type) -> list[Symbol]:
    """The definitions of a FUNCTION type: its overloads, or the one that counts."""
    if function.path is None:
        return []
    found = [s for s in lookup.symbols(function.path, function.name) if s.kind == SymbolKind.FUNCTION]
    overloads = [s for s in found if classes.is_overload(s)]
    return overloads or found[:1]


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
    function = _method(member, instance)
    for symbol in symbols_of(lookup, function):
        listed = seen_by(symbol, bound=True)
        known = _bound_by_receiver(lookup, function, symbol)
        fits = True
        for parameter, type_ in zip(listed, given, strict=False):
            wanted = written(lookup, function, symbol, parameter.annotation)
            fits = fits and accepts(lookup, wanted, type_, widely=True)
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
    generic = replace(instance, args=tuple(Type(Form.VARIABLE, name) for name in names))
    for name in ("__init__", "__new__"):
        member = classes.member_of(lookup, generic, name)
        if member is None or member.owner.is_a("object"):
            continue
        function = _method(member, generic)
        given = [(argument, evaluate(argument.node)) for argument in arguments]
        for overload in symbols_of(lookup, function):
            known = bound(lookup, function, overload, given)
            if known is not None:
                args = tuple(settled(known.get(name)) for name in names)
                return replace(instance, args=args, variadic=instance.is_a("tuple"))
    return replace(instance, args=(None,) * len(names))


def returned(
    lookup: Lookup, function: Type, symbol: Symbol, instance: Type | None, evaluate_at: EvaluateAt | None = None
) -> Type | None:
    """What a function returns by its annotation, else by its return statements; wrapped as ``async def`` does."""
    manager = classes.is_context_manager(symbol)
    plain = manager is not None or classes.is_transparent(symbol) or classes.is_property(symbol)
    if not plain and (function.path is None or function.path.suffix != ".pyi"):
        return None
    signature = symbol.signature
    if signature is None:
        return None
    if signature.returns:
        type_ = written(lookup, function, symbol, signature.returns, instance)
        if manager is not None:
            return named(
                "contextlib", manager, type_.args[0] if type_ is not None and type_.args else None, *_SUPPRESSES
            )
    else:
        hidden = manager or (function.path and classes.is_made_otherwise(lookup, instance, function.path, symbol))
        by_body = None if evaluate_at is None or hidden else _by_body(lookup, function, symbol, evaluate_at)
        type_ = received(by_body, instance)
    if signature.is_async and not classes.is_property(symbol) and not _is_async_generator(type_):
        return named("collections.abc", "Coroutine", None, None, type_)
    return type_


_SUPPRESSES: tuple[Type | None, ...] = (Type(Form.UNION, args=(builtin("bool"), NONE)),)


def callable_type(lookup: Lookup, function: Type) -> Type | None:
    """A FUNCTION as the ``Callable`` that it is as a value."""
    symbols = symbols_of(lookup, function)
    if len(symbols) != 1 or symbols[0].signature is None:
        return callable_of(None, None)
    symbol = symbols[0]
    if not classes.is_transparent(symbol) and classes.is_context_manager(symbol) is None:
        return None  # what the decorator makes of it may be anything
    returns = returned(lookup, function, symbol, function.owner)
    listed = parameters_of(lookup, function, symbol)
    if any(p.kind >= ParameterKind.VAR_POSITIONAL and p.default is None for p, _ in listed):
        return callable_of(None, returns)
    return callable_of([type_ for p, type_ in listed if p.default is None], returns)


def parameters_of(lookup: Lookup, function: Type, symbol: Symbol) -> list[tuple[Parameter, Type | None]]:
    """The parameters that a caller of a FUNCTION sees, with their types; ``symbol`` is a definition of it."""
    listed = seen_by(symbol, bound=function.owner is not None)
    return [(each, written(lookup, function, symbol, each.annotation)) for each in listed]


def bind(
    lookup: Lookup, wanted: Type | None, given: Type | None, known: dict[str, Type | None], depth: int = 0
) -> None:
    """Type variables of ``wanted`` take what ``given`` has in their place."""
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
            for member in fitting[:1] or rest[:1]:
                bind(lookup, member, part, known, depth + 1)
        return
    if wanted.form is Form.CALLABLE and given.form in (Form.CALLABLE, Form.FUNCTION):
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
            if base is not None and base.is_a("tuple") and not base.variadic and wanted.variadic:
                bind(lookup, wanted.args[0], union(base.args), known, depth + 1)
            elif base is not None:
                for inner, outer in zip(wanted.args, base.args, strict=False):
                    bind(lookup, inner, outer, known, depth + 1)


def accepts(lookup: Lookup, wanted: Type | None, given: Type | None, *, widely: bool = False) -> bool:
    """Whether a value of the type may be passed; "not known" may always.

    ``widely``: the type is that of an expression, widened, so it may well be one of the literals that are wanted.
    """
    return _accepts(lookup, wanted, given, widely, 0)


def _accepts(lookup: Lookup, wanted: Type | None, given: Type | None, widely: bool, depth: int) -> bool:
    if wanted is not None and wanted == given:
        return True
    is_new = wanted is not None and annotation.is_new_type(lookup, wanted)
    wanted, given = annotation.expanded(lookup, wanted), annotation.expanded(lookup, given)
    if is_new and given is not None and given.form in (Form.INSTANCE, Form.NONE):
        return False
    if wanted is None or given is None or wanted.form is Form.VARIABLE or depth > _MAX_NESTING:
        return True
    if given.form is Form.UNION:
        return all(_accepts(lookup, wanted, part, widely, depth + 1) for part in given.args)
    if wanted.form is Form.UNION:
        return any(_accepts(lookup, part, given, widely, depth + 1) for part in wanted.args)
    if given == NONE or wanted == NONE:
        return given == wanted or wanted.is_a("object")
    if wanted.form is Form.CALLABLE:
        return given.form in (Form.FUNCTION, Form.CLASS) or _accepts_callable(
            lookup, wanted, _called(lookup, given), depth
        )
    if wanted.form is Form.CLASS:
        return given.form is Form.CLASS
    if wanted.form is not Form.INSTANCE or wanted.is_a("object"):
        return True
    if given.form is Form.CALLABLE and (called := _called(lookup, wanted)) is not None:
        return _accepts_callable(lookup, called, given, depth)
    if given.form is not Form.INSTANCE:
        return not wanted.is_builtin or (wanted.is_a("type") and given.form is Form.CLASS)
    if wanted.literals and not widely:
        return (wanted.module, wanted.name) == (given.module, given.name) and (
            bool(given.literals) and set(given.literals) <= set(wanted.literals)
        )
    if wanted.is_builtin and given.is_builtin:
        numbers = ("bool", "int", "float", "complex")
        if wanted.name in numbers and given.name in numbers:
            return numbers.index(given.name) <= numbers.index(wanted.name)
    base = classes.as_base(
        lookup, given, wanted.name if wanted.module == "builtins" else f"{wanted.module}.{wanted.name}"
    )
    if base is not None:
        return _accepts_arguments(lookup, wanted, base, widely, depth)
    if classes.is_open(lookup, given):
        return True
    return classes.is_protocol(lookup, wanted) and classes.satisfies(lookup, given, wanted)


def _called(lookup: Lookup, type_: Type) -> Type | None:
    """A callable, or an instance of a class with ``__call__`` as the callable that it is; None for other types."""
    if type_.form is Form.CALLABLE:
        return type_
    member = classes.member_of(lookup, type_, "__call__") if type_.form is Form.INSTANCE else None
    if member is None or member.symbols[0].kind != SymbolKind.FUNCTION:
        return None
    return callable_type(lookup, _method(member, type_)) or callable_of(None, None)


def _accepts_callable(lookup: Lookup, wanted: Type, given: Type | None, depth: int) -> bool:
    """Whether it asks for no more arguments than are passed, and gives what is wanted."""
    if given is None:
        return False
    too_many = not wanted.variadic and not given.variadic and len(given.args) > len(wanted.args)
    return not too_many and _accepts(lookup, wanted.args[-1], given.args[-1], False, depth + 1)


def _accepts_arguments(lookup: Lookup, wanted: Type, given: Type, widely: bool, depth: int) -> bool:
    """Whether the type arguments of one class fit, taken as covariant."""
    inner, outer = given.args, wanted.args
    if wanted.is_a("tuple"):
        if wanted.variadic:
            outer = outer[:1] * len(inner)
        elif not given.variadic and len(inner) != len(outer):
            return False
    return all(_accepts(lookup, wide, narrow, widely, depth + 1) for wide, narrow in zip(outer, inner, strict=False))


_MAX_NESTING = 8  # of types in types: aliases may be recursive


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
        wanted = written(lookup, function, symbol, parameter.annotation)
        if not accepts(lookup, wanted, type_, widely=True):
            return None
        if type_ is not None and not literals.allows(lookup, function.path, parameter.annotation, argument.node):
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


def settled(type_: Type | None) -> Type | None:
    """Variables that nothing has bound are not known."""
    return substitute(type_, {variable.name: None for variable in variables(type_)})


def seen_by(symbol: Symbol, *, bound: bool) -> tuple[Parameter, ...]:
    """The parameters that a caller sees; ``bound`` leaves out ``self`` or ``cls``."""
    listed = symbol.signature.parameters if symbol.signature is not None else ()
    if bound and listed and listed[0].kind <= ParameterKind.POSITIONAL_OR_KEYWORD and not classes.is_static(symbol):
        return listed[1:]
    return listed


def written(
    lookup: Lookup, function: Type, symbol: Symbol, text: str | None, instance: Type | None = None
) -> Type | None:
    owner = function.args[0] if function.form is Form.FUNCTION and function.args else None
    if function.form is Form.INSTANCE:
        owner = function
    if owner is not None:
        return classes.annotated(lookup, owner, text, symbol, instance or function.owner)
    if function.path is None or symbol.signature is None:
        return None
    scope = symbol.qualname if "<locals>" in symbol.qualname else ""
    home = Home(function.path, None, classes.type_parameters(symbol.signature.type_parameters), scope)
    return annotation.type_of_text(lookup, home, text)


def constructor(lookup: Lookup, instance: Type) -> Type | None:
    for name in ("__init__", "__new__"):
        member = classes.member_of(lookup, instance, name)
        if member is not None and not member.owner.is_a("object"):
            return _method(member, instance)
    return None


def _by_body(lookup: Lookup, function: Type, symbol: Symbol, evaluate_at: EvaluateAt) -> Type | None:
    """The union of what the return statements give; not known for generators, stubs and abstract functions."""
    if function.path is None or function.path.suffix == ".pyi" or symbol.stub:
        return None
    if any("abstract" in decorator for decorator in symbol.decorators):
        return None
    source = lookup.source(function.path)
    if source is None:
        return None
    node = source.tree.root_node.named_descendant_for_byte_range(symbol.name_start, symbol.name_end)
    definition = node.parent if node is not None else None
    if definition is None or definition.type != nodes.FUNCTION:
        return None
    types: list[Type | None] = []
    for inner in nodes.own_nodes(definition.child_by_field_name("body")):
        if inner.type == "yield":
            return None
        if inner.type == "return_statement":
            value = inner.named_children[0] if inner.named_child_count else None
            types.append(NONE if value is None else evaluate_at(function, value))
            if types[-1] is None:
                return None
    return union(types) if types else NONE


def _method(member: classes.Member, instance: Type) -> Type:
    """A member of a class as the FUNCTION that an instance has."""
    owner = member.owner
    return Type(Form.FUNCTION, member.symbols[0].qualname, owner.module, (owner,), owner.path, owner=instance)


def _is_async_generator(type_: Type | None) -> bool:
    return type_ is not None and type_.is_a(
        "collections.abc.AsyncIterator", "collections.abc.AsyncGenerator", "collections.abc.AsyncIterable"
    )
