"""What is likely meant by a type that is asked for, where more can be passed for it.

Plain types for the library's unions, the members of others, and containers of things of one kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from autogen_lsp.analysis import annotation, classes
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import Form, Type, builtin, members, named, without_none

_CONCRETE = {
    "list": ("Iterable", "Collection", "Sequence", "MutableSequence"),
    "dict": ("Mapping", "MutableMapping"),
    "set": ("Set", "MutableSet"),
    "bytes": ("Buffer",),
}
_TEXTS = frozenset({"builtins.str", "builtins.bytes", "builtins.bytearray", "collections.abc.Buffer", "re.Pattern"})
_PARTS = tuple(f"collections.abc.{name}" for name in ("Iterable", "Container", "Sized", "Collection"))
_PLAIN: dict[str, tuple[frozenset[str], ...]] = {
    "bytes": (frozenset({"collections.abc.Buffer"}),),
    "float": (frozenset({"typing.SupportsFloat"}), frozenset({"builtins.float", "typing.SupportsIndex"})),
    "int": (frozenset({"typing.SupportsIndex"}), frozenset({"typing.SupportsInt"})),
    "str": (frozenset({"builtins.str", "os.PathLike"}),),
}


def collection(asked: Iterable[Type | None]) -> Type | None:
    """What is looped over, looked into and measured in one; None where anything else is asked for."""
    every = [type_ for type_ in asked if type_ is not None]
    if not all(type_.is_a(*_PARTS) for type_ in every):
        return None
    items = {type_.args[0] for type_ in every if type_.args and type_.args[0] is not None}
    return named("collections.abc", "Collection", items.pop() if len(items) == 1 else None)


def of_any_kind(type_: Type | None) -> Type | None:
    """What may hold things of several kinds: which of them one holds that is passed for it is not known."""
    if type_ is None or type_.form is not Form.INSTANCE:
        return type_
    kinds = (without_none(arg) for arg in type_.args)
    unclear = [kind is not None and kind.form is Form.UNION for kind in kinds]
    return replace(type_, args=tuple(None if u else arg for u, arg in zip(unclear, type_.args, strict=True)))


def plain(lookup: Lookup, asked: Type | None) -> Type | None:
    """What is meant where the standard library takes all that can be had for it: a number, a path, bytes.

    What may be a text as well as anything that makes a number (`int`) is not known; as well as bytes, it is a text.
    """
    taken = {f"{each.module}.{each.name}" for each in _flat(lookup, asked)}
    if "builtins.str" in taken and "os.PathLike" not in taken:
        return builtin("str") if len(taken) > 1 and taken <= _TEXTS else None
    return next((builtin(name) for name, signs in _PLAIN.items() if any(sign <= taken for sign in signs)), None)


def _flat(lookup: Lookup, type_: Type | None, depth: int = 0) -> Iterator[Type]:
    """The members of a union, and of the unions that aliases among them stand for."""
    for member in members(annotation.expanded(lookup, type_)):
        if member is not None and member.form is Form.ALIAS and depth < 4:
            yield from _flat(lookup, member, depth + 1)
        elif member is not None:
            yield member


def special(lookup: Lookup, type_: Type | None) -> Iterator[Type]:
    """The members of a union; for abstract containers the builtin one that is usual."""
    for member in members(annotation.expanded(lookup, type_)):
        if member is not None and type_ is not None and type_.form is not Form.INSTANCE:
            yield member
        if member is not None and member.form is Form.INSTANCE and member.module == "collections.abc":
            concrete = next((name for name, abstract in _CONCRETE.items() if member.name in abstract), None)
            if concrete is not None and not any(
                arg is not None and classes.is_protocol(lookup, arg) for arg in member.args
            ):
                yield builtin(concrete, *member.args)
