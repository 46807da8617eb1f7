"""A backend's reply into code that can be placed: the asked-for definition, what it needs beside it, and its imports.

A reply is free text: fenced or bare, with prose around it, in several blocks, indented as in its class or not at all.
Of several complete answers the last one counts, as models correct themselves further down. Nothing is renamed, guessed
or executed; what cannot be used is said in ``problems``, in words to be sent back. `definitions` says what is kept.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from autogen_lsp.analysis.model import NeededImport, Plan, TargetKind
from autogen_lsp.generation import blocks
from autogen_lsp.generation.definitions import Wanted, find, reduce
from autogen_lsp.generation.indentation import cut, normalise, parse_python, syntax_error, unindent
from autogen_lsp.generation.nodes import bound_names, defined_names, is_placeholder

_WORK = 1_000_000  # characters tried as Python in one reply; hostile replies have endless possible blocks


@dataclass(frozen=True, slots=True)
class Parsed:
    """Code without indentation, '\\n' line ends. ``definition`` is the target's own part of it.

    With ``problems`` there is no code. ``dropped`` describes what the reply held besides.
    """

    code: str = ""
    definition: str = ""
    imports: tuple[NeededImport, ...] = ()
    dropped: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def parse(reply: str, wanted: Wanted) -> Parsed:
    """The usable part of a reply. Never raises, whatever the reply."""
    text = blocks.clean(reply)
    if len(text) > blocks.LARGEST:
        return Parsed(problems=(f"the reply is {len(text)} characters long; give the definition only",))
    reader = _Reader(_WORK)
    pieces = list(_fenced_pieces(text, reader))
    answer = _best(pieces, wanted) or _bare_answer(text, wanted, reader, pieces)
    if answer is None:
        return Parsed(problems=(_why_not(text, pieces, wanted),))
    others = [piece for piece in pieces if piece is not answer]
    kept = reduce(answer.module, wanted, [piece.module for piece in others])
    if kept is None or (not kept.nodes and wanted.members):
        return Parsed(problems=(f"the reply holds nothing of '{wanted.name}' that can be kept",))
    return Parsed(
        code=_source(kept.nodes, [answer, *others], wanted),
        definition=_source(kept.definition, [answer], wanted),
        imports=kept.imports,
        dropped=kept.dropped,
    )


def definition_in(code: str, wanted: Wanted) -> str:
    """The definition's own part of code that parses, '' where it is not there."""
    module = parse_python(code)
    found = find(module, wanted) if module else None
    return _source(found[0], [_Piece(code, module)], wanted) if module and found else ""


def wanted_of(plan: Plan, taken: frozenset[str] = frozenset()) -> Wanted:
    """What to look for in the reply to a plan. ``taken``: names that exist beside the target already."""
    target = plan.target
    module = parse_python(plan.skeleton)
    if target.kind is TargetKind.MODULE:
        members = frozenset(name for node in (module.body if module else ()) for name in bound_names(node))
        return Wanted(target.path.stem, kind="module", taken=taken, members=members)
    owner = target.qualname.rpartition(".")[0]
    owner = "" if owner.endswith("<locals>") else owner.rpartition(".")[2]
    kind = "class" if target.kind is TargetKind.CLASS else "function"
    for node in module.body if module else ():
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                kind = "function"
            case ast.ClassDef():
                kind = "class"
            case ast.Assign() | ast.AnnAssign():
                kind = "value"
    return Wanted(target.name, owner, kind, taken)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text that parses, indented by fours, its tree, and the lines of the reply that it came from."""

    text: str
    module: ast.Module
    start: int = 0
    end: int = 0


@dataclass
class _Reader:
    """Tries texts as Python until its allowance of characters is used up."""

    left: int

    def read(self, text: str, start: int, end: int) -> _Piece | None:
        self.left -= len(text)
        if self.left < 0 or (found := unindent(text)) is None:
            return None
        even = normalise(found[0])
        module = parse_python(even)
        return _Piece(even, module, start, end) if module else None


def _fenced_pieces(text: str, reader: _Reader) -> Iterator[_Piece]:
    """Fenced blocks that parse, each to the first end at which it does; fences inside such a block open nothing."""
    done = -1
    for block in blocks.fenced(text):
        if block.start <= done + 1 or not block.python:
            continue
        for end, content in block.texts():
            if (piece := reader.read(content, block.start, end)) is not None:
                done = end
                yield piece
                break


def _bare_answer(text: str, wanted: Wanted, reader: _Reader, fenced: Sequence[_Piece]) -> _Piece | None:
    """The first place outside of ``fenced`` at which code begins that holds the definition, to its last possible end.

    A definition inside of code that parses is what it is there: a method is no function.
    """
    known = list(fenced)
    mentioned = re.compile(rf"\b{re.escape(wanted.name)}\b")
    for block in blocks.bare(text):
        if any(piece.start <= block.start < piece.end for piece in known):
            continue
        pieces = [
            piece
            for end, content in block.texts()
            if (wanted.kind == "module" or mentioned.search(content))
            and (piece := reader.read(content, block.start, end))
        ]
        if (answer := _best(pieces, wanted)) is not None:
            return answer
        known += pieces
    return None


def _best(pieces: Iterable[_Piece], wanted: Wanted) -> _Piece | None:
    """The last piece that holds the definition with a real body, else the last that holds it."""
    best: _Piece | None = None
    real = False
    for piece in pieces:
        if (found := find(piece.module, wanted)) is None:
            continue
        body = not any(is_placeholder(node) for node in found[0])
        if body or not real:
            best, real = piece, body or real
    return best


def _source(nodes: Sequence[ast.stmt], pieces: Sequence[_Piece], wanted: Wanted) -> str:
    """The nodes' text, one after the other, with the blank lines of PEP 8."""
    holder = {id(node): piece for piece in pieces for node in _statements(piece.module)}
    parts: list[str] = []
    for position, node in enumerate(nodes):
        first = min((mark.lineno for mark in getattr(node, "decorator_list", ())), default=node.lineno)
        text = cut(holder[id(node)].text, first, node.end_lineno or node.lineno, node.col_offset)
        around = (node, nodes[position - 1]) if position else ()
        if any("body" in each._fields for each in around):
            parts.append("\n" if wanted.owner else "\n\n")
        elif around and isinstance(around[1], ast.Expr):  # the module's docstring
            parts.append("\n")
        parts.append(text + "\n")
    return "".join(parts)


def _statements(module: ast.Module) -> Iterator[ast.stmt]:
    """Statements of the module and of its classes, at any depth of classes."""
    waiting = list(module.body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.ClassDef):
            waiting += node.body


def _why_not(text: str, pieces: Sequence[_Piece], wanted: Wanted) -> str:
    """Why a reply cannot be used, in a sentence for the model and for the user."""
    modules = [piece.module for piece in pieces] or [module for module in [parse_python(text)] if module]
    others = list(dict.fromkeys(name for module in modules for name in defined_names(module)))[:5]
    asked = re.compile(rf"^[ \t]*(?:async +)?(?:def|class) +{re.escape(wanted.name)}\b", re.M)
    for block in blocks.fenced(text):
        content = next(block.texts())[1]
        if asked.search(content) and (error := syntax_error(content)):
            unclosed = " (the reply seems to be cut off)" if len(block.ends) == 1 else ""
            return f"the code does not parse: {error}{unclosed}"
    if others:
        article = "class" if wanted.kind == "class" else "method" if wanted.owner else "function"
        return f"it defines {', '.join(map(repr, others))}, but the {article} '{wanted.name}' was asked for"
    if (found := asked.search(text)) and (error := syntax_error(text[found.start() :])):
        return f"the code does not parse: {error}"
    return f"it holds no Python code that defines '{wanted.name}'"
