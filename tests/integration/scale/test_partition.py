"""A primary cut off from its replicas with the gateway on its side, and the warnings before that."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from scan_to_login.processes import start
from scan_to_login.testing.live import LiveGateway
from tests.integration.machine import MachineDelay
from tests.integration.scale import network
from tests.integration.scale.partition import PartitionedSet, partitioned_set
from tests.integration.scale.servers import HERE, Place, until

WISH = {"client": {"name": "c", "version": "1", "device": "d"}}
DIFFERENT = (10, 200)
pytestmark = pytest.mark.slow


Part = Callable[..., PartitionedSet]


@pytest.fixture
def part(tmp_path: Path) -> Iterator[Part]:
    """Makes a set that can be parted; name it before ``serve``: a gateway ends sooner while its Redis is there."""
    with ExitStack() as running:

        def make(**options: tuple[int, int]) -> PartitionedSet:
            made = partitioned_set(tmp_path, **options)
            running.callback(made.stop)
            return made

        yield make


def _request(gateway: LiveGateway) -> requests.Response:
    return requests.post(f"{gateway.url}/api/v1/tickets", json=WISH, timeout=10)


@pytest.mark.own_network
def test_a_gateway_beside_a_cut_off_primary_finds_the_next_one_while_it_is_cut_off(
    part: Part, serve: Callable[..., LiveGateway]
) -> None:
    """Unacknowledged changes are 503, and so is `/readyz`; after the next promotion both recover."""
    parted = part()
    gateway = serve(redis_url=parted.url)
    old = parted.primary()
    before = [_request(gateway) for _ in range(3)]
    assert {answer.status_code for answer in before} == {201}
    parted.cut()
    told: set[str] = set()

    def refused() -> bool:
        answer = _request(gateway)
        if answer.status_code == 503:
            told.add(answer.json()["code"])
        return answer.status_code == 503

    until("a change is not acknowledged", refused)
    until("another primary", lambda: parted.primary() is not old)
    until("the gateway goes on", lambda: _request(gateway).status_code == 201)
    assert "not_acknowledged" in told
    until("it says so", lambda: requests.get(f"{gateway.url}/readyz", timeout=10).ok)
    assert old.role() == "master", "it has heard of the other one: it was not cut off"
    for answer in before:
        ticket = answer.json()
        read = requests.get(
            f"{gateway.url}/api/v1/tickets/{ticket['ticket_id']}",
            headers={"Authorization": f"Ticket {ticket['claim_secret']}"},
            timeout=10,
        )
        assert (read.status_code, read.json()["state"]) == (200, "pending")


@pytest.mark.own_network
def test_readyz_reports_an_unacknowledged_change_within_its_limit(
    part: Part, serve: Callable[..., LiveGateway]
) -> None:
    """All Sentinels are gone too: no replica is promoted, and the probe still answers."""
    parted = part()
    with MachineDelay() as delay:
        gateway = serve(redis_url=parted.url)
        for sentinel in parted.sentinels:
            sentinel.stop()
        parted.cut()
        until("it is told", lambda: requests.get(f"{gateway.url}/readyz?for=scan", timeout=10).status_code == 503)
        began = time.monotonic()
        answer = requests.get(f"{gateway.url}/readyz?for=scan", timeout=30)
        took = time.monotonic() - began
        assert answer.status_code == 503
        assert answer.json()["missing"] == ["redis_write"]
        assert took < 15 + delay.late_by(began)
        assert requests.get(f"{gateway.url}/healthz", timeout=10).ok


_ANSWERING = """
import socket, sys
server = socket.create_server((sys.argv[1], 0))
print(server.getsockname()[1], flush=True)
while True:
    server.accept()[0].sendall(b"answer")
"""
_ASKING = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), 1) as one:
        print(one.recv(6).decode())
except OSError as error:
    print(type(error).__name__, error.errno or "")
"""


@contextmanager
def _answering(place: Place) -> Iterator[int]:
    """A server at ``place`` that greets everybody; its port."""
    with start(
        [*place.enter, sys.executable, "-c", _ANSWERING, place.address],
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.kill()


def _greeting(asked_from: Place, place: Place, port: int) -> str:
    asked = [*asked_from.enter, sys.executable, "-c", _ASKING, place.address, str(port)]
    return subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


@pytest.mark.own_network
def test_a_cut_is_silent_and_leaves_each_host_its_way_to_the_gateway() -> None:
    """The premise of the tests above: no host refuses a connection, and no packet arrives."""
    if not network.inside():
        pytest.skip(f"no network of its own, so a forwarder makes the cuts of this file: {network.refusal()}")
    with network.Network(2) as made:
        one, other = made.hosts
        with _answering(one) as port:
            assert [_greeting(place, one, port) for place in (HERE, other)] == ["answer", "answer"]
            made.cut()
            assert _greeting(HERE, one, port) == "answer"
            assert _greeting(other, one, port) in ("TimeoutError", "OSError 113")  # no route: no host answers


def test_settings_that_may_lose_changes_are_warned_of_at_the_start(
    part: Part, serve: Callable[..., LiveGateway]
) -> None:
    """No min-replicas-to-write, and replicas of different priority: each is one sentence that says what to do."""
    parted = part(priorities=DIFFERENT)
    warned = serve(redis_url=parted.url).log
    assert warned.count("min-replicas-to-write 1") == 1
    assert warned.count("different replica-priority") == 1
    for node, priority in zip(parted.nodes[1:], DIFFERENT, strict=True):
        assert f":{node.port} has {priority}" in warned
    for node in parted.nodes:
        node.ask("CONFIG", "SET", "min-replicas-to-write", 1)
        node.ask("CONFIG", "SET", "replica-priority", 100)

    def quiet() -> bool:
        log = serve(redis_url=parted.url).log
        return "min-replicas-to-write" not in log and "replica-priority" not in log

    until("nothing is left to warn of", quiet, 60)


def test_all_waits_for_every_replica_that_may_be_promoted(part: Part, serve: Callable[..., LiveGateway]) -> None:
    """With one of two stopped, one acknowledgement is not enough until the Sentinels hold it to be down."""
    parted = part(priorities=DIFFERENT)
    gateway = serve(redis_url=parted.url, redis_replicas_acknowledge="all", redis_timeout_seconds=0.3)
    assert _request(gateway).status_code == 201
    laggard = parted.nodes[1]
    laggard.pause()
    answer = _request(gateway)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_acknowledged")
    until("it is held to be down", lambda: _request(gateway).status_code == 201)
    laggard.resume()
    until("both acknowledge again", lambda: _request(gateway).status_code == 201)
