"""What every connection of Engine.IO has, whichever way its packets go: python-engineio's server sends through it."""

from __future__ import annotations

from typing import Any, Protocol

# Bytes that a client may leave unread before its connection ends: a waiting client is sent a few hundred at a time.
MOST_UNREAD = 131_072
# Packets that may wait for the one that is being handled.
WAITING_PACKETS = 64
BINARY_PACKETS = ("5", "6")  # Socket.IO protocol 5: binary event, binary acknowledgement


class SessionHost(Protocol):
    """What a connection asks of the engine that holds it (``socketio.engine.Engine``)."""

    eio: Any  # python-engineio's server
    packet_bytes: int
    longest_silence: float  # seconds

    def welcomes(self, environ: dict[str, Any]) -> bool:
        """Whether the request's origin may connect."""

    def polling_of(self, sid: str, environ: dict[str, Any]) -> Any:
        """The polling session, if it is this caller's."""

    def begin_session(self, socket: Any, environ: dict[str, Any]) -> None:
        """Hold a new session and tell the application."""

    def opening(self, sid: str, upgrades: list[str]) -> bytes:
        """The handshake's packet."""

    def message(self, socket: Any, packet: str) -> None:
        """Hand a Socket.IO packet on."""

    def take_over(self, socket: Any, polling: Any) -> None:
        """A WebSocket takes a polling session over."""

    def probe_lost(self, socket: Any, polling: Any) -> None:
        """The WebSocket of an upgrade has gone; polling goes on."""

    def gone(self, socket: Any, reason: str) -> None:
        """A session is over."""

    def ping_later(self, socket: Any) -> None:
        """Ping it once the interval is over."""


class EngineSocket:
    """One connection of Engine.IO, by its session id."""

    __slots__ = ("_session", "answer_due", "closed", "closing", "engine", "sid")
    connected = True
    upgraded = False

    def __init__(self, engine: SessionHost, sid: str) -> None:
        self.engine = engine
        self.sid = sid
        self.closed = self.closing = False
        self.answer_due = 0.0  # when the answer to the ping under way is; 0 where there is none
        self._session: dict[str, Any] | None = None

    @property
    def session(self) -> dict[str, Any]:
        """What python-engineio's users may keep with a socket; made when it is asked for."""
        if self._session is None:
            self._session = {}
        return self._session

    @session.setter
    def session(self, value: dict[str, Any]) -> None:
        self._session = value

    def send(self, pkt: Any) -> None:
        """Send an Engine.IO packet."""
        self.send_encoded(pkt.encode().encode())

    def send_encoded(self, data: bytes) -> None:
        """Send an Engine.IO packet that is encoded already."""
        raise NotImplementedError

    def ping(self) -> None:
        """Send a ping of Engine.IO; called for one that is not closed."""
        self.send_encoded(b"2")

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Tell the application, then the client unless ``abort``, and close. ``wait`` is python-engineio's."""
        raise NotImplementedError

    def ponged(self) -> None:
        """The client has answered a ping: the next one is due an interval later."""
        if self.answer_due:
            self.answer_due = 0.0
            self.engine.ping_later(self)
