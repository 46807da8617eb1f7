"""All uses of a target in the workspace: calls that mean it, and where it is argument, decorator, base or exception.

A call counts when its name leads to the target: through the file's own scopes and imports for functions, through the
receiver's type for methods. A receiver whose type is not known counts where no other definition of that name exists to
be meant, or where it is named after the target's class. The use that asked for the target comes first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import annotation, bindings, classes, infer, locate, nodes
from autogen_lsp.analysis.arguments import Argument, arguments_of
from autogen_lsp.analysis.mentions import expression_of, mentions
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.analysis.names import Lookup, imported_from, resolve, star_modules
from autogen_lsp.analysis.naming import snake
from autogen_lsp.analysis.types import Form, Type, members
from autogen_lsp.syntax.model import Import, ParameterKind, SymbolKind

MAX_SITES = 300
_MAX_OF_STUB = 300  # calls that are looked at where the signature is there already
_MAX_STARS = 4  # star imports of modules that star imports name
_MAX_MORE = 300  # calls that are looked at beyond these, for what else they pass
_MIN_KEYWORDS = 2  # that tell whose call it is
_MAX_CANDIDATES = 1500  # calls of the name that are looked at; the nearest files' first


@dataclass(frozen=True, slots=True)
class Use:
    """One use: the node of the name, and of the expression that stands for the target's value (a call, if it is one).

    ``through_class``: the receiver is the class itself (``C.m(…)``), so an instance may be the first argument.
    ``awaited``: whether what it is called through awaits it, where the use itself does not tell. ``before``: arguments
    that were bound in the same file before the call (`partial`).
    """

    path: Path
    name: Node
    expression: Node
    through_class: bool = False
    sure: bool = True
    awaited: bool | None = None
    before: tuple[Argument, ...] = ()

    @property
    def is_call(self) -> bool:
        return self.expression.type == "call"

    @property
    def arguments(self) -> list[Argument]:
        """What a call passes, in order."""
        return [*self.before, *arguments_of(self.expression)]


def uses_of(lookup: Lookup, target: Target) -> list[Use]:
    """The uses, the origin's first, at most `MAX_SITES`."""
    return told_apart(lookup, target)[0]


def told_apart(lookup: Lookup, target: Target) -> tuple[list[Use], list[Use]]:
    """The uses, and calls of the name that may mean the target or something else."""
    found = list(_collect(lookup, target))
    owner = target.qualname.rpartition(".")[0].rpartition(".")[2]
    if owner and _is_only_class(lookup, owner):
        found = [replace(use, sure=use.sure or _is_named_after(lookup, use, owner)) for use in found]
    sure, unsure = ([use for use in found if use.sure is wanted] for wanted in (True, False))
    if not unsure or _is_only_meaning(lookup, target):
        return found, []
    meant = [use for use in unsure if _is_passed_alike(lookup, target, use, sure)]
    return [use for use in found if use.sure or use in meant], [use for use in unsure if use not in meant]


def is_metaclass(expression: Node) -> bool:
    """Whether it stands after ``metaclass=`` in the head of a class."""
    keyword = expression.parent
    if keyword is None or keyword.type != "keyword_argument" or keyword.parent is None or keyword.parent.parent is None:
        return False
    named = nodes.text_of(keyword.child_by_field_name("name")) == "metaclass"
    return named and keyword.parent.parent.type == nodes.CLASS and expression.type != "call"


def receiver_of(name: Node) -> Node | None:
    """The expression before the dot of an attribute's name."""
    parent = name.parent
    if parent is None or parent.type != "attribute" or nodes.same(parent.child_by_field_name("object"), name):
        return None
    return parent.child_by_field_name("object")


def _collect(lookup: Lookup, target: Target) -> Iterator[Use]:
    seen: set[tuple[Path, int]] = set()
    origin = locate.origin_node(lookup.project, target) if target.kind is not TargetKind.STUB else None
    if origin is not None and target.kind is not TargetKind.MODULE:
        receiver = receiver_of(origin)
        seen.add((target.origin, origin.start_byte))
        through = receiver is not None and _is_class(infer.type_of(lookup, target.origin, receiver))
        if origin.parent is None or origin.parent.type not in (
            "import_from_statement",
            "aliased_import",
            "dotted_name",
        ):
            yield Use(target.origin, origin, expression_of(origin), through)
    count = more = 0
    shapes: set[object] = set()  # beyond the usual number of calls, only those count that differ in what they pass
    most = _MAX_OF_STUB if target.kind is TargetKind.STUB else _MAX_CANDIDATES
    for path, span in mentions(lookup, target):
        more += count >= MAX_SITES
        if len(seen) >= most or more > _MAX_MORE:
            return
        source = lookup.source(path)
        if source is None or (path, span.start) in seen:
            continue
        seen.add((path, span.start))
        name = nodes.node_at(source.tree, span)
        if nodes.span_of(name) != span:
            continue
        shape = _shape(name)
        if count >= MAX_SITES and shape in shapes:
            continue
        use = _meant(lookup, target, path, name)
        if use is not None and (use.sure or count < MAX_SITES):
            count += use.sure
            shapes.add(shape)
            yield use


def _shape(name: Node) -> object:
    """What a call passes, but for the values: how many arguments, and which by keyword."""
    return frozenset(
        Counter(argument.star or argument.keyword for argument in arguments_of(expression_of(name))).items()
    )


def _meant(lookup: Lookup, target: Target, path: Path, name: Node) -> Use | None:
    receiver = receiver_of(name)
    owner, _, last = target.qualname.rpartition(".")
    if last == "__init__":
        value = infer.type_of(lookup, path, expression_of(name).child_by_field_name("function") or name)
        wanted = Type(Form.INSTANCE, owner, lookup.module_name(target.path))
        meant = value is not None and value.form is Form.CLASS and value.args[0] == wanted
        return Use(path, name, expression_of(name)) if meant else None
    if not owner:
        if receiver is None:
            meant = _bare_means(lookup, target, path, name)
        else:
            meant = _member_means(lookup, target, infer.type_of(lookup, path, receiver), nodes.text_of(name))
        return Use(path, name, expression_of(name)) if meant else None
    if receiver is None:
        return None
    type_ = annotation.expanded(lookup, infer.type_of(lookup, path, receiver) or _of_base(lookup, path, receiver))
    if type_ is None:
        return Use(path, name, expression_of(name), sure=False)
    for member in members(type_):
        instance = member.args[0] if member is not None and member.form is Form.CLASS else member
        instance = annotation.bound_of(lookup, instance)
        if instance is not None and instance.form is Form.INSTANCE and _holds(lookup, instance, target, owner):
            return Use(path, name, expression_of(name), _is_class(member))
    return None


def _of_base(lookup: Lookup, path: Path, receiver: Node) -> Type | None:
    """What a parameter of an override is that is not annotated: what the base's method says, as to type checkers."""
    found = bindings.reaching(receiver) if receiver.type == "identifier" else None
    binding = found[0][0] if found is not None and len(found[0]) == 1 else None
    if binding is None or binding.how is not bindings.How.PARAMETER or binding.node.type != nodes.FUNCTION:
        return None
    owner, _, method = nodes.qualname_of(binding.node).rpartition(".")
    instance = Type(Form.INSTANCE, owner, lookup.module_name(path), path=path)
    for base in list(classes.mro(lookup, instance))[1:] if owner else ():
        symbols = lookup.symbols(base.path, f"{base.name}.{method}") if base.path is not None else ()
        for symbol in symbols[:1]:
            listed = symbol.signature.parameters if symbol.signature is not None else ()
            written = next((each.annotation for each in listed if each.name == nodes.text_of(receiver)), None)
            return classes.annotated(lookup, base, written, symbol, instance)
    return None


def _bare_means(lookup: Lookup, target: Target, path: Path, name: Node) -> bool:
    """Whether a bare name leads to the module-level target."""
    found = bindings.reaching(name)
    text = nodes.text_of(name)
    scope = nodes.enclosing(name, frozenset({nodes.FUNCTION}))
    qualname = nodes.qualname_of(scope) if scope is not None else ""
    if found is not None and any(binding.how is not bindings.How.IMPORT for binding in found[0]):
        return False
    item = lookup.imports(path, qualname).get(text) if qualname and found is not None else None
    item = item or lookup.imports(path).get(text)
    if item is None:
        if path == target.path:
            return True
        ref = resolve(lookup, path, text)
        if ref is not None:
            return ref.path == target.path and ref.name == target.qualname
        return _gives(lookup, target, path, text)
    return _leads_to(lookup, target, path, item)


def _member_means(lookup: Lookup, target: Target, receiver: Type | None, name: str) -> bool:
    """Whether a member of a module leads to the module-level target."""
    if receiver is None or receiver.form is not Form.MODULE or receiver.path is None:
        return False
    return _gives(lookup, target, receiver.path, name)


def _leads_to(lookup: Lookup, target: Target, path: Path, item: Import) -> bool:
    module, file, name = imported_from(lookup, path, item)
    if file is not None and name == target.name:
        return _gives(lookup, target, file, name)
    return name == target.qualname and module == lookup.module_name(target.path)


def _gives(lookup: Lookup, target: Target, module: Path, name: str, hops: int = 0) -> bool:
    """Whether the module-level target is what a module has under a name: its own, imported, or from a star import."""
    if module == target.path:
        return name == target.qualname
    item = lookup.imports(module).get(name)
    if item is not None:
        return _leads_to(lookup, target, module, item)
    if lookup.symbols(module, name) or hops > _MAX_STARS:
        return False
    return any(
        _gives(lookup, target, file, name, hops + 1) for _, file in star_modules(lookup, module) if file is not None
    )


def _holds(lookup: Lookup, instance: Type, target: Target, owner: str) -> bool:
    """Whether the receiver's class is the target's, or inherits from it and has no such member of its own."""
    for base in classes.mro(lookup, instance):
        if base.name == owner and base.path == target.path:
            return True
        if base.path is not None and lookup.symbols(base.path, f"{base.name}.{target.name}"):
            return False
    return False


def _is_class(type_: Type | None) -> bool:
    return type_ is not None and type_.form is Form.CLASS


def _is_only_class(lookup: Lookup, name: str) -> bool:
    return sum(symbol.kind == SymbolKind.CLASS for _, symbol in lookup.project.definitions(name)) == 1


def _is_named_after(lookup: Lookup, use: Use, owner: str) -> bool:
    """Whether the receiver is a variable or attribute with the class's name: ``response.headers`` of `Headers`.

    Not where another class makes it, even one that is not known: ``self.headers = Other()``.
    """
    receiver = receiver_of(use.name)
    named = receiver.child_by_field_name("attribute") or receiver if receiver is not None else None
    if receiver is None or named is None or named.type != "identifier":
        return False
    if nodes.text_of(named).strip("_") != snake(owner):
        return False
    makers = [match.group(1) for text in _made_of(lookup, use.path, receiver) if (match := _MAKER.match(text))]
    return all(maker == owner for maker in makers)


_MAKER = re.compile(r"(?:\w+\.)*([A-Z]\w*[a-z]\w*)\(")  # a class, by its name


def _made_of(lookup: Lookup, path: Path, receiver: Node) -> Iterator[str]:
    """The source of what a variable, or an attribute of ``self``, is given."""
    found = bindings.reaching(receiver) if receiver.type == "identifier" else None
    yield from (nodes.text_of(b.node) for b in (found[0] if found is not None else ()) if b.how is bindings.How.VALUE)
    holder = nodes.enclosing(receiver, frozenset({nodes.CLASS}))
    if holder is not None and nodes.text_of(receiver.child_by_field_name("object")) == "self":
        name = nodes.text_of(receiver.child_by_field_name("attribute"))
        yield from (symbol.value or "" for symbol in lookup.symbols(path, f"{nodes.qualname_of(holder)}.{name}"))


def _is_passed_alike(lookup: Lookup, target: Target, use: Use, sure: Sequence[Use]) -> bool:
    """Whether a call passes what only calls of the target do: keywords that these have, and none that others take."""
    keywords = {argument.keyword for argument in use.arguments if argument.keyword} if use.is_call else set()
    known = {argument.keyword for other in sure if other.is_call for argument in other.arguments}
    if len(keywords & known) < _MIN_KEYWORDS:
        return False
    others = [
        symbol.signature
        for path, symbol in lookup.project.definitions(target.name)
        if symbol.signature is not None and (path, symbol.qualname) != (target.path, target.qualname)
    ]
    return not any(
        keywords <= {each.name for each in signature.parameters}
        or any(each.kind == ParameterKind.VAR_KEYWORD for each in signature.parameters)
        for signature in others
    )


def _is_only_meaning(lookup: Lookup, target: Target) -> bool:
    """Whether nothing else in the workspace, or of the builtin types, has a member of the target's name."""
    others = [
        s for path, s in lookup.project.definitions(target.name) if (path, s.qualname) != (target.path, target.qualname)
    ]
    if others or target.name.startswith("__"):
        return False
    file = lookup.module_file("builtins")
    kinds = ("str", "bytes", "int", "float", "list", "dict", "set", "tuple", "object", "BaseException")
    if file is None or any(lookup.symbols(file, f"{kind}.{target.name}") for kind in kinds):
        return False
    streams = lookup.module_file("typing")
    return streams is None or not lookup.symbols(streams, f"IO.{target.name}")
