"""The logouts that clients have still to be told of, in Redis: any worker tells, and none is lost with a worker."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

import redis

from gateway.foundation.clock import Clock
from gateway.foundation.keys import Keys
from gateway.foundation.redis.due import first_due
from gateway.foundation.redis.scripts import Scripts

LEASE_MS = 60_000  # real time in which nobody else tries; a worker that died within it is taken over for


@dataclass(frozen=True, slots=True)
class OwedLogout:
    """A client, and its login that has ended. ``tries`` counts those that have failed."""

    client_id: str
    account_id: str
    sid: str
    issuer: str
    grant_id: str
    tries: int = 0

    @property
    def text(self) -> str:
        """As Redis keeps it."""
        return json.dumps(asdict(self))

    def failed(self) -> OwedLogout:
        """The same after one more failure."""
        return replace(self, tries=self.tries + 1)


class OwedLogouts:
    """Takes logouts that are due, one at a time. Every call raises Refusal ``unavailable``."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock) -> None:
        self._redis = client
        self._scripts = Scripts(client, "gateway.oauth")
        self._keys = keys
        self._clock = clock

    def first_due(self) -> int | None:
        """When the first of them is due (ms), being told or not; None where there is none."""
        return first_due(self._redis, self._keys.oauth_logouts)

    def take(self) -> OwedLogout | None:
        """One that is due and that nobody else tells of now."""
        _, text = self._scripts.run(
            "take_logout",
            [self._keys.oauth_logouts],
            prefix=self._keys.prefix,
            now=self._clock.now_ms(),
            lease=LEASE_MS,
        )
        return OwedLogout(**json.loads(text)) if text else None

    def settle(self, owed: OwedLogout, again_in: int | None) -> None:
        """Forget it; or try again in so many seconds."""
        self._scripts.run(
            "settle_logout",
            [self._keys.oauth_logouts, self._keys.oauth_logout_lease(owed.grant_id)],
            logout=owed.text,
            again="" if again_in is None else owed.failed().text,
            due=self._clock.now_ms() + (again_in or 0) * 1000,
        )
