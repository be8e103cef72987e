"""Requests that do not fit: each has its own clear answer, a problem document, and nothing has changed."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.connections import connect
from tests.integration.wire import CLIENT, Wire

JSON = {"Content-Type": "application/json"}
FIT = json.dumps({"client": CLIENT}).encode()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_request"),
        (b"{", 400, "malformed_request"),
        (b"nonsense", 400, "malformed_request"),
        (b"\xff\xfe\x00", 400, "malformed_request"),
        (b"\xef\xbb\xbf" + FIT, 400, "malformed_request"),
        (b"[]", 400, "malformed_request"),
        (b'"text"', 400, "malformed_request"),
        (b"null", 400, "malformed_request"),
        (b"17", 400, "malformed_request"),
        (b"NaN", 400, "malformed_request"),
        (b'{"client": NaN}', 400, "malformed_request"),
        (b'{"client": Infinity}', 400, "malformed_request"),
        (b'{"client": 1' + b"0" * 5000 + b"}", 400, "malformed_request"),
        (b"[" * 60_000, 400, "malformed_request"),
        (b'{"a":' * 12_000, 400, "malformed_request"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, 422, "invalid_request"),
        (b"{}", 422, "invalid_request"),
        (b'{"client": null}', 422, "invalid_request"),
        (b'{"client": []}', 422, "invalid_request"),
        (b'{"client": {"name": 1, "version": "1", "device": "d"}}', 422, "invalid_request"),
        (b'{"client": {"name": true, "version": "1", "device": "d"}}', 422, "invalid_request"),
        (b'{"client": {"name": "", "version": "1", "device": "d"}}', 422, "invalid_request"),
        (b'{"client": {"name": "\\ud800", "version": "1", "device": "d"}}', 422, "invalid_request"),
        (b'{"client": {"name": "a\\u0000b", "version": "1", "device": "d"}}', 422, "invalid_request"),
        (b'{"client": {"name": "a\\nb", "version": "1", "device": "d"}}', 422, "invalid_request"),
        (b'{"client": {"name": "' + b"a" * 65 + b'", "version": "1", "device": "d"}}', 422, "invalid_request"),
        (b'{"\\ud800": 1}', 422, "invalid_request"),
        (b'{"a\\u0000": 1}', 422, "invalid_request"),
        (FIT[:-1] + b', "more": 1}', 422, "invalid_request"),
        (FIT[:-1] + b', "replaces": {"ticket_id": "x"}}', 422, "invalid_request"),
    ],
    ids=lambda value: repr(value)[:40] if isinstance(value, bytes) else str(value),
)
def test_a_body_that_does_not_fit(wire: Wire, body: bytes, status: int, code: str) -> None:
    answer = wire.call("POST", "/tickets", data=body, headers=JSON)
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["cache-control"] == "no-store"
    if code == "invalid_request":
        assert all(set(error) == {"field", "rule", "message", "values"} for error in answer.body["errors"])


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "nonsense", ""]
)
def test_a_body_of_another_type_is_415(wire: Wire, kind: str) -> None:
    answer = wire.call("POST", "/tickets", data=FIT, headers={"Content-Type": kind} if kind else {})
    assert (answer.status, answer.code) == (415, "unsupported_media_type")


def test_a_charset_beside_the_type_is_no_obstacle(wire: Wire) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert wire.call("POST", "/tickets", data=FIT, headers=headers).status == 201


def chunks(body: bytes, size: int = 7000) -> Iterator[bytes]:
    """A body without a declared length."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


def test_a_body_in_chunks_is_read_like_any_other(wire: Wire) -> None:
    answer = wire.call("POST", "/tickets", data=chunks(FIT, 10), headers=JSON)
    assert answer.status == 201
    assert wire.call("POST", "/tickets", data=chunks(b"[]"), headers=JSON).code == "malformed_request"


@pytest.mark.parametrize("size", [65_537, 1_000_000])
@pytest.mark.parametrize("chunked", [False, True], ids=["length told", "in chunks"])
def test_a_body_over_64_kib_is_413(wire: Wire, size: int, chunked: bool) -> None:
    body = FIT + b" " * (size - len(FIT))
    try:
        answer = wire.call("POST", "/tickets", data=chunks(body) if chunked else body, headers=JSON)
    except OSError:
        # The gateway may close before such a client has sent it all; a smaller one always reads its answer.
        assert size > 65_537
        return
    assert (answer.status, answer.code) == (413, "body_too_large")


def test_64_kib_are_let_in(wire: Wire) -> None:
    body = FIT + b" " * (65_536 - len(FIT))
    assert wire.call("POST", "/tickets", data=body, headers=JSON).status == 201
    assert wire.call("POST", "/tickets", data=chunks(body), headers=JSON).status == 201


@pytest.mark.parametrize(("method", "path"), [("PUT", "/tickets"), ("GET", "/tickets"), ("PATCH", "/tickets/x"),
                                              ("POST", "/tickets/x"), ("GET", "/tickets/x/scan"), ("TRACE", "/session"),
                                              ("NONSENSE", "/session")])  # fmt: skip
def test_a_wrong_method_is_405_with_the_right_ones(wire: Wire, method: str, path: str) -> None:
    answer = wire.call(method, path)
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["allow"]
    assert method not in answer.headers["allow"].split(", ")


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/tickets/", "/tickets/a/b/c", "/tickets/%2e%2e/x", "/tickets/a//scan", "/../../etc/passwd",
     "/%00", "/tickets/%00", "/tickets/%ff%fe", "/tickets/" + "a" * 4000, "/tickets/%0d%0aSet-Cookie:%20a=b",
     "/tickets/%F0%9F%93%B1", "/tickets/" + "%41" * 500],
    ids=lambda path: path[:30],
)  # fmt: skip
def test_an_odd_path_is_404_or_405(wire: Wire, path: str) -> None:
    answer = wire.call("GET", path, "Ticket x")
    assert (answer.status, answer.code) in {(404, "not_found"), (404, "ticket_not_found"), (405, "method_not_allowed")}
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "query",
    ["since=x", "since=-1", "since=1e3", "wait=x", "wait=nan", "wait=inf", "wait=-1", "wait=121", "colour=red",
     "since=" + "9" * 400, "since=%00", "wait=%ff"],
    ids=lambda query: query[:20],
)  # fmt: skip
def test_a_query_that_does_not_fit_is_422(wire: Wire, query: str) -> None:
    ticket = wire.ticket()
    answer = wire.call("GET", f"/tickets/{ticket.id}?{query}", f"Ticket {ticket.secret}")
    assert (answer.status, answer.code) == (422, "invalid_request")


def test_an_unexpected_query_is_422(wire: Wire) -> None:
    assert wire.call("POST", "/tickets?a=b", json={"client": CLIENT}).code == "invalid_request"


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "bearer x", "Bearer " + "a" * 5000, "Bearer a b", "Basic YTpi",
                                   "Ticket x", "Bearer \xe9"])  # fmt: skip
def test_an_invalid_token_is_401(wire: Wire, value: str) -> None:
    for method, path in (("GET", "/session"), ("GET", "/app/session"), ("POST", "/tickets/x/scan")):
        answer = wire.call(method, path, value.encode("latin-1"))  # type: ignore[arg-type]
        assert (answer.status, answer.code) == (401, "unauthenticated")


def test_a_missing_token_is_refused_before_a_bad_body(wire: Wire) -> None:
    assert wire.call("POST", "/tickets/x/confirm", data=b"nonsense", headers=JSON).code == "unauthenticated"


@pytest.mark.parametrize("otp", ["12345", "1234567", "abcdef", "１２３４５", 123456, None, "12 34\n"])
def test_a_malformed_code_is_422_and_costs_no_try(wire: Wire, otp: Any) -> None:
    ticket, phone = wire.ticket(), wire.phone()
    phone.scan(ticket.id)
    answer = wire.call("POST", f"/tickets/{ticket.id}/confirm", phone.token, json={"otp": otp})
    assert (answer.status, answer.code) == (422, "invalid_request")
    assert phone.confirm(ticket.id).status == 200


@pytest.mark.parametrize("field", ["identifier", "password"])
def test_control_characters_and_lone_surrogates_are_no_fault(wire: Wire, field: str) -> None:
    """In any text: a refusal, and no fault of the gateway."""
    for text in ("a\x00b", "\x1b[31m", "\ud800", "a" * 2000, "\u202e", "𠮷" * 60):
        body = {"identifier": "agent", "password": "x", "device": {"name": "n", "model": "m"}, field: text}
        data = json.dumps(body).encode()
        assert wire.call("POST", "/app/sessions", data=data, headers=JSON).status in {401, 403, 422}
        wire.call("POST", "/sim/v1/reset")


def test_the_character_nul_is_refused_wherever_a_text_stands(wire: Wire) -> None:
    """PostgreSQL has no such text; the answer is the same on every database."""
    login = {"identifier": "agent", "password": "x", "device": {"name": "n", "model": "m"}}
    refused = [
        wire.call("POST", "/app/sessions", json=login | {"identifier": "a\0b"}),
        wire.call("POST", "/app/sessions", json=login | {"device": {"name": "n", "model": "m\0"}}),
        wire.call("GET", "/sim/v1/await/session?account=%00"),
    ]
    assert [(answer.status, answer.code) for answer in refused] == [(422, "invalid_request")] * len(refused)
    assert [answer.body["errors"][0]["field"] for answer in refused] == ["identifier", "device.model", "account"]
    token = wire.phone().token
    for method, path in (("DELETE", "/app/devices/%00"), ("POST", "/units/%00/verification"), ("GET", "/tickets/%00")):
        assert wire.call(method, path, token, json={}).status == 404
    spelled = json.dumps(login).replace("agent", r"\\u0000").encode()  # six characters, none of them U+0000
    assert wire.call("POST", "/app/sessions", data=spelled, headers=JSON).code == "invalid_credentials"


def test_an_idempotency_key_that_is_too_long_is_422(wire: Wire) -> None:
    ticket = wire.ticket()
    assert ticket.claim(key="k" * 129).code == "invalid_request"
    assert ticket.claim(key="k" * 128).code == "ticket_not_confirmed"


def test_an_answer_to_a_bad_request_leaves_the_connection_in_order(mistreated: LiveGateway) -> None:
    """One connection: 422, 413, 404, 201, each the answer to its own request."""
    parts = urlsplit(mistreated.url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port)
    connection.sock = connect(mistreated.url)
    statuses = []
    for method, path, body in (
        ("POST", "/api/v1/tickets", b"{}"),
        ("GET", "/api/v1/nothing", b"x" * 20_000),
        ("POST", "/api/v1/tickets", b"["),
        ("POST", "/api/v1/tickets", FIT),
    ):
        connection.request(method, path, body, JSON)
        answer = connection.getresponse()
        statuses.append(answer.status)
        answer.read()
    connection.close()
    assert statuses == [422, 404, 400, 201]


def test_every_answer_has_its_guards(wire: Wire) -> None:
    """No-store, nosniff, no referrer, no frames, a request id; on errors too (SECURITY.md 27)."""
    for answer in (wire.call("POST", "/tickets", json={"client": CLIENT}), wire.call("GET", "/nothing")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-request-id"]
        assert "access-control-allow-origin" not in answer.headers


def test_a_valid_request_id_is_kept(wire: Wire) -> None:
    assert wire.call("GET", "/healthz", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert wire.call("GET", "/healthz", headers={"X-Request-Id": "a b"}).headers["x-request-id"] != "a b"
