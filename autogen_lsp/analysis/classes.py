"""Classes by their facts: bases with their type arguments, members through the MRO, and generic signatures.

Workspace classes and typeshed's are the same here: both are symbols of a file. A base that cannot be read makes the
class "open": then a member that was not found may exist all the same. Never raises; walks are bounded.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.annotation import Home, default_of, dotted_name, expanded, of_tree, parsed, type_of_text
from autogen_lsp.analysis.names import Lookup, resolve
from autogen_lsp.analysis.types import Form, Type, members, parts, substitute, union
from autogen_lsp.syntax.model import Symbol, SymbolKind

_MAX_CLASSES = 60
_OF_SELF = re.compile(r"(?<!\w)(?<![\w)\]]\.)self\.(\w+)")
_PROPERTIES = ("property", "cached_property", "abstractproperty", "hybrid_property")
_TRANSPARENT = frozenset(
    {
        "staticmethod", "classmethod", "overload", "abstractmethod", "override", "final", "cache", "lru_cache", "wraps",
        "deprecated", "type_check_only", "disjoint_base", "runtime_checkable",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A member and the class of the MRO that holds it, as seen from the instance that was asked."""

    owner: Type
    symbols: tuple[Symbol, ...]


def symbol_of(lookup: Lookup, type_: Type) -> Symbol | None:
    """The class's symbol, None where its file cannot be read."""
    path = type_.path or _file(lookup, type_)
    if path is None or type_.form is not Form.INSTANCE:
        return None
    return next((s for s in lookup.symbols(path, type_.name) if s.kind == SymbolKind.CLASS), None)


def mro(lookup: Lookup, type_: Type) -> Iterator[Type]:
    """The class and its bases, depth first, type arguments carried; bases that cannot be read have no `path`."""
    pending = [type_]
    seen: set[tuple[str, str]] = set()
    while pending and len(seen) < _MAX_CLASSES:
        at = pending.pop()
        key = (at.module, at.name)
        if key in seen:
            continue
        seen.add(key)
        if at.path is None:
            at = replace(at, path=_file(lookup, at))
        yield at
        pending += reversed(bases(lookup, at))


def bases(lookup: Lookup, type_: Type) -> list[Type]:
    """The direct bases. One that is not known is an instance of the module ''."""
    symbol = symbol_of(lookup, type_)
    if symbol is None or type_.path is None:
        return []
    known = _arguments(lookup, type_, symbol)
    out: list[Type] = []
    for tree in _base_trees(symbol):
        dotted = dotted_name(tree.value if isinstance(tree, ast.Subscript) else tree)
        ref = resolve(lookup, type_.path, dotted) if dotted else None
        if ref is not None and ref.name in ("Generic", "Protocol") and "typing" in ref.module:
            continue
        base = expanded(lookup, of_tree(lookup, _home(lookup, type_, symbol), tree, 0))
        if base is None or base.form is not Form.INSTANCE:
            out.append(Type(Form.INSTANCE, dotted or "", ""))
        else:
            bound = substitute(base, known)
            out.append(bound if bound is not None else base)
    if not out and (type_.module, type_.name) != ("builtins", "object"):
        out.append(Type(Form.INSTANCE, "object", path=lookup.module_file("builtins")))
    return out


def is_open(lookup: Lookup, type_: Type) -> bool:
    """Whether a base cannot be read, so that members may exist which are not seen."""
    return any(base.path is None or symbol_of(lookup, base) is None for base in mro(lookup, type_))


def is_subclass(lookup: Lookup, narrow: Type, wide: Type) -> bool:
    return any((base.module, base.name) == (wide.module, wide.name) for base in mro(lookup, narrow))


def is_subtype(lookup: Lookup, narrow: Type, wide: Type) -> bool:
    """Whether a class inherits from another with the same type arguments, as far as these are known."""
    name = wide.name if wide.module == "builtins" else f"{wide.module}.{wide.name}"
    base = as_base(lookup, narrow, name)
    if base is None:
        return False
    pairs = zip(base.args, wide.args, strict=False)
    return all(inner is None or outer is None or inner == outer for inner, outer in pairs)


def as_base(lookup: Lookup, type_: Type | None, *names: str) -> Type | None:
    """The type seen as the first of the named classes of its MRO (``collections.abc.Iterable``), with its arguments."""
    if type_ is None or type_.form is not Form.INSTANCE:
        return None
    for base in mro(lookup, type_):
        if base.is_a(*names):
            return base
    return None


def member_of(lookup: Lookup, type_: Type, name: str) -> Member | None:
    """The member of that name, by the MRO; symbols with an annotation or a signature first."""
    for base in mro(lookup, type_):
        if base.path is None:
            continue
        symbols = lookup.symbols(base.path, f"{base.name}.{name}")
        if symbols:
            return Member(base, tuple(sorted(symbols, key=lambda s: s.annotation is None)))
    return None


def is_made_otherwise(lookup: Lookup, instance: Type | None, path: Path, symbol: Symbol, steps: int = 3) -> bool:
    """Whether a member is made from another one (``self.x = self.make()``) that the instance's class overrides, be it
    in some steps.
    """
    if instance is None or symbol.annotation is not None or (instance.path, instance.name) == (path, symbol.parent):
        return False
    owner = Type(Form.INSTANCE, symbol.parent, lookup.module_name(path), path=path)
    for name in _OF_SELF.findall(symbol.value or ""):
        first, inherited = (member_of(lookup, holder, name) for holder in (instance, owner))
        if first is None or inherited is None:
            continue
        if first.symbols != inherited.symbols:
            return True
        made_in = first.owner.path
        if made_in and steps and any(is_made_otherwise(lookup, instance, made_in, s, steps - 1) for s in first.symbols):
            return True
    return False


def annotated(
    lookup: Lookup, owner: Type, text: str | None, function: Symbol | None = None, instance: Type | None = None
) -> Type | None:
    """The type of an annotation in the body of ``owner``'s class, its type arguments put in.

    ``function`` is the method that it is in, ``instance`` what ``Self`` means.
    """
    symbol = symbol_of(lookup, owner)
    if symbol is None or owner.path is None:
        return None
    home = _home(lookup, owner, symbol)
    extra = type_parameters(function.signature.type_parameters) if function is not None and function.signature else {}
    home = Home(home.path, instance or owner, {**home.parameters, **extra})
    return substitute(type_of_text(lookup, home, text), _arguments(lookup, owner, symbol))


def is_property(symbol: Symbol) -> bool:
    return any(_last(decorator) in _PROPERTIES for decorator in symbol.decorators)


def is_getter(lookup: Lookup, path: Path, symbol: Symbol) -> bool:
    """Whether a method is read as an attribute: a decorator is a property, derives from one, or says to give one."""
    return is_property(symbol) or any(_gives_property(lookup, path, decorator) for decorator in symbol.decorators)


def _gives_property(lookup: Lookup, path: Path, decorator: str) -> bool:
    ref = resolve(lookup, path, decorator) if _last(decorator) not in _TRANSPARENT and "(" not in decorator else None
    if ref is None or ref.path is None or ref.path.suffix != ".py":
        return False
    made: Type | None = None
    if ref.is_class:
        made = Type(Form.INSTANCE, ref.name, ref.module, path=ref.path)
    elif ref.symbol is not None and ref.symbol.signature is not None:
        made = type_of_text(lookup, Home(ref.path), ref.symbol.signature.returns)
    return as_base(lookup, made, "property", "functools.cached_property") is not None


def is_overload(symbol: Symbol) -> bool:
    return any(_last(decorator) == "overload" for decorator in symbol.decorators)


def is_static(symbol: Symbol) -> bool:
    return any(_last(decorator) == "staticmethod" for decorator in symbol.decorators)


def is_class_method(symbol: Symbol) -> bool:
    names = ("__new__", "__init_subclass__", "__class_getitem__")
    return symbol.name in names or any(_last(decorator) == "classmethod" for decorator in symbol.decorators)


def is_transparent(symbol: Symbol) -> bool:
    """Whether its decorators are known to leave the function's type as it is."""
    return not wrappers(symbol)


def wrappers(symbol: Symbol) -> list[str]:
    """The function's decorators, as written, that may make something else of it."""
    return [decorator for decorator in symbol.decorators if wraps(decorator)]


def wraps(decorator: str) -> bool:
    return _last(decorator) not in _TRANSPARENT


def is_context_manager(symbol: Symbol) -> str | None:
    """The context manager class that a decorator of contextlib makes of a generator."""
    for decorator in symbol.decorators:
        if _last(decorator) == "contextmanager":
            return "AbstractContextManager"
        if _last(decorator) == "asynccontextmanager":
            return "AbstractAsyncContextManager"
    return None


def as_tuple(lookup: Lookup, type_: Type | None) -> Type | None:
    """A tuple, or an instance of a named tuple class as the tuple that it is; None for other types."""
    for base in mro(lookup, type_) if type_ is not None and type_.form is Form.INSTANCE else ():
        if base.is_a("tuple"):
            return base
        symbol, facts = symbol_of(lookup, base), lookup.facts(base.path) if base.path is not None else None
        if symbol is not None and facts is not None and any(_last(text) == "NamedTuple" for text in symbol.bases):
            fields = [s for s in facts.symbols if s.parent == base.name and s.annotation]
            return Type(Form.INSTANCE, "tuple", args=tuple(annotated(lookup, base, s.annotation) for s in fields))
    return None


def is_protocol(lookup: Lookup, type_: Type) -> bool:
    """Whether it is a protocol itself (PEP 544): what has its members is one, whatever it inherits from."""
    symbol = symbol_of(lookup, type_)
    return symbol is not None and any(base.partition("[")[0].rpartition(".")[2] == "Protocol" for base in symbol.bases)


def satisfies(lookup: Lookup, type_: Type, protocol: Type, but: str = "") -> bool:
    """Whether the class has all members of a protocol, or may have them.

    Without the member ``but``, some other must be left, and it must have that for certain.
    """
    if not but and (is_open(lookup, type_) or member_of(lookup, type_, "__getattr__") is not None):
        return True
    wanted = members_asked(lookup, protocol, but)
    return (bool(wanted) or not but) and all(_has_alike(lookup, type_, symbol) for symbol in wanted.values())


def members_asked(lookup: Lookup, protocol: Type, but: str = "") -> dict[str, Symbol]:
    """The members of a protocol, without one of them."""
    wanted: dict[str, Symbol] = {}
    for base in mro(lookup, protocol):
        facts = lookup.facts(base.path) if base.path is not None and is_protocol(lookup, base) else None
        for symbol in facts.symbols if facts is not None else ():
            if symbol.parent == base.name and symbol.name != but and symbol.name not in _NO_MEMBERS:
                wanted.setdefault(symbol.name, symbol)
    return wanted


# Names in the body of a protocol that are none of its members (as in CPython's `typing.EXCLUDED_ATTRIBUTES`).
_NO_MEMBERS = frozenset(
    {
        "__slots__", "__init__", "__new__", "__doc__", "__module__", "__dict__", "__annotations__", "__weakref__",
        "__class_getitem__", "__subclasshook__", "__match_args__", "__parameters__", "__abstractmethods__",
    }
)  # fmt: skip


def _has_alike(lookup: Lookup, type_: Type, wanted: Symbol) -> bool:
    """Whether the class has the member, and of functions one that is awaited if the other is."""
    member = member_of(lookup, type_, wanted.name)
    signature = member.symbols[0].signature if member is not None else None
    if signature is None or wanted.signature is None or is_property(wanted):
        return member is not None
    return signature.is_async == wanted.signature.is_async or not is_transparent(wanted)


def is_typed_dict(lookup: Lookup, type_: Type) -> bool:
    """Whether it is a dictionary whose class says its keys: ``class Row(TypedDict)``."""
    return type_.form is Form.INSTANCE and any(
        base.name.rpartition(".")[2] == "TypedDict" for base in mro(lookup, type_)
    )


def is_enum(lookup: Lookup, type_: Type) -> bool:
    return any(base.module == "enum" for base in mro(lookup, type_))


def type_parameters(text: str) -> dict[str, str]:
    """``[T: int, **P]`` into the names with their source text; ``*Ts`` is left out."""
    tree = None
    if text:
        try:
            tree = ast.parse(f"def f{text}(): ...").body[0]
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return {}
    out: dict[str, str] = {}
    for item in tree.type_params if isinstance(tree, ast.FunctionDef) else ():
        if isinstance(item, ast.TypeVar):
            out[item.name] = f"{item.name}: {ast.unparse(item.bound)}" if item.bound is not None else item.name
        elif isinstance(item, ast.ParamSpec):
            out[item.name] = f"**{item.name}"
    return out


def class_parameters(lookup: Lookup, type_: Type, symbol: Symbol) -> dict[str, str]:
    """The class's own type parameters (PEP 695)."""
    source = lookup.source(type_.path) if type_.path is not None and symbol.signature is None else None
    if symbol.signature is not None:
        return type_parameters(symbol.signature.type_parameters)
    if source is None:
        return {}
    header = source.text[symbol.name_end : symbol.name_end + 1]
    if header != b"[":
        return {}
    definition = nodes.find_definition(source.tree, type_.name)
    return {} if definition is None else type_parameters(
        nodes.text_of(definition.child_by_field_name("type_parameters"))
    )  # fmt: skip


def parameter_names(lookup: Lookup, type_: Type, symbol: Symbol) -> tuple[str, ...]:
    """The names of the class's type variables, in order."""
    key = ("parameters", type_.path, type_.name)
    names = lookup.project.memo.get(key)
    if not isinstance(names, tuple):
        names = tuple(class_parameters(lookup, type_, symbol)) or _old_parameters(lookup, type_, symbol)
        lookup.project.memo[key] = names
    return names


def own_parameters(lookup: Lookup, type_: Type) -> tuple[Type | None, ...]:
    """The class's type variables as types: the arguments of its own ``self``."""
    symbol = symbol_of(lookup, type_)
    if symbol is None or type_.path is None:
        return ()
    home = _home(lookup, type_, symbol)
    return tuple(type_of_text(lookup, home, name) for name in parameter_names(lookup, type_, symbol))


def _file(lookup: Lookup, type_: Type) -> Path | None:
    """The file that defines a class: typeshed has most of ``collections.abc`` in ``typing``."""
    if type_.module != "collections.abc":
        return lookup.module_file(type_.module)
    files = [lookup.module_file(module) for module in ("typing", "_collections_abc")]
    return next((file for file in files if file is not None and lookup.symbols(file, type_.name)), None)


def _home(lookup: Lookup, type_: Type, symbol: Symbol) -> Home:
    assert type_.path is not None
    return Home(type_.path, type_, class_parameters(lookup, type_, symbol))


def _arguments(lookup: Lookup, type_: Type, symbol: Symbol) -> dict[str, Type | None]:
    """The class's type variables and what stands for them here."""
    assert type_.path is not None
    names = parameter_names(lookup, type_, symbol)
    args = type_.args
    if type_.name == "tuple" and type_.module == "builtins" and len(args) != 1:
        first = args[0] if args and all(arg == args[0] for arg in args) else None
        args = (first,) if not args or first is not None else (union(args),)
    return {
        name: args[i] if i < len(args) else default_of(lookup, type_.path, name) for i, name in enumerate(names)
    }  # fmt: skip


def _old_parameters(lookup: Lookup, type_: Type, symbol: Symbol) -> tuple[str, ...]:
    """Type variables of ``Generic[…]``/``Protocol[…]``, else those of all bases in order of appearance."""
    assert type_.path is not None
    home = Home(type_.path)
    found: list[str] = []
    for tree in _base_trees(symbol):
        if not isinstance(tree, ast.Subscript):
            continue
        items = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
        names = [v.name for item in items for part in members(of_tree(lookup, home, item, 0)) for v in _open_in(part)]
        if (dotted_name(tree.value) or "").rpartition(".")[2] in ("Generic", "Protocol"):
            return tuple(dict.fromkeys(names))
        found += names
    return tuple(dict.fromkeys(found))


def _open_in(type_: Type | None) -> Iterator[Type]:
    """The type variables and ParamSpecs inside."""
    return (part for part in parts(type_) if part.form is Form.VARIABLE or (part.form is Form.PARAMETERS and part.name))


def _base_trees(symbol: Symbol) -> list[ast.expr]:
    trees = [parsed(base) for base in symbol.bases if "=" not in base.partition("[")[0]]
    return [tree for tree in trees if tree is not None]


def _last(decorator: str) -> str:
    return decorator.partition("(")[0].strip().rpartition(".")[2]
