"""Python's scopes while they are being filled, and how names resolve in them (The Python Language Reference, 4.2)."""

from __future__ import annotations

import re
from enum import IntEnum

import msgspec

from autogen_lsp.syntax.model import Call, Import, Reference, Symbol, Use

MAX_TEXT = 200  # bytes of source text that facts hold of one expression


class Level(IntEnum):
    MODULE = 0
    CLASS = 1
    FUNCTION = 2
    LAMBDA = 3
    COMPREHENSION = 4
    TYPE_PARAMETERS = 5


class Scope:
    """A scope being filled. ``qualname`` names the innermost definition, ``prefix`` begins its members' names."""

    __slots__ = (
        "compound_end",
        "globals",
        "level",
        "made",
        "names",
        "nonlocals",
        "owner",
        "parent",
        "prefix",
        "qualname",
        "self",
    )

    def __init__(self, level: Level, parent: Scope | None, qualname: str, prefix: str) -> None:
        self.level = level
        self.parent = parent
        self.qualname = qualname
        self.prefix = prefix
        self.names: set[str] = set()
        self.made: dict[str, str] = {}  # as `Call.made`, but of the name alone; under "return" what is returned
        self.globals: set[str] | None = None
        self.nonlocals: set[str] | None = None
        self.compound_end = 0  # end of the if, try, with or loop that the sweep is in, at this level
        inherits = parent is not None and level > Level.CLASS
        self.self: str = parent.self if parent is not None and inherits else ""
        self.owner: str = parent.owner if parent is not None and inherits else ""

    def add_made(self, name: str, made: str) -> None:
        """Note one more way in which a name gets its value."""
        known = self.made.get(name, made)
        self.made[name] = made if known == made else f"{known}\0{made}"[:MAX_TEXT]


class Chunk(msgspec.Struct):
    """What one chunk contributes to its file. Spans are absolute, as of the sweep."""

    symbols: list[Symbol] = []
    imports: list[Import] = []
    calls: list[Call] = []
    references: list[Reference] = []
    direct: list[Use] = []  # open names used at the chunk's own level
    nested: list[Use] = []  # open names used in functions, which skip class levels
    bound: set[str] = set()  # at the chunk's own level
    bound_global: set[str] = set()  # by `global` statements
    exports: list[str] = []
    computed_exports: bool = False
    dynamic: bool = False
    dynamic_classes: set[str] = set()
    selves: set[str] = set()  # names for the module itself: `x = sys.modules[__name__]`
    python2: bool = False  # it has statements that no Python 3 reads
    both: bool = False  # it tells Python 2 from Python 3
    broken: list[tuple[int, int]] = []  # spans with syntax errors


def resolve(scope: Scope, name: str, outer: Scope) -> bool | None:
    """None where the chunk binds the name, else whether it was used directly at ``outer``'s own level."""
    current: Scope | None = scope
    visible_class = True  # a class's names are seen from its own level and its type parameters only
    while current is not None and current is not outer:
        if current.globals and name in current.globals:
            return False
        if name in current.names and (current.level != Level.CLASS or visible_class):
            return None
        if current.level != Level.TYPE_PARAMETERS:
            visible_class = False
        current = current.parent
    if scope is outer or visible_class:
        return None if name in outer.names else True
    return None if outer.level == Level.MODULE and name in outer.names else False


def local_scope(scope: Scope, name: str) -> Scope | None:
    """The function, lambda or comprehension around that binds the name."""
    current: Scope | None = scope
    while current is not None:
        if current.globals and name in current.globals:
            return None
        if current.level >= Level.FUNCTION and name in current.names:
            return current
        current = current.parent
    return None


HANDING_ON = frozenset(  # what gives what it got, or takes it from there
    """
    enumerate sorted reversed list tuple set frozenset iter next zip min max copy deepcopy cast partial cache lru_cache
    closing nullcontext wait_for shield create_task ensure_future enter_context enter_async_context
    """.split()  # noqa: SIM905
)
HANDED_ON = re.compile(  # what stands before the first name that a value comes from
    r"(?:[\s(*]|await\s|(?:(?:asyncio|contextlib|copy|functools|typing)\.|[\w.]+\.(?=enter_))?"
    rf"(?:{'|'.join(sorted(HANDING_ON))})\s*\(\s*['\"]?)*"
)
_FIRST_NAME = re.compile(r"[^\W\d]\w*")
_MAX_ORIGINS = 3  # local names behind each other


def first_name(receiver: str) -> str:
    """The name that an expression takes its value from: ``a`` of ``a.b``, ``a[0]`` and ``sorted(a)``; '' for others."""
    name = receiver.partition(".")[0]
    if name.isidentifier():
        return name
    before = HANDED_ON.match(receiver)
    found = _FIRST_NAME.match(receiver, before.end()) if before is not None else None
    return found.group() if found is not None else ""


def origin(scope: Scope, name: str, depth: int = 0) -> str:
    """How a local name of the scope got its value, as `Call.made`."""
    made = scope.made.get(name, "")
    if not made or depth == _MAX_ORIGINS:
        return made
    out = []
    for how in made.split("\0"):
        start = HANDED_ON.match(how, 1) if how and how[0] not in ":?" else None
        first = _FIRST_NAME.match(how, start.end()) if start is not None else None
        holder = local_scope(scope, first.group()) if first is not None and first.group() != name else None
        behind = origin(holder, first.group(), depth + 1) if holder is not None and first is not None else ""
        out += [f"{how}\1{each}" for each in behind.split("\0")] if behind else [how]
    return "\0".join(out)[: 2 * MAX_TEXT] if out != [made] else made
