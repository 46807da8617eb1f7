"""Types of operations: arithmetic, comparisons, ``and``/``or``, conditional expressions and subscripts."""

from __future__ import annotations

from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import annotation, applied, classes, nodes, querysets
from autogen_lsp.analysis.arguments import Argument
from autogen_lsp.analysis.containers import element_of, mapping_of
from autogen_lsp.analysis.enclosing import annotated
from autogen_lsp.analysis.evaluation import Evaluation
from autogen_lsp.analysis.functions import method_of, symbols_of
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, builtin, class_of, members, without_none

_DUNDERS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "|": "or", "&": "and", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
_COMPARISONS = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_RANK = ("bool", "int", "float", "complex")
_PLAIN = ("builtins", "collections", "collections.abc")  # whose mappings give their values
_COMPARABLE = ("int", "float", "str", "bytes", "bool", "tuple", "list", "dict", "set")


def unary(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    operand = evaluate.field(path, node, "argument")
    return builtin("int") if operand is not None and operand.is_a("bool") else operand


def binary(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    left, right = evaluate.field(path, node, "left"), evaluate.field(path, node, "right")
    operator = nodes.text_of(node.child_by_field_name("operator"))
    if left is None:
        return None
    if left.is_a("str", "bytes") and operator in ("%", "+", "*"):
        return left
    if right is None:
        return None
    if left.is_a(*_RANK) and right.is_a(*_RANK):
        rank = max(_RANK.index(left.name), _RANK.index(right.name), 1)
        if operator == "/":
            rank = max(rank, 2)
        return builtin(_RANK[rank]) if operator != "**" or rank > 1 else builtin("int")
    if right.is_a("str", "bytes") and operator == "*" and left.is_a("int"):
        return right
    if left.is_a("list", "tuple", "set", "dict") and left == right and operator in ("+", "|", "&", "-", "^"):
        return left
    return _applied(evaluate, left, operator, right)


def augmented(evaluate: Evaluation, path: Path, node: Node, left: Type | None) -> Type | None:
    """What ``left += right`` makes of an instance."""
    if left is None or left.form is not Form.INSTANCE:
        return None  # before the right side is asked for: sums have hundreds of terms
    operator = nodes.text_of(node.child_by_field_name("operator")).removesuffix("=")
    right = evaluate.field(path, node, "right")
    dunder = _DUNDERS.get(operator, "")
    if classes.member_of(evaluate.lookup, left, f"__i{dunder}__") is not None:
        return evaluate.method(left, f"__i{dunder}__", right)
    return None if right is None else _applied(evaluate, left, operator, right)


def _applied(evaluate: Evaluation, left: Type, operator: str, right: Type) -> Type | None:
    dunder = _DUNDERS.get(operator)
    if dunder is None or left.form is not Form.INSTANCE:
        return None
    return evaluate.method(left, f"__{dunder}__", right)


def comparison(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    operators = {child.type for child in node.children if not child.is_named}
    if operators & {"in", "not in", "is", "is not", "not"}:
        return builtin("bool")
    operands = [evaluate(path, child) for child in nodes.named(node)]
    if operands and all(t is not None and t.is_a(*_COMPARABLE) for t in operands):
        return builtin("bool")
    dunder = _COMPARISONS.get(next(iter(operators))) if len(operators) == 1 and len(operands) == 2 else None
    left = operands[0] if dunder is not None else None
    if left is None or dunder is None or left.form is not Form.INSTANCE or classes.is_open(evaluate.lookup, left):
        return None
    return evaluate.method(left, f"__{dunder}__", operands[1])


def boolean(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    left, right = evaluate.field(path, node, "left"), evaluate.field(path, node, "right")
    if nodes.text_of(node.child_by_field_name("operator")) == "or":
        return right if left == NONE else evaluate.union((without_none(left), right))
    return evaluate.union((left, right))


def conditional(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    parts = nodes.named(node)
    return evaluate.union(evaluate(path, parts[i]) for i in (0, 2)) if len(parts) == 3 else None


def subscript(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    lookup = evaluate.lookup
    value = annotation.expanded(lookup, evaluate.field(path, node, "value"))
    index = node.child_by_field_name("subscript")
    if value is None or index is None:
        return None
    types: list[Type | None] = []
    for member in members(value):
        if member == NONE:
            continue  # it has no items
        if member is not None and member.form is Form.CLASS:
            return _of_class(lookup, path, node, member)
        if member is None or member.form is not Form.INSTANCE:
            return None
        if index.type == "slice":
            same = member.is_a("list", "str", "bytes", "tuple") or querysets.items_of(member) is not None
            part = evaluate.method(member, "__getitem__", builtin("slice")) if not same else None
            types.append(member if same and (member.variadic or not member.is_a("tuple")) else part)
        elif index.type == "integer" and (parts := classes.as_tuple(lookup, member)) and not parts.variadic:
            at = nodes.text_of(index)
            types.append(parts.args[int(at)] if at.isdecimal() and int(at) < len(parts.args) else None)
        elif (
            member.is_a("list", "tuple", "str")
            or classes.as_base(lookup, member, "collections.abc.Sequence") is not None
        ):
            types.append(element_of(evaluate, member))
        elif index.type == "string" and classes.is_typed_dict(lookup, member):
            types.append(of_key(lookup, member, nodes.text_of(index).strip("'\"")))
        elif classes.as_base(lookup, member, "collections.abc.Mapping") is not None:
            own = None if member.module in _PLAIN else _item(evaluate, path, node, member)
            types.append(own or mapping_of(lookup, member)[1])
        else:
            types.append(_item(evaluate, path, node, member))
    return evaluate.union(types)


def _item(evaluate: Evaluation, path: Path, node: Node, instance: Type) -> Type | None:
    """What a class's own ``__getitem__`` gives: of overloads the one that takes what stands in the brackets."""
    lookup = evaluate.lookup
    if (item := querysets.items_of(instance)) is not None:
        return item
    member = classes.member_of(lookup, instance, "__getitem__")
    if member is None:
        return None
    function = method_of(member, instance)
    if len(symbols_of(lookup, function)) == 1:
        return evaluate.method(instance, "__getitem__")
    indices = [Argument(index) for index in node.children_by_field_name("subscript")]
    if len(indices) > 1:
        return None
    return applied.result(lookup, function, indices, lambda index: evaluate(path, index), evaluate.inside)


def of_key(lookup: Lookup, typed_dict: Type, key: str) -> Type | None:
    found = classes.member_of(lookup, typed_dict, key)
    return classes.annotated(lookup, found.owner, found.symbols[0].annotation) if found is not None else None


def _of_class(lookup: Lookup, path: Path, node: Node, value: Type) -> Type | None:
    """``Color["RED"]`` of an enum, ``Box[int]`` of a generic class."""
    instance = value.args[0]
    if instance is None or classes.is_enum(lookup, instance):
        return instance
    written = annotated(lookup, path, node)
    same = written is not None and (written.module, written.name) == (instance.module, instance.name)
    return class_of(written) if same else value
