"""Code of a reply into checks: would it do, here, for these callers? It is compared and analysed, never executed.

A check that fails is worded so that it can be sent back to the model and shown to the user.
"""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import replace

from autogen_lsp.analysis import apply, findings
from autogen_lsp.analysis.exclusions import is_excluded
from autogen_lsp.analysis.model import FindingKind, Plan, Site, TargetKind
from autogen_lsp.analysis.project import Project
from autogen_lsp.errors import EditRefused
from autogen_lsp.generation import signature
from autogen_lsp.generation.definitions import find
from autogen_lsp.generation.indentation import parse_python
from autogen_lsp.generation.model import Check
from autogen_lsp.generation.names import global_names
from autogen_lsp.generation.nodes import bound_names, is_placeholder
from autogen_lsp.generation.parse import Parsed, wanted_of
from autogen_lsp.syntax.model import Call, Facts
from autogen_lsp.text import FileChange, Span, written_spans
from autogen_lsp.workspace.source import Source

_NAME = re.compile(r"[^\W\d]\w*")
_MASK = re.compile(r"<redacted:[\w-]+>")  # as `context.redact` writes it
_MAX_SITES = 200  # calls that are compared with the signature


def localised(parsed: Parsed, plan: Plan, project: Project) -> Parsed:
    """Without imports of the target's own module: what stands in the file needs none, and what does not has none."""
    path = plan.target.path
    own = {project.module_name(path)}
    kept = []
    for needed in parsed.imports:
        level = len(needed.module) - len(needed.module.lstrip("."))
        relative = level and project.resolve_module(needed.module[level:], level, path).path == path
        if not relative and needed.module not in own:
            kept.append(needed)
    return replace(parsed, imports=tuple(kept))


def validate(parsed: Parsed, plan: Plan, project: Project, *, placeholders: bool = False) -> tuple[Check, ...]:
    """The checks of a parsed reply, in order; all must be ok. ``placeholders`` allows a body that does nothing.

    The project is that of the plan. Blocking: it analyses the file anew, with the code in it, but for a placeholder.
    """
    module = parse_python(parsed.code)
    found = find(module, wanted_of(plan)) if module else None
    if parsed.problems or module is None or found is None:
        return (Check("parses", False, "; ".join(parsed.problems) or "the code does not parse"),)
    left_out = f"left out: {', '.join(parsed.dropped)}" if parsed.dropped else ""
    checks = [Check("parses", True, left_out), _complete(found[0], plan) or _signature(found[0], plan, project)]
    if not placeholders:
        checks += [_implemented(found[0]), _unmasked(parsed.code)]
    checks.append(_names(parsed, plan, project))
    if not placeholders and all(check.ok for check in checks):  # what a plan itself says misses what it always missed
        checks.append(_placed(parsed, plan, project))
    return tuple(checks)


def _unmasked(code: str) -> Check:
    """Secrets are masked in the prompt; a mask that comes back would stand in the file as if it were a value."""
    masks = sorted(set(_MASK.findall(code)))
    detail = f"it contains {', '.join(masks)}, which stands for a secret; take the value from where the project does"
    return Check("unmasked", not masks, detail if masks else "")


def taken_names(plan: Plan, project: Project) -> frozenset[str]:
    """Names that stand beside the target already: members of its class, or names of its module."""
    facts = project.facts(plan.target.path) or Facts()
    owner = plan.target.qualname.rpartition(".")[0]
    if not owner or owner.endswith("<locals>"):
        return facts.bound - {plan.target.name}
    return frozenset(symbol.name for symbol in facts.symbols if symbol.parent == owner) - {plan.target.name}


def _complete(nodes: tuple[ast.stmt, ...], plan: Plan) -> Check | None:
    """For a module: whether every name that is imported from it is there. None for what is no module."""
    if plan.target.kind is not TargetKind.MODULE:
        return None
    missing = sorted(wanted_of(plan).members - {name for node in nodes for name in bound_names(node)})
    return Check("complete", not missing, f"it does not define {', '.join(missing)}" if missing else "")


def _signature(nodes: tuple[ast.stmt, ...], plan: Plan, project: Project) -> Check:
    skeleton = parse_python(plan.skeleton)
    asked = signature.functions(skeleton.body) if skeleton else []
    written = signature.functions(nodes)
    problems: list[str] = []
    opaque = signature.opaque(nodes[-1]) if nodes else None
    if asked and written:
        if not opaque and (reason := signature.misawaited(asked[-1], plan.signature, written[-1])):
            problems.append(reason)
        if plan.target.kind is TargetKind.STUB and (reason := signature.changed(asked[-1], written[-1])):
            problems.append(reason)
    calls = [] if opaque else _calls(plan, project, skeleton)
    for site, call in calls:
        if reason := _refused(nodes[-1], call, _owner(plan)):
            problems.append(f"the call in {_place(project, site)} {reason}")
    passed = f"accepts {len(calls)} call{'s' * (len(calls) != 1)}" if calls else ""
    if opaque:
        passed = f"calls not compared: @{opaque} may change how it is called"
    return Check("signature", not problems, "; ".join(problems[:5]) or passed)


def _calls(plan: Plan, project: Project, skeleton: ast.Module | None) -> list[tuple[Site, Call]]:
    """The calls that a reply must take: those that the skeleton takes. None for a stub, whose signature stands."""
    if plan.target.kind is TargetKind.STUB or skeleton is None or not skeleton.body:
        return []
    calls = [(site, call) for site in plan.sites[:_MAX_SITES] if (call := _call_at(project, site))]
    return [(site, call) for site, call in calls if not _refused(skeleton.body[-1], call, _owner(plan))]


def _refused(node: ast.stmt, call: Call, owner: str) -> str | None:
    """Why the definition does not take a call; ``owner`` is a method's class."""
    if isinstance(node, ast.ClassDef):
        arguments = signature.constructor(node)
        return signature.refused(arguments, call, implicit=True) if arguments else None
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return signature.refused(node.args, call, bool(owner) and signature.has_implicit(node, call, owner))
    return None


def _implemented(nodes: tuple[ast.stmt, ...]) -> Check:
    real = bool(nodes) and not any(is_placeholder(node) for node in nodes)
    return Check("implemented", real, "" if real else "it is not implemented: the body is a placeholder")


def _names(parsed: Parsed, plan: Plan, project: Project) -> Check:
    """No name without a meaning that the file did not have before."""
    facts = project.facts(plan.target.path) or Facts()
    if facts.dynamic or any(each.name == "*" for each in facts.imports):
        return Check("names", True, "not checked: the file gets names at run time or by import *")
    known = set(facts.bound) | {use.name for use in facts.unresolved}
    for needed in (*parsed.imports, *plan.imports):
        known.add(needed.asname or needed.name or needed.module.partition(".")[0])
    known |= _names_around(plan, project, facts)
    unknown = sorted(global_names(_in_scope(parsed.code, plan, project)) - known)
    if not unknown:
        return Check("names", True)
    lost = [name for name in unknown if any(f"'{name}" in each for each in parsed.dropped)]
    hint = f"; {', '.join(lost)} stood outside of the definition, where nothing is kept" if lost else ""
    return Check("names", False, f"names that nothing defines or imports: {', '.join(unknown)}{hint}")


def _names_around(plan: Plan, project: Project, facts: Facts) -> set[str]:
    """For a function in a function: every name in the text of the outermost one, as most are bound there."""
    outermost, nested, _ = plan.target.qualname.partition(".<locals>.")
    source = project.source(plan.target.path)
    if not nested or source is None:
        return set()
    texts = [Span(each.start, each.end).cut(source.text) for each in facts.symbols if each.qualname == outermost]
    return {name for text in texts for name in _NAME.findall(text)}


def _in_scope(code: str, plan: Plan, project: Project) -> str:
    """A method's code in a class with the members of its own: decorators and defaults see them, the body does not."""
    if not _owner(plan):
        return code
    members = "".join(f"    {name} = None\n" for name in sorted(taken_names(plan, project)))
    return f"class _:\n{members}{textwrap.indent(code, '    ')}"


def _placed(parsed: Parsed, plan: Plan, project: Project) -> Check:
    """The file with the code in it: still parses, and misses nothing that it did not miss before."""
    try:
        change = apply.realise(project, plan, parsed.code, parsed.imports)
    except EditRefused as refusal:
        return Check("placed", True, f"not checked: {refusal}")
    written = {}
    for each in change.files:
        before = project.source(each.path)
        written[each.path] = Source(each.path, each.apply(before.text if before else b""), version=None)
    after = project.supposing(written)
    problems: list[str] = []
    for each in change.files:
        old, new = project.facts(each.path), after.facts(each.path)
        if new is not None and new.errors and not (old and old.errors):
            problems.append(f"{each.path.name} would not parse with it")
        problems += _newly_missing(project, after, each, plan)
    return Check("placed", not problems, "; ".join(problems[:5]))


def _newly_missing(before: Project, after: Project, change: FileChange, plan: Plan) -> list[str]:
    """What is missing in what was written: of a name that is bound twice, other code asks for nothing for certain."""
    path = change.path
    spans = [] if is_excluded(after, path) else written_spans(change.edits)
    found = [each for span in spans for each in findings.within(after, path, span)]
    others = (each for each in found if each.kind is not FindingKind.STUB)
    new = [each for each in others if each.name != plan.target.name]
    known = {(each.kind, each.name) for each in findings.find(before, path)} if new else set()
    return list(dict.fromkeys(each.message for each in new if (each.kind, each.name) not in known))


def _call_at(project: Project, site: Site) -> Call | None:
    facts = project.facts(site.path)
    return next((call for call in facts.calls if call.start == site.span.start), None) if facts else None


def _place(project: Project, site: Site) -> str:
    source = project.source(site.path)
    line = f":{source.lines.line_of(site.span.start) + 1}" if source else ""
    return f"{project.snapshot.relative(site.path)}{line}"


def _owner(plan: Plan) -> str:
    """The class of a method, '' for what is none."""
    parent = plan.target.qualname.rpartition(".")[0]
    return "" if parent.endswith("<locals>") else parent.rpartition(".")[2]
