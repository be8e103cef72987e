"""The relational database: engine, sessions, and bringing the schema up to date.

SQLite in WAL mode by default, another by URL. Transactions are short and hold no call to Redis, since
a locked SQLite blocks every greenlet of the worker.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, MetaData, Select, Table, create_engine, event, insert, inspect, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from gateway.foundation.errors import Refusal, StartupError
from gateway.foundation.private_files import keep_private
from gateway.protocol import Code

BUSY_MS = 500
# Pages of SQLite's log after which whoever commits has to settle it, should nobody have done it before.
LOG_PAGES = 10_000
LONGEST_PATH_BYTES = 500  # SQLite's own limit is 512, with the endings of its other files
CONNECT_SECONDS = 3
MIGRATIONS = Path(__file__).parent / "migrations"


# As people write it, or as a value where it holds a path of any characters.
DatabaseAddress = str | URL


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


class Database:
    """Hands out sessions; each ``with`` is one transaction."""

    def __init__(self, url: DatabaseAddress) -> None:
        try:
            self.engine = _engine(url)
        except (ArgumentError, NoSuchModuleError) as error:
            raise StartupError(f"PAIRING_DATABASE_URL is not a database address: {error}") from None
        except ModuleNotFoundError as error:
            raise StartupError(
                f"PAIRING_DATABASE_URL needs the package {error.name}: pip install 'scan-to-login[postgres]'"
            ) from None
        self.engine.hide_parameters = True  # an error names the statement, and no person
        if (path := self.engine.url.database) and self.engine.dialect.name == "sqlite":
            keep_private(*(Path(f"{path}{ending}") for ending in ("", "-wal", "-shm")))
        if self.engine.dialect.name == "postgresql":
            _take_over_conditions()
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._keeps = self.engine.dialect.name == "sqlite"
        self._kept: Any = None
        self._alone = threading.Lock()

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
        try:
            with self._sessions.begin() as session:
                yield session
        except OperationalError as error:
            raise _unavailable() from error

    def check(self) -> None:
        """Ask it something. Raises Refusal ``unavailable`` like ``begin``."""
        with self.begin() as session:
            session.execute(text("SELECT 1"))

    def prepare(self, statement: Select[Any]) -> Callable[..., list[tuple[Any, ...]]]:
        """A query that is compiled once, for calls at which every login looks: its rows, by named parameters.

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
        """Adds many rows, each with the values of all columns in their order; those whose key is there are passed over.

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
        """A connection of the driver's own: SQLite's stays at hand, another's is the pool's."""
        try:
            with self._alone if self._keeps else nullcontext():
                connection = self._kept or self.engine.raw_connection()
                self._kept = connection if self._keeps else None
                try:
                    yield connection
                except BaseException:
                    self._kept = None
                    connection.close()  # rolls back
                    raise
                if not self._keeps:
                    connection.close()
        except (OperationalError, self.engine.dialect.loaded_dbapi.OperationalError) as error:
            raise _unavailable() from error

    def settle(self) -> None:
        """Bring SQLite's log into its file. That waits for the disk: for a thread in which nobody else waits.

        It takes no lock and raises nothing: what could not be done is done next time. Another database does so itself.
        """
        if self._keeps and (path := self.engine.url.database):
            with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=0)) as connection:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").close()

    def close(self) -> None:
        """Let go of all connections."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()
        self.engine.dispose()


def _unavailable() -> Refusal:
    return Refusal(
        Code.UNAVAILABLE, "The gateway cannot use its database at the moment; try again shortly.", retry_after=1
    )


def sqlite_url(path: Path) -> URL:
    """The URL of an SQLite file, whatever characters its path has. Raises StartupError for one that is too long."""
    if len(os.fsencode(path)) > LONGEST_PATH_BYTES:
        raise StartupError(
            f"The path {path} is too long for SQLite ({LONGEST_PATH_BYTES} bytes): choose another --data-dir."
        )
    return URL.create("sqlite", database=str(path))


def _engine(url: DatabaseAddress) -> Engine:
    if isinstance(url, str) and not url.startswith("sqlite"):
        # The names that other tools give a PostgreSQL URL mean the one driver that is installed for it.
        scheme, _, rest = url.partition("://")
        url = f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url
        patience = {"connect_timeout": CONNECT_SECONDS} if url.startswith("postgresql+psycopg:") else {}
        return create_engine(url, pool_pre_ping=True, connect_args=patience)
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000})

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"wal_autocheckpoint={LOG_PAGES}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _take_over_conditions() -> None:
    """Give partial indexes the condition that they are declared with for SQLite.

    Declared for PostgreSQL too, each start would load what SQLAlchemy knows of it.
    """
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            index.dialect_options["postgresql"]["where"] = index.dialect_options["sqlite"]["where"]


def newest_revision() -> str:
    """The revision that the migrations lead to; their files are numbered."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def bring_up_to_date(database: Database) -> None:
    """Make or migrate the schema. An empty database is made in one step and stamped; another goes through Alembic.

    Raises StartupError where the database cannot be reached or written.
    """
    try:
        tables = set(inspect(database.engine).get_table_names())
        if not tables:
            with database.engine.begin() as connection:
                if database.engine.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN")  # without it each statement is kept by itself
                Base.metadata.create_all(connection, checkfirst=False)
                connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
                connection.execute(
                    text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": newest_revision()}
                )
            return
        if "alembic_version" in tables:
            with database.engine.connect() as connection:
                if connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest_revision():
                    return
        migrate(database)
    except DBAPIError as error:
        raise StartupError(f"The database {database.shown_url} cannot be used: {error.orig}") from None


def migrate(database: Database, revision: str = "head") -> None:
    """Run every migration up to ``revision`` that this database has not seen."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))  # which is a sign of its parser's
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
