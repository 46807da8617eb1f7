"""Annotations as source text into types, in the file that holds them: aliases of typing followed, literals widened.

`Any`, unresolvable names and forms that cannot be carried elsewhere (Concatenate, Unpack) are "not known", and what a
ParamSpec stands for is any parameters. Never raises: what does not parse is not known. Depth is bounded.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from autogen_lsp.analysis.names import Lookup, Ref, resolve
from autogen_lsp.analysis.types import (
    NONE,
    Form,
    Type,
    builtin,
    callable_of,
    class_of,
    members,
    named,
    optional,
    substitute,
    union,
    variables,
)
from autogen_lsp.syntax.model import SymbolKind

_MAX_TEXT = 2000
_MAX_DEPTH = 12

_TYPING_ALIASES = {
    "List": ("builtins", "list"), "Dict": ("builtins", "dict"), "Set": ("builtins", "set"),
    "FrozenSet": ("builtins", "frozenset"), "Tuple": ("builtins", "tuple"), "Type": ("builtins", "type"),
    "Text": ("builtins", "str"), "LiteralString": ("builtins", "str"),
    "DefaultDict": ("collections", "defaultdict"), "OrderedDict": ("collections", "OrderedDict"),
    "Counter": ("collections", "Counter"), "Deque": ("collections", "deque"), "ChainMap": ("collections", "ChainMap"),
    "Pattern": ("re", "Pattern"), "Match": ("re", "Match"),
    "ContextManager": ("contextlib", "AbstractContextManager"),
    "AsyncContextManager": ("contextlib", "AbstractAsyncContextManager"), "AbstractSet": ("collections.abc", "Set"),
}  # fmt: skip
_ABC = frozenset(
    {
        "Awaitable", "Coroutine", "AsyncIterable", "AsyncIterator", "AsyncGenerator", "Hashable", "Iterable",
        "Iterator", "Generator", "Reversible", "Sized", "Container", "Collection", "Set", "MutableSet",
        "Mapping", "Sequence", "MutableMapping", "MutableSequence", "ByteString", "MappingView", "KeysView",
        "ItemsView", "ValuesView", "Callable", "Buffer",
    }
)  # fmt: skip
_TYPING = ("typing", "typing_extensions", "_typeshed", "types")
_WRAPPERS = frozenset({"Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "TypeGuard", "InitVar"})
_SELF = re.compile(r"\b(?:\w+\.)*Self\b")
_UNKNOWN = frozenset(
    {
        "Any", "Incomplete", "Unused", "Never", "NoReturn", "Unpack", "Concatenate", "ParamSpec", "Protocol", "Generic",
        "MaybeNone",
    }
)  # fmt: skip


_ANY_TRICK = ("Any", "MaybeNone")  # how stubs say that more is possible than callers have to reckon with


@dataclass(frozen=True, slots=True)
class Home:
    """Where an annotation stands: its file, the class that ``Self`` means, and the type parameters in scope.

    ``parameters`` maps a PEP 695 type parameter to its source text with bound (``T: int``).
    """

    path: Path
    owner: Type | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    scope: str = ""


def type_of_text(lookup: Lookup, home: Home, text: str | None) -> Type | None:
    """The type that an annotation says, not known where it says none."""
    tree = parsed(text)
    return None if tree is None else of_tree(lookup, home, tree, 0)


def self_type(lookup: Lookup, path: Path, text: str | None) -> Type | None:
    """``Self`` to be written again, where an annotation has that; None for all others."""
    found = _SELF.search(text or "")
    ref = resolve(lookup, path, found.group()) if found is not None else None
    return None if ref is None else Type(Form.VARIABLE, "Self", ref.module, path=ref.path, spelled=ref.spelled)


def parsed(text: str | None) -> ast.expr | None:
    if not text or len(text) > _MAX_TEXT:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip().replace("\n", " "), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def of_tree(lookup: Lookup, home: Home, node: ast.expr, depth: int) -> Type | None:
    """The type of an annotation expression; ``depth`` counts the nesting so far."""
    if depth > _MAX_DEPTH:
        return None
    match node:
        case ast.Constant(value=None):
            return NONE
        case ast.Constant(value=str() as inner):
            tree = parsed(inner)
            return None if tree is None else of_tree(lookup, home, tree, depth + 1)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            one = of_tree(lookup, home, left, depth + 1)
            if one not in (None, NONE) and home.path.suffix == ".pyi" and dotted_name(right) in _ANY_TRICK:
                return one
            return union((one, of_tree(lookup, home, right, depth + 1)))
        case ast.Name() | ast.Attribute():
            dotted = dotted_name(node)
            return None if dotted is None else _named(lookup, home, dotted)
        case ast.Subscript(value=value, slice=index):
            dotted = dotted_name(value)
            items = list(index.elts) if isinstance(index, ast.Tuple) else [index]
            return None if dotted is None else _generic(lookup, home, dotted, items, depth + 1)
    return None


def dotted_name(node: ast.expr) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


def instance_of(lookup: Lookup, ref: Ref, *args: Type | None) -> Type | None:
    """An instance of what a name in an annotation refers to."""
    module, name = ref.module, ref.name
    if ref.is_module:
        return None
    if module in _TYPING and (name in _UNKNOWN or name in _WRAPPERS):
        return None
    if module in _TYPING and name in _TYPING_ALIASES:
        target_module, name = _TYPING_ALIASES[name]
        return Type(Form.INSTANCE, name, target_module, args, lookup.module_file(target_module))
    if (
        (module == "contextlib" and ref.is_class)
        or (module in _TYPING and name in _ABC)
        or (module == "_collections_abc" and ref.is_class)
    ):
        module = "contextlib" if module == "contextlib" else "collections.abc"
        return Type(Form.INSTANCE, name, module, args, ref.path, spelled=ref.spelled)
    if ref.is_class or ref.path is None:
        return Type(Form.INSTANCE, name, module, args, ref.path, spelled=ref.spelled)
    symbol = ref.symbol
    if symbol is None or symbol.kind != SymbolKind.VARIABLE:
        return None
    value = symbol.value or ""
    if _called(value) == "TypeVar":
        return Type(Form.VARIABLE, name, module, path=ref.path, spelled=ref.spelled)
    if _called(value) == "ParamSpec":
        return Type(Form.PARAMETERS, name, variadic=True)
    if _called(value) == "TypeVarTuple":
        return None
    return Type(Form.ALIAS, name, module, args, ref.path, spelled=ref.spelled)


def expanded(lookup: Lookup, type_: Type | None) -> Type | None:
    """What a type alias stands for, its type arguments put in; other types as they are."""
    for _ in range(_MAX_DEPTH):
        if type_ is None or type_.form is not Form.ALIAS:
            break
        found = _aliased(lookup, type_)
        names = [variable.name for variable in variables(found)]
        plain = [arg for arg in type_.args if arg is None or arg.form is not Form.PARAMETERS]
        given = (*plain, *[None] * len(names))
        type_ = substitute(found, dict(zip(names, given, strict=False)))
    return type_


def every(lookup: Lookup, type_: Type | None, depth: int = 0) -> Iterator[Type | None]:
    """The members of a type, with those of the aliases and bounds among them: ``Handler | None``."""
    for member in members(expanded(lookup, bound_of(lookup, type_))):
        if member is not None and member.form in (Form.ALIAS, Form.VARIABLE) and depth < _MAX_DEPTH:
            yield from every(lookup, member, depth + 1)
        else:
            yield member


def is_new_type(lookup: Lookup, type_: Type) -> bool:
    """Whether it is a `NewType`, which what it is made of is not."""
    symbols = lookup.symbols(type_.path, type_.name) if type_.form is Form.ALIAS and type_.path is not None else ()
    return any(_called(symbol.value or "") == "NewType" for symbol in symbols)


def _aliased(lookup: Lookup, type_: Type) -> Type | None:
    """What an alias is defined as."""
    if type_.path is None:
        return None
    for symbol in lookup.symbols(type_.path, type_.name):
        if _called(symbol.value or "") == "NewType":
            tree = parsed(symbol.value)
            if isinstance(tree, ast.Call) and len(tree.args) == 2:
                return of_tree(lookup, Home(type_.path), tree.args[1], 1)
        found = type_of_text(lookup, Home(type_.path), symbol.value)
        if found is not None and found != type_:
            return found
    return None


def bound_of(lookup: Lookup, type_: Type | None) -> Type | None:
    """What a type variable is at least, by its bound; other types as they are."""
    if type_ is None or type_.form is not Form.VARIABLE:
        return type_
    return None if type_.scoped or type_.path is None else _of_variable(lookup, type_.path, type_.name, "bound")


def default_of(lookup: Lookup, path: Path, name: str) -> Type | None:
    """What a type variable of a file is where nothing is given for it (PEP 696)."""
    return _of_variable(lookup, path, name, "default")


def _of_variable(lookup: Lookup, path: Path, name: str, what: str) -> Type | None:
    for symbol in lookup.symbols(path, name):
        tree = parsed(symbol.value) if what in (symbol.value or "") else None
        for keyword in tree.keywords if isinstance(tree, ast.Call) else ():
            if keyword.arg == what:
                return of_tree(lookup, Home(path), keyword.value, 1)
    return None


def _called(value: str) -> str:
    """``TypeVar`` for ``typing.TypeVar("T")``."""
    head, bracket, _ = value.partition("(")
    return head.strip().rpartition(".")[2] if bracket else ""


def _named(lookup: Lookup, home: Home, dotted: str) -> Type | None:
    if home.parameters.get(dotted, "").startswith("**"):
        return Type(Form.PARAMETERS, dotted, variadic=True)
    if dotted in home.parameters:
        return Type(Form.VARIABLE, dotted, scoped=home.parameters[dotted])
    if dotted == "None":
        return NONE
    ref = resolve(lookup, home.path, dotted, home.scope)
    if ref is None:
        return None
    if ref.module in _TYPING and ref.name == "Self":
        return home.owner
    if ref.module == "typing" and ref.name == "AnyStr":
        return Type(Form.VARIABLE, "AnyStr", "typing")
    if ref.module in _TYPING and ref.name == "Callable":
        return callable_of(None, None)
    if ref.module == "collections.abc" and ref.name == "Callable":
        return callable_of(None, None)
    return instance_of(lookup, ref)


def _generic(lookup: Lookup, home: Home, dotted: str, items: list[ast.expr], depth: int) -> Type | None:
    ref = resolve(lookup, home.path, dotted, home.scope)
    if ref is None or not items:
        return None
    name = ref.name
    if ref.module in _TYPING or ref.module == "collections.abc":
        if name in _WRAPPERS or (ref.module, name) == ("dataclasses", "InitVar"):
            return builtin("bool") if name == "TypeGuard" else of_tree(lookup, home, items[0], depth)
        if name == "Optional":
            return optional(of_tree(lookup, home, items[0], depth))
        if name == "Union":
            return union(of_tree(lookup, home, item, depth) for item in items)
        if name == "Literal":
            return union(_constant(item) for item in items)
        if name in ("TypeIs", "TypeGuard"):
            return builtin("bool")
        if name == "Callable":
            returns = of_tree(lookup, home, items[-1], depth)
            if isinstance(items[0], ast.List) and not any(_is_unpacked(item) for item in items[0].elts):
                return callable_of([of_tree(lookup, home, item, depth) for item in items[0].elts], returns)
            return callable_of(None, returns)
    if any(_is_unpacked(item) for item in items):
        is_tuple = name in ("tuple", "Tuple")
        return Type(Form.INSTANCE, "tuple", args=(None,), variadic=True) if is_tuple else instance_of(lookup, ref)
    if name in ("tuple", "Tuple") and len(items) == 2 and _is_ellipsis(items[1]):
        item = of_tree(lookup, home, items[0], depth)
        return Type(Form.INSTANCE, "tuple", args=(item,), path=lookup.module_file("builtins"), variadic=True)
    args = [_argument(lookup, home, item, depth) for item in items]
    if (ref.module, name) == ("builtins", "type") or (ref.module in _TYPING and name == "Type"):
        return class_of(args[0]) if args and args[0] is not None else None
    return instance_of(lookup, ref, *args)


def _argument(lookup: Lookup, home: Home, node: ast.expr, depth: int) -> Type | None:
    """A type argument: a type, or the parameters that stand for a ParamSpec."""
    if _is_ellipsis(node) or (isinstance(node, ast.Subscript) and _last_name(node.value) == "Concatenate"):
        return Type(Form.PARAMETERS, variadic=True)
    if isinstance(node, ast.List):
        return Type(Form.PARAMETERS, args=tuple(of_tree(lookup, home, item, depth) for item in node.elts))
    return of_tree(lookup, home, node, depth)


def literal(text: str) -> Type | None:
    """The type of which a literal expression is the only value."""
    tree = parsed(text)
    return None if tree is None else _constant(tree)


def _constant(node: ast.expr) -> Type | None:
    """The type of a ``Literal`` argument; widened where it cannot be written within quotes."""
    match node:
        case ast.Constant(value=None):
            return NONE
        case ast.Constant(value=str() as text):
            plain = text.isprintable() and not set(text) & set("'\"\\")
            return replace(builtin("str"), literals=(f'"{text}"',) if plain else ())
        case ast.Constant(value=bool() | int() as value):
            return replace(builtin(type(value).__name__), literals=(str(value),))
        case ast.Constant(value=value):
            return builtin(type(value).__name__)
        case ast.UnaryOp():
            return replace(builtin("int"), literals=(ast.unparse(node),))
    return None


def _is_unpacked(node: ast.expr) -> bool:
    """``*Ts``, ``Unpack[Ts]``: as many types as there are."""
    if isinstance(node, ast.Subscript):
        return _last_name(node.value) == "Unpack"
    return isinstance(node, ast.Starred)


def _last_name(node: ast.expr) -> str:
    return (dotted_name(node) or "").rpartition(".")[2]


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def iterable(name: str, *args: Type | None) -> Type:
    """A type of ``collections.abc``."""
    return named("collections.abc", name, *args)
