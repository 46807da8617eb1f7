"""Some files of a project into sentences on how it does things: typing, docstrings, errors, logging, async, tests.

Found from data: a sentence is written where the files agree clearly, and nothing is said where they do not. No counts
stand in the sentences, so that an edit which changes no habit changes no prompt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from autogen_lsp.syntax.model import Facts, SymbolKind

_CLEAR = 0.75  # share that makes a habit
_USUAL = 0.15  # share of all raised errors that makes one worth naming
_FEW = 5  # less than this many cases are no habit

_PATTERNS = {
    "sphinx": re.compile(rb":(?:param|returns?|raises)\b[^\n]*:"),
    "google": re.compile(rb"\n[ \t]+(?:Args|Returns|Raises|Yields):[ \t]*\n"),
    "numpy": re.compile(rb"\n[ \t]+(?:Parameters|Returns|Raises|Yields)[ \t]*\n[ \t]+-{4,}"),
    "optional": re.compile(rb"\b(?:Optional|Union)\["),
    "bar": re.compile(rb"[\w\]] \| None\b"),
    "future": re.compile(rb"(?m)^from __future__ import [^\n]*annotations"),
    "getlogger": re.compile(rb"(?m)^(\w+)[ \t]*(?::[^\n=]*)?=[ \t]*(?:logging\.)?getLogger\((__name__)?"),
    "structlog": re.compile(rb"\bstructlog\.get_logger\("),
    "loguru": re.compile(rb"(?m)^from loguru import logger"),
    "print": re.compile(rb"(?m)^[ \t]+print\("),
    "raise": re.compile(rb"(?m)^[ \t]+raise ([\w.]+)\("),
    "fstring": re.compile(rb"(?<!\w)[rR]?[fF]\""),
    "format": re.compile(rb"[\"']\.format\(|[\"'] % [\w(]"),
    "single": re.compile(rb"(?<![\w'])'[^'\"\n]*'"),
    "double": re.compile(rb"(?<![\w\"])\"[^'\"\n]*\""),
    "pathlib": re.compile(rb"\bPath\("),
    "ospath": re.compile(rb"\bos\.path\."),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A file's text and facts."""

    text: bytes
    facts: Facts


def conventions(code: Sequence[Sample], tests: Sequence[Sample]) -> list[str]:
    """Sentences, the most useful ones first."""
    counts: Counter[str] = Counter()
    raised: Counter[str] = Counter()
    loggers: Counter[str] = Counter()
    for sample in code:
        seen, names, logs = _count(sample.text)
        counts.update(dict(seen))
        raised.update(dict(names))
        loggers.update(dict(logs))
    return [
        *_typing(code, counts),
        *_docstrings(code, counts),
        *_errors(code, raised),
        *_logging(counts, loggers, len(code)),
        *_spelling(counts),
        *_async(code),
        *_tests(tests),
    ]


@lru_cache(maxsize=64)
def _count(text: bytes) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    counts = {
        key: len(pattern.findall(text)) for key, pattern in _PATTERNS.items() if key not in ("raise", "getlogger")
    }
    raised = Counter(name.decode("utf-8", "replace") for name in _PATTERNS["raise"].findall(text))
    loggers = Counter(name.decode("utf-8", "replace") for name, _ in _PATTERNS["getlogger"].findall(text))
    return tuple(counts.items()), tuple(raised.items()), tuple(loggers.items())


def _typing(code: Sequence[Sample], counts: Counter[str]) -> list[str]:
    typed = untyped = 0
    for sample in code:
        for symbol in sample.facts.symbols:
            if symbol.signature is not None:
                own = [p for p in symbol.signature.parameters if p.name not in ("self", "cls")]
                is_typed = symbol.signature.returns is not None or any(p.annotation for p in own)
                typed, untyped = typed + is_typed, untyped + (not is_typed and bool(own))
    found = []
    if typed + untyped >= _FEW:
        if typed >= _CLEAR * (typed + untyped):
            found.append("Functions have type annotations.")
            if _clearly(counts["bar"], counts["optional"]):
                found.append("Optional types are written `X | None`.")
            elif _clearly(counts["optional"], counts["bar"]):
                found.append("Optional types are written `Optional[X]`, unions `Union[X, Y]`.")
        elif untyped >= _CLEAR * (typed + untyped):
            found.append("Functions have no type annotations.")
    return found


def _docstrings(code: Sequence[Sample], counts: Counter[str]) -> list[str]:
    public = [
        s
        for sample in code
        for s in sample.facts.symbols
        if s.kind is SymbolKind.FUNCTION and not s.name.startswith("_") and "<locals>" not in s.qualname
    ]
    documented = sum(bool(s.docstring) for s in public)
    styles = {"sphinx": "reStructuredText fields (:param x:)", "google": "Google style (Args:)", "numpy": "NumPy style"}
    best = max(styles, key=lambda style: counts[style])
    rest = sum(counts[style] for style in styles if style != best)
    found = []
    if len(public) >= _FEW and documented >= _CLEAR * len(public):
        found.append("Public functions have docstrings.")
    elif len(public) >= _FEW and documented <= (1 - _CLEAR) * len(public):
        found.append("Most functions have no docstring.")
    if _clearly(counts[best], rest):
        found.append(f"Docstrings use {styles[best]}.")
    return found


def _errors(code: Sequence[Sample], raised: Counter[str]) -> list[str]:
    own = {s.name for sample in code for s in sample.facts.symbols if s.kind is SymbolKind.CLASS}
    imported = {i.bound for sample in code for i in sample.facts.imports if i.name is not None}
    most = sorted(
        ((n, name) for name, n in raised.items() if name != "NotImplementedError"), key=lambda row: (-row[0], row[1])
    )
    usual = [name for n, name in most if n >= 3 and n >= _USUAL * raised.total()][:4]
    if not usual:
        return []
    mine = [name for name in usual if name in own | imported]
    return [
        f"Errors are raised as {', '.join(usual)}."
        if not mine
        else f"Errors are raised with the project's own classes: {', '.join(mine)}."
    ]


def _logging(counts: Counter[str], loggers: Counter[str], files: int) -> list[str]:
    if counts["structlog"]:
        return ["It logs through structlog.get_logger()."]
    if counts["loguru"]:
        return ["It logs through loguru's logger."]
    if loggers:
        name = min(loggers, key=lambda key: (-loggers[key], key))
        return [f"It logs through a module-level `{name} = logging.getLogger(...)`."]
    return ["Messages go out by print."] if counts["print"] >= max(_FEW, files) else []


def _spelling(counts: Counter[str]) -> list[str]:
    found = []
    if _clearly(counts["fstring"], counts["format"]):
        found.append("Strings are formatted with f-strings.")
    elif _clearly(counts["format"], counts["fstring"]):
        found.append("Strings are formatted with % or str.format, not f-strings.")
    if _clearly(counts["single"], counts["double"]):
        found.append("Strings have single quotes.")
    if _clearly(counts["pathlib"], counts["ospath"]):
        found.append("Paths are pathlib's.")
    elif _clearly(counts["ospath"], counts["pathlib"]):
        found.append("Paths are strings, handled with os.path.")
    return found


def _async(code: Sequence[Sample]) -> list[str]:
    functions = [s.signature.is_async for sample in code for s in sample.facts.symbols if s.signature is not None]
    share = sum(functions) / len(functions) if functions else 0.0
    return ["Most functions are async."] if len(functions) >= _FEW and share >= 0.5 else []


def _tests(tests: Sequence[Sample]) -> list[str]:
    pytest = sum(any(i.module.partition(".")[0] == "pytest" for i in sample.facts.imports) for sample in tests)
    unittest = sum(
        any("TestCase" in base for s in sample.facts.symbols if s.kind is SymbolKind.CLASS for base in s.bases)
        for sample in tests
    )
    if pytest > unittest:
        return ["Tests use pytest."]
    return ["Tests are unittest.TestCase classes."] if unittest > pytest else []


def _clearly(one: int, other: int) -> bool:
    return one >= _FEW and one >= _CLEAR * (one + other)
