"""A gateway that this folder mistreats, with short deadlines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.testing.live import LiveGateway
from tests.integration.wire import Wire


@pytest.fixture(scope="session", params=["lean", "stock"])
def mistreated_process(request: pytest.FixtureRequest) -> Iterator[LiveGateway]:
    """Both transports hold the same. Sockets that do not join are let go of after two seconds, not after ten: sooner,
    and a client on a busy machine would be, before it has come to join."""
    settings = {"PAIRING_CONNECT_DEADLINE_SECONDS": "2", "PAIRING_TRANSPORT": request.param}
    with LiveGateway(environment=settings) as running:
        yield running


@pytest.fixture
def mistreated(mistreated_process: LiveGateway) -> Iterator[LiveGateway]:
    """Whatever a test does to it, it must not leave a traceback in the log."""
    mistreated_process.reset()
    yield mistreated_process
    assert "Traceback" not in mistreated_process.log, mistreated_process.log
    assert "Exception ignored" not in mistreated_process.log
    assert mistreated_process.log.count("\n") < 200


@pytest.fixture
def wire(mistreated: LiveGateway) -> Wire:
    """Its wire."""
    return Wire(mistreated.url)
