"""Requests that break HTTP itself: each is refused, the line ends, and nothing that follows is taken for a request."""

from __future__ import annotations

import json
import re

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.connections import exchange as raw
from tests.integration.wire import Wire

POST = b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
BROKEN = {
    "bare LF after the request line": b"GET /healthz HTTP/1.1\nHost: x\r\n\r\n",
    "bare LF after a header": b"GET /healthz HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",
    "bare LF at the end of the head": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\n",
    "nothing but bare LF": b"GET /healthz HTTP/1.1\nHost: x\n\n",
    "bare CR in a header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
    "folded header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
    "folded header with a tab": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n",
    "folded request line": b"GET /healthz HTTP/1.1\r\n Host: x\r\n\r\n",
    "NUL in a header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
    "NUL in a name": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n",
    "NUL in the path": b"GET /healthz\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "blank before the colon": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
    "no Host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "the same Host twice": b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
    "two Hosts in HTTP/1.0": b"GET /healthz HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
    "two Hosts in one": b"GET /healthz HTTP/1.1\r\nHost: x, y\r\n\r\n",
    "empty Host": b"GET /healthz HTTP/1.1\r\nHost:\r\n\r\n",
    "Host with a path": b"GET /healthz HTTP/1.1\r\nHost: x/y\r\n\r\n",
    "Host with a user": b"GET /healthz HTTP/1.1\r\nHost: a@x\r\n\r\n",
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "HTTP/0.9 by name": b"GET /healthz HTTP/0.9\r\n\r\n",
    "HTTP/2 without a handshake": b"GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "the same length twice": POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a list of lengths": POST + b"Content-Length: 2, 2\r\n\r\n{}",
    "a length with a sign": POST + b"Content-Length: +2\r\n\r\n{}",
    "chunk size with 0x": CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n",
    "chunk size with a sign": CHUNKED + b"+2\r\n{}\r\n0\r\n\r\n",
    "chunk size with a blank": CHUNKED + b"2 \r\n{}\r\n0\r\n\r\n",
    "chunk that is longer than its size": CHUNKED + b"2\r\n{}x\r\n0\r\n\r\n",
    "bare LF after a chunk size": CHUNKED + b"2\n{}\r\n0\r\n\r\n",
    "bare LF after a chunk": CHUNKED + b"2\r\n{}\n0\r\n\r\n",
    "bare LF at the end of the chunks": CHUNKED + b"2\r\n{}\r\n0\r\n\n",
    "trailers": CHUNKED + b"2\r\n{}\r\n0\r\nX-A: b\r\n\r\n",
    "a coding that is not known": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunked twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked in HTTP/1.0": CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0") + b"2\r\n{}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("request_", BROKEN.values(), ids=BROKEN)
def test_broken_http_is_400_in_a_problem_document_and_the_connection_ends(wire: Wire, request_: bytes) -> None:
    """RFC 9112; what follows is not taken for another request (SECURITY.md 26, 34, 42)."""
    answers = raw(wire.url, request_ + GET)
    head, _, body = answers.partition(b"\r\n\r\n")
    assert re.findall(rb"HTTP/1\.1 (\d+)", answers) == [b"400"], answers
    assert b"\r\nConnection: close" in head
    problem = json.loads(body)
    assert (problem["code"], problem["status"]) == ("malformed_request", 400)
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize("host", [b"x", b"x:8080", b"127.0.0.1:1", b"[::1]:8080", b"login.example.com."])
def test_one_valid_host_is_enough(wire: Wire, host: bytes) -> None:
    answer = raw(wire.url, b"GET /healthz HTTP/1.1\r\nhost: " + host + b"\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_http_1_0_needs_no_host_and_a_target_may_name_it(wire: Wire) -> None:
    """RFC 9112 section 3.2 asks for it from HTTP/1.1 on; health checks of proxies are HTTP/1.0 (haproxy.cfg)."""
    assert raw(wire.url, b"GET /healthz HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")
    target = b"GET http://gateway.example/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert raw(wire.url, target).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("path", [b"//client/", b"/client", b"/api//v1/tickets", b"//evil.example/%2e%2e", b"/app",
                                  b"/hall", b"//", b"/docs/", b"/web", b"/q//x", b"/assets//x"])  # fmt: skip
def test_no_redirect_is_made_of_the_callers_host(wire: Wire, path: bytes) -> None:
    """An answer that leads to `Host: evil.example` could be kept by a cache in between (SECURITY.md 42)."""
    request = b"GET " + path + b" HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    head = raw(wire.url, request).partition(b"\r\n\r\n")[0]
    assert b"evil.example" not in head
    location = re.search(rb"\r\nlocation: ([^\r]*)", head, re.IGNORECASE)
    assert location is None or re.match(rb"/[^/]", location.group(1))


def test_a_pipelined_request_that_is_broken_is_refused_after_the_answer_before_it(wire: Wire) -> None:
    """Also where the parser does not know the method: the first request is not carried out a second time."""
    for broken in (b"NONSENSE /x HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /x HTTP/1.1\r\n\r\n"):
        answers = raw(wire.url, POST + b"Content-Length: 2\r\n\r\n{}" + broken)
        assert re.findall(rb"HTTP/1\.1 (\d+)", answers) == [b"422", b"400"], answers


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: six\r\n",
    ],
)
def test_two_lengths_or_a_false_one_are_400_and_end_the_connection(wire: Wire, head: bytes) -> None:
    """The bytes after it are no second request (SECURITY.md 26)."""
    request = b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + head
    answers = raw(wire.url, request + b"\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answers.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
    assert answers.count(b"HTTP/1.") == 1


def test_broken_chunks_are_400(wire: Wire) -> None:
    request = b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
    answers = raw(wire.url, request + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")
    assert answers.split(b" ")[1] == b"400"


@pytest.mark.parametrize("path", [b"/healthz", b"/api/v1/tickets/AAAAAAAAAAAAAAAAAAAAAA"])
def test_a_query_of_bytes_as_they_are_is_400(wire: Wire, path: bytes) -> None:
    request = b"GET " + path + b"?wait=\xb0 HTTP/1.1\r\nHost: x\r\nAuthorization: Ticket x\r\nConnection: close\r\n\r\n"
    assert raw(wire.url, request).split(b" ")[1] == b"400"


def test_a_body_that_is_taken_for_a_request_is_not_logged(wire: Wire, mistreated: LiveGateway) -> None:
    request = (
        b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    )
    answers = raw(wire.url, request + b'{}{"identifier":"agent","password":"Canary-2019"}\r\n\r\n')
    assert answers.startswith(b"HTTP/1.1 422")
    assert "Canary" not in mistreated.log


FILLER = b"X-Filler: " + b"a" * 1000 + b"\r\n"


def get(more: bytes) -> bytes:
    """A request with more headers."""
    return b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + more + b"\r\n"


@pytest.mark.parametrize("headers", [20, 70])
def test_a_head_that_is_too_large_gets_no_answer_but_a_refusal(wire: Wire, headers: int) -> None:
    """In many headers of a fit size each; also where it begins in the read that ends another request."""
    large = get(headers * FILLER)
    alone = raw(wire.url, large + get(b"Connection: close\r\n"))
    behind = raw(wire.url, get(b"") + large + get(b"Connection: close\r\n"))
    assert re.findall(rb"HTTP/1\.1 (\d+)", alone) == [b"431"]
    assert re.findall(rb"HTTP/1\.1 (\d+)", behind) == [b"200", b"431"]


def test_a_head_of_nearly_16_kib_is_let_in(wire: Wire) -> None:
    answers = raw(wire.url, get(15 * FILLER) + get(b"Connection: close\r\n"))
    assert answers.count(b"HTTP/1.1 200") == 2


@pytest.mark.slow
def test_a_connection_without_http_is_closed(wire: Wire) -> None:
    for nonsense in (b"\x16\x03\x01\x02\x00\x01\x00\x01", b"\r\n\r\n\r\n", b"GET\r\n\r\n", b"\x00" * 100 + b"\r\n\r\n",
                     b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
                     b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n"):  # fmt: skip
        assert not raw(wire.url, nonsense).startswith(b"HTTP/1.1 5")
    assert wire.call("GET", "/healthz").status == 200
