"""The audit log: who did what, when, from where, with what outcome.

Every step is written to a Redis stream first, by the Lua scripts of the tickets themselves and by
``AuditLog`` for all else, and moved from there to the database by one worker or another.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple, cast

import redis
from pydantic_core import from_json
from sqlalchemy import Table, select

from gateway.audit.tables import AuditEventRow
from gateway.foundation.background import Loop
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.offload import Offload
from gateway.foundation.redis.scripts import Scripts, redis_faults_as_503
from gateway.foundation.telemetry import metrics

GROUP: Final = "audit"
# Nobody else is served while a batch is converted.
BATCH: Final = 50
# So many batches of a second's are spread over it, for the sake of whoever waits meanwhile; more follow on each other.
SPREAD_BATCHES: Final = 50
SPREAD_SECONDS: Final = 0.01
# After so many rows the database is told to settle them, which waits for the disk.
SETTLED_ROWS: Final = 1_000
# Entries are moved in bulk: one transaction for each would cost more than the logins they tell of.
INTERVAL_SECONDS: Final = 1.0
STREAM_LENGTH: Final = 100_000
# Of the stream, by one script: while the database is away a hundred thousand may wait, and so would all who ask Redis.
STRETCH: Final = 500
# An entry that a worker took and did not finish is taken over after this long.
ABANDONED_MS: Final = 10_000
_EVENTS: Final = ("gateway.audit", "_events")  # put before the scripts that read them


class AuditEvent(NamedTuple):
    """One step, in the order of the table's columns; ``event_id`` sorts by time, ``detail`` is JSON or empty."""

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


_COLUMNS: Final = " ".join(AuditEvent._fields)
# For a query that answers steps.
EVENT: Final = tuple(AuditEventRow.__table__.c[name] for name in AuditEvent._fields)


class AuditLog:
    """Writes steps, and reads those of one account."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, database: Database) -> None:
        self._redis = client
        self._scripts = Scripts(client, "gateway.audit", _EVENTS)
        self._keys = keys
        self._clock = clock
        self._database = database

    def record(self, action: str, outcome: str, address: str, **fields: str) -> None:
        """Write one step, such as ``login.phone``; never give it a secret, a full document number or phone."""
        entry: dict[Any, Any] = {
            "at": self._clock.now_ms(),
            "action": action,
            "outcome": outcome,
            "address": address,
            **fields,
        }
        with redis_faults_as_503():
            self._redis.xadd(self._keys.audit_log, entry, maxlen=STREAM_LENGTH, approximate=True)

    def of_account(self, account_id: str, *, before: str = "", limit: int = 50) -> list[AuditEvent]:
        """An account's steps, newest first; ``before`` is the ``event_id`` that ended the last page."""
        # The stream first: what is moved meanwhile is then in the database, and nothing is missed.
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
        """An account's steps that may not be in the database yet, oldest first.

        Raises Refusal ``unavailable``, for the database too where many wait: all who ask would read them in vain.
        """
        found: list[AuditEvent] = []
        after = ""
        while True:
            after, rows = self._scripts.run(
                "unstored_events",
                [self._keys.audit_log],
                group=GROUP,
                columns=_COLUMNS,
                account_id=account_id,
                after=after,
                count=STRETCH,
            )
            found += events_of(rows)
            if not after:
                return found
            self._database.check()


class AuditRelay:
    """Moves the stream into the database; one thread a worker, each entry moved once.

    With ``keep`` the stream holds on to what was moved, up to its length: the simulation's journal reads it.
    """

    def __init__(
        self,
        client: redis.Redis,
        keys: Keys,
        database: Database,
        worker_id: str,
        offload: Offload,
        *,
        keep: bool = False,
    ) -> None:
        self._keep_entries = keep
        self._scripts = Scripts(client, "gateway.audit", _EVENTS)
        self._keys = keys
        self._offload = offload
        self._settle = database.settle
        self._unsettled = 0
        self._add = database.prepare_insert(cast("Table", AuditEventRow.__table__))
        self._worker_id = worker_id
        self._looked_at = float("-inf")  # for entries that another worker left unfinished
        # Nothing is lost by a failure: what is not acknowledged is moved later.
        self._loop = Loop("trail", self._move, last_round=True)
        # Called with the steps that have been moved.
        self.on_stored: list[Callable[[list[AuditEvent]], object]] = []

    def start(self) -> None:
        """Begin to move entries."""
        self._loop.start()

    def stop(self) -> None:
        """Move what is there, then end."""
        self._loop.stop(within=2 * INTERVAL_SECONDS)

    def drain(self) -> int:
        """Move one batch; how many entries it had. Raises Refusal ``unavailable``: nothing is lost by that."""
        look = time.monotonic() >= self._looked_at + ABANDONED_MS / 2000
        abandoned, ids, rows, backlog = self._scripts.run(
            "claim_events",
            [self._keys.audit_log],
            group=GROUP,
            worker=self._worker_id,
            count=BATCH,
            abandoned_ms=ABANDONED_MS if look else "",
            columns=_COLUMNS,
        )
        if look and not abandoned:
            self._looked_at = time.monotonic()
        events = events_of(rows)
        metrics.AUDIT_BACKLOG.set(backlog)
        if events:
            self._keep(ids, events)
            metrics.AUDIT_BACKLOG.set(max(0, backlog - len(events)))
        return len(events)

    def _move(self) -> None:
        """Move what a second has brought; once more when it is to stop."""
        last = self._loop.wait(INTERVAL_SECONDS)
        # What does not fill a batch is left to the next second: under load there is always something.
        batches = 0
        while self.drain() >= (1 if last else BATCH):
            batches += 1
            if batches < SPREAD_BATCHES:
                self._loop.wait(SPREAD_SECONDS)
        if self._unsettled >= SETTLED_ROWS:
            self._unsettled = 0
            self._offload(self._settle)

    def _keep(self, ids: str, events: list[AuditEvent]) -> None:
        # Those kept before their worker died are passed over: only the acknowledgement is owed.
        self._add(events)
        self._unsettled += len(events)
        self._scripts.run(
            "events_stored", [self._keys.audit_log], group=GROUP, events=ids, delete=0 if self._keep_entries else 1
        )
        for listener in self.on_stored:
            listener(events)


def events_of(rows: str) -> list[AuditEvent]:
    """Steps from what a script answers: rows as JSON."""
    return [AuditEvent(*row) for row in from_json(rows)]
