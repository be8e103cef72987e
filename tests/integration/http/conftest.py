"""A gateway that this folder mistreats, with short deadlines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.testing.live import LiveGateway
from tests.integration.wire import Wire


@pytest.fixture(scope="session")
def mistreated_process() -> Iterator[LiveGateway]:
    """Sockets that do not join are let go of after half a second, so that nobody needs to wait for ten."""
    with LiveGateway(environment={"PAIRING_CONNECT_DEADLINE_SECONDS": "0.5"}) as running:
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
