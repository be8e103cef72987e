"""Before the first worker: the schema, what belongs together, and the seed."""

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
    """Once, before the first worker: server key and schema while Redis starts, and when ``redis_answers`` the seed.

    Two workers that made the key at once would read each other's half.
    """
    server_key_of(core.settings)
    core.simulation_state.check()  # before anything is changed in it
    schema.bring_up_to_date(core.database)
    redis_answers()
    settle_in(core)


def settle_in(core: Core) -> None:
    """See that server key, database and Redis belong together, and put the seed into them.

    Of several gateways that start with one database, one at a time. Raises StartupError.
    """
    with schema.alone(core.database):
        belonging_of(core).settle(server_key_of(core.settings))
        core.simulation_state.load()


def adopt_all(core: Core) -> None:
    """Let database, Redis and server key belong together, whatever they said before."""
    schema.bring_up_to_date(core.database)
    belonging_of(core).adopt(server_key_of(core.settings))


def belonging_of(core: Core) -> Belonging:
    """What database and Redis say of each other."""
    return Belonging(core.database, core.redis, core.keys, shown_url(core.settings.redis_url.get_secret_value()))


def open_database(settings: Settings) -> Database:
    """The database, with its folder made. Raises StartupError where that is not possible, or the URL is none."""
    if not settings.database_url.get_secret_value():
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StartupError(
                f"The data directory {settings.data_dir} cannot be written ({error.strerror}); choose another: "
                "--data-dir."
            ) from None
    return Database(database_url(settings))
