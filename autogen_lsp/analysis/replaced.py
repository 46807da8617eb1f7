"""Whether an attribute may hold something else than what is assigned to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autogen_lsp.analysis import classes, said
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import Form, Type, members
from autogen_lsp.syntax.model import Symbol


def is_replaced(lookup: Lookup, instance: Type, name: str, assigned: Type | None) -> bool:
    """Whether the class's ``__setattr__`` asks for what is ``assigned``, and makes something else of it; or whether
    something else is handed to an initializer that sets what it is given: ``Base.__init__(self, name=…)``.
    """
    made = [part for part in members(assigned) if part is not None and part.form is Form.INSTANCE and part.path]
    ours = [part for part in made if part.path is not None and part.path.suffix == ".py"]
    return bool(ours) and (_is_asked_for(lookup, instance, ours) or _is_handed_over(lookup, instance, name))


def _is_asked_for(lookup: Lookup, instance: Type, parts: list[Type]) -> bool:
    setter = classes.member_of(lookup, instance, "__setattr__")
    path = setter.owner.path if setter is not None else None
    source = lookup.source(path) if path is not None and path.suffix == ".py" else None
    if setter is None or source is None:
        return False
    asked = " ".join(_asked_by(source.text, setter.symbols[0]))
    names = {base.name.rpartition(".")[2] for part in parts for base in classes.mro(lookup, part)}
    return not names.isdisjoint(re.findall(r"\w+", asked))


def _asked_by(text: bytes, setter: Symbol) -> Iterator[str]:
    """The classes that a ``__setattr__`` asks for, as written."""
    listed = setter.signature.parameters if setter.signature is not None else ()
    if len(listed) > 2:
        value = re.escape(listed[2].name.encode("utf-8", "surrogatepass"))
        pattern = re.compile(rb"\bisinstance\(\s*%b\s*,([^:]*)" % value)
        yield from (
            each.decode("utf-8", "replace") for each in pattern.findall(text, setter.body_start, setter.body_end)
        )


def _is_handed_over(lookup: Lookup, instance: Type, name: str) -> bool:
    for one in classes.mro(lookup, instance):
        if one.path is not None and one.path.suffix == ".py":
            table = lookup.project.table(one.path)
            scope = f"{one.name}.__init__"
            calls = table.facts.calls if table is not None else ()
            if any(call.name == "__init__" and call.scope == scope and name in call.keywords for call in calls):
                mro = lookup.project.mro(one.path, one.name)
                return mro.open or (bool(mro.computed) and said.may_be(lookup.project, mro.computed, name))
    return False
