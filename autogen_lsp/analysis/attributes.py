"""Calls of attributes that their module or class does not have: ``mod.f()``, ``self.m()``, ``super().m()``, ``C.m()``.

What the receiver is must be certain (`receivers`), and so must be that it cannot have the attribute: see `presence` for
modules and `mro` for classes. For ``self`` the class may be a mixin whose subclasses have the method; for all of them
somebody may set the attribute from outside, or ask for it by name first. Any of these is doubt, and doubt is silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import bindings, fixtures, infer, nodes
from autogen_lsp.analysis.absence import lacks
from autogen_lsp.analysis.annotation import expanded
from autogen_lsp.analysis.checked import is_read, seen, tells_unions
from autogen_lsp.analysis.classes import wrappers
from autogen_lsp.analysis.enclosing import SELF
from autogen_lsp.analysis.exactly import is_made_here
from autogen_lsp.analysis.given import gets_members, is_given, is_lent, stands_in
from autogen_lsp.analysis.guesses import Key, guesses
from autogen_lsp.analysis.misdeclared import is_misdeclared
from autogen_lsp.analysis.mixins import has_below, is_counted_on, may_have
from autogen_lsp.analysis.model import Finding, FindingKind
from autogen_lsp.analysis.modules import Module
from autogen_lsp.analysis.mro import Class, Mro
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.outside import assigned_from_outside, is_asked, is_set
from autogen_lsp.analysis.partly import are_told_apart, is_declared
from autogen_lsp.analysis.presence import home_of
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.python2 import is_python_2
from autogen_lsp.analysis.receivers import SUPER, Receiver, Receivers
from autogen_lsp.analysis.table import Table
from autogen_lsp.analysis.tested import is_test
from autogen_lsp.analysis.types import Form, Type, members, without_none
from autogen_lsp.syntax import spread
from autogen_lsp.syntax.model import Call, Reference, SymbolKind
from autogen_lsp.text import Span, touching

_ROOT = re.compile(r"\w+")
_TYPE = re.compile(r"\b[Tt]ype\[")


def missing_attributes(project: Project, path: Path, table: Table, near: Span | None) -> Iterator[Finding]:
    """Findings of kind missing-attribute in one file."""
    lookup = Lookup(project)
    look = _Look(project, path, table, lookup, Receivers(project, path, table, lookup))
    items: list[Call | Reference] = [*spread.near(table.facts.calls, near), *touching(table.facts.references, near)]
    for item in items:
        if not item.receiver or item.guarded:
            continue
        found = look.receivers.of(item)
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
    lookup: Lookup
    receivers: Receivers
    _guesses: dict[tuple[str, str, bool, str], frozenset[Key]] = field(default_factory=dict)

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
        above = SUPER.fullmatch(item.receiver) is not None
        if (mro.after(mro.classes[0].key) if above else mro).may_have(name) or (
            receiver.of_class and name in self._of_any_class
        ):
            return None
        if self._doubtful(item, mro.classes[0]) or is_lent(self.project, mro, name):
            return None
        of_self = item.receiver in SELF and not receiver.inferred
        if not of_self and (name in self._of_any_mock or self._is_replaced(mro.classes[0])):
            return None
        checked = None if receiver.bounded else seen(self.project, self.path, self.table, item, mro)
        if not receiver.exact and may_have(
            self.project,
            mro.classes[0],
            name,
            item.scope,
            above=above,
            of_self=of_self,
            of_class=receiver.of_class,
            checked=checked,
        ):
            return None
        owner = receiver.owner
        if owner.path.suffix != ".py" or is_given(self.project, mro, name):
            return None
        if not of_self and (gets_members(self.project, mro.classes[0], name) or stands_in(self.project, mro)):
            return None  # its own methods count on its own members
        narrowed = of_self and self._is_narrowed(item)
        if narrowed and has_below(self.project, mro.classes[0], name):
            return None
        if (receiver.inferred or narrowed) and not self._confirmed(item, name):
            return None
        if (
            not (of_self or receiver.exact or checked is not None)
            and is_misdeclared(self.project, self.path, self.table, item, mro)
            and not is_counted_on(self.project, mro.classes[0], name)
        ):
            return None
        if of_self and (self._asks_for_base(item, mro.classes[0]) or not self._is_still_self(item)):
            return None
        if self._has_old_bases(mro) or self._is_plugged_in(item):
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
        if (
            is_test(self.project, self.path)
            and self._has_method(item.name)
            and not is_read(self.project, self.path, self.table, item.scope)
        ):
            return None  # a test's stand-in for what is declared
        if item.receiver.endswith(("]", ")")) and self._is_narrowed(item):
            return None  # `isinstance(x[0], C)`: of what is taken from something, nothing follows from that here
        found = [self.receivers.of_type(part) for part in members(self._type_of_receiver(item))]
        if len(found) == 1 and found[0] is not None and not found[0].of_class:
            node = self._node_of_receiver(item)
            made = node is not None and is_made_here(self.lookup, self.path, node)
            found = [replace(found[0], exact=made and not found[0].lineage.may_make_other)]
        findings = [self.missing_in_class(item, receiver) if receiver is not None else None for receiver in found]
        lacked = [finding for finding in findings if finding is not None]
        rest = [receiver for receiver, finding in zip(found, findings, strict=True) if finding is None]
        return lacked[0] if lacked and (not rest or self._is_partly_missing(item, found, rest)) else None

    def _is_partly_missing(
        self, item: Call | Reference, found: list[Receiver | None], having: list[Receiver | None]
    ) -> bool:
        """Whether a type checker would say what some of the classes lack, all others having it."""
        node = self._node_of_receiver(item)
        if node is None or not tells_unions(self.project, self.path):
            return False
        if any(each is None or each.of_class or each.lineage.open for each in found):
            return False
        if not all(each is not None and item.name in each.lineage.names for each in having):
            return False
        code = [seen(self.project, self.path, self.table, item, each.lineage) for each in found if each is not None]
        told = any(each is None or are_told_apart(each.text, item.receiver) for each in code)
        return not told and is_declared(self.lookup, self.path, node)

    def _is_suspicious(self, item: Call | Reference) -> bool:
        made = item.made if isinstance(item, Call) else ""
        receiver = self._over_lines(item) if item.receiver == "(…)" and isinstance(item, Call) else item.receiver
        key = (receiver, item.scope, item.local, made)
        if key not in self._guesses:
            found = guesses(self.project, self.path, receiver, item.scope, made)
            self._guesses[key] = frozenset(each for each in found if each[0].suffix == ".py")
        found = self._guesses[key]
        if not found:
            asked = self._is_nobodys(item.name) and not self._is_untold(item, made)
            return item.local and (
                asked or self._is_wrapped(item) or self._is_narrowed(item) or self._is_of_fixture(item)
            )
        of_class = _TYPE.search(made) is not None  # any other is an instance, but where that takes longer to find out
        lineages = (self.project.mro(*each) for each in found)
        return any(not mro.is_open(of_class) and not mro.may_have(item.name) for mro in lineages)

    def _is_untold(self, item: Call | Reference, made: str) -> bool:
        """Whether the receiver begins with a parameter that says nothing of its class, and is given nothing else."""
        root = _ROOT.match(item.receiver)
        if root is None or made or root.group() in SELF:
            return False
        own = [each for each in self.table.parameters(item.scope) if each.name == root.group()]
        if not own or any(each.annotation is not None for each in own):
            return False
        return not self._is_of_fixture(item)

    def _is_of_fixture(self, item: Call | Reference) -> bool:
        """Whether the receiver begins with a parameter without annotation of which a test's fixture says what it is."""
        root = _ROOT.match(item.receiver)
        names = {each.name for each in self.table.parameters(item.scope) if each.annotation is None}
        if root is None or root.group() not in names or not is_test(self.project, self.path):
            return False
        if not fixtures.may_pass(self.project, self.table.symbols.get(item.scope, ()), root.group()):
            return False
        node = self._node_of_receiver(item)
        while node is not None and node.type != "identifier":
            node = nodes.first_named(node)
        return node is not None and infer.type_of(self.lookup, self.path, node) is not None

    def _is_wrapped(self, item: Call | Reference) -> bool:
        """Whether the receiver begins with a function around, of which decorators may have made something else."""
        root = _ROOT.match(item.receiver)
        found = self.table.symbols.get(f"{item.scope}.<locals>.{root.group()}", ()) if root is not None else ()
        return any(symbol.kind == SymbolKind.FUNCTION and wrappers(symbol) for symbol in found)

    def _over_lines(self, call: Call) -> str:
        """The receiver of a chain of calls that is too long for facts, in one line."""
        source = self.project.source(self.path)
        text = source.text[call.call_start : call.start] if source is not None else b""
        return "".join(line.strip() for line in text.decode("utf-8", "replace").splitlines()).removesuffix(".")

    def _is_nobodys(self, name: str) -> bool:
        """Whether neither the workspace nor a builtin class has anything of that name: rare in code that works."""
        builtins = self.project.table(self.project.builtins) if self.project.builtins is not None else None
        return not (builtins is not None and name in builtins.names) and not self.project.defines(name)

    def _has_method(self, name: str) -> bool:
        """Whether a class of this file has a method of that name."""
        return any(
            name in members
            and self.receivers.is_class(qualname)
            and any(s.kind == SymbolKind.FUNCTION for s in members[name])
            for qualname, members in self.table.members.items()
        )

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
        return is_set(self.lookup, self.path, name, holder) or is_asked(
            self.lookup, self.path, name, item.receiver, holder
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
        source = self.lookup.source(self.path)
        text = source.text if source is not None else b""
        asked = f"isinstance({item.receiver},".encode("utf-8", "surrogatepass")
        symbols = self.table.symbols.get(item.scope, ())
        return any(text.find(asked, symbol.body_start, symbol.body_end) >= 0 for symbol in symbols)

    def _is_plugged_in(self, item: Call | Reference) -> bool:
        """Whether the receiver is an attribute that a class only declares, and gets under a computed name."""
        if "." not in item.receiver:
            return False
        node = self._node_of_receiver(item)
        holder = node.child_by_field_name("object") if node is not None and node.type == "attribute" else None
        name = item.receiver.rpartition(".")[2]
        for part in members(infer.type_of(self.lookup, self.path, holder)) if holder is not None else ():
            if part is None or part.form is not Form.INSTANCE or part.path is None:
                continue
            mro = self.project.mro(part.path, part.name)
            owner = mro.owner(name) if mro.open or mro.computed else None
            found = self.project.members(owner.path, owner.symbol.qualname).get(name, ()) if owner is not None else ()
            if found and all(symbol.kind == SymbolKind.VARIABLE and symbol.value is None for symbol in found):
                return True
        return False

    def _has_old_bases(self, mro: Mro) -> bool:
        """Whether a base is one of Python 2's standard library, of which nothing is known."""
        outer = (found for found in mro.classes if not self.project.is_ours(found.path))
        return any(found.symbol.name != "object" for found in outer) and is_python_2(self.project, self.path)

    def _asks_for_base(self, item: Call | Reference, found: Class) -> bool:
        """Whether the function asks what the class of ``self`` derives from: ``if issubclass(Model, dict)``."""
        source = self.lookup.source(self.path)
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
        found = infer.type_of(self.lookup, self.path, receiver) if receiver is not None else None
        return without_none(expanded(self.lookup, found))

    def _node_of_receiver(self, item: Call | Reference) -> Node | None:
        source = self.lookup.source(self.path)
        if source is None:
            return None
        attribute = nodes.node_at(source.tree, Span(item.start, item.end)).parent
        return attribute.child_by_field_name("object") if attribute is not None else None

    def _finding(self, item: Call | Reference, message: str, target: Path, qualname: str) -> Finding:
        span = Span(item.start, item.end)
        return Finding(self.path, span, FindingKind.MISSING_ATTRIBUTE, item.name, message, target, qualname)
