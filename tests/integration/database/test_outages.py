"""Calls without a database, or with a locked one: 503, no loss, no delay of other calls (SECURITY.md 45, 55)."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import monotonic

import pytest

from gateway.foundation.database.dialects import BUSY_MS
from scan_to_login.testing.live import LiveGateway
from tests.integration.database.conftest import Serve
from tests.integration.scale.postgres import Postgres
from tests.integration.scale.servers import until
from tests.integration.wire import Answer, Ticket, Wire

pytestmark = pytest.mark.slow

WRITERS = 20
LOGIN = {"identifier": "agent", "password": "Demo-2019", "client": {"name": "c", "version": "1", "device": "d"}}


def confirmed(wire: Wire) -> Ticket:
    """A ticket that waits for its claim."""
    ticket = wire.ticket()
    wire.phone().approve(ticket.id)
    return ticket


def test_a_claim_that_met_an_outage_is_made_again_without_a_key(gateway: LiveGateway) -> None:
    """The ticket is spent only once all that the answer needs has been read."""
    ticket = confirmed(Wire(gateway.url))
    with closing(sqlite3.connect(gateway.data_dir / "gateway.sqlite3", isolation_level=None)) as other:
        other.execute("ALTER TABLE bindings RENAME TO bindings_away")
        try:
            refused = ticket.claim()
        finally:
            other.execute("ALTER TABLE bindings_away RENAME TO bindings")
    assert (refused.status, refused.code) == (503, "unavailable")
    assert ticket.poll().body["state"] == "confirmed"
    again = ticket.claim()
    assert (again.status, len(again.body["units"])) == (200, 2)
    assert ticket.claim().code == "ticket_spent"


def test_a_login_that_met_an_outage_leaves_no_session(gateway: LiveGateway) -> None:
    """No caller got its token."""
    wire = Wire(gateway.url)
    phone = wire.phone()
    with closing(sqlite3.connect(gateway.data_dir / "gateway.sqlite3", isolation_level=None)) as other:
        other.execute("ALTER TABLE bindings RENAME TO bindings_away")
        try:
            refused = wire.call("POST", "/sessions", json=LOGIN)
        finally:
            other.execute("ALTER TABLE bindings_away RENAME TO bindings")
    assert (refused.status, refused.code) == (503, "unavailable")
    assert len(wire.call("GET", "/account/sessions", phone.token).body["sessions"]) == 1


def test_a_locked_sqlite_blocks_no_reader(gateway: LiveGateway) -> None:
    """Each writer is refused within its busy time, and after the first one those that follow do not wait."""
    wire = Wire(gateway.url)
    ticket = confirmed(wire)
    with closing(sqlite3.connect(gateway.data_dir / "gateway.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        body = {"identifier": "agent", "password": "Demo-2019", "device": {"name": "p", "model": "m"}}

        def enrol(_: int) -> Answer:
            return wire.call("POST", "/app/sessions", json=body)

        began = monotonic()
        with ThreadPoolExecutor(WRITERS) as pool:
            answers = list(pool.map(enrol, range(WRITERS)))
        assert {(one.status, one.code) for one in answers} == {(503, "unavailable")}
        assert monotonic() - began < WRITERS * BUSY_MS / 1000, "each of them stopped the worker for its busy time"
        assert wire.call("GET", "/readyz").status == 200
        assert ticket.claim().status == 200
        other.execute("ROLLBACK")
    until("the database is written again", lambda: enrol(0).status == 201)


def test_a_claim_while_postgresql_is_away_is_made_again_without_a_key(serve: Serve, postgres: Postgres) -> None:
    gateway = serve(database_url=postgres.new_database("claims"))
    ticket = confirmed(Wire(gateway.url))
    with postgres.connect() as connection:
        connection.execute("ALTER DATABASE claims WITH ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'claims'")
        refused = ticket.claim()
        assert (refused.status, refused.code) == (503, "unavailable")
        connection.execute("ALTER DATABASE claims WITH ALLOW_CONNECTIONS true")
    assert ticket.claim().status == 200


def test_a_locked_table_of_postgresql_is_503_and_readiness_answers(serve: Serve, postgres: Postgres) -> None:
    """More calls than there are connections wait for the lock; none is 500, and none waits for long."""
    gateway = serve(database_url=postgres.new_database("locks"))
    wire = Wire(gateway.url)
    answers: list[Answer] = []

    def log_in() -> None:
        answers.append(wire.call("POST", "/sessions", json=LOGIN, timeout=60))

    with postgres.connect("locks") as holder, postgres.connect() as other, holder.transaction():
        holder.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
        logins = [threading.Thread(target=log_in) for _ in range(24)]
        for login in logins:
            login.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'locks' AND wait_event_type = 'Lock'"
        until("all connections wait", lambda: (other.execute(waiting).fetchone() or (0,))[0] >= 15)
        began = monotonic()
        assert wire.call("GET", "/readyz").status == 200
        took = monotonic() - began
        for login in logins:
            login.join()
    assert {(one.status, one.code) for one in answers} == {(503, "unavailable")}
    assert took < 2, "readiness waited for a connection of the calls"
    assert wire.call("POST", "/sessions", json=LOGIN).status == 201


def test_readiness_reports_a_deleted_database_and_does_not_create_it(serve: Serve) -> None:
    gateway = serve()
    file = gateway.data_dir / "gateway.sqlite3"
    file.rename(gateway.data_dir / "away.sqlite3")
    answer = Wire(gateway.url).call("GET", "/readyz")
    assert (answer.status, answer.code) == (503, "unavailable")
    assert not file.exists()
    (gateway.data_dir / "away.sqlite3").rename(file)
    assert Wire(gateway.url).call("GET", "/readyz").status == 200
