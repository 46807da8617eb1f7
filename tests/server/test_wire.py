"""The base protocol: bytes in any pieces become messages, and no bytes break the stream."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_lsp.server import wire

BODIES = [b'{"a":1}', b"[]", '{"t":"é😀"}'.encode(), b"{}"]


@given(st.lists(st.integers(1, 40), max_size=30))
def test_bodies_come_out_whole_however_the_stream_is_cut(cuts: list[int]) -> None:
    stream = b"".join(map(wire.frame, BODIES))
    framing, got, at = wire.Framing(), [], 0
    for size in cuts:
        got += framing.feed(stream[at : at + size])
        at += size
    got += framing.feed(stream[at:])
    assert got == BODIES


@pytest.mark.parametrize(
    "noise",
    [
        b"hello\r\n\r\n",
        b"Content-Type: x\r\n\r\n",
        b"Content-Length: abc\r\n\r\n",
        b"Content-Length: 99999999999\r\n\r\n",
        b"\n\n",
        b"x" * 200_000 + b"\r\n\r\n",
    ],
)
def test_noise_between_messages_costs_only_itself(noise: bytes) -> None:
    assert list(wire.Framing().feed(wire.frame(b"{}") + noise + wire.frame(b"[]"))) == [b"{}", b"[]"]


def test_header_names_are_case_insensitive_and_other_headers_are_ignored() -> None:
    stream = b"content-type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: 2\r\n\r\n{}"
    assert list(wire.Framing().feed(stream)) == [b"{}"]


@pytest.mark.parametrize("text", ["plain", "é😀", "\ud83d", "a\udfffb"])
def test_text_survives_the_round_trip_lone_surrogates_too(text: str) -> None:
    assert wire.decode(wire.encode({"t": text})) == {"t": text}
    assert json.loads(wire.encode({"t": text})) == {"t": text}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"nope", b"[" * 100_000])
def test_what_is_not_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        wire.decode(body)
