"""What one use of a missing function expects of it: the role, and what the value must be so that the use stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis.types import Type


class Role(Enum):
    """What the use is, besides an ordinary value."""

    VALUE = auto()
    IGNORED = auto()  # a statement of its own: nobody looks at the result
    DECORATOR = auto()  # `@f`
    FACTORY = auto()  # `@f(1)`
    EXCEPTION = auto()  # `raise f()`, `except f:`
    BASE = auto()  # `class A(f):`


class Demand(Enum):
    """What a value must be so that the use stands: something about which ``type`` may say more, or less."""

    UNKNOWN = auto()  # something, but it cannot be told what
    NOTHING = auto()  # any value will do
    TYPE = auto()  # a value of `type`
    ATTRIBUTE = auto()  # a value with the attribute `attribute`


@dataclass(frozen=True, slots=True)
class Expected:
    """What a use asks for, where it stands (``path`` and ``node``, the whole of the value).

    ``is_async``: the call is awaited, or handed to what awaits it. ``upper``: a strong type is what a parameter takes,
    and the value is likely more special. ``bound``: the variables and attributes that keep the value.
    """

    role: Role
    path: Path
    node: Node
    type: Type | None = None
    strong: bool = False
    is_async: bool = False
    decorates_class: bool = False
    demand: Demand = Demand.UNKNOWN
    attribute: str = ""
    upper: bool = False
    may_be_none: bool = False  # it is compared with None
    not_none: bool = False  # None breaks the use, whatever else it takes
    bound: tuple[Node, ...] = ()
    apart: tuple[Node, ...] = ()  # the targets that it is taken apart into, one for each item
    kept_as: Type | None = None  # what the variable is declared as that it is read from
    each: Node | None = None  # the target that gets what it holds, one by one, or what entering it gives
