"""The relational database: sessions and transactions, and what is answered while it is away.

SQLite in WAL mode by default, another database by URL. Transactions are short and hold no call to Redis, since a locked
SQLite blocks every greenlet of the worker.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Engine, MetaData, Select, String, Table, event, insert, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from gateway.foundation.database.dialects import BUSY_MS, DatabaseAddress, engine_for, probing_engine
from gateway.foundation.database.snapshot import Snapshot
from gateway.foundation.errors import Refusal
from gateway.foundation.private_files import keep_private
from gateway.foundation.telemetry.tally import DATABASE_TIME
from scan_to_login.errors import StartupError
from scan_to_login.protocol import Code

# After a wait in vain the next calls do not wait, for this time: a long lock must not stop the worker.
LOCKED_SECONDS: Final = 5.0
_READ_ONLY: Final = "25006"  # SQLSTATE of a write at a PostgreSQL that has become a standby


class Base(DeclarativeBase):
    """Every table of the gateway; names of constraints are fixed so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def indexed_text(length: int) -> String:
    """A text that both databases compare byte by byte, so that an index finds its beginnings as well.

    SQLite does so by itself; PostgreSQL by the collation "C", and otherwise by the language of its installation. Two
    columns that are compared have this type both, or neither.
    """
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Database:
    """Hands out sessions; each ``with`` is one transaction."""

    def __init__(self, url: DatabaseAddress) -> None:
        try:
            self.engine = engine_for(url)
        except (ArgumentError, NoSuchModuleError) as error:
            raise StartupError("database.address", reason=error) from None
        except ModuleNotFoundError as error:
            raise StartupError("database.package", package=error.name) from None
        self.engine.hide_parameters = True  # an error names the statement, and no person
        if (path := self.engine.url.database) and self.engine.dialect.name == "sqlite":
            keep_private(*(Path(f"{path}{ending}") for ending in ("", "-wal", "-shm")))
        if self.engine.dialect.name == "postgresql":
            _take_over_conditions()
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._keeps = self.engine.dialect.name == "sqlite"
        self._kept: Any = None
        self._kept_waits_ms = BUSY_MS
        self._alone = threading.Lock()
        self._locked_until = 0.0
        self._probing: Engine | None = None
        if self._keeps:
            event.listen(self.engine, "checkout", self._be_patient)

    @property
    def shown_url(self) -> str:
        """The URL without its password and parameters."""
        url = self.engine.url.set(query={})
        if url.drivername == "sqlite" and url.database:
            return f"sqlite:///{quote(os.fsencode(url.database))}"  # SQLAlchemy itself knows UTF-8 alone
        return url.render_as_string(hide_password=True)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back on an exception.

        Raises Refusal ``unavailable`` where the database cannot answer.
        """
        began = time.perf_counter()
        try:
            with self._sessions.begin() as session:
                yield session
        except (DBAPIError, PoolTimeout) as error:
            if not _away(error, self.engine):
                raise
            self._note(error)
            raise _unavailable() from error
        finally:
            DATABASE_TIME.add(time.perf_counter() - began)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """A transaction for a long read. Raises Refusal ``unavailable`` like ``begin``."""
        try:
            with self.engine.connect() as connection:
                yield Snapshot(connection)
        except (DBAPIError, PoolTimeout) as error:
            if not _away(error, self.engine):
                raise
            raise _unavailable() from error

    def check(self) -> None:
        """Send a query. Raises Refusal ``unavailable`` like ``begin``."""
        with self.begin() as session:
            session.execute(text("SELECT 1"))

    def probe(self) -> str:
        """The reason why the database cannot serve now, as a sentence; empty if it can.

        It uses a separate connection, so that calls that hold all others do not delay it. It takes at most
        ``PROBE_SECONDS`` with an open connection, and twice ``CONNECT_SECONDS`` if it has to open one.
        """
        try:
            if self._keeps:
                if self.engine.url.database in (None, "", ":memory:"):
                    return ""
                # Read alone: a database that was deleted must not be made again by this.
                file = f"{Path(self.engine.url.database).absolute().as_uri()}?mode=ro"
                with closing(sqlite3.connect(file, uri=True, timeout=0)) as connection:
                    connection.execute("SELECT version_num FROM alembic_version").close()
            else:
                if self._probing is None:
                    self._probing = probing_engine(self.engine)
                with self._probing.connect() as asked:
                    asked.execute(text("SELECT version_num FROM alembic_version"))
        except (SQLAlchemyError, sqlite3.Error) as error:
            return f"The database does not answer: {first_line(error)}"
        return ""

    def prepare(self, statement: Select[Any]) -> Callable[..., list[tuple[Any, ...]]]:
        """Compile a query once, for frequent calls: returns a function of named parameters that returns rows.

        It costs a tenth of the same through a session. Raises Refusal ``unavailable`` like ``begin``.
        """
        compiled = statement.compile(self.engine, compile_kwargs={"render_postcompile": True})
        text_of_it, names, fixed = str(compiled), compiled.positiontup, dict(compiled.params)

        def run(**values: Any) -> list[tuple[Any, ...]]:
            given = {**fixed, **values}
            with self._plain() as connection:
                cursor = connection.cursor()
                cursor.execute(text_of_it, given if names is None else [given[name] for name in names])
                rows = list(cursor.fetchall())
                cursor.close()
                return rows

        return run

    def prepare_insert(self, table: Table) -> Callable[[Sequence[Sequence[Any]]], None]:
        """Compile an insert of many rows, each with all columns in order; it skips rows with existing keys.

        Raises Refusal ``unavailable`` like ``begin``.
        """
        compiled = insert(table).compile(self.engine)
        text_of_it, names = f"{compiled} ON CONFLICT DO NOTHING", compiled.positiontup

        columns = [column.name for column in table.columns]

        def add(rows: Sequence[Sequence[Any]]) -> None:
            given = rows if names == columns else [dict(zip(columns, row, strict=True)) for row in rows]
            with self._plain() as connection:
                cursor = connection.cursor()
                cursor.executemany(text_of_it, given)
                cursor.close()
                connection.commit()

        return add

    @contextmanager
    def _plain(self) -> Iterator[Any]:
        """A connection of the driver: SQLite's stays open, others come from the pool."""
        began = time.perf_counter()
        try:
            with self._alone if self._keeps else nullcontext():
                connection = self._kept or self.engine.raw_connection()
                if self._keeps:
                    self._keep(connection)
                try:
                    yield connection
                except BaseException:
                    self._kept = None
                    connection.close()  # rolls back
                    raise
                if not self._keeps:
                    connection.close()
        except (DBAPIError, PoolTimeout, self.engine.dialect.loaded_dbapi.Error) as error:
            if not _away(error, self.engine):
                raise
            self._note(error)
            raise _unavailable() from error
        finally:
            DATABASE_TIME.add(time.perf_counter() - began)

    def _note(self, error: Exception) -> None:
        if "locked" in str(error):
            self._locked_until = time.monotonic() + LOCKED_SECONDS

    def _be_patient(self, connection: Any, *_pool: Any) -> None:
        _set_busy_timeout(connection, self._busy_ms())

    def _busy_ms(self) -> int:
        """How long SQLite waits for another writer: not at all if a call has just waited in vain."""
        return 0 if time.monotonic() < self._locked_until else BUSY_MS

    def _keep(self, connection: Any) -> None:
        """Keep SQLite's connection open; its time to wait is set where it has changed."""
        wait = self._busy_ms()
        if self._kept is None or wait != self._kept_waits_ms:
            _set_busy_timeout(connection.driver_connection, wait)
        self._kept, self._kept_waits_ms = connection, wait

    def settle(self) -> None:
        """Write SQLite's log into its file. This waits for the disk, so call it in a thread of its own.

        It takes no lock and raises nothing; the next call does the rest. Other databases do this by themselves.
        """
        if self._keeps and (path := self.engine.url.database):
            with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=0)) as connection:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").close()

    def empty_log(self) -> None:
        """Write SQLite's log into its file and empty it, so that the log holds nothing that was deleted.

        Readers of this moment may prevent that; the log is then overwritten later.
        """
        if self._keeps and (path := self.engine.url.database):
            with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=BUSY_MS / 1000)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    def close(self) -> None:
        """Let go of all connections."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()
        self.engine.dispose()
        if self._probing is not None:
            self._probing.dispose()


def _set_busy_timeout(connection: Any, wait_ms: int) -> None:
    connection.execute(f"PRAGMA busy_timeout = {wait_ms}").close()


def first_line(error: BaseException) -> str:
    """The driver's message of an error: its first line, without SQLAlchemy's additions."""
    words = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return words.splitlines()[0]


def _away(error: Exception, engine: Engine) -> bool:
    """Whether the error is the database's, and not the statement's or its values'."""
    driver = engine.dialect.loaded_dbapi
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, (PoolTimeout, driver.OperationalError, driver.InterfaceError)) or (
        getattr(cause, "sqlstate", None) == _READ_ONLY
    )


def _unavailable() -> Refusal:
    return Refusal(
        Code.UNAVAILABLE, "The gateway cannot use its database at the moment; try again shortly.", retry_after=1
    )


def _take_over_conditions() -> None:
    """Give partial indexes the condition that they are declared with for SQLite.

    Declared for PostgreSQL too, each start would load what SQLAlchemy knows of it.
    """
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            index.dialect_options["postgresql"]["where"] = index.dialect_options["sqlite"]["where"]
