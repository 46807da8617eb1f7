"""How often the checks refuse code that is right: real functions, masked, and answered with their own text.

    python -m benchmarks.replies PACKAGE_FOLDER… [--functions N] [--seed N]

For each function sampled from a package its body is masked (a stub) or all of it is deleted (missing, where its file
calls it), and the function as its authors wrote it is given to the pipeline's parser and checks, as a model would
answer: bare, fenced, and (a method) inside its class. Every refusal is printed: it is a false one, unless the code is
wrong as it was released. So is every reply whose code is not the original's, statement by statement.
"""

from __future__ import annotations

import argparse
import ast
import random
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from autogen_lsp.analysis import findings, plan, targets
from autogen_lsp.analysis.caches import Caches
from autogen_lsp.analysis.model import FindingKind, Target
from autogen_lsp.analysis.project import Project
from autogen_lsp.generation.nodes import is_placeholder
from autogen_lsp.generation.parse import parse, wanted_of
from autogen_lsp.generation.validate import localised, taken_names, validate
from autogen_lsp.syntax.model import Symbol, SymbolKind
from autogen_lsp.text import Edit, Span, apply_edits
from autogen_lsp.workspace.ignore import python_files
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folders", nargs="+", type=Path)
    options.add_argument("--functions", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    refused = 0
    for folder in given.folders:
        outcomes = measure(folder.resolve(), given.functions, random.Random(given.seed))
        total = sum(outcomes.values())
        refused += total - outcomes["accepted"]
        print(f"{folder.name}: {outcomes['accepted']} of {total} accepted, {dict(outcomes)}")
    return 1 if refused else 0


def measure(root: Path, count: int, chance: random.Random) -> Counter[str]:
    """Outcomes by name of the check that refused, or "accepted"."""
    caches = Caches()
    whole = Project(Snapshot((root,)), None, caches)
    files = [path for path in python_files((root,)) if path.suffix == ".py"]
    chance.shuffle(files)
    outcomes: Counter[str] = Counter()
    for path in files:
        facts, source = whole.facts(path), whole.source(path)
        if facts is None or source is None or facts.errors:
            continue
        names = Counter(symbol.qualname for symbol in facts.symbols)  # which of two a name means is not asked here
        functions = [symbol for symbol in facts.symbols if _is_sampled(symbol) and names[symbol.qualname] == 1]
        for symbol in chance.sample(functions, min(len(functions), 3)):
            if sum(outcomes.values()) >= count:
                return outcomes
            outcomes.update(_outcome(root, source, symbol, caches))
    return outcomes


def _is_sampled(symbol: Symbol) -> bool:
    return symbol.kind is SymbolKind.FUNCTION and not symbol.stub and "<locals>" not in symbol.qualname


def _outcome(root: Path, source: Source, symbol: Symbol, caches: Caches) -> Iterator[str]:
    original = _dedented(source.text, symbol)
    body = Span(symbol.body_start, symbol.body_end)
    masked = Source(source.path, apply_edits(source.text, [Edit(body, "raise NotImplementedError")]))
    if masked.tree.root_node.has_error:
        return
    project = Project(Snapshot((root,), {source.path: masked}), None, Caches(read=caches.read))
    try:
        tree = ast.parse(original)
    except SyntaxError:
        return
    if is_placeholder(tree.body[-1]):
        return
    target = targets.by_qualname(project, source.path, symbol.qualname)
    if target is None:
        yield "no target"
    else:
        yield from _replied(project, target, original, tree, symbol)
    deleted = Source(source.path, apply_edits(source.text, [Edit(Span(symbol.start, symbol.end), "")]))
    project = Project(Snapshot((root,), {source.path: deleted}), None, Caches(read=caches.read))
    for finding in findings.find(project, source.path):
        if finding.name == symbol.name and finding.kind is not FindingKind.STUB:
            missing = targets.target_of(project, finding)
            if missing is not None and missing.qualname == symbol.qualname:
                yield from _replied(project, missing, original, tree, symbol)
                return


def _replied(project: Project, target: Target, original: str, tree: ast.Module, symbol: Symbol) -> Iterator[str]:
    made = plan.make(project, target)
    wanted = wanted_of(made, taken_names(made, project))
    where = f"{project.snapshot.relative(target.path)}:{symbol.qualname}, {target.kind}"
    for shape, reply in _replies(original, symbol):
        parsed = localised(parse(reply, wanted), made, project)
        checks = validate(parsed, made, project)
        bad = next((check for check in checks if not check.ok), None)
        if bad is not None:
            print(f"  {where} ({shape}): {bad.name}: {bad.detail[:200]}")
            yield bad.name
        elif not _same(tree, parsed.code):
            print(f"  {where} ({shape}): not the same code")
            yield "changed"
        else:
            yield "accepted"


def _replies(original: str, symbol: Symbol) -> Iterator[tuple[str, str]]:
    yield "bare", original
    yield "fenced", f"Here is the implementation:\n\n```python\n{original}```\n\nIt does what the callers expect.\n"
    owner = symbol.qualname.rpartition(".")[0]
    if owner:
        inner = f"class {owner.rpartition('.')[2]}:\n{textwrap.indent(original, '    ')}"
        yield "in its class", f"```python\n{inner}```\n"


def _dedented(text: bytes, symbol: Symbol) -> str:
    start = text.rfind(b"\n", 0, symbol.start) + 1
    code = text[start : symbol.end].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return textwrap.dedent(code).rstrip("\n") + "\n"


def _same(tree: ast.Module, code: str) -> bool:
    return [type(node) for node in ast.walk(tree)] == [type(node) for node in ast.walk(ast.parse(code))]


if __name__ == "__main__":
    sys.exit(main())
