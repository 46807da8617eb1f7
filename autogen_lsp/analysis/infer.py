"""The type of an expression, as far as it follows from the workspace and the standard library; else not known.

Literals (widened), constructors, annotations, return annotations, attributes, container elements, operators, awaiting
and narrowing by ``isinstance`` and ``is None``. The standard library is read from typeshed. Nothing is guessed: a
branch that is not known makes the whole not known. Depth and work are bounded; never raises on user code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tree_sitter import Node

from autogen_lsp.analysis import annotation, bindings, classes, functions, names, narrowing, nodes
from autogen_lsp.analysis.annotation import Home, iterable
from autogen_lsp.analysis.bindings import Binding, How
from autogen_lsp.analysis.names import Lookup, Ref, resolve
from autogen_lsp.analysis.types import (
    NONE,
    Form,
    Type,
    builtin,
    callable_of,
    class_of,
    members,
    substitute,
    union,
    variables,
    without_none,
)
from autogen_lsp.syntax.model import Symbol, SymbolKind

if TYPE_CHECKING:
    from autogen_lsp.analysis.project import Project

_MAX_DEPTH = 24
_ELEMENTS = 30  # of a literal that are looked at; a longer one is data


def type_of(project: Project | Lookup, path: Path, node: Node) -> Type | None:
    """The type of an expression node of the file's tree, None where it is not known.

    A `Lookup` keeps what it has found: pass the same one for many questions about one snapshot.
    """
    lookup = project if isinstance(project, Lookup) else Lookup(project)
    found = expression(lookup, path, node, 0)
    # Type variables of stubs that nothing has bound mean nothing here.
    return substitute(found, {v.name: None for v in variables(found) if v.path is not None and v.path.suffix == ".pyi"})


def expression(lookup: Lookup, path: Path, node: Node, depth: int) -> Type | None:
    """As `type_of`, at a depth of nested questions. Cycles (``x = x + 1``) are not known."""
    if depth > _MAX_DEPTH:
        return None
    key = ("type", path, node.start_byte, node.end_byte, node.type)
    if key in lookup.memo:
        found = lookup.memo[key]
        return found if isinstance(found, Type) else None
    lookup.memo[key] = None
    found = _expression(lookup, path, node, depth + 1)
    lookup.memo[key] = found
    return found


def _expression(lookup: Lookup, path: Path, node: Node, depth: int) -> Type | None:
    match node.type:
        case "integer":
            return builtin("complex" if nodes.text_of(node)[-1:] in "jJ" else "int")
        case "float":
            return builtin("complex" if nodes.text_of(node)[-1:] in "jJ" else "float")
        case "string":
            prefix = nodes.text_of(node.children[0]) if node.child_count else ""
            return builtin("bytes" if "b" in prefix.lower() else "str")
        case "concatenated_string":
            return expression(lookup, path, node.named_children[0], depth) if node.named_child_count else None
        case "true" | "false" | "not_operator":
            return builtin("bool")
        case "none":
            return NONE
        case "list" | "set":
            return builtin(node.type, _elements(lookup, path, node.named_children, depth))
        case "tuple" | "expression_list":
            return _tuple(lookup, path, node, depth)
        case "dictionary":
            return _dictionary(lookup, path, node, depth)
        case "list_comprehension" | "set_comprehension":
            body = node.child_by_field_name("body")
            element = expression(lookup, path, body, depth) if body is not None else None
            return builtin("list" if node.type.startswith("list") else "set", element)
        case "generator_expression":
            body = node.child_by_field_name("body")
            return iterable("Iterable", expression(lookup, path, body, depth) if body is not None else None)
        case "dictionary_comprehension":
            pair = node.child_by_field_name("body")
            return builtin("dict", *_pair(lookup, path, pair, depth))
        case "identifier":
            return _identifier(lookup, path, node, depth)
        case "attribute":
            return _attribute(lookup, path, node, depth)
        case "call":
            return _call(lookup, path, node, depth)
        case "subscript":
            return _subscript(lookup, path, node, depth)
        case "binary_operator":
            return _binary(lookup, path, node, depth)
        case "unary_operator":
            operand = _field(lookup, path, node, "argument", depth)
            return builtin("int") if operand is not None and operand.is_a("bool") else operand
        case "comparison_operator":
            return _comparison(lookup, path, node, depth)
        case "boolean_operator":
            return _boolean(lookup, path, node, depth)
        case "conditional_expression":
            if node.named_child_count < 3:
                return None
            return _union(lookup, (expression(lookup, path, node.named_children[i], depth) for i in (0, 2)))
        case "parenthesized_expression":
            inner = nodes.unwrapped(node)
            return None if inner.type == "parenthesized_expression" else expression(lookup, path, inner, depth)
        case "named_expression":
            return _field(lookup, path, node, "value", depth)
        case "await":
            return (
                awaited(lookup, expression(lookup, path, node.named_children[0], depth))
                if node.named_children
                else None
            )
        case "lambda":
            return _lambda(lookup, path, node, depth)
    return None


# Containers ----------------------------------------------------------------------------------------------------------


def _elements(lookup: Lookup, path: Path, items: Sequence[Node], depth: int) -> Type | None:
    found: list[Type | None] = []
    for item in [item for item in items if item.type != "comment"][:_ELEMENTS]:
        if item.type == "list_splat":
            inner = expression(lookup, path, item.named_children[0], depth) if item.named_children else None
            found.append(element_of(lookup, inner))
        else:
            found.append(expression(lookup, path, item, depth))
    return _union(lookup, found) if found else None


def _tuple(lookup: Lookup, path: Path, node: Node, depth: int) -> Type | None:
    items = [item for item in node.named_children if item.type != "comment"]
    if not items:
        return builtin("tuple")
    if len(items) > _ELEMENTS or any(item.type == "list_splat" for item in items):
        return Type(Form.INSTANCE, "tuple", args=(_elements(lookup, path, items, depth),), variadic=True)
    return builtin("tuple", *(expression(lookup, path, item, depth) for item in items))


def _dictionary(lookup: Lookup, path: Path, node: Node, depth: int) -> Type | None:
    keys: list[Type | None] = []
    values: list[Type | None] = []
    for item in node.named_children[:_ELEMENTS]:
        if item.type == "pair":
            key, value = _pair(lookup, path, item, depth)
        elif item.type == "dictionary_splat":
            inner = expression(lookup, path, item.named_children[0], depth) if item.named_children else None
            key, value = mapping_of(lookup, inner)
        else:
            continue
        keys.append(key)
        values.append(value)
    if not keys:
        return builtin("dict", None, None)
    return builtin("dict", _union(lookup, keys), _union(lookup, values))


def _pair(lookup: Lookup, path: Path, node: Node | None, depth: int) -> tuple[Type | None, Type | None]:
    if node is None:
        return None, None
    return _field(lookup, path, node, "key", depth), _field(lookup, path, node, "value", depth)


def element_of(lookup: Lookup, type_: Type | None, *, is_async: bool = False) -> Type | None:
    """What iterating over the type gives."""
    type_ = annotation.expanded(lookup, type_)
    if type_ is None:
        return None
    if type_.form is Form.UNION:
        return _union(lookup, (element_of(lookup, member, is_async=is_async) for member in type_.args))
    if type_.is_a("tuple") and not is_async:
        return _union(lookup, type_.args) if type_.args else None
    if type_.form is Form.CLASS and type_.args[0] is not None and classes.is_enum(lookup, type_.args[0]):
        return type_.args[0]
    wanted = "AsyncIterable" if is_async else "Iterable"
    base = classes.as_base(lookup, type_, f"collections.abc.{wanted}")
    if base is not None:
        return base.args[0] if base.args else None
    if type_.form is not Form.INSTANCE:
        return None
    iterator = _method(lookup, type_, "__aiter__" if is_async else "__iter__")
    if iterator is None or iterator == type_:
        return _method(lookup, type_, "__next__") if iterator is not None and not is_async else None
    base = classes.as_base(lookup, iterator, f"collections.abc.{wanted}")
    return base.args[0] if base is not None and base.args else None


def mapping_of(lookup: Lookup, type_: Type | None) -> tuple[Type | None, Type | None]:
    """Key and value types of a mapping."""
    base = classes.as_base(lookup, annotation.expanded(lookup, type_), "collections.abc.Mapping")
    if base is None or len(base.args) != 2:
        return None, None
    return base.args[0], base.args[1]


def awaited(lookup: Lookup, type_: Type | None) -> Type | None:
    """What awaiting the type gives."""
    base = classes.as_base(lookup, type_, "collections.abc.Coroutine", "collections.abc.Awaitable")
    return base.args[-1] if base is not None and base.args else None


def unpacked(lookup: Lookup, type_: Type | None, path: Sequence[int], starred: bool = False) -> Type | None:
    """The part of a value that a nested target takes."""
    for depth, index in enumerate(path):
        type_ = annotation.expanded(lookup, type_)
        if starred and depth == len(path) - 1:
            return builtin("list", element_of(lookup, type_))
        if type_ is not None and type_.is_a("tuple") and not type_.variadic:
            type_ = type_.args[index] if index < len(type_.args) else None
        else:
            type_ = element_of(lookup, type_)
    return type_


# Names ---------------------------------------------------------------------------------------------------------------


def _identifier(lookup: Lookup, path: Path, node: Node, depth: int) -> Type | None:
    found = bindings.reaching(node)
    if found is None:
        return narrowing.narrow(
            node, global_name(lookup, path, nodes.text_of(node), depth), _evaluator(lookup, path, depth)
        )
    local, _ = found
    local = [b for b in local if b.how is not How.VALUE or not nodes.inside(node, b.node)]
    # `x += 1` keeps the type of what it adds to.
    kept = [b for b in local if b.how is not How.OPAQUE or b.node.type != "augmented_assignment"]
    types = [bound_type(lookup, path, binding, depth) for binding in kept]
    return narrowing.narrow(node, _union(lookup, types) if types else None, _evaluator(lookup, path, depth))


def global_name(lookup: Lookup, path: Path, name: str, depth: int = 0) -> Type | None:
    """The type of a name of the module, or of a builtin."""
    ref = resolve(lookup, path, name)
    return None if ref is None else value_of(lookup, ref, depth)


def value_of(lookup: Lookup, ref: Ref, depth: int = 0) -> Type | None:
    """The type of what a name refers to, used as a value."""
    if ref.is_module:
        return Type(Form.MODULE, module=ref.module, path=ref.path, spelled=ref.spelled)
    if ref.is_class:
        return class_of(Type(Form.INSTANCE, ref.name, ref.module, path=ref.path, spelled=ref.spelled))
    symbol = ref.symbol
    if symbol is None or ref.path is None:
        return None
    if symbol.kind == SymbolKind.FUNCTION:
        return Type(Form.FUNCTION, ref.name, ref.module, path=ref.path, spelled=ref.spelled)
    return _variable(lookup, ref.path, ref.symbols, None, depth)


def _variable(lookup: Lookup, path: Path, symbols: Sequence[Symbol], owner: Type | None, depth: int) -> Type | None:
    """A variable of a module or class, or an attribute: its annotation, else all that is assigned to it."""
    for symbol in symbols:
        if symbol.annotation:
            if symbol.annotation.strip("'\"").rpartition(".")[2] in ("TypeAlias", "Final", "ClassVar"):
                continue
            if owner is not None:
                return classes.annotated(lookup, owner, symbol.annotation)
            return annotation.type_of_text(lookup, Home(path), symbol.annotation)
    types: list[Type | None] = []
    for symbol in symbols[:6]:
        source = lookup.source(path)
        if source is None or symbol.kind not in (SymbolKind.VARIABLE, SymbolKind.ATTRIBUTE):
            return None
        node = source.tree.root_node.named_descendant_for_byte_range(symbol.name_start, symbol.name_end)
        while node is not None and node.type not in (
            "assignment",
            "block",
            "module",
            "with_statement",
            "for_statement",
        ):
            node = node.parent
        if node is None or node.type != "assignment":
            return None
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or left.type not in ("identifier", "attribute"):
            return None
        types.append(expression(lookup, path, right, depth + 4))
    if all(t is None or t == NONE for t in types):
        return None  # `x = None` alone says that the value comes later
    return _union(lookup, types)


def bound_type(lookup: Lookup, path: Path, binding: Binding, depth: int) -> Type | None:
    """The type that a binding gives its name."""
    match binding.how:
        case How.VALUE:
            return unpacked(lookup, expression(lookup, path, binding.node, depth), binding.path, binding.starred)
        case How.ANNOTATION:
            return annotated(lookup, path, binding.node)
        case How.ITEM:
            items = element_of(lookup, expression(lookup, path, binding.node, depth), is_async=binding.is_async)
            return unpacked(lookup, items, binding.path, binding.starred)
        case How.ENTERED:
            manager = expression(lookup, path, binding.node, depth)
            return unpacked(lookup, entered(lookup, manager, binding.is_async), binding.path, binding.starred)
        case How.CAUGHT:
            return _caught(lookup, path, binding.node, depth)
        case How.PARAMETER:
            return _parameter(lookup, path, binding, depth)
        case How.DEFINITION:
            return _local_definition(lookup, path, binding.node)
        case How.IMPORT:
            scope = nodes.enclosing(binding.node, frozenset({nodes.FUNCTION}))
            name = nodes.text_of(binding.node.child_by_field_name("alias") or binding.node)
            qualname = nodes.qualname_of(scope) if scope is not None else ""
            ref = resolve(lookup, path, name.partition(".")[0], qualname)
            return None if ref is None else value_of(lookup, ref, depth)
        case _:
            return None


def annotated(lookup: Lookup, path: Path, node: Node) -> Type | None:
    """The type that an annotation node says, with the type parameters around it."""
    return annotation.type_of_text(lookup, home_at(lookup, path, node), nodes.text_of(node))


def home_at(lookup: Lookup, path: Path, node: Node) -> Home:
    """The scope of an annotation node: its class for ``Self``, its PEP 695 type parameters, its function's imports."""
    owner: Type | None = None
    parameters: dict[str, str] = {}
    scope = ""
    for parent in nodes.ancestors(node):
        if parent.type in nodes.DEFINITIONS:
            listed = parent.child_by_field_name("type_parameters")
            if listed is not None:
                parameters = {**classes.type_parameters(nodes.text_of(listed)), **parameters}
        if parent.type == nodes.CLASS and owner is None:
            owner = class_instance(lookup, path, parent)
        if parent.type == nodes.FUNCTION and not scope:
            scope = nodes.qualname_of(parent)
    return Home(path, owner, parameters, scope)


def class_instance(lookup: Lookup, path: Path, definition: Node) -> Type | None:
    """An instance of a class given by its definition; None for a class inside a function."""
    qualname = nodes.qualname_of(definition)
    if "<locals>" in qualname:
        return None
    return Type(Form.INSTANCE, qualname, lookup.module_name(path), path=path)


def enclosing_class(node: Node) -> tuple[Node, Node] | None:
    """The class and the method (its direct member) that hold a node, None outside methods."""
    method: Node | None = None
    for parent in nodes.ancestors(node):
        if parent.type == nodes.FUNCTION:
            method = parent
        elif parent.type == nodes.CLASS:
            return None if method is None else (parent, method)
    return None


def _parameter(lookup: Lookup, path: Path, binding: Binding, depth: int) -> Type | None:
    parameter, function = binding.parameter, binding.node
    if parameter is None:
        return None
    if parameter.annotation is not None:
        type_ = annotated(lookup, path, parameter.annotation)
        if parameter.star == "*":
            return Type(Form.INSTANCE, "tuple", args=(type_,), variadic=True)
        if parameter.star == "**":
            return builtin("dict", builtin("str"), type_)
        if parameter.default is not None and parameter.default.type == "none" and type_ is not None:
            return union((type_, NONE))
        return type_
    if parameter.star:
        if parameter.star == "**":
            return builtin("dict", builtin("str"), None)
        return Type(Form.INSTANCE, "tuple", args=(None,), variadic=True)
    owner = first_parameter_of(lookup, path, function, parameter.name)
    if owner is not None:
        return owner
    if parameter.default is not None and parameter.default.type in _PLAIN_DEFAULTS:
        return expression(lookup, path, parameter.default, depth)
    return None


_PLAIN_DEFAULTS = frozenset({"integer", "float", "string", "true", "false"})


def first_parameter_of(lookup: Lookup, path: Path, function: Node, name: str) -> Type | None:
    """What ``self`` or ``cls`` is: ``name`` must be the first parameter of a method that has one."""
    body = nodes.outer_statement(function).parent
    owner = body.parent if body is not None and body.type == "block" else None
    if function.type != nodes.FUNCTION or owner is None or owner.type != nodes.CLASS:
        return None
    listed = nodes.parameters(function)
    if not listed or listed[0].name != name or listed[0].star:
        return None
    instance = class_instance(lookup, path, owner)
    decorators = [text.partition("(")[0].rpartition(".")[2] for text in nodes.decorators(function)]
    if instance is None or "staticmethod" in decorators:
        return None
    special = nodes.text_of(function.child_by_field_name("name"))
    if "classmethod" in decorators or special in ("__new__", "__init_subclass__", "__class_getitem__"):
        return class_of(instance)
    return instance


def _local_definition(lookup: Lookup, path: Path, definition: Node) -> Type | None:
    qualname = nodes.qualname_of(definition)
    if definition.type == nodes.FUNCTION:
        return Type(Form.FUNCTION, qualname, lookup.module_name(path), path=path)
    instance = class_instance(lookup, path, definition)
    return None if instance is None else class_of(instance)


def _caught(lookup: Lookup, path: Path, node: Node, depth: int) -> Type | None:
    listed = node.named_children if node.type == "tuple" else [node]
    types = [expression(lookup, path, item, depth) for item in listed]
    return _union(lookup, (t.args[0] if t is not None and t.form is Form.CLASS else None for t in types))


def entered(lookup: Lookup, manager: Type | None, is_async: bool) -> Type | None:
    """What a ``with`` statement binds."""
    if manager is None or manager.form is not Form.INSTANCE:
        return None
    result = _method(lookup, manager, "__aenter__" if is_async else "__enter__")
    return awaited(lookup, result) if is_async else result


# Members, calls, operators -------------------------------------------------------------------------------------------


def _attribute(lookup: Lookup, path: Path, node: Node, depth: int) -> Type | None:
    receiver = _field(lookup, path, node, "object", depth)
    name = nodes.text_of(node.child_by_field_name("attribute"))
    return narrowing.narrow(node, attribute(lookup, receiver, name, depth), _evaluator(lookup, path, depth))


def attribute(lookup: Lookup, receiver: Type | None, name: str, depth: int = 0) -> Type | None:
    """The type of ``receiver.name``."""
    receiver = annotation.expanded(lookup, receiver)
    if receiver is None or depth > _MAX_DEPTH:
        return None
    match receiver.form:
        case Form.UNION:
            return _union(
                lookup, (attribute(lookup, member, name, depth + 1) for member in receiver.args if member != NONE)
            )
        case Form.MODULE:
            ref = names.member(
                lookup, Ref(receiver.module, path=receiver.path, spelled=receiver.spelled or ("", "")), name
            )
            return None if ref is None else value_of(lookup, ref, depth + 1)
        case Form.INSTANCE:
            return _member(lookup, receiver, name, depth, of_class=False)
        case Form.CLASS:
            instance = receiver.args[0]
            return None if instance is None else _member(lookup, instance, name, depth, of_class=True)
    return None


def _member(lookup: Lookup, instance: Type, name: str, depth: int, *, of_class: bool) -> Type | None:
    member = classes.member_of(lookup, instance, name)
    if member is None or member.owner.path is None:
        return None
    symbol = member.symbols[0]
    path = member.owner.path
    if symbol.kind == SymbolKind.CLASS:
        return class_of(Type(Form.INSTANCE, symbol.qualname, member.owner.module, path=path))
    if symbol.kind == SymbolKind.FUNCTION:
        if any(classes.is_property(s) for s in member.symbols):
            getter = next((s for s in member.symbols if classes.is_property(s)), symbol)
            return (
                None
                if of_class
                else functions.returned(lookup, member.owner, getter, instance, _evaluator_at(lookup, depth))
            )
        unbound = classes.is_static(symbol) or (of_class and not classes.is_class_method(symbol))
        owner = None if unbound else instance
        return Type(Form.FUNCTION, symbol.qualname, member.owner.module, path=path, owner=owner, args=(member.owner,))
    if symbol.kind == SymbolKind.VARIABLE and symbol.annotation is None and classes.is_enum(lookup, instance):
        return instance
    return _variable(lookup, path, member.symbols, member.owner, depth)


def _call(lookup: Lookup, path: Path, node: Node, depth: int) -> Type | None:
    function = node.child_by_field_name("function")
    if function is None:
        return None
    if function.type == "identifier" and nodes.text_of(function) == "super":
        return _super(lookup, path, node)
    callee = expression(lookup, path, function, depth)
    if callee is None:
        return None
    return _union(lookup, (_called(lookup, path, member, node, depth) for member in members(callee)))


def _called(lookup: Lookup, path: Path, callee: Type | None, node: Node, depth: int) -> Type | None:
    callee = annotation.expanded(lookup, callee)
    if callee is None:
        return None
    arguments = functions.arguments_of(node)
    here, there = _evaluator(lookup, path, depth), _evaluator_at(lookup, depth)
    if callee.form is Form.CLASS:
        instance = callee.args[0]
        return None if instance is None else functions.constructed(lookup, instance, arguments, here, there)
    if callee.form is Form.CALLABLE:
        return callee.args[-1]
    if callee.form is Form.FUNCTION:
        return functions.result(lookup, callee, arguments, here, there)
    if callee.form is Form.INSTANCE:
        method = attribute(lookup, callee, "__call__", depth)
        if method is not None and method.form is Form.FUNCTION:
            return functions.result(lookup, method, arguments, here, there)
    return None


def _super(lookup: Lookup, path: Path, node: Node) -> Type | None:
    held = enclosing_class(node)
    instance = class_instance(lookup, path, held[0]) if held is not None else None
    if instance is None:
        return None
    base = next(iter(classes.bases(lookup, instance)), None)
    return base if base is not None and base.module else None


def _subscript(lookup: Lookup, path: Path, node: Node, depth: int) -> Type | None:
    value = annotation.expanded(lookup, _field(lookup, path, node, "value", depth))
    index = node.child_by_field_name("subscript")
    if value is None or index is None:
        return None
    types: list[Type | None] = []
    for member in members(value):
        if member is None or member.form is not Form.INSTANCE:
            return member if member is not None and member.form is Form.CLASS else None
        if index.type == "slice":
            types.append(member if member.is_a("list", "str", "bytes") or member.variadic else None)
        elif member.is_a("tuple") and not member.variadic and index.type == "integer":
            at = nodes.text_of(index)
            types.append(member.args[int(at)] if at.isdecimal() and int(at) < len(member.args) else None)
        elif (
            member.is_a("list", "tuple", "str")
            or classes.as_base(lookup, member, "collections.abc.Sequence") is not None
        ):
            types.append(element_of(lookup, member))
        elif classes.as_base(lookup, member, "collections.abc.Mapping") is not None:
            types.append(mapping_of(lookup, member)[1])
        else:
            types.append(_method(lookup, member, "__getitem__"))
    return _union(lookup, types)


_DUNDERS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "|": "or", "&": "and", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
_RANK = ("bool", "int", "float", "complex")


def _binary(lookup: Lookup, path: Path, node: Node, depth: int) -> Type | None:
    left, right = _field(lookup, path, node, "left", depth), _field(lookup, path, node, "right", depth)
    operator = nodes.text_of(node.child_by_field_name("operator"))
    if left is None:
        return None
    if left.is_a("str", "bytes") and operator in ("%", "+", "*"):
        return left
    if right is None:
        return None
    if left.is_a(*_RANK) and right.is_a(*_RANK):
        rank = max(_RANK.index(left.name), _RANK.index(right.name), 1)
        if operator == "/":
            rank = max(rank, 2)
        return builtin(_RANK[rank]) if operator != "**" or rank > 1 else builtin("int")
    if right.is_a("str", "bytes") and operator == "*" and left.is_a("int"):
        return right
    if left.is_a("list", "tuple", "set", "dict") and left == right and operator in ("+", "|", "&", "-", "^"):
        return left
    dunder = _DUNDERS.get(operator)
    if dunder is None or left.form is not Form.INSTANCE:
        return None
    return _method(lookup, left, f"__{dunder}__", (right,))


def _comparison(lookup: Lookup, path: Path, node: Node, depth: int) -> Type | None:
    operators = {child.type for child in node.children if not child.is_named}
    if operators & {"in", "not in", "is", "is not", "not"}:
        return builtin("bool")
    plain = ("int", "float", "str", "bytes", "bool", "tuple", "list", "dict", "set")
    operands = [expression(lookup, path, child, depth) for child in node.named_children]
    return builtin("bool") if operands and all(t is not None and t.is_a(*plain) for t in operands) else None


def _boolean(lookup: Lookup, path: Path, node: Node, depth: int) -> Type | None:
    left, right = _field(lookup, path, node, "left", depth), _field(lookup, path, node, "right", depth)
    if nodes.text_of(node.child_by_field_name("operator")) == "or":
        return right if left == NONE else _union(lookup, (without_none(left), right))
    return _union(lookup, (left, right))


def _lambda(lookup: Lookup, path: Path, node: Node, depth: int) -> Type:
    parameters = nodes.parameters(node)
    body = node.child_by_field_name("body")
    returns = expression(lookup, path, body, depth) if body is not None else None
    if any(parameter.star for parameter in parameters):
        return callable_of(None, returns)
    required = [parameter for parameter in parameters if parameter.default is None]
    return callable_of([None] * len(required), returns)


def _field(lookup: Lookup, path: Path, node: Node, field: str, depth: int) -> Type | None:
    child = node.child_by_field_name(field)
    return None if child is None else expression(lookup, path, child, depth)


def _union(lookup: Lookup, types: Iterator[Type | None] | Sequence[Type | None]) -> Type | None:
    return union(types, lambda narrow, wide: classes.is_subclass(lookup, narrow, wide))


def as_callable(lookup: Lookup, type_: Type | None) -> Type | None:
    """A function as the ``Callable`` that it is when passed as a value; other types as they are."""
    if type_ is None or type_.form is not Form.FUNCTION:
        return type_
    return functions.callable_type(lookup, type_)


def _evaluator(lookup: Lookup, path: Path, depth: int) -> Callable[[Node], Type | None]:
    return lambda node: expression(lookup, path, node, depth)


def _evaluator_at(lookup: Lookup, depth: int) -> Callable[[Type, Node], Type | None]:
    return lambda function, node: None if function.path is None else expression(lookup, function.path, node, depth + 5)


def _method(lookup: Lookup, instance: Type, name: str, given: Sequence[Type | None] = ()) -> Type | None:
    return functions.result_of_method(lookup, instance, name, given, _evaluator_at(lookup, _MAX_DEPTH // 2))
