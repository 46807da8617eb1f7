"""Members that a stub leaves out: whether the code that it describes may have one of a name.

Typeshed describes the standard library's public names, and nearly all of them. Its Python modules are read (never
imported) where this interpreter has them; a private name that stands nowhere in one is no member of its classes, nor is
a public one that is neither defined nor assigned there.
"""

from __future__ import annotations

import re
import sysconfig
from functools import cache
from pathlib import Path

from autogen_lsp.analysis.project import Project

_ALSO = {"typing": "_collections_abc"}  # where typeshed has the classes of another module


@cache
def _library() -> str | None:
    return sysconfig.get_path("stdlib")


def stub_may_omit(project: Project, stub: Path, name: str) -> bool:
    """Whether a class of the stub may have a member of that name, which the stub does not say."""
    stubs, library = project.environment.stdlib, _library()
    private = name.startswith("_")
    if stub == project.builtins:
        return False  # in C, with none
    if stubs is None or not library or not stub.is_relative_to(stubs):
        return private
    module = stub.relative_to(stubs).with_suffix("")
    sources = [module.with_suffix(".py"), *(Path(f"{also}.py") for also in (_ALSO.get(str(module)),) if also)]
    word = re.escape(name.encode("utf-8", "surrogatepass"))
    made = rb"\b" + word + rb"\b" if private else rb"(?:\bself\.|\bdef )" + word + rb"\b(?:\s*=(?!=)|\()"
    return any(_may_have(Path(library, source), re.compile(made), private) for source in sources)


def _may_have(source: Path, made: re.Pattern[bytes], unread: bool) -> bool:
    try:
        return made.search(source.read_bytes()) is not None
    except OSError:
        return unread
