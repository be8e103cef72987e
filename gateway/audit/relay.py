"""The way of the audit log from Redis to the database; ``audit_log`` writes what is moved here, and reads it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, cast

import redis
from sqlalchemy import Table

from gateway.audit.audit_log import COLUMNS, GROUP, AuditEvent, events_of
from gateway.audit.tables import AuditEventRow
from gateway.foundation.background import Loop
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.offload import Offload
from gateway.foundation.redis.scripts import Scripts
from gateway.foundation.telemetry import metrics

# Nobody else is served while a batch is converted.
BATCH: Final = 50
# The relay spreads this many batches over a second, so that requests wait less; further batches follow at once.
SPREAD_BATCHES: Final = 50
SPREAD_SECONDS: Final = 0.01
# After so many rows the database is told to settle them, which waits for the disk.
SETTLED_ROWS: Final = 1_000
# Entries are moved in bulk: one transaction for each would cost more than the logins they tell of.
INTERVAL_SECONDS: Final = 1.0
# An entry that a worker took and did not finish is taken over after this long: a worker moves what it has written
# itself, and looks twice in this time for what others have left.
ABANDONED_MS: Final = 10_000


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
        self._scripts = Scripts(client, "gateway.audit")
        self._keys = keys
        self._offload = offload
        self._settle = database.settle
        self._unsettled = 0
        self._add = database.prepare_insert(cast("Table", AuditEventRow.__table__))
        self._worker_id = worker_id
        self._looked_at = float("-inf")  # for entries that another worker left unfinished
        self._expects = True
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

    def expect(self) -> None:
        """This worker may have written an event: within ``INTERVAL_SECONDS`` it is moved."""
        if not self._expects:
            self._expects = True
            self._loop.wake()

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
            columns=COLUMNS,
        )
        if look and not abandoned:
            self._looked_at = time.monotonic()
        events = events_of(rows)
        metrics.AUDIT_BACKLOG.set(backlog)
        if events:
            self._keep(ids, events)
            metrics.AUDIT_BACKLOG.set(max(0, backlog - len(events)))
        if backlog > len(events):
            self._expects = True
        return len(events)

    def _move(self) -> None:
        """Move what a second has brought, and sleep until there is more; once more when it is to stop."""
        last = self._loop.wait(INTERVAL_SECONDS)
        self._expects = False
        try:
            # What does not fill a batch is left to the next second: under load there is always something.
            batches = 0
            while self.drain() >= (1 if last else BATCH):
                batches += 1
                if batches < SPREAD_BATCHES:
                    self._loop.wait(SPREAD_SECONDS)
        except Exception:
            self._expects = True
            raise
        if self._unsettled >= SETTLED_ROWS:
            self._unsettled = 0
            self._offload(self._settle)
        if not self._expects:
            self._loop.sleep(ABANDONED_MS / 2000)

    def _keep(self, ids: str, events: list[AuditEvent]) -> None:
        # Those kept before their worker died are passed over: only the acknowledgement is owed.
        self._add(events)
        self._unsettled += len(events)
        self._scripts.run(
            "events_stored", [self._keys.audit_log], group=GROUP, events=ids, delete=0 if self._keep_entries else 1
        )
        for listener in self.on_stored:
            listener(events)
