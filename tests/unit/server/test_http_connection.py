"""The HTTP connection under a real hub, fed byte by byte and cut at every offset, plain and over TLS.

However the bytes come, the answers are the same ones.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.demo.lan import make_certificate
from gateway.server.httptools_impl.http_connection import LAST_SECONDS
from gateway.server.httptools_impl.request_reader import HEAD_BYTES
from gateway.server.httptools_impl.tls import TlsWire, server_context
from scan_to_login.errors import StartupError
from tests.unit.server.lines import Line, TlsLine, eventlet

POST = b"POST /echo HTTP/1.1\r\nHost: x\r\n"
GET = b"GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
STREAMS = {
    "one request": (GET, [200]),
    "two requests": (GET + GET, [200, 200]),
    "the last one of three": (GET + GET + LAST, [200, 200, 200]),
    "empty lines first": (b"\r\n\r\n" + GET, [200]),
    "a body": (POST + b"Content-Length: 5\r\n\r\nhello" + LAST, [200, 200]),
    "a body in chunks": (
        POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\n\r\n" + LAST, [200, 200],
    ),
    "no Host": (GET + b"GET / HTTP/1.1\r\nA: b\r\n\r\n", [200, 400]),
    "two Hosts": (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", [400]),
    "HTTP/1.0": (b"GET / HTTP/1.0\r\n\r\n", [200]),
    "HTTP/0.9": (b"GET /\r\n\r\n", [400]),
    "an unknown method": (b"NONSENSE /a?b HTTP/1.1\r\nHost: x\r\n\r\n", [200]),
    "no method": (b"nonsense / HTTP/1.1\r\nHost: x\r\n\r\n", [400]),
    "an unknown method without a path": (b"NONSENSE x HTTP/1.1\r\nHost: x\r\n\r\n", [400]),
    "bare LF": (b"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", [400]),
    "folded": (b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", [400]),
    "two lengths": (POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET, [400]),
    "chunk size with 0x": (POST + b"Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n", [400]),
    "trailers": (POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nA: b\r\n\r\n" + GET, [400]),
    "too large by its length": (POST + b"Content-Length: 101\r\n\r\n" + b"a" * 101, [200]),
    "an upgrade that is not taken": (
        b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + GET, [200],
    ),
    "such an upgrade with a body": (
        POST + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nhello" + GET, [200],
    ),
    "nothing of HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [400]),
}  # fmt: skip


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's and its client's."""
    certificate, key = make_certificate(tmp_path_factory.mktemp("tls"), "127.0.0.1")
    client = ssl.create_default_context(cafile=str(certificate))
    client.set_alpn_protocols(["h2", "http/1.1"])
    return server_context(str(certificate), str(key)), client


@pytest.fixture(autouse=True)
def hub() -> Iterator[None]:
    """One of this module's own: its descriptors are no others' later."""
    eventlet.hubs.use_hub()
    yield
    eventlet.hubs.use_hub()


def plain_answers(*pieces: bytes) -> list[tuple[int, bytes, bytes]]:
    """Of a new connection that is fed these."""
    line = Line()
    try:
        for piece in pieces:
            line.feed(piece)
        return line.answers()
    finally:
        line.close()


def cut(data: bytes, *offsets: int) -> list[bytes]:
    """``data`` in pieces."""
    ends = [0, *sorted(offsets), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(ends) if end > start]


@pytest.mark.parametrize(("stream", "statuses"), STREAMS.values(), ids=STREAMS)
def test_the_answers_are_the_same_byte_by_byte_and_cut_at_every_offset(stream: bytes, statuses: list[int]) -> None:
    whole = plain_answers(stream)
    assert [status for status, _, _ in whole] == statuses
    assert plain_answers(*(stream[at : at + 1] for at in range(len(stream)))) == whole
    for at in range(1, len(stream)):
        assert plain_answers(*cut(stream, at)) == whole, stream[:at]


@pytest.mark.parametrize(("stream", "statuses"), STREAMS.values(), ids=STREAMS)
def test_over_tls_too(stream: bytes, statuses: list[int], contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """Cut where the record's header, its content and its tag are; and byte by byte, the handshake as well."""
    expected = [(status, close, body.replace(b"|http|", b"|https|")) for status, close, body in plain_answers(stream)]
    assert [status for status, _, _ in expected] == statuses
    length = len(stream)
    for offsets in ((), (1,), (4, 5, 6), (length // 2,), (length, length + 10), range(1, length + 22)):
        line = TlsLine(*contexts, piece=1 if len(offsets) > 9 else 65_536)
        try:
            for piece in cut(line.on_the_line(stream), *offsets):
                line.feed(piece)
            assert line.answers() == expected
            assert line.ended == bool(expected[-1][1]), "close_notify follows the last answer, and no other"
        finally:
            line.close()


@pytest.mark.parametrize(
    ("request_line", "framed", "body"),
    [
        (b"GET /streamed HTTP/1.1", b"Transfer-Encoding: chunked", b"1\r\na\r\n3\r\nGET\r\n0\r\n\r\n"),
        (b"GET /streamed HTTP/1.0", b"Connection: close", b"aGET"),
        (b"HEAD /streamed HTTP/1.1", b"Date", b""),
    ],
)
def test_a_body_of_unknown_length_is_sent_as_it_is_made(request_line: bytes, framed: bytes, body: bytes) -> None:
    """In chunks; to HTTP/1.0 up to the connection's end."""
    line = Line()
    try:
        line.feed(request_line + b"\r\nHost: x\r\n\r\n")
        for _ in range(10):
            line.feed(b"")
        head, _, rest = line.received.partition(b"\r\n\r\n")
        assert framed in head
        assert b"Content-Length" not in head
        assert rest == body
        assert line.over == (b"1.0" in request_line)
    finally:
        line.close()


def test_the_first_letter_of_an_unknown_method_behind_a_request_repeats_nothing() -> None:
    """The piece with that letter holds the request before it too: that one was answered a second time."""
    odd = b"NONSENSE x HTTP/1.1\r\nHost: x\r\n\r\n"
    for letters in range(1, len("NONSENSE x")):
        answers = plain_answers(GET + odd[:letters], odd[letters:])
        assert [status for status, _, _ in answers] == [200, 400], letters


@settings(max_examples=150, deadline=None)
@given(
    parts=st.lists(st.sampled_from(sorted(stream for stream, _ in STREAMS.values())), min_size=1, max_size=3),
    offsets=st.lists(st.integers(0, 600), max_size=12),
)
def test_pipelined_in_any_pieces_they_are_answered_alike(parts: list[bytes], offsets: list[int]) -> None:
    """But for a method that is not known behind another request: its refusal is 400 or 405, never an answer twice."""
    stream = b"".join(parts)
    whole = plain_answers(stream)
    pieces = plain_answers(*cut(stream, *(offset for offset in offsets if offset < len(stream))))
    if b"NONSENSE /a" in stream[1:]:
        whole, pieces = whole[:-1], pieces[:-1]
    assert pieces == whole


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=300), at=st.integers(0, 400))
def test_no_bytes_at_all_break_it(data: bytes, at: int) -> None:
    """Anything, put into a good request anywhere: answered or waited for, and the hub goes on."""
    stream = POST + b"Content-Length: 5\r\n\r\nhello" + LAST
    at = min(at, len(stream))
    for status, _, _ in plain_answers(stream[:at] + data + stream[at:]):
        assert status in {200, 400, 414, 431}
    assert plain_answers(GET)[0][0] == 200


def test_a_head_is_at_most_16_kib_in_any_pieces() -> None:
    long = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: " + b"a" * 1000 + b"\r\n"
    for size in (1000, 4096, 100_000):
        stream = long + (b"B: " + b"b" * 1000 + b"\r\n") * (HEAD_BYTES // 1000) + b"\r\n"
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
        assert [status for status, _, _ in plain_answers(*pieces)] == [431]


def test_half_of_the_next_request_has_no_longer_than_any_other() -> None:
    """It comes with the request before it, after whose answer the next may begin within 65 s."""
    line = Line()
    line.feed(GET)
    assert line.connection.deadline > time.monotonic() + 2 * LAST_SECONDS
    line.feed(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET /")
    while len(line.answers()) < 2:
        line.feed(b"a")
    assert line.connection.deadline < time.monotonic() + LAST_SECONDS
    line.close()


def test_data_written_during_the_handshake_come_after_it(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    """And is bounded like any backlog."""
    server, client = contexts
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    wire = TlsWire(ours, lambda _: None, lambda: None, server)
    wire.write(b"early")
    theirs.setblocking(True)
    theirs.settimeout(0)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = client.wrap_bio(incoming, outgoing, server_hostname="localhost")
    text = b""
    while not text:
        with contextlib.suppress(ssl.SSLWantReadError):
            text = tls.read(100) if tls.version() and wire._shaken else tls.do_handshake() or b""
        if outgoing.pending:
            theirs.sendall(outgoing.read())
        eventlet.sleep(0)
        with contextlib.suppress(BlockingIOError):
            incoming.write(theirs.recv(65_536))
    assert (text, tls.selected_alpn_protocol(), tls.version()) == (b"early", "http/1.1", "TLSv1.3")
    wire.cut()
    theirs.close()


def test_an_unread_answer_is_cut_over_tls_as_in_plain_http(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    line = TlsLine(*contexts)
    wire = line.connection.wire
    for _ in range(400):
        wire.write(b"x" * 10_000)
    assert not wire.open
    early = TlsWire(line.client.dup(), lambda _: None, lambda: None, contexts[0])
    early.write(b"x" * 1_000_000)
    assert early.open
    early.write(b"x" * 100_000)
    assert not early.open
    line.close()


def test_a_certificate_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, "127.0.0.1")
    for files in ((str(tmp_path / "none"), str(key)), (str(key), str(certificate)), (str(certificate), "")):
        with pytest.raises(StartupError, match="cannot be used: "):
            server_context(*files)
