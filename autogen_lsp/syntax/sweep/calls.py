"""Calls and other uses of names in calling positions met by a sweep; calls that bind names at run time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tree_sitter import Node

from autogen_lsp.syntax import nodes as n
from autogen_lsp.syntax.guards import EVERYTHING, Guard, guard_of_raises
from autogen_lsp.syntax.model import Call, Reference
from autogen_lsp.syntax.scopes import MAX_TEXT, Level, Scope, first_name
from autogen_lsp.syntax.sweep.targets import OWN_MODULE, dynamic_class, exports, store, taken

if TYPE_CHECKING:
    from autogen_lsp.syntax.sweep import Sweep

_READERS = frozenset({"getattr", "hasattr", "setattr", "delattr", "dir", "vars", "getmembers", "testmod"})
_CURRENT_MODULE = re.compile(r"(?:\w*_)?(?:current|calling|caller|this|own)_module")
_READ = re.compile(rb"\s*(?:\[[^\]\n]*\]\s*(?:=(?=[^=])|[-+|]=)|\.(?:update|setdefault|__setitem__)\b)")
_READ_ONLY = re.compile(rb"\s*(?:\[|\.\w)")
_ITSELF = ("self", "cls")
_STAR = ord("*")
_BEFORE_OPERAND = b"* \t\r\n\\"
_MARK = re.compile(rb"[=*#\[]")  # arguments without any of these are positional, and none is the module itself
_SPECIAL = frozenset(
    """
    globals locals vars exec setattr __setattr__ update setdefault extend append raises assertRaises assertRaisesRegex
    assertRaisesMessage skip skipTest
    """.split()  # noqa: SIM905
)
RESTORING = frozenset({"__setstate__", "__copy__", "__deepcopy__", "__setattr__", "copy", "clone", "_clone"})


def except_(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    todo = [child for child in node.named_children if child.kind_id not in (n.BLOCK, *n.EXTRAS)]
    if len(todo) == 2 and (names := _caught_as(todo[1], sweep.text)):
        sweep.chunk.python2 = True  # `except Error, error:`, not the two exceptions of PEP 758
        for name in names:
            sweep.bind(scope, name)
        todo.pop()
    while todo:
        child = todo.pop()
        if child.kind_id in (n.TUPLE, n.PARENTHESIZED):
            todo += child.named_children
        elif child.kind_id == n.AS_PATTERN:
            first = n.first_named(child)
            if first is not None:
                todo.append(first)
        elif child.kind_id in (n.IDENTIFIER, n.ATTRIBUTE):
            called(sweep, child, scope, "except")


def _caught_as(node: Node, text: bytes) -> list[str]:
    """The names behind the comma of Python 2's ``except Error, error:`` and ``except Error, (number, message):``."""
    nodes = n.named(node) if node.kind_id in (n.TUPLE, n.PARENTHESIZED) else [node]
    if any(each.kind_id != n.IDENTIFIER for each in nodes):
        return []
    found = [text[each.start_byte : each.end_byte].decode("utf-8", "replace") for each in nodes]
    return found if all(name[0].islower() for name in found) else []


def raise_(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    raised = n.first_named(node)
    if raised is not None and raised.kind_id == n.EXPRESSION_LIST:  # `raise Error, "message"`
        sweep.chunk.python2 = True
        raised = n.first_named(raised)
    if raised is not None:
        called(sweep, raised, scope, "raise")
    left(sweep, node, at, scope)


def left(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    """What follows a ``return``, ``raise``, ``break`` or ``continue`` in its block is not run.

    But in the blocks of modules and classes, of which a chunk may be a part.
    """
    block = node.parent if node.next_named_sibling is not None else None
    if block is not None and block.kind_id == n.BLOCK and block.parent is not None and block.parent.kind_id != n.CLASS:
        sweep.guards.append((node.end_byte, block.end_byte, EVERYTHING))


def return_(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    left(sweep, node, at, scope)
    given(sweep, node, at, scope)


def given(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    """How what a function returns or yields is made."""
    value = n.first_named(node) if scope.level == Level.FUNCTION else None
    if value is not None and (made := taken(sweep, value)):
        scope.add_made("return", made)


def called(sweep: Sweep, node: Node, scope: Scope, how: str) -> None:
    """A decorator, base, exception: a bare name is a use, a dotted one a reference; calls come later."""
    while node.kind_id == n.PARENTHESIZED and (inner := n.first_named(node)) is not None:
        node = inner
    kind, start, end = node.kind_id, node.start_byte, node.end_byte
    if kind == n.IDENTIFIER:
        sweep.use(scope, sweep.text[start:end].decode("utf-8", "replace"), start, end, how)
    elif kind == n.CALL:
        sweep.how[start] = how
    elif kind == n.ATTRIBUTE:
        name = node.child_by_field_id(n.F_ATTRIBUTE)
        if name is not None:
            at = name.start_byte
            receiver = _receiver(sweep.text, start, at)
            guarded = bool(sweep.guard(start) & _guards_of(receiver))
            found = Reference(sweep.cut(name), receiver, at, end, scope.qualname, how, guarded)
            sweep.chunk.references.append(found)
            sweep.received.append((scope, first_name(receiver), found))


def call(sweep: Sweep, node: Node, at: int, scope: Scope) -> None:
    function = node.child_by_field_id(n.F_FUNCTION)
    if function is None:
        return
    text = sweep.text
    first = at
    if text[at] == _STAR:  # `[*f(x)]` is parsed as `(*f)(x)`
        while text[first] in _BEFORE_OPERAND:
            first += 1
        if function.kind_id == n.LIST_SPLAT:
            function = n.first_named(function) or function
    kind = function.kind_id
    end = function.end_byte
    if kind == n.IDENTIFIER:
        start = function.start_byte
        name = text[start:end].decode("utf-8", "replace")
        receiver = ""
        sweep.use(scope, name, start, end, sweep.how.get(at, "call") if sweep.how else "call")
    elif kind == n.ATTRIBUTE:
        attribute = function.child_by_field_id(n.F_ATTRIBUTE)
        if attribute is None:
            return
        start = attribute.start_byte
        name = text[start:end].decode("utf-8", "replace")
        receiver = _receiver(text, first, start)
    else:
        return
    positional = 0
    keywords: list[str] = []
    star = double_star = False
    arguments = node.child_by_field_id(n.F_ARGUMENTS)
    call_end = node.end_byte
    if arguments is not None and call_end - (begin := arguments.start_byte) > 2:
        if arguments.kind_id != n.ARGUMENT_LIST:
            positional = 1
        elif call_end - begin < MAX_TEXT and _MARK.search(text, begin, call_end) is None:
            continued = text.find(b"\\", begin, call_end) >= 0  # perhaps: mostly it is in a string
            positional = len(n.named(arguments)) if continued else arguments.named_child_count
        else:
            for child in arguments.named_children:
                kind = child.kind_id
                if kind == n.KEYWORD_ARGUMENT:
                    argument = child.start_byte
                    equals = text.find(b"=", argument)
                    keywords.append(text[argument:equals].decode("utf-8", "replace").rstrip())
                elif kind == n.DICTIONARY_SPLAT:
                    double_star = True
                elif text[child.start_byte] == _STAR:  # wherever the grammar hangs it
                    star = True
                elif kind not in n.EXTRAS:
                    positional += 1
                    if kind == n.SUBSCRIPT and sweep.cut(child) == OWN_MODULE:  # it hands itself over
                        sweep.chunk.dynamic |= scope.level == Level.MODULE and name not in _READERS
    guarded = bool(sweep.guards) and bool(sweep.guard(at) & _guards_of(receiver))
    sweep.chunk.calls.append(
        Call(
            name,
            receiver,
            start,
            end,
            at,
            call_end,
            scope.qualname,
            positional,
            tuple(keywords),
            star,
            double_star,
            guarded,
        )
    )
    if receiver and scope is not sweep.outer:
        sweep.received.append((scope, first_name(receiver), sweep.chunk.calls[-1]))
    if name in _SPECIAL or name.endswith("_module"):
        _special(sweep, name, receiver, at, call_end, node, arguments, scope)


def _guards_of(receiver: str) -> int:
    return Guard.ATTRIBUTE if receiver in _ITSELF else Guard.ATTRIBUTE | Guard.OTHERS


def _special(
    sweep: Sweep, name: str, receiver: str, at: int, end: int, node: Node, arguments: Node | None, scope: Scope
) -> None:
    """Calls that bind names at run time, or that say that what they hold may fail."""
    if name in ("raises", "assertRaises", "assertRaisesRegex", "assertRaisesMessage"):
        if guard := guard_of_raises(sweep.text[at : min(end, at + 300)]):
            sweep.guards.append((at, end, guard))
    elif name in ("skip", "skipTest"):
        statement = node.parent
        block = statement.parent if statement is not None and statement.kind_id == n.EXPRESSION_STATEMENT else None
        if receiver in ("pytest", "self") and block is not None and block.kind_id == n.BLOCK:
            sweep.guards.append((end, block.end_byte, EVERYTHING))  # what follows is not run
    elif name in ("globals", "locals", "vars") and not receiver:
        if (arguments is None or arguments.named_child_count == 0) and _is_written(sweep.text, at, end):
            if scope.level == Level.CLASS and name != "globals":
                sweep.chunk.dynamic_classes.add(scope.owner or scope.qualname)
            elif name == "globals" or scope.level == Level.MODULE:
                sweep.chunk.dynamic = True
    elif _CURRENT_MODULE.fullmatch(name):  # `fill(find_current_module())`: the module is handed over
        sweep.chunk.dynamic |= scope.level == Level.MODULE
    elif name.endswith("_module"):  # `recreate_module(__name__, …)`: the module is replaced by another object
        given = n.named(arguments) if arguments is not None else []
        if scope.level == Level.MODULE and given and sweep.cut(given[0]) == "__name__" and name != "import_module":
            sweep.chunk.dynamic = True
    elif name == "exec" and not receiver:
        if scope.level == Level.MODULE:
            sweep.chunk.dynamic = True
        elif scope.level == Level.CLASS:
            sweep.chunk.dynamic_classes.add(scope.qualname)
        elif scope.owner and arguments is not None and arguments.named_child_count == 1:
            sweep.chunk.dynamic_classes.add(scope.owner)  # it sees `self`
    elif name in ("setattr", "__setattr__") and arguments is not None:
        _setattr(sweep, node, receiver, arguments, scope)
    elif name in ("update", "setdefault") and receiver.endswith(("__dict__", ")")):
        if scope.qualname.rpartition(".")[2] in RESTORING:
            return
        dictionary = receiver.removeprefix("vars(").removesuffix(")")
        if dictionary != receiver or receiver.endswith("__dict__"):
            dynamic_class(sweep, dictionary.removesuffix("__dict__").removesuffix("."), scope)
    elif name in ("extend", "append") and receiver == "__all__" and arguments is not None:
        exports(sweep, n.first_named(arguments))


def _setattr(sweep: Sweep, node: Node, bound: str, arguments: Node, scope: Scope) -> None:
    """``setattr(x, key, …)``, ``object.__setattr__(x, key, …)``, ``x.__setattr__(key, …)``."""
    given = n.named(arguments)
    if len(given) < 2 or scope.qualname.rpartition(".")[2] in RESTORING:
        return
    if (
        bound.rpartition(".")[2] == "monkeypatch"
        and sweep.text.find(b"raising", arguments.start_byte, arguments.end_byte) < 0
    ):
        return  # pytest's, which fails where there is nothing to replace
    if bound and len(given) == 2:
        key, receiver = given[0], scope.self if bound.startswith("super(") else bound
    else:
        key, receiver = given[1], sweep.cut(given[0])
    literal = n.STRING_LITERAL.fullmatch(sweep.text[key.start_byte : min(key.end_byte, key.start_byte + MAX_TEXT)])
    if key.kind_id == n.STRING and literal is not None:
        name = literal.group(2).decode("utf-8", "replace")
        store(sweep, receiver, name, node, key.start_byte, key.end_byte, scope, None, None)
    elif receiver == OWN_MODULE:
        sweep.chunk.dynamic = True
    else:
        dynamic_class(sweep, receiver, scope)


def _receiver(text: bytes, start: int, end: int) -> str:
    """What stands before the dot. Over several lines, an unfinished one may have been joined with the next."""
    if end - start > MAX_TEXT:
        return "(…)"
    written = text[start:end].decode("utf-8", "replace")  # `in` of bytes raises and catches an error, inside
    if "\n" in written or "\r" in written:
        return "(…)"
    return written.rstrip().removesuffix(".").rstrip()


def _is_written(text: bytes, start: int, end: int) -> bool:
    """Whether the dictionary that ``globals()`` gives is written to, or handed to somebody who may."""
    after = text[end : end + 200]
    if _READ.match(after):
        return True
    if _READ_ONLY.match(after):
        return False
    before = text[max(0, start - 40) : start].rstrip()
    return not before.endswith((b" in", b"not in", b"for", b"dict(", b"sorted(", b"list(", b"set(", b"len("))
