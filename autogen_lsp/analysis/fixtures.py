"""What pytest passes to the parameters of tests and fixtures: what a fixture gives, the values of ``parametrize``.

A fixture is looked for as pytest does: in the test's class, in its module, and in the ``conftest.py`` files from its
folder up; one that overrides another of its name may ask for that. What plug-ins bring is not known, but for the
fixtures of pytest itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import classes, functions, nodes
from autogen_lsp.analysis.arguments import Argument, arguments_of
from autogen_lsp.analysis.enclosing import class_instance
from autogen_lsp.analysis.evaluation import Evaluation
from autogen_lsp.analysis.names import resolve
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.types import Form, Type, builtin, named, widened
from autogen_lsp.syntax.model import Symbol, SymbolKind

_FIXTURE = re.compile(r"(?:\w+\.)*(?:async_)?fixture(?:\(|$)")
_MARKS = re.compile(r"(?:\w+\.)*mark\.\w+")
_ITERATORS = tuple(
    f"collections.abc.{kind}{name}" for kind in ("", "Async") for name in ("Iterator", "Iterable", "Generator")
)
_MAX_VALUES = 30  # of one parameter
_OF_PYTEST = {
    "capsys": named("pytest", "CaptureFixture", builtin("str")),
    "caplog": named("pytest", "LogCaptureFixture"),
    "monkeypatch": named("pytest", "MonkeyPatch"),
    "request": named("pytest", "FixtureRequest"),
    "tmp_path": named("pathlib", "Path"),
}  # fmt: skip


def passed(evaluate: Evaluation, path: Path, function: Node, name: str) -> Type | None:
    """The type of what pytest passes to a parameter of a function, None where it does not or it is not known."""
    if function.type != nodes.FUNCTION:
        return None
    decorators = _decorators(function)
    if not _is_asked_for(function, decorators):
        return None
    for decorator in decorators:
        if nodes.text_of(decorator.child_by_field_name("function")).endswith("parametrize"):
            values = _parametrized(evaluate, path, decorator, name)
            if values is not None:
                return values[0]
    for holder, symbol, instance in _fixtures(evaluate, path, function, name):
        return _given_by(evaluate, holder, symbol, instance)
    known = _OF_PYTEST.get(name)
    return known if known is not None and evaluate.lookup.module_file(known.module) is not None else None


def may_pass(project: Project, defined: Iterable[Symbol], name: str) -> bool:
    """Whether pytest may pass something to a parameter of a function that is defined so, as far as facts tell."""
    for symbol in defined:
        if symbol.name.startswith("test") or any(_FIXTURE.match(text) for text in symbol.decorators):
            marked = any("parametrize(" in text for text in symbol.decorators)
            if marked or name in _OF_PYTEST or any(_is_fixture(each) for _, each in project.definitions(name)):
                return True
    return False


def _decorators(function: Node) -> list[Node]:
    """The expressions that decorate a function and the classes around it."""
    out: list[Node] = []
    for definition in (function, *nodes.ancestors(function)):
        outer = nodes.outer_statement(definition) if definition.type in nodes.DEFINITIONS else None
        for child in outer.named_children if outer is not None else ():
            expression = nodes.first_named(child) if child.type == "decorator" else None
            out += [expression] if expression is not None else []
    return out


def _is_asked_for(function: Node, decorators: list[Node]) -> bool:
    """Whether pytest calls it: it is named as a test, or a fixture."""
    if any(_FIXTURE.match(nodes.text_of(each)) for each in decorators):
        return True
    return nodes.text_of(function.child_by_field_name("name")).startswith("test")


def _parametrized(evaluate: Evaluation, path: Path, call: Node, name: str) -> tuple[Type | None] | None:
    """The type of the values that a mark gives a parameter, where it names it; what these are may not be known."""
    arguments = arguments_of(call)
    listed = _named(arguments, 0, "argnames")
    values = _named(arguments, 1, "argvalues")
    names = _names(listed) if listed is not None else []
    if name not in names or values is None:
        return None
    if any(argument.keyword == "indirect" for argument in arguments):
        return (None,)  # they are what the fixture is asked for
    place = names.index(name) if len(names) > 1 or (listed is not None and listed.type != "string") else None
    types = [_value(evaluate, path, item, place) for item in nodes.named(values)[:_MAX_VALUES]]
    return (evaluate.union(types) if values.type in ("list", "tuple") and types else None,)


def _named(arguments: list[Argument], place: int, name: str) -> Node | None:
    positional = [argument.node for argument in arguments if not argument.keyword and not argument.star]
    by_name = next((argument.node for argument in arguments if argument.keyword == name), None)
    return by_name if place >= len(positional) else positional[place]


def _names(listed: Node) -> list[str]:
    """``"a, b"``, ``["a", "b"]``."""
    items = [listed] if listed.type == "string" else nodes.named(listed)
    texts = ["".join(nodes.text_of(c) for c in nodes.named(item) if c.type == "string_content") for item in items]
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


def _value(evaluate: Evaluation, path: Path, item: Node, place: int | None) -> Type | None:
    """The type of one value, or of that at a place among several of one run: ``(1, "a")``, ``pytest.param(1, "a")``."""
    if item.type == "call" and nodes.text_of(item.child_by_field_name("function")).rpartition(".")[2] == "param":
        given = [argument.node for argument in arguments_of(item) if not argument.keyword]
        at = place or 0
        return widened(evaluate(path, given[at])) if at < len(given) else None
    if place is None:
        return widened(evaluate(path, item))
    if item.type in ("tuple", "list"):
        items = nodes.named(item)
        return widened(evaluate(path, items[place])) if place < len(items) else None
    held = classes.as_tuple(evaluate.lookup, evaluate(path, item))
    return held.args[place] if held is not None and not held.variadic and place < len(held.args) else None


def _fixtures(
    evaluate: Evaluation, path: Path, function: Node, name: str
) -> Iterator[tuple[Path, Symbol, Type | None]]:
    """The fixtures of a name that a function may get, the nearest first, each with its file and perhaps its class."""
    lookup = evaluate.lookup
    owner = next((parent for parent in nodes.ancestors(function) if parent.type == nodes.CLASS), None)
    if owner is not None:
        instance = class_instance(lookup, path, owner)
        member = classes.member_of(lookup, instance, name)
        if member is not None and member.owner.path is not None:
            symbol = member.symbols[0]
            if _is_fixture(symbol) and not (member.owner.path == path and _holds(symbol, function)):
                yield member.owner.path, symbol, instance
    root = lookup.project.snapshot.root_of(path) or path.parent
    folders = [folder for folder in path.parents if folder == root or root in folder.parents]
    for file in dict.fromkeys([path, *(folder / "conftest.py" for folder in folders)]):
        ref = resolve(lookup, file, name)
        if ref is None or ref.symbol is None or ref.path is None or ref.symbol.kind != SymbolKind.FUNCTION:
            continue
        if _is_fixture(ref.symbol) and not (ref.path == path and _holds(ref.symbol, function)):
            yield ref.path, ref.symbol, None


def _holds(symbol: Symbol, function: Node) -> bool:
    return symbol.start <= function.start_byte and function.end_byte <= symbol.end


def _is_fixture(symbol: Symbol) -> bool:
    """Whether it is a fixture by its own name, and nothing else is made of it."""
    made = [text for text in symbol.decorators if _FIXTURE.match(text)]
    rest = [text for text in symbol.decorators if text not in made and not _MARKS.match(text)]
    return len(made) == 1 and "name=" not in made[0] and not any(map(classes.wraps, rest))


def _given_by(evaluate: Evaluation, path: Path, symbol: Symbol, instance: Type | None) -> Type | None:
    """What a fixture gives: what it returns or yields, awaited where it is a coroutine."""
    lookup = evaluate.lookup
    function = Type(Form.FUNCTION, symbol.qualname, lookup.module_name(path), path=path, owner=instance)
    source = lookup.source(path)
    definition = nodes.find_definition(source.tree, symbol.qualname) if source is not None else None
    if definition is None or symbol.signature is None:
        return None
    if symbol.signature.returns:
        type_ = functions.written(lookup, function, symbol, symbol.signature.returns, instance)
    else:
        type_ = functions.by_body(lookup, function, symbol, evaluate.inside)
    if not nodes.has_own_yield(definition):
        return type_
    return type_.args[0] if type_ is not None and type_.is_a(*_ITERATORS) and type_.args else None
