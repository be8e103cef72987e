"""Requests that do not fit: each has its own clear answer, a problem document, and nothing has changed."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway.testing.live import LiveGateway
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
        assert all(set(error) == {"field", "message"} for error in answer.body["errors"])


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
    """A body whose length is not told beforehand."""
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


def test_a_query_where_none_is_taken_is_422(wire: Wire) -> None:
    assert wire.call("POST", "/tickets?a=b", json={"client": CLIENT}).code == "invalid_request"


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "bearer x", "Bearer " + "a" * 5000, "Bearer a b", "Basic YTpi",
                                   "Ticket x", "Bearer \xe9"])  # fmt: skip
def test_a_token_that_is_none_is_401(wire: Wire, value: str) -> None:
    for method, path in (("GET", "/session"), ("GET", "/app/session"), ("POST", "/tickets/x/scan")):
        answer = wire.call(method, path, value.encode("latin-1"))  # type: ignore[arg-type]
        assert (answer.status, answer.code) == (401, "unauthenticated")


def test_a_missing_token_is_told_before_a_bad_body(wire: Wire) -> None:
    assert wire.call("POST", "/tickets/x/confirm", data=b"nonsense", headers=JSON).code == "unauthenticated"


@pytest.mark.parametrize("otp", ["12345", "1234567", "abcdef", "１２３４５６", 123456, None, "123456\n"])
def test_a_code_that_is_none_is_422_and_costs_no_try(wire: Wire, otp: Any) -> None:
    ticket, phone = wire.ticket(), wire.phone()
    phone.scan(ticket.id)
    answer = wire.call("POST", f"/tickets/{ticket.id}/confirm", phone.token, json={"otp": otp})
    assert (answer.status, answer.code) == (422, "invalid_request")
    assert phone.confirm(ticket.id).status == 200


@pytest.mark.parametrize("field", ["identifier", "password"])
def test_control_characters_and_lone_surrogates_are_no_fault(wire: Wire, field: str) -> None:
    """In whatever text: refused, and not a fault of the gateway's."""
    for text in ("a\x00b", "\x1b[31m", "\ud800", "a" * 2000, "\u202e", "𠮷" * 60):
        body = {"identifier": "agent", "password": "x", "device": {"name": "n", "model": "m"}, field: text}
        data = json.dumps(body).encode()
        assert wire.call("POST", "/app/sessions", data=data, headers=JSON).status in {401, 403, 422}
        wire.call("POST", "/sim/v1/reset")


def test_an_idempotency_key_that_is_too_long_is_422(wire: Wire) -> None:
    ticket = wire.ticket()
    assert ticket.claim(key="k" * 129).code == "invalid_request"
    assert ticket.claim(key="k" * 128).code == "ticket_not_confirmed"


def raw(url: str, request: bytes, *, read: bool = True) -> bytes:
    """Send bytes as they are; answer what comes until the gateway closes."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request)
        received = b""
        try:
            while read and (piece := connection.recv(65536)):
                received += piece
        except (TimeoutError, ConnectionResetError):
            pass
        return received


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: six\r\n",
    ],
)
def test_two_lengths_or_a_false_one_are_400_and_the_end_of_the_line(wire: Wire, head: bytes) -> None:
    """What follows is not taken for a second request (SECURITY.md 26)."""
    request = b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + head
    answers = raw(wire.url, request + b"\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answers.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
    assert answers.count(b"HTTP/1.") == 1


def test_broken_chunks_are_400(wire: Wire) -> None:
    request = b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
    answers = raw(wire.url, request + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")
    assert answers.split(b" ")[1] == b"400"


def test_trailers_smuggle_nothing(wire: Wire) -> None:
    """A body in chunks with trailers is one request; the next on the line is answered as itself."""
    request = b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    request += b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-A: GET /healthz HTTP/1.1\r\n\r\n"
    answers = raw(wire.url, request + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"422", b"200"]


FILLER = b"X-Filler: " + b"a" * 1000 + b"\r\n"


def get(more: bytes) -> bytes:
    """A request with more headers."""
    return b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + more + b"\r\n"


@pytest.mark.parametrize("headers", [20, 70])
def test_a_head_that_is_too_large_gets_no_answer_but_a_refusal(wire: Wire, headers: int) -> None:
    """In many headers of a fit size each; also where it begins in the read that ends another request.

    The lean transport takes 16 KiB, the stock one 64.
    """
    large = get(headers * FILLER)
    alone = raw(wire.url, large + get(b"Connection: close\r\n"))
    behind = raw(wire.url, get(b"") + large + get(b"Connection: close\r\n"))
    if alone.startswith(b"HTTP/1.1 200"):
        assert headers == 20
        assert behind.count(b"HTTP/1.1 200") == 3
    else:
        assert alone.split(b" ")[1] in (b"400", b"431")
        assert b"HTTP/1.1 200" not in alone
        assert behind.count(b"HTTP/1.1 200") <= 1


def test_a_head_of_nearly_16_kib_is_let_in(wire: Wire) -> None:
    answers = raw(wire.url, get(15 * FILLER) + get(b"Connection: close\r\n"))
    assert answers.count(b"HTTP/1.1 200") == 2


@pytest.mark.slow
def test_what_is_no_http_is_closed(wire: Wire) -> None:
    for nonsense in (b"\x16\x03\x01\x02\x00\x01\x00\x01", b"\r\n\r\n\r\n", b"GET\r\n\r\n", b"\x00" * 100 + b"\r\n\r\n",
                     b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
                     b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n"):  # fmt: skip
        assert not raw(wire.url, nonsense).startswith(b"HTTP/1.1 5")
    assert wire.call("GET", "/healthz").status == 200


def test_an_answer_to_a_bad_request_leaves_the_connection_in_order(mistreated: LiveGateway) -> None:
    """One connection: 422, 413, 404, 201, each the answer to its own request."""
    parts = urlsplit(mistreated.url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
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


def test_a_request_id_is_kept_where_it_is_one(wire: Wire) -> None:
    assert wire.call("GET", "/healthz", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert wire.call("GET", "/healthz", headers={"X-Request-Id": "a b"}).headers["x-request-id"] != "a b"
