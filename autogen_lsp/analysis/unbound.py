"""Whether a name that is only mentioned (in an annotation, before a dot, as an argument) is bound nowhere.

Facts list what is *called* and bound nowhere; this answers for one identifier anywhere else, with the same certainty:
what a star import, a module's own magic or a type parameter may bring is not unbound.
"""

from __future__ import annotations

from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import bindings, nodes
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.presence import Presence, from_stars
from autogen_lsp.syntax.builtin_names import BUILTINS, INSTALLED, PYTHON_2, SINCE


def is_unbound(lookup: Lookup, path: Path, identifier: Node, name: str = "") -> bool:
    """``identifier`` is a node of the file's current tree: a name, or the content of a string that has it."""
    name = name or nodes.text_of(identifier)
    table = lookup.project.table(path)
    if table is None or table.facts.dynamic or not name.isidentifier():
        return False
    if any(name in known for known in (BUILTINS, SINCE, INSTALLED, PYTHON_2, table.facts.bound)):
        return False
    if bindings.reaching(identifier, name) is not None or _is_type_parameter(identifier, name):
        return False
    return not table.stars or from_stars(lookup.project, path, table, name) is Presence.ABSENT


def is_read(node: Node) -> bool:
    """Whether a node is a name that is evaluated: not one that is bound, passed to or looked up in something."""
    parent = node.parent
    if node.type != "identifier" or parent is None:
        return False
    match parent.type:
        case "attribute":
            return nodes.same(parent.child_by_field_name("object"), node)
        case "keyword_argument" | "default_parameter" | "typed_default_parameter" | "named_expression":
            return nodes.same(parent.child_by_field_name("value"), node)
        case "assignment" | "augmented_assignment" | "for_statement" | "for_in_clause":
            return not nodes.same(parent.child_by_field_name("left"), node)
        case "class_definition" | "function_definition":
            return False
        case kind:
            return kind not in _BINDS


def is_annotation(node: Node) -> bool:
    """Whether a node is a bare name in an annotation."""
    if node.type not in ("identifier", "string_content") or (node.parent is None or node.parent.type == "attribute"):
        return False
    for parent in nodes.ancestors(node):
        if parent.type == "type":
            return True
        if parent.type not in _IN_ANNOTATIONS:
            return False
    return False


_IN_ANNOTATIONS = frozenset({"string", "generic_type", "type_parameter", "union_type", "binary_operator", "subscript"})
_BINDS = frozenset(
    {
        "parameters", "lambda_parameters", "typed_parameter", "list_splat_pattern",
        "dictionary_splat_pattern", "dotted_name", "aliased_import", "as_pattern_target", "global_statement",
        "nonlocal_statement", "pattern_list", "tuple_pattern", "list_pattern", "case_pattern", "dict_pattern",
        "keyword_pattern", "type_alias_statement",
    }
)  # fmt: skip


def _is_type_parameter(identifier: Node, name: str) -> bool:
    """PEP 695: of a function, class or type alias around."""
    for parent in nodes.ancestors(identifier):
        listed = parent.child_by_field_name("type_parameters")
        if parent.type == "type_alias_statement":
            listed = parent.child_by_field_name("left")
        if listed is not None and any(nodes.text_of(node) == name for node in nodes.own_nodes(listed)):
            return True
    return False
