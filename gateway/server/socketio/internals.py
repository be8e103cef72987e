"""What is used of python-socketio's and python-engineio's servers beside their documented calls: here alone.

``gateway.server.libraries`` names the versions that this was checked with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gateway.server.libraries import lacking

# Made when a server is, and so not among the names of its class.
_OF_A_SERVER = ("manager", "eio", "environ", "handlers", "packet_class")
_OF_AN_ENGINE = (
    "sockets", "handlers", "start_service_task", "transports", "reason", "max_http_buffer_size", "ping_interval",
    "ping_timeout",
)  # fmt: skip


class Handlers(NamedTuple):
    """A Socket.IO server's own: of its connections, and of what a client may send."""

    message: Callable[..., Any]
    connect: Callable[..., Any]
    disconnect: Callable[..., Any]
    join: Callable[..., Any]
    leave: Callable[..., Any]
    event: Callable[..., Any]


def check_server(server: Any) -> None:
    """Raises StartupError where a ``socketio.Server`` is not made as the gateway needs it."""
    for distribution, thing, names in (
        ("python-socketio", server, _OF_A_SERVER),
        ("python-engineio", server.eio, _OF_AN_ENGINE),
    ):
        for name in names:
            if not hasattr(thing, name):
                raise lacking(distribution, f"{type(thing).__name__}().{name}")


def handlers_of(server: Any) -> Handlers:
    """The handlers that a ``socketio.Server`` was made with."""
    return Handlers(
        server._handle_eio_message,
        server._handle_eio_connect,
        server._handle_eio_disconnect,
        server._handle_connect,
        server._handle_disconnect,
        server._handle_event,
    )


def replace_handlers(server: Any, handlers: Handlers) -> None:
    """Have a ``socketio.Server`` call these instead."""
    server._handle_connect = handlers.join
    server._handle_disconnect = handlers.leave
    server._handle_event = handlers.event
    server.eio.on("message", handlers.message)
    server.eio.on("connect", handlers.connect)
    server.eio.on("disconnect", handlers.disconnect)


def send_packet(server: Any, eio_sid: str, packet: Any) -> None:
    """Send a packet of Socket.IO to one connection."""
    server._send_packet(eio_sid, packet)


def take_engine_over(eio: Any, sockets: dict[str, Any], handle_request: Callable[..., Any]) -> None:
    """Have an ``engineio.Server`` send to ``sockets``, by session id, and leave requests to ``handle_request``."""
    eio.start_service_task = False  # python-engineio's own watch walks all sockets all the time
    eio.sockets = sockets
    eio.handle_request = handle_request


def origin_is_allowed(eio: Any, environ: Mapping[str, Any], origin: str) -> bool:
    """Whether pages of ``origin`` may connect."""
    return origin in (eio._cors_allowed_origins(environ) or ())


def cors_headers(eio: Any, environ: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The headers that let a page read the answer."""
    headers: list[tuple[str, str]] = eio._cors_headers(environ)
    return headers
