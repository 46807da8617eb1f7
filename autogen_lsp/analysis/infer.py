"""The type of an expression, as far as it follows from the workspace and the standard library; else not known.

Literals (widened), names (`variables`), attributes and calls (`calls`), displays and what they hold (`containers`) and
operations (`operators`), narrowed by the conditions around them. The standard library is read from typeshed. Nothing is
guessed: a branch that is not known makes the whole not known. Depth and work are bounded; never raises on user code.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tree_sitter import Node

from autogen_lsp.analysis import bindings, calls, classes, containers, functions, nodes, operators, variables
from autogen_lsp.analysis.bindings import Binding, How
from autogen_lsp.analysis.containers import awaited, mapping_of
from autogen_lsp.analysis.enclosing import annotated, first_parameter_of
from autogen_lsp.analysis.evaluation import CUT, MAX_DEPTH, Evaluation
from autogen_lsp.analysis.names import Lookup, resolve, star_modules
from autogen_lsp.analysis.types import NONE, Form, Type, builtin, substitute, widened
from autogen_lsp.analysis.types import variables as variables_of

if TYPE_CHECKING:
    from autogen_lsp.analysis.project import Project

__all__ = [
    "annotated", "as_callable", "attribute_of", "awaited", "bound_type", "element_of", "is_untyped", "mapping_of",
    "type_of",
]  # fmt: skip


def type_of(project: Project | Lookup, path: Path, node: Node) -> Type | None:
    """The type of an expression node of the file's tree, None where it is not known.

    A `Lookup` keeps what it has found: pass the same one for many questions about one snapshot.
    """
    lookup = project if isinstance(project, Lookup) else Lookup(project)
    found = Evaluation(lookup, 0, _ask)(path, node)
    # Type variables of stubs that nothing has bound mean nothing here.
    unbound = {v.name: None for v in variables_of(found) if v.path is not None and v.path.suffix == ".pyi"}
    return substitute(found, dict(unbound))


def element_of(lookup: Lookup, type_: Type | None) -> Type | None:
    """What iterating over the type gives."""
    return containers.element_of(Evaluation(lookup, 0, _ask), type_)


def attribute_of(lookup: Lookup, receiver: Type, name: str) -> Type | None:
    """The type of ``receiver.name``."""
    return calls.attribute_of(Evaluation(lookup, 0, _ask), receiver, name)


def as_callable(lookup: Lookup, type_: Type | None) -> Type | None:
    """A function as the ``Callable`` that it is when passed as a value; other types as they are."""
    if type_ is None or type_.form is not Form.FUNCTION:
        return type_
    return functions.callable_type(lookup, type_)


def bound_type(lookup: Lookup, path: Path, binding: Binding) -> Type | None:
    """The type that a binding gives its name."""
    return variables.bound_type(Evaluation(lookup, 0, _ask), path, binding)


def is_untyped(lookup: Lookup, path: Path, node: Node, depth: int = 0) -> bool:
    """Whether nothing that is written says what an expression is, of which no type is known.

    It comes from a parameter without annotation, from what is declared as ``Any`` or to hold such, or from a name that
    means nothing.
    """
    taken = False
    while (inner := node.child_by_field_name(_FROM.get(node.type, ""))) is not None:
        if _is_declared_any(lookup, path, node, taken):
            return True
        node, taken = inner, True
    if node.type != "identifier" or depth > _MAX_ORIGINS:
        return False
    name, found = nodes.text_of(node), bindings.reaching(node)
    if found is None:
        anything = any(file is None for _, file in star_modules(lookup, path))
        return not anything and resolve(lookup, path, name) is None
    return bool(found[0]) and all(_is_untyped(lookup, path, binding, name, taken, depth) for binding in found[0])


def _is_untyped(lookup: Lookup, path: Path, binding: Binding, name: str, taken: bool, depth: int) -> bool:
    match binding.how:
        case How.PARAMETER if binding.parameter is not None:
            written = binding.parameter.annotation
            plain = written is None and (binding.parameter.default is None or bool(binding.parameter.star))
            anything = written is not None and _says_any(nodes.text_of(written), taken)
            return anything or (plain and first_parameter_of(lookup, path, binding.node, name) is None)
        case How.ANNOTATION:
            return _says_any(nodes.text_of(binding.node), taken)
        case How.VALUE | How.ITEM | How.ENTERED:
            return is_untyped(lookup, path, binding.node, depth + 1)
    return False


def _is_declared_any(lookup: Lookup, path: Path, node: Node, taken: bool) -> bool:
    """Whether an attribute, or what a call gives, is declared as ``Any``."""
    if node.type == "call":
        function = node.child_by_field_name("function")
        callee = type_of(lookup, path, function) if function is not None else None
        symbols = functions.symbols_of(lookup, callee) if callee is not None and callee.form is Form.FUNCTION else ()
        returns = {symbol.signature.returns for symbol in symbols if symbol.signature is not None}
        return bool(returns) and all(_says_any(text or "", taken) for text in returns)
    owner = node.child_by_field_name("object") if node.type == "attribute" else None
    holder = type_of(lookup, path, owner) if owner is not None else None
    if holder is None or holder.form is not Form.INSTANCE:
        return False
    member = classes.member_of(lookup, holder, nodes.text_of(node.child_by_field_name("attribute")))
    member = member or classes.member_of(lookup, holder, "__getattr__")
    symbol = member.symbols[0] if member is not None else None
    if symbol is None:
        return False
    of_function = symbol.signature.returns if symbol.signature is not None else None
    is_value = symbol.signature is None or classes.is_property(symbol) or symbol.name == "__getattr__"
    return is_value and _says_any(symbol.annotation or of_function or "", taken)


def _says_any(annotation: str, taken: bool) -> bool:
    """Whether an annotation is ``Any``, or has it within where something is ``taken`` from the value."""
    return _ONLY_ANY.fullmatch(annotation) is not None or (taken and _ANY.search(annotation) is not None)


_ONLY_ANY = re.compile(r"""["']?(?:(?:\w+\.)*Optional\[)?(?:\w+\.)*Any(?:\]|\s*\|\s*None)?["']?""")
_ANY = re.compile(r"\bAny\b")
# What a value is made from, as far as its type follows from that alone.
_FROM = {"attribute": "object", "call": "function", "subscript": "value"}
_MAX_ORIGINS = 4
_TYPES_KEPT = 40_000  # of expressions, some MB


def _ask(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    """The type as known from earlier, else found now. Cycles (``x = x + 1``) are not known.

    What was cut short by a cycle or by the depth depends on who asked first, so only this look-up keeps it. All else is
    the same for all, as long as the questions below are not too deep for them: the project keeps it.
    """
    if not evaluate.may_ask():
        return None
    lookup, shared = evaluate.lookup, evaluate.lookup.project.types
    key = (path, node.start_byte, node.end_byte, node.type)
    known = lookup.types.get(key)
    if known is None and (known := shared.get(key)) is not None and evaluate.depth + known[1] > MAX_DEPTH:
        known = None
    if known is None:
        outer, lookup.deepest = lookup.deepest, evaluate.depth
        lookup.types[key] = (None, CUT)
        found = _expression(evaluate.deeper(), path, node)
        known = lookup.types[key] = (found, lookup.deepest - evaluate.depth)
        lookup.deepest = outer
        if known[1] <= MAX_DEPTH:
            if len(shared) >= _TYPES_KEPT:
                shared.clear()
            shared[key] = known
    lookup.deepest = max(lookup.deepest, evaluate.depth + known[1])
    return known[0]


def _expression(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    match node.type:
        case "integer" | "float":
            real = "int" if node.type == "integer" else "float"
            return builtin("complex" if nodes.text_of(node)[-1:] in "jJ" else real)
        case "string":
            prefix = nodes.text_of(node.children[0]) if node.child_count else ""
            return builtin("bytes" if "b" in prefix.lower() else "str")
        case "concatenated_string":
            return evaluate(path, nodes.first_named(node))
        case "true" | "false" | "not_operator":
            return builtin("bool")
        case "none":
            return NONE
        case kind if kind in containers.DISPLAYS:
            return widened(containers.display(evaluate, path, node))
        case "identifier":
            return variables.identifier(evaluate, path, node)
        case "attribute":
            return calls.attribute(evaluate, path, node)
        case "call":
            return calls.call(evaluate, path, node)
        case "lambda":
            return calls.lambda_(evaluate, path, node)
        case "subscript":
            return operators.subscript(evaluate, path, node)
        case "binary_operator":
            return widened(operators.binary(evaluate, path, node))
        case "unary_operator":
            return widened(operators.unary(evaluate, path, node))
        case "comparison_operator":
            return operators.comparison(evaluate, path, node)
        case "boolean_operator":
            return operators.boolean(evaluate, path, node)
        case "conditional_expression":
            return operators.conditional(evaluate, path, node)
        case "parenthesized_expression":
            inner = nodes.unwrapped(node)
            return None if inner.type == "parenthesized_expression" else evaluate(path, inner)
        case "list_splat":  # a star that hangs on a name
            return evaluate(path, nodes.first_named(node))
        case "named_expression":
            return evaluate.field(path, node, "value")
        case "await":
            inner_type = evaluate(path, nodes.first_named(node))
            return containers.awaited(evaluate.lookup, inner_type)
    return None
