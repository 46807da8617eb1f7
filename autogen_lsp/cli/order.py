"""The order in which several definitions are written: what others build upon first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autogen_lsp.analysis.model import Target
    from autogen_lsp.analysis.project import Project


def leaves_first(project: Project, targets: Sequence[Target]) -> list[Target]:
    """The targets by file, a file after those that it imports, directly or not; import cycles in order of discovery.

    So the prompt of a function can show what the functions below it have become. Order within a file stays.
    """
    rank = {path: number for number, path in enumerate(_postorder(project, [target.path for target in targets]))}
    return sorted(targets, key=lambda target: rank[target.path])


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
