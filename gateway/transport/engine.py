"""Engine.IO over lean WebSockets: what python-engineio's Socket is to its server, without greenlet, queue and task.

python-socketio stays in front for the Socket.IO protocol: it sends through the sockets kept in the engine's
table, and hears their messages. Long polling stays python-engineio's own; a polling client that upgrades comes here.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import eventlet
from engineio.packet import NOOP, Packet
from pydantic_core import to_json

from gateway.transport import frames
from gateway.transport.events import DirectEvents
from gateway.transport.runners import run_now
from gateway.transport.table import SocketTable
from gateway.transport.wire import Wire

PATH = "/socket.io/"
WAITING_PACKETS = 64
_BINARY_PACKETS = ("5", "6")  # Socket.IO protocol 5: binary event, binary acknowledgement
_SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
_PING = frames.frame(b"2")
_GOING_AWAY = b"\x03\xe8"  # close code 1000


class LeanSocket:
    """One client on a WebSocket, as python-engineio's server knows its sockets."""

    __slots__ = (
        "_busy", "_engine", "_frames", "_polling", "_session", "_waiting", "closed", "closing",
        "connected", "pinged", "sid", "upgraded", "upgrading", "wire",
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
        self.pinged = False
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
            if self.pinged:
                self.pinged = False
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


class Engine:
    """The engine's lean sockets: opens them, pings them all from one wheel, and closes those that are silent."""

    def __init__(self, socketio: Any) -> None:
        self.eio = socketio.eio
        self.events = DirectEvents(socketio)
        self.packet_bytes: int = self.eio.max_http_buffer_size
        self._turning = False
        self._sockets = SocketTable()
        self._to_ping: deque[tuple[float, LeanSocket]] = deque()
        self._to_hear: deque[tuple[float, LeanSocket]] = deque()
        self._to_call: deque[tuple[float, Callable[..., Any], tuple[Any, ...]]] = deque()

    def begin(self) -> None:
        """Look after the sockets from now on, by `turn` and `watch_polling`."""
        # python-engineio's own watch walks all sockets all the time.
        self.eio.start_service_task = False
        self.eio.sockets = self._sockets
        self._turning = True

    def call_later(self, seconds: float, function: Callable[..., Any], *arguments: Any) -> None:
        """Call ``function`` after ``seconds``, which must be the same for all calls."""
        if self._turning:
            self._to_call.append((time.monotonic() + seconds, function, arguments))
        else:
            eventlet.spawn_after(seconds, function, *arguments)

    def upgrade(self, environ: dict[str, Any], wire: Wire, rest: bytes) -> bool:
        """Take a connection over as a WebSocket; False where it must be answered as an ordinary request."""
        query = parse_qs(environ["QUERY_STRING"])
        if environ["PATH_INFO"] != PATH or query.get("transport") != ["websocket"] or query.get("EIO") != ["4"]:
            return False
        if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13" or len(environ.get("HTTP_SEC_WEBSOCKET_KEY", "")) != 24:
            return False
        origin = environ.get("HTTP_ORIGIN")
        if origin and origin not in (self.eio._cors_allowed_origins(environ) or ()):
            return False
        sid, polling = "", None
        if "sid" in query:
            polling = self.eio.sockets.get(query["sid"][0])
            if polling is None or isinstance(polling, LeanSocket) or polling.closed or polling.upgrading:
                return False
            sid = polling.sid
        answer = _SWITCHING + frames.accept_key(environ["HTTP_SEC_WEBSOCKET_KEY"]).encode() + b"\r\n\r\n"
        if polling is None:
            sid = self.eio.generate_id()
            answer += frames.frame(self._opening(sid))
        wire.write(answer)
        socket = LeanSocket(self, sid, wire, polling)
        if polling is None:
            self.eio.sockets[sid] = socket
            self.eio.handlers["connect"](sid, {"REMOTE_ADDR": environ["REMOTE_ADDR"]})
            self.ping_later(socket)
        if rest:
            wire.on_data(rest)
        return True

    def take_over(self, socket: LeanSocket, polling: Any) -> None:
        """A polling client has changed to ``socket``: it gets what waits for it, and keeps its id."""
        polling.upgraded = True
        polling.upgrading = False
        polling.closed = True  # ends its own pinging; the client is still there
        while not polling.queue.empty():
            waiting = polling.queue.get(block=False)
            if waiting is not None and waiting.packet_type != NOOP:
                socket.send(waiting)
        polling.queue.put(None)
        self.eio.sockets[socket.sid] = socket
        self.ping_later(socket)

    def gone(self, sid: str, reason: str) -> None:
        """Tell the application that a socket is over, and forget it."""
        try:
            self.eio.handlers["disconnect"](sid, reason)
        finally:
            self.eio.sockets.pop(sid, None)

    def ping_later(self, socket: LeanSocket) -> None:
        """Ping ``socket`` once the interval is over; all intervals are the same, so the last is the latest."""
        self._to_ping.append((time.monotonic() + self.eio.ping_interval, socket))

    def turn(self) -> None:
        """One turn of the wheel: ping who is due, close who has not answered or has joined no namespace in time."""
        now = time.monotonic()
        while self._to_ping and self._to_ping[0][0] <= now:
            socket = self._to_ping.popleft()[1]
            if not socket.closed:
                socket.pinged = True
                self._to_hear.append((now + self.eio.ping_timeout, socket))
                socket.wire.write(_PING)
        while self._to_hear and self._to_hear[0][0] <= now:
            socket = self._to_hear.popleft()[1]
            if socket.pinged:
                socket.close(reason=self.eio.reason.PING_TIMEOUT)
        while self._to_call and self._to_call[0][0] <= now:
            _, function, arguments = self._to_call.popleft()
            function(*arguments)

    def watch_polling(self) -> None:
        """Close the long-polling clients that have gone silent, as python-engineio's own watch would."""
        for sid, socket in list(self._sockets.polling.items()):
            if socket.closed:
                self._sockets.pop(sid, None)
            elif not socket.closing:
                socket.check_ping_timeout()

    def _opening(self, sid: str) -> bytes:
        eio = self.eio
        opening = {
            "sid": sid,
            "upgrades": [],
            "pingTimeout": int(eio.ping_timeout * 1000),
            "pingInterval": int(eio.ping_interval * 1000),
            "maxPayload": eio.max_http_buffer_size,
        }
        return b"0" + to_json(opening)
