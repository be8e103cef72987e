"""Requests that come a byte at a time: each part of one has a deadline, and no byte puts it off (SECURITY.md 34)."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from urllib.parse import urlsplit

import pytest

from tests.integration.connections import connect
from tests.integration.wire import Wire, together

HEAD = b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
# The bytes sent at once, and those sent one at a time.
SLOW = {
    "method": (b"", b"NONSENSE" * 30),
    "empty lines": (b"", b"\r\n" * 100),
    "target": (b"GET /", b"a" * 200),
    "header": (HEAD + b"A: ", b"a" * 200),
    "headers": (HEAD, b"A: b\r\n" * 40),
    "body": (HEAD + b"Content-Length: 1000\r\n\r\n", b"{" * 200),
    "chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n100\r\n", b"{" * 200),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n{\r\n" * 40),
    "extension of a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a" * 200),
    "second request": (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /", b"a" * 200),
}
PAUSE_SECONDS = 0.4
# The longest deadlines, 10 s for a handshake and 10 s for a body, and time for a machine that has others to serve.
PATIENCE_SECONDS = 40


def fed_until_closed(line: socket.socket, at_once: bytes, slowly: bytes) -> float:
    """Seconds until the gateway ends the connection, while a byte comes now and then."""
    began = time.monotonic()
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        line.sendall(at_once)
        line.settimeout(PAUSE_SECONDS)
        for byte in slowly:
            try:
                while line.recv(4096):  # an answer to what came before
                    pass
                break
            except TimeoutError:
                line.sendall(bytes((byte,)))
    seconds = time.monotonic() - began
    line.close()
    return seconds


@pytest.mark.slow
def test_a_request_that_trickles_in_is_ended_within_its_deadline(wire: Wire) -> None:
    """All at once, and others are served meanwhile; more bytes are there than the deadline would let through."""
    lines = [(connect(wire.url), at_once, slowly) for at_once, slowly in SLOW.values()]
    calls = [lambda given=given: fed_until_closed(*given) for given in lines]  # type: ignore[misc]
    calls.append(lambda: 0.0 * wire.ticket().poll().status)
    for part, seconds in zip([*SLOW, "others"], together(calls), strict=True):
        assert seconds < PATIENCE_SECONDS, part


@pytest.mark.slow
def test_a_handshake_that_trickles_in_is_ended_too(wire: Wire) -> None:
    """Cut anywhere: after its first byte, in the middle, or before its last."""
    parts = urlsplit(wire.url)
    if parts.scheme == "http":
        hello = b"\x16\x03\x01"
    else:
        outgoing = ssl.MemoryBIO()
        tls = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
        with contextlib.suppress(ssl.SSLWantReadError):
            tls.do_handshake()
        hello = outgoing.read()

    def trickle(begin: int) -> float:
        line = socket.create_connection((str(parts.hostname), parts.port or 0), timeout=10)
        return fed_until_closed(line, hello[:begin], hello[begin:] or b"\x16" * 200)

    for seconds in together([lambda begin=begin: trickle(begin) for begin in (0, 1, 5, 100)]):  # type: ignore[misc]
        assert seconds < PATIENCE_SECONDS
