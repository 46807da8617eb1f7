"""What is asked of a class or module again and again, kept with the project."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast

from autogen_lsp.analysis.modules import Module
from autogen_lsp.analysis.mro import Class
from autogen_lsp.analysis.project import Project


def asked_once[S: (Class, Module), T](question: Callable[[Project, S], T]) -> Callable[[Project, S], T]:
    """A question whose answer is kept with the project: a class or a package may lack many names."""

    @wraps(question)
    def asked(project: Project, subject: S) -> T:
        key = question, subject.key if isinstance(subject, Class) else subject
        if key not in project.memo:
            project.memo[key] = question(project, subject)
        return cast("T", project.memo[key])

    return asked
