"""Where the workspace mentions the name of a target: calls of it, or of an alias, and places where it is a value.

Facts list the calls, and texts are searched for the rest. Whether a place means the target is the business of `sites`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.syntax.model import Call
from autogen_lsp.text import Span

_MAX_FILES = 40  # that are read for places where the name is an argument


def expression_of(name: Node) -> Node:
    """The expression that a use of a name belongs to: ``mod.f`` around ``f``, and the call where it is called."""
    node = name
    parent = node.parent
    if parent is not None and parent.type == "attribute" and nodes.same(parent.child_by_field_name("attribute"), node):
        node, parent = parent, parent.parent
    if parent is not None and nodes.is_displaced(parent):
        node, parent = parent, parent.parent
    if parent is not None and parent.type == "call" and nodes.same(parent.child_by_field_name("function"), node):
        return parent
    return node


def mentions(lookup: Lookup, target: Target) -> Iterator[tuple[Path, Span]]:
    """Places where the target's name, or an alias of it, is called or used like a callee."""
    project = lookup.project
    owner, _, name = target.qualname.rpartition(".")
    if name == "__init__":
        name = owner.rpartition(".")[2]
    if name == "__call__" or not name:
        return
    imports = project.importers(name) if not owner else ()
    aliases = {item.asname for _, item in imports if item.asname and item.name == name}
    paths: list[Path] = [target.origin, target.path]
    for wanted in (name, *sorted(aliases)):
        for path, call in sorted(project.calls(wanted), key=lambda found: _distance(found[0], target.path)):
            paths.append(path)
            if owner or _may_be_of_module(lookup, path, call):
                yield path, Span(call.start, call.end)
    paths += [path for path, _ in project.importers(name)]
    for path in dict.fromkeys(paths):
        facts = project.facts(path)
        for reference in facts.references if facts is not None else ():
            if reference.name == name:
                yield path, Span(reference.start, reference.end)
        for use in facts.unresolved if facts is not None else ():
            if use.name == name and use.how != "call":
                yield path, Span(use.start, use.end)
    yield from _decorators(lookup, paths, name)
    if owner:  # where a method is only handed on, it is neither called nor imported; its class is
        paths += [path for path, _ in project.importers(owner.rpartition(".")[2])]
    for wanted in (name, *sorted(aliases)):
        yield from _values(lookup, paths, wanted, all_reads=target.kind is TargetKind.ATTRIBUTE)


def _may_be_of_module(lookup: Lookup, path: Path, call: Call) -> bool:
    """Whether a call may be one of a module's function: of a bare name, or of a member of something imported."""
    if not call.receiver:
        return True
    facts = lookup.facts(path)
    first = call.receiver.partition(".")[0]
    return facts is not None and any(item.bound == first or item.name == "*" for item in facts.imports)


def _values(lookup: Lookup, paths: list[Path], name: str, *, all_reads: bool) -> Iterator[tuple[Path, Span]]:
    """Where the name itself is a value: ``on_click(self.name)``, ``[name]``; with ``all_reads``, ``name * 2``, too.

    Facts list only what is called.
    """
    word = re.compile(rb"\b%b\b%b" % (re.escape(name.encode()), b"" if all_reads else rb"(?!\s*[(=.])"))
    for path in list(dict.fromkeys(paths))[:_MAX_FILES]:
        source = lookup.source(path)
        for match in word.finditer(source.text) if source is not None else ():
            node = nodes.node_at(source.tree, Span(*match.span())) if source is not None else None
            if node is None or node.type != "identifier":
                continue
            expression = expression_of(node)
            parent = expression.parent
            if parent is None or (parent.type not in _HOLDERS and not (all_reads and parent.type in _READERS)):
                continue
            bound = ("name", "key") if parent.type == "binary_operator" else ("left", "name", "key")
            if not any(nodes.same(parent.child_by_field_name(field), expression) for field in bound):
                yield path, Span(*match.span())


_HOLDERS = frozenset(
    {
        "argument_list", "keyword_argument", "list", "set", "tuple", "expression_list", "pair", "return_statement",
        "assignment", "conditional_expression", "boolean_operator", "default_parameter", "typed_default_parameter",
        "as_pattern", "except_clause", "except_group_clause", "raise_statement",
    }
)  # fmt: skip
_READERS = frozenset(
    {
        "attribute", "augmented_assignment", "await", "binary_operator", "comparison_operator", "for_in_clause",
        "for_statement", "if_clause", "if_statement", "not_operator", "parenthesized_expression", "subscript",
        "unary_operator", "while_statement", "with_item", "yield",
    }
)  # fmt: skip


def _distance(path: Path, other: Path) -> int:
    """How far files are apart: the folders that they do not share."""
    a, b = path.parent.parts, other.parent.parts
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return 0 if path == other else 1 + len(a) + len(b) - 2 * shared


def _decorators(lookup: Lookup, paths: list[Path], name: str) -> Iterator[tuple[Path, Span]]:
    """Decorators of a bare name that is imported: facts list only those that are unresolved."""
    for path in dict.fromkeys(paths):
        facts = lookup.facts(path)
        source = lookup.source(path)
        for symbol in facts.symbols if facts is not None else ():
            if source is None or not any(text.partition("(")[0] == name for text in symbol.decorators):
                continue
            at = source.text.find(f"@{name}".encode(), symbol.start, symbol.name_start)
            if at >= 0:
                yield path, Span(at + 1, at + 1 + len(name.encode()))
