"""Engine.IO 4 over WebSockets and over polling: what python-engineio's server does, without greenlet, queue and task.

python-socketio stays in front for the Socket.IO protocol: it sends through the sockets kept in the engine's
table, and hears their messages.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from sys import intern
from typing import Any
from urllib.parse import parse_qs

import eventlet
from pydantic_core import to_json

from gateway.http.problems import language_of
from gateway.server import frames
from gateway.server.connection import Connection
from gateway.server.socketio.direct_events import DirectEvents
from gateway.server.socketio.engine_socket import EngineSocket
from gateway.server.socketio.internals import origin_is_allowed, take_engine_over
from gateway.server.socketio.polling import Polling, tokens_of
from gateway.server.socketio.polling_socket import PollingSocket
from gateway.server.socketio.websocket_session import WebSocketSession

PATH = "/socket.io/"
_USUAL = "EIO=4&transport=websocket"
_USUAL_QUERY = parse_qs(_USUAL)
_SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "


class Engine:
    """The engine's sockets: opens them, pings them all from one wheel, and closes those that are silent."""

    def __init__(self, socketio: Any, connect_deadline: float) -> None:
        """``connect_deadline``, in seconds, is what an upgrade may take."""
        self.eio = socketio.eio
        self.events = DirectEvents(socketio)
        self.packet_bytes: int = self.eio.max_http_buffer_size
        self.longest_silence: float = self.eio.ping_interval + self.eio.ping_timeout
        self._connect_deadline = connect_deadline
        self._turning = False
        self._sockets: dict[str, EngineSocket] = {}
        self._probing = 0
        # By session id: a session that ends is forgotten at once, not at its turn. All of one turn have one moment.
        self._answered: list[str] = []  # since the last turn
        self._to_ping: deque[tuple[float, list[str]]] = deque()
        self._to_hear: deque[tuple[float, list[str]]] = deque()
        self._to_call: deque[tuple[float, Callable[..., Any], tuple[Any, ...]]] = deque()

    def begin(self) -> None:
        """Serve the sockets from now on, and look after them by `turn`."""
        take_engine_over(self.eio, self._sockets, Polling(self).answer)
        self._turning = True

    @property
    def connections(self) -> int:
        """How many connections there are: sockets, and WebSockets that are about to take a polling one over."""
        return len(self._sockets) + self._probing

    @property
    def busy(self) -> bool:
        """Whether a turn will have anything to do."""
        return bool(self._answered or self._to_ping or self._to_hear or self._to_call)

    def call_later(self, seconds: float, function: Callable[..., Any], *arguments: Any) -> None:
        """Call ``function`` after ``seconds``, which must be the same for all calls."""
        if self._turning:
            self._to_call.append((time.monotonic() + seconds, function, arguments))
        else:
            eventlet.spawn_after(seconds, function, *arguments)

    def upgrade(self, environ: dict[str, Any], wire: Connection, rest: bytes) -> bool:
        """Take a connection over as a WebSocket; False where it must be answered as an ordinary request."""
        query = _USUAL_QUERY if environ["QUERY_STRING"] == _USUAL else parse_qs(environ["QUERY_STRING"])
        if environ["PATH_INFO"] != PATH or query.get("transport") != ["websocket"] or query.get("EIO") != ["4"]:
            return False
        if not frames.asks_for_websocket(environ) or not self.welcomes(environ):
            return False
        polling = None
        if "sid" in query:
            polling = self.polling_of(query["sid"][0], environ)
            if polling is None or polling.prober is not None:
                return False
        answer = _SWITCHING + frames.accept_key(environ["HTTP_SEC_WEBSOCKET_KEY"]).encode() + b"\r\n\r\n"
        if polling is None:
            sid = self.eio.generate_id()
            wire.write(answer + frames.frame(self.opening(sid, [])))
            socket = WebSocketSession(self, sid, wire)
            self.begin_session(socket, environ)
        else:
            wire.write(answer)
            polling.prober = socket = WebSocketSession(self, polling.sid, wire, polling)
            self._probing += 1
            self.call_later(self._connect_deadline, self._end_probe, socket, polling)
        if rest:
            wire.on_data(rest)
        return True

    def welcomes(self, environ: dict[str, Any]) -> bool:
        """Whether a request may come from where it says that it does; programs that are no browsers say nothing."""
        origin = environ.get("HTTP_ORIGIN")
        return not origin or origin_is_allowed(self.eio, environ, origin)

    def polling_of(self, sid: str, environ: dict[str, Any]) -> PollingSocket | None:
        """The polling session of this id, where the request is of its caller's."""
        socket = self._sockets.get(sid)
        if not isinstance(socket, PollingSocket) or socket.closed or socket.closing:
            return None
        return socket if socket.belongs_to(tokens_of(environ), environ["REMOTE_ADDR"]) else None

    def begin_session(self, socket: EngineSocket, environ: dict[str, Any]) -> None:
        """A session begins: the application is told, and the heartbeat starts."""
        self._sockets[socket.sid] = socket
        kept = {
            "REMOTE_ADDR": environ["REMOTE_ADDR"],
            "HTTP_HOST": intern(environ.get("HTTP_HOST", "")),  # the same for thousands of sockets
            "wsgi.url_scheme": environ["wsgi.url_scheme"],
        }
        if language_of(environ.get("HTTP_ACCEPT_LANGUAGE", "")) == "zh":
            kept["HTTP_ACCEPT_LANGUAGE"] = "zh"
        self.eio.handlers["connect"](socket.sid, kept)
        self.ping_later(socket)

    def message(self, socket: EngineSocket, packet: str) -> None:
        """A client has sent a packet of Socket.IO, over whichever transport."""
        if not self.events.answered(socket.sid, packet, socket.send_encoded):
            self.eio.handlers["message"](socket.sid, packet)

    def take_over(self, socket: WebSocketSession, polling: PollingSocket) -> None:
        """A polling client has changed to ``socket``: it gets what waits for it, keeps its id and its heartbeat."""
        self._probing -= 1
        socket.answer_due = polling.answer_due
        self._sockets[socket.sid] = socket
        for packet in polling.hand_over(socket):
            socket.send_encoded(packet)

    def probe_lost(self, socket: WebSocketSession, polling: PollingSocket) -> None:
        """A WebSocket has ended before it took a polling client over, which goes on polling."""
        self._probing -= 1
        if polling.prober is socket:
            polling.prober = None

    def _end_probe(self, socket: WebSocketSession, polling: PollingSocket) -> None:
        if polling.prober is socket:
            socket.wire.cut()

    def gone(self, socket: EngineSocket, reason: str) -> None:
        """Tell the application that a session is over, and forget it; unless another socket has taken it over."""
        if self._sockets.get(socket.sid) is not socket:
            return
        try:
            self.eio.handlers["disconnect"](socket.sid, reason)
        finally:
            self._sockets.pop(socket.sid, None)

    def ping_later(self, socket: EngineSocket) -> None:
        """Ping ``socket`` an interval after the next turn; all intervals are the same, so the last is the latest."""
        self._answered.append(socket.sid)

    def turn(self) -> None:
        """One turn of the wheel: ping who is due, close who has not answered or has joined no namespace in time."""
        now = time.monotonic()
        if self._answered:
            self._to_ping.append((now + self.eio.ping_interval, self._answered))
            self._answered = []
        if self._to_ping and self._to_ping[0][0] <= now:
            self._ping_due(now)
        for sid in _due(self._to_hear, now):
            socket = self._sockets.get(sid)
            # A later ping may be under way by now: it has a deadline of its own.
            if socket is not None and 0 < socket.answer_due <= now:
                socket.close(wait=False, reason=self.eio.reason.PING_TIMEOUT)
        while self._to_call and self._to_call[0][0] <= now:
            _, function, arguments = self._to_call.popleft()
            function(*arguments)

    def _ping_due(self, now: float) -> None:
        answer_due = now + self.eio.ping_timeout
        pinged: list[str] = []
        self._to_hear.append((answer_due, pinged))
        for sid in _due(self._to_ping, now):
            socket = self._sockets.get(sid)
            if socket is not None and not socket.closed:
                socket.answer_due = answer_due
                pinged.append(sid)
                socket.ping()

    def opening(self, sid: str, upgrades: list[str]) -> bytes:
        """The first packet of a session."""
        eio = self.eio
        opening = {
            "sid": sid,
            "upgrades": upgrades,
            "pingTimeout": int(eio.ping_timeout * 1000),
            "pingInterval": int(eio.ping_interval * 1000),
            "maxPayload": eio.max_http_buffer_size,
        }
        return b"0" + to_json(opening)


def _due(waiting: deque[tuple[float, list[str]]], now: float) -> Iterator[str]:
    """Take out those whose moment has come, one by one: what the caller's error leaves is taken in the next turn."""
    while waiting and waiting[0][0] <= now:
        sids = waiting[0][1]
        while sids:
            yield sids.pop()
        waiting.popleft()
