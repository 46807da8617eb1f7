"""Signatures into source text: definitions without a real body, unindented, with ``\\n`` line ends, valid Python.

Lines that grow too long are broken one parameter a line, as ruff and black do.
"""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.syntax.model import Parameter, ParameterKind, Signature
from autogen_lsp.workspace.source import Source

_LINE_LENGTH = 88
BODY = "raise NotImplementedError"


def function_text(name: str, signature: Signature, decorators: Sequence[str] = (), width: int = 0) -> str:
    """A function whose body raises; ``width`` is the indentation that it will get."""
    lines = [f"@{decorator}\n" for decorator in decorators]
    return "".join(lines) + header(name, signature, width) + f"    {BODY}\n"


def header(name: str, signature: Signature, width: int = 0) -> str:
    """``def f(…) -> T:`` with its line end, over several lines where it is too long for one."""
    start = f"{'async ' if signature.is_async else ''}def {name}{signature.type_parameters}("
    end = f"){f' -> {signature.returns}' if signature.returns else ''}:\n"
    pieces = parameter_pieces(signature.parameters)
    line = f"{start}{', '.join(pieces)}{end}"
    if width + len(line) - 1 <= _LINE_LENGTH or not pieces:
        return line
    return f"{start}\n" + "".join(f"    {piece},\n" for piece in pieces) + end


def parameter_pieces(parameters: Sequence[Parameter]) -> list[str]:
    """The parameters as written between the brackets, ``/`` and ``*`` included."""
    pieces: list[str] = []
    previous: ParameterKind | None = None
    for parameter in parameters:
        if previous == ParameterKind.POSITIONAL_ONLY and parameter.kind != ParameterKind.POSITIONAL_ONLY:
            pieces.append("/")
        if parameter.kind == ParameterKind.KEYWORD_ONLY and previous not in (
            ParameterKind.KEYWORD_ONLY, ParameterKind.VAR_POSITIONAL,
        ):  # fmt: skip
            pieces.append("*")
        pieces.append(_piece(parameter))
        previous = parameter.kind
    if previous == ParameterKind.POSITIONAL_ONLY:
        pieces.append("/")
    return pieces


def class_text(name: str, bases: Sequence[str], initializer: Signature | None, methods: Sequence[str] = ()) -> str:
    """A class with an ``__init__`` of that signature and with ``methods``, given as texts; else an empty one."""
    head = f"class {name}({', '.join(bases)}):\n" if bases else f"class {name}:\n"
    first = [function_text("__init__", initializer, width=4)] if initializer is not None else []
    body = "\n".join([*first, *methods]) or "pass\n"
    return head + "".join(f"    {line}\n" if line else "\n" for line in body.splitlines())


def stub_text(source: Source, definition: Node) -> str:
    """An existing function, dedented, its body replaced; its docstring stays."""
    outer = nodes.outer_statement(definition)
    body = definition.child_by_field_name("body")
    line_start = source.lines.starts[source.lines.line_of(outer.start_byte)]
    indent = source.text[line_start : outer.start_byte].decode("utf-8", "replace")
    if body is None:
        return nodes.text_of(outer) + "\n"
    first = next(iter(nodes.statements(body)), None)
    documented = (
        first is not None
        and first.type == "expression_statement"
        and len(nodes.named(first)) == 1
        and nodes.named(first)[0].type in ("string", "concatenated_string")
    )
    colon = next((child for child in reversed(definition.children) if child.type == ":"), body)
    text = source.text[outer.start_byte : colon.end_byte].decode("utf-8", "replace")
    out = _dedent(text, indent)
    if documented and first is not None:
        out += "\n    " + _dedent(nodes.text_of(first), indent)
    return _unix(f"{out}\n    {BODY}\n")


def _piece(parameter: Parameter) -> str:
    star = {ParameterKind.VAR_POSITIONAL: "*", ParameterKind.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    text = f"{star}{parameter.name}"
    if parameter.annotation:
        text += f": {parameter.annotation}"
    if parameter.default is not None:
        text += f" = {parameter.default}" if parameter.annotation else f"={parameter.default}"
    return text


def _dedent(text: str, indent: str) -> str:
    """Takes the indentation of the first line from the others."""
    first, *rest = _unix(text).split("\n")
    return "\n".join([first, *(line.removeprefix(indent) for line in rest)])


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
