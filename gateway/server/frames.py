"""WebSocket frames (RFC 6455), from a buffer and into one: text and control frames of a bounded size."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
PROTOCOL_ERROR, UNSUPPORTED, INCONSISTENT, TOO_BIG = 1002, 1003, 1007, 1009
MOST_FRAGMENTS = 1024  # empty ones take room too
# RFC 6455 section 7.4 and the registry that it makes: what a peer may send as the reason of a close.
_CLOSE_CODES = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015)})
_PRIVATE_CLOSE_CODES = range(3000, 5000)
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Violation(Exception):  # noqa: N818 - what the peer did, not what went wrong here
    """The peer broke a rule; ``code`` is the close code to tell it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def asks_for_websocket(environ: Mapping[str, Any]) -> bool:
    """Whether a request's version and key are those of a handshake (RFC 6455 section 4.2.1)."""
    return environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13" and len(environ.get("HTTP_SEC_WEBSOCKET_KEY", "")) == 24


def accept_key(key: str) -> str:
    """The ``Sec-WebSocket-Accept`` that answers a ``Sec-WebSocket-Key``."""
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()).decode()


def frame(data: bytes, opcode: int = TEXT) -> bytes:
    """One unmasked frame, as a server sends it."""
    length = len(data)
    if length < 126:
        return bytes((0x80 | opcode, length)) + data
    if length < 65_536:
        return bytes((0x80 | opcode, 126, length >> 8, length & 255)) + data
    return bytes((0x80 | opcode, 127)) + length.to_bytes(8, "big") + data


def masked(data: bytes, mask: bytes) -> bytes:
    """``data`` under a mask of four bytes, as a client sends it; and back again (RFC 6455 section 5.3)."""
    length = len(data)
    repeated = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(data, "little") ^ int.from_bytes(repeated, "little")).to_bytes(length, "little")


class Frames:
    """Parses a client's frames; joins fragments, and counts them as they come."""

    __slots__ = ("_fragments", "_limit", "_rest", "_total")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest = b""
        self._fragments: list[bytes] | None = None
        self._total = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The messages, as (opcode, payload), that ``data`` completes, each before the following bytes are read.

        Raises Violation for a message over the limit as soon as its length is declared, for binary messages, for frames
        without a mask, with reserved bits, out of order, or with a length in too long a form, and for a close with an
        invalid code. After that nothing more can be read.
        """
        if self._rest:
            data = self._rest + data
        at, size = 0, len(data)
        while size - at >= 2:
            first, length = data[at], data[at + 1]
            if length < 128 or first & 0x70:
                raise Violation(PROTOCOL_ERROR)
            length &= 127
            begin = at + 6
            if length >= 126:
                self._check(first & 15, length, final=first >= 128)
                width = 2 if length == 126 else 8
                begin += width
                if size < at + 2 + width:
                    break
                length = int.from_bytes(data[at + 2 : at + 2 + width], "big")
                if length < 126 or (width == 8 and length < 65_536):
                    raise Violation(PROTOCOL_ERROR)
            opcode = first & 15
            self._check(opcode, length, final=first >= 128)
            if size < begin + length:
                break
            payload = masked(data[begin : begin + length], data[begin - 4 : begin])
            at = begin + length
            if opcode >= CLOSE:
                if opcode == CLOSE:
                    _check_close(payload)
                yield opcode, payload
            elif first >= 128 and self._fragments is None:
                yield opcode, payload
            elif (message := self._gathered(payload, final=first >= 128)) is not None:
                yield TEXT, message
        self._rest = data[at:]

    def letter(self, data: bytes) -> int:
        """The one ASCII letter, as its code, of a message that is ``data``: seven bytes. -1 for all else, to be fed.

        The same as ``feed`` yields, without an object: half of what a waiting client sends are such messages.
        """
        if data[0] == 0x81 and data[1] == 0x81 and not self._rest and self._fragments is None:
            return data[2] ^ data[6]
        return -1

    def _check(self, opcode: int, length: int, *, final: bool) -> None:
        if opcode >= CLOSE:
            if opcode > PONG or length > 125 or not final:
                raise Violation(PROTOCOL_ERROR)
            return
        if opcode == BINARY:
            raise Violation(UNSUPPORTED)
        if opcode > BINARY or (opcode == TEXT) != (self._fragments is None):
            raise Violation(PROTOCOL_ERROR)
        if self._total + length > self._limit:
            raise Violation(TOO_BIG)

    def _gathered(self, payload: bytes, *, final: bool) -> bytes | None:
        """The message that this fragment ends; None where more follow."""
        if self._fragments is None:
            self._fragments = []
        self._fragments.append(payload)
        self._total += len(payload)
        if len(self._fragments) > MOST_FRAGMENTS:
            raise Violation(TOO_BIG)
        if not final:
            return None
        message = b"".join(self._fragments)
        self._fragments, self._total = None, 0
        return message


def _check_close(payload: bytes) -> None:
    """Raise Violation for a close with an invalid code or reason (RFC 6455 section 5.5.1)."""
    if not payload:
        return
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or (code not in _CLOSE_CODES and code not in _PRIVATE_CLOSE_CODES):
        raise Violation(PROTOCOL_ERROR)
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        raise Violation(INCONSISTENT) from None
