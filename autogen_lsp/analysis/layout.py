"""How a file is laid out in lines: its indentation, and what belongs to a statement above and below it."""

from __future__ import annotations

import re

from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

_HEADER = re.compile(rb"#!|#.*?coding[:=]")
CONTINUES = re.compile(rb"(else|elif|except|finally|case)\b|[)\]}]")


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


def indent_unit(source: Source) -> str:
    """One step of indentation as the file does it: that of its first indented block, four spaces where it has none."""
    pending = list(reversed(source.tree.root_node.named_children))
    for _ in range(2000):
        if not pending:
            break
        node = pending.pop()
        if node.type == "block" and node.parent is not None and node.start_point.row > node.parent.start_point.row:
            outer, inner = indent_at(source, node.parent.start_byte), indent_at(source, node.start_byte)
            own_line = len(inner) == node.start_point.column  # else it follows a header of several lines
            if own_line and inner.startswith(outer) and inner != outer:
                return inner.removeprefix(outer)
        pending.extend(reversed(node.named_children))
    return "    "


def is_ellipsis(statement: Node) -> bool:
    return statement.type == "expression_statement" and nodes.text_of(statement) == "..."


def above_comments(source: Source, start: int, floor: int = 0) -> int:
    """The start of the comment lines directly above a line start; a shebang or coding line stays above."""
    lines = source.lines
    line = lines.line_of(start)
    while line > floor:
        text = lines.line_span(line - 1).cut(source.text).strip().encode()
        if not text.startswith(b"#") or (line <= 2 and _HEADER.match(text)):
            break
        line -= 1
    return lines.starts[line]


def below_attached(source: Source, at: int) -> int:
    """Below the comments that follow a line start at once, unless they stand on top of what comes next."""
    lines = source.lines
    line = lines.line_of(at)
    while line < len(lines.starts) and (text := lines.line_span(line).cut(source.text).strip()).startswith("#"):
        line += 1
    return at if line >= len(lines.starts) or text else lines.starts[line]


def blank_after(source: Source, at: int) -> int:
    """Blank lines that must follow a member inserted before the byte ``at``: by what comes next."""
    line = source.lines.line_of(at)
    if source.lines.starts[line] != at:
        line += 1
    while line < len(source.lines.starts):
        span = source.lines.line_span(line)
        text = source.text[span.start : span.end]
        if text.strip():
            if CONTINUES.match(text.strip()):
                return 0
            return 1 if text[:1] in b" \t" else 2
        line += 1
    return 0


def indent_at(source: Source, offset: int) -> str:
    """The white space at the start of the offset's line."""
    text = source.lines.line_span(source.lines.line_of(offset)).cut(source.text)
    return text[: len(text) - len(text.lstrip(" \t\f"))]


def insertion(offset: int) -> Span:
    return Span(offset, offset)


_COMPOUND = (
    "function_definition", "class_definition", "decorated_definition", "if_statement", "elif_clause", "else_clause",
    "try_statement", "except_clause", "finally_clause", "with_statement", "for_statement", "while_statement",
    "match_statement", "case_clause", "block",
)  # fmt: skip
