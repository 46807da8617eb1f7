"""The own class as what a missing method gives: `Self`, where that is written, and an instance where the uses say so.

A method whose result another method keeps or returns that gives ``Self`` gives that; a class method that is named as a
constructor, and a method that is called in a chain (``query.where(x).order_by(y)``), give an instance.
"""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from autogen_lsp.analysis import classes, naming, nodes, result
from autogen_lsp.analysis.annotation import self_type
from autogen_lsp.analysis.expectation import Demand, Expected, Role
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.sites import Use, receiver_of
from autogen_lsp.analysis.types import Form, Type, optional, replaced


def with_self(lookup: Lookup, target: Target, uses: Sequence[Use], returns: Type | None) -> Type | None:
    """``Self`` for the own class where a method that gives it returns or keeps the result: that would be too little."""
    owner = target.qualname.rpartition(".")[0]
    for use in uses if returns is not None and owner else ():
        statement = nodes.wrapped(use.expression).parent
        function = nodes.enclosing(use.expression, frozenset({nodes.FUNCTION}))
        if statement is None or not (statement.type == "return_statement" or _is_kept(statement)) or function is None:
            continue
        found = self_type(lookup, use.path, nodes.text_of(function.child_by_field_name("return_type")))
        if found is not None and receiver_of(use.name) is not None:
            return replaced(returns, Type(Form.INSTANCE, owner, lookup.module_name(target.path)), found)
    return returns


def _is_kept(statement: Node) -> bool:
    """Whether it gives a variable its value, and not one that is declared."""
    target = statement.child_by_field_name("left") if statement.type == "assignment" else None
    return target is not None and target.type == "identifier" and statement.child_by_field_name("type") is None


def own_instance(lookup: Lookup, target: Target, wanted: Sequence[Expected]) -> Type | None:
    """An instance of the own class, where the uses stand with that, and its name or all that is asked of it says so.

    ``A.from_row()`` gives an A, and so does ``query.where()`` where only a query's methods are called on the result.
    """
    own = Type(Form.INSTANCE, target.qualname.rpartition(".")[0], lookup.module_name(target.path), path=target.path)
    every = list(result.followed(lookup, [use for use in wanted if use.role is not Role.IGNORED]))
    is_made = target.kind is TargetKind.CLASS_METHOD and naming.is_constructor(target.name)
    if not is_made and not _is_chained(lookup, own, every, target.name):
        return None
    every = [use for use in every if use.attribute != target.name]  # which it is to have
    compared = any(use.may_be_none for use in every)
    options = (optional(own), own) if compared else (own,)
    return next((type_ for type_ in options if type_ is not None and not result.breaks(lookup, type_, every)), None)


def _is_chained(lookup: Lookup, own: Type, every: Sequence[Expected], missing: str) -> bool:
    """Whether nothing but members of the class are asked of a value, and such as other classes do not have.

    It is to have the one that is ``missing``, too: ``node.parent().parent()``.
    """
    names = {use.attribute for use in every if use.demand is Demand.ATTRIBUTE}
    looked_at = all(use.demand in (Demand.ATTRIBUTE, Demand.NOTHING) for use in every)
    if not names or not looked_at or any(name.startswith("__") for name in names):
        return False
    if any(classes.member_of(lookup, own, name) is None for name in names - {missing}):
        return False
    return any(all(_is_related(lookup, own, holder) for holder in _holders(lookup, name)) for name in names)


def _holders(lookup: Lookup, name: str) -> list[Type]:
    """The classes of the workspace, and its modules, that define something of this name."""
    found = lookup.project.definitions(name)
    return [Type(Form.INSTANCE, symbol.parent, lookup.module_name(path), path=path) for path, symbol in found]


def _is_related(lookup: Lookup, own: Type, other: Type) -> bool:
    return classes.is_subclass(lookup, own, other) or classes.is_subclass(lookup, other, own)
