"""A method that is missing in a class but defined in its bases or subclasses: their signature, as the class writes it.

Overriding must stay compatible, so what a base says, or most subclasses agree on, says more than the calls. What does
not take a call, or has defaults that mean nothing elsewhere, does not count; where nothing is left, the calls decide.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from autogen_lsp.analysis import callers, classes, functions, infer, overridden, result
from autogen_lsp.analysis.annotation import Home, bound_of, dotted_name, parsed, self_type, type_of_text
from autogen_lsp.analysis.arguments import VARIADIC, parameter_for, suits, takes
from autogen_lsp.analysis.assignable import accepts
from autogen_lsp.analysis.expectation import Expected
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.names import Lookup, resolve
from autogen_lsp.analysis.render import Scope, annotate, annotate_any
from autogen_lsp.analysis.signature import Merged, merge
from autogen_lsp.analysis.sites import Use
from autogen_lsp.analysis.types import (
    Form,
    Type,
    builtin,
    members,
    named,
    optional,
    parts,
    replaced,
    substitute,
    union,
    variables,
)
from autogen_lsp.syntax.model import Parameter, ParameterKind, Signature, Symbol

_Pick = Callable[[Signature], str | None]
"""Which annotation of a signature is asked for."""
_GUARD = re.compile(r"(?:\w+\.)*TypeGuard\[(.*)\]", re.DOTALL)


def signature_of(
    lookup: Lookup, target: Target, uses: Sequence[Use], wanted: Sequence[Expected], scope: Scope
) -> Signature | None:
    """The signature of the nearest base, or of most subclasses; None where there is none that takes all calls."""
    owner = target.qualname.rpartition(".")[0]
    if not owner or target.name.startswith("__"):
        return None
    above = (
        overridden.in_bases(lookup, target, owner)
        or overridden.in_siblings(lookup, target, owner)
        or overridden.in_protocols(lookup, target, owner)
    )
    found = (
        above
        or list(overridden.in_subclasses(lookup, target, owner))
        or list(overridden.in_implementers(lookup, target, owner))
    )
    calls = [use for use in uses if use.is_call and (not use.through_class or target.kind is TargetKind.CLASS_METHOD)]
    for agreeing in _groups(lookup, found, scope, of_base=bool(above)):
        if above and len(agreeing) * 2 <= len(found):
            return None
        signature = agreeing[0][1].signature
        if signature is None or not all(_is_alike(target, symbol) for _, symbol in agreeing):
            continue
        listed = _eased(signature.parameters[1:], calls) if above else signature.parameters[1:]
        more = _more(lookup, target, calls, listed) if above else []
        taking = [*listed, *(Parameter(item.name, item.kind, default=item.default) for item in more)]
        if all(takes(taking, use.arguments) for use in calls):
            break
    else:
        return None
    own = overridden.own_type(lookup, target, owner)

    def generalised(definitions: Sequence[tuple[Type, Symbol]], pick: _Pick) -> list[Type | None] | None:
        return None if above else _generalised(lookup, own, definitions, pick)

    def types(pick: _Pick) -> list[Type | None]:
        written = [_of_own(lookup, holder, symbol, own, pick) for holder, symbol in agreeing]
        return generalised(agreeing, pick) or written

    parameters = [Parameter(parameter.name, parameter.kind) for parameter in signature.parameters[:1]]
    for index, parameter in enumerate(listed, 1):
        asked = types(partial(_annotation_at, index))
        type_ = asked[0] if all(other == asked[0] for other in asked) else None
        passed = list(_passed(lookup, calls, listed, parameter))
        fits = all(_may_be_passed(lookup, type_, each) for each in passed)
        if not fits:  # an override may take more than its base, and must where it is passed more
            type_ = callers.unite(lookup, [type_, *passed]) if above else None
        default = parameter.default
        is_eased = default != signature.parameters[index].default
        if is_eased or not means_the_same(lookup, agreeing[0][0], default, scope):
            type_, default = optional(type_), "None"
        written = annotate(scope, type_)
        if written is None and above and (not fits or (type_ is not None and not set(passed) <= {*members(type_)})):
            written = annotate_any(scope)  # without, it would be the base's type
        parameters.append(Parameter(parameter.name, parameter.kind, written, default))
    parameters += [_as_below(lookup, target, item, scope) or callers.parameter_of(scope, item) for item in more]
    returned = types(_returns)
    of_all = [_of_own(lookup, holder, symbol, own, _returns) for holder, symbol in found]
    varying = next(iter(generalised(found, _returns) or ()), None)
    if varying is None and not above:
        varying = _type_parameter(lookup, own, [holder for holder, _ in found], of_all)
    if varying is not None:
        returned = [varying] * len(agreeing)
    is_itself = not above and any(type_ == holder for type_, (holder, _) in zip(returned, agreeing, strict=True))
    of_own = [replaced(type_, holder, own) for type_, (holder, _) in zip(returned, agreeing, strict=True)]
    if not above:  # what subclasses give of themselves; a base's word binds the subclasses, too
        returned = of_own
    given = union(returned, lambda narrow, wide: classes.is_subtype(lookup, narrow, wide))
    every = list(result.followed(lookup, wanted))
    if given is not None and varying is None and result.breaks(lookup, given, every):
        fitting = [type_ for type_ in (*returned, *of_own) if type_ is not None]
        if not above:  # what subclasses give must do for the class
            fitting = [type_ for type_ in fitting if accepts(lookup, type_, given)]
        given = next((type_ for type_ in fitting if not result.breaks(lookup, type_, every)), None)
    if not above and varying is None and not all(accepts(lookup, given, type_) for type_ in of_all):
        given = None  # others of the subclasses give something else
    if given == builtin("bool"):
        guards = set(types(_guarded))
        guarded = guards.pop() if len(guards) == 1 else None
        given = given if guarded is None else named("typing", "TypeGuard", guarded)
    path = agreeing[0][0].path
    itself = self_type(lookup, path, signature.returns) if path is not None else None
    if itself is None and is_itself:  # what a subclass gives of itself, the class gives of itself
        itself = _usual_self(lookup)
    returns = annotate(scope, given if itself is None else replaced(given, own, itself))
    carried = f"[{', '.join(scope.parameters.values())}]" if scope.parameters else ""
    is_async = _is_async(lookup, signature, returned[0], given, wanted, of_base=bool(above))
    if is_async is None:
        returns = None
    return Signature(tuple(parameters), returns, bool(is_async), carried)


def _is_async(
    lookup: Lookup,
    signature: Signature,
    declared: Type | None,
    given: Type | None,
    wanted: Sequence[Expected],
    *,
    of_base: bool,
) -> bool | None:
    """Whether the method is a coroutine; None where the others are, but the calls take it for something else."""
    if callers.gives_coroutine(lookup, wanted):
        # A coroutine is as good as anything, if the base does not say what it gives.
        if signature.is_async or of_base:
            return signature.is_async or given is None
        return all(use.is_async for use in wanted) and infer.awaited(lookup, given) is None
    if not signature.is_async:
        return False
    if functions.is_async_generator(declared):
        return False  # without a ``yield`` it gives one, as a function
    no_coroutine = any(callers.is_no_coroutine(lookup, use) for use in result.followed(lookup, wanted))
    return None if no_coroutine else True


def _type_parameter(lookup: Lookup, own: Type, holders: Sequence[Type], types: Sequence[Type | None]) -> Type | None:
    """The type parameter of the own class that its subclasses give for these types, if they differ so."""
    symbol = classes.symbol_of(lookup, own)
    if symbol is None or own.path is None:
        return None
    names = classes.parameter_names(lookup, own, symbol)
    above = [classes.as_base(lookup, holder, f"{own.module}.{own.name}") for holder in holders]
    for place, name in enumerate(names):
        given = [base.args[place] if base is not None and place < len(base.args) else None for base in above]
        known = [(type_, arg) for type_, arg in zip(types, given, strict=True) if type_ is not None]
        alike = {type_ for type_, arg in known if type_ == arg}
        if len(alike) > 1 and all(arg is not None and accepts(lookup, arg, t) for t, arg in known):
            home = Home(own.path, own, classes.class_parameters(lookup, own, symbol))
            return type_of_text(lookup, home, name)
    return None


def _generalised(
    lookup: Lookup, own: Type, definitions: Sequence[tuple[Type, Symbol]], pick: _Pick
) -> list[Type | None] | None:
    """Types of subclasses' methods by the own type parameters, where the subclasses say the same by these alone."""
    holders = [replace(holder, args=classes.own_parameters(lookup, holder)) for holder, _ in definitions]
    symbols = [symbol for _, symbol in definitions]
    found = [_of_own(lookup, holder, symbol, own, pick) for holder, symbol in zip(holders, symbols, strict=True)]
    out: list[Type | None] = []
    is_bound = len(set(found)) > 1
    for holder, type_ in zip(holders, found, strict=True):
        base = classes.as_base(lookup, holder, f"{own.module}.{own.name}")
        for parameter, given in zip(own.args, base.args if base is not None else (), strict=False):
            if parameter is not None and given is not None and given in parts(type_):
                type_ = replaced(type_, given, parameter)
                is_bound |= given.form is Form.VARIABLE
        out.append(type_)
    return out if is_bound and out and all(type_ == out[0] for type_ in out) else None


def _of_own(lookup: Lookup, holder: Type, symbol: Symbol, own: Type, pick: _Pick) -> Type | None:
    """A type of another class's method, as the own class says it: what ``self: T`` binds there is the own class."""
    if symbol.signature is None:
        return None
    receiver = classes.annotated(lookup, holder, symbol.signature.parameters[0].annotation, symbol, instance=own)
    type_ = classes.annotated(lookup, holder, pick(symbol.signature), symbol, instance=own)
    return substitute(type_, {variable.name: own for variable in variables(receiver)})


def _eased(listed: Sequence[Parameter], calls: Sequence[Use]) -> tuple[Parameter, ...]:
    """A base's parameters with defaults for those that calls leave out: an override may ask for less.

    So it may take by keyword, too, what is positional-only in the base.
    """
    left_out: set[str] = set()
    keywords: set[str] = set()
    for use in calls:
        arguments = use.arguments
        keywords |= {argument.keyword for argument in arguments}
        if not any(argument.star for argument in arguments):
            taken = [parameter_for(listed, arguments, index) for index in range(len(arguments))]
            left_out |= {each.name for each in listed if each.default is None and each not in taken}
    out: list[Parameter] = []
    by_keyword = False
    for each in listed:
        by_keyword = by_keyword or (each.kind == ParameterKind.POSITIONAL_ONLY and each.name in keywords)
        kind = max(each.kind, ParameterKind.POSITIONAL_OR_KEYWORD) if by_keyword else each.kind
        after_default = any(other.default for other in out) and each.kind <= ParameterKind.POSITIONAL_OR_KEYWORD
        is_eased = each.default is None and each.kind not in VARIADIC and (each.name in left_out or after_default)
        out.append(Parameter(each.name, kind, each.annotation, "None" if is_eased else each.default))
    return tuple(out)


def _groups(
    lookup: Lookup, found: Sequence[tuple[Type, Symbol]], scope: Scope, *, of_base: bool
) -> Iterator[list[tuple[Type, Symbol]]]:
    """Definitions that agree in their parameters, the largest group first; of subclasses, those that can be copied."""
    groups: dict[object, list[tuple[Type, Symbol]]] = {}
    for holder, symbol in found:
        shape = _shape(symbol)
        defaults = () if shape is None or of_base else shape[1]
        if not all(means_the_same(lookup, holder, default, scope) for _, _, default in defaults):
            shape = None
        groups.setdefault(shape, []).append((holder, symbol))
    signatures = [symbol.signature for _, symbol in found if symbol.signature is not None]

    def order(group: list[tuple[Type, Symbol]]) -> tuple[int, int]:
        """Those that most of the others suit come first, and then those that ask for the least."""
        own = group[0][1].signature
        if own is None:
            return 0, 0
        return -sum(suits(each.parameters[1:], own.parameters[1:]) for each in signatures), len(own.parameters)

    yield from sorted((group for shape, group in groups.items() if shape is not None), key=order)


def _guarded(signature: Signature) -> str | None:
    """What a predicate says that its argument is: the T of ``TypeGuard[T]``."""
    found = _GUARD.fullmatch((signature.returns or "").strip("'\""))
    return found.group(1) if found else None


def _returns(signature: Signature) -> str | None:
    return signature.returns


def _annotation_at(index: int, signature: Signature) -> str | None:
    return signature.parameters[index].annotation


def _passed(
    lookup: Lookup, calls: Sequence[Use], listed: Sequence[Parameter], parameter: Parameter
) -> Iterator[Type | None]:
    """The types of what calls pass for a parameter."""
    for use in calls:
        arguments = use.arguments
        for index, argument in enumerate(arguments):
            if not argument.star and parameter_for(listed, arguments, index) == parameter:
                yield infer.type_of(lookup, use.path, argument.node)


def _may_be_passed(lookup: Lookup, type_: Type | None, passed: Type | None) -> bool:
    if passed is None or passed == type_:
        return True
    bound = bound_of(lookup, passed)
    return bound is not None and accepts(lookup, type_, bound, widely=True)


def _usual_self(lookup: Lookup) -> Type | None:
    """``Self`` from where the workspace imports it."""
    modules = [item.module for _, item in lookup.project.importers("Self") if item.name == "Self"]
    return Type(Form.VARIABLE, "Self", modules[0]) if modules else None


def is_class_method(lookup: Lookup, target: Target) -> bool:
    """Whether bases or subclasses have it, and as a class method."""
    owner = target.qualname.rpartition(".")[0]
    found = (
        overridden.in_bases(lookup, target, owner)
        or list(overridden.in_subclasses(lookup, target, owner))
        or list(overridden.in_implementers(lookup, target, owner))
    )
    return bool(found) and all(classes.is_class_method(symbol) for _, symbol in found)


def _is_alike(target: Target, symbol: Symbol) -> bool:
    """Whether the target can be such a method."""
    if symbol.signature is None or classes.is_static(symbol) or classes.is_property(symbol):
        return False
    return classes.is_class_method(symbol) == (target.kind is TargetKind.CLASS_METHOD)


def _more(lookup: Lookup, target: Target, calls: Sequence[Use], listed: Sequence[Parameter]) -> list[Merged]:
    """What calls pass by keyword that the overridden method does not take: an override may, with defaults."""
    if any(parameter.kind == ParameterKind.VAR_KEYWORD for parameter in listed):
        return []
    known = {parameter.name for parameter in listed}
    passed = [
        [p for p in callers.passed_by(lookup, target, use) if p.keyword and p.keyword not in known] for use in calls
    ]
    return merge([*passed, []], lambda types: callers.unite(lookup, types))  # one call without any: all are optional


def _as_below(lookup: Lookup, target: Target, item: Merged, scope: Scope) -> Parameter | None:
    """A parameter beyond those of the base as the subclasses have it that override the target: it must suit them."""
    for holder, symbol in overridden.in_subclasses(lookup, target, target.qualname.rpartition(".")[0]):
        for each in symbol.signature.parameters if symbol.signature is not None else ():
            if each.name == item.name and each.default and means_the_same(lookup, holder, each.default, scope):
                written = annotate(scope, classes.annotated(lookup, holder, each.annotation, symbol))
                return Parameter(each.name, item.kind, written, each.default)
    return None


def _shape(symbol: Symbol) -> tuple[bool, tuple[tuple[str, ParameterKind, str | None], ...]] | None:
    """What must agree."""
    signature = symbol.signature
    if signature is None:
        return None
    return signature.is_async, tuple((p.name, p.kind, p.default) for p in signature.parameters)


def means_the_same(lookup: Lookup, holder: Type, text: str | None, scope: Scope) -> bool:
    """Whether a default of the holder's file is a constant, or a name that the definition's file has, too."""
    if text is None:
        return True
    default = parsed(text)
    if isinstance(default, ast.Constant) and default.value is ...:
        return holder.path is None or holder.path.suffix != ".pyi"  # in a stub, it is not said which it is
    if isinstance(default.operand if isinstance(default, ast.UnaryOp) else default, ast.Constant):
        return True
    name = dotted_name(default) if default is not None else None
    if name is None or holder.path is None:
        return False
    there, here = resolve(lookup, holder.path, name), resolve(lookup, scope.path, name)
    if there is None or here is None or (there.module, there.name) != (here.module, here.name):
        return False
    return here.path != scope.path or all(symbol.end <= scope.at for symbol in here.symbols)
