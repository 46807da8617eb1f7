"""Completions for what is called but not there yet: after ``def ``, in a class body, and after ``mod.`` or ``obj.``.

At ``def`` the whole header comes as a snippet, with the signature that the call sites ask for. Everything is made from
the findings that analysis has already; at any other place there is nothing to offer and nothing is computed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autogen_lsp.analysis import plan, targets
from autogen_lsp.analysis.model import Finding, FindingKind, Plan, Target, TargetKind
from autogen_lsp.analysis.project import Project
from autogen_lsp.features.model import Entry
from autogen_lsp.text import Span

_DEF = re.compile(r"^(?P<indent>\s*)(?P<async>async\s+)?def\s+(?P<name>\w*)$")
_MEMBER = re.compile(r"(?P<receiver>[A-Za-z_][\w.]*)\.(?P<name>\w*)$")
MOST = 20


def complete(
    text: bytes,
    line_start: int,
    offset: int,
    path: Path,
    project: Callable[[], Project],
    findings: Sequence[Finding],
    *,
    snippets: bool = True,
) -> list[Entry]:
    """Entries at the offset of a text, in the line that starts at ``line_start``. At most places there are none.

    ``findings`` are the present ones of this file and of files that use it. The ``project`` is only made where it is
    needed: completion is asked for at every key.
    """
    before = text[line_start:offset].decode("utf-8", "replace")
    if found := _DEF.match(before):
        typed = Span(offset - len(found["name"].encode()), offset)
        owner = _owner(text, line_start, len(found["indent"].expandtabs()))
        if owner is None or not findings:
            return []
        known = project()
        return _headers(known, list(_definable(known, path, owner, findings)), typed, found["name"], snippets)
    if found := _MEMBER.search(before):
        typed = Span(offset - len(found["name"].encode()), offset)
        return _members(text, path, typed, found["receiver"], findings)
    return []


def _owner(text: bytes, line_start: int, width: int) -> str | None:
    """Qualname of the class whose body an indentation is in, '' at module level, None in a function.

    Read from the lines above: while a header is being typed, the tree around it is broken.
    """
    names: list[str] = []
    for line in reversed(text[:line_start].decode("utf-8", "replace").split("\n")):
        if width == 0:
            break
        code = line.strip()
        indent = len(line.expandtabs()) - len(line.expandtabs().lstrip())
        if not code or code.startswith("#") or indent >= width:
            continue
        if re.match(r"(async\s+)?def\b", code):
            return None
        if found := re.match(r"class\s+(\w+)", code):
            names.append(found[1])
        width = indent
    return ".".join(reversed(names))


def _definable(project: Project, path: Path, owner: str, findings: Sequence[Finding]) -> Iterator[Target]:
    """What could be defined here: functions at module level, the class's missing methods inside it."""
    seen: set[str] = set()
    for finding in findings:
        wanted = finding.target_path == path and finding.target_qualname.rpartition(".")[0] == owner
        if finding.kind is FindingKind.STUB or not wanted or finding.target_qualname in seen:
            continue
        seen.add(finding.target_qualname)
        target = targets.target_of(project, finding)
        if target is not None and target.kind not in (TargetKind.MODULE, TargetKind.CLASS, TargetKind.ATTRIBUTE):
            yield target
        if len(seen) == MOST:
            return


def _headers(project: Project, wanted: Sequence[Target], typed: Span, prefix: str, snippets: bool) -> list[Entry]:
    entries = []
    for target in wanted:
        if not target.name.startswith(prefix):
            continue
        made = plan.make(project, target)
        header = _header(made)
        entries.append(
            Entry(
                label=target.name,
                span=typed,
                insert=_snippet(made, header) if snippets else header,
                detail=f"def {header}",
                documentation=f"Called at {len(made.sites)} place{'s' * (len(made.sites) != 1)}, defined nowhere.",
                kind="method" if "." in target.qualname else "function",
                snippet=snippets,
                sort="0",
            )
        )
    return entries


def _header(made: Plan) -> str:
    """``name(parameters) -> type:`` of the plan's skeleton, without ``def``."""
    line = next((each for each in made.skeleton.split("\n") if re.match(r"(async )?def ", each)), "")
    return re.sub(r"^(async )?def ", "", line)


def _snippet(made: Plan, header: str) -> str:
    """The header with its parameters as tab stops, in LSP snippet syntax, and the cursor in the body."""
    escaped = re.sub(r"([\\$}])", r"\\\1", header)
    names = [p.name for p in made.signature.parameters if p.name not in ("self", "cls")] if made.signature else []
    opening, _, rest = escaped.partition("(")
    for stop, name in enumerate(names, 1):
        rest = re.sub(rf"\b{re.escape(name)}\b", f"${{{stop}:{name}}}", rest, count=1)
    return f"{opening}({rest}\n    $0"


def _members(text: bytes, path: Path, typed: Span, receiver: str, findings: Sequence[Finding]) -> list[Entry]:
    """Members that other places call on the same receiver, though nothing defines them."""
    prefix = typed.cut(text)
    names: dict[str, Finding] = {}
    for finding in findings:
        if finding.kind is not FindingKind.MISSING_ATTRIBUTE or finding.span.start == typed.start:
            continue
        if finding.path != path or not finding.name.startswith(prefix):
            continue
        head = text[max(finding.span.start - len(receiver) - 16, 0) : finding.span.start].rstrip()
        if re.search(rb"(?<![\w.])%s\s*\.\Z" % re.escape(receiver.encode()), head):
            names.setdefault(finding.name, finding)
    return [
        Entry(name, typed, name, detail="called here, defined nowhere yet", kind="method", sort="1") for name in names
    ]
