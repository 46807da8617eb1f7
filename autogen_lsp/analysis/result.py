"""What all uses of a missing function ask of its result, together: the return type that breaks none of them.

A value that a variable keeps is followed to the uses of that variable. Of the types that are written down somewhere the
first is taken that every use accepts, as far as it is narrowed there. A type that says little (a union, a protocol)
only stands where no use is left that cannot be understood: the value is likely more special than that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from autogen_lsp.analysis import (
    annotation,
    below,
    bindings,
    called_after,
    classes,
    declared,
    expected,
    infer,
    likely,
    narrowing,
    nodes,
)
from autogen_lsp.analysis.around import taken_apart
from autogen_lsp.analysis.assignable import accepts
from autogen_lsp.analysis.expectation import Demand, Expected, Role
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, builtin, members, optional, without_none

_MAX_USES = 40  # of one variable
_MAX_VARIABLES = 30
_MAX_DEPTH = 3  # of items in items
_PROTOCOL_MODULES = frozenset({"collections.abc", "typing", "_typeshed", "contextlib", "numbers"})


def merge(
    lookup: Lookup,
    uses: Sequence[Expected],
    named: tuple[Type | None, Type | None] = (None, None),
    depth: int = 0,
) -> tuple[Type | None, bool]:
    """The return type that suits every use, and whether it is known that nothing is returned.

    Uses that ignore the result say ``None`` only together, and not if all of them are expected to raise. What the
    syntax suggests counts only where nothing is written down and every use suggests something; else it is what the
    function is ``named`` after, or each of its items, if uses ask for members of that. ``depth`` counts the items of
    items that are looked at.
    """
    used = [use for use in uses if use.role is not Role.IGNORED]
    if any(map(_is_looked_at, used)):
        used = [use for use in used if not is_never(use.type)]
    if not used:
        return (NONE, True) if any(use.type == NONE for use in uses) else (None, False)
    if (items := _items(lookup, used, depth)) is not None:
        return items, False
    every = list(followed(lookup, used))
    strong = [use for use in every if use.strong and use.type is not None]
    if strong:
        every = [use for use in every if not _is_missing(lookup, use, strong)]
        return next((t for t in _candidates(lookup, strong, every) if _suits(lookup, t, every)), None), False
    suggested = _suggested(lookup, used, every)
    if suggested is None:
        return called_after.suiting(lookup, named[0], every, breaks), False
    return _with_items(lookup, suggested, every, named[1], depth), False


def _is_looked_at(use: Expected) -> bool:
    """Whether a use keeps the value, or asks something of it: then there is one."""
    suggested = use.type is not None and not use.strong
    return bool(use.bound) or bool(use.apart) or suggested or use.demand is Demand.ATTRIBUTE


def is_never(type_: Type | None) -> bool:
    """Whether it is the type of what never returns, and so gives nothing to anybody."""
    return type_ is not None and type_.is_a("typing.NoReturn", "typing.Never")


def _items(lookup: Lookup, used: Sequence[Expected], depth: int) -> Type | None:
    """A tuple, where every use takes it apart into as many targets, compares these or takes one: of what is asked."""
    sizes = {len(use.apart) for use in used if use.apart}
    size = sizes.pop() if len(sizes) == 1 and depth <= _MAX_DEPTH else 0
    asked: list[list[Expected]] = [[] for _ in range(size)]
    for use in used if size else ():
        place = _place(use)
        subscript = nodes.wrapped(use.node).parent
        if use.apart:
            for at, target in enumerate(use.apart):
                asked[at].append(_item(lookup, use, target))
        elif place is not None and -size <= place < size and subscript is not None:
            asked[place].append(expected.at(lookup, use.path, subscript))
        elif use.type is not None and use.type.is_a("tuple") and len(use.type.args) == size:
            for at, item in enumerate(use.type.args):
                asked[at].append(replace(use, type=item, may_be_none=item == NONE))
        else:
            return None
    types = [_unless_union(merge(lookup, each, depth=depth + 1)[0]) for each in asked]
    return builtin("tuple", *types) if types else None


def _place(use: Expected) -> int | None:
    """Which item a use takes, by a number that is written: ``f()[0]``."""
    subscript = nodes.wrapped(use.node).parent
    index = subscript.child_by_field_name("subscript") if subscript is not None else None
    number = nodes.text_of(index).replace("_", "")
    return int(number) if use.attribute == "__getitem__" and number.removeprefix("-").isdecimal() else None


def _item(lookup: Lookup, use: Expected, target: Node) -> Expected:
    """What is asked of one item. What is declared ``T | None`` may well get a T here, and be used as one."""
    type_ = declared.of_target(lookup, use.path, target) if target.type in ("identifier", "attribute") else None
    item = Expected(Role.VALUE, use.path, target, type_, bound=(target,), apart=taken_apart(target))
    return item if type_ is None else replace(item, strong=True, demand=Demand.TYPE, upper=True)


def _unless_union(item: Type | None) -> Type | None:
    """An item's type, unless it may be one of several: it is likely the same one each time."""
    return None if item is not None and item.form is Form.UNION and NONE not in item.args else item


def _with_items(lookup: Lookup, type_: Type, every: Sequence[Expected], named: Type | None, depth: int) -> Type | None:
    """An iterable, or a context manager, of what is asked of the variables that get its items."""
    takers = [use for use in every if use.type == type_]
    targets = [(use, use.each) for use in takers if use.each is not None]
    if type_.args != (None,) or not targets or len(targets) < len(takers) or depth > _MAX_DEPTH:
        return type_
    item, _ = merge(lookup, [_item(lookup, use, target) for use, target in targets], (named, None), depth + 1)
    return replace(type_, args=(_unless_union(item),))


def _is_condition(lookup: Lookup, used: Sequence[Expected]) -> bool:
    """Whether nothing but its truth is looked at, and that without keeping it at least once."""
    truth = builtin("bool")
    for use in used:
        if use.type == truth:
            continue
        kept = [target for target in use.bound if not _is_used_at_once(target)]
        reads = [read for target in kept for read in _of_variable(lookup, use, target) or (use,)]
        if not reads or not all(read.type == truth for read in reads):
            return False
    return any(use.type == truth for use in used)


def breaks(lookup: Lookup, type_: Type, uses: Sequence[Expected]) -> bool:
    """Whether some use does not stand if this is what it gets."""
    return not all(_stands(lookup, type_, use) for use in uses)


def _suggested(lookup: Lookup, used: Sequence[Expected], every: Sequence[Expected]) -> Type | None:
    """What the syntax suggests. Uses that any value suits say nothing against it, but against a mere ``bool``."""
    saying = [use.type for use in every if use.type is not None or use.demand is not Demand.NOTHING]
    specific = [type_ for type_ in saying if type_ != builtin("bool")]
    if not specific:
        if _is_condition(lookup, used):
            return builtin("bool")
        return builtin("str") if every and all(map(_is_interpolated, every)) else None
    compared = any(use.may_be_none for use in every)
    listed = [*specific, likely.collection(specific)] if None not in specific else []
    for type_ in sorted(dict.fromkeys(listed), key=lambda each: each is None or None in each.args):
        if type_ is None or not all(accepts(lookup, other, type_) for other in specific):
            continue
        for option in (optional(type_), type_) if compared else (type_,):
            if option is not None and not breaks(lookup, option, every):
                return option
    return None


def _is_interpolated(use: Expected) -> bool:
    """Whether it is put into an f-string as it is: what is made for nothing else is nearly always a text."""
    holder = nodes.wrapped(use.node).parent
    return holder is not None and holder.type == "interpolation" and len(nodes.named(holder)) == 1


def _candidates(lookup: Lookup, strong: Sequence[Expected], every: Sequence[Expected]) -> Iterator[Type]:
    """Types that may be returned, the likeliest first: what is compared with None may be None."""
    compared = any(use.may_be_none for use in every)
    for use in strong:
        asked = annotation.expanded(lookup, use.type)
        if use.type is not None and use.type.form is Form.ALIAS and use.type.name == "_ExitCode":
            yield builtin("int")  # of what `sys.exit` takes, what a program says it did
        if use.upper and (plain := likely.plain(lookup, asked)) is not None:
            yield plain
        elif use.upper and _takes_whatever(lookup, asked):
            continue
        taken = likely.of_any_kind(use.type) if use.upper else use.type
        opened = _opened(lookup, taken)
        bare = without_none(opened)
        listed = [taken if NONE in members(opened) else optional(taken)] if compared else []
        listed += [bare, taken] if use.upper else [taken, bare]
        yield from (type_ for type_ in dict.fromkeys(listed) if type_ is not None)
    together = likely.collection(use.type for use in every if use.type is not None)
    if together is not None:
        yield together
    for use in strong:  # what was declared may get something more special
        bare = without_none(_opened(lookup, use.type))
        if bare is not None and breaks(lookup, bare, every):
            yield from (each for each in likely.special(lookup, bare) if _is_like(lookup, each, every))
            one = below.topmost(lookup, bare, lambda each: not breaks(lookup, each, every))
            yield from (each for each in (optional(one) if compared else None, one) if each is not None)


def _takes_whatever(lookup: Lookup, type_: Type | None) -> bool:
    """Whether several protocols are taken, one for each kind of value: nobody gives back all of these."""
    every = list(members(type_))
    return len(every) > 2 and sum(each is not None and _says_little(lookup, each) for each in every) > 1


def _is_like(lookup: Lookup, type_: Type, every: Sequence[Expected]) -> bool:
    """Whether it is what the syntax suggests elsewhere: of several that might be meant, it is no other."""
    suggested = [use.type for use in every if not use.strong and use.type not in (None, NONE, builtin("bool"))]
    return all(accepts(lookup, other, type_) for other in suggested)


def _opened(lookup: Lookup, type_: Type | None) -> Type | None:
    """An alias of a type with None as what it stands for: that may turn out to be no None."""
    opened = annotation.expanded(lookup, type_)
    return opened if opened is not None and NONE in members(opened) else type_


def _suits(lookup: Lookup, type_: Type, every: Sequence[Expected]) -> bool:
    """Whether all uses stand if this is what they get."""
    if any(use.demand is Demand.UNKNOWN and not _is_kept_as(use, type_) for use in every):
        is_declared = any(use.strong and not use.upper for use in every)
        compared = any(use.may_be_none for use in every)  # and so None is reckoned with
        if _says_little(lookup, (without_none(type_) or type_) if compared else type_) or (
            not is_declared and next(below.classes_below(lookup, type_), None) is not None
        ):
            return False
    if type_.is_a("list", "dict", "set") and any(type_.args) and any(map(_asks_more, every)):
        return False  # what may be changed must have exactly the elements that are asked for
    return all(_stands(lookup, type_, use) for use in every)


def _is_kept_as(use: Expected, type_: Type) -> bool:
    """Whether it is read from a variable that is declared so: there it is no more than that, whatever it was."""
    return use.kept_as is not None and type_ in (use.kept_as, without_none(use.kept_as))


def _asks_more(use: Expected) -> bool:
    """Whether it cannot be told which elements are asked for, and no declaration says it."""
    unclear = use.demand is Demand.UNKNOWN or (use.upper and not all(_is_complete(m) for m in members(use.type)))
    return unclear and use.kept_as is None


def _is_complete(type_: Type | None) -> bool:
    return type_ is not None and None not in type_.args


def _stands(lookup: Lookup, type_: Type, use: Expected) -> bool:
    opened = _opened(lookup, type_)
    here = narrowing.narrow(use.node, opened, lambda node: infer.type_of(lookup, use.path, node))
    if use.not_none and NONE in members(here):
        return False
    match use.demand:
        case Demand.TYPE:
            return accepts(lookup, use.type, here)
        case Demand.ATTRIBUTE:
            here = annotation.expanded(lookup, here)
            return all(_has(lookup, m, use.attribute) and _takes_index(lookup, m, use) for m in members(here))
    return True


def _is_missing(lookup: Lookup, use: Expected, strong: Sequence[Expected]) -> bool:
    """Whether a use takes an attribute that classes of the workspace lack which are declared: it is yet to be created.

    Such a use says nothing of which of them a value is. Where a subclass has it, the value is likely one of that.
    """
    if use.demand is not Demand.ATTRIBUTE or use.attribute.startswith("__"):
        return False
    project = lookup.project
    for asked in strong:
        for member in members(without_none(annotation.expanded(lookup, asked.type))):
            if member is None or member.form is not Form.INSTANCE or member.path is None:
                return False
            if not project.is_ours(member.path) or _has(lookup, member, use.attribute):
                return False
            if any(_has_itself(lookup, each, use.attribute) for each in below.classes_below(lookup, member)):
                return False
    return True


def _has_itself(lookup: Lookup, type_: Type, name: str) -> bool:
    return type_.path is not None and bool(lookup.symbols(type_.path, f"{type_.name}.{name}"))


def _has(lookup: Lookup, type_: Type | None, name: str) -> bool:
    if type_ is None or type_.form not in (Form.INSTANCE, Form.NONE):
        return True
    if type_ == NONE:
        return False
    found = classes.member_of(lookup, type_, name) or classes.member_of(lookup, type_, "__getattr__")
    return found is not None or classes.is_open(lookup, type_)


def _takes_index(lookup: Lookup, type_: Type | None, use: Expected) -> bool:
    """Whether a sequence is not asked for an item by something else than a number."""
    subscript = nodes.wrapped(use.node).parent
    index = subscript.child_by_field_name("subscript") if subscript is not None else None
    if index is None or type_ is None or not type_.is_a("str", "bytes", "list", "tuple"):
        return True
    given = infer.type_of(lookup, use.path, index)
    return given is None or not given.is_a("str", "bytes", "tuple")


def _says_little(lookup: Lookup, type_: Type) -> bool:
    """Whether values of a more special type are to be expected: a union, a protocol, an abstract type."""
    expanded = annotation.expanded(lookup, type_)
    if expanded is None or expanded.form is not Form.INSTANCE:
        return expanded is None or expanded.form in (Form.UNION, Form.CALLABLE)
    if expanded.module in _PROTOCOL_MODULES or expanded.is_a("object", "os.PathLike"):
        return expanded.name not in ("NoReturn", "Never")
    return classes.is_protocol(lookup, expanded)


def followed(lookup: Lookup, uses: Sequence[Expected]) -> Iterator[Expected]:
    """The uses, and those of the variables and attributes that keep the value."""
    kept = 0
    for use in uses:
        kept_as = use.type if use.strong and not use.upper else None
        understood = False
        for target in use.bound if kept < _MAX_VARIABLES else ():
            kept += 1
            elsewhere = target.type == "attribute" or bindings.is_global(target)  # its other uses may be
            if elsewhere:
                inner: list[Expected] | None = list(_of_attribute(lookup, use, target))
            else:
                inner = _of_variable(lookup, use, target)
            understood = inner is not None and not elsewhere and not _is_used_at_once(target)
            yield from (replace(_of_kept(each), kept_as=kept_as) for each in inner or ())
        if not understood or use.demand is not Demand.UNKNOWN:
            yield use
        elif use.type is not None:
            yield replace(use, demand=Demand.NOTHING)


def _is_used_at_once(target: Node) -> bool:
    """Whether the value is also used where it is bound: ``g(x := f())``."""
    return target.parent is not None and target.parent.type == "named_expression"


def _of_kept(use: Expected) -> Expected:
    """A use of a variable: that it is a condition says little of what is kept."""
    return replace(use, type=None) if use.type == builtin("bool") and not use.strong else use


def _of_attribute(lookup: Lookup, use: Expected, target: Node) -> Iterator[Expected]:
    """What is asked of an attribute, or a global variable, in the rest of the function that sets it."""
    function = nodes.enclosing(target, frozenset({nodes.FUNCTION}))
    text = nodes.text_of(target)
    read = [
        node
        for node in nodes.own_nodes(function.child_by_field_name("body") if function is not None else None)
        if node.type == target.type and node.start_byte > target.end_byte and nodes.text_of(node) == text
    ]
    for node in read[:_MAX_USES]:
        if bindings.is_read(node):
            yield expected.at(lookup, use.path, node)
    if text.startswith("self.") and declared.of_target(lookup, use.path, target) is None:
        for node in _returned_by_others(target, text):
            returned = expected.at(lookup, use.path, node)
            if returned.type is not None:
                yield replace(returned, upper=True)


def _returned_by_others(target: Node, text: str) -> Iterator[Node]:
    """Where other methods give an attribute of ``self`` as it is: ``return self.x``."""
    function = nodes.enclosing(target, frozenset({nodes.FUNCTION}))
    owner = nodes.enclosing(target, frozenset({nodes.CLASS}))
    body = owner.child_by_field_name("body") if owner is not None else None
    methods = [nodes.definition_of(statement) for statement in nodes.statements(body)]
    for method in methods:
        if method is None or method.type != nodes.FUNCTION or (function is not None and nodes.same(method, function)):
            continue
        for statement in nodes.own_nodes(method.child_by_field_name("body")):
            if statement.type == "return_statement" and len(nodes.named(statement)) == 1:
                value = nodes.named(statement)[0]
                if nodes.text_of(value) == text:
                    yield value


def _of_variable(lookup: Lookup, use: Expected, target: Node) -> list[Expected] | None:
    """What is asked of a variable after it got the value; None where it cannot be told."""
    reads = bindings.reads_of(target)
    if reads is None or len(reads) > _MAX_USES:
        return None
    return [expected.at(lookup, use.path, node) for node in reads]
