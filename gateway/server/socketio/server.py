"""The Socket.IO server in front of the Flask app."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from flask_socketio import SocketIO

from gateway.server.socketio.engine import Engine
from gateway.server.socketio.guard import guard
from gateway.server.socketio.internals import check_server
from gateway.server.socketio.manager import DirectManager

ENGINE_EXTENSION = "scan-to-login-engine"


def make_sockets(
    app: Flask,
    *,
    admits: Callable[[str, Mapping[str, Any]], bool],
    packet_bytes: int,
    ping_interval: float,
    ping_timeout: float,
    websocket_only: bool,
    connect_deadline: float,
) -> SocketIO:
    """Socket.IO in front of ``app``: explicit origins, bounded packets, no binary, no idle strangers.

    ``admits`` says, by the origin and the environ, whether a page may connect.
    """
    # Looked up both ways: the library's manager walks all clients when one leaves (docs/performance.md).
    sockets = SocketIO(
        app,
        client_manager=DirectManager(),
        async_mode="eventlet",
        cors_allowed_origins=admits,
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
    check_server(sockets.server)
    engine = app.extensions[ENGINE_EXTENSION] = Engine(sockets.server, connect_deadline)
    guard(sockets.server, connect_deadline, engine.call_later)
    return sockets


def _quiet(name: str) -> logging.Logger:
    """A library's logger that tells nothing but the worst."""
    # These loggers write packets, secrets and all, at INFO, and at ERROR a traceback for whatever a stranger sends.
    logger = logging.getLogger(name)
    logger.setLevel(logging.CRITICAL)
    return logger


def cut_socket(server: Any, sid: str, namespace: str) -> None:
    """Cut one Socket.IO connection without a word of farewell, so that its client comes back by itself."""
    transport = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, namespace))
    if transport is not None:
        transport.close(wait=False, abort=True)
