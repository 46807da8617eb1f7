"""A request into the text that is sent: Jinja2 templates, the package's own or the user's, over plain values.

Nothing is left to chance: the same request gives the same bytes. Text of the repository stands in fences that it cannot
close. A user's template that does not work is named to ``warn`` and the package's own is used.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from autogen_lsp.analysis.model import NeededImport, TargetKind
from autogen_lsp.backends.base import Prompt
from autogen_lsp.config import Problem, Settings
from autogen_lsp.generation import tokens
from autogen_lsp.generation.model import Failure, Item, Request

_TEMPLATES = {
    TargetKind.FUNCTION: "function.j2",
    TargetKind.METHOD: "method.j2",
    TargetKind.CLASS_METHOD: "method.j2",
    TargetKind.CLASS: "class.j2",
    TargetKind.ATTRIBUTE: "attribute.j2",
    TargetKind.MODULE: "module.j2",
    TargetKind.STUB: "stub.j2",
}
_REPAIR = "repair.j2"
_EXPLAIN = "explain.j2"
_HEADINGS = {
    "rules": "Written for contributors",
    "convention": "How this project does things",
    "call-site": "Calls",
    "test": "Tests",
    "similar": "Similar code",
    "graph": "Relations",
}
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f`]+")

Warn = Callable[[Problem], None]


def render(
    request: Request,
    settings: Settings,
    *,
    backend: str = "",
    model: str = "",
    warn: Warn = lambda problem: None,
) -> Prompt:
    """The first prompt of a generation. ``backend`` and ``model`` belong to its recipe, not to its text."""
    plan = request.plan
    target = plan.target
    values = {
        "groups": groups(request.context.items),
        "kind": target.kind.value,
        "name": target.name,
        "qualname": target.qualname,
        "owner": target.qualname.rpartition(".")[0],
        "path": _plain(request.path or target.path.name),
        "skeleton": (request.context.skeleton or plan.skeleton).strip("\n"),
        "imports": [import_line(needed) for needed in plan.imports],
        "instructions": request.instructions.strip(),
    }
    text = _rendered(_TEMPLATES[target.kind], values, settings, warn)
    recipe = _recipe("first", text, plan.skeleton, backend, model)
    return Prompt(text, plan.skeleton, target.name or target.path.stem, recipe, tokens.count(text))


def repair(prompt: Prompt, reply: str, problems: Sequence[str], settings: Settings, warn: Warn) -> Prompt:
    """The prompt that sends a bad reply back with its problems. The first prompt comes first, word for word."""
    values = {"prompt": prompt.text.rstrip("\n"), "reply": reply.strip("\n"), "problems": list(problems)}
    text = _rendered(_REPAIR, values, settings, warn)
    recipe = _recipe("repair", text, prompt.recipe)
    return replace(prompt, text=text, recipe=recipe, tokens=tokens.count(text), problems=tuple(problems))


def explain(
    failure: Failure,
    settings: Settings,
    *,
    mask: Callable[[str], str],
    backend: str = "",
    model: str = "",
    warn: Warn = lambda problem: None,
) -> Prompt:
    """The prompt that asks what an exception means. ``mask`` takes secrets out of its message and of its frames' code.

    No code is wanted, so there is no skeleton; the prompt's name is the exception's type.
    """
    name = _plain(failure.type)
    frames = [
        replace(each, path=_plain(each.path), function=_plain(each.function), source=mask(each.source))
        for each in failure.frames
    ]
    values = {"type": name, "message": mask(failure.message).strip("\n"), "frames": frames}
    text = _rendered(_EXPLAIN, values, settings, warn)
    return Prompt(text, "", name, _recipe("explain", text, backend, model), tokens.count(text))


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one file and kind that follow each other, under one heading."""

    heading: str
    text: str


def groups(items: Iterable[Item]) -> list[Group]:
    """Items in sending order, neighbours of one file and kind together."""
    found = []
    for heading, each in groupby(items, key=_heading):
        found.append(Group(heading, "\n".join(item.text.strip("\n") for item in each)))
    return found


def _heading(item: Item) -> str:
    return ": ".join(part for part in (_HEADINGS.get(item.kind, ""), _plain(item.path)) if part) or "Project"


def fenced(text: str, info: str = "") -> str:
    """The text in a fence that it cannot close: longer than its longest run of backticks."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{text.strip(chr(10))}\n{fence}"


def import_line(needed: NeededImport) -> str:
    """``from m import a as b``, as the statement that will be added."""
    alias = f" as {needed.asname}" if needed.asname else ""
    statement = f"from {needed.module} import {needed.name}" if needed.name else f"import {needed.module}"
    return f"{statement}{alias}" + ("  # under TYPE_CHECKING" if needed.type_checking else "")


def _rendered(name: str, values: dict[str, Any], settings: Settings, warn: Warn) -> str:
    folder = Path(settings.templates_dir).expanduser() if settings.templates_dir else None
    if folder is not None:
        problem = f"templates folder {folder} does not exist: the default templates are used"
        if folder.is_dir():
            try:
                return _environment(folder).get_template(name).render(values)
            except (TemplateError, OSError, ValueError, TypeError, ArithmeticError, LookupError) as error:
                # A template runs expressions of its author's: whatever they get wrong is one of these.
                reason = str(error).partition("\n")[0] or type(error).__name__
                problem = f"template {name} in {folder} does not work ({reason}): the default one is used"
        warn(Problem("templatesDir", problem))
    return _environment(None).get_template(name).render(values)


@cache
def _environment(folder: Path | None) -> SandboxedEnvironment:
    """Compiled templates are kept; a user's template is read again when its file changes."""
    own = PackageLoader("autogen_lsp.generation", "prompts")
    environment = SandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder), own]) if folder else own,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the text goes to a model, not to a browser
    )
    environment.filters["fenced"] = fenced
    return environment


def _recipe(*parts: str) -> str:
    """SHA-256 (hex) of all that decides the answer; the templates are in the text that they made."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _plain(name: str) -> str:
    """A path of the repository as a heading can hold it: one line, nothing that opens a fence."""
    return _UNPRINTABLE.sub("?", name)
