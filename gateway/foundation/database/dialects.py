"""Engines for the two databases: SQLite's settings, PostgreSQL's limits of time. ``engine`` hands out sessions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event

from scan_to_login.errors import StartupError

# How long SQLite waits for another writer; every greenlet of the worker waits with it.
BUSY_MS: Final = 500
# Pages of SQLite's log after which the next commit writes the log into the database file.
LOG_PAGES: Final = 10_000
LONGEST_PATH_BYTES: Final = 500  # SQLite's own limit is 512, with the endings of its other files
# PostgreSQL: the longest that a call waits for a free connection, for a new one, for a lock, and for a statement.
POOL_SECONDS: Final = 3.0
CONNECT_SECONDS: Final = 3
LOCK_MS: Final = 2_000
STATEMENT_MS: Final = 3_000
# A connection whose other end is silent is given up after so long (libpq; ms and s).
_NETWORK: Final = {
    "tcp_user_timeout": 3_000,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
}
PROBE_SECONDS: Final = 1.0

# As people write it, or as a value where it holds a path of any characters.
DatabaseAddress = str | URL


def sqlite_url(path: Path) -> URL:
    """The URL of an SQLite file, whatever characters its path has. Raises StartupError for one that is too long."""
    if len(os.fsencode(path)) > LONGEST_PATH_BYTES:
        raise StartupError("database.path", path=path, bytes=LONGEST_PATH_BYTES)
    return URL.create("sqlite", database=str(path))


def engine_for(url: DatabaseAddress) -> Engine:
    """An engine for that address. Raises what SQLAlchemy does for one that it does not understand."""
    if isinstance(url, str) and not url.startswith("sqlite"):
        # The names that other tools give a PostgreSQL URL mean the one driver that is installed for it.
        scheme, _, rest = url.partition("://")
        url = f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url
        if not url.startswith("postgresql+psycopg:"):
            return create_engine(url, pool_pre_ping=True, pool_timeout=POOL_SECONDS)
        patience = {"connect_timeout": CONNECT_SECONDS, **_NETWORK}
        engine = create_engine(url, pool_pre_ping=True, pool_timeout=POOL_SECONDS, connect_args=patience)
        _limit_statements(engine, LOCK_MS, STATEMENT_MS)
        return engine
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000})

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"wal_autocheckpoint={LOG_PAGES}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def probing_engine(engine: Engine) -> Engine:
    """An engine with one connection to the same database, for readiness alone."""
    patience = {"connect_timeout": CONNECT_SECONDS, **_NETWORK} if engine.dialect.name == "postgresql" else {}
    probing = create_engine(
        engine.url, pool_size=1, max_overflow=0, pool_timeout=PROBE_SECONDS, pool_pre_ping=True, connect_args=patience
    )
    if engine.dialect.name == "postgresql":
        _limit_statements(probing, round(PROBE_SECONDS * 1000), round(PROBE_SECONDS * 1000))
    return probing


def _limit_statements(engine: Engine, lock_ms: int, statement_ms: int) -> None:
    @event.listens_for(engine, "connect")
    def set_limits(connection: Any, _record: Any) -> None:
        # Not as a start-up parameter: poolers refuse those.
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {lock_ms}; SET statement_timeout = {statement_ms}")
        connection.commit()
