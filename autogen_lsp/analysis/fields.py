"""The constructor that a dataclass or named tuple has without writing it: its declared fields, in order.

Follows `dataclasses` (fields of bases first, an overridden one in its old place, ``KW_ONLY``, ``init=False``) and
`typing.NamedTuple`; attrs' ``define`` works the same. Where a base cannot be read, nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autogen_lsp.analysis import classes
from autogen_lsp.analysis.arguments import Argument, parameter_for
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import Form, Type
from autogen_lsp.syntax.model import Parameter, ParameterKind, Symbol

_MAKES_FIELDS = re.compile(r"(?:[\w.]+\.)?(?:dataclass|define|frozen|mutable)(?:\(|$)")
_NO_FIELD = re.compile(r"""["']?(?:\w+\.)?ClassVar\b""")
_KW_ONLY = re.compile(r"kw_only\s*=\s*True")
_NOT_TAKEN = re.compile(r"\binit\s*=\s*False")


@dataclass(frozen=True, slots=True)
class _Field:
    owner: Type
    annotation: str
    keyword_only: bool


def asked_of(lookup: Lookup, callee: Type, arguments: Sequence[Argument], index: int) -> Type | None:
    """The declared type of the field that takes the argument at ``index`` of a constructor call."""
    instance = callee.args[0] if callee.form is Form.CLASS else None
    fields = _fields(lookup, instance) if instance is not None else None
    if fields is None:
        return None
    kinds = (ParameterKind.POSITIONAL_OR_KEYWORD, ParameterKind.KEYWORD_ONLY)
    listed = [Parameter(name, kinds[field.keyword_only]) for name, field in fields.items()]
    parameter = parameter_for(listed, arguments, index)
    field = fields[parameter.name] if parameter is not None else None
    return classes.annotated(lookup, field.owner, field.annotation) if field is not None else None


def at(lookup: Lookup, instance: Type, place: int) -> Type | None:
    """The declared type of the field that the constructor takes at a position."""
    positional = [each for each in (_fields(lookup, instance) or {}).values() if not each.keyword_only]
    field = positional[place] if place < len(positional) else None
    return classes.annotated(lookup, field.owner, field.annotation) if field is not None else None


def _fields(lookup: Lookup, instance: Type) -> dict[str, _Field] | None:
    """By name, in order; None for a class whose constructor is another one."""
    bases = list(classes.mro(lookup, instance))
    if classes.is_open(lookup, instance):
        return None
    found: dict[str, _Field] = {}
    makes = False
    for base in reversed(bases):
        symbol, facts = classes.symbol_of(lookup, base), lookup.facts(base.path) if base.path is not None else None
        if symbol is None or facts is None:
            continue
        if base == bases[0] and any(each.qualname == f"{base.name}.__init__" for each in facts.symbols):
            return None
        made = next((text for text in symbol.decorators if _MAKES_FIELDS.match(text)), None)
        if made is None and not any(text.rpartition(".")[2] == "NamedTuple" for text in symbol.bases):
            continue
        makes = makes or base == bases[0]
        keyword_only = _KW_ONLY.search(made or "") is not None
        for each in facts.symbols:
            if each.parent != base.name or each.annotation is None:
                continue
            if each.annotation.rpartition(".")[2] == "KW_ONLY":
                keyword_only = True
            elif _is_taken(each):
                own = keyword_only or _KW_ONLY.search(each.value or "") is not None
                found[each.name] = _Field(base, each.annotation, own)
    return found if makes else None


def _is_taken(symbol: Symbol) -> bool:
    return symbol.signature is None and not (
        _NO_FIELD.match(symbol.annotation or "") or _NOT_TAKEN.search(symbol.value or "")
    )
