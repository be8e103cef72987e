"""HTTP/1.1 connections: the requests that come over one, answered in their order, each in a greenlet.

Every request to the gateway enters by this file and leaves by it. ``request_reader`` reads them; ``gateway.http``
knows what is answered.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Iterable

from gateway.foundation import callers
from gateway.foundation.wsgi import Environ
from gateway.http.response_defaults import count_refusal
from gateway.server.connection import Connection
from gateway.server.greenlet_pool import run_now
from gateway.server.httptools_impl.refusals import Refused, refusal
from gateway.server.httptools_impl.request import Request
from gateway.server.httptools_impl.request_reader import RequestReader, Served
from gateway.server.httptools_impl.streamed_answers import send
from gateway.server.httptools_impl.tls import TlsWire
from gateway.server.httptools_impl.wsgi_answers import answered, chunked, environ_with, plainly_answered
from scan_to_login.protocol import Code

PIPELINED = 16
OPENING_SECONDS = 5.0  # from the connection to the first byte of a request
OPENING_SECONDS_TLS = 10.0  # the same with the handshake
LAST_SECONDS = 5.0  # for the client to take its last answer
IDLE_SECONDS = 65.0  # between two requests


class HttpConnection(RequestReader):
    """One client's connection, until it closes or becomes a WebSocket."""

    __slots__ = ("_caller", "_last", "_leaving", "_lost", "_queue")

    def __init__(self, sock: socket.socket, address: str, served: Served) -> None:
        super().__init__(address, served)
        self._last = b""  # the refusal that ends the connection after the answers before it
        self._queue: deque[tuple[Request, bytes, bool]] | None = None
        self._caller: callers.Caller | None = None  # of the request that is answered
        self._leaving = self._lost = False
        if served.tls is None:
            self.deadline = time.monotonic() + OPENING_SECONDS
            self.wire = Connection(sock, self.data_received, self._connection_lost)
        else:
            self.deadline = time.monotonic() + OPENING_SECONDS_TLS
            self.wire = TlsWire(sock, self.data_received, self._connection_lost, served.tls)
        self.wire.patience = served.patience

    def _connection_lost(self) -> None:
        self._lost = True
        self._queue = self._parser = None
        if self._caller is not None:
            self._caller.hang_up()
        self._served.on_lost(self)

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
        if keep and self._last:
            self._end_with(self._last)
            return
        # Half of the next request may be here by now: it has no longer than any other.
        self.deadline = time.monotonic() + (LAST_SECONDS if self._begun or not keep else IDLE_SECONDS)

    def _answer(self, request: Request, body: bytes, keep: bool) -> None:
        served, told = self._served, None
        if served.plain is not None and (path := request.plain_path):
            told = served.plain(request.method, path, request.fields, body, self._address)
        if told is None:
            environ = environ_with(request.environ(served.base, self._address), body, self.wire)
            self._caller = callers.Caller()
            callers.current.set(self._caller)
            try:
                data, keep, pieces = answered(served.wsgi, environ, keep=keep, ending=lambda: self._leaving)
                if pieces is not None:
                    self._stream(data, pieces, environ, keep)
                    return
            finally:
                self._caller = None
        else:
            keep = keep and not self._leaving
            data = plainly_answered(*told, keep=keep)
        self.wire.write(data)
        if not keep:
            self.wire.end()

    def _stream(self, head: bytes, pieces: Iterable[bytes], environ: Environ, keep: bool) -> None:
        """Send an answer as it is made. Its end is that of the connection too if the worker leaves meanwhile."""
        with self._served.counted():
            self.wire.write(head)
            sent = send(self.wire, pieces, chunked=chunked(environ), path=environ["PATH_INFO"])
        if sent and not (keep and not self._leaving):
            self.wire.end()

    def _refuse(self, refused: Refused) -> None:
        """Answer without the app, after the answers that are due before it, and end the connection."""
        self._request = None
        if self._left is not None or not refused.line:
            return  # the connection ends by an earlier answer
        self._left = 0
        last = refusal(refused.line, refused.detail)
        count_refusal(Code.MALFORMED_REQUEST)
        if self._busy:
            self._last = last
        else:
            self._end_with(last)

    def _end_with(self, last: bytes) -> None:
        self.deadline = time.monotonic() + LAST_SECONDS
        self.wire.write(last)
        self.wire.end()

    def leave(self) -> None:
        """Close, now or after the answer that is on its way."""
        self._leaving = True
        if not self._busy:
            self.wire.cut()

    @property
    def overdue(self) -> bool:
        """Whether nothing, or half a request, has been waited for too long; what is not read, the wire looks after."""
        return not self._busy and not self.wire.unread and time.monotonic() > self.deadline
