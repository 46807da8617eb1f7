"""A file's facts, arranged for look-ups by qualname, owner and scope: each arrangement is made when first asked for."""

from __future__ import annotations

from functools import cached_property

from autogen_lsp.syntax import spread
from autogen_lsp.syntax.model import Call, Facts, Import, Parameter, Symbol, SymbolKind
from autogen_lsp.text import Span


class Table:
    """A file's facts, arranged for look-ups."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.planted: dict[str, frozenset[str]] = {}  # by its functions: names that they give their callers (`absence`)
        self.used: dict[str, list[tuple[Span, set[str]]]] | None = None  # what the module calls, as of `absence`

    @cached_property
    def symbols(self) -> dict[str, list[Symbol]]:
        """Definitions by qualname, in order."""
        out: dict[str, list[Symbol]] = {}
        for symbol in self.facts.symbols:
            out.setdefault(symbol.qualname, []).append(symbol)
        return out

    def parameters(self, scope: str) -> list[Parameter]:
        """Those of the functions of this qualname."""
        signatures = (symbol.signature for symbol in self.symbols.get(scope, ()))
        return [each for signature in signatures if signature is not None for each in signature.parameters]

    def has_parameter(self, scope: str, name: str) -> bool:
        return any(each.name == name for each in self.parameters(scope))

    @cached_property
    def names(self) -> frozenset[str]:
        """Last components of all definitions."""
        return frozenset(symbol.name for symbol in self.facts.symbols)

    @cached_property
    def defined(self) -> frozenset[str]:
        """Last components of the functions and classes."""
        kinds = (SymbolKind.FUNCTION, SymbolKind.CLASS)
        return frozenset(symbol.name for symbol in self.facts.symbols if symbol.kind in kinds)

    @cached_property
    def members(self) -> dict[str, dict[str, list[Symbol]]]:
        """Definitions by the qualname that they are directly in ('' for the module), then by name."""
        out: dict[str, dict[str, list[Symbol]]] = {}
        for symbol in self.facts.symbols:
            owner, _, name = symbol.qualname.rpartition(".")
            out.setdefault(owner.removesuffix(".<locals>"), {}).setdefault(name, []).append(symbol)
        return out

    def method_around(self, attribute: Symbol) -> Symbol | None:
        """The method of its class that sets an attribute."""
        listed = (each for symbols in self.members.get(attribute.parent, {}).values() for each in symbols)
        methods = (each for each in listed if each.kind == SymbolKind.FUNCTION)
        return next((each for each in methods if each.start <= attribute.start < each.end), None)

    @cached_property
    def imports(self) -> dict[tuple[str, str], list[Import]]:
        """Imports by scope and the name that they bind."""
        out: dict[tuple[str, str], list[Import]] = {}
        for item in self.facts.imports:
            out.setdefault((item.scope, item.bound), []).append(item)
        return out

    @cached_property
    def imported_calls(self) -> list[Call]:
        """The module's own calls of what it imports."""
        imports = self.imports
        return spread.where(
            self.facts.calls, lambda call: not call.scope and ("", call.dotted.partition(".")[0]) in imports
        )

    @cached_property
    def taken(self) -> dict[str, dict[str, Import]]:
        """The import that gives each name, by scope: of several the last one that is not guarded, else the first."""
        out: dict[str, dict[str, Import]] = {}
        for item in self.facts.imports:
            names = out.setdefault(item.scope, {})
            if item.bound not in names or not item.guarded:
                names[item.bound] = item
        return out

    @cached_property
    def imported(self) -> dict[str, set[str]]:
        """The names that imports bind, by scope."""
        out: dict[str, set[str]] = {}
        for item in self.facts.imports:
            out.setdefault(item.scope, set()).add(item.bound)
        return out

    @cached_property
    def stars(self) -> list[Import]:
        return [item for item in self.facts.imports if item.name == "*"]
