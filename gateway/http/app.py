"""The Flask app: mounts doors, turns refusals into problem documents, and serves the contract's documents."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from flask import Flask, Response, request
from flask_openapi.models.info import Info
from flask_openapi.openapi import OpenAPI
from pydantic import BaseModel, create_model
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from gateway.foundation import metrics
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.logs import log
from gateway.foundation.secrets import random_id
from gateway.http import problems
from gateway.http.doors import Auth, Call, Door, Doors, Raw, credential_of, validated
from gateway.protocol import Code

VERSION = "0.1.0"
_SECURITY: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "The access token of a session."},
    "ticket": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Ticket <claim_secret>`: the client that requested the ticket.",
    },
}
_SCHEMES = {Auth.SESSION: "bearer", Auth.PHONE: "bearer", Auth.CLIENT: "bearer", Auth.TICKET: "ticket"}
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}\Z")
# What any door may answer, whatever it does.
_ANY = (Code.RATE_LIMITED, Code.UNAVAILABLE)
_BODY = (Code.MALFORMED_REQUEST, Code.BODY_TOO_LARGE, Code.UNSUPPORTED_MEDIA_TYPE, Code.INVALID_REQUEST)


# Operations that are called without a body too; the library takes every body for required.
_OPTIONAL_BODIES: set[str] = set()


class ProblemDocument(BaseModel):
    """RFC 9457 problem document; `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class FieldError(BaseModel):
    """One field that does not fit."""

    field: str
    message: str


def make_app(title: str, clock: Clock, *, body_bytes: int, openapi_url: str) -> OpenAPI:
    """An empty app with this product's manners: problem documents, headers, limits, logs, metrics."""
    app = OpenAPI(
        __name__,
        info=Info(title=title, version=VERSION, description="Scan-to-login, both sides of it, for real."),
        security_schemes=_SECURITY,
        doc_ui=False,
        static_folder=None,
    )
    app.openapi_version = "3.1.0"
    app.config["MAX_CONTENT_LENGTH"] = body_bytes
    app.url_map.strict_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    _shape_requests(app, clock)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)
    app.add_url_rule(openapi_url, "openapi", lambda: _completed(app.api_doc))
    return app


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with what the doors refer to and the library leaves out."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["ProblemDocument"] = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and operation.get("operationId") in _OPTIONAL_BODIES:
                operation["requestBody"]["required"] = False
    return document


def mount(app: OpenAPI, rooms: Iterable[Doors]) -> None:
    """Open every door of ``rooms`` on ``app``."""
    for room in rooms:
        for door in room.all:
            _mount(app, door)
            if door.body_optional:
                _OPTIONAL_BODIES.add(door.handler.__name__)


def answer_call(door: Door, call: Call, read_body: Callable[[], object]) -> Response:
    """Validate, call the handler, and make its answer; the body is read after the caller's credential."""
    arguments: list[Any] = [call]
    if door.body is not None:
        value = read_body()
        arguments.append(None if value is None else validated(door.body, value))
    answer = door.handler(*arguments)
    if answer is None:
        return Response(status=door.status)
    if isinstance(answer, Raw):
        return Response(answer.content, door.status, dict(answer.headers), content_type=answer.content_type)
    return Response(answer.model_dump_json(), door.status, content_type="application/json")


def _mount(app: OpenAPI, door: Door) -> None:
    def view(**path: str) -> Response:
        credential = credential_of(door.auth, request.headers.get("Authorization"))
        query = None if door.query is None else validated(door.query, request.args.to_dict())
        if door.query is None and request.args:
            raise Refusal(Code.INVALID_REQUEST, "This call takes no query parameters.")
        call = Call(path, _lower(request.headers), request.remote_addr or "", credential, query)
        return answer_call(door, call, lambda: _json_body(door))

    view.__name__ = door.handler.__name__
    view.__doc__ = door.handler.__doc__
    view.__delay_validate_request__ = True  # type: ignore[attr-defined]
    view.__annotations__ = {"return": Response}
    if door.body is not None:
        view.__annotations__["body"] = door.body
    if door.query is not None:
        view.__annotations__["query"] = door.query
    names = re.findall(r"<(?:\w+:)?(\w+)>", door.rule)
    if names:
        view.__annotations__["path"] = create_model(  # type: ignore[call-overload]
            f"{door.handler.__name__.title().replace('_', '')}Path", **dict.fromkeys(names, (str, ...))
        )
    getattr(app, door.method.lower())(
        door.rule,
        tags=[{"name": door.tag}],
        operation_id=door.handler.__name__,
        security=[{_SCHEMES[door.auth]: []}] if door.auth is not Auth.NONE else None,
        responses=_responses(door),
        endpoint=f"{door.tag}.{door.handler.__name__}",
    )(view)


def _responses(door: Door) -> dict[str, Any]:
    codes = {*door.codes, *_ANY}
    if door.body is not None:
        codes.update(_BODY)
    if door.query is not None:
        codes.add(Code.INVALID_REQUEST)
    if door.auth in (Auth.SESSION, Auth.PHONE, Auth.CLIENT):
        codes.update({Code.UNAUTHENTICATED, Code.FORBIDDEN})
    if door.auth is Auth.TICKET:
        codes.add(Code.TICKET_NOT_FOUND)
    by_status: dict[str, list[Code]] = {}
    for code in sorted(codes):
        by_status.setdefault(str(problems.status_of(code)), []).append(code)
    responses: dict[str, Any] = {
        status: {
            "description": "; ".join(f"`{code}`: {problems.PROBLEMS[code][2]}" for code in found),
            "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        }
        for status, found in sorted(by_status.items())
    }
    done = str(door.status)
    if isinstance(door.returns, str):
        responses[done] = {"description": "The content.", "content": {door.returns: {}}}
    elif door.returns is not None:
        responses[done] = door.returns
    else:
        responses[done] = {"description": "Done; there is no body."}
    return responses


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _json_body(door: Door) -> object:
    data = request.get_data(cache=False)
    if not data:
        if door.body_optional:
            return None
        raise Refusal(Code.MALFORMED_REQUEST, "This call needs a JSON object as its body.")
    if request.mimetype != "application/json":
        raise Refusal(Code.UNSUPPORTED_MEDIA_TYPE)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise Refusal(Code.MALFORMED_REQUEST) from None
    if not isinstance(value, dict):
        raise Refusal(Code.MALFORMED_REQUEST, "The body must be a JSON object.")
    return value


def _shape_requests(app: Flask, clock: Clock) -> None:
    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        request.environ["pairing.request_id"] = given if _REQUEST_ID.match(given) else random_id()
        request.environ["pairing.began"] = time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=request.environ["pairing.request_id"])

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        headers["X-Gateway-Time"] = str(clock.now_ms())
        headers["X-Request-Id"] = request.environ.get("pairing.request_id", "")
        door = request.endpoint or "none"
        metrics.REQUESTS.labels(door, response.status_code).inc()
        if began := request.environ.get("pairing.began"):
            metrics.SECONDS.labels(door).observe(time.perf_counter() - began)
        tell = log.warning if response.status_code >= 500 else log.debug
        tell("answered", method=request.method, path=request.path, status=response.status_code)
        structlog.contextvars.clear_contextvars()
        return response


def _refused(refusal: Refusal) -> Response:
    body, status, headers = problems.problem(refusal)
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
    response = _refused(Refusal(code))
    if isinstance(error, RequestEntityTooLarge):
        response.headers["Connection"] = "close"
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _fault(error: Exception) -> Response:
    log.error("fault", path=request.path, exc_info=error)
    return _refused(Refusal(Code.INTERNAL_ERROR))
