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
from engineio.packet import NOOP
from pydantic_core import to_json

from gateway.transport import frames
from gateway.transport.events import DirectEvents
from gateway.transport.lean_socket import LeanSocket
from gateway.transport.table import SocketTable
from gateway.transport.wire import Wire

PATH = "/socket.io/"
_USUAL = "EIO=4&transport=websocket"
_USUAL_QUERY = parse_qs(_USUAL)
_SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
_PING = frames.frame(b"2")


class Engine:
    """The engine's lean sockets: opens them, pings them all from one wheel, and closes those that are silent."""

    def __init__(self, socketio: Any) -> None:
        self.eio = socketio.eio
        self.events = DirectEvents(socketio)
        self.packet_bytes: int = self.eio.max_http_buffer_size
        self._turning = False
        self._sockets = SocketTable()
        # By session id: whoever leaves is not kept until its turn.
        self._to_ping: deque[tuple[float, str]] = deque()
        self._to_hear: deque[tuple[float, str]] = deque()
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
        query = _USUAL_QUERY if environ["QUERY_STRING"] == _USUAL else parse_qs(environ["QUERY_STRING"])
        if environ["PATH_INFO"] != PATH or query.get("transport") != ["websocket"] or query.get("EIO") != ["4"]:
            return False
        if not frames.asks_for_websocket(environ):
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
        self._to_ping.append((time.monotonic() + self.eio.ping_interval, socket.sid))

    def turn(self) -> None:
        """One turn of the wheel: ping who is due, close who has not answered or has joined no namespace in time."""
        now = time.monotonic()
        while self._to_ping and self._to_ping[0][0] <= now:
            socket = self._sockets.get(self._to_ping.popleft()[1])
            if isinstance(socket, LeanSocket) and not socket.closed:
                socket.answer_due = now + self.eio.ping_timeout
                self._to_hear.append((socket.answer_due, socket.sid))
                socket.wire.write(_PING)
        while self._to_hear and self._to_hear[0][0] <= now:
            due, sid = self._to_hear.popleft()
            socket = self._sockets.get(sid)
            # A later ping may be under way by now: it has a deadline of its own.
            if isinstance(socket, LeanSocket) and socket.answer_due == due:
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
