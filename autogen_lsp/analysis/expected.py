"""What one use of a missing function asks of its result (rows 32-43): an expression's surroundings into a type.

Two strengths are told apart. A type that is written down somewhere (an annotation, a known signature) is ``strong``;
what the syntax merely suggests (a condition suggests ``bool``) is not, and gives way to the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import bindings, classes, functions, infer, nodes
from autogen_lsp.analysis.annotation import iterable
from autogen_lsp.analysis.bindings import How
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, builtin, callable_of, named, without_none


class Role(Enum):
    """What the use is, besides an ordinary value."""

    VALUE = auto()
    IGNORED = auto()  # a statement of its own: nobody looks at the result
    DECORATOR = auto()  # `@f`
    FACTORY = auto()  # `@f(1)`
    EXCEPTION = auto()  # `raise f()`, `except f:`
    BASE = auto()  # `class A(f):`


@dataclass(frozen=True, slots=True)
class Expected:
    """What a use asks for. ``is_async``: the call is awaited, or handed to what awaits it."""

    role: Role
    type: Type | None = None
    strong: bool = False
    is_async: bool = False
    decorates_class: bool = False


_CONDITIONS = frozenset({"if_statement", "elif_clause", "while_statement"})
_OPERANDS = ("int", "float", "complex", "str", "bytes", "list", "tuple", "bool")
ANY_CALLABLE = callable_of(None, None)


def at(lookup: Lookup, path: Path, node: Node, *, is_async: bool = False, steps: int = 0) -> Expected:
    """What is expected of the expression ``node`` where it stands."""
    node = nodes.wrapped(node)
    parent = node.parent
    if parent is None or steps > 20:
        return Expected(Role.VALUE)

    def value(type_: Type | None = None, *, strong: bool = False) -> Expected:
        return Expected(Role.VALUE, type_, strong and type_ is not None, is_async)

    def whole() -> Expected:
        return at(lookup, path, parent, is_async=is_async, steps=steps + 1)

    match parent.type:
        case "await":
            return at(lookup, path, parent, is_async=True, steps=steps + 1)
        case "expression_statement":
            if not is_async and (never := _never_returning(parent)) is not None:
                return value(never, strong=True)
            return Expected(Role.IGNORED, NONE, is_async=is_async)
        case "assignment":
            type_, strong = _assigned(lookup, path, parent)
            return value(type_, strong=strong)
        case "augmented_assignment":
            left = parent.child_by_field_name("left")
            type_ = infer.type_of(lookup, path, left) if left is not None else None
            return value(type_ if type_ is not None and type_.is_a(*_OPERANDS) else None)
        case "return_statement":
            return value(_returned(lookup, path, parent), strong=True)
        case "yield":
            return value(_yielded(lookup, path, parent))
        case "not_operator" | "assert_statement":
            if parent.type == "assert_statement" and not nodes.same(parent.named_children[0], node):
                return value()
            return value(builtin("bool"))
        case "if_clause":
            return value(builtin("bool"))
        case "conditional_expression":
            if nodes.same(parent.named_children[1], node):
                return value(builtin("bool"))
            return whole()
        case "boolean_operator":
            outer = whole()
            if nodes.same(parent.child_by_field_name("right"), node) or outer.type == builtin("bool"):
                return outer
            return value(builtin("bool") if nodes.text_of(parent.child_by_field_name("operator")) == "and" else None)
        case "named_expression":
            outer = whole()
            return outer if outer.strong else value()  # it is kept, so a condition says little of it
        case "comparison_operator":
            return value(_compared(lookup, path, parent, node))
        case "binary_operator":
            return value(_operand(lookup, path, parent, node))
        case "unary_operator":
            outer = whole()
            return outer if outer.type is not None and outer.role is Role.VALUE else value(builtin("int"))
        case "argument_list":
            return _argument(lookup, path, parent, node, is_async)
        case "keyword_argument":
            listed = parent.parent
            return _argument(lookup, path, listed, node, is_async) if listed is not None else value()
        case "list_splat":
            return value(iterable("Iterable", None))
        case "dictionary_splat":
            return value(iterable("Mapping", builtin("str"), None))
        case "for_statement" | "for_in_clause":
            if not nodes.same(parent.child_by_field_name("right"), node):
                return value()
            asynchronous = any(child.type == "async" for child in parent.children[:1])
            return value(iterable("AsyncIterator" if asynchronous else "Iterable", None))
        case "with_item" | "as_pattern":
            return _managed(parent, is_async)
        case "default_parameter" | "typed_default_parameter":
            type_node = parent.child_by_field_name("type")
            return value(infer.annotated(lookup, path, type_node) if type_node is not None else None, strong=True)
        case "call":
            return value(ANY_CALLABLE)
        case "subscript":
            return value(_index(lookup, path, parent, node))
        case "raise_statement":
            return Expected(Role.EXCEPTION if nodes.same(parent.named_children[0], node) else Role.VALUE)
        case "except_clause" | "except_group_clause":
            return Expected(Role.EXCEPTION)
        case "decorator":
            definition = parent.parent.child_by_field_name("definition") if parent.parent is not None else None
            of_class = definition is not None and definition.type == nodes.CLASS
            return Expected(Role.FACTORY if node.type == "call" else Role.DECORATOR, decorates_class=of_class)
        case kind if kind in _CONDITIONS and nodes.same(parent.child_by_field_name("condition"), node):
            return value(builtin("bool"))
        case "tuple":
            return Expected(Role.EXCEPTION) if _caught(parent) else value()
    return value()


def merge(lookup: Lookup, uses: Sequence[Expected]) -> tuple[Type | None, bool]:
    """The return type that suits every use, and whether it is known that nothing is returned.

    Uses that ignore the result say ``None`` only together. Of written types the one that all others accept is taken,
    else the most frequent; suggested ones count only where every use suggests something.
    """
    used = [use for use in uses if use.role is not Role.IGNORED]
    if not used:
        return (NONE, True) if uses else (None, False)
    strong = [use.type for use in used if use.strong and use.type is not None]
    if not strong and any(use.type is None for use in used):
        return None, False
    types = strong or [use.type for use in used if use.type is not None]
    specific = [type_ for type_ in types if type_ != builtin("bool")] or types
    distinct = list(dict.fromkeys(specific))
    for type_ in distinct:
        if all(functions.accepts(lookup, other, type_) for other in distinct):
            return type_, False
    if strong:
        return max(distinct, key=specific.count), False
    return None, False


def _assigned(lookup: Lookup, path: Path, assignment: Node) -> tuple[Type | None, bool]:
    """The declared type of an assignment's target, or the tuple that a pattern takes apart."""
    at_: Node | None = assignment
    while at_ is not None and at_.type == "assignment":
        type_node = at_.child_by_field_name("type")
        if type_node is not None:
            return infer.annotated(lookup, path, type_node), True
        left = at_.child_by_field_name("left")
        if left is not None:
            if left.type in ("pattern_list", "tuple_pattern", "list_pattern"):
                return _pattern(lookup, path, left), False
            declared = _declared(lookup, path, left)
            if declared is not None:
                return declared, True
        at_ = at_.parent
    return None, False


def _declared(lookup: Lookup, path: Path, target: Node) -> Type | None:
    """The type with which a name or attribute was declared elsewhere."""
    if target.type == "identifier":
        found = bindings.reaching(target)
        annotated = [b for b in found[0] if b.how is How.ANNOTATION] if found is not None else []
        return infer.annotated(lookup, path, annotated[0].node) if annotated else None
    if target.type == "attribute":
        receiver = target.child_by_field_name("object")
        owner = infer.type_of(lookup, path, receiver) if receiver is not None else None
        if owner is None or owner.form is not Form.INSTANCE:
            return None
        member = classes.member_of(lookup, owner, nodes.text_of(target.child_by_field_name("attribute")))
        if member is None or member.symbols[0].annotation is None:
            return None
        return classes.annotated(lookup, member.owner, member.symbols[0].annotation)
    return None


def _pattern(lookup: Lookup, path: Path, pattern: Node) -> Type:
    items = [child for child in pattern.named_children if child.type != "comment"]
    if any(child.type in ("list_splat_pattern", "list_splat") for child in items):
        return Type(Form.INSTANCE, "tuple", args=(None,), variadic=True)
    return builtin("tuple", *(_declared(lookup, path, child) for child in items))


def _returned(lookup: Lookup, path: Path, node: Node) -> Type | None:
    function = nodes.enclosing(node, frozenset({nodes.FUNCTION, "lambda"}))
    annotated = function.child_by_field_name("return_type") if function is not None else None
    if function is None or annotated is None or nodes.has_own_yield(function):
        return None
    return infer.annotated(lookup, path, annotated)


def _never_returning(statement: Node) -> Type | None:
    """The written ``NoReturn`` or ``Never`` of a function that ends with this statement, which must keep its word."""
    body = statement.parent
    function = body.parent if body is not None else None
    if body is None or function is None or function.type != nodes.FUNCTION or statement.next_named_sibling is not None:
        return None
    annotated = function.child_by_field_name("return_type")
    word = nodes.text_of(annotated).rpartition(".")[2] if annotated is not None else ""
    return named("typing", word) if word in ("NoReturn", "Never") else None


def _yielded(lookup: Lookup, path: Path, node: Node) -> Type | None:
    function = nodes.enclosing(node, frozenset({nodes.FUNCTION, "lambda"}))
    annotated = function.child_by_field_name("return_type") if function is not None else None
    type_ = infer.annotated(lookup, path, annotated) if annotated is not None else None
    item = type_.args[0] if type_ is not None and type_.form is Form.INSTANCE and type_.args else None
    if any(child.type == "from" for child in node.children):
        return iterable("Iterator", item)
    return item


def _compared(lookup: Lookup, path: Path, comparison: Node, node: Node) -> Type | None:
    operators = {nodes.text_of(child) for child in comparison.children if not child.is_named}
    if operators & {"in", "not in", "is", "is not", "not"} or comparison.named_child_count != 2:
        return None
    other = comparison.named_children[0 if nodes.same(comparison.named_children[1], node) else 1]
    type_ = infer.type_of(lookup, path, other)
    return None if type_ == NONE else without_none(type_)


def _operand(lookup: Lookup, path: Path, operation: Node, node: Node) -> Type | None:
    left, right = operation.child_by_field_name("left"), operation.child_by_field_name("right")
    operator = nodes.text_of(operation.child_by_field_name("operator"))
    is_right = nodes.same(right, node)
    other = left if is_right else right
    type_ = infer.type_of(lookup, path, other) if other is not None else None
    if type_ is None or not type_.is_a(*_OPERANDS):
        return None
    if operator == "%" and type_.is_a("str", "bytes"):
        return None
    if operator == "*" and not type_.is_a("int", "float", "complex", "bool"):
        return builtin("int")
    return builtin("int") if type_.is_a("bool") else type_


def _argument(lookup: Lookup, path: Path, listed: Node, node: Node, is_async: bool) -> Expected:
    call = listed.parent
    if call is not None and call.type == nodes.CLASS:
        return Expected(Role.BASE if nodes.same(node.parent, listed) else Role.VALUE)
    function = call.child_by_field_name("function") if call is not None and call.type == "call" else None
    if call is None or function is None:
        return Expected(Role.VALUE, is_async=is_async)
    arguments = functions.arguments_of(call)
    index = next((i for i, argument in enumerate(arguments) if nodes.inside(node, argument.node)), None)
    callee = infer.type_of(lookup, path, function)
    if index is None or callee is None:
        return Expected(Role.VALUE, is_async=is_async)
    type_ = functions.parameter_type(lookup, callee, arguments, index)
    if not is_async and functions.takes_awaitable(lookup, callee, arguments, index):
        return Expected(Role.VALUE, None, is_async=True)
    if type_ is not None and (type_.is_a("object") or type_.form is Form.VARIABLE):
        type_ = None
    return Expected(Role.VALUE, type_, type_ is not None, is_async)


def _managed(parent: Node, is_async: bool) -> Expected:
    for outer in (parent, *nodes.ancestors(parent)):
        if outer.type in ("except_clause", "except_group_clause"):
            return Expected(Role.EXCEPTION)
        if outer.type == "with_statement":
            asynchronous = any(child.type == "async" for child in outer.children[:1])
            name = "AbstractAsyncContextManager" if asynchronous else "AbstractContextManager"
            return Expected(Role.VALUE, named("contextlib", name, None), is_async=is_async)
    return Expected(Role.VALUE, is_async=is_async)


def _index(lookup: Lookup, path: Path, subscript: Node, node: Node) -> Type | None:
    """``d[f()]``: the key of the mapping, an ``int`` for a sequence."""
    value = subscript.child_by_field_name("value")
    if value is None or nodes.same(value, node):
        return None
    type_ = infer.type_of(lookup, path, value)
    key, _ = infer.mapping_of(lookup, type_)
    if key is not None:
        return key
    return builtin("int") if classes.as_base(lookup, type_, "collections.abc.Sequence") is not None else None


def _caught(node: Node) -> bool:
    """Whether a tuple lists the exceptions of an ``except`` clause."""
    parent = node.parent
    if parent is not None and parent.type == "as_pattern":
        parent = parent.parent
    return parent is not None and parent.type in ("except_clause", "except_group_clause")
