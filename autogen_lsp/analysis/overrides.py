"""A method that is missing in a class but defined in its bases or subclasses: their signature, as the class writes it.

Overriding must stay compatible, so what a base says, or the subclasses agree on, says more than the calls. Where these
differ in parameters, do not take a call, or have defaults that mean nothing elsewhere, the calls decide after all.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from autogen_lsp.analysis import classes, functions
from autogen_lsp.analysis.annotation import parsed
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.render import Scope, annotate
from autogen_lsp.analysis.sites import Use
from autogen_lsp.analysis.types import Form, Type
from autogen_lsp.syntax.model import Parameter, Signature, Symbol, SymbolKind

_MAX_DEFINITIONS = 60


def signature_of(lookup: Lookup, target: Target, uses: Sequence[Use], scope: Scope) -> Signature | None:
    """The signature of the nearest base, or that all subclasses share; None where there is none or they differ."""
    owner = target.qualname.rpartition(".")[0]
    if not owner or target.name.startswith("__"):
        return None
    found = _in_bases(lookup, target, owner) or list(_in_subclasses(lookup, target, owner))
    if not found:
        return None
    holder, symbol = found[0]
    shapes = {_shape(other) for _, other in found}
    if len(shapes) > 1 or None in shapes or symbol.signature is None:
        return None
    if classes.is_static(symbol) or classes.is_property(symbol):
        return None
    if classes.is_class_method(symbol) != (target.kind is TargetKind.CLASS_METHOD):
        return None
    bound = [use for use in uses if use.is_call and (not use.through_class or classes.is_class_method(symbol))]
    listed = symbol.signature.parameters[1:]
    if not all(functions.takes(listed, functions.arguments_of(use.expression)) for use in bound):
        return None
    own = Type(Form.INSTANCE, owner, lookup.module_name(target.path), path=target.path)

    def type_of(text: str | None) -> Type | None:
        return classes.annotated(lookup, holder, text, symbol, instance=own)

    parameters = tuple(
        Parameter(p.name, p.kind, annotate(scope, type_of(p.annotation)), p.default)
        for p in symbol.signature.parameters
    )
    returns = annotate(scope, type_of(symbol.signature.returns))
    carried = f"[{', '.join(scope.parameters.values())}]" if scope.parameters else ""
    return Signature(parameters, returns, symbol.signature.is_async, carried)


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
