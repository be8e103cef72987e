"""HTTP/1.1 connections parsed by httptools (llhttp): requests become WSGI calls, each in a greenlet.

Read are whole requests of a bounded size; what is malformed, or smuggles, is answered 400 and closed.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import httptools

from gateway.foundation.wsgi import Environ, Wsgi
from gateway.transport.answers import Refused, RequestBody, answered, path_of
from gateway.transport.runners import run_now
from gateway.transport.wire import READ_BYTES, Wire

HEAD_BYTES = 16_384
PIPELINED = 16
# So long is waited for the first byte, for the rest of a request, and for a client to take its last answer.
HALF_SECONDS = 5.0
IDLE_SECONDS = 65.0

# Takes over a connection that asks to become a WebSocket; answers whether it did.
Upgrade = Callable[[Environ, "HttpConnection", bytes], bool]


class HttpConnection:
    """One client's connection, until it closes or becomes a WebSocket."""

    __slots__ = (
        "_address",
        "_base",
        "_body",
        "_body_bytes",
        "_busy",
        "_environ",
        "_head",
        "_leaving",
        "_left",
        "_lost",
        "_on_lost",
        "_parser",
        "_queue",
        "_upgrade",
        "_wsgi",
        "deadline",
        "wire",
    )  # fmt: skip

    def __init__(
        self,
        sock: socket.socket,
        address: str,
        base: Environ,
        wsgi: Wsgi,
        upgrade: Upgrade,
        on_lost: Callable[[HttpConnection], None],
        *,
        body_bytes: int,
    ) -> None:
        self._address = address
        self._base = base
        self._wsgi = wsgi
        self._upgrade = upgrade
        self._on_lost = on_lost
        self._body_bytes = body_bytes
        self._parser = httptools.HttpRequestParser(self)
        self._environ: Environ = {}
        self._body = b""
        self._head = 0
        self._left: int | None = None  # bytes of a body that the parser does not see: after an upgrade we don't take
        self._queue: deque[tuple[Environ, bytes, bool]] | None = None
        self._busy = self._leaving = self._lost = False
        self.deadline = time.monotonic() + HALF_SECONDS
        self.wire = Wire(sock, self.data_received, self._connection_lost)

    # -- what the wire says

    def data_received(self, data: bytes) -> None:
        """Parse; called by the wire."""
        if self._left is not None:
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
        self._environ = {
            **self._base,
            "REQUEST_METHOD": method.decode(),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "PATH_INFO": path.partition(b"?")[0].decode("latin-1"),
            "QUERY_STRING": "",
            "REMOTE_ADDR": self._address,
        }
        self._take(b"", keep=False)

    def _connection_lost(self) -> None:
        self._lost = True
        self._queue = None
        self._on_lost(self)

    # -- what the parser says

    def on_message_begin(self) -> None:
        """A request begins."""
        self._environ = {"_headers": []}
        self._body = b""
        self.deadline = time.monotonic() + HALF_SECONDS

    def on_url(self, url: bytes) -> None:
        """Its target, or a part of it."""
        self._environ["_url"] = self._environ.get("_url", b"") + url
        if len(self._environ["_url"]) > HEAD_BYTES:
            raise Refused("414 URI Too Long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; after the body those are trailers, and no header."""
        if "_whole" not in self._environ:
            self._environ["_headers"].append((name, value))

    def on_headers_complete(self) -> None:
        """Make the environ; the body comes."""
        environ = self._environ
        url, headers = environ["_url"], environ["_headers"]
        if sum(len(name) + len(value) for name, value in headers) > HEAD_BYTES:
            raise Refused("431 Request Header Fields Too Large")
        if not url.startswith(b"/"):
            url = path_of(url)
        path, _, query = url.partition(b"?")
        raw_path = path.decode("latin-1")
        environ = {
            **self._base,
            "_whole": True,
            "REQUEST_METHOD": self._parser.get_method().decode(),
            "SERVER_PROTOCOL": f"HTTP/{self._parser.get_http_version()}",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if b"%" in path else raw_path,
            "RAW_PATH_INFO": raw_path,
            "QUERY_STRING": query.decode("latin-1"),
            "REMOTE_ADDR": self._address,
        }
        for name, value in headers:
            # An underscore would be taken for a dash: a way past a proxy that sets the header with the dash.
            if b"_" in name:
                continue
            key, text = name.decode("latin-1").upper().replace("-", "_"), value.decode("latin-1")
            if key not in ("CONTENT_LENGTH", "CONTENT_TYPE"):
                key = f"HTTP_{key}"
            environ[key] = f"{environ[key]},{text}" if key in environ else text
        self._environ = environ
        self._head = 0
        length = environ.get("CONTENT_LENGTH", "")
        if length and int(length) > self._body_bytes:
            self._too_large()
        elif environ.get("HTTP_EXPECT", "").lower() == "100-continue":
            self.wire.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._body += body
        self._head = 0
        if len(self._body) > self._body_bytes:
            self._too_large()

    def on_message_complete(self) -> None:
        """The request is whole."""
        if not self._parser.should_upgrade():
            self._take(self._body, keep=self._parser.should_keep_alive())

    def _too_large(self) -> None:
        # The app refuses by the declared length, in the words of every other refusal; no more is read.
        self._environ["CONTENT_LENGTH"] = str(self._body_bytes + 1)
        self._environ.pop("HTTP_TRANSFER_ENCODING", None)
        self._left = 0
        self._dispatch(self._environ, b"", keep=False)
        raise Refused("")

    def _upgraded(self, rest: bytes) -> None:
        environ = self._environ
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            if self._busy or not self._upgrade(environ, self, rest):
                del environ["HTTP_UPGRADE"]
                self._take(b"", keep=False)
            return
        if "HTTP_TRANSFER_ENCODING" in environ:
            self._refuse("400 Bad Request")
            return
        self._left = int(environ.get("CONTENT_LENGTH") or 0)
        self._rest_of_body(rest)

    def _rest_of_body(self, data: bytes) -> None:
        if self._left is None or "_whole" not in self._environ:
            return  # the answer is on its way, and nothing that follows is looked at
        self._body += data
        if len(self._body) >= self._left:
            self._take(self._body[: self._left], keep=False)

    # -- answering

    def _take(self, body: bytes, *, keep: bool) -> None:
        environ = self._environ
        self._environ = {}
        if not keep:
            self._left = 0
        self._dispatch(environ, body, keep=keep)

    def _dispatch(self, environ: Environ, body: bytes, *, keep: bool) -> None:
        if self._busy:
            if self._queue is None:
                self._queue = deque()
            self._queue.append((environ, body, keep))
            if len(self._queue) > PIPELINED:
                self.wire.cut()
            return
        self._busy = True
        run_now(self._answer_all, environ, body, keep)

    def _answer_all(self, environ: Environ, body: bytes, keep: bool) -> None:
        """Answer one request, and those that came meanwhile, in their order."""
        while True:
            try:
                self._answer(environ, body, keep)
            except Exception:  # noqa: BLE001 - the app has logged what is its own; the connection is of no use any more
                self.wire.cut()
            if self._lost or not keep or not self._queue:
                break
            environ, body, keep = self._queue.popleft()
        self._busy = False
        self.deadline = time.monotonic() + (IDLE_SECONDS if keep else HALF_SECONDS)

    def _answer(self, environ: Environ, body: bytes, keep: bool) -> None:
        content = RequestBody(body)
        content.wire = self.wire
        environ["wsgi.input"] = environ["eventlet.input"] = content
        if "HTTP_TRANSFER_ENCODING" in environ:
            del environ["HTTP_TRANSFER_ENCODING"]
            environ["CONTENT_LENGTH"] = str(len(body))
        data, keep = answered(self._wsgi, environ, keep=keep, ending=lambda: self._leaving)
        self.wire.write(data)
        if not keep:
            self.wire.end()

    def _refuse(self, line: str) -> None:
        self._left = 0
        self._environ = {}
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
