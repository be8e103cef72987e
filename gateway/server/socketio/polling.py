"""Engine.IO 4 by polling: its requests, answered with the sessions that they are of.

A session belongs to its caller. The handshake gives a cookie; once that has come back, the session is its alone. Who
keeps no cookies is known by the address of the handshake (docs/decisions/0019-polling-belongs-to-its-caller.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qs

from pydantic_core import to_json

from gateway.foundation.secrets import random_id
from gateway.foundation.wsgi import Environ, StartResponse
from gateway.http import observed_sockets
from gateway.server.socketio.engine_socket import SessionHost
from gateway.server.socketio.polling_socket import PollingSocket
from scan_to_login.protocol import Code

COOKIE = "pairing_polling"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}\Z")
_TEXT = ("Content-Type", "text/plain; charset=UTF-8")
# Numbers and words of engine.io's own server: its clients show them.
_UNKNOWN_TRANSPORT = (0, "Transport unknown: send transport=polling, or a WebSocket's handshake.")
_UNKNOWN_SESSION = (1, "Session ID unknown: it is over, or another caller's; begin again without sid.")
_BAD_METHOD = (2, "Bad handshake method: a session begins with GET.")
_BAD_REQUEST = (3, "Bad request: the session is over; send text packets of Engine.IO 4, and one request of a kind.")
_FORBIDDEN = (4, "Forbidden: this origin may not connect; PAIRING_ALLOWED_ORIGINS names those that may.")
_CODES = {_UNKNOWN_SESSION[0]: Code.NOT_FOUND, _FORBIDDEN[0]: Code.ORIGIN_REFUSED}  # the others' is malformed_request
_BAD_VERSION = (5, "Unsupported protocol version: send EIO=4.")


class _Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """A request that is answered 400."""

    def __init__(self, number: int, sentence: str) -> None:
        super().__init__(sentence)
        self.body = to_json({"code": number, "message": sentence})
        self.code = _CODES.get(number, Code.MALFORMED_REQUEST)


class Polling:
    """Answers every request of Engine.IO that did not become a WebSocket."""

    def __init__(self, engine: SessionHost) -> None:
        self._engine = engine

    def answer(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        """A WSGI app."""
        headers: list[tuple[str, str]] = []
        try:
            if not self._engine.welcomes(environ):
                raise _Refused(*_FORBIDDEN)
            headers = self._engine.eio._cors_headers(environ)
            status, own, body = self._answered(environ)
        except _Refused as refused:
            self._count(refused.code, environ)
            status, own, body = "400 Bad Request", [("Content-Type", "application/json")], refused.body
        start_response(status, [*own, ("Cache-Control", "no-store"), *headers])
        return [body]

    def _count(self, code: Code, environ: Environ) -> None:
        event = (
            observed_sockets.POLL if "sid" in parse_qs(environ.get("QUERY_STRING", "")) else observed_sockets.CONNECT
        )
        observed_sockets.refused(event, code, environ["REMOTE_ADDR"])

    def _answered(self, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return "200 OK", [_TEXT], b"ok"
        query = parse_qs(environ.get("QUERY_STRING", ""))
        if query.get("transport") != ["polling"] or "polling" not in self._engine.eio.transports or "j" in query:
            raise _Refused(*_UNKNOWN_TRANSPORT)
        if query.get("EIO") != ["4"]:
            raise _Refused(*_BAD_VERSION)
        if "sid" not in query:
            if method != "GET":
                raise _Refused(*_BAD_METHOD)
            return self._opened(environ)
        socket = self._engine.polling_of(query["sid"][0], environ)
        if socket is None:
            raise _Refused(*_UNKNOWN_SESSION)
        if method == "GET":
            body = socket.poll()
            if body is None:
                raise _Refused(*_BAD_REQUEST)
            return "200 OK", [_TEXT], body
        if method != "POST" or not socket.post(self._body(environ)):
            raise _Refused(*_BAD_REQUEST)
        return "200 OK", [_TEXT], b"ok"

    def _opened(self, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
        engine = self._engine
        brought = next((token for token in tokens_of(environ) if _TOKEN.match(token)), None)
        token = brought or random_id()
        socket = PollingSocket(engine, engine.eio.generate_id(), token, environ["REMOTE_ADDR"])
        engine.begin_session(socket, environ)
        headers = [_TEXT]
        if brought is None:
            secure = "; Secure" if environ["wsgi.url_scheme"] == "https" else ""
            headers.append(("Set-Cookie", f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict{secure}"))
        return "200 OK", headers, engine.opening(socket.sid, ["websocket"])

    def _body(self, environ: Environ) -> bytes:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > self._engine.packet_bytes:
            return b""  # which is no payload either
        body: bytes = environ["wsgi.input"].read(int(length))
        return body


def tokens_of(environ: Environ) -> Sequence[str]:
    """The cookies of this name that a request brings."""
    pairs = (pair.strip().partition("=") for pair in environ.get("HTTP_COOKIE", "").split(";"))
    return [value for name, _, value in pairs if name == COOKIE]
