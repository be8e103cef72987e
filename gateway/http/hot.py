"""The few doors that every login goes through, answered beside Flask from the same rows (docs/performance.md).

Only a plain request is answered here; whatever is out of the ordinary goes on to Flask, which knows what to say.
The HTTP front asks these doors before it makes an environ; where something stands before Flask (the simulation,
proxies), they are a WSGI app of their own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from werkzeug.http import HTTP_STATUS_CODES

from gateway.foundation import logs
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.logs import log
from gateway.foundation.redis import refusal_of
from gateway.foundation.wsgi import Environ, StartResponse, Wsgi
from gateway.http import manners, problems
from gateway.http.doors import Call, Door, Doors, Raw, credential_of, json_of, validated
from gateway.protocol import Code

_LINES: Final = {status: f"{status} {phrase}" for status, phrase in HTTP_STATUS_CODES.items()}
_STANDING: Final = "".join(f"{name}: {value}\r\n" for name, value in manners.STANDING_HEADERS)
HOT: Final = frozenset({"scan_ticket", "confirm_ticket", "claim_ticket", "verify_unit"})


class _Hot(NamedTuple):
    door: Door
    variable: str
    name: str


class _Told(NamedTuple):
    line: str
    own: list[tuple[str, str]]  # headers beside the standing ones
    body: bytes


class _Headers(Mapping[str, str]):
    """An environ's headers by their names in lower case."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> str:
        return self._fields["HTTP_" + name.upper().replace("-", "_")]

    def __iter__(self) -> Iterator[str]:
        return (key[5:].lower().replace("_", "-") for key in self._fields if key.startswith("HTTP_"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class HotDoors:
    """Doors of the form ``/a/b/c/<variable>/d``."""

    def __init__(self, rooms: Sequence[Doors], clock: Clock, *, body_bytes: int) -> None:
        self._clock = clock
        self._body_bytes = body_bytes
        self._doors: dict[tuple[str, ...], _Hot] = {}
        for room in rooms:
            for door in room.all:
                if door.handler.__name__ in HOT:
                    _, *first, variable, last = door.rule.split("/")
                    name = f"{door.tag}.{door.handler.__name__}"
                    self._doors[door.method, *first, last] = _Hot(door, variable.strip("<>"), name)

    def answer(
        self, method: str, path: str, fields: Mapping[str, str], body: bytes, address: str
    ) -> tuple[str, bytes] | None:
        """Head and body of the answer to a request without a query whose body is whole; None where it is for Flask.

        ``fields`` are its headers, by their names in an environ. The head lacks what the connection has to say.
        """
        found = self._found(method, path, fields)
        if found is None:
            return None
        told = self._told(found, path, fields, body, address)
        return f"{told.line}\r\n" + "".join([f"{name}: {value}\r\n" for name, value in told.own]) + _STANDING, told.body

    def before(self, flask: Wsgi) -> Wsgi:
        """``flask`` with these doors in front of it."""

        def wsgi(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            path = environ["PATH_INFO"]
            found = None if environ.get("QUERY_STRING") else self._found(environ["REQUEST_METHOD"], path, environ)
            length = environ.get("CONTENT_LENGTH") or "0"
            if found is None or not length.isdigit() or int(length) > self._body_bytes:
                return flask(environ, start_response)
            body = environ["wsgi.input"].read(int(length)) if length != "0" else b""
            told = self._told(found, path, environ, body, environ.get("REMOTE_ADDR") or "")
            start_response(told.line, [*told.own, *manners.STANDING_HEADERS])
            return [told.body]

        return wsgi

    def _found(self, method: str, path: str, fields: Mapping[str, str]) -> _Hot | None:
        parts = path.split("/")
        if len(parts) != 6 or not parts[4] or "HTTP_TRANSFER_ENCODING" in fields or not path.isascii() or "\0" in path:
            return None
        return self._doors.get((method, parts[1], parts[2], parts[3], parts[5]))

    def _told(self, hot: _Hot, path: str, fields: Mapping[str, str], body: bytes, address: str) -> _Told:
        began = time.perf_counter()
        request_id = manners.request_id_of(fields.get("HTTP_X_REQUEST_ID", ""))
        logs.request_id.set(request_id)
        more: dict[str, str] = {}
        try:
            status, kind, answer = _answered(hot, path.split("/")[4], fields, body, address)
        except Refusal as refusal:
            status, kind, answer = _refused(refusal, more)
        except Exception as error:  # noqa: BLE001 - the last line: a fault is answered, and logged whole
            known = refusal_of(error)
            if known is None:
                log.error("fault", path=path, exc_info=error)
            status, kind, answer = _refused(known or Refusal(Code.INTERNAL_ERROR), more)
        manners.count(hot.name, status, began, hot.door.method, path, address)
        logs.request_id.set("")
        own = [
            ("Content-Type", kind),
            ("Content-Length", str(len(answer))),
            ("X-Gateway-Time", str(self._clock.now_ms())),
            ("X-Request-Id", request_id),
            *more.items(),
        ]
        return _Told(_LINES[status], own, answer)


def _answered(hot: _Hot, variable: str, fields: Mapping[str, str], data: bytes, address: str) -> tuple[int, str, bytes]:
    door = hot.door
    credential = credential_of(door.auth, fields.get("HTTP_AUTHORIZATION"))
    arguments: list[Any] = [Call({hot.variable: variable}, _Headers(fields), address, credential)]
    if door.body is not None:
        value = json_of(door, data, fields.get("CONTENT_TYPE", "").partition(";")[0].strip().lower())
        arguments.append(None if value is None else validated(door.body, value))
    answer = door.handler(*arguments)
    if answer is None or isinstance(answer, Raw):
        raise TypeError(f"{door.rule} does not answer JSON and cannot be a hot door")
    return door.status, "application/json", answer.model_dump_json().encode()


def _refused(refusal: Refusal, headers: dict[str, str]) -> tuple[int, str, bytes]:
    body, status, extra = problems.problem(refusal)
    headers.update(extra)
    return status, problems.CONTENT_TYPE, json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
