"""Sorted sets of work by the moment at which it is due: a loop sleeps until the first moment, and asks no sooner."""

from __future__ import annotations

from typing import Any, Final

import redis

from gateway.foundation.clock import Clock
from gateway.foundation.redis.scripts import redis_faults_as_503

# Work that is due and not done is another worker's for now: seconds until the next look.
LOOK_SECONDS: Final = 1.0
# A worker wakes its own loops for work that it adds. For that of a worker that has died the others look this often.
LONGEST_SLEEP_SECONDS: Final = 5.0


def first_due(client: redis.Redis, key: str) -> int | None:
    """The first moment (ms of the gateway's clock) in a sorted set; None for an empty one.

    Raises Refusal ``unavailable``.
    """
    with redis_faults_as_503():
        found: Any = client.zrange(key, 0, 0, withscores=True)
    return int(found[0][1]) if found else None


def sleep_until(clock: Clock, *moments: int | None) -> float:
    """The seconds to sleep until the first of these moments; a change of the clock must end the sleep."""
    seconds = [clock.real_seconds_until(moment) for moment in moments if moment is not None]
    soonest = min((one for one in seconds if one is not None), default=LONGEST_SLEEP_SECONDS)
    return min(soonest, LONGEST_SLEEP_SECONDS) or LOOK_SECONDS
