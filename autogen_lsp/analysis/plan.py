"""A target into its plan: everything about the new definition but its body (docs/create-from-usage.md).

Uses of the whole workspace are gathered (`sites`), their arguments merged (`signature`) and their expectations of the
result (`expected`), types written as annotations of the target's file (`render`). The skeleton is valid Python and
raises NotImplementedError. Reads only; never raises on user code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import (
    annotation,
    bindings,
    classes,
    expected,
    functions,
    infer,
    locate,
    naming,
    nodes,
    overrides,
    result,
)
from autogen_lsp.analysis.annotation import self_type
from autogen_lsp.analysis.expected import Demand, Expected, Role
from autogen_lsp.analysis.model import NeededImport, Placement, Plan, Site, Target, TargetKind
from autogen_lsp.analysis.names import Lookup, resolve
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.render import Scope, annotate, annotate_any
from autogen_lsp.analysis.signature import Merged, Passed, merge
from autogen_lsp.analysis.sites import Use, receiver_of, told_apart, uses_of
from autogen_lsp.analysis.skeleton import class_text, function_text, stub_text
from autogen_lsp.analysis.targets import first_is_instance, is_class_name
from autogen_lsp.analysis.titles import title_of
from autogen_lsp.analysis.types import (
    NONE,
    Form,
    Type,
    callable_of,
    optional,
    substitute,
    union,
    variables,
    without_none,
)
from autogen_lsp.syntax.model import Parameter, Signature
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source


def make(project: Project, target: Target) -> Plan:
    """The plan for a target, as of the project's snapshot."""
    lookup = Lookup(project)
    place = locate.placement(project, target) or Placement(Span(0, 0))
    title = title_of(project, target)
    if target.kind is TargetKind.STUB:
        return _of_stub(lookup, target, place, title)
    if target.kind is TargetKind.MODULE:
        return _of_module(lookup, target, place, title)
    uses, unsure = told_apart(lookup, target)
    if target.kind is TargetKind.METHOD and (
        any(_on_the_class(lookup, target, use) for use in uses) or overrides.is_class_method(lookup, target)
    ):
        target = replace(target, kind=TargetKind.CLASS_METHOD)  # which instances can call too
    scope = _scope(lookup, target, place)
    sites = tuple(Site(use.path, nodes.span_of(use.name), nodes.span_of(use.expression)) for use in uses)
    if target.kind is TargetKind.ATTRIBUTE:
        text = _attribute(lookup, target, uses, scope)
        return Plan(target, None, text, place, tuple(scope.needed), sites, title)
    wanted = [expected.at(lookup, use.path, use.expression) for use in uses]
    if target.kind is TargetKind.CLASS:
        text = _class(lookup, target, uses, wanted, scope)
        return Plan(target, None, text, place, tuple(scope.needed), sites, title)
    signature = overrides.signature_of(lookup, target, uses, scope)
    if signature is None:
        signature = _signature(lookup, target, uses, unsure, wanted, scope)
    decorators = ("classmethod",) if target.kind is TargetKind.CLASS_METHOD else ()
    text = function_text(target.name, signature, decorators, width=len(place.indent))
    return Plan(target, signature, text, place, tuple(scope.needed), sites, title_of(project, target))


def _scope(lookup: Lookup, target: Target, place: Placement) -> Scope:
    owner = target.qualname.rpartition(".")[0]
    scope = Scope(lookup, target.path, place.span.start, owner)
    if owner:
        instance = Type(Form.INSTANCE, owner, lookup.module_name(target.path), path=target.path)
        symbol = classes.symbol_of(lookup, instance)
        if symbol is not None:
            scope.declared = frozenset(classes.class_parameters(lookup, instance, symbol))
    return scope


def _signature(
    lookup: Lookup,
    target: Target,
    uses: Sequence[Use],
    unsure: Sequence[Use],
    wanted: Sequence[Expected],
    scope: Scope,
) -> Signature:
    decorating = _decorator(wanted)
    owner = target.qualname.rpartition(".")[0]
    first: tuple[Parameter, ...] = ()
    if owner:
        first = (Parameter("cls" if target.kind is TargetKind.CLASS_METHOD else "self"),)
    calls = [_passed(lookup, target, use) for use in uses if use.is_call]
    if decorating is not None and decorating.is_bare:
        calls.insert(0, [Passed(decorating.takes, decorating.name)])
    handed = [_callback(lookup, w) for u, w in zip(uses, wanted, strict=True) if not u.is_call and _is_handed_on(w)]
    calls += [[Passed(type_) for type_ in each.args[:-1]] for each in handed if each is not None]
    merged = merge(calls, lambda types: _unite(lookup, types), [p.name for p in first])
    if decorating is not None and decorating.is_bare:
        merged[0] = replace(merged[0], type=optional(decorating.takes) if merged[0].default else decorating.takes)
    if None in handed:  # somebody may call it with anything
        merged = [replace(item, type=None) for item in merged]
    parameters = first + tuple(_parameter(scope, item) for item in merged)
    returns, is_async = _returned(lookup, [w for u, w in zip(uses, wanted, strict=True) if u.is_call], handed, unsure)
    if decorating is not None:
        returns = decorating.gives
    elif target.name == "__init__":
        returns, is_async = NONE, False
    elif any(not u.is_call and _says_otherwise(w) for u, w in zip(uses, wanted, strict=True)):
        returns = None
    returns = _self_type(lookup, target, uses, returns) or _without_loose(lookup, target, returns, merged)
    written = annotate(scope, returns)
    of_class = decorating is not None and decorating.takes is None
    if written is None and not owner and not of_class and _is_annotated(lookup, target):
        # A function that only raises never returns, say type checkers, unless it says otherwise.
        written = annotate_any(scope)
    carried = f"[{', '.join(scope.parameters.values())}]" if scope.parameters else ""
    return Signature(parameters, written, is_async, carried)


def _self_type(lookup: Lookup, target: Target, uses: Sequence[Use], returns: Type | None) -> Type | None:
    """``Self``, where a method that gives it returns the target's result: its own class would be too little."""
    if returns is None or (returns.name, returns.path) != (target.qualname.rpartition(".")[0], target.path):
        return None
    for use in uses:
        statement = nodes.wrapped(use.expression).parent
        function = nodes.enclosing(use.expression, frozenset({nodes.FUNCTION}))
        if statement is None or statement.type != "return_statement" or function is None:
            continue
        found = self_type(lookup, use.path, nodes.text_of(function.child_by_field_name("return_type")))
        if found is not None and receiver_of(use.name) is not None:
            return found
    return None


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


def _decorator(wanted: Sequence[Expected]) -> _Decorating | None:
    """Row 42: how the uses decorate, None where they do not. On classes nothing is annotated, so that types stay.

    Where it is used both ways, or called as well, what it gives depends on how.
    """
    roles = {use.role for use in wanted}
    if not roles & {Role.DECORATOR, Role.FACTORY}:
        return None
    bare = Role.DECORATOR in roles
    if any(use.decorates_class for use in wanted):
        return _Decorating("cls", None, None, bare)
    decorated = callable_of(None, None)
    gives = decorated if bare else callable_of([decorated], decorated)
    return _Decorating("func", decorated, gives if len(roles) == 1 else None, bare)


def _passed(lookup: Lookup, target: Target, use: Use) -> list[Passed]:
    """The arguments of one call; the instance of ``C.m(instance)`` left out."""
    arguments = functions.arguments_of(use.expression)
    if use.through_class and target.kind is TargetKind.METHOD and not _on_the_class(lookup, target, use):
        arguments = arguments[1:]
    out: list[Passed] = []
    for argument in arguments:
        type_ = infer.as_callable(lookup, infer.type_of(lookup, use.path, argument.node))
        type_ = type_ or _of_missing(lookup, use, argument.node)
        if argument.star == "*":
            type_ = infer.element_of(lookup, type_)
        elif argument.star == "**":
            type_ = infer.mapping_of(lookup, type_)[1]
        literal = nodes.text_of(argument.node) if argument.node.type in ("true", "false") else ""
        hint = naming.name_of(argument.node)
        derived = nodes.unwrapped(argument.node).type not in ("identifier", "attribute")
        if hint == "self" or (hint == "cls" and target.kind is TargetKind.CLASS_METHOD):
            # Passed on, it is an object like any other.
            instance = type_.args[0] if type_ is not None and type_.form is Form.CLASS else type_
            hint = naming.clean(instance.name) if instance is not None and instance.form is Form.INSTANCE else None
            derived = True
        out.append(Passed(type_, hint, argument.keyword, argument.star, literal, derived))
    return out


def _says_otherwise(use: Expected) -> bool:
    """Whether a use without a call makes more of the function than a function."""
    return use.role is not Role.VALUE or use.demand is Demand.ATTRIBUTE


def _is_handed_on(use: Expected) -> bool:
    return use.role is Role.VALUE and use.demand in (Demand.TYPE, Demand.UNKNOWN)


def _callback(lookup: Lookup, use: Expected) -> Type | None:
    """What those call that the function is handed to as a value, None where that cannot be told."""
    wanted = without_none(annotation.expanded(lookup, use.type))
    if wanted is not None and wanted.form is Form.INSTANCE and classes.is_protocol(lookup, wanted):
        wanted = infer.as_callable(lookup, infer.attribute_of(lookup, wanted, "__call__"))
    return wanted if wanted is not None and wanted.form is Form.CALLABLE and not wanted.variadic else None


def _returned(
    lookup: Lookup, of_calls: Sequence[Expected], handed: Sequence[Type | None], unsure: Sequence[Use]
) -> tuple[Type | None, bool]:
    """The return type that suits the calls and those that it is handed on to, and whether it is a coroutine's."""
    returns, nothing = result.merge(lookup, of_calls)
    if nothing and any(expected.at(lookup, u.path, u.expression).role is not Role.IGNORED for u in unsure):
        returns = None  # somebody may look at it after all
    asked = [each.args[-1] if each is not None else None for each in handed]
    asked = [type_ for type_ in asked if type_ is None or not type_.is_a("object")]
    coroutines = [infer.awaited(lookup, type_) for type_ in asked]
    is_async = any(use.is_async for use in of_calls) or (bool(asked) and None not in coroutines)
    if is_async:
        asked = coroutines
    if asked and (nothing or not of_calls):
        returns = asked[0] if all(type_ == asked[0] for type_ in asked) else None
    elif any(type_ is None or not functions.accepts(lookup, type_, returns) for type_ in asked):
        returns = None
    return returns, is_async


def _of_missing(lookup: Lookup, use: Use, argument: Node) -> Type | None:
    """The type of an argument that is itself the result of something missing: what its own uses ask of it."""
    call = argument.named_children[0] if argument.type == "await" and argument.named_child_count else argument
    function = call.child_by_field_name("function") if call.type == "call" else None
    if function is None or function.type != "identifier" or bindings.reaching(function) is not None:
        return None
    name = nodes.text_of(function)
    if resolve(lookup, use.path, name) is not None:
        return None
    missing = Target(use.path, name, TargetKind.FUNCTION, use.path, nodes.span_of(function))
    wanted = [expected.at(lookup, other.path, other.expression) for other in uses_of(lookup, missing)]
    if any(other.is_async for other in wanted) and argument.type != "await":
        return None
    type_, nothing = result.merge(lookup, wanted)
    return None if nothing else type_


def _on_the_class(lookup: Lookup, target: Target, use: Use) -> bool:
    """Whether a use calls the member on the class itself, with no instance as first argument (row 9)."""
    if not use.through_class or not use.is_call or target.name.startswith("__"):
        return False
    owner = target.qualname.rpartition(".")[0]
    return not first_is_instance(lookup, use.path, use.expression, owner, target.path)


def _is_annotated(lookup: Lookup, target: Target) -> bool:
    """Whether the target's file has type annotations at all."""
    facts = lookup.facts(target.path)
    signatures = [symbol.signature for symbol in facts.symbols if symbol.signature is not None] if facts else []
    return any(s.returns or any(p.annotation for p in s.parameters) for s in signatures)


def _parameter(scope: Scope, item: Merged) -> Parameter:
    return Parameter(item.name, item.kind, annotate(scope, item.type), item.default)


def _unite(lookup: Lookup, types: Iterable[Type | None]) -> Type | None:
    return union(types, lambda narrow, wide: classes.is_subtype(lookup, narrow, wide))


def _class(lookup: Lookup, target: Target, uses: Sequence[Use], wanted: Sequence[Expected], scope: Scope) -> str:
    """A class: an exception where it is raised, caught or named so; ``__init__`` where its calls pass arguments."""
    raised = any(use.role is Role.EXCEPTION for use in wanted)
    is_error = raised or target.name.endswith(("Error", "Exception"))
    calls = [_passed(lookup, target, use) for use in uses if use.is_call]
    if is_error and not any(passed.keyword or passed.star for call in calls for passed in call):
        return class_text(target.name, ("Exception",), None)
    merged = merge(calls, lambda types: _unite(lookup, types), ["self"])
    bases = ("Exception",) if is_error else ()
    if not merged:
        return class_text(target.name, bases, None)
    parameters = (Parameter("self"), *(_parameter(scope, item) for item in merged))
    return class_text(target.name, bases, Signature(parameters, "None"))


def _attribute(lookup: Lookup, target: Target, uses: Sequence[Use], scope: Scope) -> str:
    """``name: T = …`` for the place that it goes to (row 13)."""
    types = [expected.at(lookup, use.path, use.expression).type for use in uses]
    known = [type_ for type_ in types if type_ is not None and type_ != NONE]
    type_ = _unite(lookup, known) if known else None
    owner = target.qualname.rpartition(".")[0]
    source = lookup.source(target.path)
    definition = nodes.find_definition(source.tree, owner) if source is not None and owner else None
    annotation = annotate(scope, optional(type_))
    if source is not None and definition is not None and locate.in_initializer(source, definition):
        return f"self.{target.name}{f': {annotation}' if annotation else ''} = None\n"
    if annotation is None and definition is not None and locate.has_fields(definition):
        scope.needed.append(NeededImport("typing", "Any"))
        annotation = "Any"
    return f"{target.name}{f': {annotation}' if annotation else ''} = None\n"


def _of_stub(lookup: Lookup, target: Target, place: Placement, title: str) -> Plan:
    source = lookup.source(target.path)
    symbols = lookup.symbols(target.path, target.qualname)
    definition = nodes.find_definition(source.tree, target.qualname) if source is not None else None
    if source is None or definition is None:
        return Plan(target, None, "", place, title=title)
    start = definition.child_by_field_name("name")
    symbol = next((s for s in symbols if start is not None and s.name_start == start.start_byte), None)
    uses = uses_of(lookup, target)
    sites = tuple(Site(use.path, nodes.span_of(use.name), nodes.span_of(use.expression)) for use in uses)
    signature = symbol.signature if symbol is not None else None
    return Plan(target, signature, stub_text(source, definition), place, (), sites, title)


def _of_module(lookup: Lookup, target: Target, place: Placement, title: str) -> Plan:
    """A new module with everything that is imported from it, or called on it."""
    project = lookup.project
    wanted: dict[str, Target] = {}
    module = _module_of(lookup, target)
    for path, item in project.importers(module.rpartition(".")[2]):
        source = project.resolve_module(item.module, item.level, path).name
        used: list[tuple[str, Span]] = []
        if source == module and item.name is None:
            used = _called_on(project, path, item.asname or item.module)
        elif source == module and item.name is not None and item.name != "*":
            used = [(item.name, Span(item.start, item.end))]
        elif f"{source}.{item.name}" == module:
            used = _called_on(project, path, item.bound)
        for name, span in used:
            kind = TargetKind.CLASS if is_class_name(name) else TargetKind.FUNCTION
            kind = TargetKind.ATTRIBUTE if name.isupper() else kind
            wanted.setdefault(name, Target(target.path, name, kind, path, span))
    classes_first = sorted(wanted.values(), key=lambda each: _ORDER.index(each.kind))
    plans: list[Plan] = []
    text = ""
    for each in classes_first:
        # What is there already is seen by what follows, so that types agree.
        made = make(project.supposing({target.path: Source(target.path, text.encode())}), each)
        plans.append(made)
        both_variables = plans[-2:-1] and plans[-2].target.kind is each.kind is TargetKind.ATTRIBUTE
        text += ("" if not text or both_variables else "\n\n") + made.skeleton
    needed = tuple(dict.fromkeys(item for plan in plans for item in plan.imports))
    sites = tuple(site for plan in plans for site in plan.sites)
    return Plan(target, None, text, replace(place, creates_file=True), needed, sites, title)


def _called_on(project: Project, path: Path, receiver: str) -> list[tuple[str, Span]]:
    facts = project.facts(path)
    return [(c.name, Span(c.start, c.end)) for c in facts.calls if c.receiver == receiver] if facts else []


_ORDER = (TargetKind.ATTRIBUTE, TargetKind.CLASS, TargetKind.FUNCTION)


def _module_of(lookup: Lookup, target: Target) -> str:
    """The dotted name of a module that does not exist yet."""
    parent = target.path.parent if target.path.stem != "__init__" else target.path.parent.parent
    name = target.path.stem if target.path.stem != "__init__" else target.path.parent.name
    package = lookup.project.module_name(parent / "__init__.py")
    return lookup.project.module_name(target.path) or (f"{package}.{name}" if package else name)
