"""The server: eventlet's WSGI server, called directly, with Socket.IO in front of the Flask app.

This file and ``gateway.__main__`` alone name eventlet (docs/decisions/0001-eventlet.md): leaving it means
another ``listen``, ``serve`` and ``offload`` here, and no monkey-patching there.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

import eventlet
import eventlet.tpool
import eventlet.wsgi
from flask import Flask
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.foundation.errors import StartupError
from gateway.protocol import NAMESPACE

OFFLOAD_NICENESS = 10
_MALFORMED_PACKETS = 3
_BINARY_PACKETS = ("5", "6")  # Socket.IO protocol 5: binary event, binary acknowledgement


def listen(host: str, port: int, *, shared: bool, tls: tuple[str, str] | None = None) -> Any:
    """A listening socket without Nagle's delay, which would hold the first push back for 40 ms.

    ``shared`` lets several workers listen on the port; ``tls`` is (certificate file, key file).
    Raises StartupError where the port is taken or the files are unfit.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = eventlet.listen((host, port), family=family, backlog=1024, reuse_port=shared)
    except OSError as error:
        raise StartupError(
            f"Cannot listen on {host} port {port}: {error.strerror or error}. Another --port may be free; 0 takes any."
        ) from None
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if tls is None:
        return listener
    try:
        return eventlet.wrap_ssl(listener, certfile=tls[0], keyfile=tls[1], server_side=True)
    except OSError as error:
        raise StartupError(f"The TLS certificate {tls[0]} or its key cannot be used: {error}.") from None


def offload(function: Callable[..., Any], /, *arguments: Any) -> Any:
    """Run a lock-free, log-free function in the one low-priority thread, while the other greenlets go on."""
    return eventlet.tpool.execute(_at_low_priority, function, arguments)


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
    sockets = SocketIO(
        app,
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
    _guard(sockets.server, connect_deadline)
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


class Server:
    """Serves one app on one listener until it is stopped, by a signal or by :meth:`stop`."""

    def __init__(self, listener: Any, app: Flask, *, trusted_proxies: int) -> None:
        self._listener = listener
        self._wsgi: Any = app.wsgi_app
        if trusted_proxies:
            hops = trusted_proxies
            self._wsgi = ProxyFix(self._wsgi, x_for=hops, x_proto=hops, x_host=hops)
        # A signal handler may do no more than write a byte: whoever waits for it is woken by the hub.
        self._bell, self._waiting = socket.socketpair()

    def stop(self, *_signal: Any) -> None:
        """Stop serving; fit to be a signal handler."""
        eventlet.patcher.original("os").write(self._bell.fileno(), b"x")

    def run(self) -> None:
        """Serve; returns once stopped."""
        serving = eventlet.spawn(
            eventlet.wsgi.server,
            self._listener,
            self._wsgi,
            max_size=20_000,
            socket_timeout=5,
            keepalive=True,
            log_output=False,
            debug=False,
            log=_quiet("eventlet.wsgi"),
        )
        self._waiting.recv(1)
        serving.kill()
        self._listener.close()


def _quiet(name: str) -> logging.Logger:
    # These loggers write packets, secrets and all, at INFO: only what is an error may pass.
    logger = logging.getLogger(name)
    logger.setLevel(logging.ERROR)
    return logger


def _guard(server: Any, connect_deadline: float) -> None:
    """Close sockets that send binary or malformed packets, or that never join the namespace (STACK.md 13, 14)."""
    malformed: dict[str, int] = {}
    handle_message = server._handle_eio_message
    handle_connect = server._handle_eio_connect
    handle_disconnect = server._handle_eio_disconnect

    def message(eio_sid: str, data: Any) -> None:
        if not isinstance(data, str) or data[:1] in _BINARY_PACKETS:
            server.eio.disconnect(eio_sid)
            return
        try:
            handle_message(eio_sid, data)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            malformed[eio_sid] = malformed.get(eio_sid, 0) + 1
            if malformed[eio_sid] >= _MALFORMED_PACKETS:
                server.eio.disconnect(eio_sid)

    def connect(eio_sid: str, environ: dict[str, Any]) -> Any:
        eventlet.spawn_after(connect_deadline, reap, eio_sid)
        return handle_connect(eio_sid, environ)

    def disconnect(eio_sid: str, reason: str) -> None:
        malformed.pop(eio_sid, None)
        handle_disconnect(eio_sid, reason)

    def reap(eio_sid: str) -> None:
        if eio_sid in server.eio.sockets and server.manager.sid_from_eio_sid(eio_sid, NAMESPACE) is None:
            server.eio.disconnect(eio_sid)

    server.eio.on("message", message)
    server.eio.on("connect", connect)
    server.eio.on("disconnect", disconnect)
