"""What text says of values: what is text or bytes itself, as its methods are called, and what is formatted as a number.

Whether ``f().startswith(x)`` is text or bytes follows from what the method is passed, and from what is asked of its
result. A name that a class of the workspace has, too, says nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import infer, nodes
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


def formatted(interpolation: Node) -> Type | None:
    """What the format in a replacement field asks for: ``f"{x:.2f}"`` a ``float``; None where it may be anything."""
    form = next((child for child in interpolation.named_children if child.type == "format_specifier"), None)
    return _NUMBERS.get(nodes.text_of(form)[-1:]) if form is not None else None


def printed(operation: Node, node: Node) -> Type | None:
    """What ``"%d" % x`` asks of an operand, or of an item of it; None where it may be anything, or is no such text."""
    template, right = operation.child_by_field_name("left"), operation.child_by_field_name("right")
    is_format = operation.type == "binary_operator" and nodes.text_of(operation.child_by_field_name("operator")) == "%"
    if not is_format or template is None or right is None or template.type != "string":
        return None
    given = nodes.unwrapped(right)
    items = nodes.named(given) if given.type == "tuple" else [given]
    asked = [found.group() for found in _CONVERSION.finditer(nodes.text_of(template).replace("%%", ""))]
    if len(asked) != len(items):
        return None
    letters = (each[-1] for each, item in zip(asked, items, strict=True) if nodes.same(item, node))
    return next((_NUMBERS.get("d" if letter in "iu" else letter) for letter in letters), None)


_CONVERSION = re.compile(r"%[-#0 +]*\d*(?:\.\d+)?[hlL]?[a-zA-Z]")
_NUMBERS = {**dict.fromkeys("bdoxX", builtin("int")), **dict.fromkeys("eEfFgG%", builtin("float"))}
