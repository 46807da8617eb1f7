"""Classes of the workspace below one that is declared: a function may well give one of these to what takes that."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autogen_lsp.analysis import classes
from autogen_lsp.analysis.mro import TooMany, subclasses
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import Form, Type


def classes_below(lookup: Lookup, type_: Type) -> Iterator[Type]:
    """The more special classes of the workspace, as instances; of very many some."""
    if type_.form is not Form.INSTANCE or type_.path is None or type_.path.suffix == ".pyi":
        return
    try:
        for found in subclasses(lookup.project, type_.path, type_.name):
            yield Type(Form.INSTANCE, found.symbol.qualname, lookup.module_name(found.path), path=found.path)
    except TooMany:
        return


def topmost(lookup: Lookup, type_: Type, suits: Callable[[Type], bool]) -> Type | None:
    """The class below that suits, if it is one: all others that do derive from it."""
    suiting = [each for each in classes_below(lookup, type_) if suits(each)]
    tops = [each for each in suiting if not any(each != o and classes.is_subclass(lookup, each, o) for o in suiting)]
    return tops[0] if len(tops) == 1 else None
