"""The database's schema: creates, migrates and checks it, one process at a time.

A starting gateway brings it up to date; ``gateway migrate`` does the same without a gateway.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.foundation.database.engine import Base, Database, first_line
from scan_to_login.errors import StartupError

MIGRATIONS: Final = Path(__file__).parent / "migrations"
BASE: Final = "base"  # Alembic's name for a database without any of our tables
# How long a process waits for another one that migrates the same database.
ALONE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.05
# Of the advisory lock in PostgreSQL; any number that nobody else takes.
_ADVISORY: Final = 0x5CA2_1061
# A migration waits for a lock no longer than this (ms): all other calls wait behind it meanwhile.
_LOCK_MS: Final = 10_000


def revisions() -> list[str]:
    """The revisions that this version knows, oldest first; their files are numbered."""
    return sorted(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def newest_revision() -> str:
    """The revision that the migrations lead to."""
    return revisions()[-1]


def revision_of(database: Database) -> str:
    """The revision of a database; empty if it has none. Raises StartupError if the database does not answer."""
    with _faults_as_sentence(database), database.engine.connect() as connection:
        return _revision(connection)


def check(database: Database) -> None:
    """Raise StartupError, in a sentence that says what to do, unless the database has the schema of this version."""
    found = revision_of(database)
    refuse_newer(database, found)
    if found != newest_revision():
        raise StartupError(
            "database.older", database=database.shown_url, revision=found or BASE, newest=newest_revision()
        )


def is_newer(database: Database) -> bool:
    """Whether a newer version has migrated the database; an expanding migration leaves this one able to work."""
    found = revision_of(database)
    return bool(found) and found not in revisions()


def bring_up_to_date(database: Database) -> None:
    """Create or migrate the schema. An empty database is created in one step and stamped; others use Alembic.

    Any number of processes may call this at once. Raises StartupError if the database cannot be reached or written, or
    if a newer version has migrated it.
    """
    with _faults_as_sentence(database), alone(database):
        with database.engine.begin() as connection:
            tables = set(inspect(connection).get_table_names())
            if not tables:
                _make(connection)
                return
            found = _revision(connection)
        refuse_newer(database, found)
        if found != newest_revision():
            _run(database, newest_revision())


def migrate(database: Database, revision: str = "head") -> None:
    """Run every migration between the database's revision and ``revision``, forwards or backwards.

    ``revision`` is one of :func:`revisions`, ``head`` or ``base``. Raises StartupError like :func:`bring_up_to_date`,
    and for an unknown revision.
    """
    target = newest_revision() if revision == "head" else revision
    if target != BASE and target not in revisions():
        raise StartupError("database.no_revision", revision=revision, known=(BASE, *revisions()))
    with _faults_as_sentence(database), alone(database):
        refuse_newer(database, revision_of(database))
        _run(database, target)


def _make(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")  # without it each statement is kept by itself
    Base.metadata.create_all(connection, checkfirst=False)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": newest_revision()})


def _run(database: Database, target: str) -> None:
    """Migrate in one transaction: if the process dies meanwhile, the database stays as it was."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))  # a sign of its parser
    with database.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # A table that SQLite rebuilds is dropped on the way, and would take the rows that refer to it along.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
        try:
            with connection.begin():
                if sqlite:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                elif connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {_LOCK_MS}")
                config.attributes["connection"] = connection
                backwards = target == BASE or target < _revision(connection)
                (command.downgrade if backwards else command.upgrade)(config, target)
        finally:
            if sqlite:
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")
                connection.commit()


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def refuse_newer(database: Database, found: str | None = None) -> None:
    """Raise StartupError if a newer version has migrated the database; ``found`` is its revision."""
    found = revision_of(database) if found is None else found
    if found and found not in revisions():
        raise StartupError("database.newer", database=database.shown_url, revision=found, newest=newest_revision())


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """Hold the one lock for preparing a database: the folder's for SQLite, an advisory lock in PostgreSQL.

    Raises StartupError if another process holds it for longer than ``ALONE_SECONDS``.
    """
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            _wait_for(
                database,
                lambda: bool(
                    connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY}).scalar()
                ),
            )
            connection.commit()
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY})
                connection.commit()
        return
    path = database.engine.url.database
    if database.engine.dialect.name != "sqlite" or not path or path == ":memory:":
        yield
        return
    try:
        folder = os.open(Path(path).parent, os.O_RDONLY)
    except OSError as error:
        raise StartupError("database.unusable", database=database.shown_url, reason=error) from None
    try:
        _wait_for(database, lambda: _locked(folder))
        yield
    finally:
        os.close(folder)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for(database: Database, taken: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + ALONE_SECONDS
    while not taken():
        if time.monotonic() >= give_up_at:
            raise StartupError("database.busy", database=database.shown_url, seconds=ALONE_SECONDS)
        time.sleep(_LOOK_SECONDS)


@contextmanager
def _faults_as_sentence(database: Database) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        raise StartupError("database.unusable", database=database.shown_url, reason=first_line(error)) from None
