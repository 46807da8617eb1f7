"""Findings, cursors and qualnames into targets: what would be created, of which kind, in which file.

`targets_of` serves a finding; `at` serves a cursor, and knows uses that are no findings too (a constructor called with
arguments that no ``__init__`` takes, an instance that is called, an attribute that is read, a class that is only
mentioned); `by_qualname` serves what
exists; `missing_by_qualname` what is used somewhere. Nothing outside the workspace is ever a target.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import classes, imported, infer, locate, mentions, nodes, sites, unbound
from autogen_lsp.analysis.arguments import arguments_of
from autogen_lsp.analysis.handed import is_function
from autogen_lsp.analysis.model import Finding, FindingKind, Target, TargetKind
from autogen_lsp.analysis.names import Lookup, resolve
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.spelling import is_importable
from autogen_lsp.analysis.standard import HOMES
from autogen_lsp.analysis.tested import is_test
from autogen_lsp.analysis.types import Form, Type, class_of, members
from autogen_lsp.syntax import spread
from autogen_lsp.text import Span

_NAMES = ("identifier", "string_content")  # a quoted annotation is a name, too
_FILLED = ("enum.", "typing.NamedTuple", "typing.TypedDict", "pydantic.", "typing.Protocol")


def target_of(project: Project, finding: Finding) -> Target | None:
    """The first of `targets_of`."""
    return next(iter(targets_of(project, finding)), None)


def targets_of(project: Project, finding: Finding) -> list[Target]:
    """What a finding asks for; one for each class where the receiver is a union (row 17).

    Facts are of the mended text: among syntax errors the tree may have no class of which they tell.
    """
    found = _asked_for(project, finding)
    return [t for t in found if t.kind is TargetKind.MODULE or locate.placement(project, t) is not None]


def _asked_for(project: Project, finding: Finding) -> list[Target]:
    path = finding.target_path
    if path is None or project.snapshot.root_of(path) is None:
        return []
    lookup = Lookup(project)
    if finding.kind is FindingKind.MISSING_MODULE:
        return [Target(path, "", TargetKind.MODULE, finding.path, finding.span)]
    if finding.kind is FindingKind.STUB:
        return [Target(path, finding.target_qualname, TargetKind.STUB, finding.path, finding.span)]
    node = _name_at(project, finding.path, finding.span)
    if node is None:
        return []
    if finding.kind is FindingKind.MISSING_ATTRIBUTE:
        found = list(_members(lookup, finding.path, node, Target(path, finding.target_qualname, TargetKind.METHOD,
                                                                 finding.path, finding.span)))  # fmt: skip
        if found:
            return found
    owner = finding.target_qualname.rpartition(".")[0]
    kind = _method_kind(lookup, finding.path, node, owner, path) if owner else kind_in_module(node, finding.name)
    if finding.kind is FindingKind.MISSING_IMPORT and kind is not TargetKind.CLASS:
        if (file := imported.submodule(lookup, finding)) is not None:
            return [Target(file, "", TargetKind.MODULE, finding.path, finding.span)]
        kind = _imported_kind(lookup, finding)
    return [Target(path, finding.target_qualname, kind, finding.path, finding.span)]


def at(project: Project, path: Path, offset: int) -> list[Target]:
    """What could be created for the name at a cursor, findings and more; nothing for what exists or can be imported."""
    from autogen_lsp.analysis import findings

    found = findings.at(project, path, offset)
    if found:
        return [t for finding in found if not importable(project, finding) for t in targets_of(project, finding)]
    source = project.source(path)
    if source is None:
        return []
    node = nodes.node_at(source.tree, Span(offset, offset))
    if node.type not in _NAMES and offset > 0:
        node = nodes.node_at(source.tree, Span(offset - 1, offset))
    if node.type == "identifier" and node.parent is not None and node.parent.type == "dotted_name":
        module = imported.new_module(project, path, offset)
        return [] if module is None else [module]
    beyond = list(_beyond_findings(Lookup(project), path, node, offset)) if node.type in _NAMES else []
    return beyond or list(_of_failing_import(project, path, node))


def _of_failing_import(project: Project, path: Path, node: Node) -> Iterator[Target]:
    """What the import asks for that binds a name, where it fails."""
    from autogen_lsp.analysis import findings

    facts = project.facts(path)
    if facts is None or not unbound.is_read(node):
        return
    for item in facts.imports:
        if item.bound != nodes.text_of(node):
            continue
        for span in (Span(item.start, item.end), Span(item.module_start, item.module_end)):
            for finding in findings.within(project, path, span):
                if span.start <= finding.span.start and finding.span.end <= span.end:
                    yield from targets_of(project, finding)
                    return
    module = imported.new_module(project, path, node.start_byte, bound=nodes.text_of(node))
    if module is not None:
        yield module


def by_qualname(project: Project, path: Path, qualname: str) -> Target | None:
    """An existing function or method, stub or not, as a target whose body is to be written."""
    for symbol in reversed(Lookup(project).symbols(path, qualname)):
        if symbol.signature is not None and not classes.is_overload(symbol):
            return Target(path, qualname, TargetKind.STUB, path, Span(symbol.name_start, symbol.name_end))
    return None


def missing_by_qualname(project: Project, path: Path, qualname: str) -> Target | None:
    """Something missing by its name: used in the file, or used elsewhere and to be created in the file."""
    from autogen_lsp.analysis import findings

    for finding in findings.find(project, path):
        if qualname in (finding.target_qualname, finding.name):
            target = target_of(project, finding)
            if target is not None:
                return target
    name = qualname.rpartition(".")[2]
    users = [user for user, _ in project.calls(name)] + [user for user, _ in project.importers(name)]
    for user in dict.fromkeys(users):
        for finding in findings.find(project, user) if user != path else ():
            if (finding.target_path, finding.target_qualname) == (path, qualname):
                return target_of(project, finding)
    return None


def importable(project: Project, finding: Finding) -> list[str]:
    """Modules of the workspace that define a missing bare name publicly: importing it comes first (row 19)."""
    if finding.kind is not FindingKind.UNDEFINED_CALL or finding.name.startswith("_"):
        return []
    modules = {
        project.module_name(path)
        for path, symbol in project.definitions(finding.name)
        if symbol.qualname == finding.name and path != finding.path and (symbol.signature is not None or symbol.bases
                                                                         or symbol.body_end > symbol.body_start)
        and not is_test(project, path)
    }  # fmt: skip
    return sorted(filter(is_importable, modules))


def to_import(project: Project, finding: Finding) -> list[str]:
    """Modules, of the workspace or the standard library, that an import of the name was forgotten from, likely.

    Where something is created unasked (everything in a file), such a name is left alone.
    """
    standard = [HOMES[finding.name]] if finding.kind is FindingKind.UNDEFINED_CALL and finding.name in HOMES else []
    return importable(project, finding) or standard


def mentioned(lookup: Lookup, path: Path, node: Node, offset: int = -1) -> Target | None:
    """What a name asks for that is not called: in an annotation or CapWords a class, in capitals a variable, where a
    function is asked for that.

    None for any other, and for what is bound or can be imported. ``offset`` tells the name in a quoted annotation.
    """
    name, span = _word_at(node, offset)
    if unbound.is_annotation(node) or (unbound.is_read(node) and is_class_name(name)):
        kind = TargetKind.CLASS
    elif unbound.is_read(node) and name.isupper() and len(name) > 1:
        kind = TargetKind.ATTRIBUTE
    elif unbound.is_read(node):
        kind = TargetKind.FUNCTION
    else:
        return None
    if not unbound.is_unbound(lookup, path, node, name) or name in HOMES:
        return None
    if kind is TargetKind.FUNCTION and not is_function(lookup, path, node):
        return None
    believed = Finding(path, span, FindingKind.UNDEFINED_CALL, name, "", path, name)
    return None if importable(lookup.project, believed) else Target(path, name, kind, path, span)


def _word_at(node: Node, offset: int) -> tuple[str, Span]:
    """The name, or the one at the offset in a string of several."""
    text, span = nodes.text_of(node), nodes.span_of(node)
    if node.type == "string_content" and not text.isidentifier() and text.isascii():
        for found in re.finditer(r"(?<![\w.])[^\W\d]\w*(?![\w.])", text):
            if span.start + found.start() <= offset <= span.start + found.end():
                return found.group(), Span(span.start + found.start(), span.start + found.end())
    return text, span


def is_class_name(name: str) -> bool:
    """Whether a name is written in CapWords, as classes are (PEP 8)."""
    bare = name.lstrip("_")
    return bare[:1].isupper() and not bare.isupper() and "_" not in bare


def _name_at(project: Project, path: Path, span: Span) -> Node | None:
    source = project.source(path)
    return None if source is None else nodes.node_at(source.tree, span)


def kind_in_module(node: Node, name: str) -> TargetKind:
    """A class where the name is written like one, or used as base class or exception (row 43); else a function."""
    expression = mentions.expression_of(node)
    outer = nodes.wrapped(expression).parent
    if is_class_name(name):
        return TargetKind.CLASS
    while outer is not None and outer.type in ("tuple", "as_pattern", "dotted_name"):
        outer = outer.parent
    if outer is None:
        return TargetKind.FUNCTION
    if outer.type in ("except_clause", "except_group_clause", "class_pattern"):
        return TargetKind.CLASS
    if sites.is_metaclass(expression):
        return TargetKind.CLASS
    if outer.type == "raise_statement" and nodes.same(nodes.named(outer)[0], nodes.wrapped(expression)):
        return TargetKind.CLASS
    if outer.type == "argument_list" and outer.parent is not None and outer.parent.type == nodes.CLASS:
        return TargetKind.FUNCTION if expression.type == "call" else TargetKind.CLASS  # `class A(with_bases(B)):`
    return TargetKind.FUNCTION


def _imported_kind(lookup: Lookup, finding: Finding) -> TargetKind:
    """An imported name: by what its file makes of it; a constant where it is never called and written like one."""
    facts, source = lookup.facts(finding.path), lookup.source(finding.path)
    if facts is None or source is None:
        return TargetKind.FUNCTION
    bound = next((i.bound for i in facts.imports if i.start <= finding.span.start < i.end), finding.name)
    spans = [Span(call.start, call.end) for call in spread.named(facts.calls, bound) if not call.receiver]
    spans += [Span(use.start, use.end) for use in facts.references if use.name == bound and not use.receiver]
    kinds = {kind_in_module(nodes.node_at(source.tree, span), finding.name) for span in spans}
    if TargetKind.CLASS in kinds:
        return TargetKind.CLASS
    return TargetKind.ATTRIBUTE if not kinds and finding.name.isupper() else TargetKind.FUNCTION


def _method_kind(lookup: Lookup, path: Path, node: Node, owner: str, home: Path) -> TargetKind:
    """``cls.m()`` and ``C.m()`` ask for a class method, but ``C.m(an_instance)`` for a method (row 9)."""
    expression = mentions.expression_of(node)
    if expression.type != "call" and not is_function(lookup, path, expression):
        return TargetKind.ATTRIBUTE
    receiver = sites.receiver_of(node)
    type_ = infer.type_of(lookup, path, receiver) if receiver is not None else None
    if type_ is None or type_.form is not Form.CLASS:
        return TargetKind.METHOD
    return TargetKind.METHOD if first_is_instance(lookup, path, expression, owner, home) else TargetKind.CLASS_METHOD


def first_is_instance(lookup: Lookup, path: Path, call: Node, owner: str, home: Path) -> bool:
    """Whether the first positional argument of a call is an instance of the class."""
    arguments = arguments_of(call)
    if not arguments or arguments[0].keyword or arguments[0].star:
        return False
    given = infer.type_of(lookup, path, arguments[0].node)
    if given is None or given.form is not Form.INSTANCE:
        return False
    return any(base.name == owner and base.path == home for base in classes.mro(lookup, given))


def _members(lookup: Lookup, path: Path, node: Node, meant: Target | None = None) -> Iterator[Target]:
    """One target for each workspace class of the receiver that lacks the member.

    ``meant`` is where a finding wants it; a class that inherits from that one needs no member of its own.
    """
    receiver = sites.receiver_of(node)
    type_ = infer.type_of(lookup, path, receiver) if receiver is not None else None
    name = nodes.text_of(node)
    for member in members(type_):
        instance = member.args[0] if member is not None and member.form is Form.CLASS else member
        if instance is None or instance.form is not Form.INSTANCE or instance.path is None:
            continue
        if lookup.project.snapshot.root_of(instance.path) is None or instance.path.suffix == ".pyi":
            continue
        if classes.symbol_of(lookup, instance) is None or classes.member_of(lookup, instance, name) is not None:
            continue
        if classes.is_typed_dict(lookup, instance):  # its class has keys, and may have nothing else
            continue
        owner, home = instance.name, instance.path
        wanted = (meant.qualname.rpartition(".")[0], meant.path) if meant is not None else (owner, home)
        if any((base.name, base.path) == wanted for base in classes.mro(lookup, instance)):
            owner, home = wanted
        kind = _method_kind(lookup, path, node, owner, home)
        yield Target(home, f"{owner}.{name}", kind, path, nodes.span_of(node))


def _beyond_findings(lookup: Lookup, path: Path, node: Node, offset: int) -> Iterator[Target]:
    """Rows 10, 11 and 13: what may be missing although the name resolves."""
    expression = mentions.expression_of(node)
    receiver = sites.receiver_of(node)
    if expression.type != "call":
        if receiver is not None:
            yield from _attributes(lookup, path, node, receiver)
        elif (named := mentioned(lookup, path, node, offset)) is not None:
            yield named
        return
    callee = expression.child_by_field_name("function")
    if callee is None or (receiver is None and not nodes.same(callee, node)):
        return
    type_ = infer.type_of(lookup, path, callee)
    if type_ is None and receiver is not None:
        yield from _members(lookup, path, node)
        return
    if receiver is not None and nodes.text_of(callee) == "super().__init__" and _has_one_base(node):
        type_ = class_of(infer.type_of(lookup, path, receiver))  # which it makes an instance of
    if type_ is None:
        return
    instance = type_.args[0] if type_.form is Form.CLASS else type_
    if instance is None or instance.form is not Form.INSTANCE or not _is_ours(lookup, instance):
        return
    arguments = expression.child_by_field_name("arguments")
    given = arguments is not None and bool(nodes.named(arguments))
    wanted = "__init__" if type_.form is Form.CLASS else "__call__"
    if wanted == "__init__" and (not given or _takes_arguments(lookup, instance)):
        return
    member = classes.member_of(lookup, instance, wanted)
    if (member is None or member.owner.is_a("object")) and not classes.is_open(lookup, instance):
        yield Target(instance.path or path, f"{instance.name}.{wanted}", TargetKind.METHOD, path, nodes.span_of(node))


def _has_one_base(node: Node) -> bool:
    """Whether ``super()`` can only mean the base, as far as the class around tells: of two, the next may come first."""
    around = nodes.enclosing(node, frozenset({nodes.CLASS}))
    listed = around.child_by_field_name("superclasses") if around is not None else None
    return listed is not None and sum(each.type in ("identifier", "attribute") for each in nodes.named(listed)) == 1


def _attributes(lookup: Lookup, path: Path, node: Node, receiver: Node) -> Iterator[Target]:
    type_ = infer.type_of(lookup, path, receiver)
    parent = node.parent.parent if node.parent is not None else None
    if (
        parent is not None
        and parent.type == "assignment"
        and nodes.same(parent.child_by_field_name("left"), node.parent)
    ):
        return  # the assignment itself makes the attribute
    if type_ is not None and type_.form is Form.MODULE:
        ref = resolve(lookup, path, nodes.text_of(node.parent))
        if ref is None and type_.path is not None and lookup.project.snapshot.root_of(type_.path) is not None:
            name = nodes.text_of(node)
            handed = is_function(lookup, path, mentions.expression_of(node))
            kind = TargetKind.FUNCTION if handed else TargetKind.ATTRIBUTE
            kind = TargetKind.CLASS if is_class_name(name) else kind
            yield Target(type_.path, name, kind, path, nodes.span_of(node))
        return
    for target in _members(lookup, path, node):
        instance = Type(
            Form.INSTANCE, target.qualname.rpartition(".")[0], lookup.module_name(target.path), path=target.path
        )
        if not classes.is_open(lookup, instance):
            yield target


def _is_ours(lookup: Lookup, instance: Type) -> bool:
    return (
        instance.path is not None
        and instance.path.suffix != ".pyi"
        and lookup.project.snapshot.root_of(instance.path) is not None
        and classes.symbol_of(lookup, instance) is not None
    )


def _takes_arguments(lookup: Lookup, instance: Type) -> bool:
    """Whether something else than a written ``__init__`` takes the constructor's arguments."""
    for base in classes.mro(lookup, instance):
        symbol = classes.symbol_of(lookup, base)
        if f"{base.module}.{base.name}".startswith(_FILLED) or base.is_a("BaseException", "type"):
            return True
        if symbol is not None and (
            any("dataclass" in d or d.startswith(("attr", "define")) for d in symbol.decorators)
            or any("metaclass" in b or "NamedTuple" in b for b in symbol.bases)
        ):
            return True
        if base.path is not None and not base.is_a("object") and lookup.symbols(base.path, f"{base.name}.__new__"):
            return True
    return False
