"""A target into its place in the snapshot at hand: its use found again, the class or module that will hold it.

The origin of a target is a span in an older text, perhaps; it is taken as it stands where the name is still there, else
the nearest use of that name in the file counts. Reads facts and trees; changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import class_places, nodes, unbound
from autogen_lsp.analysis import placement as places
from autogen_lsp.analysis.layout import deferred
from autogen_lsp.analysis.model import Placement, Target, TargetKind
from autogen_lsp.analysis.project import Project
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source


def placement(project: Project, target: Target) -> Placement | None:
    """Where the target goes now; None where its class is gone."""
    source = project.source(target.path)
    if source is None:
        return Placement(Span(0, 0), "", 0, 0, creates_file=True)
    if target.kind is TargetKind.STUB:
        definition = nodes.find_definition(source.tree, target.qualname)
        return None if definition is None else places.existing(source, definition)
    owner, _, name = target.qualname.rpartition(".")
    if not owner:
        return _at_module_level(project, target, source)
    definition = nodes.find_definition(source.tree, owner)
    if definition is None or definition.type != nodes.CLASS:
        return None
    if target.kind is TargetKind.ATTRIBUTE:
        return attribute_place(source, definition)
    if name == "__init__":
        return class_places.constructor(source, definition)
    current, user = _current_method(project, target, definition), _user_in_body(source, definition, name)
    return class_places.method(source, definition, current, user)


def last_use_first(project: Project, targets: Sequence[Target]) -> list[Target]:
    """The order in which to create several, one after the other.

    What goes right below its use starts with the last use of each file, so that in the end the definitions stand in
    the order in which they are used; all else stays where it is.
    """
    below = [target for target in targets if _goes_below_use(project, target)]
    ordered: dict[Path, list[Target]] = {}
    for target in sorted(below, key=lambda target: target.origin_span):
        ordered.setdefault(target.path, []).append(target)
    return [ordered[target.path].pop() if target in below else target for target in targets]


def _goes_below_use(project: Project, target: Target) -> bool:
    source = project.source(target.path)
    node = origin_node(project, target) if target.origin == target.path else None
    if source is None or node is None or target.kind in (TargetKind.STUB, TargetKind.MODULE, TargetKind.ATTRIBUTE):
        return False
    owner = target.qualname.rpartition(".")[0]
    definition = nodes.find_definition(source.tree, owner) if owner else None
    return deferred(node) if definition is None else _current_method(project, target, definition) is not None


def attribute_place(source: Source, owner: Node) -> Placement:
    """At the end of ``__init__``, or among the class's fields where it has annotated ones or no ``__init__``."""
    initializer = _initializer(owner)
    if initializer is None or has_fields(owner):
        return class_places.class_attribute(source, owner)
    return class_places.end_of_body(source, initializer)


def has_fields(owner: Node) -> bool:
    """Whether the class declares its attributes in its body, as dataclasses do."""
    return any("dataclass" in text or text.startswith(("attr", "define")) for text in nodes.decorators(owner)) or any(
        statement.type == "expression_statement"
        and len(nodes.named(statement)) == 1
        and nodes.named(statement)[0].type == "assignment"
        and nodes.named(statement)[0].child_by_field_name("type") is not None
        for statement in nodes.statements(owner.child_by_field_name("body"))
    )


def in_initializer(source: Source, owner: Node) -> bool:
    """Whether a new attribute of the class is assigned in ``__init__``."""
    return _initializer(owner) is not None and not has_fields(owner)


def origin_node(project: Project, target: Target) -> Node | None:
    """The name at the origin, as a node of the current tree; None where it is used there no more."""
    source = project.source(target.origin)
    if source is None:
        return None
    name = target.name
    node = nodes.node_at(source.tree, target.origin_span)
    if nodes.text_of(node) == name or not name:
        return node
    if target.kind is TargetKind.MODULE or name in ("__init__", "__call__"):
        return node  # used under another name: the module's, the class's, the instance's
    spans = [Span(m, m + len(name.encode())) for m in _occurrences(source.text, name.encode())]
    if not spans:
        return None
    nearest = min(spans, key=lambda span: abs(span.start - target.origin_span.start))
    return nodes.node_at(source.tree, nearest)


def missing_packages(project: Project, path: Path) -> list[Path]:
    """Folders above a new file that do not exist yet, outermost first: each needs an ``__init__.py``."""
    root = project.snapshot.root_of(path)
    out: list[Path] = []
    for folder in path.parents:
        if folder == root or folder.exists() or any(p.is_relative_to(folder) for p in project.snapshot.documents):
            break
        out.append(folder)
    return out[::-1]


def _at_module_level(project: Project, target: Target, source: Source) -> Placement:
    if target.kind is TargetKind.ATTRIBUTE:
        return places.constant(source)
    return places.below(source, _function_place(project, target, source), target.below)


def _function_place(project: Project, target: Target, source: Source) -> Placement:
    word = target.name.encode()
    named = [nodes.node_at(source.tree, Span(at, at + len(word))) for at in _occurrences(source.text, word)]
    evaluated = [node for node in named if unbound.is_read(node) and nodes.enclosing(node, frozenset({"type"})) is None]
    at_import = [nodes.span_of(node) for node in evaluated if not deferred(node)]
    if target.origin != target.path:
        return places.function(source, sorted(at_import))
    origin = origin_node(project, target)
    if origin is None:
        return places.function(source, sorted(at_import)) if at_import else places.bottom(source)
    return places.function(source, [nodes.span_of(origin), *at_import])


def _current_method(project: Project, target: Target, owner: Node) -> Node | None:
    """The member of ``owner`` in which the use stands, None where it stands elsewhere."""
    if target.origin != target.path:
        return None
    node = origin_node(project, target)
    found: Node | None = None
    for parent in nodes.ancestors(node) if node is not None else ():
        if parent.type == nodes.FUNCTION:
            found = parent
        elif parent.type == nodes.CLASS:
            return found if parent.start_byte == owner.start_byte else None
    return None


def _user_in_body(source: Source, owner: Node, name: str) -> Node | None:
    """The first member of the class that uses the bare name when the class is made (``alias = name``)."""
    word = name.encode()
    for member in nodes.statements(owner.child_by_field_name("body")):
        for at in _occurrences(source.text[member.start_byte : member.end_byte], word):
            node = nodes.node_at(source.tree, Span(member.start_byte + at, member.start_byte + at + len(word)))
            in_body = nodes.same(nodes.enclosing(node, frozenset({nodes.CLASS})), owner) and not deferred(node)
            if in_body and unbound.is_read(node):
                return member
    return None


def _initializer(owner: Node) -> Node | None:
    """The ``__init__`` of a class, if its body has lines of its own."""
    for definition in nodes.definitions_in(body) if (body := owner.child_by_field_name("body")) is not None else ():
        inner = definition.child_by_field_name("body")
        if nodes.text_of(definition.child_by_field_name("name")) == "__init__" and inner is not None:
            colon = next((child for child in reversed(definition.children) if child.type == ":"), definition)
            return definition if inner.start_point.row > colon.start_point.row else None
    return None


def _occurrences(text: bytes, word: bytes) -> list[int]:
    out: list[int] = []
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at] if at else b"", text[at + len(word) : at + len(word) + 1]
        if not _is_word(before) and not _is_word(after):
            out.append(at)
        at = text.find(word, at + 1)
    return out


def _is_word(char: bytes) -> bool:
    return char.isalnum() or char == b"_" or char > b"\x7f"
