"""Diagnostics of other servers that mean "this name does not exist", turned into the places of those names.

Which codes mean it is one table; for what comes without a code (pyflakes in pylsp, mypy in nvim-lint) the message
counts. What exactly is missing (a bare name, a member, an imported name, a module) the syntax at that place decides.
Ranges differ: pyright marks the name, mypy the whole expression, pylint the statement or its first word, pyflakes the
rest of the line; the word that the message names is looked for there. Tested with the real output of each server.
Of a call that a class or an instance does not take (`REFUSES_CALL`), the callee's name is the place: ``__init__`` or
``__call__`` may be missing.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from autogen_lsp.analysis import nodes
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
        "import",
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
        "missing-union-attribute",
        "possibly-missing-import",
        # pyrefly (and ty: missing-attribute)
        "unknown-name",
        "missing-attribute",
        "missing-import",
        "missing-module-attribute",
    }
)
# Of calls with arguments that nothing takes, and of what cannot be called. True where the call itself is marked (or
# its callee), False where an argument is.
REFUSES_CALL = {
    "reportCallIssue": False,  # pyright and its like; of what is no callable, the call
    "call-arg": True,  # mypy
    "operator": True,  # mypy: what is no callable, among others
    "too-many-positional-arguments": False,  # ty
    "unknown-argument": False,
    "not-callable": True,  # ty, pyrefly, pylint
    "E1102": True,
    "bad-argument-count": False,  # pyrefly
    "unexpected-keyword": False,
}
_NO_CALLABLE = re.compile(r"(?:not|a) callable")
_SAYS_MISSING = re.compile(
    r"""[Uu]ndefined (?:name|variable) ['"`]|Name ".*" is not defined|has no attribute "|undefined in superclass"""
    r"""|Cannot find implementation or library stub for module"""
)
_CODE_IN_MESSAGE = re.compile(r"\[([a-z-]+)\]$")
_CODES_THAT_SAY_LITTLE = frozenset({"", "misc"})
_QUOTED = re.compile(r"[\"'`“]([^\"'`“”\n]+)[\"'`”]")
_LACKS = re.compile(r"has no (?:\w+ )*[\"'`“]([^\"'`“”\n]+)")
_OF_MEMBERS = re.compile(r"attribute|member\b|superclass")
_IDENTIFIER = re.compile(rb"[^\W\d]\w*")


def place_of(source: Source, diagnostic: Diagnostic) -> Span | None:
    """Span of the missing name that a diagnostic speaks of; None where it speaks of something else."""
    if not means_missing(diagnostic):
        return _callee(source, diagnostic)
    span = Span(min(diagnostic.span.start, len(source.text)), min(diagnostic.span.end, len(source.text)))
    word = _missing_word(diagnostic.message)
    if not word:
        return span if _IDENTIFIER.fullmatch(source.text, span.start, span.end) else None
    for within in (span, _rest_of_statement(source, span.start)):
        found = [node for node in _identifiers(source.tree.root_node, within) if nodes.text_of(node) == word]
        if found:
            members = _OF_MEMBERS.search(diagnostic.message) is not None
            chosen = next((node for node in found if _is_member(node) == members), found[-1])
            return nodes.span_of(chosen)
        if inside := re.search(rb"\b%s\b" % re.escape(word.encode()), source.text[within.start : within.end]):
            return Span(within.start + inside.start(), within.start + inside.end())  # in a string
    return None


def owner_in(diagnostic: Diagnostic, name: str) -> str:
    """The class that lacks ``name``, as the message says: 'Cannot access attribute "m" for class "C"'; '' for none."""
    for word in _QUOTED.findall(diagnostic.message.partition("\n")[0]):
        plain = re.sub(r"^(?:type|builtins\.type)\[(.*)\]$", r"\1", word)
        if plain != name and re.fullmatch(r"[\w.]+", plain):
            return plain.rpartition(".")[2]
    return ""


def means_missing(diagnostic: Diagnostic) -> bool:
    """Whether it says that a name does not exist (and not that a call is not taken)."""
    code, message = diagnostic.code, diagnostic.message.partition("\n")[0]
    if not code and (written := _CODE_IN_MESSAGE.search(message)):
        code = written[1]
    if not MEANS_MISSING.isdisjoint(code.split(":")):  # Microsoft's pylint extension sends "E0602:undefined-variable"
        return True
    return code in _CODES_THAT_SAY_LITTLE and _SAYS_MISSING.search(message) is not None


def _callee(source: Source, diagnostic: Diagnostic) -> Span | None:
    """Span of the name that is called, where a diagnostic says that a call is not taken."""
    code = next((code for code in diagnostic.code.split(":") if code in REFUSES_CALL), None)
    no_callable = _NO_CALLABLE.search(diagnostic.message.partition("\n")[0]) is not None
    if code is None or (code == "operator" and not no_callable):
        return None
    start = min(diagnostic.span.start, len(source.text))
    node = nodes.node_at(source.tree, Span(start, start))
    for call in (node, *nodes.ancestors(node)):
        callee, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        if call.type != "call" or callee is None or arguments is None:
            continue
        marked = call.start_byte == start if no_callable or REFUSES_CALL[code] else arguments.start_byte < start
        if marked:
            name = callee.child_by_field_name("attribute") or callee
            return nodes.span_of(name) if name.type == "identifier" else None
    return None


def _missing_word(message: str) -> str:
    """The last component of the name that is missing: what something "has no", else what is quoted first."""
    first = message.partition("\n")[0]
    found = _LACKS.search(first) or _QUOTED.search(first)
    return found[1].rpartition(".")[2] if found else ""


def _is_member(node: Node) -> bool:
    parent = node.parent
    return (
        parent is not None and parent.type == "attribute" and nodes.same(parent.child_by_field_name("attribute"), node)
    )


def _rest_of_statement(source: Source, start: int) -> Span:
    """From a place to the end of its simple statement; of a compound one to the end of the line."""
    line = source.lines.line_span(source.lines.line_of(start))
    node = nodes.node_at(source.tree, Span(start, min(start + 1, len(source.text))))
    statement = next(
        (n for n in (node, *nodes.ancestors(node)) if n.parent is not None and n.parent.type in ("module", "block")),
        None,
    )
    simple = statement is not None and not any(child.type == "block" for child in statement.children)
    return Span(start, statement.end_byte if statement is not None and simple else line.end)


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
