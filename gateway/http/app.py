"""The Flask app: mounts routes, turns refusals into problem documents, and adds default headers to every answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qsl

from flask import Flask, Request, Response, current_app, request
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import Rule

from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.redis.scripts import refusal_of
from gateway.foundation.telemetry import logs
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.foundation.wsgi import Pieces
from gateway.http import problems, response_defaults
from gateway.http.openapi import document
from gateway.http.origins.public_address import asked_in
from gateway.http.routes import Call, Fields, Raw, Route, Router, credential_of, json_of, refuse_nul, validated
from scan_to_login.field_rules import FieldRule, field_error
from scan_to_login.protocol import Code

VERSION = "0.1.0"
# Name in an app's configuration: tells by a request's head how many bytes its body may have beyond the usual limit, for
# a server that bounds bodies before the app sees them.
LARGER_BODIES = "LARGER_BODIES"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 64


class SizedRequest(Request):
    """A request whose limit can be set: Flask's own can from 3.1 on. A seed may be larger than other bodies."""

    _most: int | None = None

    @property
    def max_content_length(self) -> int | None:
        """The size of the largest body in bytes: what was set, else the app's."""
        usual: int | None = current_app.config["MAX_CONTENT_LENGTH"]
        return usual if self._most is None else self._most

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._most = value


class LazyRule(Rule):
    """A rule whose URLs are built by code that is compiled when the first one is.

    Werkzeug compiles it twice for each rule, a quarter of a gateway's start, and no URL is built here.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        @cache
        def compiled() -> Callable[..., tuple[str, str]]:
            return super(LazyRule, self)._compile_builder(append_unknown)

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build


def make_app(title: str, clock: Clock, rooms: Sequence[Router], *, body_bytes: int, openapi_url: str) -> Flask:
    """An app that serves ``rooms`` with problem documents, default headers, limits, logs and metrics."""
    app = Flask(__name__, static_folder=None)
    app.request_class = SizedRequest
    app.url_rule_class = LazyRule
    app.config["MAX_CONTENT_LENGTH"] = body_bytes
    # Either would be mended by a redirect to whatever the caller's Host header says.
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    _shape_requests(app, clock)
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)
    for room in rooms:
        for route in room.all:
            _mount(app, route)
    described: list[dict[str, Any]] = []

    def openapi() -> dict[str, Any]:
        if not described:
            described.append(document(title, VERSION, rooms))
        return described[0]

    app.add_url_rule(openapi_url, "openapi", openapi)
    return app


def answer_call(route: Route, call: Call, read_body: Callable[[], object]) -> Response:
    """Validate, call the handler, and build its answer; reads the body after it has checked the credential."""
    arguments: list[Any] = [call]
    if route.body is not None and not route.passed_on:
        value = read_body()
        arguments.append(None if value is None else _checked(route, route.body, value))
    answer = route.handler(*arguments)
    if answer is None:
        return Response(status=route.status)
    if isinstance(answer, Raw):
        return _raw(answer, route)
    return Response(answer.model_dump_json(), route.status, content_type="application/json")


def _checked(route: Route, body: type[BaseModel], value: Any) -> BaseModel:
    return validated(body, value) if route.validate is None else route.validate(value)


def _raw(answer: Raw, route: Route) -> Response:
    headers, status = dict(answer.headers), answer.status or route.status
    content: Any = answer.content
    if not isinstance(content, bytes) and request.method != "HEAD":  # to which Flask sends no body, and takes none
        content = Pieces(content)
    return Response(content, status, headers, content_type=answer.content_type)


def _mount(app: Flask, route: Route) -> None:
    def view(**path: str) -> Response:
        try:
            return answered(path)
        except Refusal as refusal:
            if route.refused is None:
                raise
            return _raw(route.refused(refusal), route)

    def answered(path: dict[str, str]) -> Response:
        if any("\0" in part for part in path.values()):
            raise Refusal(Code.NOT_FOUND)  # nothing is called so: PostgreSQL has no such text
        if route.form is not None:
            return _answer_form(route, path)
        credential = credential_of(route.auth, request.headers.get("Authorization"))
        if route.passed_on:
            request.max_content_length = route.body_bytes or None
            return answer_call(route, Call(path, {}, "", ""), dict)
        given = _query()
        query = None if route.query is None else validated(route.query, given)
        if route.query is None and given:
            errors = [field_error(name, FieldRule.UNKNOWN_FIELD) for name in given]
            raise Refusal(Code.INVALID_REQUEST, "This call takes no query parameters.", errors=errors)
        asked = asked_in(request.environ)
        call = Call(path, _lower(request.headers), request.remote_addr or "", credential, query, asked)
        return answer_call(route, call, lambda: _json_body(route))

    endpoint = f"{route.tag}.{route.handler.__name__}"
    if not route.cross_origin:
        app.add_url_rule(route.rule, endpoint, view, methods=[route.method])
        return

    def open_view(**path: str) -> Response:
        response = view(**path)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "WWW-Authenticate, Preference-Applied"
        return response

    app.add_url_rule(route.rule, endpoint, open_view, methods=[route.method], provide_automatic_options=False)
    app.add_url_rule(route.rule, "preflight", _preflight, methods=["OPTIONS"])


def _preflight(**_path: str) -> Response:
    """Let any page call with a token of its own: no cookie is ever sent along (Fetch Standard, CORS)."""
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Prefer",
        "Access-Control-Max-Age": "600",
    }
    return Response(status=204, headers=headers)


def _answer_form(route: Route, path: dict[str, str]) -> Response:
    query = _decoded(request.query_string)
    sent = _body(route) if route.method == "POST" else b""
    form = _decoded(sent) if not sent or request.mimetype == FORM_TYPE else None
    headers = _lower(request.headers)
    credential = headers.get("authorization", "")
    call = Call(path, headers, request.remote_addr or "", credential, query, asked_in(request.environ))
    answer: Any = route.handler(call, query if route.method == "GET" else form)
    return _raw(answer, route)


def _decoded(data: bytes) -> Fields | None:
    """Names and values of a form (WHATWG URL Standard), other bytes than UTF-8 as surrogates; None if it is none."""
    try:
        text = data.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=MOST_FIELDS)
    except ValueError:
        return None


def _query() -> dict[str, str]:
    try:
        given = request.args.to_dict()
    except UnicodeDecodeError:  # bytes as they are: the HTTP front lets none in
        raise Refusal(Code.MALFORMED_REQUEST, "What is not ASCII must be percent-encoded in a query.") from None
    refuse_nul(given)
    return given


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _json_body(route: Route) -> object:
    return json_of(route, _body(route), request.mimetype)


def _body(route: Route) -> bytes:
    if route.body_bytes:
        # The server has the whole body already. Flask would copy it twice to return it.
        if (request.content_length or 0) > route.body_bytes:
            raise RequestEntityTooLarge
        data: bytes = request.environ["wsgi.input"].read(route.body_bytes + 1)
        if len(data) > route.body_bytes:
            raise RequestEntityTooLarge
        return data
    data = request.get_data(cache=False)
    if len(data) == request.max_content_length and request.environ["wsgi.input"].read(1):
        raise RequestEntityTooLarge  # of unannounced length: werkzeug cuts it off without a word
    return data


def _shape_requests(app: Flask, clock: Clock) -> None:
    @app.before_request
    def begin() -> None:
        request_id = response_defaults.request_id_of(request.headers.get("X-Request-Id", ""))
        request.environ["pairing.request_id"] = request_id
        request.environ["pairing.began"] = time.perf_counter()
        logs.request_id.set(request_id)

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in response_defaults.STANDING_HEADERS:
            response.headers.setdefault(name, value)
        response.headers["X-Gateway-Time"] = str(clock.now_ms())
        response.headers["X-Request-Id"] = request.environ.get("pairing.request_id", "")
        began = request.environ.get("pairing.began", 0.0)
        route, address = request.endpoint or "none", request.remote_addr or ""
        response_defaults.count(route, response.status_code, began, request.method, request.path, address)
        logs.request_id.set("")
        return response


def refused(refusal: Refusal) -> Response:
    """A refusal as a problem document, in the language that the request accepts."""
    language = problems.language_of(request.headers.get("Accept-Language", ""))
    body, status, headers = problems.problem(refusal, language)
    response_defaults.count_refusal(refusal.code)
    return Response(json.dumps(body, ensure_ascii=False), status, headers, content_type=problems.CONTENT_TYPE)


_HTTP_CODES = {
    400: Code.MALFORMED_REQUEST,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.BODY_TOO_LARGE,
    415: Code.UNSUPPORTED_MEDIA_TYPE,
}


def _http_error(error: HTTPException) -> Response:
    if error.code is not None and 300 <= error.code < 400:
        return Response(status=error.code, headers=error.get_headers())
    code = _HTTP_CODES.get(
        error.code or 500, Code.INTERNAL_ERROR if (error.code or 500) >= 500 else Code.INVALID_REQUEST
    )
    response = refused(Refusal(code))
    if isinstance(error, RequestEntityTooLarge):
        response.headers["Connection"] = "close"
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _fault(error: Exception) -> Response:
    if (refusal := refusal_of(error)) is not None:
        return refused(refusal)
    log.error(LogEvent.FAULT, path=request.path, exc_info=error)
    return refused(Refusal(Code.INTERNAL_ERROR))
