"""Imports that a definition needs into edits of a file: merged into statements that stand there where that is natural.

Follows the order that isort and ruff keep: sections (future, standard library, third party, this workspace, relative)
apart, sorted within; names sorted where they are. Imports for annotations alone go under ``if TYPE_CHECKING:``. A name
that the file binds already is never imported again, and nothing is ever removed or reordered.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from tree_sitter import Node

from autogen_lsp.analysis import nodes
from autogen_lsp.analysis.import_statements import Statement, header_end, is_guard, statements
from autogen_lsp.analysis.layout import indent_unit, line_after
from autogen_lsp.analysis.model import NeededImport
from autogen_lsp.text import Edit, Span, newline_of
from autogen_lsp.workspace.source import Source

if TYPE_CHECKING:
    from autogen_lsp.analysis.project import Project

_LINE_LENGTH = 88


def edits(project: Project, source: Source, needed: Iterable[NeededImport]) -> list[Edit]:
    """Insertions that make every needed import available in the file."""

    def is_local(module: str) -> bool:
        return project.module_file(module.partition(".")[0], source.path) is not None

    present = list(statements(source))
    have = {(s.module, imported, bound) for s in present for imported, bound in s.names if not s.type_checking}
    have_typing = {(s.module, imported, bound) for s in present for imported, bound in s.names}
    wanted: list[NeededImport] = []
    for item in needed:
        known = have_typing if item.type_checking else have
        if _key(item) not in known and item not in wanted:
            wanted.append(item)
    typing_only = [item for item in wanted if item.type_checking]
    wanted = [item for item in wanted if not item.type_checking]
    at_run_time = {_key(item) for item in wanted}
    typing_only = [item for item in typing_only if _key(item) not in at_run_time]
    guard = _guard_block(source)
    flag = NeededImport("typing", "TYPE_CHECKING")
    if typing_only and guard is None and _key(flag) not in have and not _binds(present, "TYPE_CHECKING"):
        wanted.append(flag)

    out: list[Edit] = []
    runtime = [
        s for s in present if not s.type_checking and s.node.parent is not None and s.node.parent.type == "module"
    ]
    left = _merge(source, wanted, runtime, out)
    out += _new_statements(source, left, runtime, is_local, block_follows=bool(typing_only) and guard is None)
    if typing_only and guard is None:
        nl, unit = newline_of(source.text), indent_unit(source)
        lines = "".join(f"{unit}{line}{nl}" for line in _written(typing_only))
        out.append(_below_imports(source, runtime, f"if TYPE_CHECKING:{nl}{lines}", has_new=bool(left)))
    elif guard is not None:
        guarded = [s for s in present if s.type_checking and nodes.inside(s.node, guard)]
        left = _merge(source, typing_only, guarded, out)
        out += _into_guard(source, guard, guarded, left)
    return out


def _key(item: NeededImport) -> tuple[str, str, str]:
    if item.name:
        return item.module, item.name, item.asname or item.name
    return "", item.module, item.asname or item.module.partition(".")[0]


def _binds(present: Sequence[Statement], name: str) -> bool:
    return any(bound == name for s in present for _, bound in s.names)


def _written(items: Iterable[NeededImport]) -> list[str]:
    """One statement a module, plain imports first, sorted."""
    plain: list[str] = []
    by_module: dict[str, list[str]] = {}
    for item in items:
        alias = f" as {item.asname}" if item.asname and item.asname != item.name else ""
        if item.name:
            by_module.setdefault(item.module, []).append(f"{item.name}{alias}")
        else:
            plain.append(f"import {item.module}{alias}")
    froms = [
        f"from {module} import {', '.join(sorted(names, key=by_type))}"
        for module, names in sorted(by_module.items(), key=lambda entry: _module_order(entry[0]))
    ]
    return sorted(plain) + froms


def _merge(
    source: Source, wanted: Sequence[NeededImport], present: Sequence[Statement], out: list[Edit]
) -> list[NeededImport]:
    """Adds names to statements of the same module; what is left needs a statement of its own."""
    left: list[NeededImport] = []
    added: dict[int, list[str]] = {}
    homes: dict[int, Statement] = {}
    for item in wanted:
        home = next((s for s in present if item.name and s.module == item.module and s.elements), None)
        if home is None:
            left.append(item)
        else:
            alias = f" as {item.asname}" if item.asname and item.asname != item.name else ""
            homes[home.node.id] = home
            added.setdefault(home.node.id, []).append(f"{item.name}{alias}")
    for key, names in added.items():
        out += _add_names(source, homes[key], names)
    return left


def _add_names(source: Source, home: Statement, names: Sequence[str]) -> list[Edit]:
    """Names put into a ``from`` import: in order where the names stand in order, else at the end."""
    have = [nodes.text_of(element) for element in home.elements]
    order = next((o for o in (by_type, str.casefold, str) if sorted(have, key=o) == have), None)
    statement = home.node
    one_line = statement.start_point.row == statement.end_point.row
    nl = newline_of(source.text)
    if one_line and not any(child.type == "(" for child in statement.children):
        merged = have + [name for name in names if name not in have]
        if order is not None:
            merged.sort(key=order)
        width = statement.start_point.column + len(f"from {home.module} import {', '.join(merged)}")
        start, end = home.elements[0].start_byte, home.elements[-1].end_byte
        if width <= line_length(source):
            return _insert_names(source, home, have, names, order)
        outer = " " * statement.start_point.column
        unit = indent_unit(source)
        body = "".join(f"{outer}{unit}{name},{nl}" for name in merged)
        return [Edit(Span(start, end), f"({nl}{body}{outer})")]
    return _insert_names(source, home, have, names, order)


def _insert_names(
    source: Source, home: Statement, have: list[str], names: Sequence[str], order: Callable[[str], object] | None
) -> list[Edit]:
    out: list[Edit] = []
    nl = newline_of(source.text)
    ordered = sorted(names, key=order) if order is not None else list(names)  # type: ignore[arg-type]  # keys of one order compare
    for name in ordered:
        index = len(have) if order is None else sum(order(other) <= order(name) for other in have)  # type: ignore[operator]  # as above
        if index < len(have):
            element = home.elements[index]
            own_line = _first_on_line(source, element)
            separator = f",{nl}{' ' * element.start_point.column}" if own_line else ", "
            out.append(Edit(Span(element.start_byte, element.start_byte), name + separator))
        else:
            element = home.elements[-1]
            own_line = _first_on_line(source, element) and element.start_point.row != home.node.start_point.row
            separator = f",{nl}{' ' * element.start_point.column}" if own_line else ", "
            out.append(Edit(Span(element.end_byte, element.end_byte), separator + name))
    return out


def _first_on_line(source: Source, node: Node) -> bool:
    start = source.lines.starts[source.lines.line_of(node.start_byte)]
    return not source.text[start : node.start_byte].strip()


def _new_statements(
    source: Source,
    items: Sequence[NeededImport],
    present: Sequence[Statement],
    is_local: Callable[[str], bool],
    *,
    block_follows: bool,
) -> list[Edit]:
    """A new line for each module, in its section and in order there."""
    if not items:
        return []
    nl = newline_of(source.text)
    leading = _leading(source, present)
    out: list[Edit] = []
    fresh: dict[int, list[tuple[tuple[int, bool, str], str]]] = {}
    for line in _written(items):
        module = line.split()[1]
        order = (_section(module, is_local), line.startswith("from "), _module_order(module))
        at, _ = _spot(source, leading, order, is_local)
        fresh.setdefault(at, []).append((order, line))
    for at, entries in fresh.items():
        entries.sort()
        above = [s for s in leading if s.node.end_byte <= at]
        below = [s for s in leading if s.node.start_byte >= at]
        text = ""
        previous = _statement_section(above[-1], is_local) if above else None
        for (section, _, _), line in entries:
            if previous is not None and previous != section:
                text += nl
            text += line + nl
            previous = section
        stands_alone = source.text[at : at + 1] in (b"\n", b"\r")
        if below and _statement_section(below[0], is_local) != previous and not stands_alone:
            text += nl
        if not leading:
            text = _apart_above(source, at) + text + ("" if block_follows else _apart_below(source, at))
        elif not above:
            text = ("" if at == 0 or _blank_above(source, at) else nl) + text
        if at == len(source.text) and source.text and source.text[-1:] not in b"\r\n":
            text = nl + text
        out.append(Edit(Span(at, at), text))
    return out


def _spot(
    source: Source,
    leading: Sequence[Statement],
    order: tuple[int, bool, str],
    is_local: Callable[[str], bool],
) -> tuple[int, bool]:
    """The line start at which a new import goes."""
    if not leading:
        return header_end(source), False
    after: Statement | None = None
    for statement in leading:
        module = statement.module or (statement.names[0][0] if statement.names else "")
        theirs = (_section(module, is_local), not statement.plain, _module_order(module))
        if theirs < order or (theirs[0] < order[0]):
            after = statement
    if after is not None:
        return line_after(source, after.node), True
    return source.lines.starts[source.lines.line_of(leading[0].node.start_byte)], True


def _leading(source: Source, present: Sequence[Statement]) -> list[Statement]:
    """The module's imports up to the first definition; those far below have their reasons to be there."""
    first = next(
        (child.start_byte for child in source.tree.root_node.named_children if nodes.definition_of(child) is not None),
        len(source.text),
    )
    return [s for s in present if s.node.start_byte < first]


def _apart_above(source: Source, at: int) -> str:
    """The blank line above a file's first imports, unless they open it."""
    return newline_of(source.text) if at > 0 and not _blank_above(source, at) else ""


def _apart_below(source: Source, at: int) -> str:
    """The blank lines below a file's first imports, as what follows asks for."""
    rest = source.text[at:]
    if not rest.strip():
        return ""
    following = next((c for c in source.tree.root_node.named_children if c.start_byte >= at), None)
    wanted = 2 if following is not None and nodes.definition_of(following) is not None else 1
    lines = rest.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    have = len(lines) - len(lines.lstrip(b"\n"))
    return newline_of(source.text) * max(0, wanted - have)


def _below_imports(source: Source, present: Sequence[Statement], block: str, *, has_new: bool) -> Edit:
    """A block right after the leading imports."""
    leading = _leading(source, present)
    nl = newline_of(source.text)
    at = max((line_after(source, s.node) for s in leading), default=header_end(source))
    above = nl if leading or has_new else _apart_above(source, at)
    return Edit(Span(at, at), above + block + _apart_below(source, at))


def _guard_block(source: Source) -> Node | None:
    """The body of the module's ``if TYPE_CHECKING:``."""
    for child in source.tree.root_node.named_children:
        if child.type == "if_statement" and is_guard(child):
            return child.child_by_field_name("consequence")
    return None


def _into_guard(source: Source, guard: Node, present: Sequence[Statement], items: Sequence[NeededImport]) -> list[Edit]:
    if not items:
        return []
    nl = newline_of(source.text)
    if guard.start_point.row == (guard.parent or guard).start_point.row:  # `if TYPE_CHECKING: import x`
        indent = indent_unit(source)
    else:
        line = source.lines.line_span(source.lines.line_of(guard.start_byte)).cut(source.text)
        indent = line[: len(line) - len(line.lstrip())]
    text = "".join(f"{indent}{line}{nl}" for line in _written(items))
    body = nodes.statements(guard)
    if guard.start_point.row == (guard.parent or guard).start_point.row and guard.parent is not None:
        colon = next(child for child in guard.parent.children if child.type == ":")
        old = "" if len(body) == 1 and body[0].type == "pass_statement" else f"{nl}{indent}{nodes.text_of(guard)}"
        return [Edit(Span(colon.end_byte, guard.end_byte), f"{old}{nl}{text.rstrip()}")]
    if len(body) == 1 and body[0].type == "pass_statement":
        start = source.lines.starts[source.lines.line_of(body[0].start_byte)]
        return [Edit(Span(start, line_after(source, body[0])), text)]
    last = present[-1].node if present else body[-1] if body else guard
    at = line_after(source, last)
    if at == len(source.text) and source.text[-1:] not in b"\r\n":
        text = nl + text
    return [Edit(Span(at, at), text)]


def _blank_above(source: Source, at: int) -> bool:
    line = source.lines.line_of(at)
    return line == 0 or not source.lines.line_span(line - 1).cut(source.text).strip()


def _statement_section(statement: Statement, is_local: Callable[[str], bool]) -> int:
    return _section(statement.module or (statement.names[0][0] if statement.names else ""), is_local)


def _section(module: str, is_local: Callable[[str], bool]) -> int:
    if module == "__future__":
        return 0
    if module.startswith("."):
        return 4
    if module.partition(".")[0] in sys.stdlib_module_names:
        return 1
    return 3 if is_local(module) else 2


def _module_order(module: str) -> str:
    return module.casefold()


def by_type(name: str) -> tuple[int, str]:
    """isort's ``order-by-type``: constants, classes, then the rest."""
    bare = name.split(" ")[0]
    kind = 0 if bare.isupper() and len(bare) > 1 else 1 if bare[:1].isupper() else 2
    return kind, bare


def line_length(source: Source) -> int:
    """What the file itself takes for a long line: 88 characters, or more where its code has longer lines."""
    starts = source.lines.starts
    longest = max((b - a for a, b in pairwise(starts)), default=0) - 1
    return max(_LINE_LENGTH, min(longest, 120))
