"""CORS (WHATWG Fetch, "CORS protocol"): pages of the origins in ``allowed_origins`` may read every answer.

It stands before all that answers: Flask, the fast path, the control plane, the faults of the simulation. Answers carry
no ``Access-Control-Allow-Credentials``: tokens travel in ``Authorization``, and no cookie opens anything. Socket.IO and
OAuth, whose protocol is open to every page, answer for their own paths.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gateway.foundation.errors import Refusal
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.foundation.wsgi import Environ, PlainAnswers, StartResponse, Wsgi
from gateway.http import problems, response_defaults
from gateway.http.origins.public_address import PublicAddress
from scan_to_login.protocol import Code

_ALLOW_ORIGIN: Final = "Access-Control-Allow-Origin"
_EXPOSED: Final = "X-Gateway-Time, X-Request-Id, Retry-After, Location, WWW-Authenticate"
_METHODS: Final = "GET, POST, PUT, PATCH, DELETE"
_HEADERS: Final = re.compile(r"[A-Za-z0-9-]+(?:,[ \t]*[A-Za-z0-9-]+)*\Z")
_USUAL_HEADERS: Final = "authorization, content-type"
_PREFLIGHT_SECONDS: Final = 600
_SOCKET_IO: Final = "/socket.io/"
_MOST_NAMED: Final = 100
_LONGEST_SHOWN: Final = 200
_VARY: Final = ("Vary", "Origin")


class Cors:
    """Answers preflights, and adds the headers that let a page of an allowed origin read an answer."""

    def __init__(self, public: PublicAddress, open_paths: tuple[str, ...] = ()) -> None:
        """``open_paths`` begin the paths whose routes answer pages of every origin themselves."""
        self._public = public
        self._others = (_SOCKET_IO, *open_paths)
        self._named: set[str] = set()

    def before(self, app: Wsgi) -> Wsgi:
        """``app`` with CORS before it."""

        def wsgi(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            origin = environ.get("HTTP_ORIGIN")
            path = environ.get("PATH_INFO", "")
            if path.startswith(self._others) or (origin is None and not self._public.allows_others):
                return app(environ, start_response)
            allowed = origin is not None and self._public.is_allowed(origin)
            if origin is not None and not allowed and not self._public.admits(origin, environ.get("HTTP_HOST", "")):
                self._name(origin)
            asks_first = environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
            if origin is not None and asks_first:
                return self._preflight(environ, start_response, origin, allowed=allowed)
            own = self._headers(origin if allowed else None)

            def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
                return start_response(status, [*headers, *own], *error)

            return app(environ, start)

        return wsgi

    def before_plain(self, answers: PlainAnswers) -> PlainAnswers:
        """The same for the fast path without WSGI, which no preflight takes."""
        if not self._public.allows_others:
            return answers

        def plain(
            method: str, path: str, fields: Mapping[str, str], body: bytes, address: str
        ) -> tuple[str, bytes] | None:
            told = answers(method, path, fields, body, address)
            if told is None:
                return None
            origin = fields.get("HTTP_ORIGIN")
            own = self._headers(origin if origin is not None and self._public.is_allowed(origin) else None)
            return told[0] + "".join([f"{name}: {value}\r\n" for name, value in own]), told[1]

        return plain

    def _headers(self, origin: str | None) -> list[tuple[str, str]]:
        if origin is None:
            return [_VARY] if self._public.allows_others else []
        return [(_ALLOW_ORIGIN, origin), ("Access-Control-Expose-Headers", _EXPOSED), _VARY]

    def _preflight(
        self, environ: Environ, start_response: StartResponse, origin: str, *, allowed: bool
    ) -> Iterable[bytes]:
        headers = [*response_defaults.STANDING_HEADERS, _VARY]
        body = b""
        if allowed:
            status = 204
            wanted = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
            headers += [
                (_ALLOW_ORIGIN, origin),
                ("Access-Control-Allow-Methods", _METHODS),
                ("Access-Control-Allow-Headers", wanted if _HEADERS.match(wanted) else _USUAL_HEADERS),
                ("Access-Control-Max-Age", str(_PREFLIGHT_SECONDS)),
            ]
        else:
            refusal = Refusal(Code.ORIGIN_REFUSED, sentence(origin))
            language = problems.language_of(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
            document, status, own = problems.problem(refusal, language)
            response_defaults.count_refusal(refusal.code)
            body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
            headers += [*own.items(), ("Content-Type", problems.CONTENT_TYPE), ("Content-Length", str(len(body)))]
        response_defaults.count(
            "preflight", status, 0.0, "OPTIONS", environ.get("PATH_INFO", ""), environ.get("REMOTE_ADDR") or ""
        )
        start_response("204 No Content" if allowed else "403 Forbidden", headers)
        return [body]

    def _name(self, origin: str) -> None:
        """Log an origin once whose pages cannot read the answers: their own console says only that CORS failed."""
        if origin not in self._named and len(self._named) < _MOST_NAMED:
            self._named.add(origin)
            log.warning(LogEvent.ORIGIN_REFUSED, message=sentence(origin))


def sentence(origin: str) -> str:
    """What to do about a page of ``origin`` that its browser keeps from the answers."""
    if origin == "null":
        return (
            "A page without an origin (a file, a sandboxed frame) may not read the gateway's answers: serve it over "
            "HTTP, and name its origin in PAIRING_ALLOWED_ORIGINS"
        )
    origin = origin[:_LONGEST_SHOWN]
    return (
        f"Pages of {origin} may not read the gateway's answers: if this is your page, start the gateway with "
        f"PAIRING_ALLOWED_ORIGINS={origin}"
    )
