"""One client of Engine.IO on a lean WebSocket: no greenlet, no queue, no task."""

from __future__ import annotations

from collections import deque

from gateway.server import frames
from gateway.server.connection import Connection
from gateway.server.greenlet_pool import run_now
from gateway.server.socketio.engine_socket import (
    BINARY_PACKETS,
    MOST_UNREAD,
    WAITING_PACKETS,
    EngineSocket,
    SessionHost,
)
from gateway.server.socketio.polling_socket import PollingSocket

_NORMAL = b"\x03\xe8"  # close code 1000
_PING = frames.frame(b"2")
_PONG = ord("3")
_PONG_BYTES = 7  # head, mask and letter


class WebSocketSession(EngineSocket):
    """One client on a WebSocket; before that, the WebSocket that is about to take a polling client over."""

    __slots__ = ("_busy", "_frames", "_polling", "_waiting", "probed", "wire")
    upgraded = True

    def __init__(self, engine: SessionHost, sid: str, wire: Connection, polling: PollingSocket | None = None) -> None:
        super().__init__(engine, sid)
        self._frames = frames.Frames(engine.packet_bytes)
        self._polling = polling  # until the client has left it for this one
        self._waiting: deque[str | None] | None = None
        self._busy = False
        self.probed = False  # whether the client has tried this WebSocket, beside its polling
        self.wire = wire
        wire.most_unread = MOST_UNREAD
        wire.on_data = self._heard
        wire.on_lost = self._lost

    def send_encoded(self, data: bytes) -> None:
        """Send an Engine.IO packet that is encoded already."""
        if not self.closed:
            self.wire.write(frames.frame(data))

    def ping(self) -> None:
        """Send a ping of Engine.IO; the same bytes for everybody."""
        self.wire.write(_PING)

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: ARG002
        """Tell the application, then the client unless ``abort``, and close."""
        if self.closed or self.closing:
            return
        self.closing = True
        self.engine.gone(self, reason or self.engine.eio.reason.SERVER_DISCONNECT)
        self.closed = True
        if abort:
            self.wire.cut()
            return
        self.wire.write(frames.frame(b"1") + frames.frame(_NORMAL, frames.CLOSE))
        self.wire.close()

    def _heard(self, data: bytes) -> None:
        if len(data) == _PONG_BYTES and self._polling is None and self._frames.letter(data) == _PONG:
            self.ponged()
        elif self.wire.open:  # else it is closed but for what is still to be sent: nothing that follows counts
            self._read(data)

    def _read(self, data: bytes) -> None:
        try:
            for opcode, payload in self._frames.feed(data):
                if opcode == frames.TEXT:
                    self._packet(payload.decode())
                elif opcode == frames.PING:
                    self.wire.write(frames.frame(payload, frames.PONG))
                elif opcode == frames.CLOSE:
                    self.wire.write(frames.frame(payload[:2], frames.CLOSE))
                    self.wire.close()
                if not self.wire.open:
                    return
        except frames.Violation as violation:
            self._end(violation.code)
        except UnicodeDecodeError:
            self._end(frames.INCONSISTENT)

    def _end(self, code: int) -> None:
        self.wire.write(frames.frame(code.to_bytes(2, "big"), frames.CLOSE))
        self.wire.close()

    def _packet(self, text: str) -> None:
        if self._polling is not None:
            self._probe(self._polling, text)
            return
        kind = text[:1]
        if kind == "4":
            if text[1:2] in BINARY_PACKETS:
                self._end(frames.UNSUPPORTED)
            else:
                self._take(text)
        elif kind == "3":
            self.ponged()
        elif kind == "1":
            self.wire.close()
        else:
            self._end(frames.PROTOCOL_ERROR)

    def _probe(self, polling: PollingSocket, text: str) -> None:
        if text == "2probe":
            self.probed = True
            self.wire.write(frames.frame(b"3probe"))
            polling.release_poll()
        elif text == "5" and self.probed:
            self._polling = None
            self.engine.take_over(self, polling)
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
                self.engine.message(self, text[1:])
            if not self._waiting:
                break
            text = self._waiting.popleft()
        self._busy = False

    def _lost(self) -> None:
        if self._polling is not None:
            self.engine.probe_lost(self, self._polling)
        elif not self.closed:
            self._take(None)

    def _gone(self) -> None:
        if not self.closed and not self.closing:
            self.closing = True
            self.engine.gone(self, self.engine.eio.reason.TRANSPORT_CLOSE)
            self.closed = True
