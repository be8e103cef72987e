"""Moving the clock of all workers: the setting is kept in Redis and announced."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import redis

from gateway.foundation.clock import Clock, ClockSetting
from gateway.foundation.keys import Keys
from gateway.foundation.redis import redis_faults_as_503
from gateway.sim.announcements import Announcements

_KIND = "clock"


class ClockControl:
    """Advances, sets and freezes the one clock."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, announcements: Announcements) -> None:
        self._redis = client
        self._keys = keys
        self.clock = clock
        self._announcements = announcements
        announcements.on(_KIND, self._take_over)

    def load(self) -> None:
        """Take over the setting that other workers have."""
        with redis_faults_as_503():
            stored = self._redis.get(self._keys.clock)
        if stored:
            self.clock.apply(ClockSetting(**json.loads(stored)))

    def change(self, setting: ClockSetting) -> None:
        """Make every worker's clock like this; on return they are, and due timers have been woken."""
        body = asdict(setting)
        with redis_faults_as_503():
            self._redis.set(self._keys.clock, json.dumps(body))
        self._announcements.announce(_KIND, **body)

    def _take_over(self, message: dict[str, Any]) -> None:
        self.clock.apply(ClockSetting(message["offset_ms"], message["frozen_ms"]))
