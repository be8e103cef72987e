"""Tickets of whose outcome clients have to be told, in Redis: any worker tells, and none is lost with a worker.

The script that moves such a ticket notes the debt (``gateway/pairing/lua/_ticket.lua``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import redis

from gateway.foundation.clock import Clock
from gateway.foundation.keys import Keys
from gateway.foundation.redis.due import first_due
from gateway.foundation.redis.scripts import Scripts, redis_faults_as_503

LEASE_MS: Final = 60_000  # real time in which nobody else tells; a worker that died within it is taken over for


@dataclass(frozen=True, slots=True)
class OwedNotification:
    """A ticket, what its client has asked for, and how often telling the client has failed."""

    ticket_id: str
    secret_digest: str
    address: str  # the client's
    asked: dict[str, str]
    tries: int


class OwedNotifications:
    """Takes tickets that are due, one at a time. Every call raises Refusal ``unavailable``."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock) -> None:
        self._redis = client
        self._scripts = Scripts(client, "gateway.oauth")
        self._keys = keys
        self._clock = clock

    def first_due(self) -> int | None:
        """When the first of them is due (ms), being told or not; None where nobody waits to be told."""
        return first_due(self._redis, self._keys.oauth_notifications)

    def take(self) -> OwedNotification | None:
        """One that is due and that nobody else tells of now."""
        _, ticket_id = self._scripts.run(
            "take_notification",
            [self._keys.oauth_notifications],
            lease_prefix=self._keys.oauth_notification_lease(""),
            now=self._clock.now_ms(),
            lease=LEASE_MS,
        )
        if not ticket_id:
            return None
        names = ["secret_digest", "address", "oauth", "notify_tries"]
        with redis_faults_as_503():
            values: Any = self._redis.hmget(self._keys.ticket(ticket_id), names)
        secret_digest, address, asked, tries = (str(value or "") for value in values)
        return OwedNotification(ticket_id, secret_digest, address, json.loads(asked or "{}"), int(tries or "0"))

    def settle(self, owed: OwedNotification, version: int, due: int | None, *, failed: bool = False) -> None:
        """Look at it again at ``due`` (ms), or never; ``version`` is that of the ticket as its client was told."""
        self._scripts.run(
            "settle_notification",
            [
                self._keys.oauth_notifications,
                self._keys.ticket(owed.ticket_id),
                self._keys.oauth_notification_lease(owed.ticket_id),
            ],
            ticket_id=owed.ticket_id,
            version=version,
            due="" if due is None else due,
            failed="1" if failed else "",
        )
