"""The grammar's node kinds and fields as numbers, and the one query that picks the nodes that facts are made of.

Numbers, since a node's kind as a string costs a new object at every look. The query has single-node patterns only: the
engine then walks the tree once, in document order, without keeping half-matched states, whatever the text is.
"""

from __future__ import annotations

import re
from functools import cache

from tree_sitter import Node, Query, QueryCursor

from autogen_lsp.syntax.parser import LANGUAGE


def _kind(name: str) -> int:
    found = LANGUAGE.id_for_node_kind(name, True)
    if not found:
        raise LookupError(f"the Python grammar has no node kind {name!r}")
    return found


def _field(name: str) -> int:
    found = LANGUAGE.field_id_for_name(name)
    if not found:
        raise LookupError(f"the Python grammar has no field {name!r}")
    return found


IDENTIFIER = _kind("identifier")
ATTRIBUTE = _kind("attribute")
SUBSCRIPT = _kind("subscript")
AWAIT = _kind("await")
CALL = _kind("call")
ARGUMENT_LIST = _kind("argument_list")
KEYWORD_ARGUMENT = _kind("keyword_argument")
LIST_SPLAT = _kind("list_splat")
DICTIONARY_SPLAT = _kind("dictionary_splat")
GENERATOR = _kind("generator_expression")
LIST_COMPREHENSION = _kind("list_comprehension")
SET_COMPREHENSION = _kind("set_comprehension")
DICTIONARY_COMPREHENSION = _kind("dictionary_comprehension")
FOR_IN_CLAUSE = _kind("for_in_clause")
LAMBDA = _kind("lambda")
FUNCTION = _kind("function_definition")
CLASS = _kind("class_definition")
DECORATED = _kind("decorated_definition")
DECORATOR = _kind("decorator")
BLOCK = _kind("block")
ASSIGNMENT = _kind("assignment")
AUGMENTED_ASSIGNMENT = _kind("augmented_assignment")
NAMED_EXPRESSION = _kind("named_expression")
FOR = _kind("for_statement")
WHILE = _kind("while_statement")
WITH = _kind("with_statement")
IF = _kind("if_statement")
TRY = _kind("try_statement")
MATCH = _kind("match_statement")
CASE_CLAUSE = _kind("case_clause")
CASE_PATTERN = _kind("case_pattern")
CLASS_PATTERN = _kind("class_pattern")
DOTTED_NAME = _kind("dotted_name")
ALIASED_IMPORT = _kind("aliased_import")
RELATIVE_IMPORT = _kind("relative_import")
IMPORT_PREFIX = _kind("import_prefix")
WILDCARD_IMPORT = _kind("wildcard_import")
IMPORT = _kind("import_statement")
IMPORT_FROM = _kind("import_from_statement")
FUTURE_IMPORT = _kind("future_import_statement")
AS_PATTERN = _kind("as_pattern")
AS_PATTERN_TARGET = _kind("as_pattern_target")
EXCEPT_CLAUSE = _kind("except_clause")
GLOBAL = _kind("global_statement")
NONLOCAL = _kind("nonlocal_statement")
DELETE = _kind("delete_statement")
RAISE = _kind("raise_statement")
RETURN = _kind("return_statement")
YIELD = _kind("yield")
BREAK = _kind("break_statement")
CONTINUE = _kind("continue_statement")
TYPE_ALIAS = _kind("type_alias_statement")
TYPE_PARAMETER = _kind("type_parameter")
PRINT = _kind("print_statement")
EXEC = _kind("exec_statement")
COMMENT = _kind("comment")
EXTRAS = (COMMENT, _kind("line_continuation"))  # what may stand anywhere
EXPRESSION_STATEMENT = _kind("expression_statement")
PASS = _kind("pass_statement")
ELLIPSIS = _kind("ellipsis")
STRING = _kind("string")
CONCATENATED_STRING = _kind("concatenated_string")
TUPLE = _kind("tuple")
LIST = _kind("list")
PARENTHESIZED = _kind("parenthesized_expression")
ELIF_CLAUSE = _kind("elif_clause")
TYPED_PARAMETER = _kind("typed_parameter")
DEFAULT_PARAMETER = _kind("default_parameter")
TYPED_DEFAULT_PARAMETER = _kind("typed_default_parameter")
LIST_SPLAT_PATTERN = _kind("list_splat_pattern")
DICTIONARY_SPLAT_PATTERN = _kind("dictionary_splat_pattern")
TUPLE_PATTERN = _kind("tuple_pattern")
PATTERN_LIST = _kind("pattern_list")
LIST_PATTERN = _kind("list_pattern")
EXPRESSION_LIST = _kind("expression_list")
KEYWORD_PATTERN = _kind("keyword_pattern")
KEYWORD_SEPARATOR = _kind("keyword_separator")
POSITIONAL_SEPARATOR = _kind("positional_separator")

F_NAME = _field("name")
F_ALIAS = _field("alias")
F_MODULE_NAME = _field("module_name")
F_PARAMETERS = _field("parameters")
F_TYPE_PARAMETERS = _field("type_parameters")
F_RETURN_TYPE = _field("return_type")
F_SUPERCLASSES = _field("superclasses")
F_BODY = _field("body")
F_LEFT = _field("left")
F_RIGHT = _field("right")
F_TYPE = _field("type")
F_VALUE = _field("value")
F_FUNCTION = _field("function")
F_OBJECT = _field("object")
F_ATTRIBUTE = _field("attribute")
F_ARGUMENTS = _field("arguments")
F_CONDITION = _field("condition")
F_SUBSCRIPT = _field("subscript")
F_ALTERNATIVE = _field("alternative")
F_CONSEQUENCE = _field("consequence")
F_DEFINITION = _field("definition")

# A string literal without interpolation: its content is group 2.
STRING_LITERAL = re.compile(rb"""[rRbBuU]{0,2}('''|\"""|'|")(.*?)\1""", re.S)

_PIECE = 16_000  # bytes of text, which a query takes less than a millisecond for

COMPREHENSIONS = frozenset({LIST_COMPREHENSION, SET_COMPREHENSION, DICTIONARY_COMPREHENSION, GENERATOR})

_KINDS = (
    "(function_definition) (class_definition) (decorated_definition) (lambda) (list_comprehension) (set_comprehension)"
    " (dictionary_comprehension) (generator_expression) (for_in_clause) (call) (assignment) (augmented_assignment)"
    " (named_expression) (for_statement) (while_statement) (with_statement) (if_statement) (try_statement)"
    " (match_statement) (case_clause) (import_statement) (import_from_statement) (future_import_statement) (as_pattern)"
    " (except_clause) (global_statement) (nonlocal_statement) (delete_statement) (raise_statement) (return_statement)"
    " (yield)"
    " (break_statement) (continue_statement) (type_alias_statement) (print_statement) (exec_statement)"
)


@cache
def _query(broken: bool) -> Query:
    """For broken text with two more patterns, which are tried at every node."""
    return Query(LANGUAGE, f"[{_KINDS} {'(ERROR) (MISSING)' if broken else ''}] @node")


def relevant(root: Node, end: int | None = None) -> list[Node]:
    """Nodes at and below ``root`` that bind names, open scopes, call, import, leave a block or are broken; in order.

    With ``end``: only those that begin before that byte. A query keeps the interpreter to itself, so that one over a
    large tree would hold up the event loop: it is made in pieces, but where the text is broken (nodes without a width
    would be at the seams).
    """
    broken = root.has_error
    cursor = QueryCursor(_query(broken))
    if root.end_byte - root.start_byte <= _PIECE or broken:
        if end is not None:
            cursor.set_byte_range(root.start_byte, end)
        return [found["node"][0] for _, found in cursor.matches(root)]
    nodes: list[Node] = []
    end = root.end_byte if end is None else end
    for start in range(root.start_byte, end, _PIECE):
        cursor.set_byte_range(start, min(start + _PIECE, end))
        matches = cursor.matches(root)
        nodes += [node for _, found in matches if (node := found["node"][0]).start_byte >= start]
    return nodes


def first_named(node: Node) -> Node | None:
    """The first named child that is no extra; None where there is none (the binding raises)."""
    child = node.named_child(0) if node.named_child_count else None
    while child is not None and child.kind_id in EXTRAS:
        child = child.next_named_sibling
    return child


def named(node: Node) -> list[Node]:
    """The named children that are no extras."""
    return [child for child in node.named_children if child.kind_id not in EXTRAS]


def identifiers(root: Node, text: bytes) -> list[str]:
    """Identifiers at and below the node, in order."""
    out: list[str] = []
    todo = [root]
    while todo:
        node = todo.pop()
        if node.kind_id == IDENTIFIER:
            out.append(text[node.start_byte : node.end_byte].decode("utf-8", "replace"))
        else:
            todo += reversed(node.named_children)
    return out
