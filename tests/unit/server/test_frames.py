"""WebSocket frames: RFC 6455's rules one by one, and the same messages however the bytes are cut."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.server.frames import (
    BINARY,
    CLOSE,
    INCONSISTENT,
    MOST_FRAGMENTS,
    PING,
    PONG,
    PROTOCOL_ERROR,
    TEXT,
    TOO_BIG,
    UNSUPPORTED,
    Frames,
    Violation,
    accept_key,
    asks_for_websocket,
    frame,
)

LIMIT = 70_000
CONTINUATION = 0
MASK = b"\x11\x22\x33\x44"


def sent(
    payload: bytes = b"",
    opcode: int = TEXT,
    *,
    final: bool = True,
    reserved: int = 0,
    mask: bytes | None = MASK,
    width: int | None = None,
) -> bytes:
    """A frame as a client sends it; ``width`` is of its length's further bytes, the least by default."""
    length = len(payload)
    if width is None:
        width = 0 if length < 126 else 2 if length < 65_536 else 8
    short = {0: length, 2: 126, 8: 127}[width]
    head = struct.pack("!BB", (128 if final else 0) | reserved | opcode, (128 if mask else 0) | short)
    head += length.to_bytes(width, "big") if width else b""
    if not mask:
        return head + payload
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def read(*pieces: bytes, limit: int = LIMIT) -> tuple[list[tuple[int, bytes]], int | None]:
    """The messages in pieces of bytes, and the close code of the violation at their end."""
    frames = Frames(limit)
    messages: list[tuple[int, bytes]] = []
    try:
        for piece in pieces:
            messages.extend(frames.feed(piece))
    except Violation as violation:
        return messages_before(pieces, limit), violation.code
    return messages, None


def messages_before(pieces: tuple[bytes, ...], limit: int) -> list[tuple[int, bytes]]:
    """The messages that were told before the violation."""
    frames = Frames(limit)
    told: list[tuple[int, bytes]] = []
    for piece in pieces:
        taken = frames.feed(piece)
        while True:
            try:
                told.append(next(taken))
            except StopIteration:
                break
            except Violation:
                return told
    return told


GOOD = {
    "empty text": (sent(), [(TEXT, b"")]),
    "text": (sent("两位数 42".encode()), [(TEXT, "两位数 42".encode())]),
    "125 bytes": (sent(b"x" * 125), [(TEXT, b"x" * 125)]),
    "126 bytes": (sent(b"x" * 126), [(TEXT, b"x" * 126)]),
    "65535 bytes": (sent(b"x" * 65_535), [(TEXT, b"x" * 65_535)]),
    "65536 bytes": (sent(b"x" * 65_536), [(TEXT, b"x" * 65_536)]),
    "the limit": (sent(b"x" * LIMIT), [(TEXT, b"x" * LIMIT)]),
    "a mask of zeros": (sent(b"abcde", mask=bytes(4)), [(TEXT, b"abcde")]),
    "two fragments": (sent(b"ab", final=False) + sent(b"cd", CONTINUATION), [(TEXT, b"abcd")]),
    "empty fragments": (
        sent(b"", final=False) + sent(b"", CONTINUATION, final=False) + sent(b"", CONTINUATION), [(TEXT, b"")],
    ),
    "a character in two fragments": (
        sent("两".encode()[:1], final=False) + sent("两".encode()[1:], CONTINUATION), [(TEXT, "两".encode())],
    ),
    "a ping between fragments": (
        sent(b"ab", final=False) + sent(b"p", PING) + sent(b"cd", CONTINUATION), [(PING, b"p"), (TEXT, b"abcd")],
    ),
    "a pong of 125 bytes": (sent(b"p" * 125, PONG), [(PONG, b"p" * 125)]),
    "a message after a fragmented one": (
        sent(b"a", final=False) + sent(b"b", CONTINUATION) + sent(b"c"), [(TEXT, b"ab"), (TEXT, b"c")],
    ),
    "a close without a code": (sent(b"", CLOSE), [(CLOSE, b"")]),
    "a close between fragments": (sent(b"a", final=False) + sent(b"", CLOSE), [(CLOSE, b"")]),
    **{
        f"close {code}": (sent(struct.pack("!H", code) + "再见".encode(), CLOSE),
                          [(CLOSE, struct.pack("!H", code) + "再见".encode())])
        for code in (1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999)
    },
}  # fmt: skip

BAD = {
    **{f"reserved bit {bit:#x}": (sent(reserved=bit), PROTOCOL_ERROR) for bit in (0x10, 0x20, 0x40, 0x70)},
    "a reserved bit of a ping": (sent(b"", PING, reserved=0x40), PROTOCOL_ERROR),
    **{f"reserved opcode {code}": (sent(opcode=code), PROTOCOL_ERROR) for code in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    "no mask": (sent(b"abc", mask=None), PROTOCOL_ERROR),
    "an empty frame without a mask": (sent(mask=None), PROTOCOL_ERROR),
    "a ping without a mask": (sent(b"", PING, mask=None), PROTOCOL_ERROR),
    "binary": (sent(b"abc", BINARY), UNSUPPORTED),
    "a binary fragment": (sent(b"abc", BINARY, final=False), UNSUPPORTED),
    "a continuation of nothing": (sent(b"abc", CONTINUATION), PROTOCOL_ERROR),
    "a continuation of what has ended": (
        sent(b"a", final=False) + sent(b"b", CONTINUATION) + sent(b"c", CONTINUATION), PROTOCOL_ERROR,
    ),
    "a message inside another": (sent(b"a", final=False) + sent(b"b"), PROTOCOL_ERROR),
    "a second beginning": (sent(b"a", final=False) + sent(b"b", final=False), PROTOCOL_ERROR),
    "binary inside a text": (sent(b"a", final=False) + sent(b"b", BINARY), UNSUPPORTED),
    **{
        f"opcode {code} fragmented": (sent(b"", code, final=False), PROTOCOL_ERROR) for code in (CLOSE, PING, PONG)
    },
    **{f"opcode {code} of 126 bytes": (sent(b"x" * 126, code), PROTOCOL_ERROR) for code in (CLOSE, PING, PONG)},
    **{
        f"opcode {code} of a long length": (sent(b"x" * 8, code, width=width), PROTOCOL_ERROR)
        for code in (CLOSE, PING, PONG) for width in (2, 8)
    },
    "a length longer than need be": (sent(b"x" * 125, width=2), PROTOCOL_ERROR),
    "a length far longer than need be": (sent(b"x" * 65_535, width=8), PROTOCOL_ERROR),
    "a length of 63 bits": (b"\x81\xff" + b"\x7f" + b"\xff" * 7, TOO_BIG),
    "a length of 64 bits": (b"\x81\xff" + b"\xff" * 8, TOO_BIG),
    "a byte over the limit": (sent(b"x" * (LIMIT + 1)), TOO_BIG),
    "fragments over the limit": (
        sent(b"x" * 40_000, final=False) + sent(b"x" * 40_000, CONTINUATION), TOO_BIG,
    ),
    "too many fragments": (
        sent(b"", final=False) + sent(b"", CONTINUATION, final=False) * MOST_FRAGMENTS, TOO_BIG,
    ),
    "a close of one byte": (sent(b"\x03", CLOSE), PROTOCOL_ERROR),
    **{
        f"close {code}": (sent(struct.pack("!H", code), CLOSE), PROTOCOL_ERROR)
        for code in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)
    },
    "a close whose reason is no UTF-8": (sent(b"\x03\xe8\xff", CLOSE), INCONSISTENT),
    "a close whose reason breaks off": (sent(b"\x03\xe8" + "两".encode()[:2], CLOSE), INCONSISTENT),
}  # fmt: skip


@pytest.mark.parametrize(("data", "messages"), GOOD.values(), ids=GOOD)
def test_valid_http_is_accepted(data: bytes, messages: list[tuple[int, bytes]]) -> None:
    assert read(data) == (messages, None)


@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD)
def test_a_forbidden_frame_is_a_violation_with_its_code(data: bytes, code: int) -> None:
    assert read(data)[1] == code


@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD)
def test_messages_before_a_violation_are_delivered(data: bytes, code: int) -> None:
    """In one piece of bytes with it, or before it: the client sent them before its violation."""
    before = sent(b"first")
    messages, ended = read(before + data)
    assert (messages[0], ended) == ((TEXT, b"first"), code)
    assert read(before, data) == (messages, ended)


SHORT = {**GOOD, **{name: (data, code) for name, (data, code) in BAD.items()}}
SHORT = {name: row for name, row in SHORT.items() if len(row[0]) < 400}


@pytest.mark.parametrize("data", [data for data, _ in SHORT.values()], ids=SHORT)
def test_it_is_the_same_byte_by_byte_and_cut_at_every_offset(data: bytes) -> None:
    data = sent(b"first") + data + sent(b"last")
    whole = read(data)
    assert read(*[data[at : at + 1] for at in range(len(data))]) == whole
    for at in range(len(data) + 1):
        assert read(data[:at], data[at:]) == whole


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
@pytest.mark.parametrize("opcode", [TEXT, PONG, CLOSE])
def test_server_frames_have_no_mask_and_the_shortest_length(size: int, opcode: int) -> None:
    assert frame(b"x" * size, opcode) == sent(b"x" * size, opcode, mask=None)


texts = st.text(max_size=300).map(str.encode)
masks = st.binary(min_size=4, max_size=4)


@st.composite
def message(draw: st.DrawFn) -> tuple[bytes, list[tuple[int, bytes]]]:
    """A text in fragments, with pings and pongs between them; and the expected messages."""
    text = draw(texts)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=4)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    data, told = b"", []
    for at, piece in enumerate(pieces):
        last = at == len(pieces) - 1
        data += sent(piece, CONTINUATION if at else TEXT, final=last, mask=draw(masks))
        if not last and draw(st.booleans()):
            opcode, payload = draw(st.sampled_from([PING, PONG])), draw(st.binary(max_size=125))
            data += sent(payload, opcode, mask=draw(masks))
            told.append((opcode, payload))
    return data, [*told, (TEXT, text)]


def cut(data: bytes, at: list[int]) -> list[bytes]:
    """``data`` in pieces."""
    places = sorted(place % (len(data) + 1) for place in at)
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


@settings(deadline=None)
@given(st.lists(message(), max_size=5), st.lists(st.integers(0, 10_000), max_size=12))
def test_messages_come_out_as_they_went_in(
    messages: list[tuple[bytes, list[tuple[int, bytes]]]], at: list[int]
) -> None:
    """Fragmented, interleaved with control frames, and cut anywhere."""
    data = b"".join(data for data, _ in messages)
    assert read(*cut(data, at)) == ([told for _, all_told in messages for told in all_told], None)


@settings(deadline=None)
@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=12))
def test_any_bytes_are_read_alike_however_they_are_cut(data: bytes, at: list[int]) -> None:
    """Nonsense too: never another error than a violation, never more than was sent."""
    whole = read(data, limit=300)
    assert read(*cut(data, at), limit=300) == whole
    assert sum(len(payload) for _, payload in whole[0]) <= len(data)


def test_the_standards_own_example_of_a_handshake() -> None:
    """RFC 6455 section 1.3."""
    assert accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_a_handshake_has_a_version_and_a_key() -> None:
    whole = {"HTTP_SEC_WEBSOCKET_VERSION": "13", "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ=="}
    assert asks_for_websocket(whole)
    for name in whole:
        assert not asks_for_websocket({**whole, name: ""})
        assert not asks_for_websocket({key: value for key, value in whole.items() if key != name})


@given(st.binary(min_size=7, max_size=7) | st.integers(0, 255).map(lambda code: sent(bytes([code]))))
def test_a_letter_told_without_feeding_is_the_message_that_feeding_yields(data: bytes) -> None:
    letter = Frames(LIMIT).letter(data)
    if letter >= 0:
        assert list(Frames(LIMIT).feed(data)) == [(TEXT, bytes([letter]))]
    else:
        assert data[:2] != sent(b"x")[:2]


@pytest.mark.parametrize("before", [sent(b"a", final=False), sent(b"abc")[:5]], ids=["a fragment", "half a frame"])
def test_a_letter_after_what_is_unfinished_has_to_be_fed(before: bytes) -> None:
    frames = Frames(LIMIT)
    assert not list(frames.feed(before))
    assert frames.letter(sent(b"3")) == -1
