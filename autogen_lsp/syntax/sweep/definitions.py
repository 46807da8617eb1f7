"""Functions, classes, lambdas and comprehensions met by a sweep: symbols, and the scopes that they open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tree_sitter import Node

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.guards import EVERYTHING, Guard
from autogen_lsp.syntax.model import ParameterKind, Symbol, SymbolKind
from autogen_lsp.syntax.scopes import MAX_TEXT, Level, Scope
from autogen_lsp.syntax.signatures import signature_of
from autogen_lsp.syntax.sweep.calls import called

if TYPE_CHECKING:
    from autogen_lsp.syntax.sweep import Sweep

_PACKED = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
_PYTHON_2_METHODS = frozenset({"__unicode__", "__long__", "__cmp__", "__nonzero__", "__coerce__", "__getslice__"})
_NOT_RUN = re.compile(
    r"(?:pytest\.mark\.)?(?:skip|xfail)(?:\(.*)?|(?:unittest\.)?(?:skip\(.*|expectedFailure)|XFAIL|SKIP\(.*", re.S
)
_WORD = re.compile(r"\w+")
_TRIVIAL_RAISE = re.compile(rb"raise\s+NotImplementedError\b")


def decorated(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    texts: list[str] = []
    for child in node.named_children:
        kind = child.kind_id
        if kind == n.DECORATOR:
            expression = n.first_named(child)
            if expression is not None:
                texts.append(sweep.cut(expression))
                called(sweep, expression, scope, "decorator")
        elif kind in (n.FUNCTION, n.CLASS):
            sweep.decorators[child.start_byte] = (at, tuple(texts))


def function(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    name_node = node.child_by_field_id(n.F_NAME)
    body = node.child_by_field_id(n.F_BODY)
    if name_node is None or body is None:
        return
    text = sweep.text
    name_start, name_end, body_start, end = name_node.start_byte, name_node.end_byte, body.start_byte, node.end_byte
    name = text[name_start:name_end].decode("utf-8", "replace")
    start, decorators = sweep.decorators.pop(at, (at, ()))
    signature = signature_of(node, text)
    docstring, stub = _body_facts(body, text)
    stub = stub and not sweep.guard(at) & Guard.TYPE_CHECKING
    qualname = scope.prefix + name
    sweep.chunk.symbols.append(
        Symbol(
            qualname,
            SymbolKind.FUNCTION,
            start,
            end,
            name_start,
            name_end,
            signature,
            decorators,
            docstring=docstring,
            body_start=body_start,
            body_end=body.end_byte,
            stub=stub,
            conditional=start < scope.compound_end,
        )
    )
    sweep.bind(scope, name)
    if decorators and any(_NOT_RUN.fullmatch(text) for text in decorators):
        sweep.guards.append((body_start, body.end_byte, EVERYTHING))
    holder = scope
    inner = Scope(Level.FUNCTION, scope, qualname, f"{qualname}.<locals>.")
    if signature.returns is None:
        sweep.functions.append((inner, sweep.chunk.symbols[-1]))
    sweep.pending.append((body_start, end, inner))
    if signature.type_parameters:
        generic = node.child_by_field_id(n.F_TYPE_PARAMETERS)
        if generic is not None:
            inner.parent = _type_parameters(sweep, generic, end, scope)
    for parameter in signature.parameters:
        if parameter.name.startswith("("):  # Python 2: def f(a, (b, c))
            inner.names.update(_WORD.findall(parameter.name))
        inner.names.add(parameter.name)
        if parameter.annotation is not None and parameter.kind not in _PACKED:
            inner.made[parameter.name] = f":{parameter.annotation}"
    if holder.level == Level.CLASS:
        inner.names.add("__class__")
        if name in _PYTHON_2_METHODS:
            sweep.chunk.both = True
        if signature.parameters and "staticmethod" not in decorators:
            inner.self, inner.owner = signature.parameters[0].name, holder.qualname
    elif inner.self in inner.names:
        inner.self = ""  # a nested function with a parameter of that name


def class_(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    name_node = node.child_by_field_id(n.F_NAME)
    body = node.child_by_field_id(n.F_BODY)
    if name_node is None or body is None:
        return
    text = sweep.text
    name_start, name_end, body_start, end = name_node.start_byte, name_node.end_byte, body.start_byte, node.end_byte
    name = text[name_start:name_end].decode("utf-8", "replace")
    start, decorators = sweep.decorators.pop(at, (at, ()))
    inner_parent = scope
    generic = node.child_by_field_id(n.F_TYPE_PARAMETERS)
    bases: list[str] = []
    superclasses = node.child_by_field_id(n.F_SUPERCLASSES)
    if superclasses is not None:
        for child in superclasses.named_children:
            kind = child.kind_id
            if kind not in n.EXTRAS:
                bases.append(sweep.cut(child))
                metaclass = kind == n.KEYWORD_ARGUMENT and bases[-1].startswith("metaclass")
                base = child.child_by_field_id(n.F_VALUE) if kind == n.SUBSCRIPT or metaclass else child
                if base is not None and base.kind_id in (n.IDENTIFIER, n.ATTRIBUTE):
                    called(sweep, base, scope, "metaclass" if metaclass else "base")
    qualname = scope.prefix + name
    inner = Scope(Level.CLASS, inner_parent, qualname, f"{qualname}.")
    sweep.pending.append((body_start, end, inner))
    if generic is not None:
        inner.parent = _type_parameters(sweep, generic, end, scope)
    sweep.chunk.symbols.append(
        Symbol(
            qualname,
            SymbolKind.CLASS,
            start,
            end,
            name_start,
            name_end,
            None,
            decorators,
            tuple(bases),
            docstring_of(body, text),
            body_start=body_start,
            body_end=body.end_byte,
            conditional=start < scope.compound_end,
        )
    )
    sweep.bind(scope, name)


def _type_parameters(sweep: Sweep, generic: Node, end: int, scope: Scope) -> Scope:
    inner = Scope(Level.TYPE_PARAMETERS, scope, scope.qualname, scope.prefix)
    inner.names.update(n.identifiers(generic, sweep.text))
    sweep.pending.append((generic.start_byte, end, inner))
    return inner


def lambda_(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    body = node.child_by_field_id(n.F_BODY)
    if body is None:
        return
    inner = Scope(Level.LAMBDA, scope, scope.qualname, scope.prefix)
    parameters = node.child_by_field_id(n.F_PARAMETERS)
    if parameters is not None:
        _parameter_names(sweep, parameters, inner)
    sweep.pending.append((body.start_byte, node.end_byte, inner))


def _parameter_names(sweep: Sweep, parameters: Node, scope: Scope) -> None:
    for child in n.named(parameters):
        name = child.child_by_field_id(n.F_NAME) or child
        if name.kind_id == n.TUPLE_PATTERN:
            scope.names.update(n.identifiers(name, sweep.text))
        else:
            scope.names.add(sweep.cut(name).lstrip("* \t"))


def comprehension(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    inner = Scope(Level.COMPREHENSION, scope, scope.qualname, scope.prefix)
    sweep.open.append((node.end_byte, inner))
    clause = next((child for child in node.named_children if child.kind_id == n.FOR_IN_CLAUSE), None)
    if clause is not None:
        first = clause.child_by_field_id(n.F_RIGHT)
        if first is not None:
            sweep.pending.append((first.start_byte, first.end_byte, scope))


def _body_facts(body: Node, text: bytes) -> tuple[str, bool]:
    """First line of the docstring, and whether the body does nothing (cases, row 45)."""
    docstring = docstring_of(body, text)
    count = body.named_child_count
    if count > 12:
        return docstring, False
    found = False
    for child in body.named_children:
        kind = child.kind_id
        if kind in n.EXTRAS:
            continue
        if kind == n.PASS:
            found = True
            continue
        if kind == n.EXPRESSION_STATEMENT:
            inner = n.first_named(child)
            if inner is not None and inner.kind_id == n.ELLIPSIS:
                found = True
                continue
            if inner is not None and inner.kind_id in (n.STRING, n.CONCATENATED_STRING) and docstring and not found:
                found = True
                continue
            return docstring, False
        if kind == n.RAISE and _TRIVIAL_RAISE.match(text, child.start_byte):
            found = True
            continue
        return docstring, False
    return docstring, found


def docstring_of(body: Node, text: bytes) -> str:
    """First line of the docstring of a block or a module, '' where there is none."""
    first = n.first_named(body)
    if first is None or first.kind_id != n.EXPRESSION_STATEMENT:
        return ""
    string = n.first_named(first)
    if string is None or string.kind_id != n.STRING:
        return ""
    start, end = string.start_byte, string.end_byte
    raw = text[start : min(end, start + 400)].decode("utf-8", "replace")
    content = raw.lstrip("rRuUbB").lstrip("\"'").lstrip()
    line = re.split(r"[\r\n]", content, maxsplit=1)[0].rstrip()
    if end - start <= 400:
        line = line.rstrip("\"'").rstrip()
    return line[:MAX_TEXT]
