"""What is asked of a class again and again, kept with the project."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast

from autogen_lsp.analysis.mro import Class
from autogen_lsp.analysis.project import Project


def asked_once[T](question: Callable[[Project, Class], T]) -> Callable[[Project, Class], T]:
    """A question to a class whose answer is kept with the project: a class may lack many names."""

    @wraps(question)
    def asked(project: Project, found: Class) -> T:
        key = question, found.key
        if key not in project.memo:
            project.memo[key] = question(project, found)
        return cast("T", project.memo[key])

    return asked
