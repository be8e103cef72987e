"""How many connections of this worker's pools are in use, and what Redis and database have taken of its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import redis

from gateway.foundation.background import Loop
from gateway.foundation.database.engine import Database
from gateway.foundation.telemetry import metrics
from gateway.foundation.telemetry.tally import DATABASE_TIME, REDIS_TIME

EVERY_SECONDS: Final = 5.0


def pool_metrics(database: Database, *clients: redis.Redis) -> Callable[[], None]:
    """A function that reads the pools of the database and of these clients, and hands both tallies on."""
    pools = {id(client.connection_pool): client.connection_pool for client in clients}
    counted = [pool for pool in pools.values() if hasattr(pool, "get_connection_count")]  # older redis-py does not

    def read() -> None:
        used = idle = 0
        for pool in counted:
            (free, _), (taken, _) = pool.get_connection_count()
            used, idle = used + taken, idle + free
        if counted:
            _show(metrics.REDIS_CONNECTIONS, used, idle)
            metrics.REDIS_MOST_CONNECTIONS.set(sum(pool.max_connections for pool in counted))
        of_database: Any = database.engine.pool
        if hasattr(of_database, "checkedout"):  # not every kind of pool counts
            _show(metrics.DATABASE_CONNECTIONS, of_database.checkedout(), of_database.checkedin())
        REDIS_TIME.hand_on()
        DATABASE_TIME.hand_on()

    return read


def shown_to_others(read: Callable[[], None]) -> Loop:
    """A loop for one of several workers: ``/metrics`` is answered by any of them, from what each has noted."""
    return Loop("pools", read, every=EVERY_SECONDS, last_round=True)


def _show(gauge: Any, used: int, idle: int) -> None:
    gauge.labels("used").set(used)
    gauge.labels("idle").set(idle)
