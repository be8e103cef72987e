"""The heartbeat of Socket.IO: a client that answers stays, also where pings come faster than it may answer one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.polling import Polling
from tests.integration.wire import Socket

pytestmark = pytest.mark.slow

INTERVAL, TIMEOUT = 0.5, 2.0  # seconds
LEAN_TIMEOUT = 3.0


@pytest.fixture(scope="module")
def url(front: dict[str, str]) -> Iterator[str]:
    settings = {
        **front,
        "PAIRING_PING_INTERVAL_SECONDS": str(INTERVAL),
        "PAIRING_PING_TIMEOUT_SECONDS": str(TIMEOUT),
    }
    with LiveGateway(environment=settings) as running:
        yield running.url


def test_a_client_that_answers_every_ping_stays_connected(url: str) -> None:
    with Socket(url) as client:
        for _ in range(round(2 * TIMEOUT / INTERVAL)):
            assert client.connection.recv() == "2"
            client.send("3")
        assert client.request()["state"] == "pending"


def test_a_client_that_stops_answering_is_dropped(url: str) -> None:
    with Socket(url) as client:
        for _ in range(2):
            assert client.connection.recv() == "2"
            client.send("3")
        assert client.ended()


@pytest.fixture(scope="module")
def lean_url() -> Iterator[str]:
    """The same gateway, where polling is the gateway's own."""
    settings = {
        "PAIRING_PING_INTERVAL_SECONDS": str(INTERVAL),
        "PAIRING_PING_TIMEOUT_SECONDS": str(LEAN_TIMEOUT),
    }
    with LiveGateway(environment=settings) as running:
        yield running.url


def test_by_polling_each_ping_is_brought_by_a_poll_and_answered_by_a_post(lean_url: str) -> None:
    client = Polling.joined(lean_url)
    for _ in range(3):
        assert client.packets() == ["2"]
        client.post("3")
    assert client.ticket()["state"] == "pending"


def test_a_polling_client_that_answers_no_ping_is_dropped(lean_url: str) -> None:
    """It gets one refusal, and is unknown from then on. An unexpected answer changes nothing."""
    client = Polling.joined(lean_url)
    client.post("3")
    assert client.packets() == ["2"]
    assert client.packets() == ["1"]
    assert client.get().status_code == 400


def test_a_client_that_never_polls_is_dropped(lean_url: str) -> None:
    client = Polling.joined(lean_url)
    with Socket(lean_url) as clock:
        for _ in range(round(LEAN_TIMEOUT / INTERVAL) + 4):
            assert clock.connection.recv() == "2"
            clock.send("3")
    assert client.get().status_code == 400


def test_an_upgrade_continues_the_heartbeat(lean_url: str) -> None:
    """A ping that was brought by a poll is answered over the WebSocket, and the next ones come there."""
    client = Polling.joined(lean_url)
    assert client.packets() == ["2"]
    line = client.upgraded()
    line.send("3")
    for _ in range(3):
        assert line.recv() == "2"
        line.send("3")
    line.shutdown()
