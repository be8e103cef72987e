"""The OpenAPI 3.1 document, from the same routes that are served; made at its first request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Response
from pydantic import create_model

from gateway.http import problems
from gateway.http.problem_schema import ProblemDocument
from gateway.http.routes import Auth, Route, Router
from scan_to_login.messages import detail_of
from scan_to_login.protocol import SIM_PREFIX, Code

_SECURITY: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "The access token of a session."},
    "ticket": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Ticket <claim_secret>`: the client that requested the ticket.",
    },
    "simToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "PAIRING_SIM_TOKEN, where it is set; without it the control plane answers this machine alone.",
    },
}
# Short, for the list of parts beside the calls.
_TAGS = {
    "account": "An account's own sessions and events, on the WEB platform and on the phone.",
    "authorizations": "Natural persons whom a unit has authorized.",
    "clients": "Desktop clients that the gateway holds for tests.",
    "faults": "Faults of calls, of pushes and of Redis.",
    "forms": "Rules, divisions and characters that forms need.",
    "identity": "Login on the phone, devices, captchas.",
    "journal": "What has happened: requests, transitions, pushes, faults.",
    "login requests": "Clients that ask this account's phones for a login, without a scan.",
    "messages": "Messages to a phone: in the app, and by SMS.",
    "oauth": "OAuth 2.0 and OpenID Connect for other sites.",
    "operations": "Health and metrics.",
    "pairing": "Tickets, from the request to the claim.",
    "phones": "Phones that the gateway holds for tests.",
    "registration": "Registration of natural persons, and forgotten passwords.",
    "seed": "People and units of the simulation.",
    "simulated inspection": "What Redis holds now.",
    "simulated people": "Hall, SMS outbox, captchas' answers.",
    "simulation": "Clock, reset, public address.",
    "units": "Units of an account, their verification, and declaration passwords.",
    "waiting": "Answers that come when an event has happened.",
}
_SCHEMES = {Auth.SESSION: "bearer", Auth.PHONE: "bearer", Auth.CLIENT: "bearer", Auth.TICKET: "ticket"}
# The codes that every route may answer.
_ANY = (Code.RATE_LIMITED, Code.UNAVAILABLE, Code.NOT_ACKNOWLEDGED)
# Of a call that another process answers: its codes are its own, or those of the gateway that it has called.
PASSED_ON = "A refusal of the phone or client, or of the gateway that it has called."
_REFUSAL_OF_ACTORS: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "detail", "code")},
        "status": {"type": "integer"},
    },
}
_BODY = (Code.MALFORMED_REQUEST, Code.BODY_TOO_LARGE, Code.UNSUPPORTED_MEDIA_TYPE, Code.INVALID_REQUEST)


def document(title: str, version: str, rooms: Sequence[Router]) -> dict[str, Any]:
    """The document of ``rooms``, by flask-openapi on an app that serves no requests."""
    # Imported here: a gateway whose document nobody reads starts without it.
    from flask_openapi.models.info import Info
    from flask_openapi.openapi import OpenAPI

    app = OpenAPI(
        __name__,
        info=Info(
            title=title,
            version=version,
            description="Scan-to-login: tickets, sessions and unit verification. Every call takes the headers "
            "`traceparent` and `tracestate` (W3C Trace Context).",
        ),
        security_schemes=_SECURITY,
        validation_error_model=ProblemDocument,
        doc_ui=False,
        static_folder=None,
    )
    app.openapi_version = "3.1.0"
    shapes: dict[str, type] = {}
    for room in rooms:
        for route in room.all:
            for shape in (route.body, route.form, route.query, route.returns):
                if isinstance(shape, type) and shapes.setdefault(shape.__name__, shape) is not shape:
                    raise RuntimeError(f"Two shapes are called {shape.__name__}: one would stand for both.")
            _describe(app, route)
    described: dict[str, Any] = app.api_doc
    described["info"]["license"] = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
    described["servers"] = [{"url": "/", "description": "The gateway that answers with this document."}]
    for tag in described["tags"]:
        tag["description"] = _TAGS[tag["name"]]
    by_name = {route.handler.__name__: route for room in rooms for route in room.all}
    used: set[str] = set()
    for rule, path in described["paths"].items():
        for operation in path.values():
            open_to_all: list[dict[str, list[str]]] = [{"simToken": []}, {}] if rule.startswith(SIM_PREFIX) else []
            used.update(*operation.setdefault("security", open_to_all))
            route = by_name[operation["operationId"]]
            if route.body_optional or _all_optional(route):  # the library takes every body for required,
                operation["requestBody"]["required"] = False
            if "multipart/form-data" in (content := operation.get("requestBody", {}).get("content", {})):
                content["application/x-www-form-urlencoded"] = content.pop("multipart/form-data")
            for content_type in route.also:  # and knows of one content type an answer
                operation["responses"][str(route.status)]["content"][content_type] = {}
    described["components"]["securitySchemes"] = {name: _SECURITY[name] for name in sorted(used)}
    return described


def _all_optional(route: Route) -> bool:
    """Whether a form has no field that must be there."""
    if route.form is None or route.method != "POST":
        return False
    return not any(field.is_required() for field in route.form.model_fields.values())


def _describe(app: Any, route: Route) -> None:
    def view() -> Response:
        raise NotImplementedError("this app is read, never served")

    view.__name__ = route.handler.__name__
    view.__doc__ = route.handler.__doc__
    view.__annotations__ = {"return": Response}
    if route.body is not None:
        view.__annotations__["body"] = route.body
    if route.form is not None and route.form.model_fields:  # the library knows of none without fields
        view.__annotations__["form" if route.method == "POST" else "query"] = route.form
    if route.query is not None:
        view.__annotations__["query"] = route.query
    if route.headers is not None:
        view.__annotations__["header"] = route.headers
    names = re.findall(r"<(?:\w+:)?(\w+)>", route.rule)
    if names:
        view.__annotations__["path"] = create_model(  # type: ignore[call-overload]
            f"{route.handler.__name__.title().replace('_', '')}Path", **dict.fromkeys(names, (str, ...))
        )
    getattr(app, route.method.lower())(
        route.rule,
        tags=[{"name": route.tag}],
        operation_id=route.handler.__name__,
        security=[{_SCHEMES[route.auth]: []}] if route.auth is not Auth.NONE else None,
        responses=_responses(route),
        endpoint=f"{route.tag}.{route.handler.__name__}",
    )(view)


def _oauth_responses(route: Route) -> dict[str, Any]:
    """The answers of a route that refuses in the words of OAuth (RFC 6749 section 5.2)."""
    problem = {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    responses: dict[str, Any]
    if route.errors is None:  # a browser's: it sees a page, or is sent on
        page = {"description": "A page that says what is wrong.", "content": {str(route.returns): {}}}
        responses = {"303": {"description": "The browser is sent on."}, "400": page, "503": page}
    else:
        responses = dict.fromkeys(("400", "401", "403", "429", "503"), route.errors)
    responses["413"] = {"description": "The body is too large.", "content": problem}
    return responses


def _responses(route: Route) -> dict[str, Any]:
    if route.form is not None or route.refused is not None:
        return _with_success(route, _oauth_responses(route))
    return _with_success(route, _passed_on(route) if route.passed_on else _refusals(route))


def _passed_on(route: Route) -> dict[str, Any]:
    """Any status of the gateway's own codes, and of an actor that waits in vain or reaches no gateway.

    The codes with which the actor itself refuses what is asked are named.
    """
    codes = _shape_codes(route) - {Code.UNSUPPORTED_MEDIA_TYPE} | {Code.UNAVAILABLE}
    own = _by_status(codes | {Code.NOT_FOUND} if "<" in route.rule else codes)
    statuses = {*(str(problems.status_of(code)) for code in Code), "408", "502"}
    return {
        status: {
            "description": "; ".join([*own.get(status, ()), PASSED_ON]),
            "content": {problems.CONTENT_TYPE: {"schema": _REFUSAL_OF_ACTORS}},
        }
        for status in sorted(statuses)
    }


def _refusals(route: Route) -> dict[str, Any]:
    codes = {*route.codes, *_ANY, *_shape_codes(route)}
    if route.auth in (Auth.SESSION, Auth.PHONE, Auth.CLIENT):
        codes.update({Code.UNAUTHENTICATED, Code.FORBIDDEN})
    if route.auth is Auth.TICKET:
        codes.add(Code.TICKET_NOT_FOUND)
    responses: dict[str, Any] = {
        status: {
            "description": "; ".join(found),
            "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        }
        for status, found in sorted(_by_status(codes).items())
    }
    return responses


def _shape_codes(route: Route) -> set[Code]:
    """The codes for what is no request of this route."""
    return {*(_BODY if route.body is not None else ()), *([Code.INVALID_REQUEST] if route.query is not None else ())}


def _by_status(codes: set[Code]) -> dict[str, list[str]]:
    """Each code and its meaning, by status."""
    found: dict[str, list[str]] = {}
    for code in sorted(codes):
        found.setdefault(str(problems.status_of(code)), []).append(f"`{code}`: {detail_of(code, 'en')}")
    return found


def _with_success(route: Route, responses: dict[str, Any]) -> dict[str, Any]:
    done = str(route.status)
    if isinstance(route.returns, str):
        responses[done] = {"description": "The content.", "content": {route.returns: {}}}
    elif route.returns is not None:
        responses[done] = route.returns
    else:
        responses[done] = {"description": "Done; there is no body."}
    return responses
