"""One PostgreSQL for the tests of a worker, and gateways with settings of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.scale.postgres import Postgres

Serve = Callable[..., LiveGateway]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server of its own."""
    running = Postgres()
    yield running
    running.stop()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts gateways with settings of their own (``database_url=…``), and ends them with the test."""
    with ExitStack() as running:

        def start(workers: int = 1, *, sim: bool = True, **settings: object) -> LiveGateway:
            environment = {f"PAIRING_{name.upper()}": str(value) for name, value in settings.items()}
            return running.enter_context(LiveGateway(workers=workers, sim=sim, environment=environment))

        yield start
