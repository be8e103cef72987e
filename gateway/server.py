"""The server: one HTTP front, plain or over TLS, with Socket.IO before the Flask app.

This file, ``gateway.__main__`` and ``gateway.transport`` alone name eventlet (docs/decisions/0001-eventlet.md): leaving
it means another ``listen``, ``Server`` and ``offload`` here, and no monkey-patching there.
"""

from __future__ import annotations

import contextlib
import logging
import os
import random
import socket
import threading
from collections.abc import Callable
from typing import Any

import eventlet
import eventlet.greenio
import eventlet.support.greenlets
import eventlet.tpool
import redis
from flask import Flask
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.config import Settings
from gateway.foundation.draining import Draining
from gateway.foundation.errors import WorkerError
from gateway.foundation.logs import log
from gateway.foundation.wsgi import PlainAnswers
from gateway.http.app import LARGER_BODIES
from gateway.http.socket_guard import guard
from gateway.transport.acceptor import BACKLOG
from gateway.transport.admission import Admission
from gateway.transport.engine import Engine
from gateway.transport.manager import DirectManager
from gateway.transport.redis_client import beside, channelled
from gateway.transport.serving import LeanServer
from gateway.transport.tls import server_context
from scan_to_login.errors import StartupError

OFFLOAD_NICENESS = 10
MOVED_PER_SECOND = 1000
MOST_CONNECTIONS = 100_000  # of one worker, however many descriptors there are
LAST_REQUESTS_SECONDS = 0.3  # from the listener's end to that of idle connections
ANSWER_SECONDS = 0.02  # from the app's answer to its last byte on the wire
_ENGINE = "scan-to-login-engine"


def listen(host: str, port: int, *, shared: bool) -> Any:
    """A listening socket without Nagle's delay, which would hold the first push back for 40 ms.

    ``shared`` lets several workers listen on the port. Raises StartupError where the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = eventlet.listen((host, port), family=family, backlog=BACKLOG, reuse_port=shared)
    except (OSError, UnicodeError) as error:  # the latter for a host that can be no name
        reason = getattr(error, "strerror", None) or error
        raise StartupError(
            f"Cannot listen on {host} port {port}: {reason}. Another --port may be free; 0 takes any."
        ) from None
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def adopt(descriptor: int) -> Any:
    """The listening socket that this process was started with; its queue outlives the process."""
    return eventlet.greenio.GreenSocket(eventlet.patcher.original("socket").socket(fileno=descriptor))


def offload(function: Callable[..., Any], /, *arguments: Any) -> Any:
    """Run a lock-free, log-free function in the one low-priority thread, while the other greenlets go on."""
    return eventlet.tpool.execute(_at_low_priority, function, arguments)


def fast_redis(client: redis.Redis, settings: Settings) -> redis.Redis:
    """``client`` with its scripts and publications over one connection.

    Only in a process that serves: the connection lives in the hub.
    """
    if not eventlet.patcher.is_monkey_patched("socket"):
        return client
    return channelled(client, settings.redis_url.get_secret_value(), settings.redis_timeout_seconds)


def same_line(client: redis.Redis, other: redis.Redis) -> redis.Redis:
    """``client`` with its scripts over the connection of ``other``, where that has one of ``fast_redis``."""
    return beside(client, other)


_lowered = threading.local()


def _at_low_priority(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    if not getattr(_lowered, "done", False):
        # On Linux a thread has its own niceness; elsewhere this would lower the whole process.
        if hasattr(os, "sched_getaffinity"):
            os.setpriority(os.PRIO_PROCESS, eventlet.patcher.original("threading").get_native_id(), OFFLOAD_NICENESS)
        _lowered.done = True
    return function(*arguments)


def make_sockets(
    app: Flask,
    *,
    origins: list[str],
    packet_bytes: int,
    ping_interval: float,
    ping_timeout: float,
    websocket_only: bool,
    connect_deadline: float,
) -> SocketIO:
    """Socket.IO in front of ``app``: explicit origins, bounded packets, no binary, no idle strangers."""
    # Looked up both ways: the library's manager walks all clients when one leaves (docs/performance.md).
    sockets = SocketIO(
        app,
        client_manager=DirectManager(),
        async_mode="eventlet",
        cors_allowed_origins=origins,
        max_http_buffer_size=packet_bytes,
        ping_interval=ping_interval,
        ping_timeout=ping_timeout,
        transports=["websocket"] if websocket_only else ["polling", "websocket"],
        async_handlers=False,
        http_compression=False,
        cookie=None,
        logger=_quiet("socketio"),
        engineio_logger=_quiet("engineio"),
    )
    engine = app.extensions[_ENGINE] = Engine(sockets.server, connect_deadline)
    guard(sockets.server, connect_deadline, engine.call_later)
    return sockets


def _quiet(name: str) -> logging.Logger:
    """A library's logger that tells nothing but the worst."""
    # These loggers write packets, secrets and all, at INFO, and at ERROR a traceback for whatever a stranger sends.
    logger = logging.getLogger(name)
    logger.setLevel(logging.CRITICAL)
    return logger


def cut_connection(environ: dict[str, Any]) -> None:
    """Cut the connection that a request came over, before its answer is written: as a pulled cable would."""
    request_input = environ.get("eventlet.input")
    if request_input is not None:
        with contextlib.suppress(OSError):
            request_input.get_socket().shutdown(socket.SHUT_RDWR)


def cut_socket(server: Any, sid: str, namespace: str) -> None:
    """Cut one Socket.IO connection without a word of farewell, so that its client comes back by itself."""
    transport = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, namespace))
    if transport is not None:
        transport.close(wait=False, abort=True)


def move_sockets(app: Flask, seconds: float) -> None:
    """Close every Socket.IO connection, in no order and not all at once; the clients come back to another worker.

    The connection is cut and not left by Socket.IO's own farewell, after which its clients would stay away.
    """
    waiting = list(app.extensions["socketio"].server.eio.sockets.values())
    random.shuffle(waiting)
    pause = min(1 / MOVED_PER_SECOND, seconds / max(1, len(waiting)))
    for transport in waiting:
        transport.close(wait=False, abort=True)
        eventlet.sleep(pause)


class Server:
    """Serves one app on one listener until it is stopped, by a signal or by :meth:`stop`."""

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
        """``tls`` is (certificate file, key file). Raises StartupError where these files are unfit.

        ``most_connections`` are taken in all; ``connections_per_address`` of one client address, 0 for no such limit.
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
        engine: Engine = app.extensions[_ENGINE]
        engine.begin()
        self._lean = LeanServer(
            listener,
            wsgi,
            plain,
            engine,
            proxied,
            body_bytes=app.config["MAX_CONTENT_LENGTH"],
            larger_bodies=app.config.get(LARGER_BODIES, lambda _environ: 0),
            admission=Admission(min(most_connections, MOST_CONNECTIONS), connections_per_address),
            tls=server_context(*tls) if tls else None,
        )
        self._failure = ""
        # A signal handler may do no more than write a byte: whoever waits for it is woken by the hub.
        self._bell, self._waiting = socket.socketpair()

    def leave(self, *_signal: Any) -> None:
        """Be a lame duck, then stop serving; fit to be a signal handler."""
        if self._lame_duck_seconds:
            self._draining.announce()
        eventlet.patcher.original("os").write(self._bell.fileno(), b"l")

    def stop(self, *_signal: Any) -> None:
        """Stop serving; fit to be a signal handler."""
        eventlet.patcher.original("os").write(self._bell.fileno(), b"x")

    def run(self, on_leaving: Callable[[], None] = lambda: None) -> None:
        """Serve; returns once stopped and drained. ``on_leaving`` is called in between.

        A second signal ends it at once. Raises WorkerError, drained too, where it could serve no longer.
        """
        self._lean.start(self._fail)
        if self._waiting.recv(1) == b"l" and self._lame_duck_seconds:
            with eventlet.Timeout(self._lame_duck_seconds, False):
                self._waiting.recv(1)
                self.stop()  # a second signal: for those who wait for one below
        if self._draining.announced:
            # Nobody comes after this one. What a proxy has sent before it could notice is read and answered.
            self._lean.stop_accepting(last=True)
            self._listener.close()
            eventlet.sleep(LAST_REQUESTS_SECONDS)
        self._draining.begin()
        self._lean.stop()  # its idle connections are closed by this, and the others after their answer
        self._listener.close()
        on_leaving()
        leaving = eventlet.spawn(self._leave)
        eventlet.spawn(self._leave_at_once, leaving)
        with contextlib.suppress(eventlet.support.greenlets.GreenletExit):
            leaving.wait()
        if self._failure:
            raise WorkerError(self._failure)

    def _fail(self, sentence: str) -> None:
        log.critical("the worker ends", reason=sentence)
        self._failure = sentence
        self.stop()

    def _leave(self) -> None:
        with eventlet.Timeout(self._drain_seconds, False):
            move_sockets(self._app, self._drain_seconds / 2)
            self._draining.wait_until_idle(self._drain_seconds)
            eventlet.sleep(ANSWER_SECONDS)

    def _leave_at_once(self, leaving: Any) -> None:
        self._waiting.recv(1)
        leaving.kill()
