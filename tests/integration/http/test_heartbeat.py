"""The heartbeat of Socket.IO: whoever answers it stays, also where pings come oftener than one may take to answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.testing.live import LiveGateway
from tests.integration.wire import Socket

INTERVAL, TIMEOUT = 0.5, 2.0  # seconds


@pytest.fixture(scope="module")
def url(front: dict[str, str]) -> Iterator[str]:
    settings = {
        **front,
        "PAIRING_PING_INTERVAL_SECONDS": str(INTERVAL),
        "PAIRING_PING_TIMEOUT_SECONDS": str(TIMEOUT),
    }
    with LiveGateway(environment=settings) as running:
        yield running.url


def test_who_answers_every_ping_stays(url: str) -> None:
    with Socket(url) as client:
        for _ in range(round(2 * TIMEOUT / INTERVAL)):
            assert client.connection.recv() == "2"
            client.send("3")
        assert client.request()["state"] == "pending"


def test_who_stops_answering_is_let_go_of(url: str) -> None:
    with Socket(url) as client:
        for _ in range(2):
            assert client.connection.recv() == "2"
            client.send("3")
        assert client.ended()
