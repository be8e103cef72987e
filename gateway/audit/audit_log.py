"""The audit log: who did what, when, from which address, with what outcome.

The tickets' Lua scripts, and ``AuditLog`` for all other rooms, first write an event to a Redis stream. A worker moves
it from there to the database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import redis
from pydantic_core import from_json
from sqlalchemy import select

from gateway.audit.tables import AuditEventRow
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts, redis_faults_as_503

GROUP: Final = "audit"
STREAM_LENGTH: Final = 100_000
# Events that one script reads: during an outage of the database 100,000 may wait, and a longer read would block Redis.
STRETCH: Final = 500


class AuditEvent(NamedTuple):
    """One event, in the order of the table's columns; ``event_id`` sorts by time, ``detail`` is JSON or empty."""

    event_id: str
    at: int  # milliseconds of the gateway's clock
    action: str
    outcome: str
    address: str
    account_id: str
    device_id: str
    ticket_id: str
    taxpayer_id: str
    detail: str


COLUMNS: Final = " ".join(AuditEvent._fields)
# For a query that answers steps.
EVENT: Final = tuple(AuditEventRow.__table__.c[name] for name in AuditEvent._fields)


class AuditLog:
    """Writes events, and reads those of one account."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, database: Database) -> None:
        self._redis = client
        self._scripts = Scripts(client, "gateway.audit")
        self._keys = keys
        self._clock = clock
        self._database = database
        self.on_record: list[Callable[[], None]] = []  # called after each event

    def record(self, action: str, outcome: str, address: str, **fields: str) -> None:
        """Write one event, such as ``login.phone``.

        Never pass a secret, a full document number or a full phone number.
        """
        entry: dict[Any, Any] = {
            "at": self._clock.now_ms(),
            "action": action,
            "outcome": outcome,
            "address": address,
            **fields,
        }
        with redis_faults_as_503():
            self._redis.xadd(self._keys.audit_log, entry, maxlen=STREAM_LENGTH, approximate=True)
        for listener in self.on_record:
            listener()

    def of_account(self, account_id: str, *, before: str = "", limit: int = 50) -> list[AuditEvent]:
        """An account's events, newest first; ``before`` is the ``event_id`` of the last event of the previous page."""
        # The stream first: events that are moved meanwhile are then in the database, and none is missed.
        waiting = self.waiting(account_id)
        query = select(*EVENT).where(AuditEventRow.account_id == account_id)
        if before:
            query = query.where(AuditEventRow.event_id < before)
        with self._database.begin() as db:
            kept = db.execute(query.order_by(AuditEventRow.event_id.desc()).limit(limit)).all()
        found = {row.event_id: AuditEvent(*row) for row in kept}
        for event in waiting:
            if not before or event.event_id < before:
                found.setdefault(event.event_id, event)
        return [found[event_id] for event_id in sorted(found, reverse=True)[:limit]]

    def waiting(self, account_id: str) -> list[AuditEvent]:
        """An account's events that may not be in the database yet, oldest first.

        Raises Refusal ``unavailable``, also for the database if many events wait: every caller would read them for
        nothing.
        """
        found: list[AuditEvent] = []
        after = ""
        while True:
            after, rows = self._scripts.run(
                "unstored_events",
                [self._keys.audit_log],
                group=GROUP,
                columns=COLUMNS,
                account_id=account_id,
                after=after,
                count=STRETCH,
            )
            found += events_of(rows)
            if not after:
                return found
            self._database.check()


def events_of(rows: str) -> list[AuditEvent]:
    """Events from a script's answer: rows as JSON."""
    return [AuditEvent(*row) for row in from_json(rows)]
