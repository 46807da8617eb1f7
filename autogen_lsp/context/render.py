"""A definition into text at three sizes: its line, its signature with the docstring's first line, and the whole of it.

The line begins with the first line of the definition as it stands in the file; where a header spans several lines,
the rest follows in short: parameter names for functions, brackets for values. Nothing holds an offset or a line number,
so an edit elsewhere in the file changes no text here. Line ends are ``\\n``, and text is dedented.
"""

from __future__ import annotations

import re
import textwrap

from autogen_lsp.syntax.model import Parameter, ParameterKind, Signature, Symbol, SymbolKind

_LONG = 160  # characters of a line that are shown as they stand
_SPACES = re.compile(r"\s+")
_OPENERS = {"(": ")", "[": "]", "{": "}"}


def line(text: bytes, symbol: Symbol) -> str:
    """One line: the definition's own first line, and in short what its header says on further lines."""
    first, rest = _header(text, symbol)
    shown = _decorators(symbol)
    if symbol.kind is SymbolKind.FUNCTION:
        return shown + (first if not rest else first + _short_parameters(first, symbol))
    if symbol.kind is SymbolKind.CLASS:
        return shown + (first if not rest else _joined(first, rest))
    if not rest and len(first) <= _LONG:
        return first
    if len(first) > _LONG:
        value = symbol.value or ""
        opener = value[:1]
        note = f": {symbol.annotation}" if symbol.annotation else ""
        target = f"self.{symbol.name}" if symbol.kind is SymbolKind.ATTRIBUTE else symbol.name
        return f"{target}{note} = {opener}...{_OPENERS.get(opener, '')}"
    gap = "" if first[-1:] in _OPENERS else " "
    return f"{first}{gap}...{_OPENERS.get(first[-1:], '')}"


def signature(text: bytes, symbol: Symbol) -> str:
    """The whole header on one line, types and defaults included, and the docstring's first line as a comment."""
    first, rest = _header(text, symbol)
    if symbol.kind is SymbolKind.FUNCTION or symbol.kind is SymbolKind.CLASS:
        shown = _decorators(symbol) + (_joined(first, rest) if rest else first)
    else:
        shown = line(text, symbol) if len(first) + len(rest) > 2 * _LONG else (_joined(first, rest) if rest else first)
    return f"{shown}  # {symbol.docstring}" if symbol.docstring and "#" not in first else shown


def whole(text: bytes, symbol: Symbol) -> str:
    """The definition as it stands, dedented."""
    start = text.rfind(b"\n", 0, symbol.start) + 1
    shown = text[start : symbol.end].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return textwrap.dedent(shown).strip("\n")


def _header(text: bytes, symbol: Symbol) -> tuple[str, str]:
    """The line on which the name stands, as it is but for its indentation, and what the header says on further lines.

    The line keeps a comment behind it, and a body on the same line, as long as it stays short.
    """
    start = text.rfind(b"\n", 0, symbol.name_start) + 1
    stop = text.find(b"\n", symbol.name_start)
    first = _text(text[start : stop if stop >= 0 else len(text)])
    end = symbol.body_start if symbol.body_start else max(symbol.end, symbol.name_end)
    rest = "" if stop < 0 or stop >= end else _text(text[stop:end])
    if symbol.body_start and all(not part.strip() or part.lstrip().startswith("#") for part in rest.split("\n")):
        rest = ""
    if not rest and len(first) > _LONG:
        first = _text(text[start:end])
    return first, rest


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").strip()


def _joined(first: str, rest: str) -> str:
    tail = " ".join(part for part in (re.sub(r"(?:^|\s)#.*$", "", each).strip() for each in rest.split("\n")) if part)
    if len(first) > _LONG:
        return first
    tail = re.sub(r",? ?([)\]}])", r"\1", _SPACES.sub(" ", tail))
    if "#" in first:  # a comment, perhaps: nothing may follow it on its line
        return f"{first}\n    {tail}"
    return first + ("" if first[-1:] in _OPENERS else " ") + tail


def _decorators(symbol: Symbol) -> str:
    """Those that change how the name is used, each on a line."""
    wanted = (
        "property",
        "classmethod",
        "staticmethod",
        "contextmanager",
        "asynccontextmanager",
        "cached_property",
        "dataclass",
    )
    return "".join(
        f"@{each}\n"
        for each in symbol.decorators
        if len(each) < 60 and each.partition("(")[0].rpartition(".")[2] in wanted
    )


def _short_parameters(first: str, symbol: Symbol) -> str:
    """What is left of a signature after its first line: names only."""
    parameters = symbol.signature.parameters if symbol.signature else ()
    left = [p for p in parameters if not re.search(rf"\b{re.escape(p.name)}\b", first.partition("(")[2])]
    shown = names_only(Signature(tuple(left)))
    gap = "" if first[-1:] in "([" or not shown else " "
    return f"{gap}{shown}):"


def names_only(signature: Signature) -> str:
    """Parameters without types; ``=…`` where there is a default."""
    shown: list[str] = []
    keyword_only = False
    for parameter in signature.parameters:
        if parameter.kind is ParameterKind.KEYWORD_ONLY and not keyword_only:
            if not any(p.kind is ParameterKind.VAR_POSITIONAL for p in signature.parameters):
                shown.append("*")
            keyword_only = True
        shown.append(_name(parameter))
    return ", ".join(shown)


def _name(parameter: Parameter) -> str:
    stars = {ParameterKind.VAR_POSITIONAL: "*", ParameterKind.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    return f"{stars}{parameter.name}{'=…' if parameter.default is not None else ''}"
