"""A connection of the server's under a real hub, and its client's end byte by byte: plain, and over TLS."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import warnings
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import eventlet

from gateway.server.httptools_impl.http_connection import HttpConnection
from gateway.server.httptools_impl.request_reader import Served


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Returns the request's own data; at ``/wait`` after a wait, at ``/streamed`` while it is sent."""
    if environ["PATH_INFO"] == "/wait":
        eventlet.sleep(0)
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    told = [environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"], environ["wsgi.url_scheme"]]
    if environ["PATH_INFO"] == "/streamed":
        return iter([b"a", b"", environ["REQUEST_METHOD"].encode()])
    return ["|".join([*told, environ.get("CONTENT_LENGTH", "")]).encode(), b"|", body]


class Line:
    """A connection of the server's, and its client's end; ``TlsLine`` is the same over TLS."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.client, theirs = socket.socketpair()
        theirs.setblocking(False)
        self.client.setblocking(False)
        base = {"wsgi.url_scheme": "https" if tls else "http"}
        served = Served(base, app, None, lambda *_: False, lambda _: None, 100, 20.0, lambda _: 0, nullcontext, tls)
        self.connection = HttpConnection(theirs, "192.0.2.1", served)
        self.received = b""
        self.over = False

    def feed(self, data: bytes) -> None:
        """Send raw bytes; returns after the server has read them and its answer has come."""
        with contextlib.suppress(BrokenPipeError):
            self.client.sendall(data)
        eventlet.sleep(0)
        eventlet.sleep(0)
        with contextlib.suppress(BlockingIOError):
            while data := self.client.recv(65_536):
                self.heard(data)
            self.over = True

    def heard(self, data: bytes) -> None:
        """Bytes of the server's."""
        self.received += data

    def on_the_line(self, data: bytes) -> bytes:
        """``data`` as it is sent."""
        return data

    def answers(self) -> list[tuple[int, bytes, bytes]]:
        """All of it, as (status, Connection, body)."""
        found, rest = [], self.received
        while rest:
            head, _, rest = rest.partition(b"\r\n\r\n")
            length = int(re.findall(rb"content-length: (\d+)", head.lower())[0])
            close = b"close" if b"Connection: close" in head else b""
            body, rest = rest[:length], rest[length:]
            found.append((int(head.split(b" ")[1]), close, body if head.startswith(b"HTTP/1.1 2") else b""))
        return found

    def close(self) -> None:
        """End it."""
        self.connection.wire.cut()
        self.client.close()


class TlsLine(Line):
    """The client's end speaks TLS, over memory too."""

    def __init__(self, server: ssl.SSLContext, client: ssl.SSLContext, *, piece: int = 65_536) -> None:
        super().__init__(server)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = client.wrap_bio(self._in, self._out, server_hostname="localhost")
        self.ended = False
        self._shaken = False
        while True:
            with contextlib.suppress(ssl.SSLWantReadError):
                self.tls.do_handshake()
                self._shaken = True
            out = self._out.read()
            for start in range(0, len(out), piece):
                self.feed(out[start : start + piece])
            if self._shaken:
                self.heard(b"")
                return
            assert not self.over

    def heard(self, data: bytes) -> None:
        """Decrypt."""
        self._in.write(data)
        with contextlib.suppress(ssl.SSLWantReadError):
            while self._shaken:
                try:
                    plain = self.tls.read(65_536)
                except ssl.SSLZeroReturnError:
                    plain = b""
                self.ended = self.ended or not plain
                if not plain:
                    return
                self.received += plain

    def on_the_line(self, data: bytes) -> bytes:
        """Encrypt, in one record."""
        self.tls.write(data)
        return self._out.read()
