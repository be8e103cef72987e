"""HTTP requests to the API and to OAuth, each a span; pages, documents, probes and the control plane have none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Flask
from opentelemetry.trace import Tracer
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from gateway.foundation.wsgi import Environ, PlainAnswers, StartResponse, Wsgi
from gateway.tracing.call_trace import TICKET_ID, CallTrace, traced
from scan_to_login.protocol import API_PREFIX
from scan_to_login.tracing.trace_context import TRACEPARENT, TRACESTATE

_TRACED: Final = (f"{API_PREFIX}/", "/oauth/")
_VARIABLE: Final = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class TracedRequests:
    """Makes the spans. Attributes name the route and never what stands in its place, but for a ticket's id."""

    def __init__(self, tracer: Tracer, app: Flask) -> None:
        self._tracer = tracer
        self._routes: MapAdapter = app.url_map.bind("localhost")

    def before(self, app: Wsgi) -> Wsgi:
        """``app`` with spans around it."""

        def wsgi(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            path = environ.get("PATH_INFO", "")
            if not path.startswith(_TRACED):
                return app(environ, start_response)
            with traced(self._call(environ["REQUEST_METHOD"], path, environ)) as call:

                def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
                    _answered(call, status)
                    return start_response(status, headers, *error)

                return app(environ, start)

        return wsgi

    def before_plain(self, answers: PlainAnswers) -> PlainAnswers:
        """The same for the fast path without WSGI."""

        def plain(
            method: str, path: str, fields: Mapping[str, str], body: bytes, address: str
        ) -> tuple[str, bytes] | None:
            if not path.startswith(_TRACED):
                return answers(method, path, fields, body, address)
            with traced(self._call(method, path, fields)) as call:
                told = answers(method, path, fields, body, address)
                if told is None:
                    call.discard()  # the app answers, behind `before`
                else:
                    _answered(call, told[0])
                return told

        return plain

    def _call(self, method: str, path: str, fields: Mapping[str, str]) -> CallTrace:
        method = method if method in _METHODS else "_OTHER"
        attributes: dict[str, str | int | bool] = {"http.request.method": method}
        name = method
        try:
            rule, arguments = self._routes.match(path, method, return_rule=True)
        except HTTPException:  # no such route, or not with this method
            pass
        else:
            route = _VARIABLE.sub(r"{\1}", rule.rule)
            attributes["http.route"] = route
            name = f"{method} {route}"
            if "ticket_id" in arguments:
                attributes[TICKET_ID] = str(arguments["ticket_id"])
        headers = {
            header: fields[field]
            for header, field in ((TRACEPARENT, "HTTP_TRACEPARENT"), (TRACESTATE, "HTTP_TRACESTATE"))
            if field in fields
        }
        return CallTrace(self._tracer, name, attributes, headers)


def _answered(call: CallTrace, line: str) -> None:
    """``line`` begins with the status."""
    status = int(line[:3])
    call.attributes["http.response.status_code"] = status
    if status >= 500:
        call.failed = str(status)
