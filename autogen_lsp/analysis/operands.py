"""What the other side of an operation asks of a value: comparisons, arithmetic, and what is subscripted by it.

All that an operation asks of the missing value follows from the other operand's type. Syntax nodes in, types out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import asserts, classes, functions, infer, narrowing, nodes, wants
from autogen_lsp.analysis.annotation import expanded
from autogen_lsp.analysis.arguments import Argument, arguments_of
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, builtin, members, union, widened, without_none
from autogen_lsp.syntax.model import Symbol

OPERANDS = ("int", "float", "complex", "str", "bytes", "list", "tuple", "bool")


def compared(lookup: Lookup, path: Path, comparison: Node, node: Node) -> Type | None:
    operators = _operators(comparison)
    if operators <= {"is", "is not", "not"} and any(
        child.type in ("true", "false") for child in nodes.named(comparison)
    ):
        return builtin("bool")
    operands = nodes.named(comparison)
    if operators & {"in", "not in"}:
        within = operands[-1] if len(operands) == 2 and nodes.same(operands[0], node) else None
        type_ = infer.element_of(lookup, infer.type_of(lookup, path, within)) if within is not None else None
        return widened(without_none(type_))
    if operators & {"is", "is not", "not"} or len(nodes.named(comparison)) < 2:
        return None
    place = next((i for i, operand in enumerate(operands) if nodes.same(operand, node)), 0)
    other = asserts.compared_with(operands[place - 1 if place else 1])
    type_ = infer.type_of(lookup, path, other)
    holder = nodes.wrapped(comparison).parent
    if operators == {"=="} and holder is not None and holder.type == "assert_statement" and type_ != NONE:
        return widened(type_)  # it is the same, whatever it is
    return None if type_ == NONE else widened(without_none(type_))


def operand(lookup: Lookup, path: Path, operation: Node, node: Node) -> Type | None:
    left, right = operation.child_by_field_name("left"), operation.child_by_field_name("right")
    operator = nodes.text_of(operation.child_by_field_name("operator"))
    is_right = nodes.same(right, node)
    other = left if is_right else right
    type_ = widened(infer.type_of(lookup, path, other)) if other is not None else None
    if type_ is None or not type_.is_a(*OPERANDS):
        return None
    if operator == "%" and type_.is_a("str", "bytes"):
        return None
    if operator == "/" and type_.is_a("str"):  # which only paths are divided by
        return Type(Form.INSTANCE, "Path", "pathlib", path=lookup.module_file("pathlib"))
    if operator == "*" and not type_.is_a("int", "float", "complex", "bool"):
        return builtin("int")
    return builtin("int") if type_.is_a("bool") else type_


def asked_operand(
    lookup: Lookup, path: Path, operation: Node, node: Node, stands: Callable[[Type | None], bool] | None = None
) -> Type | None:
    """What the method takes that an operator calls on the other operand: ``+`` on a datetime takes a timedelta.

    Of what has no arithmetic of its own (`operand`): a container of its kind goes with another. Of overloads, those
    count whose result ``stands``: a datetime less a datetime has ``total_seconds()``.
    """
    left, right = operation.child_by_field_name("left"), operation.child_by_field_name("right")
    is_right = nodes.same(right, node)
    other = left if is_right else right
    type_ = expanded(lookup, widened(infer.type_of(lookup, path, other))) if other is not None else None
    word = _word(operation)
    if type_ is None or not word or type_.form is not Form.INSTANCE or type_.is_a(*OPERANDS):
        return None
    if type_.is_a("set", "frozenset", "dict"):
        return type_
    changing = [f"__i{word}__"] if operation.type == "augmented_assignment" else []
    for name in [*changing, f"__{word}__"] if is_right else [f"__r{word}__"]:
        method = infer.attribute_of(lookup, type_, name)
        if method is not None and method.form is Form.FUNCTION and method.owner is not None:
            symbols = functions.symbols_of(lookup, method)
            if len(symbols) > 1 and stands is not None:
                return _of_overloads(lookup, method, symbols, stands)
            asked = wants.parameter_type(lookup, method, [Argument(node)], 0, partial(infer.type_of, lookup, path))
            # Of numbers, which take others, too, one goes with its kind: a decimal with a decimal.
            return type_ if type_ in members(expanded(lookup, asked)) else asked
    return None


def grown(lookup: Lookup, path: Path, operation: Node) -> Type | None:
    """What grows by ``+=`` of a text or a sequence: likely one of its kind, of any length."""
    right = operation.child_by_field_name("right")
    type_ = widened(infer.type_of(lookup, path, right)) if right is not None else None
    if type_ is None or _word(operation) != "add" or not type_.is_a("str", "bytes", "list", "tuple"):
        return None
    return replace(type_, args=(union(type_.args),), variadic=True) if type_.is_a("tuple") else type_


def method_of(operation: Node) -> str:
    """The method of the left operand that an operation calls."""
    return f"__{_word(operation)}__"


def _word(operation: Node) -> str:
    operator = nodes.text_of(operation.child_by_field_name("operator"))
    return _METHODS.get(operator.removesuffix("=") if operation.type == "augmented_assignment" else operator, "")


def _of_overloads(
    lookup: Lookup, method: Type, symbols: Sequence[Symbol], stands: Callable[[Type | None], bool]
) -> Type | None:
    """What the one overload takes whose result stands; not known where several do."""
    taken: set[Type | None] = set()
    for symbol in symbols:
        listed = functions.parameters_of(lookup, method, symbol)
        if listed and stands(functions.returned(lookup, method, symbol, method.owner)):
            taken.add(functions.settled(listed[0][1]))
    return taken.pop() if len(taken) == 1 else None


_METHODS = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "@": "matmul",
            "**": "pow", "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift"}  # fmt: skip


def beside(lookup: Lookup, path: Path, other: Node) -> Type | None:
    """What a value likely is in whose place another may stand, one that is an instance of something."""
    type_ = widened(without_none(infer.type_of(lookup, path, other)))
    return type_ if type_ is not None and type_.form is Form.INSTANCE else None


def changed(lookup: Lookup, path: Path, assignment: Node, value: Node) -> Type | None:
    """What a variable was that is passed to what gives its new value: ``text = f(text)`` likely keeps its type."""
    before = _before(assignment, value)
    return beside(lookup, path, before) if before is not None else None


def renewed(lookup: Lookup, path: Path, assignment: Node, value: Node, declared: Type) -> Type | None:
    """What is declared, without None where a variable that is found not to be None is passed to what renews it."""
    before = _before(assignment, value)
    rest = without_none(declared)
    if before is None or infer.type_of(lookup, path, before) != rest:
        return declared
    asked = (nodes.text_of(test).startswith("isinstance(") for test, _ in narrowing.tests(before))
    return declared if any(asked) else rest  # an instance gives way to anything


def _before(assignment: Node, value: Node) -> Node | None:
    """The variable where it is passed to what gives its new value."""
    call = nodes.without_await(value)
    target = assignment.child_by_field_name("left")
    if target is None or target.type != "identifier" or call.type != "call":
        return None
    return next((a.node for a in arguments_of(call) if nodes.text_of(a.node) == nodes.text_of(target)), None)


def asked_index(lookup: Lookup, path: Path, subscript: Node, node: Node) -> Type | None:
    """What the method that a subscript calls takes."""
    owner = subscript.child_by_field_name("value")
    type_ = expanded(lookup, infer.type_of(lookup, path, owner)) if owner is not None else None
    method = infer.attribute_of(lookup, type_, item_method(subscript)) if type_ is not None else None
    if method is None or method.form is not Form.FUNCTION or method.owner is None:
        return None
    return wants.parameter_type(lookup, method, [Argument(node)], 0, partial(infer.type_of, lookup, path))


def index_of(lookup: Lookup, path: Path, subscript: Node) -> Type | None:
    """``d[f()]``: the key of the mapping, an ``int`` for a sequence."""
    value = subscript.child_by_field_name("value")
    if value is None:
        return None
    type_ = infer.type_of(lookup, path, value)
    key, _ = infer.mapping_of(lookup, type_)
    if key is not None:
        return key
    return builtin("int") if classes.as_base(lookup, type_, "collections.abc.Sequence") is not None else None


def item_method(subscript: Node) -> str:
    """The method that a subscript calls."""
    parent = subscript.parent
    if parent is not None and parent.type == "delete_statement":
        return "__delitem__"
    left = parent.child_by_field_name("left") if parent is not None and parent.type.endswith("assignment") else None
    return "__setitem__" if nodes.same(left, subscript) else "__getitem__"


def is_equality(comparison: Node) -> bool:
    return _operators(comparison) <= {"==", "!=", "is", "is not", "not"}


def is_order(comparison: Node) -> bool:
    return bool(_operators(comparison) & {"<", "<=", ">", ">="})


def looks_within(comparison: Node, node: Node) -> bool:
    """Whether something is looked for in the node: ``x in f()``."""
    operands = nodes.named(comparison)
    return len(operands) == 2 and nodes.same(operands[1], node) and bool(_operators(comparison) & {"in", "not in"})


def looked_for(lookup: Lookup, path: Path, comparison: Node) -> Type | None:
    """The type of what is looked for, where nothing more general could be held: what is plain."""
    type_ = widened(without_none(infer.type_of(lookup, path, nodes.named(comparison)[0])))
    return type_ if type_ is not None and type_.is_a("int", "str", "bytes") else None


def is_sliced(lookup: Lookup, path: Path, subscript: Node) -> bool:
    """Whether a part of a sequence is taken, between numbers."""
    owner = subscript.child_by_field_name("value")
    type_ = infer.type_of(lookup, path, owner) if owner is not None else None
    return classes.as_base(lookup, type_, "collections.abc.Sequence") is not None


def _operators(comparison: Node) -> set[str]:
    return {nodes.text_of(child) for child in comparison.children if not child.is_named}
