"""Answers that are made while they are sent: in chunks or up to the connection's end, no faster than they are read."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from gateway.demo.lan import make_certificate
from tests.integration.connections import connect, exchange
from tests.integration.server.conftest import Program, Start
from tests.integration.server.streams import COMMAND, NUMBERS, Streaming, dechunked, request_of
from tests.integration.wire import eventually

pytestmark = pytest.mark.slow

HASTY = {"PAIRING_PING_TIMEOUT_SECONDS": "1"}  # what is not read for so long is cut
LARGE = f"{NUMBERS}?pieces=4000&size=50000"  # 200 MB, which no buffer holds


@pytest.fixture(scope="module", params=["http", "https"])
def process(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Streaming]:
    """One for all tests of this file, plain and over TLS."""
    folder = tmp_path_factory.mktemp(request.param)
    environment = {"PAIRING_DATA_DIR": str(folder / "data"), **HASTY}
    with pytest.MonkeyPatch.context() as patched:
        if request.param == "https":
            certificate, key = make_certificate(folder, "127.0.0.1")
            patched.setenv("REQUESTS_CA_BUNDLE", str(certificate))
            environment |= {"PAIRING_TLS_CERTIFICATE": str(certificate), "PAIRING_TLS_KEY": str(key)}
        program = Program(folder, command=COMMAND, **environment)
        try:
            yield Streaming(str(program.ready()["url"]), program)
        finally:
            program.close()


@pytest.fixture
def gateway(process: Streaming) -> Streaming:
    """The same, started over."""
    process.control.reset()
    process.new_errors()
    return process


def test_an_answer_comes_in_chunks_and_the_next_request_is_answered_after_it(gateway: Streaming) -> None:
    sent = request_of(f"{NUMBERS}?pieces=3&size=100") + request_of("/healthz", "1.1", "GET", "Connection: close")
    head, _, rest = exchange(gateway.url, sent).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"Transfer-Encoding: chunked" in head
    assert b"Content-Length" not in head
    chunks, rest = dechunked(rest)
    assert [len(chunk) for chunk in chunks] == [100, 100, 100]
    assert rest.startswith(b"HTTP/1.1 200 ")
    assert rest.endswith(b"}")


def test_empty_pieces_end_nothing_and_long_ones_come_in_parts(gateway: Streaming) -> None:
    empty = exchange(gateway.url, request_of(f"{NUMBERS}?pieces=3&size=0", "1.1", "GET", "Connection: close"))
    assert dechunked(empty.partition(b"\r\n\r\n")[2]) == ([], b"")
    long = requests.get(f"{gateway.url}{NUMBERS}?pieces=2&size=3000000", timeout=60)
    assert len(long.content) == 6_000_000


def test_http_1_0_gets_it_up_to_the_connections_end(gateway: Streaming) -> None:
    sent = request_of(f"{NUMBERS}?pieces=3&size=100", "1.0", "GET", "Connection: keep-alive")
    head, _, body = exchange(gateway.url, sent).partition(b"\r\n\r\n")
    assert b"Transfer-Encoding" not in head
    assert b"Connection: close" in head
    assert len(body) == 300


def test_head_gets_no_body_and_nothing_is_made(gateway: Streaming) -> None:
    before = gateway.counts()
    sent = request_of(NUMBERS, "1.1", "HEAD") + request_of("/healthz", "1.1", "GET", "Connection: close")
    answers = exchange(gateway.url, sent).split(b"HTTP/1.1 200 ")
    assert len(answers) == 3
    assert answers[1].endswith(b"\r\n\r\n"), "a head alone"
    assert b"content-length" not in answers[1].lower()
    assert gateway.counts() == before


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_an_error_in_the_middle_leaves_an_answer_that_is_seen_to_be_incomplete(
    gateway: Streaming, version: str
) -> None:
    """The error is logged once, and the next connection is served."""
    before = gateway.counts()
    with connect(gateway.url) as line:
        if isinstance(line, ssl.SSLSocket):
            line.suppress_ragged_eofs = False
        line.sendall(request_of(f"{NUMBERS}?pieces=5&size=100&fails_at=3", version))
        received, ended = b"", "properly"
        try:
            while piece := line.recv(65536):
                received += piece
        except (ConnectionResetError, ssl.SSLError):
            ended = "cut"
    assert b"2" * 100 in received
    assert b"4" * 100 not in received
    if version == "1.1":
        assert not received.endswith(b"0\r\n\r\n")
    else:
        assert ended == "cut"
    counts = eventually(lambda: (now := gateway.counts())["ended"] > before["ended"] and now)
    assert counts["made"] == before["made"] + 3
    (logged,) = eventually(gateway.new_errors)
    assert (logged["event"], logged["path"], logged["sent"]) == ("answer_broken_off", NUMBERS, 300)
    assert "number 3 cannot be made" in logged["exception"]


def test_a_library_raises_for_such_an_answer(gateway: Streaming) -> None:
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(f"{gateway.url}{NUMBERS}?pieces=5&size=100&fails_at=3", timeout=30)


def test_an_error_before_the_first_piece_has_a_status(gateway: Streaming) -> None:
    answer = requests.get(f"{gateway.url}{NUMBERS}?fails_at=0", timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")


def test_a_reader_that_stops_is_cut_and_no_more_is_made(gateway: Streaming) -> None:
    """Of 200 MB only so much is made as the kernels hold; others are served meanwhile."""
    before = gateway.counts()
    with connect(gateway.url) as line:
        line.sendall(request_of(LARGE))
        assert line.recv(1) == b"H"
        counts = eventually(lambda: (now := gateway.counts())["ended"] > before["ended"] and now)
        assert counts["made"] - before["made"] < 400, "a tenth of the answer"
    assert gateway.new_errors() == []


def test_a_caller_that_leaves_ends_the_making(gateway: Streaming) -> None:
    before = gateway.counts()
    with connect(gateway.url) as line:
        line.sendall(request_of(LARGE))
        assert line.recv(1) == b"H"
    counts = eventually(lambda: (now := gateway.counts())["ended"] > before["ended"] and now)
    assert counts["made"] - before["made"] < 400
    assert gateway.new_errors() == []


def test_others_are_served_between_the_pieces(gateway: Streaming) -> None:
    done = threading.Event()
    read = [0]

    def take() -> None:
        with requests.get(f"{gateway.url}{LARGE}", stream=True, timeout=120) as answer:
            read[0] = sum(map(len, answer.iter_content(1_000_000)))
        done.set()

    reader = threading.Thread(target=take)
    with requests.Session() as others:
        others.get(f"{gateway.url}/healthz", timeout=60)
        reader.start()
        served = 0
        while not done.is_set() and reader.is_alive():
            assert others.get(f"{gateway.url}/healthz", timeout=60).status_code == 200
            served += 1
    reader.join()
    assert read == [200_000_000]
    assert served >= 10


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("version", ["--http1.0", "--http1.1"])
def test_curl_takes_it_whole_and_notices_a_broken_one(gateway: Streaming, version: str, tmp_path: Path) -> None:
    def curl(query: str) -> tuple[int, int]:
        file = tmp_path / "answer"
        command = ["curl", "-ks", version, "-o", str(file), f"{gateway.url}{NUMBERS}?{query}"]
        code = subprocess.run(command, timeout=60, check=False).returncode
        return code, file.stat().st_size

    assert curl("pieces=100&size=10000") == (0, 1_000_000)
    code, _ = curl("pieces=100&size=10000&fails_at=50")
    assert code in (18, 56), "a partial file, or a failure to receive"


def test_the_journal_has_its_size_and_its_beginning(gateway: Streaming) -> None:
    requests.get(f"{gateway.url}{NUMBERS}?pieces=10&size=1000", timeout=30)
    (entry,) = eventually(gateway.answer_entries)
    assert entry["status"] == 200
    assert entry["body"]["bytes"] == 10_000
    assert re.fullmatch(r'\{"password": "\*\*\*", "name": "x", "numbers": "0+"', entry["body"]["beginning"])
    assert len(entry["body"]["beginning"]) <= 200


def test_faults_delay_refuse_and_drop_it(gateway: Streaming) -> None:
    url, route = f"{gateway.url}{NUMBERS}", f"GET {NUMBERS}"
    before = gateway.counts()
    gateway.control.faults.add("error", route=route, status=503, times=1)
    assert requests.get(url, timeout=30).json()["code"] == "unavailable"
    assert gateway.counts() == before
    gateway.control.faults.add("latency", route=route, milliseconds=300, times=1)
    delayed = requests.get(url, timeout=30)
    assert len(delayed.content) == 30
    assert delayed.elapsed.total_seconds() >= 0.3
    gateway.control.faults.add("drop_reply", route=route, times=1)
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(f"{url}?pieces=100", timeout=30)
    (dropped,) = eventually(lambda: [one for one in gateway.answer_entries() if one.get("dropped")])
    assert dropped["body"]["bytes"] < 1_000
    counts = gateway.counts()
    assert counts["begun"] == counts["ended"]


def test_a_reset_breaks_it_off(gateway: Streaming) -> None:
    """The rest would be about data that no longer exist (SECURITY.md 59)."""
    with connect(gateway.url) as line:
        line.sendall(request_of(LARGE))
        assert line.recv(1) == b"H"
        gateway.control.reset()
        received = 1
        with contextlib.suppress(ConnectionResetError, ssl.SSLError):
            while piece := line.recv(1_000_000):
                received += len(piece)
    assert received < 20_000_000
    (logged,) = eventually(gateway.new_errors)
    assert logged["event"] == "answer_broken_off"
    assert "started over" in logged["reason"]


def test_a_worker_that_ends_finishes_it(run: Start, tmp_path: Path) -> None:
    """Its reader is slow; the worker takes no other connection meanwhile, and ends when all is sent."""
    program = run(command=COMMAND, PAIRING_DATA_DIR=str(tmp_path / "data"))
    url = str(program.ready()["url"])
    parts = urlsplit(url)
    with connect(url, 30) as line:
        line.sendall(request_of(f"{NUMBERS}?pieces=400&size=50000"))
        received = bytearray(line.recv(1))
        program.process.send_signal(signal.SIGTERM)
        eventually(lambda: closed(parts.hostname, parts.port))
        while piece := line.recv(1_000_000):
            received += piece
    chunks, rest = dechunked(bytes(received).partition(b"\r\n\r\n")[2])
    assert sum(map(len, chunks)) == 20_000_000
    assert rest == b""
    assert program.ended() == 0


def closed(host: str | None, port: int | None) -> bool:
    """Whether nobody listens there."""
    try:
        socket.create_connection((host or "", port or 0), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False
