"""The server: one HTTP server, plain or over TLS, with Socket.IO before the Flask app.

It begins to listen, waits for the signal to end, and ends; ``drain`` lets the clients go, ``supervisor`` keeps several
workers. Which files name eventlet, an import contract says (docs/decisions/0001-eventlet.md).
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from typing import Any

import eventlet
import eventlet.greenio
import eventlet.support.greenlets
import eventlet.tpool
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.foundation.draining import Draining
from gateway.foundation.errors import WorkerError
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.foundation.wsgi import PlainAnswers
from gateway.http.app import LARGER_BODIES
from gateway.server.drain import drain
from gateway.server.httptools_impl.admission import Admission
from gateway.server.httptools_impl.serving import HttptoolsServer
from gateway.server.httptools_impl.tls import server_context
from gateway.server.socketio.engine import Engine
from gateway.server.socketio.server import ENGINE_EXTENSION

MOST_CONNECTIONS = 100_000  # of one worker, however many descriptors there are
LAST_REQUESTS_SECONDS = 0.3  # from the listener's end to that of idle connections


def cut_connection(environ: dict[str, Any]) -> None:
    """Cut the connection of a request before its answer is written, as a pulled cable would."""
    request_input = environ.get("eventlet.input")
    if request_input is not None:
        with contextlib.suppress(OSError):
            request_input.get_socket().shutdown(socket.SHUT_RDWR)


class Server:
    """Serves one app on one listener until a signal or :meth:`stop` ends it."""

    def __init__(
        self,
        listener: Any,
        app: Flask,
        *,
        plain: PlainAnswers | None,
        trusted_proxies: int,
        tls: tuple[str, str] | None,
        most_connections: int,
        connections_per_address: int,
        draining: Draining,
        drain_seconds: float,
        lame_duck_seconds: float = 0.0,
    ) -> None:
        """``tls`` is (certificate file, key file). Raises StartupError if these files cannot be used.

        ``most_connections`` is the limit in total; ``connections_per_address`` the limit of one client address, 0 for
        none.
        """
        self._listener = listener
        self._app = app
        self._draining = draining
        self._drain_seconds = drain_seconds
        self._lame_duck_seconds = lame_duck_seconds
        wsgi: Any = app.wsgi_app
        proxied = None
        if trusted_proxies:
            hops = trusted_proxies
            wsgi = ProxyFix(wsgi, x_for=hops, x_proto=hops, x_host=hops)
            proxied = ProxyFix(lambda _environ, _start: (), x_for=hops, x_proto=hops, x_host=hops)
            connections_per_address = 0  # all come from the proxies' addresses
        engine: Engine = app.extensions[ENGINE_EXTENSION]
        engine.begin()
        self._server = HttptoolsServer(
            listener,
            wsgi,
            plain,
            engine,
            proxied,
            body_bytes=app.config["MAX_CONTENT_LENGTH"],
            larger_bodies=app.config.get(LARGER_BODIES, lambda _environ: 0),
            admission=Admission(min(most_connections, MOST_CONNECTIONS), connections_per_address),
            tls=server_context(*tls) if tls else None,
            counted=draining.counted,
        )
        self._failure: WorkerError | None = None
        # A signal handler may do no more than write a byte: the hub wakes the greenlet that waits for it.
        self._bell, self._waiting = socket.socketpair()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._listener.getsockname()[1])

    def leave(self, *_signal: Any) -> None:
        """Be a lame duck, then stop serving; fit to be a signal handler."""
        if self._lame_duck_seconds:
            self._draining.announce()
        eventlet.patcher.original("os").write(self._bell.fileno(), b"l")

    def stop(self, *_signal: Any) -> None:
        """Stop serving; fit to be a signal handler."""
        eventlet.patcher.original("os").write(self._bell.fileno(), b"x")

    def run(self, on_leaving: Callable[[], None] = lambda: None) -> None:
        """Serve; returns after it was stopped and has drained. ``on_leaving`` is called in between.

        A second signal ends it at once. Raises WorkerError, also after draining, if it could no longer serve.
        """
        self._server.start(self._fail)
        if self._waiting.recv(1) == b"l" and self._lame_duck_seconds:
            log.info(LogEvent.GATEWAY_LEAVING, seconds=self._lame_duck_seconds)
            with eventlet.Timeout(self._lame_duck_seconds, False):
                self._waiting.recv(1)
                self.stop()  # a second signal: for those who wait for one below
        if self._draining.announced:
            # Nobody comes after this one. What a proxy has sent before it could notice is read and answered.
            self._server.stop_accepting(last=True)
            self._listener.close()
            eventlet.sleep(LAST_REQUESTS_SECONDS)
        began = time.monotonic()
        sockets = len(self._app.extensions["socketio"].server.eio.sockets)
        log.info(LogEvent.WORKER_DRAINING, sockets=sockets, requests=self._draining.under_way)
        self._draining.begin()
        self._server.stop()  # its idle connections are closed by this, and the others after their answer
        self._listener.close()
        on_leaving()
        leaving = eventlet.spawn(drain, self._app, self._draining, self._drain_seconds)
        eventlet.spawn(self._leave_at_once, leaving)
        with contextlib.suppress(eventlet.support.greenlets.GreenletExit):
            leaving.wait()
        log.info(LogEvent.WORKER_STOPPED, seconds=round(time.monotonic() - began, 2))
        if self._failure:
            raise self._failure

    def _fail(self, failure: WorkerError) -> None:
        log.critical(LogEvent.WORKER_FAILED, reason=str(failure))
        self._failure = failure
        self.stop()

    def _leave_at_once(self, leaving: Any) -> None:
        self._waiting.recv(1)
        leaving.kill()
