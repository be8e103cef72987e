"""The routes marked ``fast``, answered beside Flask: every login passes them (docs/performance.md).

It answers only plain requests, and leaves every other request to Flask. The HTTP server asks it before it builds an
environ. With the simulation or behind proxies it is a WSGI app.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from werkzeug.http import HTTP_STATUS_CODES

from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.redis.scripts import refusal_of
from gateway.foundation.telemetry import logs
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.foundation.wsgi import Environ, StartResponse, Wsgi
from gateway.http import problems, response_defaults
from gateway.http.routes import Call, Raw, Route, Router, credential_of, json_of, validated
from scan_to_login.protocol import Code

_LINES: Final = {status: f"{status} {phrase}" for status, phrase in HTTP_STATUS_CODES.items()}
_STANDING: Final = "".join(f"{name}: {value}\r\n" for name, value in response_defaults.STANDING_HEADERS)


class _FastRoute(NamedTuple):
    route: Route
    variable: str
    name: str


class _Told(NamedTuple):
    line: str
    own: list[tuple[str, str]]  # headers beside the standing ones
    body: bytes


class _Headers(Mapping[str, str]):
    """An environ's headers, by lower-case names."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> str:
        return self._fields["HTTP_" + name.upper().replace("-", "_")]

    def __iter__(self) -> Iterator[str]:
        return (key[5:].lower().replace("_", "-") for key in self._fields if key.startswith("HTTP_"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class FastPath:
    """The routes that are marked ``fast``; their rules are of the form ``/a/b/c/<variable>/d``."""

    def __init__(self, rooms: Sequence[Router], clock: Clock, *, body_bytes: int) -> None:
        self._clock = clock
        self._body_bytes = body_bytes
        self._routes: dict[tuple[str, ...], _FastRoute] = {}
        for room in rooms:
            for route in room.all:
                if route.fast:
                    _, *first, variable, last = route.rule.split("/")
                    name = f"{route.tag}.{route.handler.__name__}"
                    self._routes[route.method, *first, last] = _FastRoute(route, variable.strip("<>"), name)

    def answer(
        self, method: str, path: str, fields: Mapping[str, str], body: bytes, address: str
    ) -> tuple[str, bytes] | None:
        """Head and body of the answer to a request without a query and with a whole body; None if Flask has to answer.

        ``fields`` are its headers, by their names in an environ. The connection adds its own headers to the head.
        """
        found = self._found(method, path, fields)
        if found is None:
            return None
        told = self._told(found, path, fields, body, address)
        return f"{told.line}\r\n" + "".join([f"{name}: {value}\r\n" for name, value in told.own]) + _STANDING, told.body

    def before(self, flask: Wsgi) -> Wsgi:
        """``flask`` with these routes before it."""

        def wsgi(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            path = environ["PATH_INFO"]
            found = None if environ.get("QUERY_STRING") else self._found(environ["REQUEST_METHOD"], path, environ)
            length = environ.get("CONTENT_LENGTH") or "0"
            if found is None or not length.isdigit() or int(length) > self._body_bytes:
                return flask(environ, start_response)
            body = environ["wsgi.input"].read(int(length)) if length != "0" else b""
            told = self._told(found, path, environ, body, environ.get("REMOTE_ADDR") or "")
            start_response(told.line, [*told.own, *response_defaults.STANDING_HEADERS])
            return [told.body]

        return wsgi

    def _found(self, method: str, path: str, fields: Mapping[str, str]) -> _FastRoute | None:
        parts = path.split("/")
        if len(parts) != 6 or not parts[4] or "HTTP_TRANSFER_ENCODING" in fields or not path.isascii() or "\0" in path:
            return None
        return self._routes.get((method, parts[1], parts[2], parts[3], parts[5]))

    def _told(self, fast: _FastRoute, path: str, fields: Mapping[str, str], body: bytes, address: str) -> _Told:
        began = time.perf_counter()
        request_id = response_defaults.request_id_of(fields.get("HTTP_X_REQUEST_ID", ""))
        logs.request_id.set(request_id)
        more: dict[str, str] = {}
        try:
            status, kind, answer = _answered(fast, path.split("/")[4], fields, body, address)
        except Refusal as refusal:
            status, kind, answer = _refused(refusal, fields, more)
        except Exception as error:  # noqa: BLE001 - the last line: a fault is answered, and logged whole
            known = refusal_of(error)
            if known is None:
                log.error(LogEvent.FAULT, path=path, exc_info=error)
            status, kind, answer = _refused(known or Refusal(Code.INTERNAL_ERROR), fields, more)
        response_defaults.count(fast.name, status, began, fast.route.method, path, address)
        logs.request_id.set("")
        own = [
            ("Content-Type", kind),
            ("Content-Length", str(len(answer))),
            ("X-Gateway-Time", str(self._clock.now_ms())),
            ("X-Request-Id", request_id),
            *more.items(),
        ]
        return _Told(_LINES[status], own, answer)


def _answered(
    fast: _FastRoute, variable: str, fields: Mapping[str, str], data: bytes, address: str
) -> tuple[int, str, bytes]:
    route = fast.route
    credential = credential_of(route.auth, fields.get("HTTP_AUTHORIZATION"))
    arguments: list[Any] = [Call({fast.variable: variable}, _Headers(fields), address, credential)]
    if route.body is not None:
        value = json_of(route, data, fields.get("CONTENT_TYPE", "").partition(";")[0].strip().lower())
        arguments.append(None if value is None else validated(route.body, value))
    answer = route.handler(*arguments)
    if answer is None or isinstance(answer, Raw):
        raise TypeError(f"{route.rule} does not answer JSON and cannot be a fast route")
    return route.status, "application/json", answer.model_dump_json().encode()


def _refused(refusal: Refusal, fields: Mapping[str, str], headers: dict[str, str]) -> tuple[int, str, bytes]:
    language = problems.language_of(fields.get("HTTP_ACCEPT_LANGUAGE", ""))
    body, status, extra = problems.problem(refusal, language)
    headers.update(extra)
    response_defaults.count_refusal(refusal.code)
    return status, problems.CONTENT_TYPE, json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
