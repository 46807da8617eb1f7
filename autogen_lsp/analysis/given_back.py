"""Whether decorators leave a function's type as it is: they are known to, or declared to give what they get.

By a type variable, that is (``def f(function: F) -> F``, ``Callable[P, T]``): ``Callable`` for ``Callable`` may be any.
"""

from __future__ import annotations

import re
from pathlib import Path

from autogen_lsp.analysis import classes
from autogen_lsp.analysis.names import Lookup, resolve
from autogen_lsp.syntax.model import Signature, Symbol

_DOTTED = re.compile(r"[^\W\d][\w.]*")
_OF_SAME = re.compile(r"(?:\w+\.)*Callable\[\s*\[(.+)\]\s*,\s*\1\s*\]", re.S)
_VARIABLE = re.compile(r"(?:\w+\.)*(?:TypeVar|ParamSpec)\(")


def is_plain(lookup: Lookup, path: Path | None, symbol: Symbol) -> bool:
    """Whether its decorators leave the function's type as it is."""
    wrappers = classes.wrappers(symbol)
    return not wrappers or (path is not None and all(_gives_back(lookup, path, text) for text in wrappers))


def _gives_back(lookup: Lookup, path: Path, decorator: str) -> bool:
    """Whether the decorator, as written, is declared to give what it gets."""
    dotted = _DOTTED.match(decorator)
    ref = resolve(lookup, path, dotted.group()) if dotted is not None else None
    if dotted is None or ref is None or ref.path is None:
        return False
    made = dotted.end() < len(decorator)
    signatures = [symbol.signature for symbol in ref.symbols if symbol.signature is not None]
    return any(_keeps(lookup, ref.path, signature, made=made) for signature in signatures)


def _keeps(lookup: Lookup, path: Path, signature: Signature, *, made: bool) -> bool:
    """Whether a function gives what it gets, by a type variable; ``made``: what it returns does."""
    returns = signature.returns or ""
    if made:
        same = _OF_SAME.fullmatch(returns)
        kept = same.group(1).strip() if same is not None else ""
    else:
        kept = returns if signature.parameters and signature.parameters[0].annotation == returns else ""
    own = classes.type_parameters(signature.type_parameters)
    return any(name in own or _is_variable(lookup, path, name) for name in _DOTTED.findall(kept))


def _is_variable(lookup: Lookup, path: Path, name: str) -> bool:
    ref = resolve(lookup, path, name)
    return ref is not None and ref.symbol is not None and _VARIABLE.match(ref.symbol.value or "") is not None
