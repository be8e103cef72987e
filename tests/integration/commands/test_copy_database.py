"""`gateway copy-database`: from SQLite to a real PostgreSQL and back, with the people still logged in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import gateway.bootstrap  # noqa: F401 - its rooms declare every table
from gateway.foundation.database import schema
from gateway.foundation.database.engine import Base, Database
from scan_to_login.testing.live import LiveGateway
from tests.integration.commands.test_backup import refusal
from tests.integration.commands.test_gateway_command import gateway as command
from tests.integration.scale.postgres import PASSWORD, Postgres
from tests.integration.wire import Phone, Wire
from tests.large_seeds import seed_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server of its own."""
    running = Postgres()
    yield running
    running.stop()


def rows_of(url: str) -> dict[str, list[Any]]:
    """Every row of a database, by table."""
    database = Database(url)
    with database.engine.connect() as connection:
        found = {
            name: sorted(map(repr, connection.execute(select(table)))) for name, table in Base.metadata.tables.items()
        }
    database.close()
    return found


def sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'gateway.sqlite3'}"


def test_a_gateway_moves_to_postgresql_and_back(tmp_path: Path, postgres: Postgres) -> None:
    first, back = tmp_path / "first", tmp_path / "back"
    url = postgres.new_database("moved").replace("+psycopg", "").replace(f":{PASSWORD}", "")
    password, moved = {"PGPASSWORD": PASSWORD}, {"PAIRING_DATABASE_URL": postgres.url("moved")}
    take = ["copy-database", str(first), url]
    with LiveGateway(data_dir=first, sim=False) as gateway:
        wire = Wire(gateway.url)
        phone = wire.phone()
        assert "is running on the data directory" in refusal(*take, **password)
    done = command(*take, **password)
    assert done.returncode == 0, done.stderr
    assert "units: 3 of 3 rows\n" in done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    assert rows_of(postgres.url("moved")) == rows_of(sqlite(first))

    with LiveGateway(data_dir=first, sim=False, seed="", environment=moved) as gateway:
        there = Wire(gateway.url)
        kept, ticket = Phone(there, phone.login, phone.last_step), there.ticket()
        kept.approve(ticket.id)
        assert ticket.claim().status == 200
        assert there.phone("finance").login["account"]
        assert "other connections" in refusal("copy-database", url, str(back), **password)

    more = tmp_path / "more.json"
    more.write_text(json.dumps(seed_of(1, 1)), "utf-8")
    done = command("seed", str(more), "--data-dir", str(first), **moved)
    assert done.returncode == 0, done.stderr
    done = command("copy-database", url, str(back), **password)
    assert done.returncode == 0, done.stderr
    assert rows_of(sqlite(back)) == rows_of(postgres.url("moved"))
    for part in ("server.key", "redis"):
        shutil.move(first / part, back / part)
    with LiveGateway(data_dir=back, sim=False, seed="") as gateway:
        assert Wire(gateway.url).call("GET", "/app/session", phone.token).status == 200
        assert Wire(gateway.url).phone("person_0").login["account"]


def test_a_copy_that_cannot_be_made_changes_nothing(tmp_path: Path, postgres: Postgres) -> None:
    first = tmp_path / "first"
    assert command("seed", "demo", "--data-dir", str(first)).returncode == 0
    kept = rows_of(sqlite(first))

    nothing = refusal("copy-database", str(tmp_path / "none"), postgres.new_database("empty"))
    assert "There is no gateway's database in" in nothing
    assert not (tmp_path / "none").exists()
    assert "There is no gateway's database in" in refusal("copy-database", str(first), "mysql://x@127.0.0.1/y")

    postgres.new_database("foreign")
    with postgres.connect("foreign") as connection:
        connection.execute("CREATE TABLE theirs (name text)")
    assert "something in its table theirs" in refusal("copy-database", str(first), postgres.url("foreign"))

    older = Database(postgres.new_database("older"))
    schema.migrate(older, schema.revisions()[-2])
    older.close()
    assert "run `gateway migrate` first" in refusal("copy-database", str(first), postgres.url("older"))

    used = Database(postgres.new_database("used"))
    schema.bring_up_to_date(used)
    used.close()
    with postgres.connect("used") as connection:
        connection.execute("INSERT INTO installation (name, value) VALUES ('owner', 'x')")
    assert "something in its table installation" in refusal("copy-database", str(first), postgres.url("used"))

    narrow = Database(postgres.new_database("narrow"))
    schema.bring_up_to_date(narrow)
    narrow.close()
    with postgres.connect("narrow") as connection:
        connection.execute("ALTER TABLE units ADD CONSTRAINT short CHECK (length(name) < 2)")
    done = command("copy-database", str(first), postgres.url("narrow"))
    assert done.returncode == 1
    assert "The table units cannot be copied into" in done.stderr.splitlines()[-1]
    with postgres.connect("narrow") as connection:
        assert connection.execute("SELECT count(*) FROM accounts").fetchone() == (0,)
    assert rows_of(sqlite(first)) == kept
