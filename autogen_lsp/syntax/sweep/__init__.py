"""One chunk of a module (a statement, or the whole module) into what it binds, calls, imports and leaves open.

The chunk's nodes are swept once, in document order, with a stack of Python's scopes: functions, classes (whose names
their methods do not see), lambdas, comprehensions (whose first iterable belongs outside) and type parameters. Names
are resolved when the sweep is over, since a binding may follow its use. Nothing here looks outside the chunk: what its
own scopes do not bind is handed on, with whether it was used directly at the chunk's own level. No recursion, so that
depth of nesting costs memory and not the interpreter's stack. Source: The Python Language Reference, 4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from unicodedata import normalize

from msgspec.structs import force_setattr
from tree_sitter import Node

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.builtin_names import BUILTINS, PYTHON_2, SINCE
from autogen_lsp.syntax.guards import Guard
from autogen_lsp.syntax.model import Call, Reference, Symbol, Use
from autogen_lsp.syntax.scopes import MAX_TEXT, Chunk, Level, Scope, local_scope, origin, resolve
from autogen_lsp.syntax.sweep import calls, compound, definitions, imports, targets

_FAR = 1 << 62
_OF_SOME_VERSIONS = PYTHON_2 | SINCE.keys()


def sweep(nodes: Iterable[Node], text: bytes, qualname: str = "") -> Chunk:
    """Facts of the chunk with these nodes (`nodes.relevant`). ``qualname``: the class whose body holds it, or ''."""
    return Sweep(text, qualname).run(nodes)


class Sweep:
    """The state of one sweep. Handlers of nodes get it with the node, its first byte and the scope there."""

    def __init__(self, text: bytes, qualname: str) -> None:
        self.text = text
        self.chunk = Chunk()
        self.outer = (
            Scope(Level.CLASS, None, qualname, f"{qualname}.") if qualname else Scope(Level.MODULE, None, "", "")
        )
        self.outer.owner = qualname
        self.open: list[tuple[int, Scope]] = [(_FAR, self.outer)]
        self.pending: list[tuple[int, int, Scope]] = []
        self.guards: list[tuple[int, int, int]] = []
        self.decorators: dict[int, tuple[int, tuple[str, ...]]] = {}
        self.how: dict[int, str] = {}  # start of a call → raise | decorator
        self.uses: list[tuple[Scope, str, int, int, str]] = []
        self.stores: list[tuple[Scope, str, Symbol]] = []
        self.functions: list[tuple[Scope, Symbol]] = []  # their own scopes
        self.received: list[tuple[Scope, str, Call | Reference]] = []
        self.seen_attributes: set[tuple[Scope, str, str | None, str | None]] = set()

    def run(self, nodes: Iterable[Node]) -> Chunk:
        handlers, pending, opened = _HANDLERS, self.pending, self.open
        for node in nodes:
            at = node.start_byte
            while pending and pending[-1][0] <= at:
                start, end, scope = pending.pop()
                while opened[-1][0] <= start:
                    opened.pop()
                opened.append((end, scope))
            while opened[-1][0] <= at:
                opened.pop()
            handler = handlers.get(node.kind_id)
            if handler is not None:
                handler(self, node, at, opened[-1][1])
            elif node.is_error or node.is_missing:
                self._broken(node, at)
        self._finish()
        return self.chunk

    def bind(self, scope: Scope, name: str, made: str = "") -> None:
        name = _normal(name)
        if scope.level >= Level.FUNCTION:
            if name in scope.names:
                scope.add_made(name, made)
            else:
                scope.made[name] = made
        if scope.globals and name in scope.globals:
            self.chunk.bound_global.add(name)
        elif not scope.nonlocals or name not in scope.nonlocals:
            scope.names.add(name)

    def guard(self, at: int) -> int:
        """What the code around ``at`` says may fail: flags of `Guard`. Few stand at once, so a scan is cheap."""
        guards = self.guards
        while guards and guards[-1][1] <= at:
            guards.pop()
        out = 0
        for start, end, guard in guards:
            if start <= at < end:
                out |= guard
        return out

    def cut(self, node: Node) -> str:
        start, end = node.start_byte, node.end_byte
        return self.text[start : min(end, start + MAX_TEXT)].decode("utf-8", "replace")

    def use(self, scope: Scope, name: str, start: int, end: int, how: str) -> None:
        name = _normal(name)
        if name in BUILTINS or (name.startswith("__") and scope.owner and not name.endswith("__")):
            return  # Python takes a private name in a class for `_Class__name`
        if self.guards:
            guard = self.guard(start)
            if guard & Guard.NAME or (guard & Guard.BUILTIN and name in _OF_SOME_VERSIONS):
                return
        self.uses.append((scope, name, start, end, how))

    def _python2(self, node: Node, at: int, scope: Scope) -> None:
        self.chunk.python2 = True

    def _broken(self, node: Node, at: int) -> None:
        self.chunk.broken.append((at, node.end_byte))

    def _finish(self) -> None:
        chunk = self.chunk
        chunk.bound = self.outer.names
        for scope, name, start, end, how in self.uses:
            found = resolve(scope, name, self.outer)
            if found is not None:
                (chunk.direct if found else chunk.nested).append(Use(name, start, end, scope.qualname, how))
        for scope, receiver, symbol in self.stores:
            if (holder := local_scope(scope, receiver.partition(".")[0])) is not None:  # that only the function knows
                force_setattr(symbol, "qualname", f"{holder.prefix}{symbol.qualname}")
            chunk.symbols.append(symbol)
        for scope, symbol in self.functions:
            if made := origin(scope, "return"):
                force_setattr(symbol, "value", made)
        origins: dict[tuple[Scope, str], str | None] = {}
        for scope, receiver, item in self.received:
            key = scope, receiver
            if key not in origins:
                origins[key] = _local_origin(scope, receiver)
            if (known := origins[key]) is not None:
                force_setattr(item, "local", True)
                if known and isinstance(item, Call):
                    force_setattr(item, "made", known)


def _local_origin(scope: Scope, name: str) -> str | None:
    """How a name got its value, as `Call.made`; None for one that is not local."""
    if name == scope.self:
        return ""
    holder = local_scope(scope, name)
    return None if holder is None else origin(holder, name)


def _normal(name: str) -> str:
    """The identifier as the parser of Python takes it."""
    return name if name.isascii() else normalize("NFKC", name)


_HANDLERS: dict[int, Callable[[Sweep, Node, int, Scope], None]] = {
    n.DECORATED: definitions.decorated,
    n.FUNCTION: definitions.function,
    n.CLASS: definitions.class_,
    n.LAMBDA: definitions.lambda_,
    **dict.fromkeys(n.COMPREHENSIONS, definitions.comprehension),
    n.ASSIGNMENT: targets.assignment,
    n.AUGMENTED_ASSIGNMENT: targets.augmented,
    n.NAMED_EXPRESSION: targets.named_expression,
    n.FOR: targets.loop,
    n.FOR_IN_CLAUSE: targets.for_in,
    n.WHILE: compound.compound,
    n.MATCH: compound.compound,
    n.WITH: compound.with_,
    n.IF: compound.if_,
    n.TRY: compound.try_,
    n.EXCEPT_CLAUSE: calls.except_,
    n.AS_PATTERN: targets.as_pattern,
    n.CASE_CLAUSE: targets.case,
    n.GLOBAL: targets.global_,
    n.NONLOCAL: targets.nonlocal_,
    n.DELETE: targets.delete,
    n.TYPE_ALIAS: targets.type_alias,
    n.IMPORT: imports.import_,
    n.IMPORT_FROM: imports.import_from,
    n.FUTURE_IMPORT: imports.import_from,
    n.RAISE: calls.raise_,
    n.RETURN: calls.return_,
    n.YIELD: calls.given,
    **dict.fromkeys((n.BREAK, n.CONTINUE), calls.left),
    n.PRINT: Sweep._python2,
    n.EXEC: Sweep._python2,
    n.CALL: calls.call,
}
