"""A file cut into the chunks whose facts are kept apart: its top-level statements, and large classes' members.

What a chunk said holds as long as its bytes stay the same, wherever it has moved to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec
from tree_sitter import Node

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.broken import Broken
from autogen_lsp.syntax.model import Call, Import, Reference, Symbol, Use
from autogen_lsp.syntax.scopes import Chunk

SPLIT_BYTES = 3000  # classes that are larger are cut into their members


class Unit(msgspec.Struct, frozen=True, dict=True):
    """A chunk, where it begins, and the class that it is a member of ('' for none).

    The chunk's spans are those of its sweep, which it has moved ``by`` bytes since. Most of a file moves with most
    edits, so its spans as of now are made when first asked for: those of its calls, the most by far, seldom all are.
    """

    start: int
    chunk: Chunk
    owner: str = ""
    is_header: bool = False  # of a class whose members are units of their own
    by: int = 0

    def moved(self, start: int) -> Unit:
        """The unit as it is when its first byte is at ``start``."""
        return Unit(start, self.chunk, self.owner, self.is_header, self.by + start - self.start)

    @cached_property
    def symbols(self) -> list[Symbol]:
        by, found = self.by, self.chunk.symbols
        return [_moved_symbol(each, by) for each in found] if by else found

    @cached_property
    def imports(self) -> list[Import]:
        by, found = self.by, self.chunk.imports
        return [_moved_import(each, by) for each in found] if by else found

    @cached_property
    def calls(self) -> list[Call]:
        by, found = self.by, self.chunk.calls
        return [_moved_call(each, by) for each in found] if by else found

    def placed(self, call: Call) -> Call:
        """One of the chunk's calls, where it is now."""
        return _moved_call(call, self.by) if self.by else call

    @cached_property
    def references(self) -> list[Reference]:
        by, found = self.by, self.chunk.references
        return [_moved_reference(each, by) for each in found] if by else found

    def uses(self, found: list[Use]) -> list[Use]:
        """Some of the chunk's uses as of now."""
        by = self.by
        return [Use(u.name, u.start + by, u.end + by, u.scope, u.how) for u in found] if by else found


class Cut(msgspec.Struct, frozen=True, dict=True):
    """A text, its units, in order, and its lines with errors."""

    text: bytes
    units: Sequence[Unit]
    broken: Broken = Broken()

    @cached_property
    def starts(self) -> list[int]:
        return [unit.start for unit in self.units]


class Piece(msgspec.Struct, frozen=True):
    """A statement that is a chunk, or whose header is one, and the class that it is a member of ('' for none)."""

    node: Node
    owner: str = ""
    header_end: int | None = None  # where the members are pieces of their own: where the first of them begins
    docstring_end: int = 0  # then: where that ends

    def key(self, text: bytes) -> tuple[str, bytes, int]:
        """All that the chunk's facts follow from, but for the place; a header's say where the class ends."""
        start, end = self.node.start_byte, self.node.end_byte
        if self.header_end is None:
            return self.owner, text[start:end], 0
        return self.owner, text[start : self.docstring_end], end - start


def pieces(root: Node) -> Iterator[Piece]:
    """The chunks in order."""
    if root.is_error:
        yield Piece(root)
        return
    todo = [(node, "") for node in reversed(root.named_children)]
    while todo:
        node, owner = todo.pop()
        if node.kind_id == n.COMMENT:
            continue
        body = _members_apart(node)
        if body is None:
            yield Piece(node, owner)
            continue
        members = body.named_children
        first = next((member for member in members if member.kind_id != n.COMMENT), body)
        yield Piece(node, owner, body.start_byte, first.end_byte)
        definition = node.child_by_field_id(n.F_DEFINITION) or node
        name = definition.child_by_field_id(n.F_NAME)
        assert name is not None
        qualname = name.text.decode("utf-8", "replace") if name.text is not None else ""
        qualname = f"{owner}.{qualname}" if owner else qualname
        todo += [(member, qualname) for member in reversed(members)]


def _members_apart(node: Node) -> Node | None:
    """The body of a class that is cut into its members; None for all other statements."""
    if node.end_byte - node.start_byte < SPLIT_BYTES or node.has_error:
        return None
    definition = node
    if node.kind_id == n.DECORATED:
        inner = node.child_by_field_id(n.F_DEFINITION)
        if inner is None:
            return None
        definition = inner
    if definition.kind_id != n.CLASS or definition.child_by_field_id(n.F_TYPE_PARAMETERS) is not None:
        return None
    body = definition.child_by_field_id(n.F_BODY)
    if body is None or definition.child_by_field_id(n.F_NAME) is None:
        return None
    if any(member.kind_id in (n.GLOBAL, n.NONLOCAL) for member in body.named_children):
        return None
    return body


def _moved_symbol(s: Symbol, by: int) -> Symbol:
    has_body = s.body_end > 0
    return Symbol(
        s.qualname, s.kind, s.start + by, s.end + by, s.name_start + by, s.name_end + by, s.signature, s.decorators,
        s.bases, s.docstring, s.annotation, s.value, s.body_start + by if has_body else 0,
        s.body_end + by if has_body else 0, s.stub, s.conditional,
    )  # fmt: skip


def _moved_import(i: Import, by: int) -> Import:
    return Import(
        i.module, i.level, i.name, i.asname, i.start + by, i.end + by, i.module_start + by, i.module_end + by, i.scope,
        i.guarded, i.type_checking, i.instead,
    )  # fmt: skip


def _moved_call(c: Call, by: int) -> Call:
    return Call(
        c.name, c.receiver, c.start + by, c.end + by, c.call_start + by, c.call_end + by, c.scope, c.positional,
        c.keywords, c.star, c.double_star, c.guarded, c.local, c.made,
    )  # fmt: skip


def _moved_reference(r: Reference, by: int) -> Reference:
    return Reference(r.name, r.receiver, r.start + by, r.end + by, r.scope, r.how, r.guarded, r.local)
