"""A definition and the calls that asked for it into the reasons why it would not do.

Works on the parameters as Python binds them (Language Reference, 6.3.4 "Calls"). A call with ``*args`` or ``**kwargs``
is given the benefit of the doubt for what they may hold.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from autogen_lsp.generation.nodes import source_of
from autogen_lsp.syntax.model import Call, Signature

type Function = ast.FunctionDef | ast.AsyncFunctionDef

# Decorators after which a function is called as it is written; any other may change that.
_TRANSPARENT = frozenset(
    {
        *("staticmethod", "classmethod", "property", "cached_property", "setter", "getter", "deleter"),
        *("abstractmethod", "overload", "override", "final", "deprecated", "no_type_check"),
        *("cache", "lru_cache", "contextmanager", "asynccontextmanager", "singledispatch", "wraps"),
    }
)
_ASYNC_RETURNS = ("AsyncIterator", "AsyncIterable", "AsyncGenerator")


def refused(arguments: ast.arguments, call: Call, implicit: bool) -> str | None:
    """Why a call does not bind to the parameters, None where it does. ``implicit``: the first one is self or cls."""
    positional = [*arguments.posonlyargs, *arguments.args]
    optional = {parameter.arg for parameter in positional[len(positional) - len(arguments.defaults) :]}
    by_name = {parameter.arg for parameter in arguments.args}
    if implicit and positional:
        by_name.discard(positional[0].arg)
        del positional[0]
    if call.positional > len(positional) and arguments.vararg is None:
        return f"passes {call.positional} positional arguments, but only {len(positional)} are taken"
    filled = {parameter.arg for parameter in positional[: call.positional]}
    keyword_only = {parameter.arg for parameter in arguments.kwonlyargs}
    for keyword in call.keywords:
        if keyword in filled and keyword in by_name:
            return f"passes '{keyword}' twice"
        if keyword not in by_name | keyword_only and arguments.kwarg is None:
            return f"passes '{keyword}', but there is no such parameter"
    if call.double_star:
        return None
    required = {
        p.arg for p, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default is None
    }
    if not call.star:
        required |= {parameter.arg for parameter in positional[call.positional :]} - optional
    if lacking := sorted(required - set(call.keywords)):
        return f"does not pass {', '.join(map(repr, lacking))}"
    return None


def opaque(node: ast.stmt) -> str | None:
    """A decorator that may change how the definition is called, None where there is none."""
    for mark in getattr(node, "decorator_list", ()):
        name = source_of(mark.func if isinstance(mark, ast.Call) else mark)
        if isinstance(node, ast.ClassDef) or name.rpartition(".")[2] not in _TRANSPARENT:
            return name
    return None


def changed(skeleton: Function, written: Function) -> str | None:
    """How a written-out stub differs from what its author declared, None where it keeps names, kinds and defaults."""
    if _shape(skeleton.args) != _shape(written.args):
        return f"its parameters are ({source_of(skeleton.args)}), not ({source_of(written.args)})"
    lost = [source_of(mark) for mark in skeleton.decorator_list]
    for mark in written.decorator_list:
        if source_of(mark) in lost:
            lost.remove(source_of(mark))
    return f"it lost the decorator @{lost[0]}" if lost else None


def misawaited(skeleton: Function, signature: Signature | None, written: Function) -> str | None:
    """Whether callers that await (or do not) would get something else than they expect; None where it fits."""
    returns = signature.returns if signature and signature.returns else source_of(skeleton.returns)
    if any(name in returns for name in _ASYNC_RETURNS) or any(
        "contextmanager" in source_of(m) for m in skeleton.decorator_list
    ):
        return None  # an async generator and a function that returns one look the same to callers
    expected = isinstance(skeleton, ast.AsyncFunctionDef)
    if expected and not isinstance(written, ast.AsyncFunctionDef):
        return "its callers await it: it must be 'async def'"
    if not expected and isinstance(written, ast.AsyncFunctionDef):
        return "its callers do not await it: it must be 'def', not 'async def'"
    if expected and _yields(written):
        return "its callers await it: it must not be a generator"
    return None


def functions(nodes: Sequence[ast.stmt]) -> list[Function]:
    """The functions among a definition's nodes that are called: overloads have no body."""
    found = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [node for node in found if not any("overload" in source_of(mark) for mark in node.decorator_list)]


def constructor(node: ast.ClassDef) -> ast.arguments | None:
    """What a call of the class binds to, ``self`` included; None where something else may make its instances."""
    own = {child.name: child for child in node.body if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)}
    if node.decorator_list or node.keywords or "__new__" in own:
        return None
    if "__init__" in own:
        return own["__init__"].args
    no_arguments = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return None if node.bases else no_arguments


def has_implicit(function: Function, call: Call, owner: str) -> bool:
    """Whether a call of a method passes its first argument by the object before the dot."""
    marks = {source_of(mark).rpartition(".")[2] for mark in function.decorator_list}
    if "staticmethod" in marks:
        return False
    return "classmethod" in marks or call.receiver.rpartition(".")[2] != owner


def _shape(arguments: ast.arguments) -> tuple[object, ...]:
    """What callers can tell apart: names by kind, and which have a default."""
    return (
        [parameter.arg for parameter in arguments.posonlyargs],
        [parameter.arg for parameter in arguments.args],
        len(arguments.defaults),
        arguments.vararg and arguments.vararg.arg,
        {p.arg: d is not None for p, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)},
        arguments.kwarg and arguments.kwarg.arg,
    )


def _yields(function: Function) -> bool:
    """Whether the function itself yields; nested functions and lambdas do not count."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
    return False
