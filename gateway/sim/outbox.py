"""The simulated phone network: messages to phones, kept where a test or a web page reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import redis

from gateway.foundation.clock import Clock
from gateway.foundation.keys import Keys
from gateway.foundation.redis import redis_faults_as_503
from gateway.identity.sms import Message

_KEPT = 10_000
_ROUND_MS = 1_000


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that has arrived at a phone; ``at`` in milliseconds of the gateway's clock."""

    message_id: str
    at: int
    phone: str
    purpose: str
    code: str
    text: str


class Outbox:
    """The SMS provider of the simulation."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock) -> None:
        self._redis = client
        self._key = f"{keys.prefix}sim:sms"
        self._clock = clock

    def ready(self) -> None:
        """Always."""

    def send(self, message: Message) -> None:
        """Deliver at once."""
        entry: dict[Any, Any] = {
            "at": self._clock.now_ms(),
            "phone": message.phone,
            "purpose": message.purpose.value,
            "code": message.code,
            "text": message.text,
        }
        with redis_faults_as_503():
            self._redis.xadd(self._key, entry, maxlen=_KEPT, approximate=True)

    def messages(self, phone: str, since: str, wait_seconds: float) -> list[Delivered]:
        """Messages to ``phone`` (to all without one) after the one named ``since``, oldest first.

        Where there is none, waits for one up to ``wait_seconds`` of real time.
        """
        after = since or "0-0"
        left_ms = round(wait_seconds * 1000)
        while True:
            with redis_faults_as_503():
                entries: Any = self._redis.xrange(self._key, min=f"({after}", count=_KEPT)
            found = [
                Delivered(
                    entry[0],
                    int(entry[1]["at"]),
                    entry[1]["phone"],
                    entry[1]["purpose"],
                    entry[1]["code"],
                    entry[1]["text"],
                )
                for entry in entries
            ]
            mine = [message for message in found if not phone or message.phone == phone]
            if mine or left_ms <= 0:
                return mine
            after = found[-1].message_id if found else after
            with redis_faults_as_503():
                self._redis.xread({self._key: after}, count=1, block=min(left_ms, _ROUND_MS))
            left_ms -= _ROUND_MS
