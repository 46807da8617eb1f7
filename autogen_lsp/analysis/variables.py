"""Types of names: what is bound to a local one, and what a module's or class's one is declared or assigned as."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import annotation, bindings, classes, fixtures, narrowing, nodes, operators, wrapped
from autogen_lsp.analysis.annotation import Home
from autogen_lsp.analysis.bindings import PATTERNS, Binding, How
from autogen_lsp.analysis.containers import element_of, entered, unpacked
from autogen_lsp.analysis.enclosing import annotated, class_instance, first_parameter_of
from autogen_lsp.analysis.evaluation import Evaluation
from autogen_lsp.analysis.filled import filled
from autogen_lsp.analysis.names import Lookup, Ref, imported, resolve
from autogen_lsp.analysis.types import NONE, Form, Type, builtin, class_of, members, union
from autogen_lsp.syntax.builtin_names import BUILTINS
from autogen_lsp.syntax.model import Symbol, SymbolKind

_PLAIN_DEFAULTS = frozenset({"integer", "float", "string", "true", "false"})
_SAYS_NOTHING = re.compile(r"(?:^|[.'\"])(?:TypeAlias|Final|ClassVar)['\"]?$")  # but how the name is meant
_PUT = rb"\b%b(?:\[[^\]\n]*\]\s*=(?!=)|\s*\+=|\.(?:append|add|insert|extend|update|setdefault)\()"
_MADE = re.compile(r"((?:\w+\.)*_*[A-Z]\w*)\(")  # an instance
_OF_EVERY_MODULE = ("__file__", "__name__")
_MAX_ASSIGNMENTS = 6  # of one variable that are looked at
_MAX_ADDED = 40  # times that something is added to a variable, on the way back to what it was
_ASSIGNED_ELSEWHERE = 4  # what looking at another assignment costs, in depth


def identifier(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    """The type of a name where it stands."""
    name, found = nodes.text_of(node), bindings.reaching(node)
    if found is None:
        ref = resolve(evaluate.lookup, path, name)
        if ref is not None and _is_later(ref, path, node):
            return None
        of_module = builtin("str") if name in _OF_EVERY_MODULE else None
        type_ = of_module if ref is None else value_of(evaluate, ref)
    elif found[1] is not None and _changes_class(found[1], name):
        return None
    else:
        local = [b for b in found[0] if b.how is not How.VALUE or not nodes.inside(node, b.node)]
        added = [b.node for b in local if _is_augmented(b)]
        kept = list(_kept(local))
        bound = ((binding, _left(evaluate, path, node, binding, kept)) for binding in kept)
        type_ = evaluate.union(filled(evaluate, path, name, binding, found[1], held) for binding, held in bound)
        if added and any(part is None or _is_own(part) for part in members(type_)):
            type_ = evaluate.union((type_, *(operators.augmented(evaluate, path, each, type_) for each in added)))
    return narrowing.narrow(node, type_, partial(evaluate, path))


def _left(evaluate: Evaluation, path: Path, node: Node, binding: Binding, found: Sequence[Binding]) -> Type | None:
    """The type that a binding gives a name, as far as others that are made under a condition leave it."""
    type_ = bound_type(evaluate, path, binding, nodes.text_of(node))
    for other in found if len(found) <= _MAX_ASSIGNMENTS else ():
        if other.how is How.VALUE and other.at is not binding.at:
            type_ = narrowing.kept(node, binding.at, other.at, type_, partial(evaluate, path))
    return type_


def _is_later(ref: Ref, path: Path, node: Node) -> bool:
    """Whether the module defines the name below code that is run at its import: there it still is the builtin."""
    if ref.path != path or ref.symbol is None or ref.symbol.start < node.start_byte or ref.name not in BUILTINS:
        return False
    return nodes.enclosing(node, frozenset({nodes.FUNCTION, "lambda"})) is None


def _is_own(part: Type) -> bool:
    """Whether it is an instance of a class that no stub describes: others keep their type where something is added."""
    return part.form is Form.INSTANCE and part.path is not None and part.path.suffix == ".py"


def _kept(found: Sequence[Binding]) -> Iterator[Binding]:
    """Bindings, without those like ``x += 1`` that keep the type of what they add to; what that was, where need be."""
    kept = [binding for binding in found if not _is_augmented(binding)]
    yield from kept
    seen: set[int] = set()
    pending = [] if kept else list(found)
    while pending:
        binding = pending.pop()
        if len(seen) > _MAX_ADDED:
            yield binding
            return
        left = binding.node.child_by_field_name("left") if _is_augmented(binding) else None
        if left is None:
            yield binding
        elif binding.node.start_byte not in seen:
            seen.add(binding.node.start_byte)
            before = bindings.reaching(left)
            pending += before[0] if before is not None else ()


def _is_augmented(binding: Binding) -> bool:
    return binding.how is How.OPAQUE and binding.node.type == "augmented_assignment"


def _changes_class(scope: Node, name: str) -> bool:
    """Whether a function makes a local object one of another class: ``made.__class__ = …``."""
    text = scope.text or b""
    at = text.find(f"{name}.__class__ =".encode("utf-8", "surrogatepass"))
    return at >= 0 and not text.startswith(b"=", at + len(name.encode("utf-8", "surrogatepass")) + 12)


def value_of(evaluate: Evaluation, ref: Ref) -> Type | None:
    """The type of what a name refers to, used as a value."""
    if ref.is_module:
        return Type(Form.MODULE, module=ref.module, path=ref.path, spelled=ref.spelled)
    if ref.is_class:
        instance = annotation.instance_of(evaluate.lookup, ref)  # `typing.Mapping` is that of `collections.abc`
        return class_of(instance or Type(Form.INSTANCE, ref.name, ref.module, path=ref.path, spelled=ref.spelled))
    symbol = ref.symbol
    if symbol is None or ref.path is None:
        return None
    if symbol.kind == SymbolKind.FUNCTION:
        function = Type(Form.FUNCTION, ref.name, ref.module, path=ref.path, spelled=ref.spelled)
        return wrapped.of_symbol(evaluate, ref.path, symbol, function)
    found = declared(evaluate, ref.path, ref.symbols, None)
    inner = found.args[0] if found is not None and found.form is Form.CLASS else None
    if inner is not None and inner.module.startswith("_") and "." not in inner.name and ref.module[:1] != "_":
        return class_of(replace(inner, spelled=(ref.module, ref.name)))  # `threading.Lock` is a `_thread.lock`
    return found


def declared(evaluate: Evaluation, path: Path, symbols: Sequence[Symbol], owner: Type | None) -> Type | None:
    """A variable of a module or class, or an attribute: its annotation, else all that is assigned to it."""
    lookup = evaluate.lookup
    written = [symbol for symbol in symbols if symbol.annotation and not _SAYS_NOTHING.search(symbol.annotation)]
    if written:
        first = next((at for at, symbol in enumerate(written) if not symbol.conditional), len(written))
        texts = dict.fromkeys(symbol.annotation for symbol in written[: first + 1])
        if owner is not None:
            return evaluate.union(classes.annotated(lookup, owner, text) for text in texts)
        return evaluate.union(annotation.type_of_text(lookup, Home(path), text) for text in texts)
    types: list[Type | None] = []
    for symbol in _telling(symbols):
        assigned = _assigned(evaluate.lookup, path, symbol)
        if assigned is None:
            return None
        value = evaluate.deeper(_ASSIGNED_ELSEWHERE)(path, assigned[0])
        types.append(_with_more(evaluate, path, symbol.name, unpacked(evaluate, value, assigned[1])))
    if all(t is None or t == NONE for t in types):
        return None  # `x = None` alone says that the value comes later
    return evaluate.union(types)


def _telling(symbols: Sequence[Symbol]) -> list[Symbol]:
    """Assignments that are looked at: the first, and others that call something else, as each branch may its class."""
    out = list(symbols[:_MAX_ASSIGNMENTS])
    called = {made[1] for symbol in out if (made := _MADE.match(symbol.value or ""))}
    for symbol in symbols[_MAX_ASSIGNMENTS:]:
        made = _MADE.match(symbol.value or "")
        if made is not None and made[1] not in called:
            called.add(made[1])
            out.append(symbol)
    return out


def _with_more(evaluate: Evaluation, path: Path, name: str, value: Type | None) -> Type | None:
    """A container that other places put something into, too: of what class its items are is not known then."""
    if value is None or not value.is_a("list", "set", "dict") or not any(map(_is_own, filter(None, value.args))):
        return value
    put = re.compile(_PUT % re.escape(name.encode("utf-8", "surrogatepass")))
    source = evaluate.lookup.source(path)
    is_filled = source is not None and put.search(source.text) is not None
    return replace(value, args=(None,) * len(value.args)) if is_filled else value


def bound_type(evaluate: Evaluation, path: Path, binding: Binding, name: str = "") -> Type | None:
    """The type that a binding gives its ``name``, which matters only for what a ``case`` captures."""
    match binding.how:
        case How.VALUE:
            return unpacked(evaluate, evaluate(path, binding.node), binding.path, binding.starred)
        case How.ANNOTATION:
            return annotated(evaluate.lookup, path, binding.node)
        case How.ITEM:
            items = element_of(evaluate, evaluate(path, binding.node), is_async=binding.is_async)
            return unpacked(evaluate, items, binding.path, binding.starred)
        case How.ENTERED:
            value = entered(evaluate, evaluate(path, binding.node), binding.is_async)
            return unpacked(evaluate, value, binding.path, binding.starred)
        case How.CAUGHT:
            return _caught(evaluate, path, binding.node)
        case How.PARAMETER:
            return _parameter(evaluate, path, binding)
        case How.DEFINITION:
            return _local_definition(evaluate, path, binding.node)
        case How.IMPORT:
            return _local_import(evaluate, path, binding.node)
        case How.OPAQUE if name and binding.node.type in ("case_pattern", "as_pattern"):
            from autogen_lsp.analysis.captures import captured

            return captured(evaluate, path, binding.node, name)
        case _:
            return None


def assigned_value(lookup: Lookup, path: Path, symbol: Symbol) -> Node | None:
    """The expression that is assigned where a variable is defined; None where it gets its value in another way."""
    found = _assigned(lookup, path, symbol)
    return found[0] if found is not None and not found[1] else None


def _assigned(lookup: Lookup, path: Path, symbol: Symbol) -> tuple[Node, tuple[int, ...]] | None:
    """The expression that is assigned where a variable is defined, and which part of it the variable takes."""
    source = lookup.source(path)
    if source is None or symbol.kind not in (SymbolKind.VARIABLE, SymbolKind.ATTRIBUTE):
        return None
    node = source.tree.root_node.named_descendant_for_byte_range(symbol.name_start, symbol.name_end)
    place: tuple[int, ...] = ()
    while node is not None and node.parent is not None and node.parent.type in ("attribute", *PATTERNS):
        if node.parent.type in PATTERNS:
            place = (next(at for at, each in enumerate(nodes.named(node.parent)) if nodes.same(each, node)), *place)
        node = node.parent
    assignment = node.parent if node is not None else None
    if assignment is None or assignment.type != "assignment" or not nodes.same(nodes.named(assignment)[0], node):
        return None
    right = assignment.child_by_field_name("right")
    while right is not None and right.type == "assignment":  # `a = b = value`
        right = right.child_by_field_name("right")
    return None if right is None else (right, place)


def _parameter(evaluate: Evaluation, path: Path, binding: Binding) -> Type | None:
    parameter, function = binding.parameter, binding.node
    if parameter is None:
        return None
    if parameter.annotation is not None:
        type_ = annotated(evaluate.lookup, path, parameter.annotation)
        if parameter.star == "*":
            return Type(Form.INSTANCE, "tuple", args=(type_,), variadic=True)
        if parameter.star == "**":
            return builtin("dict", builtin("str"), type_)
        if parameter.default is not None and parameter.default.type == "none" and type_ is not None:
            return union((type_, NONE))
        return type_
    if parameter.star == "*":
        return Type(Form.INSTANCE, "tuple", args=(None,), variadic=True)
    if parameter.star:
        return builtin("dict", builtin("str"), None)
    if function.type == "lambda":
        return _of_lambda(evaluate, path, function, parameter)
    owner = first_parameter_of(evaluate.lookup, path, function, parameter.name)
    if owner is not None:
        return owner
    if parameter.default is not None:
        return evaluate(path, parameter.default) if parameter.default.type in _PLAIN_DEFAULTS else None
    return fixtures.passed(evaluate, path, function, parameter.name)


def _of_lambda(evaluate: Evaluation, path: Path, function: Node, parameter: nodes.ParameterNode) -> Type | None:
    """What a lambda is passed by the function that it is an argument of: ``max(names, key=lambda name: …)``."""
    holder = function.parent if function.parent is not None else function
    listed = holder.parent if holder.type == "keyword_argument" else holder
    call = listed.parent if listed is not None and listed.type == "argument_list" else None
    callee = evaluate.field(path, call, "function") if call is not None and call.type == "call" else None
    if call is None or callee is None or parameter.default is not None:
        return None
    from autogen_lsp.analysis.arguments import arguments_of
    from autogen_lsp.analysis.wants import callback

    arguments = arguments_of(call)
    index = next((i for i, each in enumerate(arguments) if nodes.same(each.node, function)), None)
    asked = callback(evaluate.lookup, callee, arguments, index, partial(evaluate, path)) if index is not None else None
    names = [each.name for each in nodes.parameters(function)]
    place = names.index(parameter.name)
    return asked.args[place] if asked is not None and not asked.variadic and place < len(asked.args) - 1 else None


def _caught(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    listed = nodes.named(node) if node.type == "tuple" else [node]
    types = [evaluate(path, item) for item in listed]
    return evaluate.union(t.args[0] if t is not None and t.form is Form.CLASS else None for t in types)


def _local_definition(evaluate: Evaluation, path: Path, definition: Node) -> Type | None:
    lookup = evaluate.lookup
    if definition.type == nodes.FUNCTION:
        function = Type(Form.FUNCTION, nodes.qualname_of(definition), lookup.module_name(path), path=path)
        return wrapped.of_definition(evaluate, path, definition, function)
    return class_of(class_instance(lookup, path, definition))


def _local_import(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    scope = nodes.enclosing(node, frozenset({nodes.FUNCTION}))
    name = nodes.text_of(node.child_by_field_name("alias") or node)
    qualname = nodes.qualname_of(scope) if scope is not None else ""
    first = name.partition(".")[0]
    table = evaluate.lookup.project.table(path)
    listed = table.imports.get((qualname, first), ()) if table is not None else ()
    here = [item for item in listed if node.start_byte <= item.start < node.end_byte]
    several = len(here) == 1 and len(listed) > 1  # another branch may import something else by that name
    ref = imported(evaluate.lookup, path, here[0]) if several else resolve(evaluate.lookup, path, first, qualname)
    return None if ref is None else value_of(evaluate, ref)
