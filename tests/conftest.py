"""Fixtures for all: a real gateway, and what a test needs to speak to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.testing.live import LiveGateway


@pytest.fixture(scope="session")
def live_gateway() -> Iterator[LiveGateway]:
    """One gateway process for all tests of this worker; a test asks for `gateway`, which starts it over."""
    with LiveGateway() as running:
        yield running


@pytest.fixture
def gateway(live_gateway: LiveGateway) -> LiveGateway:
    """A real gateway with the demo seed and nothing else in it."""
    live_gateway.reset()
    return live_gateway


@pytest.fixture
def gateway_url(gateway: LiveGateway) -> str:
    """Its address."""
    return gateway.url
