"""Arguments of calls as written, and the parameters that take them, as Python binds them.

Syntax nodes and facts of signatures in; no types, and nothing is looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.syntax.model import Parameter, ParameterKind

BY_NAME = (ParameterKind.POSITIONAL_OR_KEYWORD, ParameterKind.KEYWORD_ONLY)
VARIADIC = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument as written: ``star`` is '', '*' or '**'."""

    node: Node
    keyword: str = ""
    star: str = ""


def arguments_of(call: Node) -> list[Argument]:
    """The arguments of a call node, in order."""
    listed = call.child_by_field_name("arguments")
    if listed is None:
        return []
    if listed.type == "generator_expression":
        return [Argument(listed)]
    return items_of(listed)


def items_of(listed: Node) -> list[Argument]:
    """The arguments between brackets; of a tuple or list, what would be passed as ``*listed``."""
    out: list[Argument] = []
    for child in nodes.named(listed):
        if child.type == "keyword_argument":
            value = child.child_by_field_name("value")
            if value is not None:
                out.append(Argument(value, keyword=nodes.text_of(child.child_by_field_name("name"))))
        elif (spread := nodes.starred(child)) is not None:
            out.append(Argument(spread, star="*"))
        elif child.type == "dictionary_splat":
            if (spread := nodes.first_named(child)) is not None:
                out.append(Argument(spread, star="**"))
        else:
            out.append(Argument(child))
    return out


def parameter_for(listed: Sequence[Parameter], arguments: Sequence[Argument], index: int) -> Parameter | None:
    """The parameter that takes the argument at ``index``, None where it takes none or it cannot be told."""
    argument = arguments[index]
    if argument.keyword:
        by_name = next((p for p in listed if p.name == argument.keyword and p.kind in BY_NAME), None)
        return by_name or next((p for p in listed if p.kind == ParameterKind.VAR_KEYWORD), None)
    if any(earlier.star for earlier in arguments[:index]):
        return None
    positional = [p for p in listed if p.kind <= ParameterKind.POSITIONAL_OR_KEYWORD]
    at = sum(not earlier.keyword for earlier in arguments[:index])
    if at < len(positional):
        return positional[at]
    return next((p for p in listed if p.kind == ParameterKind.VAR_POSITIONAL), None)


def takes(listed: Sequence[Parameter], arguments: Sequence[Argument]) -> bool:
    """Whether the parameters that a caller sees take the arguments of a call; starred ones may be any."""
    double, starred = (any(argument.star == star for argument in arguments) for star in ("**", "*"))
    taken: list[str] = []
    for index, argument in enumerate(arguments):
        if argument.star:
            continue
        parameter = parameter_for(listed, arguments, index)
        if parameter is None and not starred:
            return False
        if parameter is not None and parameter.kind not in VARIADIC:
            taken.append(parameter.name)
    missing = [p for p in listed if p.default is None and p.kind not in VARIADIC and p.name not in taken]
    filled = double or (starred and all(p.kind != ParameterKind.KEYWORD_ONLY for p in missing))
    return len(set(taken)) == len(taken) and (not missing or filled)


def suits(own: Sequence[Parameter], other: Sequence[Parameter]) -> bool:
    """Whether a method may override another: it takes all that the other does, by the same names."""
    named = {parameter.name: parameter for parameter in own if parameter.kind not in VARIADIC}
    variadic = {parameter.kind for parameter in own if parameter.kind in VARIADIC}
    for place, parameter in enumerate(other):
        if parameter.kind in VARIADIC:
            if parameter.kind not in variadic:
                return False
            continue
        mine = named.get(parameter.name)
        if parameter.kind == ParameterKind.KEYWORD_ONLY:
            taken = mine is not None or ParameterKind.VAR_KEYWORD in variadic
        else:
            taken = (mine is not None and own[place : place + 1] == (mine,)) or (
                mine is None and ParameterKind.VAR_POSITIONAL in variadic
            )
        if not taken or (mine is not None and parameter.default is not None and mine.default is None):
            return False
    return all(each.default is not None for name, each in named.items() if name not in {p.name for p in other})
