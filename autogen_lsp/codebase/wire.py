"""Frames between the two processes of the graph: four bytes of length, big-endian, then msgpack."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from autogen_lsp.codebase.model import Ask, Message

_LENGTH = struct.Struct(">I")
HEADER = _LENGTH.size

encode = msgspec.msgpack.Encoder().encode
decode_ask: Callable[[bytes], Ask] = msgspec.msgpack.Decoder(Ask).decode
decode_message: Callable[[bytes], Message] = msgspec.msgpack.Decoder(Message).decode


def frame(message: Ask | Message) -> bytes:
    body = encode(message)
    return _LENGTH.pack(len(body)) + body


def length(header: bytes) -> int:
    """Bytes that follow the header."""
    (size,) = _LENGTH.unpack(header)
    return int(size)


def read(stream: BinaryIO) -> bytes | None:
    """The next frame's body; None at the end of the stream. Blocking."""
    header = stream.read(HEADER)
    if len(header) < HEADER:
        return None
    body = stream.read(length(header))
    return body if len(body) == length(header) else None
