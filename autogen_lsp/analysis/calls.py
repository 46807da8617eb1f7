"""Types of attributes and calls: what ``receiver.name`` is, and what calling a function, class or instance gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import (
    annotation,
    applied,
    classes,
    enums,
    functions,
    names,
    narrowing,
    nodes,
    querysets,
    wrapped,
)
from autogen_lsp.analysis.arguments import Argument, arguments_of
from autogen_lsp.analysis.containers import element_of
from autogen_lsp.analysis.enclosing import annotated, class_instance, enclosing_class
from autogen_lsp.analysis.evaluation import Evaluation
from autogen_lsp.analysis.names import Lookup, Ref
from autogen_lsp.analysis.operators import of_key
from autogen_lsp.analysis.replaced import is_replaced
from autogen_lsp.analysis.types import NONE, Form, Type, builtin, callable_of, class_of, members, received
from autogen_lsp.analysis.variables import declared, value_of
from autogen_lsp.syntax.model import Symbol, SymbolKind


def attribute(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    """The type of an attribute where it stands."""
    type_ = attribute_of(
        evaluate, evaluate.field(path, node, "object"), nodes.text_of(node.child_by_field_name("attribute"))
    )
    return narrowing.narrow(node, type_, partial(evaluate, path))


def attribute_of(evaluate: Evaluation, receiver: Type | None, name: str) -> Type | None:
    """The type of ``receiver.name``."""
    receiver = annotation.expanded(evaluate.lookup, annotation.bound_of(evaluate.lookup, receiver))
    if receiver is None or not evaluate.may_ask():
        return None
    match receiver.form:
        case Form.UNION:
            inner = evaluate.deeper()
            return evaluate.union(attribute_of(inner, member, name) for member in receiver.args if member != NONE)
        case Form.MODULE:
            module = Ref(receiver.module, path=receiver.path, spelled=receiver.spelled or ("", ""))
            ref = names.member(evaluate.lookup, module, name)
            return None if ref is None else value_of(evaluate.deeper(), ref)
        case Form.INSTANCE:
            return _member(evaluate, receiver, name, of_class=False)
        case Form.CLASS:
            instance = receiver.args[0]
            return None if instance is None else _member(evaluate, instance, name, of_class=True)
    return None


def call(evaluate: Evaluation, path: Path, node: Node) -> Type | None:
    """The type of a call's result."""
    function = node.child_by_field_name("function")
    if function is None:
        return None
    if function.type == "identifier" and nodes.text_of(function) == "super":
        return _super(evaluate.lookup, path, node)
    name = nodes.text_of(function.child_by_field_name("attribute"))
    if name in querysets.METHODS:
        found = querysets.given_by(evaluate.lookup, evaluate.field(path, function, "object"), name)
        if found is not None:
            return found
    callee = evaluate(path, function)
    if callee is None and name in _OF_KEY:
        return _of_typed_dict(evaluate, path, function, node)
    if callee is not None and callee.form is Form.FUNCTION and (callee.module, callee.name) == ("typing", "cast"):
        wanted = arguments_of(node)[:1]
        return annotated(evaluate.lookup, path, wanted[0].node) if wanted and not wanted[0].star else None
    if callee is None:
        return None
    if callee.form is Form.FUNCTION and callee.module == "django.shortcuts" and callee.name in querysets.SHORTCUTS:
        asked = arguments_of(node)[:1]
        return querysets.by_shortcut(callee.name, evaluate(path, asked[0].node)) if asked else None
    maker = callee.args[0] if callee.form is Form.CLASS else callee if callee.form is Form.FUNCTION else None
    if maker is not None and maker.is_a("typing.NewType"):
        return _new_type(evaluate.lookup, path, node)
    if maker is not None and maker.module == "builtins" and maker.name in _ITERATES:
        return _iterated(evaluate, path, maker.name, node)
    here, arguments = partial(evaluate, path), arguments_of(node)
    return evaluate.union(called(evaluate, member, arguments, here) for member in members(callee))


def _new_type(lookup: Lookup, path: Path, call: Node) -> Type | None:
    """``Id = NewType("Id", int)``, at the top level: a type of its own, named as its variable."""
    holder = call.parent
    name = nodes.text_of(holder.child_by_field_name("left")) if holder is not None else ""
    alias = Type(Form.ALIAS, name, lookup.module_name(path), path=path)
    return class_of(alias) if name and annotation.is_new_type(lookup, alias) else None


def _iterated(evaluate: Evaluation, path: Path, name: str, node: Node) -> Type | None:
    """What ``iter``, ``next`` and ``reversed`` give, which their stubs say by protocols."""
    given = [evaluate(path, argument.node) for argument in arguments_of(node)[:2]]
    of = given[0] if given else None
    if name == "reversed" and of is not None and of.path is not None and of.path.suffix == ".py":
        return evaluate.method(of, "__reversed__")
    item = element_of(evaluate, of)
    return evaluate.union((item, *given[1:])) if name == "next" else annotation.iterable("Iterator", item)


_ITERATES = frozenset({"iter", "next", "reversed"})


def _of_typed_dict(evaluate: Evaluation, path: Path, function: Node, node: Node) -> Type | None:
    """What ``get``, ``pop`` or ``setdefault`` gives for a key of a typed dictionary."""
    arguments = arguments_of(node)
    key = nodes.text_of(arguments[0].node).strip("'\"") if arguments and arguments[0].node.type == "string" else ""
    holder = annotation.expanded(evaluate.lookup, evaluate.field(path, function, "object"))
    held = list(members(holder))
    types = [
        of_key(evaluate.lookup, member, key)
        for member in held
        if member is not None and classes.is_typed_dict(evaluate.lookup, member)
    ]
    if not key or len(types) < len(held):
        return None
    if nodes.text_of(function.child_by_field_name("attribute")) == "get":
        types.append(evaluate(path, arguments[1].node) if len(arguments) > 1 else NONE)
    return evaluate.union(types)


_OF_KEY = frozenset({"get", "pop", "setdefault"})


def lambda_(evaluate: Evaluation, path: Path, node: Node) -> Type:
    """A lambda as the ``Callable`` that it is."""
    parameters = nodes.parameters(node)
    returns = evaluate.field(path, node, "body")
    if any(parameter.star for parameter in parameters):
        return callable_of(None, returns)
    return callable_of([None for parameter in parameters if parameter.default is None], returns)


def _member(evaluate: Evaluation, instance: Type, name: str, *, of_class: bool) -> Type | None:
    lookup = evaluate.lookup
    member = classes.member_of(lookup, instance, name)
    if member is None and not of_class:
        return _by_getattr(evaluate, instance)
    if member is None and (manager := querysets.manager_of(lookup, instance, name)) is not None:
        return manager
    if member is None or member.owner.path is None:
        return None
    symbol = member.symbols[0]
    path = member.owner.path
    if symbol.kind == SymbolKind.CLASS:
        return class_of(Type(Form.INSTANCE, symbol.qualname, member.owner.module, path=path))
    if symbol.kind == SymbolKind.FUNCTION:
        getter = next((s for s in member.symbols if classes.is_getter(lookup, path, s)), None)
        if member.owner.module == "enum" and name in ("name", "value") and not of_class:
            return builtin("str") if name == "name" else _value_of_member(evaluate, instance)
        if getter is not None:
            return None if of_class else functions.returned(lookup, member.owner, getter, instance, evaluate.inside)
        unbound = classes.is_static(symbol) or (of_class and not classes.is_class_method(symbol))
        owner = None if unbound else instance
        function = Type(Form.FUNCTION, symbol.qualname, member.owner.module, (member.owner,), path, owner=owner)
        made = wrapped.of_symbol(evaluate, path, symbol, function)
        return evaluate.union(_got(evaluate, part, instance, of_class) for part in members(made))
    if symbol.kind == SymbolKind.VARIABLE and symbol.annotation is None and classes.is_enum(lookup, instance):
        return instance
    if any(classes.is_made_otherwise(lookup, instance, path, each) for each in member.symbols):
        return None
    if symbol.kind == SymbolKind.ATTRIBUTE and symbol.value is None and _is_inherited(lookup, member.owner, name):
        return None  # `self.x: Sub` in a method, of a base's attribute, says what it is there
    found = declared(evaluate, path, member.symbols, member.owner)
    if symbol.kind == SymbolKind.ATTRIBUTE and symbol.annotation is None and is_replaced(lookup, instance, name, found):
        return None
    if (
        symbol.kind == SymbolKind.VARIABLE
        and symbol.annotation is None
        and _may_be_changed(lookup, member.owner, found)
    ):
        return None
    if not _is_of_self(lookup, path, symbol) and any(_is_descriptor(lookup, part) for part in members(found)):
        found = evaluate.union(_got(evaluate, part, instance, of_class) for part in members(found))
    return received(found, instance)


def _value_of_member(evaluate: Evaluation, enum: Type) -> Type | None:
    """What the value of a member of an enumeration may be; not known where the class makes them itself."""
    lookup = evaluate.lookup
    makers = [classes.member_of(lookup, enum, name) for name in ("__new__", "_generate_next_value_")]
    if any(maker is not None and _is_written(maker.owner) for maker in makers) or classes.is_open(lookup, enum):
        return None
    values = [declared(evaluate, enum.path, [symbol], None) for symbol in enums.members(lookup, enum) if enum.path]
    numbered = builtin("str" if enums.is_text(lookup, enum) else "int")
    return evaluate.union(numbered if each is not None and each.is_a("enum.auto") else each for each in values)


def _is_of_self(lookup: Lookup, path: Path, symbol: Symbol) -> bool:
    """Whether an attribute is set on the instance, and not on the class: ``C.x = …``, ``cls.x = …``."""
    table = lookup.project.table(path) if symbol.kind == SymbolKind.ATTRIBUTE else None
    method, source = (table.method_around(symbol), lookup.source(path)) if table is not None else (None, None)
    if method is None or method.signature is None or source is None or classes.is_class_method(method):
        return False
    own = next((each.name for each in method.signature.parameters), "").encode("utf-8", "surrogatepass")
    return bool(own) and source.text.endswith(own + b".", 0, symbol.name_start)


def _is_inherited(lookup: Lookup, owner: Type, name: str) -> bool:
    """Whether a base of the class has the member, too."""
    return any(classes.member_of(lookup, base, name) is not None for base in classes.bases(lookup, owner))


def _by_getattr(evaluate: Evaluation, instance: Type) -> Type | None:
    """What an attribute is that a class does not have, as its ``__getattr__`` is declared."""
    found = classes.member_of(evaluate.lookup, instance, "__getattr__")
    symbol = found.symbols[0] if found is not None else None
    if found is None or symbol is None or symbol.signature is None or not symbol.signature.returns:
        return None
    if any(base.path is None for base in classes.mro(evaluate.lookup, instance)):
        return None  # it may be a base's attribute
    return functions.returned(evaluate.lookup, found.owner, symbol, instance, None)


def _may_be_changed(lookup: Lookup, owner: Type, found: Type | None) -> bool:
    """Whether an object that a class body makes may be another one there: a metaclass that is not known says what."""
    if not any(part is not None and _is_written(part) for part in members(found)):
        return False
    lineage = lookup.project.mro(owner.path, owner.name) if owner.path is not None else None
    return lineage is None or lineage.open or lineage.replaces


def _is_written(part: Type) -> bool:
    """Whether it is an instance of a class whose code is there."""
    return part.form is Form.INSTANCE and part.path is not None and part.path.suffix == ".py"


def _is_descriptor(lookup: Lookup, part: Type | None) -> bool:
    return part is not None and _is_written(part) and classes.member_of(lookup, part, "__get__") is not None


def _got(evaluate: Evaluation, part: Type | None, instance: Type, of_class: bool) -> Type | None:
    """What an object of a class is to those who ask an instance, or the class, for it: a descriptor says what."""
    if part is None or not _is_descriptor(evaluate.lookup, part):
        return part
    return evaluate.method(part, "__get__", NONE if of_class else instance, class_of(instance))


def called(
    evaluate: Evaluation, callee: Type | None, arguments: Sequence[Argument], here: applied.Evaluate
) -> Type | None:
    """What calling an object gives; ``here`` evaluates the arguments."""
    lookup = evaluate.lookup
    callee = annotation.expanded(lookup, callee)
    if callee is None:
        return None
    if callee.form is Form.INSTANCE:
        callee = attribute_of(evaluate, callee, "__call__")
        if callee is None or callee.form is not Form.FUNCTION:
            return None
    match callee.form:
        case Form.CLASS:
            instance = callee.args[0]
            return None if instance is None else applied.constructed(
                lookup, instance, arguments, here, evaluate.inside
            )  # fmt: skip
        case Form.CALLABLE:
            return callee.args[-1]
        case Form.FUNCTION:
            return applied.result(lookup, callee, arguments, here, evaluate.inside)
    return None


def _super(lookup: Lookup, path: Path, node: Node) -> Type | None:
    held = enclosing_class(node)
    if held is None:
        return None
    base = next(iter(classes.bases(lookup, class_instance(lookup, path, held[0]))), None)
    return replace(base, own=True) if base is not None and base.module else None
