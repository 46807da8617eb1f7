"""A target into its plan: everything about the new definition but its body (docs/create-from-usage.md).

Uses of the whole workspace are gathered (`sites`) and what they pass and expect becomes a signature (`callers`), with
types written as annotations of the target's file (`render`). The skeleton is valid Python and raises
NotImplementedError. Reads only; never raises on user code.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from autogen_lsp.analysis import (
    callers,
    classes,
    enums,
    expected,
    kept,
    locate,
    new_class,
    nodes,
    overrides,
    result,
    stand_ins,
)
from autogen_lsp.analysis.expectation import Expected
from autogen_lsp.analysis.model import Placement, Plan, Site, Target, TargetKind
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.render import Scope, annotate, annotate_any
from autogen_lsp.analysis.sites import Use, told_apart, uses_of
from autogen_lsp.analysis.skeleton import function_text, stub_text
from autogen_lsp.analysis.targets import is_class_name
from autogen_lsp.analysis.titles import title_of
from autogen_lsp.analysis.types import (
    NONE,
    Form,
    Type,
    optional,
)
from autogen_lsp.syntax import spread
from autogen_lsp.syntax.model import Call, Reference
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
    uses = kept.followed(lookup, uses)
    wanted = [_wanted(lookup, use) for use in uses]
    if target.kind is TargetKind.CLASS and callers.is_function(lookup, uses, wanted):
        target = replace(target, kind=TargetKind.FUNCTION)
        place = locate.placement(project, target) or place
    if target.kind is TargetKind.METHOD and (
        any(callers.on_the_class(lookup, target, use) for use in uses) or overrides.is_class_method(lookup, target)
    ):
        target = replace(target, kind=TargetKind.CLASS_METHOD)  # which instances can call too
    scope = _scope(lookup, target, place)
    sites = tuple(Site(use.path, nodes.span_of(use.name), nodes.span_of(use.expression)) for use in uses)
    if target.kind is TargetKind.ATTRIBUTE:
        text = _attribute(lookup, target, wanted, scope)
        return Plan(target, None, text, place, tuple(scope.needed), sites, title)
    if target.kind is TargetKind.CLASS:
        text = new_class.text_of(lookup, target, uses, wanted, scope)
        return Plan(target, None, text, place, tuple(scope.needed), sites, title)
    signature = overrides.signature_of(lookup, target, uses, wanted, scope)
    signature = signature or stand_ins.signature_of(lookup, target, uses, wanted, scope)
    if signature is None:
        signature = callers.signature_of(lookup, target, uses, unsure, wanted, scope)
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


def _wanted(lookup: Lookup, use: Use) -> Expected:
    found = expected.at(lookup, use.path, use.expression)
    return found if use.awaited is None else dataclasses.replace(found, is_async=use.awaited)


def _attribute(lookup: Lookup, target: Target, wanted: Sequence[Expected], scope: Scope) -> str:
    """``name: T = …`` for the place that it goes to (row 13).

    Where a use does not stand with None, a plain value is empty, and any other is not promised to be something.
    """
    known = [use.type for use in wanted if use.type is not None and use.type != NONE]
    type_ = callers.unite(lookup, known) if known else None
    owner = target.qualname.rpartition(".")[0]
    source = lookup.source(target.path)
    definition = nodes.find_definition(source.tree, owner) if source is not None and owner else None
    instance = Type(Form.INSTANCE, owner, lookup.module_name(target.path), path=target.path)
    if definition is not None and classes.is_enum(lookup, instance):
        return f"{target.name} = {enums.next_value(lookup, instance, target.name, scope)}\n"
    annotation, value = annotate(scope, optional(type_)), "None"
    if result.breaks(lookup, optional(type_) or NONE, wanted):
        if type_ is not None and type_.is_builtin and type_.name in _EMPTY and not type_.literals:
            annotation, value = annotate(scope, type_), _EMPTY[type_.name]
        else:
            annotation = annotate_any(scope) if callers.is_annotated(lookup, target) else None
    if source is not None and definition is not None and locate.in_initializer(source, definition):
        return f"self.{target.name}{f': {annotation}' if annotation else ''} = {value}\n"
    if annotation is None and definition is not None and locate.has_fields(definition):
        annotation = annotate_any(scope)
    return f"{target.name}{f': {annotation}' if annotation else ''} = {value}\n"


_EMPTY = {"bool": "False", "bytes": 'b""', "float": "0.0", "int": "0", "str": '""'}


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
    if facts is None:
        return []
    used: list[Call | Reference] = list(spread.where(facts.calls, lambda call: call.receiver == receiver))
    used += [reference for reference in facts.references if reference.receiver == receiver]
    return [(each.name, Span(each.start, each.end)) for each in used]


_ORDER = (TargetKind.ATTRIBUTE, TargetKind.CLASS, TargetKind.FUNCTION)


def _module_of(lookup: Lookup, target: Target) -> str:
    """The dotted name of a module that does not exist yet."""
    parent = target.path.parent if target.path.stem != "__init__" else target.path.parent.parent
    name = target.path.stem if target.path.stem != "__init__" else target.path.parent.name
    package = lookup.project.module_name(parent / "__init__.py")
    return lookup.project.module_name(target.path) or (f"{package}.{name}" if package else name)
