"""What a metaclass brings to the classes that it makes, besides what their bodies say.

One of the workspace that only looks at its classes, keeps them somewhere, or hands them to functions that do no more,
brings its own members, and what it prepares their bodies with. One that may change what they are made of may bring
anything. One that says what calling its classes gives (``__call__``) changes nothing about them: only what is made
that way may be something else, where it is not what `type` makes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.decorated import changes, changes_in_place
from autogen_lsp.analysis.presence import Definition, follow
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.table import Table
from autogen_lsp.analysis.well_known import given_by
from autogen_lsp.syntax.model import Call, Symbol, SymbolKind

if TYPE_CHECKING:
    from autogen_lsp.analysis.mro import Class

PLAIN = frozenset({"ABCMeta", "type", "EnumMeta", "EnumType", "_ProtocolMeta"})
READERS = frozenset(
    """
    super vars hasattr getattr isinstance issubclass callable id repr str hash len dir iter list tuple set frozenset
    sorted signature get_type_hints get_annotations getmembers getmro isclass isabstract getdoc getfile getsourcefile
    getmodule fields
    """.split()  # noqa: SIM905
)
KEEPERS = frozenset({"append", "add", "insert"})  # of a list or set that is told of the class
_CHANGES = re.compile(
    rb"__dict__\s*(?:\.(?:update|setdefault)\b|(?:\[[^\]\n]*\]\s*)?=(?!=))|__bases__|(?m:^[ \t]*class\s)"
    rb"|\b(?:setattr|vars|exec|eval|new_class)\(|\btype\([^()]*,|(?<!def )(?<!super\(\)\.)\b__setattr__\("
)
_RESULT = re.compile(rb"[ \t]*(?:([\w.]+)\s*=\s*)?")  # before a call: nothing, or what gets its result
_KEYWORD = re.compile(rb"(\w+)\s*=(?!=)")
_DOCSTRING = re.compile(rb"""\A\s*[rR]?(\"{3}|'{3}|"|').*?\1""", re.S)
_MADE = re.compile(rb"\b(\w+)\s*=\s*[\w.()]*\.__(?:new|call)__\(")
_NAMES = re.compile(rb"\([\w\s,*]*\)")
_WORD = re.compile(rb"\w+")
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_WORD_KEY = re.compile(r"\s*['\"](\w+)['\"]\s*\]")


@dataclass(frozen=True)
class Brought:
    """What classes have from their metaclass. ``makes_other``: calling them may give what is no instance of them.

    ``computed`` are what further names look like, where the metaclass is a well-known one.
    """

    names: frozenset[str] = frozenset()
    makes_other: bool = False
    computed: frozenset[str] = frozenset()


def brought(project: Project, path: Path, text: str, scope: str) -> Brought | None:
    """What the metaclass, as written, brings to its classes; None where these may have any member."""
    if text.rpartition(".")[2] in PLAIN:
        return Brought()
    found = follow(project, path, text, scope) if _DOTTED.fullmatch(text) else None
    if not isinstance(found, Definition) or found.symbol.kind != SymbolKind.CLASS:
        return None
    if computed := given_by(found.path, found.symbol.name):
        return Brought(computed=computed)
    key = (found.path, found.symbol.qualname)
    if key not in project.metaclasses:  # many classes have the same
        project.metaclasses[key] = _brought(project, *key)
    return project.metaclasses[key]


def _brought(project: Project, path: Path, qualname: str) -> Brought | None:
    lineage = project.mro(path, qualname)
    if lineage.open or project.builtins is None or (project.builtins, "type") not in lineage:
        return None
    names, makes_other = lineage.names, False
    for one in lineage.classes:
        if one.path.suffix == ".py" and one.symbol.name not in PLAIN:
            table = project.table(one.path)
            if table is None or not _only_looks(project, one.path, table, one.symbol):
                return None
            call, prepare = (_method(project, one, name) for name in ("__call__", "__prepare__"))
            makes_other = makes_other or (call is not None and not _makes_as_usual(call))
            prepared = _prepared(prepare) if prepare is not None else frozenset()
            if prepared is None:
                return None
            names |= prepared
        elif one.symbol.name not in PLAIN | {"object"}:
            return None
    return Brought(names, makes_other)


def _method(project: Project, metaclass: Class, name: str) -> Node | None:
    """The body of a method that the metaclass itself has."""
    table, source = project.table(metaclass.path), project.source(metaclass.path)
    qualname = f"{metaclass.symbol.qualname}.{name}"
    if table is None or source is None or qualname not in table.symbols:
        return None
    definition = nodes.find_definition(source.tree, qualname)
    return definition.child_by_field_name("body") if definition is not None else None


def _makes_as_usual(call: Node) -> bool:
    """Whether a ``__call__`` returns what the one of `type` gives, now or as kept from earlier."""
    own = list(nodes.own_nodes(call))
    makers = {"__call__"}
    for each in own:
        if each.type == nodes.FUNCTION and _is_made(each.child_by_field_name("body"), makers, set()):
            makers.add(nodes.text_of(each.child_by_field_name("name")))
    kept = {
        nodes.text_of(each.child_by_field_name("left"))
        for each in own
        if each.type == "assignment" and _ends_in(each.child_by_field_name("right"), *makers)
    }
    return _is_made(call, makers, kept)


def instantiates(project: Project, maker: Class, found: Class) -> bool:
    """Whether the ``__new__`` of a class gives an instance of what it is called on, as that of `object` does.

    ``found`` is that: the class itself, or one below it, which what the class makes of itself alone does not concern.
    """
    body = _method(project, maker, "__new__")
    definition = body.parent if body is not None else None
    own = next((parameter.name for parameter in nodes.parameters(definition)), "") if definition is not None else ""
    makes: set[str] = set()
    for each in nodes.own_nodes(body):
        if each.type == "assignment":
            left, right = each.child_by_field_name("left"), each.child_by_field_name("right")
            if nodes.text_of(left) == own:
                return False
            if _is_of(right, own):
                makes.add(nodes.text_of(left))
    given = [each for each in _returned(body) if found.key == maker.key or not _is_of_itself(each, own, maker)]
    return bool(given) and all(_is_of(value, own) or nodes.text_of(value) in makes for value in given)


def _is_of_itself(value: Node, own: str, maker: Class) -> bool:
    """Whether a function returns this only where it is called on the class itself: ``if cls is Class: return …``."""
    asked = {f"{own} is {maker.symbol.name}", f"{own} == {maker.symbol.name}"}
    for outer in nodes.ancestors(value):
        if outer.type == nodes.FUNCTION:
            return False
        condition = outer.child_by_field_name("condition") if outer.type == "if_statement" else None
        if condition is not None and nodes.text_of(nodes.unwrapped(condition)) in asked:
            return nodes.inside(value, outer.child_by_field_name("consequence"))
    return False


def _is_of(value: Node | None, own: str) -> bool:
    """Whether it is what another ``__new__`` gives for the same class."""
    listed = value.child_by_field_name("arguments") if value is not None else None
    first = next(iter(nodes.named(listed)), None) if listed is not None else None
    return _ends_in(value, "__new__") and nodes.text_of(first) == own


def _is_made(body: Node | None, makers: Set[str], kept: Set[str]) -> bool:
    """Whether all that a function returns is what ``makers`` give, or kept from that."""
    return all(_ends_in(value, *makers) or nodes.text_of(value) in kept for value in _returned(body))


def _prepared(prepare: Node) -> frozenset[str] | None:
    """The names that a ``__prepare__`` begins the bodies of classes with; None where they may be any."""
    own = list(nodes.own_nodes(prepare))
    names: set[str] = set()
    for value in _returned(prepare):
        if _is_empty(value):
            continue
        if value.type != "identifier":
            return None
        for each in own:
            if each.type != "identifier" or each.text != value.text or each.parent is None:
                continue
            match each.parent.type:
                case "assignment" if _is_empty(each.parent.child_by_field_name("right")):
                    pass
                case "subscript" if key := _WORD_KEY.fullmatch(nodes.text_of(each.parent).partition("[")[2]):
                    names.add(key.group(1))
                case "return_statement":
                    pass
                case _:
                    return None
    return frozenset(names)


def _returned(body: Node | None) -> Iterator[Node]:
    for each in nodes.own_nodes(body):
        if each.type == "return_statement" and (value := nodes.first_named(each)) is not None:
            yield nodes.unwrapped(value)


def _is_empty(value: Node | None) -> bool:
    """Whether it is a mapping with nothing in it, as a class body would begin with."""
    return nodes.text_of(value) == "{}" or _ends_in(value, "dict", "OrderedDict", "__prepare__")


def _ends_in(value: Node | None, *names: str) -> bool:
    """Whether the expression is a call of something by one of these last names."""
    called = nodes.text_of(value.child_by_field_name("function")) if value is not None and value.type == "call" else ""
    return called.rpartition(".")[2] in names


def _only_looks(project: Project, path: Path, table: Table, metaclass: Symbol) -> bool:
    source = project.source(path)
    own = table.members.get(metaclass.qualname, {})
    if source is None or path.suffix != ".py":
        return False
    if _CHANGES.search(source.text, metaclass.body_start, metaclass.body_end):
        return False
    for method in (symbol for listed in own.values() for symbol in listed if symbol.kind == SymbolKind.FUNCTION):
        names = [parameter.name.encode() for parameter in method.signature.parameters] if method.signature else []
        making = method.name in ("__new__", "__init__")
        if making and len(names) < 4:
            return False  # `*args`: what is in there cannot be told
        body = source.text[method.body_start : method.body_end]
        if making and _rewrites(body, names[2], names[3]):
            return False
        told = _words(*(() if "staticmethod" in method.decorators else names[:1]), *_MADE.findall(body))
        given = _words(*names[2:4]) if making else None
        for call in table.facts.calls:
            if not method.body_start <= call.start < method.body_end:
                continue
            arguments = source.text[call.end : call.call_end]
            if call.name in ("__new__", "__init__"):
                if making and not (_NAMES.fullmatch(arguments) and set(names[2:4]) <= set(_WORD.findall(arguments))):
                    return False
                continue
            if call.name == method.name and call.receiver.startswith(("super(", "type")):
                continue  # what every metaclass does
            if given is not None and given.search(arguments) and not _only_reads(project, path, call):
                return False
            if told is None or not told.search(arguments) or _leaves(project, path, call):
                continue
            before = source.text[source.text.rfind(b"\n", 0, call.call_start) + 1 : call.call_start]
            result = _RESULT.fullmatch(before)
            if result is None or (result[1] is not None and told.fullmatch(result[1])):
                return False  # it may be another class
            own_name = names[0].decode() if names else ""
            if not _leaves_in_place(project, path, call, metaclass, own_name, _places(arguments, told)):
                return False
    return True


def _leaves(project: Project, path: Path, call: Call) -> bool:
    """Whether what is called leaves a class that it is told of as it is."""
    if call.name in READERS or (call.receiver and call.name in KEEPERS):
        return True
    return leaves_told(project, path, call.dotted, call.scope)


def _leaves_in_place(
    project: Project, path: Path, call: Call, metaclass: Symbol, own: str, given: Set[bytes | int]
) -> bool:
    """Whether what is called, a method of the metaclass or a function, only sets by name what it sets on a class that
    it is told of; ``given``: which of its arguments are that, by place or name. A method may not hand it on.
    """
    if call.receiver != own:
        taker = follow(project, path, call.dotted, call.scope) if _DOTTED.fullmatch(call.dotted) else None
        if not isinstance(taker, Definition) or taker.symbol.kind != SymbolKind.FUNCTION:
            return False
        return project.is_ours(taker.path) and not changes_in_place(project, taker.path, taker.symbol)
    listed = project.members(path, metaclass.qualname).get(call.name, ())
    if not listed and not project.mro(path, metaclass.qualname).may_have(call.name):
        return True  # it is missing
    source = project.source(path)
    if len(listed) != 1 or source is None or listed[0].signature is None or changes_in_place(project, path, listed[0]):
        return False
    parameters = [parameter.name.encode() for parameter in listed[0].signature.parameters]
    parameters = parameters if "staticmethod" in listed[0].decorators else parameters[1:]
    told = [name for place, name in enumerate(parameters) if place in given or name in given]
    alone = _words(*told) if len(told) == len(given) else None
    body = _DOCSTRING.sub(b"", source.text[listed[0].body_start : listed[0].body_end], count=1)
    return alone is not None and alone.search(body) is None


def _places(arguments: bytes, told: re.Pattern[bytes]) -> set[bytes | int]:
    """The arguments of a call, as written with its brackets, that have the words: their names, or else their places."""
    out: set[bytes | int] = set()
    depth = place = start = 0
    for at, char in enumerate(arguments):
        depth += (char in b"([{") - (char in b")]}")
        if (char == ord(",") and depth == 1) or (depth == 0 and at):
            part = arguments[start:at].lstrip(b"( \n\t")
            if told.search(part):
                named = _KEYWORD.match(part)
                out.add(named[1] if named is not None else place)
            start, place = at + 1, place + 1
    return out


def _only_reads(project: Project, path: Path, call: Call) -> bool:
    """Whether what is called with a class's namespace takes nothing but what is in that, and puts nothing there."""
    if call.name in READERS:
        return True
    taker = follow(project, path, call.dotted, call.scope) if _DOTTED.fullmatch(call.dotted) else None
    source = project.source(taker.path) if isinstance(taker, Definition) and project.is_ours(taker.path) else None
    if not isinstance(taker, Definition) or source is None or taker.symbol.signature is None:
        return False
    text = source.text[taker.symbol.body_start : taker.symbol.body_end]
    body = _DOCSTRING.sub(b"", text, count=1)
    names = [parameter.name.encode() for parameter in taker.symbol.signature.parameters]
    alone = _words(*names) if names else None
    return alone is not None and alone.search(body) is None and not any(_rewrites(body, name, name) for name in names)


def leaves_told(project: Project, path: Path, dotted: str, scope: str) -> bool:
    """Whether it is a function of the workspace that does not change a class that it is told of."""
    taker = follow(project, path, dotted, scope) if _DOTTED.fullmatch(dotted) else None
    if taker is None:
        holder, _, name = dotted.rpartition(".")
        owner = follow(project, path, holder, scope) if holder else None
        if not isinstance(owner, Definition) or owner.symbol.kind != SymbolKind.CLASS:
            return False
        lineage = project.mro(owner.path, owner.symbol.qualname)
        return not lineage.open and not lineage.may_have(name)  # it is missing
    return isinstance(taker, Definition) and project.is_ours(taker.path) and not changes(project, taker)


def _words(*names: bytes) -> re.Pattern[bytes] | None:
    """The names where they stand for themselves, not for what is read from them."""
    return re.compile(rb"(?<![\w.])(?:" + b"|".join(map(re.escape, names)) + rb")\b(?!\s*[.\[(])") if names else None


def _rewrites(body: bytes, bases: bytes, namespace: bytes) -> bool:
    """Whether a metaclass's ``__new__`` puts more into a class than it was given, but for special attributes."""
    put = re.compile(
        rb"\b"
        + namespace
        + rb"(?:\s*\[(?!\s*['\"]__\w+__['\"]\s*\])[^\n]*?\]\s*=(?!=)|\.(?:update|setdefault|__setitem__)\b"
        rb"|\s*(?:=(?!=)|\|=))|\b" + bases + rb"\s*(?:=(?!=)|\+)|[+*]\s*" + bases + rb"\b"
    )
    return put.search(body) is not None


def changes_subclasses(project: Project, path: Path, hooks: Iterable[Symbol]) -> bool:
    """Whether ``__init_subclass__`` hands the new class to a function that may add to it."""
    source = project.source(path) if path.suffix == ".py" else None
    return source is not None and any(
        (name := (dotted := taker.decode("utf-8", "replace")).rpartition(".")[2]) not in READERS
        and not (name in KEEPERS and "." in dotted)
        and not leaves_told(project, path, dotted, hook.qualname)
        for hook in hooks
        for taker in _HANDED_ON.findall(source.text, hook.body_start, hook.body_end)
    )


_HANDED_ON = re.compile(rb"([\w.]+)\(\s*cls\s*[,)]")
