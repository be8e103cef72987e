"""Each audit event moves from the stream to the database once, also after the death of a process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import func, select

from gateway.audit import audit_log, relay
from gateway.audit.audit_log import AuditLog
from gateway.audit.relay import AuditRelay
from gateway.audit.tables import AuditEventRow
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.database.schema import bring_up_to_date
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.offload import here
from scan_to_login.protocol import Code


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'trail.sqlite3'}")
    bring_up_to_date(made)
    yield made
    made.close()


@pytest.fixture
def written(client: redis.Redis, keys: Keys, clock: Clock, database: Database) -> AuditLog:
    return AuditLog(client, keys, clock, database)


@pytest.fixture(params=[False, True], ids=["deleting", "keeping"])
def drain(request: pytest.FixtureRequest, client: redis.Redis, keys: Keys, database: Database) -> AuditRelay:
    made = AuditRelay(client, keys, database, "worker", here, keep=request.param)
    made.drain()  # makes the group
    return made


def rows(database: Database) -> int:
    with database.begin() as db:
        return db.scalar(select(func.count()).select_from(AuditEventRow)) or 0


def test_events_are_read_newest_first_before_and_after_they_are_moved(written: AuditLog, drain: AuditRelay) -> None:
    for number in range(3):
        written.record(f"step.{number}", "ok", "1.2.3.4", account_id="a", session_id="s")
        written.record("other", "ok", "1.2.3.4", account_id="b")
    before = written.of_account("a")
    assert drain.drain() == 6
    written.record("step.3", "ok", "1.2.3.4", account_id="a")
    after = written.of_account("a")
    assert [event.action for event in after] == ["step.3", "step.2", "step.1", "step.0"]
    assert [event.event_id for event in after[1:]] == [event.event_id for event in before]
    assert after[1].detail == '{"session_id":"s"}'


@pytest.mark.parametrize("stretch", [1, 2, 3, 100])
def test_pending_events_are_read_in_adjacent_pieces(
    written: AuditLog, drain: AuditRelay, monkeypatch: pytest.MonkeyPatch, stretch: int
) -> None:
    monkeypatch.setattr(audit_log, "STRETCH", stretch)
    monkeypatch.setattr(relay, "BATCH", 3)
    assert written.waiting("a") == []
    for number in range(6):
        written.record(f"step.{number}", "ok", "", account_id="ab"[number % 2])
    assert [step.action for step in written.waiting("a")] == ["step.0", "step.2", "step.4"]
    assert drain.drain() == 3
    assert [step.action for step in written.waiting("a")] == ["step.4"]
    assert [step.action for step in written.waiting("b")] == ["step.3", "step.5"]
    assert written.waiting("c") == []


def test_during_an_outage_of_the_database_one_batch_is_read(
    written: AuditLog, database: Database, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "STRETCH", 2)
    for _ in range(20):
        written.record("step", "ok", "", account_id="a")
    assert len(written.waiting("a")) == 20
    monkeypatch.setattr(database, "begin", away)
    client.config_resetstat()
    with pytest.raises(Refusal) as refused:
        written.of_account("a")
    assert refused.value.code is Code.UNAVAILABLE
    assert client.info("commandstats")["cmdstat_xrange"]["calls"] == 1


def away() -> None:
    raise Refusal(Code.UNAVAILABLE)


def test_events_that_a_worker_took_but_did_not_store_still_wait(
    written: AuditLog, drain: AuditRelay, client: redis.Redis, keys: Keys
) -> None:
    for number in range(4):
        written.record(f"step.{number}", "ok", "", account_id="a")
    client.xreadgroup(audit_log.GROUP, "another worker", {keys.audit_log: ">"}, count=2)
    assert drain.drain() == 2
    assert {"step.0", "step.1"} <= {step.action for step in written.waiting("a")}
    assert [step.action for step in written.of_account("a")] == ["step.3", "step.2", "step.1", "step.0"]


def test_pages_of_events_join(written: AuditLog, drain: AuditRelay) -> None:
    for number in range(7):
        written.record(f"step.{number}", "ok", "", account_id="a")
        if number == 3:
            drain.drain()
    seen, before = [], ""
    while page := written.of_account("a", before=before, limit=2):
        seen += [event.action for event in page]
        before = page[-1].event_id
    assert seen == [f"step.{number}" for number in reversed(range(7))]


def test_an_entry_is_moved_once_although_the_acknowledgement_was_lost(
    written: AuditLog,
    drain: AuditRelay,
    client: redis.Redis,
    keys: Keys,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written.record("step", "ok", "", account_id="a")
    evalsha = client.evalsha

    def dies_once_it_is_in_the_database(*arguments: Any) -> Any:
        if rows(database):
            raise ZeroDivisionError
        return evalsha(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(client, "evalsha", dies_once_it_is_in_the_database)
        with pytest.raises(ZeroDivisionError):
            drain.drain()
    assert rows(database) == 1
    assert [event.action for event in written.of_account("a")] == ["step"]
    monkeypatch.setattr(relay, "ABANDONED_MS", 0)
    assert AuditRelay(client, keys, database, "another", here).drain() == 1
    assert rows(database) == 1
    assert client.xpending(keys.audit_log, audit_log.GROUP)["pending"] == 0


def test_rows_are_settled_elsewhere_once_there_are_many(
    written: AuditLog, client: redis.Redis, keys: Keys, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled = threading.Event()

    def elsewhere(function: Callable[..., Any], /, *arguments: Any) -> Any:
        assert function == database.settle
        here(function, *arguments)
        settled.set()

    monkeypatch.setattr(relay, "INTERVAL_SECONDS", 0.01)
    monkeypatch.setattr(relay, "SETTLED_ROWS", 3)
    drain = AuditRelay(client, keys, database, "worker", elsewhere)
    drain.start()
    for _ in range(3):
        assert not settled.is_set()
        written.record("step", "ok", "")
    assert settled.wait(10)
    drain.stop()
    assert rows(database) == 3


def test_an_entry_is_kept_while_the_database_is_away(
    written: AuditLog,
    drain: AuditRelay,
    client: redis.Redis,
    keys: Keys,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written.record("step", "ok", "", account_id="a")

    def away(_rows: object) -> None:
        raise Refusal(Code.UNAVAILABLE)

    with monkeypatch.context() as patched:
        patched.setattr(drain, "_add", away)
        with pytest.raises(Refusal):
            drain.drain()
    monkeypatch.setattr(relay, "ABANDONED_MS", 0)
    assert drain.drain() == 1
    assert rows(database) == 1


def test_a_redis_that_comes_back_empty_gets_its_group_again(
    written: AuditLog, drain: AuditRelay, client: redis.Redis, database: Database
) -> None:
    client.flushall()
    written.record("step", "ok", "", account_id="a")
    assert drain.drain() == 1
    assert rows(database) == 1


def test_more_steps_than_fit_a_batch_are_all_moved_beside_those_another_worker_left(
    written: AuditLog,
    drain: AuditRelay,
    client: redis.Redis,
    keys: Keys,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(relay.BATCH):
        written.record("left", "ok", "")
    client.xreadgroup(audit_log.GROUP, "dead", {keys.audit_log: ">"}, count=relay.BATCH)
    for _ in range(relay.BATCH + 1):
        written.record("new", "ok", "")
    client.xdel(keys.audit_log, client.xrange(keys.audit_log, count=1)[0][0])  # gone while the dead one held it
    monkeypatch.setattr(relay, "ABANDONED_MS", 0)
    moved = [drain.drain() for _ in range(4)]
    assert moved == [relay.BATCH - 1, relay.BATCH, 1, 0]
    assert rows(database) == 2 * relay.BATCH
