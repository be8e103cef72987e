"""Gateways for the tests of tickets: one worker, two workers, and a check of their logs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import Wire


def assert_clean(gateway: LiveGateway) -> None:
    """No traceback, and nothing that the interpreter had to swallow."""
    assert "Traceback" not in gateway.log, gateway.log
    assert "Exception ignored" not in gateway.log, gateway.log


@pytest.fixture(scope="session")
def two_workers_process() -> Iterator[LiveGateway]:
    with LiveGateway(workers=2) as running:
        yield running


@pytest.fixture
def two_workers(two_workers_process: LiveGateway) -> Iterator[LiveGateway]:
    """Two workers behind one port, with the demo seed and nothing else."""
    two_workers_process.reset()
    yield two_workers_process
    assert_clean(two_workers_process)


@pytest.fixture
def wire(gateway: LiveGateway) -> Iterator[Wire]:
    """The wire of a gateway with one worker."""
    yield Wire(gateway.url)
    assert_clean(gateway)


@pytest.fixture
def wire2(two_workers: LiveGateway) -> Wire:
    """The wire of a gateway with two."""
    return Wire(two_workers.url)
