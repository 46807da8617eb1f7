"""Where a new definition goes in a file: a syntax tree and the places of its uses into a `Placement`.

The rules are rows 1-6 and 14-17 of the cases (docs/create-from-usage.md); members of classes are `class_places`'s
business. A placement is an insertion at the start of a line, or the span of a placeholder or stub that the definition
replaces. Only the one file is looked at; its layout (indentation, comments that belong to a neighbour, blank lines) is
kept as it stands. Never raises on broken code: where the tree is an error, columns of lines decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from msgspec.structs import replace
from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.layout import (
    CONTINUES,
    above_comments,
    blank_after,
    deferred,
    indent_at,
    insertion,
    line_after,
    top_level,
)
from autogen_lsp.analysis.model import Placement
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

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
        return Placement(insertion(line_after(source, statement)))
    return Placement(insertion(len(source.text)))


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
        place = replace(place, span=insertion(line_after(source, statement)))
    return place


def constant(source: Source) -> Placement:
    """A variable of the module: below its imports, and the variables right below these."""
    at, first, variables, most = 0, True, False, 1
    children = source.tree.root_node.named_children
    for child, following in zip_longest(children, children[1:]):
        if child.type == "comment":
            # One that opens the file, apart from what follows, is about the file.
            apart = following is None or following.start_point.row > child.end_point.row + 1
            at = line_after(source, child) if first and apart else at
        elif _imports_only(child) or (first and _is_string(child)) or _is_variable(child):
            at, first, variables = line_after(source, child), False, _is_variable(child)
        else:
            most = 1 if nodes.definition_of(child) is None else 2
            break
    return Placement(insertion(at), "", 0 if variables else 1, min(blank_after(source, at), most))


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
    return Placement(insertion(above_comments(source, start)))


def existing(source: Source, definition: Node) -> Placement:
    """A stub: its whole statement, with decorators and the placeholder's trailing comment."""
    outer = nodes.outer_statement(definition)
    end = line_after(source, outer)
    while end > outer.end_byte and source.text[end - 1 : end] in (b"\n", b"\r"):
        end -= 1
    return Placement(Span(outer.start_byte, end), indent_at(source, outer.start_byte), 0, 0)


def _by_use(source: Source, use: Span) -> Placement:
    node = nodes.node_at(source.tree, use)
    statement = top_level(node)
    if statement.type in ("ERROR", "module"):
        return _by_columns(source, use)
    if nodes.definition_of(statement) is None or not deferred(node):
        ending = _ending(source)
        return before(source, statement if ending is None or ending.start_byte > statement.start_byte else ending)
    return Placement(insertion(line_after(source, statement)))


def _runs_at_import(source: Source, use: Span) -> bool:
    return not deferred(nodes.node_at(source.tree, use))


def _by_columns(source: Source, use: Span) -> Placement:
    """Where the tree is broken: the lines that start at column 0 stand in for top-level statements."""
    lines = source.lines
    line = lines.line_of(use.start)
    while line > 0 and not _starts_statement(source, line):
        line -= 1
    if not _OPENS.match(lines.line_span(line).cut(source.text).encode()):
        return Placement(insertion(above_comments(source, lines.starts[line])))
    line = lines.line_of(use.start) + 1
    end = line
    while line < len(lines.starts) and not _starts_statement(source, line):
        if lines.line_span(line).cut(source.text).strip():
            end = line + 1
        line += 1
    return Placement(insertion(lines.line_span(end).start))


def _starts_statement(source: Source, line: int) -> bool:
    span = source.lines.line_span(line)
    text = source.text[span.start : span.end]
    return bool(text.strip()) and text[:1] not in b" \t#" and not CONTINUES.match(text)


def _tests_main(statement: Node) -> bool:
    condition = nodes.text_of(statement.child_by_field_name("condition"))
    return "__name__" in condition and "__main__" in condition
