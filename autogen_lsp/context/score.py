"""Candidates into the probability that the target's body uses them, and the reason in words.

One explained score: features that are read from names, imports and the uses by other functions, weighted by a table per
source (a logistic regression, fitted by benchmarks/context.py on packages that are not among those reported). The
strongest sign is an import that nothing else in the file uses: the missing body must be its user.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from autogen_lsp.context.candidates import Candidate
from autogen_lsp.context.usage import Unit, Usage, parts
from autogen_lsp.syntax.model import SymbolKind

_UNKNOWN = 0.005  # of a source that was too rare to be fitted
_WORD = re.compile(r"[A-Za-z_]\w*")
_COMMON = frozenset(
    (
        "self",
        "cls",
        "get",
        "set",
        "is",
        "to",
        "the",
        "and",
        "of",
        "in",
        "return",
        "none",
        "str",
        "int",
        "args",
        "kwargs",
    )
)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the target: its place, its words, and how much each other function of the file resembles it."""

    name: str
    owner: str
    parameters: frozenset[str]
    words: frozenset[str]  # of name, parameters, docstring, call sites, split
    name_words: frozenset[str]
    mentioned: frozenset[str]  # identifiers in signature and docstring, whole
    position: float  # among the file's functions


def about(name: str, owner: str, parameters: Sequence[str], skeleton: str, near: str, position: float) -> About:
    """``skeleton`` is the definition without a body, ``near`` the code of call sites."""
    name_words = parts(name) - _COMMON
    words = set(name_words)
    for text in (skeleton, near):
        for word in _WORD.findall(text):
            words |= parts(word)
    return About(
        name,
        owner,
        frozenset(parameters) - {"self", "cls"},
        frozenset(words) - _COMMON,
        name_words,
        frozenset(_WORD.findall(skeleton)) - {name},
        position,
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """Uses of each key by the file's other functions, weighted by how much they resemble the target."""

    used: Usage
    near: Mapping[str, float]  # share of the weight of all functions that use it
    best: Mapping[str, float]  # resemblance of the most similar function that uses it
    share: Mapping[str, float]  # share of all functions
    in_class: Mapping[str, float]  # share of the methods of the target's class
    peers: Mapping[str, float]  # share of functions of the same name elsewhere


def evidence(target: About, used: Usage, peers: Sequence[frozenset[str]] = ()) -> Evidence:
    near: Counter[str] = Counter()
    best: dict[str, float] = {}
    share: Counter[str] = Counter()
    in_class: Counter[str] = Counter()
    total, classmates = 0.0, 0
    for unit in used.units:
        alike = resemblance(target, unit)
        mate = bool(target.owner) and unit.symbol.qualname.rpartition(".")[0] == target.owner
        weight = math.exp(3 * alike) * (2 if mate else 1) / (1 + abs(unit.position - target.position) / 8)
        total += weight
        classmates += mate
        for name in unit.names:
            near[name] += weight  # type: ignore[assignment]
            share[name] += 1
            if mate:
                in_class[name] += 1
            if alike > best.get(name, 0.0):
                best[name] = alike
    common: Counter[str] = Counter(name for names in peers for name in names)
    return Evidence(
        used,
        {name: value / total for name, value in near.items()},
        best,
        {name: value / len(used.units) for name, value in share.items()},
        {name: value / classmates for name, value in in_class.items()},
        {name: value / len(peers) for name, value in common.items()},
    )


def resemblance(target: About, unit: Unit) -> float:
    """How much a function looks like the target, 0 to 1: words of the name, parameters, the last word of the name."""
    signature = unit.symbol.signature
    parameters = {p.name for p in signature.parameters} - {"self", "cls"} if signature else set()
    words = parts(unit.symbol.name) - _COMMON
    same = 1.0 if unit.symbol.name == target.name else 0.0
    return min(
        1.0, 0.5 * same + 0.5 * _jaccard(words, target.name_words) + 0.3 * _jaccard(parameters, target.parameters)
    )


def _jaccard(a: frozenset[str] | set[str], b: frozenset[str] | set[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


FEATURES = (
    "uses", "unused", "near", "log_near", "log_share", "log_in_class", "best", "peers", "name_overlap", "word_overlap",
    "rare_name", "rare_word", "near_name", "mentioned", "function", "class", "constant", "attribute", "property",
    "private", "dunder", "crowd", "log_distance", "after", "steps", "unused_private", "unused_near", "type_checking",
    "test", "in_init", "same_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Crowd:
    """The candidates of one source: how many there are, and how many have each word in their name."""

    size: int
    words: Mapping[str, int]

    @classmethod
    def of(cls, members: Iterable[Candidate]) -> Crowd:
        counts: Counter[str] = Counter()
        size = 0
        for size, each in enumerate(members, 1):  # noqa: B007 - the last one is the size
            counts.update(parts(each.symbol.name))
        return cls(size, counts)

    def rarity(self, words: frozenset[str]) -> float:
        """Of the rarest of these words, the information in bits; 0 where there is none."""
        return max((math.log2((1 + self.size) / self.words.get(word, 1)) for word in words), default=0.0)


def features(each: Candidate, target: About, seen: Evidence, crowd: Crowd, position: float | None) -> tuple[float, ...]:
    """The candidate's features, in the order of `FEATURES`. ``position``: among the functions of the target's file."""
    symbol, key = each.symbol, each.key
    name = symbol.name
    own = {"class": symbol.kind is SymbolKind.ATTRIBUTE, "file": 1, "import": 1, "nested-import": 1}.get(each.source, 0)
    uses = max(seen.used.counts.get(key, 0) - own, 0)
    words = parts(key.rpartition(".")[2])
    private = name.startswith("_") and not name.startswith("__")
    distance = abs(position - target.position) if position is not None else 20.0
    near = seen.near.get(key, 0.0)
    name_overlap = len(words & target.name_words) / len(words) if words else 0.0
    return (
        math.log1p(uses),
        float(not uses),
        near,
        math.log(near + 0.003),
        math.log(seen.share.get(key, 0.0) + 0.003),
        math.log(seen.in_class.get(key, 0.0) + 0.02),
        seen.best.get(key, 0.0),
        seen.peers.get(key, 0.0),
        name_overlap,
        len(words & target.words) / len(words) if words else 0.0,
        crowd.rarity(words & target.name_words),
        crowd.rarity(words & target.words),
        near * name_overlap,
        float(name in target.mentioned),
        float(symbol.kind is SymbolKind.FUNCTION),
        float(symbol.kind is SymbolKind.CLASS),
        float(name.isupper()),
        float(symbol.kind is SymbolKind.ATTRIBUTE),
        float(any("property" in d for d in symbol.decorators)),
        float(private),
        float(name.startswith("__")),
        math.log1p(crowd.size),
        -math.log1p(distance),
        float(position is not None and position > target.position),
        float(each.steps),
        float(not uses and private),
        float(not uses) / (1 + distance),
        float(each.type_checking),
        float(name.startswith("test") or "Test" in name),
        float(target.name == "__init__"),
        float(name == target.name),
    )


def probability(source: str, values: Sequence[float]) -> float:
    """That the body uses a candidate of this source with these features."""
    row = weights().get(source)
    if row is None:
        return _UNKNOWN
    score = row["bias"] + sum(row[name] * value for name, value in zip(FEATURES, values, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def reason(values: Sequence[float], each: Candidate) -> str:
    """The strongest sign in words, '' where there is none but its place."""
    has = dict(zip(FEATURES, values, strict=True))
    if has["unused"] and each.source in ("import", "star"):
        return "imported here and used nowhere else"
    if has["mentioned"]:
        return "named in the signature or docstring"
    if has["best"] >= 0.3:
        return "used by similar functions"
    if has["name_overlap"] >= 0.5:
        return "shares words with the name"
    if has["near"] >= 0.15:
        return "used by functions near it"
    return ""


@lru_cache(maxsize=1)
def weights() -> dict[str, dict[str, float]]:
    """Source → feature → weight."""
    table: dict[str, dict[str, float]] = json.loads(resources.files(__package__).joinpath("weights.json").read_bytes())
    return table
