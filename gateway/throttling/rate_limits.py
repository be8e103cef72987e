"""Rate limits that do not punish people behind one address: a successful call does not count.

A call has at most four buckets: the caller's (address and subject), the subject's, the address's, and the global one.
An account that has logged in from an address does not count for that address again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import redis

from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts
from scan_to_login.protocol import Code

BUCKETS = 4


@dataclass(frozen=True, slots=True)
class Bucket:
    """``most`` calls in ``seconds`` by ``whom`` for ``what``; 0 is no limit."""

    what: str
    whom: str
    most: int
    seconds: int = 60


class Limits:
    """Counts calls in buckets in Redis, for all workers together."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock) -> None:
        self._scripts = Scripts(client, "gateway.throttling")
        self._keys = keys
        self._clock = clock

    def take(self, *buckets: Bucket) -> None:
        """Count a call in every bucket.

        If one is full, raises ``rate_limited`` with ``retry_after`` (s) and counts in none.
        """
        code, wait_ms = self._run(buckets, 1)
        if code != "ok":
            raise Refusal(Code.RATE_LIMITED, retry_after=-(-int(wait_ms) // 1000))

    def give_back(self, *buckets: Bucket) -> None:
        """Remove a successful call from the buckets."""
        self._run(buckets, -1)

    def _run(self, buckets: Sequence[Bucket], cost: int) -> list[str]:
        filled = [*buckets, *[Bucket("none", "", 0)] * (BUCKETS - len(buckets))]
        answer: list[str] = self._scripts.run(
            "take_limits",
            [self._keys.bucket(bucket.what, bucket.whom) for bucket in filled],
            now=self._clock.now_ms(),
            cost=cost,
            most=json.dumps([bucket.most for bucket in filled]),
            windows=json.dumps([bucket.seconds * 1000 for bucket in filled]),
        )
        return answer
