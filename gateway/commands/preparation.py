"""Work before the first worker: schema, marks of database and Redis, seed."""

from __future__ import annotations

from collections.abc import Callable

from gateway.config import Settings
from gateway.core import Core, database_url, server_key_of
from gateway.foundation.database import schema
from gateway.foundation.database.belonging import Belonging
from gateway.foundation.database.engine import Database
from gateway.foundation.telemetry.masking import shown_url
from scan_to_login.errors import StartupError


def prepare(core: Core, redis_answers: Callable[[], None]) -> None:
    """Once, before the first worker: server key and schema while Redis starts; the seed after ``redis_answers``.

    If two workers created the key at once, one could read half of the other's.
    """
    server_key_of(core.settings)
    core.simulation_state.check()  # before anything is changed in it
    schema.bring_up_to_date(core.database)
    redis_answers()
    settle_in(core)


def settle_in(core: Core) -> None:
    """Check that server key, database and Redis belong together, and load the seed.

    If several gateways start with one database, they do this one at a time. Raises StartupError.
    """
    with schema.alone(core.database):
        belonging_of(core).settle(server_key_of(core.settings))
        core.simulation_state.load()


def adopt_all(core: Core) -> None:
    """Mark database, Redis and server key as belonging together, whatever their marks were."""
    schema.bring_up_to_date(core.database)
    belonging_of(core).adopt(server_key_of(core.settings))


def belonging_of(core: Core) -> Belonging:
    """The marks in the database and in Redis."""
    return Belonging(core.database, core.redis, core.keys, shown_url(core.settings.redis_url.get_secret_value()))


def open_database(settings: Settings) -> Database:
    """The database; creates its folder. Raises StartupError if that fails, or if the URL is invalid."""
    if not settings.database_url.get_secret_value():
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StartupError("data.folder", folder=settings.data_dir, reason=error) from None
    return Database(database_url(settings))
