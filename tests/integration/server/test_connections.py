"""More connections than there is room for: a real gateway turns them away, stays idle, and serves on afterwards."""

from __future__ import annotations

import contextlib
import re
import resource
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pytest
import requests

from gateway.demo.lan import make_certificate
from tests.integration.machine import cpu_seconds
from tests.integration.server.conftest import GATEWAY, Program, Start
from tests.integration.wire import Socket, Wire, eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="limits and /proc as Linux has them"),
]

WATCHED_SECONDS = 1.5
# Of the time that is watched: an accept loop that spins takes all of it.
IDLE_SHARE = 0.35


@pytest.fixture(params=["http", "https"])
def front(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Settings of a gateway without TLS, and with it; its clients trust the certificate."""
    if request.param == "http":
        return {}
    certificate, key = make_certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setenv("WEBSOCKET_CLIENT_CA_BUNDLE", str(certificate))
    return {"PAIRING_TLS_CERTIFICATE": str(certificate), "PAIRING_TLS_KEY": str(key)}


def limited(limit: str) -> tuple[str, ...]:
    """The gateway's command under a limit of open files, as ``ulimit`` takes it."""
    return ("/bin/sh", "-c", f'ulimit {limit}; exec "$@"', "sh", *GATEWAY)


def serve(run: Start, tmp_path: Path, *arguments: str, command: tuple[str, ...] = GATEWAY, **more: str) -> Program:
    return run("serve", "--port", "0", "--data-dir", str(tmp_path / "data"), *arguments, command=command, **more)


class Crowd:
    """Connections that say nothing, from several addresses of this machine."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (str(parts.hostname), int(parts.port or 0))
        self._lines: list[socket.socket] = []

    def come(self, count: int, *, addresses: int = 1) -> None:
        """``count`` more of them; each is in the gateway's queue once this returns."""
        for number in range(count):
            source = (f"127.0.0.{2 + number % addresses}", 0)
            self._lines.append(socket.create_connection(self._address, timeout=30, source_address=source))

    def told(self, at_least: int) -> list[bytes]:
        """The last bytes to connections that the gateway has closed; waits for that many."""
        found: list[bytes] = []
        with selectors.DefaultSelector() as selector:
            for line in self._lines:
                selector.register(line, selectors.EVENT_READ)
            end = time.monotonic() + 30
            while len(found) < at_least:
                assert time.monotonic() < end, f"{len(found)} of {at_least}"
                for key, _ in selector.select(1):
                    line = self._lines[self._lines.index(key.fileobj)]  # type: ignore[arg-type]
                    selector.unregister(line)
                    said = b""
                    with contextlib.suppress(OSError):
                        while piece := line.recv(4096):
                            said += piece
                    found.append(said)
        return found

    def leave(self) -> None:
        """All at once."""
        for line in self._lines:
            line.close()
        self._lines.clear()


@pytest.fixture
def crowd() -> Iterator[list[Crowd]]:
    """Connections in it are closed after the test."""
    crowds: list[Crowd] = []
    yield crowds
    for one in crowds:
        one.leave()


def stays_idle(pid: int) -> bool:
    """True if the process uses little of a core for a while, by its own clock."""
    began, before = time.monotonic(), cpu_seconds(pid)
    while (seconds := time.monotonic() - began) < WATCHED_SECONDS:
        time.sleep(0.05)
    return cpu_seconds(pid) - before < IDLE_SHARE * seconds


def refusals(program: Program) -> int:
    """Episodes that the log tells of."""
    return program.errors.count("connections_refused")


def healthy(url: str) -> bool:
    return Wire(url).call("GET", "/healthz").status == 200


def test_200_connections_at_128_descriptors_block_no_client_for_good(
    run: Start, tmp_path: Path, front: dict[str, str], crowd: list[Crowd]
) -> None:
    """Connected clients are served throughout; after the crowd leaves, all are (SECURITY.md 30)."""
    program = serve(run, tmp_path, command=limited("-n 128"), **front)
    url = str(program.ready()["url"])
    with Socket(url) as present:
        crowd.append(Crowd(url))
        crowd[0].come(200, addresses=8)
        told = crowd[0].told(at_least=200 - 64)
        assert all(not said or said.startswith((b"HTTP/1.1 503 ", b"HTTP/1.1 429 ")) for said in told)
        assert any(said.startswith(b"HTTP/1.1 503 ") for said in told) or front
        assert stays_idle(program.process.pid)
        assert present.request()["state"] == "pending"
        crowd[0].leave()
        assert eventually(lambda: healthy(url))
        assert Wire(url).ticket().poll().status == 200
        with Socket(url) as another:
            assert another.request()["state"] == "pending"
    assert refusals(program) == 1
    program.process.terminate()
    assert program.ended() == 0


def test_accept_backs_off_where_no_descriptor_is_free(
    run: Start, tmp_path: Path, front: dict[str, str], crowd: list[Crowd]
) -> None:
    """The limit falls while it runs, below what its own counting allows: accept itself fails (EMFILE)."""
    program = serve(run, tmp_path, **front)
    url = str(program.ready()["url"])
    pid = program.process.pid
    assert healthy(url)
    with Socket(url) as present:
        assert present.request()["state"] == "pending"  # over the connection to Redis that there is from now on
        highest = max(int(entry.name) for entry in Path(f"/proc/{pid}/fd").iterdir())
        hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (highest + 4, hard))
        crowd.append(Crowd(url))
        crowd[0].come(150)
        told = crowd[0].told(at_least=100)
        assert all(not said or said.startswith(b"HTTP/1.1 503 ") for said in told)
        assert stays_idle(pid)
        assert present.request()["state"] == "pending"
        assert refusals(program) == 1
        crowd[0].leave()
        assert eventually(lambda: healthy(url))
    program.process.terminate()
    assert program.process.wait(30) == 0
    assert "gateway/server/httptools_impl" not in program.errors, "a traceback of what accepts, reads or writes"


def test_connections_of_one_address_are_limited(run: Start, tmp_path: Path, crowd: list[Crowd]) -> None:
    """WebSockets count like the others; another address does not notice, and it is counted."""
    program = serve(run, tmp_path, PAIRING_CONNECTIONS_PER_ADDRESS="3")
    url = str(program.ready()["url"])
    crowd += [Crowd(url), Crowd(url)]
    with Socket(url) as first, Socket(url) as second, Socket(url) as third:
        refused = Wire(url).call("GET", "/healthz")
        assert (refused.status, refused.code, refused.headers["retry-after"]) == (429, "rate_limited", "1")
        crowd[0].come(3)
        crowd[0].come(1)
        assert [said[:12] for said in crowd[0].told(at_least=1)] == [b"HTTP/1.1 429"]
        assert [one.request()["state"] for one in (first, second, third)] == ["pending"] * 3
    metrics = eventually(
        lambda: re.search(r'refused_total{reason="one_address"} (.*)', requests.get(f"{url}/metrics", timeout=10).text)
    )
    assert float(metrics.group(1)) >= 2
    assert refusals(program) == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_the_soft_limit_is_raised_to_the_hard_one(
    run: Start, tmp_path: Path, front: dict[str, str], workers: int
) -> None:
    program = serve(run, tmp_path, "--workers", str(workers), command=limited("-Sn 200"), **front)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    ready = program.ready()
    assert healthy(str(ready["url"]))
    pids = cast("list[int]", ready["workers"])
    assert [resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in pids] == [(hard, hard)] * workers


DEAF = """
import signal
import warnings

warnings.simplefilter("ignore")
import eventlet

eventlet.monkey_patch()
from eventlet.hubs import get_hub

from gateway.__main__ import main
from gateway.server.httptools_impl.serving import HttptoolsServer

begin = HttptoolsServer.start


def start(self, on_failure):
    begin(self, on_failure)
    loss = {"wheel": self._turning.kill, "listener": lambda: get_hub().remove(self._acceptor._listening)}["WHAT"]
    signal.signal(signal.SIGUSR1, lambda *_: get_hub().schedule_call_global(0, loss))


HttptoolsServer.start = start
main()
"""


@pytest.mark.parametrize(("what", "sentence"), [("wheel", "The wheel that"), ("listener", "The listening socket")])
def test_a_worker_that_has_gone_deaf_ends(run: Start, tmp_path: Path, what: str, sentence: str) -> None:
    """It would accept, ping and close no connection again: its parent starts another worker (SECURITY.md 30)."""
    command = (sys.executable, "-c", DEAF.replace("WHAT", what))
    program = serve(run, tmp_path, command=command, PAIRING_DRAIN_SECONDS="1")
    assert healthy(str(program.ready()["url"]))
    program.process.send_signal(signal.SIGUSR1)
    assert program.ended() == 1
    assert f"Error: {sentence}" in program.errors


def test_a_transport_that_was_set_for_an_older_release_is_no_obstacle(run: Start, tmp_path: Path) -> None:
    program = serve(run, tmp_path, PAIRING_TRANSPORT="stock")
    assert healthy(str(program.ready()["url"]))
    program.process.terminate()
    assert program.ended() == 0
