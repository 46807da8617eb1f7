"""Whether what is asked of a variable contradicts what is declared: it will be something else than a parameter's
annotation, or that of a function's result, says.
"""

from __future__ import annotations

import re
from pathlib import Path

from autogen_lsp.analysis.mro import Mro
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.table import Table
from autogen_lsp.syntax.model import Call, Reference

_MANY = 2  # things that are asked of an object
_OFTEN = 12  # calls of what an object lacks, where somebody still writes it these are few


def is_misdeclared(project: Project, path: Path, table: Table, item: Call | Reference, mro: Mro) -> bool:
    """Whether the class lacks all that is asked of the variable, and another class has all of these things, or they
    are asked all the time.
    """
    if not isinstance(item, Call) or "." in item.receiver:
        return False
    calls = [call.name for call in table.facts.calls if _is_alike(call, item)]
    asked = {*calls, *_read_of(project, path, table, item)}
    if not asked.isdisjoint(mro.names):
        return False
    if item.made.startswith(("=", ":")) and len(calls) >= _OFTEN:
        return True
    if len(asked) < _MANY:
        return False
    holders = [
        {(file, s.parent) for file, s in project.definitions(name) if project.is_class(file, s.parent)}
        for name in asked
    ]
    return bool(set.intersection(*holders))


def _is_alike(call: Call, item: Call) -> bool:
    """Whether something is asked of the same variable, or of one that got its value in the same way."""
    if "." in call.receiver:
        return False
    return call.made == item.made if item.made else (call.receiver, call.scope) == (item.receiver, item.scope)


def _read_of(project: Project, path: Path, table: Table, item: Call) -> set[str]:
    """What the function asks of the variable, be it called or not."""
    source = project.source(path)
    if source is None:
        return set()
    read = re.compile(rf"(?<![\w.]){re.escape(item.receiver)}\.([^\W\d]\w*)".encode("utf-8", "surrogatepass"))
    texts = (source.text[symbol.body_start : symbol.body_end] for symbol in table.symbols.get(item.scope, ()))
    return {found.decode("utf-8", "replace") for text in texts for found in read.findall(text)}
