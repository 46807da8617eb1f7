"""How right `check` is on a package: false findings as it is, and findings that come when used definitions are deleted.

    python -m benchmarks.findings PATH... [--sample 150] [--seed 0] [--show] [--pyright COMMAND [--batch 25]]

(a) False findings: the package is taken to be intact, so whatever is reported in it is counted, by kind, per 100,000
lines, and printed. (b) Recall: functions, classes and methods that are used are deleted one at a time, in an open
document and not on disk, and the uses that are reported are counted: calls by bare name in the same file, imports of
the name elsewhere, and calls through ``self`` where all bases of the class are in the workspace. A use counts only if
nothing else provides the name after the deletion. Calls through ``self`` of a method that a subclass has, too, are
counted apart: after the deletion the class looks like a mixin, and mixins are not reported. Uses that the project keeps
from its own linter do not count: those in files that its settings leave out, and where a comment switches the rule off.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autogen_lsp.analysis.caches import Caches
from autogen_lsp.analysis.exclusions import is_excluded
from autogen_lsp.analysis.findings import find
from autogen_lsp.analysis.modules import Origin
from autogen_lsp.analysis.mro import TooMany, subclasses
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.switches import MEMBERS, NAMES, switched_off
from autogen_lsp.config import Settings
from autogen_lsp.index.client import Index
from autogen_lsp.syntax.model import Symbol, SymbolKind
from autogen_lsp.text import line_column
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source
from benchmarks.against_pyright import Comparison, compare


@dataclass(frozen=True)
class Deletion:
    """A definition to delete and the uses that should then be reported: kind of use, file, offset of the name."""

    path: Path
    symbol: Symbol
    uses: tuple[tuple[str, Path, int], ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=150, help="definitions deleted in each package")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print uses that were not reported")
    parser.add_argument("--pyright", metavar="COMMAND", help="compare with pyright on the same packages instead")
    parser.add_argument("--batch", type=int, default=25, help="definitions deleted at once, with --pyright")
    options = parser.parse_args()
    if options.pyright:
        with tempfile.TemporaryDirectory() as folder:
            total = Comparison()
            for path in options.paths:
                chance = random.Random(options.seed)
                settings = Settings(cache_dir=f"{folder}/cache")
                compare(
                    path.resolve(), settings, options.pyright, options.sample, options.batch, chance, options.show,
                    Path(folder), total,
                )  # fmt: skip
            print(f"\n{total.table()}")
        return
    lines = 0
    false: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as cache:
        for path in options.paths:
            package = Package(path.resolve(), Settings(cache_dir=cache))
            lines += package.report_false(false)
            package.report_recall(options.sample, random.Random(options.seed), options.show, wanted, found)
            package.index.close()
    print(f"\nall: {lines:,} lines, false findings {dict(false)}, {sum(false.values()) / lines * 1e5:.2f} per 100,000")
    for kind in sorted(wanted):
        print(f"all: recall {kind}: {found[kind]}/{wanted[kind]} = {found[kind] / wanted[kind]:.4f}")


class Package:
    def __init__(self, root: Path, settings: Settings) -> None:
        self.root, self.settings = root, settings
        self.index = Index((root,), settings, lambda problem: print(problem))
        self.index.rescan()
        self.caches = Caches()
        self.project = self.at({})

    def at(self, documents: dict[Path, Source]) -> Project:
        self.index.overlay(documents)
        return Project(Snapshot((self.root,), documents, self.settings), self.index, self.caches)

    def report_false(self, total: Counter[str]) -> int:
        started = time.perf_counter()
        lines, found = 0, []
        for path in self.project.files():
            source = self.project.source(path)
            lines += source.text.count(b"\n") if source is not None else 0
            found += [finding for finding in find(self.project, path) if finding.kind != "stub"]
        seconds = time.perf_counter() - started
        counts = Counter(finding.kind.value for finding in found)
        total.update(counts)
        print(f"\n{self.root.name}: {lines:,} lines, {seconds:.1f} s, false findings {dict(counts)}")
        for finding in found:
            source = self.project.source(finding.path)
            assert source is not None
            line, column = line_column(source.text, source.lines, finding.span.start)
            print(f"  {finding.path.relative_to(self.root)}:{line}:{column} {finding.kind} {finding.message}")
        return lines

    def report_recall(
        self, sample: int, chance: random.Random, show: bool, wanted: Counter[str], found: Counter[str]
    ) -> None:
        deletions = list(self.deletions())
        chance.shuffle(deletions)
        own_wanted: Counter[str] = Counter()
        own_found: Counter[str] = Counter()
        for deletion in deletions[:sample]:
            symbol = deletion.symbol
            source = self.project.source(deletion.path)
            assert source is not None
            text = without(source.text, deletion.symbol)
            moved = len(source.text) - len(text)
            changed = self.at({deletion.path: Source(deletion.path, text, 1)})
            reported = {
                path: {finding.span.start for finding in find(changed, path) if finding.kind != "stub"}
                for path in {path for _, path, _ in deletion.uses}
            }
            for kind, path, offset in deletion.uses:
                if self.is_kept_from_linters(path, offset, NAMES if kind == "bare name" else MEMBERS):
                    continue
                at = offset - moved if path == deletion.path and offset >= deletion.symbol.end else offset
                own_wanted[kind] += 1
                own_found[kind] += at in reported[path]
                if show and at not in reported[path]:
                    line, column = line_column(source.text, source.lines, offset) if path == deletion.path else (0, 0)
                    place = f"{path.relative_to(self.root)}:{line}:{column}"
                    print(f"  not reported: {kind} {place} {symbol.qualname} ({deletion.path.relative_to(self.root)})")
        self.at({})
        wanted.update(own_wanted)
        found.update(own_found)
        print(f"{self.root.name}: {min(sample, len(deletions))} of {len(deletions)} definitions deleted; recall "
              + ", ".join(f"{kind} {own_found[kind]}/{own_wanted[kind]}" for kind in sorted(own_wanted)))  # fmt: skip

    def is_kept_from_linters(self, path: Path, offset: int, pattern: re.Pattern[bytes]) -> bool:
        source = self.project.source(path)
        return is_excluded(self.project, path) or (source is not None and switched_off(source.text, offset, pattern))

    def deletions(self) -> Iterator[Deletion]:
        """Definitions whose uses are certain: the only one of their name in their scope."""
        for path in self.project.files():
            table = self.project.table(path)
            if table is None or path.suffix != ".py" or table.facts.errors or table.facts.dynamic:
                continue
            for symbol in table.facts.symbols:
                if symbol.kind not in (SymbolKind.FUNCTION, SymbolKind.CLASS) or symbol.conditional:
                    continue
                if len(table.symbols[symbol.qualname]) > 1 or symbol.name.startswith("__"):
                    continue
                if "." not in symbol.qualname and ("", symbol.name) not in table.imports:
                    uses = tuple(self.uses_of_name(path, symbol))
                elif symbol.kind is SymbolKind.FUNCTION and "<locals>" not in symbol.qualname:
                    uses = tuple(self.uses_of_method(path, symbol))
                else:
                    continue
                if uses:
                    yield Deletion(path, symbol, uses)

    def uses_of_name(self, path: Path, symbol: Symbol) -> Iterator[tuple[str, Path, int]]:
        table = self.project.table(path)
        assert table is not None
        if table.stars:
            return
        shadowed = {name for _, name in table.imports} | {
            parameter.name for s in table.facts.symbols if s.signature for parameter in s.signature.parameters
        } | {s.name for s in table.facts.symbols if s is not symbol}  # fmt: skip
        if symbol.name not in shadowed:
            for call in table.facts.calls:
                inside = symbol.start <= call.start < symbol.end
                if call.name == symbol.name and not call.receiver and not call.guarded and not inside:
                    yield "bare name", path, call.start
        for file, item in self.project.importers(symbol.name):
            if item.name == symbol.name and not item.guarded and file != path:
                module = self.project.resolve_module(item.module, item.level, file)
                if module.path == path and module.origin is Origin.WORKSPACE:
                    yield "import", file, item.start

    def uses_of_method(self, path: Path, symbol: Symbol) -> Iterator[tuple[str, Path, int]]:
        for file, call in self.project.calls(symbol.name):
            if call.receiver != "self" or call.guarded:
                continue
            holder = call.scope.split(".<locals>")[0].rpartition(".")[0]
            if not holder or (file == path and symbol.start <= call.start < symbol.end):
                continue
            mro = self.project.mro(file, holder)
            owners = [found for found in mro.classes if symbol.name in self.names(found.path, found.symbol.qualname)]
            whole = not mro.open and all(
                found.symbol.qualname == "object" or self.project.is_ours(found.path) for found in mro.classes
            )
            if whole and [found.key for found in owners] == [(path, symbol.parent)]:
                try:
                    heirs = list(subclasses(self.project, file, holder))
                except TooMany:
                    continue
                below = any(symbol.name in self.names(one.path, one.symbol.qualname) for one in heirs)
                yield "method through self" + (", in a subclass too" if below else ""), file, call.start

    def names(self, path: Path, qualname: str) -> set[str]:
        table = self.project.table(path)
        return set(table.members.get(qualname, ())) if table is not None else set()


def without(text: bytes, symbol: Symbol) -> bytes:
    """The text with the definition replaced by ``pass``, so that what is around it stays valid."""
    return text[: symbol.start] + b"pass" + text[symbol.end :]


if __name__ == "__main__":
    main()
