"""Connects to Redis; the URL tells one server, Cluster and Sentinel apart."""

from __future__ import annotations

from typing import Any, Literal

import redis
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import (
    ConnectionError,  # noqa: A004
    RedisError,
)
from redis.retry import Retry

from gateway.foundation.redis.address import deployment_of
from gateway.foundation.redis.primary import FollowingRedis, RetryWithin, follow
from gateway.foundation.redis.replicas import weaknesses
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from scan_to_login.errors import StartupError

RETRIES = 4


Replicas = int | Literal["all"]


def connect(
    url: str, *, connections: int, timeout: float, key: str = "{pairing}:", replicas: Replicas = 0
) -> redis.Redis:
    """A client with a bounded pool for ``url``; it sends nothing yet.

    ``timeout`` in seconds is the longest wait for one answer. With a cluster or Sentinels the client follows the
    primary that holds ``key``, repeats commands that other nodes refused until the time-out, and waits for the
    acknowledgement of that many ``replicas``, or of all. Raises StartupError for an invalid URL.
    """
    if deployment := deployment_of(url):
        if not deployment.service and not ("{" in key and "}" in key):
            raise StartupError("redis.hash_tag", prefix=key, example="{pairing}")
        retry: Retry = RetryWithin(timeout)
        return follow(
            deployment, connections=connections, timeout=timeout, key=key, replicas=replicas, **_options(timeout, retry)
        )
    # A lost connection is retried at once. A time-out is not retried: it was the longest wait already.
    retry = Retry(ExponentialBackoff(cap=0.2, base=0.02), RETRIES, supported_errors=(ConnectionError,))
    try:
        pool = redis.BlockingConnectionPool.from_url(
            url, max_connections=connections, timeout=timeout, **_options(timeout, retry)
        )
    except (ValueError, TypeError):  # whose words may hold a part of the password; the latter by a parameter
        raise StartupError("redis.address") from None
    return redis.Redis(connection_pool=pool)


def subscriber(url: str, *, silence: float, key: str) -> redis.Redis:
    """A client for one subscription, without silent reconnects, so that a loss is noticed.

    After ``silence`` seconds without data it asks the server for an answer.
    """
    options = {**_options(2 * silence, Retry(NoBackoff(), 0)), "health_check_interval": silence}
    if deployment := deployment_of(url):
        return follow(deployment, connections=1, timeout=2 * silence, key=key, replicas=0, **options)
    return redis.Redis.from_url(url, **options)


def elsewhere(client: redis.Redis) -> bool:
    """Whether the primary has changed without the subscription noticing."""
    return isinstance(client, FollowingRedis) and client.elsewhere()


def _options(timeout: float, retry: Retry) -> dict[str, Any]:
    return {
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "decode_responses": True,
        "protocol": 3,
        "retry": retry,
        "health_check_interval": 0,
    }


def check(client: redis.Redis, shown_url: str) -> None:
    """Raise StartupError with one sentence unless Redis answers and is new enough for the scripts.

    Logs a warning for each setting by which a failover may lose acknowledged changes.
    """
    try:
        told = client.info()
    except RedisError as error:
        raise StartupError("redis.no_answer", redis=shown_url, reason=error) from None
    version = told["redis_version"]
    if tuple(int(part) for part in version.split(".")[:2]) < (6, 2):
        raise StartupError("redis.old", redis=shown_url, version=version)
    if told.get("role") == "slave":
        raise StartupError("redis.replica", redis=shown_url)
    if told.get("cluster_enabled") and not isinstance(client, FollowingRedis):
        raise StartupError("redis.node", redis=shown_url)
    if isinstance(client, FollowingRedis):
        for sentence in weaknesses(client, told):
            log.warning(LogEvent.REDIS_UNSAFE, message=sentence)
