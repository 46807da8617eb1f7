"""Whether a value of one type may be passed where another is asked for; what is not known fits everywhere."""

from __future__ import annotations

from autogen_lsp.analysis import annotation, classes
from autogen_lsp.analysis.functions import callable_type, method_of
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, callable_of
from autogen_lsp.syntax.model import SymbolKind


def accepts(lookup: Lookup, wanted: Type | None, given: Type | None, *, widely: bool = False) -> bool:
    """Whether a value of the type may be passed; "not known" may always.

    ``widely``: the type is that of an expression, widened, so it may well be one of the literals that are wanted.
    """
    return _accepts(lookup, wanted, given, widely, 0)


def _accepts(lookup: Lookup, wanted: Type | None, given: Type | None, widely: bool, depth: int) -> bool:
    if wanted is not None and wanted == given:
        return True
    asked, passed = wanted, given
    wanted, given = annotation.expanded(lookup, wanted), annotation.expanded(lookup, given)
    if wanted is None or given is None or wanted.form is Form.VARIABLE or depth > _MAX_NESTING:
        return True
    if given.form is Form.UNION:
        return all(_accepts(lookup, asked, part, widely, depth + 1) for part in given.args)
    if wanted.form is Form.UNION:
        return any(_accepts(lookup, part, passed, widely, depth + 1) for part in wanted.args)
    if given.form in (Form.INSTANCE, Form.NONE) and asked is not None and annotation.is_new_type(lookup, asked):
        return False
    if given == NONE or wanted == NONE:
        return given == wanted or wanted.is_a("object")
    if wanted.form is Form.CALLABLE:
        return given.form in (Form.FUNCTION, Form.CLASS) or _accepts_callable(
            lookup, wanted, _called(lookup, given), depth
        )
    if wanted.form is Form.CLASS:
        return given.form is Form.CLASS
    if wanted.form is not Form.INSTANCE or wanted.is_a("object"):
        return True
    if given.form in (Form.CALLABLE, Form.FUNCTION) and wanted.path is not None and wanted.module != "types":
        called = _called(lookup, wanted) if classes.is_protocol(lookup, wanted) else None
        if called is not None and given.form is Form.CALLABLE:
            return _accepts_callable(lookup, called, given, depth)
        return classes.is_protocol(lookup, wanted) or classes.is_open(lookup, wanted)
    if given.form is not Form.INSTANCE:
        return not wanted.is_builtin or (wanted.is_a("type") and given.form is Form.CLASS)
    if wanted.literals and not widely:
        return (wanted.module, wanted.name) == (given.module, given.name) and (
            bool(given.literals) and set(given.literals) <= set(wanted.literals)
        )
    if wanted.is_builtin and given.is_builtin:
        numbers = ("bool", "int", "float", "complex")
        if wanted.name in numbers and given.name in numbers:
            return numbers.index(given.name) <= numbers.index(wanted.name)
    base = classes.as_base(
        lookup, given, wanted.name if wanted.module == "builtins" else f"{wanted.module}.{wanted.name}"
    )
    if base is not None:
        return _accepts_arguments(lookup, wanted, base, widely, depth)
    if classes.is_open(lookup, given):
        return True
    return classes.is_protocol(lookup, wanted) and classes.satisfies(lookup, given, wanted)


def _called(lookup: Lookup, type_: Type) -> Type | None:
    """A callable, or an instance of a class with ``__call__`` as the callable that it is; None for other types."""
    if type_.form is Form.CALLABLE:
        return type_
    member = classes.member_of(lookup, type_, "__call__") if type_.form is Form.INSTANCE else None
    if member is None or member.symbols[0].kind != SymbolKind.FUNCTION:
        return None
    return callable_type(lookup, method_of(member, type_)) or callable_of(None, None)


def _accepts_callable(lookup: Lookup, wanted: Type, given: Type | None, depth: int) -> bool:
    """Whether it asks for no more arguments than are passed, and gives what is wanted."""
    if given is None:
        return False
    too_many = not wanted.variadic and not given.variadic and len(given.args) > len(wanted.args)
    return not too_many and _accepts(lookup, wanted.args[-1], given.args[-1], False, depth + 1)


def _accepts_arguments(lookup: Lookup, wanted: Type, given: Type, widely: bool, depth: int) -> bool:
    """Whether the type arguments of one class fit, taken as covariant."""
    inner, outer = given.args, wanted.args
    if wanted.is_a("tuple"):
        if wanted.variadic:
            outer = outer[:1] * len(inner)
        elif not given.variadic and len(inner) != len(outer):
            return False
    return all(_accepts(lookup, wide, narrow, widely, depth + 1) for wide, narrow in zip(outer, inner, strict=False))


_MAX_NESTING = 8  # of types in types: aliases may be recursive
