"""What an import that fails asks for: a name in its module, or a module.

``from pkg import part`` asks for ``pkg/part.py`` where the file uses ``part`` before dots only. ``import helpers``, of
which nothing is known, may ask for a module beside the file: that is too uncertain for a finding, but not for an offer
at the cursor. Reads only.
"""

from __future__ import annotations

import re
from pathlib import Path

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.dependencies import needs
from autogen_lsp.analysis.environment import is_stdlib
from autogen_lsp.analysis.model import Finding, Target, TargetKind
from autogen_lsp.analysis.modules import Origin
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.project import Project
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source


def submodule(lookup: Lookup, finding: Finding) -> Path | None:
    """The file of the module that a name imported from a package is used as; None where it is used otherwise."""
    facts, source, home = lookup.facts(finding.path), lookup.source(finding.path), finding.target_path
    if facts is None or source is None or home is None or home.name != "__init__.py":
        return None
    bound = next((i.bound for i in facts.imports if i.start <= finding.span.start < i.end), finding.name)
    return home.with_name(f"{finding.name}.py") if _is_module(source, bound) else None


def _is_module(source: Source, bound: str) -> bool:
    """Whether a file uses an imported name, and before dots only."""
    dotted = False
    for found in re.finditer(rb"(?<![\w.])%s(?!\w)" % re.escape(bound.encode()), source.text):
        node = nodes.node_at(source.tree, Span(*found.span()))
        if node.type != "identifier" or nodes.enclosing(node, _IMPORTS) is not None:
            continue
        parent = node.parent
        if parent is None or parent.type != "attribute" or not nodes.same(parent.child_by_field_name("object"), node):
            return False
        dotted = True
    return dotted


def new_module(project: Project, path: Path, offset: int, bound: str = "") -> Target | None:
    """The module beside the file that an import at the offset may ask for, or the one that binds a name.

    None where it may be installed: where no environment is known to look in, or the project says that it needs it.
    """
    facts = project.facts(path)
    imports = facts.imports if facts is not None else ()
    here = (i for i in imports if (i.bound == bound if bound else i.module_start <= offset <= max(i.module_end, i.end)))
    item = next(here, None)
    if item is None or item.guarded or item.level or not project.environment.packages:
        return None
    parts = item.module.split(".")
    module = project.resolve_module(item.module, 0, path)
    if module.origin is not Origin.UNKNOWN or module.absent or is_stdlib(parts[0]):
        return None
    expected = project.modules.bases(path)[0].joinpath(*parts)
    source = project.source(path)
    if item.name and item.name != "*" and source is not None and _is_module(source, item.bound):
        expected = expected / f"{item.name}.py"
    elif any(f"{other.module}.".startswith(f"{item.module}.") and other.module != item.module for other in imports):
        expected = expected / "__init__.py"
    else:
        expected = expected.with_name(f"{parts[-1]}.py")
    if project.snapshot.root_of(expected) is None or project.build.may_make(expected, item.module):
        return None
    if _is_declared(project, path, parts[0]):
        return None
    return Target(expected, "", TargetKind.MODULE, path, Span(item.module_start, item.module_end))


def _is_declared(project: Project, path: Path, top: str) -> bool:
    """Whether a file of the project names the package among what it needs."""
    for folder in path.parents:
        if project.snapshot.root_of(folder) is None:
            return False
        if needs(folder, project.modules.listing.names(folder), top):
            return True
    return False


_IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})
