"""The server: the lean transport, or eventlet's WSGI server called directly, with Socket.IO before the Flask app.

This file, ``gateway.__main__`` and ``gateway.transport`` alone name eventlet (docs/decisions/0001-eventlet.md): leaving
it means another ``listen``, ``serve`` and ``offload`` here, and no monkey-patching there.
"""

from __future__ import annotations

import contextlib
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
from gateway.foundation.errors import StartupError
from gateway.foundation.wsgi import PlainAnswers
from gateway.http.app import LARGER_BODIES
from gateway.http.socket_guard import guard
from gateway.protocol import Transport
from gateway.transport import stock
from gateway.transport.engine import Engine
from gateway.transport.manager import DirectManager
from gateway.transport.redis_client import beside, channelled
from gateway.transport.serving import LeanServer

OFFLOAD_NICENESS = 10
MOVED_PER_SECOND = 1000
ANSWER_SECONDS = 0.02  # from the app's answer to its last byte on the wire
_ENGINE = "scan-to-login-engine"


def listen(host: str, port: int, *, shared: bool, tls: tuple[str, str] | None = None) -> Any:
    """A listening socket without Nagle's delay, which would hold the first push back for 40 ms.

    ``shared`` lets several workers listen on the port; ``tls`` is (certificate file, key file).
    Raises StartupError where the port is taken or the files are unfit.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = eventlet.listen((host, port), family=family, backlog=1024, reuse_port=shared)
    except (OSError, UnicodeError) as error:  # the latter for a host that can be no name
        reason = getattr(error, "strerror", None) or error
        raise StartupError(
            f"Cannot listen on {host} port {port}: {reason}. Another --port may be free; 0 takes any."
        ) from None
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener if tls is None else _with_tls(listener, tls)


def _with_tls(listener: Any, tls: tuple[str, str]) -> Any:
    try:
        return eventlet.wrap_ssl(listener, certfile=tls[0], keyfile=tls[1], server_side=True)
    except OSError as error:
        raise StartupError(f"The TLS certificate {tls[0]} or its key cannot be used: {error}.") from None


def adopt(descriptor: int, *, tls: tuple[str, str] | None = None) -> Any:
    """The listening socket that this process was started with; its queue outlives the process."""
    listener = eventlet.greenio.GreenSocket(eventlet.patcher.original("socket").socket(fileno=descriptor))
    return listener if tls is None else _with_tls(listener, tls)


def offload(function: Callable[..., Any], /, *arguments: Any) -> Any:
    """Run a lock-free, log-free function in the one low-priority thread, while the other greenlets go on."""
    return eventlet.tpool.execute(_at_low_priority, function, arguments)


def fast_redis(client: redis.Redis, settings: Settings) -> redis.Redis:
    """``client`` with its scripts and publications over one connection, where the transport is the lean one.

    Only in a process that serves: the connection lives in the hub.
    """
    if settings.transport is not Transport.LEAN or not eventlet.patcher.is_monkey_patched("socket"):
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
    # Looked up both ways: the stock manager walks all clients when one leaves (docs/performance.md).
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
        logger=stock.quiet("socketio"),
        engineio_logger=stock.quiet("engineio"),
    )
    sockets.server.eio._async = {**sockets.server.eio._async, "websocket": stock.BoundedWebSockets}
    engine = app.extensions[_ENGINE] = Engine(sockets.server)
    guard(sockets.server, connect_deadline, engine.call_later)
    return sockets


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
        transport: Transport,
        draining: Draining,
        drain_seconds: float,
    ) -> None:
        self._listener = listener
        self._app = app
        self._draining = draining
        self._drain_seconds = drain_seconds
        self._wsgi: Any = app.wsgi_app
        proxied = None
        if trusted_proxies:
            hops = trusted_proxies
            self._wsgi = ProxyFix(self._wsgi, x_for=hops, x_proto=hops, x_host=hops)
            proxied = ProxyFix(lambda _environ, _start: (), x_for=hops, x_proto=hops, x_host=hops)
        self._lean: LeanServer | None = None
        # The lean one reads bytes as they come, which TLS would have to decrypt first.
        if transport is Transport.LEAN and not hasattr(listener, "context"):
            engine: Engine = app.extensions[_ENGINE]
            engine.begin()
            body_bytes = app.config["MAX_CONTENT_LENGTH"]
            self._lean = LeanServer(
                listener,
                self._wsgi,
                plain,
                engine,
                proxied,
                body_bytes=body_bytes,
                larger_bodies=app.config.get(LARGER_BODIES, lambda _environ: 0),
            )
        # A signal handler may do no more than write a byte: whoever waits for it is woken by the hub.
        self._bell, self._waiting = socket.socketpair()

    def stop(self, *_signal: Any) -> None:
        """Stop serving; fit to be a signal handler."""
        eventlet.patcher.original("os").write(self._bell.fileno(), b"x")

    def run(self, on_leaving: Callable[[], None] = lambda: None) -> None:
        """Serve; returns once stopped and drained. ``on_leaving`` is called in between.

        A second signal ends it at once.
        """
        if self._lean is not None:
            self._lean.start()
            stop = self._lean.stop
        else:
            stop = stock.serve(self._listener, self._wsgi).kill
        self._waiting.recv(1)
        self._draining.begin()
        stop()  # its idle connections are closed by this, and the others after their answer
        self._listener.close()
        on_leaving()
        leaving = eventlet.spawn(self._leave)
        eventlet.spawn(self._leave_at_once, leaving)
        with contextlib.suppress(eventlet.support.greenlets.GreenletExit):
            leaving.wait()

    def _leave(self) -> None:
        with eventlet.Timeout(self._drain_seconds, False):
            move_sockets(self._app, self._drain_seconds / 2)
            self._draining.wait_until_idle(self._drain_seconds)
            eventlet.sleep(ANSWER_SECONDS)

    def _leave_at_once(self, leaving: Any) -> None:
        self._waiting.recv(1)
        leaving.kill()
