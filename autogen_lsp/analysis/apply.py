"""A plan and the code that was written for it into edits of the project's current snapshot.

The code gets the file's indentation, line ends and blank lines, its imports, and a place in ``__all__``. Where it goes
is found anew in the snapshot at hand, since the plan may be minutes old; where the target is gone, or was defined
meanwhile, the edit is refused (`EditRefused`). Files that do not exist yet are created with the packages above them.
Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.analysis import exports, locate, nodes
from autogen_lsp.analysis import imports as import_edits
from autogen_lsp.analysis.layout import indent_unit
from autogen_lsp.analysis.model import NeededImport, Placement, Plan, TargetKind
from autogen_lsp.errors import EditRefused
from autogen_lsp.syntax.parser import parse
from autogen_lsp.text import Edit, FileChange, SourceChange, Span, apply_edits, newline_of
from autogen_lsp.workspace.source import Source

if TYPE_CHECKING:
    from autogen_lsp.analysis.project import Project


def realise(project: Project, plan: Plan, code: str, imports: Iterable[NeededImport] = ()) -> SourceChange:
    """The change that puts ``code`` (unindented, ``\\n`` line ends) where the plan's target belongs.

    Of the plan's own imports those that the code uses are added, and all of ``imports``. Raises `EditRefused`.
    """
    target = plan.target
    source = project.source(target.path)
    code = code.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"
    needed = [item for item in plan.imports if _mentions(code, item)]
    needed += [item for item in imports if item not in needed]
    if source is None:
        return _new_file(project, plan, code, needed)
    if target.kind is TargetKind.MODULE:
        raise EditRefused(f"{target.path.name} exists by now")
    if target.kind not in (TargetKind.STUB, TargetKind.ATTRIBUTE) and nodes.find_definition(
        source.tree, target.qualname
    ):
        raise EditRefused(f"'{target.qualname}' has been defined in {target.path.name} meanwhile")

    place = locate.placement(project, target)
    if place is None:
        raise EditRefused(f"'{target.qualname}' has no place in {target.path.name} any more")
    above = [*import_edits.edits(project, source, needed), *exports.edits(source, target)]
    edits = [*above, *definition_edits(source, place, code, above)]
    if target.kind is not TargetKind.STUB and "." in target.qualname:
        edits += _open_one_line_suite(source, target.qualname.rpartition(".")[0], place)
    return SourceChange((FileChange(target.path, tuple(edits), source.version),), plan.title)


def definition_edits(source: Source, place: Placement, code: str, earlier: Sequence[Edit] = ()) -> list[Edit]:
    """Puts code at a placement; blank lines are counted in the text as ``earlier`` edits leave it."""
    nl = newline_of(source.text)
    body = indented(code, place.indent, indent_unit(source)).replace("\n", nl)
    start, end = place.span.start, place.span.end
    line = source.lines.line_of(start)
    if start != end and source.text[start : start + 1] not in b" \t" and _same_line_start(source, start):
        return [Edit(place.span, body[len(place.indent) :].removesuffix(nl))]  # a stub: its own lines, kept in place
    if start != end and source.lines.starts[line] != start:
        # The placeholder stands on its header's line (`class A: pass  # why`): what follows it there stays there.
        after = source.lines.line_span(source.lines.line_of(end)).end
        lead = nl * place.blank_before
        if after == len(source.text) and source.text[-1:] not in b"\r\n":
            return [Edit(place.span, ""), Edit(Span(after, after), nl + lead + body)]
        rest = source.text[after:]
        return [Edit(place.span, ""), Edit(Span(after, after), lead + body + _blanks(rest, place.blank_after, nl))]

    shifted = sum(len(e.new.encode()) - (e.span.end - e.span.start) for e in earlier if e.span.end <= start)
    text = apply_edits(source.text, earlier)
    above, below = text[: start + shifted], text[end + shifted :]
    lead = ""
    if above.strip():
        lead = nl if above[-1:] not in b"\r\n" else ""
        lead += nl * max(0, place.blank_before - _blank_lines(above[::-1], skip=1))
    if not below.strip():
        return [Edit(Span(start, len(source.text)), lead + body)]
    return [Edit(place.span, lead + body + _blanks(below, place.blank_after, nl))]


def indented(code: str, indent: str, unit: str) -> str:
    """Code with ``indent`` before every line and ``unit`` for its own steps; the insides of strings stay as they are.

    Docstrings move with their definition.
    """
    kept = _string_lines(code)
    step = _step_of(code)
    out: list[str] = []
    for number, line in enumerate(code.split("\n")):
        if number in kept or not line.strip():
            out.append(line if number in kept else "")
            continue
        content = line.lstrip(" \t")
        width = line[: len(line) - len(content)]
        levels, depth = "", width
        while step and step != unit and depth.startswith(step):
            depth = depth.removeprefix(step)
            levels += unit
        out.append(indent + levels + depth + content)
    return "\n".join(out)


def _string_lines(code: str) -> set[int]:
    """0-based lines that begin inside a string that is no docstring."""
    tree = parse(code.encode())
    lines: set[int] = set()
    pending = [tree.root_node]
    while pending:
        node = pending.pop()
        if node.type == "string":
            statement = node.parent
            alone = statement is not None and statement.type == "expression_statement"
            if not alone and node.end_point.row > node.start_point.row:
                lines.update(range(node.start_point.row + 1, node.end_point.row + 1))
            continue
        pending.extend(nodes.named(node))
    return lines


def _step_of(code: str) -> str:
    """The code's own step of indentation: that of its first indented block."""
    source = Source(Path(), code.encode())
    return indent_unit(source)


def _new_file(project: Project, plan: Plan, code: str, needed: Sequence[NeededImport]) -> SourceChange:
    source = Source(plan.target.path, code.encode())
    text = source.text
    import_part = import_edits.edits(project, source, needed)
    body = apply_edits(text, import_part).decode() if plan.target.kind is not TargetKind.MODULE or needed else code
    packages = [
        FileChange(folder / "__init__.py", (Edit(Span(0, 0), ""),), creates=True)
        for folder in locate.missing_packages(project, plan.target.path)
        if folder / "__init__.py" != plan.target.path
    ]
    created = FileChange(plan.target.path, (Edit(Span(0, 0), body.strip("\n") and body),), creates=True)
    return SourceChange((*packages, created), plan.title)


def _open_one_line_suite(source: Source, owner: str, place: Placement) -> list[Edit]:
    """``class A: x = 1`` must become a block before a member can follow."""
    definition = nodes.find_definition(source.tree, owner)
    body = definition.child_by_field_name("body") if definition is not None else None
    if definition is None or body is None or not nodes.named(body) or place.span.start != place.span.end:
        return []
    colon = next((child for child in reversed(definition.children) if child.type == ":"), None)
    if colon is None or body.start_point.row != colon.start_point.row:
        return []
    return [Edit(Span(colon.end_byte, body.start_byte), newline_of(source.text) + place.indent)]


def _mentions(code: str, item: NeededImport) -> bool:
    bound = item.asname or item.name or item.module.partition(".")[0]
    tree = parse(code.encode())
    pending = [tree.root_node]
    while pending:
        node = pending.pop()
        if node.type in ("identifier", "string_content") and bound in nodes.text_of(node):
            return True
        pending.extend(nodes.named(node))
    return False


def _same_line_start(source: Source, start: int) -> bool:
    line_start = source.lines.starts[source.lines.line_of(start)]
    return not source.text[line_start:start].strip()


def _blank_lines(text: bytes, skip: int = 0) -> int:
    """Blank lines at the start of the text (or, reversed, at its end, the first line end being the last line's own)."""
    count = 0
    for line in text.replace(b"\r\n", b"\n").replace(b"\n\r", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if line.strip():
            break
        count += 1
    return max(0, count - skip)


def _blanks(below: bytes, wanted: int, nl: str) -> str:
    return nl * max(0, wanted - _blank_lines(below)) if below.strip() else ""
