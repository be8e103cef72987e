"""Moves the clock of all workers: the setting is stored in Redis and announced."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

import redis

from gateway.control.broadcast import Broadcast
from gateway.foundation.clock import Clock, ClockSetting
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts, redis_faults_as_503

_KIND = "clock"
LATEST_MS: Final = 32_472_144_000_000
"""The year 2999. Beyond it neither dates nor Lua's numbers of 14 digits go on for ever."""


class ClockControl:
    """Advances, sets and freezes the one clock. On return every worker has the change, and due timers have fired."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, broadcast: Broadcast) -> None:
        self._redis = client
        self._scripts = Scripts(client, "gateway.control.clock")
        self._keys = keys
        self.clock = clock
        self._broadcast = broadcast
        broadcast.on(_KIND, self._take_over)
        broadcast.on_subscribed(self.load)

    def load(self) -> None:
        """Apply the setting that other workers have."""
        with redis_faults_as_503():
            stored = self._redis.get(self._keys.clock)
        if stored:
            self._take_over(json.loads(stored))

    def advance(self, milliseconds: int) -> None:
        """Move the clock forward. Two simultaneous calls both count."""
        self._change(advance=milliseconds, setting="")

    def change(self, setting: ClockSetting) -> None:
        """Set every worker's clock."""
        self._change(advance="", setting=json.dumps(asdict(setting)))

    def _change(self, **what: str | int) -> None:
        answers = self._broadcast.new_answers()
        channel = self._broadcast.channel
        told = self._scripts.run("change_clock", [self._keys.clock], channel=channel, answers=answers, **what)
        self._broadcast.await_answers(answers, int(told), _KIND)
        if not told:
            self.load()  # no worker listens yet, not even this one

    def _take_over(self, message: dict[str, Any]) -> None:
        frozen = message.get("frozen_ms")
        self.clock.apply(ClockSetting(int(message["offset_ms"]), None if frozen is None else int(frozen)))
