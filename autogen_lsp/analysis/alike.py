"""Whether what is declared as a protocol may be an instance of a class that has more (PEP 544)."""

from __future__ import annotations

from itertools import chain

from autogen_lsp.analysis.mro import Class, members_of
from autogen_lsp.analysis.project import Project

# What protocols are often cut from.
_COMMON = (("pathlib", "Path"), ("_io", "BytesIO"), ("_io", "StringIO"), ("builtins", "dict"), ("builtins", "list"))


def is_had_by_one_alike(project: Project, protocol: Class, name: str) -> bool:
    """Whether a class of the workspace, or a common one of Python, has the member, and all that the protocol has: it is
    one (PEP 544).
    """
    wanted = members_of(project, protocol)
    modules = ((project.resolve_module(module, 0, protocol.path).path, of) for module, of in _COMMON)
    common = ((path, of) for path, of in modules if path is not None and name in project.mro(path, of).names)
    ours = ((path, symbol.parent) for path, symbol in project.definitions(name))
    return any(project.is_class(*each) and wanted <= project.mro(*each).names for each in chain(ours, common))
