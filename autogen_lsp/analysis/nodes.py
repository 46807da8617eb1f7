"""Questions about one syntax tree: what holds a node, what a definition's parts are, where a statement begins and ends.

Nodes of tree-sitter in, nodes and text out; nothing is looked up in other files, and nothing recurses.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

import msgspec
from tree_sitter import Node, Tree

from autogen_lsp.text import Span

FUNCTION = "function_definition"
CLASS = "class_definition"
DEFINITIONS = frozenset({FUNCTION, CLASS})
COMPREHENSIONS = frozenset(
    {"list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"}
)
LOOPS = frozenset({"for_statement", "while_statement"})


def text_of(node: Node | None) -> str:
    """The node's source text, '' for None."""
    return "" if node is None or node.text is None else node.text.decode("utf-8", "replace")


def span_of(node: Node) -> Span:
    return Span(node.start_byte, node.end_byte)


def node_at(tree: Tree, span: Span) -> Node:
    """The smallest named node that covers the span (the module where there is none)."""
    found = tree.root_node.named_descendant_for_byte_range(span.start, max(span.start, span.end))
    return found if found is not None else tree.root_node


def ancestors(node: Node) -> Iterator[Node]:
    """The node's parents, innermost first."""
    at = node.parent
    while at is not None:
        yield at
        at = at.parent


def enclosing(node: Node, types: frozenset[str]) -> Node | None:
    """The innermost ancestor of one of the types."""
    return next((parent for parent in ancestors(node) if parent.type in types), None)


def same(a: Node | None, b: Node | None) -> bool:
    """Whether two nodes are one, in trees of the same text."""
    return a is not None and b is not None and (a.start_byte, a.end_byte, a.type) == (b.start_byte, b.end_byte, b.type)


def inside(node: Node, outer: Node | None) -> bool:
    """Whether ``node`` lies within ``outer`` (both of one tree)."""
    return outer is not None and outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte


def starred(item: Node) -> Node | None:
    """What stands behind the ``*`` of an item or argument, None where there is none.

    The grammar may hang the star on the first name: ``[*f(x)]`` is parsed as ``[(*f)(x)]``. Then it is the item itself:
    a ``list_splat`` that is called, or a part of which is taken, is what it holds.
    """
    if item.type == "list_splat":
        return first_named(item)
    return item if (item.text or b"").startswith(b"*") and item.type != "dictionary_splat" else None


def is_displaced(splat: Node) -> bool:
    """Whether it is a star that hangs on the first name of what is spread."""
    return splat.type == "list_splat" and splat.parent is not None and splat.parent.type in _CHAINED


# What may begin with what is called, or what something is taken from.
_CHAINED = frozenset(
    {"call", "attribute", "subscript", "binary_operator", "boolean_operator", "comparison_operator",
     "conditional_expression"}
)  # fmt: skip


def unwrapped(node: Node) -> Node:
    """The expression within its parentheses."""
    while node.type == "parenthesized_expression" and (inner := first_named(node)) is not None:
        node = inner
    return node


def without_await(node: Node) -> Node:
    """What is awaited, or the node."""
    return (first_named(node) or node) if node.type == "await" else node


def wrapped(node: Node) -> Node:
    """The outermost parenthesized expression around the node, or the node."""
    parent = node.parent
    while parent is not None and (parent.type == "parenthesized_expression" or is_displaced(parent)):
        node, parent = parent, parent.parent
    return node


def outer_statement(definition: Node) -> Node:
    """The definition with its decorators."""
    parent = definition.parent
    return parent if parent is not None and parent.type == "decorated_definition" else definition


def definition_of(statement: Node) -> Node | None:
    """The function or class of a (decorated) definition statement, None for any other statement."""
    if statement.type == "decorated_definition":
        statement = statement.child_by_field_name("definition") or statement
    return statement if statement.type in DEFINITIONS else None


def decorators(definition: Node) -> list[str]:
    """Source text of the decorators, without ``@``."""
    outer = outer_statement(definition)
    return [text_of(child).lstrip("@").strip() for child in outer.named_children if child.type == "decorator"]


def is_async(function: Node) -> bool:
    return any(child.type == "async" for child in function.children[:1])


def qualname_of(definition: Node) -> str:
    """As Python's ``__qualname__``."""
    parts = [text_of(definition.child_by_field_name("name"))]
    for parent in ancestors(definition):
        if parent.type == CLASS:
            parts.append(text_of(parent.child_by_field_name("name")))
        elif parent.type == FUNCTION:
            parts += ["<locals>", text_of(parent.child_by_field_name("name"))]
    return ".".join(reversed(parts))


def statements(body: Node | None) -> list[Node]:
    """The statements of a module or block, comments left out."""
    return [] if body is None else named(body)


def named(node: Node) -> list[Node]:
    """The named children, without what may stand anywhere: comments, and backslashes at the end of lines."""
    return [child for child in node.named_children if not child.is_extra]


def first_named(node: Node) -> Node | None:
    return next((child for child in node.named_children if not child.is_extra), None)


def find_definition(tree: Tree, qualname: str) -> Node | None:
    """The definition of that qualname: under if/try/with too, the last one where there are several."""
    bodies = [tree.root_node]
    found: Node | None = None
    for part in qualname.replace(".<locals>", "").split("."):
        matches = [
            definition
            for body in bodies
            for definition in definitions_in(body)
            if text_of(definition.child_by_field_name("name")) == part
        ]
        if not matches:
            return None
        found = matches[-1]
        bodies = [body for match in matches if (body := match.child_by_field_name("body")) is not None]
    return found


def definitions_in(body: Node) -> Iterator[Node]:
    """Definitions of the body's own scope, in order: those under if, try, with, for, while and match too."""
    pending = list(reversed(body.named_children))
    while pending:
        node = pending.pop()
        if node.type in DEFINITIONS:
            yield node
        elif node.type == "decorated_definition" or node.type in _CONTAINERS:
            pending.extend(reversed(node.named_children))


_CONTAINERS = frozenset(
    {
        "block", "if_statement", "elif_clause", "else_clause", "try_statement", "except_clause", "except_group_clause",
        "finally_clause", "with_statement", "for_statement", "while_statement", "match_statement", "case_clause",
        "ERROR",
    }
)  # fmt: skip


class ParameterNode(msgspec.Struct, frozen=True):
    """A parameter as written. ``star`` is '', '*' or '**'; ``keyword_only`` follows a ``*``."""

    name: str
    annotation: Node | None
    default: Node | None
    star: str = ""
    keyword_only: bool = False


def parameters(function: Node) -> list[ParameterNode]:
    """The parameters of a function definition or lambda, in order."""
    out: list[ParameterNode] = []
    listed = function.child_by_field_name("parameters")
    keyword_only = False
    for child in [] if listed is None else listed.named_children:
        annotation, default, star = None, child.child_by_field_name("value"), ""
        name: Node | None = child
        if child.type == "keyword_separator":
            keyword_only = True
            continue
        if child.type in ("typed_parameter", "typed_default_parameter"):
            annotation = child.child_by_field_name("type")
            name = first_named(child) if child.type == "typed_parameter" else child.child_by_field_name("name")
        elif child.type == "default_parameter":
            name = child.child_by_field_name("name")
        if name is not None and name.type in ("list_splat_pattern", "dictionary_splat_pattern"):
            star = "*" if name.type == "list_splat_pattern" else "**"
            name = first_named(name)
        if name is None or name.type != "identifier":
            continue
        out.append(ParameterNode(text_of(name), annotation, default, star, keyword_only and not star))
        keyword_only = keyword_only or star == "*"
    return out


def has_own_yield(function: Node) -> bool:
    """Whether the function is a generator: a ``yield`` of its own, not of a nested function."""
    return any(node.type == "yield" for node in own_nodes(function.child_by_field_name("body")))


def own_nodes(body: Node | None, name: str = "") -> Iterator[Node]:
    """All named nodes below, without the insides of nested functions, lambdas and classes; or those that hold a name.

    Among thousands of nodes a name stands in few: of the others only those are looked at that lie beside these.
    """
    if body is None:
        return
    places = places_of(body, name) if name else None
    pending = [body]
    while pending:
        node = pending.pop()
        if node is not body:
            yield node
            if node.type in DEFINITIONS or node.type == "lambda":
                continue
        children = node.named_children
        if places is not None:
            children = [child for child in children if holds_any(child, places)]
        pending.extend(reversed(children))


def places_of(node: Node, name: str, before: int | None = None) -> list[int]:
    """Where a name begins in a node's text, or seems to: it may be a part of a longer one. In order."""
    text, start, wanted = node.text or b"", node.start_byte, name.encode("utf-8", "surrogatepass")
    end = len(text) if before is None else before - start
    found, at = [], text.find(wanted, 0, end)
    while at >= 0:
        found.append(start + at)
        at = text.find(wanted, at + len(wanted), end)
    return found


def holds_any(node: Node, places: list[int]) -> bool:
    """Whether one of the places is in the node."""
    at = bisect_left(places, node.start_byte)
    return at < len(places) and places[at] < node.end_byte
