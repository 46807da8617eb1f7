"""Where a new member goes in a class (rows 7-13): a method, `__init__`, an attribute; its layout is kept as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.layout import (
    above_comments,
    below_attached,
    blank_after,
    indent_at,
    indent_unit,
    insertion,
    is_ellipsis,
    line_after,
)
from autogen_lsp.analysis.model import Placement
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source


def method(source: Source, owner: Node, after: Node | None = None, before: Node | None = None) -> Placement:
    """A method of the class ``owner``: after the member ``after`` (and its accessors or overloads), else last.

    But not below the member ``before``.
    """
    if (placeholder := _placeholder(source, owner)) is not None:
        return placeholder
    indent = member_indent(source, owner)
    members = nodes.statements(owner.child_by_field_name("body"))
    if not members:
        return Placement(insertion(line_after(source, owner)), indent, 1, 1)
    anchor = members[-1]
    if after is not None:
        anchor = _last_of_group(members, nodes.outer_statement(after))
    is_last = nodes.same(anchor, members[-1])  # comments below the last member belong to the class
    at = line_after(source, anchor, column=owner.start_point.column if is_last else None)
    if before is not None and before.start_byte < at:
        line = source.lines.starts[source.lines.line_of(before.start_byte)]
        at = above_comments(source, line, floor=_line_below_header(source, owner))
        return Placement(insertion(at), indent, 0 if nodes.same(before, members[0]) else 1, 1)
    return Placement(insertion(at), indent, 1, blank_after(source, at))


def constructor(source: Source, owner: Node) -> Placement:
    """``__init__``: first after the docstring and the attributes (row 10)."""
    if (placeholder := _placeholder(source, owner)) is not None:
        return placeholder
    indent = member_indent(source, owner)
    last: Node | None = None
    for member in nodes.statements(owner.child_by_field_name("body")):
        if nodes.definition_of(member) is not None:
            break
        last = member
    if last is not None:
        at = below_attached(source, line_after(source, last))
        return Placement(insertion(at), indent, 1, blank_after(source, at))
    body = owner.child_by_field_name("body")
    at = source.lines.starts[source.lines.line_of(body.start_byte)] if body is not None else line_after(source, owner)
    return Placement(insertion(above_comments(source, at, floor=_line_below_header(source, owner))), indent, 0, 1)


def class_attribute(source: Source, owner: Node) -> Placement:
    """An attribute in the class body: after the attributes that stand there, else first after the docstring."""
    if (placeholder := _placeholder(source, owner)) is not None:
        return placeholder
    place = constructor(source, owner)
    members = nodes.statements(owner.child_by_field_name("body"))
    fields = [m for m in members if nodes.definition_of(m) is None and not _is_docstring(m, members)]
    return Placement(place.span, place.indent, 0 if fields else place.blank_before, place.blank_after)


def end_of_body(source: Source, function_node: Node) -> Placement:
    """A statement at the end of a function's body (``self.x = …`` in ``__init__``)."""
    body = function_node.child_by_field_name("body")
    members = nodes.statements(body)
    if body is None or not members or members[0].start_point.row == function_node.start_point.row:
        return Placement(insertion(line_after(source, function_node)), "", 0, 0)
    last = members[-1]
    indent = indent_at(source, members[0].start_byte)
    if last.type in ("pass_statement",) or (len(members) == 1 and is_ellipsis(last)):
        lines = source.lines
        return Placement(
            Span(lines.starts[lines.line_of(last.start_byte)], lines.line_span(lines.line_of(last.end_byte)).end),
            indent, 0, 0,
        )  # fmt: skip
    return Placement(insertion(line_after(source, last, column=function_node.start_point.column)), indent, 0, 0)


def member_indent(source: Source, owner: Node) -> str:
    """The white space before the members of a class; one step deeper than the class where there are none."""
    for member in nodes.statements(owner.child_by_field_name("body")):
        if member.start_point.row > owner.start_point.row and (indent := indent_at(source, member.start_byte)):
            return indent
    return indent_at(source, owner.start_byte) + indent_unit(source)


def _line_below_header(source: Source, owner: Node) -> int:
    body = owner.child_by_field_name("body")
    colon = next((child for child in reversed(owner.children) if child.type == ":"), body or owner)
    return source.lines.line_of(colon.start_byte) + 1


def _placeholder(source: Source, owner: Node) -> Placement | None:
    """The ``pass`` or ``...`` that is the whole body of the class (a docstring may stand before it)."""
    body = owner.child_by_field_name("body")
    members = nodes.statements(body)
    if not members:
        return None
    last = members[-1]
    rest = members[:-1]
    if last.type != "pass_statement" and not is_ellipsis(last):
        return None
    if rest and not (len(rest) == 1 and _is_docstring(rest[0], members)):
        return None
    indent = member_indent(source, owner)
    lines = source.lines
    if last.start_point.row == owner.start_point.row or (rest and rest[0].end_point.row == last.start_point.row):
        colon = next((child for child in reversed(owner.children) if child.type == ":"), None)
        start = rest[0].end_byte if rest else colon.end_byte if colon is not None else last.start_byte
        return Placement(Span(start, last.end_byte), indent, 1 if rest else 0, blank_after(source, last.end_byte))
    first = lines.line_of(last.start_byte)
    end = lines.line_span(lines.line_of(last.end_byte)).end
    return Placement(Span(lines.starts[first], end), indent, 1 if rest else 0, blank_after(source, end))


def _is_docstring(statement: Node, members: Sequence[Node]) -> bool:
    return (
        nodes.same(statement, members[0])
        and statement.type == "expression_statement"
        and len(nodes.named(statement)) == 1
        and nodes.named(statement)[0].type in ("string", "concatenated_string")
    )


def _last_of_group(members: Iterable[Node], anchor: Node) -> Node:
    """The last of the members that follow each other under the anchor's name: overloads, a property's accessors."""
    definition = nodes.definition_of(anchor)
    name = nodes.text_of(definition.child_by_field_name("name")) if definition is not None else ""
    found, seen = anchor, False
    for member in members:
        seen = seen or nodes.same(member, anchor)
        if not seen or nodes.same(member, anchor):
            continue
        other = nodes.definition_of(member)
        if other is None or nodes.text_of(other.child_by_field_name("name")) != name:
            break
        found = member
    return found
