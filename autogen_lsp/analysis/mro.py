"""A class's bases and members, and whether they are all that it can have.

Workspace, installed and standard library classes (typeshed's) are the same here: symbols of a file. A class is `open`
when it may have members that nobody can read off: a base that is not found, ``__getattr__``, a metaclass or decorator
that may add to it, attributes set under computed names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import cast

from autogen_lsp.analysis import computed, said
from autogen_lsp.analysis.decorated import leaves_class
from autogen_lsp.analysis.made_bases import made_base
from autogen_lsp.analysis.metaclasses import brought, changes_subclasses, instantiates
from autogen_lsp.analysis.modules import Origin
from autogen_lsp.analysis.named_bases import named_base
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.typed import is_for_runtime, tells_all
from autogen_lsp.syntax.model import Symbol, SymbolKind, base_names

_MAX_CLASSES = 80
_MAX_SUBCLASSES = 1000
# Special forms of typing, and bases that add nothing but what every class has.
EMPTY_BASES = frozenset({"Generic", "Protocol", "object", "ABC"})
_GENERIC = frozenset({"Generic", "Protocol"})
_OF_GENERIC = frozenset({"__class_getitem__"})  # which typeshed leaves out
_OPEN_BASES = frozenset({"Any", "TypedDict", "Mock", "MagicMock", "SimpleNamespace", "Namespace"})
_HOOKS = frozenset({"__getattr__", "__getattribute__"})
_AS_USUAL = re.compile(  # after a docstring and comments
    rb"""\s*(?:(?:"{3}[^"]*"{3}|'{3}[^']*'{3}|"[^"\n]*"|'[^'\n]*')\s+)?(?:\#[^\n]*\s+)*"""
    rb"(?:return\s+|\w+(?:\s*:[^\n=]+)?\s*=\s*)(?:object|super\([\w\s,]*\))\.__getattribute__\("
)
_QUOTED = re.compile(r"['\"](\w+)['\"]")
_WRITTEN_OUT = re.compile(
    r"(?:\s*:[^=]*)?\s*=(?:[\s()\[\]{},:*+]|[\w.]*\b__slots__|#.*|'[^'\n]*'|\"[^\"\n]*\")*"
)  # a `__slots__`
_NAME = re.compile(r"[A-Za-z_][\w.]*")


@dataclass(frozen=True)
class Class:
    path: Path
    symbol: Symbol

    @property
    def key(self) -> tuple[Path, str]:
        return self.path, self.symbol.qualname


@dataclass(frozen=True)
class Mro:
    """The class itself first, then its bases. ``open``: it may have members that are none of these classes'.

    ``hooked``: but only as its instances are asked by ``__getattr__``, which the class itself is not.
    """

    classes: tuple[Class, ...]
    open: bool
    project: Project
    hooked: bool = False
    beside: frozenset[str] = frozenset()  # names of members that a metaclass brings
    computed: frozenset[str] = frozenset()  # what the names of others look like, as of `computed`
    makes_other: bool = False  # calling the class may give what is no instance of it: a metaclass says what
    replaces: bool = False  # what its body makes may be something else there: a library's code says what

    def __contains__(self, key: tuple[Path, str]) -> bool:
        return key in self._keys

    @cached_property
    def _keys(self) -> frozenset[tuple[Path, str]]:
        return frozenset(found.key for found in self.classes)

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of all members: methods, class variables, instance attributes, imports in the body."""
        return self.beside.union(*(members_of(self.project, found) for found in self.classes))

    def may_have(self, name: str) -> bool:
        """Whether they have the member, or may get it under a computed name."""
        return name in self.names or (bool(self.computed) and said.may_be(self.project, self.computed, name))

    @cached_property
    def may_make_other(self) -> bool:
        """Whether calling the class may give what is no instance of it: a metaclass says what, or a ``__new__``.

        One that hands on what the next gives is only as good as that.
        """
        return self.makes_other or not all(map(self._instantiates, self._makers))

    @cached_property
    def may_make_foreign(self) -> bool:
        """As `may_make_other`, but that an instance of a class below it will do, if its ``__new__`` says so."""
        return self.may_make_other and (self.makes_other or not all(map(self._says_to_instantiate, self._makers)))

    @cached_property
    def _makers(self) -> tuple[Class, ...]:
        ours = (found for found in self.classes if found.path.suffix == ".py")
        return tuple(found for found in ours if "__new__" in members_of(self.project, found))

    def _instantiates(self, maker: Class) -> bool:
        return instantiates(self.project, maker, self.classes[0])

    def _says_to_instantiate(self, maker: Class) -> bool:
        symbols = self.project.members(maker.path, maker.symbol.qualname).get("__new__", ())
        given = [symbol.signature.returns or "" for symbol in symbols if symbol.signature is not None]
        own = {maker.symbol.name, "Self"}
        declared = all(text.strip("'\"").partition("[")[0].rpartition(".")[2] in own for text in given)
        return (declared and bool(given)) or self._instantiates(maker)

    def after(self, key: tuple[Path, str]) -> Mro:
        """The bases only, as ``super()`` sees them."""
        return replace(self, classes=tuple(found for found in self.classes if found.key != key))

    def is_open(self, of_class: bool) -> bool:
        """Whether the class itself, or instances, may have members that are none of these classes'."""
        return self.open and not (of_class and self.hooked)

    def owner(self, name: str) -> Class | None:
        """The first class that has the member."""
        return next((found for found in self.classes if name in members_of(self.project, found)), None)


def members_of(project: Project, found: Class) -> set[str]:
    """Names that the class itself has, its bases not counted."""
    table = project.table(found.path)
    if table is None:
        return set()
    out = set(table.members.get(found.symbol.qualname, ()))
    out.update(table.imported.get(found.symbol.qualname, ()))
    if "__slots__" in out:
        out.update(_slots(project, found)[0])
    return out


def _slots(project: Project, found: Class) -> tuple[set[str], bool]:
    """Names in the class's ``__slots__``, which it has though nothing is assigned; and whether there may be more."""
    source = project.source(found.path)
    symbols = project.members(found.path, found.symbol.qualname).get("__slots__", [])
    texts = [source.text[s.name_end : s.end].decode("utf-8", "replace") for s in symbols] if source is not None else []
    names = {name for text in texts for name in _QUOTED.findall(text)}
    return names, not all(_WRITTEN_OUT.fullmatch(_QUOTED.sub("", text)) for text in texts)


def mro_of(project: Project, path: Path, qualname: str) -> Mro:
    """The class's bases, depth first (which finds the same members as C3). Unknown classes give an open, empty one."""
    key = (path, qualname)
    found = project.mros.get(key)
    if found is None:
        project.mros[key] = Mro((), True, project)  # while it is being made: a class that is its own base
        found = project.mros[key] = _mro(project, path, qualname)
    return found


def _mro(project: Project, path: Path, qualname: str) -> Mro:
    todo: list[tuple[Path, str]] = [(path, qualname)]
    done: dict[tuple[Path, str], Class] = {}
    is_open = hooked = makes_other = replaces = False
    beside: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    while todo:
        key = todo.pop()
        if key in done:
            continue
        symbol = _class_symbol(project, *key)
        if symbol is None or len(done) >= _MAX_CLASSES:
            is_open = True
            continue
        found = done[key] = Class(key[0], symbol)
        bases, own_open, own_names = _bases(project, found)
        beside |= own_names
        changed, known = _is_changed(project, found), frozenset[str]()
        for text in metaclasses_of(symbol):
            more = brought(project, key[0], text, symbol.parent)
            if more is None:
                changed = True
            else:
                beside, makes_other = beside | more.names, makes_other or more.makes_other
                known |= more.computed
        if not _GENERIC.isdisjoint(base_names(symbol)):
            beside |= _OF_GENERIC
        if _is_dynamic(project, found):
            given = _names_given(project, found)
            changed, names = changed or given is None, names | (given or frozenset())
        if changed and tells_all(project, key[0]):
            known |= {said.SAID}
        changed, names, replaces = changed and not known, names | known, replaces or bool(known)
        is_open = is_open or own_open or changed
        hooked = hooked or (key[0] != project.builtins and _is_asked_first(project, found))
        todo += reversed(bases)
    builtins = project.builtins
    builtin = _class_symbol(project, builtins, "object") if builtins is not None else None
    if builtins is not None and builtin is not None:
        done.setdefault((builtins, "object"), Class(builtins, builtin))
    else:
        is_open = True
    only_hooked = hooked and not is_open
    return Mro(tuple(done.values()), is_open or hooked, project, only_hooked, beside, names, makes_other, replaces)


def _is_asked_first(project: Project, found: Class) -> bool:
    """Whether the class says what its instances have that no class shows.

    A ``__getattribute__`` that begins with what the one of `object` gives says nothing of what that does not find.
    """
    hooks = {name for name in _HOOKS & members_of(project, found) if not _is_unsaid(project, found, name)}
    source = project.source(found.path) if hooks == {"__getattribute__"} else None
    symbols = project.members(found.path, found.symbol.qualname).get("__getattribute__", ())
    return bool(hooks) and not (
        source is not None and all(_AS_USUAL.match(source.text, s.body_start, s.body_end) for s in symbols)
    )


def _is_unsaid(project: Project, found: Class, name: str) -> bool:
    """Whether a library with types does not tell type checkers of a member: ``if not TYPE_CHECKING:``."""
    source = project.source(found.path) if tells_all(project, found.path) else None
    symbols = project.members(found.path, found.symbol.qualname).get(name, ())
    return source is not None and all(is_for_runtime(source, each) for each in symbols)


def _class_symbol(project: Project, path: Path, qualname: str) -> Symbol | None:
    """The one class of that name; None where there is none, or where it is defined in several ways."""
    symbols = project.symbols(path, qualname)
    in_stub = path.suffix == ".pyi"
    classes = [symbol for symbol in symbols if symbol.kind == SymbolKind.CLASS]
    return classes[0] if classes and (in_stub or len(symbols) == 1) else None


def _bases(project: Project, found: Class) -> tuple[list[tuple[Path, str]], bool, frozenset[str]]:
    """The bases, whether there may be more, and names of members that those have which are made for it."""
    table = project.table(found.path)
    assert table is not None
    symbol, path = found.symbol, found.path
    own = table.members.get(symbol.qualname, {})
    is_open = (
        (path.suffix == ".pyi" and _is_compiled(project, path))
        or any(s.kind == SymbolKind.ATTRIBUTE for s in own.get("__class__", ()))
        or ("__slots__" in own and path != project.builtins and _slots(project, found)[1])
    )
    scope = symbol.parent
    out: list[tuple[Path, str]] = []
    names: frozenset[str] = frozenset()
    for base in symbol.bases:
        keyword, equals, _ = base.partition("=")
        if equals and keyword.strip().isidentifier():
            continue
        dotted = _NAME.match(base)
        rest = base[dotted.end() :].strip() if dotted else base
        if dotted is None or (rest and not (rest.startswith("[") and rest.endswith("]"))):
            if (made := made_base(project, path, base, scope)) is None:
                is_open = True
            else:
                out, names = [*out, *made.bases], names | made.names
            continue
        name = dotted.group().rpartition(".")[2]
        if name in _OPEN_BASES:
            is_open = True
            continue
        targets = named_base(project, path, dotted.group(), scope)
        if targets:
            out += [(target.path, target.symbol.qualname) for target in targets]
            is_open = is_open or found.key in out  # `from lib import *`, `class A(A)`
        elif (made := made_base(project, path, dotted.group(), scope)) is not None:
            out, names = [*out, *made.bases], names | made.names
        elif name not in EMPTY_BASES or _is_unread(project, path, dotted.group()):
            is_open = True
    return out, is_open, names


def _is_changed(project: Project, found: Class) -> bool:
    """Whether decorators of the class, or its ``__init_subclass__``, may add to it."""
    hooks = project.members(found.path, found.symbol.qualname).get("__init_subclass__", [])
    decorators = found.symbol.decorators
    return not all(leaves_class(project, found.path, text, found.symbol.parent) for text in decorators) or (
        changes_subclasses(project, found.path, hooks)
    )


def _is_unread(project: Project, path: Path, dotted: str) -> bool:
    """Whether the name is imported from what cannot be read: the ``Protocol`` of a network library is not typing's."""
    table = project.table(path)
    imports = table.imports.get(("", dotted.partition(".")[0]), ()) if table is not None else ()
    return bool(imports) and all(
        item.module != "typing_extensions"
        and project.resolve_module(item.module, item.level, path).origin is Origin.UNKNOWN
        for item in imports
    )


def _is_dynamic(project: Project, found: Class) -> bool:
    table = project.table(found.path)
    return table is not None and not {found.symbol.name, found.symbol.qualname}.isdisjoint(table.facts.dynamic_classes)


def _names_given(project: Project, found: Class) -> frozenset[str] | None:
    known = project.computed
    if found.key not in known:
        source = project.source(found.path) if found.path.suffix == ".py" else None
        given = computed.names_given(source, found.symbol) if source is not None else None
        known[found.key] = given if given is None or project.is_ours(found.path) else said.as_said(given)
    return known[found.key]


def _is_compiled(project: Project, path: Path) -> bool:
    """Whether it is the workspace's own stub of an extension module, which may leave out what the workspace uses."""
    return project.is_ours(path) and project.table(path.with_suffix(".py")) is None


def metaclasses_of(symbol: Symbol) -> Iterator[str]:
    """The metaclass that a class statement names, as written."""
    for base in symbol.bases:
        keyword, equals, value = base.partition("=")
        if equals and keyword.strip() == "metaclass":
            yield value.strip()


def subclasses(project: Project, path: Path, qualname: str) -> tuple[Class, ...]:
    """Classes of the workspace below this one, itself not counted. Raises `TooMany` beyond a bound."""
    key = subclasses, path, qualname
    if key not in project.memo:
        project.memo[key] = _below(project, path, qualname)
    below = cast("tuple[Class, ...] | None", project.memo[key])
    if below is None:
        raise TooMany
    return below


def _below(project: Project, path: Path, qualname: str) -> tuple[Class, ...] | None:
    found: dict[tuple[Path, str], Class] = {}
    todo = [(path, qualname)]
    while todo:
        for one in _direct_subclasses(project, *todo.pop()):
            if one.key not in found:
                if len(found) == _MAX_SUBCLASSES:
                    return None
                found[one.key] = one
                todo.append(one.key)
    return tuple(found.values())


class TooMany(Exception):
    """More classes than it is worth looking at."""


def _direct_subclasses(project: Project, path: Path, qualname: str) -> Iterator[Class]:
    name = qualname.rpartition(".")[2]
    aliases = {(file, item.asname) for file, item in project.importers(name) if item.asname and item.name == name}
    for base in sorted({name, *(alias for _, alias in aliases)}):
        for file, symbol in project.derived(base):
            for text in symbol.bases:
                dotted = _NAME.match(text)
                if dotted is None or dotted.group().rpartition(".")[2] != base:
                    continue
                targets = named_base(project, file, dotted.group(), symbol.parent)
                if not targets and (
                    (base != name and (file, base) not in aliases and not _is_imported(project, file, base))
                    or _is_from_outside(project, file, dotted.group(), path)
                ):
                    continue
                if not targets or (path, qualname) in ((each.path, each.symbol.qualname) for each in targets):
                    yield Class(file, symbol)
                    break


def _is_imported(project: Project, path: Path, name: str) -> bool:
    """Whether a file may get the name from another one."""
    table = project.table(path)
    return table is None or bool(table.stars) or any(bound == name for _, bound in table.imports)


def _is_from_outside(project: Project, path: Path, dotted: str, wanted: Path) -> bool:
    """Whether the name is imported from what is certainly no module of the workspace, and not ``wanted``.

    Scripts in a package's folder import their neighbours as if there was no package.
    """
    table = project.table(path)
    first = dotted.partition(".")[0]
    imports = table.imports.get(("", first), []) if table is not None else []
    if table is None or not imports or first in table.symbols:
        return False
    tops = [item.module.partition(".")[0] for item in imports if not item.level]
    root = project.snapshot.root_of(wanted)
    parts = wanted.relative_to(root).parts if root is not None else wanted.parts  # not those of where it lies
    if not {wanted.stem, *parts}.isdisjoint(tops):
        return False
    found = [project.resolve_module(top, 0, path).origin for top in tops]
    return len(found) == len(imports) and not {Origin.WORKSPACE, Origin.MISSING}.intersection(found)
