"""The input of a WSGI app, and the bytes of its answer."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from typing import Any

from gateway.foundation.wsgi import Environ, Wsgi, answer_of
from gateway.server.connection import Connection


class RequestBody(io.BytesIO):
    """A request's body, with access to its connection."""

    wire: Connection | None = None

    def get_socket(self) -> Any:
        """An object with a ``shutdown``, as eventlet's input has it."""
        return self

    def shutdown(self, _how: int = socket.SHUT_RDWR) -> None:
        """Cut the connection."""
        if self.wire is not None:
            self.wire.shutdown()


def environ_with(environ: Environ, body: bytes, wire: Connection) -> Environ:
    """``environ`` with a request's body and its connection."""
    content = RequestBody(body)
    content.wire = wire
    environ["wsgi.input"] = environ["eventlet.input"] = content
    if environ.pop("HTTP_TRANSFER_ENCODING", None) is not None:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


class _Second:
    """The Date header, made once a second."""

    at = 0
    header = ""

    @classmethod
    def now(cls) -> str:
        now = int(time.time())
        if now != cls.at:
            cls.at, cls.header = now, formatdate(now, usegmt=True)
        return cls.header


def answered(
    wsgi: Wsgi, environ: Environ, *, keep: bool, ending: Callable[[], bool]
) -> tuple[bytes, bool, Iterable[bytes] | None]:
    """The app's answer as bytes, whether the connection may stay open, and None.

    Of a streamed answer the bytes are the head alone, and the body comes in place of None.
    ``ending`` is asked after the app, which may take its time: whether all connections are to end.
    """
    status, headers, answer = answer_of(wsgi, environ)
    keep = keep and not ending()
    lines = [f"HTTP/1.1 {status}"]
    length = False
    for name, value in headers:
        lowered = name.lower()
        length = length or lowered == "content-length"
        keep = keep and not (lowered == "connection" and value.lower() == "close")
        if lowered != "connection":
            lines.append(f"{name}: {value}")
    head_only = environ["REQUEST_METHOD"] == "HEAD"
    streamed = None
    if not isinstance(answer, bytes):
        streamed, answer = answer, b""
        if chunked(environ):
            lines.append("Transfer-Encoding: chunked")
        else:
            keep = False  # its end is the connection's (RFC 9112 section 6.3)
    elif not length and not (head_only or status.startswith(("1", "204", "304"))):
        lines.append(f"Content-Length: {len(answer)}")
    lines.append(f"Date: {_Second.now()}")
    if not keep:
        lines.append("Connection: close")
    elif environ["SERVER_PROTOCOL"] == "HTTP/1.0":
        lines.append("Connection: keep-alive")
    head = "\r\n".join(lines) + "\r\n\r\n"
    return head.encode("latin-1") + (b"" if head_only else answer), keep, streamed


def chunked(environ: Environ) -> bool:
    """Whether a streamed answer to this request is sent in chunks, which HTTP/1.0 does not know."""
    return bool(environ["SERVER_PROTOCOL"] != "HTTP/1.0")


def plainly_answered(head: str, body: bytes, *, keep: bool) -> bytes:
    """The same for an answer whose head is already text (``PlainAnswers``)."""
    close = "" if keep else "Connection: close\r\n"
    return f"HTTP/1.1 {head}Date: {_Second.now()}\r\n{close}\r\n".encode("latin-1") + body
