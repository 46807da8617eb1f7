"""Parameter lists into `Signature`: names, kinds, annotations and defaults as source text."""

from __future__ import annotations

from tree_sitter import Node

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.model import Parameter, ParameterKind, Signature

_POSITIONAL_ONLY = ParameterKind.POSITIONAL_ONLY
_PLAIN = ParameterKind.POSITIONAL_OR_KEYWORD
_STAR = ParameterKind.VAR_POSITIONAL
_KEYWORD_ONLY = ParameterKind.KEYWORD_ONLY
_DOUBLE_STAR = ParameterKind.VAR_KEYWORD


def signature_of(definition: Node, text: bytes) -> Signature:
    """The signature of a ``function_definition`` node; what is broken in it is left out."""
    parameters = definition.child_by_field_id(n.F_PARAMETERS)
    returns = definition.child_by_field_id(n.F_RETURN_TYPE)
    generic = definition.child_by_field_id(n.F_TYPE_PARAMETERS)
    start = definition.start_byte
    return Signature(
        parameters_of(parameters, text) if parameters is not None else (),
        _text(returns, text) if returns is not None else None,
        text.startswith(b"async", start),
        _text(generic, text) if generic is not None else "",
    )


def parameters_of(parameters: Node, text: bytes) -> tuple[Parameter, ...]:
    """The parameters of a ``parameters`` or ``lambda_parameters`` node, in order."""
    if parameters.end_byte - parameters.start_byte <= 2:
        return ()
    out: list[Parameter] = []
    kind = _PLAIN
    for child in n.named(parameters):
        node, what = child, child.kind_id
        annotation = default = None
        if what in (n.TYPED_PARAMETER, n.TYPED_DEFAULT_PARAMETER):
            typed = child.child_by_field_id(n.F_TYPE)
            annotation = _text(typed, text) if typed is not None else None
        if what in (n.DEFAULT_PARAMETER, n.TYPED_DEFAULT_PARAMETER):
            value = child.child_by_field_id(n.F_VALUE)
            default = _text(value, text) if value is not None else None
            name = child.child_by_field_id(n.F_NAME)
            if name is None:
                continue
            node = name
        elif what == n.TYPED_PARAMETER:
            inner = n.first_named(child)
            if inner is None:
                continue
            node = inner
        what = node.kind_id
        if what == n.IDENTIFIER:
            out.append(Parameter(_text(node, text), kind, annotation, default))
        elif what == n.LIST_SPLAT_PATTERN:
            out.append(Parameter(_text(node, text).lstrip("* \t"), _STAR, annotation))
            kind = _KEYWORD_ONLY
        elif what == n.DICTIONARY_SPLAT_PATTERN:
            out.append(Parameter(_text(node, text).lstrip("* \t"), _DOUBLE_STAR, annotation))
        elif what == n.KEYWORD_SEPARATOR:
            kind = _KEYWORD_ONLY
        elif what == n.POSITIONAL_SEPARATOR:
            out = [Parameter(p.name, _POSITIONAL_ONLY, p.annotation, p.default) for p in out]
        elif what == n.TUPLE_PATTERN:  # Python 2: def f(a, (b, c))
            out.append(Parameter(_text(node, text), kind, None, default))
    return tuple(out)


def _text(node: Node, text: bytes) -> str:
    return text[node.start_byte : node.end_byte].decode("utf-8", "replace")
