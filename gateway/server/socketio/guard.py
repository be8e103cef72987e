"""What a Socket.IO connection may not do: the library in between trusts its clients too far (STACK.md 13, 14).

A client cannot pass itself off as the transport (events named `connect` or `disconnect` would reach the
handlers of those, with an environment of its own making), join twice, send binary or go on sending what
nobody can read; one that is in no namespace is let go of. Who asks for a namespace that there is not is told so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from socketio.packet import CONNECT_ERROR

from gateway.foundation.errors import Refusal
from gateway.http import observed_sockets
from gateway.http.problems import acknowledgement
from scan_to_login.protocol import NAMESPACE, Code

OUT_OF_PLACE = 3  # packets that are one, and say what cannot be, before the connection ends
_BINARY_PACKETS = ("5", "6")  # Socket.IO protocol 5: binary event, binary acknowledgement
_ROOT = "/"
# For clients that forget the namespace, in the words of socket.io's own `connect_error`: a message, and data beside it.
_ROOT_REFUSED = Refusal(
    Code.NOT_FOUND, f"There is nothing in the root namespace; connect to {NAMESPACE}: io(url + '{NAMESPACE}')."
)
INVALID_NAMESPACE = {"message": "Invalid namespace"}  # as Socket.IO's protocol has it


class _OutOfPlace(ValueError):  # noqa: N818 - a client's fault, told to nobody
    """A packet that is one, and that this client may not send now."""


def connect_error(refusal: Refusal) -> dict[str, Any]:
    """The body of a CONNECT_ERROR: clients find the sentence in ``message``, code and detail in ``data``."""
    told = acknowledgement(refusal)["error"]
    return {"message": told["detail"], "data": told}


def guard(server: Any, connect_deadline: float, call_later: Callable[..., Any]) -> None:
    """Put the guard before ``server``, a ``socketio.Server``.

    ``connect_deadline`` is in seconds; ``call_later`` takes seconds, a function and its arguments.
    """
    _Guard(server, connect_deadline, call_later)


class _Guard:
    """Stands where the server would hear its connections, and hands it what is in order."""

    def __init__(self, server: Any, connect_deadline: float, call_later: Callable[..., Any]) -> None:
        self._server = server
        self._connect_deadline = connect_deadline
        self._call_later = call_later
        self._out_of_place: dict[str, int] = {}
        self._message = server._handle_eio_message
        self._connect = server._handle_eio_connect
        self._disconnect = server._handle_eio_disconnect
        self._join = server._handle_connect
        self._leave = server._handle_disconnect
        self._event = server._handle_event
        server._handle_connect = self.join
        server._handle_disconnect = self.leave
        server._handle_event = self.event
        server.eio.disconnect = self.cut
        server.eio.on("message", self.message)
        server.eio.on("connect", self.connect)
        server.eio.on("disconnect", self.disconnect)

    def cut(self, eio_sid: str | None = None) -> None:
        """End a connection."""
        # The library's own disconnect waits until the client has fetched what is queued: for ever, with some.
        transport = self._server.eio.sockets.get(eio_sid)
        if transport is not None:
            transport.close(wait=False, reason=self._server.eio.reason.SERVER_DISCONNECT)

    def message(self, eio_sid: str, data: Any) -> None:
        """A packet of Socket.IO: one that is none ends the connection, as its protocol has it."""
        if not isinstance(data, str) or data[:1] in _BINARY_PACKETS:
            self._count_malformed(eio_sid)
            self.cut(eio_sid)
            return
        try:
            self._message(eio_sid, data)
        except _OutOfPlace:
            self._count_malformed(eio_sid)
            self._out_of_place[eio_sid] = self._out_of_place.get(eio_sid, 0) + 1
            if self._out_of_place[eio_sid] >= OUT_OF_PLACE:
                self.cut(eio_sid)
        except Exception:  # noqa: BLE001 - handlers answer their own faults: what comes here, the packet has caused
            self._count_malformed(eio_sid)
            self.cut(eio_sid)

    def join(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        """A client joins a namespace: once, and one that there is."""
        namespace = namespace or _ROOT
        if namespace not in self._server.handlers:
            observed_sockets.refused(observed_sockets.CONNECT, Code.NOT_FOUND, self._address_of(eio_sid))
            told = connect_error(_ROOT_REFUSED) if namespace == _ROOT else INVALID_NAMESPACE
            packet = self._server.packet_class(CONNECT_ERROR, data=told, namespace=namespace)
            self._server._send_packet(eio_sid, packet)
            return
        if self._joined(eio_sid, namespace):
            raise _OutOfPlace("joined already")
        self._join(eio_sid, namespace, data)

    def leave(self, eio_sid: str, namespace: str | None, reason: str | None = None) -> None:
        """A client leaves a namespace; its connection stays, and has as long to join again as a new one."""
        joined = self._joined(eio_sid, namespace or _ROOT)
        self._leave(eio_sid, namespace, reason)
        transport = self._server.eio.sockets.get(eio_sid)
        if joined and transport is not None and not transport.closing:
            self._call_later(self._connect_deadline, self.reap, eio_sid)

    def event(self, eio_sid: str, namespace: str | None, number: int | None, data: Any) -> None:
        """A client sends an event: by a name of its own, and in a namespace that it is in."""
        if not isinstance(data, list) or not data or not isinstance(data[0], str):
            raise ValueError("not an event")
        if data[0] in self._server.reserved_events:
            raise _OutOfPlace("not an event of a client's")
        if not self._joined(eio_sid, namespace or _ROOT):
            raise _OutOfPlace("not joined")
        self._event(eio_sid, namespace, number, data)

    def connect(self, eio_sid: str, environ: dict[str, Any]) -> Any:
        """A connection begins: it has to join in time."""
        self._call_later(self._connect_deadline, self.reap, eio_sid)
        return self._connect(eio_sid, environ)

    def disconnect(self, eio_sid: str, reason: str) -> None:
        """A connection has ended."""
        self._out_of_place.pop(eio_sid, None)
        self._disconnect(eio_sid, reason)

    def reap(self, eio_sid: str) -> None:
        """Cut a connection that is in no namespace."""
        if not self._joined(eio_sid, NAMESPACE):
            self.cut(eio_sid)

    def _count_malformed(self, eio_sid: str) -> None:
        observed_sockets.refused(observed_sockets.MALFORMED, Code.MALFORMED_REQUEST, self._address_of(eio_sid))

    def _address_of(self, eio_sid: str) -> str:
        return str(self._server.environ.get(eio_sid, {}).get("REMOTE_ADDR", ""))

    def _joined(self, eio_sid: str, namespace: str) -> bool:
        return self._server.manager.sid_from_eio_sid(eio_sid, namespace) is not None
