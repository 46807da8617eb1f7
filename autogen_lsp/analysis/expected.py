"""What one use of a missing function asks of its result (rows 32-43): an expression's surroundings into a type.

Two strengths are told apart. A type that is written down somewhere (an annotation, a known signature) is ``strong``;
what the syntax merely suggests (a condition suggests ``bool``) is not, and gives way to the first. What all uses ask
for together is `result`'s business.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import (
    asserts,
    bindings,
    classes,
    declared,
    displays,
    endings,
    fields,
    infer,
    nodes,
    operands,
    otherwise,
    texts,
    wants,
)
from autogen_lsp.analysis.annotation import expanded, iterable
from autogen_lsp.analysis.arguments import arguments_of
from autogen_lsp.analysis.around import caught, is_quantified, is_tested, kept_in, managed, taken_apart
from autogen_lsp.analysis.assignable import accepts
from autogen_lsp.analysis.expectation import Demand, Expected, Role
from autogen_lsp.analysis.matches import matched
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
    optional,
    without_none,
)

_CONDITIONS = frozenset({"if_statement", "elif_clause", "while_statement"})
_COMPREHENSIONS = frozenset({"list_comprehension", "set_comprehension", "generator_expression"})
_DISPLAYS = frozenset({"list", "set", "tuple", "expression_list", "pair", *_COMPREHENSIONS})
_SPREAD = _DISPLAYS | {"argument_list"}  # what may hold something with a star
_AWAITED = ("collections.abc.Awaitable", "collections.abc.Coroutine")
ANY_CALLABLE = callable_of(None, None)


def at(lookup: Lookup, path: Path, node: Node, *, is_async: bool = False, steps: int = 0) -> Expected:
    """What is expected of the expression ``node`` where it stands."""
    node = nodes.wrapped(node)
    parent = node.parent
    if parent is None or steps > 20:
        return Expected(Role.VALUE, path, node)

    def value(type_: Type | None = None, demand: Demand = Demand.UNKNOWN, *, strong: bool = False) -> Expected:
        strong = strong and type_ is not None
        return Expected(
            Role.VALUE, path, node, type_, strong, is_async, demand=Demand.TYPE if strong else demand
        )  # fmt: skip

    def whole() -> Expected:
        return at(lookup, path, parent, is_async=is_async, steps=steps + 1)

    def truth() -> Expected:
        return value(builtin("bool"), Demand.NOTHING)

    def taken(type_: Type | None) -> Expected:
        return replace(value(type_, strong=True), upper=True)

    def shaped(type_: Type) -> Expected:
        return value(type_, Demand.TYPE)

    def role(role: Role, *, of_class: bool = False) -> Expected:
        return Expected(role, path, node, decorates_class=of_class)

    def spread(holder: Node | None, item: Node) -> Expected:
        within = holder is not None and holder.type in _DISPLAYS
        held = _display(lookup, path, holder, item, steps) if holder is not None and within else None
        return taken(iterable("Iterable", held.type)) if held is not None else shaped(iterable("Iterable", None))

    if parent.type in _SPREAD and nodes.starred(node) is not None:
        return spread(parent, node)
    match parent.type:
        case "await":
            return at(lookup, path, parent, is_async=True, steps=steps + 1)
        case "expression_statement":
            if (never := endings.never_returning(lookup, path, parent)) is not None:
                return value(named("typing", never), strong=True)
            nothing = None if asserts.raises(parent) else NONE
            return Expected(Role.IGNORED, path, node, nothing, is_async=is_async)
        case "assignment":
            type_, strong = declared.assigned(lookup, path, parent)
            if type_ is None:
                whole_value = nodes.same(parent.child_by_field_name("right"), node)
                type_ = operands.changed(lookup, path, parent, node)
                type_ = type_ or (otherwise.assigned(lookup, path, parent) if whole_value else None)
            elif NONE in members(type_):
                type_ = operands.renewed(lookup, path, parent, node, type_)
            return replace(
                value(type_, strong=strong),
                bound=tuple(kept_in(parent)),
                apart=taken_apart(parent.child_by_field_name("left")),
            )
        case "augmented_assignment":
            if bindings.is_changed(node):
                if grown := operands.grown(lookup, path, parent):
                    return shaped(grown)
                changed = value(operands.operand(lookup, path, parent, node), Demand.ATTRIBUTE)
                return replace(changed, attribute=operands.method_of(parent))
            if asked := operands.asked_operand(lookup, path, parent, node):
                return taken(asked)
            left = parent.child_by_field_name("left")
            type_ = infer.type_of(lookup, path, left) if left is not None else None
            return value(type_ if type_ is not None and type_.is_a(*operands.OPERANDS) else None)
        case "return_statement":
            return value(declared.returned(lookup, path, parent), strong=True)
        case "yield":
            return value(declared.yielded(lookup, path, parent), strong=True)
        case "not_operator" | "assert_statement":
            if parent.type == "assert_statement" and not nodes.same(nodes.named(parent)[0], node):
                return value(demand=Demand.NOTHING)
            return truth()
        case "if_clause":
            return truth()
        case "conditional_expression":
            one, condition, alternative = (*nodes.named(parent), parent, parent, parent)[:3]
            if nodes.same(condition, node):
                return truth()
            return _or_like(lookup, whole(), alternative if nodes.same(one, node) else one)
        case "boolean_operator":
            outer = whole()
            left, right = parent.child_by_field_name("left"), parent.child_by_field_name("right")
            is_or = nodes.text_of(parent.child_by_field_name("operator")) == "or"
            if nodes.same(right, node):
                return _or_like(lookup, outer, left) if is_or else outer
            if outer.type == builtin("bool"):
                return outer
            if not is_or:
                return truth()
            # It gives way to the other where it is nothing.
            other = _or_like(lookup, outer, right)
            return replace(value(optional(other.type), strong=other.strong), upper=other.upper)
        case "named_expression":
            outer = whole()
            # A condition says little of what is kept.
            kept = outer if outer.strong else replace(value(demand=outer.demand), attribute=outer.attribute)
            return replace(kept, may_be_none=outer.may_be_none, bound=tuple(parent.children_by_field_name("name")))
        case "comparison_operator" if operands.looks_within(parent, node):
            held = operands.looked_for(lookup, path, parent)
            return replace(shaped(iterable("Container", held)), not_none=True)
        case "comparison_operator":
            return replace(
                value(
                    operands.compared(lookup, path, parent, node),
                    Demand.NOTHING if operands.is_equality(parent) else Demand.UNKNOWN,
                ),
                not_none=operands.is_order(parent),
                may_be_none=operands.is_equality(parent) and any(child.type == "none" for child in nodes.named(parent)),
            )
        case "binary_operator":
            formats = nodes.text_of(parent.child_by_field_name("operator")) == "%"
            if (printed := texts.printed(parent, node)) is not None:
                return value(printed, Demand.NOTHING)
            asked = operands.asked_operand(lookup, path, parent, node, lambda gives: _stands(lookup, whole(), gives))
            found = taken(asked) if asked is not None else value(operands.operand(lookup, path, parent, node))
            return replace(found, not_none=not formats)
        case "unary_operator":
            outer = whole()
            return outer if outer.type is not None and outer.role is Role.VALUE else value(builtin("int"))
        case "argument_list":
            return _argument(lookup, path, parent, node, is_async, steps)
        case "keyword_argument":
            listed = parent.parent
            return _argument(lookup, path, listed, node, is_async, steps) if listed is not None else value()
        case "list_splat":
            return spread(parent.parent, parent)
        case "dictionary_splat":
            return shaped(iterable("Mapping", builtin("str"), None))
        case "for_statement" | "for_in_clause":
            if not nodes.same(parent.child_by_field_name("right"), node):
                return value()
            asynchronous = any(child.type == "async" for child in parent.children[:1])
            looped = shaped(iterable("AsyncIterator" if asynchronous else "Iterable", None))
            return replace(looped, each=parent.child_by_field_name("left"))
        case "with_item" | "as_pattern":
            return managed(path, parent, node, is_async)
        case "default_parameter" | "typed_default_parameter":
            type_node = parent.child_by_field_name("type")
            return value(infer.annotated(lookup, path, type_node) if type_node is not None else None, strong=True)
        case "attribute":
            name = nodes.text_of(parent.child_by_field_name("attribute"))
            return replace(value(texts.asked(lookup, path, parent, name), Demand.ATTRIBUTE), attribute=name)
        case "lambda" if nodes.same(parent.child_by_field_name("body"), node):
            return _given_by_lambda(lookup, value(), whole())
        case "interpolation" | "format_expression":
            return value(texts.formatted(parent), Demand.NOTHING)
        case "delete_statement":
            return value(demand=Demand.NOTHING)
        case "call":
            is_called = nodes.same(parent.child_by_field_name("function"), node)
            return shaped(ANY_CALLABLE) if is_called else _argument(lookup, path, node, node, is_async, steps)
        case "subscript":
            if nodes.same(parent.child_by_field_name("value"), node):
                return replace(value(demand=Demand.ATTRIBUTE), attribute=operands.item_method(parent))
            asked = operands.asked_index(lookup, path, parent, node)
            return taken(asked) if asked else value(operands.index_of(lookup, path, parent))
        case "slice" if parent.parent is not None and operands.is_sliced(lookup, path, parent.parent):
            return value(builtin("int"), Demand.NOTHING)
        case "match_statement":
            return value(matched(lookup, path, parent), strong=True)
        case "raise_statement":
            return role(Role.EXCEPTION if nodes.same(nodes.named(parent)[0], node) else Role.VALUE)
        case "except_clause" | "except_group_clause":
            return role(Role.EXCEPTION)
        case "decorator":
            definition = parent.parent.child_by_field_name("definition") if parent.parent is not None else None
            of_class = definition is not None and definition.type == nodes.CLASS
            return role(Role.FACTORY if node.type == "call" else Role.DECORATOR, of_class=of_class)
        case kind if kind in _CONDITIONS and nodes.same(parent.child_by_field_name("condition"), node):
            return truth()
        case "tuple" if (holder := nodes.wrapped(parent).parent) is not None and (
            printed := texts.printed(holder, node)
        ):
            return value(printed, Demand.NOTHING)
        case "tuple" if caught(parent):
            return role(Role.EXCEPTION)
        case "generator_expression" if is_quantified(parent, node):
            return truth()
        case kind if kind in _COMPREHENSIONS and is_tested(parent, node):
            return truth()
        case kind if kind in _DISPLAYS and (each := _starred(lookup, path, parent, node, steps)) is not None:
            return each
        case kind if kind in _DISPLAYS and (item := _display(lookup, path, parent, node, steps)) is not None:
            kinds = [] if is_async else list(members(expanded(lookup, item.type)))
            if any(member is not None and member.is_a(*_AWAITED) for member in kinds):  # `as_completed([f()])`
                given = next((t for member in kinds if (t := infer.awaited(lookup, member)) is not None), None)
                return replace(value(given, strong=True), is_async=True, upper=item.upper)
            return replace(value(item.type, strong=True), upper=item.upper)
    return value()


def _stands(lookup: Lookup, outer: Expected, type_: Type | None) -> bool:
    """Whether a use that asks for something stands with a type: it has the attribute, or is what is taken."""
    if outer.demand is Demand.ATTRIBUTE and type_ is not None:
        return classes.member_of(lookup, type_, outer.attribute) is not None
    return type_ is None or accepts(lookup, outer.type, type_)


def _given_by_lambda(lookup: Lookup, unknown: Expected, outer: Expected) -> Expected:
    """What is expected of a lambda's body: what the function gives that is asked for where the lambda stands."""
    asked = without_none(expanded(lookup, outer.type)) if outer.strong else None
    gives = asked.args[-1] if asked is not None and asked.form is Form.CALLABLE else None
    if gives is None:
        return unknown
    if gives.is_a("object"):
        return replace(unknown, demand=Demand.NOTHING)
    inner = infer.awaited(lookup, gives)
    found = replace(unknown, type=inner or gives, strong=True, demand=Demand.TYPE, upper=True)
    return found if inner is None else replace(found, is_async=True)


def _or_like(lookup: Lookup, outer: Expected, other: Node | None) -> Expected:
    """What is expected of a value in whose place another may stand: what that is, where nothing else says it."""
    if outer.type is not None or outer.role is not Role.VALUE or other is None:
        return outer
    return replace(outer, type=operands.beside(lookup, outer.path, other))


def _display(lookup: Lookup, path: Path, display: Node, node: Node, steps: int) -> Expected | None:
    """What a list, set, dict or tuple of a declared type asks of one of its items; None where it asks for nothing."""
    whole = display.parent if display.type == "pair" else display
    if whole is None or (display.type in _COMPREHENSIONS and not nodes.same(display.child_by_field_name("body"), node)):
        return None
    outer = at(lookup, path, whole, steps=steps + 1)
    if not outer.strong or outer.type is None or not nodes.same(outer.node, nodes.wrapped(whole)):
        return None
    item = displays.asked_of(lookup, path, outer.type, display, node)
    return None if item is None else replace(outer, type=item)


def _starred(lookup: Lookup, path: Path, display: Node, node: Node, steps: int) -> Expected | None:
    """What is asked of an item of ``g(*[f(x) for x in xs])``: what ``g`` asks of its arguments."""
    splat = display.parent
    listed = splat.parent if splat is not None and splat.type == "list_splat" else None
    if splat is None or listed is None or listed.type != "argument_list":
        return None
    if display.type in _COMPREHENSIONS and not nodes.same(display.child_by_field_name("body"), node):
        return None
    return replace(_argument(lookup, path, listed, display, False, steps), node=node)


def _argument(lookup: Lookup, path: Path, listed: Node, node: Node, is_async: bool, steps: int) -> Expected:
    unknown = Expected(Role.VALUE, path, node, is_async=is_async)
    call = listed.parent
    if call is not None and call.type == nodes.CLASS:
        if not nodes.same(node.parent, listed):
            return Expected(Role.VALUE, path, node)
        base = class_of(None) if node.type == "call" else None
        return Expected(Role.BASE, path, node, base, demand=Demand.TYPE)
    function = call.child_by_field_name("function") if call is not None and call.type == "call" else None
    if call is None or function is None:
        return unknown
    arguments = arguments_of(call)
    index = next((i for i, argument in enumerate(arguments) if nodes.inside(node, argument.node)), None)
    if index is not None and arguments[index].star == "*":
        arguments[index] = replace(arguments[index], star="")  # an item of it is an argument like any other
    if asserts.takes_exceptions(function) and nodes.same(node.parent, listed):
        return Expected(Role.EXCEPTION, path, node)
    if index is None:
        return unknown
    if (asserted := asserts.asked(lookup, path, function, arguments, index)) is not None:
        of_value = None if asserted == NONE else asserted
        return replace(unknown, type=of_value, demand=Demand.NOTHING, may_be_none=asserted == NONE)
    callee = infer.type_of(lookup, path, function)
    if callee is None:
        return unknown
    if callee.form is Form.FUNCTION and callee.name == "assert_type" and index == 0 and len(arguments) > 1:
        asserted = infer.annotated(lookup, path, arguments[1].node)
        return replace(unknown, type=asserted, strong=asserted is not None, demand=Demand.TYPE)
    outer = Expected(Role.VALUE, path, call)

    def result() -> wants.Result:
        nonlocal outer
        outer = at(lookup, path, call, steps=steps + 1)
        is_declared = outer.strong and nodes.same(outer.node, _awaited_at(call, outer.is_async))
        return wants.Result(outer.type if is_declared else None, outer.is_async)

    type_ = wants.parameter_type(lookup, callee, arguments, index, partial(infer.type_of, lookup, path), result)
    type_ = type_ or fields.asked_of(lookup, callee, arguments, index)
    if callee == class_of(builtin("SystemExit")):
        type_ = declared.of_field(lookup, callee, "code")
    if not is_async and wants.takes_awaitable(lookup, callee, arguments, index):
        awaited = replace(unknown, is_async=True)
        given = (infer.awaited(lookup, member) for member in members(expanded(lookup, type_)))
        of_task = next((each for each in given if each is not None), None)
        if of_task is None or not outer.strong:
            is_ignored = at(lookup, path, call, steps=steps + 1).role is Role.IGNORED  # `asyncio.run(main())`
            return replace(unknown, role=Role.IGNORED, type=NONE, is_async=True) if is_ignored else awaited
        return replace(awaited, type=of_task, strong=True, demand=Demand.TYPE, upper=outer.upper)
    if type_ is None or type_.form is Form.VARIABLE:
        return replace(unknown, type=declared.of_field(lookup, callee, arguments[index].keyword))
    if type_.is_a("object"):
        return replace(unknown, demand=Demand.NOTHING)
    return replace(unknown, type=type_, strong=True, demand=Demand.TYPE, upper=True)


def _awaited_at(call: Node, is_async: bool) -> Node:
    """The whole of a call, with the ``await`` before it where there is one."""
    outer = nodes.wrapped(call)
    return nodes.wrapped(outer.parent) if is_async and outer.parent is not None else outer
