"""One client of Engine.IO that polls: packets wait for its next GET, and come with its POSTs."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Sequence
from typing import Protocol

from gateway.foundation import callers
from gateway.server.connection import Connection
from gateway.server.socketio.engine_socket import (
    BINARY_PACKETS,
    MOST_UNREAD,
    WAITING_PACKETS,
    EngineSocket,
    SessionHost,
)

NOOP = b"6"
CLOSE = b"1"
# The separator of packets in a body (Engine.IO protocol 4, "Packet encoding").
SEPARATOR = "\x1e"
# How long a poll waits beside an upgrade under way: the client may be waiting for this poll to end.
_BESIDE_UPGRADE_SECONDS = 0.25


class Prober(Protocol):
    """The WebSocket of an upgrade under way."""

    probed: bool  # whether it has sent its probe
    wire: Connection


class PollingSocket(EngineSocket):
    """One client that polls, until it ends or a WebSocket takes its place."""

    __slots__ = ("_address", "_known", "_news", "_posting", "_size", "_successor", "_unread", "prober", "token")

    def __init__(self, engine: SessionHost, sid: str, token: str, address: str) -> None:
        """``token`` is the cookie that its caller has to bring back, ``address`` where the handshake came from."""
        super().__init__(engine, sid)
        self.token = token
        self.prober: Prober | None = None  # the WebSocket that is about to take its place
        self._address = address
        self._known = False  # whether the cookie has come back once: then the address alone is not enough
        self._unread: list[bytes] = []
        self._size = 0
        self._news: threading.Event | None = None  # of the poll that waits
        self._posting = False
        self._successor: EngineSocket | None = None

    def belongs_to(self, tokens: Sequence[str], address: str) -> bool:
        """Whether a request with these cookies from this address comes from the caller of the handshake."""
        if any(hmac.compare_digest(token.encode(), self.token.encode()) for token in tokens):
            self._known = True
            return True
        return not self._known and address == self._address

    def send_encoded(self, data: bytes) -> None:
        """Keep a packet for the next poll; one that leaves too much unread is closed."""
        if self._successor is not None:
            self._successor.send_encoded(data)
        if self.closed:
            return
        self._size += len(data)
        if self._size > MOST_UNREAD:
            self.close(abort=True, reason=self.engine.eio.reason.TRANSPORT_ERROR)
            return
        self._unread.append(data)
        self._wake()

    def poll(self) -> bytes | None:
        """The body that answers a poll, once there is something to tell; None where the session is over.

        A second poll beside one that waits ends the session, as does a caller who hangs up: what a lost answer held
        nobody knows.
        """
        if self._news is not None:
            self.close(reason=self.engine.eio.reason.TRANSPORT_ERROR)
            return None
        if not self._unread and not self.closed:
            self._news = threading.Event()
            try:
                probed = self.prober is not None and self.prober.probed
                callers.wait(self._news, _BESIDE_UPGRADE_SECONDS if probed else self.engine.longest_silence)
            finally:
                self._news = None
        if callers.gone():
            self.close(abort=True, reason=self.engine.eio.reason.TRANSPORT_CLOSE)
            return None
        taken = self._taken()
        if not taken:
            return None if self.closed else NOOP
        return SEPARATOR.encode().join(taken)

    def post(self, body: bytes) -> bool:
        """Take what the client has posted; False, and the session's end, where it is no payload of packets.

        A POST beside one that is being handled is none either: the packets would have no order.
        """
        packets = _packets(body)
        if packets is None or self._posting:
            self.close(abort=True, reason=self.engine.eio.reason.TRANSPORT_ERROR)
            return False
        self._posting = True
        try:
            for packet in packets:
                if packet == "1":
                    self._told_to_close()
                elif self.closed:
                    return False
                elif packet == "3":
                    self.ponged()
                else:
                    self.engine.message(self, packet[1:])
        finally:
            self._posting = False
        return packets[-1] == "1" or not self.closed or self._successor is not None

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: ARG002
        """Tell the application, then the client unless ``abort``, and close."""
        self._end(b"" if abort else CLOSE, reason or self.engine.eio.reason.SERVER_DISCONNECT)

    def hand_over(self, successor: EngineSocket) -> list[bytes]:
        """A WebSocket takes its place: what is unread. A poll that waits is answered with nothing to do."""
        self._successor, self.prober = successor, None
        self.closed = True  # the client is still there, and the application is not told
        unread = [packet for packet in self._taken() if packet != NOOP]
        if self._news is not None:
            self._unread = [NOOP]
            self._wake()
        return unread

    def release_poll(self) -> None:
        """Answer the poll that waits with nothing to do: an upgrade is under way."""
        if self._news is not None and not self._unread:
            self.send_encoded(NOOP)

    def _told_to_close(self) -> None:
        self._end(NOOP, self.engine.eio.reason.CLIENT_DISCONNECT)

    def _end(self, farewell: bytes, reason: str) -> None:
        """Close; ``farewell`` answers the poll that waits, nothing where it is empty."""
        if self.closed or self.closing:
            return
        self.closing = True
        self.engine.gone(self, reason)
        self.closed = True
        self._unread = [farewell] if farewell else []
        self._wake()
        prober, self.prober = self.prober, None
        if prober is not None:
            prober.wire.cut()

    def _taken(self) -> list[bytes]:
        taken, self._unread = self._unread, []
        self._size = 0
        return taken

    def _wake(self) -> None:
        if self._news is not None:
            self._news.set()


def _packets(body: bytes) -> list[str] | None:
    """The packets of a posted body; None unless each is a message, an answer to a ping, or the end."""
    try:
        packets = body.decode().split(SEPARATOR)
    except UnicodeDecodeError:
        return None
    if len(packets) > WAITING_PACKETS:
        return None
    for packet in packets:
        if packet not in ("1", "3") and (packet[:1] != "4" or packet[1:2] in BINARY_PACKETS):
            return None
    return packets
