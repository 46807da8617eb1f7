"""A missing class as its uses make it: its bases, type parameters, constructor, and what its bases leave to subclasses.

It is an exception where it is raised, caught or named so, a metaclass where it is used as one. Where its instances, or
the class itself, go to what is declared as a class, it derives from that (`shapes: list[Shape] = [Circle(1)]`), and has
the abstract methods that this asks for: else neither type checkers nor Python would take it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import callers, classes, functions, infer, nodes, overrides, result
from autogen_lsp.analysis.annotation import expanded
from autogen_lsp.analysis.arguments import Argument, parameter_for, takes
from autogen_lsp.analysis.assignable import accepts
from autogen_lsp.analysis.expectation import Demand, Expected, Role
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.render import Scope, annotate, base_text
from autogen_lsp.analysis.signature import merge
from autogen_lsp.analysis.sites import Use, is_metaclass
from autogen_lsp.analysis.skeleton import class_text, function_text
from autogen_lsp.analysis.types import NONE, Form, Type, members
from autogen_lsp.syntax.model import Parameter, Signature, Symbol, SymbolKind
from autogen_lsp.workspace.source import Source

_MAX_BASES = 2
_MAX_ABSTRACT = 12  # methods that a base leaves to its subclasses; nobody meant a new class to have more at once


def text_of(lookup: Lookup, target: Target, uses: Sequence[Use], wanted: Sequence[Expected], scope: Scope) -> str:
    """The class's source text, unindented; what it needs is added to the scope."""
    raised = any(use.role is Role.EXCEPTION for use in wanted)
    is_error = raised or target.name.endswith(("Error", "Exception"))
    before, name, generic = _type_parameters(lookup, target, uses, scope)
    derived = _derived(lookup, target, wanted, scope)
    kind = ("type",) if any(is_metaclass(use.expression) for use in uses) else ()
    if is_error and not any(_is_exception(lookup, each) for each in derived.bases):
        kind = ("Exception",)
    bases = (*derived.written, *kind, *generic)
    calls = [callers.passed_by(lookup, target, use) for use in uses if use.is_call]
    if derived.bases:
        inherits = all(_takes(lookup, derived.bases[0], use) for use in uses if use.is_call)
    else:
        inherits = is_error and not any(passed.keyword or passed.star for call in calls for passed in call)
    merged = [] if inherits else merge(calls, lambda types: callers.unite(lookup, types), ["self"])
    parameters = (Parameter("self"), *(callers.parameter_of(scope, item) for item in merged))
    constructor = Signature(parameters, "None") if merged else None
    return before + class_text(name, bases, constructor, derived.methods)


@dataclass(frozen=True, slots=True)
class _Derived:
    """Which classes a new one derives from, how it names them, and the texts of the methods that they ask for."""

    bases: list[Type] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)


def _derived(lookup: Lookup, target: Target, wanted: Sequence[Expected], scope: Scope) -> _Derived:
    asked = [type_ for use in result.followed(lookup, wanted) if (type_ := _asked(lookup, use)) is not None]
    shapes = [each for each in dict.fromkeys(asked) if classes.is_protocol(lookup, each)]
    others = [each for each in dict.fromkeys(asked) if each not in shapes]
    lowest = [each for each in others if not any(o != each and classes.is_subclass(lookup, o, each) for o in others)]
    out = _Derived()
    for base in lowest if len(lowest) <= _MAX_BASES else ():
        tried = replace(scope, needed=list(scope.needed))
        written = base_text(tried, base)
        methods = _abstract(lookup, target, base, written, tried) if written is not None else [None]
        if written is not None and None not in methods:
            out.bases.append(base)
            out.written.append(written)
            out.methods.extend(method for method in methods if method is not None and method not in out.methods)
            scope.needed[:] = tried.needed
    for shape in shapes:
        named = replace(scope, needed=list(scope.needed))
        written = base_text(named, shape)
        within = replace(scope, needed=list(named.needed))
        for method in _abstract(lookup, target, shape, written, within) if written is not None else ():
            out.methods.extend([method] if method is not None and method not in out.methods else [])
        scope.needed += [item for item in within.needed if item not in (*scope.needed, *named.needed)]
    return out


def _asked(lookup: Lookup, use: Expected) -> Type | None:
    """The class that a use asks for, as a type of its instances: to derive from, or a protocol of the workspace.

    None where it asks for none such; of a union for the only one.
    """
    type_ = expanded(lookup, use.type) if use.strong and use.demand is Demand.TYPE else None
    every = [member for member in members(type_) if member is not None and member != NONE]
    if len(every) > 1:
        every = [member for member in every if not callers.is_final(member) or member.form is Form.CLASS]
    found = [each for member in every if (each := _derivable(lookup, member)) is not None]
    return found[0] if len(found) == 1 else None


def _derivable(lookup: Lookup, type_: Type) -> Type | None:
    instance = type_.args[0] if type_.form is Form.CLASS else type_
    if instance is None or instance.form is not Form.INSTANCE or instance.is_a("object", "type"):
        return None
    symbol = classes.symbol_of(lookup, instance)
    if symbol is None or any(text.rpartition(".")[2] == "final" for text in symbol.decorators):
        return None
    if classes.is_protocol(lookup, instance):
        return instance if instance.path is not None and lookup.project.is_ours(instance.path) else None
    is_closed = classes.is_enum(lookup, instance) or classes.as_tuple(lookup, instance) is not None
    return None if is_closed or classes.is_typed_dict(lookup, instance) else instance


def _is_exception(lookup: Lookup, type_: Type) -> bool:
    return classes.as_base(lookup, type_, "BaseException") is not None


def _takes(lookup: Lookup, base: Type, use: Use) -> bool:
    """Whether the constructor of a base takes a call."""
    function = functions.constructor(lookup, base)
    arguments = use.arguments
    for symbol in functions.symbols_of(lookup, function) if function is not None else ():
        listed = functions.seen_by(symbol, bound=True)
        if takes(listed, arguments) and all(
            _may_be(lookup, function, symbol, parameter_for(listed, arguments, at), use.path, argument)
            for at, argument in enumerate(arguments)
        ):
            return True
    return function is None and not arguments


def _may_be(
    lookup: Lookup, function: Type | None, symbol: Symbol, parameter: Parameter | None, path: Path, given: Argument
) -> bool:
    if function is None or parameter is None or given.star:
        return True
    asked = functions.settled(functions.written(lookup, function, symbol, parameter.annotation))
    return accepts(lookup, asked, infer.type_of(lookup, path, given.node))


def _abstract(lookup: Lookup, target: Target, base: Type, written: str, scope: Scope) -> list[str | None]:
    """The texts of the methods that a base leaves to what derives from it, None for one of which no signature is known.

    What names the base, and the signatures, is added to the scope.
    """
    missing = _left_to_subclasses(lookup, base)
    if not missing or len(missing) > _MAX_ABSTRACT:
        return [None] * len(missing)
    source = lookup.source(target.path)
    imports = "".join(f"from {each.module} import {each.name}\n" for each in scope.needed if each.name)
    derived = f"\n\n{imports}class {target.name}({written}):\n    pass\n"
    text = (source.text if source is not None else b"") + derived.encode()
    inner = Lookup(lookup.project.supposing({target.path: Source(target.path, text)}))
    within = Scope(inner, target.path, scope.at, target.name)
    methods = [_method(inner, target, holder, symbol, within) for holder, symbol in missing]
    scope.needed += [item for item in within.needed if item not in scope.needed]
    return methods


def _left_to_subclasses(lookup: Lookup, base: Type) -> list[tuple[Type, Symbol]]:
    """The abstract methods and properties of a class, or all of a protocol, each with the class that says so."""
    shape = classes.is_protocol(lookup, base)
    seen: set[str] = set()
    out: list[tuple[Type, Symbol]] = []
    for holder in classes.mro(lookup, base):
        facts = lookup.facts(holder.path) if holder.path is not None else None
        symbols = [symbol for symbol in facts.symbols if symbol.parent == holder.name] if facts is not None else []
        asks_all = shape and classes.is_protocol(lookup, holder)
        for symbol in symbols:
            is_first = symbol.name not in seen and symbol.kind == SymbolKind.FUNCTION
            if is_first and (asks_all or any("abstract" in text for text in symbol.decorators)):
                out.append((holder, symbol))
        seen |= {symbol.name for symbol in symbols}
    return out


def _method(lookup: Lookup, target: Target, holder: Type, symbol: Symbol, scope: Scope) -> str | None:
    if symbol.signature is None:
        return None
    itself = Type(Form.INSTANCE, target.name, lookup.module_name(target.path), path=target.path)

    def written(text: str | None) -> str | None:
        return annotate(scope, classes.annotated(lookup, holder, text, symbol, instance=itself))

    listed, returns = symbol.signature.parameters, symbol.signature.returns
    if classes.is_property(symbol):
        plain = Signature((Parameter("self"),), written(returns))
        return function_text(symbol.name, plain, ("property",), width=4)
    if classes.is_static(symbol):
        if not all(overrides.means_the_same(lookup, holder, each.default, scope) for each in listed):
            return None
        parameters = tuple(Parameter(p.name, p.kind, written(p.annotation), p.default) for p in listed)
        same = Signature(parameters, written(returns), symbol.signature.is_async)
        return function_text(symbol.name, same, ("staticmethod",), width=4)
    of_class = classes.is_class_method(symbol)
    kind = TargetKind.CLASS_METHOD if of_class else TargetKind.METHOD
    asked = Target(target.path, f"{target.name}.{symbol.name}", kind, target.origin, target.origin_span)
    signature = overrides.signature_of(lookup, asked, (), (), scope)
    if signature is None:
        return None
    return function_text(symbol.name, signature, ("classmethod",) if of_class else (), width=4)


def _type_parameters(
    lookup: Lookup, target: Target, uses: Sequence[Use], scope: Scope
) -> tuple[str, str, tuple[str, ...]]:
    """How a class that a use subscripts is generic: what stands before it, its name as its head has it, and its base.

    With type parameters (PEP 695) where they are known to work, else with type variables, which the file may have.
    """
    given: list[Node] = []
    for use in uses:
        outer = use.expression.parent
        if outer is not None and outer.type == "subscript" and nodes.same(outer.child_by_field_name("value"), use.name):
            given = given or outer.children_by_field_name("subscript")
    if not given:
        return "", target.name, ()
    names = [nodes.text_of(node) for node in given]
    made = all(_is_type_variable(lookup, target.path, name, scope.at) for name in names)
    if not made and not all(name.isidentifier() and name.isupper() for name in names):
        names = ["T"] if len(names) == 1 else [f"T{position}" for position in range(1, len(names) + 1)]
    if scope.type_parameters and not made:
        return "", f"{target.name}[{', '.join(names)}]", ()
    base = annotate(scope, Type(Form.INSTANCE, "Generic", "typing"))
    missing = [name for name in names if not _is_type_variable(lookup, target.path, name, scope.at)]
    maker = annotate(scope, Type(Form.INSTANCE, "TypeVar", "typing")) if missing else ""
    if base is None or maker is None:
        return "", target.name, ()
    before = "".join(f'{name} = {maker}("{name}")\n' for name in missing)
    return f"{before}\n\n" if before else "", target.name, (f"{base}[{', '.join(names)}]",)


def _is_type_variable(lookup: Lookup, path: Path, name: str, at: int) -> bool:
    """Whether the file has a type variable of that name before the place."""
    return any("TypeVar(" in (symbol.value or "") and symbol.end <= at for symbol in lookup.symbols(path, name))
