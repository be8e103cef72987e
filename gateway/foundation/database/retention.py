"""Deletes expired data: one worker at a time, in small batches, so that no request waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, cast

import redis
from sqlalchemy import Column, ColumnElement, CursorResult, Table, delete, select

from gateway.foundation.background import Loop
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503

BATCH: Final = 500  # rows, or keys of Redis
PAUSE_SECONDS: Final = 0.01  # between two batches
DAY_MS: Final = 86_400_000


class Job(Protocol):
    """One kind of data to delete."""

    def batch(self) -> bool:
        """Process one batch; returns whether there is another one now. Raises Refusal ``unavailable``."""


class OldestRows:
    """Rows of a table whose primary key sorts by time: deletes the oldest as long as they have expired."""

    def __init__(self, database: Database, table: Table, past: Callable[[], ColumnElement[bool]]) -> None:
        self._database = database
        self._table = table
        self._key = _key_of(table)
        self._past = past

    def batch(self) -> bool:
        """See :class:`Job`."""
        with self._database.begin() as db:
            last = _last(db.scalars(select(self._key).order_by(self._key).limit(BATCH)).all())
            if last is None:
                return False
            gone = db.execute(delete(self._table).where(self._key <= last, self._past()))
            return cast("CursorResult[Any]", gone).rowcount == BATCH


class EndedRows:
    """Rows of a table without an order of time: walks through it once a day of the gateway's clock."""

    def __init__(self, database: Database, clock: Clock, table: Table, past: Callable[[], ColumnElement[bool]]) -> None:
        self._database = database
        self._clock = clock
        self._table = table
        self._key = _key_of(table)
        self._past = past
        self._after = ""
        self._walked_at: int | None = None

    def batch(self) -> bool:
        """See :class:`Job`."""
        now = self._clock.now_ms()
        if self._walked_at is not None and abs(now - self._walked_at) < DAY_MS:
            return False
        with self._database.begin() as db:
            rows = select(self._key).where(self._key > self._after).order_by(self._key).limit(BATCH)
            last = _last(db.scalars(rows).all())
            if last is not None:
                db.execute(delete(self._table).where(self._key > self._after, self._key <= last, self._past()))
        self._after = last or ""
        if last is None:
            self._walked_at = now
        return last is not None


class Pruner:
    """Runs all ``jobs`` every ``every`` seconds, in the worker that comes first."""

    def __init__(self, client: redis.Redis, keys: Keys, worker_id: str, jobs: Sequence[Job], *, every: float) -> None:
        self._redis = client
        self._keys = keys
        self._worker_id = worker_id
        self._jobs = jobs
        self._lease_ms = max(1, round(every * 1000))
        self._loop = Loop("pruner", self._round, every=every)
        self.start, self.stop = self._loop.start, self._loop.stop

    def _round(self) -> None:
        with redis_faults_as_503():
            mine = self._redis.set(self._keys.pruning, self._worker_id, nx=True, px=self._lease_ms)
        if not mine:
            return
        for job in self._jobs:
            renewed_at = time.monotonic()
            while job.batch():
                if self._loop.wait(PAUSE_SECONDS):
                    return
                if (time.monotonic() - renewed_at) * 2000 > self._lease_ms:
                    renewed_at = time.monotonic()
                    with redis_faults_as_503():
                        self._redis.set(self._keys.pruning, self._worker_id, px=self._lease_ms)


def _key_of(table: Table) -> Column[Any]:
    (key,) = table.primary_key.columns
    return key


def _last(found: Sequence[str]) -> str | None:
    return found[-1] if found else None
