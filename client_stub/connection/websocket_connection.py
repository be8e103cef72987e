"""One Socket.IO connection. The channel opens it, uses it until it is lost, and replaces it by a new one."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from typing import Any, ClassVar, Final

import requests
import socketio
import socketio.exceptions
import websocket

from client_stub.errors import ClientError, bad_answer, unreachable
from scan_to_login.errors import Reason
from scan_to_login.http_client import bundle_of_environment, why
from scan_to_login.protocol import EVENT_AVAILABILITY, EVENT_STATE, NAMESPACE, Code
from scan_to_login.sockets import CONNECT_TIMEOUT, hang_up, watchful_options

ACKNOWLEDGE_TIMEOUT: Final = 3.0
"""Seconds without an acknowledgement after which the connection counts as lost."""
_BUFFER_BYTES: Final = 4096

_log = logging.getLogger("client_stub.socketio")
_log.addHandler(logging.NullHandler())


class _BufferedSocket(socket.socket):
    """A connected socket that is read by the buffer: the library asks for the handshake's answer byte by byte."""

    def __init__(self, plain: socket.socket) -> None:
        timeout = plain.gettimeout()
        super().__init__(plain.family, plain.type, plain.proto, fileno=plain.detach())
        self.settimeout(timeout)
        self._read = b""

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        if not self._read:
            self._read = super().recv(max(size, _BUFFER_BYTES), flags)
        taken, self._read = self._read[:size], self._read[size:]
        return taken


class _WebSocket(websocket.WebSocket):
    @property
    def sock(self) -> socket.socket | None:
        return self._sock

    @sock.setter
    def sock(self, sock: socket.socket | None) -> None:
        # A TLS connection has OpenSSL's buffer.
        self._sock = _BufferedSocket(sock) if type(sock) is socket.socket else sock

    def close(self, *_args: Any, **_kwargs: Any) -> None:
        # Send the close frame and leave. The library would wait 3 s for an answer that the reading thread takes.
        super().close(timeout=0)


class WebSocketConnection:
    """A connection to the namespace ``/pairing``, WebSocket transport alone.

    python-socketio's own reconnection is off: its back-off grows too long for a person who waits, and it does not
    send ``resume_ticket``.
    """

    transports: ClassVar[Sequence[str]] = ("websocket",)  # Engine.IO's handlers; the first call begins

    def __init__(
        self,
        gateway_url: str,
        *,
        verify: bool | str,
        on_state: Callable[[Mapping[str, Any]], None],
        on_availability: Callable[[Mapping[str, Any]], None],
        on_lost: Callable[[WebSocketConnection], None],
    ) -> None:
        self._url = gateway_url
        self._on_lost = on_lost
        self._lock = threading.Lock()
        self._emitting = threading.Lock()
        self._waiting: set[Future[Any]] = set()
        self._lost = False
        self._said_goodbye = False
        self._refusal: Any = None
        self._websocket: websocket.WebSocket | None = None
        self._http = requests.Session()
        self._http.trust_env = False  # requests would let its environment's bundle win over the one that was given
        self._http.verify = bundle_of_environment() if verify is True else verify
        # No Origin: this is no browser, and the gateway may be reached at another address than its public one.
        options: dict[str, Any] = {
            "sockopt": watchful_options(),
            "class_": self._make_websocket,
            "suppress_origin": True,
            "http_no_proxy": ["*"],
        }
        self._sio = socketio.Client(
            reconnection=False,
            handle_sigint=False,
            logger=_log,
            engineio_logger=_log,
            request_timeout=CONNECT_TIMEOUT,
            http_session=self._http,
            websocket_extra_options=options,
        )
        self._sio.on(EVENT_STATE, on_state, namespace=NAMESPACE)
        self._sio.on(EVENT_AVAILABILITY, on_availability, namespace=NAMESPACE)
        self._sio.on("connect_error", self._refused, namespace=NAMESPACE)
        self._sio.on("disconnect", self._disconnected, namespace=NAMESPACE)

    def open(self) -> None:
        """Connect within a few seconds. Raises ClientError, and then leaves nothing open."""
        try:
            self._sio.connect(
                self._url, transports=list(self.transports), namespaces=[NAMESPACE], wait_timeout=CONNECT_TIMEOUT
            )
        except (socketio.exceptions.SocketIOError, OSError, ValueError, websocket.WebSocketException) as error:
            self._release()
            raise self._why_not(error) from None
        if self._sio.eio.state != "connected":
            # Lost since the last step of the handshake; python-socketio does not report that.
            self._disconnected()

    @property
    def lost(self) -> bool:
        """Whether the connection is lost."""
        return self._lost

    def call(self, event: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Emit and wait for the acknowledgement. Raises ClientError for a refusal and for a lost connection."""
        answer: Future[Any] = Future()
        with self._lock:
            if self._lost:
                raise unreachable(self._url, Reason.CUT)
            self._waiting.add(answer)
        try:
            with self._emitting:  # python-socketio counts its acknowledgements without a lock
                self._sio.emit(event, dict(body), namespace=NAMESPACE, callback=lambda *said: _settle(answer, said))
            said = answer.result(ACKNOWLEDGE_TIMEOUT)
        except FutureTimeoutError:
            # No answer counts as a lost connection: the supervisor makes a new one.
            self.cut()
            raise unreachable(self._url, Reason.NO_ANSWER) from None
        except socketio.exceptions.SocketIOError:
            raise unreachable(self._url, Reason.CUT) from None
        finally:
            with self._lock:
                self._waiting.discard(answer)
        return self._read(said)

    def cut(self) -> None:
        """Drop the TCP connection without a close frame."""
        if self._websocket is not None:
            hang_up(self._websocket.sock)

    def close(self) -> None:
        """Send a close frame if the connection lives, and end the connection's threads."""
        self._said_goodbye = True
        if not self._lost:
            with suppress(socketio.exceptions.SocketIOError, OSError):
                self._sio.disconnect()
        self._release()

    def _make_websocket(self, **options: Any) -> websocket.WebSocket:
        # Kept from the start, so that close() ends a connection in the middle of its handshake too.
        self._websocket = _WebSocket(**options)
        return self._websocket

    def _refused(self, *said: Any) -> None:
        self._refusal = said[0] if said else None

    def _disconnected(self, *_reason: Any) -> None:
        with self._lock:
            if self._lost:
                return
            self._lost = True
            waiting = list(self._waiting)
        for answer in waiting:
            if not answer.done():
                answer.set_exception(unreachable(self._url, Reason.CUT))
        if not self._said_goodbye:
            self._on_lost(self)

    def _release(self) -> None:
        with self._lock:
            self._lost = True
        self.cut()
        for task in (self._sio.eio.read_loop_task, self._sio.eio.write_loop_task):
            if task is not None and task is not threading.current_thread():
                task.join(CONNECT_TIMEOUT)
        if self._websocket is not None:
            self._websocket.shutdown()  # type: ignore[no-untyped-call]
        self._http.close()

    def _why_not(self, error: BaseException) -> ClientError:
        refusal = self._refusal
        if isinstance(refusal, Mapping) and isinstance(refusal.get("code"), str):
            return ClientError(refusal["code"], str(refusal.get("detail") or refusal["code"]))
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, websocket.WebSocketBadStatusException):
                if cause.status_code in (502, 503, 504):
                    return ClientError(Code.UNAVAILABLE, f"{self._url} is not available at the moment.")
                return bad_answer(self._url, f"HTTP status {cause.status_code} to the WebSocket's handshake")
            cause = cause.__cause__ or cause.__context__
        return unreachable(self._url, why(error))

    def _read(self, said: Any) -> dict[str, Any]:
        body = said[0] if said else None
        if not isinstance(body, dict):
            raise bad_answer(self._url, "an acknowledgement without a body")
        error = body.get("error")
        if error is None:
            return body
        if not isinstance(error, dict) or not isinstance(error.get("code"), str):
            raise bad_answer(self._url, "a refusal without a code")
        extra = {key: value for key, value in error.items() if key not in ("code", "detail")}
        raise ClientError(error["code"], str(error.get("detail") or error["code"]), extra=extra)


def _settle(answer: Future[Any], said: tuple[Any, ...]) -> None:
    with suppress(Exception):  # the wait may have ended a moment ago
        answer.set_result(said)
