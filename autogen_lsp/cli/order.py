"""The order in which several definitions are written: what others build upon first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autogen_lsp.analysis.model import Target
    from autogen_lsp.analysis.project import Project


def leaves_first(project: Project, targets: Sequence[Target]) -> list[list[Target]]:
    """The targets in groups: those of a file come after those of the files that it imports, directly or not.

    So the prompt of a function can show what the functions below it have become, while all of one group are written at
    the same time. Import cycles are cut where they are met; the order within a group is the order given.
    """
    wanted = {target.path for target in targets}
    level: dict[Path, int] = {}
    for path in _postorder(project, [target.path for target in targets]):
        below = [level[file] + (file in wanted) for file in _imported(project, path) if file in level]
        level[path] = max(below, default=0)
    groups: dict[int, list[Target]] = {}
    for target in targets:
        groups.setdefault(level[target.path], []).append(target)
    return [groups[number] for number in sorted(groups)]


def _postorder(project: Project, starts: Sequence[Path]) -> Iterator[Path]:
    """Files reachable by imports, dependencies first. With a stack of its own: import chains may be long."""
    seen: set[Path] = set()
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, _imported(project, start))]
        while stack:
            path, rest = stack[-1]
            following = next((file for file in rest if file not in seen), None)
            if following is None:
                stack.pop()
                yield path
            else:
                seen.add(following)
                stack.append((following, _imported(project, following)))


def _imported(project: Project, path: Path) -> Iterator[Path]:
    facts = project.facts(path)
    for each in facts.imports if facts is not None else ():
        names = [each.module]
        if each.name is not None:  # which may be a module of the package
            names.append(f"{each.module}.{each.name}".removeprefix("."))
        for name in names:
            found = project.resolve_module(name, each.level, path)
            if found.path is not None and project.snapshot.root_of(found.path) is not None:
                yield found.path
