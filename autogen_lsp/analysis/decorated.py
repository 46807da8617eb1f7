"""Whether a decorator leaves a class as it is, but for attributes that it sets by name.

It does where it is a function of the workspace that gives back what it got, and neither it nor what it calls there
derives from a parameter or sets attributes under computed names. Of what is not known, nothing is believed.
"""

from __future__ import annotations

import re
from pathlib import Path

from autogen_lsp.analysis.presence import Definition, follow
from autogen_lsp.analysis.project import Project
from autogen_lsp.syntax.model import Symbol, SymbolKind

_PLAIN = re.compile(
    r"(?:[\w.]+\.)?(?:dataclass|total_ordering|final|runtime_checkable|unique|verify|dataclass_transform|define|frozen"
    r"|mutable|attrs|attrs?\.s|deprecated|type_check_only|disjoint_base|skip|skipIf|skipUnless|expectedFailure"
    r"|override_settings|modify_settings|tag|usefixtures|patch|patch\.\w+|pytest\.mark\.\w+"
    r"|implementer(?:_only)?|provider)(?:\(.*)?",
    re.S,
)
_DOTTED = re.compile(r"([^\W\d][\w.]*)\s*(?:\(.*\))?", re.S)
_CHANGES = re.compile(
    rb"__dict__|__bases__|\bclass\s|\b(?:type|new_class)\([^(),]{1,200},|\b(?:vars|exec|eval|__setattr__)\("
    rb"|\bsetattr\(\s*[\w.]+\s*,(?!\s*['\"]\w+['\"]\s*,)"
)
_IN_PLACE = re.compile(
    rb"__dict__\s*(?:\.(?:update|setdefault)\b|(?:\[[^\]\n]*\]\s*)?=(?!=))|\b(?:vars|exec|eval|__setattr__)\("
    rb"|\bsetattr\(\s*[\w.]+\s*,(?!\s*['\"]\w+['\"]\s*,)"
)
_RETURNS = re.compile(rb"\breturn\s+(\w+)(\(?)")
_MAX_DEPTH = 3  # of functions that call each other


def leaves_class(project: Project, path: Path, text: str, scope: str) -> bool:
    """Whether the decorator, as written without its ``@``, does; ``scope``: the definition that holds the class."""
    if _PLAIN.fullmatch(text):
        return True
    dotted = _DOTTED.fullmatch(text)
    if dotted is None:
        return False
    receiver, _, name = dotted.group(1).rpartition(".")
    holder = follow(project, path, receiver, scope) if receiver else None
    if isinstance(holder, Definition) and holder.symbol.kind == SymbolKind.CLASS:
        mro = project.mro(holder.path, holder.symbol.qualname)
        owner = mro.owner(name)
        if owner is None:
            return name == "register" and not mro.open  # `ABCMeta.register`
        holder = follow(project, owner.path, f"{owner.symbol.qualname}.{name}")
        return isinstance(holder, Definition) and _gives_back(project, holder)
    found = follow(project, path, dotted.group(1), scope)
    if isinstance(found, Definition) and found.symbol.kind == SymbolKind.CLASS and dotted.group() != dotted.group(1):
        mro = project.mro(found.path, found.symbol.qualname)  # `@Decorator(…)`: its instance is called
        owner = mro.owner("__call__") if not mro.open else None
        found = follow(project, owner.path, f"{owner.symbol.qualname}.__call__") if owner is not None else None
    return isinstance(found, Definition) and _gives_back(project, found)


def _gives_back(project: Project, found: Definition, depth: int = 0) -> bool:
    """Whether a parameter is what the function, or one inside it, returns, or what it calls to return it."""
    path, symbol = found.path, found.symbol
    table, source = project.table(path), project.source(path)
    if symbol.kind != SymbolKind.FUNCTION or not project.is_ours(path) or path.suffix != ".py" or depth > _MAX_DEPTH:
        return False
    if not {"classmethod", "staticmethod"}.issuperset(symbol.decorators):
        return False
    if table is None or source is None or _CHANGES.search(source.text, symbol.body_start, symbol.body_end):
        return False
    inside = f"{symbol.qualname}.<locals>."
    functions = [each for each in table.facts.symbols if each is symbol or each.qualname.startswith(inside)]
    given = {each.name for function in functions if function.signature for each in function.signature.parameters}
    local = {function.name for function in functions}
    called: dict[str, bool] = {}
    for call in table.facts.calls:
        if symbol.body_start <= call.start < symbol.body_end and not call.receiver and call.name not in given | local:
            helper = follow(project, path, call.name, call.scope)
            if (
                isinstance(helper, Definition)
                and helper.symbol.kind == SymbolKind.FUNCTION
                and project.is_ours(helper.path)
            ):
                called[call.name] = _gives_back(project, helper, depth + 1)
                if not called[call.name] and changes(project, helper):
                    return False
    returned = [
        (name.decode(), bool(call)) for name, call in _RETURNS.findall(source.text, symbol.body_start, symbol.body_end)
    ]
    return any(called.get(name, False) if is_call else name in given for name, is_call in returned)


def changes(project: Project, found: Definition) -> bool:
    """Whether a definition's body may change a class that it is told of."""
    source = project.source(found.path)
    return source is None or _CHANGES.search(source.text, found.symbol.body_start, found.symbol.body_end) is not None


def changes_in_place(project: Project, path: Path, symbol: Symbol) -> bool:
    """Whether a function's body may change a class that it is told of, whatever it makes of it and gives."""
    source = project.source(path)
    return source is None or _IN_PLACE.search(source.text, symbol.body_start, symbol.body_end) is not None
