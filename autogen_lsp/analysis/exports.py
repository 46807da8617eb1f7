"""A new name into the list that must have it, and out of it again: a module's ``__all__``, a class's ``__slots__``.

Names stay in order where they are: as plain text, without regard to case, or as isort and ruff have them (constants,
classes, the rest). Quotes and layout are the neighbours'. Computed lists are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tree_sitter import Node

from autogen_lsp.analysis import locate, nodes
from autogen_lsp.analysis.imports import by_type, line_length
from autogen_lsp.analysis.layout import indent_unit, line_after
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.text import Edit, Span, newline_of
from autogen_lsp.workspace.source import Source

_ORDERS: tuple[Callable[[str], object], ...] = (by_type, str, str.casefold)


def edits(source: Source, target: Target) -> list[Edit]:
    """What a new definition needs beside itself, as all that is there already has it.

    What another file asks a module for is public; what ``__init__`` assigns has a slot.
    """
    owner = nodes.find_definition(source.tree, target.qualname.rpartition(".")[0]) if "." in target.qualname else None
    if owner is not None:
        if target.kind is not TargetKind.ATTRIBUTE or not locate.in_initializer(source, owner):
            return []
        listed, elements = _listed(nodes.statements(owner.child_by_field_name("body")), "__slots__")
    elif (
        target.kind in (TargetKind.FUNCTION, TargetKind.CLASS, TargetKind.ATTRIBUTE)
        and "." not in target.qualname
        and not target.name.startswith("_")
        and target.origin != target.path
    ):
        listed, elements = _listed(source.tree.root_node.named_children, "__all__")
        listed = listed if elements else None
    else:
        return []
    names = [_name(each) for each in elements]
    if listed is None or target.name in names:
        return []
    order = next((key for key in _ORDERS if sorted(names, key=key) == names), None)  # type: ignore[arg-type]  # keys of one order compare
    if order is None or owner is not None:
        index = len(names)
    else:
        index = sum(order(other) <= order(target.name) for other in names)  # type: ignore[operator]  # as above
    quote = nodes.text_of(elements[0])[0] if elements else '"'
    return [_inserted(source, listed, elements, index, f"{quote}{target.name}{quote}")]


def without(source: Source, name: str) -> list[Edit]:
    """What takes a name out again; a tuple of two stays as it is, since one of one needs its comma."""
    listed, elements = _listed(source.tree.root_node.named_children, "__all__")
    index = next((index for index, each in enumerate(elements) if _name(each) == name), None)
    if listed is None or index is None or len(elements) < (2 if listed.type == "list" else 3):
        return []
    element = elements[index]
    if index + 1 < len(elements):
        return [Edit(Span(element.start_byte, elements[index + 1].start_byte), "")]
    comma = element.next_sibling
    if comma is not None and comma.type == "," and _opens_line(source, element):
        return [Edit(Span(element.start_byte - element.start_point.column, line_after(source, element)), "")]
    return [Edit(Span(elements[index - 1].end_byte, element.end_byte), "")]


def _listed(statements: Sequence[Node], name: str) -> tuple[Node | None, list[Node]]:
    """The list or tuple that a statement assigns to the name, and its strings; none where anything else is in it."""
    for statement in statements:
        assignment = statement.named_children[0] if statement.named_child_count else statement
        if assignment.type != "assignment" or nodes.text_of(assignment.child_by_field_name("left")) != name:
            continue
        value = assignment.child_by_field_name("right")
        elements = [each for each in value.named_children if each.type != "comment"] if value is not None else []
        if value is not None and value.type in ("list", "tuple") and all(map(_name, elements)):
            return value, elements
        break
    return None, []


def _name(element: Node) -> str:
    """The name in a plain string; '' for any other element."""
    text = nodes.text_of(element)
    return text[1:-1] if element.type == "string" and text[1:-1].isidentifier() else ""


def _inserted(source: Source, listed: Node, elements: Sequence[Node], index: int, text: str) -> Edit:
    nl = newline_of(source.text)
    if listed.start_point.row == listed.end_point.row:
        merged = [nodes.text_of(each) for each in elements]
        merged.insert(index, text)
        opening, closing = "[]" if listed.type == "list" else "()"
        inside = ", ".join(merged) + ("," if listed.type == "tuple" and not elements else "")
        if listed.start_point.column + len(inside) + 2 > line_length(source):
            outer = _indent(source, listed.parent) if listed.parent is not None else ""
            unit = outer + indent_unit(source)
            inside = nl + "".join(f"{unit}{each},{nl}" for each in merged) + outer
        return Edit(nodes.span_of(listed), opening + inside + closing)
    if index < len(elements):
        at = elements[index].start_byte
        return Edit(Span(at, at), text + _separator(source, elements[index]))
    last = elements[-1]
    comma = last.next_sibling
    if comma is None or comma.type != ",":
        return Edit(Span(last.end_byte, last.end_byte), _separator(source, last) + text)
    if not _opens_line(source, last):
        return Edit(Span(comma.end_byte, comma.end_byte), f" {text},")
    end = line_after(source, last)  # a comment beside the last name stays with it
    return Edit(Span(end, end), f"{_indent(source, last)}{text},{nl}")


def _separator(source: Source, element: Node) -> str:
    """What stands between an element and its neighbour: a comma, and a new line where each has its own."""
    return f",{newline_of(source.text)}{_indent(source, element)}" if _opens_line(source, element) else ", "


def _opens_line(source: Source, element: Node) -> bool:
    return not _indent(source, element).strip()


def _indent(source: Source, element: Node) -> str:
    return source.text[element.start_byte - element.start_point.column : element.start_byte].decode()
