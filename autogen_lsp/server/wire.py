"""Bytes of the base protocol to JSON messages and back (LSP 3.17, "Base Protocol"). No input or output of its own.

`Framing` takes bytes as they come, in pieces of any size, and gives whole bodies. What is not a header is skipped up to
the next blank line, so noise between messages costs that noise only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

Json = dict[str, Any]

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_NOT_INITIALIZED = -32002
REQUEST_FAILED = -32803
REQUEST_CANCELLED = -32800

MAX_BODY = 256 * 1024 * 1024  # bytes; a longer "message" is a broken header
_MAX_HEADER = 64 * 1024
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(rb"\r?\n\r?\n")

_encoder = msgspec.json.Encoder()


class Framing:
    """Splits a stream of bytes into message bodies."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._missing: int | None = None  # bytes that the current body has in all, None between bodies

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Every body that ``data`` completes."""
        buffer = self._buffer
        buffer += data
        while True:
            if self._missing is None:
                end = _BLANK.search(buffer)
                if end is None:
                    if len(buffer) > _MAX_HEADER:
                        del buffer[:-4]
                    return
                lengths = _LENGTH.findall(buffer, 0, end.end())
                del buffer[: end.end()]
                if not lengths or int(lengths[-1]) > MAX_BODY:
                    continue
                self._missing = int(lengths[-1])
            if len(buffer) < self._missing:
                return
            body = bytes(buffer[: self._missing])
            del buffer[: self._missing]
            self._missing = None
            yield body


def frame(body: bytes) -> bytes:
    """A body with its header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def encode(message: Any) -> bytes:
    """JSON as UTF-8. Lone surrogates are escaped, which JSON allows and UTF-8 does not."""
    try:
        return _encoder.encode(message)
    except UnicodeEncodeError:
        return json.dumps(message).encode()


def decode(body: bytes) -> Any:
    """The JSON value. Raises `ValueError` with the reason where it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Lone surrogates and NaN, which msgspec refuses and the standard library, like most clients' own, does not.
        try:
            return json.loads(body)
        except RecursionError:
            raise ValueError("nested too deeply") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def request(number: int | str, method: str, params: Any) -> Json:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def notification(method: str, params: Any) -> Json:
    return {"jsonrpc": "2.0", "method": method, "params": params}


def result(number: Any, value: Any) -> Json:
    return {"jsonrpc": "2.0", "id": number, "result": value}


def error(number: Any, code: int, message: str) -> Json:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": message}}
