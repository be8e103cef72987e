"""Serving with the lean transport: accepts connections in the hub, and turns the wheel that closes and pings them."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from typing import Any

import eventlet
from eventlet.hubs import get_hub

from gateway.foundation.wsgi import Environ, PlainAnswers, Wsgi
from gateway.transport.engine import Engine
from gateway.transport.http import HttpConnection, Served

TURN_SECONDS = 0.5
ACCEPTED_AT_ONCE = 32
MOST_CONNECTIONS = 100_000
_POLLING_EVERY_TURNS = 10

_log = logging.getLogger(__name__)


class LeanServer:
    """Serves one WSGI app, and the engine's WebSockets, on one listener."""

    def __init__(
        self,
        listener: Any,
        wsgi: Wsgi,
        plain: PlainAnswers | None,
        engine: Engine,
        proxied: Any,
        *,
        body_bytes: int,
        larger_bodies: Callable[[Environ], int] = lambda _environ: 0,
    ) -> None:
        self._listener: socket.socket = listener.fd
        self._engine = engine
        self._proxied = proxied  # puts what trusted proxies say into an environ
        self._connections: set[HttpConnection] = set()
        self._listening: Any = None
        self._turning: Any = None
        name, port = listener.getsockname()[:2]
        base: Environ = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": _Errors(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "SCRIPT_NAME": "",
            "SERVER_NAME": name,
            "SERVER_PORT": str(port),
            "GATEWAY_INTERFACE": "CGI/1.1",
        }
        # What trusted proxies say is put into an environ: with them, all goes by WSGI.
        plain = plain if proxied is None else None
        self._larger_bodies = larger_bodies
        self._served = Served(base, wsgi, plain, self._upgrade, self._forget, body_bytes, self._larger)

    def _larger(self, environ: Environ) -> int:
        if self._proxied is not None:
            self._proxied(environ, None)
        return int(self._larger_bodies(environ))

    def start(self) -> None:
        """Begin to accept."""
        self._listener.setblocking(False)
        self._listening = get_hub().add("read", self._listener.fileno(), self._accept, _thrown, None)
        self._turning = eventlet.spawn(self._turn)

    def stop(self) -> None:
        """Accept no more; idle connections are closed at once, the others after their answer."""
        if self._listening is not None:
            get_hub().remove(self._listening)
            self._listening = None
        for connection in list(self._connections):
            connection.leave()

    def _accept(self, _fileno: int) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                sock, address = self._listener.accept()
            except BlockingIOError:
                return
            except OSError:
                return  # gone again already, or no descriptor is free: the next turn of the hub sees it
            sock.setblocking(False)
            if len(self._engine.eio.sockets) + len(self._connections) >= MOST_CONNECTIONS:
                sock.close()
                continue
            self._connections.add(HttpConnection(sock, address[0], self._served))

    def _forget(self, connection: HttpConnection) -> None:
        self._connections.discard(connection)

    def _upgrade(self, environ: Environ, connection: HttpConnection, rest: bytes) -> bool:
        if self._proxied is not None:
            self._proxied(environ, None)
        if not self._engine.upgrade(environ, connection.wire, rest):
            return False
        self._connections.discard(connection)
        return True

    def _turn(self) -> None:
        turns = 0
        while True:
            eventlet.sleep(TURN_SECONDS)
            turns += 1
            try:
                self._engine.turn()
                for connection in [one for one in self._connections if one.overdue]:
                    connection.wire.cut()
                if turns % _POLLING_EVERY_TURNS == 0:
                    self._engine.watch_polling()
            except Exception:  # noqa: BLE001 - one connection's fault must not end the pinging of all others
                _log.exception("a turn of the connections' wheel failed")


class _Errors:
    """``wsgi.errors``: what is written there goes to the log."""

    def write(self, text: str) -> None:
        """Log a line."""
        if text.strip():
            _log.error(text.rstrip())

    def flush(self) -> None:
        """Nothing is held back."""


def _thrown(*_error: Any) -> None:
    """The hub's way to tell a waiting greenlet that its descriptor is gone; there is none here."""
