"""A method that is missing in a class but defined in its bases or subclasses: their signature, as the class writes it.

Overriding must stay compatible, so what a base says, or most subclasses agree on, says more than the calls. Where these
differ in parameters, do not take a call, or have defaults that mean nothing elsewhere, the calls decide after all.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from autogen_lsp.analysis import classes, functions
from autogen_lsp.analysis.annotation import parsed, self_type
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.render import Scope, annotate
from autogen_lsp.analysis.sites import Use
from autogen_lsp.analysis.types import Form, Type, union
from autogen_lsp.syntax.model import Parameter, Signature, Symbol, SymbolKind

_MAX_DEFINITIONS = 60


def signature_of(lookup: Lookup, target: Target, uses: Sequence[Use], scope: Scope) -> Signature | None:
    """The signature of the nearest base, or of most subclasses; None where there is none or they differ too much."""
    owner = target.qualname.rpartition(".")[0]
    if not owner or target.name.startswith("__"):
        return None
    found = _in_bases(lookup, target, owner) or list(_in_subclasses(lookup, target, owner))
    shapes = Counter(_shape(symbol) for _, symbol in found)
    shape, count = shapes.most_common(1)[0] if shapes else (None, 0)
    if shape is None or count * 2 <= len(found):
        return None
    agreeing = [(holder, symbol) for holder, symbol in found if _shape(symbol) == shape]
    signature = agreeing[0][1].signature
    if signature is None or not all(_may_stand(target, symbol, uses) for _, symbol in agreeing):
        return None
    own = Type(Form.INSTANCE, owner, lookup.module_name(target.path), path=target.path)

    def types(pick: Callable[[Signature], str | None]) -> list[Type | None]:
        return [
            classes.annotated(lookup, holder, pick(symbol.signature), symbol, instance=own)
            for holder, symbol in agreeing
            if symbol.signature is not None
        ]

    parameters: list[Parameter] = []
    for index, parameter in enumerate(signature.parameters):
        asked = types(partial(_annotation_at, index))
        type_ = asked[0] if all(other == asked[0] for other in asked) else None
        parameters.append(Parameter(parameter.name, parameter.kind, annotate(scope, type_), parameter.default))
    given = union(types(lambda other: other.returns), lambda narrow, wide: classes.is_subtype(lookup, narrow, wide))
    path = agreeing[0][0].path
    itself = self_type(lookup, path, signature.returns) if path is not None and given == own else None
    returns = annotate(scope, itself or given)
    carried = f"[{', '.join(scope.parameters.values())}]" if scope.parameters else ""
    return Signature(tuple(parameters), returns, signature.is_async, carried)


def _annotation_at(index: int, signature: Signature) -> str | None:
    return signature.parameters[index].annotation


def is_class_method(lookup: Lookup, target: Target) -> bool:
    """Whether bases or subclasses have it, and as a class method."""
    owner = target.qualname.rpartition(".")[0]
    found = _in_bases(lookup, target, owner) or list(_in_subclasses(lookup, target, owner))
    return bool(found) and all(classes.is_class_method(symbol) for _, symbol in found)


def _may_stand(target: Target, symbol: Symbol, uses: Sequence[Use]) -> bool:
    """Whether the target can be such a method, and takes all its calls."""
    if symbol.signature is None or classes.is_static(symbol) or classes.is_property(symbol):
        return False
    if classes.is_class_method(symbol) != (target.kind is TargetKind.CLASS_METHOD):
        return False
    calls = [use for use in uses if use.is_call and (not use.through_class or classes.is_class_method(symbol))]
    listed = symbol.signature.parameters[1:]
    return all(functions.takes(listed, functions.arguments_of(use.expression)) for use in calls)


def _in_bases(lookup: Lookup, target: Target, owner: str) -> list[tuple[Type, Symbol]]:
    """The method that the definition will override, if there is one."""
    instance = Type(Form.INSTANCE, owner, lookup.module_name(target.path), path=target.path)
    for base in list(classes.mro(lookup, instance))[1:]:
        symbols = lookup.symbols(base.path, f"{base.name}.{target.name}") if base.path is not None else []
        if symbols:
            plain = len(symbols) == 1 and symbols[0].kind == SymbolKind.FUNCTION and symbols[0].signature is not None
            return [(base, symbols[0])] if plain else []
    return []


def _in_subclasses(lookup: Lookup, target: Target, owner: str) -> Iterator[tuple[Type, Symbol]]:
    for path, symbol in lookup.project.definitions(target.name)[:_MAX_DEFINITIONS]:
        if symbol.kind != SymbolKind.FUNCTION or symbol.signature is None or "." not in symbol.qualname:
            continue
        subclass = Type(Form.INSTANCE, symbol.parent, lookup.module_name(path), path=path)
        if any((base.name, base.path) == (owner, target.path) for base in list(classes.mro(lookup, subclass))[1:]):
            yield subclass, symbol


def _shape(symbol: Symbol) -> tuple[object, ...] | None:
    """What must agree; None where a default cannot be written elsewhere."""
    signature = symbol.signature
    if signature is None:
        return None
    defaults = [parsed(p.default) for p in signature.parameters if p.default is not None]
    if not all(isinstance(default, ast.Constant) for default in defaults):
        return None
    return (signature.is_async, tuple((p.name, p.kind, p.default) for p in signature.parameters))
