"""What derives from a class at run time, where no class statement names it.

``type(name, bases, …)``, ``class X(base)`` in a factory, ``class X(cls)`` in a class method. Such a class may
have any member.
"""

from __future__ import annotations

import re
import string
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.mro import Class
from autogen_lsp.analysis.presence import Definition, follow
from autogen_lsp.analysis.project import Project
from autogen_lsp.syntax.builtin_names import BUILTINS
from autogen_lsp.syntax.model import Import, Symbol, SymbolKind
from autogen_lsp.text import Span

_MAX_FILES = 60  # that import a class and are searched for what derives from it
_REACHED = re.compile(rb"__class__|__subclasses__|\btype\(\s*\w+\s*\)|\b(?:globals|vars|locals)\(|__bases__|__mro__")
_AROUND = frozenset({"attribute", "tuple", "binary_operator", "parenthesized_expression"})
_NO_VALUES = frozenset(
    """
    class_definition type dotted_name aliased_import import_statement import_from_statement as_pattern except_clause
    string_content
    """.split()  # noqa: SIM905
)
NO_FACTORIES = frozenset({"isinstance", "issubclass", "super", "cast", "hasattr", "getattr"})
_MAX_BEFORE = 400  # bytes between a call's bracket and an argument
_BRACKET = re.compile(rb"[()]")
_LETTERS = b"_" + string.ascii_letters.encode() + string.digits.encode()
_BASES = re.compile(
    rb"\b(?:type\(|new_class\(|type\.__new__\((?!\s*m?cl?s\b|\s*meta)[^(),]{1,200},)"
    rb"[^(),]{1,200},\s*(?:\(([^()]{0,300})\)|(\w+)\s*[,)])"
)
_WORD = re.compile(rb"(?<![\w.])[^\W\d]\w*(?!\w)")
_MADE_BY_TYPE = re.compile(rb"\b(?:type|new_class)\([^(),]{1,200},")


def derived_at_run_time(project: Project, found: Class, below: list[Class]) -> bool:
    """Whether something derives from the class, or one ``below`` it (all are), that no class statement names."""
    known = project.derivable
    if found.key not in known:
        known[found.key] = _is_derived(project, found, below)
    return known[found.key]


def _is_derived(project: Project, found: Class, below: list[Class]) -> bool:
    lineage = {one.key for one in project.mro(*found.key).classes} | {one.key for one in below}
    for file, symbol in project.derived("cls"):
        holder = symbol.qualname.partition(".<locals>")[0].rpartition(".")[0]
        if holder and any((file, holder) in project.mro(*key) for key in lineage):
            return True
    if _file_derives(project, found.path) and any(_is_value(project, found.path, one) for one in (found, *below)):
        return True
    return any(_is_handed_over(project, one) for one in (found, *below[:20]))


def _is_value(project: Project, path: Path, found: Class) -> bool:
    """Whether a variable of the file may hold the class: its name stands where it is no call, base, type or import."""
    source = project.source(path)
    if source is None or _REACHED.search(source.text):
        return True
    name = re.escape(found.symbol.name.encode("utf-8", "surrogatepass"))
    for at in re.finditer(name + rb"(?!\w)", source.text):  # begins with a literal, so it is fast
        node = nodes.node_at(source.tree, Span(*at.span()))
        if node.type == "identifier" and node.start_byte == at.start() and _holds_value(node):
            return True
    return False


def _holds_value(node: Node) -> bool:
    parent = node.parent
    while parent is not None and parent.type in _AROUND:
        if parent.type == "attribute" and parent.child_by_field_name("attribute") != node:
            return False  # Class.member, and not module.Class
        node, parent = parent, parent.parent
    if parent is None or parent.type in _NO_VALUES:
        return False
    if parent.type == "call":
        return False  # what is called
    if parent.type == "argument_list" and parent.parent is not None:
        called = nodes.text_of(parent.parent.child_by_field_name("function"))
        return parent.parent.type != "class_definition" and called not in NO_FACTORIES
    return True


def _file_derives(project: Project, path: Path) -> bool:
    """Whether the file makes classes from bases in local variables, by ``type(name, (base, …), …)`` or ``class``."""
    source, table = project.source(path), project.table(path)
    if source is None or table is None:
        return False
    made = (
        b" ".join(filter(None, found.groups()))
        for found in _BASES.finditer(source.text)
        if nodes.node_at(source.tree, Span(found.start(), found.start() + 1)).type != "string_content"
    )
    bases = {base.decode("utf-8", "replace") for words in made for base in _WORD.findall(words)}
    for symbol in table.facts.symbols:
        if symbol.kind == SymbolKind.CLASS and "<locals>" in symbol.qualname:
            inside = f"{symbol.parent}.<locals>."
            bases |= {
                base for base in symbol.bases
                if base.isidentifier() and f"{inside}{base}" not in table.symbols
                and (symbol.parent, base) not in table.imports
            }  # fmt: skip
    classes = {name for name, symbols in table.symbols.items() if symbols[0].kind == SymbolKind.CLASS}
    return not bases <= classes | BUILTINS | {name for scope, name in table.imports if not scope}


def _is_handed_over(project: Project, found: Class) -> bool:
    """Whether the class is an argument of ``type(name, bases, …)`` or of a function that derives from a parameter."""
    callees = takers(project, found, told=False)
    if callees & {"type", "new_class"}:
        return True
    return any(
        _derives_from_parameter(project, file, symbol)
        for callee in callees - NO_FACTORIES
        for file, symbol in project.definitions(callee)[:10]
    )


def takers(project: Project, found: Class, *, told: bool = True) -> set[str]:
    """Last names of what is called with the class somewhere in its arguments, or ``told`` by an annotation to be."""
    name = found.symbol.name
    files = {found.path, *(file for file, item in project.importers(name) if _is_imported(project, file, item, found))}
    out: set[str] = set()
    for file in sorted(files)[:_MAX_FILES]:
        source = project.source(file)
        if source is not None:
            out |= _callees(source.text, name.encode("utf-8", "surrogatepass"), told)
    return out


def _is_imported(project: Project, file: Path, item: Import, found: Class) -> bool:
    """Whether the import may be of this class, not of another of its name."""
    if item.name != found.symbol.name:
        return False
    target = follow(project, file, item.bound, item.scope)
    return target is None or (isinstance(target, Definition) and (target.path, target.symbol.qualname) == found.key)


def _callees(text: bytes, name: bytes, told: bool) -> set[str]:
    """Last names of what is called with the name somewhere in its arguments, or ``told`` by an annotation to be."""
    out: set[str] = set()
    for found in re.finditer(re.escape(name) + rb"(?!\s*[(.=\w])", text):  # begins with a literal, so it is fast
        before = text[found.start() - 1 : found.start()]
        if before and before in _LETTERS:
            continue  # the end of a longer name
        depth = 0
        brackets = [
            each.start() for each in _BRACKET.finditer(text, max(found.start() - _MAX_BEFORE, 0), found.start())
        ]
        for at in reversed(brackets):
            if text[at] == 41:  # )
                depth += 1
            elif depth:
                depth -= 1
            else:
                callee = text[max(0, at - 80) : at]
                name_start = len(callee.rstrip(_LETTERS))
                if told or not (callee.endswith(b"def ", 0, name_start) and _is_annotation(text[at : found.start()])):
                    out.add(callee[name_start:].decode())
    out.discard("")
    return out


def _is_annotation(before: bytes) -> bool:
    """Whether what follows this in a list of parameters is an annotation, and not a default."""
    return before.rfind(b":") > before.rfind(b"=")


def _derives_from_parameter(project: Project, path: Path, function: Symbol) -> bool:
    table, source = project.table(path), project.source(path)
    if table is None or source is None or function.signature is None:
        return False
    if _MADE_BY_TYPE.search(source.text, function.body_start, function.body_end):
        return True
    parameters = {parameter.name for parameter in function.signature.parameters}
    inside = f"{function.qualname}.<locals>."
    return any(
        symbol.kind == SymbolKind.CLASS
        and symbol.qualname.startswith(inside)
        and not parameters.isdisjoint(symbol.bases)
        for symbol in table.facts.symbols
    )
