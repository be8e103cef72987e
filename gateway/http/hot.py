"""The few doors that every login goes through, answered beside Flask from the same rows (docs/performance.md).

Only a plain request is answered here; whatever is out of the ordinary goes on to Flask, which knows what to say.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog

from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.logs import log
from gateway.foundation.wsgi import Environ, StartResponse, Wsgi
from gateway.http import manners, problems
from gateway.http.doors import Call, Door, Doors, Raw, credential_of, json_of, validated
from gateway.protocol import Code

_LINES: Final = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
HOT: Final = frozenset({"scan_ticket", "confirm_ticket", "claim_ticket", "verify_unit"})


class _Headers(Mapping[str, str]):
    """An environ's headers by their names in lower case."""

    def __init__(self, environ: Environ) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        return str(self._environ["HTTP_" + name.upper().replace("-", "_")])

    def __iter__(self) -> Iterator[str]:
        return (key[5:].lower().replace("_", "-") for key in self._environ if key.startswith("HTTP_"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class HotDoors:
    """In front of Flask: doors of the form ``/a/b/c/<variable>/d``."""

    def __init__(self, flask: Wsgi, rooms: Sequence[Doors], clock: Clock, *, body_bytes: int) -> None:
        self._flask = flask
        self._clock = clock
        self._body_bytes = body_bytes
        self._doors: dict[tuple[str, ...], tuple[Door, str, str]] = {}
        for room in rooms:
            for door in room.all:
                if door.handler.__name__ in HOT:
                    _, *first, variable, last = door.rule.split("/")
                    name = f"{door.tag}.{door.handler.__name__}"
                    self._doors[door.method, *first, last] = (door, variable.strip("<>"), name)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or let Flask."""
        path = environ["PATH_INFO"]
        parts = path.split("/")
        if len(parts) != 6 or environ.get("QUERY_STRING") or not parts[4] or not path.isascii():
            return self._flask(environ, start_response)
        found = self._doors.get((environ["REQUEST_METHOD"], parts[1], parts[2], parts[3], parts[5]))
        length = environ.get("CONTENT_LENGTH") or "0"
        if (
            found is None
            or not length.isdigit()
            or int(length) > self._body_bytes
            or "HTTP_TRANSFER_ENCODING" in environ
        ):
            return self._flask(environ, start_response)
        began = time.perf_counter()
        door, variable, name = found
        request_id = manners.request_id_of(environ.get("HTTP_X_REQUEST_ID", ""))
        structlog.contextvars.bind_contextvars(request_id=request_id)
        headers: dict[str, str] = {}
        try:
            status, kind, body = self._answered(door, {variable: parts[4]}, environ, int(length))
        except Refusal as refusal:
            status, kind, body = self._refused(refusal, headers)
        except Exception as error:  # noqa: BLE001 - the last line: a fault is answered, and logged whole
            log.error("fault", path=path, exc_info=error)
            status, kind, body = self._refused(Refusal(Code.INTERNAL_ERROR), headers)
        manners.count(name, status, began, environ["REQUEST_METHOD"], path)
        structlog.contextvars.clear_contextvars()
        start_response(
            _LINES[status],
            [
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                *headers.items(),
                *manners.STANDING_HEADERS,
                ("X-Gateway-Time", str(self._clock.now_ms())),
                ("X-Request-Id", request_id),
            ],
        )
        return [body]

    def _answered(self, door: Door, path: dict[str, str], environ: Environ, length: int) -> tuple[int, str, bytes]:
        credential = credential_of(door.auth, environ.get("HTTP_AUTHORIZATION"))
        call = Call(path, _Headers(environ), environ.get("REMOTE_ADDR") or "", credential)
        arguments: list[Any] = [call]
        if door.body is not None:
            data = environ["wsgi.input"].read(length) if length else b""
            value = json_of(door, data, environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower())
            arguments.append(None if value is None else validated(door.body, value))
        answer = door.handler(*arguments)
        if answer is None or isinstance(answer, Raw):
            raise TypeError(f"{door.rule} does not answer JSON and cannot be a hot door")
        return door.status, "application/json", answer.model_dump_json().encode()

    def _refused(self, refusal: Refusal, headers: dict[str, str]) -> tuple[int, str, bytes]:
        body, status, extra = problems.problem(refusal)
        headers.update(extra)
        return status, problems.CONTENT_TYPE, json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
