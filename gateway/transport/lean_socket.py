"""One client on a lean WebSocket, as python-engineio's server knows its sockets: no greenlet, no queue, no task."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from engineio.packet import NOOP, Packet

from gateway.transport import frames
from gateway.transport.runners import run_now
from gateway.transport.wire import Wire

if TYPE_CHECKING:
    from gateway.transport.engine import Engine

WAITING_PACKETS = 64
_BINARY_PACKETS = ("5", "6")  # Socket.IO protocol 5: binary event, binary acknowledgement
_GOING_AWAY = b"\x03\xe8"  # close code 1000


class LeanSocket:
    """One client on a WebSocket, as python-engineio's server knows its sockets."""

    __slots__ = (
        "_busy", "_engine", "_frames", "_polling", "_session", "_waiting", "answer_due", "closed",
        "closing", "connected", "sid", "upgraded", "upgrading", "wire",
    )  # fmt: skip

    def __init__(self, engine: Engine, sid: str, wire: Wire, polling: Any = None) -> None:
        self._engine = engine
        self._frames = frames.Frames(engine.packet_bytes)
        self._polling = polling  # python-engineio's socket, until the client has left it for this one
        self._session: dict[str, Any] | None = None
        self._waiting: deque[str | None] | None = None
        self._busy = False
        self.sid = sid
        self.wire = wire
        self.closed = self.closing = self.upgrading = False
        self.connected = self.upgraded = True
        self.answer_due = 0.0  # when the answer to the ping under way is; 0 where there is none
        wire.on_data = self._heard
        wire.on_lost = self._lost

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
        if not self.closed:
            self.wire.write(frames.frame(pkt.encode().encode()))

    def send_encoded(self, data: bytes) -> None:
        """Send an Engine.IO packet that is encoded already."""
        if not self.closed:
            self.wire.write(frames.frame(data))

    def check_ping_timeout(self) -> bool:
        """For python-engineio; the engine's own wheel looks after these sockets."""
        return True

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: ARG002
        """Tell the application, then the client unless ``abort``, and close."""
        if self.closed or self.closing:
            return
        self.closing = True
        self._engine.gone(self.sid, reason or self._engine.eio.reason.SERVER_DISCONNECT)
        if not abort:
            self.wire.write(frames.frame(b"1") + frames.frame(_GOING_AWAY, frames.CLOSE))
        self.closed = True
        self.wire.close()

    def _heard(self, data: bytes) -> None:
        try:
            messages = self._frames.feed(data)
        except frames.Violation as violation:
            self._end(violation.code)
            return
        for opcode, payload in messages:
            if opcode == frames.TEXT:
                try:
                    self._packet(payload.decode())
                except UnicodeDecodeError:
                    self._end(frames.INCONSISTENT)
            elif opcode == frames.PING:
                self.wire.write(frames.frame(payload, frames.PONG))
            elif opcode == frames.CLOSE:
                self.wire.write(frames.frame(payload[:2], frames.CLOSE))
                self.wire.close()

    def _end(self, code: int) -> None:
        self.wire.write(frames.frame(code.to_bytes(2, "big"), frames.CLOSE))
        self.wire.close()

    def _packet(self, text: str) -> None:
        if self._polling is not None:
            self._probe(text)
            return
        kind = text[:1]
        if kind == "4":
            if text[1:2] in _BINARY_PACKETS:
                self._end(frames.UNSUPPORTED)
            else:
                self._take(text)
        elif kind == "3":
            if self.answer_due:
                self.answer_due = 0.0
                self._engine.ping_later(self)
        elif kind == "1":
            self.wire.close()
        else:
            self._end(frames.PROTOCOL_ERROR)

    def _probe(self, text: str) -> None:
        polling = self._polling
        if text == "2probe":
            polling.upgrading = True
            self.wire.write(frames.frame(b"3probe"))
            polling.queue.put(Packet(NOOP))  # ends the poll that waits
        elif text == "5":
            self._polling = None
            self._engine.take_over(self, polling)
        else:
            self._end(frames.PROTOCOL_ERROR)

    def _take(self, text: str | None) -> None:
        """Have a message handled after those before it; None stands for the end of the connection."""
        if self._busy:
            if self._waiting is None:
                self._waiting = deque()
            self._waiting.append(text)
            if text is not None and len(self._waiting) > WAITING_PACKETS:
                self.wire.cut()
            return
        self._busy = True
        run_now(self._handle_all, text)

    def _handle_all(self, text: str | None) -> None:
        while True:
            if text is None:
                self._gone()
            elif not self.closed:
                packet = text[1:]
                if not self._engine.events.answered(self.sid, packet, self.send_encoded):
                    self._engine.eio.handlers["message"](self.sid, packet)
            if not self._waiting:
                break
            text = self._waiting.popleft()
        self._busy = False

    def _lost(self) -> None:
        if self._polling is not None:
            self._polling.upgrading = False
        elif not self.closed:
            self._take(None)

    def _gone(self) -> None:
        if not self.closed and not self.closing:
            self.closing = True
            self._engine.gone(self.sid, self._engine.eio.reason.TRANSPORT_CLOSE)
            self.closed = True
