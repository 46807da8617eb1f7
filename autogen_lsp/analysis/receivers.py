"""What stands before the dot of a call or reference: its text, at its place, into the module or class that it means.

Only what is certain by names, constructor calls and annotations alone; what the flow of the program says is asked where
it is needed (`attributes`). None where it is not known, or where it may be something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from autogen_lsp.analysis.annotation import bound_of
from autogen_lsp.analysis.enclosing import SELF
from autogen_lsp.analysis.guesses import CALLED, class_text, made_of
from autogen_lsp.analysis.modules import Module, Origin
from autogen_lsp.analysis.mro import Class, Mro
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.outside import is_set
from autogen_lsp.analysis.presence import Definition, follow, is_of_library
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.table import Table
from autogen_lsp.analysis.types import Form, Type
from autogen_lsp.syntax.model import Call, Reference, SymbolKind

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_OF_PROPERTIES = ("setter", "getter", "deleter", "register", "default", "validator", "expression", "comparator")
SUPER = re.compile(r"super\((?:\s*[\w.]+\s*,\s*\w+\s*)?\)")


@dataclass(frozen=True)
class Receiver:
    """A class, as what stands before the dot means it."""

    lineage: Mro
    owner: Class  # the class that would get the member
    described: str  # "class 'A'"
    exact: bool  # no subclass may be meant instead
    of_class: bool = False  # the class itself, which has its metaclass's members too
    bounded: bool = False  # only as the bound of a type variable says
    inferred: bool = False  # from how a variable was made: the flow of the program has the last word


@dataclass
class Receivers:
    """What stands before the dots of one file, each asked for once."""

    project: Project
    path: Path
    table: Table
    lookup: Lookup
    _receivers: dict[tuple[str, str, bool, str], Module | Receiver | None] = field(default_factory=dict)

    def of(self, item: Call | Reference) -> Module | Receiver | None:
        made = item.made if isinstance(item, Call) else ""
        apart = item.local or item.receiver.startswith("super(") or self.is_class(item.scope)
        key = (item.receiver, item.scope if apart else "", item.local, made)
        if key not in self._receivers:
            self._receivers[key] = self._receiver(item)
        return self._receivers[key]

    def of_type(self, part: Type | None) -> Receiver | None:
        """The receiver that an inferred type is: an instance, or a class itself."""
        bounded = part is not None and part.form is Form.VARIABLE
        part = bound_of(self.lookup, part)
        of_class = part is not None and part.form is Form.CLASS
        instance = part.args[0] if part is not None and part.form is Form.CLASS else part
        if instance is None or instance.form is not Form.INSTANCE or instance.path is None:
            return None
        found = self._of_class(instance.path, instance.name, exact=False, of_class=of_class)
        return None if found is None or found.lineage.may_make_foreign else replace(found, bounded=bounded)

    def is_class(self, qualname: str) -> bool:
        return self.project.is_class(self.path, qualname)

    def _receiver(self, item: Call | Reference) -> Module | Receiver | None:
        text = item.receiver
        if SUPER.fullmatch(text):
            return self._super(text, item.scope)
        if not _DOTTED.fullmatch(text):
            called = CALLED.fullmatch(text)
            return self._of_made(self.path, f"={called.group(1)}", item.scope) if called else None
        first = text.partition(".")[0]
        if item.local:
            method = self._method(first, item.scope)
            if method is not None:
                return self._of_self(*method) if text == first else self._of_own_attribute(text, *method)
            if not self._defined_locally(first, item.scope):
                made = item.made if isinstance(item, Call) and text == first else ""
                return self._of_made(self.path, made, item.scope)
        elif self._in_class_body(first, item.scope):
            return None
        scope = item.scope if item.local else ""
        if is_of_library(self.project, self.path, text, scope):
            return None
        found = follow(self.project, self.path, text, scope)
        if isinstance(found, Module):
            return found if found.origin is Origin.WORKSPACE and found.path is not None else None
        if found is None:
            return None
        return self._of_definition(found)

    def _method(self, name: str, scope: str) -> tuple[str, bool] | None:
        """The class whose method has ``name`` as its first parameter, and whether that is the class itself (cls).

        By other names than the usual ones the first parameter may be anything: frameworks call such functions at will.
        """
        while scope and name in SELF:
            symbol = next((s for s in self.table.symbols.get(scope, ()) if s.kind == SymbolKind.FUNCTION), None)
            if symbol is None or symbol.signature is None:
                return None
            parameters = [parameter.name for parameter in symbol.signature.parameters]
            holder = scope.rpartition(".")[0]
            if name in parameters:
                if symbol.name == "_generate_next_value_":  # which `enum` calls with the name of the new member
                    return None
                decorators = {text.rpartition(".")[2] for text in symbol.decorators}
                if parameters[0] != name or holder.endswith(".<locals>") or "staticmethod" in decorators:
                    return None
                if any(f"({symbol.name})" in (other.value or "") for other in self.table.symbols[scope]):
                    return None  # `method = staticmethod(method)`
                if not self.is_class(holder) or any(self._lends(holder, text) for text in symbol.decorators):
                    return None
                implicit = symbol.name in ("__new__", "__init_subclass__", "__class_getitem__")
                return holder, implicit or "classmethod" in decorators
            if not holder.endswith(".<locals>"):
                return None
            scope = holder.removesuffix(".<locals>")
        return None

    def _lends(self, holder: str, decorator: str) -> bool:
        """Whether a variable of the class takes the method, and may call it with another object than the class's."""
        variable, _, how = decorator.partition("(")[0].partition(".")
        found = self.table.members.get(holder, {}).get(variable, ())
        return how not in ("", *_OF_PROPERTIES) and any(symbol.kind == SymbolKind.VARIABLE for symbol in found)

    def _of_self(self, qualname: str, of_class: bool) -> Receiver | None:
        return self._of_class(self.path, qualname, exact=False, of_class=of_class)

    def _of_class(self, path: Path, qualname: str, *, exact: bool, of_class: bool) -> Receiver | None:
        mro = self.project.mro(path, qualname)
        if mro.is_open(of_class) or not mro.classes or not self.project.is_ours(path):
            return None
        builtins = self.project.builtins
        if not of_class and builtins is not None and (builtins, "type") in mro:
            return None  # a metaclass: each of its instances is a class with members of its own
        return Receiver(mro, mro.classes[0], f"class '{qualname}'", exact, of_class)

    def _super(self, text: str, scope: str) -> Receiver | None:
        """``super()`` in a method: the bases; a missing member would go to the first one that is ours."""
        while scope and not self.is_class(scope):
            scope = scope.rpartition(".")[0].removesuffix(".<locals>")
        named = text.removeprefix("super(").removesuffix(")").partition(",")[0].strip()
        if not scope or (named and named not in (scope, scope.rpartition(".")[2], "__class__")):
            return None
        mro = self.project.mro(self.path, scope)
        if mro.is_open(of_class=True) or not mro.classes:  # it asks no `__getattr__`
            return None
        bases = mro.after((self.path, scope))
        owner = next((found for found in bases.classes if self.project.is_ours(found.path)), None)
        if owner is None:
            return None
        # A class method's super() sees the metaclass's members, too; which method it is matters little.
        return Receiver(mro, owner, f"the bases of class '{scope}'", False, True)

    def _of_definition(self, found: Definition) -> Receiver | None:
        symbol = found.symbol
        if symbol.kind == SymbolKind.CLASS:
            made_anew = self._is_made_anew(found)
            return None if made_anew else self._of_class(found.path, symbol.qualname, exact=True, of_class=True)
        if symbol.kind == SymbolKind.VARIABLE and not symbol.conditional and "." not in symbol.qualname:
            if is_set(self.lookup, self.path, symbol.name):
                return None
            return self._of_made(found.path, made_of(symbol), "")
        return None

    def _is_made_anew(self, found: Definition) -> bool:
        """Whether it only says something (``class Meta:``) to what is unknown of the class around, which may put one of
        its own kind in its place.
        """
        around = found.symbol.parent
        is_inner = bool(around) and not found.symbol.bases and self.project.is_class(found.path, around)
        return is_inner and self.project.mro(found.path, around).open

    def _of_own_attribute(self, text: str, qualname: str, of_class: bool) -> Receiver | None:
        """``self.x``: an instance of the one class that all assignments and annotations of ``x`` agree on."""
        name = text.partition(".")[2]
        mro = self.project.mro(self.path, qualname)
        if mro.open or of_class or "." in name:
            return None
        made: dict[tuple[Path, str], None] = {}
        for found in mro.classes:
            for symbol in self.project.members(found.path, found.symbol.qualname).get(name, ()):
                if symbol.value != "None" or symbol.annotation is not None:
                    made[found.path, made_of(symbol)] = None
        if len(made) != 1:
            return None
        ((path, how),) = made
        return self._of_made(path, how, "")

    def _of_made(self, path: Path, made: str, scope: str) -> Receiver | None:
        """An instance, by how its variable was made (see `Call.made`), in the file where that is written."""
        written = class_text(made[1:]) if made.startswith(":") else made[1:]
        if made[:1] not in (":", "=") or "\0" in made or not _DOTTED.fullmatch(written):
            return None
        if is_of_library(self.project, path, written, scope):
            return None
        found = follow(self.project, path, written, scope)
        if not isinstance(found, Definition):
            return None
        symbol = found.symbol
        if symbol.kind == SymbolKind.FUNCTION and made.startswith("="):
            returns = symbol.signature.returns if symbol.signature is not None else None
            if returns is None or symbol.decorators or (symbol.signature is not None and symbol.signature.is_async):
                return None
            return self._of_made(found.path, f":{returns}", symbol.parent)
        if symbol.kind != SymbolKind.CLASS:
            return None
        receiver = self._of_class(found.path, symbol.qualname, exact=made.startswith("="), of_class=False)
        if receiver is None:
            return None
        lineage = receiver.lineage
        if "__get__" in lineage.names or (receiver.exact and lineage.may_make_foreign):
            return None  # a descriptor: reading an attribute that holds one may give something else
        return replace(receiver, exact=receiver.exact and not lineage.may_make_other, inferred=True)

    def _defined_locally(self, name: str, scope: str) -> bool:
        """Whether a function around imports the name, or defines a class of that name."""
        while scope:
            if (scope, name) in self.table.imports or self.is_class(f"{scope}.<locals>.{name}"):
                return True
            scope = scope.rpartition(".")[0].removesuffix(".<locals>")
        return False

    def _in_class_body(self, name: str, scope: str) -> bool:
        """Whether code directly in a class body sees the class's own name first."""
        return bool(scope) and self.is_class(scope) and name in self.table.members.get(scope, {})
