"""Where a new definition goes in a file: a syntax tree and the places of its uses into a `Placement`.

The rules are rows 1-17 of the cases (docs/create-from-usage.md). A placement is an insertion at the start of a line, or
the span of a placeholder or stub that the definition replaces. Only the one file is looked at; its layout (indentation,
comments that belong to a neighbour, blank lines) is kept as it stands. Never raises on broken code: where the tree is
an error, columns of lines decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from msgspec.structs import replace
from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.model import Placement
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

_HEADER = re.compile(rb"#!|#.*?coding[:=]")
_CONTINUES = re.compile(rb"(else|elif|except|finally|case)\b|[)\]}]")
_OPENS = re.compile(rb"(async\s+def|def|class)\b")


def function(source: Source, uses: Sequence[Span]) -> Placement:
    """A module-level definition: by its first use in this file, or at the bottom of the module where it has none.

    After the top-level definition whose body uses it; before a statement that uses it while the module is imported.
    Whatever the first use says, it comes before every other use at import time.
    """
    if not uses:
        return bottom(source)
    chosen = _by_use(source, uses[0])
    for use in uses[1:]:
        other = _by_use(source, use)
        if other.blank_after == 2 and _runs_at_import(source, use) and other.span < chosen.span:
            chosen = other
    return chosen


def bottom(source: Source) -> Placement:
    """After the module's last statement, but before what ends a module (`_ending`)."""
    if (ending := _ending(source)) is not None:
        return before(source, ending)
    for statement in reversed(nodes.statements(source.tree.root_node)):
        return Placement(_insertion(line_after(source, statement)))
    return Placement(_insertion(len(source.text)))


def _ending(source: Source) -> Node | None:
    """The first of the statements that end the module: ``if __name__ == "__main__":``, and an ``__all__`` below
    definitions (one right below the imports opens the module)."""
    statements = nodes.statements(source.tree.root_node)
    ending: Node | None = None
    exports: Node | None = None  # ends the module where a definition stands above it
    for statement in reversed(statements):
        if statement.type == "if_statement" and _tests_main(statement):
            ending = exports = statement
        elif _is_exports(statement):
            exports = statement
        else:
            defines = any(nodes.definition_of(each) is not None for each in statements)
            return exports if defines else ending
    return ending


def below(source: Source, place: Placement, names: Sequence[str]) -> Placement:
    """The place, or below definitions of these names that would stand right after it."""
    for statement in nodes.statements(source.tree.root_node) if names else ():
        if statement.start_byte < place.span.start:
            continue
        definition = nodes.definition_of(statement)
        if definition is None or nodes.text_of(definition.child_by_field_name("name")) not in names:
            break
        place = replace(place, span=_insertion(line_after(source, statement)))
    return place


def constant(source: Source) -> Placement:
    """A variable of the module: below its imports, and the variables right below these."""
    at, first, variables = 0, True, False
    children = source.tree.root_node.named_children
    for child, following in zip_longest(children, children[1:]):
        if child.type == "comment":
            # One that opens the file, apart from what follows, is about the file.
            apart = following is None or following.start_point.row > child.end_point.row + 1
            at = line_after(source, child) if first and apart else at
        elif _imports_only(child) or (first and _is_string(child)) or _is_variable(child):
            at, first, variables = line_after(source, child), False, _is_variable(child)
        else:
            break
    return Placement(_insertion(at), "", 0 if variables else 1, min(_blank_after(source, at), 1))


def _imports_only(statement: Node) -> bool:
    """An import, or an ``if`` or ``try`` with imports in it."""
    if statement.type in ("if_statement", "try_statement"):
        body = statement.child_by_field_name("consequence") or statement.child_by_field_name("body")
        return any(_imports_only(each) for each in nodes.statements(body))
    return statement.type in ("import_statement", "import_from_statement", "future_import_statement")


def _is_string(statement: Node) -> bool:
    return statement.type == "expression_statement" and [c.type for c in statement.named_children[:1]] == ["string"]


def _is_variable(statement: Node) -> bool:
    """A plain assignment to one name, or to ``__all__``."""
    assignment = statement.named_children[0] if statement.named_child_count == 1 else statement
    target = assignment.child_by_field_name("left")
    return assignment.type == "assignment" and target is not None and target.type == "identifier"


def _is_exports(statement: Node) -> bool:
    """``__all__ = …`` and ``__all__ += …``."""
    assignment = statement.named_children[0] if statement.named_child_count else statement
    left = assignment.child_by_field_name("left")
    return assignment.type in ("assignment", "augmented_assignment") and nodes.text_of(left) == "__all__"


def before(source: Source, statement: Node) -> Placement:
    """Before a top-level statement and the comments attached to it."""
    sibling = statement.prev_named_sibling
    start = source.lines.starts[source.lines.line_of(statement.start_byte)]
    while sibling is not None and sibling.end_byte > start:
        start = source.lines.starts[source.lines.line_of(sibling.start_byte)]
        sibling = sibling.prev_named_sibling
    return Placement(_insertion(_above_comments(source, start)))


def method(source: Source, owner: Node, after: Node | None = None, before: Node | None = None) -> Placement:
    """A method of the class ``owner``: after the member ``after`` (and its accessors or overloads), else last.

    But not below the member ``before``.
    """
    if (placeholder := _placeholder(source, owner)) is not None:
        return placeholder
    indent = member_indent(source, owner)
    members = nodes.statements(owner.child_by_field_name("body"))
    if not members:
        return Placement(_insertion(line_after(source, owner)), indent, 1, 1)
    anchor = members[-1]
    if after is not None:
        anchor = _last_of_group(members, nodes.outer_statement(after))
    is_last = nodes.same(anchor, members[-1])  # comments below the last member belong to the class
    at = line_after(source, anchor, column=owner.start_point.column if is_last else None)
    if before is not None and before.start_byte < at:
        line = source.lines.starts[source.lines.line_of(before.start_byte)]
        at = _above_comments(source, line, floor=_line_below_header(source, owner))
        return Placement(_insertion(at), indent, 0 if nodes.same(before, members[0]) else 1, 1)
    return Placement(_insertion(at), indent, 1, _blank_after(source, at))


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
        at = _below_attached(source, line_after(source, last))
        return Placement(_insertion(at), indent, 1, _blank_after(source, at))
    body = owner.child_by_field_name("body")
    at = source.lines.starts[source.lines.line_of(body.start_byte)] if body is not None else line_after(source, owner)
    return Placement(_insertion(_above_comments(source, at, floor=_line_below_header(source, owner))), indent, 0, 1)


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
        return Placement(_insertion(line_after(source, function_node)), "", 0, 0)
    last = members[-1]
    indent = _indent_at(source, members[0].start_byte)
    if last.type in ("pass_statement",) or (len(members) == 1 and is_ellipsis(last)):
        lines = source.lines
        return Placement(
            Span(lines.starts[lines.line_of(last.start_byte)], lines.line_span(lines.line_of(last.end_byte)).end),
            indent, 0, 0,
        )  # fmt: skip
    return Placement(_insertion(line_after(source, last, column=function_node.start_point.column)), indent, 0, 0)


def existing(source: Source, definition: Node) -> Placement:
    """A stub: its whole statement, with decorators and the placeholder's trailing comment."""
    outer = nodes.outer_statement(definition)
    end = line_after(source, outer)
    while end > outer.end_byte and source.text[end - 1 : end] in (b"\n", b"\r"):
        end -= 1
    return Placement(Span(outer.start_byte, end), _indent_at(source, outer.start_byte), 0, 0)


def deferred(node: Node) -> bool:
    """Whether the node runs only when a function is called: it is in a function's or lambda's body."""
    child = node
    for parent in nodes.ancestors(node):
        if parent.type in (nodes.FUNCTION, "lambda") and nodes.same(parent.child_by_field_name("body"), child):
            return True
        child = parent
    return False


def top_level(node: Node) -> Node:
    """The top-level statement that holds the node."""
    while node.parent is not None and node.parent.parent is not None:
        node = node.parent
    return node


def line_after(source: Source, node: Node, column: int | None = None) -> int:
    """Start of the line after a statement, with the comments below that are indented deeper than ``column``."""
    column = node.start_point.column if column is None else column
    last = node
    while last.type in _COMPOUND:
        inner = [
            child for child in last.named_children if child.type != "comment" and child.end_byte > child.start_byte
        ]
        if not inner:
            break
        last = inner[-1]
    lines = source.lines
    line = lines.line_of(last.end_byte)
    line += 1
    end = line
    while line < len(lines.starts):
        text = lines.line_span(line).cut(source.text)
        if not text.strip():
            line += 1
            continue
        width = len(text) - len(text.lstrip())
        if not text.lstrip().startswith("#") or width <= column:
            break
        line += 1
        end = line
    return lines.line_span(end).start


def member_indent(source: Source, owner: Node) -> str:
    """The white space before the members of a class; one step deeper than the class where there are none."""
    for member in nodes.statements(owner.child_by_field_name("body")):
        if member.start_point.row > owner.start_point.row and (indent := _indent_at(source, member.start_byte)):
            return indent
    return _indent_at(source, owner.start_byte) + indent_unit(source)


def indent_unit(source: Source) -> str:
    """One step of indentation as the file does it: that of its first indented block, four spaces where it has none."""
    pending = list(reversed(source.tree.root_node.named_children))
    for _ in range(2000):
        if not pending:
            break
        node = pending.pop()
        if node.type == "block" and node.parent is not None and node.start_point.row > node.parent.start_point.row:
            outer, inner = _indent_at(source, node.parent.start_byte), _indent_at(source, node.start_byte)
            if inner.startswith(outer) and inner != outer:
                return inner.removeprefix(outer)
        pending.extend(reversed(node.named_children))
    return "    "


def is_ellipsis(statement: Node) -> bool:
    return statement.type == "expression_statement" and nodes.text_of(statement) == "..."


def _by_use(source: Source, use: Span) -> Placement:
    node = nodes.node_at(source.tree, use)
    statement = top_level(node)
    if statement.type in ("ERROR", "module"):
        return _by_columns(source, use)
    if nodes.definition_of(statement) is None or not deferred(node):
        ending = _ending(source)
        return before(source, statement if ending is None or ending.start_byte > statement.start_byte else ending)
    return Placement(_insertion(line_after(source, statement)))


def _runs_at_import(source: Source, use: Span) -> bool:
    return not deferred(nodes.node_at(source.tree, use))


def _by_columns(source: Source, use: Span) -> Placement:
    """Where the tree is broken: the lines that start at column 0 stand in for top-level statements."""
    lines = source.lines
    line = lines.line_of(use.start)
    while line > 0 and not _starts_statement(source, line):
        line -= 1
    if not _OPENS.match(lines.line_span(line).cut(source.text).encode()):
        return Placement(_insertion(_above_comments(source, lines.starts[line])))
    line = lines.line_of(use.start) + 1
    end = line
    while line < len(lines.starts) and not _starts_statement(source, line):
        if lines.line_span(line).cut(source.text).strip():
            end = line + 1
        line += 1
    return Placement(_insertion(lines.line_span(end).start))


def _starts_statement(source: Source, line: int) -> bool:
    span = source.lines.line_span(line)
    text = source.text[span.start : span.end]
    return bool(text.strip()) and text[:1] not in b" \t#" and not _CONTINUES.match(text)


def _above_comments(source: Source, start: int, floor: int = 0) -> int:
    """The start of the comment lines directly above a line start; a shebang or coding line stays above."""
    lines = source.lines
    line = lines.line_of(start)
    while line > floor:
        text = lines.line_span(line - 1).cut(source.text).strip().encode()
        if not text.startswith(b"#") or (line <= 2 and _HEADER.match(text)):
            break
        line -= 1
    return lines.starts[line]


def _below_attached(source: Source, at: int) -> int:
    """Below the comments that follow a line start at once, unless they stand on top of what comes next."""
    lines = source.lines
    line = lines.line_of(at)
    while line < len(lines.starts) and (text := lines.line_span(line).cut(source.text).strip()).startswith("#"):
        line += 1
    return at if line >= len(lines.starts) or text else lines.starts[line]


def _line_below_header(source: Source, owner: Node) -> int:
    body = owner.child_by_field_name("body")
    colon = next((child for child in reversed(owner.children) if child.type == ":"), body or owner)
    return source.lines.line_of(colon.start_byte) + 1


def _tests_main(statement: Node) -> bool:
    condition = nodes.text_of(statement.child_by_field_name("condition"))
    return "__name__" in condition and "__main__" in condition


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
        return Placement(Span(start, last.end_byte), indent, 1 if rest else 0, _blank_after(source, last.end_byte))
    first = lines.line_of(last.start_byte)
    end = lines.line_span(lines.line_of(last.end_byte)).end
    return Placement(Span(lines.starts[first], end), indent, 1 if rest else 0, _blank_after(source, end))


def _is_docstring(statement: Node, members: Sequence[Node]) -> bool:
    return (
        nodes.same(statement, members[0])
        and statement.type == "expression_statement"
        and statement.named_child_count == 1
        and statement.named_children[0].type in ("string", "concatenated_string")
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


def _blank_after(source: Source, at: int) -> int:
    """Blank lines that must follow a member inserted before the byte ``at``: by what comes next."""
    line = source.lines.line_of(at)
    if source.lines.starts[line] != at:
        line += 1
    while line < len(source.lines.starts):
        span = source.lines.line_span(line)
        text = source.text[span.start : span.end]
        if text.strip():
            if _CONTINUES.match(text.strip()):
                return 0
            return 1 if text[:1] in b" \t" else 2
        line += 1
    return 0


def _indent_at(source: Source, offset: int) -> str:
    """The white space at the start of the offset's line."""
    text = source.lines.line_span(source.lines.line_of(offset)).cut(source.text)
    return text[: len(text) - len(text.lstrip(" \t\f"))]


def _insertion(offset: int) -> Span:
    return Span(offset, offset)


_COMPOUND = (
    "function_definition", "class_definition", "decorated_definition", "if_statement", "elif_clause", "else_clause",
    "try_statement", "except_clause", "finally_clause", "with_statement", "for_statement", "while_statement",
    "match_statement", "case_clause", "block",
)  # fmt: skip
