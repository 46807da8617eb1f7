"""Whether a file is one of a project for Python 2 only, which has the builtins and the standard library of that.

So it is where the build files of the project say so, and nothing of Python 3, or where no Python 3 reads a good part of
the files below the root, or below a folder that holds as many as a library: what 2to3 translates as it is installed is
like that, too. A file or two say nothing of the
others: a project may keep an old script. What a file's own statements say is in its facts (`syntax`).
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.analysis.plain import plain_text

if TYPE_CHECKING:
    from autogen_lsp.analysis.project import Project

_SAYING = ("setup.py", "setup.cfg", "pyproject.toml", "PKG-INFO")
_PYTHON_2 = re.compile(
    r"""Programming\ Language\ ::\ Python\ ::\ 2
    | (?:python_requires|requires[-_]python)[\s=:'"]*(?:[><=!~.*\d\s]+,)*\s*(?:<\s*3(?:\.0)*(?![.\d])|[=~]=\s*2)""",
    re.I | re.X,
)
_PYTHON_3 = re.compile(r"Programming Language :: Python :: 3")
_SHARE = 10  # one file of so many
_FEW = 2  # files that say nothing of the others
_LIBRARY = 20  # files that are more than a few old scripts
_MAX_FILES = 200  # that are read where there is no index


def is_python_2(project: Project, path: Path) -> bool:
    """As of the project's first question for the folder."""
    folder = project.folders[path]
    found = project.python2.get(folder)
    if found is None:
        root = project.snapshot.root_of(path)
        above = [each for each in (folder, *folder.parents) if root is not None and each.is_relative_to(root)]
        found = project.python2[folder] = any(_is_said(project, each) for each in above) or any(
            _is_read_by_it_only(project, each, each == root) for each in above
        )
    return found


def _is_said(project: Project, folder: Path) -> bool:
    names = project.modules.listing.names(folder)
    text = "\n".join(plain_text(folder / name) for name in _SAYING if name in names)
    return _PYTHON_2.search(text) is not None and _PYTHON_3.search(text) is None


def _is_read_by_it_only(project: Project, folder: Path, whole: bool) -> bool:
    if project.index is not None and project.is_indexed:
        old, every = project.index.python2(folder)
    else:
        files = (path for path in project.files() if path.is_relative_to(folder))
        tables = [table for path in islice(files, _MAX_FILES) if (table := project.table(path)) is not None]
        old, every = sum(table.facts.python2 for table in tables), len(tables)
    return old >= _FEW and old * _SHARE >= every and (whole or every >= _LIBRARY)
