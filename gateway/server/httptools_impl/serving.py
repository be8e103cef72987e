"""Accepts connections in the hub, and runs the timer that closes and pings them."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import eventlet

from gateway.foundation.errors import WorkerError
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.foundation.wsgi import Environ, PlainAnswers, Wsgi
from gateway.server.connection import KERNEL_BYTES
from gateway.server.httptools_impl.acceptor import Acceptor
from gateway.server.httptools_impl.admission import Admission
from gateway.server.httptools_impl.http_connection import HttpConnection
from gateway.server.httptools_impl.request_reader import Served
from gateway.server.socketio.engine import Engine

TURN_SECONDS = 0.5
REST_SECONDS = 5.0  # without any connection


class HttptoolsServer:
    """Serves one WSGI app, and the engine's WebSockets, on one listener; over TLS with a TLS context."""

    def __init__(
        self, listener: Any, wsgi: Wsgi, plain: PlainAnswers | None, engine: Engine, proxied: Any, *, body_bytes: int,
        admission: Admission, larger_bodies: Callable[[Environ], int] = lambda _environ: 0,
        tls: ssl.SSLContext | None = None, counted: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:  # fmt: skip
        """``counted`` makes blocks that the worker's end waits for: a streamed answer is sent in one."""
        self._engine = engine
        self._proxied = proxied  # puts what trusted proxies say into an environ
        self._connections: set[HttpConnection] = set()
        self._listener: socket.socket = listener.fd
        self._acceptor = Acceptor(self._listener, admission, self._connected, tls=tls is not None)
        self._turning: Any = None
        self._resting: Any = None
        self._stopped = False
        name, port = listener.getsockname()[:2]
        base: Environ = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http" if tls is None else "https",
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
        patience = engine.eio.ping_timeout
        self._served = Served(
            base, wsgi, plain, self._upgrade, self._forget, body_bytes, patience, self._larger, counted, tls
        )

    def _larger(self, environ: Environ) -> int:
        if self._proxied is not None:
            self._proxied(environ, None)
        return int(self._larger_bodies(environ))

    def start(self, on_failure: Callable[[WorkerError], None]) -> None:
        """Begin to accept. ``on_failure`` is called, with the reason, when it can no longer serve."""
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)  # handed on to what it accepts
        self._acceptor.start()
        self._turning = eventlet.spawn(self._turn)
        self._turning.link(self._turned, on_failure)

    def stop_accepting(self, *, last: bool) -> None:
        """Stop accepting. If no other worker listens there (``last``), first accept the connections in the queue."""
        if not self._stopped:
            self._stopped = True
            self._acceptor.stop(last=last)

    def stop(self) -> None:
        """Stop accepting; close idle connections at once, and the others after their answer."""
        self.stop_accepting(last=False)
        for connection in list(self._connections):
            connection.leave()

    def _connected(self, sock: socket.socket, address: str, on_closed: Callable[[], None]) -> None:
        connection = HttpConnection(sock, address, self._served)
        connection.wire.on_closed = on_closed
        self._connections.add(connection)
        self._end_rest()

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
        while self._stopped or self._acceptor.alive:
            if self._connections or self._engine.busy:
                eventlet.sleep(TURN_SECONDS)
            else:
                self._rest()
            try:
                self._engine.turn()
                for connection in [one for one in self._connections if one.overdue]:
                    connection.wire.cut()
            except Exception as error:  # noqa: BLE001 - one connection's fault must not end the pinging of all others
                log.error(LogEvent.FAULT, exc_info=error)

    def _rest(self) -> None:
        """Wait for a connection: before, nothing can become due."""
        resting = self._resting = eventlet.Event()
        with eventlet.Timeout(REST_SECONDS, False):
            resting.wait()
        self._resting = None

    def _end_rest(self) -> None:
        resting, self._resting = self._resting, None
        if resting is not None:
            resting.send(None)

    def _turned(self, _greenlet: Any, on_failure: Callable[[WorkerError], None]) -> None:
        """The timer has stopped: from now on no client would be pinged, closed or accepted."""
        if self._acceptor.alive:
            on_failure(WorkerError("process.wheel"))
        else:
            on_failure(WorkerError("process.listener"))


class _Errors:
    """``wsgi.errors``: writes to the log."""

    def write(self, text: str) -> None:
        """Log a line."""
        if text.strip():
            log.error(LogEvent.FAULT, text=text.rstrip())

    def flush(self) -> None:
        """Nothing is held back."""
