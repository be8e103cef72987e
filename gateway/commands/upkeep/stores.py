"""The stores of a gateway, for a command beside it: they must be there, and belong to this gateway's key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pydantic import SecretStr

from gateway.bootstrap import Gateway, build_gateway
from gateway.commands import processes
from gateway.commands.data_directory import data_directory
from gateway.commands.preparation import belonging_of
from gateway.commands.running import Running
from gateway.config import Settings
from gateway.core import build_core, database_url, server_key_of
from gateway.foundation.database import schema
from gateway.foundation.database.belonging import SERVER_KEY, refuse_foreign_key
from gateway.foundation.database.engine import Database
from gateway.foundation.database.installation import Installation
from gateway.foundation.offload import here
from gateway.foundation.secrets import ServerKey
from gateway.foundation.telemetry.masking import hide, passwords_of
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


@contextmanager
def existing_gateway(settings: Settings, ready_file: Path | None) -> Iterator[Gateway]:
    """A gateway's rooms on its stores, not serving; the gateway itself may be running.

    Beside one that runs with a private Redis, ``ready_file`` tells where that is. Raises StartupError like
    :func:`existing_database`, and if Redis cannot be reached.
    """
    with existing_database(settings), reachable_redis(settings, ready_file) as settled:
        core = build_core(settled, here)
        try:
            belonging_of(core).check(server_key_of(settings), with_redis=True)
            core.clock_control.load()
            yield build_gateway(core, "", here)
        finally:
            core.redis.close()
            core.database.close()


@contextmanager
def reachable_redis(settings: Settings, ready_file: Path | None) -> Iterator[Settings]:
    """The settings with a Redis: that of the URL, that of the running gateway, or a private one for this block."""
    with ExitStack() as stack:
        if ready_file is not None:
            url = _redis_of(ready_file)
            hide(passwords_of(url))
            settings = settings.model_copy(update={"redis_url": SecretStr(url)})
        elif not settings.redis_url.get_secret_value():
            stack.enter_context(folder_without_gateway(settings, ready_file_helps=True))
        settled, answers = stack.enter_context(processes.redis_for(settings, Running(settings, None)))
        answers()
        yield settled


@contextmanager
def folder_without_gateway(settings: Settings, *, ready_file_helps: bool) -> Iterator[None]:
    """Hold the data directory. Raises StartupError where a gateway runs on it: name its ready file, or stop it."""
    with ExitStack() as stack:
        try:
            stack.enter_context(data_directory(settings))
        except StartupError as error:
            if error.key != "data.in_use":
                raise
            process = error.values["process"]
            raise StartupError(
                "data.running" if ready_file_helps else "copy.running", folder=settings.data_dir, process=process
            ) from None
        yield


def _redis_of(ready_file: Path) -> str:
    try:
        return str(json.loads(ready_file.read_text("utf-8"))["redis"]["url"])
    except OSError as error:
        raise StartupError("data.ready_file", file=ready_file, reason=error) from None
    except (ValueError, KeyError, TypeError):
        raise StartupError("data.no_ready_file", file=ready_file) from None
