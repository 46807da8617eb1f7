"""Text of the repository into the same text without secrets, and how many of which kind were masked.

Three rules, one after the other: values that are known to be secret (from .env files and our own settings), shapes of
credentials (the plugins of detect-secrets and `secret_shapes`), and random-looking values: quoted, assigned to a name
that speaks of a secret, or alone on a line as in a cut-off key file. A value becomes ``<redacted:kind>``; text around
it stays as it is, and nothing of the value is kept. It reads no file but .env files, and asks no network.
"""

from __future__ import annotations

import base64
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from autogen_lsp.config import Settings
from autogen_lsp.context.secret_shapes import KEY_FILES, SHAPES, library_shapes

NOTE = (
    "Values written <redacted:…> are secrets that were masked before this text was sent. Never guess them and never "
    "write such a value into code; read it from where the surrounding code reads it."
)

_SENSITIVE = (
    r"(?:pass(?:wd|word|phrase|code)|_pass(?![a-z])|pwd|secret|token|(?:api|access|auth|account|private|client|service|encryption|"
    r"signing|master|shared|db|app|license|webhook|session|deploy|write|read)_?key|credentials?|bearer|authorization)"
)
# A line without any of these holds nothing that a line rule could find, and most lines of code stop here: a long run
# of token characters with a digit in it, user and host of an address, a name that speaks of a secret before a quote.
_SUSPECT = re.compile(
    r"(?<![\w+/=.~-])(?=[A-Za-z_+/=.~-]*+[0-9])[\w+/=.~-]{16}|://[^\s/]*@|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{56}"
)
_SUSPECT_NAME = re.compile(r"(?i:" + _SENSITIVE + r")\w*[^\n\w]*[\"'=]")
_SUSPECT_WORDS = ("pass", "pwd", "secret", "token", "key", "credential", "bearer", "authorization")
# name = "value", name: str = "value", "name": "value", name("value"), ("name", "value"), name == "value"
_ASSIGNED = re.compile(
    r"(?i)(?P<name>" + _SENSITIVE + r"\w{0,20})"
    r"""["'\]]{0,2}\s*(?::\s*[\w.\[\]| ]{1,40}=|[=:]=?|=>|!=|,|\()\s*[rbuf]{0,2}(?P<quote>["'])"""
    r"(?P<value>(?:(?!(?P=quote)).){6,400})(?P=quote)"
)
# As in .env, ini and shell text inside docstrings and comments: NAME=value, without quotes.
_UNQUOTED = re.compile(
    r"^[ \t#]*(?:export )?[A-Z0-9_]*(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PWD)=(?P<value>[^\s'\"]{8,400})[ \t]*$"
)
_QUOTED = re.compile(r"""(?P<quote>["'])(?P<value>[A-Za-z0-9+/=_~.-]{20,4000})(?P=quote)""")
_KEY_LINE = re.compile(r"""^[ \t]*["']?(?P<value>[A-Za-z0-9+/]{56,}={0,2})(?:\\n)?["']?[ \t]*$""")
_DIGEST = re.compile(
    r"(?i)sha\d|md5|hash|digest|etag|checksum|uuid|guid|commit|rev|fingerprint|crc|hex|nonce|opaque|assert"
)
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_RUN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^A-Za-z0-9]")
_PLACEHOLDER = re.compile(
    r"(?i)[{}<>$%*…\\]|\.\.\.|x{4}|(?:^|[^a-z])(?:your|my|some|example|sample|dummy|fake|placeholder|change_?me|insert|todo|"
    r"redacted|test|testing|mock|none|null|invalid|wrong)(?:[^a-z]|$)"
)
# Passwords of the manuals: an address that has one of these shows how addresses look.
_MANUAL = re.compile(
    r"(?i)[a-z]{1,5}|\*+|(?:my|your|the|some|a|test|db|user|new|old|proxy|super)?[_-]?"
    r"(?:pass|passwd|password|passw0rd|pwd|pw|secret|token|key|user|username|test|guest|foo|bar|baz)[_-]?\d?"
)
# What gives a literal a name on its line: an assignment, a key, or a call that it is an argument of.
_NAMED = re.compile(r"[A-Za-z_\"'\])]\s*(?::|:?=|=>)\s*[rbufRBUF]{0,2}[\"']?$|\w\(")
_PUBLIC = re.compile(r"-----BEGIN (?!.*PRIVATE)[A-Z0-9 ]+-----[\s\S]*?(?:-----END|\Z)")


@dataclass(frozen=True, slots=True)
class Masked:
    """Text without secrets, and what was masked: pairs of kind and count."""

    text: str
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Values that must never leave, longest first; plain words only count as a whole quoted string."""

    anywhere: tuple[str, ...] = field(default=(), repr=False)
    quoted: tuple[str, ...] = field(default=(), repr=False)


def mask(text: str, known: Known = Known()) -> Masked:
    """The text with every secret replaced by ``<redacted:kind>``. Deterministic; never raises on any text."""
    counts: Counter[str] = Counter()
    text = _mask_known(text, known, counts)
    for start, end, kind in reversed(_clear(sorted(_find(text), key=lambda s: (s[0], -s[1])))):
        counts[kind] += 1
        text = f"{text[:start]}<redacted:{kind}>{text[end:]}"
    return Masked(text, tuple(sorted(counts.items())))


def known_values(settings: Settings, folders: Iterable[Path]) -> Known:
    """The secrets of our own settings and the values in the .env files of these folders."""
    values = {
        str(getattr(settings, f.name))
        for f in fields(settings)
        if f.metadata.get("secret") and getattr(settings, f.name)
    }
    for folder in folders:
        for path in _env_files(folder):
            values |= set(_env_values(path))
    plain = {value for value in values if value.isalpha()}
    longest_first = sorted(values - plain, key=lambda v: (-len(v), v))
    return Known(tuple(longest_first), tuple(sorted(plain, key=lambda v: (-len(v), v))))


def _mask_known(text: str, known: Known, counts: Counter[str]) -> str:
    for value in known.anywhere:
        if value in text:
            counts["env-value"] += text.count(value)
            text = text.replace(value, "<redacted:env-value>")
    for value in known.quoted:
        for quote in "\"'":
            literal = f"{quote}{value}{quote}"
            if literal in text:
                counts["env-value"] += text.count(literal)
                text = text.replace(literal, f"{quote}<redacted:env-value>{quote}")
    return text


def _find(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of every secret, in any order; they may overlap."""
    if "PRIVATE KEY" in text or "PuTTY-User-Key" in text:
        for kind, pattern in KEY_FILES:
            yield from ((*found.span(), kind) for found in pattern.finditer(text))
    suspects = [found.start() for found in _SUSPECT.finditer(text)]
    low = text.lower()
    if any(word in low for word in _SUSPECT_WORDS):  # ten times faster than the pattern, which ignores case
        suspects += [found.start() for found in _SUSPECT_NAME.finditer(text)]
    public = [found.span() for found in _PUBLIC.finditer(text)] if "-----BEGIN " in text else []
    for start in sorted({text.rfind("\n", 0, at) + 1 for at in suspects}):
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)]
        if any(low <= start < high for low, high in public):  # a certificate, a public key
            continue
        for at, until, kind in _find_in_line(line):
            yield start + at, start + until, kind


def _find_in_line(line: str) -> Iterator[tuple[int, int, str]]:
    for kind, pattern in _shapes():
        for found in pattern.finditer(line):
            start, end = found.span(_group_of(found))
            if not _is_manual(kind, found):
                yield start, end, kind
    for found in (*_ASSIGNED.finditer(line), *_UNQUOTED.finditer(line)):
        if _is_password(found["value"]):
            yield *found.span("value"), "password"
    for found in (*_QUOTED.finditer(line), *_KEY_LINE.finditer(line)):
        value = found["value"]
        if is_random(value) and (found.re is _KEY_LINE or not _is_data(line, found.start("value"))):
            yield *found.span("value"), "high-entropy"


def _group_of(found: re.Match[str]) -> int | str:
    """The group that is the secret: `value`, else the first that took part, else the whole match."""
    if "value" in found.re.groupindex:
        return "value"
    return next((n for n in range(1, found.re.groups + 1) if found.group(n)), 0)


def _clear(spans: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Of overlapping spans the union, named after the first and longest."""
    out: list[tuple[int, int, str]] = []
    for start, end, kind in spans:
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]), out[-1][2])
        else:
            out.append((start, end, kind))
    return out


def is_random(value: str) -> bool:
    """Whether a string without blanks looks drawn at random: hexadecimal of 32 digits or more, or base64-like.

    Identifiers, paths and alphabets also have a high Shannon entropy; what tells them apart is that they consist of
    long runs of one kind of character, or of neighbours in the alphabet.
    """
    if len(value) < 20 or _PLACEHOLDER.search(value):
        return False
    if _HEX.fullmatch(value):
        return len(value) >= 32 and entropy(value) > 3.0 and not _is_sequence(value) and not value.isdigit()
    kinds = sum(any(test(c) for c in value) for test in (str.isupper, str.islower, str.isdigit))
    runs = _RUN.findall(value)
    return kinds == 3 and entropy(value) > 3.9 and len(value) / len(runs) < 2.4 and not _is_sequence(value)


def entropy(value: str) -> float:
    """Shannon entropy of the characters, in bits."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())


def _is_sequence(value: str) -> bool:
    """Alphabets, counters: a third or more of the characters follow their neighbour in code-point order."""
    return sum(ord(b) - ord(a) in (0, 1, -1) for a, b in pairwise(value)) > len(value) / 3


def _is_manual(kind: str, found: re.Match[str]) -> bool:
    """Whether it is a user name and password that only show how such things look."""
    if kind == "basic-auth":
        return _MANUAL.fullmatch(found["value"]) is not None or found["value"] == found["user"]
    if kind != "authorization":
        return False
    try:
        _, colon, password = base64.b64decode(found["value"], validate=True).partition(b":")
        return bool(colon) and not _is_password(password.decode())
    except ValueError:  # no base64, or no text
        return False


def _is_data(line: str, at: int) -> bool:
    """Whether a random-looking literal is data: its line speaks of checksums, or it has no name, as in a list."""
    return _DIGEST.search(line) is not None or _NAMED.search(line[:at]) is None


def _is_password(value: str) -> bool:
    """Whether a value that is assigned to a name that speaks of a secret is one: a name, a path or a word is not."""
    if len(value) < 8 or " " in value or _PLACEHOLDER.search(value):
        return False
    classes = [
        "d" if c.isdigit() else "u" if c.isupper() else "l" if c.isalpha() else "." if c in "._-/:" else "!"
        for c in value
    ]
    changes = sum(a != b and "." not in (a, b) for a, b in pairwise(classes))
    kinds = len(set(classes) - {"."})
    if not {"d", "!"} & set(classes):  # words, in whatever case
        return len(value) / len(_RUN.findall(value)) < 2
    return kinds >= 2 and changes >= (3 if kinds >= 3 or len(value) >= 12 else 4)


@lru_cache(maxsize=1)
def _shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return (*SHAPES, *library_shapes())


def _env_files(folder: Path) -> list[Path]:
    try:
        found = [p for p in folder.iterdir() if p.name == ".env" or p.name.startswith(".env.") or p.suffix == ".env"]
    except OSError:
        return []
    examples = (".example", ".sample", ".template", ".dist", ".defaults")
    return sorted(p for p in found if not p.name.endswith(examples))


_ENV_LINE = re.compile(
    r"""^\s*(?:export\s+)?(?P<name>[\w.-]+)\s*[=:]\s*(?P<quote>["']?)(?P<value>.*?)(?P=quote)\s*(?:\s#.*)?$"""
)
_HARMLESS = re.compile(
    r"(?i)[a-z_][a-z_.]*|[\d.,:+-]+|true|false|yes|no|on|off|none|null|localhost(:\d+)?|"
    r"[a-z][a-z0-9+.-]*://[^@\s]*|[~./][\w./-]*|[\w.-]+\.(?:com|org|net|io|dev|local|py|json|toml)(:\d+)?"
)


def _env_values(path: Path) -> Iterator[str]:
    try:
        text = path.read_bytes()[:65536].decode("utf-8", "replace")
    except OSError:
        return
    for line in text.splitlines():
        found = _ENV_LINE.match(line)
        if found is None:
            continue
        value = found["value"]
        if re.search(r"(?i)" + _SENSITIVE, found["name"]):
            if len(value) >= 6 and value.lower() not in ("false", "secret", "password", "changeme"):
                yield value
        elif len(value) >= 8 and not _HARMLESS.fullmatch(value):
            yield value
