"""A private Redis for all contract tests of a worker, and a stage on it that each test finds empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from gateway.config import Settings
from gateway.foundation.keys import Keys
from gateway.foundation.redis.connect import connect
from gateway.foundation.secrets import random_id
from gateway.server.redis.private import PrivateRedis
from tests.contract.stage import Stage


@pytest.fixture(scope="session")
def redis_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Redis]:
    """A client of a real server of this test's own."""
    server = PrivateRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    client = connect(server.url, connections=8, timeout=5)
    yield client
    client.close()
    server.stop()


@pytest.fixture
def make_stage(redis_client: redis.Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Stage]]:
    """Makes stages with settings of their own; each under a prefix of its own."""
    stages: list[Stage] = []
    folder = tmp_path_factory.getbasetemp()

    def make(**settings: Any) -> Stage:
        stages.append(Stage(redis_client, Settings(data_dir=folder, **settings), Keys(f"{{test-{random_id()}}}:")))
        return stages[-1]

    yield make
    for stage in stages:
        stage.close()


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    """A stage with the settings' defaults."""
    return make_stage()
