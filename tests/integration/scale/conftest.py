"""Servers that the scale tests share: each is started once for a worker of pytest, and only where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from gateway.foundation.secrets import random_id
from scan_to_login.testing.live import LiveGateway
from tests.integration.scale import network
from tests.integration.scale.servers import Cluster, SentinelSet


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A test marked ``own_network`` runs again in a process that has one; here, where none can be had."""
    if pyfuncitem.get_closest_marker("own_network") is None or network.inside() or network.refusal():
        return None
    done = network.run_inside(pyfuncitem.nodeid, pyfuncitem.config.rootpath)
    if done.returncode != 0:
        pytest.fail(done.stdout, pytrace=False)
    return True


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Redis Cluster of 3 + 3 real servers."""
    running = Cluster(tmp_path_factory.mktemp("cluster"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def sentinels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SentinelSet]:
    """A primary, two replicas and three Sentinels."""
    running = SentinelSet(tmp_path_factory.mktemp("sentinels"))
    yield running
    running.stop()


@pytest.fixture
def serve() -> Iterator[Callable[..., LiveGateway]]:
    """Starts gateways with settings of their own (``redis_url=…``), and ends them with the test."""
    with ExitStack() as running:

        def start(workers: int = 1, **settings: object) -> LiveGateway:
            # Each has a database of its own, and the servers of Redis are shared: so each has a prefix, in one slot.
            settings = {"redis_prefix": f"{{pairing}}:{random_id()}:", **settings}
            environment = {f"PAIRING_{name.upper()}": str(value) for name, value in settings.items()}
            return running.enter_context(LiveGateway(workers=workers, environment=environment))

        yield start
