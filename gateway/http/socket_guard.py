"""What a Socket.IO connection may not do: the library in between trusts its clients too far (STACK.md 13, 14).

A client cannot pass itself off as the transport (events named `connect` or `disconnect` would reach the
handlers of those, with an environment of its own making), join twice, send binary or go on sending what
nobody can read; one that never joins is let go of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.protocol import NAMESPACE

MALFORMED_PACKETS = 3
_BINARY_PACKETS = ("5", "6")  # Socket.IO protocol 5: binary event, binary acknowledgement


def guard(server: Any, connect_deadline: float, call_later: Callable[..., Any]) -> None:
    """Put the guard before ``server``, a ``socketio.Server``.

    ``connect_deadline`` is in seconds; ``call_later`` takes seconds, a function and its arguments.
    """
    malformed: dict[str, int] = {}
    handle_message = server._handle_eio_message
    handle_connect = server._handle_eio_connect
    handle_disconnect = server._handle_eio_disconnect
    join = server._handle_connect
    handle_event = server._handle_event

    def cut(eio_sid: str | None = None) -> None:
        # The library's own disconnect waits until the client has fetched what is queued: for ever, with some.
        transport = server.eio.sockets.pop(eio_sid, None)
        if transport is not None:
            transport.close(wait=False, reason=server.eio.reason.SERVER_DISCONNECT)

    def message(eio_sid: str, data: Any) -> None:
        if not isinstance(data, str) or data[:1] in _BINARY_PACKETS:
            cut(eio_sid)
            return
        try:
            handle_message(eio_sid, data)
        except Exception:  # noqa: BLE001 - handlers answer their own faults: what comes here, the packet has caused
            malformed[eio_sid] = malformed.get(eio_sid, 0) + 1
            if malformed[eio_sid] >= MALFORMED_PACKETS:
                cut(eio_sid)

    def join_once(eio_sid: str, namespace: str | None, data: Any) -> None:
        if server.manager.sid_from_eio_sid(eio_sid, namespace or "/") is not None:
            raise ValueError("joined already")
        join(eio_sid, namespace, data)

    def event(eio_sid: str, namespace: str | None, number: int | None, data: Any) -> None:
        if not isinstance(data, list) or not data or not isinstance(data[0], str) or data[0] in server.reserved_events:
            raise ValueError("not an event of a client's")
        if server.manager.sid_from_eio_sid(eio_sid, namespace or "/") is None:
            raise ValueError("not joined")
        handle_event(eio_sid, namespace, number, data)

    def connect(eio_sid: str, environ: dict[str, Any]) -> Any:
        call_later(connect_deadline, reap, eio_sid)
        return handle_connect(eio_sid, environ)

    def disconnect(eio_sid: str, reason: str) -> None:
        malformed.pop(eio_sid, None)
        handle_disconnect(eio_sid, reason)

    def reap(eio_sid: str) -> None:
        if eio_sid in server.eio.sockets and server.manager.sid_from_eio_sid(eio_sid, NAMESPACE) is None:
            cut(eio_sid)

    server._handle_connect = join_once
    server._handle_event = event
    server.eio.disconnect = cut
    server.eio.on("message", message)
    server.eio.on("connect", connect)
    server.eio.on("disconnect", disconnect)
