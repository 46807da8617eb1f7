"""What is text, or bytes, because methods are called on it that only these have: ``f().startswith("a")``.

Which of both it is follows from what the method is passed, and from what is asked of its result. A name that a class of
the workspace has, too, says nothing.
"""

from __future__ import annotations

from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import infer
from autogen_lsp.analysis.arguments import arguments_of
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import Type, builtin, parts

_OF_BOTH = frozenset({"endswith", "expandtabs", "isalnum", "isalpha", "isdigit", "islower", "isspace", "istitle",
                      "isupper", "ljust", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "rjust",
                      "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase",
                      "title", "upper", "zfill"})  # fmt: skip
_OF_TEXT = frozenset({"casefold", "encode", "isdecimal", "isidentifier", "isnumeric", "isprintable"})


def asked(lookup: Lookup, path: Path, attribute: Node, name: str) -> Type | None:
    """``str`` or ``bytes`` where the method is theirs, None for others; ``attribute`` is the whole of ``f().name``."""
    call = attribute.parent
    if name not in _OF_BOTH | _OF_TEXT or call is None or call.type != "call" or lookup.project.defines(name):
        return None
    for argument in arguments_of(call) if name in _OF_BOTH else ():
        type_ = infer.type_of(lookup, path, argument.node)
        if type_ is None or argument.star:
            return None
        if any(part.is_a("bytes") for part in parts(type_)):
            return builtin("bytes")
    return builtin("str")
