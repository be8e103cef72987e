"""The state of the simulation: loads its seed, and resets everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis

from gateway.control.broadcast import Broadcast
from gateway.control.clock.clock_control import ClockControl
from gateway.control.seed.loader import SeedLoader
from gateway.control.seed.ownership import Ownership
from gateway.control.seed.turnover import Turnover
from gateway.foundation.clock import ClockSetting
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.foundation.secrets import digest
from scan_to_login.seed import Seed

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
        self._read = ""  # digest of the text that `seed` was read from; empty for the first seed
        self._seed_key = f"{keys.prefix}sim:seed"
        self._seeder = loader
        self._ownership = ownership
        self._clock_control = clock_control
        self._broadcast = broadcast
        self.turnover = Turnover(client, keys, broadcast)
        self.keep: set[str] = {self._seed_key, self.turnover.key}  # keys that a reset leaves
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
            with redis_faults_as_503():
                before: Any = self._redis.get(self._seed_key)
            text = None if seed is None else seed.model_dump_json()
            if seed is not None and text is not None:
                self.seed, self._read = seed, digest(text)
            self._keep_seed(text)
            try:
                self._reset()
            except Exception:
                self._keep_seed(before)
                self._reset()
                raise

    def _keep_seed(self, text: str | None) -> None:
        with redis_faults_as_503():
            if text is None:
                self._redis.delete(self._seed_key)
            else:
                self._redis.set(self._seed_key, text)
        self._load_seed()

    def _load_seed(self) -> None:
        with redis_faults_as_503():
            text = self._redis.get(self._seed_key)
        mark = "" if text is None else digest(str(text))
        if mark == self._read:
            return  # checking ten thousand people takes half a second
        self.seed = self._first_seed if text is None else Seed.model_validate_json(text)
        self._read = mark

    def _forget(self, _message: dict[str, Any]) -> None:
        self._load_seed()
        self._clock_control.clock.apply(ClockSetting())
        for listener in self.on_reset:
            listener()


def escaped(prefix: str) -> str:
    """``prefix`` escaped for a pattern of Redis."""
    return "".join(f"\\{character}" if character in "[]*?^\\" else character for character in prefix)
