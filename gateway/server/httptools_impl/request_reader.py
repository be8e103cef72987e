"""Reads the requests of one connection: bytes in, whole requests out, by httptools (llhttp).

Read are whole requests of a bounded size, each within a deadline that no byte of it puts off. What is malformed, or
smuggles, is refused. ``http_connection`` answers what is read here.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import httptools

from gateway.foundation.wsgi import Environ, PlainAnswers, Wsgi
from gateway.server.connection import READ_BYTES, Connection
from gateway.server.httptools_impl.refusals import BAD, Refused
from gateway.server.httptools_impl.request import Request, request_of_unknown_method

HEAD_BYTES = 16_384
HEAD_SECONDS = 5.0  # from the first byte of a head to its last
BODY_SECONDS = 10.0  # from there to the last byte of the body

# Takes over a connection that asks to become a WebSocket; answers whether it did.
Upgrade = Callable[[Environ, Any, bytes], bool]


class Served(NamedTuple):
    """The objects that all connections of a server share."""

    base: Environ  # the server's share of every environ
    wsgi: Wsgi
    plain: PlainAnswers | None  # asked first about requests that have nothing out of the ordinary
    upgrade: Upgrade
    on_lost: Callable[[Any], None]
    body_bytes: int
    patience: float  # seconds that a client may leave an answer unread
    larger: Callable[[Environ], int]  # bytes that a request's body may have beyond that, by its head
    counted: Callable[[], AbstractContextManager[None]]  # a block that a worker's end waits for
    tls: ssl.SSLContext | None = None


class RequestReader:
    """The reading half of a connection; the other half is ``HttpConnection``, which answers."""

    __slots__ = (
        "_address", "_begun", "_body", "_busy", "_head", "_headers", "_left", "_mixed", "_most", "_odd", "_parser",
        "_request", "_served", "_size", "_start", "_target", "deadline", "wire",
    )  # fmt: skip

    wire: Connection
    deadline: float

    def __init__(self, address: str, served: Served) -> None:
        self._address = address
        self._served = served
        # Knows this one by its methods: let go of when it is done, for neither would be freed without the collector.
        self._parser: Any = httptools.HttpRequestParser(self)
        self._request: Request | None = None  # its head, once that is whole
        self._target = b""
        self._body: bytes | bytearray = b""
        self._start = b""  # what has come of a request whose target has not begun
        self._headers: list[tuple[bytes, bytes]] = []
        self._size = self._head = 0
        self._most = served.body_bytes
        self._begun = False  # whether a part of a request has come
        self._mixed = False  # whether the request that is parsed began in a piece with the end of another one
        self._odd = False  # whether the rest of a request line with an unknown method is waited for
        self._left: int | None = None  # bytes of a body that the parser does not see: after an upgrade we don't take
        self._busy = False  # whether a request is being answered

    def _dispatch(self, request: Request, body: bytes, *, keep: bool) -> None:
        """Answer a whole request, and keep the connection after it or not."""
        raise NotImplementedError

    def _refuse(self, refused: Refused) -> None:
        """Answer without the app, and end the connection."""
        raise NotImplementedError

    # -- what the wire says

    def data_received(self, data: bytes) -> None:
        """Parse; called by the connection."""
        if self._odd:
            self._unknown_method(self._start + data)
            return
        if self._left is not None or self._parser is None:
            self._rest_of_body(data)
            return
        self._head += len(data)
        self._mixed = self._mixed and self._begun
        start = self._start + data
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgraded(data[upgrade.args[0] :])
        except Refused as refused:
            self._refuse(refused)
        except httptools.HttpParserInvalidMethodError:
            self._unknown_method(b"" if self._mixed else start.lstrip(b"\r\n"))
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause if isinstance(cause, Refused) else Refused(BAD, f"The request breaks HTTP: {error}."))
        else:
            self._start = start if self._begun and not self._target and not self._mixed else b""
            if self._head > 2 * READ_BYTES:
                self._refuse(Refused("431 Request Header Fields Too Large"))

    def _unknown_method(self, start: bytes) -> None:
        """The parser does not know the method: the app answers with the known ones, and the connection ends.

        ``start`` is the received part of the request; the rest of its line is awaited.
        """
        try:
            self._request = request_of_unknown_method(b"" if self._busy else start)
        except Refused as refused:
            self._odd = False
            self._refuse(refused)
            return
        self._odd, self._start = self._request is None, start
        if not self._odd:
            self._take(b"", keep=False)

    # -- what the parser says

    def on_message_begin(self) -> None:
        """A request begins."""
        self._begun = True
        self._request = None
        self._target = self._body = b""
        self._headers.clear()
        self._size = 0
        self.deadline = time.monotonic() + HEAD_SECONDS

    def on_url(self, url: bytes) -> None:
        """The target, or a part of it."""
        self._target += url
        if len(self._target) > HEAD_BYTES:
            raise Refused("414 URI Too Long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; after the body it would be a trailer, which no code here reads."""
        if self._request is not None:
            raise Refused(BAD, "Trailers after a body are not taken.")
        self._headers.append((name, value))
        self._size += len(name) + len(value)
        if self._size > HEAD_BYTES:
            raise Refused("431 Request Header Fields Too Large")

    def on_headers_complete(self) -> None:
        """The head is whole; the body comes."""
        parser = self._parser
        request = Request(parser.get_method().decode(), self._target, parser.get_http_version(), self._headers)
        request.check()
        self._request = request
        self._headers.clear()
        self._head = 0
        self.deadline = time.monotonic() + BODY_SECONDS
        length = request.fields.get("CONTENT_LENGTH", "")
        self._most = self._served.body_bytes
        if "HTTP_TRANSFER_ENCODING" in request.fields or (length and int(length) > self._most):
            environ = request.environ(self._served.base, self._address)
            self._most = max(self._most, self._served.larger(environ))
        if length and int(length) > self._most:
            self._too_large(request)
        elif request.fields.get("HTTP_EXPECT", "").lower() == "100-continue" and not self._busy:
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
        self._begun, self._mixed = False, True
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
            self._refuse(Refused(BAD, "A request to change the protocol has no body in chunks."))
            return
        self._begun = True
        self._left = int(request.fields.get("CONTENT_LENGTH") or 0)
        self._rest_of_body(rest)

    def _rest_of_body(self, data: bytes) -> None:
        if self._left is None or self._request is None:
            return  # the answer is on its way, and nothing that follows is looked at
        self._body += data
        if len(self._body) >= self._left:
            self._take(self._body[: self._left], keep=False)

    def _take(self, body: bytes | bytearray, *, keep: bool) -> None:
        request, self._request = self._request, None
        self._body = b""
        self._begun = False
        if not keep:
            self._left = 0
        if request is not None:
            request.fields.pop("HTTP_UPGRADE", None)  # not taken: the app must not try
            self._dispatch(request, bytes(body), keep=keep)
