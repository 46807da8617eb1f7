"""What an action does, in the words of the editor's menu: what is created, and where."""

from __future__ import annotations

from collections.abc import Sequence

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
            return f"Create module {where}"
        case TargetKind.CLASS_METHOD:
            return f"Create class method '{name}'{inside}"
        case TargetKind.ATTRIBUTE if not owner:
            return f"Create variable '{name}'{inside}"
        case kind:
            return f"Create {kind.value} '{name}'{inside}"


def with_needs(project: Project, target: Target, wanted: Sequence[Target]) -> str:
    """For a target that is created together with what it needs: ``wanted`` is all of it."""
    return f"{title_of(project, target)} and what it needs: {_others(project, target, wanted)}"


def generate_with_needs(project: Project, target: Target, wanted: Sequence[Target]) -> str:
    """The same for the action that has bodies written, up to by whom."""
    return f"Generate '{target.name}' and what it needs ({_others(project, target, wanted)})"


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
        return f"module {project.snapshot.relative(target.path)}"
    return f"{_WORDS.get(target.kind, target.kind.value)} '{target.qualname}'{where}"


_WORDS = {TargetKind.CLASS_METHOD: "class method"}
