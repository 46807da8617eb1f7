"""Whether a computed name may be a certain one: it looks like that, and the workspace says the words in it.

A name is a regular expression (`computed`), in which a group is a word that somebody says: as a string, as a keyword,
or by giving a variable or function that name. A group with a name is what an attribute of that name holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import count
from pathlib import Path

from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.tested import is_test
from autogen_lsp.syntax.model import Symbol, SymbolKind

SAID = r"(\w+)"  # a word that somebody says
_PLAIN = frozenset({"property", "setter", "classmethod", "staticmethod", "abstractmethod", "override", "overload"})
_QUOTED = re.compile(r"['\"](\w+)['\"]")
_TUPLE = (  # beside the words types may stand
    r"(?:\s*:[^=]*)?\s*=(?:[\s(),+]|#.*|'\w*'|\"\w*\"|\b(?:[\w.]+\.%s|tuple(?=\()"
    r"|(?:None|True|False|bool|int|float|str|bytes|list|tuple|dict|set)(?=\s*[,)]))\b)*"
)
_MAX_LISTS = 60  # of one name


def as_said(patterns: Iterable[str]) -> frozenset[str]:
    """The patterns where what attributes hold is not known either: a library's, of words that the workspace says."""
    return frozenset(_OF_ATTRIBUTE.sub(lambda _: SAID, pattern) for pattern in patterns)


_OF_ATTRIBUTE = re.compile(r"\(\?P<\w+>\\w\+\)")


def may_be(project: Project, patterns: Iterable[str], name: str) -> bool:
    """Whether one of the names looks like this one, and what it is made of is said somewhere."""
    return any(
        (found := _compiled(pattern).fullmatch(name)) is not None
        and all(_is_said(project, word) for word in found.groups() if word is not None)
        and all(_is_listed(project, key[1:].partition("_")[2], word) for key, word in found.groupdict().items() if word)
        for pattern in patterns
    )


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, with each of its groups that have a name under one of its own."""
    number = count()
    return re.compile(re.sub(r"\(\?P<", lambda _: f"(?P<_{next(number)}_", pattern))


def _is_listed(project: Project, attribute: str, word: str) -> bool:
    """Whether an attribute may hold the word: one that is nothing but tuples of written words holds no other."""
    found = project.definitions(attribute)
    if not 0 < len(found) <= _MAX_LISTS:
        return True
    texts = [_written_out(project, path, symbol) for path, symbol in found]
    return any(text is None or word in _QUOTED.findall(text) for text in texts)


def _written_out(project: Project, path: Path, symbol: Symbol) -> str | None:
    """What a variable is assigned: words or tuples of words, as written, added to such of the same name."""
    source = project.source(path) if symbol.kind in (SymbolKind.VARIABLE, SymbolKind.ATTRIBUTE) else None
    text = source.text[symbol.name_end : symbol.end].decode("utf-8", "replace") if source is not None else ""
    return text if re.fullmatch(_TUPLE % re.escape(symbol.name), text) else None


def _is_said(project: Project, word: str) -> bool:
    if not word.isascii() or any(map(project.says, {word, word.lower(), word.upper(), word.capitalize()})):
        return True
    return not all(_keeps_to_itself(project, path, symbol) for path, symbol in project.definitions(word))


def _keeps_to_itself(project: Project, path: Path, symbol: Symbol) -> bool:
    """Whether only its class has it: nobody hands it on, as a decorator may, to be kept by its name.

    What a test puts in the place of an attribute is there for what the test looks at.
    """
    if symbol.kind == SymbolKind.ATTRIBUTE:
        return is_test(project, path)
    if symbol.kind != SymbolKind.FUNCTION or not project.is_class(path, symbol.parent):
        return False
    return all(text.rpartition(".")[2] in _PLAIN for text in symbol.decorators)
