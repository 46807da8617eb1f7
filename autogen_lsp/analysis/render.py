"""Types into annotations of one file: which name a type has there, which imports it needs, what must be quoted.

Names that the file has are used as they are; others are imported as the file of the use imports them. A type whose
module imports the target's module would make a cycle: it is imported under ``if TYPE_CHECKING:`` and quoted. A type
without a name that can be imported has no annotation. Where a file writes ``Optional[…]`` or ``List[…]`` and never the
new forms, the old ones are written.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from autogen_lsp.analysis import annotation, classes, functions
from autogen_lsp.analysis.model import NeededImport
from autogen_lsp.analysis.names import Lookup, resolve
from autogen_lsp.analysis.spelling import imports_back, is_importable, offered_by, spelling
from autogen_lsp.analysis.types import MAX_UNION, NONE, Form, Type
from autogen_lsp.syntax.builtin_names import BUILTINS, SINCE
from autogen_lsp.syntax.model import Import, SymbolKind

_OLD_UNION = re.compile(r"\b(?:Optional|Union)\[")
_OLD_GENERIC = re.compile(r"\b(?:List|Dict|Tuple|Set|FrozenSet|Type|Deque|DefaultDict)\[")
_NEW_GENERIC = re.compile(r"\b(?:list|dict|tuple|set|frozenset|type|deque|defaultdict)\[")
_OLD_NAMES = {  # of classes that cannot be subscripted before Python 3.9, in typing
    "builtins": {name: name.title() for name in ("list", "dict", "tuple", "set", "type")} | {"frozenset": "FrozenSet"},
    "collections": {
        "deque": "Deque", "defaultdict": "DefaultDict", "OrderedDict": "OrderedDict", "Counter": "Counter",
        "ChainMap": "ChainMap",
    },
    "contextlib": {
        "AbstractContextManager": "ContextManager", "AbstractAsyncContextManager": "AsyncContextManager",
    },
    "re": {"Pattern": "Pattern", "Match": "Match"},
}  # fmt: skip
_PEP_695 = re.compile(rb"(?m)^[ \t]*(?:class|(?:async +)?def) +\w+\[")
_PLAIN_VARIABLE = re.compile(r"""(?:\w+\.)?TypeVar\(["']\w+["']\)$""")
_LATEST = (3, 14)  # Python, where the workspace does not say which it has
_MAX_TEXT = 100


@dataclass
class Scope:
    """Where annotations are written: the file, the byte at which the definition goes, the class that holds it.

    ``needed`` and ``parameters`` collect what the annotations use: imports, and type parameters to declare.
    """

    lookup: Lookup
    path: Path
    at: int
    owner: str = ""
    needed: list[NeededImport] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()  # type parameters of the class

    @property
    def postponed(self) -> bool:
        """Whether the file has ``from __future__ import annotations``."""
        facts = self.lookup.facts(self.path)
        return facts is not None and any(i.module == "__future__" and i.name == "annotations" for i in facts.imports)

    @cached_property
    def old_unions(self) -> bool:
        """Whether the file's own annotations avoid ``X | Y``: it may have to run on a Python before 3.10."""
        return bool(_OLD_UNION.search(self._written)) and "|" not in self._written

    @cached_property
    def old_generics(self) -> bool:
        """Whether they avoid ``list[X]``, too: it may have to run on a Python before 3.9."""
        return bool(_OLD_GENERIC.search(self._written)) and not self.new_generics

    @cached_property
    def new_generics(self) -> bool:
        return bool(_NEW_GENERIC.search(self._written))

    @cached_property
    def type_parameters(self) -> bool:
        """Whether PEP 695's are known to work: by the workspace's Python, else by the file's own code."""
        version, source = self.lookup.project.environment.version, self.lookup.source(self.path)
        return version >= (3, 12) if version is not None else source is not None and bool(_PEP_695.search(source.text))

    @property
    def type_variable(self) -> Type | None:
        """Some type variable that is bound by nothing: a new type parameter, or one that the file has."""
        if self.type_parameters:
            return Type(Form.VARIABLE, "T", scoped="T")
        facts = self.lookup.facts(self.path)
        for symbol in facts.symbols if facts is not None else ():
            if _PLAIN_VARIABLE.match(symbol.value or "") and symbol.end <= self.at:
                return Type(Form.VARIABLE, symbol.name, self.lookup.module_name(self.path), path=self.path)
        return None

    @cached_property
    def _written(self) -> str:
        """All annotations of the file."""
        facts = self.lookup.facts(self.path)
        found: list[str | None] = []
        for symbol in facts.symbols if facts is not None else ():
            found.append(symbol.annotation)
            if symbol.signature is not None:
                found += [
                    *(parameter.annotation for parameter in symbol.signature.parameters),
                    symbol.signature.returns,
                ]
        return "\n".join(text for text in found if text)


@dataclass
class _Pieces:
    """What one annotation needs, kept until the whole of it is known to be writable."""

    needed: list[NeededImport] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    quoted: bool = False
    modern: bool = False  # has something that fails where it runs on an older Python


class _NoName(Exception):
    """A type has no name that can be written in this file."""


def annotate(scope: Scope, type_: Type | None) -> str | None:
    """The annotation for a type, None where it is not known or cannot be written. Its needs are added to the scope."""
    if type_ is None or (type_.form is Form.UNION and len(type_.args) > MAX_UNION + 1):
        return None
    pieces = _Pieces()
    try:
        text = _write(scope, type_, pieces, 0)
    except _NoName:
        return None
    if len(text) > _MAX_TEXT or text == "Any":
        return None
    scope.needed += [item for item in dict.fromkeys(pieces.needed) if item not in scope.needed]
    scope.parameters |= pieces.parameters
    quoted = pieces.quoted or (pieces.modern and (scope.old_unions or scope.old_generics))
    if not quoted or scope.postponed:
        return text
    return '"' + text.replace('"', "'") + '"'


def base_text(scope: Scope, type_: Type) -> str | None:
    """A class as a base of another, which is evaluated where it stands; None where it is not there yet, or too new."""
    pieces = _Pieces()
    try:
        text = _write(scope, type_, pieces, 0)
    except _NoName:
        return None
    if pieces.quoted or (pieces.modern and (scope.old_unions or scope.old_generics)):
        return None
    scope.needed += [item for item in dict.fromkeys(pieces.needed) if item not in scope.needed]
    return text


def annotate_any(scope: Scope) -> str | None:
    """``Any``, for where not knowing must be said."""
    pieces = _Pieces()
    try:
        name = _known(scope, "typing", "Any", pieces)
    except _NoName:
        return None
    scope.needed += [item for item in pieces.needed if item not in scope.needed]
    return f'"{name}"' if pieces.quoted and not scope.postponed else name


def _write(scope: Scope, type_: Type | None, pieces: _Pieces, depth: int) -> str:
    if type_ is None or depth > 5:
        return _known(scope, "typing", "Any", pieces)
    match type_.form:
        case Form.NONE:
            return "None"
        case Form.UNION:
            if depth and len(type_.args) > MAX_UNION:
                return _known(scope, "typing", "Any", pieces)
            return _union(scope, type_, pieces, depth)
        case Form.CLASS:
            name = _generic(scope, Type(Form.INSTANCE, "type", "builtins"), pieces)
            return f"{name}[{_write(scope, type_.args[0], pieces, depth + 1)}]"
        case Form.MODULE:
            return _known(scope, "types", "ModuleType", pieces)
        case Form.FUNCTION:
            value = functions.callable_type(scope.lookup, type_)
            return _write(scope, value, pieces, depth + 1)
        case Form.CALLABLE:
            name = _generic(scope, Type(Form.INSTANCE, "Callable", "collections.abc"), pieces)
            returns = _write(scope, type_.args[-1], pieces, depth + 1)
            if type_.variadic:
                return f"{name}[..., {returns}]"
            return f"{name}[[{', '.join(_write(scope, arg, pieces, depth + 1) for arg in type_.args[:-1])}], {returns}]"
        case Form.PARAMETERS:
            written = [_write(scope, arg, pieces, depth + 1) for arg in type_.args]
            return "..." if type_.variadic else f"[{', '.join(written)}]"
        case Form.VARIABLE if type_.scoped:
            if type_.name not in scope.declared:
                pieces.parameters[type_.name] = type_.scoped
            return type_.name
        case Form.ALIAS if _is_internal(scope.lookup, type_):
            inner = annotation.expanded(scope.lookup, type_)
            if inner is None:
                raise _NoName(type_.name)
            return _write(scope, inner, pieces, depth + 1)
    if type_.literals:
        return f"{_known(scope, 'typing', 'Literal', pieces)}[{', '.join(type_.literals)}]"
    if type_.module == "collections.abc" and type_.name.startswith("dict_"):  # those have no name at run time
        type_ = replace(classes.as_base(scope.lookup, type_, *_VIEWS) or type_, spelled=None)
    args = type_.args[:1] if type_.module == "contextlib" else type_.args
    if not args and type_.is_a("tuple"):  # the empty one
        return f"{_generic(scope, type_, pieces)}[{_known(scope, 'typing', 'Any', pieces)}, ...]"
    if not args:
        return _name(scope, type_, pieces)
    name = _generic(scope, type_, pieces)
    written = [_write(scope, arg, pieces, depth + 1) for arg in args]
    return f"{name}[{', '.join(written)}{', ...' if type_.variadic else ''}]"


def _union(scope: Scope, type_: Type, pieces: _Pieces, depth: int) -> str:
    if not scope.old_unions:
        pieces.modern = True
        return " | ".join(_write(scope, arg, pieces, depth + 1) for arg in type_.args)
    written = [_write(scope, arg, pieces, depth + 1) for arg in type_.args if arg != NONE]
    text = written[0] if len(written) == 1 else f"{_known(scope, 'typing', 'Union', pieces)}[{', '.join(written)}]"
    return f"{_known(scope, 'typing', 'Optional', pieces)}[{text}]" if NONE in type_.args else text


def _generic(scope: Scope, type_: Type, pieces: _Pieces) -> str:
    """The name of a class that is subscripted."""
    old = type_.name if type_.module == "collections.abc" else _OLD_NAMES.get(type_.module, {}).get(type_.name)
    if scope.old_generics and old is not None:
        with suppress(_NoName):  # the file has it from elsewhere
            return _known(scope, "typing", old, pieces)
    name = _name(scope, type_, pieces)
    ours = type_.path is not None and scope.lookup.project.is_ours(type_.path)
    pieces.modern |= type_.module != "typing" and not ours and not scope.new_generics
    return name


_VIEWS = tuple(f"collections.abc.{name}" for name in ("KeysView", "ValuesView", "ItemsView"))


def _known(scope: Scope, module: str, name: str, pieces: _Pieces) -> str:
    return _name(scope, Type(Form.INSTANCE, name, module), pieces)


def _is_builtin(scope: Scope, name: str) -> bool:
    """Whether the workspace's Python has it: typeshed knows the builtins of the next one, too."""
    since = SINCE.get(name)
    version = scope.lookup.project.environment.version or _LATEST
    return name in BUILTINS or (since is not None and since <= version)


def _name(scope: Scope, type_: Type, pieces: _Pieces) -> str:
    """The name of a class, alias or type variable in the file."""
    module, name = type_.module, type_.name
    if "<locals>" in name or not module or _exists_in_stub_only(type_):
        raise _NoName(name)
    lookup = scope.lookup
    if module == "builtins":
        if _shadowed(scope, name) or not _is_builtin(scope, name):
            raise _NoName(name)
        return name
    top, _, rest = name.partition(".")
    nested = f".{rest}" if rest else ""
    if type_.path == scope.path or module == lookup.module_name(scope.path):
        pieces.quoted |= _is_forward(scope, top)
        return name
    home = offered_by(lookup, type_, top)
    imported = [
        (item.type_checking or item.start > scope.at, bound)
        for item in lookup.imports(scope.path).values()
        if (bound := _bound_as(lookup, scope.path, item, type_, top, home)) is not None
        and not _hidden(scope, bound.partition(".")[0])
        and not _is_assigned(scope, item)
    ]
    if imported:  # one that is there at run time, and the name itself rather than that of its module
        quoted, bound = min(imported, key=lambda found: (found[0], found[1].count(".")))
        pieces.quoted |= quoted
        return bound + nested
    public = _public(lookup, type_, top, home)
    if public is None:
        raise _NoName(name)
    module, top = public
    spelled = spelling(lookup, scope.path, module)
    facts = lookup.facts(scope.path)
    if (facts is not None and top in facts.bound) or _hidden(scope, top):
        raise _NoName(name)  # the name means something else in this file
    if any(item.name == top and item.module != spelled for item in (*scope.needed, *pieces.needed)):
        raise _NoName(name)  # or will mean something else, as another annotation needs it
    cyclic = imports_back(lookup, module, scope.path)
    pieces.needed.append(NeededImport(spelled, top, type_checking=cyclic))
    pieces.quoted |= cyclic
    return top + nested


def _exists_in_stub_only(type_: Type) -> bool:
    """A private name of a stub is the stub's own help: there is no such name at run time."""
    return type_.path is not None and type_.path.suffix == ".pyi" and type_.name.startswith("_")


def _is_internal(lookup: Lookup, type_: Type) -> bool:
    """Whether an alias is no business of this project: others have it for themselves."""
    if type_.module.startswith("_") or _exists_in_stub_only(type_):
        return True
    return type_.name.startswith("_") and type_.path is not None and not lookup.project.is_ours(type_.path)


def _shadowed(scope: Scope, name: str) -> bool:
    facts = scope.lookup.facts(scope.path)
    return (facts is not None and name in facts.bound) or _hidden(scope, name)


def _hidden(scope: Scope, name: str) -> bool:
    """Whether a member of the class that will hold the definition hides a name of the module."""
    return bool(scope.owner) and bool(
        [s for s in scope.lookup.symbols(scope.path, f"{scope.owner}.{name}") if s.kind != SymbolKind.ATTRIBUTE]
    )


def _is_assigned(scope: Scope, item: Import) -> bool:
    """Whether the file also assigns something to an imported name (``except ImportError: Name = None``).

    Type checkers take it for a variable then, unless the import is for them alone.
    """
    symbols = () if item.type_checking else scope.lookup.symbols(scope.path, item.bound)
    return any(symbol.kind == SymbolKind.VARIABLE for symbol in symbols)


def _is_forward(scope: Scope, top: str) -> bool:
    """Whether a class of the same file is not defined yet where the definition goes: later, or around it."""
    if top == scope.owner.partition(".")[0]:
        return True
    symbols = scope.lookup.symbols(scope.path, top)
    if not symbols:
        return False
    first = min(symbol.end for symbol in symbols)
    return first > scope.at


def _bound_as(lookup: Lookup, path: Path, item: Import, type_: Type, top: str, home: str) -> str | None:
    """The name under which an import makes the type's outermost class available."""
    if item.name == "*":
        return None
    names = {type_.module: top, home: top}  # by the modules that have it
    if type_.module == "collections.abc" and top != "Buffer":
        names["typing"] = top
    if type_.spelled is not None:
        names[type_.spelled[0]] = type_.spelled[1].partition(".")[0]
    absolute = item.module if not item.level else lookup.imported_module(path, item.module, item.level)[0]
    if item.name is None:
        if item.asname:
            return f"{item.asname}.{names[item.module]}" if item.module in names else None
        held = (module for module in names if f"{item.module}.".startswith(f"{module}."))  # `import a.b` binds a
        return next((f"{module}.{names[module]}" for module in sorted(held)), None)
    if names.get(absolute) == item.name:
        return item.bound
    if (submodule := f"{absolute}.{item.name}") in names:
        return f"{item.bound}.{names[submodule]}"
    if item.name == top:
        ref = resolve(lookup, path, item.bound)
        if ref is not None and (ref.module, ref.name) == (type_.module, top):
            return item.bound
    return None


def _public(lookup: Lookup, type_: Type, top: str, home: str) -> tuple[str, str] | None:
    """The module and name to import a type by: as it was imported where it was used, unless that is private."""
    candidates = [(home, top), (type_.module, top)]
    if type_.spelled is not None and type_.spelled[0] != type_.module:
        candidates.insert(0, type_.spelled)
    for module, name in candidates:
        is_private = module.startswith("_") or module == "builtins" or module.endswith("__main__")
        if name and is_importable(module) and not is_private:
            return module, name.partition(".")[0]
    return None
