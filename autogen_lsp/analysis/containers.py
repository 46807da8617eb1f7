"""Types of what holds other values: displays, comprehensions, and what iterating, unpacking, awaiting, entering give.

A display of many elements is data, and judged by its first ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import annotation, classes, nodes, querysets
from autogen_lsp.analysis.annotation import iterable
from autogen_lsp.analysis.evaluation import Evaluation
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, builtin

_ELEMENTS = 30


def display(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    """The type of a list, set, tuple or dictionary as written, or of a comprehension."""
    match node.type:
        case "list" | "set":
            return builtin(node.type, _elements(evaluate, path, nodes.named(node)))
        case "tuple" | "expression_list":
            return _tuple(evaluate, path, node)
        case "dictionary":
            return _dictionary(evaluate, path, node)
        case "list_comprehension" | "set_comprehension":
            return builtin(node.type.partition("_")[0], evaluate.field(path, node, "body"))
        case "generator_expression":
            return iterable("Iterable", evaluate.field(path, node, "body"))
        case "dictionary_comprehension":
            return builtin("dict", *_pair(evaluate, path, node.child_by_field_name("body")))
    return None


DISPLAYS = frozenset(
    {
        "list", "set", "tuple", "expression_list", "dictionary", "list_comprehension", "set_comprehension",
        "generator_expression", "dictionary_comprehension",
    }
)  # fmt: skip


def element_of(evaluate: Evaluation, type_: Type | None, *, is_async: bool = False) -> Type | None:
    """What iterating over the type gives."""
    lookup = evaluate.lookup
    type_ = annotation.expanded(lookup, annotation.bound_of(lookup, type_))
    if type_ is None:
        return None
    if type_.form is Form.UNION:
        held = [member for member in type_.args if member != NONE]  # which is not what is iterated
        return evaluate.union(element_of(evaluate, member, is_async=is_async) for member in held)
    if type_.is_a("tuple") and not is_async:
        return evaluate.union(type_.args) if type_.args else None
    if type_.form is Form.CLASS and type_.args[0] is not None and classes.is_enum(lookup, type_.args[0]):
        return type_.args[0]
    wanted = "AsyncIterable" if is_async else "Iterable"
    base = classes.as_base(lookup, type_, f"collections.abc.{wanted}")
    if base is not None:
        return base.args[0] if base.args else None
    if type_.form is not Form.INSTANCE:
        return None
    if (item := querysets.items_of(type_)) is not None:
        return item
    iterator = evaluate.method(type_, "__aiter__" if is_async else "__iter__")
    if iterator is None or iterator == type_:
        return evaluate.method(type_, "__next__") if iterator is not None and not is_async else None
    base = classes.as_base(lookup, iterator, f"collections.abc.{wanted}")
    return base.args[0] if base is not None and base.args else None


def mapping_of(lookup: Lookup, type_: Type | None) -> tuple[Type | None, Type | None]:
    """Key and value types of a mapping."""
    base = classes.as_base(lookup, annotation.expanded(lookup, type_), "collections.abc.Mapping")
    if base is None or len(base.args) != 2:
        return None, None
    return base.args[0], base.args[1]


def awaited(lookup: Lookup, type_: Type | None) -> Type | None:
    """What awaiting the type gives."""
    base = classes.as_base(lookup, type_, "collections.abc.Coroutine", "collections.abc.Awaitable")
    return base.args[-1] if base is not None and base.args else None


def entered(evaluate: Evaluation, manager: Type | None, is_async: bool) -> Type | None:
    """What a ``with`` statement binds."""
    manager = annotation.bound_of(evaluate.lookup, manager)
    if manager is None or manager.form is not Form.INSTANCE:
        return None
    result = evaluate.method(manager, "__aenter__" if is_async else "__enter__")
    return awaited(evaluate.lookup, result) if is_async else result


def unpacked(evaluate: Evaluation, type_: Type | None, path: Sequence[int], starred: bool = False) -> Type | None:
    """The part of a value that a nested target takes."""
    for depth, index in enumerate(path):
        type_ = annotation.expanded(evaluate.lookup, type_)
        if starred and depth == len(path) - 1:
            return builtin("list", element_of(evaluate, type_))
        if type_ is not None and type_.form is Form.UNION:
            held = [member for member in type_.args if member != NONE]
            return evaluate.union(unpacked(evaluate, member, path[depth:], starred) for member in held)
        parts = classes.as_tuple(evaluate.lookup, type_)
        if parts is not None and not parts.variadic:
            type_ = parts.args[index] if index < len(parts.args) else None
        else:
            type_ = element_of(evaluate, type_)
    return type_


def _elements(evaluate: Evaluation, path: Path, items: Sequence[Node]) -> Type | None:
    found: list[Type | None] = []
    for item in [item for item in items if item.type != "comment"][:_ELEMENTS]:
        if (spread := nodes.starred(item)) is not None:
            found.append(element_of(evaluate, evaluate(path, spread)))
        else:
            found.append(evaluate(path, item))
    return evaluate.union(found) if found else None


def _tuple(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    items = nodes.named(node)
    if not items:
        return builtin("tuple")
    if len(items) > _ELEMENTS or any(map(nodes.starred, items)):
        return Type(Form.INSTANCE, "tuple", args=(_elements(evaluate, path, items),), variadic=True)
    return builtin("tuple", *(evaluate(path, item) for item in items))


def _dictionary(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    keys: list[Type | None] = []
    values: list[Type | None] = []
    for item in nodes.named(node)[:_ELEMENTS]:
        if item.type == "pair":
            key, value = _pair(evaluate, path, item)
        elif item.type == "dictionary_splat":
            inner = evaluate(path, nodes.first_named(item))
            key, value = mapping_of(evaluate.lookup, inner)
        else:
            continue
        keys.append(key)
        values.append(value)
    if not keys:
        return builtin("dict", None, None)
    return builtin("dict", evaluate.union(keys), evaluate.union(values))


def _pair(evaluate: Evaluation, path: Path, node: Node | None) -> tuple[Type | None, Type | None]:
    if node is None:
        return None, None
    return evaluate.field(path, node, "key"), evaluate.field(path, node, "value")
