"""How well created signatures fit: real functions are deleted from real packages and created again from their uses.

    python benchmarks/signatures.py PACKAGE_FOLDER… [--sample 60] [--seed 1] [--pyright COMMAND] [--show]

Sampled are functions and methods with full annotations that are used in the package. Each is deleted (in a buffer,
never on disk), created with the skeleton, and compared with the original:

accepted   the share of call sites whose arguments the created parameters accept
names      the share of parameters named like the real one, or like an argument that is passed for it
types      the share of our annotations (parameters and return) compatible with the real ones
pyright    the share of creations after which pyright reports no error (a rule broken by a line) that it did not
           report for the original, in any file that has the function's name (with --pyright; set VIRTUAL_ENV to what
           has the package's dependencies)
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace
from tree_sitter import Node

from autogen_lsp.analysis import apply, classes, nodes, plan, targets
from autogen_lsp.analysis.annotation import Home, expanded, type_of_text
from autogen_lsp.analysis.arguments import arguments_of
from autogen_lsp.analysis.assignable import accepts
from autogen_lsp.analysis.caches import Caches
from autogen_lsp.analysis.model import Finding, FindingKind, Plan, Target, TargetKind
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.sites import Use, receiver_of, uses_of
from autogen_lsp.analysis.skeleton import BODY
from autogen_lsp.analysis.types import Form, Type, members
from autogen_lsp.syntax.facts import extract
from autogen_lsp.syntax.model import Parameter, ParameterKind, Signature, Symbol, SymbolKind
from autogen_lsp.text import Span
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source
from benchmarks.pyright import Problem, Pyright

MAX_FILES = 15  # in which pyright is asked for the errors of one function
BATCH = 15  # functions that are created together
MAX_SHOWN = 3  # of the errors that one function causes
VARIADIC = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)


@dataclass
class Score:
    """Counts over all deleted functions."""

    functions: int = 0
    sites: int = 0
    accepted: int = 0
    parameters: int = 0
    named: int = 0
    typed: int = 0
    compatible: int = 0
    real_types: int = 0
    checked: int = 0
    clean: int = 0
    seconds: float = 0.0
    misses: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def line(self, title: str) -> str:
        def share(part: int, whole: int) -> str:
            return f"{part / whole:.3f} ({part}/{whole})" if whole else "-"

        return (
            f"{title}: {self.functions} functions, {self.sites} sites, accepted {share(self.accepted, self.sites)}, "
            f"names {share(self.named, self.parameters)}, types {share(self.compatible, self.typed)}, "
            f"annotated {share(self.typed, self.real_types)}, pyright {share(self.clean, self.checked)}, "
            f"{1000 * self.seconds / max(self.functions, 1):.0f} ms each"
        )


@dataclass(frozen=True)
class Victim:
    """A function that is to be deleted, and its uses in the intact package."""

    path: Path
    symbol: Symbol
    uses: tuple[Use, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=60, help="functions per package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pyright", help="command of its server, e.g. 'npx pyright-langserver'")
    parser.add_argument("--show", action="store_true", help="print each miss")
    arguments = parser.parse_args()
    total = Score()
    for folder in arguments.folders:
        score = measure(folder.resolve(), arguments.sample, arguments.seed, arguments.pyright)
        print(score.line(folder.name), flush=True)
        if arguments.show:
            print("\n".join(f"    {miss}" for miss in score.misses))
        total.add(score)
    print(total.line("total"))


def measure(root: Path, sample: int, seed: int, pyright: str | None) -> Score:
    """The score of one package."""
    caches = Caches()
    intact = Project(Snapshot((root,)), caches=caches)
    score = Score()
    changes: list[Change] = []
    for victim in victims(intact, sample, seed):
        compared, change = one(intact, victim, caches)
        score.add(compared)
        changes += [change] if change is not None else []
    if pyright:
        with Pyright(root, pyright) as server:
            score.add(judge(server, changes))
    return score


def victims(project: Project, sample: int, seed: int) -> Iterator[Victim]:
    """Annotated functions that are called somewhere, drawn without replacement."""
    found: list[tuple[Path, Symbol]] = []
    for path in sorted(project.files()):
        facts = project.facts(path)
        if path.suffix == ".py" and facts is not None and not {"tests", "test"} & set(path.parts):
            found += [(path, symbol) for symbol in facts.symbols if is_annotated(symbol)]
    random.Random(seed).shuffle(found)
    count = 0
    for path, symbol in found:
        lookup = Lookup(project)
        if len(lookup.symbols(path, symbol.qualname)) != 1:
            continue
        target = Target(path, symbol.qualname, TargetKind.STUB, path, Span(symbol.name_start, symbol.name_end))
        uses = tuple(use for use in uses_of(lookup, target) if use.is_call and not within(use, path, symbol))
        if uses and all(use.sure for use in uses):
            yield Victim(path, symbol, uses)
            count += 1
            if count >= sample:
                return


def is_annotated(symbol: Symbol) -> bool:
    signature = symbol.signature
    if symbol.kind != SymbolKind.FUNCTION or signature is None or signature.returns is None or symbol.conditional:
        return False
    if "<locals>" in symbol.qualname or symbol.name.startswith("__") or symbol.qualname.count(".") > 1:
        return False
    if any(decorator not in ("classmethod", "staticmethod") for decorator in symbol.decorators):
        return False
    listed = signature.parameters[1:] if "." in symbol.qualname else signature.parameters
    return all(parameter.annotation for parameter in listed)


def within(use: Use, path: Path, symbol: Symbol) -> bool:
    return use.path == path and symbol.start <= use.name.start_byte < symbol.end


def one(intact: Project, victim: Victim, caches: Caches) -> tuple[Score, Change | None]:
    """Deletes one function, creates it again and compares."""
    symbol, path = victim.symbol, victim.path
    source = intact.source(path)
    assert source is not None and symbol.signature is not None
    text, cut = deleted(source, symbol)
    mutated = Project(Snapshot((intact.snapshot.roots[0],), {path: Source(path, text)}), caches=Caches(caches.read))
    first = victim.uses[0]
    moved = len(text) - len(source.text) if first.path == path and first.name.start_byte > cut.start else 0
    start = first.name.start_byte + moved
    span = Span(start, start + first.name.end_byte - first.name.start_byte)
    kind = FindingKind.UNDEFINED_CALL if receiver_of(first.name) is None else FindingKind.MISSING_ATTRIBUTE
    began = time.perf_counter()
    finding = Finding(first.path, span, kind, symbol.name, "", path, symbol.qualname)
    target = targets.target_of(mutated, finding)
    score = Score(functions=1)
    label = f"{intact.snapshot.relative(path)}:{symbol.qualname}"
    if target is None or target.qualname != symbol.qualname:
        score.sites = len(victim.uses)
        score.misses.append(f"no target: {label}")
        return score, None
    made = plan.make(mutated, target)
    score.seconds = time.perf_counter() - began
    lookup = Lookup(intact)
    if made.signature is None:  # a name in CapWords became a class: its constructor takes the calls
        made = replace(made, signature=constructor(made))
        compare_sites(score, victim, made, label)
    else:
        compare_sites(score, victim, made, label)
        compare_names(score, victim, made.signature, label)
        compare_types(score, lookup, victim, made.signature, label)
    (file,) = apply.realise(mutated, made, made.skeleton).files
    header = source.text[: symbol.body_start] + BODY.encode() + source.text[symbol.body_end :]
    return score, Change(label, path, made.skeleton, file.apply(text), header, concerned(intact, victim))


def constructor(made: Plan) -> Signature:
    """What calls of a created class must pass; an exception without a constructor takes anything positional."""
    facts = extract(Source(made.target.path, made.skeleton.encode()))
    for symbol in facts.symbols:
        if symbol.name == "__init__" and symbol.signature is not None:
            return Signature(symbol.signature.parameters[1:], symbol.signature.returns)
    return Signature((Parameter("args", ParameterKind.VAR_POSITIONAL),) if "(Exception)" in made.skeleton else ())


def deleted(source: Source, symbol: Symbol) -> tuple[bytes, Span]:
    """The text without the function; ``pass`` where nothing is left of its class."""
    start = source.lines.starts[source.lines.line_of(symbol.start)]
    end = source.lines.line_span(source.lines.line_of(symbol.end)).end
    definition = nodes.find_definition(source.tree, symbol.qualname)
    body = nodes.outer_statement(definition).parent if definition is not None else None
    left = b""
    if body is not None and body.type == "block" and len(nodes.statements(body)) == 1:
        left = source.text[start : symbol.start] + b"pass\n"
    return source.text[:start] + left + source.text[end:], Span(start, end)


# Comparisons ---------------------------------------------------------------------------------------------------------


def compare_sites(score: Score, victim: Victim, made: Plan, label: str) -> None:
    assert made.signature is not None
    bound = "." in made.target.qualname
    for use in victim.uses:
        score.sites += 1
        skip = bound and not (use.through_class and made.target.kind is TargetKind.METHOD)
        if takes(made.signature.parameters[1:] if skip else made.signature.parameters, use):
            score.accepted += 1
        else:
            score.misses.append(f"refused: {label} by {nodes.text_of(use.expression)[:100]!r} for {made.skeleton!r}")


def takes(listed: Sequence[Parameter], use: Use) -> bool:
    """Whether the parameters take the arguments of a call, as Python binds them."""
    arguments = arguments_of(use.expression)
    starred = any(a.star == "*" for a in arguments)
    double = any(a.star == "**" for a in arguments)
    positional = [p for p in listed if p.kind <= ParameterKind.POSITIONAL_OR_KEYWORD]
    has_args = any(p.kind == ParameterKind.VAR_POSITIONAL for p in listed)
    has_kwargs = any(p.kind == ParameterKind.VAR_KEYWORD for p in listed)
    count = sum(not a.keyword and not a.star for a in arguments)
    if count > len(positional) and not has_args:
        return False
    taken = {p.name for p in positional[:count]}
    by_name = {p.name for p in listed if p.kind in (ParameterKind.POSITIONAL_OR_KEYWORD, ParameterKind.KEYWORD_ONLY)}
    for argument in arguments:
        if argument.keyword:
            if argument.keyword in taken or (argument.keyword not in by_name and not has_kwargs):
                return False
            taken.add(argument.keyword)
    missing = [p for p in listed if p.default is None and p.kind not in VARIADIC and p.name not in taken]
    return all(double or (starred and p.kind != ParameterKind.KEYWORD_ONLY) for p in missing)


def real_for(real: Sequence[Parameter], ours: Sequence[Parameter], index: int) -> Parameter | None:
    """The real parameter that one of ours stands for."""
    ours_one = ours[index]
    by_name = next((p for p in real if p.name == ours_one.name), None)
    if ours_one.kind == ParameterKind.KEYWORD_ONLY:
        return by_name or next((p for p in real if p.kind == ParameterKind.VAR_KEYWORD), None)
    if ours_one.kind in VARIADIC:
        return next((p for p in real if p.kind == ours_one.kind), None)
    positional = [p for p in real if p.kind <= ParameterKind.POSITIONAL_OR_KEYWORD]
    if index < len(positional):
        return positional[index]
    return next((p for p in real if p.kind == ParameterKind.VAR_POSITIONAL), None)


def plain(signature: Signature, is_method: bool) -> tuple[Parameter, ...]:
    listed = signature.parameters
    return listed[1:] if is_method and listed and listed[0].name in ("self", "cls", "mcs") else listed


def compare_names(score: Score, victim: Victim, ours: Signature, label: str) -> None:
    assert victim.symbol.signature is not None
    is_method = "." in victim.symbol.qualname
    real, mine = plain(victim.symbol.signature, is_method), plain(ours, is_method)
    passed: dict[int, set[str]] = {}
    for use in victim.uses:
        for i, argument in enumerate(a for a in arguments_of(use.expression) if not a.keyword and not a.star):
            passed.setdefault(i, set()).add(own_name(argument.node))
    keywords = {a.keyword for use in victim.uses for a in arguments_of(use.expression)}
    for i, parameter in enumerate(mine):
        score.parameters += 1
        actual = real_for(real, mine, i)
        names = {name.lower().strip("_") for name in passed.get(i, ())}
        mine_name = parameter.name.strip("_")
        if (
            (actual is not None and actual.name == parameter.name)
            or mine_name in names
            or any(name.endswith(f"_{mine_name}()") for name in names)  # `get_baz()` is a baz
            or parameter.name in keywords
        ):
            score.named += 1
        else:
            shown = sorted(passed.get(i, ()))[:3]
            score.misses.append(f"name: {label}: {parameter.name} for {actual and actual.name}, passed {shown}")


def own_name(node: Node) -> str:
    """The name that an argument has itself: a variable's, an attribute's, with ``()`` a function's."""
    node = nodes.unwrapped(node)
    if node.type == "boolean_operator":
        return own_name(node.child_by_field_name("left") or node)
    if node.type == "call":
        function = node.child_by_field_name("function") or node
        return nodes.text_of(function.child_by_field_name("attribute") or function) + "()"
    return nodes.text_of(node.child_by_field_name("attribute") if node.type == "attribute" else node)


def compare_types(score: Score, lookup: Lookup, victim: Victim, ours: Signature, label: str) -> None:
    assert victim.symbol.signature is not None
    is_method = "." in victim.symbol.qualname
    real, mine = plain(victim.symbol.signature, is_method), plain(ours, is_method)
    pairs = [
        (parameter.name, parameter.annotation, actual.annotation)
        for i, parameter in enumerate(mine)
        if (actual := real_for(real, mine, i)) is not None
    ]
    pairs.append(("return", ours.returns, victim.symbol.signature.returns))
    made = Lookup(lookup.project)
    for name, mine_text, real_text in pairs:
        if real_text is None or "Unpack[" in real_text:
            continue  # the types of **kwargs one by one are not written there
        score.real_types += 1
        if mine_text is None or modern(mine_text) == "Any":
            continue
        actual_type = type_of_text(lookup, home_of(lookup, victim), real_text)
        score.typed += 1
        if compatible(made, mine_text, real_text, actual_type, victim):
            score.compatible += 1
        else:
            score.misses.append(f"type: {label}: {name}: {mine_text} for {real_text}")


def home_of(lookup: Lookup, victim: Victim) -> Home:
    owner = victim.symbol.qualname.rpartition(".")[0]
    if not owner:
        return Home(victim.path)
    return Home(victim.path, Type(Form.INSTANCE, owner, lookup.module_name(victim.path), path=victim.path))


def compatible(lookup: Lookup, mine: str, real: str, actual: Type | None, victim: Victim) -> bool:
    """Equal as text, or one assignable to the other; a real type that cannot be read must be equal, or ``Any``."""
    if modern(mine) == modern(real):
        return True
    ours = type_of_text(lookup, home_of(lookup, victim), mine)
    if actual is None and modern(real).startswith("type["):
        return ours is not None and all(part is not None and part.form is Form.CLASS for part in members(ours))
    if actual is None:
        return modern(real).rpartition(".")[2] in ("Any", "object")
    return ours is None or fits(lookup, actual, ours) or fits(lookup, ours, actual)


def modern(text: str) -> str:
    """An annotation without quotes and spaces, in the spelling of PEP 585."""
    text = re.sub(r"[\"'\s]|\b(typing|t)\.", "", text)
    text = re.sub(r"^Optional\[(.*)\]$", r"\1|None", text)
    return re.sub(r"\b(List|Dict|Set|Tuple|Type|FrozenSet)\[", lambda found: found.group().lower(), text)


def fits(lookup: Lookup, wide: Type | None, narrow: Type | None, depth: int = 0) -> bool:
    """Whether ``narrow`` may be passed for ``wide``, type arguments included."""
    wide, narrow = expanded(lookup, wide), expanded(lookup, narrow)
    if wide is None or narrow is None or depth > 6:
        return True
    options = list(members(wide))
    return all(any(_fits_one(lookup, option, part, depth) for option in options) for part in members(narrow))


def _fits_one(lookup: Lookup, wide: Type | None, narrow: Type | None, depth: int) -> bool:
    if wide is None or narrow is None:
        return True
    if not accepts(lookup, wide, narrow):
        return False
    if wide.form is not Form.INSTANCE or not wide.args:
        return True
    name = wide.name if wide.module == "builtins" else f"{wide.module}.{wide.name}"
    base = classes.as_base(lookup, narrow, name)
    return base is None or all(fits(lookup, a, b, depth + 1) for a, b in zip(wide.args, base.args, strict=False))


# Pyright ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A file with a function created again, and with the function's header alone."""

    label: str
    path: Path
    skeleton: str
    created: bytes
    emptied: bytes
    files: tuple[Path, ...]  # in which errors are looked for


def judge(pyright: Pyright, changes: Sequence[Change]) -> Score:
    """Errors after creating each function that are there neither for the original, nor for the original's header.

    The last are those of its body being gone, which no signature can help: attributes that only it assigned. Functions
    of different files are created together first; only those with an error in one of their files, one by one.
    """
    score = Score()
    intact: dict[Path, Counter[Problem]] = {}
    for batch in batches(changes):
        files = dict.fromkeys(path for change in batch for path in change.files)
        for path in [path for path in files if path not in intact]:
            intact[path] = pyright.errors({}, [path])

        def new(texts: dict[Path, bytes], files: Iterable[Path]) -> Counter[Problem]:
            return pyright.errors(texts, files) - sum((intact[path] for path in files), Counter())

        together = new({change.path: change.created for change in batch}, files)
        wrong = {problem.path for problem in together}
        for change in batch:
            score.checked += 1
            problems = together if len(batch) == 1 else Counter[Problem]()
            if len(batch) > 1 and not wrong.isdisjoint(path.relative_to(pyright.root) for path in change.files):
                problems = new({change.path: change.created}, change.files)
            if problems:
                problems -= new({change.path: change.emptied}, change.files)
            if not problems:
                score.clean += 1
                continue
            score.misses.append(f"made: {change.label}: {change.skeleton.strip()!r}")
            score.misses += [
                f"pyright: {change.label}: {each}" for each in sorted(map(str, problems.elements()))[:MAX_SHOWN]
            ]
    return score


def batches(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Changes in groups, no two of one file."""
    left = list(changes)
    while left:
        batch: dict[Path, Change] = {}
        for change in left:
            if len(batch) < BATCH:
                batch.setdefault(change.path, change)
        left = [change for change in left if batch.get(change.path) is not change]
        yield list(batch.values())


def concerned(project: Project, victim: Victim) -> tuple[Path, ...]:
    """Files in which the function may matter: its own, its users, those with a namesake, those that have the name."""
    name = re.compile(rb"\b%b\b" % victim.symbol.name.encode())
    listed = [victim.path, *(use.path for use in victim.uses)]
    listed += [path for path, _ in project.definitions(victim.symbol.name)]
    for path in sorted(project.files()):
        source = project.source(path)
        if source is not None and name.search(source.text):
            listed.append(path)
    return tuple(dict.fromkeys(listed))[:MAX_FILES]


if __name__ == "__main__":
    main()
