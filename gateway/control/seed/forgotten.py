"""Deletes keys from the simulation's Redis after their end by the gateway's clock.

There Redis keeps every key a day longer than it lives, because a test may move or freeze the clock. This job deletes
keys whose end has passed, as Redis itself does without the simulation.
"""

from __future__ import annotations

from typing import Any, Final

import redis

from gateway.control.seed.simulation_state import escaped
from gateway.foundation.clock import Clock
from gateway.foundation.database.retention import BATCH
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503

# Kinds of hashes with the moment of their end in `expires_at`.
_KINDS: Final = ("ticket", "session", "captcha", "registration", "reset", "sms")


class Forgotten:
    """A job of the pruner: walks through the keys once a round."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, *, tombstone_ms: int) -> None:
        self._redis = client
        self._keys = keys
        self._clock = clock
        self._tombstone_ms = tombstone_ms  # seconds that an ended ticket stays
        self._cursor = 0

    def batch(self) -> bool:
        """See :class:`gateway.foundation.database.retention.Job`."""
        now = self._clock.now_ms()
        with redis_faults_as_503():
            cursor, found = self._redis.scan(self._cursor, f"{escaped(self._keys.prefix)}*", BATCH, "HASH")
            keys: list[Any] = list(found)
            kinds: dict[str, str] = {key: self._kind(key) for key in keys}
            hashes = [key for key, kind in kinds.items() if kind in _KINDS]
            with self._redis.pipeline(transaction=False) as several:
                for key in hashes:
                    several.hget(key, "expires_at")
                ends: list[Any] = several.execute() if hashes else []
            over = [
                key
                for key, end in zip(hashes, ends, strict=True)
                if end and int(end) + (self._tombstone_ms if kinds[key] == "ticket" else 0) < now
            ]
            if over:
                lists = [f"{key!s}:tickets" for key in over if kinds[key] == "session"]
                self._redis.unlink(*over, *lists)
        self._cursor = int(cursor)
        return self._cursor != 0

    def _kind(self, key: str) -> str:
        return key.removeprefix(self._keys.prefix).partition(":")[0]
