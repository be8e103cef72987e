"""The stores of a gateway, for a command beside it: they must be there, and belong to this gateway's key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.config import Settings
from gateway.core import database_url, server_key_of
from gateway.foundation.database import schema
from gateway.foundation.database.belonging import SERVER_KEY, refuse_foreign_key
from gateway.foundation.database.engine import Database
from gateway.foundation.database.installation import Installation
from gateway.foundation.secrets import ServerKey
from scan_to_login.errors import StartupError


def sqlite_file(settings: Settings) -> Path:
    """Where SQLite keeps the database in the data directory."""
    return settings.data_dir / "gateway.sqlite3"


@contextmanager
def existing_database(settings: Settings) -> Iterator[tuple[Database, ServerKey]]:
    """The database of a gateway that has started before, and its server key. Nothing is created.

    Raises StartupError if there is none, if its schema is another version's, or if it belongs to another server key.
    """
    if not settings.database_url.get_secret_value() and not sqlite_file(settings).exists():
        raise StartupError("data.nothing", folder=settings.data_dir)
    database = Database(database_url(settings))
    try:
        schema.check(database)
        has_key = settings.server_key.get_secret_value() or (settings.data_dir / "server.key").exists()
        server_key = server_key_of(settings) if has_key else None
        refuse_foreign_key(database, Installation(database).value(SERVER_KEY), server_key)
        if server_key is None:
            raise StartupError("database.foreign_key", database=database.shown_url)
        yield database, server_key
    finally:
        database.close()
