"""The class that a function is called after: ``find_user`` gives a ``User``, ``find_users`` several.

Only classes that the function's file, or one that calls it, has by their own name. Whether that is so, the uses of the
result must say (`result`): a name alone is no evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autogen_lsp.analysis import annotation, classes, naming
from autogen_lsp.analysis.expectation import Demand, Expected
from autogen_lsp.analysis.model import Target
from autogen_lsp.analysis.names import Lookup, resolve
from autogen_lsp.analysis.sites import Use
from autogen_lsp.analysis.types import Type, optional
from autogen_lsp.syntax.model import SymbolKind

_MAX_FILES = 10


def named_by(lookup: Lookup, target: Target, uses: Sequence[Use]) -> tuple[Type | None, Type | None]:
    """An instance of the class as the result, and as each item of it; None where there is no such class."""
    words = naming.snake(target.name).strip("_").split("_")
    tails = ["_".join(words[at:]) for at in range(len(words))]
    files = list(dict.fromkeys([target.path, *(use.path for use in uses)]))[:_MAX_FILES]
    known = {naming.snake(name): (path, name) for path in reversed(files) for name in _classes(lookup, path)}
    one = next((known[tail] for tail in tails if tail in known), None)
    many = next(
        (known[single] for tail in tails if (single := naming.singular(tail)) != tail and single in known), None
    )
    return _instance(lookup, one), _instance(lookup, many)


def suiting(
    lookup: Lookup,
    type_: Type | None,
    every: Sequence[Expected],
    breaks: Callable[[Lookup, Type, Sequence[Expected]], bool],
) -> Type | None:
    """What a function is named after, where uses ask for members of that, and all stand.

    What a class of the workspace lacks may be yet to be created, if it has as much of what is asked for.
    """
    if type_ is None:
        return None
    asked = {use.attribute for use in every if use.demand is Demand.ATTRIBUTE and not use.attribute.startswith("__")}
    lacked = {name for name in asked if classes.member_of(lookup, type_, name) is None}
    is_ours = type_.path is not None and lookup.project.is_ours(type_.path)
    if len(lacked) > len(asked) / 2 or len(lacked) == len(asked) or (lacked and not is_ours):
        return None
    every = [use for use in every if use.attribute not in lacked]
    compared = any(use.may_be_none for use in every)
    options = (optional(type_), type_) if compared else (type_,)
    return next((each for each in options if each is not None and not breaks(lookup, each, every)), None)


def _classes(lookup: Lookup, path: Path) -> Iterator[str]:
    """What may be a class by its name: defined or imported at the top level."""
    facts = lookup.facts(path)
    for symbol in facts.symbols if facts is not None else ():
        if symbol.kind == SymbolKind.CLASS and not symbol.parent:
            yield symbol.name
    yield from (name for name in lookup.imports(path) if name[:1].isupper() and not name.isupper())


def _instance(lookup: Lookup, found: tuple[Path, str] | None) -> Type | None:
    ref = resolve(lookup, *found) if found is not None else None
    return annotation.instance_of(lookup, ref) if ref is not None and ref.is_class else None
