"""What stands around a node and gives names their meaning: its class, its method's ``self``, its type parameters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import annotation, classes, nodes
from autogen_lsp.analysis.annotation import Home
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import Form, Type, class_of

SELF = frozenset({"self", "cls", "mcs", "mcls", "metacls", "klass", "this", "_self", "_cls"})


def annotated(lookup: Lookup, path: Path, node: Node) -> Type | None:
    """The type that an annotation node says, with the type parameters around it."""
    return annotation.type_of_text(lookup, home_at(lookup, path, node), nodes.text_of(node))


def home_at(lookup: Lookup, path: Path, node: Node) -> Home:
    """The scope of an annotation node: its class for ``Self``, its PEP 695 type parameters, its function's imports."""
    owner: Type | None = None
    parameters: dict[str, str] = {}
    scope = ""
    for parent in nodes.ancestors(node):
        if parent.type in nodes.DEFINITIONS:
            listed = parent.child_by_field_name("type_parameters")
            if listed is not None:
                parameters = {**classes.type_parameters(nodes.text_of(listed)), **parameters}
        if parent.type == nodes.CLASS and owner is None:
            owner = class_instance(lookup, path, parent)
        if parent.type == nodes.FUNCTION and not scope:
            scope = nodes.qualname_of(parent)
    return Home(path, owner, parameters, scope)


def class_instance(lookup: Lookup, path: Path, definition: Node) -> Type:
    """An instance of a class given by its definition."""
    return Type(Form.INSTANCE, nodes.qualname_of(definition), lookup.module_name(path), path=path)


def enclosing_class(node: Node) -> tuple[Node, Node] | None:
    """The class and the method (its direct member) that hold a node, None outside methods."""
    method: Node | None = None
    for parent in nodes.ancestors(node):
        if parent.type == nodes.FUNCTION:
            method = parent
        elif parent.type == nodes.CLASS:
            return None if method is None else (parent, method)
    return None


def first_parameter_of(lookup: Lookup, path: Path, function: Node, name: str) -> Type | None:
    """What ``self`` or ``cls`` is: ``name`` must be the first parameter of a method that has one.

    By another name it may be anything where it is not Python that calls: class bodies hold plain functions, too.
    """
    body = nodes.outer_statement(function).parent
    owner = body.parent if body is not None and body.type == "block" else None
    if function.type != nodes.FUNCTION or owner is None or owner.type != nodes.CLASS:
        return None
    listed = nodes.parameters(function)
    if not listed or listed[0].name != name or listed[0].star:
        return None
    special = nodes.text_of(function.child_by_field_name("name"))
    if name not in SELF and not special.startswith("__"):
        return None
    instance = class_instance(lookup, path, owner)
    decorators = [text.partition("(")[0].rpartition(".")[2] for text in nodes.decorators(function)]
    if "staticmethod" in decorators:
        return None
    instance = replace(instance, own=True, args=classes.own_parameters(lookup, instance))
    if "classmethod" in decorators or special in ("__new__", "__init_subclass__", "__class_getitem__"):
        return class_of(instance)
    return instance
