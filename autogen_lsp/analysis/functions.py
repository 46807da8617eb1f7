"""Functions as types: what their definitions ask for and give, and what a function is when passed as a value.

Signatures come from facts, of the workspace and of typeshed alike. A workspace function without a return annotation is
read for its return statements; how expressions are evaluated comes in as an argument. What a call gives is `applied`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import structs
from tree_sitter import Node

from autogen_lsp.analysis import annotation, classes, nodes
from autogen_lsp.analysis.annotation import Home
from autogen_lsp.analysis.arguments import VARIADIC
from autogen_lsp.analysis.given_back import is_plain
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import (
    NONE,
    Form,
    Type,
    builtin,
    callable_of,
    named,
    received,
    substitute,
    union,
    variables,
)
from autogen_lsp.syntax.model import Parameter, ParameterKind, Signature, Symbol, SymbolKind

EvaluateAt = Callable[[Type, Node], Type | None]
"""The type of an expression node of the file of a function."""


def symbols_of(lookup: Lookup, function: Type) -> list[Symbol]:
    """The definitions of a FUNCTION type: its overloads, or the one that counts."""
    if function.path is None:
        return []
    found = [s for s in lookup.symbols(function.path, function.name) if s.kind == SymbolKind.FUNCTION]
    overloads = [s for s in found if classes.is_overload(s)]
    return overloads or found[:1]


def returned(
    lookup: Lookup, function: Type, symbol: Symbol, instance: Type | None, evaluate_at: EvaluateAt | None = None
) -> Type | None:
    """What a function returns by its annotation, else by its return statements; wrapped as ``async def`` does."""
    manager = classes.is_context_manager(symbol)
    plain = manager is not None or is_plain(lookup, function.path, symbol) or classes.is_property(symbol)
    if not plain and (function.path is None or function.path.suffix != ".pyi"):
        declared = symbol.signature is not None and symbol.signature.returns
        if not declared or function.path is None or not classes.is_getter(lookup, function.path, symbol):
            return None
    signature = symbol.signature
    if signature is None:
        return None
    if signature.returns:
        type_ = written(lookup, function, symbol, signature.returns, instance)
    else:
        hidden = function.path and classes.is_made_otherwise(lookup, instance, function.path, symbol)
        given = None if evaluate_at is None or hidden else by_body(lookup, function, symbol, evaluate_at)
        type_ = received(given, instance)
    if manager is not None:
        return named("contextlib", manager, type_.args[0] if type_ is not None and type_.args else None, *_SUPPRESSES)
    if signature.is_async and not classes.is_property(symbol) and not is_async_generator(type_):
        return named("collections.abc", "Coroutine", None, None, type_)
    return type_


_SUPPRESSES: tuple[Type | None, ...] = (Type(Form.UNION, args=(builtin("bool"), NONE)),)


def callable_type(lookup: Lookup, function: Type) -> Type | None:
    """A FUNCTION as the ``Callable`` that it is as a value."""
    symbols = symbols_of(lookup, function)
    if len(symbols) != 1 or symbols[0].signature is None:
        return callable_of(None, None)
    symbol = symbols[0]
    if not is_plain(lookup, function.path, symbol) and classes.is_context_manager(symbol) is None:
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
            return method_of(member, instance)
    return None


def by_body(lookup: Lookup, function: Type, symbol: Symbol, evaluate_at: EvaluateAt) -> Type | None:
    """What the return statements give, or, of a generator, an iterator of what it yields.

    Not known for stubs and abstract functions.
    """
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
    given = [node for node in nodes.own_nodes(definition.child_by_field_name("body")) if node.type in _GIVES]
    yields = [node for node in given if node.type == "yield"]
    types: list[Type | None] = []
    for inner in yields or given:
        value = nodes.first_named(inner)
        is_part = inner.type == "yield" and any(child.type == "from" for child in inner.children[:2])
        types.append(NONE if value is None else None if is_part else evaluate_at(function, value))
        if types[-1] is None:
            return None
    if yields:
        is_async = symbol.signature is not None and symbol.signature.is_async
        return annotation.iterable("AsyncIterator" if is_async else "Iterator", union(types))
    return union(types) if types else NONE


_GIVES = frozenset({"yield", "return_statement"})


def method_of(member: classes.Member, instance: Type) -> Type:
    """A member of a class as the FUNCTION that an instance has."""
    owner = member.owner
    return Type(Form.FUNCTION, member.symbols[0].qualname, owner.module, (owner,), owner.path, owner=instance)


def is_async_generator(type_: Type | None) -> bool:
    return type_ is not None and type_.is_a(
        "collections.abc.AsyncIterator", "collections.abc.AsyncGenerator", "collections.abc.AsyncIterable"
    )


def of_overloads(symbols: Sequence[Symbol]) -> Symbol:
    """One definition for what overloads take: the longest's parameters, optional where others do without.

    A parameter has the type that all overloads give it.
    """
    signatures = [symbol.signature for symbol in symbols if symbol.signature is not None]
    longest = max(signatures, key=lambda signature: len(signature.parameters))
    fewest = min(len(signature.parameters) for signature in signatures)
    parameters: list[Parameter] = []
    for place, each in enumerate(longest.parameters):
        written = {other.annotation for one in signatures for other in one.parameters if other.name == each.name}
        default = "None" if place >= fewest and each.kind not in VARIADIC else each.default
        parameters.append(Parameter(each.name, each.kind, written.pop() if len(written) == 1 else None, default))
    return structs.replace(symbols[0], signature=Signature(tuple(parameters), None, longest.is_async), decorators=())
