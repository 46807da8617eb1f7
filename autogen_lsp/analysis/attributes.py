"""Calls of attributes that their module or class does not have: ``mod.f()``, ``self.m()``, ``super().m()``, ``C.m()``.

What the receiver is must be certain, and so must be that it cannot have the attribute: see `presence` for modules and
`mro` for classes. For ``self`` the class may be a mixin whose subclasses have the method; for all of them somebody may
set the attribute from outside, or ask for it by name first. Any of these is doubt, and doubt is silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import bindings, infer, nodes
from autogen_lsp.analysis.absence import lacks
from autogen_lsp.analysis.given import gets_members, is_given, is_lent
from autogen_lsp.analysis.guesses import CALLED, Key, class_text, guesses, made_of
from autogen_lsp.analysis.mixins import may_have
from autogen_lsp.analysis.model import Finding, FindingKind
from autogen_lsp.analysis.modules import Module, Origin
from autogen_lsp.analysis.mro import Class, Mro
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.outside import SELF, assigned_from_outside, is_asked, is_set
from autogen_lsp.analysis.presence import Definition, follow, home_of
from autogen_lsp.analysis.project import Project, Table
from autogen_lsp.analysis.targets import is_test
from autogen_lsp.analysis.types import Form, Type, members, without_none
from autogen_lsp.syntax.model import Call, Reference, SymbolKind
from autogen_lsp.text import Span, touching

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_OF_PROPERTIES = ("setter", "getter", "deleter", "register", "default", "validator", "expression", "comparator")
_MANY = 3  # things that are asked of an object
_OFTEN = 12  # calls of what an object lacks, where somebody still writes it these are few
_SUPER = re.compile(r"super\((?:\s*[\w.]+\s*,\s*\w+\s*)?\)")


@dataclass(frozen=True)
class Receiver:
    """A class, as what stands before the dot means it."""

    lineage: Mro
    owner: Class  # the class that would get the member
    described: str  # "class 'A'"
    exact: bool  # no subclass may be meant instead
    of_class: bool = False  # the class itself, which has its metaclass's members too
    inferred: bool = False  # from how a variable was made: the flow of the program has the last word


def missing_attributes(project: Project, path: Path, table: Table, near: Span | None) -> Iterator[Finding]:
    """Findings of kind missing-attribute in one file."""
    look = _Look(project, path, table)
    items: list[Call | Reference] = [*touching(table.facts.calls, near), *touching(table.facts.references, near)]
    for item in items:
        if not item.receiver or item.guarded:
            continue
        found = look.receiver(item)
        if found is None:
            finding = look.missing_in_inferred(item)
        elif isinstance(found, Module):
            finding = look.missing_in_module(item, found)
        else:
            finding = look.missing_in_class(item, found)
        if finding is not None:
            yield finding


@dataclass
class _Look:
    project: Project
    path: Path
    table: Table
    _receivers: dict[tuple[str, str, bool, str], Module | Receiver | None] = field(default_factory=dict)
    _guesses: dict[tuple[str, str, bool, str], frozenset[Key]] = field(default_factory=dict)

    def receiver(self, item: Call | Reference) -> Module | Receiver | None:
        made = item.made if isinstance(item, Call) else ""
        apart = item.local or item.receiver.startswith("super(") or self._is_class(item.scope)
        key = (item.receiver, item.scope if apart else "", item.local, made)
        if key not in self._receivers:
            self._receivers[key] = self._receiver(item)
        return self._receivers[key]

    def _receiver(self, item: Call | Reference) -> Module | Receiver | None:
        text = item.receiver
        if _SUPER.fullmatch(text):
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
        found = follow(self.project, self.path, text, item.scope if item.local else "")
        if isinstance(found, Module):
            return found if found.origin is Origin.WORKSPACE and found.path is not None else None
        if found is None:
            return None
        return self._of_definition(found)

    # -- what the receiver is ----------------------------------------------------------------------------------------

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
                if not self._is_class(holder) or any(self._lends(holder, text) for text in symbol.decorators):
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

    def _is_class(self, qualname: str) -> bool:
        return self.project.is_class(self.path, qualname)

    def _of_self(self, qualname: str, of_class: bool) -> Receiver | None:
        builtins = self.project.builtins
        if builtins is not None and not of_class and (builtins, "type") in self.project.mro(self.path, qualname):
            return None  # in a metaclass: each of its instances is a class with members of its own
        return self._of_class(self.path, qualname, exact=False, of_class=of_class)

    def _of_class(self, path: Path, qualname: str, *, exact: bool, of_class: bool) -> Receiver | None:
        mro = self.project.mro(path, qualname)
        if mro.is_open(of_class) or not mro.classes or not self.project.is_ours(path):
            return None
        return Receiver(mro, mro.classes[0], f"class '{qualname}'", exact, of_class)

    def _super(self, text: str, scope: str) -> Receiver | None:
        """``super()`` in a method: the bases; a missing member would go to the first one that is ours."""
        while scope and not self._is_class(scope):
            scope = scope.rpartition(".")[0].removesuffix(".<locals>")
        named = text.removeprefix("super(").removesuffix(")").partition(",")[0].strip()
        if not scope or (named and named not in (scope, scope.rpartition(".")[2], "__class__")):
            return None
        mro = self.project.mro(self.path, scope)
        if mro.open or not mro.classes:
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
            return self._of_class(found.path, symbol.qualname, exact=True, of_class=True)
        if symbol.kind == SymbolKind.VARIABLE and not symbol.conditional and "." not in symbol.qualname:
            if is_set(self._lookup, self.path, symbol.name):
                return None
            return self._of_made(found.path, made_of(symbol), "")
        return None

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
        if _may_be_other(receiver.lineage, made=receiver.exact):
            return None
        return replace(receiver, inferred=True)

    def _defined_locally(self, name: str, scope: str) -> bool:
        """Whether a function around imports the name, or defines a class of that name."""
        while scope:
            if (scope, name) in self.table.imports or self._is_class(f"{scope}.<locals>.{name}"):
                return True
            scope = scope.rpartition(".")[0].removesuffix(".<locals>")
        return False

    def _in_class_body(self, name: str, scope: str) -> bool:
        """Whether code directly in a class body sees the class's own name first."""
        return bool(scope) and self._is_class(scope) and name in self.table.members.get(scope, {})

    # -- whether it has the attribute --------------------------------------------------------------------------------

    def missing_in_module(self, item: Call | Reference, module: Module) -> Finding | None:
        if module.path is None or module.path.suffix != ".py" or not self.project.is_ours(module.path):
            return None
        if not lacks(self.project, module, item.name) or self._doubtful(item, module):
            return None
        if item.local and self._is_rebound(item):
            return None
        message = f"Module '{module.name}' has no '{item.name}'"
        home, name = home_of(self.project, module, item.name)
        return self._finding(item, message, home.path or module.path, name)

    def missing_in_class(self, item: Call | Reference, receiver: Receiver) -> Finding | None:
        name = item.name
        mro = receiver.lineage
        above = _SUPER.fullmatch(item.receiver) is not None
        if (mro.after(mro.classes[0].key) if above else mro).may_have(name) or (
            receiver.of_class and name in self._of_any_class
        ):
            return None
        if self._doubtful(item, mro.classes[0]) or is_lent(self.project, mro, name):
            return None
        of_self = item.receiver in SELF
        if not of_self and (name in self._of_any_mock or self._is_replaced(mro.classes[0])):
            return None
        if not receiver.exact and may_have(
            self.project,
            mro.classes[0],
            name,
            item.scope,
            above=above,
            of_self=of_self,
            of_class=receiver.of_class,
        ):
            return None
        owner = receiver.owner
        if owner.path.suffix != ".py" or is_given(self.project, mro, name):
            return None
        if not of_self and gets_members(self.project, mro.classes[0], name):  # its own methods count on its own members
            return None
        if (receiver.inferred or (of_self and self._is_narrowed(item))) and not self._confirmed(item, name):
            return None
        if not (of_self or receiver.exact) and self._is_misdeclared(item, mro):
            return None
        if of_self and (self._asks_for_base(item, mro.classes[0]) or not self._is_still_self(item)):
            return None
        message = f"{receiver.described[0].upper()}{receiver.described[1:]} {'have' if above else 'has'} no '{name}'"
        return self._finding(item, message, owner.path, f"{owner.symbol.qualname}.{name}")

    def missing_in_inferred(self, item: Call | Reference) -> Finding | None:
        """A finding where the receiver's class follows from the program's flow only, which takes longer to find out.

        So it is asked only where a guess says that the member may be missing, or nothing has a member of that name.
        """
        if item.receiver in SELF or item.receiver.startswith("super(") or item.name.startswith("__"):
            return None
        if not self._is_suspicious(item) or any(f"{item.receiver}.".startswith(f"{kept}.") for kept in self._stores):
            return None  # the last: `x.y = Mock()`, `x.y.called()`
        if is_test(self.project, self.path) and self._has_method(item.name):
            return None  # a test's stand-in for what is declared
        parts = members(self._type_of_receiver(item))
        findings = [
            self.missing_in_class(item, receiver) if receiver is not None else None
            for receiver in map(self._of_type, parts)
        ]
        return findings[0] if None not in findings else None

    def _is_suspicious(self, item: Call | Reference) -> bool:
        made = item.made if isinstance(item, Call) else ""
        key = (item.receiver, item.scope, item.local, made)
        if key not in self._guesses:
            self._guesses[key] = guesses(self.project, self.path, item.receiver, item.scope, made)
        found = self._guesses[key]
        if not found:
            return item.local and (self._is_nobodys(item.name) or self._is_narrowed(item))
        return any(not (mro := self.project.mro(*each)).is_open(True) and not mro.may_have(item.name) for each in found)

    def _is_nobodys(self, name: str) -> bool:
        """Whether neither the workspace nor a builtin class has anything of that name: rare in code that works."""
        builtins = self.project.table(self.project.builtins) if self.project.builtins is not None else None
        return not (builtins is not None and name in builtins.names) and not self.project.definitions(name)

    def _has_method(self, name: str) -> bool:
        """Whether a class of this file has a method of that name."""
        return any(
            name in members and self._is_class(qualname) and any(s.kind == SymbolKind.FUNCTION for s in members[name])
            for qualname, members in self.table.members.items()
        )

    def _of_type(self, part: Type | None) -> Receiver | None:
        of_class = part is not None and part.form is Form.CLASS
        instance = part.args[0] if part is not None and part.form is Form.CLASS else part
        if instance is None or instance.form is not Form.INSTANCE or instance.path is None:
            return None
        found = self._of_class(instance.path, instance.name, exact=False, of_class=of_class)
        return None if found is None or _may_be_other(found.lineage) else found

    @cached_property
    def _of_any_class(self) -> frozenset[str]:
        """Members that a class has besides its own: those of ``type`` and of the metaclasses that say nothing else."""
        builtins = self.project.builtins
        if builtins is None:
            return frozenset()
        metaclasses = (
            (builtins, "type"),
            (builtins.with_name("abc.pyi"), "ABCMeta"),
            (builtins.with_name("enum.pyi"), "EnumMeta"),
        )
        return frozenset(name for found in metaclasses for name in self.project.mro(*found).names)

    def _is_replaced(self, found: Class) -> bool:
        """Whether somebody puts another class in the class's place: ``module.Class = Other``."""
        return "." not in found.symbol.qualname and assigned_from_outside(self.project, found.path, found.symbol.name)

    @cached_property
    def _of_any_mock(self) -> frozenset[str]:
        """What tests ask of the mock that stands in for what is there."""
        stubs = self.project.environment.stdlib
        classes = ("NonCallableMock", "AsyncMockMixin", "CallableMixin") if stubs is not None else ()
        found = (self.project.mro(stubs / "unittest/mock.pyi", name).names for name in classes if stubs is not None)
        return frozenset(name for names in found for name in names if not name.startswith("_"))

    def _doubtful(self, item: Call | Reference, holder: Class | Module) -> bool:
        """Whether somebody sets the attribute from outside, or asks by name whether it is there."""
        name = item.name
        if item.receiver != "self" and f"{item.receiver}.{name}" in self._stores:
            return True
        return is_set(self._lookup, self.path, name, holder) or is_asked(
            self._lookup, self.path, name, item.receiver, holder
        )

    @cached_property
    def _stores(self) -> frozenset[str]:
        """Attributes that this file sets, as written: ``x.name``."""
        return frozenset(
            symbol.qualname.rpartition("<locals>.")[2]
            for symbol in self.table.facts.symbols
            if symbol.kind == SymbolKind.ATTRIBUTE
        )

    def _confirmed(self, item: Call | Reference, name: str) -> bool:
        """Whether the receiver, as it is at this place (narrowed, reassigned), is of classes that lack the member."""
        found = self._type_of_receiver(item)
        parts = [part for part in members(found) if found is not None]
        for part in parts:
            if part is None or part.form is not Form.INSTANCE or part.path is None:
                return False
            mro = self.project.mro(part.path, part.name)
            if mro.open or mro.may_have(name):
                return False
        return bool(parts)

    def _is_still_self(self, item: Call | Reference) -> bool:
        """Whether nothing else was assigned to ``self``."""
        receiver = self._node_of_receiver(item)
        found = bindings.reaching(receiver) if receiver is not None else None
        return found is None or all(
            binding.how is bindings.How.PARAMETER and binding.node.type == nodes.FUNCTION for binding in found[0]
        )

    def _is_narrowed(self, item: Call | Reference) -> bool:
        """Whether the function asks what the receiver is."""
        source = self.project.source(self.path)
        text = source.text if source is not None else b""
        asked = f"isinstance({item.receiver},".encode("utf-8", "surrogatepass")
        symbols = self.table.symbols.get(item.scope, ())
        return any(text.find(asked, symbol.body_start, symbol.body_end) >= 0 for symbol in symbols)

    def _is_misdeclared(self, item: Call | Reference, mro: Mro) -> bool:
        """Whether a parameter, or what a function gives, seems to be something else than is declared: what the file
        asks of it the class all lacks, and another class has all these many things, or they are asked all the time.
        """
        made = item.made if isinstance(item, Call) and "." not in item.receiver else ""
        if not made.startswith(("=", ":")):
            return False
        calls = [call.name for call in self.table.facts.calls if call.made == made and "." not in call.receiver]
        asked = set(calls)
        if not asked.isdisjoint(mro.names):
            return False
        if len(calls) >= _OFTEN:
            return True
        if len(asked) < _MANY:
            return False
        holders = [
            {
                (file, s.parent)
                for file, s in self.project.definitions(name)
                if s.kind == SymbolKind.FUNCTION and s.parent
            }
            for name in asked
        ]
        return bool(set.intersection(*holders))

    def _asks_for_base(self, item: Call | Reference, found: Class) -> bool:
        """Whether the function asks what the class of ``self`` derives from: ``if issubclass(Model, dict)``."""
        source = self.project.source(self.path)
        names = rf"cls|self\.__class__|type\(self\)|{re.escape(found.symbol.name)}"
        asked = re.compile(rf"\bissubclass\(\s*(?:{names})\s*,".encode("utf-8", "surrogatepass"))
        symbols = self.table.symbols.get(item.scope, ())
        return source is not None and any(asked.search(source.text, s.body_start, s.body_end) for s in symbols)

    def _is_rebound(self, item: Call | Reference) -> bool:
        """Whether the name that a function imports may be something else at this place."""
        node = self._node_of_receiver(item)
        while node is not None and node.type == "attribute":
            node = node.child_by_field_name("object")
        found = bindings.reaching(node) if node is not None and node.type == "identifier" else None
        return found is not None and any(binding.how is not bindings.How.IMPORT for binding in found[0])

    def _type_of_receiver(self, item: Call | Reference) -> Type | None:
        receiver = self._node_of_receiver(item)
        return None if receiver is None else without_none(infer.type_of(self._lookup, self.path, receiver))

    def _node_of_receiver(self, item: Call | Reference) -> Node | None:
        source = self._lookup.source(self.path)
        if source is None:
            return None
        attribute = nodes.node_at(source.tree, Span(item.start, item.end)).parent
        return attribute.child_by_field_name("object") if attribute is not None else None

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup(self.project)

    def _finding(self, item: Call | Reference, message: str, target: Path, qualname: str) -> Finding:
        span = Span(item.start, item.end)
        return Finding(self.path, span, FindingKind.MISSING_ATTRIBUTE, item.name, message, target, qualname)


def _may_be_other(lineage: Mro, *, made: bool = True) -> bool:
    """Whether reading an attribute that holds an instance (a descriptor), or making one, may give something else."""
    maker = lineage.owner("__new__") if made else None
    other = made and (lineage.makes_other or (maker is not None and maker.path.suffix == ".py"))
    return other or "__get__" in lineage.names
