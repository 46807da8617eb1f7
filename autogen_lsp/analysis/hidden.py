"""Members that a stub leaves out: whether the code that it describes may have one of a name.

Typeshed describes the standard library's public names, and nearly all of them. Its Python modules are read (never
imported) where this interpreter has them; a private name that stands nowhere in a class is no member of it, nor is a
public one that is neither defined nor assigned there. Of a class that is not found there, all of its module counts.
"""

from __future__ import annotations

import re
import sysconfig
from functools import cache
from pathlib import Path

from autogen_lsp.analysis.mro import Class
from autogen_lsp.analysis.project import Project
from autogen_lsp.syntax.model import base_names

_ALSO = {"typing": "_collections_abc"}  # where typeshed has the classes of another module
_BASES = rb"\b(?:\(([^()]*)\))?:"
_STATEMENT = re.compile(rb"^[\w@]", re.M)
_KEYWORD = re.compile(r"\w+\s*=")
_MAX_DEPTH = 4  # of bases that a stub does not name


@cache
def _library() -> str | None:
    return sysconfig.get_path("stdlib")


def stub_may_omit(project: Project, found: Class, name: str) -> bool:
    """Whether a class of a stub may have a member of that name, which the stub does not say."""
    stub, stubs, library = found.path, project.environment.stdlib, _library()
    private = name.startswith("_")
    if stub == project.builtins:
        return False  # in C, with none
    if stubs is None or not library or not stub.is_relative_to(stubs):
        return private
    module = stub.relative_to(stubs).with_suffix("")
    single = module.parent if module.name == "__init__" else module
    sources = [f"{each}.py" for each in dict.fromkeys((single, module, _ALSO.get(str(module)))) if each]
    texts = [_text(Path(library, source)) for source in sources]
    known = [text for text in texts if text is not None]
    word, holder = (re.escape(text.encode("utf-8", "surrogatepass")) for text in (name, found.symbol.qualname))
    made = re.compile(
        rb"\b" + word + rb"\b" if private else rb"(?:\bself\.|\bdef |^ +)" + word + rb"\b(?:\s*=(?!=)|\()", re.M
    )
    for text in known:
        bodies = _bodies(text, found.symbol.qualname, {*base_names(found.symbol), "object"})
        if bodies:
            outside = re.search(holder + rb"\." + word + rb"\b", text)
            return outside is not None or any(made.search(text, *body) for body in bodies)
    own = [text for text in known if re.search(rb"^def " + holder + rb"\(", text, re.M)]
    return any(made.search(text) for text in own or known) or (private and not known)


def _text(source: Path) -> bytes | None:
    try:
        return source.read_bytes()
    except OSError:
        return None


def _bodies(text: bytes, name: str, named: set[str], depth: int = 0) -> list[tuple[int, int]]:
    """Where the class's body is, and those of its bases that are not ``named``; nowhere if not all are found."""
    header = re.search(rb"^class " + re.escape(name.encode("utf-8", "surrogatepass")) + _BASES, text, re.M)
    if header is None or depth > _MAX_DEPTH:
        return []
    behind = _STATEMENT.search(text, header.end())
    out = [(header.end(), len(text) if behind is None else behind.start())]
    bases = [base.strip() for base in (header.group(1) or b"").decode("utf-8", "replace").split(",")]
    for base in {base for base in bases if base and not _KEYWORD.match(base)} - named:
        inner = _bodies(text, base, named, depth + 1)
        if not inner:
            return []
        out += inner
    return out
