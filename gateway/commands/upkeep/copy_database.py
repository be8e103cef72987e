"""`gateway copy-database`: every row of one database into an empty one, SQLite to PostgreSQL or back.

The marks of server key and installation are rows too, so gateways on the copy keep their key, their Redis and with it
every session.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import Connection, Table, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

import gateway.bootstrap  # noqa: F401 - its rooms declare every table
from gateway.commands.upkeep.stores import folder_without_gateway, sqlite_file
from gateway.config import Settings
from gateway.core import database_url
from gateway.foundation.database import schema
from gateway.foundation.database.engine import Base, Database, first_line
from gateway.foundation.telemetry.masking import hide, passwords_of
from scan_to_login.errors import StartupError

BATCH: Final = 1_000  # rows
SHOWN_SECONDS: Final = 2.0  # between two lines of one table
# Autovacuum has no user.
_OTHERS: Final = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename IS NOT NULL AND pid <> pg_backend_pid()"
)


class Progress:
    """Shows how far each table is: when it is done, and every two seconds until then."""

    def __init__(self, show: Callable[..., None]) -> None:
        self._show = show
        self._next = time.monotonic() + SHOWN_SECONDS

    def at(self, table: str, done: int, rows: int) -> None:
        """``done`` of the table's ``rows`` are copied."""
        if done == rows or time.monotonic() >= self._next:
            self._next = time.monotonic() + SHOWN_SECONDS
            self._show(table=table, done=done, rows=rows)


def copy(settings: Settings, source: str, target: str, progress: Progress) -> tuple[int, str]:
    """Copy all rows in one transaction; how many, and the target's URL without its password.

    ``source`` and ``target`` are data directories or URLs of PostgreSQL databases; a target without tables gets them.
    Raises StartupError if the source is in use or of another schema, and if the target is not empty.
    """
    with _opened(settings, source) as from_there, _opened(settings, target, new=True) as there:
        schema.check(from_there)
        _make_ready(there)
        with schema.alone(there), from_there.engine.connect() as reading:
            _refuse_others(from_there, reading)
            with there.engine.begin() as writing:
                _refuse_rows(there, writing)
                rows = sum(_copied(reading, writing, table, there, progress) for table in Base.metadata.sorted_tables)
        return rows, there.shown_url


@contextmanager
def _opened(settings: Settings, place: str, *, new: bool = False) -> Iterator[Database]:
    """The database of a data directory, which is held meanwhile, or that of a URL."""
    with ExitStack() as stack:
        if place.startswith(("postgresql://", "postgresql+psycopg://", "postgres://")):
            hide(passwords_of(place))
            settings = settings.model_copy(update={"database_url": SecretStr(place)})
        else:
            folder = {"data_dir": Path(place), "database_url": SecretStr("")}
            settings = settings.model_copy(update=folder)
            if "://" in place or not (new or sqlite_file(settings).exists()):
                raise StartupError("copy.nothing", place=place)
            stack.enter_context(folder_without_gateway(settings, ready_file_helps=False))
        database = Database(database_url(settings))
        stack.callback(database.close)
        yield database


def _make_ready(database: Database) -> None:
    """Create the schema where there is none."""
    revision = schema.revision_of(database)
    others = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    if not revision and others:
        raise StartupError("copy.not_empty", database=database.shown_url, table=min(others))
    if revision:
        schema.check(database)
    else:
        schema.bring_up_to_date(database)


def _refuse_others(database: Database, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        if others := connection.scalar(_OTHERS):
            raise StartupError("copy.connected", database=database.shown_url, count=others)


def _refuse_rows(database: Database, connection: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is not None:
            raise StartupError("copy.not_empty", database=database.shown_url, table=table.name)


def _copied(reading: Connection, writing: Connection, table: Table, target: Database, progress: Progress) -> int:
    """Copy one table; how many rows it has."""
    try:
        rows, done = reading.scalar(select(func.count()).select_from(table)) or 0, 0
        found = reading.execution_options(stream_results=True).execute(select(table))
        for some in found.mappings().partitions(BATCH):
            writing.execute(insert(table), [dict(row) for row in some])
            done += len(some)
            progress.at(table.name, done, rows)
        _set_sequence(writing, table)
    except DBAPIError as error:
        raise StartupError(
            "copy.refused", table=table.name, database=target.shown_url, reason=first_line(error)
        ) from None
    return done


def _set_sequence(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number the next row of the table after those that were copied."""
    numbered: Any = table.autoincrement_column
    if numbered is not None and connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, numbered.name)
        last = select(func.max(numbered)).scalar_subquery()
        connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))
