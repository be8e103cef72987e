"""The owner of a database: a simulation marks its own database, and uses no other.

A simulation's database has people with published passwords, and ``reset`` deletes everyone. So the mark is data in that
database, and not a setting that can be wrong.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gateway.accounts.tables import Account
from gateway.config import Settings
from gateway.control.seed.published_hashes import published_hashes
from gateway.foundation.database.engine import Base, Database
from gateway.foundation.database.installation import Installation, InstallationRow
from gateway.foundation.errors import Refusal
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.oauth.tables import SigningKey
from scan_to_login.errors import StartupError
from scan_to_login.protocol import Code
from scan_to_login.seed import load_seed

_MARK: Final = "simulation"
_YES: Final = "yes"
OPTION: Final = "PAIRING_ALLOW_SIM_DATABASE"


class Ownership:
    """The mark of one database, and whether a gateway with these settings may use it."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._simulation = settings.sim
        self._allowed = settings.allow_sim_database

    def check(self) -> None:
        """Raise StartupError, with a sentence, if this gateway must not use this database; changes nothing.

        Works with any schema, also with an empty database.
        """
        try:
            marked = self._marked()
            # A simulation marks its database before it adds people, so the mark is read after them too: another that
            # starts at the same time may have made both since.
            foreign = self._simulation and not marked and self._has_rows() and not self._marked()
        except DBAPIError as error:
            raise StartupError("database.unusable", database=self._database.shown_url, reason=error.orig) from None
        if foreign:
            raise StartupError("database.not_simulated", database=self._database.shown_url)
        if not self._simulation and marked and not self._allowed:
            raise StartupError("database.simulated", database=self._database.shown_url, setting=OPTION)

    def settle(self) -> None:
        """Check, and mark the database if this gateway simulates. The schema must be up to date."""
        self.check()
        if self._simulation and not self._marked():
            Installation(self._database).settle(_MARK, _YES)

    def require(self) -> None:
        """Raise Refusal ``forbidden`` unless the database is marked."""
        with self._database.begin() as db:
            require_mark(db)

    def warn_of_published_passwords(self) -> None:
        """Log a warning if people of the demo seed can log in to a gateway without simulation."""
        if self._simulation:
            return
        names = [account.login_name for account in load_seed("demo").accounts]
        with self._database.begin() as db:
            kept = db.scalars(select(Account.password_hash).where(Account.login_name.in_(names))).all()
        if count := sum(known in published_hashes().values() for known in kept):
            log.warning(
                LogEvent.PEOPLE_PUBLISHED,
                message=f"{count} people of the demo seed can log in here with the password that is published: "
                "disable them before others reach this gateway.",
            )

    def _marked(self) -> bool:
        if InstallationRow.__tablename__ not in self._tables():
            return False
        return Installation(self._database).value(_MARK) == _YES

    def _has_rows(self) -> bool:
        there = self._tables()
        tables = [table for name, table in Base.metadata.tables.items() if name in there and _is_of_people(table)]
        with self._database.begin() as db:
            return any(db.execute(select(*table.primary_key).limit(1)).first() is not None for table in tables)

    def _tables(self) -> set[str]:
        return set(inspect(self._database.engine).get_table_names())


def require_mark(db: Session) -> None:
    """Raise Refusal ``forbidden`` unless the transaction ``db`` is of a simulation's own database."""
    row = db.get(InstallationRow, _MARK)
    if row is None or row.value != _YES:
        raise Refusal(
            Code.FORBIDDEN, "This database is not a simulation's own, so nothing in it is deleted: see --data-dir."
        )


def _is_of_people(table: Table) -> bool:
    return table not in (InstallationRow.__table__, SigningKey.__table__)
