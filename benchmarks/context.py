"""How well the context of a prompt foresees the body: definition recall with masked bodies, per budget and per source.

    python -m benchmarks.context PACKAGE… [--sample 200] [--seed 1] [--ablate] [--no-index] [--dump FILE]

For functions of real packages the body is replaced by ``raise NotImplementedError``, the prompt is made as for a
click and counted is the share of the project's symbols used by the original body (see `truth.py`) of which a
definition line stands in the prompt. A token is four characters; the whole prompt, rules and skeleton included, is
within the budget (but for functions whose own skeleton is longer). Shown are the pooled share and, in brackets, the
functions' mean. ``--ablate`` leaves out one source at a time; ``--dump`` writes the features and labels from which
`fit_context.py` makes the weights. Nothing is written into the packages; the index goes to a scratch folder.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from autogen_lsp.analysis import plan as planning
from autogen_lsp.analysis import targets
from autogen_lsp.analysis.caches import Caches
from autogen_lsp.analysis.project import Project
from autogen_lsp.config import Settings
from autogen_lsp.context import collect, definitions, render
from autogen_lsp.context.candidates import Lookup
from autogen_lsp.generation import prompt
from autogen_lsp.generation.model import Context, Request
from autogen_lsp.index.client import Index
from autogen_lsp.workspace.ignore import python_files
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source
from benchmarks import truth

BUDGETS = (1000, 2000, 4000)
SOURCES = ("rules", "convention", "map", "import", "type", "similar", "class", "file", "call-site", "test")
_NOT_CODE = {"tests", "test", "testing", "docs", "doc", "examples", "benchmarks"}


@dataclass
class Result:
    """Of one package: pooled and mean recall by budget, seconds per prompt, prompts over budget."""

    name: str
    functions: int = 0
    used: Counter[int] = field(default_factory=Counter)
    found: Counter[int] = field(default_factory=Counter)
    each: dict[int, list[float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    over: int = 0
    sizes: dict[int, list[int]] = field(default_factory=dict)

    def recall(self, budget: int) -> float:
        return self.found[budget] / max(self.used[budget], 1)


@dataclass
class Package:
    """A package ready to be asked: its truth, its index, its sample."""

    root: Path
    modules: dict[str, truth.Module]
    index: Index | None
    sample: list[truth.Case]
    caches: Caches = field(default_factory=Caches)

    def masked(self, case: truth.Case) -> Project:
        module = next(m for m in self.modules.values() if m.path == case.path)
        source = Source(case.path, truth.masked(module, case.node).encode(), 1)
        snapshot = Snapshot((self.root,), {case.path: source})
        if self.index is not None:
            self.index.overlay(snapshot.documents)
        return Project(snapshot, self.index, self.caches)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ablate", action="store_true")
    parser.add_argument("--no-index", action="store_true")
    parser.add_argument("--misses", action="store_true", help="print what was not found at the largest budget")
    parser.add_argument("--dump", type=Path)
    arguments = parser.parse_args()
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as scratch:
        for root in arguments.packages:
            package = _open(root.resolve(), Path(scratch), arguments)
            if arguments.dump:
                _dump(package, arguments.dump)
                continue
            result = measure(package, frozenset(), arguments.misses)
            results.append(result)
            _show(result)
            if arguments.ablate:
                for source in SOURCES:
                    less = measure(package, frozenset({source}), False)
                    change = " ".join(f"{less.recall(b) - result.recall(b):+.3f}" for b in BUDGETS)
                    print(f"    without {source:<12} {change}")
    if len(results) > 1:
        means = [statistics.mean(r.recall(b) for r in results) for b in BUDGETS]
        print("mean of packages     " + "  ".join(f"{b}: {m:.3f}" for b, m in zip(BUDGETS, means, strict=True)))
    return 0


def _open(root: Path, scratch: Path, arguments: argparse.Namespace) -> Package:
    files = [p for p in python_files((root,)) if p.suffix == ".py"]
    modules = truth.load(root, files)
    code = [m for m in modules.values() if not _NOT_CODE & set(m.path.relative_to(root).parts[:-1])]
    found = [case for module in code for case in truth.cases(modules, module)]
    random.Random(arguments.seed).shuffle(found)
    index = None
    if not arguments.no_index:
        settings = replace(Settings(), cache_dir=str(scratch))
        index = Index((root,), settings, lambda problem: print(problem, file=sys.stderr))
        asyncio.run(index.build(Snapshot((root,)), lambda stage, fraction: None))
    return Package(root, modules, index, found[: arguments.sample])


def measure(package: Package, without: frozenset[str], misses: bool) -> Result:
    """Recall over the sample; ``without`` leaves out items of these kinds."""
    result = Result(package.root.name)
    for case in package.sample:
        project = package.masked(case)
        target = targets.by_qualname(project, case.path, case.qualname)
        if target is None:
            print("no target:", case.path, case.qualname, file=sys.stderr)
            continue
        plan = planning.make(project, target)
        result.functions += 1
        for budget in BUDGETS:
            drop: set[str] = set()
            if without:
                full = collect.choose(project, plan, 1_000_000)
                drop = {collect.identity(item) for item in full.items if item.kind in without}
            start = time.perf_counter()
            context = collect.choose(project, plan, budget, drop=drop)
            result.seconds.append(time.perf_counter() - start)
            path = project.snapshot.relative(case.path)
            text = prompt.render(Request(plan, context, path=path), project.snapshot.settings).text
            result.over += len(text) > 4 * budget
            result.sizes.setdefault(budget, []).append(len(text))
            hits = [name for name, lines in case.uses.items() if any(line in text for line in lines)]
            result.used[budget] += len(case.uses)
            result.found[budget] += len(hits)
            result.each.setdefault(budget, []).append(len(hits) / len(case.uses))
            if misses and budget == BUDGETS[-1]:
                for name in case.uses.keys() - set(hits):
                    print(f"    {path} {case.qualname}: {name}  {sorted(case.uses[name])[:1]}")
    return result


def _show(result: Result) -> None:
    recall = "  ".join(f"{b}: {result.recall(b):.3f} ({statistics.mean(result.each[b]):.3f})" for b in BUDGETS)
    seconds = sorted(result.seconds)
    p50, p95 = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
    sizes = "/".join(str(int(statistics.median(result.sizes[b]) / 4)) for b in BUDGETS)
    print(
        f"{result.name:<20} {recall}  {result.functions} functions, {result.used[BUDGETS[0]]} uses; "
        f"{p50 * 1000:.0f} ms p50, {p95 * 1000:.0f} ms p95; median size {sizes}; over budget: {result.over}",
        flush=True,
    )


def _dump(package: Package, file: Path) -> None:
    """Features and labels of every candidate of the sample, one JSON line a function."""
    with file.open("a", encoding="utf-8") as out:
        for case in package.sample:
            project = package.masked(case)
            target = targets.by_qualname(project, case.path, case.qualname)
            if target is None:
                continue
            plan = planning.make(project, target)
            lookup = Lookup(project)
            rows = []
            for each, values in definitions.features_of(lookup, plan):
                source = project.source(each.path)
                if source is None:
                    continue
                line = render.line(source.text, each.symbol)
                hits = [name for name, lines in case.uses.items() if any(one in line for one in lines)]
                rows.append([each.source, [round(v, 4) for v in values], hits, len(line) + 1])
            record = {
                "package": package.root.name,
                "function": case.qualname,
                "uses": list(case.uses),
                "rows": rows,
                "fixed": len(prompt.render(Request(plan, Context()), project.snapshot.settings).text),
            }
            out.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
