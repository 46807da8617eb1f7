"""Diagnostics of other servers that mean "this name does not exist", turned into the places of those names.

Which codes mean it is one table; what exactly is missing (a bare name, a member, an imported name, a module) the syntax
at that place decides, not the message. Ranges differ: pyright marks the name, mypy and pylint the whole statement or
expression; there the quoted words of the message pick the name. Tested with the real output of each server.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from autogen_lsp.features.model import Diagnostic
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

# Codes (rule names and, where a server shows both, its numbers) by the servers that use them.
MEANS_MISSING = frozenset(
    {
        # pyright, basedpyright, Pylance
        "reportUndefinedVariable",
        "reportAttributeAccessIssue",
        "reportFunctionMemberAccess",
        "reportMissingImports",
        # mypy
        "name-defined",
        "attr-defined",
        "union-attr",
        "import-not-found",
        # ruff, flake8, pylsp
        "F821",
        "undefined-name",
        # pylint
        "undefined-variable",
        "E0602",
        "no-member",
        "E1101",
        "no-name-in-module",
        "E0611",
        "import-error",
        "E0401",
        # ty
        "unresolved-reference",
        "unresolved-attribute",
        "possibly-missing-attribute",
        "unresolved-import",
        "missing-module-member",
        # pyrefly (and ty: missing-attribute)
        "unknown-name",
        "missing-attribute",
        "missing-import",
        "missing-module-attribute",
    }
)
_QUOTED = re.compile(r"[\"'`“]([^\"'`“”\n]+)[\"'`”]")
_IDENTIFIER = re.compile(rb"[^\W\d]\w*")


def place_of(source: Source, diagnostic: Diagnostic) -> Span | None:
    """Span of the missing name that a diagnostic speaks of; None where it speaks of something else."""
    if MEANS_MISSING.isdisjoint(diagnostic.code.split(":")):  # the pylint extension sends "E0602:undefined-variable"
        return None
    span = _within(source, diagnostic.span)
    text = source.text[span.start : span.end]
    if _IDENTIFIER.fullmatch(text):
        return span
    words = [word.rpartition(".")[2] for word in _QUOTED.findall(diagnostic.message)]
    names = [
        Span(node.start_byte, node.end_byte)
        for node in _identifiers(source.tree.root_node, span)
        if node.text is not None and node.text.decode() in words
    ]
    if not names:
        return None
    # The missing name is the last one quoted: `a.b` without b, `from m import f` without f.
    return names[-1]


def owner_in(diagnostic: Diagnostic, name: str) -> str:
    """The class that lacks ``name``, as the message says: 'Cannot access attribute "m" for class "C"'; '' for none."""
    for word in _QUOTED.findall(diagnostic.message.partition("\n")[0]):
        plain = re.sub(r"^(?:type|builtins\.type)\[(.*)\]$", r"\1", word)
        if plain != name and re.fullmatch(r"[\w.]+", plain):
            return plain.rpartition(".")[2]
    return ""


def _within(source: Source, span: Span) -> Span:
    """The span, or the rest of its line where a server gave a point, cut to the text."""
    start = min(span.start, len(source.text))
    end = min(span.end, len(source.text))
    if end - start <= 1:
        found = _IDENTIFIER.match(source.text, start)
        if found and found.end() - start > 1:
            line = source.lines.line_span(source.lines.line_of(start))
            return Span(start, line.end)
    return Span(start, end)


def _identifiers(root: Node, span: Span) -> list[Node]:
    found: list[Node] = []
    pending = [root]
    while pending:
        node = pending.pop()
        if node.end_byte < span.start or node.start_byte >= span.end:
            continue
        if node.type == "identifier" and node.start_byte >= span.start:
            found.append(node)
        pending.extend(reversed(node.children))
    return found
