"""Files on disk: reading Python text as UTF-8 (PEP 263 cookies honoured), None where a file cannot be read."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from stat import S_ISREG

from autogen_lsp.workspace.source import Source

MAX_BYTES = 10 * 1024 * 1024
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


def read_source(path: Path) -> Source | None:
    """The file as a `Source`; None where it is missing, unreadable, no regular file (reading a pipe would wait for
    ever), larger than `MAX_BYTES` or not text."""
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            return None
        text = decode(path.read_bytes())
    except OSError:
        return None
    return None if text is None else Source(path, text)


def encoding_of(raw: bytes) -> str:
    """The encoding that the file declares (PEP 263), ``utf-8`` where it declares none or an unknown one."""
    for line in raw.split(b"\n", 2)[:2]:
        if found := _COOKIE.match(line):
            try:
                return codecs.lookup(found.group(1).decode("ascii")).name
            except LookupError:
                return "utf-8"
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return "utf-8"


def decode(raw: bytes) -> bytes | None:
    """The file's text as UTF-8 bytes, without a byte order mark; None where it is not text in its own encoding."""
    raw = raw.removeprefix(codecs.BOM_UTF8)
    encoding = encoding_of(raw)
    try:
        text = raw.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    if "\0" in text:
        return None
    return raw if encoding == "utf-8" else text.encode()
