"""A collector, and gateways that send their spans to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.tracing.collector import Collector


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture(scope="module")
def traced_process(collector: Collector) -> Iterator[LiveGateway]:
    with LiveGateway(environment=collector.environment) as running:
        yield running


@pytest.fixture
def traced(traced_process: LiveGateway) -> Iterator[LiveGateway]:
    """One worker, with the demo seed and nothing else."""
    traced_process.reset()
    yield traced_process
    assert "Traceback" not in traced_process.log, traced_process.log


@pytest.fixture(scope="module")
def traced_pair(collector: Collector) -> Iterator[LiveGateway]:
    """Two workers."""
    with LiveGateway(workers=2, environment=collector.environment) as running:
        yield running
