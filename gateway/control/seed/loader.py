"""Loads a seed: its rows into the database, its locks into Redis."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, Final, cast

from sqlalchemy import CursorResult, Executable, Table, and_, delete, insert, or_, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.accounts.lockout import Locks
from gateway.accounts.passwords import Passwords
from gateway.accounts.store import AccountStore
from gateway.accounts.subjects import Subjects
from gateway.accounts.tables import Account
from gateway.control.seed.ownership import require_mark
from gateway.control.seed.published_hashes import published_hashes
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Base, Database
from gateway.foundation.database.installation import InstallationRow
from gateway.foundation.secrets import random_id
from gateway.oauth.client_store import row_of
from gateway.oauth.tables import OAuthClient, SigningKey
from gateway.units.model import end_of_day, start_of_day
from gateway.units.tables import Authorization, Binding, Unit, UnitRole
from scan_to_login.errors import StartupError
from scan_to_login.seed import Seed

Row = dict[str, Any]
# The database's own: its marks, and keys that are costly to make and belong to nobody.
KEPT: Final = (InstallationRow.__table__, SigningKey.__table__)
MANY: Final = 100
INSERTED_AT_ONCE, DELETED_AT_ONCE = 200, 1_000  # rows; some milliseconds
_NAMES: Final = (Account.login_name, Account.account_id)


class Hashes:
    """The hashes of a seed's passwords. Each takes 50 ms, once for all people with one password.

    The hashes of the demo's public passwords are stored in the package (``seeds/hashes.json``). ``light`` is for a
    simulation: more than ``MANY`` different passwords get light hashes, of a thousandth of the work.
    """

    def __init__(self, passwords: Passwords, *, light: bool = False) -> None:
        self._passwords = passwords
        self._light = light
        self._known = published_hashes()
        self._one_at_a_time = threading.Lock()

    def begin(self, seed: Seed) -> None:
        """Compute the hashes of ``seed`` while other work goes on."""
        threading.Thread(target=self.make, args=(seed,), name="seed-hashes", daemon=True).start()
        time.sleep(0)  # a greenlet in a serving process: it runs now, and not while a request waits

    def make(self, seed: Seed) -> None:
        """Compute the hashes of ``seed``."""
        words = {*(row.password for row in seed.accounts), *(row.declaration_password for row in seed.units)}
        with self._one_at_a_time:
            missing = sorted(words - self._known.keys())
            if missing:
                light = self._light and len(missing) > MANY
                self._known.update(zip(missing, self._passwords.hash_each(missing, light=light), strict=True))

    def of(self, password: str) -> str:
        """The hash of a password of a seed whose hashes were computed."""
        return self._known[password]


class SeedLoader:
    """Loads a seed into the database; a repetition changes nothing."""

    def __init__(self, database: Database, clock: Clock, hashes: Hashes) -> None:
        self._database = database
        self._clock = clock
        self._hashes = hashes

    def load(self, seed: Seed, *, afresh: bool = False) -> None:
        """Add the rows of the seed that the database does not have; ``afresh`` deletes all people and units first.

        Raises StartupError if a person of the seed has the phone or document of another existing person, and Refusal
        ``forbidden`` for ``afresh`` in a database that is not a simulation's.
        """
        self._hashes.make(seed)  # before the transaction, which would block other writers
        try:
            self._plant(seed, afresh=afresh)
        except IntegrityError:
            if afresh:
                raise
            raise self._clash(seed) from None

    def _plant(self, seed: Seed, *, afresh: bool) -> None:
        with self._database.begin() as db:
            known: dict[str, str] = {}
            units: set[str] = set()
            clients: set[str] = set()
            if afresh:
                require_mark(db)
                for table in reversed(Base.metadata.sorted_tables):
                    if table not in KEPT:
                        _empty(db, table)
            else:
                known = {row.login_name: row.account_id for row in db.execute(select(*_NAMES))}
                units = set(db.scalars(select(Unit.taxpayer_id)))
                clients = set(db.scalars(select(OAuthClient.client_id)))
            for table, rows in self._missing(seed, known, units, clients):
                while some := list(islice(rows, INSERTED_AT_ONCE)):
                    db.execute(insert(table), some)
                    if len(some) == INSERTED_AT_ONCE:
                        time.sleep(0)  # to other greenlets; their calls wait for the end of a turnover

    def _clash(self, seed: Seed) -> StartupError:
        """Names a person of the seed who clashes with an existing one, without their numbers."""
        with self._database.begin() as db:
            for account in seed.accounts:
                document = and_(Account.id_number == account.id_number, Account.id_type == account.id_type.value)
                same = or_(Account.phone == account.phone, document)
                other = db.scalar(select(Account).where(same, Account.login_name != account.login_name))
                if other is not None:
                    return StartupError(
                        "seed.phone_taken" if other.phone == account.phone else "seed.document_taken",
                        login_name=account.login_name,
                        other=other.login_name,
                        database=self._database.shown_url,
                    )
        return StartupError("seed.changed", database=self._database.shown_url)

    def _missing(
        self, seed: Seed, known: dict[str, str], units: set[str], clients: set[str]
    ) -> list[tuple[Table, Iterator[Row]]]:
        """Rows by table: accounts with login names not ``known``, all their rows; unknown units and clients.

        A row is made when it is taken.
        """
        now = self._clock.now_ms()
        fresh: dict[str, str] = {}  # the new accounts' ids, complete when the rows of all accounts are taken

        accounts: Iterator[Row] = (
            {
                "account_id": fresh.setdefault(account.login_name, random_id()),
                "login_name": account.login_name,
                "phone": account.phone,
                "name": account.name,
                "id_type": account.id_type.value,
                "id_number": account.id_number,
                "password_hash": account.password_hash or self._hashes.of(account.password),
                "disabled": account.disabled,
                "household_division": account.household_division,
                "created_at": now,
            }
            for account in seed.accounts
            if account.login_name not in known
        )
        employers: Iterator[Row] = (
            {
                "taxpayer_id": unit.taxpayer_id,
                "name": unit.name,
                "password_hash": unit.password_hash or self._hashes.of(unit.declaration_password),
                "status": unit.status.value,
                "created_at": now,
            }
            for unit in seed.units
            if unit.taxpayer_id not in units
        )
        roles: Iterator[Row] = (
            {"taxpayer_id": seed.taxpayer_id(role.unit), "account_id": fresh[role.account], "role": role.role.value}
            for role in seed.roles
            if role.account in fresh
        )
        bindings: Iterator[Row] = (
            {"taxpayer_id": seed.taxpayer_id(bound.unit), "account_id": fresh[bound.account], "bound_at": now}
            for bound in seed.bindings
            if bound.account in fresh
        )
        authorizations: Iterator[Row] = (
            {
                "authorization_id": random_id(),
                "taxpayer_id": seed.taxpayer_id(grant.unit),
                "account_id": fresh[grant.account],
                "permission": grant.permission.value,
                "granted_by": known.get(grant.granted_by) or fresh[grant.granted_by],
                "granted_at": now,
                "valid_from": start_of_day(grant.valid_from) if grant.valid_from else 0,
                "valid_until": end_of_day(grant.valid_until) if grant.valid_until else None,
            }
            for grant in seed.authorizations
            if grant.account in fresh
        )
        registered = (row_of(client, now) for client in seed.clients if client.client_id not in clients)
        rows: list[tuple[type[Base], Iterator[Row]]] = [
            (Account, accounts),
            (Unit, employers),
            (UnitRole, roles),
            (Binding, bindings),
            (Authorization, authorizations),
            (OAuthClient, registered),
        ]
        return [
            (cast("Table", kind.__table__), some) for kind, some in rows
        ]  # not by the ORM: that takes as long again


def _empty(db: Session, table: Table) -> None:
    """Delete all rows of ``table``, some at a time."""
    while cast("CursorResult[Any]", db.execute(_some_of(table))).rowcount == DELETED_AT_ONCE:
        time.sleep(0)


@cache  # to put it together takes as long as to run it
def _some_of(table: Table) -> Executable:
    """The deletion of some rows of ``table``."""
    columns = list(table.primary_key.columns)
    key = tuple_(*columns) if columns[1:] else columns[0]
    return delete(table).where(key.in_(select(*columns).limit(DELETED_AT_ONCE)))


def lock_seeded(seed: Seed, accounts: AccountStore, locks: Locks, subjects: Subjects) -> None:
    """Lock the accounts that the seed has locked."""
    locked = [account.login_name for account in seed.accounts if account.locked]
    if locked:
        locks.lock(*(subjects.of(row) for row in accounts.by_login_names(locked)))
