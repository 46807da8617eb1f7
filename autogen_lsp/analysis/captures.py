"""What a name gets that a ``case`` captures: the part of the subject that stands where the name does in the pattern."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import calls, classes, fields, nodes
from autogen_lsp.analysis.annotation import Home, type_of_text
from autogen_lsp.analysis.containers import element_of, mapping_of, unpacked
from autogen_lsp.analysis.evaluation import Evaluation
from autogen_lsp.analysis.operators import of_key
from autogen_lsp.analysis.types import Form, Type, builtin

_THEMSELVES = ("bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple")
_SEQUENCES = ("list_pattern", "tuple_pattern")


def captured(evaluate: Evaluation, path: Path, pattern: Node, name: str) -> Type | None:
    """The type of the name that the pattern captures, not known where it captures none of that name."""
    for node in _leaves(pattern):
        parent = node.parent
        if parent is None or nodes.text_of(node) != name:
            continue
        match parent.type:
            case "as_pattern":
                return _matched(evaluate, path, nodes.named(parent)[0])
            case "dotted_name" if len(nodes.named(parent)) == 1 and not _is_name_of_class(parent):
                return _at(evaluate, path, parent)
            case "splat_pattern":
                return _rest(evaluate, path, parent)
    return None


def _is_name_of_class(dotted: Node) -> bool:
    parent = dotted.parent
    return parent is not None and parent.type == "class_pattern" and nodes.same(nodes.named(parent)[0], dotted)


def _matched(evaluate: Evaluation, path: Path, pattern: Node) -> Type | None:
    """What matches a pattern: an instance of the class that it names, else whatever stands there."""
    inner = nodes.named(pattern)[0] if pattern.type == "case_pattern" and len(nodes.named(pattern)) == 1 else pattern
    if inner.type == "keyword_pattern":
        inner = pattern = nodes.named(inner)[-1]
    if inner.type == "class_pattern":
        return _class_of(evaluate, path, inner)
    if inner.type == "union_pattern":
        return evaluate.union(_matched(evaluate, path, each) for each in nodes.named(inner))
    return _at(evaluate, path, pattern)


def _class_of(evaluate: Evaluation, path: Path, pattern: Node) -> Type | None:
    return type_of_text(evaluate.lookup, Home(path), nodes.text_of(nodes.named(pattern)[0]))


def _at(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    """What stands where a part of a pattern does."""
    parent = node.parent
    if parent is None:
        return None
    match parent.type:
        case "case_clause":
            body = parent.parent
            subject = evaluate.field(path, body.parent, "subject") if body is not None and body.parent else None
            listed = [child for child in nodes.named(parent) if child.type == "case_pattern"]
            return subject if len(listed) == 1 else _item(evaluate, subject, listed, node)
        case "case_pattern" | "union_pattern" | "as_pattern":
            return _at(evaluate, path, parent)
        case "keyword_pattern":
            holder = nodes.enclosing(parent, frozenset({"class_pattern"}))
            instance = _class_of(evaluate, path, holder) if holder is not None else None
            return calls.attribute_of(evaluate, instance, nodes.text_of(nodes.named(parent)[0]))
        case "class_pattern":
            return _positional(evaluate, path, parent, node)
        case "dict_pattern":
            return _value(evaluate, _at(evaluate, path, parent), node)
        case kind if kind in _SEQUENCES:
            return _item(evaluate, _at(evaluate, path, parent), nodes.named(parent), node)
    return None


def _positional(evaluate: Evaluation, path: Path, pattern: Node, node: Node) -> Type | None:
    """The field at a position, by `__match_args__` as dataclasses and named tuples make them."""
    instance = _class_of(evaluate, path, pattern)
    place = next((i for i, each in enumerate(nodes.named(pattern)[1:]) if nodes.same(each, node)), None)
    if instance is None or place is None:
        return None
    if instance.is_a(*_THEMSELVES):
        return instance if place == 0 else None
    return fields.at(evaluate.lookup, instance, place)


def _item(evaluate: Evaluation, subject: Type | None, listed: list[Node], node: Node) -> Type | None:
    place = next((i for i, each in enumerate(listed) if nodes.same(each, node)), 0)
    if any(nodes.unwrapped(each).type == "splat_pattern" or _is_starred(each) for each in listed[:place]):
        return element_of(evaluate, subject)
    return unpacked(evaluate, subject, (place,))


def _is_starred(pattern: Node) -> bool:
    return any(child.type == "splat_pattern" for child in nodes.named(pattern))


def _value(evaluate: Evaluation, subject: Type | None, node: Node) -> Type | None:
    key = node.prev_named_sibling
    if subject is not None and key is not None and classes.is_typed_dict(evaluate.lookup, subject):
        return of_key(evaluate.lookup, subject, nodes.text_of(key).strip("'\""))
    return mapping_of(evaluate.lookup, subject)[1]


def _rest(evaluate: Evaluation, path: Path, splat: Node) -> Type | None:
    """What ``*rest`` or ``**rest`` takes."""
    holder = nodes.enclosing(splat, frozenset({*_SEQUENCES, "dict_pattern"}))
    subject = _at(evaluate, path, holder) if holder is not None else None
    if holder is not None and holder.type == "dict_pattern":
        return builtin("dict", *mapping_of(evaluate.lookup, subject))
    return Type(Form.INSTANCE, "list", args=(element_of(evaluate, subject),))


def _leaves(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        at = pending.pop()
        if at.type == "identifier":
            yield at
        pending += reversed(nodes.named(at))
