"""The value of a new member of an enumeration, in the way of those that it has."""

from __future__ import annotations

import ast
from collections.abc import Callable

from autogen_lsp.analysis import classes
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.render import Scope, annotate
from autogen_lsp.analysis.types import Form, Type
from autogen_lsp.syntax.model import Symbol, SymbolKind

# How members that are strings follow from their names.
_SPELLINGS: tuple[Callable[[str], str], ...] = (
    str.lower,
    str,
    lambda name: name.lower().replace("_", "-"),
    lambda name: name.lower().replace("_", " "),
    lambda name: name.title().replace("_", ""),
    lambda name: name.capitalize().replace("_", " "),
)


def next_value(lookup: Lookup, enum: Type, name: str, scope: Scope) -> str:
    """Source text: the next number, the name as the others have theirs, else ``auto()``."""
    values = _values(lookup, enum)
    automatic = next((text for text in values.values() if text.endswith("auto()")), None)
    if automatic is not None:
        return automatic
    known = {member: _literal(text) for member, text in values.items()}
    numbers = [value for value in known.values() if isinstance(value, int) and not isinstance(value, bool)]
    if numbers and len(numbers) == len(known):
        top = max(numbers)
        is_flag = any(base.name in ("Flag", "IntFlag") and base.module == "enum" for base in classes.mro(lookup, enum))
        return str(1 << max(top, 0).bit_length() if is_flag else top + 1)
    if all(isinstance(value, str) for value in known.values()) and (known or is_text(lookup, enum)):
        spelled = next((way for way in _SPELLINGS if all(way(m) == value for m, value in known.items())), str.lower)
        quote = "'" if any(text.startswith("'") for text in values.values()) else '"'
        return f"{quote}{spelled(name)}{quote}"
    return f"{annotate(scope, Type(Form.INSTANCE, 'auto', 'enum')) or 'auto'}()"


def members(lookup: Lookup, enum: Type) -> list[Symbol]:
    """The members that its class body gives it, in order."""
    facts = lookup.facts(enum.path) if enum.path is not None else None
    return [
        symbol
        for symbol in (facts.symbols if facts is not None else ())
        if symbol.kind == SymbolKind.VARIABLE
        and symbol.qualname == f"{enum.name}.{symbol.name}"
        and symbol.value is not None
        and not symbol.name.startswith("_")
    ]


def _values(lookup: Lookup, enum: Type) -> dict[str, str]:
    return {symbol.name: symbol.value for symbol in members(lookup, enum) if symbol.value is not None}


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def is_text(lookup: Lookup, enum: Type) -> bool:
    return any(base.is_a("str") for base in classes.mro(lookup, enum))
