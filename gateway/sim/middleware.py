"""In front of the product's app, and only with the simulation on: what goes in and out is journalled.

A WSGI middleware and not hooks inside the app: without the simulation it is not there, and costs nothing.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from gateway.sim.journal import Journal, Kind, Lane
from gateway.sim.lanes import is_recorded, lane_of, shape_of, ticket_of

CONTROL_PATH: Final = "/sim/v1"

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


class Middleware:
    """Leads `/sim/v1` to the control plane's app, and everything else, journalled, to the product's."""

    def __init__(
        self,
        product: Wsgi,
        control: Wsgi,
        journal: Journal,
        kind_of_token: Callable[[str], str | None],
        *,
        body_bytes: int,
    ) -> None:
        self._product = product
        self._control = control
        self._journal = journal
        self._kind_of_token = kind_of_token
        self._body_bytes = body_bytes

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == CONTROL_PATH or path.startswith(f"{CONTROL_PATH}/"):
            return self._control(environ, start_response)
        if not is_recorded(path):
            return self._product(environ, start_response)
        return self._recorded(path, environ, start_response)

    def _recorded(self, path: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        method = environ["REQUEST_METHOD"]
        name = f"{method} {shape_of(path)}"
        lane = lane_of(path, environ.get("HTTP_AUTHORIZATION", ""), self._kind_of_token)
        ticket_id = ticket_of(path)
        about = {"method": method, "path": path}
        sent = self._sent(environ)
        self._journal.write(Kind.REQUEST, name, lane, Lane.GATEWAY, ticket_id=ticket_id, body=sent, **about)
        answer = Answer.of(self._product, environ)
        body = answer.json()
        if ticket_id is None and isinstance(body, dict):
            ticket_id = body.get("ticket_id")
        self._journal.write(
            Kind.ANSWER,
            name,
            Lane.GATEWAY,
            lane,
            ticket_id=ticket_id,
            body=body,
            status=answer.status,
            duration_ms=round((time.perf_counter() - began) * 1000, 2),
            **about,
        )
        return answer.give(start_response)

    def _sent(self, environ: Environ) -> Any:
        """The request's JSON; read here, and given on to the app. A body that is too long is left to the app."""
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or not 0 < int(length) <= self._body_bytes:
            return None
        data = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(data)
        return _parsed(data)


class Answer:
    """An app's answer, held back whole."""

    def __init__(self, status_line: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status_line = status_line
        self.headers = headers
        self.body = body

    @classmethod
    def of(cls, app: Wsgi, environ: Environ) -> Answer:
        """Call the app and take its whole answer."""
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], None]:
            told[:] = [status, headers]
            return pieces.append

        pieces: list[bytes] = []
        chunks = app(environ, start)
        try:
            pieces.extend(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        return cls(told[0], told[1], b"".join(pieces))

    @property
    def status(self) -> int:
        """The status code."""
        return int(self.status_line.split(" ", 1)[0])

    def json(self) -> Any:
        """The body, where it is JSON; None for a picture or an empty one."""
        kind = next((value for name, value in self.headers if name.lower() == "content-type"), "")
        return _parsed(self.body) if "json" in kind else None

    def give(self, start_response: StartResponse) -> Iterable[bytes]:
        """Answer it."""
        start_response(self.status_line, self.headers)
        return [self.body]


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
