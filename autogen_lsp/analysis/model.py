"""What analysis tells the other rooms: findings, targets, plans.

``source → Facts → Finding → Target → Plan → SourceChange``. A `Finding` says what is missing and where it is used; a
`Target` says what would be created and in which file; a `Plan` holds all of it but the body. Frozen, no trees inside.

Structs of msgspec, as the facts that they are made from: a dataclass takes half a millisecond to define, and the first
document waits for this room to be imported.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec

from autogen_lsp.syntax.model import Signature
from autogen_lsp.text import Span


class FindingKind(StrEnum):
    """The codes of diagnostics and of ``check`` (docs: interfaces)."""

    UNDEFINED_CALL = "undefined-call"
    MISSING_IMPORT = "missing-import"
    MISSING_MODULE = "missing-module"
    MISSING_ATTRIBUTE = "missing-attribute"
    STUB = "stub"


class Finding(msgspec.Struct, frozen=True):
    """Something missing. ``span`` is the missing name itself (a stub's is its ``def`` name)."""

    path: Path
    span: Span
    kind: FindingKind
    name: str
    message: str
    target_path: Path | None  # file in which it would be created
    target_qualname: str  # '' where a whole module is missing


class TargetKind(StrEnum):
    FUNCTION = "function"
    METHOD = "method"
    CLASS_METHOD = "classmethod"
    CLASS = "class"
    ATTRIBUTE = "attribute"
    MODULE = "module"
    STUB = "stub"  # exists; its body is to be written


class Target(msgspec.Struct, frozen=True):
    """What would be created (or, a stub, completed), and the use that asked for it."""

    path: Path
    qualname: str
    kind: TargetKind
    origin: Path
    origin_span: Span
    below: tuple[str, ...] = ()  # definitions that stay above it where its place would be right before them

    @property
    def name(self) -> str:
        return self.qualname.rpartition(".")[2]


class Site(msgspec.Struct, frozen=True):
    """One use of the target in the workspace: the name's span and the span of the whole call or other expression."""

    path: Path
    span: Span
    expression: Span


class NeededImport(msgspec.Struct, frozen=True):
    """``from module import name``, or ``import module`` where name is ''; ``type_checking`` where it would cycle."""

    module: str
    name: str = ""
    asname: str = ""
    type_checking: bool = False


class Placement(msgspec.Struct, frozen=True):
    """Where the definition goes in the target's file, as of the snapshot it was made from.

    The definition replaces ``span`` (empty: an insertion). ``indent`` is the white space before its ``def``;
    ``blank_before``/``blank_after`` are the blank lines that must stand around it.
    """

    span: Span
    indent: str = ""
    blank_before: int = 2
    blank_after: int = 2
    creates_file: bool = False


class Plan(msgspec.Struct, frozen=True):
    """Everything about a new definition but its body."""

    target: Target
    signature: Signature | None  # None for classes, attributes and modules
    skeleton: str  # the definition without a real body: unindented, '\n' line ends, decorators included, valid Python
    placement: Placement
    imports: tuple[NeededImport, ...] = ()
    sites: tuple[Site, ...] = ()
    title: str = ""  # "Create method 'total' in class Invoice (billing.py)"
