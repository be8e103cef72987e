"""A primary cut off from its replicas with the gateway on its side, and what is warned of before that happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import requests

from scan_to_login.testing.live import LiveGateway
from tests.integration.scale.partition import PartitionedSet
from tests.integration.scale.servers import until

WISH = {"client": {"name": "c", "version": "1", "device": "d"}}
pytestmark = pytest.mark.slow


@pytest.fixture
def parted(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[PartitionedSet]:
    """Replicas have the priorities that the test names."""
    made = PartitionedSet(tmp_path_factory.mktemp("parted"), priorities=getattr(request, "param", (100, 100)))
    yield made
    made.stop()


def _request(gateway: LiveGateway) -> requests.Response:
    return requests.post(f"{gateway.url}/api/v1/tickets", json=WISH, timeout=10)


def test_a_gateway_beside_a_cut_off_primary_finds_the_next_one_while_it_is_cut_off(
    parted: PartitionedSet, serve: Callable[..., LiveGateway]
) -> None:
    """What is not acknowledged is 503 and so is `/readyz`; as soon as another one is promoted, both are well again."""
    gateway = serve(redis_url=parted.url)
    old = parted.primary()
    before = [_request(gateway) for _ in range(3)]
    assert {answer.status_code for answer in before} == {201}
    parted.forwarder.cut = True
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
    assert parted.forwarder.cut
    for answer in before:
        ticket = answer.json()
        read = requests.get(
            f"{gateway.url}/api/v1/tickets/{ticket['ticket_id']}",
            headers={"Authorization": f"Ticket {ticket['claim_secret']}"},
            timeout=10,
        )
        assert (read.status_code, read.json()["state"]) == (200, "pending")


def test_readyz_reports_an_unacknowledged_change_within_its_limit(
    parted: PartitionedSet, serve: Callable[..., LiveGateway]
) -> None:
    """All Sentinels are gone too: nobody is promoted, and the probe answers all the same."""
    gateway = serve(redis_url=parted.url)
    for sentinel in parted.sentinels:
        sentinel.stop()
    parted.forwarder.cut = True
    until("it is told", lambda: requests.get(f"{gateway.url}/readyz?for=scan", timeout=10).status_code == 503)
    began = time.monotonic()
    answer = requests.get(f"{gateway.url}/readyz?for=scan", timeout=30)
    assert answer.status_code == 503
    assert answer.json()["missing"] == ["redis_write"]
    assert time.monotonic() - began < 15
    assert requests.get(f"{gateway.url}/healthz", timeout=10).ok


@pytest.mark.parametrize("parted", [(10, 200)], indirect=True)
def test_settings_that_may_lose_changes_are_warned_of_at_the_start(
    parted: PartitionedSet, serve: Callable[..., LiveGateway]
) -> None:
    """No min-replicas-to-write, and replicas of different priority: each is one sentence that says what to do."""
    warned = serve(redis_url=parted.url).log
    assert warned.count("min-replicas-to-write 1") == 1
    assert warned.count("different replica-priority") == 1
    for node, priority in zip(parted.nodes[1:], (10, 200), strict=True):
        assert f":{node.port} has {priority}" in warned
    for node in parted.nodes:
        node.ask("CONFIG", "SET", "min-replicas-to-write", 1)
        node.ask("CONFIG", "SET", "replica-priority", 100)

    def quiet() -> bool:
        log = serve(redis_url=parted.url).log
        return "min-replicas-to-write" not in log and "replica-priority" not in log

    until("nothing is left to warn of", quiet, 60)


@pytest.mark.parametrize("parted", [(10, 200)], indirect=True)
def test_all_waits_for_every_replica_that_may_be_promoted(
    parted: PartitionedSet, serve: Callable[..., LiveGateway]
) -> None:
    """With one of two stopped, one acknowledgement is not enough until the Sentinels hold it to be down."""
    gateway = serve(redis_url=parted.url, redis_replicas_acknowledge="all", redis_timeout_seconds=0.3)
    assert _request(gateway).status_code == 201
    laggard = parted.nodes[1]
    laggard.pause()
    answer = _request(gateway)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_acknowledged")
    until("it is held to be down", lambda: _request(gateway).status_code == 201)
    laggard.resume()
    until("both acknowledge again", lambda: _request(gateway).status_code == 201)
