"""The import statements of a module as they stand, and where its first one may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.layout import line_after
from autogen_lsp.workspace.source import Source


@dataclass(frozen=True, slots=True)
class Statement:
    """An import statement: ``module`` with its dots for ``from`` imports, '' for plain ones; names and aliases."""

    node: Node
    module: str
    names: tuple[tuple[str, str], ...]  # (imported, bound); for `import a.b`: ('a.b', 'a')
    elements: tuple[Node, ...]
    type_checking: bool

    @property
    def plain(self) -> bool:
        return not self.module


def statements(source: Source) -> Iterator[Statement]:
    """The import statements of the module's own scope, those under if and try too, in order."""
    pending = [(child, False) for child in reversed(source.tree.root_node.named_children)]
    while pending:
        node, typing_only = pending.pop()
        if node.type in ("import_statement", "import_from_statement", "future_import_statement"):
            yield _statement(node, typing_only)
        elif node.type == "if_statement":
            guarded = is_guard(node)
            consequence = node.child_by_field_name("consequence")
            pending += [
                (child, typing_only or (guarded and nodes.same(child, consequence)))
                for child in reversed(node.named_children)
            ]
        elif node.type in ("try_statement", "block", "else_clause", "elif_clause", "except_clause", "finally_clause",
                           "with_statement"):  # fmt: skip
            pending += [(child, typing_only) for child in reversed(node.named_children)]


def header_end(source: Source) -> int:
    """The start of the first line on which an import may stand: after shebang, leading comments and docstring."""
    children = source.tree.root_node.named_children
    at = 0
    for index, child in enumerate(children):
        if child.type == "comment":
            following = children[index + 1] if index + 1 < len(children) else None
            if following is None or child.start_point.row == 0 or following.start_point.row > child.end_point.row + 1:
                at = line_after(source, child)
                continue
            if following.type == "comment" or nodes.text_of(child).startswith("#!"):
                continue
            continue
        if child.type == "expression_statement" and child.named_child_count == 1:
            inner = child.named_children[0]
            if inner.type in ("string", "concatenated_string"):
                return line_after(source, child)
        break
    return at


def _statement(node: Node, typing_only: bool) -> Statement:
    module = ""
    if node.type == "future_import_statement":
        module = "__future__"
    elif node.type == "import_from_statement":
        module = nodes.text_of(node.child_by_field_name("module_name"))
    names: list[tuple[str, str]] = []
    elements = tuple(node.children_by_field_name("name"))
    for element in elements:
        if element.type == "aliased_import":
            imported = nodes.text_of(element.child_by_field_name("name"))
            names.append((imported, nodes.text_of(element.child_by_field_name("alias"))))
        else:
            imported = nodes.text_of(element)
            names.append((imported, imported if module else imported.partition(".")[0]))
    if any(child.type == "wildcard_import" for child in node.named_children):
        names.append(("*", "*"))
    return Statement(node, module, tuple(names), elements, typing_only)


def is_guard(statement: Node) -> bool:
    condition = nodes.text_of(statement.child_by_field_name("condition"))
    return condition == "TYPE_CHECKING" or condition.endswith(".TYPE_CHECKING")
