"""PostgreSQL in SQLite's place: the same schema, a whole login, and the guarantees that SQL has to give."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, insert, inspect, select

import gateway.accounts.tables
import gateway.audit.tables
import gateway.foundation.database.installation
import gateway.oauth.tables
import gateway.registration.tables
import gateway.units.tables  # noqa: F401 - every table
from gateway.foundation.database.engine import Base, Database
from gateway.foundation.database.schema import bring_up_to_date, migrate
from gateway.foundation.database.snapshot import BATCH_ROWS
from gateway.units.tables import Unit
from scan_to_login.testing.live import LiveGateway
from tests.integration.people.conftest import Outside
from tests.integration.scale.logins import Logins
from tests.integration.scale.postgres import PASSWORD, Postgres
from tests.integration.scale.servers import until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server of its own."""
    running = Postgres()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def on_postgres(postgres: Postgres) -> Iterator[LiveGateway]:
    """Two workers; the URL is written as other tools write it."""
    url = postgres.new_database("gateway").replace("+psycopg", "")
    with LiveGateway(workers=2, environment={"PAIRING_DATABASE_URL": url}) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    else:
        empty = Database(request.getfixturevalue("postgres").new_database("empty"))
    yield empty
    empty.close()


@pytest.mark.parametrize("make", [migrate, bring_up_to_date], ids=["by migrations", "in one step"])
def test_an_empty_database_gets_the_schema_of_the_code(database: Database, make: Callable[[Database], None]) -> None:
    """Alembic finds nothing to change, whichever way it was made."""
    make(database)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert set(inspect(database.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    bring_up_to_date(database)


def test_a_snapshot_is_read_in_batches_and_sees_no_later_write(database: Database) -> None:
    """Deletions, committed while it is read, do not wait for it."""
    bring_up_to_date(database)
    rows = [
        {"taxpayer_id": f"{number:04d}", "name": "n", "password_hash": "h", "created_at": 0} for number in range(1_000)
    ]
    names = select(Unit.taxpayer_id).order_by(Unit.taxpayer_id)
    with database.begin() as db:
        db.execute(insert(Unit.__table__), rows)
    with database.snapshot() as snapshot:
        batches = snapshot.batches(names)
        read = [*next(batches)]
        assert len(read) == BATCH_ROWS
        with database.begin() as db:
            db.execute(delete(Unit.__table__))
        read += [row for batch in batches for row in batch]
        read_again = [row for batch in snapshot.batches(names) for row in batch]
    assert [row.taxpayer_id for row in read] == [row["taxpayer_id"] for row in rows]
    assert read_again == read
    with database.snapshot() as snapshot:
        assert list(snapshot.batches(names)) == []
    with database.begin() as db:  # a connection of the pool is again as it was
        db.execute(insert(Unit.__table__), rows[:1])


def test_an_export_is_put_back(on_postgres: LiveGateway) -> None:
    control = on_postgres.control
    before = control.export_seed()
    assert len(before["accounts"]) >= 8
    try:
        control.replace_seed(before)
        assert control.export_seed() == before
    finally:
        control.restore_seed()


def test_a_text_with_the_character_nul_is_refused(on_postgres: LiveGateway) -> None:
    """PostgreSQL cannot look for it."""
    answer = requests.post(
        f"{on_postgres.url}/api/v1/app/sessions", json={"identifier": "a\0b", "password": "x"}, timeout=10
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_whole_logins_on_postgresql(postgres: Postgres, on_postgres: LiveGateway) -> None:
    """Through two workers, with the audit log of each step in the database."""
    assert PASSWORD not in on_postgres.ready["database"]
    logins = Logins(on_postgres.url, threads=2, phones=2)
    logins.start()
    logins.wait_for(4)
    logins.stop()
    assert logins.lost == []
    assert logins.violations(healed_at=0) == []
    with postgres.connect("gateway") as connection:

        def kept() -> int:
            row = connection.execute("SELECT count(*) FROM audit_events WHERE action = 'ticket.claim'").fetchone()
            return int(row[0]) if row else 0

        until("the audit log is in the database", lambda: kept() >= len(logins.finished))


def test_of_parallel_registrations_with_one_login_name_one_succeeds(
    postgres: Postgres, on_postgres: LiveGateway
) -> None:
    """The others are refused as taken, on two workers at once."""
    outside = Outside(on_postgres)
    people = [
        {"name": f"Person {letter}", "id_type": "passport", "id_number": f"E9988776{number}"}
        for number, letter in enumerate("ABCDEF")
    ]
    last_steps = [outside.completion(person, f"1391111000{number}") for number, person in enumerate(people)]
    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(lambda step: outside.post(step[0], **step[1]), last_steps))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * (len(people) - 1)]
    with postgres.connect("gateway") as connection:
        rows = connection.execute("SELECT count(*) FROM accounts WHERE login_name = 'new_person'").fetchone()
    assert rows == (1,)


def test_a_database_that_lets_one_call_wait_holds_up_no_other(
    postgres: Postgres, serve: Callable[..., LiveGateway]
) -> None:
    """One worker: while a login waits for a locked table, the others are answered."""
    gateway = serve(database_url=postgres.new_database("locked"))
    done: list[requests.Response] = []
    body = {"identifier": "agent", "password": "Demo-2019", "device": {"name": "phone", "model": "test"}}
    login = threading.Thread(
        target=lambda: done.append(requests.post(f"{gateway.url}/api/v1/app/sessions", json=body, timeout=30))
    )
    with postgres.connect("locked") as holder, postgres.connect() as other:
        with holder.transaction():
            holder.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
            login.start()
            waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = 'locked' AND wait_event_type = 'Lock'"
            until("the login waits", lambda: other.execute(waiting).fetchone())
            assert requests.get(f"{gateway.url}/healthz", timeout=5).ok
            assert not done
        login.join(20)
    assert done[0].status_code == 201


def test_a_gateway_whose_database_is_gone_says_503_and_recovers(serve: Callable[..., LiveGateway]) -> None:
    """Lost connections are replaced; a login meanwhile is refused as unavailable."""
    server = Postgres()
    try:
        gateway = serve(database_url=server.new_database("gone"))
        with server.connect() as connection:
            connection.execute("ALTER DATABASE gone WITH ALLOW_CONNECTIONS false")
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'gone'")
            answer = Outside(gateway).login("agent")
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert requests.get(f"{gateway.url}/readyz", timeout=5).json()["missing"] == ["database"]
            connection.execute("ALTER DATABASE gone WITH ALLOW_CONNECTIONS true")
        assert Outside(gateway).login("agent").status_code == 201
    finally:
        server.stop()
