"""The state of the simulation: loads its seed, and resets everything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import redis
from pydantic_core import from_json

from gateway.control.broadcast import Broadcast
from gateway.control.clock.clock_control import ClockControl
from gateway.control.seed.loader import SeedLoader
from gateway.control.seed.ownership import Ownership
from gateway.control.seed.turnover import Turnover
from gateway.foundation.clock import ClockSetting
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.foundation.secrets import random_id
from scan_to_login.seed import Seed
from scan_to_login.seed_documents import parts_of, read_seed

_KIND = "reset"


class SimulationState:
    """Loads the seed and resets to it."""

    def __init__(
        self,
        client: redis.Redis,
        keys: Keys,
        seed: Seed,
        loader: SeedLoader,
        ownership: Ownership,
        clock_control: ClockControl,
        broadcast: Broadcast,
    ) -> None:
        self._redis = client
        self._keys = keys
        self._first_seed = seed
        self.seed = seed
        self._read = ""  # the mark of the kept seed that `seed` was read from; empty for the first seed
        # A list: a mark, which is another one for each seed, and JSON documents with some rows each.
        self._seed_key = f"{keys.prefix}sim:seed:parts"
        self._new_key, self._before_key = f"{self._seed_key}:new", f"{self._seed_key}:before"
        self._seeder = loader
        self._ownership = ownership
        self._clock_control = clock_control
        self._broadcast = broadcast
        self.turnover = Turnover(client, keys, broadcast)
        # keys that a reset leaves
        self.keep: set[str] = {self._seed_key, self._new_key, self._before_key, self.turnover.key}
        self.before_reset: list[Callable[[], None]] = []  # once, while calls still pass
        self.on_reset: list[Callable[[], None]] = []  # on every worker
        self.on_loaded: list[Callable[[Seed], None]] = []  # once, after the seed is loaded
        broadcast.on(_KIND, self._forget)
        broadcast.on_subscribed(self._load_seed)

    def check(self) -> None:
        """Raise StartupError if this gateway may not use the database; changes nothing."""
        self._ownership.check()

    def load(self) -> None:
        """Load the seed into the database, and let other rooms load their part.

        Raises StartupError if this gateway may not use the database.
        """
        self._ownership.settle()
        self._seeder.load(self.seed)
        self._ownership.warn_of_published_passwords()
        self._planted()

    def _planted(self) -> None:
        for listener in self.on_loaded:
            listener(self.seed)

    def reset(self) -> None:
        """Empty Redis (only this gateway's keys) and the database, load the seed, set the clock right.

        No call sees a half-done reset. Raises Refusal ``forbidden`` in a database that is not a simulation's, and
        ``unavailable``.
        """
        self._ownership.require()
        self._tell_before()
        with self.turnover.replacing():
            self._reset()

    def _tell_before(self) -> None:
        for listener in self.before_reset:
            listener()

    def _reset(self) -> None:
        with redis_faults_as_503():
            found = self._redis.scan_iter(f"{escaped(self._keys.prefix)}*", count=1000)
            keys = [key for key in found if key not in self.keep]
            if keys:
                self._redis.unlink(*keys)
        self._broadcast.announce(_KIND)
        self._seeder.load(self.seed, afresh=True)
        self._planted()

    def replace_seed(self, seed: Seed | None) -> None:
        """Start over with another seed, on every worker; None is the seed of the gateway's start.

        If the new seed cannot be loaded, the previous one is loaded again. Raises like `reset`.
        """
        self._ownership.require()
        self._tell_before()
        with self.turnover.replacing():
            mark = self._keep_seed(seed)
            if seed is not None:
                self.seed, self._read = seed, mark
            self._load_seed()
            try:
                self._reset()
            except Exception:
                self._put_back()
                self._load_seed()
                self._reset()
                raise
            with redis_faults_as_503():
                self._redis.unlink(self._before_key)

    def _keep_seed(self, seed: Seed | None) -> str:
        """Keep ``seed`` in Redis for all workers, and the one before it until `_put_back`; returns its mark."""
        mark = random_id()
        with redis_faults_as_503():
            self._redis.delete(self._new_key, self._before_key)
            if seed is not None:
                self._redis.rpush(self._new_key, mark)
                for part in parts_of(seed):
                    self._redis.rpush(self._new_key, part)
            if self._redis.exists(self._seed_key):
                self._redis.rename(self._seed_key, self._before_key)
            if seed is not None:
                self._redis.rename(self._new_key, self._seed_key)
        return mark

    def _put_back(self) -> None:
        with redis_faults_as_503():
            if self._redis.exists(self._before_key):
                self._redis.rename(self._before_key, self._seed_key)
            else:
                self._redis.delete(self._seed_key)

    def _load_seed(self) -> None:
        with redis_faults_as_503():
            while (mark := str(self._redis.lindex(self._seed_key, 0) or "")) != self._read:
                seed = read_seed(self._kept_parts(), _pause) if mark else self._first_seed
                if mark == str(self._redis.lindex(self._seed_key, 0) or ""):  # else it was replaced meanwhile
                    self.seed, self._read = seed, mark

    def _kept_parts(self) -> Iterator[dict[str, Any]]:
        at = 1
        while part := self._redis.lindex(self._seed_key, at):
            yield from_json(str(part))
            at += 1

    def _forget(self, _message: dict[str, Any]) -> None:
        self._load_seed()
        self._clock_control.clock.apply(ClockSetting())
        for listener in self.on_reset:
            listener()


def _pause() -> None:
    time.sleep(0)  # to other greenlets


def escaped(prefix: str) -> str:
    """``prefix`` escaped for a pattern of Redis."""
    return "".join(f"\\{character}" if character in "[]*?^\\" else character for character in prefix)
