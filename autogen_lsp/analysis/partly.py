"""What only some of the classes lack that an object may be of: missing, where a type checker would have said so.

It would, if the union is declared, and nothing around tells its members apart: else the code may know better.
"""

from __future__ import annotations

import re
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import bindings, classes, functions, infer, nodes
from autogen_lsp.analysis.bindings import How
from autogen_lsp.analysis.names import Lookup, resolve
from autogen_lsp.analysis.types import Form, members
from autogen_lsp.analysis.variables import assigned_value
from autogen_lsp.syntax.model import Symbol, SymbolKind

_CONDITION = rb"\b(?:if|elif|while|assert|and|or|not|return|match|case|=)\b[^\n]*"
_TOLD = rb"(?:\.\w+)?\s*(?:[!=]=|\bis\b(?!(?: not)? None\b)|(?:not )?\bin\b|:=)"
_INSIDE = {"await": "", "parenthesized_expression": "", "subscript": "value"}
_MAX_DEPTH = 4


def are_told_apart(code: bytes, receiver: str) -> bool:
    """Whether code compares the receiver, or what it is taken from, or asks what it is."""
    parts = receiver.split(".")
    for end in range(1, len(parts) + 1):
        word = rb"(?<![\w.])" + re.escape(".".join(parts[:end]).encode("utf-8", "surrogatepass"))
        asked = rb"(?:" + word + _TOLD + rb"|\(\s*" + word + rb"\s*[,)]|(?<=match )" + word + rb"\s*:)"
        if (end > 1 or parts[0] not in ("self", "cls")) and re.search(_CONDITION + asked, code):
            return True
    return False


def is_declared(lookup: Lookup, path: Path, node: Node, depth: int = 0) -> bool:
    """Whether annotations alone say what an expression may be, or calls of classes."""
    if depth > _MAX_DEPTH:
        return False
    if node.type in _INSIDE:
        part = _INSIDE[node.type]
        inner = node.child_by_field_name(part) if part else nodes.first_named(node)
        return inner is not None and is_declared(lookup, path, inner, depth)
    match node.type:
        case "identifier":
            return _is_declared_name(lookup, path, node, depth)
        case "attribute":
            return _is_declared_member(lookup, path, node, depth)
        case "call":
            function = node.child_by_field_name("function")
            callee = infer.type_of(lookup, path, function) if function is not None else None
            if callee is not None and callee.form is Form.CALLABLE and function is not None:
                return is_declared(lookup, path, function, depth + 1)
            if callee is None or callee.form is not Form.FUNCTION:
                return callee is not None and callee.form is Form.CLASS
            return all(_says(symbol) for symbol in functions.symbols_of(lookup, callee))
        case "none":
            return True
    return False


def _is_declared_name(lookup: Lookup, path: Path, node: Node, depth: int) -> bool:
    found = bindings.reaching(node)
    if found is None:
        ref = resolve(lookup, path, nodes.text_of(node))
        return ref is not None and ref.symbol is not None and _says(ref.symbol)
    for binding in found[0]:
        match binding.how:
            case How.PARAMETER:
                said = binding.parameter is not None and binding.parameter.annotation is not None
            case How.VALUE | How.ITEM | How.ENTERED:
                said = is_declared(lookup, path, binding.node, depth + 1)
            case _:  # also what is declared alone: `x: A | B`, `for x in …` says more
                said = False
        if not said:
            return False
    return bool(found[0])


def _is_declared_member(lookup: Lookup, path: Path, node: Node, depth: int) -> bool:
    holder, name = node.child_by_field_name("object"), nodes.text_of(node.child_by_field_name("attribute"))
    for part in members(infer.type_of(lookup, path, holder)) if holder is not None else ():
        member = classes.member_of(lookup, part, name) if part is not None and part.form is Form.INSTANCE else None
        if member is None or member.owner.path is None:
            return False
        if any(map(_says, member.symbols)):
            continue
        for symbol in member.symbols:
            value = assigned_value(lookup, member.owner.path, symbol)
            if value is None or not is_declared(lookup, member.owner.path, value, depth + 1):
                return False
    return holder is not None


def _says(symbol: Symbol) -> bool:
    if symbol.kind == SymbolKind.FUNCTION:
        return symbol.signature is not None and symbol.signature.returns is not None
    return symbol.annotation is not None
