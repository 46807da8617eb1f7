"""What an action does, in the words of the editor's menu: what is created, and where."""

from __future__ import annotations

from collections.abc import Sequence

from autogen_lsp.analysis import asserts, locate, mentions, nodes
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.project import Project

_SHOWN = 4  # of what a definition needs besides itself


def title_of(project: Project, target: Target) -> str:
    where = project.snapshot.relative(target.path)
    owner, _, name = target.qualname.rpartition(".")
    inside = f" in class {owner} ({where})" if owner else f" in {where}"
    match target.kind:
        case TargetKind.STUB:
            return f"Implement '{name}'{inside}"
        case TargetKind.MODULE:
            return f"Create {_module(project, target)}"
        case TargetKind.CLASS if _is_exception(project, target):
            return f"Create exception class '{name}'{inside}"
        case TargetKind.CLASS_METHOD:
            return f"Create class method '{name}'{inside}"
        case TargetKind.ATTRIBUTE if not owner:
            return f"Create variable '{name}'{inside}"
        case kind:
            return f"Create {kind.value} '{name}'{inside}"


def generate(project: Project, target: Target, *, among: bool = False) -> str:
    """For the action that has a body written, up to by whom; ``among`` several targets one name says too little."""
    if target.kind is TargetKind.MODULE:
        return f"Generate {_module(project, target)}"
    return f"Generate '{target.qualname if among else target.name}'"


def with_needs(project: Project, target: Target, wanted: Sequence[Target]) -> str:
    """For a target that is created together with what it needs: ``wanted`` is all of it."""
    return f"{title_of(project, target)} and what it needs: {_others(project, target, wanted)}"


def generate_with_needs(project: Project, target: Target, wanted: Sequence[Target]) -> str:
    """The same for the action that has bodies written, up to by whom."""
    return f"{generate(project, target)} and what it needs ({_others(project, target, wanted)})"


def listed(names: Sequence[str]) -> str:
    """'a', 'b' and 'c'."""
    quoted = [f"'{name}'" for name in names]
    return " and ".join(filter(None, [", ".join(quoted[:-1]), *quoted[-1:]]))


def _others(project: Project, target: Target, wanted: Sequence[Target]) -> str:
    others = [each for each in wanted if each != target]
    named = [_named(project, each, target) for each in others[:_SHOWN]]
    return ", ".join([*named, f"{len(others) - _SHOWN} more"] if len(others) > _SHOWN else named)


def _named(project: Project, target: Target, main: Target) -> str:
    """``class 'Currency'``, with its file where that is another one."""
    where = f" ({project.snapshot.relative(target.path)})" if target.path != main.path else ""
    if target.kind is TargetKind.MODULE:
        return _module(project, target)
    if target.kind is TargetKind.CLASS and _is_exception(project, target):
        return f"exception class '{target.qualname}'{where}"
    word = "variable" if target.kind is TargetKind.ATTRIBUTE and "." not in target.qualname else target.kind.value
    return f"{_WORDS.get(target.kind, word)} '{target.qualname}'{where}"


def _module(project: Project, target: Target) -> str:
    """``module a/b.py``, with the package that it needs first where that is new, too."""
    snapshot, path = project.snapshot, target.path
    if path.name == "__init__.py":
        return f"package {snapshot.relative(path.parent)}"
    packages = locate.missing_packages(project, path)
    inside = f" in new package {snapshot.relative(packages[0])}" if packages else ""
    return f"module {snapshot.relative(path)}{inside}"


def _is_exception(project: Project, target: Target) -> bool:
    """Whether the class is named as errors are (PEP 8), or what asked for it raises or catches it."""
    if target.name.endswith(("Error", "Exception")):
        return True
    node = locate.origin_node(project, target)
    outer = nodes.wrapped(mentions.expression_of(node)).parent if node is not None else None
    while outer is not None and outer.type in ("tuple", "as_pattern"):
        outer = outer.parent
    if outer is not None and outer.type == "argument_list" and outer.parent is not None:
        return asserts.takes_exceptions(outer.parent.child_by_field_name("function"))
    return outer is not None and outer.type in ("raise_statement", "except_clause", "except_group_clause")


_WORDS = {TargetKind.CLASS_METHOD: "class method"}
