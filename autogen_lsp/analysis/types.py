"""What is known of an expression's type, as plain data: unions, widening, and the operations that merging needs.

`None` stands for "not known" everywhere and never becomes an annotation. The type of a literal expression is widened;
``Literal`` is only what an annotation says. Nothing in this module reads files.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path


class Form(Enum):
    INSTANCE = auto()  # an instance of the class `name` of `module`; `args` are its type arguments
    UNION = auto()  # of `args`
    NONE = auto()
    CLASS = auto()  # the class object of the instance type args[0]
    CALLABLE = auto()  # args: parameter types, then the return type; `variadic` where the parameters are not known
    FUNCTION = auto()  # the function `name` of `path`; `owner` where it is bound
    MODULE = auto()  # the module `module`
    VARIABLE = auto()  # a type variable `name`: of `module`, or a type parameter (PEP 695) where `scoped`
    ALIAS = auto()  # a name used as a type that is no class: a type alias, NewType
    PARAMETERS = auto()  # the type argument for a ParamSpec: parameter types, not known where `variadic`


@dataclass(frozen=True, slots=True)
class Type:
    """One type. ``module`` and ``name`` are where it is defined; ``path`` is that file, where it is known.

    ``spelled`` is how the file that used it imports it: (module, name). ``own``: it is what ``self`` is in a method, so
    for an instance of a subclass one of that (`received`). Neither takes part in comparisons.
    """

    form: Form
    name: str = ""
    module: str = "builtins"
    args: tuple[Type | None, ...] = ()
    path: Path | None = field(default=None, compare=False)
    variadic: bool = False
    scoped: str = ""  # a type parameter's source text, with its bound
    owner: Type | None = None
    literals: tuple[str, ...] = ()  # source texts of the only values, where the annotation was a `Literal`
    spelled: tuple[str, str] | None = field(default=None, compare=False)
    own: bool = field(default=False, compare=False)

    @property
    def is_builtin(self) -> bool:
        return self.form is Form.INSTANCE and self.module == "builtins"

    def is_a(self, *names: str) -> bool:
        """Whether it is an instance of one of these builtins or ``module.name``s."""
        if self.form is not Form.INSTANCE:
            return False
        return (self.name if self.module == "builtins" else f"{self.module}.{self.name}") in names


NONE = Type(Form.NONE)
MAX_UNION = 4  # members; a union of more says less than no annotation
_MAX_MEMBERS = 30  # of a union that is still kept
_MAX_NESTED = 8  # types within types, each in the one before; what lies deeper in a union is not known


def builtin(name: str, *args: Type | None) -> Type:
    return Type(Form.INSTANCE, name, args=args)


def named(module: str, name: str, *args: Type | None) -> Type:
    return Type(Form.INSTANCE, name, module, args)


def class_of(instance: Type | None) -> Type:
    return Type(Form.CLASS, args=(instance,))


def callable_of(parameters: Iterable[Type | None] | None, returns: Type | None) -> Type:
    if parameters is None:
        return Type(Form.CALLABLE, args=(returns,), variadic=True)
    return Type(Form.CALLABLE, args=(*parameters, returns))


def members(type_: Type | None) -> Iterator[Type | None]:
    """The members of a union, or the one type."""
    if type_ is not None and type_.form is Form.UNION:
        yield from type_.args
    else:
        yield type_


def union(types: Iterable[Type | None], is_subclass: Callable[[Type, Type], bool] | None = None) -> Type | None:
    """The union, in order of first appearance and ``None`` last; not known as soon as one member is not known.

    ``int`` and ``float`` make ``float`` (PEP 484's numeric tower), a subclass is absorbed by its base, and a container
    with elements absorbs the same container without any (an empty literal). Bounded: of more members than anybody would
    tell apart nothing is known, nor of what a member holds that lies deep in it.
    """
    found: list[Type] = []
    for type_ in types:
        for member in members(type_):
            known = _shallow(member, _MAX_NESTED)
            if known is None:
                return None
            if known not in found:
                _add(found, known)
                if len(found) > _MAX_MEMBERS:
                    return None
    has_none = NONE in found
    found = [member for member in found if member is not NONE and member != NONE]
    kept = [t for t in found if not any(_absorbs(other, t, is_subclass) for other in found if other != t)]
    if has_none:
        kept.append(NONE)
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else Type(Form.UNION, args=tuple(kept))


def _shallow(type_: Type | None, levels: int) -> Type | None:
    """The type, without what lies more than so many levels deep in it."""
    if type_ is None or not type_.args:
        return type_
    if not levels:
        return None if type_.form is Form.UNION else replace(type_, args=(None,) * len(type_.args))
    args = tuple(_shallow(arg, levels - 1) for arg in type_.args)
    return type_ if all(map(operator.is_, args, type_.args)) else replace(type_, args=args)


def _add(found: list[Type], member: Type) -> None:
    """Adds a member of a union; literals of one class join each other, and what differs only in what is not known."""
    for at, other in enumerate(found):
        if member.literals and other.literals and (member.module, member.name) == (other.module, other.name):
            found[at] = replace(other, literals=tuple(dict.fromkeys(other.literals + member.literals)))
            return
        if member.args and (both := _blended(other, member)) is not None:
            found[at] = both
            return
    found.append(member)


def _blended(a: Type, b: Type) -> Type | None:
    """One type for two of the same class whose arguments differ only where one is not known; None for others.

    What has none that are known is likely empty, and says nothing of the other's.
    """
    if a == b or replace(a, args=()) != replace(b, args=()) or len(a.args) != len(b.args):
        return a if a == b else None
    for one, other in ((a, b), (b, a)):
        if one.form is Form.INSTANCE and all(arg is None for arg in one.args):
            return other
    args: list[Type | None] = []
    for x, y in zip(a.args, b.args, strict=True):
        inner = _blended(x, y) if x is not None and y is not None else None
        if inner is None and x is not None and y is not None:
            return None
        args.append(inner)
    return replace(a, args=tuple(args))


def widened(type_: Type | None) -> Type | None:
    """The type without ``Literal`` anywhere in it: ``str`` for ``Literal["a"]``."""
    if type_ is None or not (type_.args or type_.literals):
        return type_
    args = tuple(widened(arg) for arg in type_.args)
    return union(args) if type_.form is Form.UNION else replace(type_, args=args, literals=())


def optional(type_: Type | None) -> Type | None:
    """``T | None``; not known stays not known."""
    return None if type_ is None else union((type_, NONE))


def without_none(type_: Type | None) -> Type | None:
    """The type when it is known to be no ``None``; not known where nothing is left."""
    if type_ is None:
        return None
    left = [member for member in members(type_) if member != NONE]
    return union(left) if left else None


def substitute(type_: Type | None, known: dict[str, Type | None]) -> Type | None:
    """Type variables replaced by name."""
    if type_ is None or not known:
        return type_
    if type_.form is Form.VARIABLE:
        return known.get(type_.name, type_)
    if type_.form is Form.UNION:
        return union(substitute(arg, known) for arg in type_.args)
    if not type_.args:
        return type_
    return replace(type_, args=tuple(substitute(arg, known) for arg in type_.args))


def replaced(type_: Type | None, old: Type, new: Type) -> Type | None:
    """The type with ``new`` for every ``old`` in it."""
    if type_ is None or type_ == old:
        return None if type_ is None else new
    return replace(type_, args=tuple(replaced(arg, old, new) for arg in type_.args)) if type_.args else type_


def received(type_: Type | None, receiver: Type | None) -> Type | None:
    """What a method or attribute gives, for the instance that it is asked of."""
    if type_ is None:
        return None
    if type_.own:
        return replace(type_, own=False) if receiver is None else receiver
    if not any(part.own for part in parts(type_)):
        return type_
    return replace(type_, args=tuple(received(arg, receiver) for arg in type_.args))


def variables(type_: Type | None) -> Iterator[Type]:
    """The type variables inside, each once."""
    seen: set[str] = set()
    for part in parts(type_):
        if part.form is Form.VARIABLE and part.name not in seen:
            seen.add(part.name)
            yield part


def parts(type_: Type | None) -> Iterator[Type]:
    """The type and everything that it is made of."""
    pending = [type_]
    while pending:
        part = pending.pop()
        if part is not None:
            yield part
            pending += reversed(part.args)


_COVARIANT = frozenset({"Collection", "Container", "Iterable", "Iterator", "Mapping", "Sequence", "Set"})


def _is_covariant(type_: Type) -> bool:
    """Whether one with elements of a subclass may stand for it."""
    return type_.is_a("tuple", "frozenset") or (type_.module == "collections.abc" and type_.name in _COVARIANT)


_NUMBERS = {"bool": 0, "int": 1, "float": 2, "complex": 3}


def _absorbs(wide: Type, narrow: Type, is_subclass: Callable[[Type, Type], bool] | None) -> bool:
    if wide.literals:
        return False
    if wide.is_builtin and narrow.is_builtin and wide.name in _NUMBERS and narrow.name in _NUMBERS:
        return _NUMBERS[wide.name] > _NUMBERS[narrow.name] or (wide.name == narrow.name and bool(narrow.literals))
    if narrow.literals:
        return (wide.module, wide.name) == (narrow.module, narrow.name)
    if (
        wide.form is narrow.form is Form.INSTANCE
        and (wide.module, wide.name) == (narrow.module, narrow.name)
        and all(arg is None for arg in narrow.args)
        and (narrow.args or not narrow.is_a("tuple"))  # `tuple` alone is the empty one
    ):
        return any(arg is not None for arg in wide.args) or (not narrow.args and bool(wide.args))
    if (
        _is_covariant(wide)
        and replace(wide, args=()) == replace(narrow, args=())
        and len(wide.args) == len(narrow.args)
    ):
        first = 1 if wide.name == "Mapping" else 0  # a mapping's keys are not
        pairs = list(zip(wide.args, narrow.args, strict=True))
        return pairs[:first] == [(arg, arg) for arg in narrow.args[:first]] and all(
            _includes(outer, inner, is_subclass) for outer, inner in pairs[first:]
        )
    if is_subclass is None or Form.INSTANCE is not wide.form or Form.INSTANCE is not narrow.form:
        return False
    return (wide.module, wide.name) != (narrow.module, narrow.name) and is_subclass(narrow, wide)


def _includes(wide: Type | None, narrow: Type | None, is_subclass: Callable[[Type, Type], bool] | None) -> bool:
    """Whether the union of both is the first."""
    if wide is None or narrow is None:
        return wide is None

    def has(held: Type, other: Type) -> bool:
        return held == other or _absorbs(held, other, is_subclass) or _blended(held, other) == held

    return all(any(one and other and has(one, other) for one in members(wide)) for other in members(narrow))
