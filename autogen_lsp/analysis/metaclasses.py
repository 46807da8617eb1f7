"""What a metaclass brings to the classes that it makes, besides what their bodies say.

One of the workspace that only looks at its classes, keeps them somewhere, or hands them to functions that do no more,
brings its own members. One that may change what they are made of, or what they are asked for, may bring anything.
"""

from __future__ import annotations

import re
from pathlib import Path

from autogen_lsp.analysis.decorated import changes
from autogen_lsp.analysis.presence import Definition, follow
from autogen_lsp.analysis.project import Project, Table
from autogen_lsp.syntax.model import Call, Symbol, SymbolKind

PLAIN = frozenset({"ABCMeta", "type", "EnumMeta", "EnumType", "_ProtocolMeta"})
READERS = frozenset(
    """
    super hasattr getattr isinstance issubclass callable id repr str hash len dir iter list tuple set frozenset sorted
    signature get_type_hints get_annotations getmembers isclass isabstract getdoc fields
    """.split()  # noqa: SIM905
)
KEEPERS = frozenset({"append", "add", "insert"})  # of a list or set that is told of the class
_ASKED = frozenset({"__prepare__", "__call__"})
_CHANGES = re.compile(rb"__dict__|__bases__|\bclass\s|\b(?:setattr|vars|exec|eval|new_class)\(|\btype\([^()]*,")
_MADE = re.compile(rb"\b(\w+)\s*=\s*[\w.()]*\.__(?:new|call)__\(")
_NAMES = re.compile(rb"\([\w\s,*]*\)")
_WORD = re.compile(rb"\w+")
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def brought(project: Project, path: Path, text: str, scope: str) -> frozenset[str] | None:
    """Names of the members that the metaclass, as written, has for its classes; None where these may have any."""
    if text.rpartition(".")[2] in PLAIN:
        return frozenset()
    found = follow(project, path, text, scope) if _DOTTED.fullmatch(text) else None
    if not isinstance(found, Definition) or found.symbol.kind != SymbolKind.CLASS:
        return None
    lineage = project.mro(found.path, found.symbol.qualname)
    if lineage.open or project.builtins is None or (project.builtins, "type") not in lineage:
        return None
    for one in lineage.classes:
        if project.is_ours(one.path):
            table = project.table(one.path)
            if table is None or not _only_looks(project, one.path, table, one.symbol):
                return None
        elif one.symbol.name not in PLAIN | {"object"}:
            return None
    return lineage.names


def _only_looks(project: Project, path: Path, table: Table, metaclass: Symbol) -> bool:
    source = project.source(path)
    own = table.members.get(metaclass.qualname, {})
    if source is None or not _ASKED.isdisjoint(own) or path.suffix != ".py":
        return False
    if _CHANGES.search(source.text, metaclass.body_start, metaclass.body_end):
        return False
    for method in (symbol for listed in own.values() for symbol in listed if symbol.kind == SymbolKind.FUNCTION):
        names = [parameter.name.encode() for parameter in method.signature.parameters] if method.signature else []
        making = method.name in ("__new__", "__init__")
        if making and len(names) < 4:
            return False  # `*args`: what is in there cannot be told
        body = source.text[method.body_start : method.body_end]
        if making and _rewrites(body, names[2], names[3]):
            return False
        told = _words(*names[:1], *_MADE.findall(body))
        given = _words(*names[2:4]) if making else None
        for call in table.facts.calls:
            if not method.body_start <= call.start < method.body_end:
                continue
            arguments = source.text[call.end : call.call_end]
            if call.name in ("__new__", "__init__"):
                if making and not (_NAMES.fullmatch(arguments) and set(names[2:4]) <= set(_WORD.findall(arguments))):
                    return False
                continue
            rewritten = given is not None and given.search(arguments) is not None and call.name not in READERS
            if rewritten or (told is not None and told.search(arguments) and not _leaves(project, path, call)):
                return False
    return True


def _leaves(project: Project, path: Path, call: Call) -> bool:
    """Whether what is called leaves a class that it is told of as it is."""
    if call.name in READERS or (call.receiver and call.name in KEEPERS):
        return True
    dotted = call.dotted
    taker = follow(project, path, dotted, call.scope) if _DOTTED.fullmatch(dotted) else None
    return isinstance(taker, Definition) and project.is_ours(taker.path) and not changes(project, taker)


def _words(*names: bytes) -> re.Pattern[bytes] | None:
    """The names where they stand for themselves, not for what is read from them."""
    return re.compile(rb"(?<![\w.])(?:" + b"|".join(map(re.escape, names)) + rb")\b(?!\s*[.\[(])") if names else None


def _rewrites(body: bytes, bases: bytes, namespace: bytes) -> bool:
    """Whether a metaclass's ``__new__`` puts more into a class than it was given, but for special attributes."""
    put = re.compile(
        rb"\b"
        + namespace
        + rb"(?:\s*\[(?!\s*['\"]__\w+__['\"]\s*\])[^\n]*?\]\s*=(?!=)|\.(?:update|setdefault|__setitem__)\b"
        rb"|\s*(?:=(?!=)|\|=))|\b" + bases + rb"\s*(?:=(?!=)|\+)|[+*]\s*" + bases + rb"\b"
    )
    return put.search(body) is not None
