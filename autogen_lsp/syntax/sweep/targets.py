"""Everything but definitions and imports that binds a name or sets an attribute, as met by a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.model import Symbol, SymbolKind
from autogen_lsp.syntax.scopes import HANDING_ON, Level, Scope
from autogen_lsp.syntax.sweep.compound import compound

if TYPE_CHECKING:
    from autogen_lsp.syntax.sweep import Sweep

OWN_MODULE = "sys.modules[__name__]"
_OWN_MODULE = OWN_MODULE.encode()
_MAX_ALL = 100_000  # bytes of an `__all__` that is read
_HOLDERS = (n.IDENTIFIER, n.ATTRIBUTE, n.SUBSCRIPT, n.CALL, n.LIST_SPLAT)  # `[*a.b] = …` is parsed as `(*a).b`
_PLACES = frozenset({n.IDENTIFIER, n.ATTRIBUTE, n.SUBSCRIPT, n.AWAIT})
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


def assignment(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    left = node.child_by_field_id(n.F_LEFT)
    if left is None:
        return
    kind = left.kind_id
    if kind == n.IDENTIFIER and _is_own_module(sweep, node):
        sweep.chunk.selves.add(sweep.cut(left))
    if kind == n.IDENTIFIER and scope.level >= Level.FUNCTION:  # a local: the most frequent case
        start, end = left.start_byte, left.end_byte
        name = sweep.text[start:end].decode("utf-8", "replace")
        sweep.bind(scope, name, _made(sweep, node))
        if scope.globals and name in scope.globals:  # the module's variable has one more value
            sweep.chunk.symbols.append(
                Symbol(name, SymbolKind.VARIABLE, at, node.end_byte, start, end, conditional=True)
            )
    elif kind in (n.IDENTIFIER, n.ATTRIBUTE):
        annotation = node.child_by_field_id(n.F_TYPE)
        right = node.child_by_field_id(n.F_RIGHT)
        _target(
            sweep,
            left,
            node,
            scope,
            None if annotation is None else sweep.cut(annotation),
            None if right is None else sweep.cut(right),
        )
        if kind == n.IDENTIFIER and scope.level == Level.MODULE and sweep.cut(left) == "__all__":
            exports(sweep, right)
    else:
        right = node.child_by_field_id(n.F_RIGHT)
        _targets(sweep, left, node, scope, _items(sweep, scope, right))
        if scope.level == Level.MODULE and sweep.text.find(b"__all__", left.start_byte, left.end_byte) >= 0:
            sweep.chunk.computed_exports = True


def _is_own_module(sweep: Sweep, assignment: Node) -> bool:
    end = assignment.end_byte
    return sweep.text.startswith(_OWN_MODULE, end - len(_OWN_MODULE), end)


def _made(sweep: Sweep, assignment: Node) -> str:
    """As `Call.made`. An annotation is a guess where a value stands beside it, which may be a proxy or a subclass."""
    value, annotation = assignment.child_by_field_id(n.F_RIGHT), assignment.child_by_field_id(n.F_TYPE)
    made = taken(sweep, value) if value is not None else ""
    if annotation is None or made.startswith("="):
        return made
    declared = f"{':' if value is None else '?'}{sweep.cut(annotation)}"
    return f"{made}\0{declared}" if made else declared


def taken(sweep: Sweep, value: Node) -> str:
    """How a value is made, as `Call.made`."""
    if value.kind_id == n.CALL:
        function = value.child_by_field_id(n.F_FUNCTION)
        if function is not None and function.kind_id in (n.IDENTIFIER, n.ATTRIBUTE, n.SUBSCRIPT):
            called = sweep.cut(function)
            return f".{sweep.cut(value)}" if called.rpartition(".")[2] in HANDING_ON else f"={called}"
    return f".{sweep.cut(value)}" if value.kind_id in _PLACES else ""


def _items(sweep: Sweep, scope: Scope, value: Node | None) -> str:
    """What each of several targets takes from a value."""
    return "" if value is None or scope.level < Level.FUNCTION else f"*{sweep.cut(value)}"


def augmented(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    left = node.child_by_field_id(n.F_LEFT)
    if left is not None and left.kind_id == n.IDENTIFIER:
        name = sweep.cut(left)
        sweep.bind(scope, name)
        if name == "__all__" and scope.level == Level.MODULE:
            exports(sweep, node.child_by_field_id(n.F_RIGHT))


def named_expression(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    name = node.child_by_field_id(n.F_NAME)
    while scope.level == Level.COMPREHENSION and scope.parent is not None:
        scope = scope.parent
    if name is not None:
        value = node.child_by_field_id(n.F_VALUE)
        _target(sweep, name, node, scope, made="" if value is None else taken(sweep, value))


def loop(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    compound(sweep, node, at, scope)
    for_in(sweep, node, at, scope)


def for_in(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    left, right = node.child_by_field_id(n.F_LEFT), node.child_by_field_id(n.F_RIGHT)
    if left is None:
        return
    if left.kind_id == n.IDENTIFIER and scope.level >= Level.FUNCTION:
        sweep.bind(scope, sweep.cut(left), _items(sweep, scope, right))
    else:
        _targets(sweep, left, left, scope, _items(sweep, scope, right))


def as_pattern(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    """``as x`` of with and except; in a case pattern the name itself."""
    if children := n.named(node):
        target = children[-1]
        name = n.first_named(target) if target.kind_id == n.AS_PATTERN_TARGET else None
        if name is not None and name.kind_id == n.IDENTIFIER and scope.level >= Level.FUNCTION:
            sweep.bind(scope, sweep.cut(name), taken(sweep, children[0]))
        else:
            _targets(sweep, target, target, scope)


def case(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    """Capture patterns: a bare name binds, a dotted one and the class of a class pattern are looked up."""
    todo = [child for child in node.named_children if child.kind_id == n.CASE_PATTERN]
    while todo:
        child = todo.pop()
        kind = child.kind_id
        if kind == n.IDENTIFIER:
            _target(sweep, child, child, scope)
        elif kind == n.DOTTED_NAME:
            if child.named_child_count == 1:
                _target(sweep, child, child, scope)
        elif kind in (n.CLASS_PATTERN, n.KEYWORD_PATTERN):
            first, *rest = n.named(child)
            todo += rest
            if kind == n.CLASS_PATTERN and first.named_child_count == 1:
                sweep.use(scope, sweep.cut(first), first.start_byte, first.end_byte, "pattern")
        elif kind == n.AS_PATTERN:  # its name is bound when the sweep gets there
            todo += n.named(child)[:-1]
        else:
            todo += child.named_children


def global_(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    names = {sweep.cut(child) for child in n.named(node)}
    if scope.level != Level.MODULE:
        scope.globals = names | (scope.globals or set())
        sweep.chunk.bound_global |= names & scope.names  # of an import, it may come after that
        scope.names -= names


def nonlocal_(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    if scope.level != Level.MODULE:  # as in broken code
        scope.nonlocals = {sweep.cut(child) for child in n.named(node)} | (scope.nonlocals or set())


def delete(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    for child in node.named_children:
        if scope.level >= Level.FUNCTION:
            _targets(sweep, child, child, scope)


def type_alias(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    left = node.child_by_field_id(n.F_LEFT)
    if left is None:
        return
    if sweep.text.startswith(b"(", left.start_byte):  # `type(self).x = …` is parsed as an alias
        target = n.first_named(left)
        if target is not None and target.kind_id == n.ATTRIBUTE:
            receiver, _, name = sweep.text[at : target.end_byte].decode("utf-8", "replace").rpartition(".")
            store(sweep, receiver, name, node, target.end_byte - len(name.encode()), target.end_byte, scope, None, None)
        return
    names = n.identifiers(left, sweep.text)
    if names:
        sweep.bind(scope, names[0])
        inner = Scope(Level.TYPE_PARAMETERS, scope, scope.qualname, scope.prefix)
        inner.names.update(names)
        sweep.pending.append((left.end_byte, node.end_byte, inner))
        if scope.level <= Level.CLASS:
            _variable(sweep, scope, names[0], node, left.start_byte, left.start_byte + len(names[0].encode()))


def _targets(sweep: Sweep, target: Node, statement: Node, scope: Scope, made: str = "") -> None:
    todo = [target]
    while todo:
        node = todo.pop()
        kind = node.kind_id
        if kind in (n.IDENTIFIER, n.ATTRIBUTE, n.SUBSCRIPT):
            _target(sweep, node, statement, scope, made=made)
        elif kind in _TARGETS:
            todo += reversed(node.named_children)


def _target(
    sweep: Sweep,
    node: Node,
    statement: Node,
    scope: Scope,
    annotation: str | None = None,
    value: str | None = None,
    made: str = "",
) -> None:
    kind = node.kind_id
    start, end = node.start_byte, node.end_byte
    if kind == n.ATTRIBUTE:
        attribute, receiver = node.child_by_field_id(n.F_ATTRIBUTE), node.child_by_field_id(n.F_OBJECT)
        if attribute is not None and receiver is not None and receiver.kind_id in _HOLDERS:
            store(
                sweep,
                sweep.cut(receiver).lstrip("* "),
                sweep.cut(attribute),
                statement,
                attribute.start_byte,
                end,
                scope,
                annotation,
                value,
            )
    elif kind == n.SUBSCRIPT:
        _item(sweep, node, scope)
    else:
        name = sweep.text[start:end].decode("utf-8", "replace")
        sweep.bind(scope, name, made)
        if scope.level <= Level.CLASS:
            _variable(sweep, scope, name, statement, start, end, annotation, value)


def _variable(
    sweep: Sweep,
    scope: Scope,
    name: str,
    statement: Node,
    start: int,
    end: int,
    annotation: str | None = None,
    value: str | None = None,
) -> None:
    at = statement.start_byte
    sweep.chunk.symbols.append(
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


def store(
    sweep: Sweep,
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
    if receiver == OWN_MODULE:
        sweep.chunk.bound_global.add(name)
        return
    owned = bool(scope.self) and receiver in (scope.self, f"type({scope.self})", f"{scope.self}.__class__")
    qualname = f"{scope.owner if owned else receiver}.{name}"
    if scope.level >= Level.FUNCTION:
        same = (scope, qualname, annotation, value)  # not its qualname: a second function of that name is another chunk
        if same in sweep.seen_attributes:
            return
        sweep.seen_attributes.add(same)
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
        sweep.chunk.symbols.append(symbol)
        if name == "__dict__":
            sweep.chunk.dynamic_classes.add(scope.owner)
    else:
        sweep.stores.append((scope, receiver, symbol))


def _item(sweep: Sweep, node: Node, scope: Scope) -> None:
    """``globals()["x"] = …``, ``sweep.__dict__["x"] = …``, ``sys.modules[__name__] = …``: names that nobody sees."""
    value = node.child_by_field_id(n.F_VALUE)
    receiver = "" if value is None else sweep.cut(value)
    if receiver == "sys.modules":
        key = sweep.cut(node)
        aliased = scope.level == Level.MODULE and ('"' in key or "'" in key)  # perhaps this very module
        sweep.chunk.dynamic = sweep.chunk.dynamic or aliased or "__name__" in key
    elif receiver == "globals()":
        sweep.chunk.dynamic = True
    elif receiver.endswith(".__dict__") or receiver.startswith("vars("):
        holder = receiver.removesuffix(".__dict__").removeprefix("vars(").removesuffix(")")
        at = node.child_by_field_id(n.F_SUBSCRIPT)
        literal = None if at is None else n.STRING_LITERAL.fullmatch(sweep.text[at.start_byte : at.end_byte])
        if at is not None and literal is not None and at.kind_id == n.STRING:
            name = literal.group(2).decode("utf-8", "replace")
            store(sweep, holder, name, node, at.start_byte, at.end_byte, scope, None, None)
        else:
            dynamic_class(sweep, holder, scope)


def dynamic_class(sweep: Sweep, receiver: str, scope: Scope) -> None:
    owned = not receiver or receiver in (scope.self, f"type({scope.self})", f"{scope.self}.__class__")
    made = scope.qualname.endswith(".__new__")  # `setattr(instance, …)` before it is returned
    sweep.chunk.dynamic_classes.add(scope.owner if owned or (made and scope.owner) else receiver)


def exports(sweep: Sweep, value: Node | None) -> None:
    """Names of a literal list or tuple in an `__all__`; anything else makes it a computed one."""
    if value is None:
        return
    start, end = value.start_byte, value.end_byte
    if value.kind_id == n.STRING:
        items = [value]
    elif value.kind_id in (n.LIST, n.TUPLE) and end - start < _MAX_ALL:
        items = n.named(value)
    else:
        sweep.chunk.computed_exports = True
        return
    for item in items:
        found = n.STRING_LITERAL.fullmatch(sweep.text[item.start_byte : item.end_byte])
        if item.kind_id == n.STRING and found is not None:
            sweep.chunk.exports.append(found.group(2).decode("utf-8", "replace"))
        else:
            sweep.chunk.computed_exports = True
