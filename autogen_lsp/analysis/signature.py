"""All call sites of a missing function into the parameters that fit them: the one rule of merging (row 29).

What each site passes comes in as `Passed` values; what comes out are parameters in order, each with its name, kind,
type and default. The rule is written down in docs/create-from-usage.md. Nothing here reads files or trees.
"""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from autogen_lsp.analysis.naming import distinct
from autogen_lsp.analysis.types import NONE, Type, builtin, optional, union
from autogen_lsp.syntax.builtin_names import BUILTINS
from autogen_lsp.syntax.model import ParameterKind

Union = Callable[[Iterable[Type | None]], Type | None]


@dataclass(frozen=True, slots=True)
class Passed:
    """One argument of one call: ``hint`` is the name that it suggests, ``literal`` its text if it is True or False.

    ``derived`` hints (of what a call gives, or of a class) give way to names of variables and attributes. For
    ``*xs`` the type is that of the elements, for ``**kw`` that of the values. A type that is not known may still be
    known to others, unless it is ``untyped``: nothing that is written says it. A hint is ``certain`` where callers may
    pass the argument by that name, too. What is ``mute`` says nothing of what is usual: an untyped fixture of a test.
    """

    type: Type | None = None
    hint: str | None = None
    keyword: str = ""
    star: str = ""
    literal: str = ""
    derived: bool = False
    untyped: bool = False
    certain: bool = False
    mute: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """A parameter. ``default`` is source text, None where every site passes the argument."""

    name: str
    kind: ParameterKind
    type: Type | None = None
    default: str | None = None


@dataclass
class _Column:
    """What the sites pass for one parameter."""

    passed: list[Passed]
    sites: set[int]
    fixed: str = ""  # its name is certain: some site passes it by keyword
    name: str = ""

    def hints(self) -> list[str]:
        """Suggested names: those of variables before derived ones, most frequent first, then in order of appearance."""
        own = Counter(p.hint for p in self.passed if p.hint and not p.derived).most_common()
        derived = Counter(p.hint for p in self.passed if p.hint and p.derived).most_common()
        return list(dict.fromkeys(name for name, _ in own + derived))

    def is_named(self) -> bool:
        """Whether at least half of what is passed has names of its own."""
        return 2 * sum(bool(p.hint) and not p.derived for p in self.passed) >= len(self.passed)


def merge(sites: Sequence[Sequence[Passed]], unite: Union = union, taken: Iterable[str] = ()) -> list[Merged]:
    """Parameters that accept every site. ``taken`` are names in use (``self``); ``unite`` makes one type of many."""
    if not sites:
        return []
    cut = min((_first_star(site) for site in sites), default=None, key=lambda at: float("inf") if at is None else at)
    columns = _positional(sites, cut)
    by_keyword = _keywords(sites)
    _join(columns, by_keyword, sites)

    used = set(taken)
    for column in columns:
        column.name = _free(column.fixed, used) if column.fixed else ""
        used.add(column.name)
    used |= set(by_keyword)
    together = [{p.keyword for p in site if p.keyword} for site in sites]
    # What is passed under a name of its own has the first claim on it; what calls give comes second.
    in_turn = sorted(
        enumerate(columns, 1), key=lambda entry: not any(p.hint and not p.derived for p in entry[1].passed)
    )
    for position, column in in_turn:
        if column.name:
            continue
        barred = set().union(*(together[site] for site in column.sites)) if column.sites else set()
        hints = column.hints()
        hint = next((h for h in hints if h not in barred), hints[0] if hints else f"arg{position}")
        column.name = distinct(hint, used | barred)
        used.add(column.name)

    out = [
        _merged(c, ParameterKind.POSITIONAL_OR_KEYWORD, sites, unite, forced=_after_gap(columns, i, len(sites)))
        for i, c in enumerate(columns)
    ]
    out += _variadic(sites, "*", cut, used, unite)
    out += [_merged(column, ParameterKind.KEYWORD_ONLY, sites, unite) for column in by_keyword.values()]
    out += _variadic(sites, "**", None, used, unite)
    return out


def _first_star(site: Sequence[Passed]) -> int | None:
    """How many plain positional arguments come before the first ``*xs``; None where there is none."""
    count = 0
    for passed in site:
        if passed.star == "*":
            return count
        count += not passed.keyword and not passed.star
    return None


def _positional(sites: Sequence[Sequence[Passed]], cut: int | None) -> list[_Column]:
    """A column for each position; positions from the first ``*xs`` of any site on belong to ``*args``."""
    columns: list[_Column] = []
    for number, site in enumerate(sites):
        listed = [passed for passed in site if not passed.keyword and not passed.star]
        for position, passed in enumerate(listed[: cut if cut is not None else len(listed)]):
            if position == len(columns):
                columns.append(_Column([], set()))
            columns[position].passed.append(passed)
            columns[position].sites.add(number)
            if passed.certain and passed.hint and passed.hint not in {column.fixed for column in columns}:
                columns[position].fixed = columns[position].fixed or passed.hint
    return columns


def _keywords(sites: Sequence[Sequence[Passed]]) -> dict[str, _Column]:
    found: dict[str, _Column] = {}
    for number, site in enumerate(sites):
        for passed in site:
            if passed.keyword:
                column = found.setdefault(passed.keyword, _Column([], set(), passed.keyword, passed.keyword))
                column.passed.append(passed)
                column.sites.add(number)
    return found


def _join(columns: list[_Column], by_keyword: dict[str, _Column], sites: Sequence[Sequence[Passed]]) -> None:
    """An argument passed by position here and by keyword there is one parameter.

    A keyword joins the position that has its name for certain; else the first that no site passes together with it, if
    it is one of the names that this position suggests; else, if most of what that position is passed suggests no
    name and the types agree. Later positions must not be passed at a site where the joined one is given by keyword.
    """
    by_position = [set(column.sites) for column in columns]
    for name in list(by_keyword):
        column = by_keyword[name]
        free = [c for i, c in enumerate(columns) if not any(s & column.sites for s in by_position[i:])]
        open_at = [c for c in free if not c.fixed]
        match = next((c for c in free if c.fixed == name), None)
        match = match or next((c for c in open_at if any(f"_{hint}".endswith(f"_{name}") for hint in c.hints())), None)
        if match is None and open_at:
            first = open_at[0]
            if not first.is_named() and _agree(first.passed, column.passed):
                match = first
        if match is not None:
            match.passed += column.passed
            match.sites |= column.sites
            match.fixed = name
            del by_keyword[name]


def _agree(a: Sequence[Passed], b: Sequence[Passed]) -> bool:
    known_a, known_b = ({p.type for p in side if p.type is not None} for side in (a, b))
    return bool(known_a & known_b)


def _after_gap(columns: list[_Column], index: int, sites: int) -> bool:
    """A parameter after one with a default must have a default too."""
    return any(len(column.sites) < sites for column in columns[:index])


def _merged(
    column: _Column, kind: ParameterKind, sites: Sequence[Sequence[Passed]], unite: Union, forced: bool = False
) -> Merged:
    left_out = [site for number, site in enumerate(sites) if number not in column.sites]
    # What `**kw` holds may be meant for any parameter that is left out beside it.
    perhaps = [passed for site in left_out for passed in site if passed.star == "**"]
    type_ = _united([*column.passed, *perhaps], unite)
    if type_ == NONE:
        type_ = None  # that it may be None says nothing of what else it may be
    if not left_out and not forced:
        return Merged(column.name, kind, type_)
    literals = {p.literal for p in [*column.passed, *perhaps]}
    if literals == {"True"} or literals == {"False"}:
        return Merged(column.name, kind, builtin("bool"), "False" if literals == {"True"} else "True")
    return Merged(column.name, kind, optional(type_), "None")


def _united(passed: Sequence[Passed], unite: Union) -> Type | None:
    """The type that all sites agree to pass; not known where one passes what a type checker may know better."""
    known = [p.type for p in passed if p.type is not None]
    certain = all(p.type is not None or p.untyped for p in passed)
    # What most sites pass may well be more than what a few are known to.
    return unite(known) if known and certain and len(known) * 2 >= sum(not p.mute for p in passed) else None


def _variadic(
    sites: Sequence[Sequence[Passed]], star: str, cut: int | None, used: set[str], unite: Union
) -> list[Merged]:
    """One ``*args`` for all starred arguments (and the positions after the first), one ``**kwargs`` likewise."""
    starred = [p for site in sites for p in site if p.star == star]
    if not starred:
        return []
    rest: list[Passed] = []
    if star == "*":
        for site in sites:
            rest += [p for p in site if not p.keyword and not p.star][cut:]
    names = {p.hint for p in starred}
    usual = "args" if star == "*" else "kwargs"
    name = names.pop() if len(names) == 1 else usual
    kind = ParameterKind.VAR_POSITIONAL if star == "*" else ParameterKind.VAR_KEYWORD
    name = distinct(name or usual, used)
    used.add(name)
    return [Merged(name, kind, _united(starred + rest, unite))]


def _free(name: str, used: set[str]) -> str:
    """A name that callers pass by keyword stays as it is, whatever it shadows."""
    return name if name not in used and not keyword.iskeyword(name) else distinct(name, used)


def shadows(name: str) -> bool:
    """Whether a parameter of this name hides a builtin."""
    return name in BUILTINS
