"""Checks at each start that server key, database and Redis belong together; both stores hold a mark.

A gateway with another key would refuse every code of enrolled phones, and two databases behind one prefix of Redis
would mix sessions and tickets. Neither would show at once.
"""

from __future__ import annotations

from typing import Any, Final

import redis

from gateway.foundation.database.engine import Database
from gateway.foundation.database.installation import Installation
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.foundation.secrets import ServerKey, random_id
from scan_to_login.errors import StartupError

SERVER_KEY: Final = "server_key"  # its fingerprint
DATABASE_ID: Final = "database_id"


def refuse_foreign_key(database: Database, kept: str | None, server_key: ServerKey | None) -> None:
    """Raise StartupError if ``kept``, the database's mark, is of another key; None is no mark, or no key yet."""
    if kept is not None and kept not in {key.fingerprint for key in (server_key.in_force if server_key else ())}:
        raise StartupError("database.foreign_key", database=database.shown_url)


class Belonging:
    """Reads and writes the marks in the database and in Redis."""

    def __init__(self, database: Database, client: redis.Redis, keys: Keys, shown_redis: str) -> None:
        self._database = database
        self._installation = Installation(database)
        self._redis = client
        self._keys = keys
        self._shown_redis = shown_redis

    def settle(self, server_key: ServerKey) -> None:
        """Check that all three belong together; mark a store that has no mark yet.

        If the database knows one of the previous keys, it gets the mark of the present one: that is the key rotation.
        Raises StartupError in a sentence; Refusal ``unavailable``.
        """
        own = server_key.fingerprint
        kept = self._installation.settle(SERVER_KEY, own)
        refuse_foreign_key(self._database, kept, server_key)
        database_id = self._installation.settle(DATABASE_ID, random_id())
        self._refuse_foreign_redis(database_id)
        if kept != own:
            self._installation.replace(SERVER_KEY, own)
        self._tell_redis(database_id, own)

    def check(self, server_key: ServerKey | None, *, with_redis: bool) -> None:
        """Raise the errors of :meth:`settle`, and write nothing.

        ``server_key`` is None if there is none yet. ``with_redis`` is False if Redis starts only later.
        """
        kept, database_id = self._installation.value(SERVER_KEY), self._installation.value(DATABASE_ID)
        refuse_foreign_key(self._database, kept, server_key)
        if with_redis and database_id is not None:
            self._refuse_foreign_redis(database_id)

    def _refuse_foreign_redis(self, database_id: str) -> None:
        if self.foreign(database_id):
            raise StartupError(
                "redis.foreign",
                redis=self._shown_redis,
                prefix=self._keys.prefix,
                database=self._database.shown_url,
            )

    def adopt(self, server_key: ServerKey) -> None:
        """Mark all three as belonging together, whatever their marks were. Raises Refusal ``unavailable``."""
        self._installation.replace(SERVER_KEY, server_key.fingerprint)
        self._tell_redis(self._installation.settle(DATABASE_ID, random_id()), server_key.fingerprint)

    def tell_lost_redis(self) -> bool:
        """Mark a Redis that restarted empty; False if it now belongs to another database."""
        database_id, own = self._installation.value(DATABASE_ID), self._installation.value(SERVER_KEY)
        if database_id is None or own is None:
            return True
        with redis_faults_as_503():
            self._redis.hsetnx(self._keys.installation, DATABASE_ID, database_id)
            self._redis.hsetnx(self._keys.installation, SERVER_KEY, own)
        return not self.foreign(database_id)

    def foreign(self, database_id: str) -> bool:
        """Whether Redis belongs to another database."""
        with redis_faults_as_503():
            known: Any = self._redis.hget(self._keys.installation, DATABASE_ID)
        return known is not None and known != database_id

    def _tell_redis(self, database_id: str, fingerprint: str) -> None:
        with redis_faults_as_503():
            self._redis.hset(self._keys.installation, mapping={DATABASE_ID: database_id, SERVER_KEY: fingerprint})
