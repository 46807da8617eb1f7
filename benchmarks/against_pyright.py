"""What pyright reports on the same packages: false findings as they are, and uses of definitions that were deleted.

A copy of the package is changed, since pyright reads the disk. Several definitions with different names are deleted at
once; both sides look at the very same files, and what they report on the intact copy is subtracted. Compared are only
uses that we mean to report (calls, decorators, bases, raised and caught exceptions, imports); others of pyright are
counted apart. Of its missing imports only those count whose first part is a module of the workspace. Neither
side has any third-party package.
"""

from __future__ import annotations

import json
import random
import shlex
import shutil
import subprocess
import time
import venv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autogen_lsp.analysis.caches import Caches
from autogen_lsp.analysis.findings import find
from autogen_lsp.analysis.modules import Module
from autogen_lsp.analysis.presence import follow
from autogen_lsp.analysis.project import Project
from autogen_lsp.config import Settings
from autogen_lsp.index.client import Index
from autogen_lsp.syntax.model import Call, Reference, Symbol, SymbolKind
from autogen_lsp.text import LineIndex
from autogen_lsp.workspace.snapshot import Snapshot

_RULES = ("reportUndefinedVariable", "reportAttributeAccessIssue", "reportMissingImports")
_MAX_FILES = 60  # files that use one deleted name: names of more are too common for a quick run
_OWN = frozenset({"self", "cls"})


@dataclass(frozen=True, slots=True, order=True)
class Place:
    path: Path  # below the package's folder
    offset: int
    name: str


@dataclass(frozen=True)
class Peer:
    """The pyright command, run on a folder that is ours to change."""

    command: Sequence[str]
    folder: Path
    environment: Path  # with nothing in it, as ours

    def report(self, files: Iterable[Path] | None) -> set[Place]:
        """What it says of the files (below the folder), of all files where there are none given."""
        included = ["."] if files is None else sorted(str(file) for file in files)
        settings = {
            "include": included, "exclude": ["**/.*", "**/node_modules"], "typeCheckingMode": "off",
            "venvPath": str(self.environment.parent), "venv": self.environment.name,
            **dict.fromkeys(_RULES, "error"),
        }  # fmt: skip
        config = self.folder / "pyrightconfig.json"
        config.write_text(json.dumps(settings), "utf-8")
        command = [*self.command, "--outputjson", "-p", str(config)]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        config.unlink()
        out: set[Place] = set()
        texts: dict[Path, tuple[bytes, LineIndex]] = {}
        for item in json.loads(done.stdout)["generalDiagnostics"]:
            path = Path(item["file"]).relative_to(self.folder)
            if item.get("rule") not in _RULES:
                continue
            if path not in texts:
                text = (self.folder / path).read_bytes()
                texts[path] = text, LineIndex.of(text)
            text, lines = texts[path]
            start, end = (_offset(text, lines, item["range"][at]) for at in ("start", "end"))
            name = text[start:end].decode("utf-8", "replace")
            if item["rule"] == "reportMissingImports" and not self._is_own(name):
                continue
            out.add(Place(path, start, name))
        return out

    def _is_own(self, module: str) -> bool:
        first = module.partition(".")[0]
        if not first:
            return True
        return any((base / first).is_dir() or (base / f"{first}.py").is_file()
                   for base in (self.folder, self.folder / "src", self.folder / "lib"))  # fmt: skip


def _offset(text: bytes, lines: LineIndex, position: dict[str, int]) -> int:
    """Pyright counts columns in UTF-16."""
    span = lines.line_span(position["line"])
    line = text[span.start : span.end].decode("utf-8", "replace")
    before = line.encode("utf-16-le")[: 2 * position["character"]].decode("utf-16-le", "replace")
    return span.start + len(before.encode("utf-8", "replace"))


@dataclass
class Comparison:
    """Counts over all packages: of kinds of use, who reported them."""

    lines: int = 0
    ours_false: int = 0
    peer_false: Counter[str] = field(default_factory=Counter)
    ours: Counter[str] = field(default_factory=Counter)
    peer: Counter[str] = field(default_factory=Counter)
    both: Counter[str] = field(default_factory=Counter)

    def table(self) -> str:
        rows = ["kind of use            sites  ours  pyright  only ours  only pyright"]
        for kind in sorted(self.ours | self.peer):
            ours, peer, both = self.ours[kind], self.peer[kind], self.both[kind]
            rows.append(f"{kind:20} {ours + peer - both:7} {ours:5} {peer:8} {ours - both:10} {peer - both:13}")
        false = ", ".join(f"{kind} {count}" for kind, count in sorted(self.peer_false.items()))
        rows.append(f"false findings in {self.lines:,} lines: ours {self.ours_false}, pyright {false or 0}")
        return "\n".join(rows)


def compare(
    root: Path, settings: Settings, command: str, deletions: int, each: int, chance: random.Random, show: bool,
    work: Path, total: Comparison,
) -> None:  # fmt: skip
    """Compares on one package: ``deletions`` definitions are deleted, ``each`` of them at a time."""
    copy = work / root.name
    shutil.copytree(
        root, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules", "pyrightconfig.json")
    )
    environment = work / "environment"
    venv.create(environment)
    peer = Peer(shlex.split(command), copy, environment)
    started = time.perf_counter()
    said = peer.report(None)
    intact = _Ours(copy, settings)
    own = intact.report(intact.project.files())
    kinds = intact.kinds({place.path for place in said})
    total.lines += sum(_lines(intact.project, path) for path in intact.project.files())
    total.ours_false += len(own)
    total.peer_false.update("at compared uses" if place in kinds else "elsewhere" for place in said)
    print(f"{root.name}: intact: ours {len(own)}, pyright {len(said)} ({time.perf_counter() - started:.0f} s)")
    for batch in _batches(intact, deletions, each, chance):
        _one(batch, copy, settings, peer, said | own, show, total)
    intact.index.close()
    shutil.rmtree(copy)


class _Ours:
    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self.index = Index((root,), settings, lambda problem: print(problem))
        self.index.rescan()
        self.project = Project(Snapshot((root,), settings=settings), self.index, Caches())

    def report(self, files: Iterable[Path]) -> set[Place]:
        return {
            Place(path.relative_to(self.root), finding.span.start, _last(finding.name))
            for path in files
            for finding in find(self.project, path)
            if finding.kind != "stub"
        }

    def kinds(self, files: Iterable[Path]) -> dict[Place, str]:
        """The uses that are compared, in these files (below the root), by kind."""
        out: dict[Place, str] = {}
        for file in files:
            path = self.root / file
            table = self.project.table(path)
            if table is None:
                continue
            for use in table.facts.unresolved:
                out[Place(file, use.start, use.name)] = "bare name"
            for item in table.facts.imports:
                if item.name not in (None, "*"):
                    out[Place(file, item.start, item.name or "")] = "import"
            items: tuple[Call | Reference, ...] = (*table.facts.calls, *table.facts.references)
            for call in items:
                if call.receiver:
                    kind = self._kind(path, call.receiver, call.scope, call.local)
                    out[Place(file, call.start, call.name)] = kind
                else:
                    out.setdefault(Place(file, call.start, call.name), "bare name")
        return out

    def _kind(self, path: Path, receiver: str, scope: str, local: bool) -> str:
        if receiver in _OWN:
            return "method of self"
        if receiver.startswith("super("):
            return "method of super()"
        if receiver.replace(".", "").replace("_", "").isalnum():
            found = follow(self.project, path, receiver, scope if local else "")
            if isinstance(found, Module):
                return "attribute of module"
        return "method of object"


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _lines(project: Project, path: Path) -> int:
    source = project.source(path)
    return source.text.count(b"\n") if source is not None else 0


@dataclass(frozen=True)
class _Deletion:
    path: Path
    symbol: Symbol
    users: frozenset[Path]


def _batches(ours: _Ours, count: int, each: int, chance: random.Random) -> list[list[_Deletion]]:
    """Functions, classes and methods that are used, in equal numbers, in batches that can be deleted at once."""
    candidates: dict[str, list[tuple[Path, Symbol]]] = {"function": [], "method": [], "class": []}
    for path in ours.project.files():
        table = ours.project.table(path)
        if table is None or path.suffix != ".py" or table.facts.errors or table.facts.dynamic:
            continue
        for symbol in table.facts.symbols:
            if symbol.kind not in (SymbolKind.FUNCTION, SymbolKind.CLASS) or symbol.conditional:
                continue
            if "<locals>" in symbol.qualname or symbol.name.startswith("__") or len(table.symbols[symbol.qualname]) > 1:
                continue
            method = "." in symbol.qualname
            kind = "class" if symbol.kind == SymbolKind.CLASS else "method" if method else "function"
            candidates[kind].append((path, symbol))
    for listed in candidates.values():
        chance.shuffle(listed)
    picked: list[_Deletion] = []
    for kind, share in (("function", 0.35), ("method", 0.5), ("class", 0.15)):
        wanted = int(count * share)
        for path, symbol in candidates[kind]:
            if wanted <= 0:
                break
            users = _users(ours.project, path, symbol)
            if users and len(users) <= _MAX_FILES:
                picked.append(_Deletion(path, symbol, users))
                wanted -= 1
    chance.shuffle(picked)
    batches: list[list[_Deletion]] = []
    for deletion in picked:
        for batch in batches:
            if len(batch) < each and all(_independent(deletion, other) for other in batch):
                batch.append(deletion)
                break
        else:
            batches.append([deletion])
    return batches


def _independent(one: _Deletion, other: _Deletion) -> bool:
    if one.symbol.name == other.symbol.name:
        return False
    a, b = one.symbol, other.symbol
    return one.path != other.path or a.end <= b.start or b.end <= a.start


def _users(project: Project, path: Path, symbol: Symbol) -> frozenset[Path]:
    users = {file for file, call in project.calls(symbol.name)
             if file != path or not symbol.start <= call.start < symbol.end}  # fmt: skip
    users |= {file for file, item in project.importers(symbol.name) if item.name == symbol.name and file != path}
    return frozenset(users)


def _one(
    batch: list[_Deletion], copy: Path, settings: Settings, peer: Peer, known: set[Place], show: bool, total: Comparison
) -> None:
    """Deletes the batch, asks both, and puts the files back. ``known``: what either says of the intact package."""
    started = time.perf_counter()
    names = {deletion.symbol.name for deletion in batch}
    files = {path.relative_to(copy) for deletion in batch for path in (deletion.path, *deletion.users)}
    before = {file: (copy / file).read_bytes() for file in files}
    changed: dict[Path, list[Symbol]] = {}
    for deletion in batch:
        changed.setdefault(deletion.path.relative_to(copy), []).append(deletion.symbol)
    for file, symbols in changed.items():
        text = before[file]
        for symbol in sorted(symbols, key=lambda s: -s.start):
            text = text[: symbol.start] + b"pass" + text[symbol.end :]
        (copy / file).write_bytes(text)
    try:
        moves = {file: sorted((s.start, s.end) for s in symbols) for file, symbols in changed.items()}
        old = {_moved(place, moves) for place in known}
        peer_new = peer.report(files) - old
        ours = _Ours(copy, settings)
        ours_new = ours.report(copy / file for file in files) - old
        kinds = ours.kinds(files)
        ours.index.close()
    finally:
        for file, text in before.items():
            (copy / file).write_bytes(text)
    ours_new = {place for place in ours_new if place.name in names}
    peer_new = {place for place in peer_new if place.name in names}
    for place in sorted(ours_new | peer_new):
        kind = kinds.get(place, "other use")
        total.ours[kind] += place in ours_new
        total.peer[kind] += place in peer_new
        total.both[kind] += place in ours_new and place in peer_new
        if show and kind != "other use" and not (place in ours_new and place in peer_new):
            who = "ours" if place in ours_new else "pyright"
            text = before[place.path]
            back = _back(place, moves)
            line = text.count(b"\n", 0, back) + 1
            whose = ", ".join(
                f"{d.symbol.qualname} ({d.path.relative_to(copy)})" for d in batch if d.symbol.name == place.name
            )
            print(f"  only {who}: {kind} {copy.name}/{place.path}:{line} {place.name}: deleted {whose}")
    print(f"  {len(batch)} deletions, {len(files)} files: ours {len(ours_new)}, pyright {len(peer_new)} "
          f"({time.perf_counter() - started:.0f} s)")  # fmt: skip


def _moved(place: Place, moves: dict[Path, list[tuple[int, int]]]) -> Place:
    """Where a place of the intact file is after the deletions; each leaves ``pass``."""
    by = sum(4 - (end - start) for start, end in moves.get(place.path, ()) if end <= place.offset)
    return Place(place.path, place.offset + by, place.name)


def _back(place: Place, moves: dict[Path, list[tuple[int, int]]]) -> int:
    offset = place.offset
    for start, end in moves.get(place.path, ()):
        if start < offset:
            offset += end - start - 4
    return offset
