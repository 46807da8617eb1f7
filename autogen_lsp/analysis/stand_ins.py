"""A function that a protocol asks of its module (PEP 544): where the module has all else, it stands in for an object.

The protocol's method without ``self`` is then the function's signature, as long as that takes the calls by name, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autogen_lsp.analysis import classes, overrides, result
from autogen_lsp.analysis.arguments import takes
from autogen_lsp.analysis.expectation import Expected
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.render import Scope, annotate
from autogen_lsp.analysis.sites import Use
from autogen_lsp.analysis.types import Form, Type, optional
from autogen_lsp.syntax.model import Parameter, Signature, Symbol, SymbolKind

_MAX_DEFINITIONS = 60


def signature_of(
    lookup: Lookup, target: Target, uses: Sequence[Use], wanted: Sequence[Expected], scope: Scope
) -> Signature | None:
    """The signature of the function as a protocol has it; None where none asks for one that takes the calls."""
    if "." in target.qualname or target.kind is not TargetKind.FUNCTION:
        return None
    calls = [use.arguments for use in uses if use.is_call]
    for protocol, symbol in _asked(lookup, target):
        listed = symbol.signature.parameters[1:] if symbol.signature is not None else ()
        if symbol.signature is None or not all(takes(listed, each) for each in calls):
            continue
        gives = classes.annotated(lookup, protocol, symbol.signature.returns, symbol)
        if gives is not None and result.breaks(lookup, gives, list(result.followed(lookup, wanted))):
            gives = None
        parameters = tuple(_as_written(lookup, protocol, symbol, each, scope) for each in listed)
        return Signature(parameters, annotate(scope, gives), symbol.signature.is_async)
    return None


def _as_written(lookup: Lookup, protocol: Type, symbol: Symbol, parameter: Parameter, scope: Scope) -> Parameter:
    type_ = classes.annotated(lookup, protocol, parameter.annotation, symbol)
    if overrides.means_the_same(lookup, protocol, parameter.default, scope):
        return Parameter(parameter.name, parameter.kind, annotate(scope, type_), parameter.default)
    return Parameter(parameter.name, parameter.kind, annotate(scope, optional(type_)), "None")


def _asked(lookup: Lookup, target: Target) -> Iterator[tuple[Type, Symbol]]:
    """Protocols with a method of that name, all other members of which the module has, and at least one."""
    for path, symbol in lookup.project.definitions(target.name)[:_MAX_DEFINITIONS]:
        if symbol.kind != SymbolKind.FUNCTION or "." not in symbol.qualname or classes.is_property(symbol):
            continue
        protocol = Type(Form.INSTANCE, symbol.parent, lookup.module_name(path), path=path)
        if not classes.is_protocol(lookup, protocol) or not symbol.signature or not symbol.signature.parameters:
            continue
        others = classes.members_asked(lookup, protocol, but=target.name)
        if others and all(lookup.symbols(target.path, name) or name in lookup.imports(target.path) for name in others):
            yield protocol, symbol
