"""What the index file holds, decoded: facts by path, items by name, symbols by words. Knows nothing of open documents.

From any thread. A row that cannot be decoded is damage: the file is begun anew, and whoever fills it is told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache
from msgspec import DecodeError

from autogen_lsp.index import rows
from autogen_lsp.index.store import Store
from autogen_lsp.syntax.model import Facts, Symbol

_SPARE_HITS = 20  # taken beyond what is asked for, since some are in documents that no longer have the symbol
_COMMON = 5_000  # symbols that have a word, from which it is left out of a search
# A word in a symbol's own name counts four times one in its surroundings or docstring.
_RANKING = "bm25(4.0, 1.0, 1.0)"


@dataclass(frozen=True, slots=True)
class _Decoded:
    facts: Facts | None
    size: int


class StoredFacts:
    """The rows of one store. ``emptied`` is called when the store was begun anew since `follow`."""

    def __init__(self, store: Store, decoded_bytes: int, emptied: Callable[[], None]) -> None:
        self._store = store
        self._emptied = emptied
        self._generation = store.generation
        self._decoded: LRUCache[tuple[int, int], _Decoded] = LRUCache(decoded_bytes, getsizeof=lambda item: item.size)
        self._decoding = threading.Lock()

    def follow(self) -> int:
        """The store's generation, known from here on."""
        self._generation = self._store.generation
        return self._generation

    def files(self) -> list[str]:
        return [path for (path,) in self._read("SELECT path FROM files ORDER BY path")]

    def digests(self) -> list[tuple[str, bytes]]:
        """Every file's path and the digest of its content, by path."""
        return [(path, content) for path, content in self._read("SELECT path, digest FROM files ORDER BY path")]

    def digest(self, path: str) -> bytes | None:
        found = self._read("SELECT digest FROM files WHERE path = ?", (path,))
        return found[0][0] if found else None

    def facts(self, path: str) -> Facts | None:
        """A file's facts; None where it is not stored or not text."""
        keys = self._read("SELECT id FROM files WHERE path = ?", (path,))
        return self._facts_of(keys[0][0]) if keys else None

    def files_with(self, role: str, name: str) -> list[tuple[str, int]]:
        """Paths and ids of the files that may have the name in this role (the tokenizer folds case)."""
        sql = "SELECT path, id FROM names JOIN files ON files.id = names.rowid WHERE names MATCH ? ORDER BY path"
        return [(path, key) for path, key in self._read(sql, (f'"{rows.token(role, name)}"',))]

    def named[T](
        self, role: str, name: str, column: str, pick: Callable[[bytes, str], list[T]], besides: Container[str]
    ) -> Iterator[tuple[str, list[T]]]:
        """Paths, but ``besides``, and their items of one name; ``pick`` decodes these alone."""
        for path, key in self.files_with(role, name):
            if path in besides:
                continue
            for (blob,) in self._read(f"SELECT {column} FROM contents WHERE id = ?", (key,)):
                yield path, self._decode(pick, blob, name) or []

    def python2(self, below: str) -> tuple[int, int]:
        """How many files whose path begins with ``below``, a folder with its slash, no Python 3 reads, and how many
        there are."""
        sql = "SELECT coalesce(sum(python2), 0), count(*) FROM files WHERE path >= ? AND path < ?"
        found = self._read(sql, (below, f"{below[:-1]}{chr(ord('/') + 1)}"))
        return found[0] if found else (0, 0)

    def python2_of(self, path: str) -> bool | None:
        """Whether no Python 3 reads a file; None where it is not stored."""
        found = self._read("SELECT python2 FROM files WHERE path = ?", (path,))
        return bool(found[0][0]) if found else None

    def ranked(self, terms: Iterable[str], limit: int) -> list[tuple[int, float]]:
        """Ids of symbols that have the words, for `symbol_at`, and their scores, best first; some more than ``limit``.

        Words that thousands of symbols share count only where no other is given.
        """
        terms = list(terms)
        rare = [term for term in terms if not self._is_common(term)]
        query = " OR ".join(f'"{term}"' for term in rare) or " AND ".join(f'"{term}"' for term in terms)
        sql = "SELECT rowid, -rank FROM texts WHERE texts MATCH ? AND rank MATCH ? ORDER BY rank LIMIT ?"
        return [(key, score) for key, score in self._read(sql, (query, _RANKING, limit + _SPARE_HITS))]

    def symbol_at(self, key: int) -> tuple[str, Symbol] | None:
        """The path and the symbol of an id."""
        number, place = key >> rows.PLACE_BITS, key & ((1 << rows.PLACE_BITS) - 1)
        found = self._read("SELECT path, symbols FROM files JOIN contents USING (id) WHERE id = ?", (number,))
        symbol = self._decode(rows.symbol_at, found[0][1], place) if found else None
        return None if symbol is None else (found[0][0], symbol)

    def _is_common(self, term: str) -> bool:
        sql = "SELECT count(*) FROM (SELECT 1 FROM texts WHERE texts MATCH ? LIMIT ?)"
        return self._read(sql, (f'"{term}"', _COMMON)) == [(_COMMON,)]

    def _facts_of(self, key: int) -> Facts | None:
        where = (self._store.generation, key)
        with self._decoding:
            if (known := self._decoded.get(where)) is not None:
                return known.facts
        found = self._read("SELECT head, imports, symbols, calls FROM contents WHERE id = ?", (key,))
        if not found:
            return None
        facts = self._decode(rows.unpack, *found[0])
        size = sum(len(blob) for blob in found[0])
        if size <= self._decoded.maxsize:
            with self._decoding:
                self._decoded[where] = _Decoded(facts, size)
        return facts

    def _decode[**P, T](self, decode: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return decode(*args, **kwargs)
        except DecodeError as error:
            self._store.damaged(error)
            self._notice()
            return None

    def _read(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        found = self._store.read(sql, parameters)
        if self._store.generation != self._generation:
            self._notice()
        return found

    def _notice(self) -> None:
        self._generation = self._store.generation
        self._emptied()
