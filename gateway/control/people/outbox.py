"""The simulated phone network: stores SMS messages where a test or a page can read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import redis

from gateway.control.streams import StreamWait
from gateway.foundation.clock import Clock
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.registration.sms import Message

_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivered message; ``at`` in milliseconds of the gateway's clock."""

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
        self._wait = StreamWait(client)

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
        """Messages to ``phone`` (without one: to all) after the message ``since``, oldest first.

        If there is none, waits for one for up to ``wait_seconds`` of real time.
        """
        after = since or "0-0"

        def look() -> tuple[list[Delivered], dict[str, str], None]:
            nonlocal after
            entries: Any = self._redis.xrange(self._key, min=f"({after}", count=_KEPT)
            arrived = [_delivered(identifier, fields) for identifier, fields in entries]
            after = arrived[-1].message_id if arrived else after
            return [message for message in arrived if phone in ("", message.phone)], {self._key: after}, None

        return next((found for found in self._wait.rounds(wait_seconds, look) if found), [])


def _delivered(message_id: str, fields: dict[str, str]) -> Delivered:
    return Delivered(message_id, int(fields["at"]), fields["phone"], fields["purpose"], fields["code"], fields["text"])
