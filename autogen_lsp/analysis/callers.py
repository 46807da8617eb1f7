"""What the callers of a missing function pass and expect, into its signature: parameters, return type, kind.

Arguments of all calls are merged (`signature`), expectations of the result too (`result`); where the function is handed
on as a value, it also takes and gives what its callers there want. Decorators have rules of their own (row 42).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import (
    bindings,
    classes,
    expected,
    infer,
    naming,
    nodes,
    result,
    selves,
)
from autogen_lsp.analysis.annotation import expanded, is_new_type
from autogen_lsp.analysis.arguments import Argument, parameter_for, takes
from autogen_lsp.analysis.assignable import accepts
from autogen_lsp.analysis.called_after import named_by
from autogen_lsp.analysis.expectation import Demand, Expected, Role
from autogen_lsp.analysis.handed import handed_on
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.names import Lookup, resolve
from autogen_lsp.analysis.predicates import guard_of
from autogen_lsp.analysis.render import Scope, annotate, annotate_any
from autogen_lsp.analysis.signature import Merged, Passed, merge
from autogen_lsp.analysis.sites import Use, uses_of
from autogen_lsp.analysis.switches import ARGUMENTS, switched_off
from autogen_lsp.analysis.targets import first_is_instance
from autogen_lsp.analysis.tested import is_test
from autogen_lsp.analysis.types import (
    NONE,
    Form,
    Type,
    builtin,
    callable_of,
    class_of,
    members,
    named,
    optional,
    substitute,
    union,
    variables,
    without_none,
)
from autogen_lsp.syntax.model import Parameter, ParameterKind, Signature


def signature_of(
    lookup: Lookup,
    target: Target,
    uses: Sequence[Use],
    unsure: Sequence[Use],
    wanted: Sequence[Expected],
    scope: Scope,
) -> Signature:
    """The signature that suits all uses; ``wanted`` is what each expects, ``unsure`` may mean something else.

    What the annotations need is added to the scope.
    """
    decorating = _decorator(lookup, target, wanted, scope)
    owner = target.qualname.rpartition(".")[0]
    first: tuple[Parameter, ...] = ()
    if owner:
        first = (Parameter("cls" if target.kind is TargetKind.CLASS_METHOD else "self"),)
    calls = [passed_by(lookup, target, use, uses) for use in uses if use.is_call]
    if decorating is not None and decorating.is_bare:
        calls.insert(0, [Passed(decorating.takes, decorating.name)])
    handed: list[Type | None] = []
    for use, at in zip(uses, wanted, strict=True):
        if not use.is_call and (found := handed_on(lookup, use, at)) is not None:
            handed.append(found.callback)
            beside = _passed(lookup, target, use.path, found.arguments)
            calls += [[*beside, *later] for later in found.calls]
    merged = merge(calls, lambda types: unite(lookup, types), [p.name for p in first])
    if decorating is not None and decorating.is_bare:
        merged[0] = replace(merged[0], type=optional(decorating.takes) if merged[0].default else decorating.takes)
    if None in handed:  # somebody may call it with anything
        merged = [replace(item, type=None) for item in merged]
    merged = _unopposed(lookup, _by_position(merged, unsure), unsure)
    parameters = first + tuple(parameter_of(scope, item) for item in merged)
    of_calls = [at for use, at in zip(uses, wanted, strict=True) if use.is_call]
    returns, is_async = _returned(lookup, of_calls, handed, unsure, named_by(lookup, target, uses))
    if decorating is not None:
        returns = decorating.gives
    elif target.name == "__init__":
        returns, is_async = NONE, False
    elif any(not u.is_call and _says_otherwise(w) for u, w in zip(uses, wanted, strict=True)):
        returns = None
    elif returns is None and owner and wanted and is_annotated(lookup, target):
        returns = selves.own_instance(lookup, target, wanted)
    if returns == builtin("bool"):
        returns = guard_of(lookup, [use for use in uses if use.is_call]) or returns
    if decorating is None:
        returns = selves.with_self(lookup, target, uses, _without_loose(lookup, target, returns, merged))
    written = annotate(scope, returns)
    if written is None and not owner and is_annotated(lookup, target):
        # A function that only raises never returns, say type checkers, unless it says otherwise.
        written = annotate_any(scope)
    carried = f"[{', '.join(scope.parameters.values())}]" if scope.parameters else ""
    return Signature(parameters, written, is_async, carried)


def _by_position(merged: Sequence[Merged], unsure: Sequence[Use]) -> Sequence[Merged]:
    """The parameters, keyword-only ones by position too, where only so calls are taken that may mean the target."""
    loose = [
        replace(item, kind=ParameterKind.POSITIONAL_OR_KEYWORD) if item.kind == ParameterKind.KEYWORD_ONLY else item
        for item in sorted(merged, key=lambda item: (item.default is not None, item.kind))
    ]
    if len({item.kind for item in loose}) > 1 or loose == merged:
        return merged  # what follows `*args` can only be a keyword
    strict, relaxed = ([Parameter(i.name, i.kind, default=i.default) for i in items] for items in (merged, loose))
    calls = [use.arguments for use in unsure if use.is_call]
    return loose if any(takes(relaxed, each) and not takes(strict, each) for each in calls) else merged


def _unopposed(lookup: Lookup, merged: Sequence[Merged], unsure: Sequence[Use]) -> list[Merged]:
    """The parameters without the types that calls break which may mean the target, and would be taken."""
    listed = [Parameter(item.name, item.kind, default=item.default) for item in merged]
    types = {item.name: item.type for item in merged}
    opposed: set[str] = set()
    for use in unsure:
        arguments = use.arguments if use.is_call else []
        for index, argument in enumerate(arguments if takes(listed, arguments) else ()):
            parameter = parameter_for(listed, arguments, index) if not argument.star else None
            if parameter is None or types[parameter.name] is None:
                continue
            if not accepts(lookup, types[parameter.name], infer.type_of(lookup, use.path, argument.node)):
                opposed.add(parameter.name)
    return [replace(item, type=None) if item.name in opposed else item for item in merged]


def _without_loose(lookup: Lookup, target: Target, returns: Type | None, merged: Sequence[Merged]) -> Type | None:
    """The return type without type variables that neither a parameter nor the class binds: they would mean nothing."""
    owner = target.qualname.rpartition(".")[0]
    instance = Type(Form.INSTANCE, owner, lookup.module_name(target.path), path=target.path)
    symbol = classes.symbol_of(lookup, instance) if owner else None
    bound = set(classes.parameter_names(lookup, instance, symbol)) if symbol is not None else set()
    bound |= {variable.name for item in merged for variable in variables(item.type)}
    return substitute(returns, {v.name: None for v in variables(returns) if v.name not in bound})


@dataclass(frozen=True, slots=True)
class _Decorating:
    """What a missing decorator takes and gives. ``is_bare``: used without a call, it is passed what it decorates."""

    name: str  # of the decorated function or class
    takes: Type | None
    gives: Type | None
    is_bare: bool


def _decorator(lookup: Lookup, target: Target, wanted: Sequence[Expected], scope: Scope) -> _Decorating | None:
    """Row 42: how the uses decorate, None where they do not. A class is given back as what it is, if that can be said.

    Where it is used both ways, or called as well, what it gives depends on how.
    """
    roles = {use.role for use in wanted}
    if not roles & {Role.DECORATOR, Role.FACTORY}:
        return None
    bare = Role.DECORATOR in roles
    of_class = any(use.decorates_class for use in wanted)
    decorated: Type | None = callable_of(None, None)
    if of_class:
        variable = scope.type_variable if is_annotated(lookup, target) else None
        decorated = class_of(variable) if variable is not None else None
    gives = decorated if bare or decorated is None else callable_of([decorated], decorated)
    return _Decorating("cls" if of_class else "func", decorated, gives if len(roles) == 1 else None, bare)


def passed_by(lookup: Lookup, target: Target, use: Use, uses: Sequence[Use] = ()) -> list[Passed]:
    """The arguments of one call; the instance of ``C.m(instance)`` left out. ``uses`` may be what made an argument."""
    arguments = use.arguments
    if use.through_class and target.kind is TargetKind.METHOD and not on_the_class(lookup, target, use):
        arguments = arguments[1:]
    return _passed(lookup, target, use.path, arguments, uses)


def _passed(
    lookup: Lookup, target: Target, path: Path, arguments: Sequence[Argument], uses: Sequence[Use] = ()
) -> list[Passed]:
    out: list[Passed] = []
    for argument in arguments:
        type_ = infer.as_callable(lookup, infer.type_of(lookup, path, argument.node))
        type_ = type_ or _of_missing(lookup, path, argument.node) or _before(lookup, path, argument.node, uses)
        if argument.star == "*":
            type_ = infer.element_of(lookup, type_)
        elif argument.star == "**":
            type_ = infer.mapping_of(lookup, type_)[1]
        literal = nodes.text_of(argument.node) if argument.node.type in ("true", "false") else ""
        hint = naming.name_of(argument.node)
        derived = not naming.is_own(argument.node)
        if hint == "self" or (hint == "cls" and target.kind is TargetKind.CLASS_METHOD):
            # Passed on, it is an object like any other.
            instance = type_.args[0] if type_ is not None and type_.form is Form.CLASS else type_
            hint = naming.clean(instance.name) if instance is not None and instance.form is Form.INSTANCE else None
            derived = True
        elif hint is None or (derived and naming.says_little(hint)):
            hint = naming.of_class(type_) or hint
            derived = True
        untyped = type_ is None and infer.is_untyped(lookup, path, argument.node)
        mute = untyped and is_test(lookup.project, path)
        if _is_wrong(lookup, path, argument.node):
            type_, literal, untyped, mute = None, "", True, True
        out.append(Passed(type_, hint, argument.keyword, argument.star, literal, derived, untyped, mute=mute))
    return out


def _is_wrong(lookup: Lookup, path: Path, argument: Node) -> bool:
    """Whether checkers are told to let an argument pass, on its line or the call's: it is what should not be passed."""
    source, call = lookup.source(path), nodes.enclosing(argument, frozenset({"call"}))
    places = {each.end_byte - 1 for each in (argument, call) if each is not None}
    return source is not None and any(switched_off(source.text, at, ARGUMENTS) for at in places)


def is_function(lookup: Lookup, uses: Sequence[Use], wanted: Sequence[Expected]) -> bool:
    """Whether a name in CapWords is a function's after all: a call gives what no instance of a new class would be."""
    if any(_is_of_class(use, at) for use, at in zip(uses, wanted, strict=True)):
        return False
    asked = [list(members(expanded(lookup, at.type))) for at in wanted if at.strong]
    return any(at.is_async for at in wanted) or any(
        all(is_final(m) for m in each) or (len(each) > 1 and all(_is_made(lookup, m) for m in each)) for each in asked
    )


def _is_of_class(use: Use, at: Expected) -> bool:
    """Whether a use takes it for a class; one that only hands it on says nothing."""
    if use.is_call:
        return at.role not in (Role.VALUE, Role.IGNORED)
    call = nodes.enclosing(use.expression, frozenset({"call"}))
    if call is not None and nodes.text_of(call.child_by_field_name("function")) in ("isinstance", "issubclass"):
        return True
    asked = members(at.type) if at.strong else ()
    return _says_otherwise(at) or not all(m is not None and m.form is Form.CALLABLE for m in asked)


def is_final(type_: Type | None) -> bool:
    """Whether it is a value that nobody writes a class of one's own for."""
    return type_ is not None and (
        type_ == NONE or type_.form in (Form.CALLABLE, Form.CLASS) or type_.is_a("str", "int", "float", "bool", "bytes")
    )


def _is_made(lookup: Lookup, type_: Type | None) -> bool:
    """Whether it is an instance of a class that is there, and not just of what has its members."""
    if type_ is None or type_.form is not Form.INSTANCE or type_.is_a("object") or type_.module == "collections.abc":
        return False
    return classes.symbol_of(lookup, type_) is not None and not classes.is_protocol(lookup, type_)


def _says_otherwise(use: Expected) -> bool:
    """Whether a use without a call makes more of the function than a function."""
    return use.role is not Role.VALUE or use.demand is Demand.ATTRIBUTE


def _returned(
    lookup: Lookup,
    of_calls: Sequence[Expected],
    handed: Sequence[Type | None],
    unsure: Sequence[Use],
    named: tuple[Type | None, Type | None],
) -> tuple[Type | None, bool]:
    """The return type that suits the calls and those that it is handed on to, and whether it is a coroutine's."""
    if not gives_coroutine(lookup, of_calls):
        of_calls = [_to_await(use) if use.is_async else use for use in of_calls]
    returns, nothing = result.merge(lookup, of_calls, named)
    gives_nothing = nothing or result.is_never(returns)
    if gives_nothing and any(expected.at(lookup, u.path, u.expression).role is not Role.IGNORED for u in unsure):
        returns = None  # somebody may look at it after all
    unclear = None in handed
    asked = [each.args[-1] for each in handed if each is not None]
    asked = [type_ for type_ in asked if type_ is None or not type_.is_a("object")]
    coroutines = [infer.awaited(lookup, type_) for type_ in asked]
    is_async = any(use.is_async for use in of_calls) or (bool(asked) and not unclear and None not in coroutines)
    if is_async:
        asked = coroutines
    if (asked or unclear) and (nothing or not of_calls):
        returns = asked[0] if not unclear and all(type_ == asked[0] for type_ in asked) else None
    elif not result.is_never(returns):
        may_be = (returns, without_none(returns)) if asked and not unclear else ()
        fitting = (each for each in may_be if all(_suits(lookup, type_, each, is_async) for type_ in asked))
        returns = next(fitting, returns if not asked and not unclear else None)
    if None in asked:  # what it is handed to may want no None
        returns = without_none(returns) or returns
    return returns, is_async


def gives_coroutine(lookup: Lookup, of_calls: Sequence[Expected]) -> bool:
    """Whether results are awaited, and nowhere used as something else that an ``async def`` does not give."""
    at_once = [use for use in of_calls if not use.is_async]
    return len(at_once) < len(of_calls) and not any(
        not use.is_async and is_no_coroutine(lookup, use) for use in result.followed(lookup, at_once)
    )


def is_no_coroutine(lookup: Lookup, use: Expected) -> bool:
    """Whether a use that does not await asks for what no ``async def`` gives: an attribute, a value of another type."""
    if use.demand is Demand.ATTRIBUTE:
        return use.attribute not in _OF_COROUTINES
    asked = without_none(use.type) if use.demand is Demand.TYPE else None
    is_kept = use.strong and infer.awaited(lookup, asked) is not None
    return is_kept or not accepts(lookup, asked, named("collections.abc", "Coroutine", None, None, None))


_OF_COROUTINES = frozenset({"close", "send", "throw"})


def _to_await(use: Expected) -> Expected:
    """An awaited use of what is also kept as a value: it asks for something that can be awaited, and no more."""
    return Expected(Role.VALUE, use.path, use.node, demand=Demand.NOTHING, not_none=True)


def _suits(lookup: Lookup, asked: Type | None, returns: Type | None, is_async: bool) -> bool:
    """Whether what a callback must return is no other type; a callback that may return anything takes no coroutine."""
    return not is_async if asked is None else accepts(lookup, asked, returns)


def _of_missing(lookup: Lookup, path: Path, argument: Node) -> Type | None:
    """The type of an argument that is itself the result of something missing: what its own uses ask of it."""
    call = nodes.without_await(argument)
    function = call.child_by_field_name("function") if call.type == "call" else None
    if function is None or function.type != "identifier" or bindings.reaching(function) is not None:
        return None
    name = nodes.text_of(function)
    if resolve(lookup, path, name) is not None:
        return None
    missing = Target(path, name, TargetKind.FUNCTION, path, nodes.span_of(function))
    wanted = [expected.at(lookup, other.path, other.expression) for other in uses_of(lookup, missing)]
    if any(other.is_async for other in wanted) and argument.type != "await":
        return None
    type_, nothing = result.merge(lookup, wanted)
    return None if nothing else type_


def _before(lookup: Lookup, path: Path, argument: Node, uses: Sequence[Use]) -> Type | None:
    """The type of a variable that also keeps what the missing function gave before: ``total = add(total, x)``."""
    found = bindings.reaching(argument) if argument.type == "identifier" and uses else None
    every = found[0] if found is not None else []
    made = [use.expression for use in uses if use.path == path]
    others = [each for each in every if not any(nodes.inside(one, each.node) for one in made)]
    if not others or len(others) == len(every):
        return None
    return union(infer.bound_type(lookup, path, each) for each in others)


def on_the_class(lookup: Lookup, target: Target, use: Use) -> bool:
    """Whether a use calls the member on the class itself, with no instance as first argument (row 9)."""
    if not use.through_class or not use.is_call or target.name.startswith("__"):
        return False
    owner = target.qualname.rpartition(".")[0]
    return not first_is_instance(lookup, use.path, use.expression, owner, target.path)


def is_annotated(lookup: Lookup, target: Target) -> bool:
    """Whether the target's file has type annotations: of functions, of fields if it has none, else the use's file."""
    for path in (target.path, target.origin):
        facts = lookup.facts(path)
        symbols = facts.symbols if facts is not None else ()
        signatures = [symbol.signature for symbol in symbols if symbol.signature is not None]
        if signatures:
            return any(s.returns or any(p.annotation for p in s.parameters) for s in signatures)
        if any(symbol.annotation and symbol.parent for symbol in symbols):
            return True
    return False


def parameter_of(scope: Scope, item: Merged) -> Parameter:
    return Parameter(item.name, item.kind, annotate(scope, item.type), item.default)


def unite(lookup: Lookup, types: Iterable[Type | None]) -> Type | None:
    found = union(types, lambda narrow, wide: classes.is_subtype(lookup, narrow, wide))
    aliases = [member for member in members(found) if member is not None and member.form is Form.ALIAS]
    if found is None or found.form is not Form.UNION or not aliases:
        return found
    means = {member: set(members(expanded(lookup, member))) for member in found.args}
    # What takes a `NewType` takes nothing else that is made of the same.
    says = {m: {m} if m is not None and is_new_type(lookup, m) else means[m] for m in found.args}
    left = list(found.args)
    # An alias that says no more than the others goes; else those that it says go.
    for member in [*reversed(aliases), *(other for other in found.args if other not in aliases)]:
        others = set().union(*(says[other] for other in left if other != member))
        if means[member] <= others and None not in means[member]:
            left.remove(member)
    return union(left)
