"""One file's facts into what the database stores of them, and back.

What is asked for by name is stored apart, so that it is found without decoding the rest: imports; symbols and calls,
each with the places of its names. Besides, each file has *tokens* by which it is found (names that it calls, defines,
imports, derives from, or says as a string or keyword), and each function and class a text for full-text search.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

import msgspec

from autogen_lsp.syntax.model import Call, Facts, Import, Signature, Symbol, SymbolKind, base_names
from autogen_lsp.syntax.said import said_in

# First letter of a token: what the file does with the name.
CALLED, DEFINED, IMPORTED, DERIVED, SAID = "c", "d", "i", "b", "s"

# A hit of the full-text search is a symbol: its row id is the file's id, shifted, plus its place among the symbols.
PLACE_BITS = 16

# Letters but ASCII capitals are [^\W\d_A-Z].
_WORD = re.compile(r"[A-Z]+(?=[A-Z][^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+")


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class SearchText(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What full-text search sees of one symbol; ``place`` is its index in ``Facts.symbols``."""

    place: int
    name: str
    context: str
    doc: str


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that is stored of one file's content.

    ``calls`` is a pair: name → places, and all items; ``symbols`` as well, and, third, name of a base → places.
    """

    digest: bytes
    head: bytes  # all else; empty for a file that is not text
    imports: bytes
    symbols: bytes
    calls: bytes
    said: str
    tokens: str
    texts: tuple[SearchText, ...]
    python2: bool = False


_kept = lru_cache(maxsize=2)  # many names may be looked up in one large file
_encode = msgspec.msgpack.Encoder().encode
_decode_head = msgspec.msgpack.Decoder(Facts).decode
_decode_imports = msgspec.msgpack.Decoder(tuple[Import, ...]).decode
_decode_raw_calls = _kept(msgspec.msgpack.Decoder(tuple[dict[str, list[int]], list[msgspec.Raw]]).decode)
_decode_called = msgspec.msgpack.Decoder(tuple[dict[str, msgspec.Raw], msgspec.Raw]).decode
_decode_raw_symbols = _kept(msgspec.msgpack.Decoder(tuple[dict[str, list[int]], list[msgspec.Raw], msgspec.Raw]).decode)
_decode_derived = msgspec.msgpack.Decoder(tuple[msgspec.Raw, list[msgspec.Raw], dict[str, list[int]]]).decode
_decode_symbols = msgspec.msgpack.Decoder(tuple[msgspec.Raw, tuple[Symbol, ...], msgspec.Raw]).decode
_decode_symbol = msgspec.msgpack.Decoder(Symbol).decode
_decode_calls = msgspec.msgpack.Decoder(tuple[msgspec.Raw, tuple[Call, ...]]).decode
_decode_call = msgspec.msgpack.Decoder(Call).decode


def digest_of(raw: bytes) -> bytes:
    """Identity of a file's content: 16 bytes of BLAKE2b over the raw bytes."""
    return hashlib.blake2b(raw, digest_size=16).digest()


def make(digest: bytes, facts: Facts, text: bytes) -> Row:
    every = tuple(facts.calls)  # an open document's are spread
    calls = _places(every)
    symbols = _places(facts.symbols)
    head = msgspec.structs.replace(facts, imports=(), symbols=(), calls=())
    said = " ".join(sorted(said_in(text, every)))
    return Row(
        digest,
        _encode(head),
        _encode(facts.imports),
        _encode((symbols, facts.symbols, _derived(facts.symbols))),
        _encode((calls, every)),
        said,
        _tokens(calls, facts.symbols, facts.imports, said),
        tuple(texts_of(facts.symbols)),
        facts.python2,
    )


def without_facts(digest: bytes) -> Row:
    """The row of a file that is not text."""
    return Row(digest, b"", _encode(()), _encode(({}, (), {})), _encode(({}, ())), "", "", ())


def unpack(head: bytes, imports: bytes, symbols: bytes, calls: bytes) -> Facts | None:
    """The facts as they went in. Raises `msgspec.DecodeError` for a damaged row, as do all functions below."""
    if not head:
        return None
    return msgspec.structs.replace(
        _decode_head(head),
        imports=_decode_imports(imports),
        symbols=_decode_symbols(symbols)[1],
        calls=_decode_calls(calls)[1],
    )


def searched(imports: bytes, symbols: bytes, calls: bytes, said: str) -> tuple[str, list[SearchText]]:
    """The tokens and the search texts that went in with the row."""
    definitions = _decode_symbols(symbols)[1]
    return _tokens(_decode_called(calls)[0], definitions, _decode_imports(imports), said), texts_of(definitions)


def definitions_of(symbols: Iterable[Symbol], name: str) -> list[Symbol]:
    return [each for each in symbols if each.qualname.endswith(name) and each.name == name]  # the first is soon asked


def imports_of(imports: Iterable[Import], name: str) -> list[Import]:
    """Those of a module or of a name from one, by last component."""
    return [item for item in imports if name in (item.name, item.module.rpartition(".")[2])]


def imports_named(imports: bytes, name: str) -> list[Import]:
    return imports_of(_decode_imports(imports), name)


def symbols_named(symbols: bytes, name: str) -> list[Symbol]:
    places, items, _ = _decode_raw_symbols(symbols)
    return [_decode_symbol(items[place]) for place in places.get(name, ())]


def derived_of(symbols: Iterable[Symbol], name: str) -> list[Symbol]:
    """The classes that have a base of this name."""
    return [symbol for symbol in symbols if symbol.bases and name in base_names(symbol)]


def derived_named(symbols: bytes, name: str) -> list[Symbol]:
    _, items, places = _decode_derived(symbols)
    return [_decode_symbol(items[place]) for place in places.get(name, ())]


def symbol_at(symbols: bytes, place: int) -> Symbol | None:
    items = _decode_raw_symbols(symbols)[1]
    return _decode_symbol(items[place]) if place < len(items) else None


def calls_named(calls: bytes, name: str) -> list[Call]:
    places, items = _decode_raw_calls(calls)
    return [_decode_call(items[place]) for place in places.get(name, ())]


def token(role: str, name: str) -> str:
    """A name as one word of the tokenizer, which folds case and keeps ASCII letters, digits and ``_`` together.

    So is what is no name, a file's stem for one: several words would be a phrase, which is an error to ask for.
    """
    plain = name.isascii() and name.isidentifier()
    return role + (name if plain else "0x" + name.encode("utf-8", "surrogatepass").hex())


def _tokens(called: Iterable[str], symbols: Iterable[Symbol], imports: Iterable[Import], said: str) -> str:
    """The names by which a file is found, each once: last components."""
    found = {token(CALLED, name) for name in called}
    found.update(token(SAID, name) for name in said.split())
    found.update(token(DEFINED, name) for name in {symbol.name for symbol in symbols})
    found.update(token(DERIVED, name) for symbol in symbols if symbol.bases for name in base_names(symbol))
    for item in imports:
        found.add(token(IMPORTED, item.module.rpartition(".")[2]))
        if item.name is not None:
            found.add(token(IMPORTED, item.name))
    return " ".join(sorted(found))


def texts_of(symbols: Iterable[Symbol]) -> list[SearchText]:
    """Search texts of the functions and classes (of a file's first 65,536 symbols)."""
    found: list[SearchText] = []
    for place, symbol in zip(range(1 << PLACE_BITS), symbols, strict=False):
        if symbol.kind in (SymbolKind.FUNCTION, SymbolKind.CLASS):
            texts = (symbol.name, _surroundings(symbol), symbol.docstring)
            found.append(SearchText(place, *map(_spaced, texts)))
    return found


@lru_cache(maxsize=4096)  # a changed file's old texts are mostly its new ones
def _spaced(text: str) -> str:
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """The words of an identifier or a sentence, in lower case: camelCase, snake_case and digits split."""
    return [word.lower() for word in _WORD.findall(text)]


def _surroundings(symbol: Symbol) -> str:
    """The class it stands in, its parameters and types, a class's bases."""
    signature = symbol.signature or Signature()
    found = [symbol.parent.rpartition(".")[2]]
    for parameter in signature.parameters:
        if parameter.name not in ("self", "cls"):
            found += (parameter.name, parameter.annotation or "")
    return " ".join((*found, signature.returns or "", *symbol.bases))


def _derived(symbols: Iterable[Symbol]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, symbol in enumerate(symbols):
        for name in base_names(symbol) if symbol.bases else ():
            places.setdefault(name, []).append(place)
    return places


def _places(items: Iterable[_Named]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        places.setdefault(item.name, []).append(place)
    return places
