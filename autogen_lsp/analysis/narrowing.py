"""What the conditions around a use say of its type: ``isinstance``, ``is None`` and truth, as type checkers narrow.

Looks at the tests that hold on every path to the use: the conditions of the blocks that enclose it, and earlier
statements that leave the block (``if x is None: return``) or assert. Only names and dotted names are narrowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from itertools import islice

from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.types import NONE, Form, Type, members, union

_LEAVES = frozenset({"return_statement", "raise_statement", "continue_statement", "break_statement"})
_MAX_SIBLINGS = 400
_MAX_NODES = 300


def narrow(use: Node, type_: Type | None, evaluate: Callable[[Node], Type | None]) -> Type | None:
    """The type of the name ``use`` where it stands; ``evaluate`` gives the type of other expressions."""
    text = nodes.text_of(use)
    if len(text) > 100:
        return type_
    for condition, holds in reversed(list(_conditions(use, text))):
        for test, truth in _single(condition, holds):
            type_ = _test(test, truth, text, type_, evaluate)
    return type_


def tests(use: Node) -> Iterator[tuple[Node, bool]]:
    """The single tests that are known where a name or dotted name stands, and whether they held."""
    for condition, holds in _conditions(use, nodes.text_of(use)):
        yield from _single(condition, holds)


def kept(
    use: Node, before: Node, assigned: Node, type_: Type | None, evaluate: Callable[[Node], Type | None]
) -> Type | None:
    """What the name ``use`` got in a statement ``before``, as far as it is left where another one ``assigned`` it under
    a condition: ``if not isinstance(x, C): x = C(x)``.
    """
    statement = assigned.parent
    block = statement.parent if statement is not None and statement.type == "expression_statement" else None
    guard = block.parent if block is not None else None
    if guard is None or guard.type != "if_statement" or guard.children_by_field_name("alternative"):
        return type_
    if not nodes.inside(use, guard.parent) or guard.end_byte > use.start_byte or before.start_byte >= guard.start_byte:
        return type_
    text, condition = nodes.text_of(use), guard.child_by_field_name("condition")
    for test, truth in _single(condition, False) if condition is not None else ():
        type_ = _test(test, truth, text, type_, evaluate)
    return type_


def found_none(use: Node) -> bool:
    """Whether a test before has found the name to be None, or empty."""
    text = nodes.text_of(use)
    for test, truth in tests(use):
        if _subject(test) == text and not truth:
            return True
        if (is_none := _says_none(test, text)) is not None and is_none == truth:
            return True
    return False


def _conditions(use: Node, text: str) -> Iterator[tuple[Node, bool]]:
    """Tests known at the use, innermost first, up to the function's start or the name's last assignment."""
    child = use
    for parent in nodes.ancestors(use):
        kind = parent.type
        if kind in ("if_statement", "elif_clause", "while_statement"):
            condition = parent.child_by_field_name("condition")
            block = parent.child_by_field_name("consequence") or parent.child_by_field_name("body")
            if condition is not None:
                if nodes.same(block, child):
                    yield condition, True
                elif kind == "if_statement" and not nodes.same(condition, child):
                    yield condition, False
                    for clause in parent.children_by_field_name("alternative"):
                        other = clause.child_by_field_name("condition")
                        if clause.end_byte <= use.start_byte and other is not None:
                            yield other, False
        elif kind == "conditional_expression" and len(parts := nodes.named(parent)) == 3:
            if not nodes.same(parts[1], child):
                yield parts[1], nodes.same(parts[0], child)
        elif kind == "boolean_operator" and nodes.same(parent.child_by_field_name("right"), child):
            left = parent.child_by_field_name("left")
            if left is not None:
                yield left, nodes.text_of(parent.child_by_field_name("operator")) == "and"
        elif kind in nodes.COMPREHENSIONS and child.type not in ("for_in_clause", "if_clause"):
            for clause in nodes.named(parent):
                if clause.type == "if_clause" and (test := nodes.first_named(clause)) is not None:
                    yield test, True
        elif kind in ("block", "module"):
            stopped = yield from _earlier(parent, child, text)
            if stopped:
                return
        if kind == nodes.FUNCTION or kind == "lambda":
            return
        child = parent


def _earlier(block: Node, statement: Node, text: str) -> Generator[tuple[Node, bool], None, bool]:
    """Tests of the statements before one in its block; returns True where the name is assigned there.

    Mostly the name is not even mentioned there, which is cheaper to see than to look at the statements.
    """
    places = _places(block, text, statement.start_byte)
    for sibling in islice(_holding(block, places), _MAX_SIBLINGS):
        if sibling.type == "assert_statement" and (test := nodes.first_named(sibling)) is not None:
            yield test, True
        elif sibling.type == "if_statement":
            body = sibling.child_by_field_name("consequence")
            last = nodes.statements(body)[-1:]
            condition = sibling.child_by_field_name("condition")
            if last and last[0].type in _LEAVES and condition is not None:
                if not sibling.children_by_field_name("alternative"):
                    yield condition, False
            elif _assigns(sibling, text, places):
                return True
        elif _assigns(sibling, text, places):
            return True
    return False


def _holding(block: Node, places: list[int]) -> Iterator[Node]:
    """The statements of a block that one of the places is in, the last one first."""
    found: Node | None = None
    for place in reversed(places):
        if found is None or place < found.start_byte:
            child = block.first_named_child_for_byte(place)
            if child is not None and child.start_byte <= place and not child.is_extra:
                found = child
                yield child


def _places(block: Node, text: str, before: int) -> list[int]:
    """Where the name stands in a block, and what it is taken from without what is taken (``self`` of ``self.x``)."""
    root, dot, _ = text.partition(".")
    places = nodes.places_of(block, text, before)
    if dot:
        alone = re.compile(rb"\b%b\b(?!\s*\.)" % re.escape(root.encode("utf-8", "surrogatepass")))
        places += [
            block.start_byte + each.start() for each in alone.finditer(block.text or b"", 0, before - block.start_byte)
        ]
        places.sort()
    return places


def _assigns(statement: Node, text: str, places: list[int]) -> bool:
    """Whether a statement assigns the name, which begins at these ``places``, or what it is taken from."""
    root = text.partition(".")[0]
    pending = [statement]
    for _ in range(_MAX_NODES):
        if not pending:
            return False
        node = pending.pop()
        if node.type in ("assignment", "augmented_assignment", "named_expression", "for_statement"):
            left = nodes.text_of(node.child_by_field_name("left") or node.child_by_field_name("name"))
            if left == root or (text in left and re.search(rf"(?<![\w.]){re.escape(text)}(?!\w)", left)):
                return True
        if node.type not in nodes.DEFINITIONS:
            pending += [child for child in nodes.named(node) if nodes.holds_any(child, places)]
    return True


def _single(condition: Node, holds: bool) -> Iterator[tuple[Node, bool]]:
    """The tests that a condition is made of, as far as its outcome says theirs."""
    pending = [(nodes.unwrapped(condition), holds)]
    for _ in range(40):
        if not pending:
            return
        node, truth = pending.pop()
        if node.type == "not_operator":
            argument = node.child_by_field_name("argument")
            if argument is not None:
                pending.append((nodes.unwrapped(argument), not truth))
        elif node.type == "boolean_operator":
            operator = nodes.text_of(node.child_by_field_name("operator"))
            if (operator == "and") == truth:
                sides = (node.child_by_field_name("right"), node.child_by_field_name("left"))
                pending += [(nodes.unwrapped(side), truth) for side in sides if side is not None]
        else:
            yield node, truth


def _test(
    node: Node, truth: bool, text: str, type_: Type | None, evaluate: Callable[[Node], Type | None]
) -> Type | None:
    if _subject(node) == text:
        return _drop(type_, NONE) if truth else _falsy(type_)
    if (is_none := _says_none(node, text)) is not None:
        if is_none != truth:
            return _drop(type_, NONE)
        return NONE if NONE in members(type_) else type_
    if node.type == "call":
        function = nodes.text_of(node.child_by_field_name("function"))
        arguments = node.child_by_field_name("arguments")
        given = nodes.named(arguments) if arguments is not None else []
        if function == "isinstance" and len(given) == 2 and _subject(given[0]) == text:
            return _isinstance(given[1], truth, type_, evaluate)
        if function.endswith(".providedBy") and truth and len(given) == 1 and _subject(given[0]) == text:
            return None  # what `zope.interface` says that it has
        if function == "callable" and truth and len(given) == 1 and _subject(given[0]) == text:
            return type_ if type_ is not None and type_.form is not Form.UNION else None
    return type_


def _falsy(type_: Type | None) -> Type | None:
    """Without the workspace's own classes where it may be None: hardly any of them has instances that are false."""
    left = [m for m in members(type_) if m is None or m.path is None or m.path.suffix == ".pyi"]
    return union(left) if NONE in left else type_


def _says_none(test: Node, text: str) -> bool | None:
    """Whether a test that holds says that it is None, or that it is not; None where it says nothing of that."""
    if test.type != "comparison_operator" or len(nodes.named(test)) != 2:
        return None
    left, right = nodes.named(test)
    operator = "".join(nodes.text_of(child) for child in test.children if not child.is_named)
    if _subject(left) != text or right.type != "none" or operator not in _IDENTITY:
        return None
    return operator in ("is", "==")


def _subject(node: Node) -> str:
    """What is tested: the text of an expression, the name of ``(name := …)``."""
    node = nodes.unwrapped(node)
    return nodes.text_of(node.child_by_field_name("name") if node.type == "named_expression" else node)


_IDENTITY = ("is", "isnot", "is not", "==", "!=")


def _isinstance(listed: Node, truth: bool, type_: Type | None, evaluate: Callable[[Node], Type | None]) -> Type | None:
    items = nodes.named(listed) if listed.type == "tuple" else [listed]
    tested: list[Type | None] = []
    for item in items:
        value = evaluate(item)
        tested.append(value.args[0] if value is not None and value.form is Form.CLASS else None)
    if not truth:
        if any(t is None for t in tested) or type_ is None:
            return type_
        left = [m for m in members(type_) if m is None or not any(_same_class(m, t) for t in tested if t is not None)]
        return union(left) if left else type_
    if type_ is not None:
        kept = [m for m in members(type_) if m is not None and any(_same_class(m, t) for t in tested if t is not None)]
        if kept:
            return union(kept)
        if type_.form is Form.CLASS:
            return type_ if any(t is not None and t.is_a("type") for t in tested) else None
    return union(tested) if tested else type_


def _same_class(a: Type, b: Type) -> bool:
    return (a.form, a.module, a.name) == (b.form, b.module, b.name)


def _drop(type_: Type | None, what: Type) -> Type | None:
    if type_ is None:
        return None
    left = [member for member in members(type_) if member != what]
    return union(left) if left else type_
