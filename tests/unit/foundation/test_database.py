"""The database: every path of migrations leads to the schema of the code."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

import gateway.accounts.tables
import gateway.audit.tables
import gateway.foundation.database.installation
import gateway.oauth.tables
import gateway.registration.tables
import gateway.units.tables  # noqa: F401 - all fill the metadata
from gateway.foundation.database.engine import Base, Database
from gateway.foundation.database.schema import bring_up_to_date, migrate, newest_revision
from gateway.foundation.errors import Refusal
from scan_to_login.errors import StartupError
from scan_to_login.protocol import Code


def schema(database: Database) -> dict[str, object]:
    """Tables, columns, keys and indexes, as the database itself tells them."""
    found = inspect(database.engine)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)],
            found.get_pk_constraint(table)["constrained_columns"],
            sorted((str(k["constrained_columns"]), k["referred_table"]) for k in found.get_foreign_keys(table)),
            sorted(str(u["column_names"]) for u in found.get_unique_constraints(table)),
            sorted((str(i["name"]), str(i["column_names"]), bool(i["unique"])) for i in found.get_indexes(table)),
        )
        for table in sorted(found.get_table_names())
    }


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")


def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    """Alembic itself finds nothing to add."""
    migrate(database)
    with database.engine.connect() as connection:
        assert (
            compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata) == []
        )
    database.close()


def test_both_ways_to_a_schema_lead_to_the_same_one(database: Database, tmp_path: Path) -> None:
    """An empty database is created in one step, another is migrated: both have the same schema."""
    other = Database(f"sqlite:///{tmp_path / 'b.sqlite3'}")
    migrate(database)
    bring_up_to_date(other)
    assert schema(database) == schema(other)
    with other.begin() as one, database.begin() as two:
        revision = text("SELECT version_num FROM alembic_version")
        assert one.execute(revision).scalar() == two.execute(revision).scalar() == newest_revision()
    database.close()
    other.close()


def test_a_database_of_the_first_release_keeps_its_rows(database: Database) -> None:
    migrate(database, "0001_first")
    with database.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO audit_events VALUES ('00000179-0001', 1, 'login.phone', 'ok', '', 'a', '', '', '', '')")
        )
    bring_up_to_date(database)
    with database.engine.connect() as connection:
        asked = "SELECT action FROM audit_events WHERE account_id = 'a' ORDER BY event_id DESC LIMIT 1"
        assert connection.execute(text(asked)).scalars().all() == ["login.phone"]
        plan = [str(row[-1]) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    assert plan == ["SEARCH audit_events USING INDEX ix_audit_events_account_id_event_id (account_id=?)"]
    database.close()


def test_bringing_up_to_date_twice_changes_nothing(database: Database) -> None:
    bring_up_to_date(database)
    before = schema(database)
    bring_up_to_date(database)
    assert schema(database) == before
    database.close()


def test_sqlite_is_in_wal_mode_and_holds_foreign_keys(database: Database) -> None:
    with database.begin() as db:
        assert db.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert db.execute(text("PRAGMA foreign_keys")).scalar() == 1
    database.close()


def test_sqlites_log_is_written_to_its_file_while_others_write(database: Database, tmp_path: Path) -> None:
    def alone() -> int:
        """Tables in the database's file, without its log."""
        shutil.copy(tmp_path / "a.sqlite3", tmp_path / "copy.sqlite3")
        with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
            count: int = copy.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            return count

    bring_up_to_date(database)
    assert alone() == 0
    with database.begin() as db:
        db.execute(text("DELETE FROM alembic_version"))
        database.settle()
    assert alone() > 0
    (tmp_path / "a.sqlite3").unlink()
    (tmp_path / "a.sqlite3").mkdir()  # nothing that could be opened
    database.settle()
    database.close()


def test_a_transaction_is_rolled_back_on_an_exception(database: Database) -> None:
    bring_up_to_date(database)
    with pytest.raises(RuntimeError), database.begin() as db:  # noqa: PT012 - the exception is the last statement
        db.execute(text("DELETE FROM alembic_version"))
        raise RuntimeError
    with database.begin() as db:
        assert db.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest_revision()
    database.close()


def test_a_locked_database_is_unavailable_and_not_a_fault(database: Database, tmp_path: Path) -> None:
    bring_up_to_date(database)
    with create_engine(f"sqlite:///{tmp_path / 'a.sqlite3'}").connect() as writer:
        writer.execute(text("BEGIN IMMEDIATE"))
        with pytest.raises(Refusal) as refused, database.begin() as db:
            db.execute(text("DELETE FROM alembic_version"))
        assert refused.value.code is Code.UNAVAILABLE
        writer.rollback()
    writer.engine.dispose()
    database.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "PAIRING_DATABASE_URL"),
        ("nosuch://x", "PAIRING_DATABASE_URL"),
        ("mysql+nosuch://x", "PAIRING_DATABASE_URL"),
    ],
)
def test_an_invalid_address_is_one_sentence(url: str, words: str) -> None:
    with pytest.raises(StartupError, match=words):
        Database(url)


def test_a_database_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'a.sqlite3'}")
    with pytest.raises(StartupError, match="cannot be used"):
        bring_up_to_date(database)
    database.close()


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite3").write_text("this is a letter, not a database\n" * 100)
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with pytest.raises(StartupError, match="cannot be used"):
        bring_up_to_date(database)
    database.close()


def test_the_address_is_shown_without_its_password() -> None:
    pytest.importorskip("psycopg")
    database = Database("postgresql+psycopg://me:pass-word@db/pairing")
    assert "pass-word" not in database.shown_url
    database.close()
