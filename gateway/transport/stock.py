"""eventlet's own WSGI server and WebSockets, with what they leave open closed: the transport ``stock``, and TLS."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import eventlet
import eventlet.websocket
import eventlet.wsgi

from gateway.transport import frames
from gateway.transport.engine import PATH

_FRAGMENTS = 1024


def serve(listener: Any, wsgi: Any) -> Any:
    """Serve ``wsgi`` in a greenlet, which is answered."""
    return eventlet.spawn(
        eventlet.wsgi.server,
        listener,
        _tidied(wsgi),
        max_size=20_000,
        socket_timeout=5,
        keepalive=True,
        log_output=False,
        debug=False,
        log=quiet("eventlet.wsgi"),
        protocol=_SilentProtocol,
    )


class _SilentProtocol(eventlet.wsgi.HttpProtocol):  # type: ignore[misc]
    def log_message(self, *_words: Any) -> None:
        """Whatever could not be read as a request would be logged as it came: with a false length, that is a body."""


def quiet(name: str) -> logging.Logger:
    """A logger of a library's that is heard of nothing but the worst."""
    # These loggers write packets, secrets and all, at INFO, and at ERROR a traceback for whatever a stranger sends.
    logger = logging.getLogger(name)
    logger.setLevel(logging.CRITICAL)
    return logger


def _tidied(app: Any) -> Any:
    """``app`` with what eventlet and the libraries above it would take wrongly put right."""

    def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["wsgi.input"].chunked_input:
            # A body of unannounced length: without this word, werkzeug takes it for empty.
            environ["wsgi.input_terminated"] = True
        if "HTTP_UPGRADE" in environ and not _is_handshake(environ):
            # Half a handshake would be a fault, and one of an older protocol would wait for more.
            del environ["HTTP_UPGRADE"]
        return app(environ, start_response)

    return wsgi


def _is_handshake(environ: dict[str, Any]) -> bool:
    connection = environ.get("HTTP_CONNECTION", "").lower().split(",")
    return (
        environ["PATH_INFO"] == PATH
        and environ["HTTP_UPGRADE"].lower() == "websocket"
        and "upgrade" in map(str.strip, connection)
        and frames.asks_for_websocket(environ)
    )


class _BoundedWebSocket(eventlet.websocket.RFC6455WebSocket):  # type: ignore[misc]
    """Counts the fragments of a message together: by itself, only a single frame has a limit (STACK.md 13)."""

    _bytes = 0
    _fragments = 0

    def _recv_frame(self, message: Any = None) -> Any:
        known = len(message.data) if message else 0
        frame = super()._recv_frame(message)
        if frame.opcode & 8:  # a control frame may come between two fragments
            return frame
        self._bytes = (self._bytes if message else 0) + sum(map(len, frame.data[known:]))
        self._fragments = (self._fragments if message else 0) + 1
        if self._bytes > self.max_frame_length or self._fragments > _FRAGMENTS:
            raise eventlet.websocket.FailedConnectionError(1009, "The message is too big.")
        return frame


class BoundedWebSockets(eventlet.websocket.WebSocketWSGI):  # type: ignore[misc]
    """What engine.io serves a WebSocket with."""

    def __init__(self, handler: Callable[[Any], Any], server: Any) -> None:
        def bounded(ws: Any) -> Any:
            ws = _BoundedWebSocket(ws.socket, ws.environ, ws.version, max_frame_length=ws.max_frame_length)
            try:
                return handler(ws)
            except Exception:  # noqa: BLE001 - a packet that engine.io cannot read; it would leave its socket behind
                handler.__self__.close(wait=False, abort=True)  # type: ignore[attr-defined]
                ws.close(close_data=(1002, "The packet cannot be read."))
                return []

        super().__init__(bounded, max_frame_length=server.max_http_buffer_size)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        # Compression costs 300 KB a connection and is worth nothing here, where a message has 200 bytes.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return super().__call__(environ, start_response)
