"""Python code at any indentation into the same code at none, four spaces a level. Strings stay as they are."""

from __future__ import annotations

import ast
import inspect
import io
import textwrap
import tokenize
import warnings
from collections.abc import Iterator

_STEP = 4
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


def parse_python(code: str) -> ast.Module | None:
    """The syntax tree of this interpreter's Python, None where there is none. Nothing is executed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # '\d' in a reply is no concern of the server's user
            return ast.parse(code)
    except _UNREADABLE:
        return None


def syntax_error(code: str) -> str:
    """Why code does not parse, in a line for the model: message and line; '' where it parses."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno})"
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""


def unindent(code: str) -> tuple[str, ast.Module] | None:
    """The code as it parses, with as little done to it as that takes, and its tree; None where nothing helps."""
    for variant in _variants(code):
        if (tree := parse_python(variant)) is not None:
            return variant, tree
    return None


def normalise(code: str) -> str:
    """Code that parses, with four spaces a level. Continuation lines move with their statement."""
    try:
        shifts, inside = _shifts(code)
    except (tokenize.TokenError, *_UNREADABLE):
        return code
    lines = code.split("\n")
    moved = "\n".join(
        line if number in inside else _moved(line, _shift_of(number, lines, shifts))
        for number, line in enumerate(lines, start=1)
    )
    before, after = parse_python(code), parse_python(moved)
    return moved if before and after and _same(before, after) else code


def cut(code: str, first: int, last: int, margin: int) -> str:
    """Lines ``first`` to ``last`` (1-based, both kept) of code that parses, ``margin`` columns further to the left."""
    try:
        inside = _shifts(code)[1] if margin else set()
    except (tokenize.TokenError, *_UNREADABLE):
        inside = set()
    lines = code.split("\n")[first - 1 : last]
    return "\n".join(
        line if number in inside else _moved(line, -margin) for number, line in enumerate(lines, start=first)
    )


def _shifts(code: str) -> tuple[dict[int, int], set[int]]:
    """Columns to add to each line (1-based) that holds code, and the lines that begin inside a string.

    Docstrings do not count as strings here: their lines are indented with the code (PEP 257).
    """
    shifts: dict[int, int] = {}
    inside: set[int] = set()
    strings: list[int] = []  # lines at which the open f-strings began
    alone: range | None = None  # lines of a string that begins a statement
    depth, shift, at_start = 0, 0, True
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.INDENT:
            depth += 1
        elif token.type == tokenize.DEDENT:
            depth -= 1
        elif token.type == tokenize.NEWLINE:
            at_start, alone = True, None
        elif token.type not in (tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER):
            first, last = token.start[0], token.end[0]
            inside.update(alone or ())
            alone = None
            rest = range(first + 1, last + 1)
            if token.type == tokenize.FSTRING_START:
                strings.append(first)
            elif token.type == tokenize.FSTRING_END:
                inside.update(range(strings.pop() + 1, last + 1))
            elif token.type == tokenize.STRING and at_start:
                alone = rest
            elif token.type == tokenize.STRING:
                inside.update(rest)
            if at_start:
                shift = depth * _STEP - len(token.line[: token.start[1]].expandtabs(8))
                at_start = False
            for line in range(first, last + 1):
                shifts.setdefault(line, shift)
    return shifts, inside


def _same(one: ast.Module, other: ast.Module) -> bool:
    """Whether two trees are equal but for the indentation of docstrings."""
    try:
        return ast.dump(_cleaned(one)) == ast.dump(_cleaned(other))
    except RecursionError:
        return False


def _cleaned(module: ast.Module) -> ast.Module:
    for node in ast.walk(module):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            node.value.value = inspect.cleandoc(node.value.value)
    return module


def _shift_of(number: int, lines: list[str], shift: dict[int, int]) -> int:
    """A line's shift; that of the statement below it for a comment, as comments are indented with what follows."""
    if number in shift:
        return shift[number]
    for below in range(number + 1, len(lines) + 1):
        if below in shift:
            width = len(lines[number - 1].expandtabs(8)) - len(lines[number - 1].expandtabs(8).lstrip())
            return max(shift[below], -width)
    return 0


def _moved(line: str, columns: int) -> str:
    text = line.lstrip(" \t\f")
    if not text:
        return ""
    width = len(line[: len(line) - len(text)].expandtabs(8))
    return " " * max(width + columns, 0) + text


def _variants(code: str) -> Iterator[str]:
    """The code as it stands, without its margin, and with the usual slips of the first line and of tabs undone."""
    yield code
    dedented = textwrap.dedent(code)
    yield dedented
    first, newline, rest = code.lstrip("\n").partition("\n")
    yield first.lstrip() + newline + textwrap.dedent(rest)
    # The first line lost the margin that its siblings kept.
    margins = [line[: len(line) - len(line.lstrip())] for line in rest.split("\n") if _opens(line)]
    if margins:
        yield textwrap.dedent(min(margins, key=len) + first.lstrip() + newline + rest)
    for size in (4, 8):
        spaced = "\n".join(_spaced(line, size) for line in code.split("\n"))
        if spaced != code:
            yield textwrap.dedent(spaced)


def _opens(line: str) -> bool:
    return line.lstrip().startswith(("def ", "async def ", "class ", "@"))


def _spaced(line: str, size: int) -> str:
    text = line.lstrip(" \t")
    return line[: len(line) - len(text)].expandtabs(size) + text
