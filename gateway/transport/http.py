"""HTTP/1.1 connections parsed by httptools (llhttp): requests become WSGI calls, each in a greenlet.

Read are whole requests of a bounded size; what is malformed, or smuggles, is answered 400 and closed.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import httptools

from gateway.foundation.wsgi import Environ, PlainAnswers, Wsgi
from gateway.transport.answers import answered, environ_with, plainly_answered
from gateway.transport.request import Refused, Request
from gateway.transport.runners import run_now
from gateway.transport.wire import READ_BYTES, Wire

HEAD_BYTES = 16_384
PIPELINED = 16
# So long is waited for the first byte, for the rest of a request, and for a client to take its last answer.
HALF_SECONDS = 5.0
IDLE_SECONDS = 65.0

# Takes over a connection that asks to become a WebSocket; answers whether it did.
Upgrade = Callable[[Environ, "HttpConnection", bytes], bool]


class Served(NamedTuple):
    """What the connections of a server have in common."""

    base: Environ  # the server's share of every environ
    wsgi: Wsgi
    plain: PlainAnswers | None  # asked first about requests that have nothing out of the ordinary
    upgrade: Upgrade
    on_lost: Callable[[HttpConnection], None]
    body_bytes: int
    larger: Callable[[Environ], int] = lambda _environ: (
        0
    )  # bytes that a request's body may have beyond that, by its head


class HttpConnection:
    """One client's connection, until it closes or becomes a WebSocket."""

    __slots__ = (
        "_address", "_body", "_busy", "_head", "_headers", "_leaving", "_left", "_lost", "_most", "_parser", "_queue",
        "_request", "_served", "_size", "_target", "deadline", "wire",
    )  # fmt: skip

    def __init__(self, sock: socket.socket, address: str, served: Served) -> None:
        self._address = address
        self._served = served
        # Knows this one by its methods: let go of when it is done, for neither would be freed without the collector.
        self._parser: Any = httptools.HttpRequestParser(self)
        self._request: Request | None = None  # its head, once that is whole
        self._target = b""
        self._body: bytes | bytearray = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._size = self._head = 0
        self._most = served.body_bytes
        self._left: int | None = None  # bytes of a body that the parser does not see: after an upgrade we don't take
        self._queue: deque[tuple[Request, bytes, bool]] | None = None
        self._busy = self._leaving = self._lost = False
        self.deadline = time.monotonic() + HALF_SECONDS
        self.wire = Wire(sock, self.data_received, self._connection_lost)

    # -- what the wire says

    def data_received(self, data: bytes) -> None:
        """Parse; called by the wire."""
        if self._left is not None or self._parser is None:
            self._rest_of_body(data)
            return
        self._head += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgraded(data[upgrade.args[0] :])
        except Refused as refused:
            self._refuse(refused.line)
        except httptools.HttpParserInvalidMethodError:
            self._unknown_method(data)
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause.line if isinstance(cause, Refused) else "400 Bad Request")
        else:
            if self._head > 2 * READ_BYTES:
                self._refuse("431 Request Header Fields Too Large")

    def _unknown_method(self, data: bytes) -> None:
        """A method that the parser does not know: the app says which there are, and the connection ends."""
        method, _, rest = data[:HEAD_BYTES].partition(b" ")
        path = rest.partition(b" ")[0]
        if not (method.isalpha() and method.isupper() and len(method) < 32 and path.startswith(b"/")) or self._busy:
            self._refuse("400 Bad Request")
            return
        self._request = Request(method.decode(), path.partition(b"?")[0], "1.1", ())
        self._take(b"", keep=False)

    def _connection_lost(self) -> None:
        self._lost = True
        self._queue = self._parser = None
        self._served.on_lost(self)

    # -- what the parser says

    def on_message_begin(self) -> None:
        """A request begins."""
        self._request = None
        self._target = self._body = b""
        self._headers.clear()
        self._size = 0
        self.deadline = time.monotonic() + HALF_SECONDS

    def on_url(self, url: bytes) -> None:
        """Its target, or a part of it."""
        self._target += url
        if len(self._target) > HEAD_BYTES:
            raise Refused("414 URI Too Long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; after the body those are trailers, and no header."""
        if self._request is not None:
            return
        self._headers.append((name, value))
        self._size += len(name) + len(value)
        if self._size > HEAD_BYTES:
            raise Refused("431 Request Header Fields Too Large")

    def on_headers_complete(self) -> None:
        """The head is whole; the body comes."""
        parser = self._parser
        request = Request(parser.get_method().decode(), self._target, parser.get_http_version(), self._headers)
        self._request = request
        self._headers.clear()
        self._head = 0
        length = request.fields.get("CONTENT_LENGTH", "")
        self._most = self._served.body_bytes
        if "HTTP_TRANSFER_ENCODING" in request.fields or (length and int(length) > self._most):
            environ = request.environ(self._served.base, self._address)
            self._most = max(self._most, self._served.larger(environ))
        if length and int(length) > self._most:
            self._too_large(request)
        elif request.fields.get("HTTP_EXPECT", "").lower() == "100-continue":
            self.wire.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        if len(self._body) > READ_BYTES and isinstance(self._body, bytes):
            self._body = bytearray(self._body)  # a long one is not copied with each part
        self._body += body
        self._head = 0
        if len(self._body) > self._most and self._request is not None:
            self._too_large(self._request)

    def on_message_complete(self) -> None:
        """The request is whole."""
        if not self._parser.should_upgrade():
            self._take(self._body, keep=self._parser.should_keep_alive())

    def _too_large(self, request: Request) -> None:
        # The app refuses by the declared length, in the words of every other refusal; no more is read.
        request.fields["CONTENT_LENGTH"] = str(self._most + 1)
        request.fields.pop("HTTP_TRANSFER_ENCODING", None)
        self._left = 0
        self._dispatch(request, b"", keep=False)
        raise Refused("")

    def _upgraded(self, rest: bytes) -> None:
        request = self._request
        if request is None:
            return
        if request.fields.get("HTTP_UPGRADE", "").lower() == "websocket":
            environ = request.environ(self._served.base, self._address)
            if self._busy or not self._served.upgrade(environ, self, rest):
                self._take(b"", keep=False)
            else:
                self._parser = None
            return
        if "HTTP_TRANSFER_ENCODING" in request.fields:
            self._refuse("400 Bad Request")
            return
        self._left = int(request.fields.get("CONTENT_LENGTH") or 0)
        self._rest_of_body(rest)

    def _rest_of_body(self, data: bytes) -> None:
        if self._left is None or self._request is None:
            return  # the answer is on its way, and nothing that follows is looked at
        self._body += data
        if len(self._body) >= self._left:
            self._take(self._body[: self._left], keep=False)

    # -- answering

    def _take(self, body: bytes | bytearray, *, keep: bool) -> None:
        request, self._request = self._request, None
        self._body = b""
        if not keep:
            self._left = 0
        if request is not None:
            request.fields.pop("HTTP_UPGRADE", None)  # not taken: the app must not try
            self._dispatch(request, bytes(body), keep=keep)

    def _dispatch(self, request: Request, body: bytes, *, keep: bool) -> None:
        if self._busy:
            if self._queue is None:
                self._queue = deque()
            self._queue.append((request, body, keep))
            if len(self._queue) > PIPELINED:
                self.wire.cut()
            return
        self._busy = True
        run_now(self._answer_all, request, body, keep)

    def _answer_all(self, request: Request, body: bytes, keep: bool) -> None:
        """Answer one request, and those that came meanwhile, in their order."""
        while True:
            try:
                self._answer(request, body, keep)
            except Exception:  # noqa: BLE001 - the app has logged what is its own; the connection is of no use any more
                self.wire.cut()
            if self._lost or not keep or not self._queue:
                break
            request, body, keep = self._queue.popleft()
        self._busy = False
        self.deadline = time.monotonic() + (IDLE_SECONDS if keep else HALF_SECONDS)

    def _answer(self, request: Request, body: bytes, keep: bool) -> None:
        served, told = self._served, None
        if served.plain is not None and (path := request.plain_path):
            told = served.plain(request.method, path, request.fields, body, self._address)
        if told is None:
            environ = environ_with(request.environ(served.base, self._address), body, self.wire)
            data, keep = answered(served.wsgi, environ, keep=keep, ending=lambda: self._leaving)
        else:
            keep = keep and not self._leaving
            data = plainly_answered(*told, keep=keep)
        self.wire.write(data)
        if not keep:
            self.wire.end()

    def _refuse(self, line: str) -> None:
        self._left = 0
        self._request = None
        if line and not self._busy:
            self.wire.write(f"HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            self.wire.end()
        elif line:
            self.wire.cut()

    def leave(self) -> None:
        """Close, now or after the answer that is on its way."""
        self._leaving = True
        if not self._busy:
            self.wire.cut()

    @property
    def overdue(self) -> bool:
        """Whether nothing, or half a request, has been waited for too long."""
        return not self._busy and time.monotonic() > self.deadline
