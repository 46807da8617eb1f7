"""What is declared for the place that a value goes to: the type that somebody wrote down for it, read elsewhere.

Assignments (annotations of their targets, of the attributes and parameters that these are, of the containers that they
put something in), ``return`` and ``yield`` (the function's annotation), fields of a constructor. Syntax nodes in, types
out; nothing is concluded from how the value is used (`expected`).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import bindings, classes, infer, narrowing, nodes
from autogen_lsp.analysis.annotation import Home, expanded, iterable, type_of_text
from autogen_lsp.analysis.bindings import How
from autogen_lsp.analysis.enclosing import class_instance
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, builtin, members, optional, union, without_none
from autogen_lsp.syntax.model import Symbol


def assigned(lookup: Lookup, path: Path, assignment: Node) -> tuple[Type | None, bool]:
    """The declared type of an assignment's target, and True; else what it suggests, as a pattern does: a tuple."""
    at_: Node | None = assignment
    while at_ is not None and at_.type == "assignment":
        type_node = at_.child_by_field_name("type")
        if type_node is not None:
            return infer.annotated(lookup, path, type_node), True
        left = at_.child_by_field_name("left")
        if left is not None:
            if left.type in bindings.PATTERNS:
                return _pattern(lookup, path, left), False
            if left.type == "subscript":
                return _stored(lookup, path, left), False
            declared = of_target(lookup, path, left)
            if declared is not None:
                return _filled(lookup, path, declared, left, at_.child_by_field_name("right")), True
        at_ = at_.parent
    return None, False


def returned(lookup: Lookup, path: Path, node: Node) -> Type | None:
    function = nodes.enclosing(node, frozenset({nodes.FUNCTION, "lambda"}))
    annotated = function.child_by_field_name("return_type") if function is not None else None
    if function is None or annotated is None or nodes.has_own_yield(function):
        return None
    return infer.annotated(lookup, path, annotated)


def yielded(lookup: Lookup, path: Path, node: Node) -> Type | None:
    function = nodes.enclosing(node, frozenset({nodes.FUNCTION, "lambda"}))
    annotated = function.child_by_field_name("return_type") if function is not None else None
    type_ = expanded(lookup, infer.annotated(lookup, path, annotated)) if annotated is not None else None
    item = type_.args[0] if type_ is not None and type_.form is Form.INSTANCE and type_.args else None
    if any(child.type == "from" for child in node.children):
        is_used = node.parent is not None and node.parent.type != "expression_statement"
        return None if is_used else iterable("Iterator", item)  # it gives something at its end, too
    return item


def of_field(lookup: Lookup, callee: Type, name: str) -> Type | None:
    """The declared type of the field that a constructor takes by keyword: of a dataclass, a named tuple, a model."""
    instance = callee.args[0] if callee.form is Form.CLASS else None
    member = classes.member_of(lookup, instance, name) if instance is not None and name else None
    if instance is None or member is None or member.symbols[0].annotation is None:
        return None
    return infer.attribute_of(lookup, instance, name)  # of a descriptor, what it keeps: `Mapped[str]`


_EITHER = ("boolean_operator", "conditional_expression")


def _filled(lookup: Lookup, path: Path, declared: Type, target: Node, value: Node | None) -> Type | None:
    """What is put in the place of something that was found (``if x is None: x = f()``, ``x = x or f()``) is not that.

    Nor is it an instance of the class that was found, where it may be another: ``if isinstance(x, str): x = f(x)``.
    """
    either = (
        nodes.named(value) if value is not None and value.type in ("boolean_operator", "conditional_expression") else []
    )
    again = either[::2] if len(either) == 3 else either[:1]  # of a condition, what it chooses from
    if narrowing.found_none(target) or nodes.text_of(target) in map(nodes.text_of, again):
        return without_none(declared)
    if any(truth and nodes.text_of(test).startswith("isinstance(") for test, truth in narrowing.tests(target)):
        found = narrowing.narrow(target, declared, partial(infer.type_of, lookup, path))
        left = [member for member in members(declared) if member not in members(found)]
        return union(left) if any(member != NONE for member in left) else declared
    return declared


def of_target(lookup: Lookup, path: Path, target: Node) -> Type | None:
    """The type with which a name or attribute was declared elsewhere; a parameter is declared, too."""
    if target.type == "identifier":
        found = bindings.reaching(target)
        for binding in found[0] if found is not None else ():
            if binding.how is How.ANNOTATION:
                return infer.annotated(lookup, path, binding.node)
        if bindings.is_global(target):
            symbols = lookup.symbols(path, nodes.text_of(target))
            written = next((symbol.annotation for symbol in symbols if symbol.annotation), None)
            return type_of_text(lookup, Home(path), written)
        around = nodes.enclosing(target, frozenset({nodes.FUNCTION, "lambda", nodes.CLASS}))
        if around is not None and around.type == nodes.CLASS:  # what a base declares
            return _attribute(lookup, class_instance(lookup, path, around), nodes.text_of(target))
        return _declared_parameter(lookup, path, target)
    if target.type == "attribute":
        receiver = target.child_by_field_name("object")
        owner = infer.type_of(lookup, path, receiver) if receiver is not None else None
        if owner is not None and owner.form is Form.MODULE:  # in the place of a function goes another
            replaced = infer.as_callable(lookup, infer.type_of(lookup, path, target))
            return replaced if replaced is not None and replaced.form is Form.CALLABLE else None
        if owner is None or owner.form is not Form.INSTANCE:
            return None
        return _attribute(lookup, owner, nodes.text_of(target.child_by_field_name("attribute")))
    return None


def _attribute(lookup: Lookup, owner: Type, name: str) -> Type | None:
    """What the class, or the next above it that does, declares an attribute to be."""
    for base in classes.mro(lookup, owner):
        symbols = lookup.symbols(base.path, f"{base.name}.{name}") if base.path is not None else []
        for symbol in symbols:
            if symbol.annotation is not None:
                return classes.annotated(lookup, base, symbol.annotation)
            if f"{name}.setter" in symbol.decorators:
                return _of_setter(lookup, base, symbol)
        if any(symbol.signature is not None for symbol in symbols):
            return None
    return None


def _of_setter(lookup: Lookup, owner: Type, symbol: Symbol) -> Type | None:
    """What a property takes."""
    listed = symbol.signature.parameters if symbol.signature is not None else ()
    return classes.annotated(lookup, owner, listed[1].annotation, symbol) if len(listed) == 2 else None


def _declared_parameter(lookup: Lookup, path: Path, target: Node) -> Type | None:
    function = nodes.enclosing(target, frozenset({nodes.FUNCTION, "lambda", nodes.CLASS}))
    if function is None or function.type != nodes.FUNCTION:
        return None
    for parameter in nodes.parameters(function):
        if parameter.name == nodes.text_of(target) and parameter.annotation is not None and not parameter.star:
            type_ = infer.annotated(lookup, path, parameter.annotation)
            return optional(type_) if parameter.default is not None and parameter.default.type == "none" else type_
    return None


def _pattern(lookup: Lookup, path: Path, pattern: Node) -> Type:
    items = nodes.named(pattern)
    if any(child.type in ("list_splat_pattern", "list_splat") for child in items):
        return Type(Form.INSTANCE, "tuple", args=(None,), variadic=True)
    declared = [of_target(lookup, path, child) for child in items]
    # What is declared `T | None` may well get a T here, and be used as one; of other unions, any member.
    bare = [without_none(type_) for type_ in declared]
    return builtin("tuple", *(None if t is not None and t.form is Form.UNION else t for t in bare))


def _stored(lookup: Lookup, path: Path, subscript: Node) -> Type | None:
    """``d["a"] = f()``: the value of the mapping, an item of the sequence."""
    value = subscript.child_by_field_name("value")
    type_ = infer.type_of(lookup, path, value) if value is not None else None
    if classes.as_base(lookup, type_, "collections.abc.Mapping") is not None:
        return infer.mapping_of(lookup, type_)[1]
    index = subscript.child_by_field_name("subscript")
    listed = (
        classes.as_base(lookup, type_, "collections.abc.Sequence") if index is None or index.type != "slice" else None
    )
    return infer.element_of(lookup, listed)
