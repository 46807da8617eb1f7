"""One chunk of a module (a statement, or the whole module) into what it binds, calls, imports and leaves open.

The chunk's nodes are swept once, in document order, with a stack of Python's scopes: functions, classes (whose names
their methods do not see), lambdas, comprehensions (whose first iterable belongs outside) and type parameters. Names
are resolved when the sweep is over, since a binding may follow its use. Nothing here looks outside the chunk: what its
own scopes do not bind is handed on, with whether it was used directly at the chunk's own level. No recursion, so that
depth of nesting costs memory and not the interpreter's stack. Source: The Python Language Reference, 4.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from msgspec.structs import force_setattr
from tree_sitter import Node

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.builtin_names import BUILTINS
from autogen_lsp.syntax.guards import Guard, guard_of_except, guard_of_if, guard_of_raises
from autogen_lsp.syntax.model import Call, Import, ParameterKind, Reference, Symbol, SymbolKind, Use
from autogen_lsp.syntax.signatures import signature_of

_MAX_TEXT = 200
_PACKED = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
_MAX_CLAUSES = 50  # branches of one `if` that are looked at for guards
_MAX_ALL = 100_000  # bytes of an `__all__` that is read
_STRING = re.compile(rb"""[rRbBuUfF]{0,2}('''|\"""|'|")(.*?)\1""", re.S)
_TRIVIAL_RAISE = re.compile(rb"raise\s+NotImplementedError\b")
_FAR = 1 << 62


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
        self.made: dict[str, str] = {}  # as `Call.made`, of names that are bound once
        self.globals: set[str] | None = None
        self.nonlocals: set[str] | None = None
        self.compound_end = 0  # end of the if, try, with or loop that the sweep is in, at this level
        inherits = parent is not None and level > Level.CLASS
        self.self: str = parent.self if parent is not None and inherits else ""
        self.owner: str = parent.owner if parent is not None and inherits else ""


@dataclass(slots=True)
class Chunk:
    """What one chunk contributes to its file. Spans are absolute, as of the sweep."""

    symbols: list[Symbol] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    direct: list[Use] = field(default_factory=list)  # open names used at the chunk's own level
    nested: list[Use] = field(default_factory=list)  # open names used in functions, which skip class levels
    bound: set[str] = field(default_factory=set)  # at the chunk's own level
    bound_global: set[str] = field(default_factory=set)  # by `global` statements
    exports: list[str] = field(default_factory=list)
    computed_exports: bool = False
    dynamic: bool = False
    dynamic_classes: set[str] = field(default_factory=set)
    python2: bool = False
    broken: list[tuple[int, int]] = field(default_factory=list)  # spans with syntax errors


def sweep(nodes: Iterable[Node], text: bytes, qualname: str = "") -> Chunk:
    """Facts of the chunk with these nodes (`nodes.relevant`). ``qualname``: the class whose body holds it, or ''."""
    return _Sweep(text, qualname).run(nodes)


class _Sweep:
    def __init__(self, text: bytes, qualname: str) -> None:
        self.text = text
        self.chunk = Chunk()
        self.outer = (
            Scope(Level.CLASS, None, qualname, f"{qualname}.") if qualname else Scope(Level.MODULE, None, "", "")
        )
        self.outer.owner = qualname
        self.open: list[tuple[int, Scope]] = [(_FAR, self.outer)]
        self.pending: list[tuple[int, int, Scope]] = []
        self.guards: list[tuple[int, int, Guard]] = []
        self.decorators: dict[int, tuple[int, tuple[str, ...]]] = {}
        self.how: dict[int, str] = {}  # start of a call → raise | decorator
        self.uses: list[tuple[Scope, str, int, int, str]] = []
        self.stores: list[tuple[Scope, str, Symbol]] = []
        self.received: list[tuple[Scope, str, Call | Reference]] = []
        self.seen_attributes: set[tuple[str, str, str | None, str | None]] = set()

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

    # -- definitions -------------------------------------------------------------------------------------------------

    def _decorated(self, node: Node, at: int, scope: Scope) -> None:
        texts: list[str] = []
        for child in node.named_children:
            kind = child.kind_id
            if kind == n.DECORATOR:
                expression = n.first_named(child)
                if expression is not None:
                    texts.append(self._cut(expression))
                    self._called(expression, scope, "decorator")
            elif kind in (n.FUNCTION, n.CLASS):
                self.decorators[child.start_byte] = (at, tuple(texts))

    def _function(self, node: Node, at: int, scope: Scope) -> None:
        name_node = node.child_by_field_id(n.F_NAME)
        body = node.child_by_field_id(n.F_BODY)
        if name_node is None or body is None:
            return
        text = self.text
        name_start, name_end, body_start, end = name_node.start_byte, name_node.end_byte, body.start_byte, node.end_byte
        name = text[name_start:name_end].decode("utf-8", "replace")
        start, decorators = self.decorators.pop(at, (at, ()))
        signature = signature_of(node, text)
        docstring, stub = _body_facts(body, text)
        stub = stub and not self._guard(at) & Guard.TYPE_CHECKING
        qualname = scope.prefix + name
        self.chunk.symbols.append(
            Symbol(
                qualname,
                SymbolKind.FUNCTION,
                start,
                end,
                name_start,
                name_end,
                signature,
                decorators,
                docstring=docstring,
                body_start=body_start,
                body_end=body.end_byte,
                stub=stub,
                conditional=start < scope.compound_end,
            )
        )
        self._bind(scope, name)
        holder = scope
        inner = Scope(Level.FUNCTION, scope, qualname, f"{qualname}.<locals>.")
        self.pending.append((body_start, end, inner))
        if signature.type_parameters:
            generic = node.child_by_field_id(n.F_TYPE_PARAMETERS)
            if generic is not None:
                inner.parent = self._type_parameters(generic, end, scope)
        for parameter in signature.parameters:
            inner.names.add(parameter.name)
            if parameter.annotation is not None and parameter.kind not in _PACKED:
                inner.made[parameter.name] = f":{parameter.annotation}"
        if holder.level == Level.CLASS:
            inner.names.add("__class__")
            if signature.parameters and "staticmethod" not in decorators:
                inner.self, inner.owner = signature.parameters[0].name, holder.qualname
        elif inner.self in inner.names:
            inner.self = ""  # a nested function with a parameter of that name

    def _class(self, node: Node, at: int, scope: Scope) -> None:
        name_node = node.child_by_field_id(n.F_NAME)
        body = node.child_by_field_id(n.F_BODY)
        if name_node is None or body is None:
            return
        text = self.text
        name_start, name_end, body_start, end = name_node.start_byte, name_node.end_byte, body.start_byte, node.end_byte
        name = text[name_start:name_end].decode("utf-8", "replace")
        start, decorators = self.decorators.pop(at, (at, ()))
        inner_parent = scope
        generic = node.child_by_field_id(n.F_TYPE_PARAMETERS)
        bases: list[str] = []
        superclasses = node.child_by_field_id(n.F_SUPERCLASSES)
        if superclasses is not None:
            for child in superclasses.named_children:
                kind = child.kind_id
                if kind != n.COMMENT:
                    bases.append(self._cut(child))
                    if kind in (n.IDENTIFIER, n.ATTRIBUTE):
                        self._called(child, scope, "base")
        qualname = scope.prefix + name
        inner = Scope(Level.CLASS, inner_parent, qualname, f"{qualname}.")
        self.pending.append((body_start, end, inner))
        if generic is not None:
            inner.parent = self._type_parameters(generic, end, scope)
        self.chunk.symbols.append(
            Symbol(
                qualname,
                SymbolKind.CLASS,
                start,
                end,
                name_start,
                name_end,
                None,
                decorators,
                tuple(bases),
                docstring_of(body, text),
                body_start=body_start,
                body_end=body.end_byte,
                conditional=start < scope.compound_end,
            )
        )
        self._bind(scope, name)

    def _type_parameters(self, generic: Node, end: int, scope: Scope) -> Scope:
        inner = Scope(Level.TYPE_PARAMETERS, scope, scope.qualname, scope.prefix)
        inner.names.update(_identifiers(generic, self.text))
        self.pending.append((generic.start_byte, end, inner))
        return inner

    def _lambda(self, node: Node, at: int, scope: Scope) -> None:
        body = node.child_by_field_id(n.F_BODY)
        if body is None:
            return
        inner = Scope(Level.LAMBDA, scope, scope.qualname, scope.prefix)
        parameters = node.child_by_field_id(n.F_PARAMETERS)
        if parameters is not None:
            self._parameter_names(parameters, inner)
        self.pending.append((body.start_byte, node.end_byte, inner))

    def _parameter_names(self, parameters: Node, scope: Scope) -> None:
        for child in parameters.named_children:
            name = child.child_by_field_id(n.F_NAME) or child
            if name.kind_id == n.TUPLE_PATTERN:
                scope.names.update(_identifiers(name, self.text))
            else:
                scope.names.add(self._cut(name).lstrip("* \t"))

    def _comprehension(self, node: Node, at: int, scope: Scope) -> None:
        inner = Scope(Level.COMPREHENSION, scope, scope.qualname, scope.prefix)
        self.open.append((node.end_byte, inner))
        clause = next((child for child in node.named_children if child.kind_id == n.FOR_IN_CLAUSE), None)
        if clause is not None:
            first = clause.child_by_field_id(n.F_RIGHT)
            if first is not None:
                self.pending.append((first.start_byte, first.end_byte, scope))

    # -- bindings ----------------------------------------------------------------------------------------------------

    def _bind(self, scope: Scope, name: str, made: str = "") -> None:
        if scope.level >= Level.FUNCTION:
            scope.made[name] = made if name not in scope.names else ""
        if scope.globals and name in scope.globals:
            self.chunk.bound_global.add(name)
        elif not scope.nonlocals or name not in scope.nonlocals:
            scope.names.add(name)

    def _assignment(self, node: Node, at: int, scope: Scope) -> None:
        left = node.child_by_field_id(n.F_LEFT)
        if left is None:
            return
        kind = left.kind_id
        if kind == n.IDENTIFIER and scope.level >= Level.FUNCTION:  # a local: the most frequent case
            start, end = left.start_byte, left.end_byte
            name = self.text[start:end].decode("utf-8", "replace")
            self._bind(scope, name, self._made(node))
            if scope.globals and name in scope.globals:  # the module's variable has one more value
                self.chunk.symbols.append(
                    Symbol(name, SymbolKind.VARIABLE, at, node.end_byte, start, end, conditional=True)
                )
        elif kind in (n.IDENTIFIER, n.ATTRIBUTE):
            annotation = node.child_by_field_id(n.F_TYPE)
            right = node.child_by_field_id(n.F_RIGHT)
            self._target(
                left,
                node,
                scope,
                None if annotation is None else self._cut(annotation),
                None if right is None else self._cut(right),
            )
            if kind == n.IDENTIFIER and scope.level == Level.MODULE and self._cut(left) == "__all__":
                self._exports(right)
        else:
            self._targets(left, node, scope)

    def _made(self, assignment: Node) -> str:
        """As `Call.made`. An annotation counts where no value stands beside it, which may be a proxy or a subclass."""
        annotation = assignment.child_by_field_id(n.F_TYPE)
        value = assignment.child_by_field_id(n.F_RIGHT)
        if annotation is not None:
            return f":{self._cut(annotation)}" if value is None else ""
        if value is not None and value.kind_id == n.CALL:
            function = value.child_by_field_id(n.F_FUNCTION)
            if function is not None and function.kind_id in (n.IDENTIFIER, n.ATTRIBUTE):
                return f"={self._cut(function)}"
        return ""

    def _augmented(self, node: Node, at: int, scope: Scope) -> None:
        left = node.child_by_field_id(n.F_LEFT)
        if left is not None and left.kind_id == n.IDENTIFIER:
            name = self._cut(left)
            self._bind(scope, name)
            if name == "__all__" and scope.level == Level.MODULE:
                self._exports(node.child_by_field_id(n.F_RIGHT))

    def _named_expression(self, node: Node, at: int, scope: Scope) -> None:
        name = node.child_by_field_id(n.F_NAME)
        while scope.level == Level.COMPREHENSION and scope.parent is not None:
            scope = scope.parent
        if name is not None:
            self._target(name, node, scope)

    def _loop(self, node: Node, at: int, scope: Scope) -> None:
        self._compound(node, at, scope)
        self._for_in(node, at, scope)

    def _for_in(self, node: Node, at: int, scope: Scope) -> None:
        left = node.child_by_field_id(n.F_LEFT)
        if left is not None:
            self._targets(left, left, scope)

    def _as_pattern(self, node: Node, at: int, scope: Scope) -> None:
        if children := node.named_children:  # `as x` of with and except; in a case pattern the identifier itself
            self._targets(children[-1], children[-1], scope)

    def _case(self, node: Node, at: int, scope: Scope) -> None:
        """Capture patterns: a bare name binds, a dotted one and the name of a class pattern are looked up."""
        todo = [child for child in node.named_children if child.kind_id == n.CASE_PATTERN]
        while todo:
            child = todo.pop()
            kind = child.kind_id
            if kind == n.IDENTIFIER:
                self._target(child, child, scope)
            elif kind == n.DOTTED_NAME:
                if child.named_child_count == 1:
                    self._target(child, child, scope)
            elif kind in (n.CLASS_PATTERN, n.KEYWORD_PATTERN):
                todo += child.named_children[1:]
            elif kind == n.AS_PATTERN:  # its name is bound when the sweep gets there
                todo += child.named_children[:-1]
            else:
                todo += child.named_children

    def _global(self, node: Node, at: int, scope: Scope) -> None:
        names = {self._cut(child) for child in node.named_children}
        if scope.level != Level.MODULE:
            scope.globals = names | (scope.globals or set())

    def _nonlocal(self, node: Node, at: int, scope: Scope) -> None:
        scope.nonlocals = {self._cut(child) for child in node.named_children} | (scope.nonlocals or set())

    def _delete(self, node: Node, at: int, scope: Scope) -> None:
        for child in node.named_children:
            if scope.level >= Level.FUNCTION:
                self._targets(child, child, scope)

    def _type_alias(self, node: Node, at: int, scope: Scope) -> None:
        left = node.child_by_field_id(n.F_LEFT)
        if left is None:
            return
        names = _identifiers(left, self.text)
        if names:
            self._bind(scope, names[0])
            inner = Scope(Level.TYPE_PARAMETERS, scope, scope.qualname, scope.prefix)
            inner.names.update(names)
            self.pending.append((left.end_byte, node.end_byte, inner))
            if scope.level <= Level.CLASS:
                self._variable(scope, names[0], node, left.start_byte, left.start_byte + len(names[0].encode()))

    def _targets(self, target: Node, statement: Node, scope: Scope) -> None:
        todo = [target]
        while todo:
            node = todo.pop()
            kind = node.kind_id
            if kind in (n.IDENTIFIER, n.ATTRIBUTE, n.SUBSCRIPT):
                self._target(node, statement, scope)
            elif kind in _TARGETS:
                todo += reversed(node.named_children)

    def _target(
        self, node: Node, statement: Node, scope: Scope, annotation: str | None = None, value: str | None = None
    ) -> None:
        kind = node.kind_id
        start, end = node.start_byte, node.end_byte
        if kind == n.ATTRIBUTE:
            attribute, receiver = node.child_by_field_id(n.F_ATTRIBUTE), node.child_by_field_id(n.F_OBJECT)
            if attribute is not None and receiver is not None and receiver.kind_id in (n.IDENTIFIER, n.ATTRIBUTE):
                self._store(
                    self._cut(receiver),
                    self._cut(attribute),
                    statement,
                    attribute.start_byte,
                    end,
                    scope,
                    annotation,
                    value,
                )
        elif kind == n.SUBSCRIPT:
            self._item(node, scope)
        else:
            name = self.text[start:end].decode("utf-8", "replace")
            self._bind(scope, name)
            if scope.level <= Level.CLASS:
                self._variable(scope, name, statement, start, end, annotation, value)

    def _variable(
        self,
        scope: Scope,
        name: str,
        statement: Node,
        start: int,
        end: int,
        annotation: str | None = None,
        value: str | None = None,
    ) -> None:
        at = statement.start_byte
        self.chunk.symbols.append(
            Symbol(
                scope.prefix + name,
                SymbolKind.VARIABLE,
                at,
                statement.end_byte,
                start,
                end,
                annotation=annotation,
                value=value,
                conditional=at < scope.compound_end,
            )
        )

    def _store(
        self,
        receiver: str,
        name: str,
        statement: Node,
        start: int,
        end: int,
        scope: Scope,
        annotation: str | None,
        value: str | None,
    ) -> None:
        """``receiver.name = …``: an attribute of the class for self and cls, of whatever the name means elsewhere."""
        owned = bool(scope.self) and receiver == scope.self
        qualname = f"{scope.owner if owned else receiver}.{name}"
        if scope.level >= Level.FUNCTION:
            same = (scope.qualname, qualname, annotation, value)
            if same in self.seen_attributes:
                return
            self.seen_attributes.add(same)
        symbol = Symbol(
            qualname,
            SymbolKind.ATTRIBUTE,
            statement.start_byte,
            statement.end_byte,
            start,
            end,
            annotation=annotation,
            value=value,
        )
        if owned:
            self.chunk.symbols.append(symbol)
            if name == "__dict__":
                self.chunk.dynamic_classes.add(scope.owner)
        else:
            self.stores.append((scope, receiver, symbol))

    def _item(self, node: Node, scope: Scope) -> None:
        """``globals()["x"] = …``, ``self.__dict__["x"] = …``, ``sys.modules[__name__] = …``: names that nobody sees."""
        value = node.child_by_field_id(n.F_VALUE)
        receiver = "" if value is None else self._cut(value)
        if receiver == "sys.modules":
            self.chunk.dynamic = self.chunk.dynamic or "__name__" in self._cut(node)
        elif receiver.endswith(".__dict__") or receiver.startswith("vars("):
            self._dynamic_class(receiver.removesuffix(".__dict__").removeprefix("vars(").removesuffix(")"), scope)

    def _dynamic_class(self, receiver: str, scope: Scope) -> None:
        owned = not receiver or receiver in (scope.self, f"type({scope.self})", f"{scope.self}.__class__")
        self.chunk.dynamic_classes.add(scope.owner if owned else receiver)

    # -- imports -----------------------------------------------------------------------------------------------------

    def _import(self, node: Node, at: int, scope: Scope) -> None:
        guard = self._guard(at)
        for child in node.children_by_field_id(n.F_NAME):
            module, alias = child, None
            if child.kind_id == n.ALIASED_IMPORT:
                name = child.child_by_field_id(n.F_NAME)
                alias = child.child_by_field_id(n.F_ALIAS)
                if name is None:
                    continue
                module = name
            start, end = module.start_byte, module.end_byte
            self._imported(
                Import(
                    _dotted(self.text[start:end]),
                    0,
                    None,
                    None if alias is None else self._cut(alias),
                    start,
                    end,
                    start,
                    end,
                    scope.qualname,
                    bool(guard & Guard.IMPORT),
                    bool(guard & Guard.TYPE_CHECKING),
                ),
                scope,
            )

    def _import_from(self, node: Node, at: int, scope: Scope) -> None:
        guard = self._guard(at)
        module_node = node.child_by_field_id(n.F_MODULE_NAME)
        if module_node is None:
            module, level, module_start, module_end = "__future__", 0, at, at
        else:
            module_start, module_end = module_node.start_byte, module_node.end_byte
            written = _dotted(self.text[module_start:module_end])
            module = written.lstrip(".")
            level = len(written) - len(module)
        guarded, type_checking = bool(guard & Guard.IMPORT), bool(guard & Guard.TYPE_CHECKING)
        children = node.children_by_field_id(n.F_NAME) or [
            child for child in node.named_children if child.kind_id == n.WILDCARD_IMPORT
        ]
        for child in children:
            name_node, alias = child, None
            if child.kind_id == n.ALIASED_IMPORT:
                inner = child.child_by_field_id(n.F_NAME)
                alias = child.child_by_field_id(n.F_ALIAS)
                if inner is None:
                    continue
                name_node = inner
            start, end = name_node.start_byte, name_node.end_byte
            name = "*" if child.kind_id == n.WILDCARD_IMPORT else _dotted(self.text[start:end])
            self._imported(
                Import(
                    module,
                    level,
                    name,
                    None if alias is None else self._cut(alias),
                    start,
                    end,
                    module_start,
                    module_end,
                    scope.qualname,
                    guarded,
                    type_checking,
                ),
                scope,
            )

    def _imported(self, found: Import, scope: Scope) -> None:
        self.chunk.imports.append(found)
        if found.name != "*":
            self._bind(scope, found.bound)

    # -- statements that change what may fail ------------------------------------------------------------------------

    def _compound(self, node: Node, at: int, scope: Scope) -> None:
        scope.compound_end = max(scope.compound_end, node.end_byte)

    def _if(self, node: Node, at: int, scope: Scope) -> None:
        self._compound(node, at, scope)
        covered = Guard(0)
        clauses = [node, *(child for child in node.named_children if child.kind_id == n.ELIF_CLAUSE)]
        for clause in clauses[:_MAX_CLAUSES]:
            condition = clause.child_by_field_id(n.F_CONDITION)
            body = clause.child_by_field_id(n.F_CONSEQUENCE)
            if condition is None or body is None:
                continue
            start = condition.start_byte
            own, rest = guard_of_if(self.text[start : min(condition.end_byte, start + 300)])
            if own:
                self.guards.append((body.start_byte, body.end_byte, own))
            if rest & ~covered:
                self.guards.append((clause.start_byte, node.end_byte, rest))
                covered |= rest

    def _try(self, node: Node, at: int, scope: Scope) -> None:
        self._compound(node, at, scope)
        body = node.child_by_field_id(n.F_BODY)
        if body is None:
            return
        guard = Guard(0)
        for child in node.named_children:
            if child.kind_id == n.EXCEPT_CLAUSE:
                guard |= guard_of_except(self._header(child.start_byte, child.end_byte))
        if guard:
            self.guards.append((body.start_byte, body.end_byte, guard))

    def _with(self, node: Node, at: int, scope: Scope) -> None:
        self._compound(node, at, scope)
        body = node.child_by_field_id(n.F_BODY)
        if body is not None and (guard := guard_of_raises(self.text[at : min(body.start_byte, at + 300)])):
            self.guards.append((at, node.end_byte, guard))

    def _except(self, node: Node, at: int, scope: Scope) -> None:
        todo = [child for child in node.named_children if child.kind_id != n.BLOCK]
        while todo:
            child = todo.pop()
            if child.kind_id in (n.TUPLE, n.PARENTHESIZED):
                todo += child.named_children
            elif child.kind_id == n.AS_PATTERN:
                first = n.first_named(child)
                if first is not None:
                    todo.append(first)
            elif child.kind_id in (n.IDENTIFIER, n.ATTRIBUTE):
                self._called(child, scope, "except")

    def _raise(self, node: Node, at: int, scope: Scope) -> None:
        raised = n.first_named(node)
        if raised is not None:
            self._called(raised, scope, "raise")

    def _python2(self, node: Node, at: int, scope: Scope) -> None:
        self.chunk.python2 = True

    def _broken(self, node: Node, at: int) -> None:
        self.chunk.broken.append((at, node.end_byte))

    # -- uses --------------------------------------------------------------------------------------------------------

    def _called(self, node: Node, scope: Scope, how: str) -> None:
        """A decorator, base, exception: a bare name is a use, a dotted one a reference; calls come later."""
        kind, start, end = node.kind_id, node.start_byte, node.end_byte
        if kind == n.IDENTIFIER:
            self._use(scope, self.text[start:end].decode("utf-8", "replace"), start, end, how)
        elif kind == n.CALL:
            self.how[start] = how
        elif kind == n.ATTRIBUTE:
            name = node.child_by_field_id(n.F_ATTRIBUTE)
            if name is not None:
                at = name.start_byte
                guarded = bool(self._guard(start) & Guard.ATTRIBUTE)
                receiver = _receiver(self.text, start, at)
                found = Reference(self._cut(name), receiver, at, end, scope.qualname, how, guarded)
                self.chunk.references.append(found)
                self.received.append((scope, receiver.partition(".")[0], found))

    def _use(self, scope: Scope, name: str, start: int, end: int, how: str) -> None:
        if name not in BUILTINS and not (self.guards and self._guard(start) & Guard.NAME):
            self.uses.append((scope, name, start, end, how))

    def _call(self, node: Node, at: int, scope: Scope) -> None:
        function = node.child_by_field_id(n.F_FUNCTION)
        if function is None:
            return
        text = self.text
        kind = function.kind_id
        end = function.end_byte
        if kind == n.IDENTIFIER:
            start = function.start_byte
            name = text[start:end].decode("utf-8", "replace")
            receiver = ""
            self._use(scope, name, start, end, self.how.get(at, "call") if self.how else "call")
        elif kind == n.ATTRIBUTE:
            attribute = function.child_by_field_id(n.F_ATTRIBUTE)
            if attribute is None:
                return
            start = attribute.start_byte
            name = text[start:end].decode("utf-8", "replace")
            receiver = _receiver(text, at, start)
        else:
            return
        positional = 0
        keywords: list[str] = []
        star = double_star = False
        arguments = node.child_by_field_id(n.F_ARGUMENTS)
        call_end = node.end_byte
        if arguments is not None and call_end - arguments.start_byte > 2:
            if arguments.kind_id == n.ARGUMENT_LIST:
                for child in arguments.named_children:
                    kind = child.kind_id
                    if kind == n.KEYWORD_ARGUMENT:
                        argument = child.start_byte
                        equals = text.find(b"=", argument)
                        keywords.append(text[argument:equals].decode("utf-8", "replace").rstrip())
                    elif kind == n.LIST_SPLAT:
                        star = True
                    elif kind == n.DICTIONARY_SPLAT:
                        double_star = True
                    elif kind != n.COMMENT:
                        positional += 1
            else:
                positional = 1
        guarded = bool(self.guards) and bool(self._guard(at) & Guard.ATTRIBUTE)
        self.chunk.calls.append(
            Call(
                name,
                receiver,
                start,
                end,
                at,
                call_end,
                scope.qualname,
                positional,
                tuple(keywords),
                star,
                double_star,
                guarded,
            )
        )
        if receiver and scope is not self.outer:
            self.received.append((scope, receiver.partition(".")[0], self.chunk.calls[-1]))
        if name in _SPECIAL or name.endswith("_module"):
            self._special(name, receiver, at, call_end, node, arguments, scope)

    def _special(
        self, name: str, receiver: str, at: int, end: int, node: Node, arguments: Node | None, scope: Scope
    ) -> None:
        """Calls that bind names at run time, or that say that what they hold may fail."""
        if name in ("raises", "assertRaises", "assertRaisesRegex", "assertRaisesMessage"):
            if guard := guard_of_raises(self.text[at : min(end, at + 300)]):
                self.guards.append((at, end, guard))
        elif name in ("globals", "locals", "vars") and not receiver:
            if (arguments is None or arguments.named_child_count == 0) and _is_written(self.text, at, end):
                if scope.level == Level.CLASS and name != "globals":
                    self.chunk.dynamic_classes.add(scope.owner or scope.qualname)
                elif name == "globals" or scope.level == Level.MODULE:
                    self.chunk.dynamic = True
        elif name.endswith("_module"):  # `recreate_module(__name__, …)`: the module is replaced by another object
            given = [a for a in arguments.named_children if a.kind_id != n.COMMENT] if arguments is not None else []
            if scope.level == Level.MODULE and given and self._cut(given[0]) == "__name__" and name != "import_module":
                self.chunk.dynamic = True
        elif name == "exec" and not receiver:
            if scope.level == Level.MODULE:
                self.chunk.dynamic = True
            elif scope.level == Level.CLASS:
                self.chunk.dynamic_classes.add(scope.qualname)
        elif name in ("setattr", "__setattr__") and arguments is not None and arguments.named_child_count >= 2:
            self._setattr(node, arguments, scope)
        elif name in ("update", "setdefault") and receiver.endswith("__dict__"):
            if scope.qualname.rpartition(".")[2] in _RESTORING:
                return
            self._dynamic_class(receiver.removesuffix("__dict__").removesuffix("."), scope)
        elif (
            name in ("extend", "append")
            and receiver == "__all__"
            and scope.level == Level.MODULE
            and arguments is not None
        ):
            self._exports(n.first_named(arguments))

    def _setattr(self, node: Node, arguments: Node, scope: Scope) -> None:
        if scope.qualname.rpartition(".")[2] in _RESTORING:
            return
        target, key = arguments.named_children[:2]
        receiver = self._cut(target)
        literal = _STRING.fullmatch(self.text[key.start_byte : min(key.end_byte, key.start_byte + _MAX_TEXT)])
        if key.kind_id == n.STRING and literal is not None:
            name = literal.group(2).decode("utf-8", "replace")
            self._store(receiver, name, node, key.start_byte, key.end_byte, scope, None, None)
        elif receiver == "sys.modules[__name__]":
            self.chunk.dynamic = True
        else:
            self._dynamic_class(receiver, scope)

    def _exports(self, value: Node | None) -> None:
        """Names of a literal list or tuple in an `__all__`; anything else makes it a computed one."""
        if value is None:
            return
        start, end = value.start_byte, value.end_byte
        if value.kind_id == n.STRING:
            items = [value]
        elif value.kind_id in (n.LIST, n.TUPLE) and end - start < _MAX_ALL:
            items = [child for child in value.named_children if child.kind_id != n.COMMENT]
        else:
            self.chunk.computed_exports = True
            return
        for item in items:
            found = _STRING.fullmatch(self.text[item.start_byte : item.end_byte])
            if item.kind_id == n.STRING and found is not None:
                self.chunk.exports.append(found.group(2).decode("utf-8", "replace"))
            else:
                self.chunk.computed_exports = True

    # -- the end -----------------------------------------------------------------------------------------------------

    def _finish(self) -> None:
        chunk = self.chunk
        chunk.bound = self.outer.names
        for scope, name, start, end, how in self.uses:
            found = _resolve(scope, name, self.outer)
            if found is not None:
                (chunk.direct if found else chunk.nested).append(Use(name, start, end, scope.qualname, how))
        for scope, receiver, symbol in self.stores:
            if _local_scope(scope, receiver.partition(".")[0]) is not None:  # of an object that only the function knows
                force_setattr(symbol, "qualname", f"{scope.prefix}{symbol.qualname}")
            chunk.symbols.append(symbol)
        for scope, receiver, item in self.received:
            if receiver == scope.self:
                force_setattr(item, "local", True)
            elif (holder := _local_scope(scope, receiver)) is not None:
                force_setattr(item, "local", True)
                if item.receiver == receiver and isinstance(item, Call):
                    force_setattr(item, "made", holder.made.get(receiver, ""))

    def _guard(self, at: int) -> Guard:
        """What the code around ``at`` says may fail. Guards are few and short-lived, so that a scan is cheap."""
        guards = self.guards
        while guards and guards[-1][1] <= at:
            guards.pop()
        out = Guard(0)
        for start, end, guard in guards:
            if start <= at < end:
                out |= guard
        return out

    def _header(self, start: int, end: int) -> bytes:
        colon = self.text.find(b":", start, min(end, start + 300))
        return self.text[start : colon if colon >= 0 else min(end, start + 300)]

    def _cut(self, node: Node) -> str:
        start, end = node.start_byte, node.end_byte
        return self.text[start : min(end, start + _MAX_TEXT)].decode("utf-8", "replace")


def _resolve(scope: Scope, name: str, outer: Scope) -> bool | None:
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


def _local_scope(scope: Scope, name: str) -> Scope | None:
    """The function, lambda or comprehension around that binds the name."""
    current: Scope | None = scope
    while current is not None:
        if current.globals and name in current.globals:
            return None
        if current.level >= Level.FUNCTION and name in current.names:
            return current
        current = current.parent
    return None


def _receiver(text: bytes, start: int, end: int) -> str:
    """What stands before the dot. Over several lines, an unfinished one may have been joined with the next."""
    written = text[start:end] if end - start <= _MAX_TEXT else b"\n"
    if b"\n" in written or b"\r" in written:
        return "(…)"
    return written.rstrip().removesuffix(b".").rstrip().decode("utf-8", "replace")


_READ = re.compile(rb"\s*(?:\[[^\]\n]*\]\s*(?:=(?=[^=])|[-+|]=)|\.(?:update|setdefault|__setitem__)\b)")
_READ_ONLY = re.compile(rb"\s*(?:\[|\.\w)")


def _is_written(text: bytes, start: int, end: int) -> bool:
    """Whether the dictionary that ``globals()`` gives is written to, or handed to somebody who may."""
    after = text[end : end + 200]
    if _READ.match(after):
        return True
    if _READ_ONLY.match(after):
        return False
    before = text[max(0, start - 40) : start].rstrip()
    return not before.endswith((b" in", b"not in", b"for", b"dict(", b"sorted(", b"list(", b"set(", b"len("))


def _body_facts(body: Node, text: bytes) -> tuple[str, bool]:
    """First line of the docstring, and whether the body does nothing (cases, row 45)."""
    docstring = docstring_of(body, text)
    count = body.named_child_count
    if count > 12:
        return docstring, False
    found = False
    for child in body.named_children:
        kind = child.kind_id
        if kind == n.COMMENT:
            continue
        if kind == n.PASS:
            found = True
            continue
        if kind == n.EXPRESSION_STATEMENT:
            inner = n.first_named(child)
            if inner is not None and inner.kind_id == n.ELLIPSIS:
                found = True
                continue
            if inner is not None and inner.kind_id in (n.STRING, n.CONCATENATED_STRING) and docstring and not found:
                found = True
                continue
            return docstring, False
        if kind == n.RAISE and _TRIVIAL_RAISE.match(text, child.start_byte):
            found = True
            continue
        return docstring, False
    return docstring, found


def docstring_of(body: Node, text: bytes) -> str:
    """First line of the docstring of a block or a module, '' where there is none."""
    first = n.first_named(body)
    while first is not None and first.kind_id == n.COMMENT:
        first = first.next_named_sibling
    if first is None or first.kind_id != n.EXPRESSION_STATEMENT:
        return ""
    string = n.first_named(first)
    if string is None or string.kind_id != n.STRING:
        return ""
    start, end = string.start_byte, string.end_byte
    raw = text[start : min(end, start + 400)].decode("utf-8", "replace")
    content = raw.lstrip("rRuUbB").lstrip("\"'").lstrip()
    line = re.split(r"[\r\n]", content, maxsplit=1)[0].rstrip()
    if end - start <= 400:
        line = line.rstrip("\"'").rstrip()
    return line[:_MAX_TEXT]


def _identifiers(root: Node, text: bytes) -> list[str]:
    out: list[str] = []
    todo = [root]
    while todo:
        node = todo.pop()
        if node.kind_id == n.IDENTIFIER:
            out.append(text[node.start_byte : node.end_byte].decode("utf-8", "replace"))
        else:
            todo += reversed(node.named_children)
    return out


def _dotted(written: bytes) -> str:
    """A dotted name without the white space that may stand around its dots."""
    return "".join(written.decode("utf-8", "replace").split())


_TARGETS = frozenset(
    {
        n.TUPLE_PATTERN,
        n.LIST_PATTERN,
        n.PATTERN_LIST,
        n.LIST_SPLAT_PATTERN,
        n.TUPLE,
        n.LIST,
        n.PARENTHESIZED,
        n.EXPRESSION_LIST,
        n.LIST_SPLAT,
        n.AS_PATTERN_TARGET,
    }
)

_SPECIAL = frozenset(
    """
    globals locals vars exec setattr __setattr__ update setdefault extend append raises assertRaises assertRaisesRegex
    assertRaisesMessage
    """.split()  # noqa: SIM905
)

# They set only what was there before, or what an assignment elsewhere names.
_RESTORING = frozenset({"__setstate__", "__copy__", "__deepcopy__", "__setattr__", "copy", "clone", "_clone"})

_HANDLERS: dict[int, Callable[[_Sweep, Node, int, Scope], None]] = {
    n.DECORATED: _Sweep._decorated,
    n.FUNCTION: _Sweep._function,
    n.CLASS: _Sweep._class,
    n.LAMBDA: _Sweep._lambda,
    **dict.fromkeys(n.COMPREHENSIONS, _Sweep._comprehension),
    n.ASSIGNMENT: _Sweep._assignment,
    n.AUGMENTED_ASSIGNMENT: _Sweep._augmented,
    n.NAMED_EXPRESSION: _Sweep._named_expression,
    n.FOR: _Sweep._loop,
    n.FOR_IN_CLAUSE: _Sweep._for_in,
    n.WHILE: _Sweep._compound,
    n.MATCH: _Sweep._compound,
    n.WITH: _Sweep._with,
    n.IF: _Sweep._if,
    n.TRY: _Sweep._try,
    n.EXCEPT_CLAUSE: _Sweep._except,
    n.AS_PATTERN: _Sweep._as_pattern,
    n.CASE_CLAUSE: _Sweep._case,
    n.GLOBAL: _Sweep._global,
    n.NONLOCAL: _Sweep._nonlocal,
    n.DELETE: _Sweep._delete,
    n.TYPE_ALIAS: _Sweep._type_alias,
    n.IMPORT: _Sweep._import,
    n.IMPORT_FROM: _Sweep._import_from,
    n.FUTURE_IMPORT: _Sweep._import_from,
    n.RAISE: _Sweep._raise,
    n.PRINT: _Sweep._python2,
    n.EXEC: _Sweep._python2,
    n.CALL: _Sweep._call,
}
