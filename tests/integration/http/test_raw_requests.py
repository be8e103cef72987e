"""Requests that break HTTP itself: each is refused, the line ends, and nothing that follows is taken for a request."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import pytest

from gateway.testing.live import LiveGateway
from tests.integration.wire import Wire


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
