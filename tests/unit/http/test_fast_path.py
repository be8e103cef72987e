"""A fast route answers as Flask would: the same rows, called both ways with the same requests."""

from __future__ import annotations

import io
from typing import Any

import pytest

from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.http.app import make_app
from gateway.http.fast_path import FastPath
from gateway.http.routes import Answer, Auth, Body, Call, Router
from scan_to_login.protocol import Code

BODY_BYTES = 1000
CONFIRM, CLAIM = "/api/v1/tickets/t-1/confirm", "/api/v1/tickets/t-1/claim"
PHONE = {"HTTP_AUTHORIZATION": "Bearer token"}
# Made new for each answer.
OF_THE_MOMENT = {"X-Gateway-Time", "X-Request-Id"}


class Code6(Body):
    """A body with one field."""

    otp: str


class Said(Answer):
    """The handler's input, as its answer."""

    ticket: str
    credential: str
    otp: str
    agent: str


def confirm(call: Call, body: Code6) -> Said:
    """Returns its input, refuses, or raises."""
    if body.otp == "000000":
        raise Refusal(Code.OTP_INVALID)
    if body.otp == "429":
        raise Refusal(Code.RATE_LIMITED, retry_after=7)
    if body.otp == "fault":
        raise RuntimeError("a fault of ours")
    return Said(
        ticket=call.path["ticket_id"],
        credential=call.credential,
        otp=body.otp,
        agent=call.headers.get("user-agent", ""),
    )


def claim(call: Call, body: Code6 | None) -> Said:
    """A call with an optional body."""
    return Said(ticket=call.path["ticket_id"], credential=call.credential, otp=body.otp if body else "", agent="")


@pytest.fixture(scope="module")
def ways() -> dict[str, Any]:
    """The same routes by Flask alone, with the hot ones before it, and by those beside WSGI."""
    rooms = Router("pairing", "/api/v1")
    rooms.add("POST", "/tickets/<ticket_id>/confirm", confirm, auth=Auth.PHONE, body=Code6, returns=Said, fast=True)
    rooms.add(
        "POST",
        "/tickets/<ticket_id>/claim",
        claim,
        auth=Auth.TICKET,
        body=Code6,
        body_optional=True,
        returns=Said,
        fast=True,
    )
    app = make_app("Test", Clock(), [rooms], body_bytes=BODY_BYTES, openapi_url="/openapi.json")
    hot = FastPath([rooms], Clock(), body_bytes=BODY_BYTES)
    return {"flask": app.wsgi_app, "hot": hot.before(_never), "plain": hot.answer, "app": app}


def _never(_environ: Any, _start: Any) -> Any:
    raise AssertionError("left to Flask")


def called(wsgi: Any, method: str, path: str, body: bytes, **headers: str) -> tuple[str, dict[str, str], bytes]:
    """Status, headers but those of the moment, and body."""
    told: list[Any] = []
    environ = environ_of(method, path, body, **headers)
    answer = b"".join(wsgi(environ, lambda status, headers, _error=None: told.extend((status, headers))))
    return told[0].title(), but_those_of_the_moment(told[1]), answer


def but_those_of_the_moment(headers: list[tuple[str, str]]) -> dict[str, str]:
    return {name.title(): value for name, value in headers if name.title() not in OF_THE_MOMENT}


def environ_of(method: str, path: str, body: bytes, **headers: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json",
        **headers,
    }


def plainly_called(plain: Any, method: str, path: str, body: bytes, **headers: str) -> tuple[str, Any, bytes]:
    """The same beside WSGI."""
    head, answer = plain(method, path, environ_of(method, path, body, **headers), body, "127.0.0.1")
    status, *lines, last = head.split("\r\n")
    assert last == ""
    return status.title(), but_those_of_the_moment([line.split(": ", 1) for line in lines]), answer


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        (CONFIRM, b'{"otp": "123456"}', PHONE),
        (CONFIRM, b'{"otp": "123456"}', {**PHONE, "HTTP_USER_AGENT": "a phone"}),
        (CONFIRM, '{"otp": "二"}'.encode(), PHONE),
        (CONFIRM, b'{"otp": "000000"}', PHONE),
        (CONFIRM, b'{"otp": "429"}', PHONE),
        (CONFIRM, b'{"otp": "fault"}', PHONE),
        (CONFIRM, b'{"otp": 1}', PHONE),
        (CONFIRM, b'{"otp": "1", "more": 2}', PHONE),
        (CONFIRM, b"{}", PHONE),
        (CONFIRM, b"[]", PHONE),
        (CONFIRM, b'{"otp": NaN}', PHONE),
        (CONFIRM, b"{", PHONE),
        (CONFIRM, b"\xff", PHONE),
        (CONFIRM, b"", PHONE),
        (CONFIRM, b'{"otp": "1"}', {**PHONE, "CONTENT_TYPE": "text/plain"}),
        (CONFIRM, b'{"otp": "1"}', {**PHONE, "CONTENT_TYPE": "Application/JSON; charset=utf-8"}),
        (CONFIRM, b'{"otp": "1"}', {}),
        (CONFIRM, b'{"otp": "1"}', {"HTTP_AUTHORIZATION": "Basic eA=="}),
        (CONFIRM, b'{"otp": "1"}', {"HTTP_AUTHORIZATION": "Bearer"}),
        (CLAIM, b"", {"HTTP_AUTHORIZATION": "Ticket secret"}),
        (CLAIM, b"", {}),
        (CLAIM, b'{"otp": "1"}', {"HTTP_AUTHORIZATION": "ticket secret"}),
    ],
)
def test_all_ways_answer_alike(ways: dict[str, Any], path: str, body: bytes, headers: dict[str, str]) -> None:
    by_flask = called(ways["flask"], "POST", path, body, **headers)
    assert called(ways["hot"], "POST", path, body, **headers) == by_flask
    assert plainly_called(ways["plain"], "POST", path, body, **headers) == by_flask


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        ("GET", CONFIRM, b"", PHONE),
        ("POST", CONFIRM + "/more", b"{}", PHONE),
        ("POST", "/api/v1/tickets//confirm", b"{}", PHONE),
        ("POST", "/api/v1/tickets/\xe9/confirm", b"{}", PHONE),
        ("POST", CONFIRM, b"x" * (BODY_BYTES + 1), PHONE),
        ("POST", CONFIRM, b"{}", {**PHONE, "CONTENT_LENGTH": "two"}),
        ("POST", CONFIRM, b"{}", {**PHONE, "QUERY_STRING": "a=b"}),
        ("POST", CONFIRM, b"{}", {**PHONE, "HTTP_TRANSFER_ENCODING": "chunked"}),
    ],
)
def test_unusual_requests_are_left_to_flask(
    ways: dict[str, Any], method: str, path: str, body: bytes, headers: dict[str, str]
) -> None:
    with pytest.raises(AssertionError, match="left to Flask"):
        called(ways["hot"], method, path, body, **headers)
