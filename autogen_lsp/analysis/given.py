"""What gives objects members that no class body shows: reasons to doubt that a class lacks one.

Each row of `_GIVERS` is a way in which instances of a class, or of one above it, come to have a member of that name, or
any. What somebody assigns to one object from outside is asked in `outside`, what subclasses bring in `mixins`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from autogen_lsp.analysis import computed, nodes, said
from autogen_lsp.analysis.asked import asked_once
from autogen_lsp.analysis.derived import NO_FACTORIES, takers
from autogen_lsp.analysis.hidden import stub_may_omit
from autogen_lsp.analysis.mro import Class, Mro
from autogen_lsp.analysis.plain import plain_text
from autogen_lsp.analysis.presence import Definition, follow, is_handed_out
from autogen_lsp.analysis.project import Project
from autogen_lsp.syntax.model import Call, Symbol, SymbolKind
from autogen_lsp.text import Span
from autogen_lsp.workspace.source import Source

_CAPITAL = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_SET = re.compile(  # under a computed name
    rb"\bsetattr\(\s*([A-Za-z_]\w*)\s*,(?!\s*['\"]\w+['\"]\s*,)"
    rb"|\b([A-Za-z_]\w*)\.__dict__(?:\.update\(|\s*=[^=]|\[[^\]'\"]+\]\s*=[^=])"
)
_INSTANCE = re.compile(r"((?:\w+\.)*[A-Z]\w*)\(")
_ABSTRACT = ("ABC", "ABCMeta")  # what classes have that others are registered with
_EACH = re.compile(rb"\bfor ([A-Za-z_]\w*) in ([A-Za-z_]\w*):")
_ITSELF = re.compile(rb"\(\s*self\s*[,)]")
_WITH_LOCALS = re.compile(rb"\(\s*self\s*,\s*(?:\*\*)?locals\(\)")
_MANGLED = re.compile(r"_{1,2}[A-Z]\w*?__\w+")  # `_Class__name`
_MADE_BY_TYPE = re.compile(rb"\b(?:type|__class__)\([^(),]{1,200},")


def is_given(project: Project, lineage: Mro, name: str) -> bool:
    """Whether a class of the lineage may have the member without saying so."""
    return any(gives(project, found, name) for gives in _GIVERS for found in lineage.classes)


def stands_in(project: Project, lineage: Mro) -> bool:
    """Whether nobody can make an instance of the class: it is there for one that is not installed, or moved away."""
    maker = lineage.owner("__init__")
    source = project.source(maker.path) if maker is not None and project.is_ours(maker.path) else None
    if maker is None or source is None:
        return False
    symbols = project.members(maker.path, maker.symbol.qualname).get("__init__", ())
    return any(_only_raises(source, symbol) for symbol in symbols)


def _only_raises(source: Source, function: Symbol) -> bool:
    """Whether a function does nothing else, but as what is left to subclasses."""
    definition = nodes.node_at(source.tree, Span(function.name_start, function.name_end)).parent
    body = definition.child_by_field_name("body") if definition is not None else None
    done = [statement for statement in nodes.statements(body) if not nodes.text_of(statement).startswith(("'", '"'))]
    text = nodes.text_of(done[0]) if done else ""
    return text.startswith("raise ") and not text.startswith("raise NotImplemented")


def is_lent(project: Project, lineage: Mro, name: str) -> bool:
    """Whether it is some class's private member, or a class around has it: test runners lend it to those inside."""
    if _MANGLED.fullmatch(name):
        return True
    path, outer = lineage.classes[0].path, lineage.classes[0].symbol.parent
    while outer and project.is_class(path, outer):
        if project.mro(path, outer).may_have(name):
            return True
        outer = outer.rpartition(".")[0]
    return False


def _is_decorated(project: Project, found: Class, name: str) -> bool:
    """Whether it is a special method, as decorators of classes add (comparisons, fields, ways to copy)."""
    return name.startswith("__") and name.endswith("__") and bool(found.symbol.decorators)


def _is_left_out(project: Project, found: Class, name: str) -> bool:
    """Whether the stub that describes the class may leave it out."""
    return found.path.suffix == ".pyi" and stub_may_omit(project, found, name)


def _is_handed_out(project: Project, found: Class, name: str) -> bool:
    """Whether a statement hands the class to what cannot be read, and may add to it."""
    return is_handed_out(project, found.path, found.symbol)


def _is_registered(project: Project, found: Class, name: str) -> bool:
    """Whether the class is told the name, or of a class that has it: ``Manager.register("name", …)``,
    ``Base.register(Other)``.
    """
    lineage = project.mro(*found.key)
    is_abstract = any(base.endswith(_ABSTRACT) for one in lineage.classes for base in one.symbol.bases)
    if not project.is_ours(found.path) or not (is_abstract or "register" in lineage.names):
        return False
    told = re.compile(rb"\(\s*(?:(['\"])" + re.escape(name.encode("utf-8", "surrogatepass")) + rb"\1|([\w.]+)\s*\))")
    for file, call in project.calls("register"):
        source = project.source(file) if call.receiver else None
        said = told.match(source.text, call.end) if source is not None else None
        if said is not None:
            target = follow(project, file, call.receiver, call.scope)
            if isinstance(target, Definition) and (target.path, target.symbol.qualname) == found.key:
                other = follow(project, file, said[2].decode("utf-8", "replace"), call.scope) if said[2] else None
                if said[1] or other is None or (isinstance(other, Definition) and _has(project, other, name)):
                    return True
    return False


def _has(project: Project, found: Definition, name: str) -> bool:
    lineage = project.mro(found.path, found.symbol.qualname)
    return lineage.open or lineage.may_have(name)


def _is_made_by_type(project: Project, found: Class, name: str) -> bool:
    """Whether the class's file makes classes of a dictionary with that key: ``type(name, bases, {"name": …})``."""
    word = re.escape(name.encode("utf-8", "surrogatepass"))
    key = rb"['\"]" + word + rb"['\"]\s*[:,\]]|\bdict\([^()]{0,300}\b" + word + rb"\s*="
    source = project.source(found.path) if project.is_ours(found.path) else None
    return source is not None and bool(_MADE_BY_TYPE.search(source.text) and re.search(key, source.text))


def _hands_itself_on(project: Project, found: Class, name: str) -> bool:
    """Whether a method of the class hands ``self`` to a function that sets attributes of it under computed names."""
    table, source = project.table(found.path), project.source(found.path)
    if table is None or source is None:
        return False
    for call in _calls_with_self(project, found):
        if _WITH_LOCALS.match(source.text, call.end) and table.has_parameter(call.scope, name):
            return True
        target = follow(project, found.path, call.dotted, call.scope)
        if (
            isinstance(target, Definition)
            and target.symbol.kind == SymbolKind.FUNCTION
            and project.is_ours(target.path)
            and _sets_attributes(project, target.path, target.symbol)
        ):
            return True
    return False


@asked_once
def _calls_with_self(project: Project, found: Class) -> list[Call]:
    table, source = project.table(found.path), project.source(found.path) if project.is_ours(found.path) else None
    if table is None or source is None:
        return []
    inside = f"{found.symbol.qualname}."
    return [c for c in table.facts.calls if c.scope.startswith(inside) and _ITSELF.match(source.text, c.end)]


def _is_put_by_attribute(project: Project, found: Class, name: str) -> bool:
    """Whether an attribute of the class puts the member into it, when it is told of it (``__set_name__``)."""
    names = _put_by_attributes(project, found)
    return names is None or (bool(names) and said.may_be(project, names, name))


@asked_once
def _put_by_attributes(project: Project, found: Class) -> frozenset[str] | None:
    """What the names of such members look like, as of `computed`; None where they may be any."""
    out: set[str] = set()
    told = project.definitions("__set_name__") if project.is_ours(found.path) else ()
    members = project.members(found.path, found.symbol.qualname).values() if told else ()
    made = {match[1] for some in members for symbol in some if (match := _INSTANCE.match(symbol.value or ""))}
    for dotted in made:
        target = follow(project, found.path, dotted, found.symbol.parent)
        mro = project.mro(target.path, target.symbol.qualname) if isinstance(target, Definition) else None
        owner = mro.owner("__set_name__") if mro is not None else None
        if owner is None or not project.is_ours(owner.path):
            continue
        for hook in project.members(owner.path, owner.symbol.qualname)["__set_name__"]:
            given = _names_set(project, owner.path, hook)
            if given is None:
                return None
            out |= given
    return frozenset(out)


def _is_configured(project: Project, found: Class, name: str) -> bool:
    """Whether Zope derives a class from it that has more, as a file beside it says: ``class=".views.Edit"``."""
    if not project.is_ours(found.path):
        return False
    folder = project.folders[found.path]
    named = re.compile(rf"class\s*=\s*['\"][\w.]*\b{re.escape(found.symbol.qualname)}['\"]")
    return any(
        named.search(plain_text(folder / entry)) is not None
        for entry in project.modules.listing.names(folder)
        if entry.endswith(".zcml")
    )


_GIVERS = (
    _is_decorated,
    _is_left_out,
    _is_registered,
    _is_handed_out,
    _hands_itself_on,
    _is_made_by_type,
    _is_put_by_attribute,
    _is_configured,
)


def gets_members(project: Project, found: Class, name: str) -> bool:
    """Whether somebody sets attributes of the class's instances under computed names, which may be this one.

    The class is handed to a function that does, or its file does, to a variable or attribute that is named after it.
    """
    known = project.given_members
    if found.key not in known:
        known[found.key] = _names_given(project, found)
    names = known[found.key]
    return names is None or (bool(names) and said.may_be(project, names, name))


def _names_given(project: Project, found: Class) -> frozenset[str] | None:
    """What these names look like, as of `computed`; None where they may be any."""
    names: set[str] = set()
    for one in project.mro(*found.key).classes:
        table = project.table(one.path) if project.is_ours(one.path) else None
        holders = table.facts.dynamic_classes if table is not None else ()
        called = _CAPITAL.sub("_", one.symbol.name).lower()
        named = [holder for holder in holders if holder.rpartition(".")[2] == called]
        source = project.source(one.path) if named else None
        given = computed.names_set(source, None, named) if source is not None else frozenset()
        if given is None:
            return None
        names |= given
    for callee in takers(project, found) - NO_FACTORIES:
        for file, function in project.definitions(callee)[:10]:
            given = _names_set(project, file, function)
            if given is None:
                return None
            names |= given
    return frozenset(names)


def _names_set(project: Project, path: Path, function: Symbol) -> frozenset[str] | None:
    """What the names look like of which a function sets attributes of its parameters; None where they may be any."""
    names: set[str] = set()
    source = project.source(path)
    for setter, parameters in _setters(project, path, function):
        given = computed.names_set(source, setter, parameters) if source is not None else None
        if given is None:
            return None
        names |= given
    return frozenset(names)


def _sets_attributes(project: Project, path: Path, function: Symbol) -> bool:
    return next(_setters(project, path, function), None) is not None


def _setters(project: Project, path: Path, function: Symbol) -> Iterator[tuple[Symbol, set[str]]]:
    """The function, or those of its file that it calls, which set attributes of a parameter, with the parameters."""
    table, source = project.table(path), project.source(path)
    if table is None or source is None:
        return
    beside = {"": "", "self": f"{function.parent}."}
    own = (call for call in table.facts.calls if call.scope == function.qualname and call.receiver in beside)
    called = {f"{beside[call.receiver]}{call.name}" for call in own}
    for symbol in (function, *(inner for name in called for inner in table.symbols.get(name, ()))):
        parameters = {each.name for each in symbol.signature.parameters} if symbol.signature is not None else set()
        for item, items in _EACH.findall(source.text, symbol.body_start, symbol.body_end):
            if items.decode() in parameters:
                parameters.add(item.decode())
        if "." in symbol.qualname:
            parameters.discard("self")
        body = _SET.finditer(source.text, symbol.body_start, symbol.body_end)
        if any((one.group(1) or one.group(2)).decode() in parameters for one in body):
            yield symbol, parameters
