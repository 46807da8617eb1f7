"""What a missing definition needs besides itself: all that its use and its signature mention and that is missing, too.

``x: Money = total(parse(row), Currency("EUR"))`` needs, for ``total``, the classes ``Money`` and ``Currency`` and the
function ``parse``. Looked at are the use that asked for it (its arguments, and the values of the variables among them),
the annotations that its signature is made of, and the exceptions that are caught around it. What can be imported, or is
in doubt, is left out. Reads only; never raises on user code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import bindings, findings, locate, mentions, nodes
from autogen_lsp.analysis.bindings import How
from autogen_lsp.analysis.model import FindingKind, Target, TargetKind
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.targets import kind_in_module, mentioned, targets_of, to_import
from autogen_lsp.analysis.unbound import is_annotation, is_read
from autogen_lsp.syntax import spread
from autogen_lsp.text import Span

_MOST_VALUES = 20  # variables that are followed to what they were assigned

# Each can name what comes before it: a module holds classes, annotations name classes, calls take what calls return.
_ORDER = (TargetKind.MODULE, TargetKind.CLASS, TargetKind.ATTRIBUTE)


def with_needs(project: Project, target: Target) -> tuple[Target, ...]:
    """The target and what it needs, in the order in which to create them."""
    use = _use(project, target)
    if use is None or target.kind in (TargetKind.STUB, TargetKind.MODULE):
        return (target,)
    lookup, path = Lookup(project), target.origin
    around = _around(use)
    found = {(target.path, target.qualname): target}
    for each in (
        *_of_findings(lookup, path, around),
        *_of_mentions(lookup, path, around),
    ):
        found.setdefault((each.path, each.qualname), each)
    for each in list(_members(lookup, path, around, list(found.values()))):
        found.setdefault((each.path, each.qualname), each)

    def order(each: Target) -> tuple[int, int]:
        rank = _ORDER.index(each.kind) if each.kind in _ORDER else len(_ORDER)
        return rank, mentions.expression_of(nodes.node_at(use_tree, each.origin_span)).end_byte

    source = project.source(path)
    assert source is not None  # the use is in it
    use_tree = source.tree
    return tuple(sorted(found.values(), key=order))


@dataclass(frozen=True, slots=True)
class _Around:
    """Syntax that a signature follows from: expressions, and annotations."""

    expressions: list[Node] = field(default_factory=list)
    annotations: list[Node] = field(default_factory=list)

    def holds(self, span: Span) -> bool:
        return any(_holds(nodes.span_of(node), span) for node in self.expressions + self.annotations)

    def may_hold(self, value: Node) -> bool:
        """Whether the value of a variable is one more expression to look at."""
        return len(self.expressions) <= _MOST_VALUES and not self.holds(nodes.span_of(value))

    def names(self) -> Iterator[Node]:
        """The identifiers that stand for values, in expressions."""
        for expression in self.expressions:
            yield from _names(expression)


def _use(project: Project, target: Target) -> Node | None:
    """The name where it is used; for an imported one its first call in the file."""
    node = locate.origin_node(project, target)
    if node is None or nodes.enclosing(node, frozenset({"import_from_statement"})) is None:
        return node
    facts, source = project.facts(target.origin), project.source(target.origin)
    bound = next((i.bound for i in facts.imports if i.start <= node.start_byte < i.end), "") if facts else ""
    call = next((c for c in spread.named(facts.calls, bound) if not c.receiver), None) if facts else None
    return nodes.node_at(source.tree, Span(call.start, call.end)) if call is not None and source is not None else None


def _around(use: Node) -> _Around:
    around = _Around([mentions.expression_of(use)])
    around.annotations.extend(_declared(around.expressions[0]))
    for expression in around.expressions:  # which grows
        for name in _names(expression):
            for binding in (bindings.reaching(name) or ([], None))[0]:
                if binding.how is How.ANNOTATION:
                    around.annotations.append(binding.node)
                elif binding.how is How.PARAMETER and binding.parameter and binding.parameter.annotation:
                    around.annotations.append(binding.parameter.annotation)
                elif binding.how is How.VALUE and around.may_hold(binding.node):
                    around.expressions.append(binding.node)
    around.expressions.extend(_caught(around.expressions[0]))
    return around


def _declared(expression: Node) -> Iterator[Node]:
    """Annotations of what takes the result: the variable's, or the enclosing function's for what it returns."""
    outer = nodes.wrapped(expression)
    while outer.parent is not None and outer.parent.type == "await":
        outer = nodes.wrapped(outer.parent)
    taker = outer.parent
    annotation = None
    if taker is not None and taker.type == "assignment" and nodes.same(taker.child_by_field_name("right"), outer):
        annotation = taker.child_by_field_name("type")
    elif taker is not None and taker.type == "return_statement":
        function = nodes.enclosing(taker, frozenset({nodes.FUNCTION}))
        annotation = function.child_by_field_name("return_type") if function is not None else None
    if annotation is not None:
        yield annotation


def _caught(expression: Node) -> Iterator[Node]:
    """What the ``except`` clauses around name, in the same function."""
    child = expression
    for parent in nodes.ancestors(expression):
        if parent.type in nodes.DEFINITIONS or parent.type == "lambda":
            return
        if parent.type == "try_statement" and nodes.same(parent.child_by_field_name("body"), child):
            for clause in nodes.named(parent):
                if clause.type in ("except_clause", "except_group_clause"):
                    yield from (part for part in nodes.named(clause) if part.type != "block")
        child = parent


def _of_findings(lookup: Lookup, path: Path, around: _Around) -> Iterator[Target]:
    """What is reported there, or of an import that is used there."""
    project = lookup.project
    spans = [nodes.span_of(node) for node in around.expressions + around.annotations]
    spans += _imports_of(lookup, path, around)
    for finding in (each for span in spans for each in findings.within(project, path, span)):
        if finding.kind is FindingKind.STUB or not any(_holds(span, finding.span) for span in spans):
            continue
        if to_import(project, finding):
            continue
        wanted = targets_of(project, finding)
        if len(wanted) == 1:  # of several classes the user chooses
            yield wanted[0]


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _imports_of(lookup: Lookup, path: Path, around: _Around) -> Iterator[Span]:
    """Where the names that are used there are imported."""
    names = {nodes.text_of(name) for name in around.names()}
    names |= {nodes.text_of(name) for each in around.annotations for name in _leaves(each)}
    facts = lookup.facts(path)
    for item in facts.imports if facts is not None else ():
        if item.bound in names:
            yield from (Span(item.start, item.end), Span(item.module_start, item.module_end))


def _of_mentions(lookup: Lookup, path: Path, around: _Around) -> Iterator[Target]:
    """What is named but not called: classes in annotations, classes and variables among the arguments."""
    for node in (*(leaf for annotation in around.annotations for leaf in _leaves(annotation)), *around.names()):
        if (target := mentioned(lookup, path, node)) is not None:
            yield target


def _members(lookup: Lookup, path: Path, around: _Around, found: Sequence[Target]) -> Iterator[Target]:
    """What is called on a class or module that is missing itself: ``Currency("EUR").rate()``, ``money.parse(text)``."""
    made = {each.qualname: each for each in found if each.kind is TargetKind.CLASS}
    modules = {
        bound: each for each in found if each.kind is TargetKind.MODULE for bound in _imported_as(lookup, path, each)
    }
    for expression in around.expressions:
        for node in [expression, *nodes.own_nodes(expression)]:
            function = node.child_by_field_name("function") if node.type == "call" else None
            name = function.child_by_field_name("attribute") if function is not None else None
            receiver = function.child_by_field_name("object") if function is not None else None
            if name is None or receiver is None:
                continue
            of_instance = receiver.type == "call"
            base = nodes.text_of(receiver.child_by_field_name("function") if of_instance else receiver)
            text, span = nodes.text_of(name), nodes.span_of(name)
            if base in made:
                kind = TargetKind.METHOD if of_instance else TargetKind.CLASS_METHOD
                yield Target(made[base].path, f"{made[base].qualname}.{text}", kind, path, span)
            elif base in modules and not of_instance:
                yield Target(modules[base].path, text, kind_in_module(name, text), path, span)


def _imported_as(lookup: Lookup, path: Path, module: Target) -> Iterator[str]:
    """What ``import`` statements call a missing module."""
    facts, at = lookup.facts(path), module.origin_span.start
    for item in facts.imports if facts is not None else ():
        if item.name is None and item.start <= at < item.end:
            yield item.asname or item.module


def _names(expression: Node) -> Iterator[Node]:
    """The identifiers that are evaluated."""
    return (node for node in [expression, *nodes.own_nodes(expression)] if is_read(node))


def _leaves(annotation: Node) -> Iterator[Node]:
    """The bare names of an annotation, quoted ones too."""
    return (node for node in [annotation, *nodes.own_nodes(annotation)] if is_annotation(node))
