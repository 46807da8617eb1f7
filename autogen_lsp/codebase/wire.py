"""Frames between the two processes of the graph: four bytes of length, big-endian, then msgpack."""

from __future__ import annotations

import select
import struct
from collections.abc import Callable
from io import FileIO

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


def waits(stream: FileIO, seconds: float) -> bool:
    """Whether something can be read within this time; the end of the stream counts."""
    return bool(select.select([stream], [], [], seconds)[0])


def read(stream: FileIO) -> bytes | None:
    """The next frame's body; None at the end of the stream. Blocking."""
    header = _exactly(stream, HEADER)
    return None if header is None else _exactly(stream, length(header))


def _exactly(stream: FileIO, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = stream.read(size - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)
