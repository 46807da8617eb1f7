"""What decorators make of a function: an object, of the class that they are declared to give, or nobody knows what.

Then the function keeps its parameters, and what calling it gives is not known, unless it is plain (`given_back`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import classes, nodes
from autogen_lsp.analysis.arguments import Argument
from autogen_lsp.analysis.evaluation import Evaluation
from autogen_lsp.analysis.types import Form, Type, members
from autogen_lsp.syntax.model import Symbol


def of_symbol(evaluate: Evaluation, path: Path, symbol: Symbol, function: Type) -> Type:
    """What the decorators of a function make of it, if they may make anything of the workspace of it."""
    from autogen_lsp.analysis.guesses import guesses

    project = evaluate.lookup.project
    texts = [] if classes.is_context_manager(symbol) else classes.wrappers(symbol)
    if not any(guesses(project, path, text, symbol.parent) for text in texts):
        return function
    source = evaluate.lookup.source(path)
    if source is None:
        return function
    named = source.tree.root_node.named_descendant_for_byte_range(symbol.name_start, symbol.name_end)
    return of_definition(evaluate, path, named.parent if named is not None else None, function)


def of_definition(evaluate: Evaluation, path: Path, definition: Node | None, function: Type) -> Type:
    """The function as its decorators leave it, where they make objects of it; else the function."""
    type_: Type | None = function
    for decorator in _decorators(definition):
        if not classes.wraps(nodes.text_of(decorator)):
            continue
        callee = evaluate(path, decorator)
        type_ = evaluate.union(_applied(evaluate, part, decorator, type_) for part in members(callee))
        if type_ is None:
            return function
    made = type_ is not None and all(_is_object(evaluate, part) for part in members(type_))
    return type_ if made and type_ is not None else function


def _is_object(evaluate: Evaluation, part: Type | None) -> bool:
    """Whether it is an object, and no descriptor of which only a stub is there (``enum``'s properties)."""
    if part is None or part.form is not Form.INSTANCE:
        return False
    is_written = part.path is not None and part.path.suffix == ".py"
    return is_written or classes.member_of(evaluate.lookup, part, "__get__") is None


def _decorators(definition: Node | None) -> Iterator[Node]:
    """The expressions that decorate a function, in the order in which they are applied."""
    holder = definition.parent if definition is not None else None
    if holder is not None and holder.type == "decorated_definition":
        for child in reversed(nodes.named(holder)):
            if child.type == "decorator" and (expression := nodes.first_named(child)) is not None:
                yield expression


def _applied(evaluate: Evaluation, decorator: Type | None, at: Node, given: Type | None) -> Type | None:
    from autogen_lsp.analysis.calls import called

    return called(evaluate, decorator, [Argument(at)], lambda _: given)
