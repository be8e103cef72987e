"""The schema: first starts that race, going forwards and back with rows in it, and SIGHUP (SECURITY.md 47)."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import MetaData, Table, insert, inspect, select, text

import gateway.accounts.tables
import gateway.audit.tables
import gateway.foundation.database.installation
import gateway.oauth.tables
import gateway.registration.tables
import gateway.units.tables  # noqa: F401 - all fill the metadata
from gateway.foundation.database import schema
from gateway.foundation.database.engine import Base, Database
from scan_to_login.errors import StartupError
from scan_to_login.testing.live import GatewayFailed, LiveGateway
from tests.integration.commands.test_gateway_command import gateway as command
from tests.integration.database.conftest import Serve
from tests.integration.scale.postgres import Postgres
from tests.integration.scale.servers import until

pytestmark = pytest.mark.slow

KEY = "one key for all that race, 32 bytes"
FUTURE = "9999_from_the_future"
Rows = dict[str, dict[str, Any]]  # one of each table
ON_BOTH = pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'gateway.sqlite3'}"
    return str(request.getfixturevalue("postgres").new_database("migrations"))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    found = Database(url)
    yield found
    found.close()


def rows_of(database: Database) -> Rows:
    """The one row of each table that has one."""
    with database.engine.connect() as connection:
        found = {table.name: connection.execute(select(table)).mappings().one_or_none() for table in tables(database)}
    return {name: dict(row) for name, row in found.items() if row is not None}


def tables(database: Database) -> list[Table]:
    """As the database has them now; those that others refer to come first."""
    found = MetaData()
    found.reflect(database.engine)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def fill(database: Database) -> None:
    """A row for each table that has none."""
    full = rows_of(database)
    with database.engine.begin() as connection:
        for table in tables(database):
            if table.name not in full:
                connection.execute(insert(table), _row(table))


def _row(table: Table) -> dict[str, Any]:
    names = {"account_id": "a", "taxpayer_id": "t"}  # the values of the foreign keys
    return {
        column.name: names.get(column.name, 1 if column.type.python_type in (int, bool) else "x")
        for column in table.columns
    }


@ON_BOTH
def test_the_schema_goes_forwards_and_back_twice_with_rows_in_it(database: Database) -> None:
    """First, head, first, head, base, head; each revision has a row in every table, and keeps it both ways."""
    for _ in range(2):
        rows: dict[str, Rows] = {}
        before: Rows = {}
        for revision in schema.revisions():
            schema.migrate(database, revision)
            assert schema.revision_of(database) == revision
            after = rows_of(database)
            assert {name: {column: after[name][column] for column in row} for name, row in before.items()} == before
            fill(database)
            before = rows[revision] = rows_of(database)
        assert set(before) == set(Base.metadata.tables)
        schema.check(database)
        for revision in reversed(schema.revisions()[:-1]):
            schema.migrate(database, revision)
            assert schema.revision_of(database) == revision
            assert rows_of(database) == rows[revision]
    assert rows["0007_ciba"]["oauth_clients"]["backchannel_token_delivery_mode"] == "poll", "clients of before poll"
    schema.migrate(database, schema.BASE)
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    schema.bring_up_to_date(database)
    schema.check(database)


def version_table(database: Database) -> tuple[list[tuple[str, int | None, bool]], list[str], str]:
    """Columns, primary key and content of Alembic's own table."""
    found = inspect(database.engine)
    columns = found.get_columns("alembic_version")
    return (
        [(column["name"], getattr(column["type"], "length", None), column["nullable"]) for column in columns],
        found.get_pk_constraint("alembic_version")["constrained_columns"],
        schema.revision_of(database),
    )


@ON_BOTH
def test_a_new_database_has_alembics_own_table_as_alembic_makes_it(database: Database) -> None:
    """``schema`` writes that table by hand, since importing Alembic would delay each first start."""
    schema.bring_up_to_date(database)
    by_hand = version_table(database)
    schema.migrate(database, schema.BASE)
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    schema.migrate(database, schema.newest_revision())
    assert version_table(database) == by_hand == ([("version_num", 32, False)], ["version_num"], by_hand[2])
    assert by_hand[2] == schema.revisions()[-1]


@ON_BOTH
def test_a_migration_that_fails_leaves_the_database_as_it_was(database: Database) -> None:
    """Its statements are one transaction."""
    schema.migrate(database, schema.revisions()[0])
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE installation (name VARCHAR(64))"))  # in the way of the third
    with pytest.raises(StartupError, match="cannot be used"):
        schema.bring_up_to_date(database)
    assert schema.revision_of(database) == schema.revisions()[0]
    assert {index["name"] for index in inspect(database.engine).get_indexes("audit_events")} == {
        "ix_audit_events_account_id"
    }


@ON_BOTH
def test_first_starts_that_race_for_one_database_all_come_up(url: str, tmp_path: Path) -> None:
    """Six gateways, each with a Redis of its own."""
    environment = {"PAIRING_DATABASE_URL": url, "PAIRING_SERVER_KEY": KEY}
    racing = [LiveGateway(data_dir=tmp_path / str(number), environment=environment) for number in range(6)]
    try:
        with ThreadPoolExecutor(len(racing)) as pool:
            list(pool.map(LiveGateway.start, racing))
        assert [requests.get(f"{one.url}/readyz", timeout=30).status_code for one in racing] == [200] * len(racing)
        assert not any("Traceback" in one.log for one in racing)
    finally:
        for one in racing:
            one.stop()


def test_of_first_starts_that_race_for_one_folder_one_comes_up(tmp_path: Path) -> None:
    """The others say so in a sentence."""
    racing = [LiveGateway(data_dir=tmp_path / "data") for _ in range(6)]

    def start(one: LiveGateway) -> str:
        try:
            one.start()
        except GatewayFailed as failed:
            return str(failed)
        return "came up"

    try:
        with ThreadPoolExecutor(len(racing)) as pool:
            told = sorted(pool.map(start, racing))
    finally:
        for one in racing:
            if one.ready:
                one.stop()
    assert told.count("came up") == 1
    assert all("is in use by another gateway" in words and "\n" not in words for words in told if words != "came up")


def test_sighup_looks_at_the_schema_first(serve: Serve) -> None:
    """New programs on an old schema are refused in a sentence, and the old workers go on; after the migration not."""
    gateway = serve(workers=2)
    where = {"PAIRING_DATA_DIR": str(gateway.data_dir)}
    before = set(gateway.ready["workers"])
    older = schema.revisions()[-2]
    assert command("migrate", "--to", older, **where).stdout.endswith(f"is at revision {older}.\n")
    refused = command("migrate", "--check", **where)
    assert (refused.returncode, "gateway migrate" in refused.stderr) == (1, True)
    os.kill(gateway.pid, signal.SIGHUP)
    until("the refusal is in the log", lambda: f"Error: The database sqlite:///{gateway.data_dir}" in gateway.log)
    until("the supervisor has given up", lambda: "worker_not_replaced" in gateway.log)
    assert "Traceback" not in gateway.log
    assert set(gateway.reread()["workers"]) == before
    assert requests.get(f"{gateway.url}/readyz", timeout=10).ok
    assert command("migrate", **where).returncode == 0
    assert command("migrate", "--check", **where).returncode == 0
    os.kill(gateway.pid, signal.SIGHUP)
    until("all workers are new", lambda: not set(gateway.reread()["workers"]) & before, 90)


def test_an_older_program_refuses_a_newer_schema_in_one_sentence_and_running_ones_continue(serve: Serve) -> None:
    """A worker that has to be started again serves: an expanding migration leaves it able to."""
    gateway = serve(workers=2)
    with closing(sqlite3.connect(gateway.data_dir / "gateway.sqlite3", isolation_level=None)) as other:
        other.execute("UPDATE alembic_version SET version_num = ?", [FUTURE])
    for arguments in (["migrate"], ["migrate", "--check"], ["migrate", "--to", "base"]):
        done = command(*arguments, PAIRING_DATA_DIR=str(gateway.data_dir))
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert FUTURE in done.stderr
    url = f"sqlite:///{gateway.data_dir / 'gateway.sqlite3'}"
    with pytest.raises(GatewayFailed, match=FUTURE) as failed:
        serve(database_url=url, server_key=KEY)
    assert "\n" not in str(failed.value)
    died = gateway.ready["workers"][0]
    os.kill(died, signal.SIGKILL)
    until("another has taken its place", lambda: died not in gateway.reread()["workers"], 60)
    assert "schema_newer" in gateway.log
    assert requests.get(f"{gateway.url}/readyz", timeout=10).ok


def test_a_revision_that_there_is_not_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    done = command("migrate", "--to", "0000_nowhere", PAIRING_DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: There is no revision 0000_nowhere")
    assert schema.newest_revision() in done.stderr


def test_postgresql_that_is_locked_lets_a_migration_wait_no_longer_than_ten_seconds(postgres: Postgres) -> None:
    url = postgres.new_database("held")
    database = Database(url)
    schema.migrate(database, schema.revisions()[0])
    with postgres.connect("held") as holder, holder.transaction():
        holder.execute("LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(StartupError, match="lock timeout"):
            schema.bring_up_to_date(database)
    schema.bring_up_to_date(database)
    database.close()
