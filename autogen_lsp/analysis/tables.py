"""Dispatch tables: where functions that a list or dictionary holds are called as its items.

``ON = {"add": add}``, then ``ON[word](x)``, ``ON.get(word, add)(x)``, ``for step in STEPS: step(x)``, also through a
variable that keeps an item. Looked at is the file that writes the table. Syntax nodes in and out.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from autogen_lsp.analysis import bindings, nodes

_DISPLAYS = frozenset({"list", "tuple", "set", "dictionary", "expression_list"})
_GETS = frozenset({"get", "pop", "setdefault"})
_VIEWS = frozenset({"values", "items"})
_SCOPES = frozenset({nodes.FUNCTION, "module"})
_MAX_READS = 40


def calls_of(expression: Node) -> list[Node]:
    """The calls of items of the table that holds an expression; none where it stands in no table."""
    table = _table(expression)
    if table is None:
        return []
    calls = (_call_of(item) for read in _reads(table) for item in _items(read))
    return [call for call in calls if call is not None]


def _table(expression: Node) -> Node | None:
    """The variable, or attribute, that is assigned the list or dictionary of which the expression is an item."""
    item = nodes.wrapped(expression)
    if item.parent is not None and item.parent.type == "pair":
        if not nodes.same(item.parent.child_by_field_name("value"), item):
            return None
        item = item.parent
    display = item.parent
    assignment = nodes.wrapped(display).parent if display is not None and display.type in _DISPLAYS else None
    if display is None or assignment is None or assignment.type != "assignment":
        return None
    left = assignment.child_by_field_name("left")
    return left if left is not None and left.type in ("identifier", "attribute") else None


def _reads(table: Node) -> Iterator[Node]:
    """Where the variable is read: in its function, or the whole module; an attribute, wherever it has that name."""
    around = nodes.enclosing(table, frozenset({nodes.FUNCTION, nodes.CLASS, "module"}))
    is_member = table.type == "attribute" or (around is not None and around.type == nodes.CLASS)
    scopes = [scope for scope in nodes.ancestors(table) if scope.type in _SCOPES]
    if not scopes:
        return
    scope = scopes[-1] if is_member else scopes[0]
    name = nodes.text_of(table.child_by_field_name("attribute") or table)
    for place in nodes.places_of(scope, name)[:_MAX_READS]:
        node = scope.named_descendant_for_byte_range(place, place + len(name.encode()))
        if node is None or node.type != "identifier" or nodes.text_of(node) != name or nodes.same(node, table):
            continue
        holder = node.parent
        is_attribute = holder is not None and nodes.same(holder.child_by_field_name("attribute"), node)
        if is_attribute == is_member and holder is not None:
            yield holder if is_attribute else node


def _items(read: Node) -> Iterator[Node]:
    """Expressions and variables that stand for an item of what is read."""
    parent = nodes.wrapped(read).parent
    if parent is None:
        return
    if parent.type == "subscript" and nodes.same(parent.child_by_field_name("value"), nodes.wrapped(read)):
        yield from _kept(parent)
    elif parent.type == "attribute" and parent.parent is not None and parent.parent.type == "call":
        method = nodes.text_of(parent.child_by_field_name("attribute"))
        if method in _GETS:
            yield from _kept(parent.parent)
        elif method in _VIEWS:
            yield from _looped(parent.parent, of_pairs=method == "items")
    else:
        yield from _looped(nodes.wrapped(read), of_pairs=False)


def _looped(iterable: Node, *, of_pairs: bool) -> Iterator[Node]:
    """The reads of the variable that a loop over it binds."""
    loop = iterable.parent
    if loop is None or loop.type != "for_statement" or not nodes.same(loop.child_by_field_name("right"), iterable):
        return
    target = loop.child_by_field_name("left")
    if of_pairs and target is not None:
        parts = nodes.named(target)
        target = parts[1] if len(parts) == 2 else None
    if target is not None and target.type == "identifier":
        yield from bindings.reads_of(target) or ()


def _kept(item: Node) -> Iterator[Node]:
    """The expression, or the reads of the variable that it is assigned to."""
    parent = nodes.wrapped(item).parent
    if parent is not None and parent.type == "assignment":
        left = parent.child_by_field_name("left")
        if left is not None and left.type == "identifier":
            yield from bindings.reads_of(left) or ()
        return
    yield item


def _call_of(item: Node) -> Node | None:
    outer = nodes.wrapped(item)
    call = outer.parent
    is_called = call is not None and call.type == "call" and nodes.same(call.child_by_field_name("function"), outer)
    return call if is_called else None
