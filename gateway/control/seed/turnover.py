"""A reset while calls are in progress: no call sees a mixture of old and new data.

A reset empties tables and Redis, for all workers, while calls go on. New calls wait for its end. The reset waits a
moment for the calls in progress. If a call in progress ends after the data were replaced, it gets ``unavailable``,
since its answer would be about data that no longer exist (SECURITY.md 59).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import redis

from gateway.control.broadcast import Broadcast
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.foundation.secrets import random_id
from scan_to_login.protocol import Code

_KIND: Final = "turnover"
# All in real time. An announcement waits for two seconds; a replacement takes one or two for 20,000 people.
FINISH_SECONDS: Final = 1.0
LONGEST_SECONDS: Final = 30.0
_LOOK_SECONDS: Final = 0.01
OVERTAKEN: Final = "The simulation started over while this call was under way; send it again."


class Passage:
    """One call in progress."""

    def __init__(self, turnover: Turnover) -> None:
        self._turnover = turnover
        self._began_in = turnover.simulation_state

    @property
    def overtaken(self) -> bool:
        """Whether the data have been replaced, or are being replaced, since the call began."""
        return self._turnover.simulation_state != self._began_in


class Turnover:
    """Lets calls pass, or holds them while the data are replaced. One replacement at a time over all workers."""

    def __init__(self, client: redis.Redis, keys: Keys, broadcast: Broadcast) -> None:
        self._redis = client
        self.key = f"{keys.prefix}sim:turnover"
        self._broadcast = broadcast
        self.simulation_state = 0  # counts up with each replacement, in this worker
        self._under_way = 0
        self._over = threading.Event()
        self._over.set()
        self._held_until = 0.0
        broadcast.on(_KIND, self._hear)

    @contextmanager
    def replacing(self) -> Iterator[None]:
        """A block that replaces the data. Raises ``unavailable`` if another replacement does not end in time."""
        mine = random_id()
        give_up_at = time.monotonic() + LONGEST_SECONDS
        with redis_faults_as_503():
            while not self._redis.set(self.key, mine, nx=True, px=round(LONGEST_SECONDS * 1000)):
                if time.monotonic() > give_up_at:
                    raise Refusal(Code.UNAVAILABLE, "The simulation is starting over already.", retry_after=1)
                time.sleep(_LOOK_SECONDS)
        try:
            self._broadcast.announce(_KIND, begins=True)
            yield
        finally:
            with suppress(Refusal):  # calls continue by themselves if a worker misses this
                self._broadcast.announce(_KIND, begins=False)
                with redis_faults_as_503():
                    if self._redis.get(self.key) == mine:
                        self._redis.delete(self.key)

    @contextmanager
    def passing(self, *, waits: bool = False) -> Iterator[Passage]:
        """A block in which a call runs; it begins when no replacement is running.

        The replacement does not wait for a call that ``waits`` for news.
        """
        while not self._over.wait(max(0.0, self._held_until - time.monotonic())):
            if time.monotonic() >= self._held_until:
                self._over.set()  # the worker that began it has died, or its end was missed
        self._under_way += not waits
        try:
            yield Passage(self)
        finally:
            self._under_way -= not waits

    def _hear(self, message: dict[str, Any]) -> None:
        if not message["begins"]:
            self._over.set()
            return
        self._held_until = time.monotonic() + LONGEST_SECONDS
        self._over.clear()
        give_up_at = time.monotonic() + FINISH_SECONDS
        while self._under_way and time.monotonic() < give_up_at:
            time.sleep(_LOOK_SECONDS)
        self.simulation_state += 1
