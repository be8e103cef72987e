"""The audit trail: who did what, when, from where, with what outcome.

Every step is written to a Redis stream first, by the Lua scripts of the tickets themselves and by
``Trail`` for all else, and moved from there to the database by one worker or another.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, cast

import redis
from pydantic_core import to_json
from redis.exceptions import RedisError, ResponseError
from sqlalchemy import Table, select

from gateway.foundation.clock import Clock
from gateway.foundation.database import Database
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.logs import log
from gateway.foundation.redis import Scripts, redis_faults_as_503
from gateway.identity.tables import AuditEvent

GROUP: Final = "audit"
# Nobody else is served while a batch is converted.
BATCH: Final = 50
# Entries are moved in bulk: one transaction for each would cost more than the logins they tell of.
INTERVAL_SECONDS: Final = 1.0
STREAM_LENGTH: Final = 100_000
# An entry that a worker took and did not finish is taken over after this long.
ABANDONED_MS: Final = 10_000
_COLUMNS: Final = ("action", "outcome", "address", "account_id", "device_id", "ticket_id", "taxpayer_id")


class Trail:
    """Writes steps, and reads those of one account."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, database: Database) -> None:
        self._redis = client
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
            self._redis.xadd(self._keys.trail, entry, maxlen=STREAM_LENGTH, approximate=True)

    def of_account(self, account_id: str, *, before: str = "", limit: int = 50) -> list[AuditEvent]:
        """An account's steps, newest first; ``before`` is the ``event_id`` that ended the last page."""
        # The stream first: what is moved meanwhile is then in the database, and nothing is missed.
        waiting = [event for event in self.waiting() if event.account_id == account_id]
        query = select(AuditEvent).where(AuditEvent.account_id == account_id)
        if before:
            query = query.where(AuditEvent.event_id < before)
        with self._database.begin() as db:
            kept = list(db.scalars(query.order_by(AuditEvent.event_id.desc()).limit(limit)))
        found = {event.event_id: event for event in kept}
        for event in waiting:
            if not before or event.event_id < before:
                found.setdefault(event.event_id, event)
        return [found[event_id] for event_id in sorted(found, reverse=True)[:limit]]

    def waiting(self) -> list[AuditEvent]:
        """Steps that may not be in the database yet, oldest first."""
        with redis_faults_as_503():
            entries: Any = self._redis.xrange(self._keys.trail, min=self._first_waiting())
        return [AuditEvent(**row) for row in rows_of(entries)]

    def _first_waiting(self) -> str:
        """The first entry of the stream that may not be in the database yet."""
        try:
            groups: Any = self._redis.xinfo_groups(self._keys.trail)
            pending: Any = self._redis.xpending(self._keys.trail, GROUP)
        except ResponseError:  # neither stream nor group yet: nothing was moved
            return "-"
        if pending["min"]:
            return str(pending["min"])
        return next((f"({group['last-delivered-id']}" for group in groups if group["name"] == GROUP), "-")


class TrailDrain:
    """Moves the stream into the database; one thread a worker, each entry moved once.

    With ``keep`` the stream holds on to what was moved, up to its length: the simulation's journal reads it.
    """

    def __init__(
        self, client: redis.Redis, keys: Keys, database: Database, worker_id: str, *, keep: bool = False
    ) -> None:
        self._keep_entries = keep
        self._scripts = Scripts(client, "gateway.identity")
        self._keys = keys
        self._add = database.prepare_insert(cast("Table", AuditEvent.__table__))
        self._worker_id = worker_id
        self._stopped = threading.Event()
        self._looked_at = float("-inf")  # for entries that another worker left unfinished
        self._thread = threading.Thread(target=self._run, name="trail", daemon=True)
        # Called with the rows that have been moved.
        self.on_kept: list[Callable[[list[dict[str, Any]]], object]] = []

    def start(self) -> None:
        """Begin to move entries."""
        self._thread.start()

    def stop(self) -> None:
        """Move what is there, then end."""
        self._stopped.set()
        self._thread.join(2 * INTERVAL_SECONDS)

    def drain(self) -> int:
        """Move one batch; how many entries it had. Raises Refusal ``unavailable``: nothing is lost by that."""
        look = time.monotonic() >= self._looked_at + ABANDONED_MS / 2000
        taken = self._scripts.run(
            "take_steps",
            [self._keys.trail],
            group=GROUP,
            worker=self._worker_id,
            count=BATCH,
            abandoned_ms=ABANDONED_MS if look else "",
        )
        entries = [_entry(identifier, flat) for identifier, flat in filter(None, taken) if flat]
        if look and not entries:
            self._looked_at = time.monotonic()
        if entries:
            self._keep(entries)
        return len(entries)

    def _run(self) -> None:
        while True:
            last = self._stopped.wait(INTERVAL_SECONDS)
            try:
                while self.drain():
                    pass
            except (RedisError, Refusal) as error:
                # Nothing is lost: what is not acknowledged is moved later.
                log.warning("trail_waits", error=type(error).__name__)
            if last:
                return

    def _keep(self, entries: list[tuple[str, Mapping[str, str]]]) -> None:
        rows = rows_of(entries)
        # Those kept before their worker died are passed over: only the acknowledgement is owed.
        self._add(rows)
        self._scripts.run(
            "steps_kept",
            [self._keys.trail],
            group=GROUP,
            steps=" ".join(identifier for identifier, _ in entries),
            delete=0 if self._keep_entries else 1,
        )
        for listener in self.on_kept:
            listener(rows)


def _entry(identifier: str, flat: Sequence[str]) -> tuple[str, Mapping[str, str]]:
    """A stream's entry as a script answers it: names and values in turn."""
    return identifier, dict(zip(flat[::2], flat[1::2], strict=True))


def _sortable(identifier: str) -> str:
    """A stream's id, of milliseconds and a number, so that text order is time order."""
    milliseconds, _, number = identifier.partition("-")
    return f"{milliseconds:0>15}-{number:0>6}"


def rows_of(entries: Iterable[tuple[str, Mapping[str, str]]]) -> list[dict[str, Any]]:
    """Rows for stream entries; what has no column of its own is kept as JSON in ``detail``."""
    rows = []
    for identifier, fields in entries:
        left = dict(fields)
        row: dict[str, Any] = {name: left.pop(name, "") for name in _COLUMNS}
        row["event_id"] = _sortable(identifier)
        row["at"] = int(left.pop("at", "0"))
        rest = {name: value for name, value in left.items() if value}
        row["detail"] = to_json(rest).decode() if rest else ""
        rows.append(row)
    return rows
