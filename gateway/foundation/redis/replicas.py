"""The replicas of a primary: how many are good, and settings by which a failover may lose acknowledged changes."""

from __future__ import annotations

from typing import Any, Final

import redis
from redis.exceptions import RedisError

from gateway.foundation.background import Loop
from gateway.foundation.redis.primary import FollowingRedis
from gateway.foundation.telemetry import metrics

COUNT_SECONDS: Final = 5.0


def replica_count(client: redis.Redis) -> Loop | None:
    """A loop, not yet started, that updates the metric of good replicas; None if ``client`` has one plain server."""
    if not isinstance(client, FollowingRedis):
        return None
    gauge = metrics.redis_replicas()

    def count() -> None:
        told: dict[str, Any] = client.info("replication")
        gauge.set(sum(1 for one in told.values() if isinstance(one, dict) and one.get("state") == "online"))

    return Loop("redis-replicas", count, every=COUNT_SECONDS)


def weaknesses(client: FollowingRedis, told: dict[str, Any]) -> list[str]:
    """A sentence for each setting by which a failover may lose changes; ``told`` is the primary's INFO.

    Only for Sentinel: a cluster's isolated primary stops by itself, and its replicas have no priority.
    """
    if client.nodes.fences:
        return []
    found = []
    if "min_slaves_good_slaves" not in told:
        found.append(
            "The Redis primary has no min-replicas-to-write: cut off from its replicas it goes on accepting changes "
            "that the next primary will not have. Set min-replicas-to-write 1 on every server."
        )
    try:
        priorities = {str(one): one.priority for one in client.nodes.replicas()}
    except RedisError:
        return found
    if len(set(priorities.values())) > 1:
        named = ", ".join(f"{name} has {priority}" for name, priority in sorted(priorities.items()))
        found.append(
            f"Redis replicas have different replica-priority ({named}): Sentinel promotes the lowest number, even if "
            "it lags, and changes that another replica acknowledged are lost. Give all the same, or set "
            "PAIRING_REDIS_REPLICAS_ACKNOWLEDGE=all."
        )
    return found
