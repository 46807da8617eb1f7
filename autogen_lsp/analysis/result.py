"""What all uses of a missing function ask of its result, together: the return type that breaks none of them.

A value that a variable keeps is followed to the uses of that variable. Of the types that are written down somewhere the
first is taken that every use accepts, as far as it is narrowed there. A type that says little (a union, a protocol)
only stands where no use is left that cannot be understood: the value is likely more special than that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from autogen_lsp.analysis import annotation, bindings, classes, expected, functions, infer, narrowing, nodes
from autogen_lsp.analysis.expected import Demand, Expected, Role
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, builtin, members, optional, without_none

_MAX_USES = 40  # of one variable
_MAX_VARIABLES = 30
_MAX_SUBCLASSES = 20
_PROTOCOL_MODULES = frozenset({"collections.abc", "typing", "_typeshed", "contextlib", "numbers"})


def merge(lookup: Lookup, uses: Sequence[Expected]) -> tuple[Type | None, bool]:
    """The return type that suits every use, and whether it is known that nothing is returned.

    Uses that ignore the result say ``None`` only together. What the syntax suggests counts only where nothing is
    written down and every use suggests something.
    """
    used = [use for use in uses if use.role is not Role.IGNORED]
    if not used:
        return (NONE, True) if uses else (None, False)
    every = list(_followed(lookup, used))
    strong = [use for use in every if use.strong and use.type is not None]
    if strong:
        return next((t for t in _candidates(strong, every) if _suits(lookup, t, every)), None), False
    return _suggested(lookup, used), False


def _suggested(lookup: Lookup, used: Sequence[Expected]) -> Type | None:
    types = [use.type for use in used]
    specific = [type_ for type_ in types if type_ != builtin("bool")] or types
    for type_ in dict.fromkeys(specific):
        if None not in types and all(functions.accepts(lookup, other, type_) for other in specific):
            return type_
    return None


def _candidates(strong: Sequence[Expected], every: Sequence[Expected]) -> Iterator[Type]:
    """Types that may be returned, the likeliest first: what is compared with None may be None."""
    compared = any(use.may_be_none for use in every)
    for use in strong:
        bare = without_none(use.type)
        listed = [optional(use.type)] if compared else []
        listed += [bare, use.type] if use.upper else [use.type, bare]
        yield from (type_ for type_ in dict.fromkeys(listed) if type_ is not None)


def _suits(lookup: Lookup, type_: Type, every: Sequence[Expected]) -> bool:
    """Whether all uses stand if this is what they get."""
    if any(use.demand is Demand.UNKNOWN for use in every):
        declared = any(use.strong and not use.upper for use in every)
        if _says_little(lookup, type_) or (not declared and _has_subclasses(lookup, type_)):
            return False
    return all(_stands(lookup, type_, use) for use in every)


def _stands(lookup: Lookup, type_: Type, use: Expected) -> bool:
    here = narrowing.narrow(use.node, type_, lambda node: infer.type_of(lookup, use.path, node))
    match use.demand:
        case Demand.TYPE:
            return functions.accepts(lookup, use.type, here)
        case Demand.ATTRIBUTE:
            here = annotation.expanded(lookup, here)
            return all(_has(lookup, member, use.attribute) for member in members(here))
    return True


def _has(lookup: Lookup, type_: Type | None, name: str) -> bool:
    if type_ is None or type_.form not in (Form.INSTANCE, Form.NONE):
        return True
    if type_ == NONE:
        return False
    found = classes.member_of(lookup, type_, name) or classes.member_of(lookup, type_, "__getattr__")
    return found is not None or classes.is_open(lookup, type_)


def _says_little(lookup: Lookup, type_: Type) -> bool:
    """Whether values of a more special type are to be expected: a union, a protocol, an abstract type."""
    expanded = annotation.expanded(lookup, type_)
    if expanded is None or expanded.form is not Form.INSTANCE:
        return expanded is None or expanded.form in (Form.UNION, Form.CALLABLE)
    if expanded.module in _PROTOCOL_MODULES or expanded.is_a("object", "os.PathLike"):
        return expanded.name not in ("NoReturn", "Never")
    return classes.is_protocol(lookup, expanded)


def _has_subclasses(lookup: Lookup, type_: Type) -> bool:
    """Whether the workspace has a more special class, which a function may well give to what takes this one."""
    if type_.form is not Form.INSTANCE or type_.path is None or type_.path.suffix == ".pyi":
        return False
    for path, symbol in lookup.project.derived(type_.name.rpartition(".")[2])[:_MAX_SUBCLASSES]:
        derived = Type(Form.INSTANCE, symbol.qualname, lookup.module_name(path), path=path)
        if derived != type_ and classes.is_subclass(lookup, derived, type_):
            return True
    return False


def _followed(lookup: Lookup, uses: Sequence[Expected]) -> Iterator[Expected]:
    """The uses, and those of the variables and attributes that keep the value."""
    kept = 0
    for use in uses:
        inner: list[Expected] | None = None
        if use.bound is not None and kept < _MAX_VARIABLES:
            kept += 1
            if use.bound.type == "attribute":
                yield from _of_attribute(lookup, use, use.bound)  # others may be in other functions
            else:
                inner = _of_variable(lookup, use, use.bound)
        if inner is None or use.demand is not Demand.UNKNOWN:
            yield use
        yield from inner or ()


def _of_attribute(lookup: Lookup, use: Expected, target: Node) -> Iterator[Expected]:
    """What is asked of an attribute in the rest of the function that sets it."""
    function = nodes.enclosing(target, frozenset({nodes.FUNCTION}))
    text = nodes.text_of(target)
    read = [
        node
        for node in nodes.own_nodes(function.child_by_field_name("body") if function is not None else None)
        if node.type == "attribute" and node.start_byte > target.end_byte and nodes.text_of(node) == text
    ]
    for node in read[:_MAX_USES]:
        parent = node.parent
        if parent is None or parent.type != "assignment" or not nodes.same(parent.child_by_field_name("left"), node):
            yield expected.at(lookup, use.path, node)


def _of_variable(lookup: Lookup, use: Expected, target: Node) -> list[Expected] | None:
    """What is asked of a variable after it got the value; None where it cannot be told."""
    scope = nodes.enclosing(target, frozenset({nodes.FUNCTION, "lambda", nodes.CLASS, "module"}))
    if scope is None or scope.type in ("lambda", nodes.CLASS):
        return None
    name = nodes.text_of(target)
    body = scope if scope.type == "module" else scope.child_by_field_name("body")
    out: list[Expected] = []
    for node in nodes.own_nodes(body):
        if node.type in nodes.DEFINITIONS and name.encode() in (node.text or b""):
            return None  # it may be used in there
        if node.type != "identifier" or nodes.text_of(node) != name or not _is_read(node):
            continue
        found = bindings.reaching(node)
        if found is None or not any(nodes.inside(target, b.at) and nodes.same(b.at, target.parent) for b in found[0]):
            continue
        if len(out) == _MAX_USES:
            return None
        out.append(expected.at(lookup, use.path, node))
    return out


def _is_read(node: Node) -> bool:
    """Whether an identifier is an expression that reads a variable."""
    parent = node.parent
    if parent is None:
        return False
    match parent.type:
        case "attribute":
            return nodes.same(parent.child_by_field_name("object"), node)
        case "assignment" | "named_expression" | "for_statement" | "for_in_clause" | "augmented_assignment":
            return not nodes.same(parent.child_by_field_name("left") or parent.child_by_field_name("name"), node)
        case "keyword_argument" | "default_parameter":
            return not nodes.same(parent.child_by_field_name("name"), node)
    return True
