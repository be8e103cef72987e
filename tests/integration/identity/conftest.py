"""A private Redis of the tests' own, and a clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from gateway.foundation.clock import Clock
from gateway.foundation.keys import Keys
from gateway.foundation.private_redis import PrivateRedis
from gateway.foundation.redis import connect
from gateway.foundation.secrets import ServerKey

START_MS = 1_790_000_000_000


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = PrivateRedis(Path(tmp_path_factory.mktemp("redis")))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def client(redis_url: str) -> Iterator[redis.Redis]:
    found = connect(redis_url, connections=64, timeout=5)
    found.flushall()
    yield found
    found.close()


@pytest.fixture
def keys() -> Keys:
    return Keys("{test}:")


@pytest.fixture
def clock() -> Clock:
    still = Clock()
    still.apply(still.set_to(START_MS, frozen=True))
    return still


@pytest.fixture
def server_key() -> ServerKey:
    return ServerKey(b"a key of the tests, 32 bytes long")
